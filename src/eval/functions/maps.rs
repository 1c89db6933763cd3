//! Functions of maps and objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Context;
use super::call::{Call, Function, MAX_ELEMENTS, Outcome, Parameter};
use super::collections::require_sequence;
use crate::eval::convert::convert;
use crate::eval::join::{form, includes, join, join_all};
use crate::eval::range::Length;
use crate::eval::refinement::{Form, Refinement};
use crate::eval::value::{Kind, MAX_CANDIDATES, Value};
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::whole("keys", &[Parameter::Any], keys).keeping_marks(),
    Function::whole("values", &[Parameter::Any], values).keeping_marks(),
    Function::whole("lookup", &[Parameter::Any, Parameter::String], lookup)
        .and_more(Parameter::AnyOrNull)
        .keeping_marks(),
    Function::whole("merge", &[], merge).and_more(Parameter::AnyOrNull).keeping_marks(),
    Function::whole("zipmap", &[Parameter::Strings, Parameter::Any], zip).keeping_marks(),
    Function::split("transpose", &[Parameter::Any], transpose, some_transpose),
    Function::whole("list", &[], removed).and_more(Parameter::AnyOrNull),
    Function::whole("map", &[], removed).and_more(Parameter::AnyOrNull),
];

fn removed(call: &Call, _: &mut Context<'_>) -> Outcome {
    Err(format!("the function `{}` is no longer there since Terraform 0.12", call.name))
}

/// Fails for what is surely no map or object, and doubts what may be none.
fn require_mapping(value: &Value, context: &mut Context<'_>) -> Result<(), String> {
    match form(value) {
        Form::Mapping => Ok(()),
        Form::Free if value.ty == Type::Any => {
            context.doubt.raise();
            Ok(())
        }
        _ => Err("a map or object is required".to_owned()),
    }
}

fn keys(call: &Call, context: &mut Context<'_>) -> Outcome {
    let map = call.at(0);
    require_mapping(map, context)?;
    let name = |name: &Arc<str>| Value::string(Arc::clone(name));
    match (&map.ty, &map.kind) {
        (Type::Object(_), Kind::Mapping(entries)) => Ok(Value::tuple(entries.keys().map(name).collect())),
        (Type::Map(_), Kind::Mapping(entries)) => Ok(Value::list(Type::String, entries.keys().map(name).collect())),
        _ => {
            let mut refinement = Refinement::new(call.cause());
            refinement.form = Form::Sequence;
            refinement.length = map.length();
            refinement.element = Some(call.some(&Type::String));
            refinement.distinct = true;
            refinement.sorted = true;
            if let Some(known) = map.refinement() {
                refinement.contains = known.entries.keys().take(MAX_CANDIDATES).map(name).collect();
                refinement.length.min = refinement.length.min.max(known.entries.len() as u64);
            }
            let ty = if matches!(map.ty, Type::Map(_)) { Type::list(Type::String) } else { Type::Any };
            Ok(Value::unknown(ty, refinement))
        }
    }
}

fn values(call: &Call, context: &mut Context<'_>) -> Outcome {
    let map = call.at(0);
    require_mapping(map, context)?;
    match (&map.ty, &map.kind) {
        (Type::Map(element), Kind::Mapping(entries)) => {
            Ok(Value::list((**element).clone(), entries.values().cloned().collect()))
        }
        (_, Kind::Mapping(entries)) => Ok(Value::tuple(entries.values().cloned().collect())),
        _ => {
            let mut refinement = Refinement::new(call.cause());
            refinement.form = Form::Sequence;
            refinement.length = map.length();
            refinement.element = map.element();
            if let Some(known) = map.refinement() {
                let entries = known.entries.values().chain(&known.contains);
                refinement.contains = entries.take(MAX_CANDIDATES).cloned().collect();
                refinement.length.min = refinement.length.min.max(known.entries.len() as u64);
                refinement.distinct = known.distinct;
            }
            let ty = if let Type::Map(element) = &map.ty { Type::List(Arc::clone(element)) } else { Type::Any };
            Ok(Value::unknown(ty, refinement))
        }
    }
}

fn lookup(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (map, key) = (call.at(0), call.at(1));
    if call.arguments.len() > 3 {
        return Err("`lookup` takes two or three arguments".to_owned());
    }
    require_mapping(map, context)?;
    if call.rest.is_some() {
        context.doubt.raise();
        return Ok(call.some(&Type::Any).or_null());
    }
    let default = match call.arguments.get(2) {
        // The elements of a map all have one type.
        Some(default) => match &map.ty {
            Type::Map(element) => {
                if !element.is_exact() {
                    context.doubt.raise();
                }
                Some(convert(default, element, context.doubt)?)
            }
            _ => Some(default.clone()),
        },
        None => None,
    };
    let missing = || "the map has no such key, and `lookup` has no default".to_owned();
    let or_default = |found: Option<Value>, context: &mut Context<'_>| match (found, &default) {
        (Some(found), Some(default)) => Ok(join(&found, default)),
        (Some(found), None) => {
            context.doubt.raise();
            Ok(found)
        }
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(missing()),
    };
    match (&map.kind, key.as_string()) {
        (Kind::Mapping(entries), Some(key)) => match entries.get(key) {
            Some(entry) => Ok(entry.clone()),
            None => or_default(None, context),
        },
        (Kind::Mapping(entries), None) => {
            let text = key.text();
            let possible = entries.iter().filter(|(name, _)| text.admits(name)).map(|(_, entry)| entry);
            or_default(join_all(possible).map(Value::unnamed), context)
        }
        (Kind::Unknown(known), key) => {
            if let Some(entry) = key.and_then(|key| known.entries.get(key)) {
                return Ok(entry.clone());
            }
            let found = if map.length().max == Some(0) { None } else { map.element().map(Value::unnamed) };
            or_default(found, context)
        }
        _ => Ok(call.some(&Type::Any).or_null()),
    }
}

fn merge(call: &Call, context: &mut Context<'_>) -> Outcome {
    for argument in &call.arguments {
        if argument.is_null() && !matches!(argument.ty, Type::Any | Type::Map(_) | Type::Object(_)) {
            return Err("arguments must be maps or objects".to_owned());
        }
        if argument.is_null() && argument.ty == Type::Any {
            continue;
        }
        if let Err(message) = require_mapping(argument, context) {
            // Beside `null` without a type no type is looked at.
            if !call.arguments.iter().any(|one| one.may_be_null() && one.ty == Type::Any) {
                return Err(message);
            }
            context.doubt.raise();
            return Ok(call.some(&Type::Any).or_null());
        }
    }
    if call.rest.is_some() {
        context.doubt.raise();
    }
    if call.arguments.is_empty() && call.rest.is_none() {
        return Ok(Value::object(BTreeMap::new()));
    }
    let first = call.arguments.first().map(|argument| argument.ty.clone()).unwrap_or(Type::Any);
    let same = call.rest.is_none() && first != Type::Any && call.arguments.iter().all(|argument| argument.ty == first);
    if call.rest.is_none() && call.arguments.iter().all(Value::is_null) {
        return Ok(match first {
            _ if !same => Value::object(BTreeMap::new()),
            // Releases differ: an empty map or null, and for objects null or a failure.
            Type::Map(element) => Value::map((*element).clone(), BTreeMap::new()).or_null(),
            _ => {
                context.doubt.raise();
                Value::null(first)
            }
        });
    }
    let known: Option<Vec<_>> = call
        .arguments
        .iter()
        .filter(|argument| !argument.is_null())
        .map(|argument| argument.as_mapping().map(|entries| (argument, entries)))
        .collect();
    if let Some(known) = known.filter(|_| call.rest.is_none()) {
        let mut merged = BTreeMap::new();
        for (argument, entries) in known {
            for (name, entry) in entries {
                merged.insert(Arc::clone(name), entry.clone().marked(argument.marks));
            }
        }
        if merged.len() > MAX_ELEMENTS {
            return Ok(Call::too_large(if same { &first } else { &Type::Any }));
        }
        return Ok(match first {
            Type::Map(element) if same => Value::map((*element).clone(), merged),
            _ => Value::object(merged),
        });
    }
    Ok(some_merge(call, &first, same))
}

/// What is known of maps that are merged where not all entries are known.
fn some_merge(call: &Call, first: &Type, same: bool) -> Value {
    let mut refinement = Refinement::new(call.cause());
    refinement.form = Form::Mapping;
    let mut elements: Vec<Value> = Vec::new();
    let mut most = Some(0u64);
    let mut least = 0u64;
    let mut may_be_null = true;
    for argument in call.arguments.iter().chain(&call.rest) {
        let is_rest = call.rest.as_ref().is_some_and(|rest| std::ptr::eq(rest, argument));
        let element;
        let map = if is_rest {
            element = argument.element().and_then(|element| element.not_null());
            match &element {
                Some(element) => element,
                None => continue,
            }
        } else {
            argument
        };
        if map.is_null() {
            continue;
        }
        let own = Refinement::new(call.cause());
        let (entries, further) = match &map.kind {
            Kind::Mapping(entries) => ((**entries).clone(), None),
            Kind::Unknown(known) => (known.entries.clone(), Some(known)),
            _ => (own.entries, None),
        };
        let is_sure = !map.nullable && !is_rest;
        may_be_null &= !is_sure;
        let others = match &map.kind {
            Kind::Mapping(_) => None,
            _ => Some(map.element().unwrap_or_else(|| Value::any(&Type::Any, &call.cause()))),
        };
        // What was there before may be replaced by an entry of the same name.
        if let Some(other) = others.as_ref().filter(|_| map.length().max != Some(0)) {
            for (name, entry) in &mut refinement.entries {
                if !entries.contains_key(name) {
                    *entry = join(entry, other);
                }
            }
        }
        for (name, entry) in &entries {
            if is_sure {
                refinement.entries.insert(Arc::clone(name), entry.clone());
            } else if let Some(before) = refinement.entries.get_mut(name) {
                *before = join(before, entry);
            }
        }
        elements.extend(map.element());
        most = if is_rest { None } else { most.zip(map.length().max).and_then(|(sum, max)| sum.checked_add(max)) };
        if is_sure {
            least = least.max(map.length().min);
        }
        // Only what comes last is surely not replaced.
        refinement.contains.clear();
        refinement.includes.clear();
        if is_sure {
            refinement.contains = further.map(|known| known.contains.clone()).unwrap_or_default();
            refinement.includes = includes(map);
        }
    }
    refinement.element = join_all(elements.iter()).map(Value::unnamed);
    refinement.length = Length { min: least.max(refinement.entries.len() as u64), max: most };
    let is_map = same && matches!(first, Type::Map(_));
    let merged = Value::unknown(if is_map { first.clone() } else { Type::Any }, refinement);
    // Nothing but null is an empty object, or null of the one type that all have.
    if may_be_null { merged.or_null() } else { merged }
}

fn zip(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (keys, values) = (call.at(0), call.at(1));
    require_sequence(values, context)?;
    let (count, other) = (keys.length(), values.length());
    if count.meet(other).is_none() {
        return Err("the keys and values of `zipmap` must have the same length".to_owned());
    }
    if count.max != Some(count.min) || other != count {
        context.doubt.raise();
    }
    if matches!(values.ty, Type::Set(_)) {
        return Err("`zipmap` needs a list or tuple of values".to_owned());
    }
    let element = if let Type::List(element) = &values.ty { Some((**element).clone()) } else { None };
    if let (Some(names), Some(values)) = (keys.as_sequence(), values.as_sequence()) {
        if names.iter().any(Value::is_null) {
            return Err("a key of `zipmap` is null".to_owned());
        }
        let names: Option<Vec<Arc<str>>> = names.iter().map(|name| name.as_string().cloned()).collect();
        if let Some(names) = names {
            let entries: BTreeMap<Arc<str>, Value> = names.into_iter().zip(values.iter().cloned()).collect();
            return Ok(match element {
                Some(element) => Value::map(element, entries),
                None => Value::object(entries),
            });
        }
    }
    if keys.element().is_some_and(|key| key.may_be_null()) {
        context.doubt.raise();
    }
    let mut refinement = Refinement::new(call.cause());
    refinement.form = Form::Mapping;
    let is_distinct = keys.refinement().is_some_and(|known| known.distinct);
    let least = if is_distinct {
        count.min
    } else {
        super::lists::apart(&super::lists::known_members(keys)).max(u64::from(count.min > 0))
    };
    refinement.length = Length { min: least, max: count.max.or(other.max) };
    refinement.element = values.element();
    Ok(Value::unknown(element.map_or(Type::Any, Type::map), refinement))
}

fn transposed_type() -> Type {
    Type::map(Type::list(Type::String))
}

fn transpose(call: &Call, context: &mut Context<'_>) -> Outcome {
    let map = convert(call.at(0), &transposed_type(), context.doubt)?;
    let Some(entries) = map.as_mapping() else { return Ok(call.some(&transposed_type())) };
    let mut turned: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (name, list) in entries {
        let elements = list.as_sequence().ok_or("a list in the argument of `transpose` is null")?;
        for element in elements {
            let text = element.as_string().ok_or("a string in the argument of `transpose` is null")?;
            turned.entry(Arc::clone(text)).or_default().push(Value::string(Arc::clone(name)));
        }
    }
    let entries = turned.into_iter().map(|(name, list)| (name, Value::list(Type::String, list)));
    Ok(Value::map(Type::list(Type::String), entries.collect()))
}

fn some_transpose(call: &Call, context: &mut Context<'_>) -> Outcome {
    convert(call.at(0), &transposed_type(), context.doubt)?;
    context.doubt.raise();
    Ok(call.some(&transposed_type()))
}
