//! See `lints/tftest/run-without-version/README.md`.

use regex::Regex;

use super::{is_regression_file, regression_file};
use crate::linter::{Check, Reporter};
use crate::source::Span;
use crate::terraform::{Module, Run, TestFile, versions_in};

pub(crate) const CHECK: Check = Check::Module(check);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    let config = out.config();
    let version = config.regression.version.regex();
    for test in module.tests.iter().filter(|test| is_regression_file(test, regression_file(config))) {
        let comments = Comments::of(test, version);
        let mut after = 0;
        for run in test.runs() {
            if !comments.name_a_version(&run, after) {
                let name = run.name();
                let finding = out
                    .finding(
                        test.location(run.name_span()),
                        format!("run `{name}` does not say which version fixed its bug"),
                    )
                    .help("write the version in a comment above it: `# v0.7.2: tags are preserved`");
                out.report(finding.subject(name));
            }
            after = run.block.span().end;
        }
    }
}

/// The comments of a test file, in order.
struct Comments<'a> {
    test: &'a TestFile<'a>,
    all: Vec<Comment>,
}

struct Comment {
    span: Span,
    has_version: bool,
    /// Whether it has a line of at least three `-`, `=`, `#` or `*`.
    is_rule: bool,
}

impl<'a> Comments<'a> {
    fn of(test: &'a TestFile<'a>, version: &Regex) -> Self {
        let comments = test.document().comments().map(|(span, text)| Comment {
            span,
            has_version: versions_in(version, text, span.start).next().is_some(),
            is_rule: text.lines().any(is_rule),
        });
        Self { test, all: comments.collect() }
    }

    /// Whether a comment inside the run, directly above it, or the section banner above names a version. `after` is
    /// where the block before ends.
    fn name_a_version(&self, run: &Run<'_>, after: u32) -> bool {
        let block = run.block.span();
        let inside = self.all.iter().any(|comment| comment.has_version && block.covers(comment.span));
        let line_end = self.test.source.text[block.end as usize..].iter().position(|byte| *byte == b'\n');
        let end = block.end + u32::try_from(line_end.unwrap_or(0)).unwrap_or(0);
        let beside =
            self.all.iter().any(|comment| comment.has_version && Span::new(block.end, end).covers(comment.span));
        let above = self.all.iter().rev().filter(|comment| comment.span.end <= block.start);
        let own = above.clone().take_while(|comment| comment.span.start >= after && self.is_free(comment, block.start));
        inside || beside || own.clone().any(|comment| comment.has_version) || self.banner_names_a_version(block.start)
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
    fn banner_names_a_version(&self, end: u32) -> bool {
        let Some(last) = self.all.iter().rposition(|comment| comment.is_rule && comment.span.end <= end) else {
            return false;
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
        self.all[first..=stop].iter().any(|comment| comment.has_version)
    }

    fn is_one_line_break(&self, start: u32, end: u32) -> bool {
        let between = Span::new(start, end).slice(&self.test.source.text);
        between.iter().all(u8::is_ascii_whitespace) && between.iter().filter(|byte| **byte == b'\n').count() <= 1
    }
}

fn is_rule(line: &str) -> bool {
    ["---", "===", "###", "***", "───", "═══"].iter().any(|rule| line.contains(rule))
}
