//! The few source lines around a finding, made fit for a terminal: tabs are spaces, hidden characters have stand-ins,
//! long lines are cut around what matters. Costs as much as the lines shown, however large the file is. Knows nothing
//! of the renderer.

use std::collections::BTreeMap;
use std::ops::Range;

use super::text::{columns, is_hidden, stand_in};
use crate::source::Position;

/// Distance of tab stops, in columns.
const TAB: usize = 4;
/// Columns from the line that leads to a label to its text: `╰── `.
pub(super) const LABEL_LEAD: usize = 4;
/// Source lines have at least so many columns, and labels if they need them.
pub(super) const NARROWEST: usize = 24;

/// A part of the source to point at. Of several lines only the first is underlined.
pub(super) struct Mark<'a> {
    /// The first character.
    pub start: Position,
    /// Offset after the last byte.
    pub end: u32,
    /// What to say there; may be empty.
    pub label: &'a str,
}

/// Lines of one file, and marks in them.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The lines, each ending in `\n`.
    pub text: String,
    /// Runs of consecutive lines: number of the first line, from 1, number of lines, and where they are in `text`.
    pub blocks: Vec<Block>,
    /// Where the marks are in `text`, in their given order.
    pub marks: Vec<Drawn>,
}

/// A run of consecutive lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Number of the first line, from 1.
    pub first: u32,
    /// How many lines there are.
    pub lines: usize,
    /// The bytes of the excerpt's text.
    pub range: Range<usize>,
}

/// A mark in an excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Drawn {
    /// The bytes of the excerpt's text.
    pub range: Range<usize>,
    /// The position in the source.
    pub start: Position,
    /// How many columns stand before it.
    pub indent: usize,
}

impl Excerpt {
    /// The lines of `source` with `marks`, each with a line before and after, cut to `width` columns. Text that has
    /// changed since the marks were made gives other lines, but still an excerpt.
    pub(super) fn new(source: &[u8], marks: &[Mark<'_>], width: usize, unicode: bool) -> Self {
        let mut excerpt = Self { text: String::new(), blocks: Vec::new(), marks: Vec::new() };
        let mut drawn: Vec<Option<Drawn>> = marks.iter().map(|_| None).collect();
        for (number, line) in lines_around(source, marks) {
            let at = excerpt.text.len();
            let on_line: Vec<usize> = (0..marks.len()).filter(|mark| marks[*mark].start.line == number).collect();
            let focus = Focus::new(&line, on_line.first().map(|mark| &marks[*mark]));
            let cut = Cut::new(source, &line, &focus, width, unicode);
            for mark in on_line {
                let span = span_on(&line, &marks[mark]);
                let range = cut.map(&span);
                let indent = cut.text[..range.start].chars().map(columns).sum();
                let range = at + range.start..at + range.end;
                drawn[mark] = Some(Drawn { range, start: marks[mark].start, indent });
            }
            excerpt.text.push_str(&cut.text);
            excerpt.text.push('\n');
            excerpt.extend_blocks(number, at);
        }
        excerpt.marks = drawn.into_iter().flatten().collect();
        excerpt
    }

    fn extend_blocks(&mut self, number: u32, at: usize) {
        let end = self.text.len();
        match self.blocks.last_mut() {
            Some(last) if last.first as usize + last.lines == number as usize => {
                last.lines += 1;
                last.range.end = end;
            }
            _ => self.blocks.push(Block { first: number, lines: 1, range: at..end }),
        }
    }

    /// The run of lines that holds the byte `at` of the text.
    pub(super) fn block(&self, at: usize) -> Option<&Block> {
        self.blocks.iter().find(|block| block.range.contains(&at))
    }
}

/// The lines with marks and their neighbours, by number, without line ends. Blank neighbours at an edge are left out.
fn lines_around(source: &[u8], marks: &[Mark<'_>]) -> BTreeMap<u32, Range<usize>> {
    let mut lines = BTreeMap::new();
    let marked = |number: u32| marks.iter().any(|mark| mark.start.line == number);
    for mark in marks {
        let number = mark.start.line;
        let line = line_at(source, mark.start.offset as usize);
        if line.start > 0 && number > 1 {
            lines.insert(number - 1, line_at(source, line.start - 1));
        }
        if let Some(next) = memchr::memchr(b'\n', &source[line.end..]).map(|newline| line.end + newline + 1)
            && next < source.len()
        {
            lines.insert(number + 1, line_at(source, next));
        }
        lines.insert(number, line);
    }
    let blank = |line: &Range<usize>| source[line.clone()].trim_ascii().is_empty();
    let kept = lines.iter().filter(|(number, line)| {
        let inside = marked(number.saturating_sub(1)) && marked(*number + 1);
        marked(**number) || inside || !blank(line)
    });
    kept.map(|(number, line)| (*number, line.clone())).collect()
}

/// The line that holds `offset`, without its line end.
fn line_at(source: &[u8], offset: usize) -> Range<usize> {
    let offset = offset.min(source.len());
    let start = memchr::memrchr(b'\n', &source[..offset]).map_or(0, |newline| newline + 1);
    let end = memchr::memchr(b'\n', &source[offset..]).map_or(source.len(), |newline| offset + newline);
    let carriage_return = end > start && source[end - 1] == b'\r';
    start..end - usize::from(carriage_return)
}

/// The part of `mark` on the line where it starts.
fn span_on(line: &Range<usize>, mark: &Mark<'_>) -> Range<usize> {
    let start = (mark.start.offset as usize).clamp(line.start, line.end);
    start..(mark.end as usize).clamp(start, line.end)
}

/// One character of a line as it is shown.
struct Glyph {
    /// Offset in the source.
    offset: usize,
    shown: char,
    /// How many times it is shown: the width of a tab, otherwise 1.
    times: usize,
}

impl Glyph {
    fn columns(&self) -> usize {
        columns(self.shown) * self.times
    }
}

/// What must be seen of a line.
struct Focus {
    span: Range<usize>,
    /// Columns that the label needs to the right of the middle of the span.
    label: usize,
}

impl Focus {
    /// The mark, or the start of the line.
    fn new(line: &Range<usize>, mark: Option<&Mark<'_>>) -> Self {
        let Some(mark) = mark else { return Self { span: line.start..line.start, label: 0 } };
        let label = mark.label.chars().map(columns).sum::<usize>();
        let label = if label == 0 { 0 } else { LABEL_LEAD + label.min(NARROWEST) };
        Self { span: span_on(line, mark), label }
    }
}

/// The part of a line that is shown.
struct Cut {
    text: String,
    /// Offset in the source and in `text` of each character, and of the end.
    offsets: Vec<(usize, usize)>,
}

impl Cut {
    /// Cuts `line` to `width` columns so that `focus`, or its first part, is seen and its label has room.
    fn new(source: &[u8], line: &Range<usize>, focus: &Focus, width: usize, unicode: bool) -> Self {
        let near = near(source, line, focus.span.start, width);
        let glyphs = glyphs(source, &near, unicode);
        let (ellipsis, reserved) = if unicode { ("…", 1) } else { ("...", 3) };
        let fits = near == *line && glyphs.iter().map(Glyph::columns).sum::<usize>() <= width;
        let whole = fits && start_of_cut(&glyphs, focus, width) == 0;
        let mut room = if whole { width } else { width.saturating_sub(2 * reserved) };
        let from = if whole { 0 } else { start_of_cut(&glyphs, focus, room) };
        let mut cut = Self { text: String::new(), offsets: Vec::new() };
        if from > 0 || near.start > line.start {
            cut.text.push_str(ellipsis);
        }
        for glyph in &glyphs[from..] {
            cut.offsets.push((glyph.offset, cut.text.len()));
            if glyph.columns() > room {
                cut.text.push_str(ellipsis);
                return cut;
            }
            room -= glyph.columns();
            cut.text.extend(std::iter::repeat_n(glyph.shown, glyph.times));
        }
        cut.offsets.push((near.end, cut.text.len()));
        if near.end < line.end {
            cut.text.push_str(ellipsis);
        }
        cut
    }

    /// Where a span of the source is in the text; what was cut off is at the edge.
    fn map(&self, span: &Range<usize>) -> Range<usize> {
        let last = self.offsets.last().map_or(0, |(_, at)| *at);
        let start = match self.offsets.partition_point(|(offset, _)| *offset <= span.start) {
            0 => 0,
            after => self.offsets[after - 1].1,
        };
        let end = self.offsets.iter().find(|(offset, _)| *offset >= span.end).map_or(last, |(_, at)| *at);
        start..end.max(start)
    }
}

/// The bytes of `line` around `focus` that can matter when at most `width` columns are shown: a character has at most 4 bytes.
/// A cut character is left out.
fn near(source: &[u8], line: &Range<usize>, focus: usize, width: usize) -> Range<usize> {
    let boundary = |at: usize| (at..line.end).find(|at| source[*at] & 0xc0 != 0x80).unwrap_or(line.end);
    let start = focus.saturating_sub(4 * width).max(line.start);
    let end = (focus + 8 * width).min(line.end);
    let start = if start > line.start { boundary(start) } else { start };
    start..if end < line.end { boundary(end) } else { end }
}

fn glyphs(source: &[u8], range: &Range<usize>, unicode: bool) -> Vec<Glyph> {
    let mut glyphs = Vec::new();
    let mut offset = range.start;
    let mut column = 0;
    for chunk in source[range.clone()].utf8_chunks() {
        let valid = chunk.valid().chars().map(|char| (char, char.len_utf8()));
        let invalid = chunk.invalid().iter().map(|_| (char::REPLACEMENT_CHARACTER, 1));
        for (char, bytes) in valid.chain(invalid) {
            let (shown, times) = match char {
                '\t' => (' ', TAB - column % TAB),
                '\u{feff}' if offset == 0 => (' ', 0), // a byte order mark is not part of the text
                char::REPLACEMENT_CHARACTER => (stand_in(char, unicode), 1),
                hidden if is_hidden(hidden) => (stand_in(hidden, unicode), 1),
                plain => (plain, 1),
            };
            glyphs.push(Glyph { offset, shown, times });
            column += columns(shown) * times;
            offset += bytes;
        }
    }
    glyphs
}

/// The first glyph to show if `room` columns are shown: 0 if the focus is seen then, otherwise some way before it.
fn start_of_cut(glyphs: &[Glyph], focus: &Focus, room: usize) -> usize {
    let first = glyphs.iter().position(|glyph| glyph.offset >= focus.span.start).unwrap_or(glyphs.len());
    let before: usize = glyphs[..first].iter().map(Glyph::columns).sum();
    let marked = glyphs[first..].iter().take_while(|glyph| glyph.offset < focus.span.end);
    let wide = marked.map(Glyph::columns).sum::<usize>().max(1);
    let wide = wide.max(wide / 2 + focus.label);
    if before + wide <= room {
        return 0;
    }
    let rest: usize = glyphs[first..].iter().map(Glyph::columns).sum();
    let lead = room.saturating_sub(wide.max(rest.min(room - room / 3)));
    let mut columns = 0;
    let close = glyphs[..first].iter().rev().take_while(|glyph| {
        columns += glyph.columns();
        columns <= lead
    });
    first - close.count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::LineIndex;

    /// An excerpt of `source` around every needle.
    fn around(source: &str, needles: &[&str], width: usize) -> Excerpt {
        let index = LineIndex::new(source.as_bytes());
        let mark = |needle: &&str| {
            let at = u32::try_from(source.find(*needle).unwrap()).unwrap();
            let end = at + u32::try_from(needle.len()).unwrap();
            Mark { start: index.position(source.as_bytes(), at), end, label: "" }
        };
        let marks: Vec<_> = needles.iter().map(mark).collect();
        Excerpt::new(source.as_bytes(), &marks, width, true)
    }

    fn marked(excerpt: &Excerpt) -> Vec<&str> {
        excerpt.marks.iter().map(|mark| &excerpt.text[mark.range.clone()]).collect()
    }

    #[test]
    fn shows_a_line_before_and_after_and_joins_neighbours() {
        let excerpt = around("1\n2\n3 x\n4\n5 y\n6\n7\n8\n9 z", &["x", "y", "z"], 80);
        assert_eq!(excerpt.text, "2\n3 x\n4\n5 y\n6\n8\n9 z\n");
        let blocks: Vec<_> = excerpt.blocks.iter().map(|block| (block.first, block.lines)).collect();
        assert_eq!(blocks, [(2, 5), (8, 2)]);
        assert_eq!(marked(&excerpt), ["x", "y", "z"]);
    }

    #[test]
    fn blank_lines_at_the_edge_are_left_out() {
        assert_eq!(around("1\n\nx\n  \n5\n", &["x"], 80).text, "x\n");
        assert_eq!(around("x\n\ny\n", &["x", "y"], 80).text, "x\n\ny\n");
    }

    #[test]
    fn a_line_that_fits_is_not_cut() {
        assert_eq!(around("0123456789", &["5"], 10).text, "0123456789\n");
        assert_eq!(around("0123456789a", &["5"], 10).text, "01234567…\n");
        assert_eq!(around("0123456789a", &["a"], 10).text, "…3456789a\n");
    }

    #[test]
    fn cuts_around_the_mark_however_long_the_line_is() {
        let source = format!("{}NEEDLE{}\nnext\n", "é\t日 ".repeat(200_000), "x".repeat(1_000_000));
        let excerpt = around(&source, &["NEEDLE"], 60);
        assert_eq!(marked(&excerpt), ["NEEDLE"]);
        let line = excerpt.text.lines().next().unwrap();
        assert!(line.starts_with('…') && line.ends_with('…'), "{line}");
        assert!(line.chars().map(columns).sum::<usize>() <= 60, "{line}");
    }

    #[test]
    fn a_mark_that_is_cut_off_is_at_the_edge() {
        let source = format!("x{}y", " ".repeat(100));
        assert_eq!(around(&source, &["x", "y"], 20).marks[1].range, 18..18);
        assert_eq!(around(&source, &["y", "x"], 20).marks[1].range.start, 0);
    }

    #[test]
    fn of_several_lines_the_first_is_marked() {
        assert_eq!(marked(&around("a {\r\n  b\r\n}\r\n", &["a {\r\n  b\r\n}"], 80)), ["a {"]);
    }
}
