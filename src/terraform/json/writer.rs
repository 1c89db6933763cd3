//! Text that grows together with its map back to the file.

use super::map::{OffsetMap, Segment};
use crate::source::Span;
use crate::syntax::json::{Piece, pieces};

/// Text made of parts of `file`.
pub(super) struct Writer<'a> {
    pub(super) file: &'a [u8],
    pub(super) text: Vec<u8>,
    pub(super) map: OffsetMap,
}

impl<'a> Writer<'a> {
    pub(super) fn new(file: &'a [u8]) -> Self {
        Self { file, text: Vec::new(), map: OffsetMap::default() }
    }

    /// The value of a JSON string, each character with its place.
    pub(super) fn of_string(file: &'a [u8], string: Span) -> Self {
        let mut writer = Self::new(file);
        for piece in pieces(file, string) {
            match piece {
                Piece::Text(span) => writer.copy(span),
                Piece::Char(c, span) => writer.atom(c.encode_utf8(&mut [0; 4]).as_bytes(), span),
            }
        }
        writer
    }

    /// How much was written.
    pub(super) fn end(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    /// Bytes of the file as they are.
    pub(super) fn copy(&mut self, span: Span) {
        self.copy_shared(span, span.start);
    }

    /// Bytes of the file as they are; what starts here and goes on begins at `wide` in the file.
    pub(super) fn copy_shared(&mut self, span: Span, wide: u32) {
        if !span.is_empty() {
            self.map.push(Segment { start: self.end(), file: span, exact: true, wide });
            self.text.extend_from_slice(span.slice(self.file));
        }
    }

    /// Text that stands for `span` as a whole.
    pub(super) fn atom(&mut self, text: &[u8], span: Span) {
        self.atom_shared(text, span, span.start);
    }

    /// Text that stands for `span` as a whole; what starts here and goes on begins at `wide` in the file.
    pub(super) fn atom_shared(&mut self, text: &[u8], span: Span, wide: u32) {
        if !text.is_empty() {
            self.map.push(Segment { start: self.end(), file: span, exact: false, wide });
            self.text.extend_from_slice(text);
        }
    }

    /// Text that has no counterpart: it stands where the text before it ended.
    pub(super) fn filler(&mut self, text: &[u8]) {
        let end = self.map.last_end();
        self.atom(text, Span::at(end));
    }

    /// A part of another text about the same file, as it is.
    pub(super) fn splice(&mut self, from: &Self, part: Span) {
        for (segment, end) in from.map.within(part) {
            let start = segment.start.max(part.start);
            let end = end.min(part.end).min(from.end());
            if segment.exact {
                let first = segment.file.start + (start - segment.start);
                self.copy(Span::new(first, first + (end - start)));
            } else {
                self.atom(Span::new(start, end).slice(&from.text), segment.file);
            }
        }
    }

    /// A part of another text about the same file, as literal text between the quotes of a native string. With
    /// `plain` the text holds no template: `${` and `%{` are escaped.
    pub(super) fn literal(&mut self, from: &Self, part: Span, plain: bool) {
        let mut start = part.start;
        for at in part.start..part.end {
            let byte = from.text[at as usize];
            let begins_sequence = plain && matches!(byte, b'$' | b'%') && from.text.get(at as usize + 1) == Some(&b'{');
            let escaped: &[u8] = match byte {
                b'"' => b"\\\"",
                b'\\' => b"\\\\",
                b'\n' => b"\\n",
                b'\r' => b"\\r",
                b'\t' => b"\\t",
                b'$' if begins_sequence => b"$$",
                b'%' if begins_sequence => b"%%",
                _ => continue,
            };
            self.splice(from, Span::new(start, at));
            self.atom(escaped, from.map.to_file(Span::new(at, at + 1)));
            start = at + 1;
        }
        self.splice(from, Span::new(start, part.end));
    }
}
