//! Lint folders, `src/lints/registry.rs` and `lints/README.md` say the same. The folders are the source; the other two
//! are written from them by `SPRAG_UPDATE=1 cargo test --test registry`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// The facts of one lint folder.
struct Facts {
    id: String,
    fields: BTreeMap<String, String>,
    body: String,
}

impl Facts {
    fn read(id: &str, folder: &Path) -> Self {
        let page =
            std::fs::read_to_string(folder.join("README.md")).unwrap_or_else(|_| panic!("lints/{id} has no README.md"));
        let (front, body) = page
            .strip_prefix("---\n")
            .and_then(|rest| rest.split_once("\n---\n"))
            .unwrap_or_else(|| panic!("lints/{id}/README.md has no front matter"));
        let fields = front.lines().filter_map(|line| line.split_once(": "));
        let fields = fields.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect();
        Self { id: id.to_owned(), fields, body: body.to_owned() }
    }

    fn field(&self, name: &str) -> &str {
        self.fields.get(name).unwrap_or_else(|| panic!("lints/{}/README.md has no `{name}`", self.id))
    }

    fn choose<'a>(&self, name: &str, choices: &[(&str, &'a str)]) -> &'a str {
        let value = self.field(name);
        let found = choices.iter().find(|(word, _)| *word == value);
        found.unwrap_or_else(|| panic!("lints/{}: `{name}: {value}` is none of {choices:?}", self.id)).1
    }
}

fn all() -> Vec<Facts> {
    common::lint_folders().iter().map(|(id, folder)| Facts::read(id, folder)).collect()
}

#[test]
fn registry_is_made_from_the_folders() {
    let mut text = String::from(
        "//! All lints, by id. Made from the folders below `lints/` by `tests/registry.rs`; do not edit.\n\n\
         use crate::diagnostic::Severity;\nuse crate::linter::{Check, FixKind, Lint, LintDefault};\n\n\
         /// All bundled lints, sorted by id.\npub static LINTS: &[Lint] = &[\n",
    );
    for facts in all() {
        let severity = facts.choose("severity", &[("error", "Error"), ("warning", "Warning"), ("note", "Note")]);
        let fix = facts.choose("fix", &[("none", "None"), ("unsafe", "Unsafe"), ("safe", "Safe")]);
        let default = facts.choose("default", &[("on", "On"), ("preset", "Preset"), ("off", "Off")]);
        let module = facts.id.replace('/', "::").replace('-', "_");
        let engine = !common::root().join(format!("src/lints/{}.rs", facts.id.replace('-', "_"))).exists();
        let invariant = common::root().join(format!("lints/{}/invariant.sprag.hcl", facts.id));
        assert!(engine || !invariant.exists(), "{} is an invariant, and has code as well", facts.id);
        let check = if invariant.exists() {
            let path = format!("\"../../lints/{}/invariant.sprag.hcl\"", facts.id);
            let line = format!("Check::Invariant(include_str!({path}))");
            // As rustfmt breaks a line of more than 120 columns.
            let is_long = "        check: ,".len() + line.len() > 120;
            if is_long { format!("Check::Invariant(include_str!(\n            {path}\n        ))") } else { line }
        } else if engine {
            "Check::Engine".to_owned()
        } else {
            format!("super::{module}::CHECK")
        };
        write!(
            text,
            "    Lint {{\n        id: {:?},\n        summary: {:?},\n        severity: Severity::{severity},\n        \
             fix: FixKind::{fix},\n        default: LintDefault::{default},\n        since: {:?},\n        \
             readme: include_str!(\"../../lints/{}/README.md\"),\n        check: {check},\n    }},\n",
            facts.id,
            facts.field("summary"),
            facts.field("since"),
            facts.id,
        )
        .unwrap();
    }
    text.push_str("];\n");
    common::assert_file(&common::root().join("src/lints/registry.rs"), &text);
}

#[test]
fn table_is_made_from_the_folders() {
    let mut text = String::from(
        "# Lints\n\nOne folder each: what it finds, why, and cases that are tests. `sprag explain LINT` prints a page. \
         The table is made from the folders by `tests/registry.rs`.\n\nSeverity is the highest a lint can have. \
         *preset* means house policy: on under a preset such as `homelab`, or when the configuration enables it.\n",
    );
    let mut area = String::new();
    for facts in all() {
        let (this, name) = facts.id.split_once('/').unwrap();
        if this != area {
            area = this.to_owned();
            write!(
                text,
                "\n## {area}\n\n| lint | severity | default | fix | finds |\n| --- | --- | --- | --- | --- |\n"
            )
            .unwrap();
        }
        let columns = [facts.field("severity"), facts.field("default"), facts.field("fix"), facts.field("summary")];
        writeln!(text, "| [`{}`]({}/{name}/README.md) | {} |", facts.id, area, columns.join(" | ")).unwrap();
    }
    common::assert_file(&common::root().join("lints/README.md"), &text);
}

#[test]
fn pages_have_their_sections_in_order() {
    let required = ["What it does", "Why is this bad", "Example", "How to fix", "When to ignore"];
    for facts in all() {
        let titles: Vec<&str> = facts.body.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let known: Vec<&&str> = titles.iter().filter(|title| **title != "Options").collect();
        assert_eq!(known, required.iter().collect::<Vec<_>>(), "sections of lints/{}/README.md", facts.id);
        assert!(
            facts.body.trim_start().starts_with(&format!("# {}\n", facts.id)),
            "title of lints/{}/README.md",
            facts.id
        );
        let summary = facts.field("summary");
        assert!(!summary.ends_with('.') && !summary.contains('|'), "summary of {}: {summary}", facts.id);
    }
}

#[test]
fn every_lint_has_cases_and_its_example_is_the_first_bad_one() {
    // No file provokes a bug in sprag on purpose; a unit test of the engine does.
    for (id, folder) in common::lint_folders().into_iter().filter(|(id, _)| id != "sprag/internal-error") {
        let facts = Facts::read(&id, &folder);
        let bad = common::cases(&folder, "bad");
        assert!(!bad.is_empty(), "lints/{id} has no bad case");
        assert!(!common::cases(&folder, "good").is_empty(), "lints/{id} has no good case");
        let shown = example(&facts);
        let mut files: Vec<String> = walkdir::WalkDir::new(&bad[0])
            .sort_by_file_name()
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned())
            .collect();
        files.retain(|text| text.trim() == shown.trim());
        assert!(
            !files.is_empty(),
            "the example of lints/{id}/README.md is no file of its first bad case {}",
            bad[0].display()
        );
    }
}

#[test]
fn a_page_promises_a_fix_exactly_where_cases_are_fixed() {
    for (id, folder) in common::lint_folders() {
        let facts = Facts::read(&id, &folder);
        let fixed = common::cases(&folder, "fixed");
        let promised = facts.field("fix") != "none";
        assert_eq!(promised, !fixed.is_empty(), "lints/{id}: `fix: {}` and fixed cases", facts.field("fix"));
        for case in fixed {
            let bad = folder.join("bad").join(case.file_name().unwrap());
            assert!(bad.exists(), "{} has no bad case of its name", case.display());
        }
    }
}

/// The first fenced block of the section *Example*.
fn example(facts: &Facts) -> String {
    let section = facts.body.split("\n## Example\n").nth(1).unwrap_or_default();
    let mut lines = section.lines().skip_while(|line| !line.starts_with("```")).skip(1);
    let mut text = String::new();
    for line in lines.by_ref().take_while(|line| !line.starts_with("```")) {
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// A mistake in a bundled invariant would be silent.
#[test]
fn bundled_invariants_have_no_mistakes() {
    for (id, folder) in common::lint_folders() {
        let Ok(text) = std::fs::read(folder.join("invariant.sprag.hcl")) else { continue };
        let (blocks, mistakes) = sprag::config::parse_invariants(&text, sprag::diagnostic::FileId(0));
        let messages: Vec<&str> = mistakes.iter().map(|mistake| mistake.message.as_str()).collect();
        assert!(messages.is_empty() && !blocks.is_empty(), "{id}: {messages:?}");
        for block in &blocks {
            let mistakes = sprag::invariant::Invariant::from_block(block).mistakes();
            assert!(mistakes.is_empty(), "{id}: {}", mistakes[0].message);
        }
    }
}
