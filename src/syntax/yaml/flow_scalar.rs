//! Plain and quoted scalars: which characters of the file make which characters of the text.
//! YAML 1.2.2, sections 7.3.1 to 7.3.3 and 6.5 (line folding).

use super::scalar_map::Runs;
use super::tree::{Scalar, Style};
use crate::source::Span;

/// The runs of a scalar whose text differs from its bytes.
pub(super) fn runs(source: &[u8], scalar: &Scalar<'_>) -> Runs {
    let quote = usize::from(scalar.style != Style::Plain);
    let end = (scalar.span.end as usize).saturating_sub(quote).min(source.len());
    let mut cursor = Cursor { source: &source[..end], at: scalar.span.start as usize + quote, runs: Runs::default() };
    // What stands for something else in this style, beside line breaks.
    let sign = match scalar.style {
        Style::DoubleQuoted => b'\\',
        Style::SingleQuoted => b'\'',
        _ => b'\n',
    };
    while !cursor.rest().is_empty() {
        match cursor.verbatim(sign) {
            None => {}
            Some(b'\\') => cursor.escape(),
            Some(b'\'') => cursor.character(1, 2),
            Some(_) => cursor.line_break(),
        }
    }
    cursor.runs
}

/// Length of the line break at `at`: 0 for none, 2 for CR LF.
pub(super) fn break_length(source: &[u8], at: usize) -> usize {
    match source.get(at..).unwrap_or_default() {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

struct Cursor<'s> {
    source: &'s [u8],
    at: usize,
    runs: Runs,
}

impl Cursor<'_> {
    fn rest(&self) -> &[u8] {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// One decoded character of `decoded` bytes from `length` bytes.
    fn character(&mut self, decoded: u32, length: usize) {
        let end = (self.at + length).min(self.source.len());
        self.runs.character(decoded, Span::from(self.at..end));
        self.at = end;
    }

    /// Up to the next `sign` or line break, which is the answer. The blanks before a line break are left.
    fn verbatim(&mut self, sign: u8) -> Option<u8> {
        let rest = self.rest();
        let next = memchr::memchr3(sign, b'\n', b'\r', rest);
        let found = next.map(|at| rest[at]);
        let stretch = &rest[..next.unwrap_or(rest.len())];
        let kept = match found {
            Some(b'\n' | b'\r') => {
                stretch.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1)
            }
            _ => stretch.len(),
        };
        self.runs.verbatim(Span::from(self.at..self.at + kept));
        self.at += kept;
        found
    }

    fn skip_blanks(&mut self) {
        while matches!(self.rest(), [b' ' | b'\t', ..]) {
            self.at += 1;
        }
    }

    /// Blanks around a line break vanish, and the break is folded.
    fn line_break(&mut self) {
        self.skip_blanks();
        let length = break_length(self.source, self.at);
        let first = Span::from(self.at..self.at + length);
        self.at += length;
        if !self.further_breaks() {
            self.runs.character(1, first);
        }
    }

    /// Blank lines after a line break are kept as line breaks. Whether there was one.
    fn further_breaks(&mut self) -> bool {
        let before = self.runs.decoded();
        loop {
            self.skip_blanks();
            match break_length(self.source, self.at) {
                0 => return self.runs.decoded() > before,
                length => {
                    self.runs.line_break(self.source, Span::from(self.at..self.at + length));
                    self.at += length;
                }
            }
        }
    }

    fn escape(&mut self) {
        let length = break_length(self.source, self.at + 1);
        if length > 0 {
            self.at += 1 + length;
            self.further_breaks();
            return;
        }
        let (decoded, length) = match self.source.get(self.at + 1) {
            Some(b'x') => (self.code_length(2), 4),
            Some(b'u') => match self.code(2, 4) {
                // Two escapes make one character outside the basic plane.
                Some(0xd800..=0xdbff) => (4, 12),
                _ => (self.code_length(4), 6),
            },
            Some(b'U') => (self.code_length(8), 10),
            Some(b'N' | b'_') => (2, 2),
            Some(b'L' | b'P') => (3, 2),
            _ => (1, 2),
        };
        self.character(decoded, length);
    }

    /// The number in the `count` hexadecimal digits `skip` bytes further on.
    fn code(&self, skip: usize, count: usize) -> Option<u32> {
        let digits = self.source.get(self.at + skip..self.at + skip + count)?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    }

    fn code_length(&self, count: usize) -> u32 {
        let character = self.code(2, count).and_then(char::from_u32);
        character.map_or(1, |character| u32::try_from(character.len_utf8()).unwrap_or(1))
    }
}
