//! What `guarantee = "module"` and `preserves` call violated: values that a caller may surely pass, as the real terraform
//! says too, and that break the invariant. Where a value may be refused, nothing is said.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use common::e2e::{Sandbox, skip};
use common::repository::Repository;

/// No text twice: what is judged in all cases.
const POLICY: &str = "resource_invariant \"terraform_data\" \"distinct\" {\n  guarantee = \"module\"\n\n  enforce {\n    \
                      condition     = attrs.input == tolist(distinct(attrs.input))\n    error_message = \"a text stands \
                      twice\"\n  }\n}\n";

const GUEST: &str = "object({ name = string, tags = list(string), size = optional(number, 8) })";

/// A module with a variable `x`, whose resource has the tags in `read` beside the module's own.
fn module(ty: &str, more: &str, read: &str) -> String {
    format!(
        "variable \"x\" {{\n  type = {ty}\n{more}}}\n\nresource \"terraform_data\" \"this\" {{\n  input = \
         tolist(concat([\"terraform\"], {read}))\n}}\n"
    )
}

fn validation(condition: &str) -> String {
    format!("  validation {{\n    condition     = {condition}\n    error_message = \"no\"\n  }}\n")
}

/// The value that a caller may pass, as the finding says; nothing where nothing is found.
fn witness(text: &str) -> Option<String> {
    let repository = Repository::new(&[("main.tf", text), (".sprag.hcl", POLICY)]);
    let ran = repository.run(&["lint", "--select", "invariant", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let found = report["diagnostics"].as_array().unwrap();
    assert!(found.len() < 2, "{found:#?}");
    let labels = found.first()?["labels"].as_array().unwrap();
    let mut messages = labels.iter().filter_map(|label| label["message"].as_str());
    let passed = messages.find_map(|message| message.strip_prefix("a caller may pass "));
    Some(passed.unwrap_or_else(|| panic!("{found:#?}")).trim_matches('`').to_owned())
}

/// Modules with the value that breaks them.
fn broken() -> Vec<(String, &'static str)> {
    vec![
        (module("list(string)", "", "var.x"), "[\"terraform\"]"),
        (module("object({ tags = list(string) })", "", "var.x.tags"), "{ tags = [\"terraform\"] }"),
        (
            module("object({ tags = list(string), free = any, size = number })", "", "var.x.tags"),
            "{ free = null, size = 50, tags = [\"terraform\"] }",
        ),
        // Only changes of what validations admit can break it.
        (
            module(
                GUEST,
                &format!(
                    "  default = {{ name = \"web-1\", tags = [] }}\n{}",
                    validation("startswith(var.x.name, \"web-\") && var.x.size == 8")
                ),
                "var.x.tags",
            ),
            "{ name = \"web-1\", tags = [\"terraform\"] }",
        ),
        (
            module("object({ k = string, tags = list(string) })", &validation("var.x.k == \"b\""), "var.x.tags"),
            "{ k = \"b\", tags = [\"terraform\"] }",
        ),
        (
            module("object({ in = object({ tags = list(string) }) })", "", "var.x.in.tags"),
            "{ in = { tags = [\"terraform\"] } }",
        ),
        // Validations of others that are about something else.
        (
            module("list(string)", "", "var.x")
                + "variable \"y\" {\n  type    = string\n  default = \"a\"\n"
                + &validation("contains(local.all, var.y) && alltrue([for one in local.all : length(one) == 1])")
                + "}\nlocals {\n  all = [\"a\"]\n}\n",
            "[\"terraform\"]",
        ),
        // A condition that is true.
        (
            module("object({ tags = list(string) })", "", "var.x.tags")
                + "output \"tags\" {\n  value = var.x.tags\n  precondition {\n    condition     = length(var.x.tags) < 5\n    \
                   error_message = \"too many\"\n  }\n}\n",
            "{ tags = [\"terraform\"] }",
        ),
    ]
}

/// Modules of which no value is sure to break them.
fn guarded() -> Vec<String> {
    let refusing = [
        "!contains(var.x.tags, \"terraform\") && length(var.x.tags) == length(distinct(var.x.tags))",
        "var.x == null",
        "length(var.x.tags) == 0",
        // What is not known here.
        "alltrue([for tag in var.x.tags : contains(split(\",\", file(\"${path.module}/tags\")), tag)])",
        "length(var.x.tags) < var.most",
    ];
    let most = "variable \"most\" {\n  type    = number\n  default = 1\n}\n";
    let mut all: Vec<String> = refusing
        .iter()
        .map(|condition| module(GUEST, &(validation(condition)), "try(var.x.tags, [])") + most)
        .collect();
    for (ty, read) in [("list(string)", "var.x"), ("object({ tags = list(string) })", "var.x.tags")] {
        // By way of a local value.
        all.push(
            module(ty, &validation(&format!("alltrue([for tag in {read} : contains(local.allowed, tag)])")), read)
                + "locals {\n  allowed = [\"web\"]\n}\n",
        );
        // Another variable objects.
        all.push(
            module(ty, "", read)
                + "variable \"y\" {\n  type    = string\n  default = \"a\"\n"
                + &validation("local.is_empty || var.y == \"\"")
                + &format!("}}\nlocals {{\n  is_empty = length({read}) == 0\n}}\n"),
        );
        // So does an output, or a resource.
        let condition = format!("condition     = length({read}) == 0\n      error_message = \"no\"");
        all.push(
            module(ty, "", read)
                + &format!("output \"o\" {{\n  value = 1\n\n  precondition {{\n      {condition}\n  }}\n}}\n"),
        );
        all.push(module(ty, "", read).replace(
            "  input =",
            &format!("  lifecycle {{\n    precondition {{\n      {condition}\n    }}\n  }}\n\n  input ="),
        ));
        // A type that is not known here.
        all.push(module(ty, "", read).replace(ty, "newer(string)"));
    }
    // Of these nothing is made up.
    all.push(module("map(object({ tags = list(string) }))", "", "var.x[\"a\"].tags"));
    all.push(module("tuple([list(string)])", "", "var.x[0]"));
    all
}

#[test]
fn a_value_that_breaks_it_is_shown() {
    for (text, value) in broken() {
        assert_eq!(witness(&text).as_deref(), Some(value), "{text}");
    }
}

#[test]
fn what_may_be_refused_breaks_nothing() {
    for text in guarded() {
        assert_eq!(witness(&text), None, "{text}");
    }
}

#[test]
fn a_secret_default_is_not_shown() {
    let more = "  default   = [\"hunter2\", \"hunter2\"]\n  sensitive = true\n";
    let found = witness(&module("list(string)", more, "var.x")).unwrap();
    assert_eq!(found, "a sensitive value");
    let more = "  default   = { tags = [\"hunter2\", \"hunter2\"] }\n  sensitive = true\n";
    let found = witness(&module("object({ tags = list(string) })", more, "var.x.tags")).unwrap();
    assert_eq!(found, "a sensitive value");
}

/// What is kept of a caller's elements, where a validation may refuse the one that is tried.
#[test]
fn what_may_be_refused_is_not_dropped() {
    let policy = "resource_invariant \"terraform_data\" \"kept\" {\n  enforce {\n    condition     = preserves(attrs.input, \
                  var.x)\n    error_message = \"dropped\"\n  }\n}\n";
    let text = |validation: &str| {
        format!(
            "variable \"x\" {{\n  type = list(string)\n{validation}}}\nlocals {{\n  allowed = [\"web\"]\n}}\nresource \
             \"terraform_data\" \"this\" {{\n  input = [for one in var.x : one if contains(local.allowed, one)]\n}}\n"
        )
    };
    let lints = |text: &str| {
        let repository = Repository::new(&[("main.tf", text), (".sprag.hcl", policy)]);
        repository.run(&["lint", "--select", "invariant", "--format", "concise"]).lints().len()
    };
    assert_eq!(lints(&text("")), 1);
    assert_eq!(lints(&text(&validation("length(var.x) < 3"))), 1);
    assert_eq!(lints(&text(&validation("alltrue([for one in var.x : contains(local.allowed, one)])"))), 0);
    assert_eq!(lints(&text(&validation("length(var.x) < parseint(file(\"${path.module}/most\"), 10)"))), 0);
}

/// The real terraform plans with the values that are shown, and the texts stand twice.
#[test]
fn terraform_takes_the_values() {
    let Some(sandbox) = Sandbox::new() else { return skip("terraform") };
    for (index, (text, value)) in broken().into_iter().enumerate() {
        let directory = sandbox.path(&format!("m{index}"));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("main.tf"), &text).unwrap();
        std::fs::write(directory.join("terraform.tfvars"), format!("x = {value}\n")).unwrap();
        let init = sandbox.terraform(&directory, &["init", "-input=false", "-no-color"]);
        assert!(init.status.success(), "{}", String::from_utf8_lossy(&init.stderr));
        let plan = sandbox.terraform(&directory, &["plan", "-input=false", "-no-color", "-lock=false"]);
        let shown = String::from_utf8_lossy(&plan.stdout);
        assert!(plan.status.success(), "{text}{value}\n{}", String::from_utf8_lossy(&plan.stderr));
        assert!(shown.matches("\"terraform\",").count() >= 2, "{shown}");
    }
}
