//! Reading a tree together with its text: bodies, blocks, arguments and expressions as small `Copy` handles.

use std::borrow::Cow;

use super::decode;
use super::tree::{
    AttributeId, BlockId, BodyId, ExprId, ExprKind, ForDirective, ForExpr, IfDirective, Item, List, Quoting, Tree,
};
use crate::source::{Span, TextView};

/// A tree and the text it was made of.
#[derive(Clone, Copy)]
pub struct Document<'a> {
    tree: &'a Tree,
    text: TextView<'a>,
}

impl<'a> Document<'a> {
    /// `text` must be what `tree` was parsed from.
    #[must_use]
    pub const fn new(tree: &'a Tree, text: &'a [u8]) -> Self {
        Self { tree, text: TextView::Bytes(text) }
    }

    /// The same for a text that may be known to be UTF-8, which makes reading it quicker.
    #[must_use]
    pub const fn of(tree: &'a Tree, text: TextView<'a>) -> Self {
        Self { tree, text }
    }

    /// The content of the file.
    #[must_use]
    pub fn root(self) -> BodyView<'a> {
        BodyView { document: self, id: self.tree.root.unwrap_or(BodyId(0)) }
    }

    /// The tree.
    #[must_use]
    pub const fn tree(self) -> &'a Tree {
        self.tree
    }

    /// The whole text.
    #[must_use]
    pub const fn text(self) -> &'a [u8] {
        self.text.bytes()
    }

    /// The text of `span`; empty where it is not UTF-8.
    #[must_use]
    pub fn slice(self, span: Span) -> &'a str {
        self.text.slice(span)
    }

    /// The value of the label at `span`.
    fn label(self, span: Span) -> Cow<'a, str> {
        let text = self.slice(span);
        if self.tree.tokens.has_escapes { decode::label(text) } else { Cow::Borrowed(decode::without_quotes(text)) }
    }

    /// Every block of the file, inner ones before those around them.
    pub fn blocks(self) -> impl Iterator<Item = BlockView<'a>> {
        (0..super::parser::count(self.tree.blocks.len())).map(move |id| BlockView { document: self, id: BlockId(id) })
    }

    /// Every expression of the file, children before parents.
    pub fn expressions(self) -> impl Iterator<Item = ExprView<'a>> {
        (0..super::parser::count(self.tree.exprs.len())).map(move |id| ExprView { document: self, id: ExprId(id) })
    }

    /// The expression with the number `id`.
    #[must_use]
    pub const fn expression(self, id: ExprId) -> ExprView<'a> {
        ExprView { document: self, id }
    }

    /// The block with the number `id`.
    #[must_use]
    pub const fn block(self, id: BlockId) -> BlockView<'a> {
        BlockView { document: self, id }
    }

    /// All comments, in order, with their markers.
    pub fn comments(self) -> impl Iterator<Item = (Span, &'a str)> {
        self.tree.tokens.comments().map(move |span| (span, self.slice(span)))
    }
}

/// What a body holds.
#[derive(Clone, Copy)]
pub enum ItemView<'a> {
    /// An argument.
    Attribute(AttributeView<'a>),
    /// A nested block.
    Block(BlockView<'a>),
}

/// The content of a file or block.
#[derive(Clone, Copy)]
pub struct BodyView<'a> {
    document: Document<'a>,
    id: BodyId,
}

impl<'a> BodyView<'a> {
    /// Arguments and blocks in source order.
    pub fn items(self) -> impl Iterator<Item = ItemView<'a>> {
        let document = self.document;
        let items =
            document.tree.bodies.get(self.id.0 as usize).map_or(&[][..], |body| body.items.of(&document.tree.items));
        items.iter().map(move |item| match *item {
            Item::Attribute(id) => ItemView::Attribute(AttributeView { document, id }),
            Item::Block(id) => ItemView::Block(BlockView { document, id }),
        })
    }

    /// The arguments in source order.
    pub fn attributes(self) -> impl Iterator<Item = AttributeView<'a>> {
        self.items().filter_map(|item| match item {
            ItemView::Attribute(attribute) => Some(attribute),
            ItemView::Block(_) => None,
        })
    }

    /// The blocks in source order.
    pub fn blocks(self) -> impl Iterator<Item = BlockView<'a>> {
        self.items().filter_map(|item| match item {
            ItemView::Block(block) => Some(block),
            ItemView::Attribute(_) => None,
        })
    }

    /// The blocks of one kind in source order.
    pub fn blocks_of(self, kind: &'a str) -> impl Iterator<Item = BlockView<'a>> {
        self.blocks().filter(move |block| block.kind() == kind)
    }

    /// The first argument called `name`.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<AttributeView<'a>> {
        // Bytes are compared, for a text would be checked to be one.
        let text = self.document.text();
        self.attributes().find(|attribute| attribute.name_span().slice(text) == name.as_bytes())
    }

    /// The value of the first argument called `name`.
    #[must_use]
    pub fn value(self, name: &str) -> Option<ExprView<'a>> {
        self.attribute(name).map(AttributeView::value)
    }

    /// The file, or what is between the braces.
    #[must_use]
    pub fn span(self) -> Span {
        self.document.tree.bodies.get(self.id.0 as usize).map_or(Span::at(0), |body| body.span)
    }

    /// The file it is in.
    #[must_use]
    pub const fn document(self) -> Document<'a> {
        self.document
    }
}

/// `name = value`
#[derive(Clone, Copy)]
pub struct AttributeView<'a> {
    document: Document<'a>,
    id: AttributeId,
}

impl<'a> AttributeView<'a> {
    /// The name.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.document.slice(self.name_span())
    }

    /// The place of the name.
    #[must_use]
    pub fn name_span(self) -> Span {
        self.document.tree.attributes[self.id.0 as usize].name
    }

    /// The value.
    #[must_use]
    pub fn value(self) -> ExprView<'a> {
        ExprView { document: self.document, id: self.document.tree.attributes[self.id.0 as usize].value }
    }

    /// From the name to the end of the value.
    #[must_use]
    pub fn span(self) -> Span {
        self.document.tree.attributes[self.id.0 as usize].span
    }
}

/// `kind "label" { … }`
#[derive(Clone, Copy)]
pub struct BlockView<'a> {
    document: Document<'a>,
    id: BlockId,
}

impl<'a> BlockView<'a> {
    fn block(self) -> &'a super::tree::Block {
        &self.document.tree.blocks[self.id.0 as usize]
    }

    /// Its number in the tree.
    #[must_use]
    pub const fn id(self) -> BlockId {
        self.id
    }

    /// The first word.
    #[must_use]
    pub fn kind(self) -> &'a str {
        self.document.slice(self.block().kind)
    }

    /// The place of the first word.
    #[must_use]
    pub fn kind_span(self) -> Span {
        self.block().kind
    }

    /// The places of the labels, quotes included.
    #[must_use]
    pub fn label_spans(self) -> &'a [Span] {
        self.block().labels.of(&self.document.tree.labels)
    }

    /// The labels, decoded.
    pub fn labels(self) -> impl Iterator<Item = Cow<'a, str>> {
        self.label_spans().iter().map(move |span| self.document.label(*span))
    }

    /// The label with this number, from 0.
    #[must_use]
    pub fn label(self, number: usize) -> Option<Cow<'a, str>> {
        self.label_spans().get(number).map(|span| self.document.label(*span))
    }

    /// What is between the braces.
    #[must_use]
    pub fn body(self) -> BodyView<'a> {
        BodyView { document: self.document, id: self.block().body }
    }

    /// From the first word to the last label.
    #[must_use]
    pub fn header_span(self) -> Span {
        self.block().header
    }

    /// From the first word to the closing brace.
    #[must_use]
    pub fn span(self) -> Span {
        self.block().span
    }

    /// The file it is in.
    #[must_use]
    pub const fn document(self) -> Document<'a> {
        self.document
    }
}

/// An expression.
#[derive(Clone, Copy)]
pub struct ExprView<'a> {
    document: Document<'a>,
    id: ExprId,
}

impl<'a> ExprView<'a> {
    fn at(self, id: ExprId) -> Self {
        Self { document: self.document, id }
    }

    /// Its number in the tree.
    #[must_use]
    pub const fn id(self) -> ExprId {
        self.id
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> ExprKind {
        self.document.tree.exprs[self.id.0 as usize].kind
    }

    /// Its place.
    #[must_use]
    pub fn span(self) -> Span {
        self.document.tree.exprs[self.id.0 as usize].span
    }

    /// Its text as written.
    #[must_use]
    pub fn text(self) -> &'a str {
        self.document.slice(self.span())
    }

    /// The file it is in.
    #[must_use]
    pub const fn document(self) -> Document<'a> {
        self.document
    }

    /// The expressions of a list found in the tree.
    pub fn list(self, list: List) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        list.of(&self.document.tree.children).iter().map(move |id| self.at(*id))
    }

    /// The expression without parentheses around it.
    #[must_use]
    pub fn unparenthesised(self) -> Self {
        let mut expr = self;
        while let ExprKind::Paren(inner) = expr.kind() {
            expr = self.at(inner);
        }
        expr
    }

    /// The value of a string without sequences, in quotes or as a heredoc.
    #[must_use]
    pub fn as_string(self) -> Option<Cow<'a, str>> {
        let ExprKind::Template { parts, .. } = self.unparenthesised().kind() else { return None };
        let parts = parts.of(&self.document.tree.children);
        match parts {
            [] => Some(Cow::Borrowed("")),
            [part] => self.at(*part).literal_text(),
            _ => None,
        }
    }

    /// The value of a literal part of a template.
    #[must_use]
    pub fn literal_text(self) -> Option<Cow<'a, str>> {
        match self.kind() {
            ExprKind::Literal { quoting: Quoting::Quoted, trim_start: false, trim_end: false, .. }
                if !self.document.tree.tokens.has_escapes =>
            {
                Some(Cow::Borrowed(self.text()))
            }
            ExprKind::Literal { quoting, trim_start, trim_end, indent } => {
                let at_line_start =
                    self.span().start == 0 || self.document.text()[self.span().start as usize - 1] == b'\n';
                Some(decode::literal(
                    self.text(),
                    quoting,
                    decode::Trim { trim_start, trim_end, indent, at_line_start },
                ))
            }
            _ => None,
        }
    }

    /// The text of a number.
    #[must_use]
    pub fn as_number(self) -> Option<&'a str> {
        let expr = self.unparenthesised();
        (expr.kind() == ExprKind::Number).then(|| expr.text())
    }

    /// The value of `true` and `false`.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.unparenthesised().kind() {
            ExprKind::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.unparenthesised().kind() == ExprKind::Null
    }

    /// A bare word such as `plan` or `string`.
    #[must_use]
    pub fn as_keyword(self) -> Option<&'a str> {
        (self.kind() == ExprKind::Variable).then(|| self.text())
    }

    /// The elements of `[ … ]`.
    #[must_use]
    pub fn elements(self) -> Option<Vec<Self>> {
        match self.unparenthesised().kind() {
            ExprKind::Tuple(list) => Some(self.list(list).collect()),
            _ => None,
        }
    }

    /// The keys and values of `{ … }`.
    #[must_use]
    pub fn entries(self) -> Option<Vec<(Self, Self)>> {
        let ExprKind::Object(list) = self.unparenthesised().kind() else { return None };
        let all: Vec<Self> = self.list(list).collect();
        Some(all.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
    }

    /// The name that this expression gives as an object's key: a bare word or a plain string.
    #[must_use]
    pub fn as_key(self) -> Option<Cow<'a, str>> {
        match self.kind() {
            ExprKind::Variable | ExprKind::Number | ExprKind::Bool(_) | ExprKind::Null => {
                Some(Cow::Borrowed(self.text()))
            }
            ExprKind::Template { .. } => self.as_string(),
            _ => None,
        }
    }

    /// The name and arguments of a call.
    #[must_use]
    pub fn as_call(self) -> Option<(&'a str, Vec<Self>)> {
        match self.unparenthesised().kind() {
            ExprKind::Call { name, arguments, .. } => Some((self.at(name).text(), self.list(arguments).collect())),
            _ => None,
        }
    }

    /// `a.b[0]["c"]` as the names and literal keys in order; nothing when a step is computed. A splat adds no step of
    /// its own: `a[*].b` is `a.b`.
    #[must_use]
    pub fn as_reference(self) -> Option<Vec<Cow<'a, str>>> {
        let mut steps = Vec::new();
        let mut splatted = Vec::new();
        let mut expr = self;
        loop {
            expr = match expr.kind() {
                ExprKind::Variable => {
                    steps.push(Cow::Borrowed(expr.text()));
                    steps.reverse();
                    return splatted.is_empty().then_some(steps);
                }
                ExprKind::GetAttr { on, name } => {
                    steps.push(Cow::Borrowed(self.document.slice(name)));
                    self.at(on)
                }
                ExprKind::LegacyIndex { on, index } => {
                    steps.push(Cow::Borrowed(self.document.slice(index)));
                    self.at(on)
                }
                ExprKind::Index { on, key } => {
                    let key = self.at(key);
                    steps.push(key.as_string().or_else(|| key.as_number().map(Cow::Borrowed))?);
                    self.at(on)
                }
                ExprKind::Splat { on, each, .. } => {
                    splatted.push(on);
                    self.at(each)
                }
                ExprKind::SplatItem => self.at(splatted.pop()?),
                _ => return None,
            }
        }
    }

    /// The parts of a `for` expression.
    #[must_use]
    pub fn as_for(self) -> Option<&'a ForExpr> {
        match self.kind() {
            ExprKind::For(number) => self.document.tree.for_exprs.get(number as usize),
            _ => None,
        }
    }

    /// The parts of an `if` directive.
    #[must_use]
    pub fn as_if_directive(self) -> Option<&'a IfDirective> {
        match self.kind() {
            ExprKind::IfDirective(number) => self.document.tree.if_directives.get(number as usize),
            _ => None,
        }
    }

    /// The parts of a `for` directive.
    #[must_use]
    pub fn as_for_directive(self) -> Option<&'a ForDirective> {
        match self.kind() {
            ExprKind::ForDirective(number) => self.document.tree.for_directives.get(number as usize),
            _ => None,
        }
    }

    /// This expression and everything inside it, outermost first.
    pub fn walk(self) -> impl Iterator<Item = Self> {
        let span = self.span();
        (0..=self.id.0).rev().map(move |id| self.at(ExprId(id))).take_while(move |inner| span.covers(inner.span()))
    }
}
