//! See `lints/alerts/missing-severity/README.md`.

use super::missing_key::report_missing;
use crate::linter::{Check, Reporter, RuleUnit};

pub(crate) const CHECK: Check = Check::Rules(check);

fn check(unit: &RuleUnit, out: &mut Reporter<'_>) {
    let help = "add `severity` to its `labels`";
    report_missing(unit, out, "label `severity`", help, |view| {
        view.group.label_of(view.rule, "severity").is_none_or(|pair| pair.value.value.is_empty())
    });
}
