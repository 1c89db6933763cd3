//! See `lints/alerts/label-clash/README.md`.

use super::texts::texts;
use crate::linter::{Check, Reporter, TypedRules};
use crate::prometheus::infer::{Clash, Selected};
use crate::source::Span;
use crate::syntax::promql::ExprKind;

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for (view, typed) in rules.typed() {
        for selected in &typed.inference.selectors {
            let name = selected.name.unwrap_or("this");
            for clash in selected.clashes.iter().filter(|clash| counts(clash)) {
                let used = selected.selector.matchers.iter().find(|matcher| matcher.label.text == clash.label);
                if let Some(matcher) = used {
                    let place = rules.place(typed.text, matcher.label.span);
                    report(rules, out, clash, name, place.span, view.name());
                }
            }
        }
        for (_, node) in typed.parsed.tree.iter() {
            let (operand, labels) = match &node.kind {
                ExprKind::Aggregate { arguments, grouping: Some(grouping), .. } if !grouping.without => {
                    (arguments.last().copied(), &grouping.labels)
                }
                ExprKind::Binary { left, right, matching, .. } => match &matching.group {
                    Some(group) => (Some(if group.left { *right } else { *left }), &group.labels),
                    None => continue,
                },
                _ => continue,
            };
            let inside: Vec<&Selected<'_>> = operand.iter().flat_map(|id| typed.inference.selectors_in(*id)).collect();
            let [selected] = inside[..] else { continue };
            for clash in selected.clashes.iter().filter(|clash| counts(clash)) {
                for label in labels.iter().filter(|label| !label.opaque && label.text == clash.label) {
                    let place = rules.place(typed.text, label.span);
                    report(rules, out, clash, selected.name.unwrap_or("this"), place.span, view.name());
                }
            }
        }
    }
    for text in texts(rules) {
        let [selected] = text.typed.inference.selectors.as_slice() else { continue };
        for clash in selected.clashes.iter().filter(|clash| counts(clash)) {
            for label in text.message.labels.iter().filter(|label| label.name == clash.label) {
                let place = rules.place(&text.pair.value, label.span);
                report(rules, out, clash, selected.name.unwrap_or("this"), place.span, text.rule.view.name());
            }
        }
    }
}

/// What everybody means by `job` and `instance` is the target's.
fn counts(clash: &Clash<'_>) -> bool {
    clash.is_certain && clash.label != "job" && clash.label != "instance"
}

fn report(rules: &TypedRules<'_>, out: &mut Reporter<'_>, clash: &Clash<'_>, name: &str, span: Span, subject: &str) {
    let label = &clash.label;
    let job = clash.job.as_ref().map_or_else(String::new, |job| format!(" in job `{job}`"));
    let message = format!("`{label}` is a label of the target{job}, not the one that `{name}` brings along");
    let mut finding = out.finding(rules.unit.location(span), message).subject(subject);
    if let Some(place) = clash.place {
        finding = finding.label(place, "set for the target here");
    }
    let help = match clash.is_everywhere {
        true => format!("use `exported_{label}`, which is the exporter's, or rename the target's label"),
        // Series of other jobs have the exporter's under its own name.
        false => "rename the target's label, or set `honor_labels: true` for the job".to_owned(),
    };
    out.report(finding.help(help));
}
