//! See `lints/proxmox/unsorted-tags/README.md`.

use super::literal_tags;
use crate::linter::{Check, Reporter};
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for (address, tags) in literal_tags(module) {
        if tags.all.is_sorted_by(|(a, _), (b, _)| a <= b) {
            continue;
        }
        let mut sorted: Vec<&str> = tags.all.iter().map(|(tag, _)| tag.as_ref()).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let list = sorted.iter().map(|tag| format!("{tag:?}")).collect::<Vec<_>>().join(", ");
        out.report(
            out.finding(tags.declaration.location(tags.list.span()), "tags are not sorted")
                .help(format!("write them in the order in which Proxmox returns them: `[{list}]`"))
                .subject(&address),
        );
    }
}
