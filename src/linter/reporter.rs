//! Where a lint puts what it finds.

use crate::config::{Config, Literal};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::linter::Lint;

/// The ear of one lint while it looks at one thing.
pub struct Reporter<'a> {
    lint: &'a Lint,
    config: &'a Config,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Reporter<'a> {
    /// Collects what `lint` finds into `diagnostics`.
    pub fn new(lint: &'a Lint, config: &'a Config, diagnostics: &'a mut Vec<Diagnostic>) -> Self {
        Self { lint, config, diagnostics }
    }

    /// The configuration that holds where the lint looks.
    #[must_use]
    pub const fn config(&self) -> &'a Config {
        self.config
    }

    /// The value that the configuration gives an option of the lint: `lint { inputs = { "LINT" = { NAME = … } } }`.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&'a Literal> {
        self.config.lint.input(self.lint.id, name)
    }

    /// The text of an option.
    #[must_use]
    pub fn text_option(&self, name: &str) -> Option<&'a str> {
        match self.option(name) {
            Some(Literal::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A finding with the lint's own severity, not yet reported.
    #[must_use]
    pub fn finding(&self, location: Location, message: impl Into<String>) -> Diagnostic {
        self.finding_of(self.lint.severity, location, message)
    }

    /// A finding that is milder than the lint's own severity, not yet reported.
    #[must_use]
    pub fn finding_of(&self, severity: Severity, location: Location, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.lint.id(), severity.min(self.lint.severity), location, message)
    }

    /// Reports a finding.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
