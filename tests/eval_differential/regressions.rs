//! Modules on which the evaluator was wrong once, the smallest that showed it.

use std::collections::BTreeMap;

use sprag::eval::ShortCircuit;

use super::concrete::is_member;
use super::ours::{Context, results, with_module};
use super::theirs::{Called, Results, plan};
use crate::common::e2e::{Sandbox, skip};

/// What a variable is declared as, what is passed as `v`, and an expression of it.
const CASES: &[(&str, &str, &str)] = &[
    // The branch that is not taken fails, and has as many elements as it would have had.
    ("list(string)", "[\"b\", \"c\"]", "true ? [] : [for x in var.v : \"a${{ b = x }.a}\"]"),
    ("map(any)", "{ b = 1 }", "true ? [] : [for x in [1, 2] : \"${x}%{ if var.v[\"a\"] }y%{ endif }\"]"),
    ("map(any)", "{ b = 1 }", "(true ? [] : [for x in [1, 2] : var.v[\"a\"]]) == []"),
    // What a condition says of one branch is not so where the other is taken.
    ("list(string)", "[\"b\", \"c\"]", "var.v == tolist([\"a\"]) ? [\"x\"] : [for x in var.v : x]"),
    ("list(string)", "[\"b\", \"c\"]", "(var.v == tolist([\"a\"]) ? [for x in var.v : x] : [\"x\"]) == [\"x\"]"),
    ("any", "1", "(var.v == [\"a\"] ? [for x in var.v : x] : [\"x\"]) == [\"x\"]"),
    // Maps and objects of which no map can be made: the object that all others have the attributes of.
    (
        "map(object({ a = optional(string), b = optional(bool, true) }))",
        "{ a = {} }",
        "true ? { k = var.v } : { x = { a = 0 }, k = {} }",
    ),
    ("list(object({ a = string }))", "[]", "true ? var.v : [{ b = [], a = 1 }, { a = 2, c = {} }]"),
    // What differs in type is not equal, which says nothing.
    ("string", "\"x\"", "([null, [\"a\"]] != var.v) && !contains([\"a\", \"b\"], var.v)"),
    ("bool", "true", "(var.v != \"true\") && var.v"),
    ("bool", "false", "(var.v != [true]) ? var.v : 1"),
    // Null has a type that is not known.
    ("list(any)", "[null, null]", "true ? (false ? \"a\" : var.v[0]) : 1"),
    (
        "list(any)",
        "[null, null]",
        "(length(var.v) == 3 ? (var.v[0] == null ? \"a\" : var.v[0]) : (length(var.v) == 2 ? [var.v[0], 1][0] : 2))",
    ),
    // All arguments are null.
    ("map(string)", "null", "tomap(merge(var.v, var.v))"),
    ("map(string)", "null", "merge(var.v, { a = null })"),
];

#[test]
fn what_was_wrong_is_right() {
    let Some(sandbox) = Sandbox::new() else { return skip("terraform") };
    let modules: Vec<Called> = CASES
        .iter()
        .map(|(ty, argument, expression)| Called {
            text: format!(
                "variable \"v\" {{\n  type = {ty}\n}}\noutput \"all\" {{\n  value = {{\n    e = try({{ v = {expression} \
                 }}, \"failure\")\n  }}\n}}\n"
            ),
            inputs: vec![BTreeMap::from([("v".to_owned(), (*argument).to_owned())])],
        })
        .collect();
    let mut wrong = Vec::new();
    for (module, results) in modules.iter().zip(plan(&sandbox, &modules)) {
        assert!(!results[0].is_empty(), "terraform does not know it:\n{}", module.text);
        wrong.extend(disagreements(module, &results[0]));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn disagreements(module: &Called, theirs: &Results) -> Vec<String> {
    let mut wrong = Vec::new();
    for short_circuit in [ShortCircuit::No, ShortCircuit::Unknown] {
        let given = BTreeMap::from([("v", module.inputs[0]["v"].as_str())]);
        for context in [Context::Anybody, Context::Call(given)] {
            let ours = with_module(&module.text, short_circuit, &context, results);
            let is_right = match (&ours["e"], &theirs["e"]) {
                ((Err(_), _) | (Ok(_), true), None) => true,
                ((Ok(ours), _), Some(theirs)) => is_member(ours, theirs),
                _ => false,
            };
            if !is_right {
                wrong.push(format!("{}\n  theirs {:?}\n  ours {:?}", module.text, theirs["e"], ours["e"]));
            }
        }
    }
    wrong
}
