//! See `lints/alerts/unknown-template-label/README.md`.

use super::texts::{AlertText, texts};
use crate::diagnostic::Diagnostic;
use crate::linter::{Check, Reporter, TypedRules};
use crate::lints::promql::unknown_label::own_labels;
use crate::lints::promql::{closest_label, is_settled, is_suspicious};
use crate::prometheus::infer::{Inference, Presence, Selected};
use crate::prometheus::message::{LabelUse, Source};
use crate::syntax::promql::{self, ExprKind};

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for text in texts(rules) {
        for label in text.message.labels.iter().filter(|label| !label.is_guarded) {
            match label.source {
                Source::Alert => {
                    if is_missing(rules, &text, label, &text.typed.inference, true) {
                        out.report(of_alert(rules, out, &text, label));
                    }
                }
                Source::Query(query) => {
                    let parsed = promql::parse(query, &promql::Options { version: rules.unit.version });
                    if !parsed.errors.is_empty() {
                        continue;
                    }
                    let inference = rules.monitoring.infer(&parsed);
                    if is_missing(rules, &text, label, &inference, false) {
                        let place = rules.place(&text.pair.value, label.span);
                        let message = format!("the query has no label `{}`: it prints nothing", label.name);
                        let own = own_labels(&inference.result().labels);
                        let finding = out.finding(place, message).help(format!("the labels of `{query}` are {own}"));
                        out.report(finding.subject(text.rule.view.name()));
                    }
                }
            }
        }
    }
}

fn is_missing(
    rules: &TypedRules<'_>,
    text: &AlertText<'_, '_>,
    label: &LabelUse<'_>,
    inference: &Inference<'_>,
    is_own: bool,
) -> bool {
    // A selector that finds nothing is reported where it stands.
    if inference.selectors.iter().any(Selected::is_dead) {
        return false;
    }
    match inference.result().labels.presence(label.name) {
        Presence::Never => true,
        Presence::Unlikely => {
            let view = &text.rule.view;
            let is_set_by_rule = is_own && view.group.label_of(view.rule, label.name).is_some();
            let labels = &inference.result().labels;
            let is_odd = |selected: &Selected<'_>| {
                is_settled(label.name, selected, rules.monitoring)
                    || is_suspicious(label.name, labels, Some(selected), rules.monitoring.world)
            };
            is_set_by_rule || !inference.selectors.is_empty() && inference.selectors.iter().all(is_odd)
        }
        _ => false,
    }
}

fn of_alert(rules: &TypedRules<'_>, out: &Reporter<'_>, text: &AlertText<'_, '_>, label: &LabelUse<'_>) -> Diagnostic {
    let inference = &text.typed.inference;
    let labels = &inference.result().labels;
    let view = &text.rule.view;
    let name = label.name;
    let place = rules.place(&text.pair.value, label.span);
    let message = format!("the alert has no label `{name}`: it prints nothing");
    let mut finding = out.finding(place, message).subject(view.name());
    let own = own_labels(labels);
    let rest = if own.is_empty() { "no label is left".to_owned() } else { format!("the labels are {own}") };
    if name == "alertname" || view.group.label_of(view.rule, name).is_some() {
        return finding.help(format!("`$labels` holds the labels of the series, not those that the rule adds; {rest}"));
    }
    if let Some(close) = closest_label(name, labels) {
        return finding.help(format!("did you mean `{close}`?"));
    }
    let Some(lost) = inference.loses(name) else { return finding.help(rest) };
    let node = text.typed.parsed.tree.get(lost);
    let (span, advice) = match &node.kind {
        ExprKind::Aggregate { grouping: Some(grouping), operator_span, .. } if !grouping.without => {
            (operator_span.to(grouping.span), format!("add `{name}` to `by (...)`; {rest}"))
        }
        ExprKind::Aggregate { operator_span, .. } => (*operator_span, format!("keep it: `by ({name})`; {rest}")),
        ExprKind::Binary { operator_span, matching, .. } => {
            let span = matching.labels.as_ref().map_or(*operator_span, |labels| operator_span.to(labels.span));
            (span, format!("keep it with `group_left` or `group_right`; {rest}"))
        }
        ExprKind::Call { function, .. } => (function.span, rest),
        _ => (node.span, rest),
    };
    finding = finding.label(rules.place(text.typed.text, span), format!("`{name}` is lost here"));
    finding.help(advice)
}
