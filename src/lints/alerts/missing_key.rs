//! What the lints about missing parts of alerts share.

use crate::linter::{Reporter, RuleUnit, RuleView};
use crate::prometheus::ViolationKind;

/// Reports every alert of which `is_missing` holds, at its name. Alerts that did not parse to their end are left out:
/// what is missing may stand in the part that could not be read.
pub(super) fn report_missing(
    unit: &RuleUnit,
    out: &mut Reporter<'_>,
    what: &str,
    help: &str,
    is_missing: impl Fn(&RuleView<'_>) -> bool,
) {
    for view in unit.alerts().filter(|view| view.rule.complete && !has_unknown_key(unit, view) && is_missing(view)) {
        let name = view.name();
        let finding = out.finding(unit.location(view.name_span()), format!("alert `{name}` has no {what}"));
        out.report(finding.help(help).subject(name));
    }
}

/// A key that Prometheus does not know is often the missing one misspelt; `alerts/schema` reports it.
fn has_unknown_key(unit: &RuleUnit, view: &RuleView<'_>) -> bool {
    let mut unknown = unit.rules.violations.iter().filter(|violation| violation.kind == ViolationKind::UnknownKey);
    unknown.any(|violation| view.rule.span.covers(violation.span))
}

/// Whether an annotation is absent or has no text.
pub(super) fn lacks_annotation(view: &RuleView<'_>, name: &str) -> bool {
    view.rule.annotation(name).is_none_or(|pair| pair.value.value.trim().is_empty())
}
