//! `sprag lint --affected FILE...`, what a hook runs: the changed modules and those that call them, nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::Path;

use common::repository::{Ran, Repository, sprag};

/// A finding in every module: `leaf` is called by `middle`, that by `top`; `other` has nothing to do with them.
fn repository() -> Repository {
    let wrapped = "locals {\n  a = \"${local.b}\"\n  b = \"${local.a}\"\n}\n";
    let call = |source: &str| format!("{wrapped}module \"x\" {{\n  source = \"{source}\"\n}}\n");
    let alert = "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up ==\n";
    Repository::new(&[
        ("modules/leaf/main.tf", wrapped),
        ("modules/leaf/tests/a.tftest.hcl", "variables {\n  a = 1\n}\n"),
        ("modules/middle/main.tf", &call("../leaf")),
        ("live/top/main.tf", &call("../../modules/middle")),
        ("modules/other/main.tf", wrapped),
        ("rules/a.yml", alert),
        ("rules/b.yml", &alert.replace("name: a", "name: b")),
        ("more/c.yml", alert),
        ("README.md", "x\n"),
    ])
}

/// The files with findings, and the exit status.
fn affected(directory: &Path, below: &str, paths: &[&str]) -> (Vec<String>, i32) {
    const SELECTED: &str = "terraform/deprecated-interpolation,tftest/empty-file,promql/syntax";
    let arguments = ["lint", "--affected", "--format", "concise", "--select", SELECTED, "--"];
    let output = sprag(&directory.join(below), &[&arguments, paths].concat()).output().unwrap();
    let ran = Ran::of(&output);
    let mut files: Vec<String> = ran.stdout.lines().map(|line| line.split(':').next().unwrap().to_owned()).collect();
    files.dedup();
    (files, ran.status)
}

const LEAF: [&str; 4] =
    ["live/top/main.tf", "modules/leaf/main.tf", "modules/leaf/tests/a.tftest.hcl", "modules/middle/main.tf"];

#[test]
fn a_module_and_all_that_call_it() {
    let directory = repository();
    assert_eq!(affected(directory.root(), ".", &["modules/leaf/main.tf"]), (LEAF.map(str::to_owned).to_vec(), 1));
    let (files, _) = affected(directory.root(), ".", &["modules/middle/main.tf"]);
    assert_eq!(files, ["live/top/main.tf", "modules/middle/main.tf"]);
    let (files, _) = affected(directory.root(), ".", &["modules/other/main.tf", "live/top/main.tf"]);
    assert_eq!(files, ["live/top/main.tf", "modules/other/main.tf"]);
}

#[test]
fn a_test_belongs_to_its_module() {
    let directory = repository();
    let (files, _) = affected(directory.root(), ".", &["modules/leaf/tests/a.tftest.hcl"]);
    assert_eq!(files, LEAF);
}

#[test]
fn rules_bring_those_beside_them() {
    let directory = repository();
    let (files, _) = affected(directory.root(), ".", &["rules/a.yml"]);
    assert_eq!(files, ["rules/a.yml", "rules/b.yml"]);
}

#[test]
fn what_rules_miss_is_told_at_a_changed_unit() {
    let unit = "[Service]\nExecStart=/usr/bin/prometheus-node-exporter --collector.textfile.directory=/var/lib/other\n";
    let script = "printf 'backup_last_success_timestamp_seconds 1\\n' >/var/lib/prometheus/node-exporter/backup.prom\n";
    let rules = "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: absent(backup_last_success_timestamp_seconds)\n";
    let directory = Repository::new(&[("exporter.service", unit), ("backup.sh", script), ("rules.yml", rules)]);
    let select = ["lint", "--format", "concise", "--select", "scrape/textfile-directory"];
    let all = Ran::of(&sprag(directory.root(), &select).output().unwrap());
    assert!(all.stdout.starts_with("exporter.service:2:"), "{}", all.stdout);
    let hook = [&select[..], &["--affected", "exporter.service"]].concat();
    assert_eq!(Ran::of(&sprag(directory.root(), &hook).output().unwrap()).stdout, all.stdout);
}

#[test]
fn a_file_that_is_not_linted_affects_nothing() {
    let directory = repository();
    assert_eq!(affected(directory.root(), ".", &["README.md"]), (Vec::new(), 0));
}

#[test]
fn a_configuration_affects_everything() {
    let directory = repository();
    fs::write(directory.root().join(".sprag.hcl"), "lint {}\n").unwrap();
    assert_eq!(affected(directory.root(), ".", &[".sprag.hcl"]).0.len(), 8);
}

#[test]
fn the_repository_is_found_from_below_and_from_elsewhere() {
    let directory = repository();
    let (files, status) = affected(directory.root(), "modules/leaf", &["main.tf"]);
    assert_eq!((files.len(), status), (4, 1), "{files:?}");
    let elsewhere = tempfile::tempdir().unwrap();
    let path = directory.root().join("modules/leaf/main.tf");
    assert_eq!(affected(elsewhere.path(), ".", &[path.to_str().unwrap()]).0.len(), 4);
}

#[cfg(unix)]
#[test]
fn a_shared_file_affects_all_that_link_to_it() {
    let directory = repository();
    let shared = directory.root().join("shared.tf");
    fs::rename(directory.root().join("modules/other/main.tf"), &shared).unwrap();
    std::os::unix::fs::symlink("../../shared.tf", directory.root().join("modules/other/main.tf")).unwrap();
    std::os::unix::fs::symlink("../../shared.tf", directory.root().join("live/top/shared.tf")).unwrap();
    let (files, _) = affected(directory.root(), ".", &["shared.tf"]);
    assert_eq!(files, ["live/top/main.tf", "shared.tf"]);
}

#[test]
fn a_missing_path_is_named() {
    let directory = repository();
    assert_eq!(affected(directory.root(), ".", &["gone.tf"]), (Vec::new(), 2));
}
