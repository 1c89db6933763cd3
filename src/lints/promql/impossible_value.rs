//! See `lints/promql/impossible-value/README.md`.

use super::{evidence, selectors, severity};
use crate::linter::{Check, Reporter, TypedRules};
use crate::prometheus::infer::DeadReason;
use crate::suggest;

pub(crate) const CHECK: Check = Check::Typed(check);

/// More values than this are not listed.
const MOST_LISTED: usize = 12;

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
            // The value exists, and another matcher asks for others.
            let is_contradiction = known.is_empty() || known.contains(&value);
            let message = if is_contradiction {
                format!("`{written}` selects nothing: another matcher lets only other values pass")
            } else {
                format!("`{written}` selects nothing: `{label}` of `{name}` has no such value")
            };
            let listed = if known.len() > MOST_LISTED {
                String::new()
            } else {
                format!("the values are {}", suggest::quote_all(known.iter().copied()))
            };
            let help = match suggest::closest(value, known.iter().copied()) {
                _ if is_contradiction => "remove one of the matchers; `=~\"a|b\"` lets several values pass".to_owned(),
                Some(close) if listed.is_empty() => format!("did you mean `{close}`?"),
                Some(close) => format!("did you mean `{close}`? {listed}"),
                None => listed,
            };
            let finding = out.finding_of(severity(dead.is_certain), place, message).note(evidence(rules, selected));
            out.report(finding.help(help).subject(view.name()));
        }
    }
}
