//! See `lints/alerts/schema/README.md`.

use crate::linter::{Check, Reporter, RuleUnit};
use crate::prometheus::ViolationKind;

use super::duplicate_group::violation_finding;

pub(crate) const CHECK: Check = Check::Rules(check);

fn check(unit: &RuleUnit, out: &mut Reporter<'_>) {
    for violation in &unit.rules.violations {
        if violation.kind != ViolationKind::RepeatedGroup {
            out.report(violation_finding(unit, violation, out));
        }
    }
}
