//! The YAML that most rule files are written in, read line by line at many times the speed of the full parser: block
//! mappings and sequences, values that stand on one line, literal blocks, comments. Gives up at the first byte that
//! might mean anything else, and never reports an error; the caller then asks [`super::events`]. Both must give the
//! same tree, which the tests hold it to.

use std::borrow::Cow;

use super::events::{Event, Properties};
use super::tree::Style;
use crate::source::Span;

/// Collections nested deeper than this are left to the full parser.
const MAX_DEPTH: usize = 40;
/// Keys longer than this, in bytes, are left to the full parser, which knows when a key is too long.
const LONGEST_KEY: usize = 500;

/// Reads `text` into `emit`. Nothing when this is not the place to read it; what was emitted is then void.
pub(super) fn read<'s>(text: &'s str, emit: impl FnMut(Event<'s>, Span)) -> Option<()> {
    is_ordinary(text).then_some(())?;
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, line: 0, column: None, depth: 0, emit };
    reader.skip_to_content();
    let start = reader.at;
    let explicit = reader.rest().starts_with(b"---\n");
    if explicit {
        reader.at += 3;
        reader.end_line()?;
    }
    reader.column?;
    (reader.emit)(Event::DocumentStart { explicit }, Span::from(start..start + if explicit { 3 } else { 0 }));
    reader.collection()?;
    reader.column.is_none().then_some(())?;
    (reader.emit)(Event::DocumentEnd, Span::from(reader.at..reader.at));
    Some(())
}

/// Whether all characters are plain ones: no tabs, carriage returns, byte order marks, exotic line breaks or controls.
fn is_ordinary(text: &str) -> bool {
    let is_plain = |byte: u8| (b' '..0x7f).contains(&byte) || byte == b'\n';
    if text.bytes().fold(true, |all, byte| all & is_plain(byte)) {
        return true;
    }
    let is_exotic = |c: char| {
        c != '\n' && c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    !text.contains(is_exotic)
}

struct Reader<'s, E> {
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
    /// Where the current line starts.
    line: usize,
    /// The column of what comes next; nothing at the end of the text.
    column: Option<usize>,
    depth: usize,
    emit: E,
}

/// A value on one line.
struct Value<'s> {
    text: Cow<'s, str>,
    style: Style,
    span: Span,
    /// Whether a `:` follows that makes it a key.
    is_key: bool,
}

impl<'s, E: FnMut(Event<'s>, Span)> Reader<'s, E> {
    fn rest(&self) -> &'s [u8] {
        &self.bytes[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    fn line_end(&self) -> usize {
        memchr::memchr(b'\n', self.rest()).map_or(self.bytes.len(), |length| self.at + length)
    }

    /// From the start of a line to the next thing that is neither blank nor comment.
    fn skip_to_content(&mut self) {
        loop {
            self.skip_blanks();
            match self.peek() {
                None => {
                    self.column = None;
                    return;
                }
                Some(b'\n') => {}
                Some(b'#') => self.comment(),
                Some(_) => {
                    self.column = Some(self.at - self.line);
                    return;
                }
            }
            self.at = (self.at + 1).min(self.bytes.len());
            self.line = self.at;
        }
    }

    fn comment(&mut self) {
        let end = self.line_end();
        (self.emit)(Event::Comment, Span::from(self.at..end));
        self.at = end;
    }

    /// What may follow a value on its line, and on to the next content.
    fn end_line(&mut self) -> Option<()> {
        let after = self.at;
        self.skip_blanks();
        match self.peek() {
            None | Some(b'\n') => {}
            Some(b'#') if self.at > after => self.comment(),
            _ => return None,
        }
        if self.peek().is_some() {
            self.at += 1;
        }
        self.line = self.at;
        self.skip_to_content();
        Some(())
    }

    /// A `- ` that begins an item. An item on a line below its `-` is left to the full parser.
    fn is_item(&self) -> bool {
        self.rest().starts_with(b"- ")
    }

    /// A sequence or mapping in the current column.
    fn collection(&mut self) -> Option<()> {
        if self.is_item() {
            return self.sequence(self.at);
        }
        let key = self.value()?;
        if key.is_key { self.mapping(key) } else { None }
    }

    fn sequence(&mut self, start: usize) -> Option<()> {
        let column = self.column;
        self.open(|properties| Event::SequenceStart { flow: false, properties }, start)?;
        while self.column == column && self.is_item() {
            self.at += 1;
            self.skip_blanks();
            self.column = Some(self.at - self.line);
            if self.is_item() {
                self.sequence(self.at)?;
                continue;
            }
            let value = self.value()?;
            if value.is_key {
                self.mapping(value)?;
            } else {
                self.scalar(value);
                self.end_line()?;
            }
        }
        self.close(column)
    }

    /// A mapping whose first key was read.
    fn mapping(&mut self, first: Value<'s>) -> Option<()> {
        let column = self.column;
        self.open(|properties| Event::MappingStart { flow: false, properties }, first.span.start as usize)?;
        let mut key = first;
        loop {
            (key.span.len() as usize <= LONGEST_KEY).then_some(())?;
            self.scalar(key);
            self.at += 1;
            self.mapped(column)?;
            if self.column != column {
                return self.close(column);
            }
            // A `- ` here is no key, nor is anything that `value` does not know.
            key = self.value().filter(|value| value.is_key)?;
        }
    }

    /// The value behind the `:` of a key in `column`.
    fn mapped(&mut self, column: Option<usize>) -> Option<()> {
        let colon_end = self.at;
        self.skip_blanks();
        match self.peek() {
            Some(b'|') => self.literal(column?),
            None | Some(b'\n' | b'#') => {
                self.end_line_from(colon_end)?;
                if self.column > column {
                    return self.collection();
                }
                if self.column == column && self.is_item() {
                    // The full parser lets a sequence that is not indented begin behind its first `- `.
                    let blanks = self.rest()[1..].iter().take_while(|byte| **byte == b' ').count();
                    return self.sequence(self.at + 1 + blanks);
                }
                let span = Span::from(colon_end..colon_end);
                self.scalar(Value { text: Cow::Borrowed(""), style: Style::Plain, span, is_key: false });
                Some(())
            }
            Some(_) => {
                let value = self.value().filter(|value| !value.is_key)?;
                self.scalar(value);
                self.end_line()
            }
        }
    }

    fn end_line_from(&mut self, at: usize) -> Option<()> {
        self.at = at;
        self.end_line()
    }

    fn open(&mut self, event: impl FnOnce(Properties) -> Event<'s>, start: usize) -> Option<()> {
        self.depth += 1;
        (self.emit)(event(Properties::default()), Span::from(start..start));
        (self.depth <= MAX_DEPTH).then_some(())
    }

    /// Ends the collection in `column`. What follows must belong to one around it.
    fn close(&mut self, column: Option<usize>) -> Option<()> {
        self.depth -= 1;
        (self.emit)(Event::CollectionEnd, Span::from(self.at..self.at));
        (self.column <= column).then_some(())
    }

    fn scalar(&mut self, value: Value<'s>) {
        let Value { text, style, span, .. } = value;
        (self.emit)(Event::Scalar { value: text, style, indent: None, properties: Properties::default() }, span);
    }

    // ---- values ----

    /// A plain or quoted value on one line, up to the `:` behind it if it is a key.
    fn value(&mut self) -> Option<Value<'s>> {
        let rest = self.rest();
        if self.at == self.line && (rest.starts_with(b"---") || rest.starts_with(b"...")) {
            return None;
        }
        let mut value = match rest.first()? {
            b'"' => self.double_quoted()?,
            b'\'' => self.single_quoted()?,
            b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'%' | b'@' | b'`' | b'?' | b':'
            | b'#' => return None,
            b'-' if matches!(rest.get(1), None | Some(b' ' | b'\n')) => return None,
            _ => self.plain(),
        };
        self.at = value.span.end as usize;
        // Blanks between a key and its colon are rare enough for the full parser: this is then no key.
        value.is_key = matches!(self.rest(), [b':'] | [b':', b' ' | b'\n', ..]);
        Some(value)
    }

    /// Up to `: `, ` #` or the end of the line. Further lines are for the full parser: they are deeper than anything
    /// that may follow.
    fn plain(&self) -> Value<'s> {
        let line = &self.bytes[self.at..self.line_end()];
        let mut length = line.len();
        let mut from = 0;
        while let Some(offset) = memchr::memchr2(b':', b'#', &line[from..]) {
            let at = from + offset;
            let ends = match line[at] {
                b':' => matches!(line.get(at + 1), None | Some(b' ')),
                _ => line[at - 1] == b' ',
            };
            if ends {
                length = at;
                break;
            }
            from = at + 1;
        }
        let kept = line[..length].trim_ascii_end().len();
        let span = self.at..self.at + kept;
        Value {
            text: Cow::Borrowed(&self.text[span.clone()]),
            style: Style::Plain,
            span: Span::from(span),
            is_key: false,
        }
    }

    fn single_quoted(&self) -> Option<Value<'s>> {
        let line = &self.text[self.at..self.line_end()];
        let mut end = 1;
        let mut doubled = false;
        loop {
            end += memchr::memchr(b'\'', line.as_bytes().get(end..)?)?;
            if line.as_bytes().get(end + 1) != Some(&b'\'') {
                break;
            }
            doubled = true;
            end += 2;
        }
        let inner = &line[1..end];
        let text = if doubled { Cow::Owned(inner.replace("''", "'")) } else { Cow::Borrowed(inner) };
        Some(Value { text, style: Style::SingleQuoted, span: Span::from(self.at..self.at + end + 1), is_key: false })
    }

    fn double_quoted(&self) -> Option<Value<'s>> {
        let line = &self.text[self.at..self.line_end()];
        let mut from = 1;
        let mut decoded = String::new();
        loop {
            let end = from + memchr::memchr2(b'"', b'\\', line.as_bytes().get(from..)?)?;
            if line.as_bytes()[end] == b'"' {
                let text = if from == 1 {
                    Cow::Borrowed(&line[1..end])
                } else {
                    decoded.push_str(&line[from..end]);
                    Cow::Owned(decoded)
                };
                let span = Span::from(self.at..self.at + end + 1);
                return Some(Value { text, style: Style::DoubleQuoted, span, is_key: false });
            }
            if from == 1 {
                decoded.reserve(line.len());
            }
            decoded.push_str(&line[from..end]);
            decoded.push(match line.as_bytes().get(end + 1)? {
                b'n' => '\n',
                b't' => '\t',
                b'r' => '\r',
                b'"' => '"',
                b'\\' => '\\',
                _ => return None,
            });
            from = end + 2;
        }
    }

    /// `|`, `|-` or `|+` and the lines below it, which are deeper than `parent`.
    fn literal(&mut self, parent: usize) -> Option<()> {
        let header = &self.rest()[1..self.line_end() - self.at];
        let chomp = match header.trim_ascii_end() {
            b"" => None,
            [sign @ (b'-' | b'+')] => Some(*sign),
            _ => return None,
        };
        self.at = self.line_end();
        let mut lines = Lines { text: self.text, at: self.at + 1, indent: None };
        let mut value = String::new();
        let (mut kept, mut span) = (0, None);
        while let Some(line) = lines.next(parent)? {
            value.push_str(line);
            if !line.trim_ascii().is_empty() {
                kept = value.len();
                let end = lines.at - 1;
                span = Some(Span::from(span.map_or(end + 1 - line.len(), |span: Span| span.start as usize)..end));
            }
        }
        match chomp {
            None => value.truncate(kept),
            Some(b'-') => value.truncate(kept.saturating_sub(1)),
            Some(_) => {}
        }
        let event = Event::Scalar {
            value: Cow::Owned(value),
            style: Style::Literal,
            indent: lines.indent.and_then(|indent| u32::try_from(indent).ok()),
            properties: Properties::default(),
        };
        (self.emit)(event, span?);
        (self.at, self.line) = (lines.at, lines.at);
        self.skip_to_content();
        (self.column <= Some(parent)).then_some(())
    }
}

/// The lines of a literal block.
struct Lines<'s> {
    text: &'s str,
    at: usize,
    /// The indentation of the first line that is not blank.
    indent: Option<usize>,
}

impl<'s> Lines<'s> {
    /// The next line with its line break and without the indentation; nothing inside at the end of the block.
    fn next(&mut self, parent: usize) -> Option<Option<&'s str>> {
        let rest = &self.text[self.at.min(self.text.len())..];
        if rest.is_empty() {
            return Some(None);
        }
        let line = &rest[..memchr::memchr(b'\n', rest.as_bytes())? + 1];
        let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
        let is_blank = spaces + 1 == line.len();
        if is_blank {
            // Blanks beyond the indentation are text, and before the first line an error.
            if self.indent.map_or(spaces > 0, |indent| spaces > indent) {
                return None;
            }
            self.at += line.len();
            return Some(Some("\n"));
        }
        let indent = *self.indent.get_or_insert(spaces);
        if spaces < indent {
            return if spaces <= parent { Some(None) } else { None };
        }
        if indent <= parent {
            return None;
        }
        self.at += line.len();
        Some(Some(&line[indent..]))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::build::{parse, parse_fully};
    use super::*;

    fn is_read(text: &str) -> bool {
        read(text, |_, _| {}).is_some()
    }

    /// Whether it was read here; the tree is the same either way.
    fn agrees(text: &str) -> bool {
        let (quick, full) = (parse(text.as_bytes()), parse_fully(text.as_bytes()));
        assert_eq!(format!("{quick:#?}"), format!("{full:#?}"), "{text}");
        let borrows = |stream: &super::super::Stream<'_>| {
            let nodes = stream.nodes.iter();
            let borrowed = nodes.map(|node| match &node.content {
                super::super::tree::Content::Scalar(scalar) => matches!(scalar.value, Cow::Borrowed(_)),
                _ => false,
            });
            borrowed.collect::<Vec<_>>()
        };
        assert_eq!(borrows(&quick), borrows(&full), "{text}");
        is_read(text)
    }

    #[test]
    fn reads_what_rule_files_are_made_of() {
        for text in [
            "groups:\n- name: disk\n  rules:\n  - alert: Full\n    expr: a > 1 # why\n    for: 5m\n",
            "---\n# top\n\ngroups:\n\n  - name: 'it''s'\n    interval:\n    rules:\n      - expr: |\n          sum(a)\n            by (b)\n\n          > 1\n\n        record: \"a:b \\\"x\\\"\\n\"\n# end",
            "a: |-\n  x\n  y\nb: |+\n  z\n\n\nc: http://x:80/#a\n\"d\": 1\nd:\n",
            "- - a\n  - b: -1\n    c: ünï\n- d\n",
            "a:\nb:\n- x\n- y\nc:   \n  d: e\n  f:\n",
        ] {
            assert!(agrees(text), "{text}");
        }
    }

    #[test]
    fn leaves_the_rest_alone() {
        for text in [
            "",
            "# c\n",
            "a",
            "a: b: c\n",
            "a: b\n  c\n",
            "a: [b]\n",
            "a: {b: c}\n",
            "a: &x b\n",
            "a: *x\n",
            "a: !!str b\n",
            "a: 'b\n  c'\n",
            "a: >\n  b\n",
            "a: |2\n   b\n",
            "a: |\n  b",
            "a: |\n",
            "-\n  a\n",
            "? a\n",
            "a: 1\n---\nb: 2\n",
            "a: 1\r\n",
            "\ta: 1\n",
            "a: 1\n b: 2\n",
            "  a: 1\n b: 2\n",
            "a: \"\\x41\"\n",
            "a: 'b'c\n",
            "a: 1\n- b\n",
            "--- a: 1\n",
            "- a\nb: c\n",
            "a: |\n   \n  b\n",
            "a: |\n  b\n    \n",
            "a: |\n   b\n  c\n",
            "a: b #\n...\n",
            "\u{feff}a: 1\n",
            "a: @b\n",
            "\"a\" : b\n",
            "'' :\n",
            "- '' : b\n",
            "a: '' : b\n",
            "a :\n",
        ] {
            assert!(!agrees(text), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn both_parsers_agree(lines in prop::collection::vec(("[ ]{0,6}", prop_oneof![
            "(- ){0,2}[a-c\"'#|:é-]{1,3}: ?[a-c'\"|>+# :{\\\\n-]{0,6}",
            Just("- a: |\n".to_owned()), Just("b: |-".to_owned()), Just("c:".to_owned()), Just("- d".to_owned()), Just(String::new()),
            "[a-c#:' -]{0,5}",
        ]), 0..9), end: bool) {
            let mut text = lines.iter().map(|(indent, line)| format!("{indent}{line}")).collect::<Vec<_>>().join("\n");
            if end {
                text.push('\n');
            }
            agrees(&text);
        }

        #[test]
        fn indented_lines_agree(lines in prop::collection::vec((0usize..4, 0usize..8), 1..12)) {
            const LINES: [&str; 8] = ["a: 1", "- b: x y", "c:", "d: |", "- e", "'f': \"g\\n\" # h", "# i", "i # j"];
            let text: String = lines.iter().map(|(indent, line)| format!("{:1$}{2}\n", "", indent * 2, LINES[*line])).collect();
            agrees(&text);
        }
    }
}
