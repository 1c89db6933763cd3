//! One entry of `scrape_configs`.

use std::collections::BTreeSet;

use super::super::file::Job;
use super::super::labels::LabelSet;
use super::scope::Scope;
use super::{rules, target};
use crate::source::Span;
use crate::syntax::yaml::Node;

/// The job that `node` describes, a part of `whole`.
pub(super) fn read(node: Node<'_>, whole: Span, scope: Scope<'_>) -> Job {
    let name = node.get("job_name").and_then(|name| scope.placed_text(name));
    let honor = node.get("honor_labels");
    let discovery: Vec<String> = node
        .fields()
        .iter()
        .filter_map(|entry| entry.key.text().filter(|key| key.ends_with("_sd_configs")).map(str::to_owned))
        .collect();
    let path = node.get("metrics_path").and_then(Node::text);
    let mut job = Job {
        place: scope.place(node.span()),
        is_conditional: scope.is_conditional(node.span(), whole),
        honor_labels: honor.map_or(Some(false), |honor| scope.boolean(honor, node.span())),
        scrape_interval: scope.duration(node, "scrape_interval"),
        has_open_interval: false,
        ports: BTreeSet::new(),
        target_labels: LabelSet::default(),
        metric_relabels: node
            .get("metric_relabel_configs")
            .map_or_else(Vec::new, |list| rules::read(list, node, scope)),
        is_federation: path.is_some_and(|path| path.trim_end_matches('/').ends_with("federate"))
            || node.get("params").is_some_and(|params| params.get("match[]").is_some()),
        name,
        discovery,
    };
    let targets = target::read(node, &job, scope);
    job.has_open_interval =
        targets.set_intervals || job.scrape_interval.is_none() && node.get("scrape_interval").is_some();
    (job.target_labels, job.ports) = (targets.labels, targets.ports);
    job
}
