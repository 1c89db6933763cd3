//! Fixes on files that nobody foresaw: a text that parses still does after all its fixes, for us and for the real
//! terraform; the fixes come to an end; what they leave has nothing to fix.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use common::mutation::Mutator;
use sprag::config::{Config, Selection};
use sprag::diagnostic::{Diagnostic, FileId, Fix};
use sprag::linter::{Engine, Policy, Repository, fixing};
use sprag::lints::LINTS;
use sprag::syntax::hcl;
use sprag::terraform::{Module, ModuleSummary, Role, Source, settle_unused};

const FILES: usize = 8000;
const ROUNDS: usize = 30;

/// What becomes of an expression `E`; `F` is another one.
const FORMS: [&str; 30] = [
    "\"${E}\"",
    "\"${ E }\"",
    "\"${~ E ~}\"",
    "\"${\"${E}\"}\"",
    "\"a${E}\"",
    "\"${E}${F}\"",
    "{ \"${E}\" = F }",
    "{ \"k\" : \"${E}\", l = F }",
    "{\n  \"${E}\" = F\n}",
    "lookup(E, F)",
    "lookup( E , F )",
    "lookup(E, F,)",
    "lookup(\n  E,\n  F\n)",
    "E == []",
    "[] != E",
    "E == [ ]",
    "E == [ # c\n]",
    "(E).0",
    "f(E).0.1",
    "f(E).*",
    "f(E).*.a.0",
    "f(E).*.a[0]",
    "f(E)[*].a.0",
    "!\"${E}\"",
    "-\"${E}\"",
    "E ? F : \"${E}\"",
    "[for x in E : \"${x}\" if F == []]",
    "(E) // c\n",
    "/* a\n  b */ E",
    "<<-XXX\n  ${lookup(E, F)}\n  XXX\n",
];

/// Pieces that are put anywhere.
const PIECES: [&str; 12] = [
    "//",
    "/* a\n b */",
    "#",
    "\n",
    "\r\n",
    " ",
    "(",
    ")",
    ".0",
    "[0]",
    "tags = [\"b\", \"a\", \"b\"]",
    "\"${var.a}\"",
];

/// The Terraform files of all cases.
fn seeds() -> Vec<String> {
    let lints = common::root().join("lints");
    let files = walkdir::WalkDir::new(lints).sort_by_file_name().into_iter().filter_map(Result::ok);
    let native = files.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "tf"));
    native.filter_map(|entry| std::fs::read_to_string(entry.path()).ok()).filter(|text| text.len() < 1500).collect()
}

/// `text` with some of its expressions in another form.
fn transformed(mutator: &mut Mutator, text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..=mutator.below(4) {
        let tree = hcl::parse(text.as_bytes());
        let document = hcl::Document::new(&tree, text.as_bytes());
        let all: Vec<_> = document.expressions().filter(|expr| expr.text().len() < 200).collect();
        if all.is_empty() {
            break;
        }
        let (one, other) = (all[mutator.below(all.len())], all[mutator.below(all.len())]);
        let form = mutator.pick(&FORMS);
        let pieces = form.split_inclusive(['E', 'F']);
        let new: String = pieces
            .map(|piece| match (piece.strip_suffix('E'), piece.strip_suffix('F')) {
                (Some(before), _) => format!("{before}{}", one.text()),
                (_, Some(before)) => format!("{before}{}", other.text()),
                _ => piece.to_owned(),
            })
            .collect();
        let (start, end) = (one.span().start as usize, one.span().end as usize);
        text = format!("{}{new}{}", &text[..start], &text[end..]);
    }
    text
}

/// What all lints say about a module of one file.
fn lint(text: &[u8], policy: &Policy) -> Vec<Diagnostic> {
    let sources = [Source::parse(FileId(0), "main.tf".into(), Role::Configuration, text.to_vec())];
    let module = Module::new("m", &sources);
    let engine = Engine { lints: LINTS };
    let mut found = engine.module(&module, policy, FileId(0));
    let mut modules = [ModuleSummary::of(&module, "m")];
    settle_unused(&mut modules);
    let repository = Repository {
        config: &policy.config,
        modules: modules.iter().collect(),
        rules: Vec::new(),
        stray_tests: Vec::new(),
        releases: None,
        guards: Vec::new(),
        is_whole: true,
    };
    found.extend(engine.repository(&repository, policy, FileId(0)));
    found
}

/// The text after all fixes, and how many there were; nothing where they do not end.
fn fixed(text: &[u8], policy: &Policy) -> Option<(Vec<u8>, usize)> {
    let (mut text, mut count) = (text.to_vec(), 0);
    for _ in 0..ROUNDS {
        let found = lint(&text, policy);
        let fixes: Vec<&Fix> = found.iter().filter_map(|found| found.fix.as_ref()).collect();
        let mut chosen = fixing::choose(&fixes);
        let Some(edits) = chosen.edits.remove(&FileId(0)) else { return Some((text, count)) };
        text = fixing::edited(&text, &edits).expect("edits lie in the text");
        count += chosen.taken.len();
        if !hcl::parse(&text).errors.is_empty() {
            return Some((text, count)); // reported by the caller
        }
    }
    None
}

#[test]
fn a_fixed_file_is_still_accepted() {
    let ids: Vec<&str> = LINTS.iter().map(|lint| lint.id).collect();
    let policy = Policy::new(Config::default(), &Selection::new(&ids, &[], &ids).unwrap());
    let seeds = seeds();
    let mut mutator = Mutator::new(7);
    let (mut wrong, mut changed) = (Vec::new(), Vec::new());
    let mutated = (0..FILES).map(|number| match number % 4 {
        0 => mutator.change(&seeds, &PIECES),
        _ => {
            let seed = mutator.below(seeds.len());
            transformed(&mut mutator, &seeds[seed])
        }
    });
    for text in seeds.iter().cloned().chain(mutated).filter(|text| hcl::parse(text.as_bytes()).errors.is_empty()) {
        match fixed(text.as_bytes(), &policy) {
            None => wrong.push(format!("the fixes do not end:\n{text}")),
            Some((after, _)) if !hcl::parse(&after).errors.is_empty() => {
                wrong.push(format!("does not parse:\n{text}\n--- fixed\n{}", String::from_utf8_lossy(&after)));
            }
            Some((_, 0)) => {}
            Some((after, _)) => changed.push((text, after)),
        }
    }
    assert!(wrong.is_empty(), "{} are wrong, such as\n{}", wrong.len(), wrong[..wrong.len().min(3)].join("\n=====\n"));
    println!("{} files were fixed", changed.len());
    assert!(changed.len() > 400, "only {} files had something to fix", changed.len());
    accepted(&changed);
}

/// The real terraform rejects none of the fixed files.
fn accepted(changed: &[(String, Vec<u8>)]) {
    let Some(sandbox) = common::e2e::Sandbox::new() else { return common::e2e::skip("terraform") };
    let directory = sandbox.path("fixed");
    std::fs::create_dir(&directory).unwrap();
    for (number, (_, after)) in changed.iter().enumerate() {
        std::fs::write(directory.join(format!("{number}.tf")), after).unwrap();
    }
    let output = sandbox.terraform(&directory, &["fmt", "-check", "-recursive", "-list=false", "-no-color"]);
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(
        matches!(output.status.code(), Some(0 | 3)) && report.is_empty(),
        "terraform rejects fixed files:\n{report}"
    );
}
