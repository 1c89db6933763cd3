//! Templates to text, comments and actions, and actions to tokens, as `text/template/parse/lex.go` of Go does.
//! Knows no grammar.

use crate::source::Span;
use crate::syntax::{SyntaxError, find_pair};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
    /// Whether blanks stand before it: operands must be separated.
    pub(super) spaced: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A word: keyword, function, `true`, `nil`.
    Word,
    /// `.name`
    Field,
    Dot,
    /// `$name` or `$`
    Variable,
    Number,
    Character,
    String,
    RawString,
    Assign,
    Declare,
    Pipe,
    Comma,
    LeftParen,
    RightParen,
    /// Characters that are no token; reported already.
    Invalid,
    /// The closing delimiter.
    End,
}

/// A piece of a template.
pub(super) enum Piece {
    Text(Span),
    Comment(Span),
    /// All of an action.
    Action(Span),
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    pub(super) errors: Vec<SyntaxError>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, errors: Vec::new() }
    }

    /// The next piece of the template, `None` at its end. The tokens of an action, the last of which is `End`, replace
    /// `tokens`.
    pub(super) fn next_piece(&mut self, tokens: &mut Vec<Token>) -> Option<Piece> {
        let start = self.at;
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let length = find_pair(rest, b'{').unwrap_or(rest.len());
        if length > 0 {
            self.at += length;
            return Some(Piece::Text(Span::from(start..self.at)));
        }
        self.at += 2;
        if self.rest().starts_with('-') && self.rest()[1..].starts_with(is_space) {
            self.at += 2;
        }
        if self.rest().starts_with("/*") {
            self.comment(start);
            return Some(Piece::Comment(Span::from(start..self.at)));
        }
        tokens.clear();
        self.action(start, tokens);
        Some(Piece::Action(Span::from(start..self.at)))
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_name(&mut self) {
        let is_ascii_name = |byte: &u8| *byte == b'_' || byte.is_ascii_alphanumeric();
        self.at += self.rest().bytes().take_while(is_ascii_name).count();
        self.skip(is_alphanumeric);
    }

    fn skip(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|letter| !wanted(letter)).unwrap_or(rest.len());
    }

    fn error(&mut self, place: std::ops::Range<usize>, message: impl Into<String>) {
        self.errors.push(SyntaxError::new(Span::from(place), message));
    }

    fn comment(&mut self, start: usize) {
        let Some(length) = self.rest().find("*/") else {
            self.error(start..start + 2, "comment is never closed");
            self.at = self.text.len();
            return;
        };
        self.at += length + 2;
        if !self.eat_end() {
            self.error(start..self.at, "comment must be followed by `}}`");
            self.skip_to_end();
        }
    }

    /// Reads the closing delimiter, with its trim marker, if it is next.
    fn eat_end(&mut self) -> bool {
        let length = match self.rest().as_bytes() {
            [b'}', b'}', ..] => 2,
            [b' ' | b'\t' | b'\r' | b'\n', b'-', b'}', b'}', ..] => 4,
            _ => return false,
        };
        self.at += length;
        true
    }

    /// Gives up the rest of an action.
    fn skip_to_end(&mut self) {
        let rest = self.rest();
        self.at += find_pair(rest, b'}').map_or(rest.len(), |length| length + 2);
    }

    fn action(&mut self, start: usize, tokens: &mut Vec<Token>) {
        loop {
            let before = self.at;
            // A trim marker takes the blank before it, so it is looked for at every blank.
            let closed = loop {
                if self.eat_end() {
                    break true;
                }
                if !self.rest().starts_with(is_space) {
                    break false;
                }
                self.at += 1;
            };
            let (place, spaced) = (self.at, self.at > before);
            if closed {
                tokens.push(Token { kind: TokenKind::End, span: Span::from(place - 2..place), spaced });
                return;
            }
            let Some(letter) = self.peek() else {
                let error = SyntaxError::new(Span::from(start..start + 2), "action is never closed");
                self.errors.push(error.help("close it with `}}`"));
                tokens.push(Token { kind: TokenKind::Invalid, span: Span::from(place..place), spaced });
                tokens.push(Token { kind: TokenKind::End, span: Span::from(place..place), spaced });
                return;
            };
            let kind = self.token(letter).unwrap_or_else(|message| {
                let end = if self.at > place { self.at } else { place + letter.len_utf8() };
                self.error(place..end, message);
                TokenKind::Invalid
            });
            tokens.push(Token { kind, span: Span::from(place..self.at), spaced });
            if kind == TokenKind::Invalid {
                self.skip_to_end();
                let end = Span::from(self.at..self.at);
                tokens.push(Token { kind: TokenKind::End, span: end, spaced: false });
                return;
            }
        }
    }

    fn token(&mut self, letter: char) -> Result<TokenKind, String> {
        let kind = match letter {
            '=' => TokenKind::Assign,
            '|' => TokenKind::Pipe,
            ',' => TokenKind::Comma,
            '(' => TokenKind::LeftParen,
            ')' => TokenKind::RightParen,
            ':' if self.rest().starts_with(":=") => {
                self.at += 2;
                return Ok(TokenKind::Declare);
            }
            ':' => return Err("expected `:=`".into()),
            '"' => return self.quoted('"', TokenKind::String),
            '\'' => return self.quoted('\'', TokenKind::Character),
            '`' => return self.raw_string(),
            '.' if self.rest()[1..].starts_with(|next: char| next.is_ascii_digit()) => return self.number(),
            '.' => return self.name(TokenKind::Field, TokenKind::Dot),
            '$' => return self.name(TokenKind::Variable, TokenKind::Variable),
            '+' | '-' | '0'..='9' => return self.number(),
            _ if is_alphanumeric(letter) => return self.name(TokenKind::Word, TokenKind::Word),
            _ => return Err(format!("unexpected character `{}` in action", letter.escape_debug())),
        };
        self.at += 1;
        Ok(kind)
    }

    /// A word, or a name after a `.` or `$`; `alone` is what the sign is without a name.
    fn name(&mut self, kind: TokenKind, alone: TokenKind) -> Result<TokenKind, String> {
        let start = self.at;
        self.at += self.peek().map_or(0, char::len_utf8);
        if kind != TokenKind::Word && self.is_terminated() {
            return Ok(alone);
        }
        self.skip_name();
        if self.is_terminated() {
            return Ok(kind);
        }
        let wrong = self.peek().unwrap_or(' ');
        let name = &self.text[start..self.at];
        self.at += wrong.len_utf8();
        Err(format!("unexpected character `{}` after `{name}`", wrong.escape_debug()))
    }

    /// Whether what follows may follow a name.
    fn is_terminated(&self) -> bool {
        self.peek().is_none_or(|next| is_space(next) || matches!(next, '.' | ',' | '|' | ':' | '(' | ')' | '}'))
    }

    /// From one quote to the next on the same line.
    fn quoted(&mut self, quote: char, kind: TokenKind) -> Result<TokenKind, String> {
        let mut letters = self.rest().char_indices().skip(1);
        while let Some((at, letter)) = letters.next() {
            let ends = match letter {
                '\\' => !matches!(letters.next(), Some((_, escaped)) if escaped != '\n'),
                '\n' => true,
                _ if letter == quote => {
                    self.at += at + 1;
                    return Ok(kind);
                }
                _ => false,
            };
            if ends {
                break;
            }
        }
        Err(if kind == TokenKind::String { "string is never closed" } else { "character constant is never closed" }
            .into())
    }

    fn raw_string(&mut self) -> Result<TokenKind, String> {
        match self.rest()[1..].find('`') {
            Some(length) => {
                self.at += length + 2;
                Ok(TokenKind::RawString)
            }
            None => Err("raw string is never closed".into()),
        }
    }

    /// A number; `1+2i` is one too.
    fn number(&mut self) -> Result<TokenKind, String> {
        let start = self.at;
        let mut well_formed = self.scan_number();
        if well_formed && self.rest().starts_with(['+', '-']) {
            well_formed = self.scan_number() && self.text[..self.at].ends_with('i');
        }
        let text = &self.text[start..self.at];
        if well_formed && is_number(text) { Ok(TokenKind::Number) } else { Err(format!("`{text}` is not a number")) }
    }

    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let mut radix = 10;
        if self.accept("0") {
            radix = match self.peek().map(|letter| letter.to_ascii_lowercase()) {
                Some('x') => 16,
                Some('o') => 8,
                Some('b') => 2,
                _ => 10,
            };
            self.at += usize::from(radix != 10);
        }
        let is_digit = |letter: char| letter.is_digit(radix) || letter == '_';
        self.skip(is_digit);
        if self.accept(".") {
            self.skip(is_digit);
        }
        let has_exponent = match radix {
            10 => self.accept("eE"),
            16 => self.accept("pP"),
            _ => false,
        };
        if has_exponent {
            self.accept("+-");
            self.skip(|letter| letter.is_ascii_digit() || letter == '_');
        }
        self.accept("i");
        let wrong = self.peek().filter(|letter| is_alphanumeric(*letter));
        self.at += wrong.map_or(0, char::len_utf8);
        wrong.is_none()
    }

    fn accept(&mut self, letters: &str) -> bool {
        let found = self.rest().starts_with(|letter| letters.contains(letter));
        self.at += usize::from(found);
        found
    }
}

/// Whether `text`, which has the shape of a number, has a value that Go can hold.
fn is_number(text: &str) -> bool {
    if let Some(real) = text.strip_suffix('i') {
        let split = real.rfind(['+', '-']).filter(|at| *at > 0 && !real[..*at].ends_with(['e', 'E', 'p', 'P']));
        let (first, second) = real.split_at(split.unwrap_or(0));
        return is_float(second) && (first.is_empty() || is_float(first));
    }
    let unsigned = text.trim_start_matches(['+', '-']);
    if !separators_are_placed_well(unsigned) {
        return false;
    }
    let digits = unsigned.replace('_', "").to_ascii_lowercase();
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x', ..] => (16, &digits[2..]),
        [b'0', b'o', ..] => (8, &digits[2..]),
        [b'0', b'b', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, &digits[..]),
    };
    // A sign rules out the upper half of the unsigned numbers.
    let fits = u64::from_str_radix(digits, radix).is_ok_and(|value| {
        text.len() == unsigned.len() || value <= 1 << 63 && (value < 1 << 63 || text.starts_with('-'))
    });
    fits || text.contains(['.', 'e', 'E', 'p', 'P']) && is_float(text)
}

fn is_float(text: &str) -> bool {
    let unsigned = text.trim_start_matches(['+', '-']);
    if !separators_are_placed_well(unsigned) {
        return false;
    }
    let digits = unsigned.replace('_', "").to_ascii_lowercase();
    match digits.strip_prefix("0x") {
        Some(hexadecimal) => hexadecimal.split_once('p').is_some_and(|(mantissa, exponent)| {
            let exponent = exponent.trim_start_matches(['+', '-']);
            mantissa.bytes().any(|byte| byte.is_ascii_hexdigit())
                && exponent.parse::<u16>().is_ok_and(|size| size < 900)
        }),
        None => digits.parse().is_ok_and(|value: f64| value.is_finite()),
    }
}

/// Underscores stand between digits, or after a prefix such as `0x`.
fn separators_are_placed_well(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_prefix = matches!(bytes, [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', ..]);
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit) || has_prefix && at == 1;
    (0..bytes.len()).all(|at| bytes[at] != b'_' || at > 0 && is_digit(at - 1) && is_digit(at + 1))
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n')
}

fn is_alphanumeric(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}
