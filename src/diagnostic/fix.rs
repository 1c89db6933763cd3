//! Edits that mend a finding, as text edits on the source.

use super::Location;

/// How far an edit can be trusted. Ordered: later means safer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// May change what the code does; applied on explicit request only.
    Unsafe,
    /// Keeps the meaning.
    Safe,
}

impl Applicability {
    /// The word for it in the JSON output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// Replace the bytes at `location` by `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes.
    pub location: Location,
    /// What comes.
    pub text: String,
}

/// Edits that belong together: all or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// The edits, not overlapping.
    pub edits: Vec<Edit>,
}
