//! Does our PromQL parser accept what Prometheus accepts, and reject what it rejects? Asked of the real `promtool`
//! (2.42, Debian 12), for expressions and templates from `testdata/promql` and thousands of randomly changed copies.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "promql_differential/second_oracle.rs"]
mod second_oracle;

use common::generator;
use common::mutation::{self, Mutator};
use common::promtool::{self, Verdict};
use sprag::syntax::promql::{Options, Version, parse};
use sprag::syntax::template;

const EXPRESSIONS: &str = include_str!("../testdata/promql/expressions.txt");
const TEMPLATES: &str = include_str!("../testdata/promql/templates.txt");

/// Expressions on which the two are known to differ, and why that stays.
fn known_difference(expression: &str, promtool_accepts: bool) -> Option<&'static str> {
    let subquery_colon =
        regex::Regex::new(r"\[[^\]\[:]*\d[a-z]+\d*\s*(#[^\n]*\n\s*)*[A-Za-z_:][^\]]*\]").expect("valid pattern");
    if promtool_accepts && subquery_colon.is_match(expression) {
        return Some("before 3.0 the lexer takes any letter in brackets for the colon of a subquery: `x[5m a1m]`");
    }
    if !promtool_accepts && ["{{", "${", "[["].iter().any(|hole| expression.contains(hole)) {
        return Some("a string with what looks like a template hole is not checked as a regular expression");
    }
    if !promtool_accepts && expression.contains("(?<") {
        return Some("`(?<name>...)` depends on the Go release that built Prometheus (1.22), not on its version");
    }
    if !promtool_accepts && expression.contains(r"\p") {
        return Some("the names of Unicode scripts are not known to the parser");
    }
    None
}

fn lines(corpus: &str) -> Vec<String> {
    corpus.lines().filter(|line| !line.starts_with("## ")).map(str::to_owned).collect()
}

/// Compares all verdicts and fails with a list of the differences.
fn compare(expressions: &[String]) {
    let Some(verdicts) = promtool::check_expressions(expressions) else { return };
    let options = Options { version: Version::V2_42 };
    let mut differences = Vec::new();
    for (expression, verdict) in expressions.iter().zip(&verdicts) {
        let parsed = parse(expression, &options);
        // Text that Prometheus would never see as it stands.
        if !parsed.holes.is_empty() {
            continue;
        }
        let accepts = *verdict == Verdict::Accepted;
        if accepts != parsed.errors.is_empty() && known_difference(expression, accepts).is_none() {
            let ours: Vec<&str> = parsed.errors.iter().map(|error| error.message.as_str()).collect();
            differences.push(format!("{expression:?}\n    promtool: {verdict:?}\n    sprag: {ours:?}"));
        }
    }
    let accepted = verdicts.iter().filter(|verdict| **verdict == Verdict::Accepted).count();
    println!("{} expressions, {accepted} accepted by promtool, {} differences", expressions.len(), differences.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// The same for templates.
fn compare_templates(templates: &[String]) {
    let Some(verdicts) = promtool::check_templates(templates) else { return };
    let options = template::Options { version: Version::V2_42, ..template::Options::default() };
    let mut differences = Vec::new();
    for (text, verdict) in templates.iter().zip(&verdicts) {
        let errors = template::parse(text, &options).errors;
        if (*verdict == Verdict::Accepted) != errors.is_empty() {
            let ours: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
            differences.push(format!("{text:?}\n    promtool: {verdict:?}\n    sprag: {ours:?}"));
        }
    }
    let accepted = verdicts.iter().filter(|verdict| **verdict == Verdict::Accepted).count();
    println!("{} templates, {accepted} accepted by promtool, {} differences", templates.len(), differences.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn expressions_agree_with_promtool() {
    compare(&lines(EXPRESSIONS));
}

#[test]
fn changed_expressions_agree_with_promtool() {
    let seeds = lines(EXPRESSIONS);
    let mut mutator = Mutator::new(0x5eed);
    let changed: Vec<String> = (0..20_000).map(|_| mutator.change(&seeds, &mutation::PROMQL)).collect();
    compare(&changed);
}

#[test]
fn generated_expressions_agree_with_promtool() {
    let generated = generator::expressions(3000);
    compare(&generated);
    let mut mutator = Mutator::new(0xa57);
    let changed: Vec<String> = (0..10_000).map(|_| mutator.change(&generated, &mutation::PROMQL)).collect();
    compare(&changed);
}

#[test]
fn templates_agree_with_promtool() {
    compare_templates(&lines(TEMPLATES));
}

#[test]
fn changed_templates_agree_with_promtool() {
    let seeds = lines(TEMPLATES);
    let mut mutator = Mutator::new(0x7e9);
    let changed: Vec<String> = (0..20_000).map(|_| mutator.change(&seeds, &mutation::TEMPLATES)).collect();
    compare_templates(&changed);
}
