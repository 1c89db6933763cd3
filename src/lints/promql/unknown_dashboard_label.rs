//! See `lints/promql/unknown-dashboard-label/README.md`.

use super::unknown_label::own_labels;
use super::{closest_label, is_settled, is_suspicious};
use crate::diagnostic::Diagnostic;
use crate::linter::{Check, Reporter, TypedExpression, TypedRules};
use crate::prometheus::dashboard::{LABEL_VALUES, LEGEND, placeholders};
use crate::prometheus::infer::{METRIC_NAME, Presence, Selected};
use crate::prometheus::{NameScheme, is_label_name};
use crate::source::Span;

pub(crate) const CHECK: Check = Check::Dashboard(check);

fn check(queries: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for (view, typed) in queries.typed() {
        if let Some(pair) = view.rule.annotation(LEGEND) {
            for (label, span) in placeholders(&pair.value.value) {
                if is_missing(queries, typed, label) {
                    let message = format!("the query gives no label `{label}`: the legend has a gap there");
                    let place = queries.place(&pair.value, span);
                    out.report(advised(out.finding(place, message), typed, label).subject(view.name()));
                }
            }
        }
        if let Some(pair) = view.rule.annotation(LABEL_VALUES) {
            let label = pair.value.value.as_str();
            if is_label_name(label, NameScheme::Legacy) && is_missing(queries, typed, label) {
                let message = format!("no series here has a label `{label}`: the variable has no values");
                let place = queries.place(&pair.value, Span::from(0..label.len()));
                out.report(advised(out.finding(place, message), typed, label).subject(view.name()));
            }
        }
    }
}

fn is_missing(queries: &TypedRules<'_>, typed: &TypedExpression<'_>, label: &str) -> bool {
    let inference = &typed.inference;
    // A selector that finds nothing is reported where it stands; a metric's name is not kept for certain.
    if label == METRIC_NAME || inference.selectors.iter().any(Selected::is_dead) {
        return false;
    }
    let labels = &inference.result().labels;
    match labels.presence(label) {
        Presence::Never => true,
        Presence::Unlikely => {
            let monitoring = queries.monitoring;
            let is_odd = |selected: &Selected<'_>| {
                is_settled(label, selected, monitoring)
                    || is_suspicious(label, labels, Some(selected), monitoring.world)
            };
            !inference.selectors.is_empty() && inference.selectors.iter().all(is_odd)
        }
        _ => false,
    }
}

fn advised(finding: Diagnostic, typed: &TypedExpression<'_>, label: &str) -> Diagnostic {
    let labels = &typed.inference.result().labels;
    let own = own_labels(labels);
    finding.help(match closest_label(label, labels) {
        Some(close) => format!("did you mean `{close}`?"),
        None if own.is_empty() => "no label is left here: keep it with `by (...)`".to_owned(),
        None => format!("the labels here are {own}"),
    })
}
