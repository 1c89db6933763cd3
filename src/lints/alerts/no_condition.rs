//! See `lints/alerts/no-condition/README.md`.

use crate::linter::{Check, Reporter, TypedExpression, TypedRules};
use crate::prometheus::infer::{FamilyKind, METRIC_NAME, Metric, Origin, Selected};
use crate::syntax::promql::{BinaryOperator, ExprKind};

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for (view, typed) in rules.typed().filter(|(view, _)| view.rule.is_alert()) {
        if !fires_always(typed) {
            continue;
        }
        let span = typed.parsed.tree.get(typed.parsed.tree.root()).span;
        let message = format!("alert `{}` has no condition: it fires for every series there is", view.name());
        let finding = out.finding(rules.place(typed.text, span), message).subject(view.name());
        let help = if typed.inference.selectors.iter().all(is_information) {
            "its value is always 1: ask for a label, as in `{version!=\"1.0\"}`"
        } else {
            "compare the value, as in `> 0`; a comparison with `bool` does not filter"
        };
        out.report(finding.help(help));
    }
}

/// Whether nothing in the expression lets some series pass and others not.
fn fires_always(typed: &TypedExpression<'_>) -> bool {
    let selects_only_metrics = typed.inference.selectors.iter().all(|selected| match selected.origin {
        // What others record or alert on may be filtered there.
        Origin::Several | Origin::Recorded => false,
        Origin::Synthetic => selected.name.is_some_and(|name| !name.starts_with("ALERTS")),
        Origin::Exporter(_) => selected.name.is_some_and(|name| !name.contains(':')),
    });
    // `vector(1)` is a watchdog: it fires always on purpose.
    let selects = !typed.inference.selectors.is_empty();
    let may_be_condition = typed.inference.selectors.iter().any(may_be_condition);
    selects && selects_only_metrics && typed.parsed.holes.is_empty() && !has_filter(typed) && !may_be_condition
}

/// Whether the metric is always 1 and exists for its labels.
fn is_information(selected: &Selected<'_>) -> bool {
    selected.family().is_some_and(|family| family.kind == FamilyKind::Info)
}

/// Whether a matcher may be what the alert asks for: the labels of an information metric are all that it says, and so they
/// may be of a metric that nobody knows.
fn may_be_condition(selected: &Selected<'_>) -> bool {
    let is_unknown = matches!(selected.origin, Origin::Exporter(Metric::Missing { .. } | Metric::Unknown));
    let is_told_by_labels = is_unknown || is_information(selected);
    let is_of_target = |label: &str| matches!(label, "job" | "instance" | METRIC_NAME);
    is_told_by_labels && selected.selector.matchers.iter().any(|matcher| !is_of_target(&matcher.label.text))
}

fn has_filter(typed: &TypedExpression<'_>) -> bool {
    typed.parsed.tree.iter().any(|(_, node)| match &node.kind {
        ExprKind::Binary { operator, matching, .. } => {
            operator.is_comparison() && matching.returns_bool.is_none()
                || matches!(operator, BinaryOperator::And | BinaryOperator::Unless)
        }
        ExprKind::Call { function, .. } => {
            function.opaque || matches!(function.text.as_str(), "absent" | "absent_over_time")
        }
        _ => false,
    })
}
