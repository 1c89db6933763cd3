//! Tokens of HCL. A token is eight bytes; its end is the start of the next, so the tokens of a text cover every byte.

use crate::source::Span;

/// What a token is. The order matters: everything before [`TokenKind::Newline`] is always trivia.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum TokenKind {
    /// `# …` or `// …`, without its newline.
    LineComment,
    /// `/* … */`.
    BlockComment,
    /// More blanks than the lead of one token can hold, or the byte order mark.
    Blank,
    /// `\n` or `\r\n` outside strings.
    Newline,
    /// End of the text; always the last token, always empty.
    Eof,
    /// An identifier or keyword.
    Ident,
    /// A number.
    Number,
    /// `"` that opens a string.
    OpenQuote,
    /// `"` that closes a string.
    CloseQuote,
    /// Literal text inside a quoted string, escapes not decoded.
    QuotedText,
    /// `<<EOT` with its newline.
    OpenHeredoc,
    /// `<<-EOT` with its newline.
    OpenFlushHeredoc,
    /// Literal text inside a heredoc: whole lines or parts of one.
    HeredocText,
    /// The line with the end marker, without its newline.
    CloseHeredoc,
    /// `${`.
    OpenInterpolation,
    /// `${~`.
    OpenInterpolationTrim,
    /// `%{`.
    OpenDirective,
    /// `%{~`.
    OpenDirectiveTrim,
    /// `}` that ends an interpolation or directive.
    CloseSequence,
    /// `~}`.
    CloseSequenceTrim,
    /// `{`.
    OpenBrace,
    /// `}`.
    CloseBrace,
    /// `[`.
    OpenBracket,
    /// `]`.
    CloseBracket,
    /// `(`.
    OpenParen,
    /// `)`.
    CloseParen,
    /// `.`.
    Dot,
    /// `...`.
    Ellipsis,
    /// `,`.
    Comma,
    /// `:`.
    Colon,
    /// `::`.
    DoubleColon,
    /// `=`.
    Equal,
    /// `=>`.
    FatArrow,
    /// `||`.
    Or,
    /// `&&`.
    And,
    /// `==`.
    EqualEqual,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterEqual,
    /// `+`.
    Plus,
    /// `-`.
    Minus,
    /// `*`.
    Star,
    /// `/`.
    Slash,
    /// `%`.
    Percent,
    /// `!`.
    Bang,
    /// `?`.
    Question,
    /// A line break inside a quoted string. The lexer ends the string there, so that one slip costs one line.
    StringNewline,
    /// Bytes that begin no token, or a comment that never ends.
    Invalid,
}

/// One token: where it starts, with the blanks before it, and what it is. Eight bytes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Token {
    start: u32,
    lead: [u8; 3],
    kind: TokenKind,
}

/// The most blanks one token can carry in front.
pub(super) const MAX_LEAD: usize = (1 << 24) - 1;

impl Token {
    /// A token whose blanks start at `start` and are `lead` bytes long.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // texts are limited to 4 GiB, leads to MAX_LEAD
    pub(super) fn new(start: usize, lead: usize, kind: TokenKind) -> Self {
        debug_assert!(lead <= MAX_LEAD);
        let [a, b, c, _] = (lead as u32).to_le_bytes();
        Self { start: start as u32, lead: [a, b, c], kind }
    }

    /// Offset of the first blank before the token, or of the token where there is none.
    #[inline]
    #[must_use]
    pub const fn full_start(self) -> u32 {
        self.start
    }

    /// Offset of the token's own first byte.
    #[inline]
    #[must_use]
    pub const fn text_start(self) -> u32 {
        self.start + self.lead()
    }

    /// How many blanks stand before it on its line.
    #[inline]
    #[must_use]
    pub const fn lead(self) -> u32 {
        u32::from_le_bytes([self.lead[0], self.lead[1], self.lead[2], 0])
    }

    /// What it is.
    #[inline]
    #[must_use]
    pub const fn kind(self) -> TokenKind {
        self.kind
    }
}

/// The tokens of one text; the last is [`TokenKind::Eof`].
#[derive(Default)]
pub struct Tokens {
    pub(super) all: Vec<Token>,
    pub(super) source_len: u32,
    /// Whether something between quotes is an escape. Most files have none, and then texts are their values.
    pub(super) has_escapes: bool,
}

impl Tokens {
    /// How many there are, the end included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Never: there is always an end.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The token at `index`; past the end it is the end.
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> Token {
        self.all.get(index).copied().unwrap_or(Token::new(self.source_len as usize, 0, TokenKind::Eof))
    }

    /// The span of the token at `index`, without the blanks before it.
    #[inline]
    #[must_use]
    pub fn span(&self, index: usize) -> Span {
        let end = self.all.get(index + 1).map_or(self.source_len, |next| next.full_start());
        Span { start: self.get(index).text_start(), end }
    }

    /// The span of the token at `index` with the blanks before it. These spans, in order, are the whole text.
    #[must_use]
    pub fn full_span(&self, index: usize) -> Span {
        Span { start: self.get(index).full_start(), end: self.span(index).end }
    }

    /// All comments, in order.
    pub fn comments(&self) -> impl Iterator<Item = Span> + '_ {
        (0..self.all.len())
            .filter(|index| matches!(self.all[*index].kind(), TokenKind::LineComment | TokenKind::BlockComment))
            .map(|index| self.span(index))
    }
}
