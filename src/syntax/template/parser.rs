//! Tokens to a tree, as `text/template/parse/parse.go` of Go does, with recovery at the end of each action.

use super::Options;
use super::functions::{TEMPLATE_FUNCTIONS, TemplateFunction};
use super::lexer::{Lexer, Piece, Token, TokenKind};
use super::tree::{Base, Branch, Command, Field, Node, NodeKind, Operand, Pipeline, TemplateName, Variable};
use crate::source::Span;
use crate::suggest::closest;
use crate::syntax::SyntaxError;
use crate::syntax::go_string::unescape;

/// Deeper nesting is reported instead of parsed, so that no text can exhaust the stack.
const MAX_DEPTH: u32 = 200;

/// The variables that Prometheus declares before the template (`rules/alerting.go`), and `$` itself.
const DECLARED: [&str; 5] = ["$", "$labels", "$externalLabels", "$externalURL", "$value"];

pub(super) fn parse(text: &str, options: &Options) -> (Vec<Node>, Vec<SyntaxError>) {
    let mut parser = Parser {
        text,
        lexer: Lexer::new(text),
        options,
        tokens: Vec::new(),
        at: 0,
        action: Span::default(),
        variables: DECLARED.map(str::to_owned).to_vec(),
        ranges: 0,
        depth: 0,
        defined: Vec::new(),
        errors: Vec::new(),
    };
    let mut nodes = Vec::new();
    loop {
        let (list, stop) = parser.list(true);
        nodes.extend(list);
        match stop {
            Stop::End => break,
            Stop::Keyword(keyword) => parser.report(keyword.span, format!("unexpected {{{{ {} }}}}", keyword.word())),
        }
        parser.finish_action("");
    }
    let Parser { mut errors, lexer, .. } = parser;
    errors.extend(lexer.errors);
    errors.sort_by_key(|error| (error.span.start, error.span.end));
    (nodes, errors)
}

/// Why a list of nodes is over.
enum Stop {
    /// The template is.
    End,
    /// Its action is read up to this word, `else` or `end`.
    Keyword(Closing),
}

#[derive(Clone, Copy)]
struct Closing {
    is_else: bool,
    span: Span,
}

impl Closing {
    fn word(self) -> &'static str {
        if self.is_else { "else" } else { "end" }
    }
}

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    options: &'a Options,
    /// Of the current action.
    tokens: Vec<Token>,
    at: usize,
    action: Span,
    /// The variables in scope.
    variables: Vec<String>,
    /// How many `range` the current action stands in.
    ranges: u32,
    depth: u32,
    /// The names of the templates with content.
    defined: Vec<String>,
    errors: Vec<SyntaxError>,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Token {
        let last = self.tokens.len() - 1;
        self.tokens[self.at.min(last)]
    }

    fn bump(&mut self) -> Token {
        let token = self.peek();
        self.at += usize::from(token.kind != TokenKind::End);
        token
    }

    fn token_text(&self, token: Token) -> &'a str {
        token.span.text(self.text.as_bytes())
    }

    fn is_word(&self, word: &str) -> bool {
        self.peek().kind == TokenKind::Word && self.token_text(self.peek()) == word
    }

    fn report(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(SyntaxError::new(span, message));
    }

    /// Reports that the next token does not fit, and skips the rest of the action.
    fn unexpected(&mut self, context: &str) {
        let token = self.peek();
        match token.kind {
            TokenKind::Invalid => {}
            TokenKind::End => self.report(self.action, format!("unexpected end of action in {context}")),
            _ => self.report(token.span, format!("unexpected `{}` in {context}", self.token_text(token))),
        }
        self.at = self.tokens.len() - 1;
    }

    /// The action is over; whatever stands before its end is wrong. Text in `context` says where.
    fn finish_action(&mut self, context: &str) {
        if self.peek().kind != TokenKind::End {
            self.unexpected(if context.is_empty() { "action" } else { context });
        }
    }

    /// Nodes up to `else`, `end` or the end of the template.
    fn list(&mut self, is_top: bool) -> (Vec<Node>, Stop) {
        let mut nodes = Vec::new();
        while let Some(piece) = self.lexer.next_piece() {
            let (tokens, span) = match piece {
                Piece::Text(span) => {
                    nodes.push(Node { kind: NodeKind::Text, span });
                    continue;
                }
                Piece::Comment(span) => {
                    nodes.push(Node { kind: NodeKind::Comment, span });
                    continue;
                }
                Piece::Action(tokens, span) => (tokens, span),
            };
            (self.tokens, self.at, self.action) = (tokens, 0, span);
            if self.is_word("else") || self.is_word("end") {
                let is_else = self.is_word("else");
                self.bump();
                return (nodes, Stop::Keyword(Closing { is_else, span }));
            }
            let kind = self.node(is_top);
            let end = self.action.end;
            nodes.push(Node { kind, span: Span::new(span.start, end) });
        }
        (nodes, Stop::End)
    }

    fn node(&mut self, is_top: bool) -> NodeKind {
        let token = self.peek();
        let word = if token.kind == TokenKind::Word { self.token_text(token) } else { "" };
        match word {
            "if" | "with" | "range" | "block" | "define" if self.depth >= MAX_DEPTH => self.too_deep(),
            "if" | "with" => self.conditional(word),
            "range" => self.range(),
            "template" => self.template(),
            "block" => self.block(),
            "define" if is_top => self.define(),
            "break" | "continue" => self.loop_control(word),
            _ => {
                let pipeline = self.pipeline("command");
                self.finish_action("command");
                if pipeline.commands.is_empty() { NodeKind::Error } else { NodeKind::Action(pipeline) }
            }
        }
    }

    fn too_deep(&mut self) -> NodeKind {
        self.report(self.action, format!("template is nested more than {MAX_DEPTH} levels deep"));
        while self.lexer.next_piece().is_some() {}
        NodeKind::Error
    }

    fn loop_control(&mut self, word: &str) -> NodeKind {
        self.bump();
        self.finish_action(&format!("{{{{ {word} }}}}"));
        if self.ranges == 0 {
            self.report(self.action, format!("{{{{ {word} }}}} outside of {{{{ range }}}}"));
        }
        if word == "break" { NodeKind::Break } else { NodeKind::Continue }
    }

    /// Reads the list that an action opens. At the end of the template the action is reported as never closed.
    fn body(&mut self, opening: Span, word: &str) -> (Vec<Node>, Option<Closing>) {
        self.depth += 1;
        let (nodes, stop) = self.list(false);
        self.depth -= 1;
        match stop {
            Stop::Keyword(closing) => (nodes, Some(closing)),
            Stop::End => {
                self.action = Span::from(self.text.len()..self.text.len());
                if self.depth < MAX_DEPTH && !self.errors.iter().any(|error| error.message.contains("levels deep")) {
                    let error = SyntaxError::new(opening, format!("{{{{ {word} }}}} is never closed"));
                    self.errors.push(error.help("close it with `{{ end }}`"));
                }
                (nodes, None)
            }
        }
    }

    /// The rest of a block after its last list: `{{ end }}`, or after `{{ else }}` another list and `{{ end }}`.
    fn otherwise(&mut self, opening: Span, word: &str, closing: Option<Closing>) -> Vec<Node> {
        let (mut closing, mut after_else) = (closing, false);
        let mut otherwise = Vec::new();
        while let Some(found) = closing {
            self.finish_action(&format!("{{{{ {} }}}}", found.word()));
            if !found.is_else {
                break;
            }
            if std::mem::replace(&mut after_else, true) {
                self.report(found.span, "unexpected {{ else }} after {{ else }}");
            }
            let (nodes, next) = self.body(opening, word);
            otherwise.extend(nodes);
            closing = next;
        }
        otherwise
    }

    fn conditional(&mut self, word: &str) -> NodeKind {
        let opening = self.action;
        let scope = self.variables.len();
        let mut branches = Vec::new();
        let otherwise = loop {
            self.bump();
            let pipeline = self.pipeline(word);
            self.finish_action(word);
            let (body, closing) = self.body(opening, word);
            branches.push(Branch { pipeline, body });
            if !(closing.is_some_and(|closing| closing.is_else) && self.chains(word)) {
                break self.otherwise(opening, word, closing);
            }
        };
        self.variables.truncate(scope);
        if word == "if" { NodeKind::If { branches, otherwise } } else { NodeKind::With { branches, otherwise } }
    }

    /// Whether the `else` just read goes on as `else if`, or in newer releases `else with`.
    fn chains(&self, word: &str) -> bool {
        self.is_word(word) && (word == "if" || self.options.version >= super::ELSE_WITH)
    }

    fn range(&mut self) -> NodeKind {
        let opening = self.action;
        let scope = self.variables.len();
        self.bump();
        let pipeline = self.pipeline("range");
        self.finish_action("range");
        self.ranges += 1;
        let (body, closing) = self.body(opening, "range");
        self.ranges -= 1;
        let otherwise = self.otherwise(opening, "range", closing);
        self.variables.truncate(scope);
        NodeKind::Range { branch: Branch { pipeline, body }, otherwise }
    }

    fn template_name(&mut self, context: &str) -> TemplateName {
        let token = self.peek();
        if !matches!(token.kind, TokenKind::String | TokenKind::RawString) {
            self.unexpected(context);
            return TemplateName { text: String::new(), span: token.span };
        }
        self.bump();
        let text = match self.string(token) {
            Base::String { value, .. } => value,
            _ => String::new(),
        };
        TemplateName { text, span: token.span }
    }

    fn template(&mut self) -> NodeKind {
        self.bump();
        let name = self.template_name("template clause");
        let pipeline = (self.peek().kind != TokenKind::End).then(|| self.pipeline("template clause"));
        self.finish_action("template clause");
        NodeKind::Template { name, pipeline }
    }

    fn block(&mut self) -> NodeKind {
        let opening = self.action;
        self.bump();
        let name = self.template_name("block clause");
        let pipeline = self.pipeline("block clause");
        self.finish_action("block clause");
        let body = self.separate_body(opening, "block", &name);
        NodeKind::Block { name, branch: Branch { pipeline, body } }
    }

    fn define(&mut self) -> NodeKind {
        let opening = self.action;
        self.bump();
        let name = self.template_name("define clause");
        self.finish_action("define clause");
        let body = self.separate_body(opening, "define", &name);
        NodeKind::Define { name, body }
    }

    /// The content of a template of its own: no variables from outside, no loop to break.
    fn separate_body(&mut self, opening: Span, word: &str, name: &TemplateName) -> Vec<Node> {
        let variables = std::mem::replace(&mut self.variables, vec!["$".to_owned()]);
        let ranges = std::mem::take(&mut self.ranges);
        let (mut body, mut closing) = self.body(opening, word);
        while let Some(found) = closing.filter(|found| found.is_else) {
            self.report(found.span, format!("unexpected {{{{ else }}}} in {{{{ {word} }}}}"));
            let (nodes, next) = self.body(opening, word);
            body.extend(nodes);
            closing = next;
        }
        if closing.is_some() {
            self.finish_action("{{ end }}");
        }
        (self.variables, self.ranges) = (variables, ranges);
        self.define_name(name, &body);
        body
    }

    /// Only one template of a name may have content.
    fn define_name(&mut self, name: &TemplateName, body: &[Node]) {
        let is_blank = |node: &Node| match node.kind {
            NodeKind::Text => node.span.text(self.text.as_bytes()).trim().is_empty(),
            NodeKind::Comment | NodeKind::Define { .. } => true,
            _ => false,
        };
        if name.text.is_empty() || body.iter().all(is_blank) {
            return;
        }
        if self.defined.contains(&name.text) {
            self.report(name.span, format!("template `{}` is defined twice", name.text));
        }
        self.defined.push(name.text.clone());
    }

    /// A pipeline up to what closes it, which is left for the caller.
    fn pipeline(&mut self, context: &str) -> Pipeline {
        let start = self.peek().span.start;
        let mut pipeline = Pipeline::default();
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
            let name = self.token_text(token).to_owned();
            pipeline.variables.push(Variable { name: name.clone(), span: token.span });
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
        let mut operands: Vec<Operand> = Vec::new();
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
        if token.kind == TokenKind::Field {
            fields.push(self.field(token));
        }
        while self.peek().kind == TokenKind::Field && !self.peek().spaced {
            let next = self.bump();
            fields.push(self.field(next));
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
        if self.options.is_extended || self.variables.iter().any(|declared| declared == name) {
            return;
        }
        let error = SyntaxError::new(span, format!("variable `{name}` is not declared"));
        self.errors.push(match closest(name, self.variables.iter().skip(1).map(String::as_str)) {
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

    fn string(&mut self, token: Token) -> Base {
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

    /// Whether something is wrong in the current action already.
    fn failed(&self) -> bool {
        self.errors.iter().rev().any(|error| self.action.covers(error.span))
    }
}
