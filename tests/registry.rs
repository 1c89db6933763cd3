//! Lint folders, `src/lints/registry.rs` and `lints/README.md` say the same. The folders are the source; the other two
//! are written from them by `SPRAG_UPDATE=1 cargo test --test registry`, and so are the tables of
//! `docs/configuration.md` from the schema of the configuration.

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

use sprag::config::schema;

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
         use crate::config::schema::Kind;\nuse crate::diagnostic::Severity;\n\
         use crate::linter::{Check, FixKind, Lint, LintDefault};\n\n\
         /// All bundled lints, sorted by id.\npub static LINTS: &[Lint] = &[\n",
    );
    let mut options = String::new();
    for facts in all() {
        let severity = facts.choose("severity", &[("error", "Error"), ("warning", "Warning"), ("note", "Note")]);
        let fix = facts.choose("fix", &[("none", "None"), ("unsafe", "Unsafe"), ("safe", "Safe")]);
        let default = facts.choose("default", &[("on", "On"), ("preset", "Preset"), ("off", "Off")]);
        let module = facts.id.replace('/', "::").replace('-', "_");
        let code = std::fs::read_to_string(common::root().join(format!("src/lints/{}.rs", facts.id.replace('-', "_"))));
        let engine = code.is_err();
        if code.is_ok_and(|code| code.contains(" const OPTIONS: ")) {
            writeln!(options, "    ({:?}, super::{module}::OPTIONS),", facts.id).unwrap();
        }
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
    write!(
        text,
        "];\n\n/// What the configuration may set of lints that take something, by id.\n\
         pub static OPTIONS: &[(&str, &[(&str, Kind)])] = &[\n{options}];\n"
    )
    .unwrap();
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

/// Each comment `made from src/config/schema: BLOCK` of the page is followed by the table of that block.
#[test]
fn reference_of_the_configuration_is_made_from_the_schema() {
    let mut tables = vec![("kinds".to_owned(), table_of_kinds())];
    add_tables("", &schema::ROOT, &mut tables);
    let path = common::root().join("docs/configuration.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let mut text = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        writeln!(text, "{line}").unwrap();
        let name = line.strip_prefix("<!-- made from src/config/schema: ").and_then(|rest| rest.strip_suffix(" -->"));
        let Some(name) = name else { continue };
        while lines.next_if(|line| line.starts_with('|')).is_some() {}
        let at = tables.iter().position(|(block, _)| block == name);
        let at =
            at.unwrap_or_else(|| panic!("docs/configuration.md: there is no block `{name}`, or it is there twice"));
        text.push_str(&tables.swap_remove(at).1);
    }
    common::assert_file(&path, &text);
    // Invariants of other kinds have the same settings.
    tables.retain(|(name, _)| !["data_", "module_", "call_"].iter().any(|kind| name.starts_with(kind)));
    let missing: Vec<&String> = tables.iter().map(|(name, _)| name).collect();
    assert!(missing.is_empty(), "docs/configuration.md has no comments for {missing:?}");
}

fn table_of_kinds() -> String {
    let rows = schema::Kind::EXPLAINED.map(|kind| format!("| {} | {} |\n", kind.name(), kind.form()));
    format!("| kind | written as |\n| --- | --- |\n{}", rows.concat())
}

/// The tables of a block and of those in it, each with its path.
fn add_tables(path: &str, block: &schema::Block, tables: &mut Vec<(String, String)>) {
    if block.names().next().is_none() {
        return;
    }
    let mut table = String::from("| setting | type | default | meaning |\n| --- | --- | --- | --- |\n");
    for argument in block.arguments {
        let default = match argument.default {
            schema::Default::Required => "required".to_owned(),
            schema::Default::Value(value) => format!("`{value}`"),
            schema::Default::Unset(meaning) => meaning.to_owned(),
        };
        writeln!(table, "| `{}` | {} | {default} | {} |", argument.name, argument.kind.name(), argument.doc).unwrap();
    }
    for inner in block.blocks {
        let times = match inner.times {
            schema::Times::Once if inner.is_open => "block of arguments",
            schema::Times::Once => "block",
            schema::Times::Many => "blocks",
            schema::Times::OnceOrMore => "blocks, one at least",
        };
        let labels: Vec<String> = inner.labels.iter().map(label).collect();
        let labels = match labels.len() {
            0 => String::new(),
            1 => format!(", label: {}", labels[0]),
            _ => format!(", labels: {}", labels.join(", ")),
        };
        writeln!(table, "| `{}` | {times}{labels} | | {} |", inner.name, inner.doc).unwrap();
    }
    tables.push((if path.is_empty() { "top level".to_owned() } else { path.to_owned() }, table));
    for inner in block.blocks {
        let twice = block.blocks.iter().filter(|other| other.name == inner.name).count() > 1;
        let words = inner.labels.iter().filter_map(|label| match label {
            schema::Label::Word(word) if twice => Some(*word),
            _ => None,
        });
        let path: Vec<&str> = path.split_whitespace().chain([inner.name]).chain(words).collect();
        add_tables(&path.join(" "), inner, tables);
    }
}

fn label(label: &schema::Label) -> String {
    match label {
        schema::Label::Name(what) => (*what).to_owned(),
        schema::Label::Word(word) => format!("`\"{word}\"`"),
    }
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

/// What a lint takes from `inputs`, its page says.
#[test]
fn pages_name_all_options() {
    for facts in all() {
        let section = facts.body.split("\n## Options\n").nth(1).unwrap_or_default();
        let options = sprag::lints::options_of(&facts.id, &[]).unwrap();
        for option in &options {
            let name = &option.name;
            let is_named = section.contains(&format!("| `{name}` |"))
                || section.contains(&format!("`{name} = "))
                || section.contains(&format!("{{ {name} = "));
            assert!(is_named, "lints/{}/README.md does not say what the option `{name}` is", facts.id);
        }
        assert!(!section.contains("inputs = {") || !options.is_empty(), "{} takes no inputs", facts.id);
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
