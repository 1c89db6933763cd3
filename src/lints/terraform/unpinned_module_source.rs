//! See `lints/terraform/unpinned-module-source/README.md`.

use super::module_source::{Origin, origin, parameter};
use crate::linter::{Check, Reporter};
use crate::syntax::hcl::ExprView;
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

/// Branches that a new repository begins with.
const BRANCHES: &[&str] = &["master", "main", "default", "develop"];

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for call in &module.calls {
        let Some(value) = call.value("source") else { continue };
        let Some(source) = ExprView::as_string(value) else { continue };
        if !matches!(origin(&source), Origin::Git | Origin::Mercurial) {
            continue;
        }
        let message = match parameter(&source, "ref").or_else(|| parameter(&source, "rev")) {
            None => format!("module source `{source}` is not pinned"),
            Some(branch) if BRANCHES.contains(&branch) => {
                format!("module source `{source}` follows the branch `{branch}`")
            }
            Some(_) => continue,
        };
        out.report(
            out.finding(call.location(value.span()), message)
                .help("name a tag or a commit: `?ref=v1.2.0`")
                .subject(format!("module.{}", call.name())),
        );
    }
}
