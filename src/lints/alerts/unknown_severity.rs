//! See `lints/alerts/unknown-severity/README.md`.

use super::is_filled_in;
use crate::linter::{Check, Reporter, RuleUnit};
use crate::suggest;

pub(crate) const CHECK: Check = Check::Rules(check);

fn check(unit: &RuleUnit, out: &mut Reporter<'_>) {
    let known = &out.config().alerts.severities;
    if known.is_empty() {
        return;
    }
    for view in unit.alerts() {
        let Some(pair) = view.group.label_of(view.rule, "severity") else { continue };
        let severity = pair.value.value.as_str();
        if severity.is_empty() || is_filled_in(severity) || known.iter().any(|word| word.value == severity) {
            continue;
        }
        let words = || known.iter().map(|word| word.value.as_str());
        let list = suggest::quote_all(words());
        let help = match suggest::closest(severity, words()) {
            Some(close) => format!("did you mean `{close}`? the severities here are {list}"),
            None => format!("the severities here are {list}"),
        };
        let message = format!("alert `{}` has the unknown severity `{severity}`", view.name());
        out.report(out.finding(unit.location(pair.value.span), message).help(help).subject(view.name()));
    }
}
