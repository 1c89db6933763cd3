//! See `lints/terraform/deprecated-lookup/README.md`.

use super::with_fix;
use crate::diagnostic::Applicability;
use crate::linter::{Check, Reporter};
use crate::source::Span;
use crate::syntax::hcl::ExprKind;
use crate::terraform::{Module, Place};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for place in &module.survey().lookups {
        let finding = out
            .finding(place.location(), "`lookup` without a default")
            .help("write the index: `map[key]`, or give `lookup` a default as third argument");
        out.report(with_fix(finding, place.source, Applicability::Safe, &edits(place)));
    }
}

/// `lookup(map, key)` as `map[key]`. None where it is more than one line or has comments.
fn edits(place: &Place<'_>) -> Vec<(Span, &'static str)> {
    let whole = place.expr.span();
    let Some((name, arguments)) = place.expr.as_call() else { return Vec::new() };
    let [map, key] = arguments[..] else { return Vec::new() };
    let name_end = whole.start + u32::try_from(name.len()).unwrap_or_default();
    let open = Span::new(whole.start, map.span().start);
    let comma = Span::new(map.span().end, key.span().start);
    let close = Span::new(key.span().end, whole.end);
    let gaps = [Span::new(name_end, open.end), comma, close].map(|gap| place.expr.document().slice(gap));
    let is_bare = |gap: &&str| gap.bytes().all(|byte| matches!(byte, b'(' | b',' | b')' | b' ' | b'\t'));
    if !gaps.iter().all(is_bare) || place.expr.text().contains('\n') {
        return Vec::new();
    }
    let is_simple = matches!(
        map.kind(),
        ExprKind::Variable
            | ExprKind::GetAttr { .. }
            | ExprKind::Index { .. }
            | ExprKind::LegacyIndex { .. }
            | ExprKind::Call { .. }
            | ExprKind::Paren(_)
            | ExprKind::Object(_)
            | ExprKind::For(_)
    );
    let (before, between) = if is_simple { ("", "[") } else { ("(", ")[") };
    vec![(open, before), (comma, between), (close, "]")]
}
