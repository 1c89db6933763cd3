//! What an invariant wants to stand where a fault is: which values are replaced, and how.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::repository::Repository;

fn lint(repository: &Repository, arguments: &[&str]) -> String {
    let selected = ["lint", "--format", "concise", "--select", "invariant,sprag"];
    let ran = repository.run(&[&selected[..], arguments].concat());
    assert!(matches!(ran.status, 0 | 1), "{}", ran.stderr);
    ran.stdout
}

/// An invariant on `input` with a fix.
fn invariant(condition: &str, fix: &str) -> String {
    format!(
        "resource_invariant \"terraform_data\" \"judged\" {{\n  enforce {{\n    condition     = {condition}\n    \
         error_message = \"no\"\n\n    fix {{\n      {fix}\n    }}\n  }}\n}}\n"
    )
}

fn resource(input: &str) -> String {
    format!("resource \"terraform_data\" \"this\" {{\n  input = {input}\n}}\n")
}

/// What becomes of `input` under the invariant.
fn fixed(condition: &str, fix: &str, input: &str) -> String {
    let repository = Repository::new(&[("main.tf", &resource(input)), (".sprag.hcl", &invariant(condition, fix))]);
    let found = lint(&repository, &["--fail-on", "note"]);
    assert!(found.contains("error[invariant/judged] no"), "{input} is not found: {found}");
    lint(&repository, &["--fix", "--unsafe-fixes"]);
    let text = repository.read("main.tf");
    let text = text.strip_prefix("resource \"terraform_data\" \"this\" {\n  input = ").unwrap();
    text.strip_suffix("\n}\n").unwrap().to_owned()
}

#[test]
fn values_are_written_as_literals() {
    for (condition, fix, input, expected) in [
        ("attrs.input == upper(attrs.input)", "upper(attrs.input)", "\"a b\"", "\"A B\""),
        ("attrs.input >= 8", "8", "3", "8"),
        ("attrs.input == -1.5", "-1.5", "3", "-1.5"),
        ("attrs.input != true", "false", "true", "false"),
        ("attrs.input == null", "null", "[1]", "null"),
        ("attrs.input == \"$${x} %%{y} $z\"", "\"$${x} %%{y} $z\"", "\"a\"", "\"$${x} %%{y} $z\""),
        ("attrs.input == \"a\\\"b\\\\c\\n\"", "\"a\\\"b\\\\c\\n\"", "\"a\"", "\"a\\\"b\\\\c\\n\""),
        ("tolist(attrs.input) == sort(attrs.input)", "sort(attrs.input)", "[\"b\", \"a\"]", "[\"a\", \"b\"]"),
        (
            "tolist(attrs.input) == sort(attrs.input)",
            "sort(attrs.input)",
            "[\n    \"b\",\n    \"a\",\n  ]",
            "[\n    \"a\",\n    \"b\",\n  ]",
        ),
        ("length(attrs.input) == 0", "[]", "[\"b\"]", "[]"),
        ("length(attrs.input) == 2", "concat(attrs.input, [\"c\"])", "[\"\\u0062\"]", "[\"\\u0062\", \"c\"]"),
        ("attrs.input.a == 2", "merge(attrs.input, { a = 2 })", "{ a = 1, b = [2] }", "{ \"a\" = 2, \"b\" = [2] }"),
    ] {
        assert_eq!(fixed(condition, &format!("value = {fix}"), input), expected, "{condition} of {input}");
    }
}

#[test]
fn what_is_not_a_literal_or_not_certain_stays() {
    let upper = ("attrs.input == upper(attrs.input)", "value = upper(attrs.input)");
    for input in ["lower(\"A\")", "\"${\"a\"}\"", "true ? \"a\" : \"b\"", "<<EOT\na\nEOT", "(\"a\")"] {
        assert_eq!(fixed(upper.0, upper.1, input), input);
    }
    let sort = ("tolist(attrs.input) == sort(attrs.input)", "value = sort(attrs.input)");
    let commented = "[\n    \"b\", # first\n    \"a\",\n  ]";
    assert_eq!(fixed(sort.0, sort.1, commented), commented);
    // The condition would not be true, or the value cannot be had.
    for value in ["lower(attrs.input)", "timestamp()", "attrs.id", "sensitive(\"A\")", "regex(\"x\", attrs.input)"] {
        assert_eq!(fixed(upper.0, &format!("value = {value}"), "\"a\""), "\"a\"", "{value}");
    }
}

#[test]
fn values_that_come_from_elsewhere_stay() {
    let policy = invariant("attrs.input == upper(attrs.input)", "value = upper(attrs.input)");
    for text in [
        "locals {\n  a = \"a\"\n}\nresource \"terraform_data\" \"this\" {\n  input = local.a\n}\n",
        "variable \"a\" {\n  default = \"a\"\n}\nterraform {\n  backend \"local\" {}\n}\nresource \"terraform_data\" \"this\" {\n  input = var.a\n}\n",
    ] {
        let repository = Repository::new(&[("main.tf", text), (".sprag.hcl", &policy)]);
        assert!(lint(&repository, &["--fix", "--unsafe-fixes"]).contains("[invariant/judged]"), "{text}");
        assert_eq!(repository.read("main.tf"), text);
    }
    // In JSON the text is another.
    let json = "{\"resource\": {\"terraform_data\": {\"this\": {\"input\": \"a\"}}}}";
    let repository = Repository::new(&[("main.tf.json", json), (".sprag.hcl", &policy)]);
    assert!(lint(&repository, &["--fix", "--unsafe-fixes"]).contains("[invariant/judged]"));
    assert_eq!(repository.read("main.tf.json"), json);
}

#[test]
fn instances_that_want_different_values_get_none() {
    let text = "resource \"terraform_data\" \"this\" {\n  for_each         = toset([\"a\", \"b\"])\n  input            = \"x\"\n  \
                triggers_replace = each.key\n}\n";
    let policy = invariant("attrs.input == attrs.triggers_replace", "value = attrs.triggers_replace");
    let repository = Repository::new(&[("main.tf", text), (".sprag.hcl", &policy)]);
    assert!(lint(&repository, &["--fix", "--unsafe-fixes"]).contains("[invariant/judged]"));
    assert_eq!(repository.read("main.tf"), text);
}

#[cfg(unix)]
#[test]
fn a_file_that_modules_share_stays() {
    let policy = invariant("attrs.input == upper(attrs.input)", "value = upper(attrs.input)");
    let shared = resource("\"a\"");
    let repository = Repository::new(&[("a/main.tf", ""), ("shared/disk.tf", &shared), (".sprag.hcl", &policy)]);
    std::os::unix::fs::symlink("../shared/disk.tf", repository.path("a/disk.tf")).unwrap();
    assert!(lint(&repository, &["--fix", "--unsafe-fixes"]).contains("[invariant/judged]"));
    assert_eq!(repository.read("shared/disk.tf"), shared);
}

#[test]
fn one_is_unsafe_unless_it_says_otherwise() {
    let condition = "attrs.input == upper(attrs.input)";
    for (word, safe) in
        [("", false), ("\n      applicability = \"unsafe\"", false), ("\n      applicability = \"safe\"", true)]
    {
        let policy = invariant(condition, &format!("value = upper(attrs.input){word}"));
        let repository = Repository::new(&[("main.tf", &resource("\"a\"")), (".sprag.hcl", &policy)]);
        lint(&repository, &["--fix"]);
        let expected = resource(if safe { "\"A\"" } else { "\"a\"" });
        assert_eq!(repository.read("main.tf"), expected, "{word}");
    }
}
