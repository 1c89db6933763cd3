//! Strings: quoted templates and heredocs with their interpolations, directives, strip markers and indentation, after
//! hclsyntax (`parser_template.go`).

use super::parser::{Parsed, Parser, count};
use super::token::TokenKind;
use super::tree::{Expr, ExprId, ExprKind, ForDirective, IfDirective, List, Quoting};
use crate::source::Span;
use crate::syntax::SyntaxError;

/// The words that may end a run of template parts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ender {
    Else,
    EndIf,
    EndFor,
    /// The closing quote or marker.
    Close,
}

/// A run of parts, where it stopped and why.
struct Run {
    mark: usize,
    ender: Ender,
    /// The directive or closing token.
    span: Span,
}

/// What a template is read in.
struct Frame {
    open: Span,
    close: TokenKind,
    quoting: Quoting,
    /// A strip marker just before the next literal.
    trim_next: bool,
    /// What `<<-` needs to know; nothing for other templates.
    margin: Option<Margin>,
}

/// The indentation that all lines of a `<<-` heredoc share, as hclsyntax counts it (`flushHeredocTemplateParts`).
struct Margin {
    /// The fewest blanks in front of a line so far.
    least: u32,
    /// Whether the next part begins a line. A line break that a strip marker takes does not count.
    at_line_start: bool,
    /// A literal to be measured when it is known whether a strip marker follows it.
    unmeasured: Option<ExprId>,
}

impl Frame {
    fn new(open: Span, close: TokenKind, quoting: Quoting) -> Self {
        Self { open, close, quoting, trim_next: false, margin: None }
    }
}

impl Parser<'_> {
    /// `"…"`. The common case, text without sequences, is read without the machinery for the others.
    pub(super) fn quoted(&mut self) -> Parsed<ExprId> {
        let open = self.bump();
        let mark = self.pending.len();
        let next = self.tree.tokens.get(self.at).kind();
        if next == TokenKind::QuotedText && self.tree.tokens.get(self.at + 1).kind() == TokenKind::CloseQuote {
            let text = self.bump();
            self.check_escapes(text)?;
            let part = self.literal(text, Quoting::Quoted, false);
            self.pending.push(part);
        } else if next != TokenKind::CloseQuote {
            let mut frame = Frame::new(open, TokenKind::CloseQuote, Quoting::Quoted);
            self.deeper(|parser| parser.template(&mut frame))?;
        }
        let close = self.bump();
        let parts = self.take_pending(mark);
        Ok(self.expr(open.to(close), ExprKind::Template { parts, heredoc: false }))
    }

    /// `<<EOT` or `<<-EOT` up to and with its end marker.
    pub(super) fn heredoc(&mut self) -> Parsed<ExprId> {
        let flush = self.peek() == TokenKind::OpenFlushHeredoc;
        let open = self.bump();
        let mark = self.pending.len();
        let header = Span::new(open.start, open.start + count(self.text(open).trim_ascii_end().len()));
        let mut frame = Frame::new(header, TokenKind::CloseHeredoc, Quoting::Heredoc);
        frame.margin = flush.then_some(Margin { least: u32::MAX, at_line_start: true, unmeasured: None });
        self.deeper(|parser| parser.template(&mut frame))?;
        let close = self.bump();
        if self.tree.tokens.get(self.at).kind() == TokenKind::Eof {
            return Err(self.error(
                SyntaxError::new(close, "the end marker of a heredoc needs a line break after it")
                    .help("end the file with a newline"),
            ));
        }
        if let Some(margin) = frame.margin {
            self.flush(margin.least, mark);
        }
        let parts = self.take_pending(mark);
        Ok(self.expr(open.to(close), ExprKind::Template { parts, heredoc: true }))
    }

    /// All parts up to the closing token, which stays; they are left pending.
    fn template(&mut self, frame: &mut Frame) -> Parsed<()> {
        let run = self.parts(frame)?;
        if run.ender == Ender::Close {
            return Ok(());
        }
        Err(self.error(
            SyntaxError::new(run.span, "this directive has no `%{ if … }` or `%{ for … }` before it")
                .related(frame.open, "in this template"),
        ))
    }

    /// Parts up to the closing token or a directive that ends something.
    fn parts(&mut self, frame: &mut Frame) -> Parsed<Run> {
        let mark = self.pending.len();
        loop {
            // Trivia cannot occur between the parts of a template, so the token is taken as it stands.
            let kind = self.tree.tokens.get(self.at).kind();
            match kind {
                TokenKind::QuotedText | TokenKind::HeredocText => {
                    let span = self.bump();
                    if frame.quoting == Quoting::Quoted {
                        self.check_escapes(span)?;
                    }
                    let trim = std::mem::take(&mut frame.trim_next);
                    let part = self.literal(span, frame.quoting, trim);
                    self.pending.push(part);
                    if let Some(margin) = &mut frame.margin {
                        margin.unmeasured = Some(part);
                    }
                }
                TokenKind::OpenInterpolation | TokenKind::OpenInterpolationTrim => {
                    self.trim_before(kind == TokenKind::OpenInterpolationTrim, mark);
                    self.measure(frame, true);
                    let part = self.interpolation(frame)?;
                    self.pending.push(part);
                }
                TokenKind::OpenDirective | TokenKind::OpenDirectiveTrim => {
                    self.trim_before(kind == TokenKind::OpenDirectiveTrim, mark);
                    self.measure(frame, true);
                    if let Some(run) = self.directive(frame, mark)? {
                        return Ok(run);
                    }
                }
                kind if kind == frame.close => {
                    self.measure(frame, false);
                    return Ok(Run { mark, ender: Ender::Close, span: self.span() });
                }
                // A carriage return that ends no line.
                TokenKind::Invalid => {
                    let span = self.span();
                    return Err(self.error(SyntaxError::new(span, "unexpected in a heredoc")));
                }
                _ if frame.quoting == Quoting::Quoted => return Err(self.unclosed_quote(frame.open)),
                _ => {
                    return Err(self.unclosed_heredoc(frame.open));
                }
            }
        }
    }

    fn unclosed_heredoc(&mut self, open: Span) -> super::parser::GiveUp {
        let header = String::from_utf8_lossy(self.text(open)).into_owned();
        let marker = header.trim_start_matches(['<', '-']);
        let mut error = SyntaxError::new(open, "this heredoc is never closed")
            .note(format!("its end marker `{marker}` must stand alone on a line"));
        if let Some(span) = self.almost_end_marker(open) {
            error = error.related(span, "more than the marker stands on this line");
        }
        self.error(error)
    }

    fn literal(&mut self, span: Span, quoting: Quoting, trim_start: bool) -> ExprId {
        self.expr(span, ExprKind::Literal { quoting, trim_start, trim_end: false, indent: 0 })
    }

    /// `${~` and `%{~` take the white space at the end of the literal before them.
    fn trim_before(&mut self, trim: bool, mark: usize) {
        if trim
            && let Some(last) = self.pending[mark..].last()
            && let ExprKind::Literal { trim_end, .. } = &mut self.tree.exprs[last.0 as usize].kind
        {
            *trim_end = true;
        }
    }

    fn interpolation(&mut self, frame: &mut Frame) -> Parsed<ExprId> {
        let open = self.bump();
        let inner = self.with_newlines(false, Self::expression)?;
        let end = self.close_sequence(open, frame, "`}` at the end of the interpolation")?;
        Ok(self.expr(open.to(end), ExprKind::Interpolation(inner)))
    }

    fn close_sequence(&mut self, open: Span, frame: &mut Frame, expected: &str) -> Parsed<Span> {
        let kind = self.with_newlines(false, Self::peek);
        if !matches!(kind, TokenKind::CloseSequence | TokenKind::CloseSequenceTrim) {
            if kind == TokenKind::OpenQuote && frame.quoting == Quoting::Quoted {
                let sign = String::from_utf8_lossy(self.text(open)).into_owned();
                return Err(self.error(
                    SyntaxError::new(open, format!("this `{sign}` is never closed"))
                        .note("expected `}` before the closing quote"),
                ));
            }
            let give_up = self.unclosed(open, expected);
            if kind == TokenKind::Colon
                && let Some(error) = self.tree.errors.last_mut()
            {
                error.help = Some("write `$${` to pass a sequence on to another language".to_owned());
            }
            return Err(give_up);
        }
        frame.trim_next = kind == TokenKind::CloseSequenceTrim;
        Ok(self.bump())
    }

    /// One `%{ … }`. Beginnings read on to their end; a word that ends something is handed to the caller.
    fn directive(&mut self, frame: &mut Frame, mark: usize) -> Parsed<Option<Run>> {
        let open = self.bump();
        let keyword = self.with_newlines(false, |parser| {
            (parser.peek() == TokenKind::Ident).then(|| parser.bump()).map(|span| (span, parser.text(span)))
        });
        let ender = match keyword {
            Some((_, b"if")) => return self.if_directive(open, frame).map(|()| None),
            Some((_, b"for")) => return self.for_directive(open, frame).map(|()| None),
            Some((_, b"else")) => Ender::Else,
            Some((_, b"endif")) => Ender::EndIf,
            Some((_, b"endfor")) => Ender::EndFor,
            _ => {
                let span = keyword.map_or_else(|| self.span(), |(span, _)| span);
                return Err(self.error(
                    SyntaxError::new(span, "expected `if`, `else`, `endif`, `for` or `endfor` in a template directive")
                        .related(open, "this directive")
                        .help("write `%%{` for the characters themselves"),
                ));
            }
        };
        let end = self.close_sequence(open, frame, "`}` at the end of the directive")?;
        Ok(Some(Run { mark, ender, span: open.to(end) }))
    }

    fn if_directive(&mut self, open: Span, frame: &mut Frame) -> Parsed<()> {
        let condition = self.with_newlines(false, Self::expression)?;
        let begin = open.to(self.close_sequence(open, frame, "`}` at the end of the directive")?);
        let mut run = self.deeper(|parser| parser.parts(frame))?;
        let yes = self.take_pending(run.mark);
        let mut no = List::default();
        if run.ender == Ender::Else {
            run = self.deeper(|parser| parser.parts(frame))?;
            no = self.take_pending(run.mark);
        }
        if run.ender != Ender::EndIf {
            return Err(self.unended(begin, &run, "%{ endif }"));
        }
        let number = count(self.tree.if_directives.len());
        self.tree.if_directives.push(IfDirective { condition, yes, no });
        let part = self.expr(begin.to(run.span), ExprKind::IfDirective(number));
        self.pending.push(part);
        Ok(())
    }

    fn for_directive(&mut self, open: Span, frame: &mut Frame) -> Parsed<()> {
        let (names, collection) = self.with_newlines(false, |parser| {
            let names = parser.loop_names(open)?;
            Ok((names, parser.expression()?))
        })?;
        let begin = open.to(self.close_sequence(open, frame, "`}` at the end of the directive")?);
        let run = self.deeper(|parser| parser.parts(frame))?;
        let body = self.take_pending(run.mark);
        if run.ender != Ender::EndFor {
            return Err(self.unended(begin, &run, "%{ endfor }"));
        }
        let number = count(self.tree.for_directives.len());
        self.tree.for_directives.push(ForDirective { key: names.0, value: names.1, collection, body });
        let part = self.expr(begin.to(run.span), ExprKind::ForDirective(number));
        self.pending.push(part);
        Ok(())
    }

    fn unended(&mut self, begin: Span, run: &Run, expected: &str) -> super::parser::GiveUp {
        self.error(
            SyntaxError::new(begin, format!("this directive needs `{expected}`"))
                .related(run.span, "found this instead"),
        )
    }

    /// Reports escapes that hclsyntax does not know.
    pub(super) fn check_escapes(&mut self, span: Span) -> Parsed<()> {
        if !self.tree.tokens.has_escapes {
            return Ok(());
        }
        let text = self.text(span);
        let mut at = 0;
        while let Some(offset) = memchr::memchr(b'\\', &text[at..]) {
            at += offset;
            let digits = match text.get(at + 1) {
                Some(b'n' | b'r' | b't' | b'"' | b'\\') => 0,
                Some(b'u') => 4,
                Some(b'U') => 8,
                _ => return Err(self.bad_escape(span, at)),
            };
            let end = at + 2 + digits;
            let Some(hex) = text.get(at + 2..end).filter(|hex| hex.iter().all(u8::is_ascii_hexdigit)) else {
                return Err(self.bad_escape(span, at));
            };
            if digits > 0 && !is_character(hex) {
                let span = Span::new(span.start + count(at), span.start + count(end));
                return Err(self.error(
                    SyntaxError::new(span, "this escape sequence stands for no character")
                        .help("a character beyond `\\uFFFF` is written `\\UNNNNNNNN`, not as a pair of surrogates"),
                ));
            }
            at = end;
        }
        Ok(())
    }

    fn bad_escape(&mut self, span: Span, at: usize) -> super::parser::GiveUp {
        let rest = self.text(span).get(at..).unwrap_or_default();
        let length =
            rest.utf8_chunks().next().map_or(0, |chunk| chunk.valid().chars().take(2).map(char::len_utf8).sum());
        let start = span.start + count(at);
        self.error(
            SyntaxError::new(Span::new(start, start + count(length)), "this is no escape sequence").help(
                r#"the escapes are `\n`, `\r`, `\t`, `\"`, `\\`, `\uNNNN` and `\UNNNNNNNN`; a backslash is `\\`"#,
            ),
        )
    }

    /// Measures the literal before a sequence or the end of a `<<-` heredoc.
    fn measure(&self, frame: &mut Frame, before_sequence: bool) {
        let Some(margin) = &mut frame.margin else { return };
        if let Some(id) = margin.unmeasured.take()
            && let Expr { span, kind: ExprKind::Literal { trim_start, trim_end, .. } } = self.tree.exprs[id.0 as usize]
        {
            let mut lines = span.text(self.source).split_inclusive('\n').peekable();
            let mut trim_start = trim_start;
            while let Some(mut line) = lines.next() {
                if std::mem::take(&mut trim_start) {
                    line = line.trim_start();
                }
                if trim_end && lines.peek().is_none() {
                    line = line.trim_end();
                }
                margin.count(line);
            }
        }
        if before_sequence && std::mem::take(&mut margin.at_line_start) {
            margin.least = 0;
        }
    }

    /// Lets every literal since `mark` lose `least` blanks from the start of each line.
    fn flush(&mut self, least: u32, mark: usize) {
        if least == 0 || least == u32::MAX {
            return;
        }
        for id in self.literals_of(self.pending[mark..].to_vec()) {
            if let ExprKind::Literal { indent, .. } = &mut self.tree.exprs[id.0 as usize].kind {
                *indent = least;
            }
        }
    }

    /// The literals among `parts` and in the directives among them, but not those of strings inside interpolations.
    fn literals_of(&self, mut parts: Vec<ExprId>) -> Vec<ExprId> {
        let mut literals = Vec::new();
        while let Some(id) = parts.pop() {
            match self.tree.exprs[id.0 as usize].kind {
                ExprKind::Literal { .. } => literals.push(id),
                ExprKind::IfDirective(number) => {
                    let directive = self.tree.if_directives[number as usize];
                    parts.extend(directive.yes.of(&self.tree.children));
                    parts.extend(directive.no.of(&self.tree.children));
                }
                ExprKind::ForDirective(number) => {
                    parts.extend(self.tree.for_directives[number as usize].body.of(&self.tree.children));
                }
                _ => {}
            }
        }
        literals
    }
}

impl Margin {
    /// Counts the blanks of one line, or of a part of one, from which strip markers have taken theirs.
    fn count(&mut self, line: &str) {
        let rest = line.trim_start();
        let ends_line = line.ends_with('\n');
        if std::mem::replace(&mut self.at_line_start, ends_line) && !(ends_line && rest.is_empty()) {
            self.least = self.least.min(count(line[..line.len() - rest.len()].chars().count()));
        }
    }
}

/// Whether hexadecimal digits are the number of a character: no surrogate, not too large.
fn is_character(hex: &[u8]) -> bool {
    let digits = std::str::from_utf8(hex).unwrap_or_default();
    u32::from_str_radix(digits, 16).is_ok_and(|number| char::from_u32(number).is_some())
}
