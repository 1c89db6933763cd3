//! Writes blocks, arguments and comments with the columns that `terraform fmt` gives them.

use std::fmt::Write;

use crate::config::located::{Entry, Located, Origin};
use crate::config::value::Literal;
use crate::diagnostic::Location;

/// A list that would be wider is written one element per line.
const WIDEST: usize = 72;

/// One line of a run of arguments, whose equals signs and comments stand in columns.
struct Line {
    key: String,
    value: String,
    comment: String,
}

/// Text in the making.
pub(super) struct Writer<'a> {
    text: String,
    depth: usize,
    run: Vec<Line>,
    /// Whether the block being written has anything in it, or must be there without.
    has_content: bool,
    place: &'a dyn Fn(Location) -> String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(place: &'a dyn Fn(Location) -> String) -> Self {
        Self { text: String::new(), depth: 0, run: Vec::new(), has_content: false, place }
    }

    pub(super) fn finish(mut self) -> String {
        self.flush();
        self.text
    }

    /// Has the current block written even when nothing is in it.
    pub(super) fn keep(&mut self) {
        self.has_content = true;
    }

    // ---- arguments ----

    pub(super) fn value<T>(&mut self, key: &str, value: &Located<T>, text: impl Fn(&T) -> String) {
        let comment = self.comment(value.origin);
        self.line(key.to_owned(), text(&value.value), comment);
    }

    pub(super) fn optional<T>(&mut self, key: &str, value: Option<&Located<T>>, text: impl Fn(&T) -> String) {
        if let Some(value) = value {
            self.value(key, value, text);
        }
    }

    /// On one line when it fits there and has one origin; nothing when there are no elements.
    pub(super) fn list<T>(&mut self, key: &str, values: &[Located<T>], text: impl Fn(&T) -> String) {
        let elements: Vec<(String, String)> =
            values.iter().map(|value| (text(&value.value), self.comment(value.origin))).collect();
        let Some((_, comment)) = elements.first() else { return };
        let joined = elements.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(", ");
        if joined.len() <= WIDEST && elements.iter().all(|(_, other)| other == comment) {
            return self.line(key.to_owned(), format!("[{joined}]"), comment.clone());
        }
        self.open(&format!("{key} = ["));
        for (text, comment) in elements {
            self.line(String::new(), format!("{text},"), comment);
        }
        self.close("]");
    }

    /// One line for each key; nothing when there are none.
    pub(super) fn map<K, V>(
        &mut self,
        key: &str,
        entries: &[Entry<K, V>],
        name: impl Fn(&K) -> String,
        text: impl Fn(&V) -> String,
    ) {
        if entries.is_empty() {
            return;
        }
        self.open(&format!("{key} = {{"));
        for entry in entries {
            let comment = self.comment(entry.value.origin);
            self.line(name(&entry.key), text(&entry.value), comment);
        }
        self.close("}");
    }

    // ---- blocks ----

    /// A block; nothing of it when it stays empty.
    pub(super) fn block(&mut self, head: &str, write: impl FnOnce(&mut Self)) {
        self.flush();
        let (length, had_content) = (self.text.len(), std::mem::take(&mut self.has_content));
        if !self.text.is_empty() && !self.text.ends_with("{\n") {
            self.text.push('\n');
        }
        self.open(&format!("{head} {{"));
        self.has_content = false;
        write(self);
        let is_kept = self.has_content;
        self.close("}");
        if !is_kept {
            self.text.truncate(length);
        }
        self.has_content = had_content || is_kept;
    }

    /// Text as it is.
    pub(super) fn verbatim(&mut self, text: &str) {
        self.flush();
        self.keep();
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    // ---- lines ----

    fn comment(&self, origin: Origin) -> String {
        let text = match origin {
            Origin::Default => "default".to_owned(),
            Origin::Preset { name, .. } => format!("preset {name}"),
            Origin::File(location) => (self.place)(location),
        };
        text.replace(char::is_control, " ")
    }

    fn line(&mut self, key: String, value: String, comment: String) {
        self.has_content = true;
        self.run.push(Line { key, value, comment });
    }

    fn open(&mut self, head: &str) {
        self.flush();
        self.has_content = true;
        self.indent();
        self.text.push_str(head);
        self.text.push('\n');
        self.depth += 1;
    }

    fn close(&mut self, tail: &str) {
        self.flush();
        self.depth = self.depth.saturating_sub(1);
        if self.text.ends_with("{\n") {
            self.text.pop(); // nothing inside
        } else {
            self.indent();
        }
        self.text.push_str(tail);
        self.text.push('\n');
    }

    fn indent(&mut self) {
        self.text.push_str(&"  ".repeat(self.depth));
    }

    fn flush(&mut self) {
        let run = std::mem::take(&mut self.run);
        let key_width = run.iter().map(|line| line.key.chars().count()).max().unwrap_or(0);
        let value_width = run.iter().map(|line| line.value.chars().count()).max().unwrap_or(0).min(WIDEST);
        for Line { key, value, comment } in run {
            self.indent();
            if !key.is_empty() {
                let _ = write!(self.text, "{key:key_width$} = ");
            }
            let _ = writeln!(self.text, "{value:value_width$}  # {comment}");
        }
    }
}

/// A string in quotes.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' | '%' if letters.peek() == Some(&'{') => quoted.extend([letter, letter]),
            letter if letter.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// A literal value on one line.
pub(super) fn literal(value: &Literal) -> String {
    match value {
        Literal::Bool(value) => value.to_string(),
        Literal::Number(text) => text.clone(),
        Literal::Text(text) => quote(text),
        Literal::List(elements) => {
            format!("[{}]", elements.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        Literal::Object(entries) => {
            braces(entries.iter().map(|(name, value)| format!("{} = {}", quote(name), literal(value))))
        }
    }
}

/// An object on one line.
pub(super) fn braces(entries: impl Iterator<Item = String>) -> String {
    let entries: Vec<String> = entries.collect();
    if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
}
