//! See `lints/terraform/missing-module-version/README.md`.

use super::module_source::{Origin, origin};
use crate::linter::{Check, Reporter};
use crate::syntax::hcl::ExprView;
use crate::terraform::{Module, Role};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    let is_overridden = module.sources.iter().any(|source| source.role == Role::Override);
    for call in &module.calls {
        let source = call.value("source").and_then(ExprView::as_string);
        let is_registry = source.is_some_and(|source| origin(&source) == Origin::Registry);
        if !is_registry || is_overridden || call.value("version").is_some_and(|version| !version.is_null()) {
            continue;
        }
        let name = call.name();
        out.report(
            out.finding(call.location(call.block.header_span()), format!("module `{name}` takes any version"))
                .help("name the versions that work: `version = \"~> 1.2\"`")
                .subject(format!("module.{name}")),
        );
    }
}
