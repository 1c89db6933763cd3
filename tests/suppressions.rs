//! Comments that suppress findings: where they count, what they say about themselves, and those that tflint left behind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use common::repository::Repository;

const RULES: &str = "terraform/legacy-index,terraform/untyped-variable,terraform/deprecated-interpolation";

/// `path:line lint` of every finding.
fn lint_all(repository: &Repository, arguments: &[&str]) -> Vec<String> {
    let ran = repository.run(&[&["lint", "--format", "concise", "--fail-on", "note"], arguments].concat());
    assert!(ran.status < 2, "{}", ran.stderr);
    let place = |line: &str| {
        let (place, rest) = line.split_once(": ").unwrap();
        let (_, rest) = rest.split_once('[').unwrap();
        let place = place.rsplit_once(':').unwrap().0;
        format!("{place} {}", rest.split_once(']').unwrap().0)
    };
    ran.stdout.lines().map(place).collect()
}

fn lint(text: &str) -> Vec<String> {
    lint_all(&Repository::new(&[("a.tf", text)]), &["--select", RULES])
}

#[test]
fn a_line() {
    let text = "locals {\n  a = var.x.0 # sprag: ignore[terraform/legacy-index] r\n  b = var.x.0\n}\n";
    assert_eq!(lint(text), ["a.tf:3 terraform/legacy-index"]);
    let text = "locals {\n  // sprag: ignore[terraform/legacy-index] r\n  a = var.x.0\n  b = var.x.0\n}\n";
    assert_eq!(lint(text), ["a.tf:4 terraform/legacy-index"]);
    let text = "locals {\n  a = var.x.0 # sprag: ignore[terraform/untyped-variable] r\n}\n";
    assert_eq!(lint(text), ["a.tf:2 terraform/legacy-index"]);
}

#[test]
fn a_block_and_what_is_in_it() {
    let block =
        "# sprag: ignore[terraform] r\n# more words\nvariable \"x\" {\n  default = {\n    a = \"${null}\"\n  }\n}\n";
    assert!(lint(block).is_empty());
    assert_eq!(lint(&format!("{block}variable \"y\" {{}}\n")), ["a.tf:8 terraform/untyped-variable"]);
    assert_eq!(lint(&block.replace("words\n", "words\n\n")).len(), 2, "a blank line ends it");
    let inner = "resource \"a\" \"b\" {\n  # sprag: ignore[terraform/legacy-index] r\n  x {\n    y = z.x.0\n  }\n  w = z.x.0\n}\n";
    assert_eq!(lint(inner), ["a.tf:6 terraform/legacy-index"]);
}

#[test]
fn a_file() {
    let text = "locals {\n  a = var.x.0\n}\nvariable \"x\" {}\n# sprag: ignore-file[terraform/legacy-index] r\n";
    assert_eq!(lint(text), ["a.tf:4 terraform/untyped-variable"]);
}

#[test]
fn what_tflint_left_behind() {
    let text =
        "locals {\n  # tflint-ignore: terraform_deprecated_index, aws_nonsense\n  a = var.x.0\n  b = var.x.0\n}\n";
    assert_eq!(lint(text), ["a.tf:4 terraform/legacy-index"]);
    let text = "locals {\n  a = var.x.0 # tflint-ignore: all\n  b = var.x.0\n  c = var.x.0\n}\n";
    assert_eq!(lint(text), ["a.tf:4 terraform/legacy-index"], "the line itself and the next one");
    let text = "# tflint-ignore-file: terraform_typed_variables\nvariable \"x\" {}\nlocals {\n  a = var.x.0\n}\n";
    assert_eq!(lint(text), ["a.tf:4 terraform/legacy-index"]);
    let all = Repository::new(&[(
        "a.tf",
        "terraform {\n  required_version = \"1.9\"\n}\n# tflint-ignore: terraform_typed_variables\n",
    )]);
    assert!(lint_all(&all, &[]).is_empty(), "it is not ours to call it unused");
}

#[test]
fn rules_in_yaml() {
    let rules = "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up ==\n      # sprag: ignore[promql/syntax] r\n\
                 \x20     - alert: B\n        expr: up ==\n        for: 5m\n      - alert: C\n        expr: up == # sprag: ignore[promql/syntax] r\n";
    let lint = |text: &str| lint_all(&Repository::new(&[("a.yml", text)]), &["--select", "promql/syntax"]);
    assert_eq!(lint(rules), ["a.yml:5 promql/syntax"]);
    let group = rules.replace("  - name: a", "  # sprag: ignore[promql] r\n  - name: a");
    assert!(lint(&group).is_empty());
    let file = format!("# sprag: ignore-file[promql/syntax] r\n{rules}");
    assert!(lint(&file).is_empty());
}

#[test]
fn configurations_and_tests() {
    let repository = Repository::new(&[
        ("rules.yml", "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up == 0\n"),
        (".sprag.hcl", "alerts {\n  minimum = 26\n}\n"),
        ("a.tf", "terraform {\n  required_version = \"1.9\"\n}\n"),
        ("a.tftest.hcl", "run \"a\" {\n}\n"),
    ]);
    let lints = ["--select", "alerts/too-few-alerts,tftest/default-apply"];
    assert_eq!(
        lint_all(&repository, &lints),
        [".sprag.hcl:2 alerts/too-few-alerts", "a.tftest.hcl:1 tftest/default-apply"]
    );
    repository.write(".sprag.hcl", "alerts {\n  minimum = 26 # sprag: ignore[alerts/too-few-alerts] soon\n}\n");
    repository.write("a.tftest.hcl", "# sprag: ignore[tftest/default-apply] it is mocked\nrun \"a\" {\n}\n");
    assert!(lint_all(&repository, &lints).is_empty());
    let all = lint_all(&repository, &["--ignore", "tftest,alerts"]);
    assert!(all.is_empty(), "what is not run is not judged: {all:?}");
}

#[test]
fn a_part_of_the_repository_judges_only_what_it_sees() {
    let unused = "terraform {\n  required_version = \"1.9\"\n}\n\nlocals {\n  # sprag: ignore[terraform/unused-declaration] r\n  a = 1\n}\n";
    let used = "terraform {\n  required_version = \"1.9\"\n}\n# sprag: ignore-file[tftest/not-discovered] r\n";
    let repository = Repository::new(&[("m/a.tf", unused), ("m/b.tf", used)]);
    assert_eq!(lint_all(&repository, &[]), ["m/b.tf:4 sprag/unused-suppression"]);
    assert!(lint_all(&repository, &["m/a.tf", "m/b.tf"]).is_empty(), "that lint needs the whole repository");
}

#[test]
fn a_shared_file_is_judged_over_its_users() {
    let repository = Repository::new(&[
        (
            "store/shared.tf",
            "variable \"a\" {\n  # sprag: ignore[terraform/deprecated-interpolation] r\n  type = string\n}\n",
        ),
        ("one/main.tf", "terraform {\n  required_version = \"1.9\"\n}\noutput \"a\" {\n  value = var.a\n}\n"),
        ("two/main.tf", "terraform {\n  required_version = \"1.9\"\n}\noutput \"a\" {\n  value = var.a\n}\n"),
    ]);
    for module in ["one", "two"] {
        std::os::unix::fs::symlink("../store/shared.tf", repository.root().join(module).join("shared.tf")).unwrap();
    }
    let quiet = ["--ignore", "terraform/undocumented-variable,terraform/undocumented-output"];
    assert_eq!(lint_all(&repository, &quiet), ["store/shared.tf:2 sprag/unused-suppression"]);
    assert!(lint_all(&repository, &[&quiet[..], &["one"]].concat()).is_empty());
}

#[test]
fn what_is_suppressed_is_not_fixed() {
    let text = "locals {\n  a = var.x.0 # sprag: ignore[terraform/legacy-index] r\n  b = var.x.0\n}\n";
    let repository = Repository::new(&[("a.tf", text)]);
    lint_all(&repository, &["--fix", "--select", RULES]);
    let fixed = repository.read("a.tf");
    assert_eq!(fixed, text.replace("b = var.x.0", "b = var.x[0]"));
}

/// What remains of a text when unused suppressions are removed, comments of tflint too.
fn without_unused(name: &str, text: &str) -> String {
    let config = "lint {\n  inputs = { \"sprag/unused-suppression\" = { tflint = true } }\n}\n";
    let repository = Repository::new(&[(name, text), (".sprag.hcl", config)]);
    repository.run(&["lint", "--fix"]);
    let fixed = repository.read(name);
    repository.run(&["lint", "--fix"]);
    assert_eq!(repository.read(name), fixed, "a second run changes nothing");
    fixed
}

#[test]
fn removing_what_is_unused_leaves_the_rest_as_it_is() {
    let word = |letter: &str| regex::Regex::new(&format!("\\b{letter}\\b")).unwrap();
    let (u, n) = (word("U"), word("N"));
    let unused = "terraform/legacy-index";
    let needed = "terraform/unused-declaration";
    for (before, after) in [
        // behind code, with blanks before it
        ("  a = 1   # sprag: ignore[U] r\n", "  a = 1\n"),
        ("  a = 1// sprag: ignore[U] r\n", "  a = 1\n"),
        ("  a = 1 /* sprag: ignore[U] r */\n", "  a = 1\n"),
        // between code
        ("  a = /* sprag: ignore[U] r */ 1\n", "  a =  1\n"),
        // on a line of its own
        ("  # why\n  # sprag: ignore[U] r\n\n  a = 1\n", "  # why\n\n  a = 1\n"),
        ("  /* sprag: ignore[U]\n     r */\n  a = 1\n", "  a = 1\n"),
        ("\t# sprag: ignore-file[U] r  \n  a = 1\n", "  a = 1\n"),
        // of several lints
        ("  a = 1 # sprag: ignore[U, N] r\n", "  a = 1 # sprag: ignore[N] r\n"),
        ("  a = 1 # sprag: ignore[N ,U] r\n", "  a = 1 # sprag: ignore[N] r\n"),
        ("  a = 1 # sprag: ignore[ N, U, N ] r\n", "  a = 1 # sprag: ignore[ N, N ] r\n"),
        ("  a = 1 # sprag: ignore[U,U] r\n", "  a = 1\n"),
        ("  a = 1 # sprag: ignore[U, U, U]\n", "  a = 1\n"),
        // those of tflint
        ("  a = 1  # tflint-ignore: RU # why\n", "  a = 1\n"),
        ("  # tflint-ignore: RU\n  a = 1\n", "  a = 1\n"),
        ("  a = 1 # tflint-ignore: RU, RN\n", "  a = 1 # tflint-ignore: RN\n"),
        ("  a = 1 # tflint-ignore: RN, RU # why\n", "  a = 1 # tflint-ignore: RN # why\n"),
        // what is not ours stays
        ("  a = 1 # tflint-ignore: aws_nonsense\n", "  a = 1 # tflint-ignore: aws_nonsense\n"),
        ("  a = 1 # tflint-ignore: all\n", "  a = 1 # tflint-ignore: all\n"),
        ("  a = \"# sprag: ignore[U] r\"\n", "  a = \"# sprag: ignore[U] r\"\n"),
    ] {
        let whole = |text: &str| {
            let text = text.replace("RU", "terraform_deprecated_index").replace("RN", "terraform_unused_declarations");
            format!("locals {{\n{}}}\n", n.replace_all(&u.replace_all(&text, unused), needed))
        };
        let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
        let (before, after) = (whole(before), whole(after));
        assert_eq!(without_unused("a.tf", &before), after);
        assert_eq!(without_unused("a.tf", &windows(&before)), windows(&after), "with other line ends");
        let (before, after) = (before.trim_end(), after.trim_end());
        assert_eq!(without_unused("a.tf", before), after, "without a last line end");
    }
    let rules =
        "groups:\n  - name: a\n    rules:\n      - alert: A # sprag: ignore[promql/syntax] r\n        expr: up == 0\n";
    assert_eq!(without_unused("a.yml", rules), rules.replace(" # sprag: ignore[promql/syntax] r", ""));
}
