//! From rows to a verdict, and which rows are noise of the provider. Pure.

use std::collections::HashSet;

use super::history::Sighting;
use super::scan::{Cause, Change, Checkout, Verdict};

/// What a plan says of an environment; an environment whose scan failed has no plan, and its verdict is an error.
#[must_use]
pub fn judge(rows: &[Change], checkout: &Checkout) -> Verdict {
    let counts = |test: fn(Cause) -> bool| rows.iter().any(|row| row.ignored_by.is_none() && test(row.cause));
    if counts(Cause::is_drift) {
        Verdict::Drift
    } else if !counts(|cause| cause == Cause::Ahead) {
        Verdict::Conforming
    } else if checkout.behind.is_some_and(|commits| commits > 0) {
        Verdict::Stale
    } else {
        Verdict::Pending
    }
}

/// Marks the rows that came back, which is noise of the provider: they were gone in between, or terraform has written the
/// state since they were seen. (An apply that ends where it began does not write the state.) `serial` is that of the state
/// the rows come from.
pub fn mark_recurring(rows: &mut [Change], seen: &[Sighting], serial: Option<u64>) {
    let was_written = |then: Option<u64>| then.zip(serial).is_some_and(|(then, now)| then < now);
    let returned = seen.iter().filter(|sighting| sighting.missed > 0 || was_written(sighting.serial));
    let returned: HashSet<&str> = returned.map(|sighting| sighting.fingerprint.as_str()).collect();
    for row in rows {
        row.flags.recurring = returned.contains(row.fingerprint.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::scan::{ChangeKind, Flags};

    fn row(cause: Cause, fingerprint: &str) -> Change {
        Change {
            address: "a.b".to_owned(),
            path: "x".to_owned(),
            expected: "1".to_owned(),
            actual: "2".to_owned(),
            kind: ChangeKind::Modify,
            cause,
            flags: Flags::default(),
            ignored_by: None,
            fingerprint: fingerprint.to_owned(),
        }
    }

    fn behind(commits: u32) -> Checkout {
        Checkout { behind: Some(commits), ..Checkout::default() }
    }

    #[test]
    fn drift_wins_over_pending_and_pending_over_nothing() {
        let (manual, ahead) = (row(Cause::Manual, ""), row(Cause::Ahead, ""));
        assert_eq!(judge(&[], &behind(3)), Verdict::Conforming);
        assert_eq!(judge(&[row(Cause::Benign, "")], &behind(3)), Verdict::Conforming);
        assert_eq!(judge(std::slice::from_ref(&ahead), &behind(0)), Verdict::Pending);
        assert_eq!(judge(std::slice::from_ref(&ahead), &behind(1)), Verdict::Stale);
        assert_eq!(judge(&[ahead, manual], &behind(1)), Verdict::Drift, "real drift stays drift");
        for cause in [Cause::Conflict, Cause::Deleted] {
            assert_eq!(judge(&[row(cause, "")], &Checkout::default()), Verdict::Drift);
        }
    }

    #[test]
    fn ignored_rows_do_not_count() {
        let mut ignored = row(Cause::Manual, "");
        ignored.ignored_by = Some(1);
        assert_eq!(judge(&[ignored], &Checkout::default()), Verdict::Conforming);
    }

    #[test]
    fn what_comes_back_after_an_apply_is_recurring() {
        let is_recurring = |seen: &[Sighting], serial| {
            let mut rows = [row(Cause::Manual, "f")];
            mark_recurring(&mut rows, seen, serial);
            rows[0].flags.recurring
        };
        let sighting = |fingerprint: &str, serial, missed| {
            [Sighting { fingerprint: fingerprint.to_owned(), serial, scans: 1, missed }]
        };
        assert!(!is_recurring(&[], Some(5)));
        assert!(!is_recurring(&sighting("f", Some(5), 0), Some(5)), "not applied yet");
        assert!(is_recurring(&sighting("f", Some(5), 0), Some(6)), "the state was written since");
        assert!(is_recurring(&sighting("f", None, 1), None), "it was gone in between");
        assert!(!is_recurring(&sighting("g", Some(4), 1), Some(5)), "another change");
        assert!(!is_recurring(&sighting("f", None, 0), Some(6)), "nobody knows what was written");
        assert!(!is_recurring(&sighting("f", Some(7), 0), Some(6)), "another state");
    }
}
