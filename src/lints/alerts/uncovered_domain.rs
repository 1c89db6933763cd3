//! See `lints/alerts/uncovered-domain/README.md`.

use std::cell::LazyCell;

use crate::linter::{Check, Reporter, Repository};
use crate::suggest;

pub(crate) const CHECK: Check = Check::Repository(check);

fn check(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    if !repository.is_whole || repository.rules.iter().any(|rules| !rules.is_complete) {
        return;
    }
    let metrics = LazyCell::new(|| repository.metrics_behind_alerts());
    for domain in &repository.config.alerts.domains {
        let Some(place) = domain.key.location() else { continue };
        let patterns = &domain.value.value;
        let is_covered = metrics.iter().any(|metric| patterns.iter().any(|pattern| pattern.matches(metric)));
        if patterns.is_empty() || is_covered {
            continue;
        }
        let name = &domain.key.value;
        let list = suggest::quote_all(patterns.iter().map(|pattern| pattern.value.0.as_str()));
        let help = format!("add an alert that reads a metric of {list}");
        out.report(out.finding(place, format!("no alert covers the domain `{name}`")).help(help).subject(name));
    }
}
