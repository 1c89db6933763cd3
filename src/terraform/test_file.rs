//! A `*.tftest.hcl` file and its runs.

use std::borrow::Cow;

use super::Source;
use crate::diagnostic::Location;
use crate::source::Span;
use crate::syntax::hcl::{BlockView, Document, ExprView};

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// `command = plan`
    Plan,
    /// `command = apply`, also where nothing is said.
    Apply,
}

/// A test file.
#[derive(Clone, Copy)]
pub struct TestFile<'a> {
    /// The file.
    pub source: &'a Source,
}

impl<'a> TestFile<'a> {
    /// Its tree.
    #[must_use]
    pub fn document(self) -> Document<'a> {
        self.source.document()
    }

    /// A place in it.
    #[must_use]
    pub fn location(self, span: Span) -> Location {
        self.source.location(span)
    }

    /// Its runs in the order in which Terraform executes them.
    pub fn runs(self) -> impl Iterator<Item = Run<'a>> {
        self.document().root().blocks_of("run").map(|block| Run { block })
    }
}

/// A `run` block.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The block.
    pub block: BlockView<'a>,
}

impl<'a> Run<'a> {
    /// Its name; empty where there is none, which Terraform rejects.
    #[must_use]
    pub fn name(self) -> Cow<'a, str> {
        self.block.label(0).unwrap_or_default()
    }

    /// The place of its name, or of the word `run`.
    #[must_use]
    pub fn name_span(self) -> Span {
        self.block.label_spans().first().copied().unwrap_or(self.block.kind_span())
    }

    /// The value of `command`, if it is written.
    #[must_use]
    pub fn command_value(self) -> Option<ExprView<'a>> {
        self.block.body().value("command")
    }

    /// What it does; apply is Terraform's default. Nothing when the value is neither.
    #[must_use]
    pub fn command(self) -> Option<Command> {
        match self.command_value() {
            None => Some(Command::Apply),
            Some(value) => match value.as_keyword() {
                Some("plan") => Some(Command::Plan),
                Some("apply") => Some(Command::Apply),
                _ => None,
            },
        }
    }
}
