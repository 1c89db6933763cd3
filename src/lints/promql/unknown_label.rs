//! See `lints/promql/unknown-label/README.md`.

use super::{closest_label, evidence, is_settled, is_suspicious, selectors, severity};
use crate::diagnostic::Diagnostic;
use crate::linter::{Check, Reporter, RuleView, TypedExpression, TypedRules};
use crate::prometheus::infer::{Carrier, DeadReason, Knowledge, LabelSet, METRIC_NAME, Presence, Selected};
use crate::suggest;
use crate::syntax::promql::{ExprId, ExprKind, Matcher, Name};

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for (view, typed, selected) in selectors(rules) {
        for dead in selected.dead.iter().filter(|dead| dead.reason == DeadReason::NoSuchLabel) {
            let matcher = &selected.selector.matchers[dead.matcher];
            let label = matcher.label.text.as_str();
            let is_doubtful = !dead.is_certain && selected.before.labels.presence(label) != Presence::Never;
            let (known, monitoring) = (&selected.before.labels, rules.monitoring);
            if is_doubtful
                && !is_settled(label, selected, monitoring)
                && !is_suspicious(label, known, Some(selected), monitoring.world)
            {
                continue;
            }
            let place = rules.place(typed.text, matcher.label.span);
            let name = selected.name.unwrap_or("this");
            let message = format!("`{name}` has no label `{label}`: nothing is selected");
            let finding = out.finding_of(severity(dead.is_certain), place, message).note(evidence(rules, selected));
            out.report(finding.help(advice(rules, typed, selected, matcher)).subject(view.name()));
        }
    }
    for (view, typed) in rules.typed() {
        for (_, node) in typed.parsed.tree.iter() {
            match &node.kind {
                ExprKind::Aggregate { arguments, grouping: Some(grouping), .. } if !grouping.without => {
                    let Some(operand) = arguments.last() else { continue };
                    for label in &grouping.labels {
                        ineffective(rules, out, (view, typed), *operand, label);
                    }
                }
                ExprKind::Binary { left, right, matching, .. } => {
                    let Some(group) = &matching.group else { continue };
                    let one = if group.left { *right } else { *left };
                    for label in &group.labels {
                        ineffective(rules, out, (view, typed), one, label);
                    }
                }
                _ => {}
            }
        }
    }
}

/// What to do about `matcher`, which names a label that the metric of `selected` lacks.
fn advice(rules: &TypedRules<'_>, typed: &TypedExpression<'_>, selected: &Selected<'_>, matcher: &Matcher) -> String {
    let label = matcher.label.text.as_str();
    if let Some(close) = closest_label(label, &selected.before.labels) {
        return format!("did you mean `{close}`?");
    }
    let own = own_labels(&selected.before.labels);
    let Some(family) = selected.family() else { return format!("its labels are {own}") };
    let carriers = rules.monitoring.world.carriers(&family.exporter, label);
    let Some(carrier) = carriers.first() else { return format!("its labels are {own}") };
    match join(typed, selected, matcher, carrier) {
        Some(join) => format!("`{label}` is on `{}`; join it: `{join}`", carrier.name),
        None => format!("`{label}` is on `{}`; the labels here are {own}", carrier.name),
    }
}

/// The selector joined with the metric that has the label.
fn join(
    typed: &TypedExpression<'_>,
    selected: &Selected<'_>,
    matcher: &Matcher,
    carrier: &Carrier<'_>,
) -> Option<String> {
    let family = selected.family()?;
    let label = matcher.label.text.as_str();
    let shared: Vec<&str> = carrier
        .labels
        .iter()
        .map(AsRef::as_ref)
        .filter(|name| *name != label && family.labels.iter().any(|own| own.name == *name))
        .collect();
    if shared.is_empty() {
        return None;
    }
    let others = selected.selector.matchers.iter().filter(|other| other.label.text != label);
    let others: Vec<&str> = others.map(|other| typed.source(other.span)).collect();
    let braces = if others.is_empty() { String::new() } else { format!("{{{}}}", others.join(",")) };
    let (name, on) = (selected.name?, shared.join(", "));
    let (other, wanted) = (&carrier.name, typed.source(matcher.span));
    Some(format!("{name}{braces} * on (instance, {on}) group_left ({label}) {other}{{{wanted}}}"))
}

/// The labels that there are, for people.
pub(in crate::lints) fn own_labels(labels: &LabelSet<'_>) -> String {
    let there = labels.named().iter().filter(|label| !label.presence.is_absent() && label.name != METRIC_NAME);
    suggest::quote_all(there.map(|label| label.name.as_ref()))
}

/// Reports `label` of a grouping where what is grouped never has it.
fn ineffective(
    rules: &TypedRules<'_>,
    out: &mut Reporter<'_>,
    (view, typed): (&RuleView<'_>, &TypedExpression<'_>),
    operand: ExprId,
    label: &Name,
) {
    if label.opaque || label.text == METRIC_NAME {
        return;
    }
    let labels = &typed.inference.of(operand).labels;
    let inside: Vec<&Selected<'_>> = typed.inference.selectors_in(operand).collect();
    // The selector is wrong in the first place.
    if inside.iter().any(|selected| selected.is_dead()) {
        return;
    }
    // A label of the targets is as good a guess as a slip of the pen, unless it is nearly called like one that is there.
    let is_absent = match labels.presence(&label.text) {
        Presence::Never => true,
        Presence::Unlikely => closest_label(&label.text, labels).is_some(),
        _ => false,
    };
    if is_absent {
        let finding = finding(rules, out, typed, label, labels, &inside);
        out.report(finding.subject(view.name()));
    }
}

fn finding(
    rules: &TypedRules<'_>,
    out: &Reporter<'_>,
    typed: &TypedExpression<'_>,
    label: &Name,
    labels: &LabelSet<'_>,
    inside: &[&Selected<'_>],
) -> Diagnostic {
    let place = rules.place(typed.text, label.span);
    let message = format!("no series here has a label `{}`: it has no effect", label.text);
    let evidence = match inside {
        [only] => evidence(rules, only),
        _ => String::new(),
    };
    let finding = out.finding_of(severity(false), place, message).note(evidence);
    let own = own_labels(labels);
    finding.help(match closest_label(&label.text, labels) {
        Some(close) => format!("did you mean `{close}`?"),
        None if own.is_empty() => "remove it: no label is left here".to_owned(),
        None => format!("remove it; the labels here are {own}"),
    })
}
