//! Our side: expressions and calls evaluated here, and what Terraform answered as a value of ours.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::value::RawValue;
use sprag::eval::functions::{Arguments, Context, call};
use sprag::eval::{Constants, Doubt, Evaluator, NoSources, Number, Value};
use sprag::syntax::hcl::{self, Document};
use sprag::terraform::Type;

use crate::common::oracle::Outcome;

/// A value, or the reason why there is none, and whether Terraform may fail.
pub type Answer = (Result<Value, String>, bool);

/// Evaluates an expression that refers to nothing.
pub fn evaluate(expression: &str) -> Answer {
    let source = format!("x = {expression}\n");
    let tree = hcl::parse(source.as_bytes());
    assert!(tree.errors.is_empty(), "{expression}: {:?}", tree.errors);
    let mut evaluator = Evaluator::new(&Constants);
    let expr = Document::new(&tree, source.as_bytes()).root().value("x").unwrap();
    let value = evaluator.eval(expr).map_err(|failure| failure.message);
    (value, evaluator.doubt.may_fail)
}

/// Calls a function.
pub fn call_with(name: &str, fixed: &[Value], rest: Option<&Value>) -> Answer {
    let mut doubt = Doubt::default();
    let mut context = Context { doubt: &mut doubt, sources: &NoSources };
    let value = call(name, Arguments { fixed, rest }, &mut context);
    (value, doubt.may_fail)
}

/// Why our answer is wrong; nothing where it is right. `exact` asks for more than soundness.
pub fn disagreement((ours, may_fail): &Answer, theirs: &Outcome, exact: bool) -> Option<String> {
    match (ours, theirs) {
        (_, Outcome::Unknown) | (Err(_), Outcome::Failure) => None,
        (Ok(value), Outcome::Failure) if !may_fail => Some(format!("they fail, we say {value:?}")),
        (Ok(value), Outcome::Failure) => {
            (exact && value.is_wholly_known()).then(|| format!("they fail, we doubt {value:?}"))
        }
        (Err(message), Outcome::Value { value, .. }) => Some(format!("we fail ({message}), they say {value}")),
        (Ok(ours), Outcome::Value { value, ty }) => {
            let theirs = read(value, ty);
            // The plan keeps the digits of a number, not its precision.
            let ours = &as_written(ours);
            if !ours.admits(&theirs) && write(ours) != write(&theirs) {
                return Some(format!("ours   {ours:?}\n    theirs {theirs:?}"));
            }
            let (own, other) = (&ours.ty, &theirs.ty);
            let differ = exact && ours.is_wholly_known() && own.is_exact() && other.is_exact() && own != other;
            differ.then(|| format!("type {own}, theirs {other}"))
        }
    }
}

/// A number, or a value that holds numbers, read from its digits.
fn as_written(value: &Value) -> Value {
    match value.as_number().and_then(Number::text) {
        Some(text) if !value.as_number().is_some_and(Number::is_integer) => {
            Number::parse(&text).map_or_else(|| value.clone(), Value::number)
        }
        _ => value.clone(),
    }
}

/// A value with the digits of its numbers, for comparison.
pub fn write(value: &Value) -> String {
    if value.is_null() {
        return "null".to_owned();
    }
    if let Some(number) = value.as_number() {
        // The plan does not keep the sign of zero.
        return if number.is_zero() { "0".to_owned() } else { number.to_string() };
    }
    if let Some(elements) = value.as_sequence() {
        return format!("[{}]", elements.iter().map(write).collect::<Vec<_>>().join(", "));
    }
    if let Some(entries) = value.as_mapping() {
        let entries = entries.iter().map(|(name, entry)| format!("{name:?} = {}", write(entry)));
        return format!("{{{}}}", entries.collect::<Vec<_>>().join(", "));
    }
    format!("{:?}", value.kind)
}

/// What Terraform answered.
fn read(value: &RawValue, ty: &serde_json::Value) -> Value {
    let ty = read_type(ty);
    read_value(value, &ty)
}

fn read_type(ty: &serde_json::Value) -> Type {
    if let Some(name) = ty.as_str() {
        return match name {
            "string" => Type::String,
            "number" => Type::Number,
            "bool" => Type::Bool,
            _ => Type::Any,
        };
    }
    let inner = &ty[1];
    match ty[0].as_str().unwrap_or_default() {
        "list" => Type::list(read_type(inner)),
        "set" => Type::set(read_type(inner)),
        "map" => Type::map(read_type(inner)),
        "tuple" => Type::Tuple(inner.as_array().unwrap().iter().map(read_type).collect()),
        "object" => Type::object(inner.as_object().unwrap().iter().map(|(name, ty)| (name.as_str(), read_type(ty)))),
        other => panic!("unknown type {other}"),
    }
}

fn read_value(value: &RawValue, ty: &Type) -> Value {
    let text = value.get();
    if text == "null" {
        return Value::null(ty.clone());
    }
    let list = || serde_json::from_str::<Vec<Box<RawValue>>>(text).unwrap();
    let map = || serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(text).unwrap();
    match ty {
        Type::Bool => Value::bool(text == "true"),
        Type::Number => Value::number(Number::parse(text.trim_matches('"')).unwrap()),
        Type::String => Value::string(serde_json::from_str::<String>(text).unwrap()),
        Type::List(element) => {
            Value::list((**element).clone(), list().iter().map(|one| read_value(one, element)).collect())
        }
        Type::Set(element) => {
            Value::set((**element).clone(), list().iter().map(|one| read_value(one, element)).collect())
        }
        Type::Tuple(types) => {
            Value::tuple(list().iter().zip(types.iter()).map(|(one, ty)| read_value(one, ty)).collect())
        }
        Type::Map(element) => Value::map(
            (**element).clone(),
            map().iter().map(|(name, one)| (Arc::from(name.as_str()), read_value(one, element))).collect(),
        ),
        Type::Object(object) => Value::object(
            map()
                .iter()
                .map(|(name, one)| (Arc::from(name.as_str()), read_value(one, &object.attributes[name.as_str()].ty)))
                .collect(),
        ),
        Type::Any => panic!("a value without a type: {text}"),
    }
}
