//! Lints of PromQL expressions in rules, in the light of what is known of the metrics they read.

mod trees;

pub(super) mod collector_off;
pub(super) mod counter_without_rate;
pub(super) mod impossible_join;
pub(super) mod impossible_value;
pub(super) mod rate_of_gauge;
pub(super) mod redundant_regex;
pub(super) mod result_type;
pub(super) mod short_range;
pub(super) mod unguarded_divisor;
pub(super) mod unknown_dashboard_label;
pub(super) mod unknown_label;
pub(super) mod unknown_metric;
pub(super) mod unstable_selector;

use crate::diagnostic::Severity;
use crate::linter::{Monitoring, RuleView, TypedExpression, TypedRules};
use crate::prometheus::infer::{Knowledge, LabelSet, METRIC_NAME, Selected};
use crate::prometheus::scrape::ScrapeFile;
use crate::source::Span;
use crate::suggest;
use crate::syntax::promql::Matcher;

/// Every selector of every sound expression.
fn selectors<'t, 'a>(
    rules: &'t TypedRules<'a>,
) -> impl Iterator<Item = (&'t RuleView<'a>, &'t TypedExpression<'a>, &'t Selected<'a>)> {
    rules
        .typed()
        .flat_map(|(view, typed)| typed.inference.selectors.iter().map(move |selected| (view, typed, selected)))
}

/// What is certain is an error, anything else a warning.
fn severity(is_certain: bool) -> Severity {
    if is_certain { Severity::Error } else { Severity::Warning }
}

/// The place of the metric's name in a selector.
fn name_span(selected: &Selected<'_>) -> Span {
    let quoted = || selected.selector.matchers.iter().find(|matcher| matcher.label.text == METRIC_NAME);
    match &selected.selector.name {
        Some(name) => name.span,
        None => quoted().map_or(Span::default(), |matcher: &Matcher| matcher.value.span),
    }
}

/// Where the metric of a selector is known from: `node-exporter 1.5.0, captured`.
fn evidence(rules: &TypedRules<'_>, selected: &Selected<'_>) -> String {
    let name = selected.name.filter(|_| selected.family().is_some());
    name.map_or_else(String::new, |name| rules.monitoring.world.evidence(name))
}

/// Whether something speaks for `label` being a mistake and not a label of the targets: another metric of the exporter
/// has it, or it is nearly called like one that is there.
pub(super) fn is_suspicious(
    label: &str,
    labels: &LabelSet<'_>,
    selected: Option<&Selected<'_>>,
    knowledge: &dyn Knowledge,
) -> bool {
    let exporter = selected.and_then(Selected::family).map(|family| &family.exporter);
    closest_label(label, labels).is_some()
        || exporter.is_some_and(|exporter| !knowledge.carriers(exporter, label).is_empty())
}

/// Whether the scrape configuration settles which labels the targets add, so that a label which the exporter does not have
/// is nowhere. External labels count where the rules run on a server that others write to.
pub(super) fn is_settled(label: &str, selected: &Selected<'_>, monitoring: &Monitoring<'_>) -> bool {
    let scrape = monitoring.scrape;
    let is_external =
        |file: &ScrapeFile| file.external_labels.is_open || file.external_labels.labels.contains_key(label);
    scrape.jobs_are_known() && selected.family().is_some() && !scrape.files().iter().any(is_external)
}

/// The label of `labels` that `label` was probably meant to be.
pub(super) fn closest_label<'l>(label: &str, labels: &'l LabelSet<'_>) -> Option<&'l str> {
    let there = labels.named().iter().filter(|known| !known.presence.is_absent() && known.name != METRIC_NAME);
    suggest::closest(label, there.map(|known| known.name.as_ref()))
}
