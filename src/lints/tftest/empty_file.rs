//! See `lints/tftest/empty-file/README.md`.

use crate::linter::{Check, Reporter};
use crate::source::Span;
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for test in &module.tests {
        if test.source.is_broken() || test.runs().next().is_some() {
            continue;
        }
        let place = test.location(Span::at(0));
        out.report(
            out.finding(place, "this test file has no `run` block, so it passes without testing anything")
                .help("add a run with an assertion, or delete the file"),
        );
    }
}
