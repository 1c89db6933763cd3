//! See `lints/tftest/default-apply/README.md`.

use super::{is_regression_file, regression_file};
use crate::diagnostic::Severity;
use crate::linter::{Check, Reporter};
use crate::terraform::{Command, Module};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    let regression = regression_file(out.config());
    for test in &module.tests {
        let is_regression = is_regression_file(test, regression);
        let severity = if is_regression { Severity::Error } else { Severity::Warning };
        for run in test.runs() {
            let name = run.name();
            let finding = match run.command_value() {
                None => out
                    .finding_of(
                        severity,
                        test.location(run.name_span()),
                        format!("run `{name}` has no `command`, so it applies"),
                    )
                    .help("add `command = plan`, or `command = apply` where resources are really wanted"),
                Some(value) if is_regression && run.command() == Some(Command::Apply) => out
                    .finding_of(severity, test.location(value.span()), format!("regression run `{name}` applies"))
                    .help("write `command = plan`: regression tests deploy nothing"),
                Some(_) => continue,
            };
            out.report(finding.subject(name));
        }
    }
}
