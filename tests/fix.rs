//! `sprag lint --fix`, `--unsafe-fixes` and `--diff`: what is written where, and what is left alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A string that is safe to unwrap, and one that is not.
const WRAPPED: &str = "locals {\n  a = \"${path.module}\"\n  b = \"${local.a}\"\n}\n";
const SAFE: &str = "locals {\n  a = path.module\n  b = \"${local.a}\"\n}\n";
const UNSAFE: &str = "locals {\n  a = path.module\n  b = local.a\n}\n";

struct Repository {
    directory: TempDir,
}

impl Repository {
    fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self { directory: tempfile::tempdir().unwrap() };
        fs::create_dir(repository.path(".git")).unwrap();
        for (path, text) in files {
            repository.write(path, text);
        }
        repository
    }

    fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// `sprag lint` for what is wrapped for no reason.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sprag"));
        command.args(["lint", "--select", "terraform/deprecated-interpolation", "--format", "concise"]);
        command.args(arguments).current_dir(self.directory.path()).env_clear();
        command
    }

    fn lint(&self, arguments: &[&str]) -> (String, String, i32) {
        told(&self.command(arguments).output().unwrap())
    }

    fn lint_text(&self, arguments: &[&str], text: &str) -> (String, String, i32) {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        told(&child.wait_with_output().unwrap())
    }
}

fn told(output: &Output) -> (String, String, i32) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

#[test]
fn safe_fixes_are_applied_and_the_rest_is_shown() {
    let repository = Repository::new(&[("main.tf", WRAPPED), ("other.tf", "locals {}\n")]);
    let (stdout, stderr, status) = repository.lint(&["--fix"]);
    assert_eq!(repository.read("main.tf"), SAFE);
    assert!(stdout.starts_with("main.tf:3:7: warning[terraform/deprecated-interpolation]"), "{stdout}");
    assert!(stderr.starts_with("fixed 1 finding in 1 file (terraform/deprecated-interpolation 1)\n"), "{stderr}");
    assert!(stderr.contains("1 finding can be fixed with --unsafe-fixes\n"), "{stderr}");
    assert_eq!(status, 1);
    let (stdout, stderr, status) = repository.lint(&["--unsafe-fixes"]);
    assert_eq!((repository.read("main.tf").as_str(), stdout.as_str(), status), (UNSAFE, "", 0), "{stderr}");
}

#[test]
fn a_diff_writes_nothing() {
    let repository = Repository::new(&[("m/main.tf", WRAPPED), ("m/b.tf", "locals {\n  c = \"${path.module}\"\n}\n")]);
    let (stdout, stderr, status) = repository.lint(&["--diff"]);
    let expected = "--- m/b.tf\n+++ m/b.tf\n@@ -1,3 +1,3 @@\n locals {\n-  c = \"${path.module}\"\n+  c = path.module\n }\n\
                    --- m/main.tf\n+++ m/main.tf\n@@ -1,4 +1,4 @@\n locals {\n-  a = \"${path.module}\"\n\
                    +  a = path.module\n   b = \"${local.a}\"\n }\n";
    assert_eq!((stdout.as_str(), status), (expected, 1));
    assert_eq!(stderr, "would fix 2 findings in 2 files (terraform/deprecated-interpolation 2)\n");
    assert_eq!(repository.read("m/main.tf"), WRAPPED);
    let (stdout, _, _) = repository.lint(&["--diff", "--unsafe-fixes"]);
    assert!(stdout.contains("+  b = local.a\n"), "{stdout}");
    let clean = Repository::new(&[("main.tf", UNSAFE)]);
    assert_eq!(clean.lint(&["--diff"]), (String::new(), "nothing to fix\n".into(), 0));
}

#[test]
fn a_diff_is_what_git_applies() {
    let repository = Repository::new(&[("m/main.tf", &WRAPPED.replace('\n', "\r\n")), ("end.tf", WRAPPED.trim_end())]);
    let (diff, _, _) = repository.lint(&["--diff", "--unsafe-fixes"]);
    let elsewhere = tempfile::tempdir().unwrap();
    common::copy_tree(&repository.path("m"), &elsewhere.path().join("m"));
    fs::copy(repository.path("end.tf"), elsewhere.path().join("end.tf")).unwrap();
    let mut git = Command::new("git");
    git.args(["apply", "-p0", "-"]).current_dir(elsewhere.path()).stdin(Stdio::piped());
    let mut child = git.spawn().unwrap();
    child.stdin.take().unwrap().write_all(diff.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{diff}");
    repository.lint(&["--unsafe-fixes"]);
    for file in ["m/main.tf", "end.tf"] {
        assert_eq!(fs::read_to_string(elsewhere.path().join(file)).unwrap(), repository.read(file));
    }
}

#[test]
fn standard_input_goes_to_standard_output() {
    let repository = Repository::new(&[("m/main.tf", "locals {}\n")]);
    let name = ["-", "--stdin-filename", "m/main.tf"];
    let (stdout, stderr, status) = repository.lint_text(&[&name[..], &["--fix"]].concat(), WRAPPED);
    assert_eq!((stdout.as_str(), status), (SAFE, 1));
    assert!(stderr.contains("m/main.tf:3:7: warning["), "{stderr}");
    let (stdout, stderr, status) = repository.lint_text(&[&name[..], &["--unsafe-fixes"]].concat(), UNSAFE);
    assert_eq!((stdout.as_str(), status), (UNSAFE, 0), "{stderr}");
    let (stdout, _, status) = repository.lint_text(&[&name[..], &["--diff"]].concat(), WRAPPED);
    assert!(stdout.starts_with("--- m/main.tf\n") && status == 1, "{stdout}");
    assert_eq!(repository.read("m/main.tf"), "locals {}\n");
}

#[test]
fn mode_and_symlink_stay() {
    let repository = Repository::new(&[("store/real.tf", WRAPPED), ("m/x.txt", "")]);
    symlink("../store/real.tf", repository.path("m/main.tf")).unwrap();
    fs::set_permissions(repository.path("store/real.tf"), fs::Permissions::from_mode(0o640)).unwrap();
    let (_, stderr, _) = repository.lint(&["--unsafe-fixes"]);
    assert_eq!(repository.read("store/real.tf"), UNSAFE, "{stderr}");
    assert!(repository.path("m/main.tf").is_symlink());
    assert_eq!(fs::metadata(repository.path("store/real.tf")).unwrap().mode() & 0o777, 0o640);
    let left = |directory: &str| fs::read_dir(repository.path(directory)).unwrap().count();
    assert_eq!((left("store"), left("m")), (1, 2), "no draft is left");
}

#[test]
fn a_shared_file_is_fixed_when_all_its_users_agree() {
    let wrapped = "locals {\n  a = \"${var.a}\"\n}\n";
    let variable = |kind: &str| format!("variable \"a\" {{\n  type = {kind}\n}}\n");
    let shared = |kinds: [&str; 2]| {
        let repository = Repository::new(&[
            ("store/shared.tf", wrapped),
            ("one/main.tf", &variable(kinds[0])),
            ("two/main.tf", &variable(kinds[1])),
        ]);
        for module in ["one", "two"] {
            symlink("../store/shared.tf", repository.path(&format!("{module}/shared.tf"))).unwrap();
        }
        repository
    };
    let both = shared(["string", "string"]);
    both.lint(&["--fix"]);
    assert_eq!(both.read("store/shared.tf"), "locals {\n  a = var.a\n}\n");
    let one = shared(["string", "number"]);
    assert_eq!(one.lint(&["--fix"]).2, 1);
    assert_eq!(one.read("store/shared.tf"), wrapped, "safe in one of them only");
    let half = shared(["string", "string"]);
    half.lint(&["--unsafe-fixes", "one"]);
    assert_eq!(half.read("store/shared.tf"), wrapped, "the other one was not looked at");
    half.lint(&["--unsafe-fixes"]);
    assert_eq!(half.read("store/shared.tf"), "locals {\n  a = var.a\n}\n");
}

#[test]
fn what_lies_outside_is_fixed_only_when_named() {
    let elsewhere = tempfile::tempdir().unwrap();
    let rules =
        "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up == 0 # sprag: ignore[promql/syntax] r\n";
    let outside = elsewhere.path().join("a.yml");
    fs::write(&outside, rules).unwrap();
    let repository = Repository::new(&[]);
    symlink(&outside, repository.path("a.yml")).unwrap();
    let lint = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sprag"));
        command.args(["lint", "--fix"]).args(arguments).current_dir(repository.directory.path()).env_clear();
        told(&command.output().unwrap())
    };
    assert_eq!(lint(&[]).2, 1);
    assert_eq!(fs::read_to_string(&outside).unwrap(), rules);
    let (_, stderr, _) = lint(&["a.yml"]);
    assert!(!fs::read_to_string(&outside).unwrap().contains("sprag:"), "{stderr}");
}

#[test]
fn only_what_is_shown_is_fixed() {
    let repository = Repository::new(&[("main.tf", WRAPPED), ("other.tf", &WRAPPED.replace(" a ", " c "))]);
    repository.lint(&["--fix", "main.tf"]);
    assert_eq!(repository.read("main.tf"), SAFE);
    assert!(repository.read("other.tf").contains("\"${path.module}\""));
    let rules = "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up{job=~\"^(?:a|b)$\"} == 0\n";
    let repository = Repository::new(&[("rules.yml", rules)]);
    let lint = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sprag"));
        command.args(["lint", "--fix", "--select", "promql/redundant-regex"]).args(arguments);
        assert!(command.current_dir(repository.directory.path()).env_clear().output().unwrap().status.success());
    };
    lint(&[]);
    assert_eq!(repository.read("rules.yml"), rules, "notes are hidden");
    lint(&["--fail-on", "note"]);
    assert_ne!(repository.read("rules.yml"), rules, "notes are shown");
}

#[test]
fn a_file_that_does_not_parse_is_left_alone() {
    let broken = format!("{WRAPPED}resource {{\n");
    let repository = Repository::new(&[("main.tf", &broken)]);
    repository.lint(&["--unsafe-fixes"]);
    assert_eq!(repository.read("main.tf"), broken);
}

#[test]
fn json_gets_no_native_syntax() {
    let json = r#"{"locals": {"a": "${path.module}", "b": "${lookup(local.m, \"x\")}", "c": "${local.l.0}"}}"#;
    let repository = Repository::new(&[("main.tf.json", json)]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_sprag"));
    command.args(["lint", "--unsafe-fixes", "--fail-on", "note"]).current_dir(repository.directory.path()).env_clear();
    command.output().unwrap();
    assert_eq!(repository.read("main.tf.json"), json);
}

#[test]
fn a_read_only_file_is_not_written() {
    let repository = Repository::new(&[("main.tf", WRAPPED), ("m/main.tf", WRAPPED)]);
    fs::set_permissions(repository.path("main.tf"), fs::Permissions::from_mode(0o444)).unwrap();
    let (_, stderr, status) = repository.lint(&["--fix"]);
    assert_eq!((repository.read("main.tf").as_str(), status), (WRAPPED, 2));
    assert_eq!(repository.read("m/main.tf"), SAFE, "the others are");
    assert!(stderr.contains("sprag: main.tf: is read-only; nothing was written to it\n"), "{stderr}");
}

/// As nobody, since root may write everywhere.
#[test]
fn a_directory_without_permission_is_named() {
    let repository = Repository::new(&[("m/main.tf", WRAPPED)]);
    let program = repository.path("sprag");
    fs::copy(env!("CARGO_BIN_EXE_sprag"), &program).unwrap();
    for (path, mode) in [("", 0o755), ("sprag", 0o755), ("m/main.tf", 0o666), ("m", 0o555)] {
        fs::set_permissions(repository.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    let is_root = fs::metadata(repository.path("m")).unwrap().uid() == 0;
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
    if !is_root {
        command = Command::new(&program);
    }
    command.args(["lint", "--fix", "--select", "terraform/deprecated-interpolation"]);
    let Ok(output) = command.current_dir(repository.directory.path()).output() else {
        return common::e2e::skip("setpriv");
    };
    let (_, stderr, status) = told(&output);
    fs::set_permissions(repository.path("m"), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!((repository.read("m/main.tf").as_str(), status), (WRAPPED, 2), "{stderr}");
    assert!(stderr.contains("sprag: m/main.tf: ") && stderr.contains("its directory must be writable"), "{stderr}");
}

#[test]
fn line_ends_and_mark_stay() {
    let text = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let repository = Repository::new(&[("main.tf", &text(WRAPPED))]);
    repository.lint(&["--fix"]);
    assert_eq!(repository.read("main.tf"), text(SAFE));
}

#[test]
fn usage() {
    let repository = Repository::new(&[("main.tf", WRAPPED)]);
    for wrong in [&["--diff", "--statistics"][..], &["--diff", "--output-file", "x"]] {
        let (_, stderr, status) = repository.lint(wrong);
        assert!(status == 2 && stderr.contains("cannot be used with"), "{stderr}");
    }
    assert_eq!(repository.lint(&["--fix", "nowhere"]).2, 2);
    assert_eq!(repository.read("main.tf"), WRAPPED);
}
