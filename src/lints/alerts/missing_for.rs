//! See `lints/alerts/missing-for/README.md`.

use super::missing_key::report_missing;
use crate::linter::{Check, Reporter, RuleUnit};

pub(crate) const CHECK: Check = Check::Rules(check);

fn check(unit: &RuleUnit, out: &mut Reporter<'_>) {
    let help = "add `for: 5m`, or `for: 0s` where the first sample must alert";
    report_missing(unit, out, "`for`", help, |view| view.rule.for_.is_none());
}
