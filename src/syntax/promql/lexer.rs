//! Text to tokens. One pass, no modes except that a colon inside square brackets is a token of its own, so every word
//! keeps its keyword and the parser decides whether it is a name. Template holes (`$__interval`, `${x}`, `[[x]]`,
//! `{{ x }}`, `%{ if x }`) are tokens. Knows no grammar.

use super::functions::Aggregation;
use crate::source::Span;
use crate::syntax::SyntaxError;

/// A token. Blanks are not kept; comments are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name without colons.
    Identifier,
    /// A name with a colon, as recording rules have.
    MetricIdentifier,
    Keyword(Keyword),
    Aggregation(Aggregation),
    /// Also `inf` and `nan`. Its digits are checked by the parser.
    Number,
    /// Digits with units. Their order is checked by the parser.
    Duration,
    /// With its quotes.
    String,
    /// Text that something else fills in before Prometheus reads the rule, with the name characters that touch it.
    Hole,
    Comment,
    /// Characters that are no token; reported already.
    Invalid,
    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Comma,
    Colon,
    At,
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    /// `=`
    Assign,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    /// `=~`
    Matches,
    /// `!~`
    MatchesNot,
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    And,
    Or,
    Unless,
    Atan2,
    Offset,
    By,
    Without,
    On,
    Ignoring,
    GroupLeft,
    GroupRight,
    Bool,
    Start,
    End,
}

const KEYWORDS: [(&str, Keyword); 14] = [
    ("and", Keyword::And),
    ("or", Keyword::Or),
    ("unless", Keyword::Unless),
    ("atan2", Keyword::Atan2),
    ("offset", Keyword::Offset),
    ("by", Keyword::By),
    ("without", Keyword::Without),
    ("on", Keyword::On),
    ("ignoring", Keyword::Ignoring),
    ("group_left", Keyword::GroupLeft),
    ("group_right", Keyword::GroupRight),
    ("bool", Keyword::Bool),
    ("start", Keyword::Start),
    ("end", Keyword::End),
];

/// Splits `text` into tokens, the last of which is `End`.
pub(super) fn lex(text: &str) -> (Vec<Token>, Vec<SyntaxError>) {
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, in_brackets: false, errors: Vec::new() };
    let mut tokens = Vec::with_capacity(text.len() / 4 + 2);
    while let Some(token) = lexer.next_token() {
        tokens.push(token);
    }
    tokens.push(Token { kind: TokenKind::End, span: Span::from(text.len()..text.len()) });
    (tokens, lexer.errors)
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    in_brackets: bool,
    errors: Vec<SyntaxError>,
}

impl Lexer<'_> {
    fn next_token(&mut self) -> Option<Token> {
        while matches!(self.byte(0), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        let start = self.at;
        let kind = self.kind(self.byte(0)?);
        if matches!(kind, TokenKind::Hole | TokenKind::Number | TokenKind::Duration) || is_word(kind) {
            return Some(self.with_touching_holes(start, kind));
        }
        Some(Token { kind, span: Span::from(start..self.at) })
    }

    /// `node_${x}_total` and `5$unit` are one hole.
    fn with_touching_holes(&mut self, start: usize, mut kind: TokenKind) -> Token {
        loop {
            if let Some(length) = hole_length(&self.text[self.at..]) {
                self.at += length;
                kind = TokenKind::Hole;
            } else if kind == TokenKind::Hole && self.byte(0).is_some_and(|byte| is_name(byte) && !self.ends_name(byte))
            {
                self.at += 1;
            } else {
                return Token { kind, span: Span::from(start..self.at) };
            }
        }
    }

    fn ends_name(&self, byte: u8) -> bool {
        byte == b':' && self.in_brackets
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn kind(&mut self, first: u8) -> TokenKind {
        match first {
            b'#' => self.comment(),
            b'"' | b'\'' => self.quoted(first),
            b'`' => self.raw(),
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(1).is_some_and(|byte| byte.is_ascii_digit()) => self.number(),
            b':' if self.in_brackets => self.take(1, TokenKind::Colon),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' => self.word(),
            b'$' | b'[' | b'{' | b'%' => match hole_length(&self.text[self.at..]) {
                Some(length) => self.take(length, TokenKind::Hole),
                None => self.punctuation(first),
            },
            _ => self.punctuation(first),
        }
    }

    fn take(&mut self, length: usize, kind: TokenKind) -> TokenKind {
        self.at += length;
        kind
    }

    fn punctuation(&mut self, first: u8) -> TokenKind {
        let (length, kind) = match (first, self.byte(1)) {
            (b'=', Some(b'=')) => (2, TokenKind::Equal),
            (b'=', Some(b'~')) => (2, TokenKind::Matches),
            (b'=', _) => (1, TokenKind::Assign),
            (b'!', Some(b'=')) => (2, TokenKind::NotEqual),
            (b'!', Some(b'~')) => (2, TokenKind::MatchesNot),
            (b'<', Some(b'=')) => (2, TokenKind::LessEqual),
            (b'<', _) => (1, TokenKind::Less),
            (b'>', Some(b'=')) => (2, TokenKind::GreaterEqual),
            (b'>', _) => (1, TokenKind::Greater),
            (b'(', _) => (1, TokenKind::LeftParen),
            (b')', _) => (1, TokenKind::RightParen),
            (b'{', _) => (1, TokenKind::LeftBrace),
            (b'}', _) => (1, TokenKind::RightBrace),
            (b'[', _) => (1, TokenKind::LeftBracket),
            (b']', _) => (1, TokenKind::RightBracket),
            (b',', _) => (1, TokenKind::Comma),
            (b'@', _) => (1, TokenKind::At),
            (b'+', _) => (1, TokenKind::Add),
            (b'-', _) => (1, TokenKind::Sub),
            (b'*', _) => (1, TokenKind::Mul),
            (b'/', _) => (1, TokenKind::Div),
            (b'%', _) => (1, TokenKind::Mod),
            (b'^', _) => (1, TokenKind::Pow),
            _ => return self.unexpected_character(),
        };
        match kind {
            TokenKind::LeftBracket => self.in_brackets = true,
            TokenKind::RightBracket => self.in_brackets = false,
            _ => {}
        }
        self.take(length, kind)
    }

    fn unexpected_character(&mut self) -> TokenKind {
        let start = self.at;
        let character = self.text[start..].chars().next().unwrap_or('\0');
        self.at += character.len_utf8();
        // One message for a run of such characters, as pasted typographic quotes or foreign words are.
        while self.byte(0).is_some_and(|byte| !byte.is_ascii()) && !character.is_ascii() {
            self.at += 1;
        }
        self.error(start..self.at, format!("unexpected character `{}`", character.escape_debug()));
        TokenKind::Invalid
    }

    fn error(&mut self, place: std::ops::Range<usize>, message: impl Into<String>) {
        self.errors.push(SyntaxError::new(Span::from(place), message));
    }

    fn comment(&mut self) -> TokenKind {
        let rest = &self.bytes[self.at..];
        self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        TokenKind::Comment
    }

    fn word(&mut self) -> TokenKind {
        let start = self.at;
        while self.byte(0).is_some_and(|byte| is_name(byte) && !self.ends_name(byte)) {
            self.at += 1;
        }
        classify(&self.text[start..self.at])
    }

    /// A number or a duration: everything that could belong to one, so that `5x` is one mistake.
    fn number(&mut self) -> TokenKind {
        let start = self.at;
        let hexadecimal = matches!(self.bytes[start..], [b'0', b'x' | b'X', ..]);
        while let Some(byte) = self.byte(0) {
            let is_sign = matches!(byte, b'+' | b'-') && !hexadecimal;
            let after_exponent = self.at > start && matches!(self.bytes[self.at - 1], b'e' | b'E');
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.') || is_sign && after_exponent) {
                break;
            }
            self.at += 1;
        }
        let is_duration = !hexadecimal && self.bytes[start..self.at].iter().any(|byte| b"smhdwy".contains(byte));
        if is_duration { TokenKind::Duration } else { TokenKind::Number }
    }

    fn quoted(&mut self, quote: u8) -> TokenKind {
        let start = self.at;
        self.at += 1;
        while let Some(found) = memchr::memchr3(quote, b'\\', b'\n', &self.bytes[self.at..]) {
            self.at += found;
            match self.bytes[self.at] {
                b'\\' => self.at = (self.at + 2).min(self.bytes.len()),
                b'\n' => break,
                _ => return self.take(1, TokenKind::String),
            }
            while !self.text.is_char_boundary(self.at) {
                self.at += 1;
            }
        }
        if self.byte(0) != Some(b'\n') {
            self.at = self.bytes.len();
        }
        self.error(start..self.at, "quoted string is never closed");
        TokenKind::Invalid
    }

    fn raw(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 1;
        if let Some(length) = memchr::memchr(b'`', &self.bytes[self.at..]) {
            return self.take(length + 1, TokenKind::String);
        }
        self.at = self.bytes.len();
        self.error(start..self.at, "raw string is never closed");
        TokenKind::Invalid
    }
}

fn is_word(kind: TokenKind) -> bool {
    use TokenKind::{Aggregation, Identifier, Keyword, MetricIdentifier};
    matches!(kind, Identifier | MetricIdentifier | Keyword(_) | Aggregation(_))
}

/// Whether `byte` may stand in a metric name.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':')
}

fn classify(word: &str) -> TokenKind {
    // The longest keyword is `count_values`; longer words need no look-up.
    if word.len() <= 12 {
        let same = |name: &str| name.eq_ignore_ascii_case(word);
        if let Some((_, keyword)) = KEYWORDS.iter().find(|(name, _)| same(name)) {
            return TokenKind::Keyword(*keyword);
        }
        if let Some((_, aggregation)) = Aggregation::ALL.iter().find(|(name, _)| same(name)) {
            return TokenKind::Aggregation(*aggregation);
        }
        if same("inf") || same("nan") {
            return TokenKind::Number;
        }
    }
    if word.contains(':') { TokenKind::MetricIdentifier } else { TokenKind::Identifier }
}

/// Longer text is not searched for the end of a hole.
const MAX_HOLE: usize = 4096;

/// The length of the template hole that `text` starts with, if it starts with one.
pub(super) fn hole_length(text: &str) -> Option<usize> {
    let bytes = &text.as_bytes()[..text.len().min(MAX_HOLE)];
    match bytes {
        [b'$', b'{', ..] => closing_brace(bytes, 2),
        [b'$', first, ..] if first.is_ascii_alphabetic() || *first == b'_' => {
            Some(1 + bytes[1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count())
        }
        [b'[', b'[', ..] => {
            let name = bytes[2..].iter().take_while(|byte| is_name(**byte) || b".$".contains(byte)).count();
            let is_name = bytes.get(2).is_some_and(|byte| byte.is_ascii_alphabetic() || b"_$".contains(byte));
            (is_name && bytes[2 + name..].starts_with(b"]]")).then_some(name + 4)
        }
        // The first brace of three is that of a selector.
        [b'{', b'{', third, ..] if *third != b'{' => {
            let end = memchr::memmem::find(bytes, b"}}")?;
            (!bytes[2..end].trim_ascii().is_empty()).then_some(end + 2)
        }
        [b'%', b'{', ..] if is_directive(&text[2..]) => closing_brace(bytes, 2),
        _ => None,
    }
}

/// Whether `text`, which follows `%{`, starts a directive of Terraform's templates. A selector after a modulo does not.
fn is_directive(text: &str) -> bool {
    let text = text.trim_start_matches('~').trim_start();
    let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (word, after) = text.split_at(length);
    matches!(word, "if" | "else" | "endif" | "for" | "endfor") && !after.trim_start().starts_with(['=', '!'])
}

/// The offset after the brace that closes the one before `start`.
fn closing_brace(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 1_usize;
    for at in memchr::memchr2_iter(b'{', b'}', &bytes[start..]) {
        depth = if bytes[start + at] == b'{' { depth + 1 } else { depth - 1 };
        if depth == 0 {
            return Some(start + at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn tokens_cover_the_text(text in "([a-z0-9:#\"'`\\\\$%{}\\[\\](),.=!~<>+@é \n-]{0,12}|.{0,12}){0,4}") {
            let mut at = 0;
            for token in lex(&text).0 {
                let between = Span::new(at, token.span.start).text(text.as_bytes());
                prop_assert!(token.span.start >= at && between.trim_matches([' ', '\t', '\n', '\r']).is_empty());
                prop_assert!(token.kind == TokenKind::End || !token.span.is_empty());
                at = token.span.end;
            }
            prop_assert_eq!(at as usize, text.len());
        }
    }

    fn texts(text: &str) -> Vec<(&str, TokenKind)> {
        lex(text).0.into_iter().map(|token| (token.span.text(text.as_bytes()), token.kind)).collect()
    }

    #[test]
    fn splits_words_numbers_and_durations() {
        use TokenKind::{Add, Duration, End, Identifier, MetricIdentifier, Number};
        assert_eq!(
            texts("a:b 1e-3+0x1e+5 1h30m .5 iNf foo"),
            [
                ("a:b", MetricIdentifier),
                ("1e-3", Number),
                ("+", Add),
                ("0x1e", Number),
                ("+", Add),
                ("5", Number),
                ("1h30m", Duration),
                (".5", Number),
                ("iNf", Number),
                ("foo", Identifier),
                ("", End)
            ]
        );
    }

    #[test]
    fn colon_is_a_token_in_brackets_only() {
        use TokenKind::{Colon, Duration, End, Identifier, LeftBracket, MetricIdentifier, RightBracket};
        assert_eq!(
            texts("a[5m:1m] :b"),
            [
                ("a", Identifier),
                ("[", LeftBracket),
                ("5m", Duration),
                (":", Colon),
                ("1m", Duration),
                ("]", RightBracket),
                (":b", MetricIdentifier),
                ("", End)
            ]
        );
    }

    #[test]
    fn finds_holes() {
        for hole in
            ["$x", "${x}", "${x:csv}", "[[x]]", "{{ .x }}", "node_${x}_total", "5$unit", "%{ if a }", "${a{b}c}"]
        {
            assert_eq!(texts(hole)[0], (hole, TokenKind::Hole));
        }
        assert_eq!(texts("a%{if=\"x\"}")[1], ("%", TokenKind::Mod));
        assert_eq!(hole_length("[[:alpha:]]"), None);
        assert_eq!(texts("a[[5m]]")[1], ("[", TokenKind::LeftBracket));
        assert_eq!(texts("a[[[x]]]")[2], ("[[x]]", TokenKind::Hole));
    }

    #[test]
    fn reports_characters_and_open_strings() {
        assert_eq!(lex("a ; b").1.len(), 1);
        assert_eq!(lex("\u{201c}a\u{201d}").1.len(), 2);
        assert_eq!(lex("\"a\\").1.len(), 1);
        assert_eq!(lex("\"a\\\u{e9}").1.len(), 1);
        assert_eq!(lex("`a").1.len(), 1);
    }
}
