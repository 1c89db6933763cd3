//! The one type that several values can have, as Terraform finds it for `[a, b]` and the two results of `?:`
//! (<https://github.com/zclconf/go-cty/blob/main/docs/convert.md>).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::convert::{Doubt, convert};
use super::join::form;
use super::range::Length;
use super::refinement::{Form, Refinement};
use super::value::{Kind, Value};
use crate::terraform::{AttributeType, ObjectType, Type};

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
        // A tuple without elements becomes a list of anything, which agrees with every list.
        let may_be_empty = |value: &&Value| value.ty.element().is_some() && value.length().min == 0;
        let may_agree = form(value) == form(other) && [value, other].iter().any(may_be_empty);
        if value.ty.is_exact() && other.ty.is_exact() && !may_agree {
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
                ..Refinement::new(value.reason())
            };
            let unknown = Value::unknown(Type::Any, refinement).marked(value.all_marks());
            if value.may_be_null() { unknown.or_null() } else { unknown }
        }
    }
}
