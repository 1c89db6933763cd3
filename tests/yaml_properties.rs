//! Properties of the YAML layer: it never panics, agrees with libyaml on values, and maps every decoded character to
//! the place where it is written.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use proptest::prelude::*;
use serde_yaml::Value;
use sprag::prometheus::{Content, ReadOptions, RuleFile, Text, read_with};
use sprag::source::Span;
use sprag::syntax::yaml::{Node, ScalarMap, Stream, Style, parse};

/// All scalars of a stream, keys included.
fn each_scalar<'t>(stream: &'t Stream<'t>, visit: &mut dyn FnMut(Node<'t>)) {
    fn walk<'t>(node: Node<'t>, visit: &mut dyn FnMut(Node<'t>)) {
        if node.alias().is_some() {
            return;
        }
        if node.scalar().is_some() {
            visit(node);
        }
        for item in node.items() {
            walk(item, visit);
        }
        for entry in node.entries() {
            walk(entry.key, visit);
            walk(entry.value, visit);
        }
    }
    for document in stream.documents() {
        walk(document.root(stream), visit);
    }
}

/// Each decoded character stands where the map says, or an escape or folded line break that makes it does.
fn check_map(source: &str, node: Node<'_>) -> Result<(), TestCaseError> {
    let Some(scalar) = node.scalar() else { return Ok(()) };
    let map = ScalarMap::new(source.as_bytes(), scalar);
    // The scanner does not tell the indentation of a block that is all blanks.
    if matches!(scalar.style, Style::Literal | Style::Folded) && scalar.value.trim().is_empty() {
        return Ok(());
    }
    prop_assert!(map.is_exact(), "no exact map of {:?} in {source:?}", scalar);
    let mut last_end = 0;
    for (at, character) in scalar.value.char_indices() {
        let (at, length) = (at as u32, character.len_utf8() as u32);
        let place = map.span(at..at + length);
        prop_assert!(place.start >= last_end, "{character:?} at {place:?} goes back in {source:?}");
        prop_assert!(scalar.span.start <= place.start, "{character:?} at {place:?} before {:?}", scalar.span);
        last_end = place.end;
        let written = place.text(source.as_bytes());
        let stands = match written {
            "" => character == '\n' && place.start as usize == source.len(),
            "\r\n" | "\r" | "\n" => matches!(character, '\n' | ' '),
            "''" => character == '\'',
            _ if written == character.to_string() => true,
            _ => decode_escape(written).as_deref() == Some(&character.to_string()),
        };
        prop_assert!(stands, "{character:?} is mapped to {written:?} at {place:?} in {source:?}");
    }
    Ok(())
}

/// What an escape stands for. JSON knows the surrogate pairs that libyaml refuses.
fn decode_escape(written: &str) -> Option<String> {
    let quoted = format!("\"{written}\"");
    serde_yaml::from_str(&quoted).ok().or_else(|| serde_json::from_str(&quoted).ok())
}

fn check_all_maps(source: &str) -> Result<usize, TestCaseError> {
    let stream = parse(source.as_bytes());
    let mut scalars = Vec::new();
    each_scalar(&stream, &mut |node| scalars.push(node));
    for node in &scalars {
        check_map(source, *node)?;
    }
    Ok(scalars.len())
}

/// A tree whose scalars are all text.
#[derive(Clone, Debug, PartialEq)]
enum Tree {
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[a-z]{1,4}",
        2 => Just(" ".to_owned()),
        1 => Just("  ".to_owned()),
        2 => Just("\n".to_owned()),
        1 => Just("\n\n".to_owned()),
        1 => Just("\n  ".to_owned()),
        2 => prop::sample::select(vec!["é", "漢", "😀", "'", "\"", "\\", "\t", ": ", " #", "#", "- ", "{{ $value }}", "|", ">", "&", "*", "%", "@", "[", "]", "{", "}", ",", "\u{85}", "\u{a0}", "\u{feff}", "\u{7f}"]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn tree() -> impl Strategy<Value = Tree> {
    text().prop_map(Tree::Text).prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Tree::List),
            prop::collection::btree_map("[a-z]{1,6}", inner, 1..4).prop_map(|map| Tree::Map(map.into_iter().collect())),
        ]
    })
}

fn escape(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\u{85}' => out.push_str("\\N"),
            '\u{a0}' => out.push_str("\\xa0"),
            '\u{feff}' | '\u{7f}' | '\t' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            '😀' => out.push_str("\\U0001f600"),
            'é' => out.push_str("\\u00E9"),
            other => out.push(other),
        }
    }
    out + "\""
}

/// A quoted scalar that is folded over lines: each space may become a line break, each line break becomes two.
fn fold(text: &str, quote: char, indent: &str, newline: &str) -> Option<String> {
    let words: Vec<&str> = text.split('\n').collect();
    let foldable = |line: &&str| {
        !line.is_empty()
            && line.trim() == *line
            && !line.contains(['\t', '\u{85}', '\u{feff}', '\u{7f}', '\\', '\u{a0}'])
    };
    if !words.iter().all(foldable) {
        return None;
    }
    let body = words.join(&format!("{newline}  {newline}{indent}"));
    let body = body.replacen(" is ", &format!(" {newline}{indent}\tis "), 1);
    Some(match quote {
        '\'' => format!("'{}'", body.replace('\'', "''")),
        _ => format!("\"{}\"", body.replace('"', "\\\"")),
    })
}

/// A block scalar. Only texts that can be written so.
fn block(text: &str, sign: char, indent: &str, newline: &str, explicit: bool) -> Option<String> {
    if text.trim().is_empty() || text.contains(['\u{85}', '\u{feff}', '\u{7f}']) {
        return None;
    }
    let first = text.split('\n').find(|line| !line.is_empty()).unwrap_or_default();
    let starts_blank = text.starts_with([' ', '\n']) || first.starts_with([' ', '\t']);
    // An explicit indentation counts from the parent's, which the caller keeps two columns to the left.
    let indicator = if explicit || starts_blank { "2" } else { "" };
    let tail = text.len() - text.trim_end_matches('\n').len();
    let chomp = match tail {
        0 => "-",
        1 => "",
        _ => "+",
    };
    let body = text.trim_end_matches('\n');
    let lines: Vec<String> =
        body.split('\n').map(|line| if line.is_empty() { String::new() } else { format!("{indent}{line}") }).collect();
    let joined = match sign {
        '|' => lines.join(newline),
        // Line breaks survive folding when doubled, and only between lines that do not start with a blank.
        _ if body.split('\n').all(|line| !line.is_empty() && !line.starts_with([' ', '\t'])) => {
            lines.join(&format!("{newline}{newline}"))
        }
        _ => return None,
    };
    Some(format!("{sign}{indicator}{chomp} # comment{newline}{joined}{}", newline.repeat(tail.max(1))))
}

struct Emitter<'r> {
    choose: &'r mut dyn FnMut(u32) -> u32,
    newline: &'static str,
    out: String,
}

impl Emitter<'_> {
    /// Writes `tree` after a `:` or `-`; `depth` is the column of nested lines.
    fn value(&mut self, tree: &Tree, depth: usize) {
        let newline = self.newline;
        match tree {
            Tree::Text(text) => {
                let written = self.scalar(text, &" ".repeat(depth));
                self.out.push(' ');
                self.out.push_str(&written);
                if !written.ends_with('\n') {
                    self.out.push_str(newline);
                }
            }
            Tree::List(items) if (self.choose)(4) == 0 => {
                self.out.push_str(" [");
                for item in items {
                    self.flow(item);
                    self.out.push_str(" , ");
                }
                self.out.push(']');
                self.out.push_str(newline);
            }
            Tree::List(items) => {
                self.out.push_str(newline);
                for item in items {
                    self.out.push_str(&" ".repeat(depth));
                    self.out.push('-');
                    self.value(item, depth + 2);
                }
            }
            Tree::Map(entries) => {
                self.out.push_str(newline);
                for (key, value) in entries {
                    let key = if (self.choose)(2) == 0 { format!("'{key}'") } else { format!("\"{key}\"") };
                    self.out.push_str(&format!("{}{key}:", " ".repeat(depth)));
                    self.value(value, depth + 2);
                }
            }
        }
    }

    fn flow(&mut self, tree: &Tree) {
        match tree {
            Tree::Text(text) => self.out.push_str(&escape(text)),
            Tree::List(items) => {
                self.out.push('[');
                for item in items {
                    self.flow(item);
                    self.out.push(',');
                }
                self.out.push(']');
            }
            Tree::Map(entries) => {
                self.out.push('{');
                for (key, value) in entries {
                    self.out.push_str(&format!("{}: ", escape(key)));
                    self.flow(value);
                    self.out.push(',');
                }
                self.out.push('}');
            }
        }
    }

    fn scalar(&mut self, text: &str, indent: &str) -> String {
        let newline = self.newline;
        let is_plain = !text.is_empty()
            && text.split(' ').all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == 'é'))
            && !["y", "n", "on", "no", "off", "yes", "true", "false", "null"].contains(&text);
        let written = match (self.choose)(6) {
            0 => block(text, '|', indent, newline, false),
            1 => block(text, '|', indent, newline, true),
            2 => block(text, '>', indent, newline, false),
            3 => fold(text, '\'', indent, newline),
            4 => fold(text, '"', indent, newline),
            _ if is_plain => Some(text.replacen(' ', &format!(" {newline}{indent}"), 1)),
            _ => None,
        };
        written.unwrap_or_else(|| escape(text))
    }
}

fn to_tree(node: Node<'_>) -> Tree {
    if node.is_sequence() {
        Tree::List(node.items().map(to_tree).collect())
    } else if node.is_mapping() {
        let entries = node.entries().map(|entry| (entry.key.text().unwrap_or("?").to_owned(), to_tree(entry.value)));
        Tree::Map(entries.collect())
    } else {
        Tree::Text(node.text().unwrap_or("?").to_owned())
    }
}

fn from_value(value: &Value) -> Tree {
    match value {
        Value::Sequence(items) => Tree::List(items.iter().map(from_value).collect()),
        Value::Mapping(map) => Tree::Map(
            map.iter().map(|(key, value)| (key.as_str().unwrap_or("?").to_owned(), from_value(value))).collect(),
        ),
        other => Tree::Text(other.as_str().unwrap_or("?").to_owned()),
    }
}

/// A rule file and a manifest, to be damaged.
const RULES: &str = "\
groups:
- name: node
  interval: 1m
  rules:
  - alert: Down
    expr: |
      up
      == 0
    for: 5m
    labels: &labels {severity: critical}
    annotations:
      summary: \"{{ $labels.instance }}\\n is down\"
  - record: job:up:sum
    expr: sum by (job) (up)
    labels: {<<: *labels}
";

/// All places and texts of a rule file.
fn each_place(file: &RuleFile, visit: &mut dyn FnMut(Span), read: &mut dyn FnMut(&Text)) {
    for error in &file.syntax_errors {
        visit(error.span);
    }
    for violation in &file.violations {
        visit(violation.span);
    }
    for comment in &file.comments {
        visit(comment.span);
    }
    file.ignored.iter().copied().for_each(&mut *visit);
    for (group, rule) in file.rules() {
        visit(group.span);
        visit(rule.span);
        let pairs = group.labels.iter().chain(&rule.labels).chain(&rule.annotations);
        let texts = [&group.name, &rule.alert, &rule.record, &rule.expr].into_iter().flatten();
        texts.chain(pairs.flat_map(|pair| [&pair.name, &pair.value])).for_each(&mut *read);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tree_in_any_style_is_read_back(tree in tree(), dice in prop::collection::vec(any::<u32>(), 24), crlf: bool) {
        let mut at = 0;
        let mut choose = |sides: u32| {
            at += 1;
            dice[at % dice.len()] % sides
        };
        let newline = if crlf { "\r\n" } else { "\n" };
        let mut emitter = Emitter { choose: &mut choose, newline, out: String::from("root:") };
        emitter.value(&tree, 2);
        let source = emitter.out;
        let stream = parse(source.as_bytes());
        prop_assert_eq!(stream.errors().next(), None, "{:?}", source);
        let expected = Tree::Map(vec![("root".to_owned(), tree)]);
        prop_assert_eq!(&to_tree(stream.documents()[0].root(&stream)), &expected, "{:?}", &source);
        let oracle: Value = serde_yaml::from_str(&source).map_err(|error| TestCaseError::fail(format!("{error}: {source:?}")))?;
        prop_assert_eq!(from_value(&oracle), expected, "{:?}", source);
        prop_assert!(check_all_maps(&source)? >= 2);
    }

    #[test]
    fn any_lines_of_a_block_scalar_are_mapped(
        lines in prop::collection::vec("[ \t]{0,5}[a-zé '\"#:|>-]{0,6}[ \t]{0,2}", 1..8),
        header in "[|>][1-4]?[+-]?( # [|a]{1,3})?",
        newline in prop::sample::select(vec!["\n", "\r\n"]),
        ends: bool,
        indent in 0_usize..4,
    ) {
        let pad = " ".repeat(indent);
        let lines: Vec<String> = lines.iter().map(|line| format!("{pad}{line}")).collect();
        let mut source = format!("k | x: {header}{newline}{}", lines.join(newline));
        if ends {
            source.push_str(newline);
            source.push_str("next: 1");
        }
        let stream = parse(source.as_bytes());
        check_all_maps(&source)?;
        // Where libyaml takes the text as well, both must have read the same. At the end of a file that lacks its last
        // line break libyaml adds none to the value, which granit and YAML 1.2 do.
        if ends && stream.errors().next().is_none() && let Ok(oracle) = serde_yaml::from_str::<Value>(&source) {
            let ours = stream.documents()[0].root(&stream).get("k | x").and_then(Node::text);
            prop_assert_eq!(ours, oracle.get("k | x").and_then(Value::as_str), "{:?}", source);
        }
    }

    #[test]
    fn any_quoted_or_plain_lines_are_mapped(
        body in prop::collection::vec(prop::sample::select(vec![
            "a", "é", "😀", " ", "  ", "\t", "\n", "\r\n", "\n \n", "''", "\\n", "\\\\", "\\\"", "\\x41", "\\xe9", "\\u00e9", "\\u6f22",
            "\\ud83d\\ude00", "\\U0001F600", "\\N", "\\_", "\\L", "\\P", "\\0", "\\e", "\\\n", "\\\r\n", "\\ ", "\\\t", "#", ": ", "x:", "-",
        ]), 0..12),
        quote in prop::sample::select(vec!["", "'", "\""]),
    ) {
        let body = body.concat().replace('\n', "\n   ");
        let source = format!("k: {quote}{body}{quote}\nz: 1\n");
        let stream = parse(source.as_bytes());
        check_all_maps(&source)?;
        if stream.errors().next().is_none() && let Ok(oracle) = serde_yaml::from_str::<Value>(&source)
            && let Some(expected) = oracle.get("k").and_then(Value::as_str)
        {
            let ours = stream.documents()[0].root(&stream).get("k").and_then(Node::text);
            prop_assert_eq!(ours, Some(expected), "{:?}", source);
        }
    }

    #[test]
    fn arbitrary_text_never_panics(source in prop_oneof!["\\PC{0,60}", "[a-c:\\-\\[\\]{}&*!|>'\"%#, \\n\\r\\t?~<]{0,60}"]) {
        check_all_maps(&source)?;
        let stream = parse(source.as_bytes());
        for error in stream.errors() {
            prop_assert!(error.span.end as usize <= source.len(), "{error:?}");
        }
        let _ = (stream.template_hole(), format!("{:?}", stream.documents().iter().map(|d| d.root(&stream)).collect::<Vec<_>>()));
    }

    #[test]
    fn arbitrary_bytes_never_panic(source in prop::collection::vec(any::<u8>(), 0..80)) {
        let stream = parse(&source);
        for error in stream.errors() {
            prop_assert!(error.span.end as usize <= source.len(), "{error:?}");
        }
    }

    #[test]
    fn a_map_within_a_map_is_the_map_of_the_map(
        inner in prop::collection::vec("[a-z\"'é]{0,6}", 1..4),
        style in prop::sample::select(vec!["|", ">-", "\""]),
    ) {
        // YAML in a block of YAML, as in a ConfigMap.
        let text = inner.concat();
        let inner_source = match style {
            "\"" => format!("k: {}\n", escape(&text)),
            _ => format!("k: {style}\n  x{}\n", inner.join("\n  ")),
        };
        let source = format!("data:\n  file: |\n    {}", inner_source.replace('\n', "\n    "));
        let outer_stream = parse(source.as_bytes());
        let outer = outer_stream.documents()[0].root(&outer_stream).get("data").and_then(|data| data.get("file")).unwrap();
        let outer_scalar = outer.scalar().unwrap();
        let outer_map = ScalarMap::new(source.as_bytes(), outer_scalar);
        let inner_stream = parse(outer_scalar.value.as_bytes());
        let node = inner_stream.documents()[0].root(&inner_stream).get("k").unwrap();
        let scalar = node.scalar().unwrap();
        let inner_map = ScalarMap::new(outer_scalar.value.as_bytes(), scalar);
        let direct = inner_map.within(&outer_map);
        for (at, character) in scalar.value.char_indices() {
            let range = at as u32..(at + character.len_utf8()) as u32;
            prop_assert_eq!(direct.span(range.clone()), outer_map.place(inner_map.span(range)));
        }
    }

    #[test]
    fn damaged_rule_files_are_read_without_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..6, "[a-z:\\-{}\\[\\]'\"|>&*# \n\t<é]{0,4}"), 0..6),
        in_config_map: bool,
        assume_rules: bool,
    ) {
        let mut text = RULES.to_owned();
        for (at, length, insert) in edits {
            let starts: Vec<usize> = text.char_indices().map(|(start, _)| start).chain([text.len()]).collect();
            let from = at.index(starts.len());
            let to = (from + length).min(starts.len() - 1);
            text.replace_range(starts[from]..starts[to], &insert);
        }
        let source = if in_config_map {
            format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  r.yml: |\n    {}\n", text.replace('\n', "\n    "))
        } else {
            text
        };
        let content = read_with(source.as_bytes(), ReadOptions { assume_rules, ..ReadOptions::default() });
        let Content::Rules(file) = content else { return Ok(()) };
        let end = source.len() as u32;
        let mut good = true;
        let mut texts_good = true;
        each_place(&file, &mut |span| good &= span.end <= end, &mut |text| {
            // Each ASCII letter of a text stands at its place.
            let stands = |(at, byte): (usize, u8)| {
                let place = text.map.character(at as u32);
                !byte.is_ascii_alphanumeric() || place.slice(source.as_bytes()) == [byte] || place.len() > 1
            };
            texts_good &= text.span.end <= end && text.value.bytes().enumerate().all(stands);
        });
        prop_assert!(good && texts_good, "{source:?}");
    }
}
