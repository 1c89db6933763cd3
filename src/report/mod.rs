//! Findings as text, one file per format. Each format is a function `write` to a stream that the caller chose: nothing
//! here knows arguments, terminals or exit codes.
//!
//! Results go to standard output or to a file, `summary` to standard error.

pub mod concise;
mod excerpt;
pub mod full;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
pub mod sarif;
pub mod statistics;
pub mod summary;
pub(crate) mod text;

#[cfg(test)]
mod fixture;

use crate::diagnostic::Severity;
use crate::linter::Lint;
use crate::linter::finding::{FileTable, Finding};

/// What there is to tell.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// As [`resolve`](crate::linter::finding::resolve) sorted them, notes included.
    pub findings: &'a [Finding],
    /// For the source lines around a finding.
    pub files: &'a dyn FileTable,
    /// All lints, sorted by id, for their pages.
    pub lints: &'a [Lint],
    /// How many files were linted.
    pub checked: usize,
    /// The files that were named and are nothing to lint.
    pub foreign: &'a [String],
    /// What the findings add up to, such as "2 of 5 modules have no regression test".
    pub summary: &'a [String],
    /// How to tell it.
    pub options: Options,
}

/// How the formats for people look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Show every finding instead of the first three of each lint.
    pub all: bool,
    /// Write escape sequences for colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Draw with box characters; otherwise ASCII.
    pub unicode: bool,
    /// The terminal opens OSC 8 links.
    pub hyperlinks: bool,
    /// Show findings of severity note.
    pub show_notes: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { all: false, color: false, width: 80, unicode: true, hyperlinks: false, show_notes: false }
    }
}

impl<'a> Report<'a> {
    /// The findings that people are shown: all, or all but the notes.
    fn shown(&self) -> impl Iterator<Item = &'a Finding> + use<'a> {
        let least = if self.options.show_notes { Severity::Note } else { Severity::Warning };
        self.findings.iter().filter(move |finding| finding.severity >= least)
    }

    /// How many findings have `severity`.
    fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// `1 file`, `2 files`.
fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
