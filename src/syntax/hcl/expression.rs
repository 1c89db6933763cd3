//! Expressions: recursive descent with precedence climbing, in the order of hclsyntax (`parser.go`).

use super::parser::{GiveUp, Parsed, Parser};
use super::token::TokenKind;
use super::tree::{BinaryOperator, ExprId, ExprKind, ForExpr, List, UnaryOperator};
use crate::source::Span;
use crate::syntax::SyntaxError;

/// How tightly an operator binds; 0 for none.
const fn binary(kind: TokenKind) -> (u8, BinaryOperator) {
    use BinaryOperator as Op;
    match kind {
        TokenKind::Or => (1, Op::Or),
        TokenKind::And => (2, Op::And),
        TokenKind::EqualEqual => (3, Op::Equal),
        TokenKind::NotEqual => (3, Op::NotEqual),
        TokenKind::Greater => (4, Op::Greater),
        TokenKind::GreaterEqual => (4, Op::GreaterEqual),
        TokenKind::Less => (4, Op::Less),
        TokenKind::LessEqual => (4, Op::LessEqual),
        TokenKind::Plus => (5, Op::Add),
        TokenKind::Minus => (5, Op::Subtract),
        TokenKind::Star => (6, Op::Multiply),
        TokenKind::Slash => (6, Op::Divide),
        TokenKind::Percent => (6, Op::Modulo),
        _ => (0, Op::Or),
    }
}

impl Parser<'_> {
    /// A whole expression.
    #[inline]
    pub(super) fn expression(&mut self) -> Parsed<ExprId> {
        self.deeper(Self::conditional)
    }

    fn conditional(&mut self) -> Parsed<ExprId> {
        let condition = self.operators(1)?;
        if self.peek() != TokenKind::Question {
            return Ok(condition);
        }
        let question = self.bump();
        let yes = self.expression()?;
        if self.peek() != TokenKind::Colon {
            let found = self.found();
            let at = self.span();
            return Err(self.error(
                SyntaxError::new(at, format!("expected `:` and the value for false, found {found}"))
                    .related(question, "this conditional needs `condition ? yes : no`"),
            ));
        }
        self.bump();
        let no = self.expression()?;
        let span = self.span_of(condition).to(self.span_of(no));
        Ok(self.expr(span, ExprKind::Conditional { condition, yes, no }))
    }

    /// Operators that bind at least as tightly as `level`, all from left to right.
    fn operators(&mut self, level: u8) -> Parsed<ExprId> {
        let mut left = self.with_traversals()?;
        loop {
            let (binds, operator) = binary(self.peek());
            if binds < level || binds == 0 {
                return Ok(left);
            }
            self.bump();
            let right = self.operators(binds + 1)?;
            let span = self.span_of(left).to(self.span_of(right));
            left = self.expr(span, ExprKind::Binary { operator, left, right });
        }
    }

    fn with_traversals(&mut self) -> Parsed<ExprId> {
        let term = self.term()?;
        self.traversals(term)
    }

    /// `.name`, `.0`, `[key]` and splats after `on`.
    fn traversals(&mut self, mut on: ExprId) -> Parsed<ExprId> {
        loop {
            on = match self.peek() {
                TokenKind::Dot => {
                    let dot = self.bump();
                    match self.peek() {
                        TokenKind::Ident | TokenKind::Number => self.step(on)?,
                        TokenKind::Star => self.attribute_splat(on)?,
                        _ => return Err(self.no_name_after(dot)),
                    }
                }
                TokenKind::OpenBracket => {
                    let open = self.bump();
                    if self.peek() == TokenKind::Star { self.full_splat(on, open)? } else { self.index(on, open)? }
                }
                _ => return Ok(on),
            };
        }
    }

    /// The name or number after a dot.
    fn step(&mut self, on: ExprId) -> Parsed<ExprId> {
        let is_name = self.peek() == TokenKind::Ident;
        let name = self.bump();
        let span = self.span_of(on).to(name);
        if is_name {
            return Ok(self.expr(span, ExprKind::GetAttr { on, name }));
        }
        if self.text(name).contains(&b'.') || !is_number(self.text(name)) {
            return Err(self.error(
                SyntaxError::new(name, "two indexes in the old dotted form cannot follow each other")
                    .help("write indexes in brackets: `[0][1]`"),
            ));
        }
        Ok(self.expr(span, ExprKind::LegacyIndex { on, index: name }))
    }

    fn no_name_after(&mut self, dot: Span) -> GiveUp {
        let found = self.found();
        let at = self.span();
        self.error(
            SyntaxError::new(at, format!("expected an attribute's name after `.`, found {found}"))
                .related(dot, "this dot"),
        )
    }

    /// `.*` takes only names and numbers after it.
    fn attribute_splat(&mut self, on: ExprId) -> Parsed<ExprId> {
        let star = self.bump();
        let mut each = self.expr(star, ExprKind::SplatItem);
        while self.peek() == TokenKind::Dot {
            let dot = self.bump();
            match self.peek() {
                TokenKind::Ident | TokenKind::Number => each = self.step(each)?,
                TokenKind::Star => {
                    let span = self.span();
                    return Err(self.error(
                        SyntaxError::new(span, "a splat inside a `.*` splat").help("write `[*]` for both splats"),
                    ));
                }
                _ => return Err(self.no_name_after(dot)),
            }
        }
        let span = self.span_of(on).to(self.span_of(each));
        Ok(self.expr(span, ExprKind::Splat { on, each, full: false }))
    }

    /// `[*]` and everything that follows it.
    fn full_splat(&mut self, on: ExprId, open: Span) -> Parsed<ExprId> {
        let star = self.bump();
        if !self.eat(TokenKind::CloseBracket) {
            return Err(self.unclosed(open, "`]` after `[*`"));
        }
        let item = self.expr(star, ExprKind::SplatItem);
        let each = self.deeper(|parser| parser.traversals(item))?;
        let span = Span::new(self.span_of(on).start, self.end());
        Ok(self.expr(span, ExprKind::Splat { on, each, full: true }))
    }

    fn index(&mut self, on: ExprId, open: Span) -> Parsed<ExprId> {
        let (key, end) = self.with_newlines(false, |parser| {
            let key = parser.expression()?;
            if parser.peek() != TokenKind::CloseBracket {
                return Err(parser.unclosed(open, "`]` after the index"));
            }
            Ok((key, parser.bump().end))
        })?;
        let span = Span::new(self.span_of(on).start, end);
        Ok(self.expr(span, ExprKind::Index { on, key }))
    }

    /// An expression without operators around it.
    fn term(&mut self) -> Parsed<ExprId> {
        match self.peek() {
            TokenKind::Ident => self.name(),
            TokenKind::OpenQuote => self.quoted(),
            TokenKind::Number => self.number(),
            TokenKind::OpenBracket => self.tuple(),
            TokenKind::OpenBrace => self.object(),
            TokenKind::OpenParen => self.paren(),
            TokenKind::Minus => self.unary(UnaryOperator::Negate),
            TokenKind::Bang => self.unary(UnaryOperator::Not),
            TokenKind::OpenHeredoc | TokenKind::OpenFlushHeredoc => self.heredoc(),
            _ => Err(self.expected_expression()),
        }
    }

    fn number(&mut self) -> Parsed<ExprId> {
        let span = self.bump();
        if is_number(self.text(span)) {
            return Ok(self.expr(span, ExprKind::Number));
        }
        let text = String::from_utf8_lossy(self.text(span)).into_owned();
        Err(self.error(
            SyntaxError::new(span, format!("`{text}` is not a number"))
                .help("write addresses, versions and dates as strings, in double quotes"),
        ))
    }

    fn expected_expression(&mut self) -> GiveUp {
        let found = self.found();
        let span = self.span();
        let error = SyntaxError::new(span, format!("expected an expression, found {found}"));
        self.error(match self.text(span) {
            b"=" => error.help("write one `=` to set a value, and `==` without a blank to compare"),
            b"..." => error.help("use `merge` or `concat` to put collections together"),
            _ => error,
        })
    }

    fn unary(&mut self, operator: UnaryOperator) -> Parsed<ExprId> {
        let sign = self.bump();
        let operand = self.deeper(Self::with_traversals)?;
        let span = sign.to(self.span_of(operand));
        Ok(self.expr(span, ExprKind::Unary { operator, operand }))
    }

    fn paren(&mut self) -> Parsed<ExprId> {
        let open = self.bump();
        let (inner, end) = self.with_newlines(false, |parser| {
            let inner = parser.expression()?;
            if parser.peek() != TokenKind::CloseParen {
                return Err(parser.unclosed(open, "`)`"));
            }
            Ok((inner, parser.bump()))
        })?;
        Ok(self.expr(open.to(end), ExprKind::Paren(inner)))
    }

    /// Something else than the closing bracket of `open`.
    pub(super) fn unclosed(&mut self, open: Span, expected: &str) -> GiveUp {
        let bracket = String::from_utf8_lossy(self.text(open)).into_owned();
        if let Some(index) = self.outdented_since(open) {
            self.at = index;
            return self.error(
                SyntaxError::new(open, format!("this `{bracket}` is never closed"))
                    .related(self.span(), "the indentation suggests that it ends before this line"),
            );
        }
        let found = self.found();
        let at = self.span();
        self.error(
            SyntaxError::new(at, format!("expected {expected}, found {found}"))
                .related(open, format!("this `{bracket}` is open")),
        )
    }

    /// A keyword, the first name of a reference, or a call.
    fn name(&mut self) -> Parsed<ExprId> {
        let span = self.bump();
        if matches!(self.peek(), TokenKind::OpenParen | TokenKind::DoubleColon) {
            return self.call(span);
        }
        let kind = match self.text(span) {
            b"true" => ExprKind::Bool(true),
            b"false" => ExprKind::Bool(false),
            b"null" => ExprKind::Null,
            _ => ExprKind::Variable,
        };
        Ok(self.expr(span, kind))
    }

    fn call(&mut self, first: Span) -> Parsed<ExprId> {
        let mut name = first;
        while self.peek() == TokenKind::DoubleColon {
            let colons = self.bump();
            if self.peek() != TokenKind::Ident {
                return Err(self.unclosed(colons, "a function's name after `::`"));
            }
            name = first.to(self.bump());
        }
        if self.peek() != TokenKind::OpenParen {
            return Err(self.unclosed(name, "`(` after the function's name"));
        }
        let open = self.bump();
        let callee = self.expr(name, ExprKind::FunctionName);
        let (arguments, expand, close) = self.with_newlines(false, |parser| parser.arguments(open))?;
        Ok(self.expr(name.to(close), ExprKind::Call { name: callee, arguments, expand }))
    }

    fn arguments(&mut self, open: Span) -> Parsed<(List, bool, Span)> {
        let mark = self.pending.len();
        let mut expand = false;
        while self.peek() != TokenKind::CloseParen {
            let argument = self.expression()?;
            self.pending.push(argument);
            match self.peek() {
                TokenKind::Comma => {
                    self.bump();
                }
                TokenKind::CloseParen => {}
                TokenKind::Ellipsis => {
                    self.bump();
                    expand = true;
                    if self.peek() != TokenKind::CloseParen {
                        return Err(self.unclosed(open, "`)` after the expanded argument"));
                    }
                }
                _ => return Err(self.unclosed(open, "`,` or `)` after the argument")),
            }
        }
        let close = self.bump();
        Ok((self.take_pending(mark), expand, close))
    }

    fn tuple(&mut self) -> Parsed<ExprId> {
        let open = self.bump();
        self.with_newlines(false, |parser| {
            if parser.peek_keyword(b"for") {
                return parser.for_expression(open, TokenKind::CloseBracket);
            }
            let mark = parser.pending.len();
            while parser.peek() != TokenKind::CloseBracket {
                let element = parser.expression()?;
                parser.pending.push(element);
                match parser.peek() {
                    TokenKind::Comma => {
                        parser.bump();
                    }
                    TokenKind::CloseBracket => {}
                    _ => return Err(parser.unclosed(open, "`,` or `]` after the element")),
                }
            }
            let close = parser.bump();
            let elements = parser.take_pending(mark);
            Ok(parser.expr(open.to(close), ExprKind::Tuple(elements)))
        })
    }

    pub(super) fn peek_keyword(&mut self, word: &[u8]) -> bool {
        self.peek() == TokenKind::Ident && self.text(self.span()) == word
    }

    fn object(&mut self) -> Parsed<ExprId> {
        let open = self.bump();
        let before = self.at;
        if self.with_newlines(false, |parser| parser.peek_keyword(b"for")) {
            return self.with_newlines(false, |parser| parser.for_expression(open, TokenKind::CloseBrace));
        }
        self.at = before;
        self.with_newlines(true, |parser| {
            let mark = parser.pending.len();
            loop {
                match parser.peek() {
                    TokenKind::Newline => {
                        parser.bump();
                    }
                    TokenKind::CloseBrace => break,
                    _ => parser.entry(open)?,
                }
            }
            let close = parser.bump();
            let entries = parser.take_pending(mark);
            Ok(parser.expr(open.to(close), ExprKind::Object(entries)))
        })
    }

    /// `key = value` or `key : value` and what separates it from the next.
    fn entry(&mut self, open: Span) -> Parsed<()> {
        let key = self.expression()?;
        if !matches!(self.peek(), TokenKind::Equal | TokenKind::Colon) {
            return Err(self.unclosed(open, "`=` and a value after the key"));
        }
        self.bump();
        let value = self.expression()?;
        self.pending.push(key);
        self.pending.push(value);
        match self.peek() {
            TokenKind::Comma | TokenKind::Newline => {
                self.bump();
                Ok(())
            }
            TokenKind::CloseBrace => Ok(()),
            _ => Err(self.unclosed(open, "`,`, the end of the line or `}` after the value")),
        }
    }

    /// What follows `[` or `{` when the next word is `for`.
    fn for_expression(&mut self, open: Span, close: TokenKind) -> Parsed<ExprId> {
        self.bump();
        let (key_name, value_name) = self.loop_names(open)?;
        let collection = self.expression()?;
        if !self.eat(TokenKind::Colon) {
            return Err(self.unclosed(open, "`:` after the collection"));
        }
        let mut value = self.expression()?;
        let mut key = None;
        if self.eat(TokenKind::FatArrow) {
            key = Some(value);
            value = self.expression()?;
        }
        let group = (self.peek() == TokenKind::Ellipsis).then(|| self.bump());
        let condition = if self.peek_keyword(b"if") {
            self.bump();
            Some(self.expression()?)
        } else {
            None
        };
        if self.peek() != close {
            let expected = if close == TokenKind::CloseBrace { "`}`" } else { "`]`" };
            return Err(self.unclosed(open, &format!("{expected} at the end of the `for` expression")));
        }
        let span = open.to(self.bump());
        match (close, key, group) {
            (TokenKind::CloseBrace, None, _) => {
                return Err(self.error(
                    SyntaxError::new(span, "a `for` that makes an object needs `key => value`")
                        .help("use `[for …]` for a list of values"),
                ));
            }
            (TokenKind::CloseBracket, Some(key), _) => {
                let span = self.span_of(key);
                return Err(self.error(
                    SyntaxError::new(span, "a `for` in brackets makes a list and has no key")
                        .help("use `{for …}` to make an object"),
                ));
            }
            (TokenKind::CloseBracket, _, Some(ellipsis)) => {
                return Err(self.error(SyntaxError::new(ellipsis, "`...` groups values only in an object `{for …}`")));
            }
            _ => {}
        }
        let number = super::parser::count(self.tree.for_exprs.len());
        let for_expr = ForExpr { key_name, value_name, collection, key, value, group: group.is_some(), condition };
        self.tree.for_exprs.push(for_expr);
        Ok(self.expr(span, ExprKind::For(number)))
    }

    /// `value in` or `key, value in`.
    pub(super) fn loop_names(&mut self, open: Span) -> Parsed<(Option<Span>, Span)> {
        let mut key = None;
        if self.peek() != TokenKind::Ident {
            return Err(self.unclosed(open, "a variable's name after `for`"));
        }
        let mut value = self.bump();
        if self.eat(TokenKind::Comma) {
            if self.peek() != TokenKind::Ident {
                return Err(self.unclosed(open, "the value's name after the comma"));
            }
            key = Some(value);
            value = self.bump();
        }
        if !self.peek_keyword(b"in") {
            return Err(self.unclosed(open, "`in` after the names"));
        }
        self.bump();
        Ok((key, value))
    }
}

/// Whether the text of a number token is a number: at most one dot, then at most one exponent.
fn is_number(text: &[u8]) -> bool {
    let (mut dots, mut exponents) = (0, 0);
    for byte in text {
        match byte {
            b'.' => dots += 1 + 2 * exponents,
            b'e' | b'E' => exponents += 1,
            _ => {}
        }
    }
    dots <= 1 && exponents <= 1
}
