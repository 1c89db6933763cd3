//! The schema says what the readers do.

use super::*;
use crate::config::{Config, FileId};

const LINTS: [&str; 1] = ["terraform/unused-declaration"];

fn parse(text: &str) -> Config {
    let (config, mistakes) = Config::parse(text.as_bytes(), FileId(0), &LINTS);
    assert!(mistakes.is_empty(), "{text}\n{mistakes:?}");
    config
}

/// All blocks, each with those it stands in.
fn paths() -> Vec<Vec<&'static Block>> {
    fn below(path: &[&'static Block], all: &mut Vec<Vec<&'static Block>>) {
        all.push(path.to_vec());
        for block in path[path.len() - 1].blocks {
            below(&[path, &[*block]].concat(), all);
        }
    }
    let mut all = Vec::new();
    below(&[&ROOT], &mut all);
    all
}

/// A value of this kind.
fn sample(kind: Kind) -> String {
    match kind {
        Kind::Bool | Kind::Expression => "true".to_owned(),
        Kind::Number => "3".to_owned(),
        Kind::Text | Kind::Path | Kind::PathPattern | Kind::NamePattern | Kind::Regex => "\"a\"".to_owned(),
        Kind::Duration => "\"10s\"".to_owned(),
        Kind::Date => "\"2026-12-31\"".to_owned(),
        Kind::Selector | Kind::Lint => format!("\"{}\"", LINTS[0]),
        Kind::Severity => "\"note\"".to_owned(),
        Kind::Version => "\"1.9\"".to_owned(),
        Kind::Release => "\"2.42\"".to_owned(),
        Kind::Schedule => "\"weekly\"".to_owned(),
        Kind::Url | Kind::Reach => "\"https://a\"".to_owned(),
        Kind::Preset => "\"homelab\"".to_owned(),
        Kind::Word(words, _) => format!("\"{}\"", words[0]),
        Kind::Inputs => "{ a = 1 }".to_owned(),
        Kind::List(of) => format!("[{}]", sample(*of)),
        Kind::Map(key, value) => format!("{{ {} = {} }}", sample(*key), sample(*value)),
    }
}

fn head(block: &Block) -> String {
    block.head().replace('…', "a")
}

fn written(argument: &Argument) -> String {
    match argument.default {
        Default::Value(value) => format!("{} = {value}\n", argument.name),
        _ => format!("{} = {}\n", argument.name, sample(argument.kind)),
    }
}

/// What `block` holds at least, with `more` in it.
fn least(block: &Block, more: &str) -> String {
    let required = block.arguments.iter().filter(|argument| argument.default == Default::Required);
    let inner = block.blocks.iter().filter(|inner| inner.times == Times::OnceOrMore);
    let inner = inner.map(|inner| format!("{} {{\n{}}}\n", head(inner), least(inner, "")));
    required.map(written).chain(inner).collect::<String>() + more
}

/// Everything that a block takes, but for what contradicts something else.
fn all(block: &Block) -> String {
    let arguments = block.arguments.iter().filter(|argument| !["preset", "bearer_file"].contains(&argument.name));
    let blocks = block.blocks.iter().filter(|inner| inner.labels != [Label::Word("metrics")]);
    let blocks = blocks.map(|inner| format!("{} {{\n{}}}\n", head(inner), all(inner)));
    arguments.map(written).chain(blocks).collect()
}

#[test]
fn a_configuration_may_hold_all_of_it() {
    let text = all(&ROOT).replace("_invariant \"a\" \"a\"", "_invariant \"a\" \"N\"");
    let mut number = 0;
    let distinct = text.split("\"N\"").collect::<Vec<_>>();
    let text = distinct.into_iter().fold(String::new(), |text, part| {
        number += 1;
        if text.is_empty() { part.to_owned() } else { format!("{text}\"n{number}\"{part}") }
    });
    let config = parse(&text);
    assert_ne!(config, Config::default());
    assert_eq!(config.invariants.len(), 4);
}

#[test]
fn defaults_are_what_holds_without_them() {
    let mut count = 0;
    for path in paths() {
        let inmost = path[path.len() - 1];
        for argument in inmost.arguments.iter().filter(|argument| matches!(argument.default, Default::Value(_))) {
            let with = |more: &str| {
                let inside = path[1..].iter().rev().fold(None, |inside: Option<String>, block| {
                    let more = inside.unwrap_or_else(|| more.to_owned());
                    Some(format!("{} {{\n{}}}\n", head(block), least(block, &more)))
                });
                parse(&inside.unwrap_or_default())
            };
            count += 1;
            assert_eq!(with(&written(argument)), with(""), "{} of {}", argument.name, inmost.name);
        }
    }
    assert!(count >= 9, "{count} defaults seen");
}

#[test]
fn says_what_everything_is_for() {
    for path in paths() {
        let block = path[path.len() - 1];
        let docs = block.arguments.iter().map(|argument| argument.doc).chain([block.doc]);
        for doc in docs {
            assert!(!doc.is_empty() && !doc.ends_with('.') && !doc.contains("  ") && !doc.contains('|'), "{doc}");
        }
        let is_open = block.is_open || block.labels == [Label::Word("metrics")];
        assert!(is_open || block.names().next().is_some(), "nothing can be written in {}", block.name);
    }
}
