//! Functions that look at a collection and give one thing: its length, an element, whether something is in it.

use super::Context;
use super::call::{Call, Function, Outcome, Parameter};
use crate::eval::convert::convert;
use crate::eval::join::{equal, form, join, join_all};
use crate::eval::number::Number;
use crate::eval::pattern::{Anchors, Pattern};
use crate::eval::range::{Bound, Length, NumberRange};
use crate::eval::refinement::{Cause, Form};
use crate::eval::unify::{of_uncertain_type, unify};
use crate::eval::value::{Kind, Value};
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::whole("length", &[Parameter::Any], length).keeping_marks(),
    Function::whole("contains", &[Parameter::Any, Parameter::Any], contains),
    Function::whole("element", &[Parameter::Any, Parameter::Number], element).keeping_marks(),
    Function::whole("index", &[Parameter::Any, Parameter::Any], index),
    Function::whole("one", &[Parameter::Any], one).keeping_marks(),
    Function::whole("coalesce", &[], coalesce).and_more(Parameter::AnyOrNull).keeping_marks(),
    Function::whole("coalescelist", &[], coalesce_list).and_more(Parameter::AnyOrNull).keeping_marks(),
    Function::whole("sum", &[Parameter::Any], sum),
    Function::whole("alltrue", &[Parameter::Bools], |call, context| fold_bools(call, context, false)),
    Function::whole("anytrue", &[Parameter::Bools], |call, context| fold_bools(call, context, true)),
];

/// Whether a value is a list, set or tuple; nothing where its type is not known.
pub(super) fn is_sequence(value: &Value) -> Option<bool> {
    match form(value) {
        Form::Sequence => Some(true),
        Form::Free if value.ty == Type::Any && !value.is_null() => None,
        Form::Free | Form::Mapping => Some(false),
    }
}

/// Fails for what is surely no list, set or tuple, and doubts what may be none.
pub(super) fn require_sequence(value: &Value, context: &mut Context<'_>) -> Result<(), String> {
    match is_sequence(value) {
        Some(true) => Ok(()),
        Some(false) => Err("a list, set or tuple is required".to_owned()),
        None => {
            context.doubt.raise();
            Ok(())
        }
    }
}

/// Fails for sets, and what is no list or tuple at all.
pub(super) fn require_ordered(value: &Value, context: &mut Context<'_>) -> Result<(), String> {
    if matches!(value.ty, Type::Set(_)) {
        return Err("a list or tuple is required, not a set".to_owned());
    }
    if value.ty == Type::Any {
        context.doubt.raise();
    }
    require_sequence(value, context)
}

fn length(call: &Call, context: &mut Context<'_>) -> Outcome {
    let value = call.at(0);
    match (&value.ty, &value.kind) {
        (Type::String, Kind::String(text)) => Ok(Value::count(super::strings::characters(text).count())),
        (Type::String, _) => {
            let range = NumberRange::between(value.text().min_length(), None);
            Ok(Value::some_number(range, call.cause()))
        }
        (Type::Bool | Type::Number, _) => Err("a string or collection is required".to_owned()),
        _ => {
            if value.ty == Type::Any && form(value) == Form::Free {
                context.doubt.raise();
            }
            let length = value.length();
            if length.max == Some(length.min) {
                return Ok(Value::number(Number::from(i64::try_from(length.min).unwrap_or(i64::MAX))));
            }
            Ok(Value::some_number(NumberRange::between(length.min, length.max), call.cause()))
        }
    }
}

fn contains(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (list, wanted) = (call.at(0), call.at(1));
    require_sequence(list, context)?;
    if list.length().max == Some(0) {
        return Ok(Value::bool(false));
    }
    let answer = match &list.kind {
        Kind::Sequence(elements) => any(elements.iter().map(|element| equal(element, wanted))),
        _ => {
            let known = list.refinement();
            let surely = known.is_some_and(|known| known.contains.iter().any(|one| equal(one, wanted) == Some(true)));
            let never = list.element().is_some_and(|element| equal(&element, wanted) == Some(false));
            if surely {
                Some(true)
            } else if never {
                Some(false)
            } else {
                None
            }
        }
    };
    Ok(Value::tri(answer, || call.cause()))
}

/// Whether one of them is true: yes as soon as one is, no when all are not.
fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut decided = Some(false);
    for answer in answers {
        match answer {
            Some(true) => return Some(true),
            None => decided = None,
            Some(false) => {}
        }
    }
    decided
}

fn element(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (list, index) = (call.at(0), call.at(1));
    require_ordered(list, context)?;
    let length = list.length();
    if length.max == Some(0) {
        return Err("`element` needs a list that is not empty".to_owned());
    }
    if length.min == 0 {
        context.doubt.raise();
    }
    if let Some(number) = index.as_number() {
        let at = number.to_i64().ok_or("a whole number is required")?;
        // Counted around, also from the end; but the type of a tuple's element is looked for at the negative index.
        let count = i64::try_from(list.length().min).unwrap_or(i64::MAX);
        if matches!(list.ty, Type::Tuple(_)) && at < 0 && count > 0 && at % count != 0 {
            return Err("the index of `element` must not be negative for a tuple".to_owned());
        }
        let found = list.as_sequence().and_then(|elements| {
            let count = i64::try_from(elements.len()).ok().filter(|count| *count > 0)?;
            elements.get(usize::try_from(at.rem_euclid(count)).ok()?)
        });
        if let Some(found) = found {
            return Ok(found.clone());
        }
    } else {
        let range = index.number_range();
        if !range.integer || !range.is_non_negative() && !matches!(list.ty, Type::List(_)) {
            context.doubt.raise();
        }
    }
    Ok(list.element().map_or_else(|| call.some(&Type::Any), Value::unnamed))
}

fn index(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (list, wanted) = (call.at(0), call.at(1));
    require_ordered(list, context)?;
    let length = list.length();
    if length.max == Some(0) {
        return Err("`index` needs a list that is not empty".to_owned());
    }
    let Some(elements) = list.as_sequence() else {
        context.doubt.raise();
        let last = length.max.map(|max| max.saturating_sub(1));
        return Ok(Value::some_number(NumberRange::between(0, last), call.cause()));
    };
    let mut possible: Vec<Value> = Vec::new();
    for (at, element) in elements.iter().enumerate() {
        match equal(element, wanted) {
            Some(true) => {
                possible.push(Value::count(at));
                return Value::one_of(possible).ok_or_else(String::new);
            }
            None => possible.push(Value::count(at)),
            Some(false) => {}
        }
    }
    context.doubt.raise();
    Value::one_of(possible).ok_or_else(|| "the list does not contain the value".to_owned())
}

fn one(call: &Call, context: &mut Context<'_>) -> Outcome {
    let list = call.at(0);
    require_sequence(list, context)?;
    let length = list.length();
    if length.min > 1 {
        return Err("a list, set or tuple with at most one element is required".to_owned());
    }
    if length.max.is_none_or(|max| max > 1) {
        context.doubt.raise();
    }
    let nothing = || Value::null(list.ty.element().cloned().unwrap_or(Type::Any));
    if length.max == Some(0) {
        return Ok(nothing());
    }
    let element = list.element().unwrap_or_else(nothing).unnamed();
    Ok(if length.min == 0 { element.or_null() } else { element })
}

fn coalesce(call: &Call, context: &mut Context<'_>) -> Outcome {
    if call.rest.is_some() {
        context.doubt.raise();
        return Ok(call.some(&Type::Any));
    }
    let typed: Vec<Type> =
        call.arguments.iter().filter(|one| !(one.is_null() && one.ty == Type::Any)).map(|one| one.ty.clone()).collect();
    let nothing = || "`coalesce` needs an argument that is neither null nor an empty string".to_owned();
    let ty = if typed.is_empty() { return Err(nothing()) } else { unify(&typed) };
    let ty = ty.ok_or("all arguments of `coalesce` must have the same type")?;
    let is_uncertain = ty == Type::Any && typed.len() > 1;
    if is_uncertain {
        context.doubt.raise();
    }
    let mut joined: Option<Value> = None;
    for argument in &call.arguments {
        let Some(present) = argument.not_null() else { continue };
        let mut value = convert(&present, &ty, context.doubt)?;
        if is_uncertain {
            value = of_uncertain_type(&value);
        }
        let mut may_pass = argument.nullable;
        if matches!(value.ty, Type::String | Type::Any) {
            let empty = equal(&value, &Value::string(""));
            match empty {
                Some(true) => continue,
                Some(false) => {}
                None => {
                    may_pass = true;
                    value = not_empty(value);
                }
            }
        }
        let value = value.marked(argument.marks);
        joined = Some(joined.map_or_else(|| value.clone(), |before| join(&before, &value)));
        if !may_pass {
            return joined.ok_or_else(nothing);
        }
    }
    context.doubt.raise();
    joined.ok_or_else(nothing)
}

/// The members of a string that are not empty.
fn not_empty(value: Value) -> Value {
    let (Type::String, Some(refinement)) = (&value.ty, value.refinement()) else { return value };
    let mut refinement = refinement.clone();
    refinement.text = Some(value.text().narrow(&Pattern::literal("", Anchors::Both), false));
    Value { kind: Kind::Unknown(refinement.into()), symbol: None, ..value }
}

fn coalesce_list(call: &Call, context: &mut Context<'_>) -> Outcome {
    if call.rest.is_some() || call.arguments.is_empty() {
        context.doubt.raise();
        return Ok(call.some(&Type::Any));
    }
    let mut joined: Option<Value> = None;
    for argument in &call.arguments {
        if matches!(argument.ty, Type::Set(_)) || is_sequence(argument) == Some(false) && !argument.is_null() {
            return Err("`coalescelist` takes lists and tuples".to_owned());
        }
        // Null of a list's type is left out.
        if argument.is_null() && !matches!(argument.ty, Type::List(_) | Type::Tuple(_)) {
            return Err("an argument of `coalescelist` is null".to_owned());
        }
        if argument.ty == Type::Any {
            context.doubt.raise();
        }
    }
    for argument in &call.arguments {
        let Some(value) = argument.not_null() else { continue };
        let may_pass = argument.nullable;
        let length = value.length();
        if length.max == Some(0) {
            continue;
        }
        let full = at_least(value, 1);
        joined = Some(joined.map_or_else(|| full.clone(), |before| join(&before, &full)));
        if length.min > 0 && !may_pass {
            return joined.ok_or_else(String::new);
        }
    }
    context.doubt.raise();
    joined.ok_or_else(|| "`coalescelist` needs a list that is not empty".to_owned())
}

/// The members of a collection with at least `min` elements.
fn at_least(value: Value, min: u64) -> Value {
    let Some(refinement) = value.refinement() else { return value };
    let mut refinement = refinement.clone();
    let max = refinement.length.max;
    refinement.length = Length { min: refinement.length.min.max(min), max };
    Value { kind: Kind::Unknown(refinement.into()), symbol: None, ..value }
}

fn sum(call: &Call, context: &mut Context<'_>) -> Outcome {
    let list = call.at(0);
    require_sequence(list, context)?;
    let length = list.length();
    if length.max == Some(0) {
        return Err("`sum` needs a list that is not empty".to_owned());
    }
    let as_number = |element: &Value, context: &mut Context<'_>| {
        if element.nullable {
            context.doubt.raise();
        }
        let present = element.not_null().ok_or("an element of the list is null")?;
        convert(&present, &Type::Number, context.doubt)
    };
    if let Some(elements) = list.as_sequence() {
        let numbers: Vec<Value> = elements.iter().map(|one| as_number(one, context)).collect::<Result<_, _>>()?;
        let known: Option<Vec<&Number>> = numbers.iter().map(Value::as_number).collect();
        if let Some(known) = known {
            let mut total = known.first().map_or(Number::ZERO, |first| (*first).clone());
            for number in known.iter().skip(1) {
                total = total.add(number).ok_or("opposite infinities have no sum")?;
            }
            return Ok(Value::number(total));
        }
        let ranges = numbers.iter().map(Value::number_range);
        let range = ranges.reduce(|one, other| add_ranges(&one, &other)).unwrap_or_default();
        return Ok(Value::some_number(range, call.cause()));
    }
    if length.min == 0 {
        context.doubt.raise();
    }
    let element = list.element().map(|element| as_number(&element, context)).transpose()?;
    let range = element.map(|element| element.number_range()).unwrap_or_default();
    let low = if range.is_non_negative() { range.low } else { None };
    Ok(Value::some_number(NumberRange { low, high: None, integer: range.integer }, call.cause()))
}

fn add_ranges(one: &NumberRange, other: &NumberRange) -> NumberRange {
    let end = |one: Option<&Bound>, other: Option<&Bound>| {
        let (one, other) = one.zip(other)?;
        // Rounding moves a sum at most to its bound, so that it is no longer outside.
        Some(Bound { at: one.at.add(&other.at)?, inclusive: true })
    };
    let (low, high) = (end(one.low.as_ref(), other.low.as_ref()), end(one.high.as_ref(), other.high.as_ref()));
    NumberRange { low, high, integer: one.integer && other.integer }
}

/// `anytrue` looks for true, `alltrue` for what is not true.
fn fold_bools(call: &Call, _: &mut Context<'_>, wanted: bool) -> Outcome {
    let list = call.at(0);
    let is_hit = |element: &Value| {
        if element.is_null() {
            // Null is not true.
            return Some(!wanted);
        }
        match element.kind {
            // Where it may be null, both must say the same.
            Kind::Bool(value) if !element.nullable || (value == wanted) != wanted => Some(value == wanted),
            _ => None,
        }
    };
    let answer = match &list.kind {
        Kind::Sequence(elements) => any(elements.iter().map(is_hit)),
        _ if list.length().max == Some(0) => Some(false),
        _ => {
            let contains =
                list.refinement().is_some_and(|known| known.contains.iter().any(|one| is_hit(one) == Some(true)));
            match list.element().as_ref().and_then(is_hit) {
                _ if contains => Some(true),
                Some(false) => Some(false),
                Some(true) if list.length().min > 0 => Some(true),
                _ => None,
            }
        }
    };
    let cause = || list.cause().unwrap_or(Cause::Expression);
    Ok(Value::tri(answer.map(|hit| hit == wanted), cause))
}

/// All elements of several collections in one value; nothing where there are none.
pub(super) fn element_of_all<'v>(values: impl Iterator<Item = &'v Value>) -> Option<Value> {
    let all: Vec<Value> = values.filter_map(Value::element).collect();
    join_all(all.iter())
}
