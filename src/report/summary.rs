//! The closing sentences, nearest to the prompt: what the findings add up to, how many there are, what is hidden and
//! what can be mended. For standard error, below any of the formats.

use std::collections::HashSet;
use std::io::{self, Write};

use super::text::{on_one_line, paint, style, wrap};
use super::{Report, plural};
use crate::diagnostic::{Applicability, Severity};

/// Writes the closing sentences.
///
/// # Errors
/// Whatever `out` fails with.
pub fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let options = report.options;
    if !report.summary.is_empty() {
        let sentences = report.summary.join("; ");
        writeln!(out, "{}", wrap(&on_one_line(&sentences, options.unicode), options.width, 0, ""))?;
    }
    if let Some(sentence) = fixable(report) {
        writeln!(out, "{sentence}")?;
    }
    let notes = if options.show_notes { 0 } else { report.count(Severity::Note) };
    let found: Vec<_> = Severity::ALL.into_iter().rev().filter_map(|severity| counted(report, severity)).collect();
    if found.is_empty() {
        let what = if notes == 0 { "no findings" } else { "no errors or warnings" };
        if let Some(sentence) = foreign(report).filter(|_| report.checked == 0) {
            return writeln!(out, "{what}: {sentence}");
        }
        write!(out, "{what} in {}", plural(report.checked, "file"))?;
    } else {
        let paths: HashSet<_> = report.shown().map(|finding| &finding.place.path).collect();
        write!(out, "{} in {}", found.join(", "), plural(paths.len(), "file"))?;
    }
    if notes > 0 {
        write!(
            out,
            " ({} hidden: --fail-on note shows {})",
            plural(notes, "note"),
            if notes == 1 { "it" } else { "them" }
        )?;
    }
    match foreign(report) {
        Some(sentence) => writeln!(out, "; {sentence}"),
        None => writeln!(out),
    }
}

/// How many files that are nothing to lint are named.
const MOST_NAMES: usize = 3;

/// Which of the named files are nothing to lint: whoever names a file expects that it is looked at.
fn foreign(report: &Report<'_>) -> Option<String> {
    let quoted = |name: &String| format!("`{}`", on_one_line(name, report.options.unicode));
    let names: Vec<String> = report.foreign.iter().take(MOST_NAMES).map(quoted).collect();
    let (last, others) = names.split_last()?;
    let subject = match report.foreign.len() - names.len() {
        0 if others.is_empty() => format!("{last} is no file"),
        0 => format!("{} and {last} are no files", others.join(", ")),
        more => format!("{} and {more} more are no files", names.join(", ")),
    };
    Some(format!("{subject} that sprag lints (Terraform, tests, Prometheus rules, dashboards)"))
}

/// `3 errors`, if there are any and they are shown.
fn counted(report: &Report<'_>, severity: Severity) -> Option<String> {
    let count = report.shown().filter(|finding| finding.severity == severity).count();
    let text = plural(count, severity.as_str());
    (count > 0).then(|| paint(&text, style(severity), report.options.color).into_owned())
}

/// How many of the shown findings come with an edit, and which flag applies it.
fn fixable(report: &Report<'_>) -> Option<String> {
    let count = |applicability| {
        let fixes = report.shown().filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.applicability == applicability).count()
    };
    match (count(Applicability::Safe), count(Applicability::Unsafe)) {
        (0, 0) => None,
        (safe, 0) => Some(format!("{} can be fixed with --fix", plural(safe, "finding"))),
        (0, risky) => Some(format!("{} can be fixed with --unsafe-fixes", plural(risky, "finding"))),
        (safe, risky) => {
            Some(format!("{} can be fixed with --fix, {risky} more with --unsafe-fixes", plural(safe, "finding")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, written};
    use super::*;

    #[test]
    fn says_it_in_a_sentence() {
        let mut fixture = Fixture::first_run();
        fixture.summary = vec!["4 of 28 alerts cannot fire".into(), "2 of 5 modules have no regression test".into()];
        insta::assert_snapshot!(written(write, &fixture.report()), @r"
        4 of 28 alerts cannot fire; 2 of 5 modules have no regression test
        1 finding can be fixed with --unsafe-fixes
        2 errors, 9 warnings in 6 files (3 notes hidden: --fail-on note shows them)
        ");
        fixture.options.show_notes = true;
        insta::assert_snapshot!(written(write, &fixture.report()), @r"
        4 of 28 alerts cannot fire; 2 of 5 modules have no regression test
        1 finding can be fixed with --unsafe-fixes
        2 errors, 9 warnings, 3 notes in 7 files
        ");
    }

    #[test]
    fn says_that_there_is_nothing() {
        let mut fixture = Fixture::new(&[("a.tf", "a = 1\n")]);
        assert_eq!(written(write, &fixture.report()), "no findings in 1 file\n");
        fixture.add(0, "a", Severity::Note, "terraform/undocumented-variable", "m");
        let hidden = "no errors or warnings in 1 file (1 note hidden: --fail-on note shows it)\n";
        assert_eq!(written(write, &fixture.report()), hidden);
    }

    #[test]
    fn says_which_named_files_are_nothing_to_lint() {
        let fixture = Fixture::new(&[]);
        let said = |names: &[&str], checked| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            let report = Report { foreign: &names, checked, ..fixture.report() };
            written(write, &report)
        };
        let kinds = "that sprag lints (Terraform, tests, Prometheus rules, dashboards)\n";
        assert_eq!(said(&["a.json"], 0), format!("no findings: `a.json` is no file {kinds}"));
        assert_eq!(said(&["a.json", "b"], 0), format!("no findings: `a.json` and `b` are no files {kinds}"));
        assert_eq!(said(&["a", "b", "c"], 0), format!("no findings: `a`, `b` and `c` are no files {kinds}"));
        let five = ["a", "b", "c", "d", "e"];
        assert_eq!(said(&five, 0), format!("no findings: `a`, `b`, `c` and 2 more are no files {kinds}"));
        assert_eq!(said(&["a\nb"], 2), format!("no findings in 2 files; `a b` is no file {kinds}"));
        assert_eq!(said(&[], 0), "no findings in 0 files\n");
    }
}
