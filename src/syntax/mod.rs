//! Text to spanned trees plus syntax errors. Parsing never fails, never panics, reads no file.

pub mod exposition;
mod go_string;
pub mod hcl;
pub mod json;
pub mod promql;
pub mod template;
pub mod yaml;

use crate::source::Span;

/// The first place in `text` where two bytes `brace` stand side by side: `{{` or `}}`.
#[must_use]
pub(crate) fn find_pair(text: &str, brace: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(brace, bytes).find(|at| bytes.get(at + 1) == Some(&brace))
}

/// Something the language does not allow, at a place in the text that was parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The place.
    pub span: Span,
    /// What is wrong: lower case, no final stop.
    pub message: String,
    /// A few words beside the place; empty for none.
    pub note: String,
    /// What to do, where that is known.
    pub help: Option<String>,
    /// A second place, such as the bracket that is never closed.
    pub related: Option<(Span, String)>,
}

impl SyntaxError {
    /// An error at `span`.
    #[must_use]
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), note: String::new(), help: None, related: None }
    }

    /// Adds a few words beside the place.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related = Some((span, message.into()));
        self
    }
}
