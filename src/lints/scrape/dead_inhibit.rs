//! See `lints/scrape/dead-inhibit/README.md`.

use std::collections::BTreeSet;

use crate::diagnostic::Location;
use crate::linter::{Check, Monitoring, Reporter, RuleView};
use crate::prometheus::alertmanager::{AlertLabels, AlertMatcher};
use crate::prometheus::scrape::{Label, Presence};
use crate::suggest;

pub(crate) const CHECK: Check = Check::Monitoring(check);

/// The alerts that `sprag drift` sends by itself.
const OWN_ALERTS: [&str; 2] = ["SpragDrift", "SpragDriftError"];

fn check(monitoring: &Monitoring<'_>, out: &mut Reporter<'_>) {
    let is_certain = monitoring.is_whole && monitoring.rules_are_known;
    let asks = monitoring.alertmanagers.iter().any(|file| !file.inhibit_rules.is_empty() || !file.routes.is_empty());
    // What changes alerts on their way may give them any label.
    if !asks || !is_certain || monitoring.scrape.files().iter().any(|file| file.relabels_alerts) {
        return;
    }
    let mut alerts: Vec<AlertLabels> = monitoring.units.iter().flat_map(|unit| unit.alerts()).map(labels_of).collect();
    if alerts.is_empty() {
        return;
    }
    alerts.extend(OWN_ALERTS.map(own_alert));
    for file in &monitoring.alertmanagers {
        for rule in &file.inhibit_rules {
            // One finding is enough: what no alert starts holds nothing back, whatever its targets.
            let end = "this rule never holds anything back";
            if !report(&rule.source, &alerts, rule.place, end, out) {
                report(&rule.target, &alerts, rule.place, end, out);
            }
        }
        for route in &file.routes {
            report(&route.matchers, &alerts, route.place, "this route is never taken", out);
        }
    }
}

fn own_alert(name: &str) -> AlertLabels {
    let mut set = AlertLabels::default();
    for (label, value) in [(ALERT, name), ("severity", "warning")] {
        set.labels.insert(label.to_owned(), Label::one(value, None));
    }
    for label in ["environment", "instance", "kind"] {
        set.labels.insert(label.to_owned(), Label::any(Presence::Possible, None));
    }
    set
}

/// The label that carries the name of an alert.
const ALERT: &str = "alertname";

/// The labels of the alerts of a rule. Series may bring any that the rule does not set.
fn labels_of(view: RuleView<'_>) -> AlertLabels {
    let mut set = AlertLabels::unknown();
    let own = view.rule.labels.iter();
    let inherited = view.group.labels.iter().filter(|pair| view.rule.label(&pair.name.value).is_none());
    for pair in own.chain(inherited) {
        set.labels.insert(pair.name.value.clone(), label(&pair.value.value));
    }
    // Set last, whatever the labels say.
    set.labels.insert(ALERT.to_owned(), label(view.name()));
    set
}

fn label(value: &str) -> Label {
    if value.contains("{{") || value.contains("${") || value.contains("%{") {
        return Label::any(Presence::Possible, None);
    }
    // An empty value takes the label away.
    Label::one(value, None)
}

/// Reports matchers that no alert can satisfy together. Returns whether they are such.
fn report(
    matchers: &[AlertMatcher],
    alerts: &[AlertLabels],
    whole: Location,
    consequence: &str,
    out: &mut Reporter<'_>,
) -> bool {
    let fits = |alert: &AlertLabels| matchers.iter().all(|matcher| matcher.may_match(alert));
    if alerts.iter().any(fits) {
        return false;
    }
    let alone = matchers.iter().find(|matcher| !alerts.iter().any(|alert| matcher.may_match(alert)));
    let (place, message) = match alone {
        Some(matcher) => (matcher.place, format!("no alert has `{matcher}`: {consequence}")),
        None => {
            let all: Vec<String> = matchers.iter().map(|matcher| format!("`{matcher}`")).collect();
            (whole, format!("no alert has {} at the same time: {consequence}", all.join(" and ")))
        }
    };
    let finding = out.finding(place, message);
    out.report(match alone.and_then(|matcher| advice(matcher, alerts)) {
        Some(help) => finding.help(help),
        None => finding.help("name an alert and what its rule sets"),
    });
    true
}

/// The values that the label has, and the one that was probably meant.
fn advice(matcher: &AlertMatcher, alerts: &[AlertLabels]) -> Option<String> {
    let labels = alerts.iter().filter_map(|alert| alert.get(&matcher.label)?.values.as_ref());
    let values: BTreeSet<&str> =
        labels.flatten().map(String::as_str).filter(|value| !OWN_ALERTS.contains(value)).collect();
    let close = matcher.value.as_deref().and_then(|value| suggest::closest(value, values.iter().copied()));
    if matcher.label == ALERT {
        return Some(close.map_or_else(
            || "name an alert of the rule files".to_owned(),
            |close| format!("did you mean the alert `{close}`?"),
        ));
    }
    let list = suggest::quote_all(values);
    let label = &matcher.label;
    Some(match close {
        Some(close) => format!("did you mean `{close}`? the rules set `{label}` to {list}"),
        None => format!("the rules set `{label}` to {list}"),
    })
}
