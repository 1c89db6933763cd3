//! See `lints/tftest/run-without-version/README.md`.

use super::{is_regression_file, regression_file};
use crate::linter::{Check, Reporter};
use crate::terraform::{Module, named_versions};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    let config = out.config();
    let version = config.regression.version.regex();
    for test in module.tests.iter().filter(|test| is_regression_file(test, regression_file(config))) {
        for (run, versions) in named_versions(test, version) {
            if versions.is_empty() {
                let name = run.name();
                let finding = out
                    .finding(
                        test.location(run.name_span()),
                        format!("run `{name}` does not say which version fixed its bug"),
                    )
                    .help("write the version in a comment above it: `# v0.7.2: tags are preserved`");
                out.report(finding.subject(name));
            }
        }
    }
}
