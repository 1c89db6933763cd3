//! See `lints/alerts/indistinct-text/README.md`.

use crate::linter::{Check, Reporter, TypedRule, TypedRules};
use crate::prometheus::infer::{Label, LabelSet, METRIC_NAME, Presence};
use crate::prometheus::message::Source;
use crate::suggest;

pub(crate) const CHECK: Check = Check::Typed(check);

/// More labels than these are not offered.
const MOST_OFFERED: usize = 4;

fn check(rules: &TypedRules<'_>, out: &mut Reporter<'_>) {
    for rule in rules.alerts() {
        let Some(typed) = &rule.typed else { continue };
        let view = &rule.view;
        // Nobody reads the texts of an alert that has none.
        let annotations = &view.rule.annotations;
        if annotations.is_empty() || annotations.iter().any(|pair| pair.value.value.contains("${")) {
            continue;
        }
        let labels = &typed.inference.result().labels;
        let telling: Vec<&Label<'_>> = labels
            .named()
            .iter()
            .filter(|label| label.presence.is_present() && label.name != METRIC_NAME)
            .filter(|label| label.values.set().is_none_or(|set| set.len() > 1))
            .collect();
        if telling.is_empty() || names_any(rule, labels, &telling) {
            continue;
        }
        let shown: Vec<&str> = telling.iter().rev().take(MOST_OFFERED).map(|label| label.name.as_ref()).collect();
        let list = suggest::quote_all(shown.iter().copied());
        let best = shown.iter().find(|name| **name != "job").unwrap_or(&shown[0]);
        let message = format!("no text of alert `{}` says which series it is about", view.name());
        let finding = out.finding(rules.unit.location(view.name_span()), message).subject(view.name());
        out.report(finding.help(format!("name one of its labels, such as {list}, as in `{{{{ $labels.{best} }}}}`")));
    }
}

/// Whether a text names a label that tells the results apart.
fn names_any(rule: &TypedRule<'_>, labels: &LabelSet<'_>, telling: &[&Label<'_>]) -> bool {
    // What cannot be read may name them all.
    let all = rule.view.rule.labels.iter().chain(&rule.view.rule.annotations);
    let templates = all.filter(|pair| pair.value.value.contains("{{")).count();
    if rule.texts.len() != templates {
        return true;
    }
    rule.texts.iter().any(|(_, message)| {
        // A query that prints labels names the series it finds.
        let asks = message.labels.iter().any(|label| matches!(label.source, Source::Query(_)));
        let mut own = message.labels.iter().filter(|label| label.source == Source::Alert);
        // What is not known to be there may tell as well.
        let tells = |name: &str| {
            let is_open = matches!(labels.presence(name), Presence::Sometimes | Presence::Unlikely);
            is_open || telling.iter().any(|label| label.name == name)
        };
        asks || message.uses_all_labels || own.any(|used| tells(used.name))
    })
}
