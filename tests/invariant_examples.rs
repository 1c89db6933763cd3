//! The invariants that `docs/invariants.md` shows, each with a module that breaks it and one that does not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

fn examples() -> Vec<PathBuf> {
    let read = std::fs::read_dir(common::root().join("testdata/invariants")).unwrap();
    let mut all: Vec<PathBuf> = read.map(|entry| entry.unwrap().path()).collect();
    all.sort();
    assert!(all.len() >= 10, "{all:?}");
    all
}

/// What is printed about the modules of `kind` under the invariant of `example`, and the exit status.
fn lint(example: &Path, kind: &str) -> (String, Option<i32>) {
    let repository = tempfile::tempdir().unwrap();
    common::copy_tree(&example.join(kind), repository.path());
    std::fs::copy(example.join("invariant.sprag.hcl"), repository.path().join("invariant.sprag.hcl")).unwrap();
    std::fs::write(repository.path().join(".sprag.hcl"), "").unwrap();
    std::fs::create_dir(repository.path().join(".git")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sprag"))
        .args(["lint", "--select", "invariant", "--select", "sprag", "--fail-on", "note", "."])
        .current_dir(repository.path())
        .env_clear()
        .output()
        .unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

#[test]
fn each_is_broken_by_one_module_and_kept_by_the_other() {
    for example in examples() {
        let id = format!("invariant/{}", example.file_name().unwrap().to_string_lossy());
        let (bad, status) = lint(&example, "bad");
        assert!(bad.contains(&format!("[{id}]")) && status == Some(1), "{id} finds nothing\n{bad}");
        let (good, status) = lint(&example, "good");
        assert_eq!((good.as_str(), status), ("", Some(0)), "{id}");
    }
}

#[test]
fn the_page_shows_them_as_they_are() {
    let page = std::fs::read_to_string(common::root().join("docs/invariants.md")).unwrap();
    for example in examples() {
        let text = std::fs::read_to_string(example.join("invariant.sprag.hcl")).unwrap();
        assert!(page.contains(&format!("```hcl\n{text}```")), "docs/invariants.md does not show\n{text}");
    }
}
