//! Lints of PromQL expressions in rules, some in the light of what is known of the metrics they read.

pub(super) mod collector_off;
pub(super) mod counter_without_rate;
pub(super) mod impossible_join;
pub(super) mod impossible_value;
pub(super) mod rate_of_gauge;
pub(super) mod redundant_regex;
pub(super) mod result_type;
pub(super) mod short_range;
pub(super) mod unguarded_divisor;
pub(super) mod unknown_label;
pub(super) mod unknown_metric;
pub(super) mod unstable_selector;

use crate::diagnostic::Severity;
use crate::linter::{RuleUnit, RuleView, TypedExpression, TypedRules};
use crate::prometheus::infer::{Knowledge, LabelSet, METRIC_NAME, Selected};
use crate::prometheus::{Language, Text};
use crate::source::Span;
use crate::suggest;
use crate::syntax::promql::{ExprId, Matcher, Parsed, Tree};

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
fn evidence(selected: &Selected<'_>) -> String {
    selected.family().map(|family| family.evidence.clone()).unwrap_or_default()
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

/// The label of `labels` that `label` was probably meant to be.
pub(super) fn closest_label<'l>(label: &str, labels: &'l LabelSet<'_>) -> Option<&'l str> {
    let there = labels.named().iter().filter(|known| !known.presence.is_absent() && known.name != METRIC_NAME);
    suggest::closest(label, there.map(|known| known.name.as_ref()))
}

/// The rules of a file whose expressions parse, with text and tree.
fn sound(unit: &RuleUnit) -> impl Iterator<Item = (RuleView<'_>, &Text, &Parsed)> {
    unit.rules().filter_map(|view| {
        let (text, parsed) = view.expression.filter(|_| view.group.language == Language::PromQl)?;
        (parsed.errors.is_empty() && !parsed.guessed).then_some((view, text, parsed))
    })
}

/// The node that each node is an operand of.
fn parents(tree: &Tree) -> Vec<Option<ExprId>> {
    let mut parents = vec![None; tree.len()];
    for (id, _) in tree.iter() {
        for operand in tree.operands(id) {
            if let Some(parent) = parents.get_mut(operand.index()) {
                *parent = Some(id);
            }
        }
    }
    parents
}
