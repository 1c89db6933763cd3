//! See `lints/promql/impossible-value/README.md`.

use super::{evidence, selectors, severity};
use crate::linter::{Check, Reporter, TypedRules};
use crate::prometheus::infer::DeadReason;
use crate::suggest;
use crate::syntax::promql::{MatchOperator, Matcher};

pub(crate) const CHECK: Check = Check::Typed(check);

/// More values than this are not listed.
const MOST_LISTED: usize = 12;

/// What to do about two matchers that agree on no value.
const CONTRADICTION: &str = "remove one of the matchers; `=~\"a|b\"` lets several values pass";

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for (view, typed, selected) in selectors(rules) {
        for dead in selected.dead.iter().filter(|dead| dead.reason == DeadReason::NoSuchValue) {
            let matcher = &selected.selector.matchers[dead.matcher];
            let (label, value) = (matcher.label.text.as_str(), matcher.value.value.as_str());
            let values = selected.before.labels.values(label);
            let known: Vec<&str> = values.set().unwrap_or_default().iter().map(AsRef::as_ref).collect();
            let place = rules.place(typed.text, matcher.value.span);
            let name = selected.name.unwrap_or("this");
            let written = typed.source(matcher.span);
            let (problem, help) = if dead.is_contradicted {
                ("another matcher lets only other values pass".to_owned(), CONTRADICTION.to_owned())
            } else {
                (problem(matcher, name), advice(value, &known))
            };
            let message = format!("`{written}` selects nothing: {problem}");
            let finding = out.finding_of(severity(dead.is_certain), place, message).note(evidence(rules, selected));
            out.report(finding.help(help).subject(view.name()));
        }
    }
}

/// Why `matcher` on a label of the metric `name` lets no value pass.
fn problem(matcher: &Matcher, name: &str) -> String {
    let label = &matcher.label.text;
    match matcher.operator {
        MatchOperator::NotEqual | MatchOperator::MatchesNot => {
            format!("it leaves out every value that `{label}` of `{name}` has")
        }
        MatchOperator::Equal if matcher.value.value.is_empty() => format!("`{label}` of `{name}` is never empty"),
        MatchOperator::Equal | MatchOperator::Matches => format!("`{label}` of `{name}` has no such value"),
    }
}

/// Which of the `known` values was meant by `value`, and which there are.
fn advice(value: &str, known: &[&str]) -> String {
    let listed = if known.is_empty() || known.len() > MOST_LISTED {
        String::new()
    } else {
        format!("the values are {}", suggest::quote_all(known.iter().copied()))
    };
    match suggest::closest(value, known.iter().copied()).filter(|close| *close != value) {
        Some(close) if listed.is_empty() => format!("did you mean `{close}`?"),
        Some(close) => format!("did you mean `{close}`? {listed}"),
        None => listed,
    }
}
