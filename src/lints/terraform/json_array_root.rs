//! See `lints/terraform/json-array-root/README.md`.

use crate::diagnostic::{Applicability, Edit, Fix, Location};
use crate::linter::{Check, Reporter};
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for source in module.configuration() {
        let Some((bracket, object)) = &source.array else { continue };
        let place = Location::new(source.file, *bracket);
        let finding = out.finding(place, "this file is an array").help("write one object: `{ … }`");
        out.report(match object {
            Some((array, object)) => {
                let edit = Edit { location: Location::new(source.file, *array), text: object.clone() };
                finding.fix(Fix { applicability: Applicability::Safe, edits: vec![edit] })
            }
            None => finding,
        });
    }
}
