//! Every case of every lint folder is a test of its own: `bad` is found, and found as its snapshot says; `good` is
//! silent; `fixed` is what `--fix` makes of the `bad` case of the same name. `SPRAG_UPDATE=1 cargo test --test lints`
//! writes snapshots and fixed cases.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "lints/fixes.rs"]
mod fixes;

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for (id, folder) in common::lint_folders() {
        for case in common::cases(&folder, "bad") {
            let id = id.clone();
            trials.push(Trial::test(name(&id, "bad", &case), move || bad(&id, &case)));
        }
        let fix = common::front_matter(&folder, "fix");
        for case in common::cases(&folder, "bad").into_iter().filter(|_| fix != "none") {
            let (id, fix) = (id.clone(), fix.clone());
            trials.push(Trial::test(name(&id, "fixed", &case), move || fixes::fixed(&id, &fix, &case)));
        }
        for case in common::cases(&folder, "good") {
            let id = id.clone();
            trials.push(Trial::test(name(&id, "good", &case), move || good(&id, &case)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn name(id: &str, kind: &str, case: &Path) -> String {
    format!("{id}::{kind}::{}", case.file_name().unwrap().to_string_lossy())
}

/// Standard output and exit status of linting `case` with `id` alone, in a repository of its own.
fn lint(id: &str, case: &Path) -> (String, i32) {
    let repository = tempfile::tempdir().unwrap();
    common::copy_tree(
        case,
        &repository.path().join(if case.is_dir() { "" } else { case.file_name().unwrap().to_str().unwrap() }),
    );
    std::fs::create_dir(repository.path().join(".git")).unwrap();
    let path = if case.is_dir() { Path::new(".") } else { Path::new(case.file_name().unwrap()) };
    let output = Command::new(env!("CARGO_BIN_EXE_sprag"))
        .args(["lint", "--all", "--fail-on", "note"])
        .args(selection(id))
        .arg(path)
        .current_dir(repository.path())
        .env_clear()
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("internal-error"), "{errors}");
    let text = String::from_utf8(output.stdout).expect("output is UTF-8");
    (text + &complaints(&errors), output.status.code().unwrap_or(-1))
}

/// The arguments that run the lint `id` alone. Whether a suppression is used is known only where all lints run.
fn selection(id: &str) -> Vec<String> {
    if id == "sprag/unused-suppression" { Vec::new() } else { vec!["--select".to_owned(), id.to_owned()] }
}

/// What was said about paths that could not be read.
fn complaints(errors: &str) -> String {
    errors.lines().filter(|line| line.starts_with("sprag: ")).map(|line| format!("{line}\n")).collect()
}

fn bad(id: &str, case: &Path) -> Result<(), Failed> {
    let (text, status) = lint(id, case);
    // An error in the configuration stops everything.
    let expected = if text.contains("error[sprag/config]") { 2 } else { 1 };
    if status != expected {
        return Err(format!("exit status {status}, expected {expected}\n{text}").into());
    }
    if !text.contains(&format!("[{id}]")) {
        return Err(format!("`{id}` found nothing\n{text}").into());
    }
    compare(&snapshot(case), &text)
}

fn good(id: &str, case: &Path) -> Result<(), Failed> {
    let (text, status) = lint(id, case);
    if status == 0 && text.is_empty() { Ok(()) } else { Err(format!("exit status {status}\n{text}").into()) }
}

/// `bad/x.tf` has its snapshot in `bad/x.tf.snap`.
fn snapshot(case: &Path) -> PathBuf {
    let mut name = case.file_name().unwrap().to_owned();
    name.push(".snap");
    case.with_file_name(name)
}

fn compare(path: &Path, found: &str) -> Result<(), Failed> {
    if common::updating() {
        std::fs::write(path, found)?;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if found == expected {
        return Ok(());
    }
    Err(format!("differs from {}\n--- snapshot\n{expected}\n--- found\n{found}", path.display()).into())
}
