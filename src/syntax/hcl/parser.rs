//! Tokens to a tree: bodies, blocks and arguments. Accepts and rejects what hclsyntax (`parser.go`) does, but keeps
//! going after an error: the next statement begins where indentation says so. Here is what all parts share; bodies are in
//! `body.rs`, expressions in `expression.rs`, strings in `template.rs`.

use super::explain::not_utf8;
use super::token::TokenKind;
use super::tree::{Expr, ExprId, ExprKind, Item, List, Tree};
use crate::source::Span;
use crate::syntax::SyntaxError;

/// How deep blocks, brackets, operators and strings may nest. Terraform has no limit and dies of it at about 100,000.
pub const MAX_DEPTH: u32 = 400;

/// An error was reported; the statement is given up.
pub(super) struct GiveUp;

pub(super) type Parsed<T> = Result<T, GiveUp>;

pub(super) struct Parser<'a> {
    pub(super) source: &'a [u8],
    pub(super) tree: Tree,
    pub(super) at: usize,
    /// Kinds below this are skipped: `Newline` where line breaks count, `Eof` where they do not.
    pub(super) skip_below: TokenKind,
    pub(super) depth: u32,
    /// Expressions waiting for the list they belong to.
    pub(super) pending: Vec<ExprId>,
    pub(super) pending_items: Vec<Item>,
    /// The names of one body, while they are compared.
    pub(super) names: Vec<Span>,
    /// Whether something was unfinished at the end of the text; what is around it is unfinished too, and not reported.
    pub(super) failed_at_end: bool,
    /// Whether it was said that the text is nested too deep.
    pub(super) too_deep: bool,
    /// Whether a merge conflict was found: both of its sides are in the text.
    pub(super) conflict: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &'a [u8], tree: Tree) -> Self {
        Self {
            source,
            tree,
            at: 0,
            skip_below: TokenKind::Newline,
            depth: 0,
            pending: Vec::with_capacity(32),
            pending_items: Vec::with_capacity(32),
            names: Vec::with_capacity(32),
            failed_at_end: false,
            too_deep: false,
            conflict: false,
        }
    }

    pub(super) fn parse(mut self) -> Tree {
        let root = self.body(None);
        self.tree.root = Some(root);
        self.report_invalid_bytes();
        self.tree.errors.sort_by_key(|error| error.span);
        self.tree.errors.dedup_by(|second, first| second.span.start == first.span.start);
        if self.source.starts_with(b"\xff\xfe") || self.source.starts_with(b"\xfe\xff") {
            // UTF-16: the first error says it, and no other tells anything.
            self.tree.errors.truncate(1);
        }
        self.tree
    }

    /// The kind of the next token that counts.
    #[inline]
    pub(super) fn peek(&mut self) -> TokenKind {
        loop {
            let kind = self.tree.tokens.all[self.at].kind();
            if kind < self.skip_below {
                self.at += 1;
            } else {
                return kind;
            }
        }
    }

    /// Steps over the token that `peek` showed. The end is never stepped over.
    #[inline]
    pub(super) fn bump(&mut self) -> Span {
        let span = self.span();
        if self.at + 1 < self.tree.tokens.all.len() {
            self.at += 1;
        }
        span
    }

    #[inline]
    pub(super) fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.peek() == kind;
        if found {
            self.bump();
        }
        found
    }

    /// The span of the current token.
    #[inline]
    pub(super) fn span(&self) -> Span {
        self.tree.tokens.span(self.at)
    }

    /// Where the last token that is no trivia ended.
    pub(super) fn end(&self) -> u32 {
        let mut before = self.at;
        while before > 0 {
            before -= 1;
            if self.tree.tokens.all[before].kind() >= TokenKind::Ident {
                return self.tree.tokens.span(before).end;
            }
        }
        0
    }

    #[inline]
    pub(super) fn text(&self, span: Span) -> &'a [u8] {
        span.slice(self.source)
    }

    #[inline]
    pub(super) fn expr(&mut self, span: Span, kind: ExprKind) -> ExprId {
        let id = ExprId(u32::try_from(self.tree.exprs.len()).unwrap_or(u32::MAX));
        self.tree.exprs.push(Expr { span, kind });
        id
    }

    #[inline]
    pub(super) fn span_of(&self, id: ExprId) -> Span {
        self.tree.exprs[id.0 as usize].span
    }

    /// Moves what was left pending since `mark` into a list of its own.
    #[inline]
    pub(super) fn take_pending(&mut self, mark: usize) -> List {
        let list = List { start: count(self.tree.children.len()), len: count(self.pending.len() - mark) };
        self.tree.children.extend(self.pending.drain(mark..));
        list
    }

    /// Runs `inner` with line breaks counting or not, and puts the old state back.
    #[inline]
    pub(super) fn with_newlines<T>(&mut self, count: bool, inner: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.skip_below;
        self.skip_below = if count { TokenKind::Newline } else { TokenKind::Eof };
        let result = inner(self);
        self.skip_below = before;
        result
    }

    pub(super) fn error(&mut self, error: SyntaxError) -> GiveUp {
        self.failed_at_end |= self.tree.tokens.all[self.at].kind() == TokenKind::Eof;
        let error = self.explain(error);
        self.tree.errors.push(error);
        GiveUp
    }

    /// Enters one level of nesting.
    #[inline]
    pub(super) fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            // Once is enough: what is too deep is so many times.
            if !std::mem::replace(&mut self.too_deep, true) {
                let message = format!("nested more than {MAX_DEPTH} levels deep");
                let span = self.span();
                self.error(SyntaxError::new(span, message).help("move inner parts into locals"));
            }
            return Err(GiveUp);
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// What is found, in words, for messages.
    pub(super) fn found(&mut self) -> String {
        let kind = self.peek();
        let text = String::from_utf8_lossy(self.text(self.span())).into_owned();
        match kind {
            TokenKind::Eof => "the end of the file".to_owned(),
            TokenKind::Newline => "the end of the line".to_owned(),
            TokenKind::StringNewline => "a string without its closing quote".to_owned(),
            TokenKind::QuotedText | TokenKind::HeredocText | TokenKind::OpenQuote => "a string".to_owned(),
            TokenKind::OpenHeredoc | TokenKind::OpenFlushHeredoc => "a heredoc".to_owned(),
            _ => format!("`{text}`"),
        }
    }

    /// Bytes that are not UTF-8 are fine in comments and nowhere else.
    fn report_invalid_bytes(&mut self) {
        let mut offset = 0;
        if std::str::from_utf8(self.source).is_ok() {
            return;
        }
        for chunk in self.source.utf8_chunks() {
            let at = offset + chunk.valid().len();
            offset = at + chunk.invalid().len();
            if !chunk.invalid().is_empty() && !self.is_comment(at) {
                // One is enough to tell; a file in another encoding has hundreds.
                return self.tree.errors.push(not_utf8(Span::from(at..offset)));
            }
        }
    }

    fn is_comment(&self, offset: usize) -> bool {
        let tokens = &self.tree.tokens.all;
        let index = tokens.partition_point(|token| token.full_start() as usize <= offset).saturating_sub(1);
        matches!(tokens[index].kind(), TokenKind::LineComment | TokenKind::BlockComment)
    }
}

/// Lengths and numbers inside a text of at most 4 GiB.
#[inline]
pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
