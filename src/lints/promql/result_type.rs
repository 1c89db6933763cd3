//! See `lints/promql/result-type/README.md`.

use crate::linter::{Check, Reporter, TypedRules};
use crate::syntax::promql::ValueType;

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    // What is no rule is looked at as a table, too, and any type will do there.
    for (view, typed) in rules.typed().filter(|(view, _)| view.rule.name().is_some()) {
        let root = typed.parsed.tree.root();
        let (found, help) = match typed.parsed.value_type(root) {
            Some(found @ ValueType::String) => (found, "write an expression that selects series"),
            Some(found @ ValueType::RangeVector) => {
                (found, "apply a function that takes a range, such as `rate` or `max_over_time`")
            }
            _ => continue,
        };
        let place = rules.place(typed.text, typed.parsed.tree.get(root).span);
        let message = format!("the expression gives a {found}: each evaluation of the rule fails");
        out.report(out.finding(place, message).help(help).subject(view.name()));
    }
}
