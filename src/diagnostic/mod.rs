//! What sprag says about a place in the user's code. A diagnostic cannot be built without a place.
//! Knows spans and file numbers; knows no lint, no file system and no output format.

mod fix;
mod severity;

use std::borrow::Cow;

use crate::source::Span;
pub use fix::{Applicability, Edit, Fix};
pub use severity::Severity;

/// Number of a file in the file table of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A span in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub span: Span,
}

impl Location {
    /// The place `span` in `file`.
    #[must_use]
    pub const fn new(file: FileId, span: Span) -> Self {
        Self { file, span }
    }
}

/// The name of a lint, `area/name`: its folder below `lints/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LintId(Cow<'static, str>);

impl LintId {
    /// The id of a bundled lint.
    #[must_use]
    pub const fn new(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// The whole id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the slash.
    #[must_use]
    pub fn area(&self) -> &str {
        self.0.split('/').next().unwrap_or(&self.0)
    }
}

impl From<String> for LintId {
    fn from(id: String) -> Self {
        Self(Cow::Owned(id))
    }
}

impl std::fmt::Display for LintId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A second place that explains the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What is there; a phrase.
    pub message: String,
}

/// One finding, before its place is turned into lines and columns.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The lint that speaks.
    pub lint: LintId,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: lower case, no final stop, code in backticks.
    pub message: String,
    /// The place.
    pub location: Location,
    /// A few words beside the place; empty for none.
    pub note: String,
    /// Further places.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// The name of the thing the finding is about (`resource.x.y`, an alert's name); keeps fingerprints apart.
    pub subject: String,
    /// An edit that mends it.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding of `lint` at `location`.
    #[must_use]
    pub fn new(lint: LintId, severity: Severity, location: Location, message: impl Into<String>) -> Self {
        Self {
            lint,
            severity,
            message: message.into(),
            location,
            note: String::new(),
            labels: Vec::new(),
            help: None,
            subject: String::new(),
            fix: None,
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a few words beside the place.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn label(mut self, location: Location, message: impl Into<String>) -> Self {
        self.labels.push(Label { location, message: message.into() });
        self
    }

    /// Names what the finding is about.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// Adds an edit that mends it.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}
