//! See `lints/tftest/not-discovered/README.md`.

use crate::diagnostic::{Location, Severity};
use crate::linter::{Check, Reporter, Repository, StrayReason};
use crate::source::Span;

pub(crate) const CHECK: Check = Check::Repository(check);

fn check(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    for stray in &repository.stray_tests {
        let place = Location::new(stray.file, Span::at(0));
        let name = &stray.name;
        out.report(match stray.reason {
            StrayReason::Name => out
                .finding(place, format!("`{name}` is no name of a test file, so nobody runs it"))
                .help("name it `….tftest.hcl`, not hidden"),
            StrayReason::Place => out
                .finding_of(Severity::Warning, place, format!("`{name}` lies where `terraform test` does not look"))
                .help(
                    "move it beside the module's files or into its `tests` directory; deeper directories are not read",
                ),
        });
    }
}
