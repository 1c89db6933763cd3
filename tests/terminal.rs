//! Colours where they are wanted, completions, manual pages, and text that an editor has not saved.

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
use std::process::{Command, Output};

use common::repository::{self, Ran};

fn sprag(directory: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    repository::sprag(directory, arguments).envs(variables.iter().copied()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Everything that is written in colours.
const COLOURED: [&[&str]; 5] = [
    &["lint", "testdata/homelab-broken/modules/minio"],
    &["lint", "testdata/homelab-broken/modules/minio", "--format", "concise"],
    &["lint", "testdata/homelab-broken/modules/minio", "--statistics"],
    &["lint", "--help"],
    &["no-such-command"],
];

#[test]
fn colours_obey_the_environment() {
    for arguments in COLOURED {
        let is_coloured = |variables: &[(&str, &str)]| {
            let output = sprag(common::root(), arguments, variables);
            let all = [output.stdout, output.stderr].concat();
            assert!(!all.is_empty(), "{arguments:?}");
            all.contains(&0x1b)
        };
        assert!(!is_coloured(&[]), "{arguments:?}: no terminal, no colour");
        assert!(is_coloured(&[("CLICOLOR_FORCE", "1")]), "{arguments:?}: colours forced");
        assert!(!is_coloured(&[("CLICOLOR_FORCE", "0")]), "{arguments:?}: not forced");
        assert!(!is_coloured(&[("NO_COLOR", "1"), ("TERM", "xterm")]), "{arguments:?}: colours refused");
        assert!(!is_coloured(&[("CLICOLOR", "0"), ("TERM", "xterm")]), "{arguments:?}: colours switched off");
    }
}

#[test]
fn formats_for_programs_have_no_colours() {
    for format in ["json", "sarif", "github", "gitlab", "junit"] {
        let arguments = ["lint", "testdata/homelab-broken/modules/minio", "--format", format];
        let output = sprag(common::root(), &arguments, &[("CLICOLOR_FORCE", "1")]);
        assert!(!output.stdout.is_empty() && !output.stdout.contains(&0x1b), "{format}");
    }
}

#[test]
fn completions_name_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = sprag(common::root(), &["completions", shell], &[]);
        let script = text(&output.stdout);
        assert!(output.status.success());
        for word in ["lint", "explain", "init", "completions", "output-file", "stdin-filename"] {
            assert!(script.contains(word), "{shell} has no {word}");
        }
    }
    assert_eq!(sprag(common::root(), &["completions", "tcsh"], &[]).status.code(), Some(2));
}

#[test]
fn bash_completes() {
    let directory = tempfile::tempdir().unwrap();
    let script = directory.path().join("sprag.bash");
    fs::write(&script, sprag(common::root(), &["completions", "bash"], &[]).stdout).unwrap();
    let ask = "source \"$0\"; COMP_WORDS=(sprag lint --output); COMP_CWORD=2; _sprag sprag --output lint; echo \"${COMPREPLY[*]}\"";
    let output = Command::new("bash").args(["-c", ask]).arg(&script).output().unwrap();
    assert_eq!(text(&output.stdout).trim(), "--output-file", "{}", text(&output.stderr));
}

#[test]
fn manual_pages_of_all_commands() {
    let page = text(&sprag(common::root(), &["man"], &[]).stdout);
    assert!(page.contains(".TH sprag 1") && page.contains("sprag\\-lint(1)"), "{page}");
    let directory = tempfile::tempdir().unwrap();
    let output = sprag(common::root(), &["man", "--dir", directory.path().to_str().unwrap()], &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let lint = fs::read_to_string(directory.path().join("sprag-lint.1")).unwrap();
    assert!(lint.contains("\\-\\-fail\\-on") && lint.contains("Exit status"), "{lint}");
    let missing = sprag(common::root(), &["man", "--dir", "no/such/directory"], &[]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("--dir no/such/directory"), "{}", text(&missing.stderr));
}

/// Lints `input` as the file `name`, with everything but house-keeping.
fn unsaved(directory: &Path, name: &str, input: &str) -> Ran {
    let select =
        "terraform/syntax,terraform/deprecated-interpolation,tftest/syntax,promql/syntax,terraform/unused-declaration";
    let arguments = ["lint", "-", "--stdin-filename", name, "--format", "concise", "--select", select];
    Ran::with_input(repository::sprag(directory, &arguments), input.as_bytes())
}

#[test]
fn an_editor_lints_what_is_not_saved() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir_all(directory.path().join("m")).unwrap();
    let saved = "locals {\n  a = \"${local.b}\"\n}\n";
    fs::write(directory.path().join("m/main.tf"), saved).unwrap();
    fs::write(directory.path().join("m/other.tf"), "locals {\n  b = \"${local.a}\"\n}\n").unwrap();
    let found = |name: &str, input: &str| unsaved(directory.path(), name, input).stdout;
    // The buffer counts, not the file; the rest of the module is read but not reported.
    assert_eq!(found("m/main.tf", "locals {\n  a = local.b\n}\n"), "");
    let broken = found("m/main.tf", "locals {\n  a = \n}\n");
    assert!(broken.starts_with("m/main.tf:2:") && broken.contains("terraform/syntax"), "{broken}");
    assert_eq!(found("m/new.tf", "locals {\n  c = local.a\n}\noutput \"c\" {\n  value = local.c\n}\n"), "");
    // The name decides about the language, wherever it is relative to.
    let absolute = directory.path().canonicalize().unwrap().join("m/main.tf");
    assert!(found(absolute.to_str().unwrap(), saved).contains("m/main.tf:2:7: "), "an absolute name");
    assert!(found("./m/main.tf", saved).starts_with("m/main.tf:2:7: "), "a name with a dot");
    assert!(found("m/tests/a.tftest.hcl", "run {\n").is_empty(), "a directory that is not there");
    assert!(found("m/a.tftest.hcl", "run \"a\" {\n").contains("tftest/syntax"));
    let rules = "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up ==\n";
    assert!(found("m/rules.yml", rules).starts_with("m/rules.yml:5:"), "rules");
    assert_eq!(fs::read_to_string(directory.path().join("m/main.tf")).unwrap(), saved, "nothing is written");
}

#[test]
fn a_name_in_no_directory_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let ran = unsaved(directory.path(), "gone/main.tf", "locals {}\n");
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("gone/main.tf"), "{}", ran.stderr);
}
