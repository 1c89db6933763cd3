//! Lints of Terraform configuration. Values count where they are literals; a variable's default decides nothing.

pub(super) mod deep_module_clone;
pub(super) mod deprecated_interpolation;
pub(super) mod deprecated_lookup;
pub(super) mod duplicate_key;
pub(super) mod empty_list_comparison;
pub(super) mod json_array_root;
pub(super) mod legacy_index;
pub(super) mod missing_module_version;
pub(super) mod missing_required_version;
pub(super) mod slash_comment;
pub(super) mod unconstrained_provider;
pub(super) mod unconventional_name;
pub(super) mod undeclared_reference;
pub(super) mod undocumented_output;
pub(super) mod undocumented_variable;
pub(super) mod unexpected_file;
pub(super) mod unpinned_module_source;
pub(super) mod untyped_variable;
pub(super) mod unused_declaration;
pub(super) mod unused_provider_requirement;
pub(super) mod workspace_with_remote_backend;

mod attribute_path;
mod module_source;

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix};
use crate::linter::Reporter;
use crate::source::Span;
use crate::syntax::hcl::BlockView;
use crate::terraform::{Declaration, Module, Role, Source, is_fixture};

/// Adds a fix of edits to `source`. A JSON file has other places than the text that was parsed, so it gets none.
fn with_fix(finding: Diagnostic, source: &Source, applicability: Applicability, edits: &[(Span, &str)]) -> Diagnostic {
    if !source.is_native() || edits.is_empty() {
        return finding;
    }
    let edits = edits.iter().map(|(span, text)| Edit { location: source.location(*span), text: (*text).to_owned() });
    finding.fix(Fix { applicability, edits: edits.collect() })
}

/// Whether house-keeping is asked for: the module was read as a whole and is no fixture.
fn is_kept_house(module: &Module<'_>) -> bool {
    module.is_complete && !is_fixture(module.path)
}

/// Blocks of override files that change a `kind` called `name`.
fn overrides<'m>(module: &'m Module<'_>, kind: &'m str, name: &'m str) -> impl Iterator<Item = BlockView<'m>> {
    let files = module.sources.iter().filter(|source| source.role == Role::Override);
    let blocks = files.flat_map(move |source| source.document().root().blocks_of(kind));
    blocks.filter(move |block| block.label(0).as_deref() == Some(name))
}

/// Reports each of `declarations` that has no `description`. Who runs a module reads its code; who calls it reads this.
fn report_undocumented(module: &Module<'_>, kind: &str, declarations: &[Declaration<'_>], out: &mut Reporter<'_>) {
    if !is_kept_house(module) || module.is_run_here() {
        return;
    }
    for declaration in declarations {
        let text = declaration.value("description");
        let is_empty = text.is_none_or(|text| text.as_string().is_some_and(|text| text.is_empty()));
        let name = declaration.name();
        if !is_empty || overrides(module, kind, &name).any(|block| block.body().attribute("description").is_some()) {
            continue;
        }
        let place = declaration.location(declaration.block.header_span());
        let finding = out.finding(place, format!("{kind} `{name}` has no description"));
        out.report(finding.help("say in `description` what it is for").subject(format!("{kind}.{name}")));
    }
}
