//! The bundled lints: the registry, and one file for each lint that is written in Rust, mirroring `lints/`.

mod alerts;
mod promql;
mod registry;
mod scrape;
mod terraform;
mod tflint;
mod tftest;

pub use registry::LINTS;
pub use tflint::tflint_rules;
pub(crate) use tftest::{is_regression_file, regression_file};

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix};
use crate::linter::{self, Lint};
use crate::source::Span;
use crate::terraform::Source;

/// The bundled lint with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Lint> {
    linter::find(LINTS, id)
}

/// Adds a fix of edits to `source`. A JSON file has other places than the text that was parsed, so it gets none.
fn with_fix(finding: Diagnostic, source: &Source, applicability: Applicability, edits: &[(Span, &str)]) -> Diagnostic {
    if !source.is_native() || edits.is_empty() {
        return finding;
    }
    let edits = edits.iter().map(|(span, text)| Edit { location: source.location(*span), text: (*text).to_owned() });
    finding.fix(Fix { applicability, edits: edits.collect() })
}
