//! What stands after an operand: ranges, subqueries, `offset`, `@` and the durations in them.

use super::super::lexer::{Keyword, Token, TokenKind};
use super::super::tree::{At, AtTime, BinaryOperator, Duration, ExprId, ExprKind, Modifiers, Rarely};
use super::expression::operator;
use super::{Parser, Version};
use crate::source::Span;
use crate::syntax::SyntaxError;

impl Parser<'_> {
    pub(super) fn postfix(&mut self, mut id: ExprId) -> ExprId {
        loop {
            match self.kind() {
                TokenKind::LeftBracket => id = self.brackets(id),
                TokenKind::Keyword(Keyword::Offset) => self.offset(id),
                TokenKind::At => self.at_modifier(id),
                TokenKind::Identifier if self.is_extended_modifier() => self.extended_modifier(id),
                _ => return id,
            }
        }
    }

    /// `[5m]` or `[1h:5m]` after the operand `id`.
    fn brackets(&mut self, id: ExprId) -> ExprId {
        let open = self.bump().span;
        let range = self.bracket_duration(open);
        let colon = self.eat(TokenKind::Colon);
        let step = (colon.is_some() && !matches!(self.kind(), TokenKind::RightBracket | TokenKind::End))
            .then(|| self.bracket_duration(open));
        let expected = if step.is_some() { "`]`" } else { "`:` or `]`" };
        self.close(TokenKind::RightBracket, open, "range or subquery", expected);
        let brackets = Span::new(open.start, self.end());
        let span = self.node(id).span.to(brackets);
        let modifiers = Rarely::default();
        if colon.is_some() {
            return self.push(ExprKind::Subquery { operand: id, range, step, brackets, modifiers }, span);
        }
        self.check_range_operand(id, brackets);
        self.push(ExprKind::Range { operand: id, range, brackets, modifiers }, span)
    }

    fn check_range_operand(&mut self, id: ExprId, brackets: Span) {
        let message = match &self.node(id).kind {
            ExprKind::Selector(selector) if selector.modifiers.offset.is_some() => {
                "no offset modifiers allowed before range"
            }
            ExprKind::Selector(selector) if selector.modifiers.at.is_some() => "no @ modifiers allowed before range",
            ExprKind::Selector(_) | ExprKind::Hole | ExprKind::Error => return,
            _ => "ranges only allowed for vector selectors",
        };
        let error = SyntaxError::new(brackets, message);
        let is_order = message.starts_with("no ");
        self.errors.push(if is_order {
            error.help("write the range first: `metric[5m] offset 1h`")
        } else {
            error.help("a range over an expression is a subquery: `[1h:5m]`, or `[1h:]` for the default resolution")
        });
    }

    /// A duration that must be greater than zero.
    fn bracket_duration(&mut self, open: Span) -> Duration {
        let literal = matches!(self.kind(), TokenKind::Number | TokenKind::Duration);
        let arithmetic = self.version >= Version::V3_0;
        let duration = if arithmetic { self.duration_expression(0) } else { self.duration_literal() };
        let Some(duration) = duration else {
            self.unexpected("range or subquery", "a duration");
            self.skip_to(|kind| kind == TokenKind::Colon);
            return Duration { seconds: None, span: open };
        };
        let is_sign = matches!(duration.span.text(self.text.as_bytes()).as_bytes(), [b'+' | b'-', ..]);
        if (literal || is_sign) && duration.seconds.is_some_and(|seconds| seconds <= 0.0) {
            self.report(duration.span, "duration must be greater than 0");
        }
        duration
    }

    /// A plain duration, since 2.54 also a number of seconds. `None`, and nothing read, where there is none.
    fn duration_literal(&mut self) -> Option<Duration> {
        let token = self.peek();
        let seconds = match token.kind {
            TokenKind::Duration => self.duration_value(token),
            TokenKind::Number if self.version >= Version::V2_54 => self.number_value(token),
            TokenKind::Hole => None,
            _ => return None,
        };
        self.bump();
        Some(Duration { seconds, span: token.span })
    }

    /// Arithmetic of durations, in brackets only (experimental in 3.x).
    fn duration_expression(&mut self, least: u8) -> Option<Duration> {
        if !self.enter() {
            self.leave();
            return None;
        }
        let mut left = self.duration_operand();
        while let (Some(first), Some(operator)) = (left, operator(self.kind())) {
            let precedence = operator.precedence();
            if precedence < least || operator.is_comparison() || operator.is_set() || operator == BinaryOperator::Atan2
            {
                break;
            }
            self.bump();
            let tighter = u8::from(operator != BinaryOperator::Pow);
            left = self.duration_expression(precedence + tighter).map(|second| Duration {
                seconds: first.seconds.zip(second.seconds).map(|(first, second)| calculate(operator, first, second)),
                span: first.span.to(second.span),
            });
        }
        self.leave();
        left
    }

    fn duration_operand(&mut self) -> Option<Duration> {
        let token = self.peek();
        match token.kind {
            TokenKind::Add | TokenKind::Sub => {
                self.bump();
                let operand = self.duration_expression(BinaryOperator::Pow.precedence())?;
                Some(signed(token, operand))
            }
            TokenKind::LeftParen => self.duration_in_parens(),
            _ => self.duration_function().or_else(|| self.duration_literal()),
        }
    }

    fn duration_in_parens(&mut self) -> Option<Duration> {
        let open = self.bump().span;
        let inner = self.duration_expression(0)?;
        self.close(TokenKind::RightParen, open, "duration", "`)`");
        Some(Duration { seconds: inner.seconds, span: Span::new(open.start, self.end()) })
    }

    /// `step()`, `range()`, `min_of(a, b)` and `max_of(a, b)`, the latter two once called `min` and `max`.
    fn duration_function(&mut self) -> Option<Duration> {
        if self.peek_at(1).kind != TokenKind::LeftParen {
            return None;
        }
        let name = self.token_text(self.peek()).to_ascii_lowercase();
        let arguments = match name.as_str() {
            "step" | "range" => 0,
            "min" | "max" | "min_of" | "max_of" => 2,
            _ => return None,
        };
        let start = self.bump().span.start;
        let open = self.bump().span;
        for index in 0..arguments {
            if index > 0 && self.eat(TokenKind::Comma).is_none() {
                break;
            }
            self.duration_expression(0)?;
        }
        self.close(TokenKind::RightParen, open, "duration", "`,` or `)`");
        Some(Duration { seconds: None, span: Span::new(start, self.end()) })
    }

    fn offset(&mut self, id: ExprId) {
        let keyword = self.bump().span;
        let Some(duration) = self.offset_duration() else {
            self.unexpected("offset", "a duration");
            return;
        };
        let end = self.end();
        let Some(modifiers) = self.modifiers(id, "offset", keyword) else { return };
        // Prometheus takes an offset of zero for none.
        let is_repeated = modifiers.offset.is_some_and(|earlier| earlier.seconds != Some(0.0));
        modifiers.offset = Some(duration);
        self.nodes[id.index()].span.end = end;
        if is_repeated {
            self.report(keyword.to(duration.span), "offset may not be set multiple times");
        }
    }

    fn offset_duration(&mut self) -> Option<Duration> {
        let token = self.peek();
        if matches!(token.kind, TokenKind::Add | TokenKind::Sub) {
            let is_plus = token.kind == TokenKind::Add;
            if is_plus && self.version < Version::V3_0 {
                return None;
            }
            self.bump();
            let duration = self.unsigned_offset()?;
            return Some(signed(token, duration));
        }
        self.unsigned_offset()
    }

    fn unsigned_offset(&mut self) -> Option<Duration> {
        let token = self.peek();
        if self.version < Version::V3_0 {
            let duration = self.duration_literal()?;
            if self.version < Version::V2_54 && duration.seconds == Some(0.0) {
                self.report(token.span, "duration must be greater than 0");
            }
            return Some(duration);
        }
        if token.kind == TokenKind::LeftParen {
            return self.duration_in_parens();
        }
        self.duration_function().or_else(|| self.duration_literal())
    }

    fn at_modifier(&mut self, id: ExprId) {
        let sign = self.bump().span;
        let Some(time) = self.at_time() else {
            self.unexpected("`@` modifier", "a timestamp, `start()` or `end()`");
            return;
        };
        let span = Span::new(sign.start, self.end());
        if let AtTime::Timestamp(seconds) = time
            && (seconds.is_nan() || seconds.abs() >= i64::MAX as f64)
        {
            self.report(span, format!("timestamp out of bounds for @ modifier: {seconds}"));
        }
        let Some(modifiers) = self.modifiers(id, "@", span) else { return };
        let is_repeated = modifiers.at.is_some();
        modifiers.at = Some(At { time, span });
        self.nodes[id.index()].span.end = span.end;
        if is_repeated {
            self.report(span, "@ <timestamp> may not be set multiple times");
        }
    }

    fn at_time(&mut self) -> Option<AtTime> {
        let is_signed = matches!(self.kind(), TokenKind::Add | TokenKind::Sub);
        let sign = if is_signed && self.bump().kind == TokenKind::Sub { -1.0 } else { 1.0 };
        let token = self.peek();
        match token.kind {
            TokenKind::Number => {
                self.bump();
                Some(AtTime::Timestamp(sign * self.number_value(token).unwrap_or_default()))
            }
            TokenKind::Duration if self.version >= Version::V2_54 => {
                self.bump();
                Some(AtTime::Timestamp(sign * self.duration_value(token).unwrap_or_default()))
            }
            TokenKind::Hole => {
                self.bump();
                Some(AtTime::Hole)
            }
            TokenKind::Keyword(keyword @ (Keyword::Start | Keyword::End))
                if !is_signed
                    && self.peek_at(1).kind == TokenKind::LeftParen
                    && self.peek_at(2).kind == TokenKind::RightParen =>
            {
                self.at += 3;
                Some(if keyword == Keyword::Start { AtTime::Start } else { AtTime::End })
            }
            _ => None,
        }
    }

    fn is_extended_modifier(&self) -> bool {
        let text = self.token_text(self.peek());
        self.version >= Version::V3_0 && ["smoothed", "anchored"].iter().any(|name| text.eq_ignore_ascii_case(name))
    }

    fn extended_modifier(&mut self, id: ExprId) {
        let span = self.bump().span;
        let name = self.token_text(Token { kind: TokenKind::Identifier, span }).to_ascii_lowercase();
        let Some(modifiers) = self.modifiers(id, &name, span) else { return };
        modifiers.extended = Some(span);
        self.nodes[id.index()].span.end = span.end;
    }

    /// The modifiers of the node `id`; reports at `place` where it cannot have any.
    fn modifiers(&mut self, id: ExprId, what: &str, place: Span) -> Option<&mut Modifiers> {
        let node = &mut self.nodes[id.index()];
        match &mut node.kind {
            ExprKind::Selector(selector) => Some(&mut selector.modifiers),
            ExprKind::Range { modifiers, .. } | ExprKind::Subquery { modifiers, .. } => Some(modifiers),
            ExprKind::Hole | ExprKind::Error => None,
            ExprKind::Call { function, .. } if function.opaque => None,
            _ => {
                let preceding = "must be preceded by an instant vector selector or range vector selector or a subquery";
                self.errors.push(
                    SyntaxError::new(place, format!("{what} modifier {preceding}"))
                        .help("put it after each selector inside the expression"),
                );
                None
            }
        }
    }
}

fn signed(sign: Token, duration: Duration) -> Duration {
    let factor = if sign.kind == TokenKind::Sub { -1.0 } else { 1.0 };
    Duration { seconds: duration.seconds.map(|seconds| factor * seconds), span: sign.span.to(duration.span) }
}

fn calculate(operator: BinaryOperator, first: f64, second: f64) -> f64 {
    match operator {
        BinaryOperator::Add => first + second,
        BinaryOperator::Sub => first - second,
        BinaryOperator::Mul => first * second,
        BinaryOperator::Div => first / second,
        BinaryOperator::Mod => first % second,
        _ => first.powf(second),
    }
}
