//! See `lints/terraform/empty-list-comparison/README.md`.

use super::with_fix;
use crate::diagnostic::Applicability;
use crate::linter::{Check, Reporter};
use crate::source::Span;
use crate::syntax::hcl::{ExprKind, ExprView};
use crate::terraform::{Module, Place};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for place in &module.survey().empty_comparisons {
        let finding = out
            .finding(place.location(), "comparison with an empty list")
            .note("a list is never equal to `[]`, which is a tuple")
            .help("ask for the number of elements: `length(x) == 0`");
        out.report(with_fix(finding, place.source, Applicability::Unsafe, &edits(place)));
    }
}

/// `length()` around the collection, and a zero for the empty list.
fn edits(place: &Place<'_>) -> Vec<(Span, &'static str)> {
    let ExprKind::Binary { left, right, .. } = place.expr.kind() else { return Vec::new() };
    let document = place.expr.document();
    let (left, right) = (document.expression(left), document.expression(right));
    let is_list = |expr: ExprView<'_>| matches!(expr.kind(), ExprKind::Tuple(list) if expr.list(list).len() == 0);
    let (list, other) = if is_list(left) { (left, right) } else { (right, left) };
    let is_collection = matches!(
        other.kind(),
        ExprKind::GetAttr { .. }
            | ExprKind::Index { .. }
            | ExprKind::LegacyIndex { .. }
            | ExprKind::Splat { .. }
            | ExprKind::Call { .. }
            | ExprKind::Variable
            | ExprKind::For(_)
    );
    if !is_collection || list.text().contains(['#', '/']) {
        return Vec::new();
    }
    let mut edits =
        vec![(Span::at(other.span().start), "length("), (Span::at(other.span().end), ")"), (list.span(), "0")];
    edits.sort_by_key(|(span, _)| *span);
    edits
}
