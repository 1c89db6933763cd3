//! Which rule files nothing loads: no `rule_files`, no Terraform, no script, no compose file names them, while others are
//! named. A mention of the file or of its directory is enough.

use std::path::Path;

use memchr::memmem;
use rayon::prelude::*;

use super::settings::Settings;
use crate::cli::files::Files;
use crate::diagnostic::FileId;
use crate::discover::{FileKind, Inventory};
use crate::linter::RuleUnit;
use crate::prometheus::scrape::{FilePattern, ScrapeFile, ScrapeModel};
use crate::prometheus::{Dialect, Origin};

/// Words of promtool's unit tests, which name rule files and load none.
const TEST_WORDS: [&[u8]; 2] = [b"alert_rule_test", b"promql_expr_test"];

/// A rule file that no `rule_files` names.
struct Candidate {
    file: FileId,
    /// How other files would speak of it: its name; its directory with a `/` before or behind it.
    words: Vec<String>,
}

/// The rule files among `units`, those of configuration `config`, that nothing names.
pub(super) fn never_loaded(
    config: usize,
    units: &[&RuleUnit],
    scrape: &ScrapeModel,
    settings: &Settings<'_>,
    inventory: &Inventory,
    files: &Files,
) -> Vec<FileId> {
    let servers: Vec<&ScrapeFile> = scrape.files().iter().filter(|file| file.is_main).collect();
    if servers.iter().all(|server| server.rule_files.is_empty())
        || servers.iter().any(|server| server.has_open_rule_files)
    {
        return Vec::new();
    }
    let patterns: Vec<RuleFiles> = servers.iter().flat_map(|server| rule_files(server)).collect();
    let plain = units.iter().filter(|unit| is_plain(unit));
    let (named, unnamed): (Vec<FileId>, Vec<FileId>) = plain.map(|unit| unit.file).partition(|file| {
        let path = files.get(*file).map_or("", |entry| entry.key.as_str());
        patterns.iter().any(|pattern| pattern.names(path))
    });
    let candidates: Vec<Candidate> = unnamed.into_iter().filter_map(|file| candidate(file, files)).collect();
    if named.is_empty() || candidates.is_empty() {
        return Vec::new();
    }
    let members = inventory.directories.iter().flat_map(|directory| &directory.members);
    let configuration = members.filter(|member| member.kind == FileKind::Configuration).map(|member| member.file);
    let others = inventory.rule_candidates.iter().chain(&inventory.deployment).copied().chain(configuration);
    let is_told_from = |file: &FileId| {
        let is_rules = units.iter().any(|unit| unit.file == *file) || servers.iter().any(|server| server.file == *file);
        !is_rules && files.get(*file).is_some_and(|entry| settings.governing(&entry.path) == config)
    };
    let texts: Vec<FileId> = others.filter(is_told_from).collect();
    let mentioned: Vec<Vec<FileId>> = texts
        .into_par_iter()
        .map(|file| files.read(file).map_or_else(|_| Vec::new(), |text| mentions(&text, &candidates)))
        .collect();
    let left = candidates.iter().filter(|candidate| !mentioned.iter().flatten().any(|file| *file == candidate.file));
    left.map(|candidate| candidate.file).collect()
}

/// Whether Prometheus itself would load it: no Kubernetes object, no rules of Loki or another ruler.
fn is_plain(unit: &RuleUnit) -> bool {
    unit.rules.sets.iter().all(|set| set.origin == Origin::File && set.dialect == Dialect::Prometheus)
}

/// What an entry of `rule_files` names.
struct RuleFiles {
    files: FilePattern,
    /// Of a pattern that leads elsewhere, such as `/etc/prometheus/*.yml`, only the name of the file is compared:
    /// somebody puts it there.
    names: Option<FilePattern>,
}

fn rule_files(server: &ScrapeFile) -> impl Iterator<Item = RuleFiles> {
    server.rule_files.iter().map(|pattern| {
        let pattern = pattern.value.as_str();
        let last = pattern.rsplit('/').next().unwrap_or_default();
        let leads_elsewhere = pattern.starts_with('/') || pattern.contains("..");
        RuleFiles {
            files: FilePattern::new(&server.path, pattern),
            names: leads_elsewhere.then(|| FilePattern::new("", last)),
        }
    })
}

impl RuleFiles {
    fn names(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or_default();
        self.files.names(path) || self.names.as_ref().is_some_and(|pattern| pattern.names(name))
    }
}

fn candidate(file: FileId, files: &Files) -> Option<Candidate> {
    let path = Path::new(&files.get(file)?.key);
    let name = path.file_name()?.to_str()?.to_owned();
    let directory = path.parent().and_then(Path::file_name).and_then(|directory| directory.to_str());
    let mut words = vec![name];
    words.extend(directory.iter().flat_map(|directory| [format!("{directory}/"), format!("/{directory}")]));
    Some(Candidate { file, words })
}

/// The candidates that `text` speaks of. Where Terraform lists files by a pattern, all may be meant.
fn mentions(text: &[u8], candidates: &[Candidate]) -> Vec<FileId> {
    let holds = |word: &[u8]| memmem::find(text, word).is_some();
    if TEST_WORDS.iter().any(|word| holds(word)) {
        return Vec::new();
    }
    let lists = holds(b"fileset(");
    let spoken_of = candidates.iter().filter(|one| lists || one.words.iter().any(|word| holds(word.as_bytes())));
    spoken_of.map(|candidate| candidate.file).collect()
}
