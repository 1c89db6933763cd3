//! Why something stays undecided, in words, and what the calls of the repository make of it.

use std::rc::Rc;

use super::chain::{At, Step, describe};
use super::context::Context;
use super::outcome::Reason;
use crate::eval::Cause;
use crate::eval::module::Instance;

/// Most calls that are shown.
const MAX_CALLS: usize = 3;

/// What to do where a provider is not known.
const SCHEMA: &str = "write down what the provider says, `terraform providers schema -json > schema.json`, and name the \
                      file in `.sprag.hcl`: `schemas = [\"schema.json\"]`";

/// What is not decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// Why; a sentence.
    pub reason: String,
    /// What some calls pass, and what that gives.
    pub calls: Vec<Step>,
    /// What would decide it.
    pub help: Option<&'static str>,
}

/// What is found out about one reason, call by call.
pub(super) struct Enquiry {
    reason: String,
    /// The variable that it depends on.
    variable: Option<String>,
    is_root: bool,
    has_no_schema: bool,
    judged: usize,
    decided: usize,
    calls: Vec<Step>,
}

impl Enquiry {
    /// Begins with the module as anybody may call it.
    pub(super) fn new(at: &At<'_>, reason: &Reason) -> Self {
        let variable = match reason.cause() {
            Some(Cause::Caller(name)) => name.split('.').nth(1).map(str::to_owned),
            _ => None,
        };
        let is_root = at.instance.node().is_root;
        let why = match (&variable, reason.cause()) {
            (Some(name), _) => unset(&at.instance, name, is_root),
            (None, Some(cause)) => format!("it {cause}"),
            (None, None) => "the condition cannot be computed for every value".to_owned(),
        };
        let has_no_schema = matches!(reason.cause(), Some(Cause::NoSchema(_)));
        let reason = if matches!(reason, Reason::Filter(_)) {
            format!("whether the filter is true is not known: {why}")
        } else {
            why
        };
        Self { reason, variable, is_root, has_no_schema, judged: 0, decided: 0, calls: Vec::new() }
    }

    /// Takes down what is decided in one call.
    pub(super) fn take(&mut self, context: &Rc<Context<'_>>, is_decided: bool) {
        self.judged += 1;
        self.decided += usize::from(is_decided);
        let Some(name) = self.variable.as_deref().filter(|_| self.calls.len() < MAX_CALLS) else { return };
        let Some(site) = &context.call else { return };
        let Some(set) = context.instance.variable(name) else { return };
        let verdict = if is_decided { "it holds" } else { "not decided either" };
        let (span, what) = match site.declaration.value(name) {
            Some(argument) => (argument.span(), "here".to_owned()),
            None => (site.declaration.block.header_span(), format!("here, as `{name}` is not passed")),
        };
        let message = format!("{} {what}: {verdict}", describe(&set.value));
        let step = Step { location: site.declaration.location(span), message, is_origin: false };
        if !self.calls.contains(&step) {
            self.calls.push(step);
        }
    }

    /// In how many places it was judged, and how many of these are decided.
    pub(super) const fn places(&self) -> (usize, usize) {
        if self.judged == 0 { (1, 0) } else { (self.judged, self.decided) }
    }

    /// The whole.
    pub(super) fn finish(self, settled_by_plan: bool) -> Open {
        let calls = match (self.judged, self.decided) {
            _ if self.is_root => String::new(),
            (0, _) if self.variable.is_some() => "; nothing in the repository calls the module".to_owned(),
            (0, _) => String::new(),
            (1, 1) => "; it holds in the only call there is".to_owned(),
            (1, 0) => "; the only call there is leaves it open, too".to_owned(),
            (judged, decided) if judged == decided => format!("; it holds in all {judged} calls of the repository"),
            (judged, decided) => format!("; it holds in {decided} of {judged} calls of the repository"),
        };
        let help = match (settled_by_plan, self.is_root && self.variable.is_some()) {
            _ if self.has_no_schema => Some(SCHEMA),
            (true, true) => Some("name the file that sets it: `--var-file FILE`, or a plan: `--plan FILE`"),
            (false, true) => Some("name the file that sets it: `--var-file FILE`"),
            (true, false) => Some("a plan settles it: `--plan FILE`"),
            (false, false) => None,
        };
        Open { reason: format!("{}{calls}", self.reason), calls: self.calls, help }
    }
}

/// What a variable may hold that nothing sets.
fn unset(instance: &Instance<'_>, name: &str, is_root: bool) -> String {
    let what = instance.variable(name).map_or_else(|| "any value".to_owned(), |set| describe(&set.value));
    if is_root {
        format!("no file of values sets `var.{name}`, which may be {what}")
    } else {
        format!("any caller may pass {what} as `{name}`")
    }
}
