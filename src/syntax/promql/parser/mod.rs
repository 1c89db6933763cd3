//! Tokens to a tree: a Pratt parser. This file holds the cursor, the errors and the recovery; the grammar is in the files
//! beside it. The accepted language is that of `promql/parser/generated_parser.y` of Prometheus. Types are checked later.

mod expression;
mod modifier;
mod selector;

use super::lexer::{Keyword, Token, TokenKind, lex};
use super::tree::{Expr, ExprId, ExprKind, Tree};
use super::{Options, Parsed, Version};
use crate::source::Span;
use crate::syntax::SyntaxError;

/// Deeper nesting is reported instead of parsed, so that no text can exhaust the stack.
const MAX_DEPTH: u32 = 256;

/// Parses `text`; types are not checked yet. Also says whether the whole text was read.
pub(super) fn parse(text: &str, options: &Options) -> (Parsed, bool) {
    let (mut tokens, mut errors) = lex(text);
    let comments = tokens.iter().filter(|token| token.kind == TokenKind::Comment).map(|token| token.span).collect();
    tokens.retain(|token| token.kind != TokenKind::Comment);
    let holes: Vec<Span> =
        tokens.iter().filter(|token| token.kind == TokenKind::Hole).map(|token| token.span).collect();
    let first_hole = tokens.iter().position(|token| is_open_hole(text, *token)).unwrap_or(usize::MAX);
    let found = errors.len();
    if let Some(hole) = tokens.get(first_hole) {
        errors.retain(|error| error.span.start < hole.span.start);
    }
    let guessed = errors.len() < found;
    let nodes = Vec::with_capacity(tokens.len());
    let version = options.version;
    let mut parser =
        Parser { text, tokens, at: 0, first_hole, nodes, errors, version, depth: 0, gave_up: false, guessed };
    let root = parser.whole();
    let Parser { mut nodes, errors, guessed, gave_up, .. } = parser;
    nodes.shrink_to_fit();
    (Parsed { tree: Tree { nodes, root }, errors, comments, holes, guessed, types: Vec::new() }, !gave_up)
}

/// Whether a hole may stand for any text at all. Grafana's own variables for durations stand for just that.
fn is_open_hole(text: &str, token: Token) -> bool {
    if token.kind != TokenKind::Hole {
        return false;
    }
    let name = token.span.text(text.as_bytes()).trim_matches(['$', '{', '}', '[', ']']);
    !["__interval", "__rate_interval", "__range"].contains(&name)
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// The first token that may stand for any text: what is wrong at or after it may be right in the end.
    first_hole: usize,
    nodes: Vec<Expr>,
    errors: Vec<SyntaxError>,
    version: Version,
    depth: u32,
    /// Set when the depth limit is reached: the rest of the text is left unread.
    gave_up: bool,
    /// Set when something did not fit after a hole.
    guessed: bool,
}

impl<'a> Parser<'a> {
    fn whole(&mut self) -> ExprId {
        if self.kind() == TokenKind::End && self.errors.is_empty() {
            self.errors.push(SyntaxError::new(self.peek().span, "no expression found"));
            return self.push(ExprKind::Error, self.peek().span);
        }
        let mut root = self.expression(0);
        while self.kind() != TokenKind::End {
            self.unexpected("", "an operator or the end of the expression");
            self.at += 1;
            self.skip_to(|kind| expression::operator(kind).is_some());
            root = self.operators(root, 0);
        }
        root
    }

    fn peek(&self) -> Token {
        self.peek_at(0)
    }

    /// The token `ahead` of the next one; the last one is `End`.
    fn peek_at(&self, ahead: usize) -> Token {
        let last = self.tokens.len() - 1;
        self.tokens[(self.at + ahead).min(last)]
    }

    fn kind(&self) -> TokenKind {
        self.peek().kind
    }

    fn is_keyword(&self, keyword: Keyword) -> bool {
        self.kind() == TokenKind::Keyword(keyword)
    }

    fn bump(&mut self) -> Token {
        let token = self.peek();
        self.at += usize::from(token.kind != TokenKind::End);
        token
    }

    fn eat(&mut self, kind: TokenKind) -> Option<Token> {
        (self.kind() == kind).then(|| self.bump())
    }

    fn token_text(&self, token: Token) -> &'a str {
        self.text.get(token.span.start as usize..token.span.end as usize).unwrap_or("")
    }

    /// The end of the last token that was read.
    fn end(&self) -> u32 {
        self.at.checked_sub(1).map_or(0, |at| self.tokens[at].span.end)
    }

    fn push(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let id = ExprId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Expr { kind, span });
        id
    }

    fn node(&self, id: ExprId) -> &Expr {
        &self.nodes[id.index()]
    }

    /// Counts one level of nesting. False at the limit; then everything left is skipped.
    fn enter(&mut self) -> bool {
        self.depth += 1;
        if self.depth <= MAX_DEPTH {
            return true;
        }
        if !self.gave_up {
            let error =
                SyntaxError::new(self.peek().span, format!("expression is nested more than {MAX_DEPTH} levels deep"));
            self.errors.push(error.help("split it with recording rules"));
        }
        self.gave_up = true;
        self.at = self.tokens.len() - 1;
        false
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Reports something wrong with the structure at the next token, unless a hole before it could have made it right.
    fn error(&mut self, error: SyntaxError) {
        if self.gave_up || self.guessed {
            return;
        }
        if self.first_hole <= self.at {
            self.guessed = true;
            return;
        }
        // Where the text ends early, one thing that is missing says enough: the one that names where it began.
        if self.kind() == TokenKind::End
            && let Some(last) = self.errors.last_mut().filter(|last| last.span == error.span)
        {
            if error.related.is_some() {
                *last = error;
            }
            return;
        }
        self.errors.push(error);
    }

    /// Reports something wrong with text that was read, whatever stands before it.
    fn report(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(SyntaxError::new(span, message));
    }

    /// Reports that the next token does not fit. Characters that are no token have been reported by the lexer.
    fn unexpected(&mut self, context: &str, expected: &str) {
        if let Some(error) = self.unexpected_error(context, expected) {
            self.error(error);
        }
    }

    fn unexpected_error(&self, context: &str, expected: &str) -> Option<SyntaxError> {
        let token = self.peek();
        let found = match token.kind {
            TokenKind::Invalid => return None,
            TokenKind::End => "unexpected end".to_owned(),
            _ => format!("unexpected {}", self.describe(token)),
        };
        let place = if context.is_empty() { String::new() } else { format!(" in {context}") };
        let error = SyntaxError::new(token.span, format!("{found}{place}, expected {expected}"));
        // As in other languages, and as in label matching.
        let is_comparison = expected.starts_with("an operator") && self.token_text(token) == "=";
        Some(if is_comparison { error.help("values are compared with `==`") } else { error })
    }

    fn describe(&self, token: Token) -> String {
        let text = self.token_text(token);
        let short: String = text.chars().take(40).collect();
        let dots = if short.len() < text.len() { "..." } else { "" };
        let sort = match token.kind {
            TokenKind::Identifier => "name ",
            TokenKind::MetricIdentifier => "metric name ",
            TokenKind::Keyword(_) => "keyword ",
            TokenKind::Aggregation(_) => "aggregation ",
            TokenKind::Number => "number ",
            TokenKind::Duration => "duration ",
            TokenKind::String => return format!("string {short}{dots}"),
            _ => "",
        };
        format!("{sort}`{short}{dots}`")
    }

    /// Skips to a token of the current level that `stops`, or to one that closes it, or to the end.
    fn skip_to(&mut self, stops: impl Fn(TokenKind) -> bool) {
        let mut depth = 0_u32;
        loop {
            let kind = self.kind();
            match kind {
                TokenKind::End => return,
                _ if depth == 0 && stops(kind) => return,
                TokenKind::LeftParen | TokenKind::LeftBrace | TokenKind::LeftBracket => depth += 1,
                TokenKind::RightParen | TokenKind::RightBrace | TokenKind::RightBracket if depth == 0 => return,
                TokenKind::RightParen | TokenKind::RightBrace | TokenKind::RightBracket => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Reads the token that closes what was opened at `open`, after skipping what does not fit before it.
    fn close(&mut self, closing: TokenKind, open: Span, context: &str, expected: &str) {
        if self.eat(closing).is_some() {
            return;
        }
        if let Some(error) = self.unexpected_error(context, expected) {
            let at_end = self.kind() == TokenKind::End;
            self.error(if at_end { error.related(open, "opened here") } else { error });
        }
        self.skip_to(|kind| kind == closing);
        self.eat(closing);
    }
}
