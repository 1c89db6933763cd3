//! See `lints/terraform/reference-cycle/README.md`. Circles that lead through called modules are found where those are at
//! hand, with what is evaluated.

use crate::linter::{Check, Reporter, describe_cycle};
use crate::terraform::{Dependencies, Module};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    if !module.is_certain() || !(module.may_have_cycles() || module.may_have_cycles_through_providers()) {
        return;
    }
    for cycle in Dependencies::of(module).cycles() {
        out.report(describe_cycle(&cycle));
    }
}
