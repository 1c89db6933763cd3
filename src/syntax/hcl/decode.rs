//! The value of literal text: escapes, strip markers and the indentation that `<<-` takes.

use std::borrow::Cow;

use super::tree::Quoting;

/// What is cut from a literal beside decoding its escapes.
#[derive(Clone, Copy)]
pub(super) struct Trim {
    /// A strip marker stands before it.
    pub(super) trim_start: bool,
    /// A strip marker stands after it.
    pub(super) trim_end: bool,
    /// Blanks to take from the start of each line.
    pub(super) indent: u32,
    /// Whether the literal begins at the start of a line.
    pub(super) at_line_start: bool,
}

/// The value of a block label, written bare or in quotes.
pub(super) fn label(text: &str) -> Cow<'_, str> {
    match without_quotes(text) {
        inner if inner.len() < text.len() => unescape(inner),
        bare => Cow::Borrowed(bare),
    }
}

/// What is between the quotes of a label; all of it where there are none.
pub(super) fn without_quotes(text: &str) -> &str {
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

/// The value of literal text in a template.
pub(super) fn literal(text: &str, quoting: Quoting, trim: Trim) -> Cow<'_, str> {
    match quoting {
        Quoting::Quoted => {
            let mut value = unescape(text);
            if trim.trim_start {
                value = Cow::Owned(value.trim_start().to_owned());
            }
            if trim.trim_end {
                value = Cow::Owned(value.trim_end().to_owned());
            }
            value
        }
        Quoting::Heredoc if trim.indent == 0 && !trim.trim_start && !trim.trim_end => unescape_sequences(text),
        Quoting::Heredoc => Cow::Owned(heredoc(text, trim)),
    }
}

/// In a heredoc every line is a literal of its own, so a strip marker takes white space of one line only. What it took
/// is gone before indentation is looked at: after a line break that was taken no line begins.
fn heredoc(text: &str, trim: Trim) -> String {
    let mut value = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n').peekable();
    let Trim { mut trim_start, mut at_line_start, .. } = trim;
    while let Some(mut line) = lines.next() {
        if std::mem::take(&mut trim_start) {
            line = line.trim_start();
        }
        if trim.trim_end && lines.peek().is_none() {
            line = line.trim_end();
        }
        let ends_line = line.ends_with('\n');
        if at_line_start && !(ends_line && line.trim_start().is_empty()) {
            line = without_indent(line, trim.indent);
        }
        at_line_start = ends_line;
        value.push_str(&unescape_sequences(line));
    }
    value
}

/// The line without its first `indent` blanks.
fn without_indent(line: &str, indent: u32) -> &str {
    let blanks = line.chars().take(indent as usize).take_while(|c| c.is_whitespace());
    &line[blanks.map(char::len_utf8).sum()..]
}

/// `$${` is `${` and `%%{` is `%{`.
fn unescape_sequences(text: &str) -> Cow<'_, str> {
    if memchr::memchr2(b'$', b'%', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    if text.contains("$${") || text.contains("%%{") {
        Cow::Owned(text.replace("$${", "${").replace("%%{", "%{"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Backslash escapes and doubled sequence starts. Escapes that are not allowed stay as they are: they were reported.
fn unescape(text: &str) -> Cow<'_, str> {
    match memchr::memchr3(b'\\', b'$', b'%', text.as_bytes()) {
        None => return Cow::Borrowed(text),
        Some(_) if memchr::memchr(b'\\', text.as_bytes()).is_none() => return unescape_sequences(text),
        Some(_) => {}
    }
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        value.push_str(&unescape_sequences(&rest[..at]));
        let (decoded, length) = escape(&rest[at..]);
        value.push_str(&decoded);
        rest = &rest[at + length..];
    }
    value.push_str(&unescape_sequences(rest));
    Cow::Owned(value)
}

/// The value of the escape that `text` begins with, and its length in bytes.
fn escape(text: &str) -> (String, usize) {
    let mut chars = text.chars();
    chars.next();
    let simple = |value: &str| (value.to_owned(), 2);
    match chars.next() {
        Some('n') => simple("\n"),
        Some('r') => simple("\r"),
        Some('t') => simple("\t"),
        Some('"') => simple("\""),
        Some('\\') => simple("\\"),
        Some('u') => unicode(text, 4),
        Some('U') => unicode(text, 8),
        Some(other) => (format!("\\{other}"), 1 + other.len_utf8()),
        None => ("\\".to_owned(), 1),
    }
}

/// A code point of `digits` hexadecimal digits; what is none becomes the replacement character, as in Go.
fn unicode(text: &str, digits: usize) -> (String, usize) {
    let Some(number) = text.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok()) else {
        return (text[..2].to_owned(), 2);
    };
    (char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER).to_string(), 2 + digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::hcl::{Document, parse};

    #[test]
    fn a_file_without_escapes_needs_no_decoding() {
        let texts =
            ["", "a", "$", "50%", "$$", "$$$", "%%", "$ {", "a$${b}", "%%{x}", "$$${x}", "\\n", "a\\\\$", "\\u0041"];
        for text in texts {
            let file = format!("b \"{text}\" bare {{\n  x = \"{text}\"\n}}\n");
            let tree = parse(file.as_bytes());
            assert!(tree.errors.is_empty(), "{file}");
            let block = Document::new(&tree, file.as_bytes()).root().blocks().next().unwrap();
            let trim = Trim { trim_start: false, trim_end: false, indent: 0, at_line_start: false };
            let value = literal(text, Quoting::Quoted, trim);
            assert_eq!(block.labels().collect::<Vec<_>>(), [value.clone(), "bare".into()]);
            assert_eq!(block.label(0), Some(label(&format!("\"{text}\""))));
            assert_eq!(block.body().value("x").unwrap().as_string(), Some(value));
        }
    }
}
