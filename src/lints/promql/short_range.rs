//! See `lints/promql/short-range/README.md`.

use crate::linter::{Check, Reporter, TypedRules};
use crate::prometheus::infer::Knowledge;
use crate::syntax::promql::ExprKind;

pub(crate) const CHECK: Check = Check::Typed(check);

/// What needs two samples in its range.
const PAIRS: [&str; 8] = ["rate", "irate", "increase", "delta", "idelta", "deriv", "changes", "resets"];

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for (view, typed) in rules.typed() {
        for (_, node) in typed.parsed.tree.iter() {
            let ExprKind::Call { function, arguments } = &node.kind else { continue };
            if !PAIRS.contains(&function.text.as_str()) {
                continue;
            }
            let range = arguments.first().map(|id| typed.parsed.tree.without_parens(*id));
            let Some(ExprKind::Range { operand, range, .. }) = range.map(|id| &typed.parsed.tree.get(id).kind) else {
                continue;
            };
            let Some(selected) = typed.inference.selected(*operand) else { continue };
            let Some((seconds, name)) = range.seconds.zip(selected.name) else { continue };
            // What rules record comes at the interval of their group.
            if selected.family().is_none() {
                continue;
            }
            let accepts = selected.accepts_job();
            let Some(interval) = rules.monitoring.world.interval(name, &accepts) else { continue };
            if seconds >= 2.0 * interval {
                continue;
            }
            let place = rules.place(typed.text, range.span);
            let shown = typed.source(range.span);
            let message = format!(
                "`{}` over {shown}, and `{name}` is scraped every {interval} s: often there are not two samples in it",
                function.text
            );
            let help = format!(
                "take a range of {} s or more: four times the interval survives a failed scrape",
                4.0 * interval
            );
            out.report(out.finding(place, message).help(help).subject(view.name()));
        }
    }
}
