//! The Code Quality report of GitLab: an array of findings, shown in merge requests when a job declares it as the
//! artifact `reports: codequality`.

use std::io::{self, Write};

use serde::Serialize;

use super::Report;
use crate::diagnostic::Severity;
use crate::linter::finding::Finding;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes one JSON array.
///
/// # Errors
/// Whatever `out` fails with.
pub fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let issues: Vec<Issue<'_>> = report.shown().map(issue).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

fn issue(finding: &Finding) -> Issue<'_> {
    let help = finding.help.as_ref().map_or_else(String::new, |help| format!(" (help: {help})"));
    Issue {
        description: format!("{}{help}", finding.message),
        check_name: finding.lint.as_str(),
        fingerprint: &finding.fingerprint,
        severity: severity(finding.severity),
        location: Location {
            path: &finding.place.path,
            lines: Lines { begin: finding.place.start.line, end: finding.place.end.line },
        },
    }
}

/// GitLab knows `info`, `minor`, `major`, `critical` and `blocker`.
const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Note => "info",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::fixture::{Fixture, written};
    use super::*;

    #[test]
    fn first_run() {
        insta::assert_snapshot!(written(write, &Fixture::first_run().report()));
    }

    #[test]
    fn nothing_found_is_an_empty_array() {
        assert_eq!(written(write, &Fixture::new(&[]).report()), "[]\n");
    }

    #[test]
    fn fingerprints_differ() {
        let text = written(write, &Fixture::first_run().report());
        let issues: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        let distinct: HashSet<&str> = issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(distinct.len(), issues.len());
    }
}
