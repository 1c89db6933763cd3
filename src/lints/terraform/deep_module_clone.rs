//! See `lints/terraform/deep-module-clone/README.md`.

use super::module_source::{Origin, origin, parameter};
use super::{call_argument, with_fix};
use crate::diagnostic::Applicability;
use crate::linter::{Check, Reporter};
use crate::source::Span;
use crate::syntax::hcl::ExprView;
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for call in &module.calls {
        let Some((file, value)) = call_argument(module, call, "source") else { continue };
        let Some(source) = ExprView::as_string(value).filter(|source| origin(source) == Origin::Git) else { continue };
        let Some(wanted) = parameter(&source, "ref").filter(|wanted| !is_commit(wanted)) else { continue };
        if parameter(&source, "depth").is_some_and(|depth| depth == "1") {
            continue;
        }
        let finding = out
            .finding(
                file.location(value.span()),
                format!("all history of `{wanted}` is cloned for module `{}`", call.name()),
            )
            .help("add `depth=1` to the source")
            .subject(format!("module.{}", call.name()));
        let place = value.text().find("?ref=").or_else(|| value.text().find("&ref="));
        let at = place.and_then(|at| u32::try_from(at + 1).ok()).map(|at| Span::at(value.span().start + at));
        let edits: Vec<(Span, &str)> = at.map(|at| (at, "depth=1&")).into_iter().collect();
        // An empty one too: the first one counts.
        let has_depth = source.split(['?', '&']).any(|pair| pair.starts_with("depth="));
        let edits = if has_depth { &[] } else { &edits[..] };
        out.report(with_fix(finding, file, Applicability::Safe, edits));
    }
}

/// Git cannot clone a commit shallowly by its number.
fn is_commit(name: &str) -> bool {
    (4..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
