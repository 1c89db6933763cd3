//! What is known of exporters in one run: bundled catalogues and those that configurations name, and what the files of
//! the run deploy.

use rayon::prelude::*;

use super::settings::Settings;
use crate::cli::files::{Files, read_limited};
use crate::diagnostic::{Diagnostic, FileId, LintId, Location, Severity};
use crate::discover::{FileKind, Inventory};
use crate::linter::RuleUnit;
use crate::prometheus::catalogue::{Builder, Catalogue, Catalogues, Exporter};
use crate::prometheus::deployment::{self, Deployment, Elsewhere, Sighting, Textfiles};
use crate::terraform::is_fixture;

/// The mistakes shown of one catalogue: of a file that is no dump every line is wrong.
const MOST_MISTAKES: usize = 10;

/// The catalogues of each configuration, by its number, and what is wrong with those that it names. A catalogue with
/// mistakes is a mistake of the configuration: half of it would call metrics unknown that are there.
pub(super) fn catalogues(settings: &Settings<'_>, files: &mut Files) -> (Vec<Catalogues>, Vec<Diagnostic>) {
    let here = std::env::current_dir().and_then(|path| path.canonicalize()).unwrap_or_default();
    let mut mistakes = Vec::new();
    let mut all = Vec::new();
    for governed in settings.all() {
        let mut catalogues = Catalogues::bundled();
        for named in &governed.policy.config.alerts.catalogues {
            let path = governed.directory.join(&named.file.value);
            let text = match read_limited(&path) {
                Ok(text) => text,
                Err(problem) => {
                    let Some(location) = named.file.location() else { continue };
                    let message = format!("catalogue `{}`: {problem}", named.file.value);
                    mistakes.push(mistake(location, message).help("a path is relative to the configuration"));
                    continue;
                }
            };
            let path = path.canonicalize().unwrap_or(path);
            let shown = path.strip_prefix(&here).unwrap_or(&path).display().to_string();
            let file = files.add(&path, shown);
            let mut builder = Builder::new(&named.name.value.0);
            let wrong = builder.add(&text);
            builder.rename(&named.name.value.0);
            mistakes.extend(wrong.into_iter().take(MOST_MISTAKES).map(|error| {
                let diagnostic = mistake(Location::new(file, error.span), error.message);
                error.help.into_iter().fold(diagnostic, Diagnostic::help)
            }));
            catalogues = catalogues.with(builder.finish());
        }
        for exporter in &governed.policy.config.alerts.exporters {
            // An image of the user's own, by which compose files name the exporter.
            if let Some(image) = &exporter.image {
                let image =
                    image.value.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(&*image.value, |it| it.0);
                let (name, images) = (exporter.name.value.0.clone().into(), vec![image.to_owned().into()]);
                let exporter = Exporter { name, images, ..Exporter::default() };
                catalogues = catalogues.with(Catalogue::new(exporter, Vec::new()));
            }
        }
        all.push(catalogues);
    }
    (all, mistakes)
}

fn mistake(location: Location, message: String) -> Diagnostic {
    Diagnostic::new(LintId::new("sprag/config"), Severity::Error, location, message)
}

/// What the files that configuration `config` governs deploy. Rule files (`units`) deploy nothing, and what fixtures
/// deploy is not there.
pub(super) fn deployment(
    config: usize,
    settings: &Settings<'_>,
    inventory: &Inventory,
    files: &Files,
    units: &[&RuleUnit],
    catalogues: &Catalogues,
) -> Deployment {
    let members = inventory.directories.iter().flat_map(|directory| &directory.members);
    let configuration = members.filter(|member| member.kind == FileKind::Configuration).map(|member| member.file);
    let others = inventory.rule_candidates.iter().chain(&inventory.deployment).copied();
    let is_governed = |file: &FileId| {
        let entry = files.get(*file);
        entry.is_some_and(|entry| !is_fixture(&entry.key) && settings.governing(&entry.path) == config)
    };
    let is_rule_file = |file: &FileId| units.iter().any(|unit| unit.file == *file);
    let read: Vec<FileId> =
        others.filter(|file| !is_rule_file(file)).chain(configuration).filter(is_governed).collect();
    let names = deployment::Names::new(catalogues);
    let look = |file: FileId| {
        let text = files.read(file).unwrap_or_default();
        (names.read(file, &text), (Textfiles::read(file, &text), Elsewhere::read(&text)))
    };
    let (sightings, others): (Vec<Vec<Sighting>>, Vec<(Textfiles, Elsewhere)>) = read.into_par_iter().map(look).unzip();
    let (textfiles, elsewhere): (Vec<Textfiles>, Vec<Elsewhere>) = others.into_iter().unzip();
    let (textfiles, elsewhere) = (Textfiles::joined(textfiles), Elsewhere::joined(elsewhere));
    Deployment { textfiles, elsewhere, ..Deployment::new(sightings.into_iter().flatten().collect()) }
}
