//! See `lints/terraform/slash-comment/README.md`.

use super::with_fix;
use crate::diagnostic::Applicability;
use crate::linter::{Check, Reporter};
use crate::source::Span;
use crate::terraform::{Module, Source};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    for source in module.configuration().filter(|source| source.is_native()) {
        for (span, text) in source.document().comments() {
            let finding =
                || out.finding(source.location(span), "this comment does not begin with `#`").help("begin it with `#`");
            if text.starts_with("//") {
                let slashes = Span::new(span.start, span.start + 2);
                let found = with_fix(finding(), source, Applicability::Safe, &[(slashes, "#")]);
                out.report(found);
            } else if text.starts_with("/*") && text.contains('\n') {
                let inner = text.strip_prefix("/*").and_then(|text| text.strip_suffix("*/")).unwrap_or(text);
                let lines = format!("#{}", inner.replace('\n', "\n#"));
                let edits = [(span, lines.as_str())];
                let edits = if is_alone(source, span) { &edits[..] } else { &[] };
                let found = with_fix(finding(), source, Applicability::Safe, edits);
                out.report(found);
            }
        }
    }
}

/// Whether nothing else stands on the comment's lines. A `#` would take what follows into the comment.
fn is_alone(source: &Source, span: Span) -> bool {
    let (before, after) = (&source.text[..span.start as usize], &source.text[span.end as usize..]);
    let before = &before[memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1)..];
    let after = &after[..memchr::memchr(b'\n', after).unwrap_or(after.len())];
    before.trim_ascii().is_empty() && after.trim_ascii().is_empty()
}
