//! See `lints/terraform/undocumented-output/README.md`.

use super::report_undocumented;
use crate::linter::{Check, Reporter};
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    report_undocumented(module, "output", &module.outputs, out);
}
