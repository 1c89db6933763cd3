//! See `lints/tftest/duplicate-run/README.md`.

use std::collections::HashMap;

use crate::linter::{Check, Reporter};
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for test in &module.tests {
        let mut first = HashMap::new();
        for run in test.runs() {
            let name = run.name().into_owned();
            if name.is_empty() {
                continue; // a run without a name is another mistake, which Terraform reports
            }
            let place = test.location(run.name_span());
            let Some(known) = first.get(&name).copied() else {
                first.insert(name, place);
                continue;
            };
            out.report(
                out.finding(place, format!("run `{name}` exists twice in this file"))
                    .label(known, "the first one")
                    .help("give each run its own name: Terraform refuses the file")
                    .subject(name),
            );
        }
    }
}
