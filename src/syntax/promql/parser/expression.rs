//! Operators, operands, calls and aggregations.

use super::super::lexer::{Keyword, Token, TokenKind};
use super::super::literal;
use super::super::tree::{BinaryOperator, ExprId, ExprKind, Group, Grouping, Matching, MatchingLabels, Name};
use super::{Parser, Version};
use crate::source::Span;

/// The first release with `fill` modifiers.
const FILL: Version = Version::new(3, 10);

/// The binary operator that `kind` is.
pub(super) fn operator(kind: TokenKind) -> Option<BinaryOperator> {
    Some(match kind {
        TokenKind::Add => BinaryOperator::Add,
        TokenKind::Sub => BinaryOperator::Sub,
        TokenKind::Mul => BinaryOperator::Mul,
        TokenKind::Div => BinaryOperator::Div,
        TokenKind::Mod => BinaryOperator::Mod,
        TokenKind::Pow => BinaryOperator::Pow,
        TokenKind::Equal => BinaryOperator::Equal,
        TokenKind::NotEqual => BinaryOperator::NotEqual,
        TokenKind::Less => BinaryOperator::Less,
        TokenKind::LessEqual => BinaryOperator::LessEqual,
        TokenKind::Greater => BinaryOperator::Greater,
        TokenKind::GreaterEqual => BinaryOperator::GreaterEqual,
        TokenKind::Keyword(Keyword::And) => BinaryOperator::And,
        TokenKind::Keyword(Keyword::Or) => BinaryOperator::Or,
        TokenKind::Keyword(Keyword::Unless) => BinaryOperator::Unless,
        TokenKind::Keyword(Keyword::Atan2) => BinaryOperator::Atan2,
        _ => return None,
    })
}

impl Parser<'_> {
    /// An expression of operators that bind at least as tightly as `least`.
    pub(super) fn expression(&mut self, least: u8) -> ExprId {
        let place = Span::at(self.end());
        let id = if self.enter() {
            let left = self.operand();
            self.operators(left, least)
        } else {
            self.push(ExprKind::Error, place)
        };
        self.leave();
        id
    }

    /// The operators after `left`. A chain of equals is a loop, so its length is not limited.
    pub(super) fn operators(&mut self, mut left: ExprId, least: u8) -> ExprId {
        while let Some(operator) = operator(self.kind()) {
            let precedence = operator.precedence();
            if precedence < least {
                break;
            }
            let operator_span = self.bump().span;
            let matching = self.matching().into();
            let tighter = u8::from(operator != BinaryOperator::Pow);
            let right = self.expression(precedence + tighter);
            let span = self.node(left).span.to(self.node(right).span);
            left = self.push(ExprKind::Binary { operator, operator_span, left, right, matching }, span);
        }
        left
    }

    fn operand(&mut self) -> ExprId {
        let token = self.peek();
        if matches!(token.kind, TokenKind::Add | TokenKind::Sub) {
            self.bump();
            let operand = self.expression(BinaryOperator::Pow.precedence());
            let span = token.span.to(self.node(operand).span);
            return self.push(ExprKind::Unary { negative: token.kind == TokenKind::Sub, operand }, span);
        }
        let id = self.primary(token);
        self.postfix(id)
    }

    fn primary(&mut self, token: Token) -> ExprId {
        let called = self.peek_at(1).kind == TokenKind::LeftParen;
        match token.kind {
            TokenKind::Number => {
                self.bump();
                let value = self.number_value(token).unwrap_or_default();
                self.push(ExprKind::Number(value), token.span)
            }
            TokenKind::Duration if self.version >= Version::V2_54 => {
                self.bump();
                let value = self.duration_value(token).unwrap_or_default();
                self.push(ExprKind::Number(value), token.span)
            }
            TokenKind::String => {
                self.bump();
                match self.string_value(token) {
                    Some(text) => self.push(ExprKind::String(text), token.span),
                    None => self.push(ExprKind::Error, token.span),
                }
            }
            TokenKind::LeftParen => self.parenthesised(),
            TokenKind::LeftBrace => self.selector(None),
            TokenKind::Aggregation(_) if called || self.grouping_follows() => self.aggregate(token),
            TokenKind::Identifier | TokenKind::Hole if called => self.call(token),
            // Functions of 3.x whose names are keywords.
            TokenKind::Keyword(Keyword::Start | Keyword::End) if called && self.version >= Version::V3_0 => {
                self.call(token)
            }
            TokenKind::Hole if self.peek_at(1).kind != TokenKind::LeftBrace => {
                self.bump();
                self.push(ExprKind::Hole, token.span)
            }
            kind if is_metric_name(kind) => {
                self.bump();
                let name = self.name(token);
                self.selector(Some(name))
            }
            kind => self.no_operand(kind),
        }
    }

    fn no_operand(&mut self, kind: TokenKind) -> ExprId {
        let place = Span::at(self.end());
        self.unexpected("", "an expression");
        let closes = matches!(kind, TokenKind::RightParen | TokenKind::RightBrace | TokenKind::RightBracket);
        let separates = closes || matches!(kind, TokenKind::End | TokenKind::Comma) || operator(kind).is_some();
        if !separates {
            self.bump();
        }
        self.push(ExprKind::Error, place)
    }

    /// The value of a number token; reports a wrong one.
    pub(super) fn number_value(&mut self, token: Token) -> Option<f64> {
        let text = self.token_text(token);
        let value = literal::number(text, self.version);
        if value.is_none() {
            self.report(token.span, format!("`{text}` is not a number or duration"));
        }
        value
    }

    /// The seconds of a duration token; reports a wrong one.
    pub(super) fn duration_value(&mut self, token: Token) -> Option<f64> {
        match literal::duration(self.token_text(token)) {
            Ok(seconds) => Some(seconds),
            Err(message) => {
                self.report(token.span, message);
                None
            }
        }
    }

    pub(super) fn name(&self, token: Token) -> Name {
        let text = self.token_text(token).to_owned();
        Name { text, span: token.span, opaque: token.kind == TokenKind::Hole }
    }

    fn parenthesised(&mut self) -> ExprId {
        let open = self.bump().span;
        let inner = self.expression(0);
        self.close(TokenKind::RightParen, open, "parentheses", "an operator or `)`");
        let span = open.to(Span::at(self.end()));
        self.push(ExprKind::Paren(inner), span)
    }

    fn call(&mut self, token: Token) -> ExprId {
        self.bump();
        let function = self.name(token);
        let arguments = self.arguments();
        let span = Span::new(token.span.start, self.end());
        self.push(ExprKind::Call { function, arguments }, span)
    }

    /// Arguments in parentheses; the next token is the left one.
    fn arguments(&mut self) -> Vec<ExprId> {
        let open = self.bump().span;
        let mut arguments = Vec::new();
        if self.eat(TokenKind::RightParen).is_some() {
            return arguments;
        }
        loop {
            arguments.push(self.expression(0));
            if !matches!(self.kind(), TokenKind::Comma | TokenKind::RightParen | TokenKind::End) {
                self.unexpected("arguments", "an operator, `,` or `)`");
                self.skip_to(|kind| kind == TokenKind::Comma);
            }
            let Some(comma) = self.eat(TokenKind::Comma) else { break };
            if self.kind() == TokenKind::RightParen {
                let error = crate::syntax::SyntaxError::new(comma.span, "comma after the last argument");
                self.error(error.help("remove the comma"));
                break;
            }
        }
        self.close(TokenKind::RightParen, open, "arguments", "`,` or `)`");
        arguments
    }

    fn grouping_follows(&self) -> bool {
        matches!(self.peek_at(1).kind, TokenKind::Keyword(Keyword::By | Keyword::Without))
    }

    fn aggregate(&mut self, token: Token) -> ExprId {
        self.bump();
        let TokenKind::Aggregation(operator) = token.kind else {
            return self.push(ExprKind::Error, token.span);
        };
        let mut grouping = self.grouping();
        let arguments = if self.kind() == TokenKind::LeftParen {
            self.arguments()
        } else {
            self.unexpected("aggregation", "`(`");
            let error = self.push(ExprKind::Error, Span::at(self.end()));
            vec![error]
        };
        if grouping.is_none() {
            grouping = self.grouping();
        }
        let span = Span::new(token.span.start, self.end());
        self.push(ExprKind::Aggregate { operator, operator_span: token.span, arguments, grouping }, span)
    }

    fn grouping(&mut self) -> Option<Grouping> {
        let TokenKind::Keyword(keyword @ (Keyword::By | Keyword::Without)) = self.kind() else {
            return None;
        };
        let start = self.bump().span;
        let labels = self.labels();
        Some(Grouping { without: keyword == Keyword::Without, labels, span: Span::new(start.start, self.end()) })
    }

    /// `bool`, `on`, `group_left`, `fill` and so on, each at most once and in this order.
    fn matching(&mut self) -> Matching {
        let mut matching = Matching::default();
        if self.is_keyword(Keyword::Bool) {
            matching.returns_bool = Some(self.bump().span);
        }
        if let TokenKind::Keyword(keyword @ (Keyword::On | Keyword::Ignoring)) = self.kind() {
            let start = self.bump().span.start;
            let labels = self.labels();
            let span = Span::new(start, self.end());
            matching.labels = Some(MatchingLabels { on: keyword == Keyword::On, labels, span });
        }
        if let TokenKind::Keyword(keyword @ (Keyword::GroupLeft | Keyword::GroupRight)) = self.kind()
            && matching.labels.is_some()
        {
            let start = self.bump().span.start;
            let labels = if self.kind() == TokenKind::LeftParen { self.labels() } else { Vec::new() };
            let span = Span::new(start, self.end());
            matching.group = Some(Group { left: keyword == Keyword::GroupLeft, labels, span });
        }
        matching.fill = self.fill();
        matching
    }

    /// `fill(0)`, or `fill_left(0)` and `fill_right(0)` in any order.
    fn fill(&mut self) -> Option<Span> {
        let mut whole: Option<Span> = None;
        while self.version >= FILL && self.peek_at(1).kind == TokenKind::LeftParen && self.is_fill() {
            let start = self.bump().span;
            let open = self.bump().span;
            if matches!(self.kind(), TokenKind::Add | TokenKind::Sub) {
                self.bump();
            }
            match self.kind() {
                TokenKind::Number => drop(self.number_value(self.peek())),
                TokenKind::Duration => drop(self.duration_value(self.peek())),
                TokenKind::Hole => {}
                _ => self.unexpected("fill modifier", "a number"),
            }
            if self.kind() != TokenKind::RightParen {
                self.bump();
            }
            self.close(TokenKind::RightParen, open, "fill modifier", "`)`");
            whole = Some(whole.unwrap_or(start).to(Span::at(self.end())));
        }
        whole
    }

    fn is_fill(&self) -> bool {
        let text = self.token_text(self.peek());
        self.kind() == TokenKind::Identifier
            && ["fill", "fill_left", "fill_right"].iter().any(|name| text.eq_ignore_ascii_case(name))
    }
}

/// Whether a word can be the name of a metric. Keywords that may follow a binary operator cannot.
fn is_metric_name(kind: TokenKind) -> bool {
    use Keyword::{Atan2, Bool, GroupLeft, GroupRight, Ignoring, On};
    match kind {
        TokenKind::Keyword(keyword) => !matches!(keyword, Atan2 | Bool | GroupLeft | GroupRight | Ignoring | On),
        TokenKind::Identifier | TokenKind::MetricIdentifier | TokenKind::Aggregation(_) | TokenKind::Hole => true,
        _ => false,
    }
}
