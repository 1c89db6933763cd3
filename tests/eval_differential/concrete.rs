//! Terraform's results as values: JSON together with its types.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::value::RawValue;
use sprag::eval::{Kind, Number, Value};
use sprag::terraform::Type;

/// A type as `terraform show -json` writes it. `dynamic`, which is the type of a bare null, is any.
pub fn type_of(json: &serde_json::Value) -> Type {
    if let Some(word) = json.as_str() {
        return match word {
            "string" => Type::String,
            "number" => Type::Number,
            "bool" => Type::Bool,
            _ => Type::Any,
        };
    }
    let inner = &json[1];
    match json[0].as_str().unwrap() {
        "list" => Type::list(type_of(inner)),
        "set" => Type::set(type_of(inner)),
        "map" => Type::map(type_of(inner)),
        "tuple" => Type::Tuple(inner.as_array().unwrap().iter().map(type_of).collect()),
        _ => Type::object(inner.as_object().unwrap().iter().map(|(name, ty)| (name.as_str(), type_of(ty)))),
    }
}

/// The value that `json` writes.
pub fn value_of(json: &RawValue, ty: &Type) -> Value {
    let text = json.get();
    if text == "null" {
        return Value::null(ty.clone());
    }
    let known = |kind| Value { ty: ty.clone(), kind, ..Value::null(Type::Any) };
    let all = || serde_json::from_str::<Vec<Box<RawValue>>>(text).unwrap();
    let entries = || serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(text).unwrap();
    match ty {
        Type::Bool => Value::bool(text == "true"),
        Type::Number => Value::number(Number::parse(text).unwrap()),
        Type::String => Value::string(serde_json::from_str::<String>(text).unwrap()),
        Type::List(element) | Type::Set(element) => {
            known(Kind::Sequence(all().iter().map(|one| value_of(one, element)).collect()))
        }
        Type::Tuple(types) => {
            known(Kind::Sequence(all().iter().zip(types.iter()).map(|(one, ty)| value_of(one, ty)).collect()))
        }
        Type::Map(element) => {
            let made = entries().iter().map(|(name, one)| (Arc::from(name.as_str()), value_of(one, element))).collect();
            known(Kind::Mapping(Arc::new(made)))
        }
        Type::Object(object) => {
            let made = entries()
                .iter()
                .map(|(name, one)| (Arc::from(name.as_str()), value_of(one, &object.attributes[name.as_str()].ty)))
                .collect();
            known(Kind::Mapping(Arc::new(made)))
        }
        Type::Any => panic!("a value without a type: {text}"),
    }
}

/// Whether a value of the type `theirs` can have the abstract type `ours`, which may be unknown in parts.
pub fn type_fits(ours: &Type, theirs: &Type) -> bool {
    match (ours, theirs) {
        // Null and empty collections have no type of their own.
        (Type::Any, _) | (_, Type::Any) => true,
        (Type::List(one), Type::List(other))
        | (Type::Set(one), Type::Set(other))
        | (Type::Map(one), Type::Map(other)) => type_fits(one, other),
        (Type::Tuple(one), Type::Tuple(other)) => {
            one.len() == other.len() && one.iter().zip(other.iter()).all(|(one, other)| type_fits(one, other))
        }
        (Type::Object(one), Type::Object(other)) => {
            one.attributes.keys().eq(other.attributes.keys())
                && one
                    .attributes
                    .values()
                    .zip(other.attributes.values())
                    .all(|(one, other)| type_fits(&one.ty, &other.ty))
        }
        (one, other) => one == other,
    }
}

/// Whether `concrete` is a member of `abstract_`, in its type as well; null may have another.
pub fn is_member(abstract_: &Value, concrete: &Value) -> bool {
    is_of_type(concrete, &abstract_.ty) && as_planned(abstract_).admits(concrete)
}

fn is_of_type(concrete: &Value, ty: &Type) -> bool {
    match (ty, &concrete.kind) {
        (_, Kind::Null) => true,
        (Type::Tuple(types), Kind::Sequence(all)) if matches!(concrete.ty, Type::Tuple(_)) => {
            types.len() == all.len() && types.iter().zip(all.iter()).all(|(ty, one)| is_of_type(one, ty))
        }
        (Type::Object(object), Kind::Mapping(all)) if matches!(concrete.ty, Type::Object(_)) => {
            object.attributes.len() == all.len()
                && object.attributes.iter().all(|(name, one)| all.get(name).is_some_and(|own| is_of_type(own, &one.ty)))
        }
        _ => type_fits(ty, &concrete.ty),
    }
}

/// A value as it is read from a plan, where `-0` is written as `0`: a set that has both shows one.
fn as_planned(value: &Value) -> Value {
    let kind = match &value.kind {
        Kind::Sequence(all) => {
            let mut all: Vec<Value> = all.iter().map(as_planned).collect();
            if matches!(value.ty, Type::Set(_)) {
                all.dedup();
            }
            Kind::Sequence(all.into())
        }
        Kind::Mapping(all) => {
            let entries = all.iter().map(|(name, value)| (name.clone(), as_planned(value)));
            Kind::Mapping(Arc::new(entries.collect()))
        }
        other => other.clone(),
    };
    Value { kind, ..value.clone() }
}
