//! See `lints/terraform/missing-required-version/README.md`.

use super::is_kept_house;
use crate::linter::{Check, Reporter};
use crate::source::Span;
use crate::terraform::{Module, Role};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    let settings = || module.configuration().flat_map(|source| source.document().root().blocks_of("terraform"));
    if !is_kept_house(module) || settings().any(|block| block.body().attribute("required_version").is_some()) {
        return;
    }
    let named = |name: &str| module.configuration().find(|source| source.name == name);
    let mut files = module.configuration().filter(|source| source.is_native() && source.role == Role::Configuration);
    let Some(file) = named("terraform.tf").or_else(|| named("main.tf")).or_else(|| files.next()) else { return };
    let place = match module.settings.first() {
        Some(settings) => settings.location(settings.block.header_span()),
        None => file.location(Span::at(0)),
    };
    out.report(
        out.finding(place, "the module does not say which versions of Terraform it works with")
            .help("add `required_version` to its `terraform` block"),
    );
}
