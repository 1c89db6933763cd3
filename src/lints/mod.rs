//! The bundled lints: the registry, and one file for each lint that is written in Rust, mirroring `lints/`.

mod alerts;
mod promql;
mod registry;
mod scrape;
mod terraform;
mod tflint;
mod tftest;

pub use registry::{LINTS, OPTIONS};
pub use tflint::tflint_rules;
pub(crate) use tftest::{is_regression_file, regression_file};

use crate::config::{INVARIANT_AREA, InvariantBlock, LintOption, parse_invariants};
use crate::diagnostic::{Applicability, Diagnostic, Edit, FileId, Fix};
use crate::linter::{self, Check, Lint, suppression};
use crate::source::Span;
use crate::terraform::Source;

/// The bundled lint with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Lint> {
    linter::find(LINTS, id)
}

/// What the configuration may set of the lint with this id, a bundled one or one of the user's `invariants`. Nothing where
/// there is no such lint.
#[must_use]
pub fn options_of(id: &str, invariants: &[&InvariantBlock]) -> Option<Vec<LintOption>> {
    let inputs = |block: &InvariantBlock| {
        let names = block.inputs.iter().cloned();
        names.map(|name| LintOption { name: name.into(), kind: None }).collect::<Vec<_>>()
    };
    if let Some((INVARIANT_AREA, name)) = id.split_once('/') {
        return invariants.iter().find(|block| block.name.0 == name).map(|block| inputs(block));
    }
    let lint = find(id)?;
    if let Check::Invariant(text) = lint.check {
        let (blocks, _) = parse_invariants(text.as_bytes(), FileId(0));
        return Some(blocks.iter().flat_map(inputs).collect());
    }
    let all = OPTIONS.iter().chain(&[("sprag/unused-suppression", suppression::OPTIONS)]);
    let own = all.into_iter().find(|(lint, _)| *lint == id).map_or(&[][..], |(_, options)| options);
    Some(own.iter().map(|(name, kind)| LintOption { name: (*name).into(), kind: Some(*kind) }).collect())
}

/// Adds a fix of edits to `source`. A JSON file has other places than the text that was parsed, so it gets none.
fn with_fix(finding: Diagnostic, source: &Source, applicability: Applicability, edits: &[(Span, &str)]) -> Diagnostic {
    if !source.is_native() || edits.is_empty() {
        return finding;
    }
    let edits = edits.iter().map(|(span, text)| Edit { location: source.location(*span), text: (*text).to_owned() });
    finding.fix(Fix { applicability, edits: edits.collect() })
}
