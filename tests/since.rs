//! `sprag lint --since REF` on real git repositories: what a branch changed, and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const LINTS: &str = "terraform/legacy-index,terraform/deprecated-interpolation,promql/syntax,alerts/too-few-alerts";
/// Two findings in blocks of their own, and two local values with one each.
const MODULE: &str = "output \"a\" {\n  value = \"${var.a}\"\n}\n\noutput \"b\" {\n  value = var.b.0\n}\n\n\
                      locals {\n  c = var.c.0\n  d = var.d.0\n}\n";

struct Repository(TempDir);

impl Repository {
    /// A module, one that calls it, one that calls that, and one apart, committed on `main`; HEAD is on `topic`.
    fn new() -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            common::e2e::skip("git");
            return None;
        }
        let repository = Self(tempfile::tempdir().unwrap());
        let call = |source: &str| format!("module \"x\" {{\n  source = \"{source}\"\n  y = var.y.0\n}}\n");
        repository.write("modules/leaf/main.tf", MODULE);
        repository.write("modules/middle/main.tf", &call("../leaf"));
        repository.write("live/main.tf", &call("../modules/middle"));
        repository.write("apart/main.tf", MODULE);
        let rules = "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up ==\n      - alert: B\n        expr: up ==\n";
        repository.write("rules/a.yml", rules);
        for arguments in [&["init", "-q", "-b", "main"][..], &["add", "."], &["commit", "-qm", "one"]] {
            repository.git(arguments);
        }
        repository.git(&["checkout", "-q", "-b", "topic"]);
        Some(repository)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    fn change(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(path)).unwrap();
        assert!(text.contains(from));
        self.write(path, &text.replacen(from, to, 1));
    }

    fn commit(&self) {
        self.git(&["add", "."]);
        self.git(&["commit", "-qm", "more"]);
    }

    fn git(&self, arguments: &[&str]) {
        git_in(self.0.path(), arguments);
    }

    /// `path:line` of every finding.
    fn since(&self, reference: &str) -> Vec<String> {
        let (stdout, stderr, status) = self.lint_in("", &["--since", reference]);
        assert!(status < 2, "{stderr}");
        let place = |line: &str| line.splitn(3, ':').take(2).collect::<Vec<_>>().join(":");
        stdout.lines().map(place).collect()
    }

    fn lint_in(&self, directory: &str, arguments: &[&str]) -> (String, String, i32) {
        let output = Command::new(env!("CARGO_BIN_EXE_sprag"))
            .args(["lint", "--format", "concise", "--select", LINTS])
            .args(arguments)
            .current_dir(self.path(directory))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
    }
}

fn git_in(directory: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn nothing_changed_nothing_is_shown() {
    let Some(repository) = Repository::new() else { return };
    assert!(repository.since("main").is_empty());
    assert_eq!(repository.lint_in("", &[]).0.lines().count(), 12);
}

#[test]
fn changed_lines_and_blocks() {
    let Some(repository) = Repository::new() else { return };
    repository.change("apart/main.tf", "  value = var.b.0\n", "  value = var.b.0\n  sensitive = true\n");
    assert_eq!(repository.since("main"), ["apart/main.tf:6"], "another line of the block");
    repository.commit();
    repository.change("apart/main.tf", "  d = var.d.0", "  d = var.e.0");
    assert_eq!(repository.since("main"), ["apart/main.tf:6", "apart/main.tf:12"], "committed or not");
    assert_eq!(repository.since("HEAD"), ["apart/main.tf:12"]);
    repository.git(&["add", "."]);
    assert_eq!(repository.since("HEAD"), ["apart/main.tf:12"], "staged");
}

#[test]
fn removed_lines_count_for_what_they_were_in() {
    let Some(repository) = Repository::new() else { return };
    repository.change("apart/main.tf", "  value = var.b.0\n", "  value = var.b.0\n  sensitive = true\n");
    repository.commit();
    repository.change("apart/main.tf", "  sensitive = true\n", "");
    assert_eq!(repository.since("HEAD"), ["apart/main.tf:6"]);
    repository.commit();
    repository.change("apart/main.tf", "}\n\noutput \"b\"", "}\noutput \"b\"");
    assert!(repository.since("HEAD").is_empty(), "between blocks");
}

#[test]
fn callers_of_a_changed_module() {
    let Some(repository) = Repository::new() else { return };
    repository.write("modules/leaf/more.tf", "# nothing to find\n");
    assert_eq!(repository.since("main"), ["live/main.tf:3", "modules/middle/main.tf:3"]);
    fs::remove_file(repository.path("modules/leaf/more.tf")).unwrap();
    repository.change("modules/middle/main.tf", "\"x\"", "\"z\"");
    assert_eq!(repository.since("main"), ["live/main.tf:3", "modules/middle/main.tf:3"]);
}

#[test]
fn new_files_count_whole_and_ignored_ones_not() {
    let Some(repository) = Repository::new() else { return };
    repository.write("new/a b\"ü.tf", MODULE);
    repository.write(".gitignore", "ignored.tf\n");
    repository.write("new/ignored.tf", MODULE);
    assert_eq!(repository.since("main").len(), 4, "{:?}", repository.since("main"));
    repository.commit();
    assert_eq!(repository.since("main").len(), 4, "{:?}", repository.since("main"));
}

#[test]
fn a_module_that_lost_a_file_counts_whole() {
    let Some(repository) = Repository::new() else { return };
    repository.write("apart/other.tf", "# x\n");
    repository.commit();
    fs::remove_file(repository.path("apart/other.tf")).unwrap();
    assert_eq!(repository.since("HEAD").len(), 4);
    assert!(repository.since("main").is_empty(), "main never had it");
}

#[test]
fn rules_and_configurations() {
    let Some(repository) = Repository::new() else { return };
    repository.change("rules/a.yml", "alert: B\n", "alert: B\n        for: 5m\n");
    assert_eq!(repository.since("main"), ["rules/a.yml:8"]);
    repository.write(".sprag.hcl", "alerts {\n  minimum = 26\n}\n");
    assert_eq!(repository.since("main").len(), 13, "a new configuration concerns everything");
    repository.git(&["checkout", "-q", "rules/a.yml"]);
    repository.commit();
    repository.change("rules/a.yml", "alert: B\n", "alert: C\n");
    assert_eq!(repository.since("HEAD"), [".sprag.hcl:2", "rules/a.yml:7"], "what is missing is reported there");
}

#[test]
fn compared_with_where_the_branch_began() {
    let Some(repository) = Repository::new() else { return };
    repository.git(&["checkout", "-q", "main"]);
    repository.change("apart/main.tf", "  value = var.b.0\n", "  value = var.b\n");
    repository.commit();
    repository.git(&["checkout", "-q", "topic"]);
    repository.change("modules/leaf/main.tf", "${var.a}", "${var.z}");
    assert_eq!(repository.since("main"), ["live/main.tf:3", "modules/leaf/main.tf:2", "modules/middle/main.tf:3"]);
}

#[test]
fn paths_limit_and_the_place_of_start_does_not_matter() {
    let Some(repository) = Repository::new() else { return };
    repository.change("apart/main.tf", "var.b.0", "var.bb.0");
    repository.change("live/main.tf", "var.y.0", "var.yy.0");
    let (stdout, _, _) = repository.lint_in("", &["--since", "main", "live"]);
    assert!(stdout.starts_with("live/main.tf:3:") && stdout.lines().count() == 1, "{stdout}");
    let (stdout, _, _) = repository.lint_in("apart", &["--since", "main"]);
    assert!(stdout.starts_with("main.tf:6:") && stdout.lines().count() == 1, "{stdout}");
}

#[test]
fn only_what_is_shown_is_fixed_even_when_lines_move() {
    let Some(repository) = Repository::new() else { return };
    let old = "locals {\n  a = \"${path.module}\"\n  /* two\n     lines */\n  b = [path.module, \"${path.root}\"]\n}\n";
    repository.write("fix/main.tf", old);
    repository.commit();
    repository.change("fix/main.tf", "locals {\n", "locals {\n  z = \"${path.root}\"\n");
    repository.change("fix/main.tf", "[path.module, ", "[\"${\"${path.module}\"}\", ");
    let (stdout, stderr, status) = repository.lint_in("", &["--since", "HEAD", "--fix"]);
    let fixed = fs::read_to_string(repository.path("fix/main.tf")).unwrap();
    let expected = "locals {\n  z = path.root\n  a = \"${path.module}\"\n  /* two\n     lines */\n  b = [path.module, path.root]\n}\n";
    assert_eq!((fixed.as_str(), stdout.as_str(), status), (expected, "", 0), "{stderr}");
}

#[test]
fn what_cannot_be_compared_is_said() {
    let Some(repository) = Repository::new() else { return };
    let fails = |directory: &str, arguments: &[&str]| {
        let (stdout, stderr, status) = repository.lint_in(directory, arguments);
        assert_eq!((stdout.as_str(), status), ("", 2), "{stderr}");
        stderr
    };
    let unknown = fails("", &["--since", "no-such-branch"]);
    assert!(unknown.starts_with("sprag: --since: `no-such-branch` is no commit, branch or tag of /"), "{unknown}");
    assert!(fails("", &["--since=--output=x"]).contains("is no git reference"));
    assert!(fails("", &["--since", "main", "--affected"]).contains("cannot be used with"));
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("a.tf"), MODULE).unwrap();
    let outside = elsewhere.path().to_str().unwrap();
    assert!(fails("", &["--since", "main", outside]).contains("is in no git repository"));
    assert!(fails("", &["--since", "main", "apart", outside]).contains("lies outside of the repository"));
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.git(&["commit", "-qm", "other"]);
    assert!(fails("", &["--since", "main"]).contains("HEAD and `main` have no history in common"));
}

#[test]
fn a_shallow_clone_is_compared_with_the_ref_itself() {
    let Some(repository) = Repository::new() else { return };
    repository.change("apart/main.tf", "var.b.0", "var.bb.0");
    repository.commit();
    repository.change("apart/main.tf", "var.c.0", "var.cc.0");
    repository.commit();
    let clone = tempfile::tempdir().unwrap();
    let from = format!("file://{}", repository.0.path().display());
    git_in(clone.path(), &["clone", "-q", "--depth=1", "--branch", "topic", &from, "clone"]);
    let clone = Repository(clone);
    let (_, stderr, status) = clone.lint_in("clone", &["--since", "origin/main"]);
    assert!(status == 2 && stderr.contains("this clone is shallow"), "{stderr}");
    git_in(&clone.path("clone"), &["fetch", "-q", "--depth=1", "origin", "main"]);
    let (stdout, stderr, status) = clone.lint_in("clone", &["--since", "FETCH_HEAD"]);
    assert_eq!((stdout.lines().count(), status), (2, 1), "{stdout}{stderr}");
    assert!(stderr.contains("compared with `FETCH_HEAD` as it is\n"), "{stderr}");
}
