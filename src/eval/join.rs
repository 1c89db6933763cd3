//! The smallest value at hand that holds all members of several, and equality of values that are partly known.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::refinement::{Cause, Form, Refinement};
use super::text::{Hole, Shape, Text};
use super::unify::{is_bare_null, null_of_some_type};
use super::value::{Kind, MAX_CANDIDATES, Value};
use crate::terraform::Type;

/// Holds the members of all `values`; nothing where there are none.
pub fn join_all<'v>(values: impl IntoIterator<Item = &'v Value>) -> Option<Value> {
    let mut values = values.into_iter();
    let first = values.next()?.clone();
    Some(values.fold(first, |joined, value| join(&joined, value)))
}

/// Holds the members of both.
#[must_use]
pub fn join(one: &Value, other: &Value) -> Value {
    if one == other && !differ_in_sign(one, other) {
        return one.clone();
    }
    let marks = one.marks.or(other.marks);
    let is_same_kind = || one.kind == other.kind && !differ_in_sign(one, other);
    if !one.is_null() && one.ty == other.ty && one.nullable == other.nullable && is_same_kind() {
        return Value { marks, symbol: None, ..one.clone() };
    }
    let nullable = one.may_be_null() || other.may_be_null();
    let finish = |value: Value| Value { marks, nullable, symbol: None, ..value };
    match (&one.kind, &other.kind) {
        (Kind::Null, Kind::Null) => {
            let is_same = one.ty == other.ty && (one.ty != Type::Any || is_bare_null(one) && is_bare_null(other));
            return Value { marks, ..if is_same { Value::null(one.ty.clone()) } else { null_of_some_type() } };
        }
        // A null of another type makes the type unknown.
        (Kind::Null, _) if one.ty == Type::Any || one.ty == other.ty => return finish(other.clone()),
        (_, Kind::Null) if other.ty == Type::Any || one.ty == other.ty => return finish(one.clone()),
        _ => {}
    }
    if let Some(value) = join_members(one, other) {
        return finish(value);
    }
    let ty = if one.ty == other.ty { one.ty.clone() } else { Type::Any };
    if ty != Type::Any
        && let Some(value) = join_candidates(&ty, one, other)
    {
        return finish(value);
    }
    finish(widen(ty, one, other))
}

/// Whether values that are equal are not written the same: zero may be `-0`. Sets keep those apart.
pub(super) fn differ_in_sign(one: &Value, other: &Value) -> bool {
    let any = |left: &[Value], right: &[Value]| left.iter().zip(right).any(|(left, right)| differ_in_sign(left, right));
    match (&one.kind, &other.kind) {
        (Kind::Number(left), Kind::Number(right)) => left.is_negative() != right.is_negative(),
        (Kind::Unknown(left), Kind::Unknown(right)) => {
            let elements = left.element.as_ref().zip(right.element.as_ref());
            left.number.is_unsigned() != right.number.is_unsigned()
                || elements.is_some_and(|(left, right)| differ_in_sign(left, right))
        }
        (Kind::Sequence(left), Kind::Sequence(right)) | (Kind::OneOf(left), Kind::OneOf(right)) => any(left, right),
        (Kind::Mapping(left), Kind::Mapping(right)) => {
            left.values().zip(right.values()).any(|(left, right)| differ_in_sign(left, right))
        }
        _ => false,
    }
}

/// Element by element, where the two have the same shape.
fn join_members(one: &Value, other: &Value) -> Option<Value> {
    match (&one.kind, &other.kind) {
        (Kind::Sequence(left), Kind::Sequence(right)) if left.len() == right.len() => {
            let joined = || left.iter().zip(right.iter()).map(|(left, right)| join(left, right)).collect::<Vec<_>>();
            match (&one.ty, &other.ty) {
                (Type::List(own), Type::List(others)) if own == others => Some(Value::list((**own).clone(), joined())),
                (Type::Tuple(_), Type::Tuple(_)) => Some(Value::tuple(joined())),
                _ => None,
            }
        }
        (Kind::Mapping(left), Kind::Mapping(right)) if left.keys().eq(right.keys()) => {
            let joined = || {
                let pairs = left.iter().zip(right.values());
                pairs.map(|((name, left), right)| (Arc::clone(name), join(left, right))).collect::<BTreeMap<_, _>>()
            };
            match (&one.ty, &other.ty) {
                (Type::Map(own), Type::Map(others)) if own == others => Some(Value::map((**own).clone(), joined())),
                (Type::Object(_), Type::Object(_)) if one.ty == other.ty => {
                    Some(Value { ty: one.ty.clone(), ..Value::object(joined()) })
                }
                (Type::Object(_), Type::Object(_)) => Some(Value::object(joined())),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A list of what each can be, where it is short.
fn join_candidates(ty: &Type, one: &Value, other: &Value) -> Option<Value> {
    let kind = |kind| Value { ty: ty.clone(), kind, ..Value::null(Type::Any) };
    if *ty == Type::Bool {
        let cause = || one.cause().or_else(|| other.cause()).unwrap_or(Cause::Expression);
        return Some(Value::some_bool(cause()));
    }
    let (mut all, more) = (one.candidates()?, other.candidates()?);
    if all.len() + more.len() > 2 * MAX_CANDIDATES {
        return None;
    }
    for value in more {
        if !all.iter().any(|known| known.kind == value.kind && !differ_in_sign(known, &value)) {
            all.push(value);
        }
    }
    if all.len() > MAX_CANDIDATES {
        return None;
    }
    let all: Vec<Value> = all.into_iter().map(|value| Value { symbol: None, ..value }).collect();
    Some(kind(Kind::OneOf(all.into())))
}

/// What both have in common.
fn widen(ty: Type, one: &Value, other: &Value) -> Value {
    let cause = one.cause().or_else(|| other.cause()).unwrap_or(Cause::Expression);
    let mut refinement = Refinement::new(cause);
    match ty {
        Type::Number => refinement.number = one.number_range().join(&other.number_range()),
        Type::String => refinement.text = join_texts(&one.text(), &other.text()),
        Type::Bool => {}
        _ if is_collection(one) && is_collection(other) => widen_collection(&mut refinement, one, other),
        _ => {}
    }
    Value::unknown(ty, refinement)
}

fn widen_collection(refinement: &mut Refinement, one: &Value, other: &Value) {
    refinement.length = one.length().join(other.length());
    refinement.form = if form(one) == form(other) { form(one) } else { Form::Free };
    refinement.element = match (one.element(), other.element()) {
        (Some(one), Some(other)) => Some(join(&one, &other)),
        (one, other) => one.or(other),
    };
    let (left, right) = (includes(one), includes(other));
    refinement.includes = left.intersection(&right).cloned().collect();
    let known = |value: &Value| match &value.kind {
        Kind::Sequence(elements) => elements.to_vec(),
        Kind::Unknown(refinement) => refinement.contains.clone(),
        _ => Vec::new(),
    };
    let others = known(other);
    refinement.contains = known(one).into_iter().filter(|value| others.contains(value)).take(MAX_CANDIDATES).collect();
    if let (Some(left), Some(right)) = (entries(one), entries(other)) {
        let both = left.iter().filter_map(|(name, value)| Some((Arc::clone(name), join(value, right.get(name)?))));
        refinement.entries = both.collect();
    }
    let flag = |value: &Value, get: fn(&Refinement) -> bool| value.refinement().is_some_and(get);
    refinement.distinct = flag(one, |known| known.distinct) && flag(other, |known| known.distinct);
    refinement.sorted = flag(one, |known| known.sorted) && flag(other, |known| known.sorted);
}

/// The entries that a map or object surely has.
fn entries(value: &Value) -> Option<&BTreeMap<Arc<str>, Value>> {
    match &value.kind {
        Kind::Mapping(entries) => Some(entries),
        Kind::Unknown(refinement) => Some(&refinement.entries),
        _ => None,
    }
}

/// The collections whose elements are all in `value`.
#[must_use]
pub(crate) fn includes(value: &Value) -> std::collections::BTreeSet<super::value::Symbol> {
    let inner = value.refinement().map(|known| known.includes.clone()).unwrap_or_default();
    inner.into_iter().chain(value.symbol.clone()).collect()
}

/// What kind of collection it is.
#[must_use]
pub(crate) fn form(value: &Value) -> Form {
    match (&value.ty, &value.kind) {
        (_, Kind::Sequence(_)) | (Type::List(_) | Type::Set(_) | Type::Tuple(_), _) => Form::Sequence,
        (_, Kind::Mapping(_)) | (Type::Map(_) | Type::Object(_), _) => Form::Mapping,
        (_, Kind::Unknown(refinement)) => refinement.form,
        _ => Form::Free,
    }
}

fn is_collection(value: &Value) -> bool {
    form(value) != Form::Free
}

/// Texts of both: what they begin and end with alike, and what both must match.
fn join_texts(one: &Text, other: &Text) -> Option<Text> {
    if one == other {
        return Some(one.clone());
    }
    if let (Some(left), Some(right)) = (one.as_hole(), other.as_hole()) {
        let both = left.constraints.iter().filter(|constraint| right.constraints.contains(constraint));
        let shape = if left.shape == right.shape { left.shape.clone() } else { Shape::Any };
        let mut joined = Hole::new(shape);
        joined.constraints = both.cloned().collect();
        return Some(Text::hole(joined));
    }
    let common = |left: &str, right: &str| -> String {
        let pairs = left.chars().zip(right.chars());
        pairs.take_while(|(left, right)| left == right).map(|(letter, _)| letter).collect()
    };
    let reversed = |text: &str| text.chars().rev().collect::<String>();
    let prefix = common(one.prefix(), other.prefix());
    let suffix = reversed(&common(&reversed(one.suffix()), &reversed(other.suffix())));
    // A short literal must not count as beginning and end at once.
    let shortest = |text: &Text| text.as_literal().map_or(usize::MAX, |literal| literal.len());
    let fits = prefix.len() + suffix.len() <= shortest(one).min(shortest(other));
    let literal = |text: String| super::text::Piece::Literal(text.into());
    let end = if fits { suffix } else { String::new() };
    Some(Text::of([literal(prefix), super::text::Piece::Hole(Hole::new(Shape::Any)), literal(end)]))
}

/// Whether two values are equal as `==` sees it: types count, marks do not. Nothing where it is not decided.
#[must_use]
pub fn equal(one: &Value, other: &Value) -> Option<bool> {
    if one.symbol.is_some() && one.symbol == other.symbol {
        return Some(true);
    }
    match (one.is_null(), other.is_null()) {
        (true, true) => return Some(true),
        (true, false) => return if other.nullable { None } else { Some(false) },
        (false, true) => return if one.nullable { None } else { Some(false) },
        (false, false) => {}
    }
    if one.nullable && other.nullable {
        return None;
    }
    let decided = equal_content(one, other);
    // A part without a type may have another than its counterpart: `tolist([])` is no list of strings.
    let decided = decided.filter(|equal| !*equal || one.ty == other.ty);
    // One null is unequal too.
    if one.nullable || other.nullable { decided.filter(|equal| !*equal) } else { decided }
}

fn equal_content(one: &Value, other: &Value) -> Option<bool> {
    if let Some(answer) = types_differ(&one.ty, &other.ty) {
        return Some(!answer);
    }
    match (&one.kind, &other.kind) {
        (Kind::Bool(one), Kind::Bool(other)) => Some(one == other),
        (Kind::Number(one), Kind::Number(other)) => Some(one == other),
        (Kind::String(one), Kind::String(other)) => Some(one == other),
        (Kind::Sequence(left), Kind::Sequence(right)) => {
            if left.len() != right.len() || matches!(one.ty, Type::Set(_)) && differ_in_sign(one, other) {
                return Some(false);
            }
            all_equal(left.iter().zip(right.iter()))
        }
        (Kind::Mapping(left), Kind::Mapping(right)) => {
            if !left.keys().eq(right.keys()) {
                return Some(false);
            }
            all_equal(left.values().zip(right.values()))
        }
        (Kind::OneOf(all), _) => agreed(all.iter().map(|candidate| equal(candidate, other))),
        (_, Kind::OneOf(all)) => agreed(all.iter().map(|candidate| equal(one, candidate))),
        _ => differ_by_refinement(one, other).then_some(false),
    }
}

/// The answer that all give; nothing where they differ or one gives none.
fn agreed(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut answers = answers.into_iter();
    let first = answers.next()??;
    answers.all(|answer| answer == Some(first)).then_some(first)
}

fn all_equal<'v>(pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Option<bool> {
    let mut decided = Some(true);
    for (one, other) in pairs {
        match equal(one, other) {
            Some(false) => return Some(false),
            None => decided = None,
            Some(true) => {}
        }
    }
    decided
}

/// Whether values of these types can never be equal, or nothing where the types do not tell.
fn types_differ(one: &Type, other: &Type) -> Option<bool> {
    if one.is_exact() && other.is_exact() && one != other {
        return Some(true);
    }
    let kind = |ty: &Type| match ty {
        Type::Any => None,
        Type::Bool => Some(0),
        Type::Number => Some(1),
        Type::String => Some(2),
        Type::List(_) => Some(3),
        Type::Set(_) => Some(4),
        Type::Map(_) => Some(5),
        Type::Tuple(_) => Some(6),
        Type::Object(_) => Some(7),
    };
    match (kind(one), kind(other)) {
        (Some(one), Some(other)) if one != other => Some(true),
        _ => None,
    }
}

fn differ_by_refinement(one: &Value, other: &Value) -> bool {
    if one.ty == Type::Number && other.ty == Type::Number {
        return one.number_range().meet(&other.number_range()).is_empty()
            || integer_differs(one, other)
            || integer_differs(other, one);
    }
    if one.ty == Type::String && other.ty == Type::String {
        return one.text().equals(&other.text()) == super::text::Tri::Never;
    }
    if is_collection(one) && other.ty.is_primitive() || is_collection(other) && one.ty.is_primitive() {
        return true;
    }
    if is_collection(one) && is_collection(other) {
        return form(one) != form(other)
            || one.length().meet(other.length()).is_none()
            || lacks(one, other)
            || lacks(other, one);
    }
    false
}

fn integer_differs(one: &Value, other: &Value) -> bool {
    one.number_range().integer && other.as_number().is_some_and(|number| !number.is_integer())
}

/// Whether `one` surely contains something that `other` surely does not.
fn lacks(one: &Value, other: &Value) -> bool {
    let (Some(known), Kind::Sequence(elements)) = (one.refinement(), &other.kind) else { return false };
    known.contains.iter().any(|wanted| elements.iter().all(|element| equal(wanted, element) == Some(false)))
}
