//! The formats for other programs, on the example with its bugs: each is what its readers expect, and `--output-file`
//! replaces a file as a whole.

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
use std::sync::OnceLock;

use serde_json::Value;

/// The example with its bugs, and bad cases with fixes and further places.
const PATHS: [&str; 4] = ["testdata/homelab-broken", "lints/terraform", "lints/alerts", "lints/proxmox"];

/// Runs `sprag` on the example in a clean environment.
fn sprag(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sprag")).args(arguments).current_dir(common::root()).env_clear().output().unwrap()
}

const FORMATS: [&str; 5] = ["json", "sarif", "github", "gitlab", "junit"];

/// All findings in a format; there are many, so each format is asked for once.
fn lint(format: &str) -> &'static str {
    static FOUND: [OnceLock<String>; FORMATS.len()] = [const { OnceLock::new() }; FORMATS.len()];
    let number = FORMATS.iter().position(|known| *known == format).unwrap();
    FOUND[number].get_or_init(|| {
        let output = sprag(&[&["lint", "--format", format, "--fail-on", "note"], &PATHS[..]].concat());
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    })
}

fn json(format: &str) -> Value {
    serde_json::from_str(lint(format)).unwrap()
}

fn schema() -> jsonschema::Validator {
    let text = fs::read_to_string(common::root().join("tests/schemas/sarif-2.1.0-rtm.5.json")).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    // A pattern with a stray bracket, which only lenient engines take. sprag writes no `language`.
    for owner in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][owner]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn sarif_is_valid() {
    let (schema, document) = (schema(), json("sarif"));
    let mistakes: Vec<String> =
        schema.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
    assert!(document["runs"][0]["results"].as_array().unwrap().len() > 20);
}

#[test]
fn the_schema_refuses_what_is_no_sarif() {
    let (schema, mut document) = (schema(), json("sarif"));
    document["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!schema.is_valid(&document));
}

#[test]
fn sarif_tells_what_json_tells() {
    let (sarif, json) = (json("sarif"), json("json"));
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let findings = json["diagnostics"].as_array().unwrap();
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(findings) {
        assert_eq!(result["ruleId"], finding["code"]);
        assert_eq!(result["partialFingerprints"]["sprag/v1"], finding["fingerprint"]);
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(region["startLine"], finding["start"]["line"]);
        assert_eq!(region["endColumn"], finding["end"]["column"]);
        assert_eq!(result["fixes"].is_array(), finding["fix"].is_object());
    }
    let has = |key: &str| results.iter().any(|result| result[key].is_array());
    assert!(has("fixes") && has("relatedLocations"), "the cases have both");
}

#[test]
fn sarif_rules_carry_the_pages() {
    let sarif = json("sarif");
    for rule in sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
        let id = rule["id"].as_str().unwrap();
        if id.starts_with("invariant/") {
            // The configuration is its page.
            continue;
        }
        let page = fs::read_to_string(common::root().join(format!("lints/{id}/README.md"))).unwrap();
        let help = rule["help"]["markdown"].as_str().unwrap();
        assert!(page.ends_with(help) && help.starts_with(&format!("# {id}\n")), "{id}");
        let short = rule["fullDescription"]["text"].as_str().unwrap();
        assert!(!short.contains('\n') && short.len() > 20, "{id}: {short}");
    }
}

#[test]
fn github_writes_a_command_per_finding_errors_first() {
    let (text, json) = (lint("github"), json("json"));
    let kinds: Vec<&str> = text.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(kinds.len(), json["diagnostics"].as_array().unwrap().len());
    let first_warning = kinds.iter().position(|kind| *kind == "::warning").unwrap();
    assert!(first_warning > 0 && kinds[..first_warning].iter().all(|kind| *kind == "::error"), "{kinds:?}");
    assert!(kinds[first_warning..].iter().all(|kind| *kind != "::error"), "{kinds:?}");
}

#[test]
fn gitlab_names_lints_and_places() {
    let (gitlab, json) = (json("gitlab"), json("json"));
    let (issues, findings) = (gitlab.as_array().unwrap(), json["diagnostics"].as_array().unwrap());
    assert_eq!(issues.len(), findings.len());
    for (issue, finding) in issues.iter().zip(findings) {
        assert_eq!(issue["check_name"], finding["code"]);
        assert_eq!(issue["fingerprint"], finding["fingerprint"]);
        assert_eq!(issue["location"]["path"], finding["path"]);
        assert_eq!(issue["location"]["lines"]["begin"], finding["start"]["line"]);
    }
}

#[test]
fn junit_counts_what_it_lists() {
    let (text, json) = (lint("junit"), json("json"));
    let findings = json["diagnostics"].as_array().unwrap().len();
    assert_eq!(text.matches("<testcase ").count(), findings);
    assert_eq!(text.matches("<failure ").count(), findings);
    assert!(
        text.contains(&format!("<testsuites name=\"sprag\" tests=\"{findings}\" failures=\"{findings}\"")),
        "{text}"
    );
}

#[test]
fn an_output_file_gets_all_and_standard_output_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("report.sarif");
    let file = path.to_str().unwrap();
    let arguments = ["lint", "--format", "sarif", "--fail-on", "note", "--output-file", file];
    let output = sprag(&[&arguments[..], &PATHS[..]].concat());
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(String::from_utf8_lossy(&output.stderr).contains(" errors, "), "the summary stays on standard error");
    assert_eq!(fs::read_to_string(&path).unwrap(), lint("sarif"));
    assert_eq!(names(directory.path()), ["report.sarif"], "no draft is left");
}

#[cfg(unix)]
#[test]
fn an_output_file_keeps_its_mode_and_stays_a_link() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let (real, link) = (directory.path().join("real.txt"), directory.path().join("link.txt"));
    fs::write(&real, "old").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::symlink("real.txt", &link).unwrap();
    let before = fs::metadata(&real).unwrap();
    sprag(&["lint", "testdata/homelab-broken", "--output-file", link.to_str().unwrap()]);
    assert!(link.is_symlink());
    let text = fs::read_to_string(&real).unwrap();
    assert!(text.contains("error[") && !text.contains('\x1b'), "{text}");
    let after = fs::metadata(&real).unwrap();
    assert_eq!(after.permissions().mode() & 0o777, 0o600);
    assert_ne!(std::os::unix::fs::MetadataExt::ino(&before), std::os::unix::fs::MetadataExt::ino(&after), "replaced");
}

#[test]
fn an_output_file_that_cannot_be_is_named_with_its_remedy() {
    let output = sprag(&["lint", "testdata/homelab", "--output-file", "no/such/directory/report.txt"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said.contains("--output-file no/such/directory/report.txt: its directory does not exist; make it"),
        "{said}"
    );
}

fn names(directory: &Path) -> Vec<String> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
