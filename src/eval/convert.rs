//! Conversion between types, as Terraform does it
//! (<https://github.com/zclconf/go-cty/blob/main/docs/convert.md>).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::join::{form, includes, join_all};
use super::number::Number;
use super::range::{Length, NumberRange};
use super::refinement::{Form, Refinement};
use super::text::{Hole, Shape, Text};
use super::unify::{is_bare_null, is_convertible, of_uncertain_type, unify};
use super::value::{Kind, Value};
use crate::terraform::{ObjectType, Type};

/// What was found out while evaluating, beside the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doubt {
    /// Whether Terraform may fail for some members.
    pub may_fail: bool,
}

impl Doubt {
    /// Terraform may fail here.
    pub const fn raise(&mut self) {
        self.may_fail = true;
    }
}

/// `value` as a value of `ty`.
///
/// # Errors
/// What Terraform would say, when no member can be converted.
pub fn convert(value: &Value, ty: &Type, doubt: &mut Doubt) -> Result<Value, String> {
    if *ty == Type::Any || value.ty == *ty && ty.is_exact() {
        return Ok(value.clone());
    }
    // Null and what is empty have types too.
    if !is_bare_null(value) && !is_convertible(&value.ty, ty) {
        return Err(mismatch(value, ty));
    }
    let finish = |converted: Value| {
        let nullable = value.may_be_null() || converted.nullable;
        converted.marked(value.marks).clone_nullable(nullable)
    };
    let converted = match &value.kind {
        // Null has a type of its own too.
        Kind::Null if value.ty.is_compound() && ty.is_primitive() || value.ty.is_primitive() && ty.is_compound() => {
            Err(mismatch(value, ty))
        }
        Kind::Null => Ok(Value::null(without_optional(ty))),
        Kind::OneOf(all) => convert_candidates(all, ty, doubt),
        Kind::Unknown(refinement) => convert_unknown(value, refinement, ty, doubt),
        _ => match ty {
            Type::Bool | Type::Number | Type::String => convert_primitive(value, ty),
            Type::List(element) => convert_sequence(value, element, doubt, Value::list),
            Type::Set(element) => convert_sequence(value, element, doubt, Value::set),
            Type::Tuple(types) => convert_tuple(value, types, doubt),
            Type::Map(element) => convert_map(value, element, doubt),
            Type::Object(object) => convert_object(value, object, doubt),
            Type::Any => Ok(value.clone()),
        },
    };
    match converted {
        Ok(converted) => Ok(finish(converted)),
        // What is not null cannot be converted; null can.
        Err(_) if value.nullable => {
            doubt.raise();
            Ok(Value::null(without_optional(ty)).marked(value.marks))
        }
        Err(message) => Err(message),
    }
}

impl Value {
    fn clone_nullable(mut self, nullable: bool) -> Self {
        self.nullable = nullable && !self.is_null();
        self
    }
}

/// The type that a value of `ty` has: without `optional`.
#[must_use]
pub fn without_optional(ty: &Type) -> Type {
    match ty {
        Type::List(element) => Type::list(without_optional(element)),
        Type::Set(element) => Type::set(without_optional(element)),
        Type::Map(element) => Type::map(without_optional(element)),
        Type::Tuple(elements) => Type::Tuple(elements.iter().map(without_optional).collect()),
        Type::Object(object) => Type::object(
            object.attributes.iter().map(|(name, attribute)| (Arc::clone(name), without_optional(&attribute.ty))),
        ),
        ty => ty.clone(),
    }
}

fn mismatch(value: &Value, wanted: &Type) -> String {
    super::mismatch::mismatch(&value.ty, wanted)
}

fn convert_primitive(value: &Value, ty: &Type) -> Result<Value, String> {
    match (&value.kind, ty) {
        (Kind::Bool(_), Type::Bool) | (Kind::Number(_), Type::Number) | (Kind::String(_), Type::String) => {
            Ok(value.clone())
        }
        (Kind::Bool(answer), Type::String) => Ok(Value::string(if *answer { "true" } else { "false" })),
        (Kind::Number(number), Type::String) => Ok(Value::string(number.to_string())),
        (Kind::String(text), Type::Number) => match Number::parse(text) {
            Some(number) => Ok(Value::number(number)),
            None if value.all_marks().has(super::marks::Marks::SENSITIVE) => Err("a number is required".to_owned()),
            None => Err(format!("a number is required, not {text:?}")),
        },
        (Kind::String(text), Type::Bool) => match &**text {
            "true" | "1" => Ok(Value::bool(true)),
            "false" | "0" => Ok(Value::bool(false)),
            _ if value.all_marks().has(super::marks::Marks::SENSITIVE) => Err("a bool is required".to_owned()),
            _ => Err(format!("a bool is required, not {text:?}")),
        },
        _ => Err(mismatch(value, ty)),
    }
}

fn convert_sequence(
    value: &Value,
    element: &Type,
    doubt: &mut Doubt,
    make: fn(Type, Vec<Value>) -> Value,
) -> Result<Value, String> {
    let Kind::Sequence(elements) = &value.kind else { return Err(mismatch(value, &Type::list(element.clone()))) };
    let named = elements.iter().enumerate().map(|(at, value)| (at.to_string(), value));
    let (element, elements) = convert_elements(named, element, doubt)?;
    Ok(make(element, elements))
}

/// All, with their keys, as values of the type `element`, and that type. `any` in it stands for what all elements can be
/// converted to.
fn convert_elements<'v>(
    all: impl Iterator<Item = (String, &'v Value)>,
    element: &Type,
    doubt: &mut Doubt,
) -> Result<(Type, Vec<Value>), String> {
    let mut named = |(key, value)| convert(value, element, doubt).map_err(|reason| format!("element {key}: {reason}"));
    let converted: Vec<Value> = all.map(&mut named).collect::<Result<_, String>>()?;
    let wanted = without_optional(element);
    if wanted.is_exact() {
        return Ok((wanted, converted));
    }
    // A bare null has any type.
    let types: Vec<Type> =
        converted.iter().filter(|value| !is_bare_null(value)).map(|value| value.ty.clone()).collect();
    if types.is_empty() {
        return Ok((wanted, converted));
    }
    let common = unify(&types).ok_or("all elements must have the same type")?;
    // Beside null there is no common type but for text, numbers and booleans.
    let has_null = types.len() < converted.len();
    if !common.is_exact() && types.len() > 1 || has_null && !common.is_primitive() {
        // Which type they all get depends on those that are not known.
        doubt.raise();
        return Ok((wanted, converted.iter().map(of_uncertain_type).collect()));
    }
    let same: Result<Vec<Value>, String> = converted.iter().map(|value| convert(value, &common, doubt)).collect();
    Ok((common, same?))
}

fn convert_tuple(value: &Value, types: &[Type], doubt: &mut Doubt) -> Result<Value, String> {
    let wanted = || Type::Tuple(types.into());
    let (Kind::Sequence(elements), Type::Tuple(_)) = (&value.kind, &value.ty) else {
        return Err(mismatch(value, &wanted()));
    };
    if elements.len() != types.len() {
        return Err(format!("tuple of {} elements required, not {}", types.len(), elements.len()));
    }
    let pairs = elements.iter().zip(types).enumerate();
    let elements: Result<Vec<Value>, String> = pairs
        .map(|(at, (value, ty))| convert(value, ty, doubt).map_err(|reason| format!("element {at}: {reason}")))
        .collect();
    Ok(Value::tuple(elements?))
}

fn convert_map(value: &Value, element: &Type, doubt: &mut Doubt) -> Result<Value, String> {
    let Kind::Mapping(entries) = &value.kind else { return Err(mismatch(value, &Type::map(element.clone()))) };
    let named = entries.iter().map(|(name, value)| (format!("{name:?}"), value));
    let (element, values) = convert_elements(named, element, doubt)?;
    Ok(Value::map(element, entries.keys().cloned().zip(values).collect()))
}

fn convert_object(value: &Value, object: &ObjectType, doubt: &mut Doubt) -> Result<Value, String> {
    let Kind::Mapping(entries) = &value.kind else {
        return Err(mismatch(value, &Type::Object(Arc::new(object.clone()))));
    };
    let mut made = BTreeMap::new();
    for (name, attribute) in &object.attributes {
        let entry = match entries.get(name) {
            Some(entry) => {
                convert(entry, &attribute.ty, doubt).map_err(|error| format!("attribute {name:?}: {error}"))?
            }
            None if attribute.optional => Value::null(without_optional(&attribute.ty)),
            None => return Err(format!("attribute {name:?} is required")),
        };
        made.insert(Arc::clone(name), entry);
    }
    Ok(Value::object(made))
}

fn convert_candidates(all: &[Value], ty: &Type, doubt: &mut Doubt) -> Result<Value, String> {
    let converted: Vec<Result<Value, String>> = all.iter().map(|one| convert(one, ty, doubt)).collect();
    let good: Vec<&Value> = converted.iter().filter_map(|one| one.as_ref().ok()).collect();
    if good.len() < converted.len() {
        doubt.raise();
    }
    match join_all(good) {
        Some(value) => Ok(value),
        None => Err(converted.into_iter().find_map(Result::err).unwrap_or_default()),
    }
}

fn convert_unknown(value: &Value, refinement: &Refinement, ty: &Type, doubt: &mut Doubt) -> Result<Value, String> {
    let cause = || refinement.cause.clone();
    match (&value.ty, ty) {
        (own, wanted) if own == wanted => Ok(value.clone()),
        (Type::Bool, Type::String) => Ok(Value::some_string(
            Text::hole(Hole::new(Shape::OneOf(Arc::from(["true".into(), "false".into()])))),
            cause(),
        )),
        (Type::Number, Type::String) => Ok(Value::some_string(number_text(&refinement.number), cause())),
        (Type::String, Type::Number) => {
            let known = refinement.text.as_ref().and_then(Text::as_hole).map(|hole| &hole.shape);
            match known {
                Some(Shape::Number { integer, non_negative }) => {
                    let range = if *non_negative { NumberRange::natural() } else { NumberRange::default() };
                    Ok(Value::some_number(NumberRange { integer: *integer, ..range }, cause()))
                }
                _ if refinement.text.as_ref().is_some_and(is_never_a_number) => Err("a number is required".to_owned()),
                _ => match refinement.text.as_ref().and_then(digits) {
                    Some(range) => Ok(Value::some_number(range, cause())),
                    None => {
                        doubt.raise();
                        Ok(Value::some_number(NumberRange::default(), cause()))
                    }
                },
            }
        }
        (Type::String, Type::Bool) => {
            doubt.raise();
            Ok(Value::some_bool(cause()))
        }
        (Type::Any, wanted) => {
            doubt.raise();
            convert_shape(value, refinement, wanted, doubt)
        }
        (Type::List(_) | Type::Set(_), Type::List(_) | Type::Set(_)) | (Type::Map(_), Type::Map(_)) => {
            convert_shape(value, refinement, ty, doubt)
        }
        (Type::Map(_), Type::Object(object)) => {
            doubt.raise();
            Ok(object_of_map(value, refinement, object, doubt))
        }
        _ => Err(mismatch(value, ty)),
    }
}

/// A collection of which only some things are known, as another kind of collection.
fn convert_shape(value: &Value, refinement: &Refinement, ty: &Type, doubt: &mut Doubt) -> Result<Value, String> {
    let own = form(value);
    let wanted = match ty {
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => Form::Sequence,
        Type::Map(_) | Type::Object(_) => Form::Mapping,
        _ => Form::Free,
    };
    if own != Form::Free && own != wanted {
        return Err(mismatch(value, ty));
    }
    let Some(element) = ty.element() else { return Ok(Value::some(&without_optional(ty), &refinement.cause)) };
    let target = without_optional(ty);
    let mut made = Refinement::new(refinement.cause.clone());
    let mut inner = Doubt::default();
    let element_of = |value: &Value, inner: &mut Doubt| {
        let converted = convert(value, element, inner).ok();
        let converted = converted.unwrap_or_else(|| Value::any(&without_optional(element), &refinement.cause));
        if element.is_exact() { converted } else { of_uncertain_type(&converted) }
    };
    made.element = refinement.element.as_ref().map(|known| element_of(known, &mut inner));
    if made.element.is_none() {
        made.element = Some(Value::any(&without_optional(element), &refinement.cause));
    }
    made.contains = refinement.contains.iter().map(|known| element_of(known, &mut inner)).collect();
    made.entries =
        refinement.entries.iter().map(|(name, known)| (Arc::clone(name), element_of(known, &mut inner))).collect();
    if inner.may_fail {
        doubt.raise();
    }
    let keeps_elements = value.ty.element().is_some_and(|own| own == element);
    made.includes = if keeps_elements { includes(value) } else { BTreeSet::new() };
    made.length = match (&value.ty, ty) {
        // Equal elements become one.
        (Type::Set(_), _) => refinement.length,
        (_, Type::Set(_)) if !refinement.distinct || !keeps_elements => {
            Length { min: refinement.length.min.min(1), ..refinement.length }
        }
        _ => refinement.length,
    };
    made.distinct = matches!(ty, Type::Set(_)) || refinement.distinct && keeps_elements;
    // A set of strings is walked in order.
    let from_set = matches!((&value.ty, ty), (Type::Set(_), Type::List(element)) if **element == Type::String);
    let has_null = made.element.as_ref().is_none_or(Value::may_be_null);
    made.sorted =
        from_set && keeps_elements && !has_null || refinement.sorted && keeps_elements && matches!(ty, Type::List(_));
    Ok(Value::unknown(target, made))
}

fn object_of_map(value: &Value, refinement: &Refinement, object: &ObjectType, doubt: &mut Doubt) -> Value {
    let mut made = BTreeMap::new();
    for (name, attribute) in &object.attributes {
        let known = refinement.entries.get(name).cloned().or_else(|| value.element());
        let ty = without_optional(&attribute.ty);
        let entry = known.and_then(|known| convert(&known, &attribute.ty, doubt).ok());
        let entry = entry.unwrap_or_else(|| Value::any(&ty, &refinement.cause));
        let is_sure = refinement.entries.contains_key(name) || !attribute.optional;
        made.insert(Arc::clone(name), if is_sure { entry } else { entry.or_null() });
    }
    Value::object(made)
}

/// The numbers of a text that is always one: digits, with or without a fraction and a sign.
fn digits(text: &Text) -> Option<NumberRange> {
    let is_always = |form: &str| {
        let form = super::pattern::Pattern::new(form);
        form.is_ok_and(|form| text.matches(&form) == super::text::Tri::Always)
    };
    if is_always("\\A[0-9]+\\z") {
        return Some(NumberRange::natural());
    }
    is_always("\\A[+-]?[0-9]+(\\.[0-9]+)?\\z").then(NumberRange::default)
}

fn is_never_a_number(text: &Text) -> bool {
    super::pattern::Pattern::new("[0-9]|Inf|inf").is_ok_and(|digit| text.matches(&digit) == super::text::Tri::Never)
}

/// How Terraform prints a number of `range`.
#[must_use]
pub(crate) fn number_text(range: &NumberRange) -> Text {
    Text::hole(Hole::new(Shape::Number { integer: range.integer, non_negative: range.is_unsigned() }))
}
