//! Things that need each other before they can be known, in words; and those among them that lead through modules.

use crate::diagnostic::{Diagnostic, LintId, Severity};
use crate::eval::module::Program;
use crate::terraform::{Callees, Cycle, Dependencies, Module};

/// A finding on a circle.
pub(crate) fn describe(cycle: &Cycle) -> Diagnostic {
    let chain: Vec<String> = cycle.names.iter().chain(cycle.names.first()).map(|name| format!("`{name}`")).collect();
    let message = match cycle.names.as_slice() {
        [one] => format!("`{one}` refers to itself"),
        _ => format!("these refer to each other: {}", chain.join(" → ")),
    };
    let lint = LintId::new("terraform/reference-cycle");
    let mut made = Diagnostic::new(lint, Severity::Error, cycle.declared, message).subject(cycle.names.join(" "));
    for (index, place) in cycle.places.iter().enumerate() {
        let next = cycle.names.get(index + 1).or_else(|| cycle.names.first());
        if let (Some(place), Some(next)) = (place, next) {
            made = made.label(*place, format!("needs `{next}`"));
        }
    }
    made.help("Terraform has to know one of them first: take one of the references out")
}

struct Modules<'m, 'p>(&'m Program<'p>);

impl<'p> Callees<'p> for Modules<'_, 'p> {
    fn module(&self, node: usize) -> &'p Module<'p> {
        self.0.nodes[node].module
    }

    fn callee(&self, node: usize, name: &str) -> Option<usize> {
        let module = self.module(node);
        let call = module.calls.iter().find(|call| call.name() == name)?;
        module.call_instances(call)?;
        self.0.nodes[node].calls.get(name).copied()
    }
}

/// The circles that lead from the module `node` into one that it calls and back.
pub(super) fn through_calls(program: &Program<'_>, node: usize) -> Vec<Diagnostic> {
    let module = program.nodes[node].module;
    // The graph of all that is called is large, and seldom needed.
    if !module.is_certain() || !module.may_have_cycles_through_calls() {
        return Vec::new();
    }
    let cycles = Dependencies::through(&Modules(program), node).cycles();
    cycles.iter().filter(|cycle| crosses(&cycle.names)).map(describe).collect()
}

/// Whether a circle is seen from here only: one inside a called module is told where that module is looked at.
fn crosses(names: &[String]) -> bool {
    let is_own = |name: &String| {
        let parts: Vec<&str> = name.split('.').collect();
        matches!(parts.as_slice(), ["module", _] | ["module", _, "*"] | ["module", _, "var", _])
    };
    let module = |name: &String| name.starts_with("module.").then(|| name.split('.').nth(1).map(str::to_owned));
    let all: Vec<_> = names.iter().map(module).collect();
    names.iter().any(is_own) || all.iter().any(Option::is_some) && all.iter().any(|one| *one != all[0])
}
