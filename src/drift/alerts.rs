//! The life of an alert from scan to scan: which ones a scan opens, repeats or resolves. Pure: knows neither the
//! history that stores them nor Alertmanager, which is told.
//!
//! An alert is told apart from others by its environment and its [`AlertKind`] alone, because Alertmanager knows alerts
//! by their labels: what changes from scan to scan (counts, values, ids) belongs into the text.

use super::scan::{ErrorKind, Verdict};

/// What an alert is about. Together with the environment its identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertKind {
    /// Somebody changed reality.
    Drift,
    /// There is no verdict.
    Error(ErrorKind),
}

impl AlertKind {
    /// The label `alertname`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drift => "SpragDrift",
            Self::Error(_) => "SpragDriftError",
        }
    }

    /// The label `kind`, which only errors have.
    #[must_use]
    pub const fn error(self) -> Option<ErrorKind> {
        match self {
            Self::Drift => None,
            Self::Error(kind) => Some(kind),
        }
    }
}

/// What a scan means for one alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It was not open; its text comes from this scan.
    Open,
    /// It is still so; its text comes from this scan.
    Renew,
    /// Nobody knows whether it is still so: it stays open, with the text that it has.
    Hold,
    /// It is over.
    Resolve,
}

/// The steps that follow from a scan with `verdict` in an environment where the alerts `open` are open, resolved ones
/// first. `error` is the sort of failure where there is no verdict.
///
/// A scan that worked ends every error, and drift too unless it found some. A scan that failed says nothing of drift, so
/// an open drift alert stays as it is; a failure of another sort takes the place of the earlier one.
#[must_use]
pub fn advance(open: &[AlertKind], verdict: Verdict, error: Option<ErrorKind>) -> Vec<(AlertKind, Step)> {
    let now = match verdict {
        Verdict::Conforming | Verdict::Pending | Verdict::Stale => None,
        Verdict::Drift => Some(AlertKind::Drift),
        Verdict::Error => Some(AlertKind::Error(error.unwrap_or(ErrorKind::Unknown))),
    };
    let step = |kind: AlertKind| match (kind, verdict) {
        _ if now == Some(kind) => Step::Renew,
        (AlertKind::Drift, Verdict::Error) => Step::Hold,
        _ => Step::Resolve,
    };
    let mut steps: Vec<_> = open.iter().map(|kind| (*kind, step(*kind))).collect();
    steps.extend(now.filter(|kind| !open.contains(kind)).map(|kind| (kind, Step::Open)));
    steps.sort_by_key(|(kind, step)| (*step != Step::Resolve, *kind));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRIFT: AlertKind = AlertKind::Drift;
    const LOCK: AlertKind = AlertKind::Error(ErrorKind::Lock);
    const AUTH: AlertKind = AlertKind::Error(ErrorKind::Auth);

    fn failed(kind: ErrorKind, open: &[AlertKind]) -> Vec<(AlertKind, Step)> {
        advance(open, Verdict::Error, Some(kind))
    }

    #[test]
    fn nothing_is_said_while_all_is_well() {
        for verdict in [Verdict::Conforming, Verdict::Pending, Verdict::Stale] {
            assert_eq!(advance(&[], verdict, None), []);
        }
    }

    #[test]
    fn drift_opens_stays_and_is_resolved() {
        assert_eq!(advance(&[], Verdict::Drift, None), [(DRIFT, Step::Open)]);
        assert_eq!(advance(&[DRIFT], Verdict::Drift, None), [(DRIFT, Step::Renew)]);
        for verdict in [Verdict::Conforming, Verdict::Pending, Verdict::Stale] {
            assert_eq!(advance(&[DRIFT], verdict, None), [(DRIFT, Step::Resolve)]);
        }
    }

    #[test]
    fn an_error_opens_stays_and_is_resolved() {
        assert_eq!(failed(ErrorKind::Lock, &[]), [(LOCK, Step::Open)]);
        assert_eq!(failed(ErrorKind::Lock, &[LOCK]), [(LOCK, Step::Renew)]);
        for verdict in [Verdict::Conforming, Verdict::Pending, Verdict::Stale] {
            assert_eq!(advance(&[LOCK], verdict, None), [(LOCK, Step::Resolve)]);
        }
    }

    #[test]
    fn an_error_says_nothing_of_drift() {
        assert_eq!(failed(ErrorKind::Lock, &[DRIFT]), [(DRIFT, Step::Hold), (LOCK, Step::Open)]);
        assert_eq!(failed(ErrorKind::Lock, &[DRIFT, LOCK]), [(DRIFT, Step::Hold), (LOCK, Step::Renew)]);
    }

    #[test]
    fn another_error_takes_the_place_of_the_first() {
        assert_eq!(failed(ErrorKind::Auth, &[LOCK]), [(LOCK, Step::Resolve), (AUTH, Step::Open)]);
        let beside_drift = [(LOCK, Step::Resolve), (DRIFT, Step::Hold), (AUTH, Step::Open)];
        assert_eq!(failed(ErrorKind::Auth, &[DRIFT, LOCK]), beside_drift);
    }

    #[test]
    fn a_scan_that_works_again_ends_the_error() {
        assert_eq!(advance(&[LOCK], Verdict::Drift, None), [(LOCK, Step::Resolve), (DRIFT, Step::Open)]);
        assert_eq!(advance(&[DRIFT, LOCK], Verdict::Drift, None), [(LOCK, Step::Resolve), (DRIFT, Step::Renew)]);
        let all = [(DRIFT, Step::Resolve), (LOCK, Step::Resolve)];
        assert_eq!(advance(&[DRIFT, LOCK], Verdict::Conforming, None), all);
    }

    #[test]
    fn an_error_without_a_sort_is_unknown() {
        assert_eq!(advance(&[], Verdict::Error, None), [(AlertKind::Error(ErrorKind::Unknown), Step::Open)]);
    }
}
