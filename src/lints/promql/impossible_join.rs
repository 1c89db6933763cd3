//! See `lints/promql/impossible-join/README.md`.

use super::severity;
use crate::linter::{Check, Reporter, TypedExpression, TypedRules};
use crate::prometheus::infer::{Conflict, Join, LabelSet, METRIC_NAME, Presence, Selected};
use crate::suggest;
use crate::syntax::promql::{BinaryOperator, ExprId, ExprKind};

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for (view, typed) in rules.typed() {
        for join in &typed.inference.joins {
            // A selector that finds nothing is reported where it stands.
            if typed.inference.selectors_in(join.id).any(Selected::is_dead) {
                continue;
            }
            let ExprKind::Binary { operator, operator_span, left, right, .. } = &typed.parsed.tree.get(join.id).kind
            else {
                continue;
            };
            let Some(conflict) = join.conflicts.first() else { continue };
            let effect = match operator {
                BinaryOperator::Unless => "`unless` never removes anything",
                _ => "nothing ever comes out",
            };
            let message = format!("the two sides never match: {}; {effect}", reason(conflict));
            let place = rules.place(typed.text, *operator_span);
            let sides = [(*left, "left"), (*right, "right")];
            let mut finding = out.finding_of(severity(join.is_certain), place, message);
            for (id, side) in sides {
                let span = typed.parsed.tree.get(id).span;
                let labels = shown(&typed.inference.of(id).labels);
                finding = finding.label(rules.place(typed.text, span), format!("{side}: {labels}"));
            }
            out.report(finding.help(advice(typed, join, *left, *right)).subject(view.name()));
        }
    }
}

fn reason(conflict: &Conflict<'_>) -> String {
    let label = &conflict.label;
    if conflict.differs() {
        return format!("no value of `{label}` is on both");
    }
    if conflict.left.presence.is_absent() {
        format!("only the right one has `{label}`")
    } else {
        format!("only the left one has `{label}`")
    }
}

fn shown(labels: &LabelSet<'_>) -> String {
    let there = labels.named().iter().filter(|label| !label.presence.is_absent() && label.name != METRIC_NAME);
    let listed = suggest::quote_all(there.map(|label| label.name.as_ref()));
    match (listed.is_empty(), labels.rest() == Presence::Sometimes) {
        (true, true) => "any labels".to_owned(),
        (true, false) => "no labels".to_owned(),
        (false, true) => format!("{listed} and others"),
        (false, false) => listed,
    }
}

/// Labels to match on: those that both sides have for certain.
fn advice(typed: &TypedExpression<'_>, join: &Join<'_>, left: ExprId, right: ExprId) -> String {
    let [left, right] = [left, right].map(|id| &typed.inference.of(id).labels);
    let is_common = |name: &str| {
        let differs = join.conflicts.iter().any(|conflict| conflict.label == name);
        name != METRIC_NAME && !differs && left.presence(name).is_present() && right.presence(name).is_present()
    };
    let common: Vec<&str> =
        left.named().iter().map(|label| label.name.as_ref()).filter(|name| is_common(name)).collect();
    if common.is_empty() {
        return "make both sides keep the same labels, or match on what they have in common: `on (...)`".to_owned();
    }
    format!(
        "match on what they have in common: `on ({})`; where one side has several series for one of the other, add `group_left` or `group_right`",
        common.join(", ")
    )
}
