//! See `lints/alerts/cross-group-record/README.md`.

use std::collections::BTreeMap;

use crate::diagnostic::Location;
use crate::linter::{Check, Monitoring, Reporter, RuleUnit, RuleView};
use crate::prometheus::{Group, Language};
use crate::syntax::promql;

pub(crate) const CHECK: Check = Check::Monitoring(check);

/// Where a metric is recorded.
struct Record<'a> {
    group: &'a Group,
    location: Location,
}

fn check(monitoring: &Monitoring<'_>, out: &mut Reporter<'_>) {
    let mut records: BTreeMap<&str, Vec<Record<'_>>> = BTreeMap::new();
    for unit in &monitoring.units {
        for view in recording(unit) {
            let Some(name) = &view.rule.record else { continue };
            let record = Record { group: view.group, location: unit.location(name.span) };
            records.entry(&name.value).or_default().push(record);
        }
    }
    for unit in &monitoring.units {
        for view in recording(unit) {
            let Some((text, parsed)) = view.expression.filter(|(_, parsed)| parsed.errors.is_empty()) else { continue };
            for (name, span) in promql::metric_names(parsed) {
                let Some(known) = records.get(name) else { continue };
                if known.iter().any(|record| std::ptr::eq(record.group, view.group)) {
                    continue;
                }
                let message = format!("`{name}` is recorded by another group, at another moment");
                let place = unit.location(text.map.place(span));
                let finding = out.finding(place, message).help(
                    "move both rules into one group, the one that is read first: only there one follows the other",
                );
                out.report(finding.label(known[0].location, "recorded here").subject(view.name()));
            }
        }
    }
}

fn recording(unit: &RuleUnit) -> impl Iterator<Item = RuleView<'_>> {
    unit.rules().filter(|view| !view.rule.is_alert() && view.group.language == Language::PromQl)
}
