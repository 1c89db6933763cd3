//! What must hold of the HCL parser for any bytes: shared by the property tests, the fuzz target and the replay of its
//! seeds.

use sprag::source::Span;
use sprag::syntax::hcl::{BodyView, Document, ExprKind, ExprView, ItemView, Tree, parse};

/// Everything that must hold of any text.
pub(crate) fn check(text: &[u8]) {
    let tree = parse(text);
    check_tokens(&tree, text);
    check_errors(&tree, text);
    let document = Document::new(&tree, text);
    check_body(document.root(), Span::new(0, u32::try_from(text.len()).unwrap()));
    for expr in document.expressions() {
        let _ = (expr.as_string(), expr.as_number(), expr.as_key(), expr.as_reference(), expr.literal_text());
        assert!(expr.span().end as usize <= text.len());
    }
    let again = parse(text);
    assert_eq!(tree.errors, again.errors);
    assert_eq!(document.expressions().count(), Document::new(&again, text).expressions().count());
}

pub(crate) fn check_tokens(tree: &Tree, text: &[u8]) {
    let mut at = 0;
    for index in 0..tree.tokens.len() {
        let (span, full) = (tree.tokens.span(index), tree.tokens.full_span(index));
        assert_eq!(full.start, at, "token {index} begins where the one before ends");
        assert!(full.covers(span) && full.end == span.end);
        at = full.end;
    }
    assert_eq!(at as usize, text.len(), "the tokens are the whole text");
}

pub(crate) fn check_errors(tree: &Tree, text: &[u8]) {
    for error in &tree.errors {
        assert!(error.span.end as usize <= text.len() && error.span.start <= error.span.end, "{error:?}");
        assert!(error.related.as_ref().is_none_or(|(span, _)| span.end as usize <= text.len()), "{error:?}");
        assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{error:?}");
    }
    assert!(tree.errors.is_sorted_by_key(|error| error.span.start));
}

fn check_body(body: BodyView<'_>, parent: Span) {
    assert!(parent.covers(body.span()), "{:?} in {parent:?}", body.span());
    let mut end = body.span().start;
    for item in body.items() {
        let span = match item {
            ItemView::Attribute(attribute) => {
                assert!(attribute.span().covers(attribute.name_span()));
                assert!(attribute.span().covers(attribute.value().span()));
                check_expr(attribute.value());
                attribute.span()
            }
            ItemView::Block(block) => {
                assert!(block.span().covers(block.header_span()) && block.header_span().covers(block.kind_span()));
                assert!(block.label_spans().iter().all(|label| block.header_span().covers(*label)));
                assert_eq!(block.labels().count(), block.label_spans().len());
                check_body(block.body(), block.span());
                block.span()
            }
        };
        assert!(body.span().covers(span) && span.start >= end, "items are in order and inside their body");
        end = span.end;
    }
}

/// The walk finds every expression inside, and each lies inside its parent.
fn check_expr(top: ExprView<'_>) {
    let inside: Vec<_> = top.walk().map(ExprView::id).collect();
    assert_eq!(inside.first(), Some(&top.id()));
    for expr in top.walk() {
        for child in children(expr) {
            assert!(expr.span().covers(child.span()), "{:?} {:?} in {:?}", child.kind(), child.span(), expr.kind());
            assert!(inside.binary_search_by(|id| child.id().cmp(id)).is_ok(), "{:?} is walked", child.kind());
        }
    }
}

fn children(expr: ExprView<'_>) -> Vec<ExprView<'_>> {
    let at = |id| expr.document().expression(id);
    let optional = |id: Option<_>| id.map(at).into_iter().collect::<Vec<_>>();
    match expr.kind() {
        ExprKind::GetAttr { on, .. } | ExprKind::LegacyIndex { on, .. } => vec![at(on)],
        ExprKind::Index { on, key } => vec![at(on), at(key)],
        ExprKind::Splat { on, each, .. } => vec![at(on), at(each)],
        ExprKind::Call { name, arguments, .. } => [at(name)].into_iter().chain(expr.list(arguments)).collect(),
        ExprKind::Template { parts: list, .. } | ExprKind::Tuple(list) | ExprKind::Object(list) => {
            expr.list(list).collect()
        }
        ExprKind::Interpolation(inner) | ExprKind::Paren(inner) | ExprKind::Unary { operand: inner, .. } => {
            vec![at(inner)]
        }
        ExprKind::Binary { left, right, .. } => vec![at(left), at(right)],
        ExprKind::Conditional { condition, yes, no } => vec![at(condition), at(yes), at(no)],
        ExprKind::IfDirective(_) => {
            let parts = expr.as_if_directive().unwrap();
            [at(parts.condition)].into_iter().chain(expr.list(parts.yes)).chain(expr.list(parts.no)).collect()
        }
        ExprKind::ForDirective(_) => {
            let parts = expr.as_for_directive().unwrap();
            [at(parts.collection)].into_iter().chain(expr.list(parts.body)).collect()
        }
        ExprKind::For(_) => {
            let parts = expr.as_for().unwrap();
            let mut all = vec![at(parts.collection), at(parts.value)];
            all.extend(optional(parts.key));
            all.extend(optional(parts.condition));
            all
        }
        _ => Vec::new(),
    }
}
