//! Grafana dashboards: found by content, linted as notes, at the exact characters inside JSON strings.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// One panel whose query has a misspelt metric behind an escaped quote and an escaped line break.
const DASHBOARD: &str = r#"{
  "schemaVersion": 39, "editable": true,
  "panels": [{"title": "L\u00f6ad", "targets": [{"expr": "up{job=\"\u00e9\"}\n* node_laod1{job=\"$job\"}"}]}]
}
"#;

fn repository(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join(".git")).unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn lint(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sprag"));
    command.arg("lint").args(arguments).current_dir(directory).env_clear().output().unwrap()
}

fn concise(directory: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let output = lint(directory, &[&["--format", "concise"], arguments].concat());
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

#[test]
fn findings_are_notes_at_the_exact_characters() {
    let directory = repository(&[("grafana/hosts.json", DASHBOARD)]);
    assert_eq!(lint(directory.path(), &[]).status.code(), Some(0), "a note does not count unless asked for");
    let output = lint(directory.path(), &["--format", "json", "--fail-on", "note"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let [found] = report["diagnostics"].as_array().unwrap().as_slice() else { panic!("{report:#}") };
    assert_eq!((found["code"].as_str(), found["severity"].as_str()), (Some("promql/unknown-metric"), Some("note")));
    let place = |end: &str| usize::try_from(found[end]["offset"].as_u64().unwrap()).unwrap();
    assert_eq!(&DASHBOARD[place("start")..place("end")], "node_laod1");
    assert!(found["help"].as_str().unwrap().contains("node_load1"), "{found:#}");
}

#[test]
fn only_what_is_a_dashboard_for_certain_is_looked_at() {
    let cut = &DASHBOARD[..DASHBOARD.len() - 4];
    let directory = repository(&[
        ("a/cut.json", cut),
        ("a/comment.json", &DASHBOARD.replace("\"editable\"", "// yes\n \"editable\"")),
        ("a/trailing.json", &DASHBOARD.replace("}]}]\n", "},]}]\n")),
        ("a/panels.json", r#"{"panels": [{"targets": [{"expr": "node_laod1"}]}]}"#),
        ("a/lines.json", "{\"panels\": 1, \"expr\": \"node_laod1\"}\n{\"x\": 1}\n"),
        ("a/package.json", r#"{"name": "x", "version": "1.0.0"}"#),
        ("a/.hidden.json", DASHBOARD),
        ("up.yml", "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up == 0\n        for: 5m\n"),
    ]);
    let (text, status) = concise(directory.path(), &["--fail-on", "note"]);
    assert_eq!((text.as_str(), status), ("", Some(0)));
}

#[test]
fn recording_rules_scraping_and_settings_count() {
    let rule = "groups:\n  - name: a\n    rules:\n      - record: instance:load:max\n        expr: max by (instance) (node_load1)\n";
    let dashboard = r#"{"schemaVersion": 39, "editable": true, "panels": [
        {"targets": [{"expr": "instance:load:max{cpu=\"0\"}", "legendFormat": "{{cpu}}"}]},
        {"targets": [{"expr": "my_app_up", "legendFormat": "{{instance}}"}]}]}"#;
    let directory = repository(&[("rules.yml", rule), ("dashboard.json", dashboard)]);
    let (text, _) = concise(directory.path(), &["--fail-on", "note"]);
    assert!(text.contains("dashboard.json:2:") && text.contains("promql/unknown-label"), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    let ignored = "lint {\n  exclude = [\"dash*\"]\n}\n";
    fs::write(directory.path().join(".sprag.hcl"), ignored).unwrap();
    assert_eq!(concise(directory.path(), &["--fail-on", "note"]).0, "");
    let raised = "override {\n  paths    = [\"dash*\"]\n  severity = { \"promql/unknown-label\" = \"warning\" }\n}\n";
    fs::write(directory.path().join(".sprag.hcl"), raised).unwrap();
    assert_eq!(concise(directory.path(), &[]).1, Some(1));
}

/// What dashboards everywhere have: variables in all places, rows, other data sources, other languages.
#[test]
fn well_known_queries_are_right() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/promql/dashboards");
    let (text, status) = concise(&path, &["--fail-on", "note", "--all", "."]);
    assert_eq!((text.as_str(), status), ("", Some(0)));
}

#[test]
fn named_and_typed_dashboards() {
    let directory = repository(&[
        ("hosts.json", DASHBOARD),
        ("rules.json", r#"{"groups": [{"name": "a", "rules": [{"alert": "A", "expr": "up =="}]}]}"#),
    ]);
    let (text, status) = concise(directory.path(), &["--fail-on", "note", "hosts.json"]);
    assert!(text.starts_with("hosts.json:3:") && status == Some(1), "{text}");
    let (text, _) = concise(directory.path(), &["rules.json"]);
    assert!(text.contains("promql/syntax"), "JSON is YAML, and this one was named: {text}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_sprag"))
        .args(["lint", "-", "--stdin-filename", "new.json", "--format", "concise", "--fail-on", "note"])
        .current_dir(directory.path())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(DASHBOARD.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("new.json:3:"), "{output:?}");
}
