//! From YAML to [`ScrapeFile`]: whole configurations, parts named by `scrape_config_files`, lists of scrape
//! configurations, and texts inside of other YAML (ConfigMaps, cloud-init, compose files). What is filled in by a template
//! is open, never guessed.

mod job;
mod rules;
mod scope;
mod target;

use self::scope::Scope;
use super::file::ScrapeFile;
use super::labels::LabelSet;
use super::relabel::Labels;
use crate::diagnostic::FileId;
use crate::prometheus::holes::Masked;
use crate::syntax::yaml::{self, Node, ScalarMap};

/// How deep texts inside of texts are looked into.
const MAX_DEPTH: u8 = 3;

/// Objects of the Prometheus operator that make jobs of their own.
const OPERATOR_KINDS: [&str; 4] = ["ServiceMonitor", "PodMonitor", "Probe", "ScrapeConfig"];

/// Whether `source` can say anything about scraping, judged by a few words in its bytes.
#[must_use]
pub fn might_configure_scraping(source: &[u8]) -> bool {
    ["scrape_config", "ScrapeConfigs", "job_name", "ServiceMonitor", "PodMonitor", "kind: Probe", "kind: ScrapeConfig"]
        .iter()
        .any(|word| memchr::memmem::find(source, word.as_bytes()).is_some())
}

/// Reads `file`, whose path within the repository is `path`. Nothing if it says nothing about scraping.
#[must_use]
pub fn read(file: FileId, path: &str, source: &[u8]) -> Option<ScrapeFile> {
    if !might_configure_scraping(source) {
        return None;
    }
    read_named(file, path, source).filter(|found| found.is_main || !found.jobs.is_empty() || !found.is_complete)
}

/// Reads `file` of which the configuration says that it is about scraping, whatever it looks like.
#[must_use]
pub fn read_named(file: FileId, path: &str, source: &[u8]) -> Option<ScrapeFile> {
    let masked = Masked::new(source);
    let mut reader = Reader { masked: &masked, found: empty(file, path), is_about_scraping: false };
    reader.text(&masked.text, None, 0);
    let Reader { mut found, is_about_scraping, .. } = reader;
    blur_around_insertions(&mut found, &masked);
    is_about_scraping.then_some(found)
}

fn empty(file: FileId, path: &str) -> ScrapeFile {
    ScrapeFile {
        file,
        path: path.to_owned(),
        jobs: Vec::new(),
        external_labels: LabelSet::default(),
        scrape_interval: None,
        has_open_interval: false,
        evaluation_interval: None,
        rule_files: Vec::new(),
        has_open_rule_files: false,
        scrape_config_files: Vec::new(),
        relabels_alerts: false,
        is_main: false,
        is_complete: true,
    }
}

/// Lines that are filled in may be jobs, or more of the job before them.
fn blur_around_insertions(found: &mut ScrapeFile, masked: &Masked) {
    if masked.insertions.is_empty() {
        return;
    }
    found.is_complete = false;
    found.has_open_rule_files = true;
    found.external_labels.is_open = true;
    for insertion in &masked.insertions {
        let before = found.jobs.iter_mut().rev().find(|job| job.place.span.start <= *insertion);
        if let Some(job) = before {
            job.target_labels = std::mem::take(&mut job.target_labels).blurred();
            job.honor_labels = None;
        }
    }
}

struct Reader<'r> {
    masked: &'r Masked,
    found: ScrapeFile,
    is_about_scraping: bool,
}

impl Reader<'_> {
    fn text(&mut self, text: &[u8], outer: Option<&ScalarMap>, depth: u8) {
        let stream = yaml::parse(text);
        let scope = Scope { masked: self.masked, file: self.found.file, outer };
        for document in stream.documents() {
            let root = document.root(&stream);
            if is_configuration(root) {
                self.is_about_scraping = true;
                // A key that stands twice is one of a template's alternatives.
                self.found.is_complete &= document.complete && document.errors.is_empty();
                self.configuration(root, scope);
            } else if is_job_list(root) {
                self.is_about_scraping = true;
                self.found.is_complete &= document.complete;
                self.jobs(root, root, scope);
            } else if root.get("kind").and_then(Node::text).is_some_and(|kind| OPERATOR_KINDS.contains(&kind)) {
                self.is_about_scraping = true;
                self.found.is_complete = false;
            } else if depth < MAX_DEPTH {
                self.look_inside(root, text, scope, depth, 0);
            }
        }
    }

    /// Looks for configurations in the mappings and texts below `node`: values of a Helm chart, receivers of an
    /// OpenTelemetry collector, ConfigMaps, cloud-init, compose files.
    fn look_inside(&mut self, node: Node<'_>, text: &[u8], scope: Scope<'_>, depth: u8, level: u8) {
        if level > 0 && is_configuration(node) {
            // Something else puts it together, and may add jobs.
            self.is_about_scraping = true;
            self.found.is_complete = false;
            self.configuration(node, scope);
        } else if let Some(scalar) = node.scalar() {
            let value = scalar.value.as_bytes();
            if value.contains(&b'\n') && memchr::memmem::find(value, b"scrape_configs").is_some() {
                let map = ScalarMap::new(text, scalar);
                let map = scope.outer.map_or_else(|| map.clone(), |outer| map.within(outer));
                self.text(value, Some(&map), depth + 1);
            }
        } else if level < 32 && node.alias().is_none() {
            for item in node.items() {
                self.look_inside(item, text, scope, depth, level + 1);
            }
            for entry in node.entries() {
                if entry.key.text().is_some_and(is_variable_with_jobs) {
                    // A role or a chart puts them into a configuration.
                    self.is_about_scraping = true;
                    self.found.is_complete = false;
                }
                self.look_inside(entry.value, text, scope, depth, level + 1);
            }
        }
    }

    fn configuration(&mut self, root: Node<'_>, scope: Scope<'_>) {
        for entry in root.fields() {
            match entry.key.text().unwrap_or_default() {
                "global" => {
                    self.found.is_main = true;
                    self.globals(entry.value, root, scope);
                }
                "scrape_configs" => self.jobs(entry.value, root, scope),
                "rule_files" => {
                    self.found.is_main = true;
                    let (patterns, is_open) = scope.texts(entry.value);
                    self.found.rule_files.extend(patterns);
                    self.found.has_open_rule_files |= is_open;
                }
                "scrape_config_files" => {
                    self.found.is_main = true;
                    let (patterns, is_open) = scope.texts(entry.value);
                    self.found.scrape_config_files.extend(patterns);
                    self.found.is_complete &= !is_open;
                }
                "alerting" => {
                    self.found.is_main = true;
                    let rules = entry.value.get("alert_relabel_configs");
                    self.found.relabels_alerts |= rules.is_some_and(|rules| !rules.is_null());
                }
                _ => {}
            }
        }
    }

    fn globals(&mut self, globals: Node<'_>, root: Node<'_>, scope: Scope<'_>) {
        if globals.scalar().is_some() && !globals.is_null() {
            self.found.external_labels.is_open = true;
            self.found.has_open_interval = true;
        }
        self.found.scrape_interval = scope.duration(globals, "scrape_interval");
        self.found.has_open_interval |=
            self.found.scrape_interval.is_none() && globals.get("scrape_interval").is_some();
        self.found.evaluation_interval = scope.duration(globals, "evaluation_interval");
        let Some(node) = globals.get("external_labels") else { return };
        let mut labels = Labels::default();
        scope.label_map(node, root.span(), &mut labels);
        let set = labels.finish();
        self.found.external_labels.is_open |= set.is_open;
        for (name, mut label) in set.labels {
            // Prometheus puts the environment in: `${HOSTNAME}`, `$HOSTNAME`.
            if label.values.as_ref().is_some_and(|values| values.iter().any(|value| value.contains('$'))) {
                label.values = None;
            }
            self.found.external_labels.labels.insert(name, label);
        }
    }

    fn jobs(&mut self, list: Node<'_>, root: Node<'_>, scope: Scope<'_>) {
        if !list.is_sequence() {
            self.found.is_complete &= list.is_null();
            return;
        }
        for node in list.items() {
            if node.is_mapping() {
                let job = job::read(node, root.span(), scope);
                self.found.is_complete &= job.name.is_some();
                self.found.jobs.push(job);
            } else {
                self.found.is_complete &= node.is_null();
            }
        }
    }
}

fn is_configuration(root: Node<'_>) -> bool {
    let has = |key: &str| root.get(key).is_some();
    let is_prometheus = has("scrape_configs") || has("scrape_config_files") || has("global") && has("rule_files");
    // promtail scrapes logs with a configuration that looks alike.
    is_prometheus && !has("kind") && !has("positions") && !has("clients")
}

/// Whether a variable holds scrape configurations: `prometheus_scrape_configs`, `additionalScrapeConfigs`.
fn is_variable_with_jobs(key: &str) -> bool {
    key.len() > "scrape_configs".len() && (key.ends_with("scrape_configs") || key.ends_with("ScrapeConfigs"))
}

fn is_job_list(root: Node<'_>) -> bool {
    root.items().any(|item| item.get("job_name").is_some())
}
