//! Slips that explain themselves better than by what was expected in their place: characters of other languages, merge
//! conflicts, unclosed comments, wrong encodings.

use super::parser::Parser;
use super::token::TokenKind;
use crate::source::Span;
use crate::syntax::SyntaxError;

/// What git leaves in a file that it could not merge.
const CONFLICT_MARKERS: [&[u8]; 4] = [b"<<<<<<< ", b"=======\n", b"=======\r\n", b">>>>>>> "];

impl Parser<'_> {
    /// A better error than `error`, which is about the current token, if there is one.
    pub(super) fn explain(&mut self, error: SyntaxError) -> SyntaxError {
        if error.span != self.span() {
            error
        } else if self.is_conflict_marker() {
            self.conflict = true;
            SyntaxError::new(error.span, "an unresolved merge conflict")
                .help("keep one side, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`")
        } else if self.tree.tokens.get(self.at).kind() == TokenKind::Invalid {
            unknown(error.span, self.text(error.span))
        } else {
            error
        }
    }

    /// Whether the current token begins a line that marks a side of a merge conflict.
    pub(super) fn is_conflict_marker(&self) -> bool {
        let start = self.span().start as usize;
        let begins_line = start == 0 || self.source.get(start - 1) == Some(&b'\n');
        begins_line && CONFLICT_MARKERS.iter().any(|marker| self.source[start..].starts_with(marker))
    }

    /// A line after the heredoc's `open` that begins with its marker but goes on.
    pub(super) fn almost_end_marker(&self, open: Span) -> Option<Span> {
        let marker = self.text(open).trim_ascii_start();
        let marker = &marker[marker.iter().take_while(|byte| matches!(byte, b'<' | b'-')).count()..];
        let mut start = open.end as usize;
        for line in self.source.get(start..)?.split_inclusive(|byte| *byte == b'\n').skip(1) {
            let text = line.trim_ascii();
            let rest = text.strip_prefix(marker);
            start = line.as_ptr() as usize - self.source.as_ptr() as usize;
            if rest.is_some_and(|rest| rest.first().is_some_and(|next| !next.is_ascii_alphanumeric() && *next != b'_'))
            {
                let start = start + line.len() - line.trim_ascii_start().len();
                return Some(Span::from(start..start + text.len()));
            }
        }
        None
    }
}

/// Bytes that are not UTF-8.
pub(super) fn not_utf8(span: Span) -> SyntaxError {
    SyntaxError::new(span, "this is not UTF-8").help("save the file as UTF-8")
}

/// A character that begins no token.
fn unknown(span: Span, text: &[u8]) -> SyntaxError {
    let Some(c) = std::str::from_utf8(text).ok().and_then(|text| text.chars().next()) else { return not_utf8(span) };
    let error = |message: &str, help: &str| SyntaxError::new(span, message).help(help);
    match c {
        '/' => SyntaxError::new(Span::new(span.start, span.start + 2), "this comment is never closed").help("add `*/`"),
        '\'' => error("single quotes do not make a string", "use double quotes: `\"text\"`"),
        '“' | '”' | '„' | '‘' | '’' | '«' | '»' => {
            error("typographic quotes do not make a string", "use straight double quotes: `\"text\"`")
        }
        '`' => error("backticks do not make a string", "use double quotes, or a heredoc for several lines: `<<-EOT`"),
        ';' => {
            error("`;` separates nothing", "put each argument on a line of its own, and commas between list elements")
        }
        '&' => error("there is no operator `&`", "use `&&` where both conditions must hold"),
        '|' => error("there is no operator `|`", "use `||` where one of the conditions must hold"),
        '$' => error("`$` stands only inside strings", "write references without it: `var.name`"),
        '\0' => error("a zero byte outside a string", "if the file is UTF-16, save it as UTF-8"),
        '\r' => error("a carriage return without a line feed", "end lines in `\\n` or `\\r\\n`"),
        '\u{a0}' | '\u{2000}'..='\u{200f}' | '\u{202a}'..='\u{202f}' | '\u{3000}' | '\u{feff}' | '\u{b}' | '\u{c}' => {
            let message = format!("the invisible character U+{:04X} outside a string", u32::from(c));
            error(&message, "replace it by a space, or remove it")
        }
        _ => SyntaxError::new(span, format!("the character `{c}` means nothing outside a string")),
    }
}
