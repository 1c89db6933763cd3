//! What the HCL parser says about broken files, and that one slip neither hides what follows nor makes up more errors.

#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not take for tests

use std::fmt::Write as _;

use sprag::source::{LineIndex, Span};
use sprag::syntax::hcl::{BodyView, Document, ItemView, parse};

/// Broken files by what is wrong with them.
const BROKEN: &[(&str, &str)] = &[
    ("a block without its brace", "resource \"a\" \"b\" {\n  x = 1\n\nresource \"c\" \"d\" {\n  y = 2\n}\n\nz {\n}\n"),
    (
        "a value's object without its brace",
        "resource \"a\" \"b\" {\n  tags = {\n    x = \"1\"\n  c = [\n    \"y\",\n  ]\n}\n\nresource \"d\" \"e\" {\n}\n",
    ),
    ("no closing quote", "a = \"x\nb = 2\nc = = 3\n"),
    ("no closing quote in a label", "resource \"a \"b\" {\n  x = 1\n}\ny = = 1\n"),
    ("no comma in a list", "a = [\n  1\n  2\n]\nb = = 2\n"),
    ("an equals sign in a header", "resource \"a\" \"b\" = {\n  x = 1\n}\nb = = 2\n"),
    ("a colon for an equals sign", "a: 1\nb = = 2\n"),
    ("single quotes", "a = 'x'\nb = 'y z'\nc = 1\n"),
    ("typographic quotes", "a = “x”\nb = 1\n"),
    ("backticks", "a = `x`\nb = 1\n"),
    ("semicolons", "a = 1;\nb = 2;\n"),
    ("operators of other languages", "a = b & c\nd = e | f\ng = not h\ni = j and k\nl = m or n\n"),
    ("an assignment operator", "a += 1\nb = 1\n"),
    ("spread", "a = { ...b }\nc = [...d]\n"),
    ("no brace after an interpolation", "a = \"x ${b\"\nc = \"x ${b y\"\nd = 1\n"),
    ("a shell's variable", "a = \"${VAR:-x}\"\nb = ${c}\nd = $e\n"),
    ("an unclosed heredoc", "a = <<EOT\n  x\nb = 1\n"),
    ("an end marker in company", "a {\n  b = f(<<EOT\n    x\n    EOT)\n  c = 1\n}\n"),
    ("an end marker at the end of the file", "a = <<EOT\nx\nEOT"),
    ("a carriage return in a heredoc", "a = <<E\nx\ry\nE\nb = 1\n"),
    ("JSON", "{\n  \"resource\": {\n    \"a\": {\n      \"b\": 1\n    }\n  }\n}\n"),
    ("YAML", "groups:\n  - name: x\n    rules:\n      - alert: y\n"),
    ("a merge conflict", "a = 1\n<<<<<<< HEAD\nb = 2\n=======\nb = 3\n>>>>>>> branch\nc = 4\n"),
    ("a merge conflict in a list", "a = [\n<<<<<<< HEAD\n  1,\n=======\n  2,\n>>>>>>> branch\n]\nc = 4\n"),
    ("a brace on the next line", "resource \"a\" \"b\"\n{\n  x = 1\n}\nb = 2\n"),
    ("two arguments on one line", "a { b = 1, c = 2 }\nd = 1, e = 2\nf = 1 g = 2\n"),
    ("one line begun, several written", "a { b = 1\n  c = 2\n}\nd = 1\n"),
    ("blocks in one line", "a { b { c = 1 } }\nd = 1\n"),
    ("a quoted argument name", "\"a\" = 1\nb = 2\n"),
    ("a brace too many", "a {\n}\n}\nb = 1\n"),
    ("an argument set twice", "a = 1\nb = 2\na = 3\n"),
    ("escapes of regular expressions", "a = \"\\d+\"\nb = \"\\.\"\nc = \"\\u12\"\nd = \"\\ud800\"\n"),
    ("an unclosed list", "a = [1, 2\nb = 3\nc = 4\n"),
    ("an unclosed call", "a = f(1, 2\nb = 3\n\nc {\n}\n"),
    ("an unclosed object", "a = {\n  b = 1\n  c = 2\n\nd = 3\ne {\n}\n"),
    ("an unclosed list in a block", "a {\n  b = [\n    1,\n    2,\n  c = 3\n}\n\nd {\n}\n"),
    ("a list at the margin", "a = [\nb,\nc d\n]\ne = 1\n"),
    ("an unclosed parenthesis", "a = (b\n  && c\n\nd = 1\n"),
    ("the wrong bracket", "a = [1, 2)\nb = 3\n"),
    (
        "for expressions",
        "a = [for x y : z]\nb = {for x in y : z}\nc = [for x in y : a => b]\nd = [for x in y z]\ne = [for x in y : z...]\n",
    ),
    ("half a conditional", "a = b ? c\nd = 1\n"),
    ("half an operation", "a = b +\nc = 1\nd = && e\n"),
    ("addresses as numbers", "a = 1.2.3\nb = 10.0.0.0/8\nc = 1\n"),
    ("directives", "a = \"%{ if x }y\"\nb = \"%{ endif }\"\nc = \"%{ foo }\"\nd = \"%{ if x }%{ endfor }\"\n"),
    ("interpolation in a label", "a \"${b}\" {\n  x = 1\n}\nc = 1\n"),
    ("steps of references", "a = b.0.1\nc = b.*.*\nd = b.\ne = b[\nf = 1\n"),
    ("an unclosed comment", "a = 1\n/* x\nb = 2\n"),
    ("a key without value", "a = {\n  b\n  c = 1\n}\nd = { e = 1 f = 2 }\ng = 1\n"),
    (
        "several slips at several depths",
        "a {\n  b {\n    c = [1 2]\n    d = = 3\n    e = 4\n  }\n  f = \"x\n}\ng = 1 2\n",
    ),
    ("calls", "a = f(1 2)\nb = f(1,, 2)\nc = f(x... , 1)\nd = f:g()\ne = f::g\n"),
    ("a zero byte and an invisible blank", "a = 1\0\nb\u{a0}= 2\n"),
    ("a dotted argument name", "a.b = 1\nc = 1\n"),
];

/// Broken files that end the text inside something: what follows belongs to it.
const SWALLOW: &[&str] =
    &["an unclosed heredoc", "an end marker in company", "an end marker at the end of the file", "an unclosed comment"];

fn place(index: &LineIndex, text: &str, span: Span) -> String {
    let (start, end) = (index.position(text.as_bytes(), span.start), index.position(text.as_bytes(), span.end));
    if start.line == end.line {
        format!("{}:{}-{}", start.line, start.column, end.column)
    } else {
        format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column)
    }
}

/// What was read in spite of the errors.
fn outline(body: BodyView<'_>) -> String {
    let items = body.items().map(|item| match item {
        ItemView::Attribute(attribute) => attribute.name().to_owned(),
        ItemView::Block(block) => format!("{} {{ {} }}", block.kind(), outline(block.body())),
    });
    items.collect::<Vec<_>>().join(", ")
}

#[test]
fn broken_files_are_explained() {
    let mut report = String::new();
    for (title, text) in BROKEN {
        let tree = parse(text.as_bytes());
        let index = LineIndex::new(text.as_bytes());
        writeln!(report, "--- {title}\n{}", text.trim_end_matches('\n').replace('\r', "␍").replace('\0', "␀")).unwrap();
        for error in &tree.errors {
            let note = if error.note.is_empty() { String::new() } else { format!(" ({})", error.note) };
            writeln!(report, ">> {} {}{note}", place(&index, text, error.span), error.message).unwrap();
            if let Some((span, message)) = &error.related {
                writeln!(report, "   {} {message}", place(&index, text, *span)).unwrap();
            }
            if let Some(help) = &error.help {
                writeln!(report, "   help: {help}").unwrap();
            }
        }
        writeln!(report, "read: {}\n", outline(Document::new(&tree, text.as_bytes()).root())).unwrap();
    }
    insta::assert_snapshot!(report);
}

#[test]
fn a_slip_does_not_hide_what_follows() {
    for (title, text) in BROKEN.iter().filter(|(title, _)| !SWALLOW.contains(title)) {
        let longer = format!("{text}\nlast_good = 1\n\nlast_bad = = 2\n\nlast_block {{\n  inner = 1\n}}\n");
        let (before, tree) = (parse(text.as_bytes()), parse(longer.as_bytes()));
        let document = Document::new(&tree, longer.as_bytes());
        let found = |name: &str| outline(document.root()).contains(name);
        assert!(found("last_good") && found("last_block") && found("inner"), "{title}: {}", outline(document.root()));
        assert_eq!(tree.errors.len(), before.errors.len() + 1, "{title}: {:?}", tree.errors);
    }
}

#[test]
fn messages_have_one_style() {
    for (title, text) in BROKEN {
        let tree = parse(text.as_bytes());
        assert!(!tree.errors.is_empty(), "{title}");
        for error in &tree.errors {
            let texts = [
                Some(&error.message),
                Some(&error.note),
                error.help.as_ref(),
                error.related.as_ref().map(|related| &related.1),
            ];
            for text in texts.into_iter().flatten() {
                assert!(!text.ends_with('.'), "{text}");
                let first = text.split_whitespace().next().unwrap_or_default();
                assert!(!first.starts_with(char::is_uppercase) || first == "JSON", "{text}");
            }
        }
    }
}

/// Valid text before and after a slip gives no errors of its own.
#[test]
fn errors_are_few() {
    for (title, text) in BROKEN {
        let errors = parse(text.as_bytes()).errors;
        let lines = text.lines().count();
        assert!(errors.len() <= lines, "{title}: {errors:?}");
    }
}
