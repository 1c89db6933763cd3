//! Conversion between types, and the one type that several values can have, as Terraform does both
//! (<https://github.com/zclconf/go-cty/blob/main/docs/convert.md>).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::join::{form, includes, join_all};
use super::number::Number;
use super::range::{Length, NumberRange};
use super::text::{Hole, Shape, Text};
use super::value::{Cause, Form, Kind, Refinement, Value};
use crate::terraform::{AttributeType, ObjectType, Type};

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
            None if value.all_marks().has(super::value::Marks::SENSITIVE) => Err("a number is required".to_owned()),
            None => Err(format!("a number is required, not {text:?}")),
        },
        (Kind::String(text), Type::Bool) => match &**text {
            "true" | "1" => Ok(Value::bool(true)),
            "false" | "0" => Ok(Value::bool(false)),
            _ if value.all_marks().has(super::value::Marks::SENSITIVE) => Err("a bool is required".to_owned()),
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
    Text::hole(Hole::new(Shape::Number { integer: range.integer, non_negative: range.is_non_negative() }))
}

/// The one type that values of all `types` can be converted to, as in `[a, b]` for a list, or the two sides of `?:`.
/// `Any` among them gives `Any`; nothing where there is no such type.
#[must_use]
pub fn unify(types: &[Type]) -> Option<Type> {
    let first = types.first()?;
    if types.iter().all(|ty| ty == first) {
        return Some(first.clone());
    }
    if types.contains(&Type::Any) {
        return Some(Type::Any);
    }
    let all = |test: fn(&Type) -> bool| types.iter().all(test);
    if all(|ty| matches!(ty, Type::Tuple(_))) {
        return unify_tuples(types);
    }
    if all(|ty| matches!(ty, Type::Object(_))) {
        return unify_objects(types);
    }
    if all(|ty| matches!(ty, Type::Set(_))) {
        return unify_elements(types).map(Type::set);
    }
    if all(|ty| matches!(ty, Type::List(_))) {
        return unify_elements(types).map(Type::list);
    }
    if all(|ty| matches!(ty, Type::Map(_))) {
        return unify_elements(types).map(Type::map);
    }
    let made = if all(|ty| matches!(ty, Type::List(_) | Type::Tuple(_))) {
        unify_elements(types).map(Type::list)
    } else if all(|ty| matches!(ty, Type::Map(_) | Type::Object(_))) {
        unify_elements(types).map(Type::map)
    } else {
        None
    };
    made.or_else(|| preferred(types))
}

/// The type that all elements together have.
fn unify_elements(types: &[Type]) -> Option<Type> {
    let elements: Vec<Type> = types.iter().flat_map(elements_of).collect();
    if elements.is_empty() { Some(Type::Any) } else { unify(&elements) }
}

/// The most general of `types` that all others can be converted to, where none can be made up: text before numbers and
/// booleans, lists before tuples before sets, maps before objects. `Any` where several are alike.
fn preferred(types: &[Type]) -> Option<Type> {
    let rank = |ty: &Type| match ty {
        Type::String | Type::List(_) | Type::Map(_) => 0,
        Type::Tuple(_) | Type::Object(_) => 1,
        _ => 2,
    };
    let mut fitting: Vec<&Type> =
        types.iter().filter(|wanted| types.iter().all(|ty| is_convertible(ty, wanted))).collect();
    let first = fitting.iter().map(|ty| rank(ty)).min()?;
    fitting.retain(|ty| rank(ty) == first);
    let [only, others @ ..] = fitting.as_slice() else { return None };
    Some(if others.iter().all(|other| other == only) { (*only).clone() } else { Type::Any })
}

/// Whether some values of `ty` can be converted to `wanted`.
pub(super) fn is_convertible(ty: &Type, wanted: &Type) -> bool {
    match (ty, wanted) {
        (Type::Any, _) | (_, Type::Any) => true,
        (Type::Bool, Type::Number) | (Type::Number, Type::Bool) => false,
        (Type::List(own) | Type::Set(own), Type::List(element) | Type::Set(element))
        | (Type::Map(own), Type::Map(element)) => is_convertible(own, element),
        (Type::Tuple(types), Type::List(element) | Type::Set(element)) => {
            types.iter().all(|ty| is_convertible(ty, element))
        }
        (Type::Tuple(types), Type::Tuple(others)) => {
            types.len() == others.len()
                && types.iter().zip(others.iter()).all(|(own, wanted)| is_convertible(own, wanted))
        }
        (Type::Object(object), Type::Map(element)) => {
            object.attributes.values().all(|attribute| is_convertible(&attribute.ty, element))
        }
        (Type::Map(own), Type::Object(object)) => {
            object.attributes.values().all(|attribute| is_convertible(own, &attribute.ty))
        }
        (Type::Object(own), Type::Object(wanted)) => {
            wanted.attributes.iter().all(|(name, attribute)| match own.attributes.get(name) {
                Some(own) => is_convertible(&own.ty, &attribute.ty),
                None => attribute.optional,
            })
        }
        (own, wanted) => own == wanted || own.is_primitive() && wanted.is_primitive(),
    }
}

fn elements_of(ty: &Type) -> Vec<Type> {
    match ty {
        Type::List(element) | Type::Set(element) | Type::Map(element) => vec![(**element).clone()],
        Type::Tuple(elements) => elements.to_vec(),
        Type::Object(object) => object.attributes.values().map(|attribute| attribute.ty.clone()).collect(),
        _ => Vec::new(),
    }
}

fn unify_tuples(types: &[Type]) -> Option<Type> {
    let tuples: Vec<&[Type]> =
        types.iter().filter_map(|ty| if let Type::Tuple(elements) = ty { Some(&**elements) } else { None }).collect();
    let length = tuples.first()?.len();
    if tuples.iter().all(|tuple| tuple.len() == length) {
        let columns = (0..length).map(|at| unify(&tuples.iter().map(|tuple| tuple[at].clone()).collect::<Vec<_>>()));
        return columns.collect::<Option<Vec<_>>>().map(|elements| Type::Tuple(elements.into()));
    }
    let elements: Vec<Type> = tuples.into_iter().flatten().cloned().collect();
    Some(Type::list(unify(&elements)?))
}

fn unify_objects(types: &[Type]) -> Option<Type> {
    let objects: Vec<&ObjectType> =
        types.iter().filter_map(|ty| if let Type::Object(object) = ty { Some(&**object) } else { None }).collect();
    let first = objects.first()?;
    if objects.iter().all(|object| object.attributes.keys().eq(first.attributes.keys())) {
        let attributes = first.attributes.keys().map(|name| {
            let column: Vec<Type> =
                objects.iter().filter_map(|object| object.attributes.get(name)).map(|one| one.ty.clone()).collect();
            Some((Arc::clone(name), AttributeType { ty: unify(&column)?, optional: false }))
        });
        let attributes = attributes.collect::<Option<BTreeMap<_, _>>>()?;
        return Some(Type::Object(Arc::new(ObjectType { attributes })));
    }
    let elements: Vec<Type> = types.iter().flat_map(elements_of).collect();
    Some(Type::map(unify(&elements)?))
}

/// `value` as one of the two results of `?:`, with the type that it has in common with `other`.
///
/// # Errors
/// When they have no type in common.
pub(crate) fn reconcile(value: &Value, other: &Value, doubt: &mut Doubt) -> Result<Value, String> {
    if is_bare_null(value) {
        return Ok(Value::null(other.ty.clone()).marked(value.marks));
    }
    if is_bare_null(other) || value.ty == other.ty && value.ty.is_exact() {
        return Ok(value.clone());
    }
    let mut certain = true;
    let ty = common_type(value, other, &mut certain);
    let Some(ty) = ty else {
        if value.ty.is_exact() && other.ty.is_exact() {
            return Err("the two results of a conditional must have types that agree".to_owned());
        }
        // Parts of unknown type may turn out to agree.
        doubt.raise();
        return Ok(of_uncertain_type(value));
    };
    if certain {
        return convert(value, &ty, doubt);
    }
    // Whether there is a common type is not known, and which.
    doubt.raise();
    Ok(of_uncertain_type(value))
}

/// A `null` that is written out: it takes any type. One that has a name is null in this branch only, and has a type.
pub(crate) fn is_bare_null(value: &Value) -> bool {
    value.is_null() && value.ty == Type::Any && value.symbol.is_none()
}

/// A null of which it is not known whether it has a type. Its name tells that it is not written as `null`.
pub(crate) fn null_of_some_type() -> Value {
    Value::null(Type::Any).named("null")
}

/// As [`unify`], but for parts that are bare nulls: a counterpart that is text, a number or a boolean gives its type,
/// others leave both as they are, which is what `any` means in the result unless `certain` is cleared.
fn common_type(one: &Value, other: &Value, certain: &mut bool) -> Option<Type> {
    match (is_bare_null(one), is_bare_null(other)) {
        (true, true) => return Some(Type::Any),
        (true, false) | (false, true) => {
            let ty = if is_bare_null(one) { &other.ty } else { &one.ty };
            return Some(if ty.is_primitive() { ty.clone() } else { Type::Any });
        }
        (false, false) => {}
    }
    match (&one.kind, &other.kind, &one.ty, &other.ty) {
        (Kind::Mapping(left), Kind::Mapping(right), Type::Object(_), Type::Object(_)) => {
            if left.keys().eq(right.keys()) {
                let pairs = left.iter().zip(right.values());
                let all: Option<Vec<_>> = pairs
                    .map(|((name, left), right)| Some((Arc::clone(name), common_type(left, right, certain)?)))
                    .collect();
                return all.map(Type::object);
            }
            common_element(left.values().chain(right.values()), certain).map(Type::map)
        }
        (Kind::Sequence(left), Kind::Sequence(right), Type::Tuple(_), Type::Tuple(_)) => {
            if left.len() == right.len() {
                let all = left.iter().zip(right.iter()).map(|(left, right)| common_type(left, right, certain));
                let all: Option<Vec<Type>> = all.collect();
                return all.map(|all| Type::Tuple(all.into()));
            }
            common_element(left.iter().chain(right.iter()), certain).map(Type::list)
        }
        _ => {
            let ty = unify(&[one.ty.clone(), other.ty.clone()]);
            *certain &= ty.as_ref().is_none_or(Type::is_exact);
            ty
        }
    }
}

/// The type of all elements together.
fn common_element<'v>(all: impl Iterator<Item = &'v Value>, certain: &mut bool) -> Option<Type> {
    let (nulls, rest): (Vec<&Value>, Vec<&Value>) = all.partition(|value| is_bare_null(value));
    let types: Vec<Type> = rest.iter().map(|value| value.ty.clone()).collect();
    let ty = if types.is_empty() { Some(Type::Any) } else { unify(&types) };
    // Beside null there is no type that all others must have.
    let is_sure = ty.as_ref().is_some_and(|ty| ty.is_exact() && (nulls.is_empty() || ty.is_primitive()));
    if is_sure || ty.is_none() && nulls.is_empty() {
        return ty;
    }
    *certain = false;
    Some(Type::Any)
}

/// A value whose type depends on another that is not known: it may be converted or not.
pub(crate) fn of_uncertain_type(value: &Value) -> Value {
    let is_known_type = |refinement: &Refinement| refinement.element.is_none() && refinement.entries.is_empty();
    match (&value.ty, &value.kind) {
        (Type::String, _) => value.clone(),
        (_, Kind::Null) => null_of_some_type().marked(value.marks),
        (Type::Any, Kind::Unknown(refinement)) if is_known_type(refinement) && refinement.contains.is_empty() => {
            value.clone()
        }
        _ => {
            let length = value.length();
            let refinement = Refinement {
                form: form(value),
                // Equal elements become one in a set.
                length: if form(value) == Form::Mapping { length } else { Length { min: length.min.min(1), ..length } },
                ..Refinement::new(value.reason_of_type())
            };
            let unknown = Value::unknown(Type::Any, refinement).marked(value.all_marks());
            if value.may_be_null() { unknown.or_null() } else { unknown }
        }
    }
}

impl Value {
    fn reason_of_type(&self) -> Cause {
        self.cause().unwrap_or(Cause::Expression)
    }
}
