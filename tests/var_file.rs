//! `sprag lint --var-file FILE`: values that Terraform does not load by itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::repository::Repository;

const INVARIANT: &str = r#"resource_invariant "terraform_data" "size-has-a-unit" {
  enforce {
    condition     = can(regex("^[0-9]+G$", attrs.input))
    error_message = "size ${attrs.input} has no unit"
  }
}
"#;

/// A root: it has a backend.
const ROOT: &str = r#"terraform {
  backend "local" {}
}

variable "size" {
  type = string
}

resource "terraform_data" "disk" {
  input = var.size
}
"#;

/// A repository with these files and the invariant.
fn repository(files: &[(&str, &str)]) -> Repository {
    Repository::new(&[files, &[(".sprag.hcl", INVARIANT)]].concat())
}

fn lint(repository: &Repository, arguments: &[&str]) -> (String, String, i32) {
    let format = if arguments.contains(&"--format") { &[][..] } else { &["--format", "concise"] };
    repository.run(&[&["lint", "--ignore", "terraform,tftest"], format, arguments].concat()).told()
}

fn violated(place: &str, size: &str) -> String {
    format!("{place}: error[invariant/size-has-a-unit] size {size} has no unit\n")
}

#[test]
fn values_count_for_the_root_around_them() {
    let files = [
        ("environments/dev/main.tf", ROOT),
        ("environments/prod/main.tf", ROOT),
        ("environments/prod/secrets/prod.tfvars", "size = \"50\"\n"),
        (".gitignore", "*.tfvars\n"),
    ];
    let repository = repository(&files);
    let ignored = lint(&repository, &[]);
    assert_eq!((ignored.0.as_str(), ignored.2), ("", 0), "{}", ignored.1);
    let file = "environments/prod/secrets/prod.tfvars";
    let (stdout, stderr, status) = lint(&repository, &["--var-file", file]);
    assert_eq!((stdout, status), (violated(&format!("{file}:1:8"), "50"), 1), "{stderr}");
    let (stdout, stderr, status) =
        lint(&repository, &["--select", "invariant", "--var-file", file, "--format", "full"]);
    assert_eq!(
        (status, stdout.matches("invariant/size-has-a-unit").count()),
        (1, 1),
        "one root only\n{stdout}{stderr}"
    );
}

#[test]
fn values_from_elsewhere_count_for_every_root() {
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().canonicalize().unwrap().join("all.tfvars");
    fs::write(&file, "size = \"50\"\n").unwrap();
    let file = file.to_str().unwrap();
    let other = ROOT.replace("terraform_data\" \"disk", "terraform_data\" \"other");
    let files = [("dev/main.tf", ROOT), ("prod/main.tf", &other), ("modules/child/main.tf", "variable \"size\" {}\n")];
    let repository = repository(&files);
    // One place, one finding; where the value goes is beside it.
    for (arguments, root) in [(&[][..], "dev/main.tf"), (&["dev"], "dev/main.tf"), (&["prod"], "prod/main.tf")] {
        let all = [arguments, &["--var-file", file, "--format", "json"]].concat();
        let (stdout, stderr, status) = lint(&repository, &all);
        assert_eq!((status, stdout.matches("\"code\"").count()), (1, 1), "{stdout}{stderr}");
        assert!(stdout.contains("all.tfvars") && stdout.contains(root), "{stdout}");
    }
    let (_, stderr, status) = lint(&repository, &["modules", "--var-file", file]);
    assert_eq!(status, 2, "{stderr}");
    let wanted = "no root module was linted whose variables it could set; name its directory as well";
    assert!(stderr.contains(wanted), "{stderr}");
}

#[test]
fn the_last_one_counts_and_a_module_with_one_is_a_root() {
    let bare = ROOT.replace("terraform {\n  backend \"local\" {}\n}\n", "");
    let files = [
        ("main.tf", bare.as_str()),
        ("terraform.tfvars.json", "{\"size\": \"1G\"}\n"),
        ("one.tfvars", "size = \"2\"\n"),
        ("other.tfvars.json", "{\n  \"size\": \"3\"\n}\n"),
        (".gitignore", "*.tfvars*\n"),
    ];
    let repository = repository(&files);
    assert_eq!(lint(&repository, &[]).2, 0);
    for (arguments, expected) in [
        (&["--var-file", "one.tfvars"][..], violated("one.tfvars:1:8", "2")),
        (&["--var-file", "one.tfvars", "--var-file", "other.tfvars.json"], violated("other.tfvars.json:2:11", "3")),
        (&["--var-file", "other.tfvars.json", "--var-file", "one.tfvars"], violated("one.tfvars:1:8", "2")),
        (&["--var-file", "one.tfvars", "--var-file", "terraform.tfvars.json"], String::new()),
    ] {
        let (stdout, stderr, _) = lint(&repository, arguments);
        assert_eq!(stdout, expected, "{arguments:?}: {stderr}");
    }
}

#[test]
fn secrets_are_shown_nowhere() {
    let root = ROOT.replace("type = string", "type = string\n  sensitive = true")
        + "variable \"open\" {\n  type = string\n}\nresource \"terraform_data\" \"open\" {\n  input = var.open\n}\n";
    let values = "first = \"canary-1\" # no module has it\nsize = \"canary-2é\"\nopen = \"plain-50\"\nlast = <<EOT\ncanary-3\nEOT\n";
    let files = [("main.tf", root.as_str()), ("secret.tfvars", values), (".gitignore", "*.tfvars\n")];
    let repository = repository(&files);
    for format in ["full", "concise", "json", "sarif", "github", "gitlab", "junit"] {
        let (stdout, stderr, status) =
            lint(&repository, &["--var-file", "secret.tfvars", "--format", format, "--show", "undecided"]);
        assert_eq!(status, 1, "{stdout}{stderr}");
        assert!(!stdout.contains("canary") && !stderr.contains("canary"), "{format}\n{stdout}{stderr}");
        assert!(stdout.contains("plain-50"), "{format}\n{stdout}");
        assert!(stderr.contains("secret.tfvars sets `first`, `last`, which no module declares"), "{stderr}");
    }
    // Fixes and the file itself are left alone.
    lint(&repository, &["--var-file", "secret.tfvars", "--fix", "--unsafe-fixes", "--fail-on", "note"]);
    assert_eq!(repository.read("secret.tfvars"), values);
}

#[test]
fn values_of_another_type_are_found_and_secret_ones_not_shown() {
    let root = ROOT.replace("type = string", "type = number")
        + "variable \"pin\" {\n  type      = list(number)\n  sensitive = true\n}\n";
    let files = [
        ("main.tf", root.as_str()),
        ("secret.tfvars", "size = \"plain-50\"\npin  = [\"canary-1\"]\n"),
        (".gitignore", "*.tfvars\n"),
    ];
    let repository = repository(&files);
    let arguments = ["--var-file", "secret.tfvars", "--select", "terraform/argument-type"];
    let (stdout, _, status) = repository.run(&[&["lint"][..], &arguments].concat()).told();
    let line = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(line.contains("variable `size` cannot take this: a number is required, not \"plain-50\""), "{stdout}");
    assert!(stdout.contains("variable `pin` cannot take this\n"), "{stdout}");
    assert!(!stdout.contains("canary"), "{stdout}");
    assert_eq!(status, 1);
}

#[test]
fn what_is_no_file_of_values_is_refused() {
    let refused = |name: &str, text: &str| {
        let repository = repository(&[("main.tf", ROOT), (name, text)]);
        let (stdout, stderr, status) = lint(&repository, &["--var-file", name]);
        assert_eq!((stdout.as_str(), status), ("", 2), "{name}: {stderr}");
        stderr
    };
    let repository = repository(&[("main.tf", ROOT)]);
    let (_, stderr, status) = lint(&repository, &["--var-file", "missing.tfvars"]);
    assert_eq!((stderr.as_str(), status), ("sprag: missing.tfvars: no such file or directory\n", 2));
    assert!(refused("a.tfvars", "size = \n").starts_with("sprag: a.tfvars:1:"));
    assert_eq!(
        refused("values/main.tf", "size = 1\n\nresource \"x\" \"y\" {}\n"),
        "sprag: values/main.tf:3:1: a block `resource`: this is no file of values, which has lines `NAME = VALUE` only\n"
    );
    for value in ["var.other", "upper(\"a\")", "\"${path.module}\""] {
        assert_eq!(
            refused("a.tfvars", &format!("size = {value}\n")),
            "sprag: a.tfvars:1:8: the value of `size` is not literal: Terraform takes no other\n"
        );
    }
    assert!(refused("a.json", "{\"size\": }").starts_with("sprag: a.json:1:"));
    assert!(refused("a.json", "[]").starts_with("sprag: a.json:1:"));
}
