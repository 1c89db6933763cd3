//! What is known in one run beside the files that are linted: of metrics, of a plan, of values.

#[cfg(feature = "drift")]
use std::sync::Arc;

use super::values::ValueFile;
use crate::diagnostic::FileId;
use crate::invariant::PlannedResource;
#[cfg(feature = "drift")]
use crate::prometheus::catalogue::Catalogue;
use crate::prometheus::catalogue::Catalogues;
use crate::prometheus::scrape::ScrapeFile;

/// What is known before any file is linted.
#[derive(Default)]
pub(super) struct Known {
    /// Catalogues by number of configuration; empty where there are no rules.
    pub(super) catalogues: Vec<Catalogues>,
    /// What a running server scrapes.
    pub(super) scrape: Option<ScrapeFile>,
    /// The resources of a plan, and the file that stands for it.
    pub(super) plan: Option<(Vec<PlannedResource>, FileId)>,
    /// What `--var-file` names, in order: the last that sets a variable counts.
    pub(super) values: Vec<ValueFile>,
}

#[cfg(feature = "drift")]
impl Known {
    /// Adds what a running server knows.
    pub(super) fn add(&mut self, catalogue: Catalogue, scrape: Option<ScrapeFile>) {
        let catalogue = Arc::new(catalogue);
        let all = std::mem::take(&mut self.catalogues).into_iter();
        self.catalogues = all.map(|catalogues| catalogues.with(Arc::clone(&catalogue))).collect();
        self.scrape = scrape;
    }
}
