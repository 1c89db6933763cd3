//! See `lints/terraform/missing-module-version/README.md`.

use super::is_version;
use super::module_source::{Origin, origin};
use crate::config::Literal;
use crate::config::schema::Kind;
use crate::linter::{Check, Reporter};
use crate::syntax::hcl::ExprView;
use crate::terraform::{Module, Role};

/// What the configuration may set.
pub(crate) const OPTIONS: &[(&str, Kind)] = &[("exact", Kind::Bool)];

pub(crate) const CHECK: Check = Check::Module(check);

/// Whether a constraint admits one version only.
fn is_exact(constraint: &str) -> bool {
    let constraint = constraint.trim();
    let version = constraint.strip_prefix('=').map_or(constraint, str::trim_start);
    !version.starts_with('v') && is_version(version)
}

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    let is_overridden = module.sources.iter().any(|source| source.role == Role::Override);
    for call in &module.calls {
        let source = call.value("source").and_then(ExprView::as_string);
        let is_registry = source.is_some_and(|source| origin(&source) == Origin::Registry);
        if !is_registry || is_overridden {
            continue;
        }
        let name = call.name();
        if let Some(version) = call.value("version").filter(|version| !version.is_null()) {
            let is_exact = version.as_string().is_none_or(|version| is_exact(&version));
            if out.option("exact") == Some(&Literal::Bool(true)) && !is_exact {
                let message = format!("module `{name}` takes a range of versions");
                let finding = out.finding(call.location(version.span()), message);
                out.report(finding.help("name one version: `version = \"1.2.3\"`").subject(format!("module.{name}")));
            }
            continue;
        }
        out.report(
            out.finding(call.location(call.block.header_span()), format!("module `{name}` takes any version"))
                .help("name the versions that work: `version = \"~> 1.2\"`")
                .subject(format!("module.{name}")),
        );
    }
}
