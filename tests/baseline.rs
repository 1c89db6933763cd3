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

use common::repository::Repository;

const OLD: &str = "locals {\n  a = path.root.0\n  b = \"${path.root}\"\n}\n";

/// Standard output, standard error and exit status of `sprag lint`.
fn lint(repository: &Repository, arguments: &[&str]) -> (String, String, i32) {
    lint_in(repository, "", arguments)
}

/// The same, started in a directory of the repository.
fn lint_in(repository: &Repository, directory: &str, arguments: &[&str]) -> (String, String, i32) {
    repository.run_in(directory, &[&["lint", "--format", "concise"], arguments].concat()).told()
}

#[test]
fn only_new_findings_count() {
    let repository = Repository::new(&[("m/main.tf", OLD)]);
    let (stdout, stderr, status) = lint(&repository, &["--write-baseline"]);
    assert_eq!((stdout.as_str(), status), ("", 0));
    assert_eq!(stderr, "wrote 5 findings to .sprag-baseline.json\n");
    let (stdout, stderr, status) = lint(&repository, &[]);
    assert_eq!((stdout.as_str(), status), ("", 0));
    assert!(stderr.starts_with("5 known findings of .sprag-baseline.json are not shown\n"), "{stderr}");
    assert!(lint(&repository, &["--fail-on", "note"]).0.is_empty());

    repository.write("m/main.tf", OLD.replace("locals {", "# moved\n\nlocals {\n  c = path.root.1"));
    let (stdout, _, status) = lint(&repository, &[]);
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
    assert_eq!(lint(&repository, &["--write-baseline"]).1, "wrote 5 findings to known.json\n");
    assert_eq!(lint_in(&repository, "m", &[]).2, 0);
    assert_eq!(lint(&repository, &["m/main.tf"]).2, 0);
    let first = repository.read("known.json");
    assert_eq!(lint(&repository, &["--write-baseline"]).2, 0);
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
    lint(&repository, &["--write-baseline"]);
    repository.write("m/main.tf", OLD.replace("\"${path.root}\"", "path.root"));
    let (_, stderr, status) = lint(&repository, &[]);
    // Two: the line of the unused local value is another one now.
    let gone = "2 known findings of .sprag-baseline.json are gone: `sprag lint --write-baseline` removes them\n";
    assert!(stderr.contains(gone) && status == 1, "{stderr}");
    for part in [&["--select", "terraform"][..], &["m/main.tf"], &["m"]] {
        assert!(
            !lint(&repository, part).1.contains("gone"),
            "{part:?}: a part of the findings says nothing about the rest"
        );
    }
    lint(&repository, &["--write-baseline"]);
    assert!(!lint(&repository, &[]).1.contains("gone"));
}

#[test]
fn known_findings_are_not_fixed() {
    let repository = Repository::new(&[("m/main.tf", OLD)]);
    lint(&repository, &["--write-baseline"]);
    lint(&repository, &["--unsafe-fixes"]);
    assert_eq!(repository.read("m/main.tf"), OLD);
}

#[test]
fn every_configuration_has_its_own() {
    let repository = Repository::new(&[("m/main.tf", OLD), ("n/main.tf", OLD), ("n/.sprag.hcl", "lint {}\n")]);
    let (_, stderr, _) = lint(&repository, &["--write-baseline"]);
    assert_eq!(stderr, "wrote 5 findings to .sprag-baseline.json\nwrote 5 findings to n/.sprag-baseline.json\n");
    assert_eq!(lint(&repository, &[]).2, 0);
    assert_eq!(lint(&repository, &["n"]).2, 0);
}

#[test]
fn it_is_written_for_everything_or_not_at_all() {
    let repository = Repository::new(&[("m/main.tf", OLD), ("n/main.tf", OLD)]);
    for part in ["m", "m/main.tf"] {
        let (_, stderr, status) = lint(&repository, &["--write-baseline", part]);
        assert_eq!((stderr.contains("--write-baseline needs all that"), status), (true, 2), "{stderr}");
    }
    for other in [&["--select", "terraform"][..], &["--fix"], &["--affected"], &["--output-file", "x"]] {
        let (_, stderr, status) = lint(&repository, &[&["--write-baseline"], other].concat());
        assert!(status == 2 && stderr.contains("cannot be used with"), "{stderr}");
    }
    let (_, stderr, status) = lint(&repository, &["--write-baseline", ".", "nowhere"]);
    assert!(status == 2 && stderr.starts_with("sprag: no baseline was written\n"), "{stderr}");
    assert!(!repository.path(".sprag-baseline.json").exists());
    let clean = Repository::new(&[("a.tf", "terraform {\n  required_version = \"1.9\"\n}\n")]);
    assert_eq!(lint(&clean, &["--write-baseline"]).1, "no findings: no baseline is needed\n");
    assert!(!clean.path(".sprag-baseline.json").exists());
}

#[test]
fn a_broken_baseline_stops_the_run() {
    let repository = Repository::new(&[("m/main.tf", OLD), (".sprag-baseline.json", "{\"version\": 7}")]);
    let (stdout, stderr, status) = lint(&repository, &[]);
    assert_eq!((stdout.as_str(), status), ("", 2));
    let expected = "sprag: .sprag-baseline.json: this baseline has version 7, this sprag reads version 1; \
                    `sprag lint --write-baseline` writes it anew\n";
    assert_eq!(stderr, expected);
    assert_eq!(lint(&repository, &["--write-baseline"]).2, 0);
    assert_eq!(lint(&repository, &[]).2, 0);
    fs::remove_file(repository.path(".sprag-baseline.json")).unwrap();
    assert_eq!(lint(&repository, &[]).2, 1, "without one everything counts");
}
