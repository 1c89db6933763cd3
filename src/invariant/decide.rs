//! Decides invariants: for every caller, or for the calls that there are.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::chain::{At, Step};
use super::context::{Context, Contexts};
use super::language::Invariant;
use super::outcome::Outcome;
use super::planned::PlannedResource;
use super::reason::{Enquiry, Open};
use super::subject::{Subject, Written};
use crate::config::{Guarantee, InvariantKind};
use crate::diagnostic::{Fix, Location};
use crate::eval::Value;
use crate::eval::module::{Frame, Inputs, Instance, ResourceBody};
use crate::terraform::{ResourceMode, Type};

/// What is certain of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The condition is true, whatever a caller passes.
    Holds,
    /// The filter leaves nothing, or the subject has nothing to judge.
    NotApplicable,
    /// The condition is false.
    Violated(Box<Fault>),
    /// Neither is certain.
    Undecided(Box<Open>),
}

/// A violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where the fault is.
    pub location: Location,
    /// What the invariant says about it.
    pub message: String,
    /// What is there, in a few words.
    pub note: String,
    /// How it came there, the judged attribute first.
    pub steps: Vec<Step>,
    /// Whether it is violated for every caller, and not for one call only.
    pub for_every_caller: bool,
    /// What should be written there instead.
    pub fix: Option<Fix>,
}

/// A verdict on one subject.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The subject.
    pub address: String,
    /// Where the subject begins.
    pub location: Location,
    /// What is certain.
    pub verdict: Verdict,
    /// The name that the module lacks, where it is not applicable for that.
    pub missing: Option<String>,
    /// In how many contexts it was judged, and in how many of them a verdict was certain.
    pub places: (usize, usize),
}

/// Decides invariants in all contexts of some modules.
pub struct Judge<'j, 'p> {
    pub(super) contexts: &'j Contexts<'p>,
}

impl<'j, 'p> Judge<'j, 'p> {
    /// Judges in `contexts`.
    #[must_use]
    pub const fn new(contexts: &'j Contexts<'p>) -> Self {
        Self { contexts }
    }

    /// The verdicts of `invariant` on everything in the module `node` that it binds to.
    #[must_use]
    pub fn judge(&self, invariant: &Invariant, node: usize) -> Vec<Judgement> {
        if !invariant.is_about(&self.contexts.program().nodes[node]) {
            return Vec::new();
        }
        let given = invariant.given();
        let anybody = if given.is_empty() {
            Rc::clone(self.contexts.anybody(node))
        } else {
            Instance::given(self.contexts.anybody(node), given.clone())
        };
        // Variables that no value satisfies make everything true, and say nothing.
        let at = At { instance: anybody, context: None, given: Rc::new(given.clone()) };
        let subjects = self.subjects(invariant, &at.instance, None);
        subjects.iter().map(|subject| self.judge_subject(invariant, &at, subject, &given)).collect()
    }

    fn judge_subject(
        &self,
        invariant: &Invariant,
        at: &At<'p>,
        subject: &Subject<'p>,
        given: &BTreeMap<Arc<str>, Value>,
    ) -> Judgement {
        let judgement = |verdict: Verdict, places: (usize, usize)| Judgement {
            address: subject.address.clone(),
            location: subject.location,
            verdict,
            missing: None,
            places,
        };
        let reason = match self.outcome(invariant, &at.instance, subject) {
            Outcome::Holds => return judgement(Verdict::Holds, (1, 1)),
            Outcome::NotApplicable => return judgement(Verdict::NotApplicable, (1, 1)),
            Outcome::Missing(what) => {
                return Judgement { missing: Some(what), ..judgement(Verdict::NotApplicable, (1, 1)) };
            }
            Outcome::Violated { message, rule } => {
                let mut fault = self.fault(invariant, at, subject, (message, rule), true);
                fault.fix = self.fix(invariant, at, subject, rule);
                return judgement(Verdict::Violated(Box::new(fault)), (1, 1));
            }
            Outcome::Undecided(reason) => reason,
        };
        if invariant.guarantee == Some(Guarantee::Module)
            && let Some(fault) = self.witness(invariant, at, subject)
        {
            return judgement(Verdict::Violated(Box::new(fault)), (1, 1));
        }
        let mut enquiry = Enquiry::new(at, &reason);
        for context in self.contexts.of(at.instance.number()) {
            let here = in_context(context, given);
            for other in self.subjects(invariant, &here.instance, subject.resource) {
                if !is_same(subject, &other) {
                    continue;
                }
                let outcome = self.outcome(invariant, &here.instance, &other);
                if let Outcome::Violated { message, rule } = outcome {
                    let fault = self.fault(invariant, &here, &other, (message, rule), false);
                    return judgement(Verdict::Violated(Box::new(fault)), (1, 1));
                }
                enquiry.take(context, !matches!(outcome, Outcome::Undecided(_)));
            }
        }
        let places = enquiry.places();
        let settled_by_plan = matches!(invariant.kind, InvariantKind::Resource | InvariantKind::Data);
        judgement(Verdict::Undecided(Box::new(enquiry.finish(settled_by_plan))), places)
    }

    /// The verdicts of `invariant` on a resource of a plan, whose schema has the type `ty`. Only invariants of resources
    /// and data sources are about plans; the module of the first node stands for the module around the resource, which
    /// is not known.
    #[must_use]
    pub fn judge_planned(
        &self,
        invariant: &Invariant,
        resource: &PlannedResource,
        ty: Option<&Type>,
        location: Location,
    ) -> Vec<Judgement> {
        let mode = match invariant.kind {
            InvariantKind::Resource => ResourceMode::Managed,
            InvariantKind::Data => ResourceMode::Data,
            InvariantKind::Module | InvariantKind::Call => return Vec::new(),
        };
        if resource.mode != mode || !invariant.binds(&resource.kind) {
            return Vec::new();
        }
        let instance = self.contexts.anybody(0);
        let value = resource.attrs(ty);
        let whole = Subject {
            address: resource.address.clone(),
            attrs: Some(value.clone()),
            each: None,
            resource: None,
            location,
            frame: Frame::default(),
            written: Written::Planned(resource.kind.clone(), resource.name.clone()),
        };
        let body = ResourceBody { value, elements: Vec::new(), frame: Frame::default() };
        let mut subjects = Vec::new();
        self.elements(invariant, instance, whole, &body, &mut subjects);
        let judgement = |subject: Subject<'p>| {
            let (verdict, decided) = match self.outcome(invariant, instance, &subject) {
                Outcome::Holds => (Verdict::Holds, 1),
                Outcome::NotApplicable | Outcome::Missing(_) => (Verdict::NotApplicable, 1),
                Outcome::Undecided(reason) => {
                    let reason = match reason.cause() {
                        Some(cause) => format!("it {cause}, also in the plan"),
                        None => "the condition cannot be computed for every value".to_owned(),
                    };
                    (Verdict::Undecided(Box::new(Open { reason, ..Open::default() })), 0)
                }
                Outcome::Violated { message, .. } => {
                    let (note, steps, fix) = (String::new(), Vec::new(), None);
                    let fault = Fault { location, message, note, steps, for_every_caller: false, fix };
                    (Verdict::Violated(Box::new(fault)), 1)
                }
            };
            Judgement { address: subject.address, location, verdict, missing: None, places: (1, decided) }
        };
        subjects.into_iter().map(judgement).collect()
    }
}

/// The context with what an invariant fixes.
fn in_context<'p>(context: &Rc<Context<'p>>, given: &BTreeMap<Arc<str>, Value>) -> At<'p> {
    let instance = match &context.instance.inputs {
        Inputs::Call(passed) if !given.is_empty() => {
            let mut inputs = passed.clone();
            inputs.extend(given.clone());
            Instance::new(context.instance.program(), context.instance.number(), Inputs::Call(inputs))
        }
        _ => Rc::clone(&context.instance),
    };
    At { instance, context: Some(Rc::clone(context)), given: Rc::new(given.clone()) }
}

/// Whether two subjects are the same thing in two contexts.
pub(super) fn is_same(one: &Subject<'_>, other: &Subject<'_>) -> bool {
    let number = |subject: &Subject<'_>| subject.resource.map(|(number, _)| number);
    number(one) == number(other) && one.location == other.location
}
