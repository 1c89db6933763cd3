//! See `lints/tftest/missing-regression-file/README.md`.

use crate::linter::{Check, Reporter, Repository};
use crate::terraform::ModuleKind;

pub(crate) const CHECK: Check = Check::Repository(check);

fn check(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    let wanted = super::regression_file(repository.config);
    for module in &repository.modules {
        let Some(first) = module.first_block else { continue };
        if module.kind != ModuleKind::Child || !module.is_complete || module.tests.iter().any(|test| test == wanted) {
            continue;
        }
        let message = format!("module `{}` has no regression test `{wanted}`", module.path);
        let help = "add the file with one run per fixed bug, each naming the version of its fix in a comment";
        out.report(out.finding(first, message).help(help).subject(&module.key));
    }
}
