//! `sprag init`: what it writes is a configuration without mistakes, fits what is there, and replaces nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::Path;

use common::repository::{Ran, Repository};

fn sprag(directory: &Path, arguments: &[&str]) -> Ran {
    Ran::of(&common::repository::sprag(directory, arguments).output().unwrap())
}

/// The example without its own configuration.
fn homelab() -> Repository {
    let repository = Repository::new(&[]);
    common::copy_tree(&common::root().join("testdata/homelab"), repository.root());
    fs::remove_file(repository.path(".sprag.hcl")).unwrap();
    repository
}

fn written(directory: &Path) -> String {
    fs::read_to_string(directory.join(".sprag.hcl")).unwrap()
}

/// The configuration with every suggestion taken: lines that begin with `#` and no space.
fn with_suggestions(text: &str) -> String {
    let line = |line: &str| {
        let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
        let is_prose = rest.starts_with("# ") || rest == "#";
        let rest = if is_prose { rest } else { rest.strip_prefix('#').unwrap_or(rest) };
        format!("{indent}{rest}\n")
    };
    // Inside a block that is a suggestion the space after `#` is indentation.
    let mut inside = false;
    text.lines()
        .map(|one| {
            inside |= one.starts_with('#') && one.ends_with('{') && !one.starts_with("# ");
            let shown = if inside { format!("{}\n", one.strip_prefix('#').unwrap_or(one)) } else { line(one) };
            inside &= one != "#}";
            shown
        })
        .collect()
}

#[test]
fn tells_what_the_example_holds() {
    let directory = homelab();
    let ran = sprag(directory.root(), &["init"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!("init_homelab_told", ran.stdout);
    insta::assert_snapshot!("init_homelab", written(directory.root()));
}

#[test]
fn what_it_writes_has_no_mistakes_with_and_without_its_suggestions() {
    let directory = homelab();
    assert_eq!(sprag(directory.root(), &["init"]).status, 0);
    let ran = sprag(directory.root(), &["config"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let lint = sprag(directory.root(), &["lint"]);
    assert_eq!((lint.status, lint.stdout.as_str()), (0, ""), "{}", lint.stderr);
    let all = with_suggestions(&written(directory.root()));
    assert!(all.contains("\npreset = \"homelab\"") && all.contains("\n  environment \"prod\" {"), "{all}");
    // The file that it names must be there.
    let all = all.replace("  baseline =", "  #baseline =");
    fs::write(directory.root().join(".sprag.hcl"), all).unwrap();
    let ran = sprag(directory.root(), &["config"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
}

#[test]
fn replaces_nothing() {
    let directory = Repository::new(&[("main.tf", "locals {}\n"), (".sprag.hcl", "lint {}\n")]);
    let ran = sprag(directory.root(), &["init"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains(".sprag.hcl is there already"), "{}", ran.stderr);
    assert_eq!(written(directory.root()), "lint {}\n");
    fs::create_dir(directory.root().join("below")).unwrap();
    fs::write(directory.root().join("below/main.tf"), "locals {}\n").unwrap();
    assert_eq!(sprag(directory.root(), &["init", "below"]).status, 2, "the one above holds there");
    assert!(!directory.root().join("below/.sprag.hcl").exists());
}

#[test]
fn where_there_is_nothing_to_lint_it_writes_nothing() {
    let directory = Repository::new(&[("README.md", "# x\n")]);
    let ran = sprag(directory.root(), &["init"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("root of the repository"), "{}", ran.stderr);
    assert!(!directory.root().join(".sprag.hcl").exists());
}

#[test]
fn choices_made_for_tflint_hold() {
    let variable = "variable \"a\" {\n  type = string\n}\noutput \"a\" {\n  value = var.a\n}\n// a comment\n";
    let tflint = "rule \"terraform_documented_variables\" {\n  enabled = false\n}\n\
                  rule \"terraform_comment_syntax\" {\n  enabled = true\n}\nplugin \"aws\" {\n  enabled = true\n}\n\
                  rule \"terraform_naming_convention\" {\n  enabled = true\n  custom = \"^[a-z]+$\"\n}\n";
    let directory = Repository::new(&[("m/main.tf", variable), (".tflint.hcl", tflint)]);
    let lints = |directory: &Path| {
        let ran = sprag(directory, &["lint", "--format", "concise", "--fail-on", "note"]);
        let ids = ran.stdout.lines().map(|line| line.split('[').nth(1).unwrap().split(']').next().unwrap().to_owned());
        ids.collect::<Vec<String>>()
    };
    let (documented, comment) = ("terraform/undocumented-variable".to_owned(), "terraform/slash-comment".to_owned());
    let before = lints(directory.root());
    assert!(before.contains(&documented) && !before.contains(&comment), "{before:?}");
    let ran = sprag(directory.root(), &["init"]);
    assert!(ran.stdout.contains(".tflint.hcl: 3 choices kept"), "{}", ran.stdout);
    assert!(ran.stdout.contains("nothing in sprag does what plugin `aws` did"), "{}", ran.stdout);
    let after = lints(directory.root());
    assert!(!after.contains(&documented) && after.contains(&comment), "{after:?}");
}

#[test]
fn a_broken_tflint_configuration_is_named() {
    let directory = Repository::new(&[("main.tf", "locals {}\n"), (".tflint.hcl", "rule \"a\" {\n")]);
    let ran = sprag(directory.root(), &["init"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains(".tflint.hcl: "), "{}", ran.stderr);
    assert!(!directory.root().join(".sprag.hcl").exists());
}

#[test]
fn odd_names_stay_inside_their_quotes() {
    let root = "provider \"null\" {\n  alias = \"a\"\n}\n";
    let directory = Repository::new(&[
        ("live/a b/prod/main.tf", root),
        ("live/c/prod/main.tf", root),
        ("live/${x}\"/main.tf", root),
    ]);
    assert_eq!(sprag(directory.root(), &["init"]).status, 0);
    let all = with_suggestions(&written(directory.root())).replace("  baseline =", "  #baseline =");
    assert!(all.contains("environment \"live-c-prod\" { directory = \"live/c/prod\" }"), "{all}");
    fs::write(directory.root().join(".sprag.hcl"), &all).unwrap();
    let ran = sprag(directory.root(), &["config"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{all}");
}
