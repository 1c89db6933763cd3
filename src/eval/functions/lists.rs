//! Functions that make lists and tuples out of others.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::Context;
use super::call::{Call, Function, MAX_ELEMENTS, Outcome, Parameter, to_list};
use super::collections::{element_of_all, is_sequence, require_ordered, require_sequence};
use crate::eval::convert::convert;
use crate::eval::join::{equal, includes, join_all};
use crate::eval::number::Number;
use crate::eval::pattern::{Anchors, Pattern};
use crate::eval::range::{Length, NumberRange};
use crate::eval::refinement::{Form, Refinement};
use crate::eval::unify::{of_uncertain_type, unify};
use crate::eval::value::{Kind, MAX_CANDIDATES, Symbol, Value};
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::whole("concat", &[], concat).and_more(Parameter::Any).keeping_marks(),
    Function::whole("flatten", &[Parameter::Any], flatten).keeping_marks(),
    Function::whole("reverse", &[Parameter::Any], reverse).keeping_marks(),
    Function::whole("slice", &[Parameter::Any, Parameter::Number, Parameter::Number], slice).keeping_marks(),
    Function::whole("sort", &[Parameter::Strings], sort),
    Function::whole("distinct", &[Parameter::List], distinct).keeping_marks(),
    Function::whole("compact", &[Parameter::Strings], compact),
    Function::whole("chunklist", &[Parameter::List, Parameter::Number], chunk).keeping_marks(),
    Function::split("range", &[Parameter::Number], range, some_range).and_more(Parameter::Number),
    Function::whole("matchkeys", &[Parameter::List, Parameter::List, Parameter::List], match_keys).keeping_marks(),
];

/// A list of `element` of which little is known.
fn some_list(call: &Call, element: Type, refine: impl FnOnce(&mut Refinement)) -> Value {
    let mut refinement = Refinement::new(call.cause());
    refinement.form = Form::Sequence;
    refine(&mut refinement);
    let ty = if element == Type::Any { Type::Any } else { Type::list(element) };
    Value::unknown(ty, refinement)
}

/// The elements that a collection surely has.
pub(super) fn known_members(value: &Value) -> Vec<Value> {
    match &value.kind {
        Kind::Sequence(elements) => elements.to_vec(),
        Kind::Unknown(refinement) => refinement.contains.clone(),
        _ => Vec::new(),
    }
}

fn concat(call: &Call, context: &mut Context<'_>) -> Outcome {
    let all: Vec<&Value> = call.arguments.iter().collect();
    if all.is_empty() && call.rest.is_none() {
        return Err("`concat` needs at least one argument".to_owned());
    }
    for argument in &all {
        require_ordered(argument, context)?;
    }
    if call.rest.is_some() {
        context.doubt.raise();
    }
    let lists: Option<Vec<Type>> =
        all.iter().map(|value| if matches!(value.ty, Type::List(_)) { Some(value.ty.clone()) } else { None }).collect();
    // An empty list without a type takes that of the others.
    let is_typed = |(ty, value): &(&Type, &&Value)| ty.is_exact() || value.length().max != Some(0);
    let lists =
        lists.map(|types| types.iter().zip(&all).filter(is_typed).map(|(ty, _)| ty.clone()).collect::<Vec<_>>());
    let common = lists.filter(|_| call.rest.is_none()).and_then(|types| unify(&types)).filter(Type::is_exact);
    if let Some(ty) = &common {
        let converted: Vec<Value> =
            all.iter().map(|value| convert(value, ty, context.doubt)).collect::<Result<_, _>>()?;
        return Ok(joined_lists(call, ty, &converted.iter().collect::<Vec<_>>()));
    }
    if call.rest.is_none()
        && let Some(parts) = all.iter().map(|value| value.as_sequence()).collect::<Option<Vec<_>>>()
    {
        let elements: Vec<Value> = parts.into_iter().flatten().cloned().collect();
        if elements.len() > MAX_ELEMENTS {
            return Ok(Call::too_large(&Type::Any));
        }
        let tuple = Value::tuple(elements);
        // Lists of no known type give a list or a tuple.
        return Ok(if all.iter().all(|value| matches!(value.ty, Type::List(_))) {
            of_uncertain_type(&tuple)
        } else {
            tuple
        });
    }
    let mut result = joined_lists(call, &Type::Any, &all);
    if let (Some(rest), Kind::Unknown(refinement)) = (&call.rest, &result.kind) {
        let mut refinement = (**refinement).clone();
        let further = rest.element().and_then(|list| list.element());
        refinement.element = join_all(refinement.element.iter().chain(&further));
        refinement.length.max = None;
        result.kind = Kind::Unknown(refinement.into());
    } else if let Some(rest) = &call.rest {
        // Nothing but empty lists before what is not known.
        let element = rest.element().and_then(|list| list.element());
        let known = known_members(&result);
        result = some_list(call, Type::Any, |refinement| {
            refinement.element = join_all(known.iter().chain(&element));
            refinement.length.min = known.len() as u64;
            refinement.contains = known;
        });
    }
    Ok(result)
}

/// One list after another, of a type that all have.
fn joined_lists(call: &Call, ty: &Type, all: &[&Value]) -> Value {
    let element = ty.element().cloned().unwrap_or(Type::Any);
    let parts: Option<Vec<&[Value]>> = all.iter().map(|value| value.as_sequence()).collect();
    if let Some(parts) = parts
        && element != Type::Any
    {
        let elements: Vec<Value> = parts.into_iter().flatten().cloned().collect();
        if elements.len() > MAX_ELEMENTS {
            return Call::too_large(ty);
        }
        return Value::list(element, elements);
    }
    some_list(call, element, |refinement| {
        refinement.length = all.iter().map(|value| value.length()).fold(Length::exactly(0), Length::plus);
        refinement.element = element_of_all(all.iter().copied());
        refinement.contains = all.iter().flat_map(|value| known_members(value)).take(MAX_CANDIDATES).collect();
        refinement.includes = all.iter().flat_map(|value| includes(value)).collect();
    })
}

fn flatten(call: &Call, context: &mut Context<'_>) -> Outcome {
    let list = call.at(0);
    require_sequence(list, context)?;
    let mut flat = Flat::default();
    flat.take(list, true);
    if flat.elements.len() > MAX_ELEMENTS {
        return Ok(Call::too_large(&Type::Any));
    }
    if flat.open.is_empty() {
        return Ok(Value::tuple(flat.elements));
    }
    Ok(some_list(call, Type::Any, |refinement| {
        let open = flat.open.iter().fold(Length::exactly(0), |sum, length| sum.plus(*length));
        refinement.length = open.plus(Length::exactly(flat.elements.len() as u64));
        refinement.element = join_all(flat.elements.iter().chain(&flat.element));
        refinement.contains = flat.elements.into_iter().chain(flat.contains).take(MAX_CANDIDATES).collect();
        refinement.includes = flat.includes;
    }))
}

/// What was found while flattening.
#[derive(Default)]
struct Flat {
    /// Elements that are surely there, in order.
    elements: Vec<Value>,
    /// How many more there can be, for each part that is not known.
    open: Vec<Length>,
    /// What those can be.
    element: Vec<Value>,
    /// What is surely among those.
    contains: Vec<Value>,
    /// Lists whose elements are all there.
    includes: BTreeSet<Symbol>,
}

impl Flat {
    fn take(&mut self, value: &Value, is_outer: bool) {
        if self.elements.len() > MAX_ELEMENTS {
            return;
        }
        let is_flattened = if value.is_null() { Some(false) } else { is_sequence(value) };
        match is_flattened {
            Some(false) => self.elements.push(value.clone().unnamed()),
            // It may be a list, or not.
            None => self.anything(value),
            Some(true) if value.nullable && !is_outer => self.anything(value),
            Some(true) => match value.as_sequence() {
                Some(elements) => {
                    for element in elements {
                        self.take(&element.clone().marked(value.marks), false);
                    }
                }
                None => self.part(value),
            },
        }
    }

    /// A list whose elements are not known one by one.
    fn part(&mut self, value: &Value) {
        let length = value.length();
        let Some(element) = value.element() else { return };
        let mut inner = Self::default();
        inner.take(&element, false);
        if is_sequence(&element) == Some(false) {
            self.includes.extend(includes(value));
            self.contains.extend(known_members(value));
        }
        let nested = inner.open.iter().fold(Length::exactly(inner.elements.len() as u64), |sum, open| sum.plus(*open));
        let most = length.max.zip(nested.max).and_then(|(outer, inner)| outer.checked_mul(inner));
        self.open.push(Length { min: length.min.saturating_mul(nested.min), max: most });
        self.element.extend(inner.elements);
        self.element.extend(inner.element);
    }

    fn anything(&mut self, value: &Value) {
        self.open.push(Length::ANY);
        self.element.push(Value::any(&Type::Any, &value.reason()).marked(value.all_marks()));
    }
}

fn reverse(call: &Call, context: &mut Context<'_>) -> Outcome {
    let list = call.at(0);
    require_sequence(list, context)?;
    match (&list.ty, &list.kind) {
        (Type::Tuple(_), Kind::Sequence(elements)) => Ok(Value::tuple(elements.iter().rev().cloned().collect())),
        (Type::List(element) | Type::Set(element), Kind::Sequence(elements)) => {
            Ok(Value::list((**element).clone(), elements.iter().rev().cloned().collect()))
        }
        (ty, Kind::Unknown(refinement)) => {
            let ty = match ty {
                Type::Set(element) => Type::List(Arc::clone(element)),
                ty => ty.clone(),
            };
            let refinement =
                Refinement { sorted: false, form: Form::Sequence, includes: includes(list), ..(**refinement).clone() };
            Ok(Value::unknown(ty, refinement))
        }
        _ => Ok(call.some(&Type::Any)),
    }
}

fn slice(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (list, start, end) = (call.at(0), call.at(1), call.at(2));
    require_ordered(list, context)?;
    let bound = |value: &Value| match value.as_number() {
        None => Ok(None),
        Some(number) if number.is_negative() && !number.is_zero() => Err("indexes of `slice` must not be negative"),
        Some(number) => number.to_u64().map(Some).ok_or("indexes of `slice` must be whole numbers"),
    };
    let (from, to) = (bound(start)?, bound(end)?);
    let length = list.length();
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err("the start index of `slice` is beyond its end index".to_owned());
    }
    if from.or(to).is_some() && length.max.is_some_and(|max| from.unwrap_or(0).max(to.unwrap_or(0)) > max) {
        return Err("`slice` reaches beyond the end of the list".to_owned());
    }
    let of_elements = |elements: &[Value]| match &list.ty {
        Type::List(element) => Value::list((**element).clone(), elements.to_vec()),
        _ => Value::tuple(elements.to_vec()),
    };
    if let (Some(from), Some(to), Some(elements)) = (from, to, list.as_sequence()) {
        let range = usize::try_from(from).unwrap_or(usize::MAX)..usize::try_from(to).unwrap_or(usize::MAX);
        return elements
            .get(range)
            .map(of_elements)
            .ok_or_else(|| "`slice` reaches beyond the end of the list".to_owned());
    }
    if to.is_none_or(|to| to > length.min) || from.is_none() {
        context.doubt.raise();
    }
    let exact = from.zip(to).map(|(from, to)| Length::exactly(to - from));
    let most = to.or(length.max).map(|to| to.saturating_sub(from.unwrap_or(0)));
    let element = if let Type::List(element) = &list.ty { (**element).clone() } else { Type::Any };
    Ok(some_list(call, element, |refinement| {
        refinement.length = exact.unwrap_or(Length { min: 0, max: most });
        refinement.element = list.element();
        refinement.distinct = list.refinement().is_some_and(|known| known.distinct);
        refinement.sorted = list.refinement().is_some_and(|known| known.sorted);
    }))
}

fn sort(call: &Call, context: &mut Context<'_>) -> Outcome {
    let list = call.at(0);
    let may_hold_null = list.element().is_some_and(|element| element.may_be_null());
    if let Kind::Sequence(elements) = &list.kind {
        if elements.iter().any(Value::is_null) {
            return Err("`sort` cannot order null".to_owned());
        }
        let texts: Option<Vec<Arc<str>>> = elements.iter().map(|one| one.as_string().cloned()).collect();
        if let Some(mut texts) = texts {
            texts.sort();
            return Ok(Value::list(Type::String, texts.into_iter().map(Value::string).collect()));
        }
    }
    if may_hold_null {
        context.doubt.raise();
    }
    let present = |value: &Value| value.not_null().unwrap_or_else(|| call.some(&Type::String));
    Ok(some_list(call, Type::String, |refinement| {
        refinement.length = list.length();
        refinement.element = list.element().map(|element| present(&element).unnamed());
        refinement.contains = known_members(list).iter().take(MAX_CANDIDATES).map(present).collect();
        refinement.includes = includes(list);
        refinement.distinct = list.refinement().is_some_and(|known| known.distinct);
        refinement.sorted = true;
    }))
}

fn distinct(call: &Call, _: &mut Context<'_>) -> Outcome {
    let list = call.at(0);
    let element = list.ty.element().cloned().unwrap_or(Type::Any);
    if let Kind::Sequence(elements) = &list.kind {
        let texts: Option<Vec<&Arc<str>>> = elements.iter().map(Value::as_string).collect();
        if let Some(texts) = texts {
            let mut seen = HashSet::new();
            let is_new = texts.into_iter().map(|text| seen.insert(text));
            let kept = elements.iter().zip(is_new).filter(|(_, is_new)| *is_new).map(|(one, _)| one.clone());
            return Ok(Value::list(element, kept.collect()));
        }
        let mut kept: Vec<Value> = Vec::new();
        let mut is_certain = true;
        for one in elements.iter() {
            let answers: Vec<Option<bool>> = kept.iter().map(|known| equal(known, one)).collect();
            if answers.contains(&Some(true)) {
                continue;
            }
            is_certain &= answers.iter().all(Option::is_some);
            kept.push(one.clone());
        }
        if is_certain {
            return Ok(Value::list(element, kept));
        }
    }
    let least = apart(&known_members(list)).max(u64::from(list.length().min > 0));
    Ok(some_list(call, element.clone(), |refinement| {
        let is_distinct = list.refinement().is_some_and(|known| known.distinct) && !may_have_zeros(&element);
        let min = if is_distinct { list.length().min } else { least };
        refinement.length = Length { min, max: list.length().max };
        refinement.element = list.element();
        refinement.contains = known_members(list).into_iter().take(MAX_CANDIDATES).collect();
        refinement.includes = includes(list);
        refinement.distinct = true;
        refinement.sorted = list.refinement().is_some_and(|known| known.sorted);
    }))
}

/// Whether values of `ty` may have numbers in them: a set can have `0` and `-0`, which are equal.
fn may_have_zeros(ty: &Type) -> bool {
    match ty {
        Type::Any | Type::Number => true,
        Type::Bool | Type::String => false,
        Type::List(element) | Type::Set(element) | Type::Map(element) => may_have_zeros(element),
        Type::Tuple(elements) => elements.iter().any(may_have_zeros),
        Type::Object(object) => object.attributes.values().any(|attribute| may_have_zeros(&attribute.ty)),
    }
}

/// How many of these are surely different from each other; a lower bound.
pub(super) fn apart(members: &[Value]) -> u64 {
    let mut chosen: Vec<&Value> = Vec::new();
    for member in members {
        if chosen.iter().all(|known| equal(known, member) == Some(false)) {
            chosen.push(member);
        }
    }
    chosen.len() as u64
}

fn compact(call: &Call, _: &mut Context<'_>) -> Outcome {
    let list = call.at(0);
    let empty = Value::string("");
    let is_dropped = |element: &Value| {
        if element.is_null() {
            return Some(true);
        }
        match equal(&Value { nullable: false, ..element.clone() }, &empty) {
            Some(true) => Some(true),
            Some(false) if !element.nullable => Some(false),
            _ => None,
        }
    };
    if let Kind::Sequence(elements) = &list.kind {
        let dropped: Option<Vec<bool>> = elements.iter().map(is_dropped).collect();
        if let Some(dropped) = dropped {
            let kept = elements.iter().zip(dropped).filter(|(_, dropped)| !dropped).map(|(element, _)| element.clone());
            return Ok(Value::list(Type::String, kept.collect()));
        }
    }
    let sure: Vec<Value> =
        known_members(list).into_iter().filter(|element| is_dropped(element) == Some(false)).collect();
    let element = list.element().and_then(|element| element.not_null()).map(Value::unnamed);
    let keeps_all = list.element().is_some_and(|element| is_dropped(&element) == Some(false));
    Ok(some_list(call, Type::String, |refinement| {
        let possible = match &list.kind {
            Kind::Sequence(elements) => {
                Some(elements.iter().filter(|one| is_dropped(one) != Some(true)).count() as u64)
            }
            _ => list.length().max,
        };
        let min = if keeps_all { list.length().min } else { sure.len() as u64 };
        refinement.length = Length { min: min.min(possible.unwrap_or(min)), max: possible };
        refinement.element = element.map(|element| match &element.kind {
            Kind::Unknown(_) => {
                let text = element.text().narrow(&Pattern::literal("", Anchors::Both), false);
                Value::some_string(text, element.reason())
            }
            _ => element,
        });
        refinement.includes = if keeps_all { includes(list) } else { BTreeSet::new() };
        refinement.contains = sure.into_iter().take(MAX_CANDIDATES).collect();
        refinement.distinct = list.refinement().is_some_and(|known| known.distinct);
        refinement.sorted = list.refinement().is_some_and(|known| known.sorted);
    }))
}

fn chunk(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (list, size) = (call.at(0), call.at(1));
    let element = list.ty.element().cloned().unwrap_or(Type::Any);
    let inner = Type::list(element.clone());
    let size = match size.as_number() {
        Some(number) if number.is_negative() && !number.is_zero() => {
            return Err("the size of chunks must not be negative".to_owned());
        }
        Some(number) => Some(number.to_usize().ok_or("the size of chunks must be a whole number")?),
        None => None,
    };
    if let (Some(size), Some(elements)) = (size, list.as_sequence()) {
        let size = if size == 0 { elements.len() } else { size };
        let chunks = elements.chunks(size.max(1)).map(|chunk| Value::list(element.clone(), chunk.to_vec()));
        return Ok(Value::list(inner, chunks.collect()));
    }
    let range = call.at(1).number_range();
    if size.is_none() && !(range.integer && range.is_non_negative()) {
        context.doubt.raise();
    }
    let whole = list.length();
    let count = |length: u64, size: u64| if size == 0 { 1 } else { length.div_ceil(size) };
    let one = some_list(call, element, |refinement| {
        refinement.length =
            Length { min: u64::from(whole.min > 0), max: size.filter(|size| *size > 0).map(|size| size as u64) };
        refinement.element = list.element();
    });
    Ok(some_list(call, inner, |refinement| {
        refinement.length = match size {
            Some(size) => {
                let size = size as u64;
                let max = whole.max.map(|max| if max == 0 { 0 } else { count(max, size) });
                Length { min: if whole.min == 0 { 0 } else { count(whole.min, size) }, max }
            }
            None => Length { min: u64::from(whole.min > 0), max: whole.max },
        };
        refinement.element = Some(Value { ty: Type::list(list.ty.element().cloned().unwrap_or(Type::Any)), ..one });
    }))
}

/// Terraform itself makes no more numbers than this.
const MAX_RANGE: usize = 1024;

fn range(call: &Call, context: &mut Context<'_>) -> Outcome {
    let number = |index: usize| call.at(index).as_number().cloned();
    let (zero, one) = (Number::ZERO, Number::from(1));
    let (start, limit) = match call.arguments.len() {
        1 => (zero.clone(), number(0).unwrap_or(Number::ZERO)),
        2 | 3 => (number(0).unwrap_or(Number::ZERO), number(1).unwrap_or(Number::ZERO)),
        _ => return Err("`range` takes one to three arguments".to_owned()),
    };
    let step = if call.arguments.len() == 3 {
        number(2).unwrap_or(Number::ZERO)
    } else if limit < start {
        one.neg()
    } else {
        one
    };
    if step.is_zero() && start != limit {
        return Err("the step of `range` must not be zero".to_owned());
    }
    let down = step < zero;
    if call.arguments.len() == 3 && (down && limit > start || !down && limit < start) {
        return Err("the step of `range` leads away from its end".to_owned());
    }
    let mut numbers = Vec::new();
    let mut next = start;
    while if down { next > limit } else { next < limit } {
        if numbers.len() >= MAX_RANGE {
            // Another release may make more.
            context.doubt.raise();
            return Ok(Call::too_large(&Type::list(Type::Number)));
        }
        numbers.push(Value::number(next.clone()));
        next = next.add(&step).ok_or("the numbers of `range` must be finite")?;
    }
    Ok(Value::list(Type::Number, numbers))
}

fn some_range(call: &Call, context: &mut Context<'_>) -> Outcome {
    if call.rest.is_some() || call.arguments.len() > 3 {
        context.doubt.raise();
        return Ok(call.some(&Type::list(Type::Number)));
    }
    let first = call.at(0).number_range();
    let is_short = |range: &NumberRange| {
        let end = range.high.as_ref().and_then(|high| high.at.to_i64());
        end.is_some_and(|end| end <= 1024) && range.integer && range.is_non_negative()
    };
    if call.arguments.len() > 1 || !is_short(&first) {
        context.doubt.raise();
    }
    let natural = call.arguments.len() == 1 && first.integer && first.is_non_negative();
    Ok(some_list(call, Type::Number, |refinement| {
        let end = |bound: Option<u64>| bound.map(|bound| bound.min(MAX_RANGE as u64));
        refinement.length = if natural {
            let low = first.low.as_ref().and_then(|low| low.at.to_u64()).unwrap_or(0);
            let high = first.high.as_ref().and_then(|high| high.at.to_u64());
            Length { min: low.min(MAX_RANGE as u64), max: end(high).or(Some(MAX_RANGE as u64)) }
        } else {
            Length { min: 0, max: Some(MAX_RANGE as u64) }
        };
        let element = if natural { NumberRange::natural() } else { NumberRange::default() };
        refinement.element = Some(Value::some_number(element, call.cause()));
        refinement.distinct = natural;
    }))
}

fn match_keys(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (values, keys, wanted) = (call.at(0), call.at(1), call.at(2));
    let element = values.ty.element().cloned().unwrap_or(Type::Any);
    let (length, others) = (values.length(), keys.length());
    if length.meet(others).is_none() {
        return Err("the values and keys of `matchkeys` must have the same length".to_owned());
    }
    if length.min != others.min || length.max.is_none() || length.max != others.max || length.max != Some(length.min) {
        context.doubt.raise();
    }
    // Keys and what is looked for are compared as one type.
    let types = [keys.ty.element().cloned().unwrap_or(Type::Any), wanted.ty.element().cloned().unwrap_or(Type::Any)];
    let common = unify(&types).ok_or("the keys and the searched set of `matchkeys` must have the same type")?;
    let aligned = |value: &Value, context: &mut Context<'_>| {
        if common == Type::Any {
            Ok(value.clone())
        } else {
            to_list(&convert(value, &Type::list(common.clone()), context.doubt)?, context)
        }
    };
    let (keys, wanted) = (aligned(keys, context)?, aligned(wanted, context)?);
    if let (Some(values), Some(keys), Some(wanted)) = (values.as_sequence(), keys.as_sequence(), wanted.as_sequence()) {
        let mut chosen = Vec::new();
        let mut is_certain = true;
        for (value, key) in values.iter().zip(keys) {
            let answers: Vec<Option<bool>> = wanted.iter().map(|one| equal(key, one)).collect();
            if answers.contains(&Some(true)) {
                chosen.push(value.clone());
            } else {
                is_certain &= answers.iter().all(Option::is_some);
            }
        }
        if is_certain {
            return Ok(Value::list(element, chosen));
        }
        return Ok(some_list(call, element, |refinement| {
            refinement.length = Length { min: chosen.len() as u64, max: Some(values.len() as u64) };
            refinement.element = join_all(values);
            refinement.contains = chosen;
        }));
    }
    Ok(some_list(call, element, |refinement| {
        refinement.length = Length { min: 0, max: length.max };
        refinement.element = values.element();
    }))
}
