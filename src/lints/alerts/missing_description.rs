//! See `lints/alerts/missing-description/README.md`.

use super::missing_key::{lacks_annotation, report_missing};
use crate::linter::{Check, Reporter, RuleUnit};

pub(crate) const CHECK: Check = Check::Rules(check);

fn check(unit: &RuleUnit, out: &mut Reporter<'_>) {
    let help = "add `description` to its `annotations`";
    report_missing(unit, out, "annotation `description`", help, |view| lacks_annotation(view, "description"));
}
