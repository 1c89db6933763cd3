//! See `lints/terraform/duplicate-key/README.md`.

use crate::linter::{Check, Reporter};
use crate::terraform::{Module, key_name};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for (first, again) in &module.survey().repeated_keys {
        let key = key_name(again.expr).unwrap_or_default();
        out.report(
            out.finding(again.location(), format!("key `{key}` is already in this object"))
                .label(first.location(), "first written here")
                .help("keep one of them: Terraform takes the last and says nothing"),
        );
    }
}
