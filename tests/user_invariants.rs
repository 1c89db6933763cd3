//! Invariants that users write: where they stand, how they are switched and weighed, what broken ones do; and input that
//! could overwhelm the evaluator.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::fmt::Write;

use common::repository::{Ran, Repository};

const MAIN: (&str, &str) = ("modules/disk/main.tf", "resource \"terraform_data\" \"disk\" {\n  input = \"50\"\n}\n");

fn lint(files: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let always = ["lint", "--format", "concise", "--ignore", "terraform"];
    Repository::new(files).run(&[&always, arguments].concat())
}

/// An invariant that the module breaks.
fn invariant(name: &str) -> String {
    format!(
        "resource_invariant \"terraform_data\" \"{name}\" {{\n  enforce {{\n    condition     = can(regex(\"G$\", \
         attrs.input))\n    error_message = \"{name}: no unit\"\n  }}\n}}\n"
    )
}

#[test]
fn in_the_configuration_and_beside_it() {
    let (here, beside) = (invariant("here"), invariant("beside"));
    let files = [MAIN, (".sprag.hcl", here.as_str()), ("fixed.sprag.hcl", beside.as_str())];
    let ran = lint(&files, &[]);
    assert_eq!(ran.lints(), ["invariant/beside", "invariant/here"], "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.starts_with("modules/disk/main.tf:2:"), "{}", ran.stdout);
    assert!(ran.stdout.contains("error[invariant/beside] beside: no unit"), "{}", ran.stdout);
}

#[test]
fn selected_and_ignored() {
    let (here, beside) = (invariant("here"), invariant("beside"));
    let files = [MAIN, (".sprag.hcl", here.as_str()), ("fixed.sprag.hcl", beside.as_str())];
    assert_eq!(lint(&files, &["--select", "invariant"]).lints(), ["invariant/beside", "invariant/here"]);
    assert_eq!(lint(&files, &["--select", "invariant/here"]).lints(), ["invariant/here"]);
    assert_eq!(lint(&files, &["--ignore", "invariant/here"]).lints(), ["invariant/beside"]);
    let none = lint(&files, &["--ignore", "invariant"]);
    assert_eq!((none.lints(), none.status), (Vec::new(), 0));
}

#[test]
fn levels_of_the_configuration() {
    let configured = |settings: &str| format!("lint {{\n  {settings}\n}}\n{}", invariant("here"));
    let milder = configured("severity = { \"invariant/here\" = \"warning\" }");
    let ran = lint(&[MAIN, (".sprag.hcl", &milder)], &[]);
    assert!(ran.stdout.contains("warning[invariant/here]"), "{}", ran.stdout);
    assert_eq!(ran.status, 1);
    assert_eq!(lint(&[MAIN, (".sprag.hcl", &milder)], &["--fail-on", "error"]).status, 0);
    let ignored = configured("ignore = [\"invariant/here\"]");
    assert_eq!(lint(&[MAIN, (".sprag.hcl", &ignored)], &[]).status, 0);
    let own = invariant("here").replacen("  enforce", "  severity = \"warning\"\n  enforce", 1);
    assert!(lint(&[MAIN, (".sprag.hcl", &own)], &[]).stdout.contains("warning[invariant/here]"));
}

#[test]
fn broken_blocks_stop_everything() {
    let broken = "resource_invariant \"terraform_data\" \"x\" {\n  enforce {\n    condition = true\n  }\n}\n";
    for (name, others) in [(".sprag.hcl", None), ("fixed.sprag.hcl", Some((".sprag.hcl", "")))] {
        let files: Vec<(&str, &str)> = [MAIN, (name, broken)].into_iter().chain(others).collect();
        let ran = lint(&files, &[]);
        assert_eq!((ran.status, ran.lints()), (2, vec!["sprag/config"]), "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.starts_with(&format!("{name}:2:")), "{}", ran.stdout);
    }
}

#[test]
fn invalid_ones_are_found_and_not_judged() {
    let invalid = invariant("here").replace("\"G$\"", "\"(\"");
    let ran = lint(&[MAIN, (".sprag.hcl", &invalid)], &[]);
    assert_eq!((ran.status, ran.lints()), (1, vec!["sprag/invalid-invariant"]), "{}", ran.stdout);
    assert!(ran.stdout.starts_with(".sprag.hcl:3:"), "{}", ran.stdout);
}

#[test]
fn one_that_matches_nothing_is_a_note_when_all_was_seen() {
    let other = invariant("here").replace("terraform_data", "null_resource");
    let files = [MAIN, (".sprag.hcl", other.as_str())];
    assert_eq!(lint(&files, &[]).status, 0);
    assert_eq!(lint(&files, &["--fail-on", "note"]).lints(), ["sprag/unmatched-invariant"]);
    assert_eq!(lint(&files, &["--fail-on", "note", "modules"]).status, 0, "the rest may have it");
    assert_eq!(lint(&files, &["--fail-on", "note", "modules/disk/main.tf"]).status, 0);
}

#[test]
fn one_whose_names_no_module_has_is_a_note() {
    let about = |name: &str| {
        format!(
            "module_invariant \"**\" \"here\" {{\n  enforce {{\n    condition     = {name} != \"\"\n    error_message = \
             \"empty\"\n  }}\n}}\n"
        )
    };
    for name in ["output.url", "local.url", "var.url"] {
        let policy = about(name);
        let ran = lint(&[MAIN, (".sprag.hcl", &policy)], &["--fail-on", "note"]);
        assert_eq!(ran.lints(), ["sprag/unmatched-invariant"], "{name}: {}", ran.stdout);
        assert!(ran.stdout.contains("`url`: the invariant guards nothing"), "{}", ran.stdout);
        assert_eq!(
            lint(&[MAIN, (".sprag.hcl", &policy)], &["--fail-on", "note", "modules"]).status,
            0,
            "not all is seen"
        );
    }
    // One module has it, so it is about that one.
    let policy = about("output.url");
    let alone = ["--select", "sprag/unmatched-invariant", "--fail-on", "note"];
    assert_eq!(lint(&[MAIN, (".sprag.hcl", &policy)], &alone).lints(), ["sprag/unmatched-invariant"]);
    let other = ("modules/other/main.tf", "output \"url\" {\n  value = \"x\"\n}\n");
    assert_eq!(lint(&[MAIN, other, (".sprag.hcl", &policy)], &["--fail-on", "note"]).status, 0);
    let empty = ("modules/other/main.tf", "output \"url\" {\n  value = \"\"\n}\n");
    assert_eq!(lint(&[MAIN, empty, (".sprag.hcl", &policy)], &["--fail-on", "note"]).lints(), ["invariant/here"]);
    // It may stand where a file cannot be read.
    let broken = ("modules/disk/outputs.tf", "output \"url\" {\n  value = \"x\" +\n}\n");
    assert_eq!(lint(&[MAIN, broken, (".sprag.hcl", &policy)], &alone).status, 0);
    // Whoever asks whether it exists knows.
    let asks = about("try(output.url, \"x\")");
    assert_eq!(lint(&[MAIN, (".sprag.hcl", &asks)], &["--fail-on", "note"]).status, 0);
}

#[test]
fn a_fix_of_a_module_is_a_mistake() {
    let policy = "module_invariant \"**\" \"here\" {\n  enforce {\n    condition     = var.a == 1\n    error_message = \"a\"\n\n    \
                  fix {\n      value = 1\n    }\n  }\n}\n";
    let ran = lint(&[MAIN, (".sprag.hcl", policy)], &[]);
    assert_eq!(ran.lints(), ["sprag/invalid-invariant"], "{}", ran.stdout);
}

#[test]
fn tags_and_changelogs_know_versions() {
    let run = "# v0.2.7: it had no unit\nrun \"unit\" {\n  command = plan\n  assert {\n    condition     = \
               terraform_data.disk.input == \"50\"\n    error_message = \"no unit\"\n  }\n}\n";
    let test = ("modules/disk/tests/regression.tftest.hcl", run);
    let lint = |more: &[(&str, &str)]| {
        let files: Vec<(&str, &str)> = [MAIN, test].iter().chain(more).copied().collect();
        lint(&files, &["--select", "tftest/unknown-version"]).status
    };
    assert_eq!(lint(&[]), 0, "neither changelog nor tag");
    assert_eq!(lint(&[(".git/refs/tags/v0.9.0", "1\n")]), 1);
    assert_eq!(lint(&[(".git/packed-refs", "1 refs/tags/v0.9.0\n2 refs/tags/v0.2.7\n")]), 0);
    assert_eq!(lint(&[("CHANGELOG.md", "# Changelog\n\n## 0.9.0\n")]), 1);
    assert_eq!(lint(&[("CHANGELOG.md", "# Changelog\n\n## 0.9.0\n"), (".git/shallow", "1\n")]), 0);
    let elsewhere = (".sprag.hcl", "regression {\n  changelog = \"docs/changes.md\"\n}\n");
    assert_eq!(lint(&[elsewhere, ("docs/changes.md", "## 0.2.7\n"), ("CHANGELOG.md", "## 0.9.0\n")]), 0);
}

/// Lints configuration that an invariant judges; nothing may fail, whatever is found.
fn survives(name: &str, text: &str) {
    let policy = "resource_invariant \"terraform_data\" \"judged\" {\n  enforce {\n    condition     = attrs.input != \
                  \"sprag\" && length(attrs.input) < 3\n    error_message = \"${attrs.input}\"\n  }\n}\n";
    let ran = lint(&[("main.tf", text), (".sprag.hcl", policy)], &["--fail-on", "note"]);
    let all = format!("{name}: {}{}", ran.stdout, ran.stderr);
    assert!(matches!(ran.status, 0 | 1), "status {} of {all}", ran.status);
    assert!(!all.contains("internal-error") && !all.contains("bug in sprag"), "{all}");
}

fn resource(input: &str) -> String {
    format!("resource \"terraform_data\" \"this\" {{\n  input = {input}\n}}\n")
}

#[test]
fn deep_expressions_and_long_chains() {
    survives("parentheses", &resource(&format!("{}1{}", "(".repeat(180), ")".repeat(180))));
    survives("lists", &resource(&format!("{}{}", "[".repeat(180), "]".repeat(180))));
    survives("beyond the limit", &resource(&format!("{}1{}", "[".repeat(5000), "]".repeat(5000))));
    survives("calls", &resource(&format!("{}\"x\"{}", "upper(".repeat(150), ")".repeat(150))));
    survives("a long sum", &resource(&vec!["1"; 3000].join(" + ")));
    survives("nested templates", &resource(&format!("{}x{}", "\"${".repeat(100), "}\"".repeat(100))));
    let mut chain = resource("local.l2000");
    chain.push_str("locals {\n  l0 = var.x\n");
    for number in 1..=2000 {
        writeln!(chain, "  l{number} = \"${{local.l{}}}x\"", number - 1).unwrap();
    }
    survives("a chain of locals", &format!("{chain}}}\nvariable \"x\" {{}}\n"));
    let mut doubling = resource("local.l60");
    doubling.push_str("locals {\n  l0 = [\"x\", \"y\"]\n");
    for number in 1..=60 {
        writeln!(doubling, "  l{number} = concat(local.l{0}, local.l{0})", number - 1).unwrap();
    }
    survives("doubling lists", &format!("{doubling}}}\n"));
}

#[test]
fn cycles() {
    survives("locals", &format!("{}locals {{\n  a = local.b\n  b = [local.a]\n}}\n", resource("local.a")));
    survives("itself", &resource("terraform_data.this.input"));
    survives(
        "through an output",
        &resource("[for one in [local.a] : one]\n}\nlocals {\n  a = terraform_data.this.input"),
    );
    survives(
        "a module that calls itself",
        &format!("{}module \"me\" {{\n  source = \"./\"\n}}\n", resource("module.me")),
    );
    let call =
        |to: &str| format!("module \"m\" {{\n  source = \"../{to}\"\n  x      = [var.x]\n}}\nvariable \"x\" {{}}\n");
    let (one, other) = (call("b") + &resource("var.x"), call("a") + &resource("module.m"));
    let policy = invariant("judged");
    let ran = lint(&[("a/main.tf", &one), ("b/main.tf", &other), (".sprag.hcl", &policy)], &["--fail-on", "note"]);
    assert!(matches!(ran.status, 0 | 1) && !ran.stdout.contains("internal"), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn huge_collections() {
    survives("range", &resource("range(1000000000)"));
    survives("a range of fractions", &resource("range(0, 1, 0.000000001)"));
    survives("setproduct", &resource(&format!("setproduct({})", ["range(1000)"; 6].join(", "))));
    survives(
        "for over all pairs",
        &resource("[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]"),
    );
    survives("text", &resource("join(\"\", [for a in range(1000) : format(\"%1000000d\", a)])"));
    survives("count", "resource \"terraform_data\" \"this\" {\n  count = 1000000000\n  input = count.index\n}\n");
    survives("power", &resource("pow(10, pow(10, 10))"));
    survives("subnets", &resource("[for one in range(256) : cidrsubnets(\"10.0.0.0/8\", range(256)...)]"));
}

#[test]
fn files_that_are_not_there() {
    survives("templatefile", &resource("templatefile(\"${path.module}/missing.tftpl\", { a = 1 })"));
    survives("file", &resource("file(\"/dev/zero\")"));
    survives("a directory", &resource("file(path.module)"));
    survives("fileset", &resource("fileset(path.module, \"**\")"));
}

#[test]
fn contradictory_and_broken_validations() {
    let validation = |condition: &str| {
        format!("  validation {{\n    condition     = {condition}\n    error_message = \"no\"\n  }}\n")
    };
    let variable = format!(
        "variable \"size\" {{\n  type = number\n{}{}}}\n",
        validation("var.size > 5"),
        validation("var.size < 3")
    );
    survives("numbers", &format!("{}{variable}", resource("var.size")));
    survives("a regular expression that is none", &variable.replace("var.size > 5", "can(regex(\"(\", var.size))"));
}
