//! Lints of Terraform configuration. Values count where they are literals; a variable's default decides nothing.

pub(super) mod argument_type;
pub(super) mod deep_module_clone;
pub(super) mod deprecated_interpolation;
pub(super) mod deprecated_lookup;
pub(super) mod duplicate_key;
pub(super) mod empty_list_comparison;
pub(super) mod json_array_root;
pub(super) mod legacy_index;
pub(super) mod missing_argument;
pub(super) mod missing_module_version;
pub(super) mod missing_required_version;
pub(super) mod reference_cycle;
pub(super) mod reused_secret;
pub(super) mod secret_default;
pub(super) mod slash_comment;
pub(super) mod unconstrained_provider;
pub(super) mod unconventional_name;
pub(super) mod undeclared_reference;
pub(super) mod undocumented_output;
pub(super) mod undocumented_variable;
pub(super) mod unexpected_file;
pub(super) mod unknown_argument;
pub(super) mod unpinned_module_source;
pub(super) mod untyped_variable;
pub(super) mod unused_declaration;
pub(super) mod unused_provider_requirement;
pub(super) mod workspace_with_remote_backend;

mod attribute_path;
mod bodies;
mod calls;
mod module_source;

pub(super) use super::with_fix;
use crate::linter::Reporter;
use crate::syntax::hcl::{BlockView, ExprView};
use crate::terraform::{Declaration, Module, Role, Source};

/// Whether `text` is a version of three numbers (<https://semver.org>), with or without a `v`.
fn is_version(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, build) = text.split_once('+').unwrap_or((text, "0"));
    let (numbers, pre) = text.split_once('-').unwrap_or((text, "0"));
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    numbers.split('.').count() == 3
        && numbers.split('.').all(is_number)
        && pre.split('.').all(is_word)
        && build.split('.').all(is_word)
}

/// Whether house-keeping is asked for: the module was read as a whole and is no fixture.
fn is_kept_house(module: &Module<'_>) -> bool {
    module.is_complete && !module.is_fixture
}

/// Blocks of override files that change a `kind` called `name`.
fn overrides<'m>(module: &'m Module<'_>, kind: &'m str, name: &'m str) -> impl Iterator<Item = BlockView<'m>> {
    let files = module.sources.iter().filter(|source| source.role == Role::Override);
    let blocks = files.flat_map(move |source| source.document().root().blocks_of(kind));
    blocks.filter(move |block| block.label(0).as_deref() == Some(name))
}

/// An argument of a call and its file; the last override file that has it counts.
fn call_argument<'a>(module: &Module<'a>, call: &Declaration<'a>, name: &str) -> Option<(&'a Source, ExprView<'a>)> {
    let called = call.block.label(0);
    let files = module.sources.iter().filter(|source| source.role == Role::Override);
    let blocks =
        files.flat_map(|source| source.document().root().blocks_of("module").map(move |block| (source, block)));
    let overrides = blocks.filter(|(_, block)| block.label(0) == called);
    let values = overrides.filter_map(|(source, block)| Some((source, block.body().value(name)?)));
    values.last().or_else(|| Some((call.source, call.value(name)?)))
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

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn versions_have_three_numbers() {
        for text in ["1.2.3", "v0.10.0", "1.0.0-rc.1", "1.0.0+build.5", "1.0.0-a-b+c"] {
            assert!(is_version(text), "{text}");
        }
        for text in ["1.2", "v1", "1.2.3.4", "1.2.x", "1.0.0-", "1.0.0+", "", "vv1.2.3", "1..3"] {
            assert!(!is_version(text), "{text}");
        }
    }
}
