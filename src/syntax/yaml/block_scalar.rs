//! Literal and folded block scalars: where they start and end, and which characters of the file make which characters
//! of the text. YAML 1.2.2, section 8.1.

use super::flow_scalar::break_length;
use super::scalar_map::Runs;
use super::tree::{Scalar, Style};
use crate::source::Span;

/// The whole of a block scalar, from its `|` or `>` to the end of its last line that is not blank.
///
/// The scanner's own span starts at the first line that is not blank and ends at the next token. `after` is the end of
/// what stands before the scalar.
pub(super) fn whole(source: &[u8], after: u32, content: Span) -> Span {
    let raw = content.slice(source);
    let kept = raw.iter().rposition(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).map_or(0, |last| last + 1);
    let start = header(source, after as usize, content.start as usize).unwrap_or(content.start as usize);
    let header_end = start + source[start..].iter().position(|byte| !is_header(*byte)).unwrap_or(0);
    Span::from(start..header_end.max(content.start as usize + kept).min(content.end.max(content.start) as usize))
}

const fn is_header(byte: u8) -> bool {
    matches!(byte, b'|' | b'>' | b'+' | b'-' | b'0'..=b'9')
}

/// Finds the sign that opens the scalar: on the nearest line above `content` that is not blank.
fn header(source: &[u8], after: usize, content: usize) -> Option<usize> {
    let region = source.get(after..content)?;
    if region.is_empty() || !region.iter().any(|byte| matches!(byte, b'|' | b'>')) {
        // The text ends with the header.
        return source.get(content).filter(|byte| matches!(byte, b'|' | b'>')).map(|_| content);
    }
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let last = region.iter().rposition(|byte| !blank(byte))?;
    let line = region[..last].iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1);
    let signs = region[line..=last].iter().enumerate().filter(|(_, byte)| matches!(byte, b'|' | b'>'));
    signs.map(|(at, _)| line + at).find(|at| opens(region, *at)).map(|at| after + at)
}

/// Whether a header starts at `at`: after a blank, and before indicators and the end of the line or a comment.
fn opens(region: &[u8], at: usize) -> bool {
    let before = at == 0 || matches!(region[at - 1], b' ' | b'\t' | b'\n' | b'\r');
    let mut rest = &region[at + 1..];
    while let [b'+' | b'-' | b'0'..=b'9', tail @ ..] = rest {
        rest = tail;
    }
    let after_indicators = rest.len();
    while let [b' ' | b'\t', tail @ ..] = rest {
        rest = tail;
    }
    let is_end = match rest {
        [] | [b'\n' | b'\r', ..] => true,
        [b'#', ..] => rest.len() < after_indicators,
        _ => false,
    };
    before && is_end
}

/// The runs of a block scalar.
pub(super) fn runs(source: &[u8], scalar: &Scalar<'_>) -> Runs {
    let mut lines = Lines::new(source, scalar);
    let body = scalar.value.trim_end_matches('\n').len();
    let mut runs = Runs::default();
    // The line break before the next line and the breaks of the blank lines after it, not yet written.
    let mut last_break = None;
    let mut blank_breaks = Vec::new();
    let mut last_is_indented = false;
    while (runs.decoded() as usize) < body && !lines.is_done() {
        let (content, line_break) = lines.next();
        if content.is_empty() {
            blank_breaks.push(line_break);
            continue;
        }
        let is_indented = matches!(content.slice(source).first(), Some(b' ' | b'\t'));
        let folds = scalar.style == Style::Folded && !last_is_indented && !is_indented;
        match last_break.take() {
            Some(last) if !folds => runs.line_break(source, last),
            Some(last) if blank_breaks.is_empty() => runs.character(1, last),
            _ => {}
        }
        for blank in blank_breaks.drain(..) {
            runs.line_break(source, blank);
        }
        runs.verbatim(content);
        last_break = Some(line_break);
        last_is_indented = is_indented;
    }
    // What chomping left of the line breaks at the end. The last line of a file may lack its own.
    while (runs.decoded() as usize) < scalar.value.len() {
        let line_break = last_break.take().unwrap_or_else(|| lines.next().1);
        runs.line_break(source, line_break);
    }
    runs
}

/// The lines below the header, each without its indentation.
struct Lines<'s> {
    source: &'s [u8],
    at: usize,
    indent: usize,
}

impl<'s> Lines<'s> {
    fn new(source: &'s [u8], scalar: &Scalar<'_>) -> Self {
        let start = (scalar.span.start as usize).min(source.len());
        let header = memchr::memchr2(b'\n', b'\r', &source[start..]).map_or(source.len(), |length| start + length);
        Self { source, at: header + break_length(source, header), indent: scalar.indent as usize }
    }

    fn is_done(&self) -> bool {
        self.at >= self.source.len()
    }

    /// The next line and its line break, both empty at the end of the file.
    fn next(&mut self) -> (Span, Span) {
        let rest = &self.source[self.at..];
        let spaces = rest.iter().take(self.indent).take_while(|byte| **byte == b' ').count();
        let start = self.at + spaces;
        let end =
            memchr::memchr2(b'\n', b'\r', &self.source[start..]).map_or(self.source.len(), |length| start + length);
        self.at = end + break_length(self.source, end);
        (Span::from(start..end), Span::from(end..self.at))
    }
}
