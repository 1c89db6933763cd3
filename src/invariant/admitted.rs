//! Whether a caller may surely pass a value: the type of the variable takes it, its validations are true, and neither
//! another validation of the module nor one of its pre- and postconditions can object. What is not sure is no: a
//! violation must not rest on it.

use std::collections::BTreeSet;

use super::language::roots_of;
use crate::eval::Constraint;
use crate::eval::module::{Frame, Instance};
use crate::syntax::hcl::{BlockView, BodyView, ExprKind, ExprView};
use crate::terraform::Module;

/// Whether a caller may surely pass what `instance` has as the variable `name`.
pub(super) fn is_admitted(instance: &Instance<'_>, name: &str) -> bool {
    let Some(set) = instance.variable(name) else { return false };
    if set.contradiction.is_some() || set.mismatch.is_some() || !set.value.is_wholly_known() {
        return false;
    }
    let module = instance.module();
    // What cannot be read may object, and what is no type that is known here takes less than any.
    let mut types = module.variables.iter().filter(|variable| variable.name() == name).map(|own| own.value("type"));
    if !module.is_certain() || types.any(|ty| ty.is_some_and(|ty| Constraint::read(ty).is_none())) {
        return false;
    }
    let holds = |condition: ExprView<'_>| {
        let (answer, may_fail) = instance.eval(&Frame::default(), condition);
        !may_fail && answer.is_ok_and(|answer| answer.as_bool() == Some(true))
    };
    // Those of override files, too.
    module.configuration().flat_map(|source| source.document().root().blocks()).all(|block| {
        let is_own = block.kind() == "variable" && block.label(0).as_deref() == Some(name);
        let mut conditions = conditions_in(block).into_iter();
        conditions.all(|condition| !is_own && !may_read(module, condition, name) || holds(condition))
    })
}

/// What must be true where a block of a module stands, for Terraform to go on.
fn conditions_in(block: BlockView<'_>) -> Vec<ExprView<'_>> {
    match block.kind() {
        "variable" => in_blocks(block.body(), &["validation"]),
        "output" => in_blocks(block.body(), &["precondition"]),
        "resource" | "data" | "ephemeral" => {
            let lifecycles = block.body().blocks_of("lifecycle");
            lifecycles.flat_map(|inner| in_blocks(inner.body(), &["precondition", "postcondition"])).collect()
        }
        _ => Vec::new(),
    }
}

fn in_blocks<'p>(body: BodyView<'p>, kinds: &[&str]) -> Vec<ExprView<'p>> {
    let found = body.blocks().filter(|inner| kinds.contains(&inner.kind()));
    found.filter_map(|inner| inner.body().value("condition")).collect()
}

/// Whether an expression may read the variable `name`, also by way of local values. Resources, data sources and modules
/// may be made of it.
fn may_read<'p>(module: &Module<'p>, expr: ExprView<'p>, name: &str) -> bool {
    let mut pending = vec![expr];
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    while let Some(expr) = pending.pop() {
        let bound = bound_in(expr);
        for root in roots_of(expr) {
            match root.text() {
                "path" | "terraform" => {}
                "var" if member_of(expr, root).is_some_and(|member| member != name) => {}
                "local" => {
                    let Some(member) = member_of(expr, root) else { return true };
                    if seen.insert(member) {
                        let locals = module.locals.iter().filter(|(_, local)| local.name() == member);
                        pending.extend(locals.map(|(_, local)| local.value()));
                    }
                }
                other if bound.contains(&other) => {}
                _ => return true,
            }
        }
    }
    false
}

/// `NAME` in `ROOT.NAME`, which stands in `expr`.
fn member_of<'p>(expr: ExprView<'p>, root: ExprView<'p>) -> Option<&'p str> {
    expr.walk().find_map(|inner| match inner.kind() {
        ExprKind::GetAttr { on, name } if on == root.id() => Some(expr.document().slice(name)),
        _ => None,
    })
}

/// The names that `for` binds in an expression.
fn bound_in(expr: ExprView<'_>) -> Vec<&str> {
    let document = expr.document();
    let mut bound: Vec<&str> = Vec::new();
    for inner in expr.walk() {
        if let Some(walk) = inner.as_for() {
            bound.extend(walk.key_name.map(|span| document.slice(span)));
            bound.push(document.slice(walk.value_name));
        }
        if let Some(directive) = inner.as_for_directive() {
            bound.extend(directive.key.map(|span| document.slice(span)));
            bound.push(document.slice(directive.value));
        }
    }
    bound
}
