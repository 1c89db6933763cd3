//! What the lints about texts of alerts share: templates with what they read and print, next to what the expression
//! gives.

use crate::linter::{TypedExpression, TypedRule, TypedRules};
use crate::prometheus::Pair;
use crate::prometheus::message::{Message, Print, Source};
use crate::syntax::promql::{BinaryOperator, ExprId, ExprKind, Tree};

/// A label or annotation of an alert.
pub(super) struct AlertText<'t, 'a> {
    pub(super) rule: &'t TypedRule<'a>,
    pub(super) typed: &'t TypedExpression<'a>,
    pub(super) pair: &'a Pair,
    pub(super) message: &'t Message<'a>,
}

/// The templates of alerts whose expression is understood.
pub(super) fn texts<'t, 'a>(rules: &'t TypedRules<'a>) -> impl Iterator<Item = AlertText<'t, 'a>> {
    let alerts = rules.alerts().filter_map(|rule| Some((rule, rule.typed.as_ref()?)));
    alerts.flat_map(|(rule, typed)| {
        rule.texts.iter().map(move |(pair, message)| AlertText { rule, typed, pair, message })
    })
}

impl<'a> AlertText<'_, 'a> {
    /// What is printed of the alert's own value.
    pub(super) fn own_values(&self) -> impl Iterator<Item = &Print<'a>> {
        self.message.prints.iter().filter(|print| print.source == Source::Alert)
    }
}

/// The functions that turn a number into a text with a unit.
pub(super) fn applies(print: &Print<'_>, function: &str) -> bool {
    print.functions.iter().any(|(name, _)| *name == function)
}

/// The numbers that the value of the expression is compared with before it comes out: those at the left of set operators
/// count, as their values do.
pub(super) fn thresholds(tree: &Tree) -> Vec<f64> {
    let mut found = Vec::new();
    let mut open = vec![tree.root()];
    while let Some(id) = open.pop() {
        match &tree.get(tree.without_parens(id)).kind {
            ExprKind::Binary { operator: BinaryOperator::And | BinaryOperator::Unless, left, .. } => open.push(*left),
            ExprKind::Binary { operator: BinaryOperator::Or, left, right, .. } => open.extend([*left, *right]),
            ExprKind::Binary { operator, left, right, matching, .. }
                if operator.is_comparison() && matching.returns_bool.is_none() =>
            {
                let number = |id: ExprId| tree.number(tree.without_parens(id));
                match (number(*left), number(*right)) {
                    (None, Some(bound)) => {
                        found.push(bound);
                        open.push(*left);
                    }
                    (Some(bound), None) => {
                        found.push(bound);
                        open.push(*right);
                    }
                    _ => open.push(*left),
                }
            }
            _ => {}
        }
    }
    found
}
