//! Why values of one type never have another, as precisely as Terraform says it: which attribute, which element.

use super::unify::is_convertible;
use crate::terraform::{ObjectType, Type};

/// Why nothing of type `own` can be converted to `wanted`.
pub(super) fn mismatch(own: &Type, wanted: &Type) -> String {
    let within = |place: String, own: &Type, wanted: &Type| format!("{place}: {}", mismatch(own, wanted));
    match (own, wanted) {
        (Type::Object(own), Type::Object(wanted)) => attributes(own, wanted),
        (Type::Object(own), Type::Map(element)) => {
            let bad = own.attributes.iter().find(|(_, one)| !is_convertible(&one.ty, element));
            bad.map(|(name, one)| within(format!("element {name:?}"), &one.ty, element))
        }
        (Type::Tuple(types), Type::List(element) | Type::Set(element)) => {
            let bad = types.iter().enumerate().find(|(_, ty)| !is_convertible(ty, element));
            bad.map(|(at, ty)| within(format!("element {at}"), ty, element))
        }
        (Type::Tuple(types), Type::Tuple(others)) if types.len() != others.len() => {
            Some(format!("a tuple of {} elements is required, not of {}", others.len(), types.len()))
        }
        (Type::Tuple(types), Type::Tuple(others)) => {
            let mut pairs = types.iter().zip(others.iter()).enumerate();
            let bad = pairs.find(|(_, (own, wanted))| !is_convertible(own, wanted));
            bad.map(|(at, (own, wanted))| within(format!("element {at}"), own, wanted))
        }
        (Type::List(own) | Type::Set(own), Type::List(element) | Type::Set(element))
        | (Type::Map(own), Type::Map(element)) => Some(within("every element".to_owned(), own, element)),
        (Type::Map(own), Type::Object(object)) => {
            let bad = object.attributes.iter().find(|(_, one)| !is_convertible(own, &one.ty));
            bad.map(|(name, one)| within(format!("attribute {name:?}"), own, &one.ty))
        }
        _ => None,
    }
    .unwrap_or_else(|| format!("{} is required, not {}", article(wanted), article(own)))
}

fn attributes(own: &ObjectType, wanted: &ObjectType) -> Option<String> {
    let lacks = |name: &str| !own.attributes.contains_key(name);
    let missing = wanted.attributes.iter().filter(|(name, one)| !one.optional && lacks(name));
    let missing: Vec<String> = missing.map(|(name, _)| format!("{name:?}")).collect();
    match missing.as_slice() {
        [] => {}
        [one] => return Some(format!("attribute {one} is required")),
        [first @ .., last] => return Some(format!("attributes {} and {last} are required", first.join(", "))),
    }
    wanted.attributes.iter().find_map(|(name, one)| {
        let own = own.attributes.get(name).filter(|own| !is_convertible(&own.ty, &one.ty))?;
        Some(format!("attribute {name:?}: {}", mismatch(&own.ty, &one.ty)))
    })
}

fn article(ty: &Type) -> String {
    let article = if matches!(ty, Type::Object(_)) { "an" } else { "a" };
    format!("{article} {}", name(ty))
}

fn name(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Number => "number".to_owned(),
        Type::String => "string".to_owned(),
        Type::List(element) => format!("list of {}", name(element)),
        Type::Set(element) => format!("set of {}", name(element)),
        Type::Map(element) => format!("map of {}", name(element)),
        Type::Tuple(_) => "tuple".to_owned(),
        Type::Object(_) => "object".to_owned(),
        Type::Any => "value of any type".to_owned(),
    }
}
