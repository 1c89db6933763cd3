//! See `lints/alerts/stale-without-absent/README.md`.

use std::collections::BTreeSet;

use crate::linter::{Check, Monitoring, Reporter, RuleUnit, RuleView};
use crate::prometheus::Language;
use crate::syntax::promql::{BinaryOperator, ExprId, ExprKind, MatchOperator, Parsed, Selector, Tree};

pub(crate) const CHECK: Check = Check::Monitoring(check);

/// What the name of a metric has that says when something last happened.
const MOMENTS: [&str; 6] = ["timestamp", "last_", "_last", "success_time", "completion_time", "heartbeat"];

/// What it has where it says since when something is: it is there as long as that is.
const BEGINNINGS: [&str; 7] = ["start", "boot", "creat", "birth", "expir", "not_after", "not_before"];

fn check(monitoring: &Monitoring<'_>, out: &mut Reporter<'_>) {
    if !monitoring.is_whole {
        return;
    }
    let guarded: BTreeSet<&str> =
        monitoring.units.iter().flat_map(|unit| alerts(unit)).flat_map(|(_, parsed)| absent_metrics(parsed)).collect();
    for unit in &monitoring.units {
        for (view, parsed) in alerts(unit) {
            let Some((text, _)) = view.expression else { continue };
            for (_, node) in parsed.tree.iter() {
                let Some((metric, age)) = stale_metric(&parsed.tree, &node.kind) else { continue };
                if guarded.contains(metric) || holds_absent(&parsed.tree) {
                    continue;
                }
                let message = format!("alert `{}` is silent when `{metric}` is gone", view.name());
                let finding = out.finding(unit.location(text.map.place(parsed.tree.get(age).span)), message);
                let help = format!(
                    "add an alert on `absent({metric})`: what writes the metric may stop before the first success"
                );
                out.report(finding.help(help).subject(view.name()));
            }
        }
    }
}

fn alerts(unit: &RuleUnit) -> impl Iterator<Item = (RuleView<'_>, &Parsed)> {
    let is_promql = |view: &RuleView<'_>| view.group.language == Language::PromQl;
    unit.alerts().filter(is_promql).filter_map(|view| {
        let (_, parsed) = view.expression.filter(|(_, parsed)| parsed.errors.is_empty() && !parsed.guessed)?;
        Some((view, parsed))
    })
}

/// The metrics whose absence the expression looks for.
fn absent_metrics(parsed: &Parsed) -> Vec<&str> {
    let calls = parsed.tree.iter().filter(|(_, node)| is_absent(&node.kind));
    let selectors = calls.flat_map(|(id, _)| selectors_below(&parsed.tree, id));
    selectors.filter_map(|selector| metric(selector)).collect()
}

fn is_absent(kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::Call { function, .. } if matches!(function.text.as_str(), "absent" | "absent_over_time"))
}

fn holds_absent(tree: &Tree) -> bool {
    tree.iter().any(|(_, node)| is_absent(&node.kind))
}

fn selectors_below(tree: &Tree, id: ExprId) -> Vec<&Selector> {
    let mut found = Vec::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if let ExprKind::Selector(selector) = &tree.get(id).kind {
            found.push(selector);
        }
        open.extend(tree.operands(id));
    }
    found
}

fn metric(selector: &Selector) -> Option<&str> {
    let name = selector.name.as_ref().filter(|name| !name.opaque).map(|name| name.text.as_str());
    name.or_else(|| {
        let mut named = selector.matchers.iter().filter(|matcher| matcher.label.text == "__name__");
        named.find(|matcher| matcher.operator == MatchOperator::Equal).map(|matcher| matcher.value.value.as_str())
    })
}

/// The metric whose age a comparison asks for, with its age: `time() - metric > n`, scaled or not, or turned round.
fn stale_metric<'t>(tree: &'t Tree, kind: &'t ExprKind) -> Option<(&'t str, ExprId)> {
    let ExprKind::Binary { operator, left, right, .. } = kind else { return None };
    let age = match operator {
        BinaryOperator::Greater | BinaryOperator::GreaterEqual => *left,
        BinaryOperator::Less | BinaryOperator::LessEqual => *right,
        _ => return None,
    };
    let age = unscaled(tree, age);
    let ExprKind::Binary { operator: BinaryOperator::Sub, left, right, .. } = &tree.get(age).kind else { return None };
    let is_now = matches!(&tree.get(tree.without_parens(*left)).kind, ExprKind::Call { function, .. } if function.text == "time");
    let selectors = selectors_below(tree, *right);
    let [selector] = selectors.as_slice() else { return None };
    let name = metric(selector).filter(|_| is_now)?;
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    (has(&MOMENTS) && !has(&BEGINNINGS)).then_some((name, age))
}

/// The expression without parentheses, and without the numbers that it is multiplied with or divided by.
fn unscaled(tree: &Tree, id: ExprId) -> ExprId {
    let mut id = tree.without_parens(id);
    while let ExprKind::Binary { operator: BinaryOperator::Div | BinaryOperator::Mul, left, right, .. } =
        &tree.get(id).kind
    {
        if tree.number(*right).is_none() && !is_constant(tree, *right) {
            break;
        }
        id = tree.without_parens(*left);
    }
    id
}

/// Whether only numbers stand there, such as `24 * 3600`.
fn is_constant(tree: &Tree, id: ExprId) -> bool {
    selectors_below(tree, id).is_empty()
}
