//! The repeated blocks around an expression: `count` and `for_each` of resources and calls, `dynamic` blocks.

use std::borrow::Cow;

use crate::syntax::hcl::{BlockView, ExprView};
use crate::terraform::Source;

/// A block that is repeated.
pub(super) struct Repeated<'p> {
    /// What expressions in it call the element: `each`, `count`, or the iterator of a `dynamic` block.
    pub(super) iterator: Cow<'p, str>,
    /// What it is repeated over.
    pub(super) over: ExprView<'p>,
}

/// Those around `expr`, the outermost first.
pub(super) fn around<'p>(source: &'p Source, expr: ExprView<'p>) -> Vec<Repeated<'p>> {
    let mut found = Vec::new();
    let mut blocks: Vec<BlockView<'p>> = source.document().root().blocks().collect();
    while let Some(block) = blocks.pop() {
        if block.span().covers(expr.span()) {
            found.extend(repeated(block).into_iter().filter(|known| !known.over.span().covers(expr.span())));
            // Only one of them can be around the expression as well.
            blocks = block.body().blocks().collect();
        }
    }
    found
}

fn repeated(block: BlockView<'_>) -> Option<Repeated<'_>> {
    let body = block.body();
    if block.kind() == "dynamic" {
        let named = body.value("iterator").and_then(ExprView::as_keyword).map(Cow::Borrowed);
        return Some(Repeated { iterator: named.or_else(|| block.label(0))?, over: body.value("for_each")? });
    }
    let each = body.value("for_each").map(|over| Repeated { iterator: Cow::Borrowed("each"), over });
    each.or_else(|| body.value("count").map(|over| Repeated { iterator: Cow::Borrowed("count"), over }))
}
