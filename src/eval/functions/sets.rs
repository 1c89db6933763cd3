//! Functions of sets.

use super::Context;
use super::call::{Call, Function, MAX_ELEMENTS, Outcome, Parameter, to_list};
use super::collections::require_sequence;
use super::lists::{apart, known_members};
use crate::eval::convert::convert;
use crate::eval::join::{equal, includes, join_all};
use crate::eval::order::compare;
use crate::eval::range::Length;
use crate::eval::refinement::{Cause, Refinement};
use crate::eval::unify::unify;
use crate::eval::value::{MAX_CANDIDATES, Value};
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::whole("setunion", &[Parameter::Set], union).and_more(Parameter::Set).keeping_marks(),
    Function::whole("setintersection", &[Parameter::Set], intersection).and_more(Parameter::Set).keeping_marks(),
    Function::whole("setsubtract", &[Parameter::Set, Parameter::Set], subtract).keeping_marks(),
    Function::whole("setproduct", &[], product).and_more(Parameter::Any).keeping_marks(),
];

/// The arguments as sets of the one type that all can have.
fn aligned(call: &Call, context: &mut Context<'_>) -> Result<(Type, Vec<Value>), String> {
    let types: Vec<Type> = call.arguments.iter().map(|set| set.ty.element().cloned().unwrap_or(Type::Any)).collect();
    // An empty set without a type takes that of the others.
    let known: Vec<Type> = types
        .iter()
        .zip(&call.arguments)
        .filter(|(ty, set)| **ty != Type::Any || set.length().max != Some(0))
        .map(|(ty, _)| ty.clone())
        .collect();
    let element = if known.is_empty() { Some(Type::Any) } else { unify(&known) };
    let element = element.ok_or("the sets must have elements of the same type")?;
    if call.rest.is_some() || !element.is_exact() && known.len() > 1 {
        // Elements may be converted, and equal ones become one.
        context.doubt.raise();
        let sets = call.arguments.iter().chain(&call.rest).map(|set| {
            let mut refinement = Refinement::new(set.reason());
            refinement.length = Length { min: set.length().min.min(1), max: set.length().max };
            refinement.element = Some(Value::any(&Type::Any, &set.reason()));
            Value::unknown(Type::set(Type::Any), refinement)
        });
        return Ok((Type::Any, sets.take(call.arguments.len()).collect()));
    }
    let sets = call.arguments.iter().map(|set| {
        if element == Type::Any { Ok(set.clone()) } else { convert(set, &Type::set(element.clone()), context.doubt) }
    });
    Ok((element.clone(), sets.collect::<Result<_, String>>()?))
}

/// Whether a known value is an element of a known set, whose elements stand in order.
fn is_in(set: &[Value], one: &Value) -> bool {
    let from = set.partition_point(|other| compare(other, one).is_lt());
    set[from..].iter().take_while(|other| compare(other, one).is_eq()).any(|other| equal(other, one) == Some(true))
}

fn some_set(call: &Call, element: &Type, refine: impl FnOnce(&mut Refinement)) -> Value {
    let mut refinement = Refinement::new(call.cause());
    refinement.distinct = true;
    refine(&mut refinement);
    Value::unknown(Type::set(element.clone()), refinement)
}

fn union(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (element, sets) = aligned(call, context)?;
    if call.rest.is_some() {
        context.doubt.raise();
    }
    let known: Option<Vec<&[Value]>> = sets.iter().map(Value::as_sequence).collect();
    if let Some(known) = known.filter(|_| call.rest.is_none()) {
        let all: Vec<Value> = known.into_iter().flatten().cloned().collect();
        if all.len() > MAX_ELEMENTS {
            return Ok(Call::too_large(&Type::set(element)));
        }
        return Ok(Value::set(element, all));
    }
    let rest = call.rest.as_ref().map(|rest| Value::any(&Type::Any, &rest.reason()));
    let members: Vec<Value> = sets.iter().flat_map(known_members).collect();
    let longest = sets.iter().map(|set| set.length().min).max().unwrap_or(0);
    let most = sets.iter().map(Value::length).fold(Length::exactly(0), Length::plus).max;
    Ok(some_set(call, &element, |refinement| {
        refinement.length = Length { min: apart(&members).max(longest), max: most.filter(|_| call.rest.is_none()) };
        let elements: Vec<Value> = sets.iter().filter_map(Value::element).chain(rest).collect();
        refinement.element = join_all(elements.iter());
        refinement.includes = sets.iter().flat_map(includes).collect();
        refinement.contains = members.into_iter().take(MAX_CANDIDATES).collect();
    }))
}

fn intersection(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (element, sets) = aligned(call, context)?;
    if call.rest.is_some() {
        context.doubt.raise();
    }
    let known: Option<Vec<&[Value]>> = sets.iter().map(Value::as_sequence).collect();
    if let Some(known) = known.filter(|_| call.rest.is_none()) {
        let (first, others) = known.split_first().ok_or("`setintersection` needs a set")?;
        let is_in_all = |one: &&Value| others.iter().all(|set| is_in(set, one));
        return Ok(Value::set(element, first.iter().filter(is_in_all).cloned().collect()));
    }
    let shortest = sets.iter().filter_map(|set| set.length().max).min();
    Ok(some_set(call, &element, |refinement| {
        refinement.length = Length { min: 0, max: shortest };
        refinement.element = sets
            .iter()
            .find_map(|set| set.as_sequence())
            .map_or_else(|| sets.first().and_then(Value::element), |elements| join_all(elements.iter()));
    }))
}

fn subtract(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (element, sets) = aligned(call, context)?;
    let [from, what] = sets.as_slice() else { return Err("`setsubtract` takes two sets".to_owned()) };
    if let (Some(left), Some(right)) = (from.as_sequence(), what.as_sequence()) {
        let is_kept = |one: &&Value| !is_in(right, one);
        return Ok(Value::set(element, left.iter().filter(is_kept).cloned().collect()));
    }
    let other = what.element();
    let is_kept = |one: &Value| other.as_ref().is_none_or(|other| equal(one, other) == Some(false));
    let is_certain = |one: &Value| match what.as_sequence() {
        Some(right) => right.iter().all(|other| equal(one, other) == Some(false)),
        None => is_kept(one),
    };
    let kept: Vec<Value> = known_members(from).into_iter().filter(|one| is_certain(one)).collect();
    let lost = what.length().max.map_or(0, |max| from.length().min.saturating_sub(max));
    Ok(some_set(call, &element, |refinement| {
        refinement.length = Length { min: apart(&kept).max(lost), max: from.length().max };
        refinement.element = from.element();
        refinement.contains = kept.into_iter().take(MAX_CANDIDATES).collect();
    }))
}

fn product(call: &Call, context: &mut Context<'_>) -> Outcome {
    if call.rest.is_some() {
        context.doubt.raise();
        return Ok(call.some(&Type::Any));
    }
    if call.arguments.len() < 2 {
        return Err("`setproduct` needs at least two arguments".to_owned());
    }
    let mut any_set = false;
    let mut parts = Vec::new();
    for argument in &call.arguments {
        require_sequence(argument, context)?;
        any_set |= matches!(argument.ty, Type::Set(_));
        // What `null` among other things becomes depends on them.
        let has_null =
            argument.as_sequence().is_some_and(|all| all.iter().any(|one| one.is_null() && one.ty == Type::Any));
        if has_null && matches!(argument.ty, Type::Tuple(_)) {
            context.doubt.raise();
            return Ok(call.some(&Type::Any));
        }
        let list = if matches!(argument.ty, Type::Set(_)) { argument.clone() } else { to_list(argument, context)? };
        parts.push(list);
    }
    let types: Vec<Type> = parts.iter().map(|part| part.ty.element().cloned().unwrap_or(Type::Any)).collect();
    let row = Type::Tuple(types.into());
    let wrap = |ty: Type| if any_set { Type::set(ty) } else { Type::list(ty) };
    let mut lengths = parts.iter().map(Value::length);
    let size = lengths.try_fold(1u64, |size, length| size.checked_mul(length.max?));
    let known: Option<Vec<&[Value]>> = parts.iter().map(Value::as_sequence).collect();
    if parts.iter().any(|part| part.length().max == Some(0)) {
        return Ok(if any_set { Value::set(row, Vec::new()) } else { Value::list(row, Vec::new()) });
    }
    if let Some(known) = known {
        if size.is_none_or(|size| size > MAX_ELEMENTS as u64) {
            return Ok(Value::some(&wrap(row), &Cause::TooLarge));
        }
        let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
        for part in known {
            rows = rows
                .into_iter()
                .flat_map(|row| part.iter().map(move |one| row.iter().chain([one]).cloned().collect()))
                .collect();
        }
        let rows: Vec<Value> = rows.into_iter().map(Value::tuple).collect();
        return Ok(if any_set { Value::set(row, rows) } else { Value::list(row, rows) });
    }
    let elements: Vec<Value> =
        parts.iter().map(|part| part.element().unwrap_or_else(|| call.some(&Type::Any))).map(Value::unnamed).collect();
    // In a set equal rows, which equal elements make, are one.
    let least = parts.iter().map(|part| match part.ty {
        Type::List(_) if any_set => part.length().min.min(1),
        _ => part.length().min,
    });
    let least = least.fold(1u64, u64::saturating_mul);
    let mut refinement = Refinement::new(call.cause());
    refinement.length = Length { min: least, max: size };
    refinement.element = Some(Value { ty: row.clone(), ..Value::tuple(elements) });
    refinement.distinct = any_set;
    Ok(Value::unknown(if row.is_exact() { wrap(row) } else { Type::Any }, refinement))
}
