//! See `lints/terraform/deprecated-interpolation/README.md`.

use super::with_fix;
use crate::diagnostic::Applicability;
use crate::linter::{Check, Reporter};
use crate::source::Span;
use crate::syntax::hcl::{ExprKind, ExprView};
use crate::terraform::{Module, Wrapper};

pub(crate) const CHECK: Check = Check::Module(check);

/// Functions that give a string whatever they get.
const STRINGS: &[&str] =
    &["format", "join", "lower", "upper", "replace", "trimspace", "jsonencode", "base64encode", "file", "templatefile"];

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for wrapper in &module.survey().wrappers {
        let place = &wrapper.place;
        let finding = out
            .finding(place.location(), "this string is nothing but an interpolation")
            .help("write the expression itself, without quotes and `${}`");
        let Some((open, close)) = brackets(wrapper) else {
            out.report(finding);
            continue;
        };
        let (outer, inner) = (place.expr.span(), wrapper.inner.span());
        let edits = [(Span::new(outer.start, inner.start), open), (Span::new(inner.end, outer.end), close)];
        let applicability = if is_string(module, wrapper.inner) { Applicability::Safe } else { Applicability::Unsafe };
        out.report(with_fix(finding, place.source, applicability, &edits));
    }
}

/// What the quotes become: nothing, or parentheses where the expression would mean something else without. Nothing at
/// all where a comment would be lost.
fn brackets(wrapper: &Wrapper<'_>) -> Option<(&'static str, &'static str)> {
    let (outer, inner) = (wrapper.place.expr.span(), wrapper.inner);
    let document = inner.document();
    let before = document.slice(Span::new(outer.start, inner.span().start));
    let after = document.slice(Span::new(inner.span().end, outer.end));
    let is_bare = |text: &str| text.chars().all(|c| matches!(c, '"' | '$' | '{' | '~' | '}') || c.is_whitespace());
    if !is_bare(before) || !is_bare(after) || inner.text().contains("<<") {
        return None;
    }
    let is_closed = matches!(
        inner.kind(),
        ExprKind::Call { .. } | ExprKind::Paren(_) | ExprKind::Tuple(_) | ExprKind::Object(_) | ExprKind::For(_)
    );
    let is_operation =
        matches!(inner.kind(), ExprKind::Binary { .. } | ExprKind::Unary { .. } | ExprKind::Conditional { .. });
    let is_free = wrapper.parent.is_none_or(|parent| {
        matches!(
            parent.kind(),
            ExprKind::Paren(_)
                | ExprKind::Tuple(_)
                | ExprKind::Object(_)
                | ExprKind::Call { .. }
                | ExprKind::Interpolation(_)
        )
    });
    // Behind these another step would read as one with theirs.
    let is_stepped = matches!(inner.kind(), ExprKind::Number | ExprKind::LegacyIndex { .. } | ExprKind::Splat { .. })
        && wrapper.parent.is_some_and(|parent| {
            matches!(
                parent.kind(),
                ExprKind::GetAttr { .. }
                    | ExprKind::LegacyIndex { .. }
                    | ExprKind::Index { .. }
                    | ExprKind::Splat { .. }
            )
        });
    let needs = is_key(wrapper) || is_stepped || is_operation && !is_free || !is_closed && inner.text().contains('\n');
    Some(if needs { ("(", ")") } else { ("", "") })
}

/// Whether the string is a key of an object. A bare word there would be a name.
fn is_key(wrapper: &Wrapper<'_>) -> bool {
    if !wrapper.parent.is_some_and(|parent| matches!(parent.kind(), ExprKind::Object(_))) {
        return false;
    }
    let rest = wrapper.place.source.text.get(wrapper.place.expr.span().end as usize..).unwrap_or_default();
    matches!(rest.trim_ascii_start().first(), Some(b'=' | b':'))
}

/// Whether the expression is a string for sure, so that the quotes convert nothing.
fn is_string(module: &Module<'_>, expr: ExprView<'_>) -> bool {
    match expr.kind() {
        ExprKind::Template { .. } => true,
        ExprKind::Paren(_) => is_string(module, expr.unparenthesised()),
        ExprKind::Call { .. } => expr.as_call().is_some_and(|(name, _)| STRINGS.contains(&name)),
        ExprKind::GetAttr { .. } => {
            let Some(steps) = expr.as_reference() else { return false };
            match steps.iter().map(AsRef::as_ref).collect::<Vec<&str>>()[..] {
                ["path", _] | ["terraform", "workspace"] => true,
                ["var", name] => module.variables.iter().any(|variable| {
                    variable.name() == name && variable.value("type").and_then(ExprView::as_keyword) == Some("string")
                }),
                _ => false,
            }
        }
        _ => false,
    }
}
