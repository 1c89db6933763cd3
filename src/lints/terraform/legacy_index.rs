//! See `lints/terraform/legacy-index/README.md`.

use super::with_fix;
use crate::diagnostic::Applicability;
use crate::linter::{Check, Reporter};
use crate::source::Span;
use crate::syntax::hcl::{ExprKind, ExprView};
use crate::terraform::{Module, Place};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for place in &module.survey().legacy_steps {
        let document = place.expr.document();
        let (step, is_fixable) = match place.expr.kind() {
            ExprKind::LegacyIndex { on, index } => {
                let on = document.expression(on);
                (Span::new(on.span().end, index.end), !is_in_legacy_splat(on))
            }
            ExprKind::Splat { on, .. } => {
                let start = document.expression(on).span().end;
                let star = memchr::memchr(b'*', &document.text()[start as usize..]).unwrap_or_default();
                let end = start + 1 + u32::try_from(star).unwrap_or_default();
                (Span::new(start, end), !is_continued(place))
            }
            _ => continue,
        };
        let written = document.slice(step);
        let bracketed = format!("[{}]", written.trim_start_matches('.'));
        let finding = out
            .finding(place.source.location(step), format!("`{written}` is the old way to write `{bracketed}`"))
            .help(format!("write `{bracketed}`"));
        let is_plain = written.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'*'));
        let edits = [(step, bracketed.as_str())];
        let edits = if is_fixable && is_plain { &edits[..] } else { &[] };
        out.report(with_fix(finding, place.source, Applicability::Safe, edits));
    }
}

/// Whether a `.*` stands before: with brackets in it, the index would count the elements of the splat instead.
fn is_in_legacy_splat(mut expr: ExprView<'_>) -> bool {
    loop {
        expr = match expr.kind() {
            ExprKind::GetAttr { on, .. } | ExprKind::LegacyIndex { on, .. } | ExprKind::Index { on, .. } => {
                expr.document().expression(on)
            }
            ExprKind::SplatItem => {
                let before = expr.document().text().get(..expr.span().start as usize).unwrap_or_default();
                return before.trim_ascii_end().last() != Some(&b'[');
            }
            _ => return false,
        };
    }
}

/// Whether an index follows, which belongs to the whole list after `.*` and to each element after `[*]`.
fn is_continued(place: &Place<'_>) -> bool {
    let rest = place.source.text.get(place.expr.span().end as usize..).unwrap_or_default();
    matches!(rest.trim_ascii_start().first(), Some(b'[' | b'.'))
}
