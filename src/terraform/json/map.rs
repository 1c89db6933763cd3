//! From places in the text that was made to places in the file it was made of.

use crate::source::Span;
use crate::syntax::SyntaxError;

/// A run of made text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    /// Where it begins in the made text; it ends where the next begins.
    pub(super) start: u32,
    /// What it was made of.
    pub(super) file: Span,
    /// Whether it was copied byte by byte; otherwise it stands for `file` as a whole.
    pub(super) exact: bool,
    /// Where a span of the file begins that starts here and goes on behind this segment. Differs from the start of
    /// `file` where several blocks are made of one name: only the first reaches back to it.
    pub(super) wide: u32,
}

/// Maps places in transliterated text to places in the JSON file.
#[derive(Debug, Default)]
pub struct OffsetMap {
    segments: Vec<Segment>,
}

impl OffsetMap {
    /// Adds the next segment; `start` never falls.
    pub(super) fn push(&mut self, segment: Segment) {
        self.segments.push(segment);
    }

    /// Where the last segment ends in the file.
    pub(super) fn last_end(&self) -> u32 {
        self.segments.last().map_or(0, |segment| segment.file.end)
    }

    /// The segments that hold the bytes of `span`, each with its end.
    pub(super) fn within(&self, span: Span) -> impl Iterator<Item = (Segment, u32)> + '_ {
        let first = self.segments.partition_point(|segment| segment.start <= span.start).saturating_sub(1);
        let rest = &self.segments[first.min(self.segments.len())..];
        rest.iter().enumerate().take_while(move |(_, segment)| segment.start < span.end).map(move |(index, segment)| {
            let end = rest.get(index + 1).map_or(u32::MAX, |next| next.start);
            (*segment, end)
        })
    }

    fn segment_at(&self, offset: u32) -> Option<Segment> {
        let after = self.segments.partition_point(|segment| segment.start <= offset);
        self.segments.get(after.saturating_sub(1)).copied()
    }

    /// The place in the file that `span` of the made text stands for: the exact bytes of names, labels, whole values
    /// and parts of strings; the whole value where only the whole has a counterpart; an empty span for text that has
    /// none.
    #[must_use]
    pub fn to_file(&self, span: Span) -> Span {
        let last = if span.is_empty() { span.start } else { span.end - 1 };
        let (Some(first), Some(last)) = (self.segment_at(span.start), self.segment_at(last)) else {
            return Span::at(0);
        };
        let one = first.start == last.start;
        let start = match (first.exact, span.start == first.start) {
            (true, false) => first.file.start + (span.start - first.start).min(first.file.len()),
            (_, true) if !one => first.wide,
            (false, false) if span.is_empty() => first.file.end,
            _ => first.file.start,
        };
        if span.is_empty() {
            return Span::at(start);
        }
        let end =
            if last.exact { last.file.start + (span.end - last.start).min(last.file.len()) } else { last.file.end };
        Span::new(start, end)
    }

    /// An error about the made text as one about the file.
    #[must_use]
    pub fn error(&self, error: &SyntaxError) -> SyntaxError {
        SyntaxError {
            span: self.to_file(error.span),
            related: error.related.as_ref().map(|(span, message)| (self.to_file(*span), message.clone())),
            ..error.clone()
        }
    }
}
