//! See `lints/proxmox/duplicate-tags/README.md`.

use super::literal_tags;
use crate::diagnostic::Applicability;
use crate::linter::{Check, Reporter};
use crate::lints::with_fix;
use crate::source::Span;
use crate::terraform::Module;

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for (address, tags) in literal_tags(module) {
        for (index, (tag, span)) in tags.all.iter().enumerate() {
            let Some((_, first)) = tags.all[..index].iter().find(|(known, _)| known == tag) else { continue };
            let finding = out
                .finding(tags.declaration.location(*span), format!("tag `{tag}` is given twice"))
                .label(tags.declaration.location(*first), "the first one")
                .help("remove one: Proxmox keeps each tag once, so the plan would never be empty")
                .subject(&address);
            // With the comma before it. A comment in between stays for you to judge.
            let gone = Span::new(tags.all[index - 1].1.end, span.end);
            let gap = tags.list.document().slice(Span::new(gone.start, span.start));
            let is_bare = gap.chars().all(|c| c == ',' || c.is_whitespace());
            let edits = [(gone, "")];
            let edits = if is_bare { &edits[..] } else { &[] };
            out.report(with_fix(finding, tags.declaration.source, Applicability::Safe, edits));
        }
    }
}
