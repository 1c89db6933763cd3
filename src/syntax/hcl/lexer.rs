//! Bytes to tokens. Follows the scanner of hclsyntax (`scan_tokens.rl`), with one difference: a line break inside a
//! quoted string ends the string, so that the rest of the file keeps its meaning. Cannot fail; what is wrong becomes
//! a token that the parser reports.

use super::token::{MAX_LEAD, Token, TokenKind, Tokens};

/// What surrounds the current byte.
enum Mode {
    /// Expressions and bodies; `braces` counts the open `{` since the mode began.
    Code { braces: u32 },
    /// Between quotes.
    Quoted,
    /// In a heredoc with the marker at this range; `line_start` while nothing but whole lines was read.
    Heredoc { marker: (usize, usize), line_start: bool },
}

/// Splits `source` into tokens that cover every byte.
#[must_use]
pub(super) fn lex(source: &[u8]) -> Tokens {
    let mut lexer = Lexer {
        source,
        at: 0,
        tokens: Vec::with_capacity(source.len() / 4 + 8),
        modes: Vec::with_capacity(8),
        mode: Mode::Code { braces: 0 },
        has_escapes: false,
    };
    if source.starts_with(b"\xef\xbb\xbf") {
        lexer.push(0, 3, TokenKind::Blank);
    }
    while lexer.at < source.len() {
        match lexer.mode {
            Mode::Code { .. } => lexer.code(),
            Mode::Quoted => lexer.quoted(),
            Mode::Heredoc { marker, line_start } => lexer.heredoc(marker, line_start),
        }
    }
    lexer.tokens.push(Token::new(source.len(), 0, TokenKind::Eof));
    let source_len = u32::try_from(source.len()).unwrap_or(u32::MAX);
    Tokens { all: lexer.tokens, source_len, has_escapes: lexer.has_escapes }
}

struct Lexer<'a> {
    source: &'a [u8],
    at: usize,
    tokens: Vec<Token>,
    /// The modes below the current one.
    modes: Vec<Mode>,
    mode: Mode,
    /// Whether a backslash or a doubled sign of a sequence stood between quotes.
    has_escapes: bool,
}

/// What a byte can begin, so that the main loop branches once.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Class {
    Blank,
    Ident,
    Digit,
    Newline,
    Single,
    Other,
    NonAscii,
}

static CLASS: [Class; 256] = {
    let mut table = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b' ' | b'\t' => Class::Blank,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Class::Ident,
            b'0'..=b'9' => Class::Digit,
            b'\n' => Class::Newline,
            b'[' | b']' | b'(' | b')' | b',' | b'+' | b'-' | b'*' | b'%' | b'?' => Class::Single,
            128..=255 => Class::NonAscii,
            _ => Class::Other,
        };
        byte += 1;
    }
    table
};

/// ASCII bytes that continue an identifier.
static IDENT_CONTINUE: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(byte as u8, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-');
        byte += 1;
    }
    table
};

/// Bytes that are no plain text between quotes.
static QUOTED_SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(byte as u8, b'"' | b'\\' | b'\n' | b'\r' | b'$' | b'%');
        byte += 1;
    }
    table
};

const fn single(byte: u8) -> TokenKind {
    match byte {
        b'[' => TokenKind::OpenBracket,
        b']' => TokenKind::CloseBracket,
        b'(' => TokenKind::OpenParen,
        b')' => TokenKind::CloseParen,
        b',' => TokenKind::Comma,
        b'+' => TokenKind::Plus,
        b'-' => TokenKind::Minus,
        b'*' => TokenKind::Star,
        b'%' => TokenKind::Percent,
        _ => TokenKind::Question,
    }
}

/// Whether an identifier may begin with `c`.
fn is_ident_start(c: char) -> bool {
    unicode_ident::is_xid_start(c) || is_only_id_start(c)
}

/// The reference uses `ID_Start`, which has these characters and `XID_Start` has not (Unicode Annex 31, section 5.1).
/// Its tables are those of Unicode 9; ours are newer, so we accept some letters that it does not know yet.
const fn is_only_id_start(c: char) -> bool {
    matches!(c, '\u{37a}' | '\u{e33}' | '\u{eb3}' | '\u{309b}'..='\u{309c}' | '\u{fc5e}'..='\u{fc63}')
        || matches!(c, '\u{fdfa}'..='\u{fdfb}' | '\u{ff9e}'..='\u{ff9f}')
        || matches!(c, '\u{fe70}'..='\u{fe7e}' if (c as u32).is_multiple_of(2))
}

/// Whether a heredoc's line is its end marker. White space around it is that of Unicode, but no carriage return.
fn is_end_marker(line: &[u8], marker: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let trimmed = line.trim_ascii();
    let is_marker = trimmed == marker
        || trimmed.len() > marker.len()
            && [trimmed.first(), trimmed.last()].iter().flatten().any(|byte| **byte >= 128 || **byte == b'\x0b')
            && std::str::from_utf8(trimmed).is_ok_and(|text| text.trim().as_bytes() == marker);
    is_marker && !line.contains(&b'\r')
}

impl Lexer<'_> {
    /// The byte at `at`, or 0 past the end (0 begins no token either).
    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.source.get(at).copied().unwrap_or(0)
    }

    #[inline]
    fn push(&mut self, start: usize, end: usize, kind: TokenKind) {
        self.tokens.push(Token::new(start, 0, kind));
        self.at = end;
    }

    /// Tokens of code, each with the blanks before it, up to one that changes the mode.
    fn code(&mut self) {
        let source = self.source;
        let mut start = self.at;
        while start < source.len() {
            let mut at = start;
            while at < source.len() && CLASS[source[at] as usize] == Class::Blank {
                at += 1;
            }
            if at - start > MAX_LEAD || at == source.len() {
                return self.push(start, at, TokenKind::Blank);
            }
            let (kind, end) = match CLASS[source[at] as usize] {
                Class::Ident => (TokenKind::Ident, self.ident_end(at + 1)),
                Class::Newline => (TokenKind::Newline, at + 1),
                Class::Single => (single(source[at]), at + 1),
                Class::Digit => (TokenKind::Number, self.number_end(at)),
                Class::NonAscii => self.non_ascii(at),
                Class::Blank | Class::Other => self.other(at),
            };
            self.tokens.push(Token::new(start, at - start, kind));
            start = end;
            if matches!(
                kind,
                TokenKind::OpenQuote
                    | TokenKind::OpenBrace
                    | TokenKind::CloseBrace
                    | TokenKind::CloseSequence
                    | TokenKind::CloseSequenceTrim
                    | TokenKind::OpenHeredoc
                    | TokenKind::OpenFlushHeredoc
            ) {
                self.at = end;
                return self.change_mode(kind, at);
            }
        }
        self.at = start;
    }

    /// Brackets and quotes open and close modes.
    #[inline]
    fn change_mode(&mut self, kind: TokenKind, at: usize) {
        match kind {
            TokenKind::OpenBrace => {
                if let Mode::Code { braces } = &mut self.mode {
                    *braces += 1;
                }
            }
            TokenKind::CloseBrace => {
                if let Mode::Code { braces } = &mut self.mode {
                    *braces = braces.saturating_sub(1);
                }
            }
            TokenKind::CloseSequence | TokenKind::CloseSequenceTrim => self.leave(),
            TokenKind::OpenQuote => self.enter(Mode::Quoted),
            TokenKind::OpenHeredoc | TokenKind::OpenFlushHeredoc => {
                let begin = at + if kind == TokenKind::OpenHeredoc { 2 } else { 3 };
                let marker = (begin, self.ident_end(begin));
                self.enter(Mode::Heredoc { marker, line_start: true });
            }
            _ => {}
        }
    }

    fn enter(&mut self, mode: Mode) {
        let outer = std::mem::replace(&mut self.mode, mode);
        self.modes.push(outer);
    }

    fn leave(&mut self) {
        if let Some(outer) = self.modes.pop() {
            self.mode = outer;
        }
    }

    #[inline]
    fn ident_end(&self, mut at: usize) -> usize {
        let source = self.source;
        loop {
            while at < source.len() && IDENT_CONTINUE[source[at] as usize] {
                at += 1;
            }
            if at == source.len() || source[at] < 128 {
                return at;
            }
            match self.scalar(at) {
                Some(c) if unicode_ident::is_xid_continue(c) || is_only_id_start(c) => at += c.len_utf8(),
                _ => return at,
            }
        }
    }

    /// The scalar value at `at`, where the bytes are UTF-8.
    fn scalar(&self, at: usize) -> Option<char> {
        let bytes = &self.source[at..self.source.len().min(at + 4)];
        bytes.utf8_chunks().next()?.valid().chars().next()
    }

    fn non_ascii(&self, at: usize) -> (TokenKind, usize) {
        match self.scalar(at) {
            Some(c) if is_ident_start(c) => (TokenKind::Ident, self.ident_end(at + c.len_utf8())),
            Some(c) => (TokenKind::Invalid, at + c.len_utf8()),
            None => (TokenKind::Invalid, at + 1),
        }
    }

    /// Digits, dots and exponents up to the last that is no dot, which is more than the numbers of the language: like
    /// the reference, `1.2.3` is one token, and the parser rejects it.
    fn number_end(&self, mut at: usize) -> usize {
        let mut end = at + 1;
        loop {
            at += match self.byte(at) {
                b'0'..=b'9' => 1,
                b'.' => {
                    at += 1;
                    continue;
                }
                b'e' | b'E' => {
                    let sign = usize::from(matches!(self.byte(at + 1), b'+' | b'-'));
                    if !self.byte(at + 1 + sign).is_ascii_digit() {
                        return end;
                    }
                    2 + sign
                }
                _ => return end,
            };
            end = at;
        }
    }

    /// Everything that needs a look at the next byte.
    fn other(&self, at: usize) -> (TokenKind, usize) {
        use TokenKind::*;
        let next = self.byte(at + 1);
        let one = |kind| (kind, at + 1);
        let two = |kind| (kind, at + 2);
        match (self.source[at], next) {
            (b'"', _) => one(OpenQuote),
            (b'{', _) => one(OpenBrace),
            (b'}', _) if self.ends_sequence() => one(CloseSequence),
            (b'}', _) => one(CloseBrace),
            (b'~', b'}') if self.ends_sequence() => two(CloseSequenceTrim),
            (b'.', b'.') if self.byte(at + 2) == b'.' => (Ellipsis, at + 3),
            (b'.', _) => one(Dot),
            (b'=', b'=') => two(EqualEqual),
            (b'=', b'>') => two(FatArrow),
            (b'=', _) => one(Equal),
            (b'#', _) | (b'/', b'/') => (LineComment, self.line_end(at)),
            (b'/', b'*') => match memchr::memmem::find(&self.source[at + 2..], b"*/") {
                Some(length) => (BlockComment, at + length + 4),
                None => (Invalid, self.source.len()),
            },
            (b'/', _) => one(Slash),
            (b':', b':') => two(DoubleColon),
            (b':', _) => one(Colon),
            (b'\r', b'\n') => two(Newline),
            (b'|', b'|') => two(Or),
            (b'&', b'&') => two(And),
            (b'!', b'=') => two(NotEqual),
            (b'!', _) => one(Bang),
            (b'<', b'<') => self.heredoc_start(at).unwrap_or(one(Less)),
            (b'<', b'=') => two(LessEqual),
            (b'<', _) => one(Less),
            (b'>', b'=') => two(GreaterEqual),
            (b'>', _) => one(Greater),
            _ => one(Invalid),
        }
    }

    /// Whether a `}` here ends an interpolation or directive.
    fn ends_sequence(&self) -> bool {
        matches!(self.mode, Mode::Code { braces: 0 }) && !self.modes.is_empty()
    }

    /// The end of a comment's line, before `\n` or `\r\n`.
    fn line_end(&self, at: usize) -> usize {
        let Some(length) = memchr::memchr(b'\n', &self.source[at..]) else { return self.source.len() };
        let end = at + length;
        if self.source[end - 1] == b'\r' { end - 1 } else { end }
    }

    /// `<<EOT` and `<<-EOT` begin a heredoc only when an identifier and at once a newline follow.
    fn heredoc_start(&self, at: usize) -> Option<(TokenKind, usize)> {
        let flush = self.byte(at + 2) == b'-';
        let begin = at + 2 + usize::from(flush);
        let first = self.byte(begin);
        let starts = match CLASS[first as usize] {
            Class::Ident => true,
            Class::NonAscii => self.scalar(begin).is_some_and(is_ident_start),
            _ => false,
        };
        let mut end = self.ident_end(begin);
        if self.byte(end) == b'\r' {
            end += 1;
        }
        let kind = if flush { TokenKind::OpenFlushHeredoc } else { TokenKind::OpenHeredoc };
        (starts && self.byte(end) == b'\n').then_some((kind, end + 1))
    }

    /// `${`, `${~`, `%{` or `%{~` at `at`.
    fn sequence(&mut self, at: usize) {
        let trim = self.byte(at + 2) == b'~';
        let kind = match (self.source[at], trim) {
            (b'$', false) => TokenKind::OpenInterpolation,
            (b'$', true) => TokenKind::OpenInterpolationTrim,
            (_, false) => TokenKind::OpenDirective,
            (_, true) => TokenKind::OpenDirectiveTrim,
        };
        self.push(at, at + 2 + usize::from(trim), kind);
        self.enter(Mode::Code { braces: 0 });
    }

    /// Whether a template sequence begins at `at`, and else how many bytes to step over: `$${` is an escape.
    #[inline]
    fn sequence_or_step(&self, at: usize) -> Result<(), usize> {
        let sign = self.source[at];
        if self.byte(at + 1) == b'{' {
            Ok(())
        } else if self.byte(at + 1) == sign && self.byte(at + 2) == b'{' {
            Err(3)
        } else {
            Err(1)
        }
    }

    /// Literal text between quotes, or what ends it.
    #[inline]
    fn quoted(&mut self) {
        let source = self.source;
        let start = self.at;
        let mut at = start;
        loop {
            while at < source.len() && !QUOTED_SPECIAL[source[at] as usize] {
                at += 1;
            }
            if at >= source.len() {
                break;
            }
            match source[at] {
                b'"' => {
                    self.text(start, at, TokenKind::QuotedText);
                    self.push(at, at + 1, TokenKind::CloseQuote);
                    return self.leave();
                }
                b'\\' => {
                    self.has_escapes = true;
                    at += if matches!(self.byte(at + 1), b'\n' | b'\r') { 1 } else { 2 };
                }
                b'\n' | b'\r' => {
                    self.text(start, at, TokenKind::QuotedText);
                    return self.broken_string(at);
                }
                _ => match self.sequence_or_step(at) {
                    Ok(()) => {
                        self.text(start, at, TokenKind::QuotedText);
                        return self.sequence(at);
                    }
                    Err(step) => {
                        self.has_escapes |= step > 1;
                        at += step;
                    }
                },
            }
        }
        self.text(start, source.len(), TokenKind::QuotedText);
        self.at = source.len();
    }

    #[inline]
    fn text(&mut self, start: usize, end: usize, kind: TokenKind) {
        let end = end.min(self.source.len());
        if end > start {
            self.push(start, end, kind);
        }
    }

    /// A line break in a quoted string ends it and every sequence around it, up to the heredoc that holds them.
    fn broken_string(&mut self, at: usize) {
        self.push(at, at, TokenKind::StringNewline);
        self.leave();
        while !self.modes.is_empty() && !matches!(self.mode, Mode::Heredoc { .. }) {
            self.leave();
        }
    }

    /// Whole lines of a heredoc up to its end marker, a sequence, or the end of the text.
    fn heredoc(&mut self, marker: (usize, usize), mut line_start: bool) {
        let source = self.source;
        let start = self.at;
        let mut line = start;
        loop {
            let end = memchr::memchr(b'\n', &source[line..]).map_or(source.len(), |length| line + length);
            if line_start && is_end_marker(&source[line..end], &source[marker.0..marker.1]) {
                let end = if end < source.len() && source[end - 1] == b'\r' { end - 1 } else { end };
                self.text(start, line, TokenKind::HeredocText);
                self.push(line, end, TokenKind::CloseHeredoc);
                return self.leave();
            }
            if let Some(at) = self.find_special(line, end) {
                self.text(start, at, TokenKind::HeredocText);
                if source[at] == b'\r' {
                    return self.push(at, at + 1, TokenKind::Invalid);
                }
                if let Mode::Heredoc { line_start, .. } = &mut self.mode {
                    *line_start = false;
                }
                return self.sequence(at);
            }
            if end == source.len() {
                self.text(start, end, TokenKind::HeredocText);
                self.at = end;
                return;
            }
            line = end + 1;
            line_start = true;
        }
    }

    /// The first template sequence in the line `from..to`, or a carriage return that is not part of the line's end.
    fn find_special(&self, from: usize, to: usize) -> Option<usize> {
        let mut at = from;
        while let Some(offset) = memchr::memchr3(b'$', b'%', b'\r', &self.source[at..to]) {
            at += offset;
            if self.source[at] == b'\r' {
                return (at + 1 != to || to == self.source.len()).then_some(at);
            }
            match self.sequence_or_step(at) {
                Ok(()) => return Some(at),
                Err(step) => at = (at + step).min(to),
            }
        }
        None
    }
}
