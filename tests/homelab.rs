//! The example repositories: `testdata/homelab` is right in every way that sprag, Terraform and Prometheus can tell,
//! and `testdata/homelab-broken` has the bugs that its commentary lists.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::e2e::{Sandbox, skip};

const MODULES: [&str; 5] = ["backup", "lxc", "minio", "monitoring-stack", "vm"];

fn example(name: &str) -> PathBuf {
    common::root().join("testdata").join(name)
}

fn lint(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sprag"))
        .arg("lint")
        .args(arguments)
        .current_dir(common::root())
        .env_clear()
        .output()
        .unwrap()
}

#[test]
fn homelab_is_clean() {
    let output = lint(&["testdata/homelab", "--fail-on", "note"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert_eq!(output.status.code(), Some(0));
}

/// The commentary's table "found today" names exactly the lints that find something.
#[test]
fn homelab_broken_has_the_listed_bugs() {
    let output = lint(&["testdata/homelab-broken", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found: BTreeSet<String> = found["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|diagnostic| format!("{} {}", diagnostic["code"].as_str().unwrap(), diagnostic["path"].as_str().unwrap()))
        .collect();
    let listed = listed_bugs();
    assert!(listed.len() > 20, "the table of BUGS.md could not be read");
    let found: BTreeSet<String> = found.iter().map(|line| line.replace("testdata/homelab-broken/", "")).collect();
    assert_eq!(found.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "found, but not in BUGS.md");
    assert_eq!(listed.difference(&found).collect::<Vec<_>>(), Vec::<&String>::new(), "in BUGS.md, but not found");
}

/// `lint path` for each row of the table under "Found today".
fn listed_bugs() -> BTreeSet<String> {
    let page = std::fs::read_to_string(example("homelab-broken").join("BUGS.md")).unwrap();
    let section =
        page.split("\n## ").find(|section| section.to_lowercase().starts_with("found today")).unwrap_or_default();
    let mut bugs = BTreeSet::new();
    for row in section.lines().filter(|line| line.starts_with('|')) {
        let quoted: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        let path = quoted.iter().find(|word| example("homelab-broken").join(word).is_file());
        let lints = quoted.iter().filter(|word| common::root().join("lints").join(word).is_dir() && word.contains('/'));
        bugs.extend(lints.filter_map(|lint| Some(format!("{lint} {}", path?))));
    }
    bugs
}

#[test]
fn terraform_finds_it_formatted() {
    let Some(sandbox) = Sandbox::new() else { return skip("terraform") };
    let output = sandbox.terraform(&example("homelab"), &["fmt", "-check", "-recursive", "-no-color"]);
    assert!(output.status.success(), "not formatted:\n{}", String::from_utf8_lossy(&output.stdout));
}

/// Every module's tests run for real, against a provider of our own that has the real schemas.
#[test]
fn terraform_tests_pass_in_all_modules() {
    let Some(sandbox) = Sandbox::with_providers() else { return skip("terraform") };
    let copy = sandbox.copy(&example("homelab"));
    for module in MODULES {
        let directory = copy.join("modules").join(module);
        for arguments in [
            &["init", "-backend=false", "-input=false", "-no-color"][..],
            &["validate", "-no-color"],
            &["test", "-no-color"],
        ] {
            let output = sandbox.terraform(&directory, arguments);
            assert!(
                output.status.success(),
                "terraform {} in modules/{module}:\n{}{}",
                arguments[0],
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
            if arguments[0] == "test" {
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                assert!(
                    text.contains("0 failed") && !text.contains(" 0 passed"),
                    "no test ran in modules/{module}:\n{text}"
                );
            }
        }
    }
}

#[test]
fn terraform_accepts_all_environments() {
    let Some(sandbox) = Sandbox::with_providers() else { return skip("terraform") };
    let copy = sandbox.copy(&example("homelab"));
    for environment in ["prod", "lab", "monitoring"] {
        let directory = copy.join("environments").join(environment);
        for arguments in [&["init", "-backend=false", "-input=false", "-no-color"][..], &["validate", "-no-color"]] {
            let output = sandbox.terraform(&directory, arguments);
            assert!(output.status.success(), "{environment}:\n{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

#[test]
fn prometheus_loads_all_rules() {
    let monitoring = example("homelab").join("monitoring");
    let Some(rules) = promtool(&["check", "config", "prometheus.yml"], &monitoring) else { return skip("promtool") };
    assert!(
        rules.status.success(),
        "{}{}",
        String::from_utf8_lossy(&rules.stdout),
        String::from_utf8_lossy(&rules.stderr)
    );
    let files = std::fs::read_dir(monitoring.join("rules")).unwrap().map(|file| file.unwrap().path());
    let alerts = files.filter(|path| path.is_file()).map(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().filter(|line| line.trim_start().starts_with("- alert:")).count()
    });
    assert!(alerts.sum::<usize>() >= 26);
}

#[test]
fn the_alerts_on_drift_can_fire() {
    let directory = tempfile::tempdir().unwrap();
    let rules = example("homelab").join("monitoring/rules/drift.yml");
    let cases = format!(
        r#"rule_files: ["{}"]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {{series: 'sprag_drift_changes{{environment="prod",instance="pve",kind="modify"}}', values: 2x10}}
      - {{series: 'sprag_drift_state{{environment="prod",instance="pve",state="drift"}}', values: 1x10}}
      - {{series: 'sprag_drift_error{{environment="lab",instance="pve",kind="lock"}}', values: 1x10}}
      - {{series: 'sprag_drift_last_scan_timestamp_seconds{{environment="prod",instance="pve"}}', values: 0x3000}}
    alert_rule_test:
      - eval_time: 6m
        alertname: DriftDetected
        exp_alerts:
          - exp_labels: {{environment: prod, instance: pve, severity: warning}}
            exp_annotations:
              summary: prod differs from its code
              description: 2 changes were made by hand; sprag drift status shows them.
      - eval_time: 6m
        alertname: DriftScanFailed
        exp_alerts:
          - exp_labels: {{environment: lab, instance: pve, kind: lock, severity: warning}}
            exp_annotations:
              summary: The drift scan of lab failed
              description: "Kind of error: lock. Whether there is drift is unknown."
      - {{eval_time: 2880m, alertname: DriftScanOverdue, exp_alerts: []}}
      - eval_time: 2900m
        alertname: DriftScanOverdue
        exp_alerts:
          - exp_labels: {{environment: prod, instance: pve, severity: warning}}
            exp_annotations:
              summary: prod is not scanned any more
              description: The last drift scan of prod was 2d 0h 20m 0s ago.
      - {{eval_time: 90m, alertname: DriftMetricsMissing, exp_alerts: []}}
  - interval: 1m
    alert_rule_test:
      - eval_time: 61m
        alertname: DriftMetricsMissing
        exp_alerts:
          - exp_labels: {{severity: warning}}
            exp_annotations:
              summary: No environment is scanned for drift
              description: sprag drift scan has left no metrics for an hour; see systemctl list-timers 'sprag-drift@*'.
"#,
        rules.display()
    );
    std::fs::write(directory.path().join("cases.yml"), cases).unwrap();
    let Some(output) = promtool(&["test", "rules", "cases.yml"], directory.path()) else { return skip("promtool") };
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&text));
}

fn promtool(arguments: &[&str], directory: &Path) -> Option<Output> {
    Command::new("promtool").args(arguments).current_dir(directory).output().ok()
}
