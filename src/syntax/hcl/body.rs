//! Bodies, blocks and arguments.

use super::parser::{GiveUp, Parsed, Parser, count};
use super::token::TokenKind;
use super::tree::{Attribute, AttributeId, Block, BlockId, Body, BodyId, ExprKind, Item, List};
use crate::source::Span;
use crate::syntax::SyntaxError;

impl Parser<'_> {
    /// Everything up to the closing brace of `block`, or to the end of the file.
    pub(super) fn body(&mut self, block: Option<Opened>) -> BodyId {
        let start = if block.is_some() { self.end() } else { 0 };
        let mark = self.pending_items.len();
        let mut suspect = None;
        let end = loop {
            match self.peek() {
                TokenKind::Newline => {
                    self.bump();
                }
                TokenKind::Ident => {
                    if let Some(opened) = &block
                        && suspect.is_none()
                        && self.is_outdented(opened)
                    {
                        suspect = Some(self.span());
                    }
                    self.item();
                }
                TokenKind::CloseBrace if block.is_some() => {
                    break self.bump().start;
                }
                TokenKind::Eof => {
                    if let Some(opened) = block.filter(|_| !self.failed_at_end) {
                        self.report_unclosed(&opened, suspect);
                    }
                    break self.span().start;
                }
                kind => self.stray(kind),
            }
        };
        self.check_duplicates(mark);
        self.finish_body(mark, Span::new(start, end))
    }

    fn report_unclosed(&mut self, opened: &Opened, suspect: Option<Span>) {
        let mut error = SyntaxError::new(opened.header, "this block is never closed")
            .note("its `{` has no `}`")
            .help("add the missing `}`");
        if let Some(span) = suspect {
            error = error.related(span, "the indentation suggests that the block ends before this line");
        }
        self.error(error);
    }

    /// Something that begins no statement.
    fn stray(&mut self, kind: TokenKind) {
        let span = self.span();
        if self.conflict && self.is_conflict_marker() {
            return self.recover(self.at);
        }
        let error = match kind {
            TokenKind::OpenBrace if self.tree.items.is_empty() && self.pending_items.is_empty() => {
                SyntaxError::new(span, "expected an argument or a block, found `{`")
                    .help("if this is JSON, the file's name must end in `.json`")
            }
            TokenKind::OpenQuote => SyntaxError::new(span, "an argument's name must not be quoted")
                .help("write the name without quotes: `name = value`"),
            TokenKind::CloseBrace => SyntaxError::new(span, "this `}` closes nothing")
                .help("remove it, or add the block header that it belongs to"),
            _ => {
                let found = self.found();
                SyntaxError::new(span, format!("expected an argument or a block, found {found}"))
            }
        };
        self.error(error);
        self.recover(self.at);
    }

    /// One argument or block, left pending.
    fn item(&mut self) {
        let start = self.at;
        let errors = self.tree.errors.len();
        let name = self.bump();
        let parsed = match self.peek() {
            TokenKind::Equal => self.attribute(name, true),
            TokenKind::OpenQuote | TokenKind::OpenBrace | TokenKind::Ident => {
                let indent = self.tree.tokens.all[start].lead();
                self.block(name, indent)
            }
            _ => Err(self.expected_item(name)),
        };
        if parsed.is_err() {
            debug_assert!(self.tree.errors.len() > errors || self.too_deep, "whoever gives up reports why");
            self.pending.clear();
            self.recover(start);
        }
    }

    fn expected_item(&mut self, name: Span) -> GiveUp {
        let word = String::from_utf8_lossy(self.text(name)).into_owned();
        let found = self.found();
        let at = self.span();
        let help = match self.peek() {
            TokenKind::Colon => "use `=` between the name and the value of an argument",
            TokenKind::Dot | TokenKind::OpenBracket => {
                "an argument's name is one word; a reference stands after the `=`"
            }
            _ => "an argument is `name = value`, a block is `name { … }`",
        };
        self.error(
            SyntaxError::new(at, format!("expected `=` or a block after `{word}`, found {found}"))
                .help(help)
                .related(name, "this begins an argument or a block"),
        )
    }

    /// `= value` after `name`. With `own_line` the line must end after it.
    fn attribute(&mut self, name: Span, own_line: bool) -> Parsed<()> {
        self.bump();
        let id = AttributeId(count(self.tree.attributes.len()));
        let value = match self.expression() {
            Ok(value) => value,
            Err(give_up) => {
                // Kept without its value, so that nobody reports it as missing.
                let value = self.expr(Span::at(name.end), ExprKind::Error);
                self.tree.attributes.push(Attribute { name, value, span: name });
                self.pending_items.push(Item::Attribute(id));
                return Err(give_up);
            }
        };
        let span = name.to(self.span_of(value));
        self.tree.attributes.push(Attribute { name, value, span });
        self.pending_items.push(Item::Attribute(id));
        if !own_line {
            return Ok(());
        }
        match self.peek() {
            TokenKind::Newline => {
                self.bump();
                Ok(())
            }
            TokenKind::Eof => Ok(()),
            kind => Err(self.after_argument(kind, span)),
        }
    }

    fn after_argument(&mut self, kind: TokenKind, argument: Span) -> GiveUp {
        let found = self.found();
        let error =
            SyntaxError::new(self.span(), format!("expected the end of the line after this argument, found {found}"));
        let value = self.text(argument);
        let error = match kind {
            TokenKind::Ident if value.ends_with(b" not") => error.help("use `!` for not"),
            TokenKind::Ident if self.text(self.span()) == b"and" => error.help("use `&&` for and"),
            TokenKind::Ident if self.text(self.span()) == b"or" => error.help("use `||` for or"),
            TokenKind::Comma => error.help("arguments are separated by line breaks; remove the comma"),
            TokenKind::Equal => error.help("use `==` to compare"),
            _ => error.help("put each argument on a line of its own"),
        };
        self.error(error.related(argument, "this argument is complete"))
    }

    /// Labels, braces and body after the block's first word.
    fn block(&mut self, kind: Span, indent: u32) -> Parsed<()> {
        let first_label = self.tree.labels.len();
        let header = loop {
            match self.peek() {
                TokenKind::OpenBrace => {
                    let header = Span::new(kind.start, self.end());
                    self.bump();
                    break header;
                }
                TokenKind::OpenQuote => {
                    let label = self.label()?;
                    self.tree.labels.push(label);
                }
                TokenKind::Ident => {
                    let label = self.bump();
                    self.tree.labels.push(label);
                }
                found => {
                    let give_up = self.no_brace(found, kind);
                    if !self.brace_on_next_line() {
                        return Err(give_up);
                    }
                }
            }
        };
        let labels = List { start: count(first_label), len: count(self.tree.labels.len() - first_label) };
        let opened = Opened { header, indent };
        let body = match self.peek() {
            TokenKind::Newline | TokenKind::Eof | TokenKind::CloseBrace => {
                self.deeper(|parser| Ok(parser.body(Some(opened))))?
            }
            _ => self.one_line_body(header)?,
        };
        // An unclosed body reaches to the end of the text.
        let span = Span::new(kind.start, self.end()).to(self.tree.bodies[body.0 as usize].span);
        let id = BlockId(count(self.tree.blocks.len()));
        self.tree.blocks.push(Block { kind, labels, header, body, span });
        self.pending_items.push(Item::Block(id));
        match self.peek() {
            TokenKind::Newline => {
                self.bump();
                Ok(())
            }
            TokenKind::Eof => Ok(()),
            _ => {
                let found = self.found();
                let at = self.span();
                Err(self.error(
                    SyntaxError::new(at, format!("expected the end of the line after this block, found {found}"))
                        .related(header, "this block is complete"),
                ))
            }
        }
    }

    /// Steps over line breaks when a `{` follows them: the block can still be read.
    fn brace_on_next_line(&mut self) -> bool {
        let before = self.at;
        self.with_newlines(false, Self::peek);
        let found = self.tree.tokens.get(self.at).kind() == TokenKind::OpenBrace;
        if !found {
            self.at = before;
        }
        found
    }

    fn no_brace(&mut self, found: TokenKind, kind: Span) -> GiveUp {
        let word = String::from_utf8_lossy(self.text(kind)).into_owned();
        let what = self.found();
        let at = self.span();
        let error =
            SyntaxError::new(at, format!("expected `{{` or a label after the block header `{word}`, found {what}"));
        self.error(match found {
            TokenKind::Equal => error.help("an argument has one name and `=`; a block has no `=`"),
            TokenKind::Newline => error.help("the `{` stands on the same line as the block's header"),
            _ => error.related(kind, "this block"),
        })
    }

    /// A quoted label: no interpolation, nothing but text.
    fn label(&mut self) -> Parsed<Span> {
        let open = self.bump();
        loop {
            match self.peek() {
                TokenKind::CloseQuote => return Ok(open.to(self.bump())),
                TokenKind::QuotedText => {
                    let span = self.bump();
                    self.check_escapes(span)?;
                }
                TokenKind::StringNewline | TokenKind::Eof => return Err(self.unclosed_quote(open)),
                _ => {
                    let span = self.span();
                    return Err(self.error(
                        SyntaxError::new(span, "a label cannot contain a template sequence")
                            .help("labels are plain text; write `$${` or `%%{` for the characters themselves"),
                    ));
                }
            }
        }
    }

    pub(super) fn unclosed_quote(&mut self, open: Span) -> GiveUp {
        let line = Span::new(open.start, self.span().start);
        self.error(
            SyntaxError::new(line, "this string has no closing quote")
                .note("expected `\"` before the end of the line")
                .help("a string that spans lines is a heredoc: `<<-EOT`"),
        )
    }

    /// `{ name = value }` on one line.
    fn one_line_body(&mut self, header: Span) -> Parsed<BodyId> {
        let start = self.end();
        let mark = self.pending_items.len();
        let end = self.only_argument(header).inspect_err(|_| self.pending_items.truncate(mark))?;
        Ok(self.finish_body(mark, Span::new(start, end)))
    }

    fn finish_body(&mut self, mark: usize, span: Span) -> BodyId {
        let items = List { start: count(self.tree.items.len()), len: count(self.pending_items.len() - mark) };
        self.tree.items.extend(self.pending_items.drain(mark..));
        let id = BodyId(count(self.tree.bodies.len()));
        self.tree.bodies.push(Body { items, span });
        id
    }

    /// The argument of a one-line block and its closing brace; the offset of the brace.
    fn only_argument(&mut self, header: Span) -> Parsed<u32> {
        if self.peek() != TokenKind::Ident {
            let found = self.found();
            let at = self.span();
            return Err(self.error(SyntaxError::new(at, format!("expected an argument or `}}`, found {found}"))));
        }
        let name = self.bump();
        match self.peek() {
            TokenKind::Equal => self.attribute(name, false)?,
            TokenKind::OpenQuote | TokenKind::OpenBrace | TokenKind::Ident => {
                return Err(self.error(
                    SyntaxError::new(name, "a block inside a one-line block")
                        .note("needs a line of its own")
                        .related(header, "the outer block")
                        .help("break the line after the outer `{` and before its `}`"),
                ));
            }
            _ => return Err(self.expected_item(name)),
        }
        if self.peek() != TokenKind::CloseBrace {
            let found = self.found();
            let at = self.span();
            return Err(self.error(
                SyntaxError::new(
                    at,
                    format!("expected `}}` after the only argument of a one-line block, found {found}"),
                )
                .help("a block with more than one argument has each on a line of its own"),
            ));
        }
        Ok(self.bump().start)
    }

    fn check_duplicates(&mut self, mark: usize) {
        if self.conflict {
            return;
        }
        self.names.clear();
        for item in &self.pending_items[mark..] {
            if let Item::Attribute(id) = item {
                self.names.push(self.tree.attributes[id.0 as usize].name);
            }
        }
        let source = self.source;
        for (first, second) in duplicates(&mut self.names, |span| span.slice(source)) {
            let name = String::from_utf8_lossy(second.slice(source)).into_owned();
            self.error(
                SyntaxError::new(second, format!("argument `{name}` is set twice"))
                    .related(first, "first set here")
                    .help("remove one of the two"),
            );
        }
    }
}

/// A block whose closing brace is still to come.
pub(super) struct Opened {
    header: Span,
    /// How many blanks stand before its header.
    pub(super) indent: u32,
}

/// Pairs of first and repeated names. Small bodies are compared directly, large ones by sorting.
fn duplicates<'s>(names: &mut [Span], text: impl Fn(Span) -> &'s [u8]) -> Vec<(Span, Span)> {
    let mut found = Vec::new();
    if names.len() <= 12 {
        for (index, second) in names.iter().enumerate().skip(1) {
            let same = |first: &&Span| first.len() == second.len() && text(**first) == text(*second);
            if let Some(first) = names[..index].iter().find(same) {
                found.push((*first, *second));
            }
        }
        return found;
    }
    names.sort_by(|a, b| text(*a).cmp(text(*b)).then(a.start.cmp(&b.start)));
    let mut first = names[0];
    for name in &names[1..] {
        if text(*name) == text(first) {
            found.push((first, *name));
        } else {
            first = *name;
        }
    }
    found
}
