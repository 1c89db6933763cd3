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
                let lines = indentation(source, span).map(|indentation| in_lines(text, indentation));
                let edits: Vec<(Span, &str)> = lines.iter().map(|lines| (span, lines.as_str())).collect();
                let found = with_fix(finding(), source, Applicability::Safe, &edits);
                out.report(found);
            }
        }
    }
}

/// The blanks before a comment that stands alone on its lines. A `#` would take what follows into the comment.
fn indentation(source: &Source, span: Span) -> Option<&str> {
    let (before, after) = (&source.text[..span.start as usize], &source.text[span.end as usize..]);
    let before = &before[memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1)..];
    let before = before.strip_prefix(b"\xef\xbb\xbf").unwrap_or(before);
    let after = &after[..memchr::memchr(b'\n', after).unwrap_or(after.len())];
    let is_alone = before.trim_ascii().is_empty() && after.trim_ascii().is_empty();
    std::str::from_utf8(before).ok().filter(|_| is_alone)
}

/// The lines of a `/* */`, each behind a `#` in the column where the comment begins.
fn in_lines(comment: &str, indentation: &str) -> String {
    let inner = comment.strip_prefix("/*").and_then(|text| text.strip_suffix("*/")).unwrap_or(comment);
    let mut lines = String::new();
    for (number, line) in inner.split('\n').enumerate() {
        let line_end = if line.ends_with('\r') { "\r" } else { "" };
        let line = line.trim_end();
        if number > 0 {
            lines.push('\n');
            lines.push_str(indentation);
        }
        lines.push('#');
        lines.push_str(line.strip_prefix(indentation).filter(|_| number > 0).unwrap_or(line));
        lines.push_str(line_end);
    }
    lines
}
