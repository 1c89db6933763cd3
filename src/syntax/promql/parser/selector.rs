//! Selectors, label lists and strings.

use super::super::lexer::{Keyword, Token, TokenKind};
use super::super::tree::{ExprId, ExprKind, MatchOperator, Matcher, Name, Rarely, Selector, Text};
use super::super::{literal, regex};
use super::{Parser, Version};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::go_string::unescape;

impl Parser<'_> {
    /// A selector whose name was read; its braces may follow.
    pub(super) fn selector(&mut self, name: Option<Name>) -> ExprId {
        let start = name.as_ref().map_or(self.peek().span, |name| name.span);
        let mut matchers = Vec::new();
        let braces = (self.kind() == TokenKind::LeftBrace).then(|| self.matchers(&mut matchers));
        matchers.shrink_to_fit();
        let span = Span::new(start.start, self.end());
        self.push(ExprKind::Selector(Selector { name, matchers, braces, modifiers: Rarely::default() }), span)
    }

    fn matchers(&mut self, matchers: &mut Vec<Matcher>) -> Span {
        let open = self.bump().span;
        let mut reported = false;
        while !matches!(self.kind(), TokenKind::RightBrace | TokenKind::End) {
            let matcher = self.matcher();
            let failed = matcher.is_none();
            matchers.extend(matcher);
            if failed {
                self.skip_to(|kind| kind == TokenKind::Comma);
            } else if !matches!(self.kind(), TokenKind::Comma | TokenKind::RightBrace | TokenKind::End) {
                self.no_comma();
                self.skip_to(|kind| kind == TokenKind::Comma);
                reported = true;
            }
            reported |= failed;
            if self.eat(TokenKind::Comma).is_none() {
                break;
            }
        }
        if !reported {
            self.close(TokenKind::RightBrace, open, "label matching", "`,` or `}`");
        } else if self.eat(TokenKind::RightBrace).is_none() {
            self.skip_to(|kind| kind == TokenKind::RightBrace);
            self.eat(TokenKind::RightBrace);
        }
        open.to(Span::at(self.end()))
    }

    /// Reports two matchers that no comma separates; `or` between them is of another dialect.
    fn no_comma(&mut self) {
        if let Some(mut error) = self.unexpected_error("label matching", "`,` or `}`") {
            if self.is_keyword(Keyword::Or) {
                error = error.help("`or` between matchers is MetricsQL; in PromQL write `a{...} or a{...}`");
            }
            self.error(error);
        }
    }

    /// A matcher, or nothing when it is wrong.
    fn matcher(&mut self) -> Option<Matcher> {
        let token = self.peek();
        let label = self.label_name("label matching", "a label name or `}`")?;
        let Some(operator) = match_operator(self.kind()) else {
            return self.bare_matcher(token, label);
        };
        let operator_span = self.bump().span;
        let token = self.peek();
        let value = match token.kind {
            TokenKind::String => {
                self.bump();
                self.string_value(token)?
            }
            TokenKind::Hole => {
                self.bump();
                Text { value: self.token_text(token).to_owned(), span: token.span, opaque: true }
            }
            _ => {
                self.unexpected("label matching", "a string");
                return None;
            }
        };
        let matches_empty = self.matches_empty(operator, &value);
        let span = label.span.to(value.span);
        Some(Matcher { label, operator, operator_span, value, matches_empty, span })
    }

    /// A quoted metric name or a hole, both without an operator.
    fn bare_matcher(&mut self, token: Token, label: Name) -> Option<Matcher> {
        if !matches!(token.kind, TokenKind::String | TokenKind::Hole) {
            self.unexpected("label matching", "`=`, `!=`, `=~` or `!~`");
            return None;
        }
        let span = token.span;
        let opaque = label.opaque;
        let matches_empty = if opaque { None } else { Some(label.text.is_empty()) };
        let value = Text { value: label.text, span, opaque };
        let label = Name { text: "__name__".to_owned(), span, opaque: token.kind == TokenKind::Hole };
        let operator_span = Span::at(span.end);
        Some(Matcher { label, operator: MatchOperator::Equal, operator_span, value, matches_empty, span })
    }

    /// Whether the matcher lets a missing label pass; checks the regular expression on the way.
    fn matches_empty(&mut self, operator: MatchOperator, value: &Text) -> Option<bool> {
        let is_empty = value.value.is_empty();
        match operator {
            _ if value.opaque && is_plain(operator) => None,
            MatchOperator::Equal => Some(is_empty),
            MatchOperator::NotEqual => Some(!is_empty),
            MatchOperator::Matches | MatchOperator::MatchesNot => {
                let empty = self.check_regex(value)?;
                Some(empty == (operator == MatchOperator::Matches))
            }
        }
    }

    fn check_regex(&mut self, value: &Text) -> Option<bool> {
        if value.opaque {
            return None;
        }
        if is_broken(value, self.text) {
            self.report(value.span, "invalid regular expression: it is not UTF-8");
            return None;
        }
        match regex::check(&value.value) {
            Ok(regex) => Some(regex.matches_empty),
            Err(error) => {
                let source = value.span.text(self.text.as_bytes());
                // Places are exact where the value stands in the text as it is.
                let verbatim = source.get(1..source.len() - 1) == Some(value.value.as_str());
                let start = value.span.start as usize + 1;
                let exact = Span::from(start + error.place.start..start + error.place.end);
                let span = if verbatim { exact } else { value.span };
                self.report(span, format!("invalid regular expression: {}", error.message));
                None
            }
        }
    }

    /// The name before a match operator, or a quoted metric name.
    fn label_name(&mut self, context: &str, expected: &str) -> Option<Name> {
        let token = self.peek();
        let text = self.token_text(token);
        let spelled = match token.kind {
            TokenKind::Identifier | TokenKind::Keyword(_) | TokenKind::Aggregation(_) | TokenKind::Hole => true,
            TokenKind::Number => text.starts_with(|letter: char| letter.is_ascii_alphabetic()),
            _ => false,
        };
        if spelled {
            self.bump();
            return Some(self.name(token));
        }
        if token.kind == TokenKind::String && self.version >= Version::V3_0 {
            self.bump();
            let text = self.string_value(token)?;
            return Some(Name { text: text.value, span: text.span, opaque: text.opaque });
        }
        self.unexpected(context, expected);
        None
    }

    pub(super) fn string_value(&mut self, token: Token) -> Option<Text> {
        match literal::string(self.token_text(token), token.span.start) {
            Ok(text) => Some(text),
            Err(error) => {
                self.errors.push(error);
                None
            }
        }
    }

    /// `(label, ...)` after `by`, `on`, `group_left` and so on.
    pub(super) fn labels(&mut self) -> Vec<Name> {
        let mut labels = Vec::new();
        let Some(open) = self.eat(TokenKind::LeftParen) else {
            self.unexpected("label list", "`(`");
            return labels;
        };
        while !matches!(self.kind(), TokenKind::RightParen | TokenKind::End) {
            match self.grouping_label() {
                Some(label) => labels.push(label),
                None => self.skip_to(|kind| kind == TokenKind::Comma),
            }
            if self.eat(TokenKind::Comma).is_none() {
                break;
            }
        }
        self.close(TokenKind::RightParen, open.span, "label list", "`,` or `)`");
        labels
    }

    fn grouping_label(&mut self) -> Option<Name> {
        let token = self.peek();
        let allowed = match token.kind {
            TokenKind::Keyword(keyword) => keyword != Keyword::Without,
            TokenKind::MetricIdentifier => self.version >= Version::V3_0,
            TokenKind::Number => false,
            _ => true,
        };
        if !allowed {
            self.unexpected("label list", "a label name");
            return None;
        }
        if token.kind == TokenKind::MetricIdentifier {
            self.bump();
            return Some(self.name(token));
        }
        let label = self.label_name("label list", "a label name or `)`")?;
        if label.text.is_empty() {
            self.errors.push(SyntaxError::new(label.span, "label name is empty"));
        }
        Some(label)
    }
}

/// Whether escapes such as `\xff` spell bytes that are no text.
fn is_broken(value: &Text, source: &str) -> bool {
    value.value.contains(char::REPLACEMENT_CHARACTER)
        && source.get(value.span.start as usize + 1..value.span.end as usize - 1).is_some_and(|body| {
            let quote = if source[value.span.start as usize..].starts_with('\'') { '\'' } else { '"' };
            unescape(body, quote).is_ok_and(|bytes| std::str::from_utf8(&bytes).is_err())
        })
}

fn is_plain(operator: MatchOperator) -> bool {
    matches!(operator, MatchOperator::Equal | MatchOperator::NotEqual)
}

fn match_operator(kind: TokenKind) -> Option<MatchOperator> {
    match kind {
        TokenKind::Assign => Some(MatchOperator::Equal),
        TokenKind::NotEqual => Some(MatchOperator::NotEqual),
        TokenKind::Matches => Some(MatchOperator::Matches),
        TokenKind::MatchesNot => Some(MatchOperator::MatchesNot),
        _ => None,
    }
}
