//! See `lints/alerts/missing-required-alert/README.md`.

use crate::linter::{Check, Reporter, Repository};
use crate::suggest;

pub(crate) const CHECK: Check = Check::Repository(check);

fn check(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    if !repository.is_whole || repository.rules.iter().any(|rules| !rules.is_complete) {
        return;
    }
    for required in &repository.config.alerts.require {
        let name = required.name.value.as_str();
        let Some(place) = required.name.location() else { continue };
        if repository.alerts().any(|alert| alert.name == name) {
            continue;
        }
        let message = format!("no rule file has the required alert `{name}`");
        let finding = out.finding(place, message).subject(name);
        let names = repository.alerts().map(|alert| alert.name);
        out.report(match suggest::closest(name, names) {
            Some(close) => finding.help(format!("there is an alert `{close}`: is it this one under another name?")),
            None => finding.help("add the alert to a rule file"),
        });
    }
}
