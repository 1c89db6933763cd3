//! See `lints/alerts/duplicate-group/README.md`.

use crate::diagnostic::Diagnostic;
use crate::linter::{Check, Reporter, RuleUnit};
use crate::prometheus::{Violation, ViolationKind};

pub(crate) const CHECK: Check = Check::Rules(check);

fn check(unit: &RuleUnit, out: &mut Reporter<'_>) {
    for violation in &unit.rules.violations {
        if violation.kind == ViolationKind::RepeatedGroup {
            out.report(violation_finding(unit, violation, out));
        }
    }
}

/// A reason for which Prometheus rejects the file, as a finding.
pub(super) fn violation_finding(unit: &RuleUnit, violation: &Violation, out: &Reporter<'_>) -> Diagnostic {
    let mut finding = out.finding(unit.location(violation.span), &violation.message).subject(&violation.subject);
    finding.help.clone_from(&violation.help);
    match &violation.related {
        Some((span, message)) => finding.label(unit.location(*span), message),
        None => finding,
    }
}
