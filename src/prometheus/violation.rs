//! What Prometheus refuses to load.

use crate::source::Span;

/// The sort of a violation, for lints that treat one of them on their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ViolationKind {
    /// A key that the format does not have.
    UnknownKey,
    /// A key that must be there is not.
    MissingKey,
    /// A list where text is wanted, and the like.
    WrongType,
    /// A text that is no duration.
    Duration,
    /// A name of a label, an annotation or a recording rule that is not allowed.
    Name,
    /// Two groups of a file with the same name.
    RepeatedGroup,
    /// Keys that exclude each other: `alert` and `record`, or `for` in a recording rule.
    Conflict,
}

/// One reason why Prometheus rejects the whole file at load time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The sort.
    pub kind: ViolationKind,
    /// The place.
    pub span: Span,
    /// What is wrong: lower case, no final stop.
    pub message: String,
    /// What to do, where that is known.
    pub help: Option<String>,
    /// A second place that explains the first.
    pub related: Option<(Span, String)>,
    /// The alert, recording rule or group it is about; empty for the file itself.
    pub subject: String,
}

impl Violation {
    pub(super) fn new(kind: ViolationKind, span: Span, message: impl Into<String>) -> Self {
        Self { kind, span, message: message.into(), help: None, related: None, subject: String::new() }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related = Some((span, message.into()));
        self
    }
}
