//! Calls that Terraform answers: the corpus, and random ones.

use crate::calls::Calls;
use crate::common::e2e::{Sandbox, skip};
use crate::common::oracle;
use crate::evaluate::{disagreement, evaluate, write};

/// Results that are allowed not to be exact: what depends on Terraform's compressor, processor or habits with marks.
const INEXACT: &[&str] = &["base64gzip", "issensitive"];

/// At most so many per cent may be left open.
fn check(expressions: &[String], most: usize) {
    let Some(sandbox) = Sandbox::new() else { return skip("terraform") };
    let outcomes = oracle::evaluate(&sandbox, "", expressions);
    let (mut wrong, mut open) = (Vec::new(), Vec::new());
    for (expression, theirs) in expressions.iter().zip(&outcomes) {
        let ours = evaluate(expression);
        if let Some(reason) = disagreement(&ours, theirs, true) {
            wrong.push(format!("{expression}\n    {reason}"));
        }
        let is_decided = ours.0.as_ref().is_ok_and(sprag::eval::Value::is_wholly_known) || ours.0.is_err();
        if !is_decided && !INEXACT.iter().any(|name| expression.contains(name)) {
            open.push(expression.clone());
        }
    }
    println!("{} expressions, {} left open:\n  {}", expressions.len(), open.len(), open.join("\n  "));
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), expressions.len(), wrong.join("\n"));
    assert!(open.len() * 100 <= expressions.len() * most, "more than {most} % are left open");
}

#[test]
fn the_corpus_evaluates_as_in_terraform() {
    let expressions: Vec<String> = include_str!("corpus.txt").lines().map(str::to_owned).collect();
    assert!(expressions.len() > 500);
    // In parts that are alike: Terraform takes about so many at once.
    let parts = expressions.len().div_ceil(400);
    for part in 0..parts {
        let part: Vec<String> = expressions.iter().skip(part).step_by(parts).cloned().collect();
        check(&part, 8);
    }
}

#[test]
fn random_calls_evaluate_as_in_terraform() {
    let seed: u64 = std::env::var("SPRAG_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let mut calls = Calls::new(seed);
    let expressions: Vec<String> = std::iter::repeat_with(|| calls.next_call())
        // Terraform refuses to show what is sensitive.
        .filter(|call| call.name != "sensitive")
        .map(|call| call.to_string())
        // Infinity cannot be kept in a plan.
        .filter(|call| !evaluate(call).0.is_ok_and(|value| write(&value).contains("Inf")))
        .take(1200)
        .collect();
    check(&expressions, 3);
}
