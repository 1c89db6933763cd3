//! The machine-readable format, version 1: every finding, notes included. The shape is a promise: keys keep their order
//! and their meaning, a value that is absent is `null`, and only new keys may come.
//!
//! `end` is exclusive, `offset` counts bytes from 0, lines and columns count from 1, a column is one Unicode scalar
//! value. The first label repeats the finding's own place where a few words stand beside it.

use std::io::{self, Write};

use serde::Serialize;

use super::Report;
use crate::diagnostic::Severity;
use crate::linter::finding::{Finding, Place, PlacedFix};

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    diagnostics: Vec<Diagnostic<'a>>,
    summary: Summary<'a>,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    path: &'a str,
    start: Position,
    end: Position,
    labels: Vec<Label<'a>>,
    help: Option<&'a str>,
    url: Option<&'a str>,
    fingerprint: &'a str,
    fix: Option<Fix<'a>>,
    also: &'a [String],
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Label<'a> {
    path: &'a str,
    start: Position,
    end: Position,
    message: &'a str,
}

#[derive(Serialize)]
struct Fix<'a> {
    applicability: &'a str,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    path: &'a str,
    start: Position,
    end: Position,
    text: &'a str,
}

#[derive(Serialize)]
struct Summary<'a> {
    errors: usize,
    warnings: usize,
    notes: usize,
    files: usize,
    sentences: &'a [String],
}

/// Writes one JSON document on one line.
///
/// # Errors
/// Whatever `out` fails with.
pub fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let document = Document {
        version: 1,
        diagnostics: report.findings.iter().map(diagnostic).collect(),
        summary: Summary {
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            notes: report.count(Severity::Note),
            files: report.checked,
            sentences: report.summary,
        },
    };
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

fn diagnostic(finding: &Finding) -> Diagnostic<'_> {
    let own = (!finding.note.is_empty()).then(|| label(&finding.place, &finding.note));
    Diagnostic {
        code: finding.lint.as_str(),
        severity: finding.severity.as_str(),
        message: &finding.message,
        path: &finding.place.path,
        start: finding.place.start.into(),
        end: finding.place.end.into(),
        labels: own.into_iter().chain(finding.labels.iter().map(|other| label(&other.place, &other.message))).collect(),
        help: finding.help.as_deref(),
        url: finding.url.as_deref(),
        fingerprint: &finding.fingerprint,
        fix: finding.fix.as_ref().map(fix),
        also: &finding.also,
    }
}

fn label<'a>(place: &'a Place, message: &'a str) -> Label<'a> {
    Label { path: &place.path, start: place.start.into(), end: place.end.into(), message }
}

fn fix(fix: &PlacedFix) -> Fix<'_> {
    let edits = fix.edits.iter().map(|edit| Edit {
        path: &edit.place.path,
        start: edit.place.start.into(),
        end: edit.place.end.into(),
        text: &edit.text,
    });
    Fix { applicability: fix.applicability.as_str(), edits: edits.collect() }
}

impl From<crate::source::Position> for Position {
    fn from(position: crate::source::Position) -> Self {
        Self { line: position.line, column: position.column, offset: position.offset }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::fixture::{Fixture, written};
    use super::*;

    /// Asserts that `value` has exactly these keys.
    fn keys(value: &Value, expected: &str) {
        let mut expected: Vec<_> = expected.split(' ').collect();
        expected.sort_unstable(); // serde_json keeps objects sorted
        assert_eq!(value.as_object().unwrap().keys().collect::<Vec<_>>(), expected, "{value}");
    }

    fn place(value: &Value) {
        for end in ["start", "end"] {
            keys(&value[end], "line column offset");
            assert!(value[end].as_object().unwrap().values().all(Value::is_u64), "{value}");
        }
        assert!(value["path"].is_string(), "{value}");
    }

    fn check(document: &Value) {
        keys(document, "version diagnostics summary");
        assert_eq!(document["version"], 1);
        keys(&document["summary"], "errors warnings notes files sentences");
        for diagnostic in document["diagnostics"].as_array().unwrap() {
            keys(diagnostic, "code severity message path start end labels help url fingerprint fix also");
            place(diagnostic);
            assert!(["error", "warning", "note"].contains(&diagnostic["severity"].as_str().unwrap()));
            for label in diagnostic["labels"].as_array().unwrap() {
                keys(label, "path start end message");
                place(label);
            }
            if !diagnostic["fix"].is_null() {
                keys(&diagnostic["fix"], "applicability edits");
                for edit in diagnostic["fix"]["edits"].as_array().unwrap() {
                    keys(edit, "path start end text");
                    place(edit);
                }
            }
        }
    }

    #[test]
    fn has_the_promised_shape() {
        for fixture in [Fixture::first_run(), Fixture::hostile(), Fixture::new(&[])] {
            let text = written(write, &fixture.report());
            assert_eq!(text.lines().count(), 1);
            let document: Value = serde_json::from_str(&text).unwrap();
            check(&document);
            assert_eq!(document["diagnostics"].as_array().unwrap().len(), fixture.findings().len());
        }
    }

    #[test]
    fn one_finding_in_full() {
        let mut fixture = Fixture::new(&[("a.tf", "é = \"50\"\n")]);
        fixture.add(0, "\"50\"", Severity::Error, "proxmox/mount-point-size-without-unit", "size `50` has no unit");
        fixture.last().note = "here".into();
        fixture.last().help = Some("write `50G`".into());
        // One promised piece per line; together they are the document.
        let expected = [
            r#"{"version":1,"diagnostics":[{"code":"proxmox/mount-point-size-without-unit","severity":"error","#,
            r#""message":"size `50` has no unit","path":"a.tf","#,
            r#""start":{"line":1,"column":5,"offset":5},"end":{"line":1,"column":9,"offset":9},"#,
            r#""labels":[{"path":"a.tf","start":{"line":1,"column":5,"offset":5},"#,
            r#""end":{"line":1,"column":9,"offset":9},"message":"here"}],"help":"write `50G`","#,
            r#""url":"https://example.org/lints/proxmox/mount-point-size-without-unit","#,
            r#""fingerprint":"76b84d300c027f914aeaf8ef7d06ea7c","fix":null,"also":[]}],"#,
            r#""summary":{"errors":1,"warnings":0,"notes":0,"files":1,"sentences":[]}}"#,
        ];
        assert_eq!(written(write, &fixture.report()), format!("{}\n", expected.concat()));
    }

    #[test]
    fn counts_by_severity() {
        let fixture = Fixture::first_run();
        let document: Value = serde_json::from_str(&written(write, &fixture.report())).unwrap();
        let count = |word: &str| {
            document["diagnostics"].as_array().unwrap().iter().filter(|one| one["severity"] == word).count()
        };
        let summary = &document["summary"];
        assert_eq!(summary["errors"], count("error"));
        assert_eq!(summary["warnings"], count("warning"));
        assert_eq!(summary["notes"], count("note"));
        assert!(count("error") > 0 && count("warning") > 0 && count("note") > 0);
    }
}
