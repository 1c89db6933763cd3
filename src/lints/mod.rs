//! The bundled lints: the registry, and one file for each lint that is written in Rust, mirroring `lints/`.

mod alerts;
mod promql;
mod registry;
mod scrape;
mod terraform;
mod tftest;

pub use registry::LINTS;

use crate::linter::{self, Lint};

/// The bundled lint with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Lint> {
    linter::find(LINTS, id)
}
