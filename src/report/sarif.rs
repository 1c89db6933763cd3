//! SARIF 2.1.0, which security tabs and many viewers read: one run, the pages of the lints that spoke as rules, and a
//! result for each finding that people are shown.
//!
//! Paths are relative to `%SRCROOT%`, the working directory. Columns count Unicode scalar values, ends are exclusive.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::Report;
use super::text::escaped;
use crate::diagnostic::Severity;
use crate::linter::finding::{Finding, Place, PlacedFix};
use crate::linter::{self, Lint};

/// Where the shape of the document is defined.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The name under which results carry their fingerprint; the number rises when the recipe changes.
const FINGERPRINT: &str = "sprag/v1";

/// Writes one SARIF document.
///
/// # Errors
/// Whatever `out` fails with.
pub fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let findings: Vec<&Finding> = report.shown().collect();
    let mut rules: BTreeMap<&str, (usize, &Finding)> = BTreeMap::new();
    for finding in &findings {
        rules.entry(finding.lint.as_str()).or_insert((0, finding));
    }
    for (index, rule) in rules.values_mut().enumerate() {
        rule.0 = index;
    }
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, rules[finding.lint.as_str()].0)).collect();
    let rules: Vec<Value> = rules.values().map(|(_, first)| rule(first, report.lints)).collect();
    let driver = json!({
        "name": "sprag",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": rules,
    });
    let run = json!({
        "tool": { "driver": driver },
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    let document = Document { schema: SCHEMA, version: "2.1.0", runs: [run] };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// The outermost object, its keys in the order that readers expect.
#[derive(Serialize)]
struct Document {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Value; 1],
}

/// The lint that `first` comes from. A user's own invariant has no page.
fn rule(first: &Finding, lints: &[Lint]) -> Value {
    let id = first.lint.as_str();
    let mut rule = json!({ "id": id, "properties": { "tags": [first.lint.area()] } });
    let Some(lint) = linter::find(lints, id) else {
        rule["shortDescription"] = json!({ "text": id });
        return rule;
    };
    rule["shortDescription"] = json!({ "text": lint.summary });
    rule["fullDescription"] = json!({ "text": what_it_does(lint) });
    rule["help"] = json!({ "text": lint.page(), "markdown": lint.page() });
    rule["defaultConfiguration"] = json!({ "level": lint.severity.as_str() });
    if let Some(url) = &first.url {
        rule["helpUri"] = json!(url);
    }
    rule
}

/// The first paragraph of a page's first section, on one line.
fn what_it_does(lint: &Lint) -> String {
    let section = lint.page().split("## What it does\n").nth(1).unwrap_or(lint.summary);
    section.split("\n\n").next().unwrap_or(section).replace('\n', " ")
}

fn result(finding: &Finding, rule: usize) -> Value {
    let mut result = json!({
        "ruleId": finding.lint.as_str(),
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": { "text": message(finding) },
        "locations": [{ "physicalLocation": physical(&finding.place) }],
        "partialFingerprints": { FINGERPRINT: finding.fingerprint },
    });
    let related: Vec<Value> = finding
        .labels
        .iter()
        .enumerate()
        .map(|(index, label)| {
            let message = json!({ "text": escaped(&label.message) });
            json!({ "id": index + 1, "physicalLocation": physical(&label.place), "message": message })
        })
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([fixed(fix)]);
    }
    if !finding.also.is_empty() {
        result["properties"] = json!({ "also": finding.also });
    }
    result
}

const fn level(severity: Severity) -> &'static str {
    severity.as_str() // SARIF took the same three words
}

fn message(finding: &Finding) -> String {
    let mut text = finding.message.clone();
    if !finding.note.is_empty() {
        text.push_str(": ");
        text.push_str(&finding.note);
    }
    if let Some(help) = &finding.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    text
}

fn physical(place: &Place) -> Value {
    json!({ "artifactLocation": artifact(&place.path), "region": region(place) })
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

fn artifact(path: &str) -> Value {
    if path.starts_with('/') {
        return json!({ "uri": format!("file://{}", encoded(path)) });
    }
    json!({ "uri": encoded(path), "uriBaseId": "%SRCROOT%" })
}

/// A path as the reference of RFC 3986: everything but unreserved characters and `/` in percent.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

fn fixed(fix: &PlacedFix) -> Value {
    let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        let replacement = json!({ "deletedRegion": region(&edit.place), "insertedContent": { "text": edit.text } });
        files.entry(&edit.place.path).or_default().push(replacement);
    }
    let changes: Vec<Value> = files
        .into_iter()
        .map(|(path, replacements)| json!({ "artifactLocation": artifact(path), "replacements": replacements }))
        .collect();
    let description = format!("{} fix", fix.applicability.as_str());
    json!({ "description": { "text": description }, "artifactChanges": changes })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Fixture, written};
    use super::*;

    fn document(fixture: &Fixture) -> Value {
        serde_json::from_str(&written(write, &fixture.report())).unwrap()
    }

    #[test]
    fn first_run() {
        insta::assert_snapshot!(written(write, &Fixture::first_run().report()));
    }

    #[test]
    fn nothing_found_is_a_run_without_results() {
        let document = document(&Fixture::new(&[]));
        assert_eq!(document["runs"][0]["results"], json!([]));
        assert_eq!(document["runs"][0]["tool"]["driver"]["rules"], json!([]));
    }

    #[test]
    fn every_result_names_its_rule() {
        let mut fixture = Fixture::first_run();
        fixture.options.show_notes = true;
        let document = document(&fixture);
        let run = &document["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), fixture.findings().len());
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
    }

    #[test]
    fn paths_are_uris() {
        assert_eq!(artifact("a b/é#%.tf")["uri"], "a%20b/%C3%A9%23%25.tf");
        assert_eq!(artifact("c:x.tf")["uri"], "c%3Ax.tf", "no scheme");
        assert_eq!(artifact("/srv/a.tf"), json!({ "uri": "file:///srv/a.tf" }));
    }
}
