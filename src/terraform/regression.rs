//! What regression tests say about themselves: the versions that the comments of a run name, and what it refers to. Knows
//! neither which file holds them nor which versions there are.

use std::collections::BTreeSet;

use regex::Regex;

use super::{Run, TestFile, versions_in};
use crate::diagnostic::Location;
use crate::source::Span;

/// A run of a regression file, small enough to keep.
#[derive(Clone, Debug)]
pub struct RegressionRun {
    /// Its name.
    pub name: String,
    /// The versions that its comments name and where: its own comments first, then those of the section.
    pub versions: Vec<(String, Location)>,
    /// Every name in its expressions, and the variables that it sets.
    pub names: BTreeSet<String>,
}

impl RegressionRun {
    /// The runs of `test`; `version` is how a version looks.
    #[must_use]
    pub fn all(test: &TestFile<'_>, version: &Regex) -> Vec<Self> {
        let runs = named_versions(test, version);
        let names = names_in(runs.iter().map(|(run, _)| run));
        let made = runs.into_iter().zip(names).map(|((run, versions), names)| Self {
            name: run.name().into_owned(),
            versions: versions.into_iter().map(|(text, span)| (text, test.location(span))).collect(),
            names,
        });
        made.collect()
    }
}

/// Each run of `test` with the versions that its comments name.
#[must_use]
pub fn named_versions<'a>(test: &TestFile<'a>, version: &Regex) -> Vec<(Run<'a>, Vec<(String, Span)>)> {
    let comments = Comments::of(test, version);
    let mut after = 0;
    let mut found = Vec::new();
    for run in test.runs() {
        found.push((run, comments.versions_of(&run, after)));
        after = run.block.span().end;
    }
    found
}

/// What each of the runs of a file, which are in order, refers to.
fn names_in<'r, 'a: 'r>(runs: impl Iterator<Item = &'r Run<'a>> + Clone) -> Vec<BTreeSet<String>> {
    let of = |run: &Run<'_>| {
        let variables = run.block.body().blocks_of("variables");
        variables.flat_map(|block| block.body().attributes()).map(|attribute| attribute.name().to_owned()).collect()
    };
    let mut names: Vec<BTreeSet<String>> = runs.clone().map(of).collect();
    let spans: Vec<Span> = runs.clone().map(|run| run.block.span()).collect();
    let document = runs.map(|run| run.block.document()).next();
    for expr in document.iter().flat_map(|document| document.expressions()) {
        let after = spans.partition_point(|run| run.start <= expr.span().start);
        let Some(at) = after.checked_sub(1).filter(|at| spans[*at].covers(expr.span())) else { continue };
        names[at].extend(expr.as_reference().into_iter().flatten().map(std::borrow::Cow::into_owned));
        names[at].extend(expr.as_string().map(std::borrow::Cow::into_owned));
    }
    names
}

/// The comments of a test file, in order.
struct Comments<'a> {
    test: &'a TestFile<'a>,
    all: Vec<Comment>,
}

struct Comment {
    span: Span,
    versions: Vec<(String, Span)>,
    /// Whether it has a line of at least three `-`, `=`, `#` or `*`.
    is_rule: bool,
}

impl<'a> Comments<'a> {
    fn of(test: &'a TestFile<'a>, version: &Regex) -> Self {
        let comments = test.document().comments().map(|(span, text)| Comment {
            span,
            versions: versions_in(version, text, span.start).map(|(text, span)| (text.to_owned(), span)).collect(),
            is_rule: text.lines().any(is_rule),
        });
        Self { test, all: comments.collect() }
    }

    /// The versions that a comment inside the run, directly above it, or the section banner above names. `after` is
    /// where the block before ends.
    fn versions_of(&self, run: &Run<'_>, after: u32) -> Vec<(String, Span)> {
        let block = run.block.span();
        let line_end = self.test.source.text[block.end as usize..].iter().position(|byte| *byte == b'\n');
        let end = block.end + u32::try_from(line_end.unwrap_or(0)).unwrap_or(0);
        let beside = Span::new(block.end, end);
        let above = self.all.iter().rev().filter(|comment| comment.span.end <= block.start);
        let own = above.take_while(|comment| comment.span.start >= after && self.is_free(comment, block.start));
        let around = self.all.iter().filter(|comment| block.covers(comment.span) || beside.covers(comment.span));
        let banner = self.banner(block.start).iter();
        let mut found: Vec<(String, Span)> = Vec::new();
        for version in own.chain(around).chain(banner).flat_map(|comment| &comment.versions) {
            if !found.contains(version) {
                found.push(version.clone());
            }
        }
        found
    }

    /// Whether nothing but comments and blanks stands between `comment` and `end`.
    fn is_free(&self, comment: &Comment, end: u32) -> bool {
        let mut at = comment.span.end;
        for next in &self.all {
            if next.span.start < at || next.span.end > end {
                continue;
            }
            if !self.is_blank(at, next.span.start) {
                return false;
            }
            at = next.span.end;
        }
        self.is_blank(at, end)
    }

    fn is_blank(&self, start: u32, end: u32) -> bool {
        Span::new(start, end).slice(&self.test.source.text).iter().all(u8::is_ascii_whitespace)
    }

    /// The last banner before `end`: neighbouring comments of which one has a rule.
    fn banner(&self, end: u32) -> &[Comment] {
        let Some(last) = self.all.iter().rposition(|comment| comment.is_rule && comment.span.end <= end) else {
            return &[];
        };
        let joined = |a: usize, b: usize| self.is_one_line_break(self.all[a].span.end, self.all[b].span.start);
        let mut first = last;
        while first > 0 && joined(first - 1, first) {
            first -= 1;
        }
        let mut stop = last;
        while stop + 1 < self.all.len() && self.all[stop + 1].span.end <= end && joined(stop, stop + 1) {
            stop += 1;
        }
        &self.all[first..=stop]
    }

    fn is_one_line_break(&self, start: u32, end: u32) -> bool {
        let between = Span::new(start, end).slice(&self.test.source.text);
        between.iter().all(u8::is_ascii_whitespace) && between.iter().filter(|byte| **byte == b'\n').count() <= 1
    }
}

fn is_rule(line: &str) -> bool {
    ["---", "===", "###", "***", "───", "═══"].iter().any(|rule| line.contains(rule))
}
