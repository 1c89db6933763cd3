//! See `lints/alerts/overridden-label/README.md`.

use super::is_filled_in;
use crate::linter::{Check, Reporter, TypedRules};

pub(crate) const CHECK: Check = Check::Typed(check);

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for (view, typed) in rules.typed().filter(|(view, _)| view.rule.is_alert()) {
        let labels = &typed.inference.result().labels;
        let inherited = view.group.labels.iter().filter(|pair| view.rule.label(&pair.name.value).is_none());
        for pair in view.rule.labels.iter().chain(inherited) {
            let (name, value) = (pair.name.value.as_str(), pair.value.value.as_str());
            if !labels.presence(name).is_present() || is_filled_in(value) {
                continue;
            }
            let values = labels.values(name);
            if values.set().is_some_and(|set| set.len() == 1 && set[0] == value) {
                continue;
            }
            let message = if value.is_empty() {
                format!("the series have a label `{name}`, and the rule takes it away")
            } else {
                format!("the series have a label `{name}`, and the rule replaces its value")
            };
            let finding = out.finding(rules.unit.location(pair.name.span), message).subject(view.name());
            out.report(finding.help(
                "give the label of the rule another name: series that differ only in this one become the same alert, and the rule fails",
            ));
        }
    }
}
