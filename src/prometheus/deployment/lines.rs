//! Text of any kind as lines and words with places: enough to find commands, images and flags in shell scripts, units,
//! YAML, Dockerfiles, Terraform and templates of all of these. Knows no exporter.

use crate::source::Span;

/// A line, without blanks and list dashes before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// What stands on it.
    pub(super) text: &'a str,
    /// Where that begins in the file.
    pub(super) start: usize,
    /// How many blanks and list dashes stand before it.
    pub(super) indent: usize,
    /// Whether it is an item of a list.
    pub(super) is_item: bool,
    /// Whether it is a comment, or empty.
    pub(super) is_silent: bool,
    /// Whether the next line goes on with the same command.
    pub(super) goes_on: bool,
}

/// A word: what stands between blanks, quotes, commas and brackets. `${...}` and `{{...}}` belong to words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl Word<'_> {
    pub(super) fn span(&self) -> Span {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span::new(offset(self.start), offset(self.start + self.text.len()))
    }
}

/// Longer lines, in bytes, are data: what stands around a word of one is looked at for each word.
const MAX_LINE: usize = 1 << 14;

/// The lines of a text.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut offset = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\n', '\r']);
        let mut rest = line.trim_start_matches([' ', '\t']);
        let mut is_item = false;
        while let Some(item) = rest.strip_prefix("- ") {
            is_item = true;
            rest = item.trim_start_matches(' ');
        }
        let indent = line.len() - rest.len();
        let is_data = rest.len() > MAX_LINE;
        let is_silent =
            is_data || rest.is_empty() || rest.starts_with('#') && !rest.starts_with("#{") || rest.starts_with("//");
        let body = if is_silent { rest } else { without_comment(rest) };
        let goes_on = body.trim_end().ends_with('\\');
        lines.push(Line { text: body, start: offset + indent, indent, is_item, is_silent, goes_on });
        offset += whole.len();
    }
    lines
}

/// Without what follows ` #`.
fn without_comment(line: &str) -> &str {
    line.find(" # ").map_or(line, |at| &line[..at])
}

impl<'a> Line<'a> {
    /// Its words.
    pub(super) fn words(&self) -> Vec<Word<'a>> {
        let mut words = Vec::new();
        let mut begin = None;
        let mut at = 0;
        let bytes = self.text.as_bytes();
        while at < bytes.len() {
            let hole = hole_length(&self.text[at..]);
            if hole > 0 {
                begin = begin.or(Some(at));
                at += hole;
                continue;
            }
            if self.text[at..].starts_with("$(") {
                // What is put in there has words of its own.
                self.push(&mut words, begin.take().or(Some(at)), at + 2);
                at += 2;
                continue;
            }
            let length = self.text[at..].chars().next().map_or(1, char::len_utf8);
            if is_separator(bytes[at]) {
                self.push(&mut words, begin.take(), at);
            } else {
                begin = begin.or(Some(at));
            }
            at += length;
        }
        self.push(&mut words, begin, at);
        words
    }

    fn push(&self, words: &mut Vec<Word<'a>>, begin: Option<usize>, end: usize) {
        if let Some(begin) = begin.filter(|begin| *begin < end) {
            words.push(Word { text: &self.text[begin..end], start: self.start + begin });
        }
    }

    /// Whether it is too long to be read: silent, whatever it says.
    pub(super) const fn is_data(&self) -> bool {
        self.text.len() > MAX_LINE
    }

    /// Whether it begins with what a template fills in, or with a directive of one.
    fn begins_with_directive(&self) -> bool {
        ["%{", "{%", "{{"].iter().any(|open| self.text.starts_with(open))
    }

    /// Whether it is nothing but that.
    fn is_directive(&self) -> bool {
        self.begins_with_directive() && self.text.ends_with('}')
    }

    /// The word before the first `:` or `=`, where the line begins with one: a key.
    pub(super) fn key(&self) -> Option<&'a str> {
        let end = self.text.find([':', '='])?;
        let key = self.text[..end].trim_matches([' ', '"', '\'']);
        let is_word =
            !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte));
        is_word.then_some(key)
    }
}

const fn is_separator(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t'
            | b'"'
            | b'\''
            | b'`'
            | b','
            | b'['
            | b']'
            | b'('
            | b')'
            | b'{'
            | b'}'
            | b';'
            | b'|'
            | b'<'
            | b'>'
            | b'\\'
    )
}

/// The length of the `${...}`, `{{...}}`, `{%...%}` or `%{...}` that `text` begins with; 0 where it begins with none.
fn hole_length(text: &str) -> usize {
    let close = if text.starts_with("{{") {
        "}}"
    } else if text.starts_with("{%") {
        "%}"
    } else if text.starts_with("${") || text.starts_with("%{") {
        "}"
    } else {
        return 0;
    };
    text.find(close).map_or(0, |at| at + close.len())
}

/// The keys among `words`, each with the first word of its value: of `key: value`, `key = value`, `"key": "value"` and
/// `key=value`.
pub(super) fn pairs<'a>(words: &[Word<'a>]) -> Vec<(&'a str, Word<'a>)> {
    let mut pairs = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if let Some((key, value)) =
            word.text.split_once('=').filter(|(key, value)| !key.is_empty() && !value.is_empty())
        {
            pairs.push((key, Word { text: value, start: word.start + key.len() + 1 }));
            continue;
        }
        let mut rest = &words[at + 1..];
        let key = word.text.trim_end_matches([':', '=']);
        if key.len() == word.text.len() {
            match rest.split_first() {
                Some((sign, others)) if matches!(sign.text, ":" | "=") => rest = others,
                _ => continue,
            }
        }
        pairs.extend(rest.first().filter(|_| !key.is_empty()).map(|value| (key, *value)));
    }
    pairs
}

/// The words of the mapping that `word` on line `index` belongs to: of the braces around it, or else of its block.
pub(super) fn mapping<'a>(lines: &[Line<'a>], index: usize, word: Word<'_>) -> Vec<Word<'a>> {
    let line = &lines[index];
    if let Some((from, to)) = braces(line.text, word.start - line.start) {
        let is_inside = |word: &Word<'_>| (from..to).contains(&(word.start - line.start));
        return line.words().into_iter().filter(is_inside).collect();
    }
    block(lines, index).iter().filter(|line| !line.is_silent).flat_map(Line::words).collect()
}

/// What the mapping that `word` on line `index` belongs to is called: the key above it, and names in it.
pub(super) fn names_of(lines: &[Line<'_>], index: usize, word: Word<'_>) -> Vec<String> {
    let line = &lines[index];
    let above = match braces(line.text, word.start - line.start) {
        Some((from, _)) => line.text[..from].trim_end().strip_suffix([':', '=']).map(|front| {
            let begin = front.rfind(|letter: char| letter.is_whitespace() || matches!(letter, '{' | '"' | '\''));
            &front[begin.map_or(0, |at| at + 1)..]
        }),
        None => {
            let mut before = lines[..index].iter().rev().filter(|other| !other.is_silent);
            before.find(|other| other.indent < line.indent).and_then(Line::key)
        }
    };
    let words = mapping(lines, index, word);
    let named = pairs(&words).into_iter().filter(|(key, _)| *key == "name").map(|(_, name)| name.text);
    named.chain(above).map(str::to_owned).collect()
}

/// Where the braces around place `at` of `text` begin and end.
fn braces(text: &str, at: usize) -> Option<(usize, usize)> {
    let closes = |bytes: &mut dyn Iterator<Item = (usize, u8)>, open: u8, close: u8| {
        let mut depth = 0_u32;
        for (at, byte) in bytes {
            if byte == open {
                depth += 1;
            } else if byte == close {
                match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return Some(at),
                }
            }
        }
        None
    };
    let bytes = text.as_bytes();
    let from = closes(&mut bytes[..at].iter().copied().enumerate().rev(), b'}', b'{')?;
    let to = closes(&mut bytes.iter().copied().enumerate().skip(at), b'{', b'}')?;
    Some((from, to))
}

/// The lines of the command that line `index` belongs to: those before it that go on, itself, and those it goes on with.
/// Directives of templates do not end it.
pub(super) fn command<'l, 'a>(lines: &'l [Line<'a>], index: usize) -> &'l [Line<'a>] {
    let mut first = index;
    for (at, line) in lines[..index].iter().enumerate().rev() {
        if line.goes_on {
            first = at;
        } else if !line.is_directive() {
            break;
        }
    }
    let mut end = index + 1;
    let mut goes_on = lines[index].goes_on;
    while goes_on && end < lines.len() {
        goes_on = lines[end].goes_on || lines[end].is_directive();
        end += 1;
    }
    &lines[first..end]
}

/// The lines of the block that line `index` stands in: around it, down to a line that is indented less, or that begins
/// the next item of a list. Directives of templates (`%{ if }`) belong to the block they stand in.
pub(super) fn block<'l, 'a>(lines: &'l [Line<'a>], index: usize) -> &'l [Line<'a>] {
    let indent = lines[index].indent;
    let is_inside = |line: &&Line<'_>| line.is_silent || line.indent >= indent || line.begins_with_directive();
    let mut first = index;
    if !lines[index].is_item {
        for (at, line) in lines[..index].iter().enumerate().rev() {
            if !is_inside(&line) {
                break;
            }
            first = at;
            if line.is_item && line.indent == indent {
                break;
            }
        }
    }
    let after = lines[index + 1..].iter();
    let count = after.take_while(|line| is_inside(line) && !(line.is_item && line.indent == indent)).count();
    &lines[first..=index + count]
}
