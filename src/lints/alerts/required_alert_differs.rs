//! See `lints/alerts/required-alert-differs/README.md`.

use super::is_filled_in;
use crate::config::{Located, RequiredAlert, format_duration};
use crate::diagnostic::Diagnostic;
use crate::linter::{AlertSummary, Check, Reporter, Repository};

pub(crate) const CHECK: Check = Check::Repository(check);

fn check(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    for required in &repository.config.alerts.require {
        let same_name = repository.alerts().filter(|alert| alert.name == required.name.value);
        let differences: Vec<Vec<Diagnostic>> = same_name
            .map(|alert| [severity(required, &alert, out), hold(required, &alert, out)].into_iter().flatten().collect())
            .collect();
        // Of several alerts with the name one that agrees is enough: the others are other stages of it.
        if differences.iter().all(|found| !found.is_empty()) {
            for difference in differences.into_iter().flatten() {
                out.report(difference.subject(&required.name.value));
            }
        }
    }
}

fn severity(required: &RequiredAlert, alert: &AlertSummary<'_>, out: &Reporter<'_>) -> Option<Diagnostic> {
    let wanted = required.severity.as_ref()?;
    let (found, place) = match alert.severity {
        Some((found, _)) if found == wanted.value || is_filled_in(found) => return None,
        Some((found, place)) => (format!("severity `{found}`"), place),
        None => ("no severity".to_owned(), alert.location),
    };
    let message = format!("alert `{}` has {found}, required is `{}`", alert.name, wanted.value);
    Some(with_origin(out.finding(place, message), wanted))
}

fn hold(required: &RequiredAlert, alert: &AlertSummary<'_>, out: &Reporter<'_>) -> Option<Diagnostic> {
    let wanted = required.for_.as_ref()?;
    let (found, place) = match alert.hold {
        None => (0, alert.location),
        Some((Some(duration), place)) => (u128::from(duration.as_millis()), place),
        Some((None, _)) => return None, // no duration at all: `alerts/schema` says so
    };
    if found == wanted.value.as_millis() {
        return None;
    }
    let written = alert.hold.and_then(|(duration, _)| duration);
    let found = written.map_or_else(|| "has no `for`".to_owned(), |duration| format!("has `for: {duration}`"));
    let message = format!("alert `{}` {found}, required is `for: {}`", alert.name, format_duration(wanted.value));
    Some(with_origin(out.finding(place, message), wanted))
}

/// Points at the place in the configuration that demands it.
fn with_origin<T>(finding: Diagnostic, wanted: &Located<T>) -> Diagnostic {
    match wanted.location() {
        Some(place) => finding.label(place, "required here"),
        None => finding,
    }
}
