//! Which releases there are: reads the changelogs that a configuration names and the tags of the repository.

use super::settings::Governed;
use crate::cli::files::read_limited;
use crate::discover::{Inventory, repository_root, tags_of};
use crate::linter::Releases;
use crate::terraform::ModuleSummary;

/// The releases under one configuration. Nothing where no run names a version, where there is neither changelog nor tag,
/// and where tags may be missing.
pub(super) fn of<'m>(
    governed: &Governed,
    modules: impl Iterator<Item = &'m ModuleSummary>,
    inventory: &Inventory,
) -> Option<Releases> {
    let with_versions: Vec<&str> = modules
        .filter(|module| module.regression.iter().any(|run| !run.versions.is_empty()))
        .map(|module| module.key.as_str())
        .collect();
    if with_versions.is_empty() {
        return None;
    }
    let regression = &governed.policy.config.regression;
    let root = repository_root(&governed.directory);
    let tags = root.as_deref().map_or_else(|| Some(Vec::new()), tags_of)?;
    // Without a configuration its place is the root of the repository.
    let place = root.as_deref().filter(|_| governed.file.is_none()).unwrap_or(&governed.directory);
    let mut changelogs = vec![place.join(&regression.changelog.value)];
    // Modules that are released one by one have changelogs of their own.
    let own = inventory.directories.iter().filter(|directory| with_versions.contains(&directory.key.as_str()));
    changelogs.extend(own.map(|directory| directory.path.join(&regression.changelog.value)));
    let texts: Vec<Vec<u8>> =
        changelogs.iter().filter(|path| path.is_file()).filter_map(|path| read_limited(path).ok()).collect();
    if texts.is_empty() && tags.is_empty() {
        return None;
    }
    let mut releases = Releases::default();
    for text in &texts {
        releases.add_changelog(&String::from_utf8_lossy(text));
    }
    for tag in &tags {
        releases.add_tag(tag, regression.version.regex());
    }
    Some(releases)
}
