//! What stands within an action: pipelines, commands and their operands.

use super::{DECLARED, MAX_DEPTH, Parser};
use crate::source::Span;
use crate::suggest::closest;
use crate::syntax::SyntaxError;
use crate::syntax::go_string::unescape;
use crate::syntax::template::functions::{TEMPLATE_FUNCTIONS, TemplateFunction};
use crate::syntax::template::lexer::{Token, TokenKind};
use crate::syntax::template::tree::{Base, Command, Field, Operand, Pipeline, Variable};

impl Parser<'_> {
    /// A pipeline up to what closes it, which is left for the caller.
    pub(super) fn pipeline(&mut self, context: &str) -> Pipeline {
        let start = self.peek().span.start;
        // Most have one command of one value.
        let mut pipeline = Pipeline { commands: Vec::with_capacity(1), ..Pipeline::default() };
        self.declarations(&mut pipeline, context);
        loop {
            match self.peek().kind {
                TokenKind::End | TokenKind::RightParen | TokenKind::Invalid => break,
                _ => {}
            }
            let Some(command) = self.command(context) else { break };
            pipeline.commands.push(command);
            if self.peek().kind != TokenKind::Pipe {
                break;
            }
            self.bump();
        }
        let end = self.at.checked_sub(1).map_or(start, |at| self.tokens[at].span.end);
        pipeline.span = Span::new(start, end);
        self.check_pipeline(&pipeline, context);
        pipeline
    }

    fn check_pipeline(&mut self, pipeline: &Pipeline, context: &str) {
        let failed = self.errors.last().is_some_and(|error| self.action.covers(error.span));
        if pipeline.commands.is_empty() && !failed && self.peek().kind != TokenKind::Invalid {
            self.report(self.action, format!("missing value for {context}"));
        }
        for command in pipeline.commands.iter().skip(1) {
            let Some(first) = command.operands.first() else { continue };
            let is_value =
                matches!(first.base, Base::Dot | Base::String { .. } | Base::Number | Base::Bool(_) | Base::Nil);
            if is_value && first.fields.is_empty() {
                self.report(first.span, "a value cannot take the result of a pipeline: a function or field is needed");
            }
        }
    }

    /// `$x :=`, `$x =`, and in `range` `$i, $x :=`.
    fn declarations(&mut self, pipeline: &mut Pipeline, context: &str) {
        while self.peek().kind == TokenKind::Variable {
            let token = self.peek();
            let next = self.tokens.get(self.at + 1).map_or(TokenKind::End, |next| next.kind);
            if !matches!(next, TokenKind::Assign | TokenKind::Declare | TokenKind::Comma) {
                return;
            }
            self.at += 2;
            let name = self.token_text(token);
            pipeline.variables.push(Variable { name: name.to_owned(), span: token.span });
            self.variables.push(name);
            if next != TokenKind::Comma {
                pipeline.assigns = next == TokenKind::Assign;
                return;
            }
            if context != "range" || pipeline.variables.len() > 1 {
                self.report(token.span, format!("too many declarations in {context}"));
                self.at = self.tokens.len() - 1;
            } else if !matches!(self.peek().kind, TokenKind::Variable | TokenKind::End | TokenKind::RightParen) {
                self.report(self.peek().span, "range can only declare variables");
                self.at = self.tokens.len() - 1;
            }
        }
    }

    fn command(&mut self, context: &str) -> Option<Command> {
        let mut operands: Vec<Operand> = Vec::with_capacity(1);
        loop {
            let before = self.at;
            match self.operand() {
                Some(operand) => operands.push(operand),
                None if operands.is_empty() => {
                    if self.at == before {
                        self.unexpected(context);
                    }
                    return None;
                }
                None => {}
            }
            let next = self.peek();
            match next.kind {
                TokenKind::End | TokenKind::RightParen | TokenKind::Pipe | TokenKind::Invalid => break,
                _ if next.spaced && self.at > before => {}
                _ => {
                    self.unexpected("operand");
                    break;
                }
            }
        }
        let span = operands.first()?.span.to(operands.last()?.span);
        Some(Command { operands, span })
    }

    fn operand(&mut self) -> Option<Operand> {
        let token = self.peek();
        let base = self.term(token)?;
        let mut fields = Vec::new();
        let mut next = (token.kind == TokenKind::Field).then_some(token);
        loop {
            if let Some(token) = next {
                fields.reserve_exact(usize::from(fields.is_empty()));
                fields.push(self.field(token));
            }
            if self.peek().kind != TokenKind::Field || self.peek().spaced {
                break;
            }
            next = Some(self.bump());
        }
        let literal =
            !matches!(base, Base::Variable(_) | Base::Function(_) | Base::Paren(_)) && token.kind != TokenKind::Field;
        if literal && let Some(field) = fields.first() {
            self.report(field.span, format!("a value has no fields: unexpected `.{}`", field.name));
        }
        let end = self.tokens[self.at - 1].span;
        Some(Operand { base, fields, span: token.span.to(end) })
    }

    fn field(&self, token: Token) -> Field {
        let name = self.token_text(token).trim_start_matches('.').to_owned();
        Field { name, span: Span::new(token.span.start + 1, token.span.end) }
    }

    fn term(&mut self, token: Token) -> Option<Base> {
        let text = self.token_text(token);
        let base = match token.kind {
            TokenKind::Word => self.word(token)?,
            TokenKind::Dot | TokenKind::Field => Base::Dot,
            TokenKind::Variable => {
                self.use_variable(text, token.span);
                Base::Variable(text.to_owned())
            }
            TokenKind::Number => Base::Number,
            TokenKind::Character => self.character(token),
            TokenKind::String | TokenKind::RawString => self.string(token),
            TokenKind::LeftParen => return self.parenthesised(),
            _ => return None,
        };
        self.bump();
        Some(base)
    }

    fn word(&mut self, token: Token) -> Option<Base> {
        let text = self.token_text(token);
        match text {
            "true" | "false" => Some(Base::Bool(text == "true")),
            "nil" => Some(Base::Nil),
            "if" | "else" | "end" | "range" | "with" | "define" | "template" | "block" | "break" | "continue" => None,
            _ => {
                self.use_function(text, token.span);
                Some(Base::Function(text.to_owned()))
            }
        }
    }

    fn use_function(&mut self, name: &str, span: Span) {
        let version = self.options.version;
        match TemplateFunction::find(name) {
            Some(function) if function.since <= version => {}
            Some(function) => {
                self.report(
                    span,
                    format!("function `{name}` needs Prometheus {}, the target is {version}", function.since),
                );
            }
            None if self.options.is_extended => {}
            None => {
                let error = SyntaxError::new(span, format!("function `{name}` is not defined"));
                let known = TEMPLATE_FUNCTIONS.iter().filter(|function| function.since <= version);
                let meant = closest(name, known.map(|function| function.name));
                let variable = DECLARED.iter().find(|variable| variable.get(1..) == Some(name));
                self.errors.push(match (variable, meant) {
                    (Some(variable), _) => error.help(format!("did you mean `{variable}`?")),
                    (None, Some(meant)) => error.help(format!("did you mean `{meant}`?")),
                    (None, None) => error,
                });
            }
        }
    }

    fn use_variable(&mut self, name: &str, span: Span) {
        if self.options.is_extended || self.variables.contains(&name) {
            return;
        }
        let error = SyntaxError::new(span, format!("variable `{name}` is not declared"));
        self.errors.push(match closest(name, self.variables.iter().skip(1).copied()) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None => error,
        });
    }

    fn character(&mut self, token: Token) -> Base {
        let text = self.token_text(token);
        let body = text.get(1..text.len().saturating_sub(1)).unwrap_or("");
        let is_one = unescape(body, '\'').is_ok_and(|bytes| {
            // `\xe9` is one character too, though its byte alone is no text.
            bytes.len() == 1 || std::str::from_utf8(&bytes).is_ok_and(|decoded| decoded.chars().count() == 1)
        });
        if !is_one {
            self.report(token.span, format!("`{text}` is not a character constant"));
        }
        Base::Number
    }

    pub(super) fn string(&mut self, token: Token) -> Base {
        let text = self.token_text(token);
        let body = text.get(1..text.len().saturating_sub(1)).unwrap_or("");
        if token.kind == TokenKind::RawString {
            let value = body.replace('\r', "");
            return Base::String { verbatim: value == body, value };
        }
        match unescape(body, '"') {
            Ok(bytes) => {
                let value = String::from_utf8_lossy(&bytes).into_owned();
                Base::String { verbatim: value == body, value }
            }
            Err(error) => {
                let start = token.span.start as usize + 1;
                self.report(Span::from(start + error.start..start + error.end), format!("{} in string", error.message));
                Base::String { value: body.to_owned(), verbatim: true }
            }
        }
    }

    fn parenthesised(&mut self) -> Option<Base> {
        let open = self.bump().span;
        self.depth += 1;
        let inner = if self.depth <= MAX_DEPTH {
            self.pipeline("parentheses")
        } else {
            self.report(open, format!("template is nested more than {MAX_DEPTH} levels deep"));
            self.at = self.tokens.len() - 1;
            Pipeline::default()
        };
        self.depth -= 1;
        if self.peek().kind == TokenKind::RightParen {
            self.bump();
        } else if self.peek().kind == TokenKind::End && !self.failed() {
            self.report(open, "parenthesis is never closed");
        } else {
            self.at = self.tokens.len() - 1;
        }
        Some(Base::Paren(Box::new(inner)))
    }
}
