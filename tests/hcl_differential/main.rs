//! Our HCL parser against two others: the real `terraform fmt`, which runs hclsyntax, and `hcl-edit`.
//! Where there is no terraform its part is skipped, unless `SPRAG_E2E=required` is set.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // helpers of tests, which clippy does not take for tests

mod cases;
mod generate;
mod reference;
mod structure;
mod values;

use std::collections::HashMap;

use generate::{Random, Writer, damage};
use sprag::source::LineIndex;
use sprag::syntax::hcl::{Document, MAX_DEPTH, parse};

const GENERATED: u64 = 1500;
const DAMAGED: usize = 4500;
/// How many files one run of terraform looks at.
const BATCH: usize = 1000;

/// Files on which we differ from terraform on purpose, each with why. Nothing else may differ.
fn known_differences() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |open: &str, close: &str| {
        let levels = MAX_DEPTH as usize + 1;
        format!("a = {}1{}\n", open.repeat(levels), close.repeat(levels)).into_bytes()
    };
    let limit = "terraform has no nesting limit and dies of a stack overflow at about 100,000 levels";
    let unicode = "terraform's identifiers are those of Unicode 9, ours those of a newer version";
    let lenient = "terraform lets overlong forms and surrogates pass as UTF-8; other tools do not read such files";
    vec![
        (limit, deep("(", ")")),
        (limit, deep("[", "]")),
        (limit, deep("{ a = ", " }")),
        (limit, deep("f(", ")")),
        (limit, deep("!", "")),
        (limit, deep("\"${", "}\"")),
        (unicode, "\u{1c90} = 1\n".into()),
        (unicode, "a\u{1dfa} = 1\n".into()),
        (unicode, "a\u{200d}b = 1\n".into()),
        (lenient, b"a = \"\xed\xa0\x80\"\n".to_vec()),
        (lenient, b"a = \"\xc0\x80\"\n".to_vec()),
        ("terraform's tables take some broken sequences for letters", b"\xef\xbb = 1\n".to_vec()),
        ("terraform rejects exponents beyond what its big floats hold", b"a = 1e2147483648\n".to_vec()),
    ]
}

fn hand_made() -> Vec<Vec<u8>> {
    let texts = cases::TEXTS.iter().map(|text| text.as_bytes().to_vec());
    texts.chain(cases::BYTES.iter().map(|text| text.to_vec())).collect()
}

fn generated() -> Vec<Vec<u8>> {
    (0..GENERATED).map(|seed| Writer::file(seed).into_bytes()).collect()
}

fn damaged(bases: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut random = Random(2026);
    let base = |random: &mut Random| bases[random.below(bases.len())].clone();
    (0..DAMAGED)
        .map(|_| {
            let (first, second) = (base(&mut random), base(&mut random));
            damage(&first, &second, &mut random)
        })
        .collect()
}

fn all_files() -> Vec<Vec<u8>> {
    let mut files = hand_made();
    files.extend(generated());
    let utf8: Vec<_> = files.iter().filter(|text| std::str::from_utf8(text).is_ok()).cloned().collect();
    let damaged = damaged(&utf8);
    files.extend(damaged);
    files
}

#[test]
fn accepts_and_rejects_what_terraform_does() {
    if !reference::is_present() {
        return;
    }
    let files = all_files();
    let (mut rejected, mut same_line, mut wrong) = (0, 0, Vec::new());
    for batch in files.chunks(BATCH) {
        let reference = reference::rejected(batch);
        for (number, text) in batch.iter().enumerate() {
            let tree = parse(text);
            let first = tree.errors.first().map(|error| LineIndex::new(text).position(text, error.span.start).line);
            match (reference.get(&number), first) {
                (None, None) => {}
                (Some(theirs), Some(ours)) => {
                    rejected += 1;
                    same_line += usize::from(*theirs == ours);
                }
                (theirs, _) => {
                    let verdict = if theirs.is_some() { "we accept" } else { "we reject" };
                    wrong.push(format!("{verdict}: {}\n    {:?}", text.escape_ascii(), tree.errors.first()));
                }
            }
        }
    }
    println!("{} files, {rejected} rejected by both, first error on the same line in {same_line}", files.len());
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), files.len(), wrong.join("\n"));
    assert!(rejected > 1000 && files.len() - rejected > 1000, "the files must be of both kinds");
    assert!(same_line * 10 > rejected * 6, "only {same_line} of {rejected} first errors are on the same line");
}

#[test]
fn known_differences_are_still_there() {
    if !reference::is_present() {
        return;
    }
    let (reasons, files): (Vec<_>, Vec<_>) = known_differences().into_iter().unzip();
    let reference = reference::rejected(&files);
    for (number, text) in files.iter().enumerate() {
        let same = reference.contains_key(&number) != parse(text).errors.is_empty();
        assert!(!same, "no difference any more ({}): {:?}", reasons[number], String::from_utf8_lossy(text));
    }
}

/// Terraform's scanner takes `%` and the carriage return after it together, so that a strip marker at the start of the
/// next line does not reach the carriage return.
fn is_known_value_difference(text: &str) -> bool {
    ["%\r\n${~", "%\r\n%{~", "$\r\n${~", "$\r\n%{~"].iter().any(|piece| text.contains(piece))
}

#[test]
fn strings_are_worth_what_terraform_says() {
    if !reference::is_present() {
        return;
    }
    let mut strings: Vec<String> = values::STRINGS.iter().map(|text| (*text).to_owned()).collect();
    strings.extend((0..1500).map(Writer::string));
    let mut module = String::new();
    for (number, text) in strings.iter().enumerate() {
        module.push_str(&format!("output \"o{number}\" {{\n  value = {}\n}}\n", text.trim_end_matches('\n')));
    }
    let tree = parse(module.as_bytes());
    assert!(tree.errors.is_empty(), "{:?}", tree.errors);
    let document = Document::new(&tree, module.as_bytes());
    let reference = reference::outputs(&module);
    let mut wrong = Vec::new();
    for (number, block) in document.root().blocks().enumerate() {
        let value = block.body().value("value").unwrap();
        let ours = values::evaluate(value, &HashMap::new());
        if let Some(plain) = value.as_string() {
            assert_eq!(Some(plain.as_ref()), ours.as_deref(), "{}", value.text());
        }
        let theirs = &reference[&format!("o{number}")];
        if ours.as_ref() != Some(theirs) && !is_known_value_difference(&strings[number]) {
            wrong.push(format!("{:?}\n    ours   {ours:?}\n    theirs {theirs:?}", strings[number]));
        }
    }
    println!("{} strings", strings.len());
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), strings.len(), wrong.join("\n"));
}

/// Whether `hcl-edit` is known to read something else than terraform does although both accept the text.
fn is_known_edit_difference(text: &str) -> bool {
    // `1.e5` is a number in the reference, an attribute of 1 there.
    let number = [".e5", ".e3", ".e-", ".e+", ".E"].iter().any(|exponent| text.contains(exponent));
    // An empty heredoc with an indented end marker goes on there to the next line with the marker.
    let is_indented_marker = |line: &str| line.starts_with([' ', '\t']) && line.trim() == "E";
    let heredoc = text.split("<<").skip(1).any(|rest| rest.lines().nth(1).is_some_and(is_indented_marker));
    number || heredoc
}

#[test]
fn structure_is_what_hcl_edit_finds() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for bytes in all_files() {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let tree = parse(text.as_bytes());
        let Ok(body) = hcl_edit::parser::parse_body(&text) else { continue };
        if !tree.errors.is_empty() || is_known_edit_difference(&text) {
            continue;
        }
        compared += 1;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        structure::ours(Document::new(&tree, text.as_bytes()).root(), &mut ours);
        structure::theirs(&body, &text, &mut theirs);
        if let Some((ours, theirs)) = ours.iter().zip(&theirs).find(|(ours, theirs)| ours != theirs) {
            wrong.push(format!("{text:?}\n    ours   {ours}\n    theirs {theirs}"));
        } else if ours.len() != theirs.len() {
            wrong.push(format!("{text:?}: {} and {} items", ours.len(), theirs.len()));
        }
    }
    println!("{compared} files compared with hcl-edit");
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 1000);
}
