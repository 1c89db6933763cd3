//! How much is decided: what does not depend on the caller should be found not to.

use std::collections::{BTreeMap, BTreeSet};

use sprag::eval::{ShortCircuit, Value};

use super::concrete::is_member;
use super::judge::Case;
use super::ours::{Context, results, with_module};
use super::theirs::{Called, Results, plan};
use crate::common::e2e::{Sandbox, skip};

/// Of expressions that have one result for fifty inputs, the least share that must be decided, in percent.
const FLOOR: usize = 89;

/// How many modules there are, and how many expressions each has before those that vary are left out.
const MODULES: u64 = 5;
const EXPRESSIONS: usize = 1200;

/// How many calls with stranger arguments are evaluated by us alone.
const WILD: usize = 60;

/// Whether all inputs gave one result.
fn common<'r>(called: &'r [Results], name: &str) -> Option<&'r Value> {
    let first = called.first()?.get(name)?.as_ref()?;
    let same = |results: &Results| results.get(name).and_then(Option::as_ref).is_some_and(|one| is_member(first, one));
    called.iter().all(same).then_some(first)
}

/// A module whose expressions refer to variables and have, as far as we can tell, one result for all inputs. Few do, and
/// terraform need not look at the others.
fn steady(seed: u64) -> Case {
    let mut case = Case::generate(seed, EXPRESSIONS, 50);
    case.retain(|expression| expression.contains("var."));
    let mut first: BTreeMap<String, Value> = BTreeMap::new();
    for input in case.inputs.iter().chain(&case.wild_inputs(seed, WILD)).cloned().collect::<Vec<_>>() {
        let input = input.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let ours = with_module(&case.text(false), ShortCircuit::No, &Context::Call(input), results);
        let mut varying = BTreeSet::new();
        for (name, (value, _)) in ours {
            let expression = case.expression(&name);
            match value {
                Ok(value) if value.is_wholly_known() => {
                    let before = first.entry(expression.clone()).or_insert_with(|| value.clone());
                    if *before != value {
                        varying.insert(expression);
                    }
                }
                Ok(_) => {}
                Err(_) => {
                    varying.insert(expression);
                }
            }
        }
        case.retain(|expression| !varying.contains(expression));
    }
    case
}

#[test]
fn what_every_caller_gets_is_decided() {
    let Some(sandbox) = Sandbox::new() else { return skip("terraform") };
    let cases: Vec<Case> = (0..MODULES).map(|at| steady(900_000 + at)).collect();
    let modules: Vec<Called> =
        cases.iter().map(|case| Called { text: case.text(false), inputs: case.inputs.clone() }).collect();
    let (mut same, mut decided) = (0, 0);
    let mut left = Vec::new();
    for (case, called) in cases.iter().zip(plan(&sandbox, &modules)) {
        if called.iter().any(BTreeMap::is_empty) {
            continue;
        }
        let ours = with_module(&case.text(false), ShortCircuit::No, &Context::Anybody, results);
        for (name, (value, _)) in &ours {
            let expression = case.expression(name);
            let Some(theirs) = common(&called, name).filter(|_| expression.contains("var.")) else { continue };
            same += 1;
            let value = value.as_ref().unwrap();
            assert!(is_member(value, theirs), "{expression}");
            if value.is_wholly_known() {
                decided += 1;
            } else {
                left.push(format!("{expression}\n    {:?}", theirs.kind));
            }
        }
    }
    left.sort_by_key(String::len);
    println!(
        "the same for fifty inputs: {same}; decided: {decided} ({} %); left, the shortest first:",
        decided * 100 / same
    );
    println!("{}", left[..left.len().min(80)].join("\n"));
    assert!(same >= 200 && decided * 100 >= same * FLOOR, "{decided} of {same} are decided");
}

/// Expressions over `s = "https://${var.id}:8006"` and `l = [for x in ["a", "b"] : "${x}-${var.id}"]`, where `var.id`
/// is any string but null: those that Terraform decides with an unknown, and those that could be decided beyond.
const DECIDED: &[(&str, &str)] = &[
    ("startswith(local.s, \"https://\")", "true"),
    ("startswith(local.s, \"http://\")", "false"),
    ("endswith(local.s, \":8006\")", "true"),
    ("strcontains(local.s, \"://\")", "true"),
    ("local.s == null", "false"),
    ("coalesce(local.s, \"x\") == null", "false"),
    ("local.s == \"\"", "false"),
    ("local.s == \"ftp://x\"", "false"),
    ("length(local.s) > 3", "true"),
    ("length(local.l)", "2"),
    ("contains([\"ftp://a\"], local.s)", "false"),
    ("var.id != \"\" ? \"a\" : \"a\"", "\"a\""),
    ("length(toset([var.id, \"k\"])) >= 1", "true"),
    ("length(toset([var.id, \"k\"])) <= 2", "true"),
    ("can(regex(\"(?s)^https://.*:8006$\", local.s))", "true"),
    ("can(regex(\"^http://\", local.s))", "false"),
    ("alltrue([for one in local.l : strcontains(one, \"-\")])", "true"),
    ("var.kind == \"c\"", "false"),
    ("contains([\"a\", \"b\", \"z\"], var.kind)", "true"),
    ("\"x-${var.kind}\" == \"x-c\"", "false"),
    ("var.port < 65536", "true"),
    ("var.port + 1 > 1", "true"),
    (
        "var.maybe == null ? \"none\" : (var.maybe == null ? \"no\" : \"some\") == \"no\" ? \"wrong\" : \"none\"",
        "\"none\"",
    ),
];

#[test]
fn what_terraform_decides_and_more_is_decided() {
    let mut text = String::from(
        r#"
variable "id" {
  type     = string
  nullable = false
}
variable "maybe" {
  type = string
}
variable "kind" {
  type = string
  validation {
    condition     = contains(["a", "b"], var.kind)
    error_message = "no."
  }
}
variable "port" {
  type = number
  validation {
    condition     = var.port >= 1 && var.port <= 65535
    error_message = "no."
  }
}
locals {
  s = "https://${var.id}:8006"
  l = [for x in ["a", "b"] : "${x}-${var.id}"]
}
output "all" {
  value = {
"#,
    );
    for (number, (expression, _)) in DECIDED.iter().enumerate() {
        text.push_str(&format!("    e{number} = try({{ v = {expression} }}, \"failure\")\n"));
    }
    text.push_str("  }\n}\n");
    for short_circuit in [ShortCircuit::Yes, ShortCircuit::No, ShortCircuit::Unknown] {
        let ours = with_module(&text, short_circuit, &Context::Anybody, results);
        let undecided: Vec<String> = DECIDED
            .iter()
            .enumerate()
            .filter_map(|(number, (expression, expected))| {
                let (value, may_fail) = &ours[&format!("e{number}")];
                let expected = super::ours::constant(expected);
                let is_right = value.as_ref().is_ok_and(|value| value.kind == expected.kind && !value.nullable);
                (!is_right || *may_fail).then(|| format!("{expression}: {value:?}, may fail: {may_fail}"))
            })
            .collect();
        assert!(undecided.is_empty(), "{}", undecided.join("\n"));
    }
}
