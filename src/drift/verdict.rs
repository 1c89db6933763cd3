//! From rows to a verdict, and how much of what rows say is noise of the provider. Pure.

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

/// What an earlier scan saw that had a verdict.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// The serial of the state that it compared.
    pub serial: Option<u64>,
    /// The fingerprints of its rows.
    pub fingerprints: Vec<String>,
}

/// Marks the rows that came back after an apply: terraform wrote the state since they were seen, or they were gone in
/// between. `earlier` is in the order of time; `serial` is that of the state the rows come from.
pub fn mark_recurring(rows: &mut [Change], earlier: &[Earlier], serial: Option<u64>) {
    for row in rows {
        let has_it = |scan: &&Earlier| scan.fingerprints.contains(&row.fingerprint);
        let first = earlier.iter().position(|scan| has_it(&scan));
        let was_gone = first.is_some_and(|first| earlier[first..].iter().any(|scan| !has_it(&scan)));
        let was_applied = earlier.iter().filter(has_it).any(|scan| match (scan.serial, serial) {
            (Some(then), Some(now)) => then < now,
            _ => false,
        });
        row.flags.recurring = was_gone || was_applied;
    }
}

/// The share of noise among the rows that raised an alarm, from 0 to 1; 0 where none did. Noise is another order, one
/// sort of nothing instead of another, and what comes back after every apply.
pub fn noise_ratio<'c>(rows: impl IntoIterator<Item = &'c Change>) -> f64 {
    let (mut alarms, mut noise) = (0_u32, 0_u32);
    for row in rows.into_iter().filter(|row| row.cause.is_drift() && row.ignored_by.is_none()) {
        alarms += 1;
        noise += u32::from(row.flags.order_only || row.flags.empty_equivalent || row.flags.recurring);
    }
    if alarms == 0 { 0.0 } else { f64::from(noise) / f64::from(alarms) }
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
    fn what_comes_back_is_recurring() {
        let scan = |serial, prints: &[&str]| Earlier {
            serial,
            fingerprints: prints.iter().map(|print| (*print).to_owned()).collect(),
        };
        let is_recurring = |earlier: &[Earlier], serial| {
            let mut rows = [row(Cause::Manual, "f")];
            mark_recurring(&mut rows, earlier, serial);
            rows[0].flags.recurring
        };
        assert!(!is_recurring(&[], Some(5)));
        assert!(!is_recurring(&[scan(Some(5), &["f"])], Some(5)), "not applied yet");
        assert!(is_recurring(&[scan(Some(5), &["f"])], Some(6)), "the state was written since");
        assert!(is_recurring(&[scan(None, &["f"]), scan(None, &["g"])], None), "it was gone in between");
        assert!(!is_recurring(&[scan(Some(4), &["g"]), scan(Some(5), &["f"])], Some(5)), "it is new since then");
    }

    #[test]
    fn noise_is_a_share_of_alarms() {
        let mut noisy = row(Cause::Manual, "");
        noisy.flags.order_only = true;
        let mut ignored = noisy.clone();
        ignored.ignored_by = Some(1);
        let rows = [row(Cause::Manual, ""), noisy, ignored, row(Cause::Ahead, "")];
        assert!((noise_ratio(&rows) - 0.5).abs() < 1e-9);
        assert!(noise_ratio(&rows[3..]).abs() < 1e-9);
    }
}
