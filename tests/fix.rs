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
use std::path::Path;
use std::process::{Command, Stdio};

use common::repository::{Ran, Repository};

/// A string that is safe to unwrap, and one that is not.
const WRAPPED: &str = "locals {\n  a = \"${path.module}\"\n  b = \"${local.a}\"\n}\n";
const SAFE: &str = "locals {\n  a = path.module\n  b = \"${local.a}\"\n}\n";
const UNSAFE: &str = "locals {\n  a = path.module\n  b = local.a\n}\n";

/// `sprag lint` for what is wrapped for no reason.
fn command(repository: &Repository, arguments: &[&str]) -> Command {
    const SELECTED: [&str; 5] = ["lint", "--select", "terraform/deprecated-interpolation", "--format", "concise"];
    repository.command(&[&SELECTED, arguments].concat())
}

fn lint(repository: &Repository, arguments: &[&str]) -> (String, String, i32) {
    Ran::of(&command(repository, arguments).output().unwrap()).told()
}

fn lint_text(repository: &Repository, arguments: &[&str], text: &str) -> (String, String, i32) {
    Ran::with_input(command(repository, arguments), text.as_bytes()).told()
}

#[test]
fn safe_fixes_are_applied_and_the_rest_is_shown() {
    let repository = Repository::new(&[("main.tf", WRAPPED), ("other.tf", "locals {}\n")]);
    let (stdout, stderr, status) = lint(&repository, &["--fix"]);
    assert_eq!(repository.read("main.tf"), SAFE);
    assert!(stdout.starts_with("main.tf:3:7: warning[terraform/deprecated-interpolation]"), "{stdout}");
    assert!(stderr.starts_with("fixed 1 finding in 1 file (terraform/deprecated-interpolation 1)\n"), "{stderr}");
    assert!(stderr.contains("1 finding can be fixed with --unsafe-fixes\n"), "{stderr}");
    assert_eq!(status, 1);
    let (stdout, stderr, status) = lint(&repository, &["--unsafe-fixes"]);
    assert_eq!((repository.read("main.tf").as_str(), stdout.as_str(), status), (UNSAFE, "", 0), "{stderr}");
}

#[test]
fn a_diff_writes_nothing() {
    let repository = Repository::new(&[("m/main.tf", WRAPPED), ("m/b.tf", "locals {\n  c = \"${path.module}\"\n}\n")]);
    let (stdout, stderr, status) = lint(&repository, &["--diff"]);
    let expected = "--- m/b.tf\n+++ m/b.tf\n@@ -1,3 +1,3 @@\n locals {\n-  c = \"${path.module}\"\n+  c = path.module\n }\n\
                    --- m/main.tf\n+++ m/main.tf\n@@ -1,4 +1,4 @@\n locals {\n-  a = \"${path.module}\"\n\
                    +  a = path.module\n   b = \"${local.a}\"\n }\n";
    assert_eq!((stdout.as_str(), status), (expected, 1));
    assert_eq!(stderr, "would fix 2 findings in 2 files (terraform/deprecated-interpolation 2)\n");
    assert_eq!(repository.read("m/main.tf"), WRAPPED);
    let (stdout, _, _) = lint(&repository, &["--diff", "--unsafe-fixes"]);
    assert!(stdout.contains("+  b = local.a\n"), "{stdout}");
    let clean = Repository::new(&[("main.tf", UNSAFE)]);
    assert_eq!(lint(&clean, &["--diff"]), (String::new(), "nothing to fix\n".into(), 0));
}

#[test]
fn a_diff_is_what_git_applies() {
    let repository = Repository::new(&[("m/main.tf", &WRAPPED.replace('\n', "\r\n")), ("end.tf", WRAPPED.trim_end())]);
    let (diff, _, _) = lint(&repository, &["--diff", "--unsafe-fixes"]);
    let elsewhere = tempfile::tempdir().unwrap();
    common::copy_tree(&repository.path("m"), &elsewhere.path().join("m"));
    fs::copy(repository.path("end.tf"), elsewhere.path().join("end.tf")).unwrap();
    let mut git = Command::new("git");
    git.args(["apply", "-p0", "-"]).current_dir(elsewhere.path()).stdin(Stdio::piped());
    let mut child = git.spawn().unwrap();
    child.stdin.take().unwrap().write_all(diff.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{diff}");
    lint(&repository, &["--unsafe-fixes"]);
    for file in ["m/main.tf", "end.tf"] {
        assert_eq!(fs::read_to_string(elsewhere.path().join(file)).unwrap(), repository.read(file));
    }
}

#[test]
fn standard_input_goes_to_standard_output() {
    let repository = Repository::new(&[("m/main.tf", "locals {}\n")]);
    let name = ["-", "--stdin-filename", "m/main.tf"];
    let (stdout, stderr, status) = lint_text(&repository, &[&name[..], &["--fix"]].concat(), WRAPPED);
    assert_eq!((stdout.as_str(), status), (SAFE, 1));
    assert!(stderr.contains("m/main.tf:3:7: warning["), "{stderr}");
    let (stdout, stderr, status) = lint_text(&repository, &[&name[..], &["--unsafe-fixes"]].concat(), UNSAFE);
    assert_eq!((stdout.as_str(), status), (UNSAFE, 0), "{stderr}");
    let (stdout, _, status) = lint_text(&repository, &[&name[..], &["--diff"]].concat(), WRAPPED);
    assert!(stdout.starts_with("--- m/main.tf\n") && status == 1, "{stdout}");
    assert_eq!(repository.read("m/main.tf"), "locals {}\n");
}

#[test]
fn mode_and_symlink_stay() {
    let repository = Repository::new(&[("store/real.tf", WRAPPED), ("m/x.txt", "")]);
    symlink("../store/real.tf", repository.path("m/main.tf")).unwrap();
    fs::set_permissions(repository.path("store/real.tf"), fs::Permissions::from_mode(0o640)).unwrap();
    let (_, stderr, _) = lint(&repository, &["--unsafe-fixes"]);
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
    lint(&both, &["--fix"]);
    assert_eq!(both.read("store/shared.tf"), "locals {\n  a = var.a\n}\n");
    let one = shared(["string", "number"]);
    assert_eq!(lint(&one, &["--fix"]).2, 1);
    assert_eq!(one.read("store/shared.tf"), wrapped, "safe in one of them only");
    let half = shared(["string", "string"]);
    lint(&half, &["--unsafe-fixes", "one"]);
    assert_eq!(half.read("store/shared.tf"), wrapped, "the other one was not looked at");
    lint(&half, &["--unsafe-fixes"]);
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
        command.args(["lint", "--fix"]).args(arguments).current_dir(repository.root()).env_clear();
        Ran::of(&command.output().unwrap()).told()
    };
    assert_eq!(lint(&[]).2, 1);
    assert_eq!(fs::read_to_string(&outside).unwrap(), rules);
    let (_, stderr, _) = lint(&["a.yml"]);
    assert!(!fs::read_to_string(&outside).unwrap().contains("sprag:"), "{stderr}");
}

#[test]
fn only_what_is_shown_is_fixed() {
    let repository = Repository::new(&[("main.tf", WRAPPED), ("other.tf", &WRAPPED.replace(" a ", " c "))]);
    lint(&repository, &["--fix", "main.tf"]);
    assert_eq!(repository.read("main.tf"), SAFE);
    assert!(repository.read("other.tf").contains("\"${path.module}\""));
    let rules = "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up{job=~\"^(?:a|b)$\"} == 0\n";
    let repository = Repository::new(&[("rules.yml", rules)]);
    let lint = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sprag"));
        command.args(["lint", "--fix", "--select", "promql/redundant-regex"]).args(arguments);
        assert!(command.current_dir(repository.root()).env_clear().output().unwrap().status.success());
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
    lint(&repository, &["--unsafe-fixes"]);
    assert_eq!(repository.read("main.tf"), broken);
}

#[test]
fn json_gets_no_native_syntax() {
    let json = r#"{"locals": {"a": "${path.module}", "b": "${lookup(local.m, \"x\")}", "c": "${local.l.0}"}}"#;
    let repository = Repository::new(&[("main.tf.json", json)]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_sprag"));
    command.args(["lint", "--unsafe-fixes", "--fail-on", "note"]).current_dir(repository.root()).env_clear();
    command.output().unwrap();
    assert_eq!(repository.read("main.tf.json"), json);
}

#[test]
fn a_read_only_file_is_not_written() {
    let repository = Repository::new(&[("main.tf", WRAPPED), ("m/main.tf", WRAPPED)]);
    fs::set_permissions(repository.path("main.tf"), fs::Permissions::from_mode(0o444)).unwrap();
    let (_, stderr, status) = lint(&repository, &["--fix"]);
    assert_eq!((repository.read("main.tf").as_str(), status), (WRAPPED, 2));
    assert_eq!(repository.read("m/main.tf"), SAFE, "the others are");
    assert!(stderr.contains("sprag: main.tf: is read-only; nothing was written to it\n"), "{stderr}");
}

/// `sprag` as somebody who is not root, since root may write everywhere; nothing where that is not possible.
fn as_nobody(repository: &Repository, arguments: &[&str]) -> Option<(String, String, i32)> {
    let program = repository.path("sprag");
    // Another process copies it: a program that this one has open for writing cannot be run as long as a child that was
    // started meanwhile has not let go of it.
    let copied = Command::new("install").args(["-m", "755", env!("CARGO_BIN_EXE_sprag")]).arg(&program).status();
    assert!(copied.unwrap().success());
    fs::set_permissions(repository.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let is_root = fs::metadata(&program).unwrap().uid() == 0;
    let mut command = Command::new(if is_root { Path::new("setpriv") } else { &program });
    if is_root {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
    }
    command.args(arguments).current_dir(repository.root()).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.output().ok().map(|output| Ran::of(&output).told())
}

const SELECT: [&str; 3] = ["lint", "--select", "terraform/deprecated-interpolation"];

/// A baseline is of all lints.
fn selection(arguments: &[&str]) -> &'static [&'static str] {
    if arguments.contains(&"--write-baseline") { &SELECT[..1] } else { &SELECT }
}

#[test]
fn a_directory_without_permission_is_named() {
    let repository = Repository::new(&[("m/main.tf", WRAPPED), ("m/.sprag.hcl", "")]);
    for (path, mode) in [("m/main.tf", 0o666), ("m", 0o555)] {
        fs::set_permissions(repository.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    let denied = "permission denied; its directory must be writable\n";
    for (arguments, said) in [
        (&["--fix"][..], format!("sprag: m/main.tf: not written: {denied}")),
        (&["--write-baseline", "m"], format!("sprag: m/.sprag-baseline.json: not written: {denied}")),
        (&["--output-file", "m/out"], format!("sprag: --output-file m/out: {denied}")),
    ] {
        let ran = as_nobody(&repository, &[selection(arguments), arguments].concat());
        let Some((_, stderr, status)) = ran else { return common::e2e::skip("setpriv") };
        assert_eq!((repository.read("m/main.tf").as_str(), status), (WRAPPED, 2), "{stderr}");
        assert!(stderr.contains(&said), "{stderr}");
    }
    assert_eq!(fs::read_dir(repository.path("m")).unwrap().count(), 2, "nothing new");
    fs::set_permissions(repository.path("m"), fs::Permissions::from_mode(0o755)).unwrap();
}

/// `sprag` that can write no file beyond `blocks` of 512 bytes, as on a disk that is full.
fn without_room(repository: &Repository, blocks: u32, arguments: &[&str]) -> (String, String, i32) {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
    command.arg(env!("CARGO_BIN_EXE_sprag")).args(selection(arguments)).args(arguments);
    Ran::of(&command.current_dir(repository.root()).env_clear().output().unwrap()).told()
}

const NO_ROOM: &str = "there is no room for it; free some and run sprag again\n";

#[test]
fn a_full_disk_loses_nothing() {
    let large = format!("{}{WRAPPED}", "# a comment\n".repeat(200));
    let known = "{\"version\": 1, \"findings\": []}\n";
    let files =
        [("large.tf", large.as_str()), ("m/small.tf", WRAPPED), (".sprag-baseline.json", known), ("out", "old")];
    let repository = Repository::new(&files);
    let count = || walkdir::WalkDir::new(repository.root()).into_iter().count();
    let before = count();

    let (_, stderr, status) = without_room(&repository, 1, &["--fix"]);
    assert_eq!(status, 2, "{stderr}");
    assert!(stderr.contains(&format!("sprag: large.tf: not written: {NO_ROOM}")), "{stderr}");
    assert_eq!(repository.read("large.tf"), large);
    assert_eq!(repository.read("m/small.tf"), SAFE, "there was room for this one");

    let (_, stderr, status) = without_room(&repository, 0, &["--write-baseline"]);
    assert_eq!((stderr, status), (format!("sprag: .sprag-baseline.json: not written: {NO_ROOM}"), 2));
    assert_eq!(repository.read(".sprag-baseline.json"), known);

    let (stdout, stderr, status) = without_room(&repository, 0, &["--output-file", "out"]);
    assert_eq!((stdout.as_str(), status), ("", 2));
    assert!(stderr.contains(&format!("sprag: --output-file out: {NO_ROOM}")), "{stderr}");
    assert_eq!(repository.read("out"), "old");
    assert_eq!(count(), before, "no draft is left");
    let (_, stderr, status) = without_room(&repository, 0, &["--output-file", "/dev/full"]);
    assert!(stderr.contains(&format!("sprag: --output-file /dev/full: {NO_ROOM}")) && status == 2, "{stderr}");
    assert_eq!(without_room(&repository, 64, &["--fix"]).2, 1, "with room it goes on");
    assert_eq!(repository.read("large.tf"), large.replace(WRAPPED, SAFE));
}

/// What is made anew is not left half made: the next try would find it and stop.
#[test]
fn a_full_disk_leaves_no_half_of_a_new_file() {
    let repository = Repository::new(&[("m/main.tf", WRAPPED)]);
    for arguments in [&["init"][..], &["new", "alerts"]] {
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_sprag")]);
        let output = command.args(arguments).current_dir(repository.root()).env_clear().output().unwrap();
        let ran = Ran::of(&output);
        assert!(ran.status == 2 && ran.stderr.ends_with(NO_ROOM), "{ran:?}");
        let files = walkdir::WalkDir::new(repository.root()).into_iter().filter_map(Result::ok);
        let files: Vec<_> = files.filter(|entry| entry.file_type().is_file()).collect();
        assert_eq!(files.len(), 1, "{files:?}");
    }
}

/// The same as a full disk, on a real file system of 16 KB, where one can be mounted.
#[test]
fn a_small_file_system_loses_nothing() {
    let repository = Repository::new(&[("disk/.git/x", "")]);
    let script = "mount -t tmpfs -o size=16k tmpfs disk || exit 77; cd disk && mkdir .git && \
                  printf 'locals {\\n  a = \"${path.module}\"\\n}\\n' > main.tf && cp main.tf before && \
                  { cat /dev/zero > filler 2>/dev/null; \"$@\"; } ; status=$?; \
                  cmp main.tf before && ls -A | grep -c . && exit $status";
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_sprag")]);
    command.args(SELECT).arg("--fix").current_dir(repository.root()).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let ran = match command.output() {
        Ok(output) if !matches!(output.status.code(), Some(77 | 1)) => Ran::of(&output),
        _ => return println!("skipped: a small file system cannot be mounted here"),
    };
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.stderr.contains(&format!("sprag: main.tf: not written: {NO_ROOM}")), "{ran:?}");
    assert_eq!(ran.stdout.lines().last(), Some("4"), "the text is as it was, no draft is left: {ran:?}");
}

#[test]
fn line_ends_and_mark_stay() {
    let text = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let repository = Repository::new(&[("main.tf", &text(WRAPPED))]);
    lint(&repository, &["--fix"]);
    assert_eq!(repository.read("main.tf"), text(SAFE));
}

#[test]
fn usage() {
    let repository = Repository::new(&[("main.tf", WRAPPED)]);
    for wrong in [&["--diff", "--statistics"][..], &["--diff", "--output-file", "x"]] {
        let (_, stderr, status) = lint(&repository, wrong);
        assert!(status == 2 && stderr.contains("cannot be used with"), "{stderr}");
    }
    assert_eq!(lint(&repository, &["--fix", "nowhere"]).2, 2);
    assert_eq!(repository.read("main.tf"), WRAPPED);
}
