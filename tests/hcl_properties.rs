//! What holds of the HCL parser for any bytes at all.

#![allow(clippy::unwrap_used)] // helpers of tests, which clippy does not take for tests

mod hcl_invariants;

use std::thread;

use hcl_invariants::{check, check_errors, check_tokens};
use proptest::prelude::*;
use sprag::syntax::hcl::{Document, MAX_DEPTH, parse};

/// Pieces of the language in any order: more likely to get deep into the parser than bytes are.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b_1",
        " = ",
        "=",
        "==",
        "=>",
        "{",
        "}",
        "{\n",
        "\n}\n",
        "[",
        "]",
        "(",
        ")",
        "\"",
        "${",
        "${~",
        "~}",
        "%{",
        "%{ if ",
        "%{ else }",
        "%{ endif }",
        "%{ for x in ",
        "%{ endfor ~}",
        "<<E\n",
        "<<-E\n",
        "\nE\n",
        "  E\n",
        "\n",
        "\r\n",
        "\r",
        ",",
        ".",
        ".*",
        "[*]",
        "...",
        ":",
        "::",
        "?",
        "!",
        "-",
        "+",
        "&&",
        "||",
        "<",
        "1",
        "0.5",
        "1e3",
        "true",
        "null",
        "for ",
        " in ",
        "if ",
        "#",
        "//",
        "/*",
        "*/",
        "\\n",
        "\\u00e9",
        "\\",
        "$",
        "%",
        "$${",
        " ",
        "\t",
        "é",
        "\u{301}",
        "\u{feff}",
        "\0",
        "'",
        ";",
        "resource \"a\" \"b\" {\n",
        "x = 1\n",
        "  y = \"z\"\n",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

const VALID: &str = "resource \"a\" \"b\" {\n  for_each = { for k, v in var.x : k => v... if k != \"\" }\n  c        = \"${a.b[0].c} %{ if d ~} e %{ endif }\"\n  \
    f        = <<-EOT\n    g ${h}\n      i\n  EOT\n  j { k = [1, -2.5e3, !true, l.*.m, n[*].o, p(q...)] }\n}\n";

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        rng_seed: prop::test_runner::RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes(text in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&text);
    }

    #[test]
    fn any_pieces(text in pieces()) {
        check(text.as_bytes());
    }

    #[test]
    fn damaged_file(at in 0..VALID.len(), cut in 0usize..8, insert in pieces(), bytes in prop::collection::vec(any::<u8>(), 0..3)) {
        let mut text = VALID.as_bytes().to_vec();
        let insert = [insert.as_bytes(), &bytes].concat();
        text.splice(at..(at + cut).min(VALID.len()), insert.into_iter().take(12));
        check(&text);
    }

    #[test]
    fn every_prefix(end in 0..=VALID.len()) {
        check(&VALID.as_bytes()[..end]);
    }
}

#[test]
fn the_valid_file_is_valid() {
    assert_eq!(parse(VALID.as_bytes()).errors, []);
    check(VALID.as_bytes());
}

/// Runs `work` on a stack of 2 MiB, that of a thread of the pool.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

/// What opens and closes one level of each kind of nesting.
const NESTS: &[(&str, &str, &str)] = &[
    ("a = ", "(", ")"),
    ("a = ", "[", "]"),
    ("a = ", "{ b = ", "}"),
    ("a = ", "{\nb = ", "\n}"),
    ("a = ", "{ (", ") = 1 }"),
    ("a = ", "f(", ")"),
    ("a = ", "f(1, ", "...)"),
    ("a = ", "b[", "]"),
    ("a = ", "b[*][", "]"),
    ("a = ", "-", ""),
    ("a = ", "!", ""),
    ("a = ", "1 ? 2 : ", ""),
    ("a = ", "1 ? ", " : 2"),
    ("a = 1", " ? 1 : 1", ""),
    ("a = ", "[for b in c : ", "]"),
    ("a = ", "[for b in ", " : c]"),
    ("a = ", "{for b in c : d => ", "}"),
    ("a = ", "[for b in c : d if ", "]"),
    ("a = ", "\"${", "}\""),
    ("a = ", "\"%{ if b }${", "}%{ endif }\""),
    ("a = \"", "%{ if b }", "%{ endif }"),
    ("a = \"", "%{ for b in c }", "%{ endfor }"),
    ("a = \"", "%{ if ", "}"),
    ("a = \"", "%{ for b in ", "}"),
    ("a = ", "<<E\n${", "}\nE\n"),
    ("a = <<E\n", "%{ if b }\n", "%{ endif }\n"),
    ("", "a {\n", "}\n"),
    ("", "a \"b\" {\nc = [\n", "]\n}\n"),
    ("", "a {", "}"),
    ("a = b", "[*]", ""),
    ("a = b", ".*", ""),
    ("a = ", "1 + (", ")"),
    ("a = ", "1 || 2 && 3 == 4 < 5 + 6 * -(", ")"),
    ("a = <<-E\n", "%{ if b }\n", "%{ endif }\n"),
];

#[test]
fn deep_nesting_overflows_no_stack() {
    on_small_stack(|| {
        for (before, open, close) in NESTS {
            for levels in [MAX_DEPTH as usize - 60, MAX_DEPTH as usize - 1, MAX_DEPTH as usize, 1000, 100_000] {
                for closed in [levels, levels / 2, 0] {
                    let text = format!("{before}{}1{}\nz = 1\n", open.repeat(levels), close.repeat(closed));
                    let tree = parse(text.as_bytes());
                    check_tokens(&tree, text.as_bytes());
                    check_errors(&tree, text.as_bytes());
                    let document = Document::new(&tree, text.as_bytes());
                    assert!(document.root().attribute("z").is_some() || !tree.errors.is_empty());
                    assert!(document.root().items().count() <= levels + 2);
                }
            }
        }
    });
}

#[test]
fn nesting_is_limited_with_a_plain_message() {
    for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("!", ""), ("\"${", "}\"")] {
        let text = |levels: usize| format!("a = {}1{}\nb = 2\n", open.repeat(levels), close.repeat(levels));
        assert_eq!(parse(text(100).as_bytes()).errors, [], "{open}");
        let tree_text = text(MAX_DEPTH as usize + 1);
        let tree = parse(tree_text.as_bytes());
        let messages: Vec<_> = tree.errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(messages, [format!("nested more than {MAX_DEPTH} levels deep")], "{open}");
        assert!(Document::new(&tree, tree_text.as_bytes()).root().attribute("b").is_some(), "{open}");
    }
}

#[test]
fn long_flat_texts_are_no_nesting() {
    on_small_stack(|| {
        let long = 100_000;
        let texts = [
            format!("a = x{}\n", " || x".repeat(long)),
            format!("a = x{}\n", " + 1 * 2".repeat(long)),
            format!("a = x{}\n", ".b".repeat(long)),
            format!("a = x{}\n", "[0]".repeat(long)),
            format!("a = x{}\n", "[*].b".repeat(200)),
            format!("a = [{}]\n", "1, ".repeat(long)),
            format!("a = {{{}}}\n", "b = 1, ".repeat(long)),
            format!("a = f({})\n", "1, ".repeat(long)),
            format!("a = \"{}\"\n", "${b} ".repeat(long)),
            format!("a = <<E\n{}E\n", "x ${b}\n".repeat(long)),
            format!("a = <<-E\n{}E\n", "  x\n".repeat(long)),
            format!("a \"l\" {}{{}}\n", "\"l\" ".repeat(long)),
            (0..long).map(|number| format!("a{number} = 1\n")).collect(),
            "a {}\n".repeat(long),
            "# x\n".repeat(long),
            " ".repeat(long),
        ];
        for text in texts {
            let tree = parse(text.as_bytes());
            assert_eq!(tree.errors, []);
            check_tokens(&tree, text.as_bytes());
            let document = Document::new(&tree, text.as_bytes());
            if let Some(attribute) = document.root().attributes().next() {
                assert!(attribute.value().walk().count() > 0);
            }
            if let Some(top) = document.expressions().last() {
                assert!(top.walk().all(|inner| top.span().covers(inner.span())));
            }
        }
    });
}

#[test]
fn a_long_line_of_errors_takes_no_long_time() {
    let started = std::time::Instant::now();
    for piece in [
        "a = (\n",
        "a {\n",
        "}\n",
        "a = \"\n",
        "'",
        "a = <<E\n",
        "a = ${\n",
        "= ",
        "a = [}\n",
        "\u{feff}",
        "a = \"${\n",
        "a { b\n",
        "a = {\n  x = 1\n",
        "a = {\n  x = [\n",
        "?\n",
    ] {
        let tree = parse(piece.repeat(20_000).as_bytes());
        assert!(!tree.errors.is_empty(), "{piece}");
    }
    let tree = parse(&[0xff; 100_000]);
    assert!(!tree.errors.is_empty());
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
