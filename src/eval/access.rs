//! Attributes and elements of values.

use std::sync::Arc;

use super::convert::{Doubt, convert};
use super::join::{form, join_all};
use super::marks::Marks;
use super::number::Number;
use super::range::NumberRange;
use super::refinement::{Cause, Form};
use super::value::{Kind, Value};
use crate::terraform::Type;

/// What null gives.
const NULL: &str = "the value is null, so it has no attributes or elements";

/// `value.name`: an attribute of an object or an element of a map.
///
/// # Errors
/// When no member has it.
pub(super) fn attribute(value: &Value, name: &str, doubt: &mut Doubt) -> Result<Value, String> {
    let present = present(value, doubt)?;
    let found = match &present.kind {
        Kind::Mapping(entries) => match entries.get(name) {
            Some(entry) => Ok(entry.clone()),
            None if matches!(present.ty, Type::Map(_)) => Err(format!("the map has no element {name:?}")),
            None => Err(format!("the object has no attribute `{name}`")),
        },
        Kind::OneOf(all) => each_of(all, doubt, |one, doubt| attribute(one, name, doubt)),
        Kind::Unknown(refinement) if form(&present) != Form::Sequence && !present.ty.is_primitive() => {
            match refinement.entries.get(name) {
                Some(entry) => Ok(entry.clone()),
                None => {
                    doubt.raise();
                    Ok(present.element().unwrap_or_else(|| any(&refinement.cause)))
                }
            }
        }
        _ => Err(format!("a {} has no attribute `{name}`", kind_of(&present.ty))),
    };
    found.map(|found| child(value, &present, found, name))
}

/// `value[key]`: an element of a list, tuple or map, or an attribute of an object.
///
/// # Errors
/// When no member has it.
pub(super) fn index(value: &Value, key: &Value, doubt: &mut Doubt) -> Result<Value, String> {
    let present = present(value, doubt)?;
    if key.may_be_null() {
        if key.is_null() {
            return Err("the index is null".to_owned());
        }
        doubt.raise();
    }
    let marks = key.all_marks().without(Marks::ALWAYS_UNSTABLE);
    let found = match (&present.ty, &present.kind) {
        (_, Kind::OneOf(all)) => each_of(all, doubt, |one, doubt| index(one, key, doubt))?,
        (Type::Set(_), _) => return Err("a set has no index; its elements have no order".to_owned()),
        (Type::Bool | Type::Number | Type::String, _) => {
            return Err(format!("a {} has no elements", kind_of(&present.ty)));
        }
        (_, Kind::Sequence(elements)) => {
            let number = convert(key, &Type::Number, doubt)?;
            element_at(elements, &number, doubt)?
        }
        (_, Kind::Mapping(entries)) => {
            let name = convert(key, &Type::String, doubt)?;
            match name.as_string() {
                Some(name) => return attribute(&present, name, doubt).map(|found| found.marked(marks)),
                None => {
                    let fits = entries.iter().filter(|(known, _)| name.text().admits(known));
                    let found = join_all(fits.clone().map(|(_, entry)| entry));
                    let is_sure = name.candidates().is_some_and(|all| {
                        all.iter().all(|one| one.as_string().is_some_and(|name| entries.contains_key(&**name)))
                    });
                    if !is_sure {
                        doubt.raise();
                    }
                    found.ok_or("there is no such element")?
                }
            }
        }
        (_, Kind::Unknown(_)) => index_unknown(&present, key, doubt)?,
        _ => return Err(NULL.to_owned()),
    };
    let name = key.as_string().map(ToString::to_string).or_else(|| key.as_number().map(Number::to_string));
    let found = match name {
        Some(name) => child(value, &present, found, &name),
        None => found.unnamed(),
    };
    Ok(found.marked(marks))
}

fn index_unknown(value: &Value, key: &Value, doubt: &mut Doubt) -> Result<Value, String> {
    let any_element = || value.element().unwrap_or_else(|| any(&value.reason()));
    let Some(refinement) = value.refinement() else { return Ok(any_element()) };
    match form(value) {
        Form::Sequence => {
            let number = convert(key, &Type::Number, doubt)?;
            let range = number.number_range();
            let is_inside = range.integer
                && range.is_non_negative()
                && range.high.as_ref().is_some_and(|high| {
                    let length = i64::try_from(refinement.length.min).unwrap_or(i64::MAX);
                    high.at < Number::from(length)
                });
            if let Some(max) = refinement.length.max
                && range.low.as_ref().is_some_and(|low| low.at >= Number::from(i64::try_from(max).unwrap_or(i64::MAX)))
            {
                return Err("the index is beyond the end".to_owned());
            }
            if !is_inside {
                doubt.raise();
            }
            Ok(any_element())
        }
        Form::Mapping => {
            let name = convert(key, &Type::String, doubt)?;
            match name.as_string().and_then(|name| refinement.entries.get(name)) {
                Some(entry) => Ok(entry.clone()),
                None => {
                    doubt.raise();
                    let known = refinement.entries.values();
                    let element = any_element();
                    Ok(if name.as_string().is_some() {
                        element
                    } else {
                        join_all(known.chain([&element])).unwrap_or_else(|| element.clone())
                    })
                }
            }
        }
        Form::Free => {
            doubt.raise();
            Ok(any(&refinement.cause))
        }
    }
}

fn element_at(elements: &[Value], key: &Value, doubt: &mut Doubt) -> Result<Value, String> {
    if let Some(number) = key.as_number() {
        let at = number.to_u64().and_then(|at| usize::try_from(at).ok());
        return at.and_then(|at| elements.get(at)).cloned().ok_or_else(|| {
            let count = elements.len();
            format!("there is no element {number} among {count}")
        });
    }
    let range = key.number_range();
    let fits = elements.iter().enumerate().filter(|(at, _)| range.admits(&number_of(*at)));
    let end = NumberRange::between(0, Some((elements.len() as u64).saturating_sub(1)));
    let is_inside = range.integer
        && !elements.is_empty()
        && range.low.as_ref().zip(end.low.as_ref()).is_some_and(|(low, first)| low.at >= first.at)
        && range.high.as_ref().zip(end.high.as_ref()).is_some_and(|(high, last)| high.at <= last.at);
    if !is_inside {
        doubt.raise();
    }
    join_all(fits.map(|(_, element)| element)).ok_or_else(|| "the index is beyond the end".to_owned())
}

fn number_of(at: usize) -> Number {
    Number::from(i64::try_from(at).unwrap_or(i64::MAX))
}

fn present(value: &Value, doubt: &mut Doubt) -> Result<Value, String> {
    if value.nullable {
        doubt.raise();
    }
    value.not_null().ok_or_else(|| NULL.to_owned())
}

fn each_of(
    all: &[Value],
    doubt: &mut Doubt,
    access: impl Fn(&Value, &mut Doubt) -> Result<Value, String>,
) -> Result<Value, String> {
    let found: Vec<Result<Value, String>> = all.iter().map(|one| access(one, doubt)).collect();
    let good: Vec<&Value> = found.iter().filter_map(|one| one.as_ref().ok()).collect();
    if good.len() < found.len() {
        doubt.raise();
    }
    join_all(good).ok_or_else(|| found.iter().find_map(|one| one.as_ref().err().cloned()).unwrap_or_default())
}

/// A part keeps the marks of the whole and is named after it.
fn child(value: &Value, present: &Value, found: Value, name: &str) -> Value {
    let symbol = value.symbol.as_ref().map(|symbol| Arc::from(format!("{symbol}.{name}")));
    let symbol = found.symbol.clone().or(symbol);
    Value { symbol, ..found.marked(present.marks.without(Marks::ALWAYS_UNSTABLE)) }
}

fn any(cause: &Cause) -> Value {
    Value::any(&Type::Any, cause)
}

fn kind_of(ty: &Type) -> &'static str {
    match ty {
        Type::Any => "value",
        Type::Bool => "bool",
        Type::Number => "number",
        Type::String => "string",
        Type::List(_) => "list",
        Type::Set(_) => "set",
        Type::Map(_) => "map",
        Type::Tuple(_) => "tuple",
        Type::Object(_) => "object",
    }
}
