//! Workflow commands of GitHub Actions: a line on standard output per finding, which becomes an annotation on the changed
//! file. The worst come first, since GitHub shows the first ten of a step only.

use std::borrow::Cow;
use std::io::{self, Write};

use super::Report;
use crate::diagnostic::Severity;
use crate::linter::finding::{Finding, Place};

/// Writes one command per finding and place.
///
/// # Errors
/// Whatever `out` fails with.
pub fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let mut findings: Vec<&Finding> = report.shown().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in findings {
        writeln!(
            out,
            "::{} file={},{},title={}::{}",
            command(finding.severity),
            property(&finding.place.path),
            range(&finding.place),
            property(finding.lint.as_str()),
            data(&message(finding)),
        )?;
    }
    Ok(())
}

const fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// Lines and columns, both ends inclusive. GitHub refuses columns of more than one line.
fn range(place: &Place) -> String {
    let (start, end) = (place.start, place.end);
    // A span that ends with a line break ends on the next line, before its first character.
    let last = if end.column == 1 && end.line > start.line { end.line - 1 } else { end.line };
    if start.line == end.line {
        let column = end.column.saturating_sub(1).max(start.column);
        format!("line={},col={},endLine={last},endColumn={column}", start.line, start.column)
    } else {
        format!("line={},endLine={last}", start.line)
    }
}

fn message(finding: &Finding) -> String {
    let mut text = finding.message.clone();
    if !finding.note.is_empty() {
        text.push_str(&format!(": {}", finding.note));
    }
    for label in &finding.labels {
        let place = &label.place;
        text.push_str(&format!("\n{}:{}:{}: {}", place.path, place.start.line, place.start.column, label.message));
    }
    if let Some(help) = &finding.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    if !finding.also.is_empty() {
        text.push_str(&format!("\nalso at {}", finding.also.join(", ")));
    }
    text
}

/// The text after `::` as the runner decodes it.
fn data(text: &str) -> Cow<'_, str> {
    escape(text, &['%', '\r', '\n'])
}

/// The value of a property as the runner decodes it.
fn property(text: &str) -> Cow<'_, str> {
    escape(text, &['%', '\r', '\n', ':', ','])
}

fn escape<'a>(text: &'a str, special: &[char]) -> Cow<'a, str> {
    if !text.contains(special) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        if special.contains(&char) {
            escaped.push_str(&format!("%{:02X}", u32::from(char)));
        } else {
            escaped.push(char);
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, written};
    use super::*;

    #[test]
    fn first_run() {
        insta::assert_snapshot!(written(write, &Fixture::first_run().report()));
    }

    #[test]
    fn escapes_as_the_runner_decodes() {
        assert_eq!(data("50% of a: b, c\r\nd"), "50%25 of a: b, c%0D%0Ad");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
        assert!(matches!(data("plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_finding_cannot_write_a_command_of_its_own() {
        let text = written(write, &Fixture::hostile().report());
        let commands = text.lines().filter(|line| line.starts_with("::error file=")).count();
        assert_eq!(commands, text.lines().count(), "{text}");
    }

    #[test]
    fn columns_are_of_one_line_only() {
        let mut fixture = Fixture::new(&[("a.tf", "ab {\n  c\n}\n")]);
        fixture.add(0, "ab {\n  c\n}\n", Severity::Error, "terraform/x", "m");
        fixture.add(0, "ab", Severity::Error, "terraform/y", "m");
        fixture.add(0, "", Severity::Error, "terraform/z", "m");
        let text = written(write, &fixture.report());
        assert!(text.contains("file=a.tf,line=1,endLine=3,title=terraform/x"), "{text}");
        assert!(text.contains("file=a.tf,line=1,col=1,endLine=1,endColumn=2,title=terraform/y"), "{text}");
        assert!(text.contains("file=a.tf,line=1,col=1,endLine=1,endColumn=1,title=terraform/z"), "{text}");
    }
}
