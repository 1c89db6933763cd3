//! See `lints/proxmox/duplicate-tags/README.md`.

use super::literal_tags;
use crate::linter::{Check, Reporter};
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for (address, tags) in literal_tags(module) {
        for (index, (tag, span)) in tags.all.iter().enumerate() {
            let Some((_, first)) = tags.all[..index].iter().find(|(known, _)| known == tag) else { continue };
            out.report(
                out.finding(tags.declaration.location(*span), format!("tag `{tag}` is given twice"))
                    .label(tags.declaration.location(*first), "the first one")
                    .help("remove one: Proxmox keeps each tag once, so the plan would never be empty")
                    .subject(&address),
            );
        }
    }
}
