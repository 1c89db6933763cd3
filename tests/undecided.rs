//! `sprag lint --show undecided`: why something is not certain, what the calls of the repository make of it, and what
//! would decide it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::process::Command;

use serde_json::Value;

/// What is asked of `input`.
const CONDITION: &str = "attrs.input != \"50G\" && attrs.input != \"x\"";

fn invariant(kind: &str, filter: &str, condition: &str) -> String {
    format!(
        "resource_invariant \"{kind}\" \"judged\" {{\n{filter}\n  enforce {{\n    condition     = {condition}\n    \
         error_message = \"no\"\n  }}\n}}\n"
    )
}

/// The diagnostics about these files.
fn lint(files: &[(&str, &str)], arguments: &[&str]) -> Vec<Value> {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join(".git")).unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_sprag"))
        .args(["lint", "--select", "invariant", "--format", "json"])
        .args(arguments)
        .current_dir(directory.path())
        .env_clear()
        .output()
        .unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    json["diagnostics"].as_array().unwrap().clone()
}

/// The only note there is.
fn note(files: &[(&str, &str)]) -> Value {
    let found = lint(files, &["--show", "undecided"]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["severity"], "note");
    found[0].clone()
}

/// What is said of one module, without the word in front, and the help.
fn said(policy: &str, text: &str) -> (String, String) {
    let note = note(&[("main.tf", text), (".sprag.hcl", policy)]);
    let message = note["message"].as_str().unwrap();
    let help = note["help"].as_str().unwrap_or_default().to_owned();
    (message.strip_prefix("undecided: ").unwrap_or_else(|| panic!("{message}")).to_owned(), help)
}

fn resource(input: &str) -> String {
    format!("resource \"terraform_data\" \"this\" {{\n  input = {input}\n}}\n")
}

#[test]
fn it_is_only_shown_when_it_is_asked_for() {
    let text = resource("var.size") + "variable \"size\" {\n  type = string\n}\n";
    let policy = invariant("terraform_data", "", CONDITION);
    let files = [("main.tf", text.as_str()), (".sprag.hcl", &policy)];
    assert!(lint(&files, &[]).is_empty());
    assert!(lint(&files, &["--fail-on", "note"]).is_empty());
    assert_eq!(lint(&files, &["--show", "undecided"]).len(), 1);
    assert_eq!(lint(&files, &["--show", "undecided", "--fail-on", "note"]).len(), 1);
}

#[test]
fn each_reason_in_words() {
    let plan = "a plan settles it: `--plan FILE`";
    let policy = invariant("terraform_data", "", CONDITION);
    let string = "variable \"size\" {\n  type = string\n}\n";
    for (text, reason, help) in [
        (
            resource("tls_private_key.a.public_key_openssh")
                + "resource \"tls_private_key\" \"a\" {\n  algorithm = \"RSA\"\n}\n",
            "it depends on the computed attribute `tls_private_key.a.public_key_openssh`",
            plan,
        ),
        (
            resource("var.size") + string,
            "any caller may pass any string as `size`; nothing in the repository calls the module",
            plan,
        ),
        (
            resource("var.size") + "variable \"size\" {}\n",
            "any caller may pass any value as `size`; nothing in the repository calls the module",
            plan,
        ),
        (
            resource("var.size") + string + "terraform {\n  backend \"local\" {}\n}\n",
            "no file of values sets `var.size`, which may be any string",
            "name the file that sets it: `--var-file FILE`, or a plan: `--plan FILE`",
        ),
        (
            resource("module.a.size") + "module \"a\" {\n  source = \"git::https://example.org/a.git\"\n}\n",
            "it depends on `module.a`, whose module is not at hand",
            plan,
        ),
        (resource("provider::a::b(1)"), "it depends on the function `provider::a::b`, which is not known here", plan),
        (resource("file(\"a\")"), "it depends on what `file()` reads, which is not known here", plan),
        (resource("terraform.workspace"), "it depends on `terraform.workspace`", plan),
        (
            resource("each.key").replace("input", "for_each = var.all\n  input")
                + "variable \"all\" {\n  type = set(string)\n}\n",
            "any caller may pass any set(string) as `all`; nothing in the repository calls the module",
            plan,
        ),
    ] {
        assert_eq!(said(&policy, &text), (reason.to_owned(), help.to_owned()), "{text}");
    }
    let long = invariant("terraform_data", "", "length(attrs.input) < 3");
    for value in ["range(1000000000)", "range(0, 1, 0.000000001)", "setproduct(range(1000), range(1000))"] {
        assert_eq!(said(&long, &resource(value)).0, "it depends on a value that is too large to follow", "{value}");
    }
    let count = invariant("terraform_data", "", "attrs.input != 2");
    let text =
        resource("count.index").replace("input", "count = var.n\n  input") + "variable \"n\" {\n  type = number\n}\n";
    assert_eq!(said(&count, &text).0, "it depends on `count.index`");

    let (reason, help) = said(&invariant("aws_x", "", CONDITION), "resource \"aws_x\" \"this\" {}\n");
    assert_eq!(reason, "it depends on `aws_x`, whose schema is not known");
    assert!(help.contains("terraform providers schema -json"), "{help}");
    // What a block lacks is as little known as what the resource lacks.
    let blocks = invariant("aws_x", "", "attrs.disk[0].size >= 8");
    let (reason, _) = said(&blocks, "resource \"aws_x\" \"this\" {\n  disk {}\n}\n");
    assert_eq!(reason, "it depends on `aws_x`, whose schema is not known");

    let filter = invariant("terraform_data", "  filter = strrev(attrs.input) == \"ab\"", "attrs.output == \"a\"");
    assert_eq!(
        said(&filter, &(resource("var.size") + string)).0,
        "whether the filter is true is not known: any caller may pass any string as `size`; nothing in the repository \
         calls the module"
    );
    let module = "module_invariant \".\" \"judged\" {\n  enforce {\n    condition     = var.size != \"x\"\n    \
                  error_message = \"no\"\n  }\n}\n";
    assert_eq!(said(module, string).1, "", "a plan does not tell of modules");
}

const MODULE: &str = "variable \"size\" {\n  type    = string\n  default = \"9G\"\n}\nresource \"terraform_data\" \"this\" {\n  input = var.size\n}\n";

/// The note, with what is beside each place.
fn with_calls(calls: &[&str]) -> (String, Vec<String>) {
    let mut root = String::from("terraform {\n  backend \"local\" {}\n}\nvariable \"open\" {\n  type = string\n}\n");
    for (number, size) in calls.iter().enumerate() {
        root += &format!("module \"m{number}\" {{\n  source = \"./m\"\n{size}}}\n");
    }
    let policy = invariant("terraform_data", "", CONDITION);
    let note = note(&[("main.tf", &root), ("m/main.tf", MODULE), (".sprag.hcl", &policy)]);
    let labels = note["labels"].as_array().unwrap();
    let labels = labels.iter().map(|label| {
        format!("{}:{} {}", label["path"].as_str().unwrap(), label["start"]["line"], label["message"].as_str().unwrap())
    });
    let message = note["message"].as_str().unwrap().strip_prefix("undecided: ").unwrap().to_owned();
    (message, labels.collect())
}

#[test]
fn calls_of_the_repository_are_beside_it() {
    let any = "any caller may pass any string as `size`; ";
    let calls = with_calls(&["  size   = \"30G\"\n"]);
    assert_eq!(calls.0, format!("{any}it holds in the only call there is"));
    assert_eq!(calls.1, ["main.tf:9 `\"30G\"` here: it holds"]);

    let calls = with_calls(&["  size   = \"30G\"\n", "", "  size   = var.open\n", "  size   = \"4G\"\n"]);
    assert_eq!(calls.0, format!("{any}it holds in 3 of 4 calls of the repository"));
    assert_eq!(
        calls.1,
        [
            "main.tf:9 `\"30G\"` here: it holds",
            "main.tf:11 `\"9G\"` here, as `size` is not passed: it holds",
            "main.tf:16 any string here: not decided either",
        ],
        "three are enough"
    );
    assert_eq!(with_calls(&["  size   = var.open\n"]).0, format!("{any}the only call there is leaves it open, too"));
    let all = with_calls(&["  size   = \"1G\"\n", "  size   = \"2G\"\n"]);
    assert_eq!(all.0, format!("{any}it holds in all 2 calls of the repository"));
}

#[test]
fn sensitive_values_of_calls_are_not_shown() {
    let module = MODULE.replace("default", "sensitive = true\n  default");
    let root = "terraform {\n  backend \"local\" {}\n}\nlocals {\n  hidden = join(\"\", [\"hun\", \"ter2\"])\n}\nmodule \"m\" {\n  source = \"./m\"\n  size = local.hidden\n}\n";
    let policy = invariant("terraform_data", "", CONDITION);
    let note = note(&[("main.tf", root), ("m/main.tf", &module), (".sprag.hcl", &policy)]);
    assert!(!note.to_string().contains("hunter2"), "{note:#?}");
    assert_eq!(note["labels"][0]["message"], "a sensitive value here: it holds");
}
