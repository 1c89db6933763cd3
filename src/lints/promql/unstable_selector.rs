//! See `lints/promql/unstable-selector/README.md`.

use std::cell::LazyCell;

use super::trees::{parents, sound};
use crate::linter::{Check, Reporter, RuleUnit};
use crate::syntax::promql::{Aggregation, ExprId, ExprKind, Tree};

pub(crate) const CHECK: Check = Check::Rules(check);

fn check(unit: &RuleUnit, out: &mut Reporter<'_>) {
    for (view, text, parsed) in sound(unit).filter(|(view, ..)| view.rule.is_alert()) {
        let parents = LazyCell::new(|| parents(&parsed.tree));
        for (id, node) in parsed.tree.iter() {
            let ExprKind::Aggregate { operator, operator_span, .. } = &node.kind else { continue };
            let name = match operator {
                Aggregation::Topk => "topk",
                Aggregation::Bottomk => "bottomk",
                Aggregation::Limitk => "limitk",
                Aggregation::LimitRatio => "limit_ratio",
                _ => continue,
            };
            if is_absorbed(&parsed.tree, &parents, id) {
                continue;
            }
            let message = format!("`{name}` chooses other series from one evaluation to the next");
            let place = unit.location(text.map.place(*operator_span));
            let finding = out.finding(place, message).help(
                "compare all series with the threshold, or aggregate what was chosen; the alert of a series that drops \
                 out resolves, and its `for` starts again",
            );
            out.report(finding.subject(view.name()));
        }
    }
}

/// Whether the chosen series are aggregated, counted or turned into a number before anybody sees which they are.
fn is_absorbed(tree: &Tree, parents: &[Option<ExprId>], mut id: ExprId) -> bool {
    while let Some(parent) = parents.get(id.index()).copied().flatten() {
        match &tree.get(parent).kind {
            ExprKind::Aggregate { operator, .. }
                if !matches!(
                    operator,
                    Aggregation::Topk | Aggregation::Bottomk | Aggregation::Limitk | Aggregation::LimitRatio
                ) =>
            {
                return true;
            }
            ExprKind::Call { function, .. }
                if matches!(function.text.as_str(), "scalar" | "absent" | "absent_over_time") =>
            {
                return true;
            }
            _ => id = parent,
        }
    }
    false
}
