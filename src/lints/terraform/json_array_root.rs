//! See `lints/terraform/json-array-root/README.md`.

use crate::diagnostic::Location;
use crate::linter::{Check, Reporter};
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for source in module.configuration() {
        if let Some(bracket) = source.array {
            let place = Location::new(source.file, bracket);
            out.report(out.finding(place, "this file is an array").help("write one object: `{ … }`"));
        }
    }
}
