//! The value of a JSON string, piece by piece, so that each character keeps its place.

use std::borrow::Cow;

use crate::source::Span;

/// A part of a string's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text that stands for itself; it is UTF-8.
    Text(Span),
    /// A character written otherwise: an escape, or bytes that are not UTF-8.
    Char(char, Span),
}

/// The pieces of the string whose text with quotes is `span`.
pub fn pieces(text: &[u8], span: Span) -> impl Iterator<Item = Piece> {
    let (mut at, end) = interior(text, span);
    std::iter::from_fn(move || {
        let rest = text.get(at..end).filter(|rest| !rest.is_empty())?;
        let (piece, length) = piece(rest, at);
        at += length;
        Some(piece)
    })
}

/// The value of the string whose text with quotes is `span`.
#[must_use]
pub fn decode(text: &[u8], span: Span) -> Cow<'_, str> {
    let (start, end) = interior(text, span);
    let inner = &text[start..end];
    if let Ok(plain) = std::str::from_utf8(inner)
        && memchr::memchr(b'\\', inner).is_none()
    {
        return Cow::Borrowed(plain);
    }
    let mut value = String::with_capacity(inner.len());
    for piece in pieces(text, span) {
        match piece {
            Piece::Text(span) => value.push_str(span.text(text)),
            Piece::Char(c, _) => value.push(c),
        }
    }
    Cow::Owned(value)
}

/// What is between the quotes; the closing one may be missing.
fn interior(text: &[u8], span: Span) -> (usize, usize) {
    let end = (span.end as usize).min(text.len());
    let start = (span.start as usize + 1).min(end);
    let closed = end > start && text[end - 1] == b'"' && !ends_in_escape(&text[start..end - 1]);
    (start, if closed { end - 1 } else { end })
}

/// Whether the last backslash of `inner` takes the byte after it.
fn ends_in_escape(inner: &[u8]) -> bool {
    inner.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// The first piece of `rest`, which begins at the offset `at`, and its length in bytes.
fn piece(rest: &[u8], at: usize) -> (Piece, usize) {
    if rest[0] == b'\\' {
        let (c, length) = escape(rest);
        return (Piece::Char(c, Span::from(at..at + length)), length);
    }
    let run = &rest[..memchr::memchr(b'\\', rest).unwrap_or(rest.len())];
    let (valid, invalid) =
        run.utf8_chunks().next().map_or((0, 0), |chunk| (chunk.valid().len(), chunk.invalid().len()));
    if valid > 0 {
        return (Piece::Text(Span::from(at..at + valid)), valid);
    }
    let length = invalid.max(1);
    (Piece::Char(char::REPLACEMENT_CHARACTER, Span::from(at..at + length)), length)
}

/// The value of the escape that `rest` begins with, and its length. What is no escape was reported and stays.
fn escape(rest: &[u8]) -> (char, usize) {
    match rest.get(1) {
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(&byte @ (b'"' | b'\\' | b'/')) => (char::from(byte), 2),
        Some(b'u') => match code_unit(rest) {
            Some(unit) => unicode(unit, &rest[6..]),
            None => ('\\', 1),
        },
        _ => ('\\', 1),
    }
}

/// A code unit and what may follow it: two surrogates are one character, a lone one is U+FFFD.
fn unicode(unit: u16, rest: &[u8]) -> (char, usize) {
    if let Some(c) = char::from_u32(u32::from(unit)) {
        return (c, 6);
    }
    let pair = code_unit(rest).and_then(|low| char::decode_utf16([unit, low]).next()?.ok());
    pair.map_or((char::REPLACEMENT_CHARACTER, 6), |c| (c, 12))
}

/// The number of `\uXXXX`.
pub(super) fn code_unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &[u8]) -> String {
        decode(text, Span::from(0..text.len())).into_owned()
    }

    #[test]
    fn decodes_like_go() {
        assert_eq!(value(br#""a\"b\\c\/d\n""#), "a\"b\\c/d\n");
        assert_eq!(value(br#""\u00e9\ud83d\ude00""#), "é😀");
        assert_eq!(value(br#""\ud800x\ude00""#), "\u{fffd}x\u{fffd}");
        assert_eq!(value(b"\"a\xffb\""), "a\u{fffd}b");
        assert_eq!(value(br#""open"#), "open");
        assert_eq!(value(br#""open\""#), "open\"");
        assert_eq!(value(br#"""#), "");
    }

    #[test]
    fn pieces_keep_their_places() {
        let text = br#""ab\ncd""#;
        let all: Vec<Piece> = pieces(text, Span::from(0..text.len())).collect();
        let expected = [Piece::Text(Span::new(1, 3)), Piece::Char('\n', Span::new(3, 5)), Piece::Text(Span::new(5, 7))];
        assert_eq!(all, expected);
    }
}
