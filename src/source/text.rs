//! The text of a file. Whether it is UTF-8 is found out once, not for every word of it.

use std::ops::Deref;

use super::Span;

/// A text, or bytes that are none.
pub enum Text {
    /// UTF-8.
    Utf8(String),
    /// Anything.
    Bytes(Vec<u8>),
}

impl Text {
    /// The same, borrowed.
    #[must_use]
    pub fn view(&self) -> TextView<'_> {
        match self {
            Self::Utf8(text) => TextView::Utf8(text),
            Self::Bytes(bytes) => TextView::Bytes(bytes),
        }
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|error| Self::Bytes(error.into_bytes()), Self::Utf8)
    }
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.view().bytes()
    }
}

/// A borrowed text, or bytes of which nobody knows whether they are one.
#[derive(Clone, Copy)]
pub enum TextView<'a> {
    /// UTF-8.
    Utf8(&'a str),
    /// Anything.
    Bytes(&'a [u8]),
}

impl<'a> TextView<'a> {
    /// The bytes.
    #[must_use]
    pub const fn bytes(self) -> &'a [u8] {
        match self {
            Self::Utf8(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    /// The text of `span`, or the empty string where the bytes are not UTF-8 or the span cuts a character.
    #[must_use]
    pub fn slice(self, span: Span) -> &'a str {
        match self {
            Self::Utf8(text) => {
                let end = (span.end as usize).min(text.len());
                text.get((span.start as usize).min(end)..end).unwrap_or("")
            }
            Self::Bytes(bytes) => span.text(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_and_its_bytes_have_the_same_slices() {
        let text = Text::from("aß€𝄞\n".as_bytes().to_vec());
        assert!(matches!(text, Text::Utf8(_)));
        for start in 0..14 {
            for end in start..14 {
                let span = Span::new(start, end);
                assert_eq!(text.view().slice(span), span.text(&text), "{span:?}");
            }
        }
    }

    #[test]
    fn bytes_stay_what_they_are() {
        let text = Text::from(b"a\xffb".to_vec());
        assert!(matches!(text, Text::Bytes(_)));
        assert_eq!(&*text, b"a\xffb");
        assert_eq!([text.view().slice(Span::new(0, 1)), text.view().slice(Span::new(0, 2))], ["a", ""]);
    }
}
