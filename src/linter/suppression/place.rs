//! Where the suppressions of a file count: on their line, for the block or rule below them, or in all of it.

use crate::diagnostic::{Diagnostic, FileId, LintId, Location, Severity};
use crate::prometheus::RuleFile;
use crate::source::Span;
use crate::syntax::hcl::{BodyView, Document, ItemView};

use super::comment::{self, Said, Tongue};

/// One comment that suppresses findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Suppression {
    pub(super) file: FileId,
    pub(super) comment: Span,
    /// Where findings begin that are suppressed.
    pub(super) covers: Span,
    /// The names with their places.
    pub(super) names: Vec<(String, Span)>,
    pub(super) has_reason: bool,
    pub(super) tongue: Tongue,
    /// What goes when the comment goes: its line, where nothing else stands on it.
    pub(super) removal: Span,
}

/// The suppressions of one file.
#[derive(Clone, Debug)]
pub struct Found {
    /// The file.
    pub file: FileId,
    /// Whether all lints have seen what they need to find something in this file.
    pub is_judged: bool,
    pub(super) suppressions: Vec<Suppression>,
    pub(super) malformed: Vec<Diagnostic>,
}

/// The suppressions of a file in native syntax.
#[must_use]
pub fn in_document(file: FileId, document: Document<'_>) -> Option<Found> {
    let text = document.text();
    let comments = || document.comments().map(|(span, _)| span);
    find(file, text, comments, |line| item_on(document.root(), line))
}

/// The suppressions of a file with rules, dashboards or both: `read` is what was read of it, the first with all comments.
#[must_use]
pub fn in_rules(file: FileId, text: &[u8], read: &[&RuleFile]) -> Option<Found> {
    let dashboards = read.iter().flat_map(|rules| &rules.sets).filter(|set| set.origin.is_dashboard());
    let mut subjects: Vec<Span> = dashboards.map(|set| set.span).collect();
    for group in read.iter().flat_map(|rules| rules.groups()) {
        subjects.push(group.span);
        for rule in &group.rules {
            subjects.push(rule.span);
            subjects.extend(rule.expr.iter().map(|text| text.key.to(text.span)));
            subjects.extend(rule.labels.iter().chain(&rule.annotations).map(|pair| pair.name.span.to(pair.value.span)));
        }
    }
    let largest_on = |line: Span| {
        let starting = subjects.iter().filter(|subject| line.contains(subject.start));
        starting.max_by_key(|subject| subject.len()).copied()
    };
    let comments = || read.iter().take(1).flat_map(|rules| &rules.comments).map(|comment| comment.span);
    find(file, text, comments, largest_on)
}

fn find<I: Iterator<Item = Span>>(
    file: FileId,
    text: &[u8],
    comments: impl Fn() -> I,
    subject_on: impl Fn(Span) -> Option<Span>,
) -> Option<Found> {
    let mentions = |word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    if !mentions("sprag:") && !mentions("tflint-ignore") {
        return None;
    }
    let mut found = Found { file, is_judged: false, suppressions: Vec::new(), malformed: Vec::new() };
    for span in comments() {
        let at = |range: std::ops::Range<usize>| {
            Span::from(span.start as usize + range.start..span.start as usize + range.end)
        };
        let words = span.text(text);
        match comment::read(words) {
            Said::Nothing => {}
            Said::Malformed(place, message, help) => {
                let location = Location::new(file, at(place));
                let lint = LintId::new("sprag/unknown-lint");
                found.malformed.push(Diagnostic::new(lint, Severity::Warning, location, message).help(help));
            }
            Said::Directive(directive) => {
                let line = Line::of(text, span);
                let covers = match (directive.is_for_file, directive.tongue) {
                    (true, _) => Span::from(0..text.len() + 1),
                    (false, Tongue::Tflint) => line.whole.to(line_at(text, line.whole.end)),
                    (false, Tongue::Sprag) if line.is_own => below(text, line.whole.end, &comments, &subject_on),
                    (false, Tongue::Sprag) => line.whole,
                };
                let names = directive.names.into_iter();
                found.suppressions.push(Suppression {
                    file,
                    comment: span,
                    covers,
                    names: names.map(|name| (words[name.clone()].to_owned(), at(name))).collect(),
                    has_reason: directive.has_reason,
                    tongue: directive.tongue,
                    removal: line.removal,
                });
            }
        }
    }
    (!found.suppressions.is_empty() || !found.malformed.is_empty()).then_some(found)
}

/// The line a comment stands on.
struct Line {
    /// With its line break; all lines of a comment that has several.
    whole: Span,
    /// Whether nothing else stands on it.
    is_own: bool,
    /// What goes with the comment.
    removal: Span,
}

impl Line {
    fn of(text: &[u8], comment: Span) -> Self {
        let (from, to) = (comment.start as usize, comment.end as usize);
        let first = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let start = memchr::memrchr(b'\n', &text[..from]).map_or(first, |newline| newline + 1);
        let end = memchr::memchr(b'\n', &text[to..]).map_or(text.len(), |newline| to + newline + 1);
        let is_first = text[start..from].trim_ascii().is_empty();
        let is_last = text[to..end].trim_ascii().is_empty();
        let removal = match (is_first, is_last) {
            (true, true) => Span::from(start..end),
            (false, true) => Span::from(start + text[start..from].trim_ascii_end().len()..to),
            (_, false) => comment,
        };
        Self { whole: Span::from(start..end), is_own: is_first && is_last, removal }
    }
}

/// The line that begins at `start`, with its line break.
fn line_at(text: &[u8], start: u32) -> Span {
    let from = (start as usize).min(text.len());
    let end = memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |newline| from + newline + 1);
    Span::from(from..end)
}

/// What stands below a comment that ends at `from`: the block, argument or rule that begins on the next line, or that
/// line. More lines of comment may come between, blank ones not.
fn below<I: Iterator<Item = Span>>(
    text: &[u8],
    from: u32,
    comments: &impl Fn() -> I,
    subject_on: &impl Fn(Span) -> Option<Span>,
) -> Span {
    let mut line = line_at(text, from);
    loop {
        let written = line.slice(text);
        let indent = u32::try_from(written.len() - written.trim_ascii_start().len()).unwrap_or(0);
        if written.trim_ascii().is_empty() {
            return Span::at(line.start);
        }
        match comments().find(|comment| comment.start == line.start + indent) {
            Some(comment) if Line::of(text, comment).is_own => line = line_at(text, Line::of(text, comment).whole.end),
            _ => return subject_on(line).unwrap_or(line),
        }
    }
}

/// The argument or block that begins on `line`.
fn item_on(body: BodyView<'_>, line: Span) -> Option<Span> {
    for item in body.items() {
        let (span, inner) = match item {
            ItemView::Attribute(attribute) => (attribute.span(), None),
            ItemView::Block(block) => (block.span(), Some(block.body())),
        };
        if line.contains(span.start) {
            return Some(span);
        }
        if let Some(inner) = inner.filter(|_| span.contains(line.start)) {
            return item_on(inner, line);
        }
    }
    None
}

impl Suppression {
    /// Whether a finding at `place` is meant.
    pub(super) fn covers(&self, place: Location) -> bool {
        place.file == self.file && self.covers.contains(place.span.start)
    }

    /// What goes when the name with this number goes: with the comma that it does not need any more, or with the whole
    /// comment where it is the only one.
    pub(super) fn removal_of(&self, number: usize) -> Span {
        let span = |at: usize| self.names.get(at).map(|(_, span)| *span);
        match (span(number), number.checked_sub(1).and_then(span), span(number + 1)) {
            (Some(own), Some(before), _) => Span::new(before.end, own.end),
            (Some(own), None, Some(after)) => Span::new(own.start, after.start),
            _ => self.removal,
        }
    }
}
