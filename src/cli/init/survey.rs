//! What a repository holds, as far as a configuration cares.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;

use crate::cli::files::Files;
use crate::cli::lint::load::load;
use crate::diagnostic::FileId;
use crate::discover::{self, Directory, FileKind, Inventory, Request};
use crate::prometheus::{self, Content};
use crate::terraform::{Module, ModuleKind, ModuleSummary, classify_modules};

/// The path, below a module, where regression tests are by convention.
pub(super) const REGRESSION_FILE: &str = "tests/regression.tftest.hcl";

/// What was found, paths relative to the directory that was looked at.
#[derive(Default)]
pub(super) struct Survey {
    /// Where terraform is run.
    pub(super) roots: Vec<String>,
    /// Modules that others call.
    pub(super) children: Vec<String>,
    /// How many of these have the file of regression tests.
    pub(super) with_regression: usize,
    /// Modules below tests and examples.
    pub(super) fixtures: usize,
    /// Whether resources of Proxmox are declared.
    pub(super) is_proxmox: bool,
    /// Whether there is a changelog at the top.
    pub(super) has_changelog: bool,
    /// Files with rules.
    pub(super) rule_files: Vec<String>,
    /// How many alerts they have.
    pub(super) alerts: usize,
    /// The severities of these alerts.
    pub(super) severities: BTreeSet<String>,
    /// Prometheus configurations.
    pub(super) scrape: Vec<String>,
    /// Compose files.
    pub(super) compose: Vec<String>,
    /// Exporters that compose files start.
    pub(super) exporters: Vec<Exporter>,
}

/// An exporter with a version in a compose file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exporter {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) file: String,
}

impl Survey {
    /// Looks at everything below `real`, which the user called `directory`.
    pub(super) fn of(real: &Path, directory: &Path) -> Self {
        let mut inventory = discover::discover(&Request { paths: vec![directory.to_path_buf()], ..Request::default() });
        let files = Files::new(std::mem::take(&mut inventory.files));
        let mut survey = Self { has_changelog: real.join("CHANGELOG.md").is_file(), ..Self::default() };
        survey.modules(&inventory, &files, real);
        for id in &inventory.rule_candidates {
            if let Some((name, text)) = name_below(&files, *id, real).zip(files.read(*id).ok()) {
                survey.yaml(name, &text);
            }
        }
        survey
    }

    /// Whether there is nothing that sprag could lint.
    pub(super) fn is_empty(&self) -> bool {
        self.roots.is_empty() && self.children.is_empty() && self.fixtures == 0 && self.rule_files.is_empty()
    }

    fn modules(&mut self, inventory: &Inventory, files: &Files, real: &Path) {
        let directories: Vec<&Directory> =
            inventory.directories.iter().filter(|one| is_module(one) && !is_store(one, files)).collect();
        let mut summaries = Vec::with_capacity(directories.len());
        for directory in &directories {
            let loaded = load(directory, files);
            let module = Module::new(&directory.display, &loaded.sources);
            self.is_proxmox |= module.resources.iter().any(|resource| resource.kind.starts_with("proxmox_"));
            let mut summary = ModuleSummary::of(&module, &directory.key);
            let has_values = |kind| matches!(kind, FileKind::Variables | FileKind::VariablesJson);
            summary.has_values = directory.members.iter().any(|member| has_values(member.kind));
            summary.is_linked_store = directory.is_linked_store;
            summaries.push(summary);
        }
        classify_modules(&mut summaries);
        for (directory, summary) in directories.iter().zip(&summaries) {
            let path = relative(&directory.path, real);
            match summary.kind {
                ModuleKind::Root => self.roots.push(path),
                ModuleKind::Child => {
                    self.with_regression += usize::from(directory.path.join(REGRESSION_FILE).is_file());
                    self.children.push(path);
                }
                ModuleKind::Fixture => self.fixtures += 1,
                ModuleKind::Shared => {}
            }
        }
    }

    fn yaml(&mut self, name: String, text: &[u8]) {
        if let Content::Rules(rules) = prometheus::read(text) {
            for (group, rule) in rules.rules().filter(|(_, rule)| rule.is_alert()) {
                self.alerts += 1;
                let severity = group.label_of(rule, "severity").map(|pair| pair.value.value.clone());
                self.severities.extend(severity.filter(|word| !word.is_empty() && !word.contains("{{")));
            }
            self.rule_files.push(name);
            return;
        }
        let text = String::from_utf8_lossy(text);
        if is_compose(&name) {
            self.exporters.extend(exporters(&name, &text));
            self.compose.push(name);
        } else if text.lines().any(|line| line.starts_with("scrape_configs:")) {
            self.scrape.push(name);
        }
    }
}

fn is_module(directory: &Directory) -> bool {
    let is_configuration = |kind| matches!(kind, FileKind::Configuration | FileKind::ConfigurationJson);
    directory.members.iter().any(|member| is_configuration(member.kind))
}

/// Whether all configuration files are used through symlinks from elsewhere.
fn is_store(directory: &Directory, files: &Files) -> bool {
    let is_configuration = |kind| matches!(kind, FileKind::Configuration | FileKind::ConfigurationJson);
    let mut members = directory.members.iter().filter(|member| is_configuration(member.kind));
    members.all(|member| !member.is_link && files.get(member.file).is_some_and(|file| !file.links.is_empty()))
}

/// `compose.yml`, `docker-compose.yaml`, `docker-compose.prod.yml` and the like.
fn is_compose(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    stem.and_then(|stem| stem.split('.').next()).is_some_and(|first| matches!(first, "compose" | "docker-compose"))
}

/// The images of exporters with a version in their tag.
fn exporters(file: &str, text: &str) -> Vec<Exporter> {
    let pattern =
        r#"(?m)^\s*(?:-\s+)?image:\s*["']?(?:[\w.:-]+/)*(?:prometheus-)?([\w-]*exporter):v?(\d+\.\d+(?:\.\d+)?)"#;
    let Ok(pattern) = Regex::new(pattern) else { return Vec::new() };
    let found = pattern.captures_iter(text);
    found
        .map(|found| Exporter { name: found[1].to_owned(), version: found[2].to_owned(), file: file.to_owned() })
        .collect()
}

fn name_below(files: &Files, id: FileId, real: &Path) -> Option<String> {
    files.get(id).map(|file| relative(&file.path, real))
}

/// A path below `real` with `/`; `.` for itself.
fn relative(path: &Path, real: &Path) -> String {
    let inner = path.strip_prefix(real).unwrap_or(path).to_string_lossy().replace('\\', "/");
    if inner.is_empty() { ".".to_owned() } else { inner }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compose_files_by_name() {
        for name in ["compose.yml", "a/docker-compose.yaml", "docker-compose.prod.yml", "compose.override.yaml"] {
            assert!(is_compose(name), "{name}");
        }
        for name in ["composer.yml", "docker-compose.json", "my-compose.yml", "compose/rules.yml"] {
            assert!(!is_compose(name), "{name}");
        }
    }

    #[test]
    fn versions_of_exporters() {
        let text = "services:\n  a:\n    image: quay.io/prometheus/node-exporter:v1.8.2\n  b:\n    image: \"host:5000/x/prometheus-pve-exporter:3.4.5\"\n  c:\n    image: prom/blackbox-exporter:latest\n  d:\n    image: nginx:1.27\n  # image: prom/old-exporter:1.0.0\n";
        let found: Vec<(String, String)> =
            exporters("compose.yml", text).into_iter().map(|one| (one.name, one.version)).collect();
        let expected = [("node-exporter", "1.8.2"), ("pve-exporter", "3.4.5")];
        assert_eq!(found, expected.map(|(name, version)| (name.to_owned(), version.to_owned())));
    }
}
