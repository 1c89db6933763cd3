//! See `lints/alerts/duplicate-rule/README.md`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::diagnostic::Location;
use crate::linter::{Check, Reporter, Repository};
use crate::prometheus::Identity;

pub(crate) const CHECK: Check = Check::Repository(check);

/// Rules of one directory are loaded together as a rule (`rule_files: rules/*.yml`); other directories are often
/// alternatives, so they are compared only among themselves.
fn check(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    let count = repository.rules.iter().map(|rules| rules.rules().count()).sum();
    let mut first: HashMap<(&str, Identity<'_>), Location> = HashMap::with_capacity(count);
    for rules in &repository.rules {
        for (identity, location) in rules.identities() {
            let name = identity.name;
            let known = match first.entry((&rules.directory, identity)) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(place) => {
                    place.insert(location);
                    continue;
                }
            };
            let message = format!("rule `{name}` is a duplicate: same name, same labels");
            out.report(
                out.finding(location, message)
                    .label(known, "the first one")
                    .help("remove one of the two, or tell them apart by a label")
                    .subject(name),
            );
        }
    }
}
