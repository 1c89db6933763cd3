//! What the README shows is what the binary prints.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::process::Command;

/// Each `console` block: a command after `$ `, then pieces of its output in order, separated by `…`.
#[test]
fn examples_are_real_output() {
    let readme = std::fs::read_to_string(common::root().join("README.md")).unwrap();
    let blocks: Vec<&str> =
        readme.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        let (command, shown) = block.split_once('\n').unwrap();
        let arguments: Vec<&str> = command.strip_prefix("$ sprag ").unwrap().split(' ').collect();
        let output = Command::new(env!("CARGO_BIN_EXE_sprag"))
            .args(&arguments)
            .current_dir(common::root())
            .env_clear()
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let mut rest = printed.as_str();
        for piece in shown.split("\n…\n") {
            let piece = piece.trim_end();
            let at = rest.find(piece).unwrap_or_else(|| panic!("`{command}` does not print\n{piece}\nbut\n{printed}"));
            rest = &rest[at + piece.len()..];
        }
    }
}

/// Files and directories that the project's pages link to exist.
#[test]
fn links_lead_somewhere() {
    let link = regex::Regex::new(r"\]\(([^)#]+)[^)]*\)").unwrap();
    for page in [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/architecture.md",
        "docs/configuration.md",
        "docs/drift.md",
        "docs/invariants.md",
        "docs/json.md",
        "docs/retry.md",
    ] {
        let path = common::root().join(page);
        let text = std::fs::read_to_string(&path).unwrap();
        for found in link.captures_iter(&text).map(|captures| captures[1].to_owned()) {
            let is_local = !found.contains("://") && found.contains(['/', '.']);
            assert!(!is_local || path.parent().unwrap().join(&found).exists(), "{page} links to {found}");
        }
    }
}
