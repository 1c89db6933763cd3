//! See `lints/alerts/long-interval/README.md`.

use crate::linter::{Check, Monitoring, Reporter};
use crate::prometheus::{Duration, Language};

pub(crate) const CHECK: Check = Check::Monitoring(check);

/// How far back Prometheus looks for the newest sample of a series, unless `--query.lookback-delta` says otherwise.
const LOOKBACK: Duration = Duration::from_millis(5 * 60 * 1000);

fn check(monitoring: &Monitoring<'_>, out: &mut Reporter<'_>) {
    let help = "evaluate at least every 5 minutes: what a rule gives is gone 5 minutes later, also for `for` and for \
                rules that read it";
    for unit in &monitoring.units {
        for group in unit.rules.groups().filter(|group| group.language == Language::PromQl && !group.rules.is_empty()) {
            let Some(field) = &group.interval else { continue };
            let Some(interval) = field.value.filter(|interval| *interval > LOOKBACK) else { continue };
            let name = group.name.as_ref().map_or("", |name| name.value.as_str());
            let message = format!("group `{name}` is evaluated every {interval}: its results have gaps");
            out.report(out.finding(unit.location(field.span), message).help(help).subject(name));
        }
    }
    for file in monitoring.scrape.files() {
        let Some(interval) = file.evaluation_interval.as_ref().filter(|interval| interval.value > LOOKBACK) else {
            continue;
        };
        let message = format!("rules are evaluated every {}: their results have gaps", interval.value);
        out.report(out.finding(interval.place, message).help(help));
    }
}
