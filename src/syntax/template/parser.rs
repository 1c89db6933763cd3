//! Tokens to a tree, as `text/template/parse/parse.go` of Go does, with recovery at the end of each action.

mod pipeline;

use super::Options;
use super::lexer::{Lexer, Piece, Token, TokenKind};
use super::tree::{Base, Branch, Node, NodeKind, TemplateName};
use crate::source::Span;
use crate::syntax::SyntaxError;

/// Deeper nesting is reported instead of parsed, so that no text can exhaust the stack.
const MAX_DEPTH: u32 = 200;

/// The variables that Prometheus declares before the template (`rules/alerting.go`), and `$` itself.
const DECLARED: [&str; 5] = ["$", "$labels", "$externalLabels", "$externalURL", "$value"];

/// Room is made for this many braces at most before it is known what they are.
const MOST_EXPECTED: usize = 64;

pub(super) fn parse(text: &str, options: &Options) -> (Vec<Node>, Vec<SyntaxError>) {
    let mut parser = Parser {
        text,
        lexer: Lexer::new(text),
        options,
        tokens: Vec::new(),
        at: 0,
        action: Span::default(),
        variables: DECLARED.to_vec(),
        ranges: 0,
        depth: 0,
        defined: Vec::new(),
        errors: Vec::new(),
    };
    // Most templates are text and actions in turn.
    let braces = memchr::memchr_iter(b'{', text.as_bytes()).take(MOST_EXPECTED);
    let mut nodes = Vec::with_capacity(braces.count() + 1);
    while let Stop::Keyword(keyword) = parser.list(true, &mut nodes) {
        parser.report(keyword.span, format!("unexpected {{{{ {} }}}}", keyword.word()));
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
    variables: Vec<&'a str>,
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
        self.text.get(token.span.start as usize..token.span.end as usize).unwrap_or("")
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

    /// Reads `nodes` up to `else`, `end` or the end of the template.
    fn list(&mut self, is_top: bool, nodes: &mut Vec<Node>) -> Stop {
        while let Some(piece) = self.lexer.next_piece(&mut self.tokens) {
            let span = match piece {
                Piece::Text(span) => {
                    nodes.push(Node { kind: NodeKind::Text, span });
                    continue;
                }
                Piece::Comment(span) => {
                    nodes.push(Node { kind: NodeKind::Comment, span });
                    continue;
                }
                Piece::Action(span) => span,
            };
            (self.at, self.action) = (0, span);
            if self.is_word("else") || self.is_word("end") {
                let is_else = self.is_word("else");
                self.bump();
                return Stop::Keyword(Closing { is_else, span });
            }
            let kind = self.node(is_top);
            let end = self.action.end;
            nodes.push(Node { kind, span: Span::new(span.start, end) });
        }
        Stop::End
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
        let mut skipped = Vec::new();
        while self.lexer.next_piece(&mut skipped).is_some() {}
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
        let mut nodes = Vec::new();
        let stop = self.list(false, &mut nodes);
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
        NodeKind::Range { branch: Box::new(Branch { pipeline, body }), otherwise }
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
        let pipeline = (self.peek().kind != TokenKind::End).then(|| Box::new(self.pipeline("template clause")));
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
        NodeKind::Block { name, branch: Box::new(Branch { pipeline, body }) }
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
        let variables = std::mem::replace(&mut self.variables, vec!["$"]);
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

    /// Whether something is wrong in the current action already.
    fn failed(&self) -> bool {
        self.errors.iter().rev().any(|error| self.action.covers(error.span))
    }
}
