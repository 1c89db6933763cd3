//! See `lints/promql/counter-without-rate/README.md`.

use super::evidence;
use crate::linter::{Check, Reporter, TypedExpression, TypedRules};
use crate::prometheus::infer::{Kind, Selected};
use crate::syntax::promql::{BinaryOperator, ExprId, ExprKind};

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for (view, typed) in rules.typed() {
        for (_, node) in typed.parsed.tree.iter() {
            let ExprKind::Binary { operator, left, right, .. } = &node.kind else { continue };
            if !operator.is_comparison() || is_since_start(typed, *operator, *left, *right) {
                continue;
            }
            for (counter, bound) in [(*left, *right), (*right, *left)] {
                let is_counter = typed.inference.of(counter).sample.kind == Kind::Counter;
                let is_number = typed.parsed.tree.number(typed.parsed.tree.without_parens(bound)).is_some();
                let inside: Vec<&Selected<'_>> = typed.inference.selectors_in(counter).collect();
                let [selected] = inside[..] else { continue };
                if !is_counter || !is_number || selected.family().is_none() {
                    continue;
                }
                let name = selected.name.unwrap_or_default();
                let place = rules.place(typed.text, typed.parsed.tree.get(counter).span);
                let message =
                    format!("counter `{name}` is compared as it is: it only grows until its process restarts");
                let help = format!("compare what happened lately: `increase({name}[1h])` or `rate({name}[5m])`");
                out.report(out.finding(place, message).note(evidence(rules, selected)).help(help).subject(view.name()));
            }
        }
    }
}

/// "Has it ever happened since the start?" is a question that a counter answers.
fn is_since_start(typed: &TypedExpression<'_>, operator: BinaryOperator, left: ExprId, right: ExprId) -> bool {
    let number = |id: ExprId| typed.parsed.tree.number(typed.parsed.tree.without_parens(id));
    let bound = number(left).or_else(|| number(right));
    let is_equality = matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual);
    bound.is_some_and(|bound| (0.0..=1.0).contains(&bound) || is_equality)
}
