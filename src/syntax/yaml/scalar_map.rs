//! From an offset in a scalar's decoded text to the bytes of the file that it came from.

use std::ops::Range;

use super::tree::{Scalar, Style};
use super::{block_scalar, flow_scalar};
use crate::source::Span;

/// A stretch of decoded text and where it came from.
///
/// If both are equally long, the first byte belongs to the first, the second to the second and so on. Else the decoded
/// bytes are one character that stands for the whole of `source`: an escape, or a line break of two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Offset of its first byte in the decoded text.
    pub decoded: u32,
    /// Where it is written.
    pub source: Span,
}

/// The map of one scalar. Offsets grow with offsets: a later character never stands earlier in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScalarMap {
    /// Length of the decoded text in bytes.
    length: u32,
    /// In order and without gaps. Empty: the whole text is one stretch from `start` on.
    runs: Box<[Run]>,
    start: u32,
    exact: bool,
}

impl ScalarMap {
    /// The map of `scalar`, which was parsed from `source`.
    #[must_use]
    pub fn new(source: &[u8], scalar: &Scalar<'_>) -> Self {
        let quote = u32::from(matches!(scalar.style, Style::SingleQuoted | Style::DoubleQuoted));
        let length = u32::try_from(scalar.value.len()).unwrap_or(u32::MAX);
        if matches!(scalar.value, std::borrow::Cow::Borrowed(_)) {
            return Self { length, runs: Box::default(), start: scalar.span.start + quote, exact: true };
        }
        let runs = match scalar.style {
            Style::Literal | Style::Folded => block_scalar::runs(source, scalar),
            Style::Plain | Style::SingleQuoted | Style::DoubleQuoted => flow_scalar::runs(source, scalar),
        };
        match runs.finish(source, &scalar.value) {
            Some(runs) => Self { length, runs, start: 0, exact: true },
            None => Self::inexact(length, scalar.span),
        }
    }

    /// A map that knows only that the text came from somewhere in `span`.
    fn inexact(length: u32, span: Span) -> Self {
        Self { length, runs: Box::new([Run { decoded: 0, source: span }]), start: 0, exact: false }
    }

    /// The map of a text that stands in the file as it is, from `start` on.
    #[must_use]
    pub fn verbatim(start: u32, length: u32) -> Self {
        Self { length, runs: Box::default(), start, exact: true }
    }

    /// The map of a text in another notation, decoded piece by piece: of each piece how many bytes the text has of it and
    /// where it is written. What is as long as its place is copied.
    #[must_use]
    pub fn of_pieces(pieces: impl IntoIterator<Item = (u32, Span)>) -> Self {
        let mut runs = Runs::default();
        for (length, source) in pieces {
            runs.push(length, source);
        }
        Self { length: runs.decoded, runs: runs.list.into(), start: 0, exact: true }
    }

    /// Whether each character is mapped to its own place. Otherwise all of them are mapped to the whole scalar.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.exact
    }

    /// The stretches in order. Stretches that are copied byte for byte are as long as possible.
    pub fn runs(&self) -> impl Iterator<Item = Run> {
        let whole = Run { decoded: 0, source: Span::new(self.start, self.start + self.length) };
        self.runs.iter().copied().chain(self.runs.is_empty().then_some(whole))
    }

    /// Where the character at `offset` of the decoded text is written, or the escape that stands for it. Past the end:
    /// the empty span where the text ends.
    #[must_use]
    pub fn character(&self, offset: u32) -> Span {
        if offset >= self.length {
            return Span::at(self.end());
        }
        if self.runs.is_empty() {
            return Span::new(self.start + offset, self.start + offset + 1);
        }
        let at = self.runs.partition_point(|run| run.decoded <= offset).saturating_sub(1);
        let run = self.runs[at];
        let next = self.runs.get(at + 1).map_or(self.length, |next| next.decoded);
        if self.exact && run.source.len() == next - run.decoded {
            let place = run.source.start + (offset - run.decoded);
            return Span::new(place, place + 1);
        }
        run.source
    }

    /// Where the byte at `offset` of the decoded text is written. Past the end: where the text ends.
    #[must_use]
    pub fn offset(&self, offset: u32) -> u32 {
        self.character(offset).start
    }

    /// The bytes of the file from the first to the last character of `decoded`, a range of the decoded text.
    #[must_use]
    pub fn span(&self, decoded: Range<u32>) -> Span {
        let start = self.character(decoded.start);
        if decoded.end <= decoded.start {
            return Span::at(start.start);
        }
        start.to(self.character(decoded.end.min(self.length).saturating_sub(1)))
    }

    /// Like [`ScalarMap::span`], for a span within the decoded text.
    #[must_use]
    pub fn place(&self, decoded: Span) -> Span {
        self.span(decoded.start..decoded.end)
    }

    fn end(&self) -> u32 {
        self.runs.last().map_or(self.start + self.length, |run| run.source.end)
    }

    /// The map of a scalar within the text that `outer` maps: from its decoded text right to the file.
    #[must_use]
    pub fn within(&self, outer: &Self) -> Self {
        let mut runs = Runs::default();
        let mut ends = self.runs().skip(1).map(|run| run.decoded).chain([self.length]);
        for run in self.runs() {
            let length = ends.next().unwrap_or(self.length) - run.decoded;
            if length != run.source.len() || !self.exact {
                runs.character(length, outer.place(run.source));
                continue;
            }
            let mut at = run.source.start;
            while at < run.source.end {
                let (end, place) = outer.stretch(at, run.source.end);
                runs.push(end - at, place);
                at = end;
            }
        }
        let exact = self.exact && outer.exact;
        Self { length: self.length, runs: runs.list.into(), start: outer.offset(self.start), exact }
    }

    /// The end of the stretch that starts at `offset` and goes at most to `limit`, and where it is written.
    fn stretch(&self, offset: u32, limit: u32) -> (u32, Span) {
        if self.runs.is_empty() {
            return (limit, Span::new(self.start + offset, self.start + limit));
        }
        let at = self.runs.partition_point(|run| run.decoded <= offset).saturating_sub(1);
        let run = self.runs[at];
        let next = self.runs.get(at + 1).map_or(self.length, |next| next.decoded);
        let end = next.min(limit).max(offset + 1);
        if self.exact && run.source.len() == next - run.decoded {
            let start = run.source.start + (offset - run.decoded);
            return (end, Span::new(start, start + (end - offset)));
        }
        (end, run.source)
    }
}

/// Runs being collected.
#[derive(Default)]
pub(super) struct Runs {
    list: Vec<Run>,
    decoded: u32,
    /// Whether the last run is copied byte for byte and may grow.
    grows: bool,
}

impl Runs {
    /// Length of the text decoded so far, in bytes.
    pub(super) const fn decoded(&self) -> u32 {
        self.decoded
    }

    /// Bytes that stand for themselves.
    pub(super) fn verbatim(&mut self, source: Span) {
        self.push(source.len(), source);
    }

    /// One character of `length` bytes, written as `source`.
    pub(super) fn character(&mut self, length: u32, source: Span) {
        self.grows = false;
        self.push(length, source);
        self.grows = false;
    }

    /// A line break that stays one.
    pub(super) fn line_break(&mut self, source: &[u8], place: Span) {
        if place.slice(source) == b"\n" { self.verbatim(place) } else { self.character(1, place) }
    }

    fn push(&mut self, length: u32, source: Span) {
        if length == 0 {
            return;
        }
        let copies = length == source.len();
        let follows = self.list.last().is_some_and(|last| last.source.end == source.start);
        match self.list.last_mut() {
            Some(last) if copies && self.grows && follows => last.source.end = source.end,
            _ => self.list.push(Run { decoded: self.decoded, source }),
        }
        self.grows = copies;
        self.decoded += length;
    }

    /// The runs, if they make a text as long as `value` and the copied bytes agree.
    fn finish(self, source: &[u8], value: &str) -> Option<Box<[Run]>> {
        if self.decoded as usize != value.len() {
            return None;
        }
        let mut ends = self.list.iter().skip(1).map(|run| run.decoded).chain([self.decoded]);
        let agrees = self.list.iter().all(|run| {
            let text = &value.as_bytes()[run.decoded as usize..ends.next().unwrap_or(self.decoded) as usize];
            // A folded line break and the escape `\N` are as long as what they stand for.
            text.len() != run.source.len() as usize || text.len() <= 2 || text == run.source.slice(source)
        });
        agrees.then(|| self.list.into())
    }
}
