//! See `lints/terraform/unpinned-module-source/README.md`.

use super::module_source::{Origin, origin, parameter};
use super::{call_argument, is_version};
use crate::config::Literal;
use crate::config::schema::Kind;
use crate::linter::{Check, Reporter};
use crate::syntax::hcl::ExprView;
use crate::terraform::Module;

/// What the configuration may set.
pub(crate) const OPTIONS: &[(&str, Kind)] =
    &[("style", Kind::Word(&["semver", "sha"], "a style")), ("branches", Kind::List(&Kind::Text))];

pub(crate) const CHECK: Check = Check::Module(check);

/// Branches that a new repository begins with.
const BRANCHES: &[&str] = &["master", "main", "default", "develop"];

/// Whether an option lists `name`.
fn is_listed(list: Option<&Literal>, name: &str) -> bool {
    matches!(list, Some(Literal::List(names)) if names.contains(&Literal::Text(name.to_owned())))
}

fn help(style: Option<&str>) -> &'static str {
    match style {
        Some("sha") => "name the commit: `?ref=` and its whole number",
        Some("semver") => "name a version: `?ref=v1.2.0`",
        _ => "name a tag or a commit: `?ref=v1.2.0`",
    }
}

/// A whole commit number, SHA-1 or SHA-256.
fn is_commit(name: &str) -> bool {
    matches!(name.len(), 40 | 64) && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for call in &module.calls {
        let Some((file, value)) = call_argument(module, call, "source") else { continue };
        let Some(source) = ExprView::as_string(value) else { continue };
        if !matches!(origin(&source), Origin::Git | Origin::Mercurial) {
            continue;
        }
        let style = out.text_option("style");
        let wanted = parameter(&source, "ref").or_else(|| parameter(&source, "rev"));
        let message = match (wanted, style) {
            (None, _) => format!("module source `{source}` is not pinned"),
            (Some(branch), _) if BRANCHES.contains(&branch) || is_listed(out.option("branches"), branch) => {
                format!("module source `{source}` follows the branch `{branch}`")
            }
            (Some(other), Some("semver")) if !is_version(other) => {
                format!("module source `{source}` is pinned to `{other}`, which is no semantic version")
            }
            (Some(other), Some("sha")) if !is_commit(other) => {
                format!("module source `{source}` is pinned to `{other}`, which is no commit")
            }
            (Some(_), _) => continue,
        };
        out.report(
            out.finding(file.location(value.span()), message)
                .help(help(style))
                .subject(format!("module.{}", call.name())),
        );
    }
}
