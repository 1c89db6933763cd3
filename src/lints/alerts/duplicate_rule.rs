//! See `lints/alerts/duplicate-rule/README.md`.

use std::collections::HashMap;

use crate::diagnostic::Location;
use crate::linter::{Check, Reporter, Repository};
use crate::prometheus::Identity;

pub(crate) const CHECK: Check = Check::Repository(check);

/// Rules of one directory are loaded together as a rule (`rule_files: rules/*.yml`); other directories are often
/// alternatives, so they are compared only among themselves.
fn check(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    let mut first: HashMap<(&str, &Identity), Location> = HashMap::new();
    for rules in &repository.rules {
        for (identity, location) in &rules.identities {
            let Some(known) = first.get(&(rules.directory.as_str(), identity)) else {
                first.insert((&rules.directory, identity), *location);
                continue;
            };
            let message = format!("rule `{}` is a duplicate: same name, same labels", identity.name);
            out.report(
                out.finding(*location, message)
                    .label(*known, "the first one")
                    .help("remove one of the two, or tell them apart by a label")
                    .subject(&identity.name),
            );
        }
    }
}
