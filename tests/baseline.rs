//! `sprag lint --write-baseline` and what it changes for the runs after it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

const OLD: &str = "locals {\n  a = path.root.0\n  b = \"${path.root}\"\n}\n";

struct Repository(TempDir);

impl Repository {
    fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        fs::create_dir(repository.path(".git")).unwrap();
        for (path, text) in files {
            repository.write(path, text);
        }
        repository
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Standard output, standard error and exit status of `sprag lint` below `directory`.
    fn lint_in(&self, directory: &str, arguments: &[&str]) -> (String, String, i32) {
        let output = Command::new(env!("CARGO_BIN_EXE_sprag"))
            .args(["lint", "--format", "concise"])
            .args(arguments)
            .current_dir(self.path(directory))
            .env_clear()
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
    }

    fn lint(&self, arguments: &[&str]) -> (String, String, i32) {
        self.lint_in("", arguments)
    }
}

#[test]
fn only_new_findings_count() {
    let repository = Repository::new(&[("m/main.tf", OLD)]);
    let (stdout, stderr, status) = repository.lint(&["--write-baseline"]);
    assert_eq!((stdout.as_str(), status), ("", 0));
    assert_eq!(stderr, "wrote 5 findings to .sprag-baseline.json\n");
    let (stdout, stderr, status) = repository.lint(&[]);
    assert_eq!((stdout.as_str(), status), ("", 0));
    assert!(stderr.starts_with("5 known findings of .sprag-baseline.json are not shown\n"), "{stderr}");
    assert!(repository.lint(&["--fail-on", "note"]).0.is_empty());

    repository.write("m/main.tf", &OLD.replace("locals {", "# moved\n\nlocals {\n  c = path.root.1"));
    let (stdout, _, status) = repository.lint(&[]);
    assert!(
        stdout.starts_with("m/main.tf:4:3: warning[terraform/unused-declaration] local value `local.c`"),
        "{stdout}"
    );
    assert!(stdout.contains("\nm/main.tf:4:16: warning[terraform/legacy-index]"), "{stdout}");
    assert_eq!((stdout.lines().count(), status), (2, 1), "{stdout}");
}

#[test]
fn the_same_wherever_it_is_started() {
    let repository = Repository::new(&[("m/main.tf", OLD), (".sprag.hcl", "lint {\n  baseline = \"known.json\"\n}\n")]);
    assert_eq!(repository.lint(&["--write-baseline"]).1, "wrote 5 findings to known.json\n");
    assert_eq!(repository.lint_in("m", &[]).2, 0);
    assert_eq!(repository.lint(&["m/main.tf"]).2, 0);
    let first = repository.read("known.json");
    assert_eq!(repository.lint(&["--write-baseline"]).2, 0);
    assert_eq!(repository.read("known.json"), first, "the order is stable");
    let lines: Vec<&str> = first.lines().collect();
    assert!(
        lines[3]
            .starts_with("    {\"lint\":\"terraform/deprecated-interpolation\",\"path\":\"m/main.tf\",\"message\":")
    );
    assert_eq!((lines[0], lines[1], lines.len()), ("{", "  \"version\": 1,", 10));
}

#[test]
fn what_was_fixed_can_be_removed() {
    let repository = Repository::new(&[("m/main.tf", OLD)]);
    repository.lint(&["--write-baseline"]);
    repository.write("m/main.tf", &OLD.replace("\"${path.root}\"", "path.root"));
    let (_, stderr, status) = repository.lint(&[]);
    // Two: the line of the unused local value is another one now.
    let gone = "2 known findings of .sprag-baseline.json are gone: `sprag lint --write-baseline` removes them\n";
    assert!(stderr.contains(gone) && status == 1, "{stderr}");
    for part in [&["--select", "terraform"][..], &["m/main.tf"], &["m"]] {
        assert!(
            !repository.lint(part).1.contains("gone"),
            "{part:?}: a part of the findings says nothing about the rest"
        );
    }
    repository.lint(&["--write-baseline"]);
    assert!(!repository.lint(&[]).1.contains("gone"));
}

#[test]
fn known_findings_are_not_fixed() {
    let repository = Repository::new(&[("m/main.tf", OLD)]);
    repository.lint(&["--write-baseline"]);
    repository.lint(&["--unsafe-fixes"]);
    assert_eq!(repository.read("m/main.tf"), OLD);
}

#[test]
fn every_configuration_has_its_own() {
    let repository = Repository::new(&[("m/main.tf", OLD), ("n/main.tf", OLD), ("n/.sprag.hcl", "lint {}\n")]);
    let (_, stderr, _) = repository.lint(&["--write-baseline"]);
    assert_eq!(stderr, "wrote 5 findings to .sprag-baseline.json\nwrote 5 findings to n/.sprag-baseline.json\n");
    assert_eq!(repository.lint(&[]).2, 0);
    assert_eq!(repository.lint(&["n"]).2, 0);
}

#[test]
fn it_is_written_for_everything_or_not_at_all() {
    let repository = Repository::new(&[("m/main.tf", OLD), ("n/main.tf", OLD)]);
    for part in ["m", "m/main.tf"] {
        let (_, stderr, status) = repository.lint(&["--write-baseline", part]);
        assert_eq!((stderr.contains("--write-baseline needs all that"), status), (true, 2), "{stderr}");
    }
    for other in [&["--select", "terraform"][..], &["--fix"], &["--affected"], &["--output-file", "x"]] {
        let (_, stderr, status) = repository.lint(&[&["--write-baseline"], other].concat());
        assert!(status == 2 && stderr.contains("cannot be used with"), "{stderr}");
    }
    let (_, stderr, status) = repository.lint(&["--write-baseline", ".", "nowhere"]);
    assert!(status == 2 && stderr.starts_with("sprag: no baseline was written\n"), "{stderr}");
    assert!(!repository.path(".sprag-baseline.json").exists());
    let clean = Repository::new(&[("a.tf", "terraform {\n  required_version = \"1.9\"\n}\n")]);
    assert_eq!(clean.lint(&["--write-baseline"]).1, "no findings: no baseline is needed\n");
    assert!(!clean.path(".sprag-baseline.json").exists());
}

#[test]
fn a_broken_baseline_stops_the_run() {
    let repository = Repository::new(&[("m/main.tf", OLD), (".sprag-baseline.json", "{\"version\": 7}")]);
    let (stdout, stderr, status) = repository.lint(&[]);
    assert_eq!((stdout.as_str(), status), ("", 2));
    let expected = "sprag: .sprag-baseline.json: this baseline has version 7, this sprag reads version 1; \
                    `sprag lint --write-baseline` writes it anew\n";
    assert_eq!(stderr, expected);
    assert_eq!(repository.lint(&["--write-baseline"]).2, 0);
    assert_eq!(repository.lint(&[]).2, 0);
    fs::remove_file(repository.path(".sprag-baseline.json")).unwrap();
    assert_eq!(repository.lint(&[]).2, 1, "without one everything counts");
}
