//! What lints of the form of expressions share: the sound ones, and the way up a tree.

use crate::linter::{RuleUnit, RuleView};
use crate::prometheus::{Language, Text};
use crate::syntax::promql::{ExprId, Parsed, Tree};

/// The rules of a file whose expressions parse, with text and tree.
pub(super) fn sound(unit: &RuleUnit) -> impl Iterator<Item = (RuleView<'_>, &Text, &Parsed)> {
    unit.rules().filter_map(|view| {
        let (text, parsed) = view.expression.filter(|_| view.group.language == Language::PromQl)?;
        (parsed.errors.is_empty() && !parsed.guessed).then_some((view, text, parsed))
    })
}

/// The node that each node is an operand of.
pub(super) fn parents(tree: &Tree) -> Vec<Option<ExprId>> {
    let mut parents = vec![None; tree.len()];
    for (id, _) in tree.iter() {
        for operand in tree.operands(id) {
            if let Some(parent) = parents.get_mut(operand.index()) {
                *parent = Some(id);
            }
        }
    }
    parents
}
