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
use std::process::Command;

use tempfile::TempDir;

/// A finding in every module: `leaf` is called by `middle`, that by `top`; `other` has nothing to do with them.
fn repository() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join(".git")).unwrap();
    let wrapped = "locals {\n  a = \"${local.b}\"\n  b = \"${local.a}\"\n}\n";
    let call = |source: &str| format!("{wrapped}module \"x\" {{\n  source = \"{source}\"\n}}\n");
    let alert = "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up ==\n";
    for (path, text) in [
        ("modules/leaf/main.tf", wrapped),
        ("modules/leaf/tests/a.tftest.hcl", "variables {\n  a = 1\n}\n"),
        ("modules/middle/main.tf", &call("../leaf")),
        ("live/top/main.tf", &call("../../modules/middle")),
        ("modules/other/main.tf", wrapped),
        ("rules/a.yml", alert),
        ("rules/b.yml", &alert.replace("name: a", "name: b")),
        ("more/c.yml", alert),
        ("README.md", "x\n"),
    ] {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

/// The files with findings, and the exit status.
fn affected(directory: &Path, below: &str, paths: &[&str]) -> (Vec<String>, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_sprag"))
        .args(["lint", "--affected", "--format", "concise", "--select"])
        .args(["terraform/deprecated-interpolation,tftest/empty-file,promql/syntax", "--"])
        .args(paths)
        .current_dir(directory.join(below))
        .env_clear()
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut files: Vec<String> = text.lines().map(|line| line.split(':').next().unwrap().to_owned()).collect();
    files.dedup();
    (files, output.status.code().unwrap())
}

const LEAF: [&str; 4] =
    ["live/top/main.tf", "modules/leaf/main.tf", "modules/leaf/tests/a.tftest.hcl", "modules/middle/main.tf"];

#[test]
fn a_module_and_all_that_call_it() {
    let directory = repository();
    assert_eq!(affected(directory.path(), ".", &["modules/leaf/main.tf"]), (LEAF.map(str::to_owned).to_vec(), 1));
    let (files, _) = affected(directory.path(), ".", &["modules/middle/main.tf"]);
    assert_eq!(files, ["live/top/main.tf", "modules/middle/main.tf"]);
    let (files, _) = affected(directory.path(), ".", &["modules/other/main.tf", "live/top/main.tf"]);
    assert_eq!(files, ["live/top/main.tf", "modules/other/main.tf"]);
}

#[test]
fn a_test_belongs_to_its_module() {
    let directory = repository();
    let (files, _) = affected(directory.path(), ".", &["modules/leaf/tests/a.tftest.hcl"]);
    assert_eq!(files, LEAF);
}

#[test]
fn rules_bring_those_beside_them() {
    let directory = repository();
    let (files, _) = affected(directory.path(), ".", &["rules/a.yml"]);
    assert_eq!(files, ["rules/a.yml", "rules/b.yml"]);
}

#[test]
fn a_file_that_is_not_linted_affects_nothing() {
    let directory = repository();
    assert_eq!(affected(directory.path(), ".", &["README.md"]), (Vec::new(), 0));
}

#[test]
fn a_configuration_affects_everything() {
    let directory = repository();
    fs::write(directory.path().join(".sprag.hcl"), "lint {}\n").unwrap();
    assert_eq!(affected(directory.path(), ".", &[".sprag.hcl"]).0.len(), 8);
}

#[test]
fn the_repository_is_found_from_below_and_from_elsewhere() {
    let directory = repository();
    let (files, status) = affected(directory.path(), "modules/leaf", &["main.tf"]);
    assert_eq!((files.len(), status), (4, 1), "{files:?}");
    let elsewhere = tempfile::tempdir().unwrap();
    let path = directory.path().join("modules/leaf/main.tf");
    assert_eq!(affected(elsewhere.path(), ".", &[path.to_str().unwrap()]).0.len(), 4);
}

#[cfg(unix)]
#[test]
fn a_shared_file_affects_all_that_link_to_it() {
    let directory = repository();
    let shared = directory.path().join("shared.tf");
    fs::rename(directory.path().join("modules/other/main.tf"), &shared).unwrap();
    std::os::unix::fs::symlink("../../shared.tf", directory.path().join("modules/other/main.tf")).unwrap();
    std::os::unix::fs::symlink("../../shared.tf", directory.path().join("live/top/shared.tf")).unwrap();
    let (files, _) = affected(directory.path(), ".", &["shared.tf"]);
    assert_eq!(files, ["live/top/main.tf", "shared.tf"]);
}

#[test]
fn a_missing_path_is_named() {
    let directory = repository();
    assert_eq!(affected(directory.path(), ".", &["gone.tf"]), (Vec::new(), 2));
}
