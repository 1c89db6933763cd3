//! See `lints/proxmox/unsorted-tags/README.md`.

use std::borrow::Cow;

use super::{Tags, literal_tags};
use crate::diagnostic::Applicability;
use crate::linter::{Check, Reporter};
use crate::lints::with_fix;
use crate::source::Span;
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
        let finding = out
            .finding(tags.declaration.location(tags.list.span()), "tags are not sorted")
            .help(format!("write them in the order in which Proxmox returns them: `[{list}]`"))
            .subject(&address);
        let edits = edits(&tags);
        let edits: Vec<(Span, &str)> = edits.iter().map(|(span, text)| (*span, text.as_str())).collect();
        out.report(with_fix(finding, tags.declaration.source, Applicability::Safe, &edits));
    }
}

/// Every tag in the place of another, as it is written. Nothing where a comment says something about one of them.
fn edits(tags: &Tags<'_>) -> Vec<(Span, String)> {
    let document = tags.list.document();
    let list = tags.list.span();
    if document.comments().any(|(comment, _)| list.covers(comment)) {
        return Vec::new();
    }
    let mut sorted: Vec<&(Cow<'_, str>, Span)> = tags.all.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
    let places = tags.all.iter().map(|(_, span)| *span);
    places
        .zip(sorted)
        .filter(|(place, (_, from))| document.slice(*place) != document.slice(*from))
        .map(|(place, (_, from))| (place, document.slice(*from).to_owned()))
        .collect()
}
