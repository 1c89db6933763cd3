//! See `lints/promql/rate-of-gauge/README.md`.

use super::{evidence, name_span};
use crate::linter::{Check, Reporter, TypedRules};
use crate::prometheus::infer::FamilyKind;
use crate::syntax::promql::ExprKind;

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for (view, typed) in rules.typed() {
        for (_, node) in typed.parsed.tree.iter() {
            let ExprKind::Call { function, arguments } = &node.kind else { continue };
            if !matches!(function.text.as_str(), "rate" | "irate" | "increase" | "resets") {
                continue;
            }
            let range = arguments.first().map(|id| typed.parsed.tree.without_parens(*id));
            let Some(ExprKind::Range { operand, .. }) = range.map(|id| &typed.parsed.tree.get(id).kind) else {
                continue;
            };
            let Some(selected) = typed.inference.selected(*operand) else { continue };
            let is_gauge = |kind| matches!(kind, FamilyKind::Gauge | FamilyKind::Flag | FamilyKind::Info);
            if !selected.family().is_some_and(|family| is_gauge(family.kind)) {
                continue;
            }
            let name = selected.name.unwrap_or_default();
            // Each fall of an uptime is a start.
            if function.text == "resets" && name.contains("uptime") {
                continue;
            }
            let place = rules.place(typed.text, name_span(selected));
            let message =
                format!("`{}` of `{name}`, a gauge: it takes each fall for a restart from zero", function.text);
            let help = match function.text.as_str() {
                "resets" => "use `changes`",
                "increase" => "use `delta`, or compare the gauge itself",
                _ => "use `deriv`, or compare the gauge itself",
            };
            out.report(out.finding(place, message).note(evidence(rules, selected)).help(help).subject(view.name()));
        }
    }
}
