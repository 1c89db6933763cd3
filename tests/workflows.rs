//! Workflows and the action under zizmor, scripts under shellcheck; workflows in the documentation too.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::PathBuf;
use std::process::{Command, Output};

use common::python_tool;

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn workflows_are_clean_under_zizmor() {
    let Some(zizmor) = python_tool("zizmor") else { return };
    let arguments = ["--offline", "--no-progress", "--persona", "pedantic", ".github", "action.yml"];
    let output = Command::new(zizmor).args(arguments).current_dir(common::root()).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn zizmor_finds_what_is_wrong() {
    let Some(zizmor) = python_tool("zizmor") else { return };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wrong.yml");
    let workflow = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.event.head_commit.message }}\n";
    std::fs::write(&path, workflow).unwrap();
    let output = Command::new(zizmor).args(["--offline", "--no-progress"]).arg(path).output().unwrap();
    assert!(!output.status.success() && said(&output).contains("template-injection"), "{}", said(&output));
}

#[test]
fn actions_are_pinned_by_hash_and_jobs_ask_for_their_permissions() {
    let uses = regex::Regex::new(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$").unwrap();
    for entry in std::fs::read_dir(common::root().join(".github/workflows")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let workflow: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        assert!(workflow["permissions"].as_mapping().is_some_and(serde_yaml::Mapping::is_empty), "{}", path.display());
        for (name, job) in workflow["jobs"].as_mapping().unwrap() {
            assert!(job["permissions"].is_mapping(), "{}: {name:?}", path.display());
            for step in job["steps"].as_sequence().unwrap() {
                let pinned = step["uses"].as_str().is_none_or(|action| uses.is_match(action));
                assert!(pinned, "{}: {step:?}", path.display());
            }
        }
    }
}

#[test]
fn scripts_are_clean_under_shellcheck() {
    let Some(shellcheck) = python_tool("shellcheck") else { return };
    let scripts: Vec<PathBuf> = ["scripts", ".ci"]
        .iter()
        .flat_map(|directory| std::fs::read_dir(common::root().join(directory)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| std::fs::read(path).unwrap().starts_with(b"#!"))
        .collect();
    assert!(scripts.len() >= 5, "{scripts:?}");
    let output = Command::new(shellcheck).args(&scripts).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}
