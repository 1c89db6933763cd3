//! Modules that are odd and correct, or newer than the terraform at hand: no lint may call anything in them an error.
//! Each directory of `tests/lookalikes/` is a module of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::process::Command;

#[test]
fn nothing_odd_is_an_error() {
    let repository = tempfile::tempdir().unwrap();
    std::fs::create_dir(repository.path().join(".git")).unwrap();
    common::copy_tree(&common::root().join("tests/lookalikes"), &repository.path().join("modules"));
    let output = Command::new(env!("CARGO_BIN_EXE_sprag"))
        .args(["lint", "--format", "concise", "--all", "--fail-on", "error"])
        .current_dir(repository.path())
        .env_clear()
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && !text.contains("error["), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

/// The same modules with one more reference, which makes every other one be followed.
#[test]
fn nothing_odd_is_an_error_where_something_else_is() {
    let repository = tempfile::tempdir().unwrap();
    std::fs::create_dir(repository.path().join(".git")).unwrap();
    let modules = repository.path().join("modules");
    common::copy_tree(&common::root().join("tests/lookalikes"), &modules);
    let mut expected = 0;
    for module in std::fs::read_dir(&modules).unwrap() {
        let module = module.unwrap().path();
        // Beside an OpenTofu file of the same name nothing is certain.
        if module.is_dir() && !module.join("main.tofu").exists() {
            std::fs::write(module.join("loose.tf"), "output \"loose\" {\n  value = var.loose\n}\n").unwrap();
            expected += 1;
        }
    }
    let output = Command::new(env!("CARGO_BIN_EXE_sprag"))
        .args(["lint", "--format", "concise", "--all", "--fail-on", "error"])
        .current_dir(repository.path())
        .env_clear()
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors: Vec<&str> = text.lines().filter(|line| line.contains("error[")).collect();
    let loose = errors.iter().filter(|line| line.contains("loose.tf:2:11: error[terraform/undeclared-reference]"));
    assert_eq!(loose.count(), expected, "{text}");
    assert_eq!(errors.len(), expected, "{text}");
}
