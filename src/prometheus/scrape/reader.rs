//! From YAML to [`ScrapeFile`]: whole configurations, parts named by `scrape_config_files`, lists of scrape
//! configurations, and texts inside of other YAML (ConfigMaps, cloud-init, compose files). What is filled in by a template
//! is open, never guessed.

use super::file::{Job, Placed, ScrapeFile};
use super::labels::{Label, LabelSet, Presence};
use super::pattern::Pattern;
use super::relabel::{Action, Labels, Outcome, Relabel, Value};
use crate::diagnostic::{FileId, Location};
use crate::prometheus::Duration;
use crate::prometheus::holes::Masked;
use crate::source::Span;
use crate::syntax::yaml::{self, Entry, Node, ScalarMap};

/// How deep texts inside of texts are looked into.
const MAX_DEPTH: u8 = 3;

/// Kinds of service discovery that give targets only labels for internal use (`__meta_...`); others, such as
/// `file_sd_configs`, may give any.
const META_ONLY: [&str; 14] = [
    "azure_sd_configs",
    "consul_sd_configs",
    "digitalocean_sd_configs",
    "dns_sd_configs",
    "docker_sd_configs",
    "dockerswarm_sd_configs",
    "ec2_sd_configs",
    "gce_sd_configs",
    "hetzner_sd_configs",
    "kubernetes_sd_configs",
    "linode_sd_configs",
    "openstack_sd_configs",
    "scaleway_sd_configs",
    "vultr_sd_configs",
];

/// Objects of the Prometheus operator that make jobs of their own.
const OPERATOR_KINDS: [&str; 4] = ["ServiceMonitor", "PodMonitor", "Probe", "ScrapeConfig"];

/// Whether `source` can say anything about scraping, judged by a few words in its bytes.
#[must_use]
pub fn might_configure_scraping(source: &[u8]) -> bool {
    ["scrape_config", "job_name", "ServiceMonitor", "PodMonitor", "kind: Probe", "kind: ScrapeConfig"]
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
    let mut reader = Reader { masked: &masked, file, found: empty(file, path), is_about_scraping: false };
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
    file: FileId,
    found: ScrapeFile,
    is_about_scraping: bool,
}

/// A text that is being read: the file, or a value in it.
#[derive(Clone, Copy)]
struct Scope<'s> {
    outer: Option<&'s ScalarMap>,
}

impl Reader<'_> {
    fn text(&mut self, text: &[u8], outer: Option<&ScalarMap>, depth: u8) {
        let stream = yaml::parse(text);
        let scope = Scope { outer };
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
                self.look_inside(root, text, outer, depth, 0);
            }
        }
    }

    /// Looks for configurations in the mappings and texts below `node`: values of a Helm chart, receivers of an
    /// OpenTelemetry collector, ConfigMaps, cloud-init, compose files.
    fn look_inside(&mut self, node: Node<'_>, text: &[u8], outer: Option<&ScalarMap>, depth: u8, level: u8) {
        if level > 0 && is_configuration(node) {
            // Something else puts it together, and may add jobs.
            self.is_about_scraping = true;
            self.found.is_complete = false;
            self.configuration(node, Scope { outer });
        } else if let Some(scalar) = node.scalar() {
            let value = scalar.value.as_bytes();
            if value.contains(&b'\n') && memchr::memmem::find(value, b"scrape_configs").is_some() {
                let map = ScalarMap::new(text, scalar);
                let map = outer.map_or_else(|| map.clone(), |outer| map.within(outer));
                self.text(value, Some(&map), depth + 1);
            }
        } else if level < 32 && node.alias().is_none() {
            for item in node.items() {
                self.look_inside(item, text, outer, depth, level + 1);
            }
            for entry in node.entries() {
                self.look_inside(entry.value, text, outer, depth, level + 1);
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
                    let (patterns, is_open) = self.texts(entry.value, scope);
                    self.found.rule_files.extend(patterns);
                    self.found.has_open_rule_files |= is_open;
                }
                "scrape_config_files" => {
                    self.found.is_main = true;
                    let (patterns, is_open) = self.texts(entry.value, scope);
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
        }
        self.found.scrape_interval = self.duration(globals, "scrape_interval", scope);
        self.found.evaluation_interval = self.duration(globals, "evaluation_interval", scope);
        let Some(node) = globals.get("external_labels") else { return };
        let mut labels = Labels::default();
        self.label_map(node, root.span(), scope, &mut labels);
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
                let job = self.job(node, root.span(), scope);
                self.found.is_complete &= job.name.is_some();
                self.found.jobs.push(job);
            } else {
                self.found.is_complete &= node.is_null();
            }
        }
    }

    fn job(&self, node: Node<'_>, whole: Span, scope: Scope<'_>) -> Job {
        let name = node.get("job_name").and_then(|name| self.placed_text(name, scope));
        let honor = node.get("honor_labels");
        let discovery: Vec<String> = node
            .fields()
            .iter()
            .filter_map(|entry| entry.key.text().filter(|key| key.ends_with("_sd_configs")).map(str::to_owned))
            .collect();
        let path = node.get("metrics_path").and_then(Node::text);
        let mut job = Job {
            place: self.place(node.span(), scope),
            is_conditional: self.is_conditional(node.span(), whole, scope),
            honor_labels: honor.map_or(Some(false), |honor| self.boolean(honor, node.span(), scope)),
            scrape_interval: self.duration(node, "scrape_interval", scope),
            target_labels: LabelSet::default(),
            metric_relabels: node
                .get("metric_relabel_configs")
                .map_or_else(Vec::new, |list| self.relabels(list, node, scope)),
            is_federation: path.is_some_and(|path| path.trim_end_matches('/').ends_with("federate")),
            name,
            discovery,
        };
        job.target_labels = self.target_labels(node, &job, scope);
        job
    }

    /// The labels of the targets of a job: those of every group, relabelled, as alternatives.
    fn target_labels(&self, node: Node<'_>, job: &Job, scope: Scope<'_>) -> LabelSet {
        let rules = node.get("relabel_configs").map_or_else(Vec::new, |list| self.relabels(list, node, scope));
        let mut targets = Vec::new();
        if let Some(list) = node.get("static_configs") {
            if list.scalar().is_some() && !list.is_null() {
                targets.push(open_target());
            }
            for group in list.items() {
                self.static_group(group, scope, &mut targets);
            }
        }
        for kind in &job.discovery {
            let mut target = Labels { has_meta: true, ..Labels::default() };
            target.set("__address__", Value::Present, None);
            target.is_open = !META_ONLY.contains(&kind.as_str());
            targets.push(target);
        }
        let mut relabelled = targets.into_iter().filter_map(|mut target| {
            self.preset(node, job, scope, &mut target);
            for rule in &rules {
                if rule.apply(&mut target) == Outcome::Dropped {
                    return None;
                }
            }
            Some(finish(target))
        });
        let Some(first) = relabelled.next() else {
            // No target is known: what a target would have is not known either.
            return unknown_target(job);
        };
        let labels = relabelled.fold(first, |all, one| all.or(&one));
        if self.masked.insertions.is_empty() { labels } else { self.open_where_inserted(node, scope, labels) }
    }

    /// A template may insert more labels between the lines of a job.
    fn open_where_inserted(&self, node: Node<'_>, scope: Scope<'_>, labels: LabelSet) -> LabelSet {
        let place = self.place(node.span(), scope).span;
        if self.masked.insertions.iter().any(|at| place.contains(*at)) { labels.blurred() } else { labels }
    }

    fn static_group(&self, group: Node<'_>, scope: Scope<'_>, targets: &mut Vec<Labels>) {
        if !group.is_mapping() {
            targets.push(open_target());
            return;
        }
        let mut common = Labels::default();
        if let Some(labels) = group.get("labels") {
            self.label_map(labels, group.span(), scope, &mut common);
        }
        let addresses = group.get("targets");
        let mut add = |address: Value| {
            let mut target = common.clone();
            target.set("__address__", address, None);
            targets.push(target);
        };
        match addresses {
            Some(list) if list.is_sequence() => {
                for item in list.items() {
                    add(self.placed_text(item, scope).map_or(Value::Present, |text| Value::Text(text.value)));
                }
            }
            Some(list) if !list.is_null() => add(Value::Present),
            _ => {}
        }
    }

    /// What every target has before it is relabelled.
    fn preset(&self, node: Node<'_>, job: &Job, scope: Scope<'_>, target: &mut Labels) {
        let is_set = |target: &Labels, name: &str| target.get(name) != Value::Text(String::new());
        // Labels of the target win over those of the scrape configuration.
        let name = job.name.as_ref();
        let value = name.map_or(Value::Present, |name| Value::Text(name.value.clone()));
        if !is_set(target, "job") {
            target.set("job", value, name.map(|name| name.place));
        } else if target.get("job") == Value::Unknown {
            target.set("job", Value::Present, None);
        }
        for (label, key, default) in
            [("__scheme__", "scheme", "http"), ("__metrics_path__", "metrics_path", "/metrics")]
        {
            let written = node.get(key);
            let value = match written {
                None => Value::Text(default.to_owned()),
                Some(node) => self.placed_text(node, scope).map_or(Value::Present, |text| Value::Text(text.value)),
            };
            target.set(label, value, None);
        }
        for interval in ["__scrape_interval__", "__scrape_timeout__"] {
            target.set(interval, Value::Present, None);
        }
        for entry in node.get("params").map_or_else(Vec::new, Node::fields) {
            let Some(key) = entry.key.text() else { continue };
            let first = entry.value.items().next();
            let value = first.and_then(|first| self.placed_text(first, scope));
            let value = value.map_or(Value::Unknown, |text| Value::Text(text.value));
            target.set(&format!("__param_{key}"), value, None);
        }
    }

    /// Adds the labels that the mapping `node` says, a part of `whole`.
    fn label_map(&self, node: Node<'_>, whole: Span, scope: Scope<'_>, labels: &mut Labels) {
        if node.is_null() {
            return;
        }
        if !node.is_mapping() {
            labels.is_open = true;
            return;
        }
        for Entry { key, value } in node.fields() {
            let Some(name) = key.text().filter(|_| !self.has_hole(key.span(), scope)) else {
                labels.is_open = true;
                continue;
            };
            let place = Some(self.place(key.span().to(value.span()), scope));
            let is_sometimes = self.is_conditional(key.span(), whole, scope);
            let known = match self.placed_text(value, scope) {
                Some(_) if is_sometimes => Value::Unknown,
                Some(text) => Value::Text(text.value),
                None if is_sometimes || self.is_hole(value.span(), scope) => Value::Unknown,
                None => Value::Present,
            };
            labels.set(name, known, place);
        }
    }

    fn relabels(&self, list: Node<'_>, job: Node<'_>, scope: Scope<'_>) -> Vec<Relabel> {
        if list.is_null() {
            return Vec::new();
        }
        if !list.is_sequence() {
            return vec![self.relabel(list, job, scope)];
        }
        list.items().map(|node| self.relabel(node, job, scope)).collect()
    }

    fn relabel(&self, node: Node<'_>, job: Node<'_>, scope: Scope<'_>) -> Relabel {
        let place = self.place(node.span(), scope);
        let text = |key: &str, default: &str| match node.get(key) {
            None => Some(default.to_owned()),
            Some(node) if node.is_null() => Some(default.to_owned()),
            Some(node) => self.placed_text(node, scope).map(|text| text.value),
        };
        let (sources, is_open) =
            node.get("source_labels").map_or_else(Default::default, |list| self.texts(list, scope));
        let regex = text("regex", "(.*)");
        let mut rule = Relabel {
            action: text("action", "replace").map_or(Action::Unknown, |word| action(&word)),
            source_labels: sources.into_iter().map(|name| name.value).collect(),
            separator: String::new(),
            target_label: String::new(),
            is_match_all: regex.as_deref().is_some_and(|regex| matches!(regex, "(.*)" | ".*")),
            regex: regex.map_or_else(Pattern::unknown, |regex| Pattern::new(&regex)),
            replacement: String::new(),
            is_conditional: self.is_conditional(node.span(), job.span(), scope),
            place,
        };
        let parts = (text("separator", ";"), text("target_label", ""), text("replacement", "$1"));
        match parts {
            (Some(separator), Some(target), Some(replacement)) if node.is_mapping() && !is_open => {
                (rule.separator, rule.target_label, rule.replacement) = (separator, target, replacement);
            }
            _ => rule.action = Action::Unknown,
        }
        rule
    }

    /// The texts of a list, and whether there are others.
    fn texts(&self, list: Node<'_>, scope: Scope<'_>) -> (Vec<Placed<String>>, bool) {
        if !list.is_sequence() {
            return (Vec::new(), !list.is_null());
        }
        let texts: Vec<Option<Placed<String>>> = list.items().map(|node| self.placed_text(node, scope)).collect();
        let is_open = texts.iter().any(Option::is_none);
        (texts.into_iter().flatten().collect(), is_open)
    }

    /// A text of which all is known.
    fn placed_text(&self, node: Node<'_>, scope: Scope<'_>) -> Option<Placed<String>> {
        let text = node.text().filter(|_| !node.is_null() && node.is_complete())?;
        let place = self.place(node.span(), scope);
        (!self.masked.has_hole(place.span)).then(|| Placed { value: text.to_owned(), place })
    }

    fn duration(&self, node: Node<'_>, key: &str, scope: Scope<'_>) -> Option<Placed<Duration>> {
        let text = self.placed_text(node.get(key)?, scope)?;
        Some(Placed { value: Duration::parse(&text.value).ok()?, place: text.place })
    }

    fn boolean(&self, node: Node<'_>, whole: Span, scope: Scope<'_>) -> Option<bool> {
        if self.is_conditional(node.span(), whole, scope) {
            return None;
        }
        match self.placed_text(node, scope)?.value.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    fn place(&self, span: Span, scope: Scope<'_>) -> Location {
        Location::new(self.file, scope.outer.map_or(span, |outer| outer.place(span)))
    }

    fn has_hole(&self, span: Span, scope: Scope<'_>) -> bool {
        self.masked.has_hole(self.place(span, scope).span)
    }

    fn is_hole(&self, span: Span, scope: Scope<'_>) -> bool {
        self.masked.is_hole(self.place(span, scope).span)
    }

    /// Whether `span` is there only sometimes when `whole`, of which it is a part, is there.
    fn is_conditional(&self, span: Span, whole: Span, scope: Scope<'_>) -> bool {
        self.masked.is_conditional(self.place(span, scope).span, self.place(whole, scope).span)
    }
}

/// A target of which nothing is known.
fn open_target() -> Labels {
    let mut target = Labels { is_open: true, has_meta: true, ..Labels::default() };
    target.set("__address__", Value::Present, None);
    target
}

fn unknown_target(job: &Job) -> LabelSet {
    let mut set = LabelSet::unknown();
    let name = job.name.as_ref();
    let values = name.map(|name| std::collections::BTreeSet::from([name.value.clone()]));
    let label = Label { presence: Presence::Certain, values, place: name.map(|name| name.place) };
    set.labels.insert("job".to_owned(), label);
    set.labels.insert("instance".to_owned(), Label::any(Presence::Certain, None));
    set
}

/// The labels of a target once all rules are applied. `instance` is the address where nothing else is set.
fn finish(mut target: Labels) -> LabelSet {
    let address = match target.get("__address__") {
        // Prometheus 2 adds the port of the scheme.
        Value::Text(address) if has_port(&address) => Value::Text(address),
        _ => Value::Present,
    };
    match target.get("instance") {
        Value::Text(text) if text.is_empty() => target.set("instance", address, None),
        Value::Unknown => {
            let place = target.place("instance");
            target.set("instance", Value::Present, place);
        }
        _ => {}
    }
    target.finish()
}

fn has_port(address: &str) -> bool {
    address.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_configuration(root: Node<'_>) -> bool {
    let has = |key: &str| root.get(key).is_some();
    let is_prometheus = has("scrape_configs") || has("scrape_config_files") || has("global") && has("rule_files");
    // promtail scrapes logs with a configuration that looks alike.
    is_prometheus && !has("kind") && !has("positions") && !has("clients")
}

fn is_job_list(root: Node<'_>) -> bool {
    root.items().any(|item| item.get("job_name").is_some())
}

fn action(word: &str) -> Action {
    match word.to_ascii_lowercase().as_str() {
        "replace" => Action::Replace,
        "keep" => Action::Keep,
        "drop" => Action::Drop,
        "keepequal" => Action::KeepEqual,
        "dropequal" => Action::DropEqual,
        "hashmod" => Action::HashMod,
        "labelmap" => Action::LabelMap,
        "labeldrop" => Action::LabelDrop,
        "labelkeep" => Action::LabelKeep,
        "lowercase" => Action::Lowercase,
        "uppercase" => Action::Uppercase,
        _ => Action::Unknown,
    }
}
