//! The same expressions for `promql-parser`, which follows Prometheus 3, knows no releases and says where something is
//! wrong only in words. Its faults are known by these words, or by ours.

use std::sync::LazyLock;

use regex::Regex;
use sprag::syntax::promql::{Options, parse};

use super::{EXPRESSIONS, Mutator, generator, lines, mutation};

/// What `promql-parser` 0.11 rejects and Prometheus 3 accepts: the reason, and a pattern of its message.
const REJECTS: [(&str, &str); 7] = [
    ("an escape in a string of back-ticks is taken for one", "^unknown escape sequence"),
    ("regular expressions are read by another library than RE2", "^illegal regex"),
    ("digits may be grouped with `_`", "^bad number or duration syntax: .*_"),
    ("durations may be calculated", "^unexpected character inside brackets"),
    ("an offset may be 0", "^duration must be greater than 0"),
    ("a function of Prometheus 2 is known while no release is given", "^unknown function with name 'holt_winters'"),
    ("a label of a grouping may hold a colon", "is not valid label in grouping opts"),
];

/// The same, for mistakes of which it says only `invalid promql query`: a pattern of the expression.
const REJECTS_WITHOUT_REASON: [(&str, &str); 2] = [
    ("an offset may stand in brackets", r"(?i)offset\s*(#[^\n]*\n\s*)*[-+]?\s*\("),
    ("`smoothed` and `anchored` modify a selector since 3.7", "smoothed|anchored"),
];

/// What it accepts and Prometheus rejects: the reason, and a pattern of our message.
const ACCEPTS: [(&str, &str); 5] = [
    ("regular expressions are read by another library than RE2", "^invalid regular expression"),
    ("a number is infinite when it is too large", "is not a number or duration$"),
    ("durations have no limit", "is longer than 292 years$"),
    ("moments have no limit", "^timestamp out of bounds"),
    ("a string may have a sign", "^unary expression only allowed on expressions of type .* got string$"),
];

type Fault = (&'static str, Regex);

fn patterns(all: &[(&'static str, &str)]) -> Vec<Fault> {
    all.iter().map(|(reason, pattern)| (*reason, Regex::new(pattern).expect("valid pattern"))).collect()
}

static FAULTS: LazyLock<[Vec<Fault>; 3]> =
    LazyLock::new(|| [patterns(&REJECTS), patterns(&REJECTS_WITHOUT_REASON), patterns(&ACCEPTS)]);

fn fault(faults: &[Fault], text: &str) -> Option<&'static str> {
    faults.iter().find(|(_, pattern)| pattern.is_match(text)).map(|(reason, _)| *reason)
}

/// Fails with the differences that no known fault explains. Returns the faults that were seen.
fn compare(expressions: &[String]) -> Vec<&'static str> {
    let (mut differences, mut seen) = (Vec::new(), Vec::new());
    for expression in expressions {
        let ours = parse(expression, &Options::default());
        // Text that no server would see as it stands.
        if !ours.holes.is_empty() {
            continue;
        }
        let ours: Vec<&str> = ours.errors.iter().map(|error| error.message.as_str()).collect();
        let theirs = promql_parser::parser::parse(expression).map(|_| ());
        let known = match (&theirs, ours.first()) {
            (Ok(()), None) | (Err(_), Some(_)) => continue,
            (Ok(()), Some(message)) => fault(&FAULTS[2], message),
            (Err(message), None) => {
                let silent = || fault(&FAULTS[1], expression).filter(|_| message == "invalid promql query");
                fault(&FAULTS[0], message).or_else(silent)
            }
        };
        match known {
            Some(reason) => seen.push(reason),
            None => differences.push(format!("{expression:?}\n    promql-parser: {theirs:?}\n    sprag: {ours:?}")),
        }
    }
    println!("{} expressions, {} known faults of promql-parser", expressions.len(), seen.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    seen
}

#[test]
fn expressions_agree_with_promql_parser() {
    let seen = compare(&lines(EXPRESSIONS));
    let gone = FAULTS.iter().flatten().filter(|(reason, _)| !seen.contains(reason));
    let gone: Vec<&str> =
        gone.map(|(reason, _)| *reason).filter(|reason| !reason.starts_with("a string may")).collect();
    assert!(gone.is_empty(), "no fault any longer: {gone:?}");
}

#[test]
fn generated_expressions_agree_with_promql_parser() {
    let generated = generator::expressions(3000);
    compare(&generated);
    let mut mutator = Mutator::new(0x2d0);
    let changed: Vec<String> = (0..10_000).map(|_| mutator.change(&generated, &mutation::PROMQL)).collect();
    compare(&changed);
}
