//! What the files of a run say about Prometheus and Alertmanager themselves: scraping, routes, inhibit rules.

use super::settings::Governed;
use crate::cli::files::Files;
use crate::diagnostic::FileId;
use crate::discover::File;
use crate::prometheus::alertmanager::{self, AlertmanagerFile};
use crate::prometheus::scrape::{self, ScrapeFile, ScrapeModel};

/// What one file says.
#[derive(Default)]
pub(super) struct Servers {
    scrape: Option<ScrapeFile>,
    pub(super) alertmanager: Option<AlertmanagerFile>,
}

impl Servers {
    /// Reads the text of `file`, which `governed` governs.
    pub(super) fn read(file: FileId, entry: &File, text: &[u8], governed: &Governed) -> Self {
        let is_named = || governed.names_scrape_file(&governed.relative(&entry.path));
        let scrape = scrape::read(file, &entry.key, text)
            .or_else(|| is_named().then(|| scrape::read_named(file, &entry.key, text)).flatten());
        Self { scrape, alertmanager: alertmanager::read(file, text) }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.scrape.is_none() && self.alertmanager.is_none()
    }
}

/// The Prometheus configurations that count under `governed`: those it names, with their parts, or else all that were
/// `found` below it. Named ones are read also when they were not asked for.
pub(super) fn scrape_model<'s>(
    governed: &Governed,
    files: &Files,
    found: impl Iterator<Item = &'s Servers>,
) -> ScrapeModel {
    let found = found.filter_map(|servers| servers.scrape.as_ref());
    let named = governed.scrape_files();
    if named.is_empty() {
        return ScrapeModel::new(found.cloned().collect());
    }
    let is_named = |file: &ScrapeFile| {
        files.get(file.file).is_some_and(|entry| governed.names_scrape_file(&governed.relative(&entry.path)))
    };
    let mut known: Vec<ScrapeFile> = found.filter(|file| !file.is_main || is_named(file)).cloned().collect();
    for path in named {
        let unread = files.find(&path).filter(|id| known.iter().all(|file| file.file != *id));
        let Some((id, entry)) = unread.and_then(|id| Some((id, files.get(id)?))) else { continue };
        if let Ok(text) = files.read(id) {
            known.extend(scrape::read_named(id, &entry.key, &text));
        }
    }
    known.sort_by(|one, two| one.path.cmp(&two.path));
    ScrapeModel::new(known)
}
