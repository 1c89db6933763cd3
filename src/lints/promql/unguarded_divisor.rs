//! See `lints/promql/unguarded-divisor/README.md`.

use super::trees::sound;
use crate::linter::{Check, Reporter, RuleUnit};
use crate::syntax::promql::{Aggregation, BinaryOperator, ExprId, ExprKind, Parsed, Tree, ValueType};

pub(crate) const CHECK: Check = Check::Rules(check);

/// What the name of a metric says that is never zero: sizes of what is there.
const NEVER_ZERO: [&str; 10] = [
    "MemTotal",
    "_size_bytes",
    "_capacity_bytes",
    "_limit_bytes",
    "_maxbytes",
    "_max_fds",
    "_filefd_maximum",
    "_max_connections",
    "_spec_cpu_period",
    "_cpu_cores",
];

fn check(unit: &RuleUnit, out: &mut Reporter<'_>) {
    for (view, text, parsed) in sound(unit) {
        let tree = &parsed.tree;
        for (_, node) in tree.iter() {
            let ExprKind::Aggregate { operator, arguments, .. } = &node.kind else { continue };
            let name = match operator {
                Aggregation::Sum => "sum",
                Aggregation::Avg => "avg",
                Aggregation::Stddev => "stddev",
                Aggregation::Stdvar => "stdvar",
                _ => continue,
            };
            let Some(argument) = arguments.last() else { continue };
            let mut divisors = Vec::new();
            find_divisors(parsed, *argument, &mut divisors);
            for divisor in divisors {
                let place = unit.location(text.map.place(tree.get(divisor).span));
                let message = format!("one series whose divisor is 0 makes the whole `{name}` NaN or infinite");
                let help = "leave such series out with `> 0` behind the divisor, or divide one aggregate by the other";
                out.report(out.finding(place, message).help(help).subject(view.name()));
            }
        }
    }
}

/// The divisors in the expression at `id` that may be zero and whose quotients nothing filters. What is aggregated further
/// inside is looked at there.
fn find_divisors(parsed: &Parsed, id: ExprId, found: &mut Vec<ExprId>) {
    let tree = &parsed.tree;
    match &tree.get(id).kind {
        ExprKind::Aggregate { .. } => {}
        // A comparison, and what `and` asks for, filter the quotients.
        ExprKind::Binary { operator, .. } if operator.is_comparison() || operator.is_set() => {}
        ExprKind::Binary { operator, left, right, .. } => {
            find_divisors(parsed, *left, found);
            find_divisors(parsed, *right, found);
            let is_division = matches!(operator, BinaryOperator::Div | BinaryOperator::Mod);
            if is_division && parsed.value_type(*right) == Some(ValueType::Vector) && !is_guarded(tree, *right) {
                found.push(*right);
            }
        }
        _ => tree.operands(id).into_iter().for_each(|operand| find_divisors(parsed, operand, found)),
    }
}

/// Whether something in the expression at `id` keeps it from being zero, as far as that can be seen.
fn is_guarded(tree: &Tree, id: ExprId) -> bool {
    let is_guard = match &tree.get(id).kind {
        ExprKind::Binary { operator, .. } => operator.is_comparison() || operator.is_set(),
        ExprKind::Call { function, .. } => {
            matches!(function.text.as_str(), "clamp_min" | "clamp" | "count_over_time" | "vector")
        }
        ExprKind::Aggregate { operator, .. } => matches!(operator, Aggregation::Count | Aggregation::Group),
        ExprKind::Selector(selector) => {
            selector.name.as_ref().is_none_or(|name| NEVER_ZERO.iter().any(|part| name.text.contains(part)))
        }
        ExprKind::Hole | ExprKind::Error => true,
        _ => false,
    };
    is_guard || tree.operands(id).into_iter().any(|operand| is_guarded(tree, operand))
}
