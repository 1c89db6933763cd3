//! From rows to a verdict, and which rows are noise of the provider. Pure.

use std::collections::HashSet;

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

/// Marks the rows that came back after an apply, which is noise of the provider: they were seen before, and terraform
/// wrote the state since. `seen` are fingerprints with the serial of the state in which they were seen; `serial` is that
/// of the state the rows come from.
pub fn mark_recurring<'s>(
    rows: &mut [Change],
    seen: impl IntoIterator<Item = (&'s str, Option<u64>)>,
    serial: Option<u64>,
) {
    let was_written = |then: Option<u64>| then.zip(serial).is_some_and(|(then, now)| then < now);
    let returned: HashSet<&str> =
        seen.into_iter().filter(|(_, then)| was_written(*then)).map(|(fingerprint, _)| fingerprint).collect();
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
        let is_recurring = |seen: &[(&str, Option<u64>)], serial| {
            let mut rows = [row(Cause::Manual, "f")];
            mark_recurring(&mut rows, seen.iter().copied(), serial);
            rows[0].flags.recurring
        };
        assert!(!is_recurring(&[], Some(5)));
        assert!(!is_recurring(&[("f", Some(5))], Some(5)), "not applied yet");
        assert!(is_recurring(&[("f", Some(5))], Some(6)), "the state was written since");
        assert!(!is_recurring(&[("g", Some(4)), ("f", Some(5))], Some(5)), "it is new since then");
        assert!(!is_recurring(&[("f", None)], Some(6)), "nobody knows what was written");
        assert!(!is_recurring(&[("f", Some(7))], Some(6)), "another state");
    }
}
