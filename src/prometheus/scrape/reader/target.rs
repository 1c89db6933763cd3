//! What the targets of a job have: labels of static groups and of service discovery, presets, and what relabelling makes
//! of them.

use std::collections::BTreeSet;

use super::super::file::Job;
use super::super::labels::{Label, LabelSet, Presence};
use super::super::relabel::{Labels, Outcome, Value};
use super::rules;
use super::scope::Scope;
use crate::syntax::yaml::Node;

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

/// What the targets of a job have in common.
pub(super) struct Targets {
    /// Their labels: those of every group, relabelled, as alternatives.
    pub(super) labels: LabelSet,
    /// The ports of those that are scraped at `/metrics`, as far as they are known.
    pub(super) ports: BTreeSet<String>,
    /// Whether labels may set how often they are scraped.
    pub(super) set_intervals: bool,
}

/// Where exporters show their own metrics.
const METRICS_PATH: &str = "/metrics";

/// The label that says how often a target is scraped.
const INTERVAL: &str = "__scrape_interval__";

/// What is known of the targets of a job.
pub(super) fn read(node: Node<'_>, job: &Job, scope: Scope<'_>) -> Targets {
    let rules = node.get("relabel_configs").map_or_else(Vec::new, |list| rules::read(list, node, scope));
    let mut targets = Vec::new();
    if let Some(list) = node.get("static_configs") {
        if list.scalar().is_some() && !list.is_null() {
            targets.push(open_target());
        }
        for group in list.items() {
            static_group(group, scope, &mut targets);
        }
    }
    for kind in &job.discovery {
        let mut target = Labels { has_meta: true, ..Labels::default() };
        target.set("__address__", Value::Present, None);
        target.is_open = !META_ONLY.contains(&kind.as_str());
        targets.push(target);
    }
    let mut found = Targets { labels: LabelSet::default(), ports: BTreeSet::new(), set_intervals: false };
    let mut relabelled = targets.into_iter().filter_map(|mut target| {
        preset(node, job, scope, &mut target);
        for rule in &rules {
            if rule.apply(&mut target) == Outcome::Dropped {
                return None;
            }
        }
        found.set_intervals |= target.get(INTERVAL) != Value::Present || target.place(INTERVAL).is_some();
        found.ports.extend(port_of_metrics(&target));
        Some(finish(target))
    });
    let labels = match relabelled.next() {
        Some(first) => relabelled.fold(first, |all, one| all.or(&one)),
        // No target is known: what a target would have is not known either.
        None => unknown_target(job),
    };
    found.labels = if scope.masked.insertions.is_empty() { labels } else { open_where_inserted(node, scope, labels) };
    found
}

/// The port of a target that is scraped at `/metrics`, if that is known.
fn port_of_metrics(target: &Labels) -> Option<String> {
    let is_plain = target.get("__metrics_path__") == Value::Text(METRICS_PATH.to_owned());
    let Value::Text(address) = target.get("__address__") else { return None };
    let (_, port) = address.rsplit_once(':').filter(|_| is_plain && has_port(&address))?;
    Some(port.to_owned())
}

/// A template may insert more labels between the lines of a job.
fn open_where_inserted(node: Node<'_>, scope: Scope<'_>, labels: LabelSet) -> LabelSet {
    let place = scope.place(node.span()).span;
    if scope.masked.insertions.iter().any(|at| place.contains(*at)) { labels.blurred() } else { labels }
}

fn static_group(group: Node<'_>, scope: Scope<'_>, targets: &mut Vec<Labels>) {
    if !group.is_mapping() {
        targets.push(open_target());
        return;
    }
    let mut common = Labels::default();
    if let Some(labels) = group.get("labels") {
        scope.label_map(labels, group.span(), &mut common);
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
                add(scope.placed_text(item).map_or(Value::Present, |text| Value::Text(text.value)));
            }
        }
        Some(list) if !list.is_null() => add(Value::Present),
        _ => {}
    }
}

/// What every target has before it is relabelled.
fn preset(node: Node<'_>, job: &Job, scope: Scope<'_>, target: &mut Labels) {
    let is_set = |target: &Labels, name: &str| match name {
        "job" => target.get(name) != Value::Text(String::new()),
        // Of an open set these are hardly ever meant.
        name => target.values.contains_key(name),
    };
    // Labels of the target win over those of the scrape configuration.
    let name = job.name.as_ref();
    let value = name.map_or(Value::Present, |name| Value::Text(name.value.clone()));
    if !is_set(target, "job") {
        target.set("job", value, name.map(|name| name.place));
    } else if target.get("job") == Value::Unknown {
        target.set("job", Value::Present, None);
    }
    for (label, key, default) in [("__scheme__", "scheme", "http"), ("__metrics_path__", "metrics_path", METRICS_PATH)]
    {
        if is_set(target, label) {
            continue;
        }
        let written = node.get(key);
        let value = match written {
            None => Value::Text(default.to_owned()),
            Some(node) => scope.placed_text(node).map_or(Value::Present, |text| Value::Text(text.value)),
        };
        target.set(label, value, None);
    }
    for interval in [INTERVAL, "__scrape_timeout__"] {
        if !is_set(target, interval) {
            target.set(interval, Value::Present, None);
        }
    }
    for entry in node.get("params").map_or_else(Vec::new, Node::fields) {
        let Some(key) = entry.key.text() else { continue };
        let first = entry.value.items().next();
        let value = first.and_then(|first| scope.placed_text(first));
        let value = value.map_or(Value::Unknown, |text| Value::Text(text.value));
        target.set(&format!("__param_{key}"), value, None);
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
    let values = name.map(|name| BTreeSet::from([name.value.clone()]));
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
