//! See `lints/alerts/too-few-alerts/README.md`.

use crate::linter::{Check, Reporter, Repository};

pub(crate) const CHECK: Check = Check::Repository(check);

fn check(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    let Some(minimum) = &repository.config.alerts.minimum else { return };
    let Some(place) = minimum.location() else { return };
    if !repository.is_whole || repository.rules.iter().any(|rules| !rules.is_complete) {
        return;
    }
    let count = repository.alerts().count();
    if count < minimum.value as usize {
        let message = format!("{count} alerts of the {} that are demanded", minimum.value);
        out.report(
            out.finding(place, message).help("add the alerts that are missing; `alerts/uncovered-domain` says where"),
        );
    }
}
