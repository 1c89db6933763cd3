//! Grafana dashboards: found by content, linted as notes, at the exact characters inside JSON strings.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use common::repository::{Ran, Repository, sprag};

/// One panel whose query has a misspelt metric behind an escaped quote and an escaped line break.
const DASHBOARD: &str = r#"{
  "schemaVersion": 39, "editable": true,
  "panels": [{"title": "L\u00f6ad", "targets": [{"expr": "up{job=\"\u00e9\"}\n* node_laod1{job=\"$job\"}"}]}]
}
"#;

fn lint(directory: &Path, arguments: &[&str]) -> Ran {
    Ran::of(&sprag(directory, &[&["lint"], arguments].concat()).output().unwrap())
}

fn concise(directory: &Path, arguments: &[&str]) -> (String, i32) {
    let ran = lint(directory, &[&["--format", "concise"], arguments].concat());
    (ran.stdout, ran.status)
}

#[test]
fn findings_are_notes_at_the_exact_characters() {
    let directory = Repository::new(&[("grafana/hosts.json", DASHBOARD)]);
    assert_eq!(lint(directory.root(), &[]).status, 0, "a note does not count unless asked for");
    let output = lint(directory.root(), &["--format", "json", "--fail-on", "note"]);
    assert_eq!(output.status, 1);
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let [found] = report["diagnostics"].as_array().unwrap().as_slice() else { panic!("{report:#}") };
    assert_eq!((found["code"].as_str(), found["severity"].as_str()), (Some("promql/unknown-metric"), Some("note")));
    let place = |end: &str| usize::try_from(found[end]["offset"].as_u64().unwrap()).unwrap();
    assert_eq!(&DASHBOARD[place("start")..place("end")], "node_laod1");
    assert!(found["help"].as_str().unwrap().contains("node_load1"), "{found:#}");
}

#[test]
fn only_what_is_a_dashboard_for_certain_is_looked_at() {
    let cut = &DASHBOARD[..DASHBOARD.len() - 4];
    let directory = Repository::new(&[
        ("a/cut.json", cut),
        ("a/comment.json", &DASHBOARD.replace("\"editable\"", "// yes\n \"editable\"")),
        ("a/trailing.json", &DASHBOARD.replace("}]}]\n", "},]}]\n")),
        ("a/panels.json", r#"{"panels": [{"targets": [{"expr": "node_laod1"}]}]}"#),
        ("a/lines.json", "{\"panels\": 1, \"expr\": \"node_laod1\"}\n{\"x\": 1}\n"),
        ("a/package.json", r#"{"name": "x", "version": "1.0.0"}"#),
        ("a/.hidden.json", DASHBOARD),
        ("up.yml", "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up == 0\n        for: 5m\n"),
    ]);
    let (text, status) = concise(directory.root(), &["--fail-on", "note"]);
    assert_eq!((text.as_str(), status), ("", 0));
}

#[test]
fn recording_rules_scraping_and_settings_count() {
    let rule = "groups:\n  - name: a\n    rules:\n      - record: instance:load:max\n        expr: max by (instance) (node_load1)\n";
    let dashboard = r#"{"schemaVersion": 39, "editable": true, "panels": [
        {"targets": [{"expr": "instance:load:max{cpu=\"0\"}", "legendFormat": "{{cpu}}"}]},
        {"targets": [{"expr": "my_app_up", "legendFormat": "{{instance}}"}]}]}"#;
    let directory = Repository::new(&[("rules.yml", rule), ("dashboard.json", dashboard)]);
    let (text, _) = concise(directory.root(), &["--fail-on", "note"]);
    assert!(text.contains("dashboard.json:2:") && text.contains("promql/unknown-label"), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    let ignored = "lint {\n  exclude = [\"dash*\"]\n}\n";
    directory.write(".sprag.hcl", ignored);
    assert_eq!(concise(directory.root(), &["--fail-on", "note"]).0, "");
    let raised = "override {\n  paths    = [\"dash*\"]\n  severity = { \"promql/unknown-label\" = \"warning\" }\n}\n";
    directory.write(".sprag.hcl", raised);
    assert_eq!(concise(directory.root(), &[]).1, 1);
}

/// What dashboards everywhere have: variables in all places, rows, other data sources, other languages.
#[test]
fn well_known_queries_are_right() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/promql/dashboards");
    let (text, status) = concise(&path, &["--fail-on", "note", "--all", "."]);
    assert_eq!((text.as_str(), status), ("", 0));
}

#[test]
fn named_and_typed_dashboards() {
    let directory = Repository::new(&[
        ("hosts.json", DASHBOARD),
        ("rules.json", r#"{"groups": [{"name": "a", "rules": [{"alert": "A", "expr": "up =="}]}]}"#),
    ]);
    let (text, status) = concise(directory.root(), &["--fail-on", "note", "hosts.json"]);
    assert!(text.starts_with("hosts.json:3:") && status == 1, "{text}");
    let (text, _) = concise(directory.root(), &["rules.json"]);
    assert!(text.contains("promql/syntax"), "JSON is YAML, and this one was named: {text}");
    let arguments = ["lint", "-", "--stdin-filename", "new.json", "--format", "concise", "--fail-on", "note"];
    let ran = Ran::with_input(directory.command(&arguments), DASHBOARD.as_bytes());
    assert!(ran.stdout.starts_with("new.json:3:"), "{ran:?}");
}

/// A `ConfigMap` with the dashboard, as the sidecar of Grafana loads it.
fn config_map() -> String {
    let value = DASHBOARD.trim_end().replace('\n', "\n    ");
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hosts\ndata:\n  hosts.json: |\n    {value}\n")
}

#[test]
fn config_maps_at_the_exact_characters() {
    let text = config_map();
    let directory = Repository::new(&[("grafana/hosts.yaml", &text)]);
    let ran = lint(directory.root(), &[]);
    assert_eq!(ran.status, 0, "a note does not count unless asked for: {ran:?}");
    assert!(ran.stderr.contains("in 1 file (1 note hidden"), "{ran:?}");
    let output = lint(directory.root(), &["--format", "json", "--fail-on", "note"]);
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let [found] = report["diagnostics"].as_array().unwrap().as_slice() else { panic!("{report:#}") };
    let place = |end: &str| usize::try_from(found[end]["offset"].as_u64().unwrap()).unwrap();
    assert_eq!((found["severity"].as_str(), &text[place("start")..place("end")]), (Some("note"), "node_laod1"));
    // Named, and where only the lints of something else are on.
    let (text, status) = concise(directory.root(), &["--fail-on", "note", "grafana/hosts.yaml"]);
    assert!(text.contains("hosts.yaml:9:") && status == 1, "{text}");
    let ran = lint(directory.root(), &["--select", "terraform", "grafana/hosts.yaml"]);
    assert_eq!((ran.stderr.as_str(), ran.status), ("no findings in 0 files\n", 0));
}

#[test]
fn rules_and_dashboards_of_one_file() {
    let rules = "  rules.yml: |\n    groups:\n    - name: a\n      rules:\n      - alert: A\n        expr: up == 0\n        for: 5m\n";
    let directory = Repository::new(&[("both.yaml", &(config_map() + rules))]);
    let (text, _) = concise(directory.root(), &["--select", "promql", "--fail-on", "note"]);
    assert!(text.starts_with("both.yaml:9:") && text.lines().count() == 1, "{text}");
    let why = "  # sprag: ignore[promql/unknown-metric] of another cluster\n  hosts.json: |";
    for text in [config_map(), config_map() + rules] {
        directory.write("both.yaml", text.replace("  hosts.json: |", why));
        let (text, status) = concise(directory.root(), &["--fail-on", "note"]);
        assert!(!text.contains("unknown-metric") && !text.contains("sprag/") && status == 0, "{text}");
        directory.write("both.yaml", directory.read("both.yaml").replace("node_laod1", "node_load1"));
        assert!(concise(directory.root(), &[]).0.contains("sprag/unused-suppression"));
    }
}

#[test]
fn templates_of_config_maps_are_left_alone() {
    let directory = Repository::new(&[("hosts.yaml.tftpl", &config_map())]);
    directory.write("main.tf", "");
    assert_eq!(concise(directory.root(), &["--fail-on", "note", "--select", "promql"]), (String::new(), 0));
}
