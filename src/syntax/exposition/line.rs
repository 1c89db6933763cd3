//! One line of a dump. Knows nothing of other lines.

use super::{Sample, Type, offset};
use crate::source::Span;
use crate::suggest;
use crate::syntax::SyntaxError;

/// What a line says. Spans are of the whole line.
pub(super) enum Line<'a> {
    Empty,
    /// `# EOF`
    End,
    Comment(&'a str, Span),
    Help(String, String, Span),
    Unit(String, String, Span),
    Type(String, Type, Span),
    Sample(Sample),
}

/// A place in a line.
pub(super) struct Cursor<'a> {
    text: &'a str,
    /// Where the line starts in the file.
    start: u32,
    at: usize,
}

type Result<T> = std::result::Result<T, SyntaxError>;

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, start: u32) -> Self {
        Self { text, start, at: 0 }
    }

    /// Reads the line.
    pub(super) fn line(&mut self) -> Result<Line<'a>> {
        self.blanks();
        match self.peek() {
            None => Ok(Line::Empty),
            Some('#') => self.comment(),
            Some(_) => self.sample().map(Line::Sample),
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, letter: char) -> bool {
        let found = self.peek() == Some(letter);
        if found {
            self.at += letter.len_utf8();
        }
        found
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
    }

    /// Everything up to the next blank.
    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let length = rest.find([' ', '\t']).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn span(&self, from: usize, to: usize) -> Span {
        Span::new(self.start.saturating_add(offset(from)), self.start.saturating_add(offset(to)))
    }

    fn whole(&self) -> Span {
        self.span(0, self.text.len())
    }

    /// An error at the next word, or after the line's end.
    fn error_here(&self, message: impl Into<String>) -> SyntaxError {
        let rest = self.rest();
        let length = rest.find([' ', '\t', ',', '}']).unwrap_or(rest.len());
        let length = if length == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { length };
        SyntaxError::new(self.span(self.at, self.at + length), message)
    }

    fn comment(&mut self) -> Result<Line<'a>> {
        let hash = self.at;
        self.at += 1;
        let text = self.rest().trim_matches([' ', '\t']);
        if text == "EOF" && hash == 0 && self.text == "# EOF" {
            return Ok(Line::End);
        }
        self.blanks();
        let keyword = self.word();
        if !matches!(keyword, "HELP" | "TYPE" | "UNIT") {
            return Ok(Line::Comment(text, self.whole()));
        }
        self.blanks();
        if self.peek().is_none() {
            return Ok(Line::Comment(text, self.whole()));
        }
        let name = self.name(&format!("`# {keyword}`"))?;
        if !matches!(self.peek(), None | Some(' ' | '\t')) {
            return Err(self.error_here("a blank follows the name of a metric"));
        }
        self.blanks();
        let span = self.whole();
        match keyword {
            "HELP" => Ok(Line::Help(name, unescape_help(self.rest()), span)),
            "UNIT" => Ok(Line::Unit(name, self.rest().trim_end().to_owned(), span)),
            _ => {
                let kind = self.rest().trim_end_matches([' ', '\t']);
                // Prometheus takes a line without a type for a comment.
                if kind.is_empty() {
                    return Ok(Line::Comment(text, span));
                }
                let Some(found) = Type::parse(kind) else {
                    let names = Type::NAMES.map(|(name, _)| name);
                    let help = match suggest::closest(kind, names) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => format!("types are {}", suggest::quote_all(names)),
                    };
                    return Err(self.error_here(format!("`{kind}` is no type of metrics")).help(help));
                };
                Ok(Line::Type(name, found, span))
            }
        }
    }

    /// The name of a metric, perhaps in quotes.
    fn name(&mut self, after: &str) -> Result<String> {
        if self.peek() == Some('"') {
            return self.quoted();
        }
        let length = name_length(self.rest(), true);
        if length == 0 {
            let message = format!("{after} is followed by the name of a metric");
            return Err(self.error_here(message).help("a name has letters, digits, `_` and `:`, or stands in quotes"));
        }
        self.at += length;
        Ok(self.text[self.at - length..self.at].to_owned())
    }

    fn sample(&mut self) -> Result<Sample> {
        let length = name_length(self.rest(), true);
        let mut name = self.rest()[..length].to_owned();
        self.at += length;
        if length == 0 && self.peek() != Some('{') {
            let error = self.error_here("a line begins with the name of a metric, or with `#`");
            return Err(error.help("a name has letters, digits, `_` and `:`, and does not start with a digit"));
        }
        self.blanks();
        let labels = if self.eat('{') { self.labels(&mut name)? } else { Vec::new() };
        if name.is_empty() {
            return Err(SyntaxError::new(self.whole(), "this sample has no name"));
        }
        self.blanks();
        let value = self.number("the value of the sample")?;
        self.blanks();
        if !matches!(self.peek(), None | Some('#')) {
            self.number("a timestamp")?;
            self.blanks();
        }
        self.exemplar()?;
        if self.peek().is_some() {
            return Err(self.error_here("nothing follows value and timestamp"));
        }
        Ok(Sample { name, labels, value, span: self.whole() })
    }

    /// `# {trace_id="..."} 1 1700000000` after a sample of OpenMetrics.
    fn exemplar(&mut self) -> Result<()> {
        if !self.eat('#') {
            return Ok(());
        }
        self.blanks();
        if !self.eat('{') {
            return Err(self.error_here("after `#` an exemplar begins with `{`"));
        }
        self.labels(&mut String::from("exemplar"))?;
        self.blanks();
        self.number("the value of the exemplar")?;
        self.blanks();
        if self.peek().is_some() {
            self.number("a timestamp")?;
            self.blanks();
        }
        Ok(())
    }

    /// What follows `{`. The name of the metric may be in there, in quotes.
    fn labels(&mut self, name: &mut String) -> Result<Vec<(String, String)>> {
        let open = self.at - 1;
        let mut labels: Vec<(String, String)> = Vec::new();
        loop {
            self.blanks();
            if self.eat('}') {
                return Ok(labels);
            }
            if self.peek().is_none() {
                let error = SyntaxError::new(self.span(open, open + 1), "this brace is not closed");
                return Err(error.help("`}` follows the last label"));
            }
            let start = self.at;
            let is_quoted = self.peek() == Some('"');
            let label = if is_quoted { self.quoted()? } else { self.label_name()? };
            self.blanks();
            if is_quoted && matches!(self.peek(), Some(',' | '}')) {
                if !name.is_empty() {
                    return Err(SyntaxError::new(self.span(start, self.at), "this sample has two names"));
                }
                *name = label;
            } else {
                if !self.eat('=') {
                    return Err(self.error_here(format!("`=` follows the name of the label `{label}`")));
                }
                self.blanks();
                if self.peek() != Some('"') {
                    return Err(self.error_here("the value of a label is in double quotes"));
                }
                let value = self.quoted()?;
                if labels.iter().any(|(known, _)| *known == label) {
                    return Err(SyntaxError::new(self.span(start, self.at), format!("a second label `{label}`")));
                }
                labels.push((label, value));
            }
            self.blanks();
            if !self.eat(',') && !matches!(self.peek(), None | Some('}')) {
                return Err(self.error_here("`,` or `}` follows a label"));
            }
        }
    }

    fn label_name(&mut self) -> Result<String> {
        let length = name_length(self.rest(), false);
        if length == 0 {
            let error = self.error_here("this is not the name of a label");
            return Err(error.help("a name has letters, digits and `_`, and does not start with a digit"));
        }
        self.at += length;
        Ok(self.text[self.at - length..self.at].to_owned())
    }

    /// A text in double quotes.
    fn quoted(&mut self) -> Result<String> {
        let open = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(letter) = self.peek() {
            let start = self.at;
            self.at += letter.len_utf8();
            match letter {
                '"' => return Ok(text),
                '\\' => {
                    let escaped = self.peek();
                    self.at += escaped.map_or(0, char::len_utf8);
                    text.push(match escaped {
                        Some('n') => '\n',
                        Some(letter @ ('\\' | '"')) => letter,
                        _ => {
                            let error = SyntaxError::new(self.span(start, self.at), "this escape is not known here");
                            return Err(error.help("there are `\\\\`, `\\\"` and `\\n`"));
                        }
                    });
                }
                letter => text.push(letter),
            }
        }
        let error = SyntaxError::new(self.span(open, open + 1), "this quote is not closed");
        Err(error.help("`\"` ends the value of a label, on the same line"))
    }

    fn number(&mut self, what: &str) -> Result<f64> {
        let start = self.at;
        let word = self.word();
        if word.is_empty() {
            return Err(SyntaxError::new(self.span(start, start), format!("{what} is missing")));
        }
        number(word).ok_or_else(|| {
            let error =
                SyntaxError::new(self.span(start, self.at), format!("`{word}` is not a number; expected {what}"));
            error.help("numbers are written like `1`, `0.5`, `1e+09`, `NaN` or `+Inf`")
        })
    }
}

/// The length of the name at the beginning of `text`.
fn name_length(text: &str, with_colons: bool) -> usize {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':' && with_colons;
    let length = text.bytes().take_while(|byte| fits(*byte)).count();
    if text.starts_with(|first: char| first.is_ascii_digit()) { 0 } else { length }
}

/// A number as Go reads it, but for its hexadecimal forms.
fn number(word: &str) -> Option<f64> {
    let digits = word.trim_start_matches(['+', '-']);
    match digits.to_ascii_lowercase().as_str() {
        "inf" | "infinity" | "nan" => word.parse().ok(),
        lowered if lowered.starts_with(|first: char| first.is_ascii_digit() || first == '.') => word.parse().ok(),
        _ => None,
    }
}

fn unescape_help(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let meant = match (letter, letters.peek()) {
            ('\\', Some('n')) => '\n',
            ('\\', Some(escaped @ ('\\' | '"'))) => *escaped,
            _ => {
                plain.push(letter);
                continue;
            }
        };
        letters.next();
        plain.push(meant);
    }
    plain
}
