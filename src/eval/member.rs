//! Whether a single value is a member of an abstract one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::join::differ_in_sign;
use super::refinement::{Form, Refinement};
use super::value::{Kind, Value};
use crate::terraform::{ObjectType, Type};

impl Value {
    /// Whether `concrete`, which is wholly known, is a member. Marks do not count.
    #[must_use]
    pub fn admits(&self, concrete: &Self) -> bool {
        if concrete.is_null() {
            return self.may_be_null();
        }
        match (&self.kind, &concrete.kind) {
            (Kind::Bool(own), Kind::Bool(other)) => own == other,
            (Kind::Number(own), Kind::Number(other)) => own == other,
            (Kind::String(own), Kind::String(other)) => own == other,
            (Kind::Sequence(own), Kind::Sequence(other)) => {
                own.len() == other.len() && own.iter().zip(other.iter()).all(|(own, other)| own.admits(other))
            }
            (Kind::Mapping(own), Kind::Mapping(other)) => {
                own.len() == other.len()
                    && own.iter().all(|(name, own)| other.get(name).is_some_and(|other| own.admits(other)))
            }
            (Kind::OneOf(all), _) => all.iter().any(|one| one.admits(concrete)),
            (Kind::Unknown(refinement), _) => type_admits(&self.ty, concrete) && refinement.admits(concrete),
            _ => false,
        }
    }
}

impl Refinement {
    fn admits(&self, concrete: &Value) -> bool {
        match &concrete.kind {
            Kind::Number(number) => self.number.admits(number),
            Kind::String(text) => self.text.as_ref().is_none_or(|own| own.admits(text)),
            Kind::Sequence(elements) => {
                self.form != Form::Mapping
                    && self.length.admits(elements.len() as u64)
                    && self.entries.is_empty()
                    && self.admits_elements(&elements.iter())
                    && (!self.distinct || is_distinct(elements))
                    && (!self.sorted
                        || elements.is_sorted_by(|one, other| other.is_null() || one.as_string() <= other.as_string()))
            }
            Kind::Mapping(entries) => {
                self.form != Form::Sequence
                    && self.length.admits(entries.len() as u64)
                    && self.admits_elements(&entries.values())
                    && self.entries.iter().all(|(name, own)| entries.get(name).is_some_and(|other| own.admits(other)))
            }
            _ => true,
        }
    }

    fn admits_elements<'v>(&self, elements: &(impl Iterator<Item = &'v Value> + Clone)) -> bool {
        let fits = |element: &Value| self.element.as_ref().is_none_or(|own| own.admits(element));
        elements.clone().all(fits) && self.contains.iter().all(|own| elements.clone().any(|other| own.admits(other)))
    }
}

fn is_distinct(elements: &[Value]) -> bool {
    let is_new = |at: usize, one: &Value| elements[..at].iter().all(|other| other != one || differ_in_sign(other, one));
    elements.iter().enumerate().all(|(at, one)| is_new(at, one))
}

/// Whether a wholly known value is of `ty`, where `ty` may be partly unknown.
fn type_admits(ty: &Type, concrete: &Value) -> bool {
    match (ty, &concrete.kind) {
        (Type::Any, _)
        | (_, Kind::Null)
        | (Type::Bool, Kind::Bool(_))
        | (Type::Number, Kind::Number(_))
        | (Type::String, Kind::String(_)) => true,
        (Type::List(element) | Type::Set(element), Kind::Sequence(all)) => {
            let fits = matches!((ty, &concrete.ty), (Type::List(_), Type::List(_)) | (Type::Set(_), Type::Set(_)));
            fits && all.iter().all(|one| type_admits(element, one))
        }
        (Type::Map(element), Kind::Mapping(all)) => {
            matches!(concrete.ty, Type::Map(_)) && all.values().all(|one| type_admits(element, one))
        }
        (Type::Tuple(types), Kind::Sequence(all)) => {
            types.len() == all.len() && types.iter().zip(all.iter()).all(|(ty, one)| type_admits(ty, one))
        }
        (Type::Object(object), Kind::Mapping(all)) => object_admits(object, all),
        _ => false,
    }
}

fn object_admits(object: &ObjectType, all: &BTreeMap<Arc<str>, Value>) -> bool {
    object.attributes.len() == all.len()
        && object
            .attributes
            .iter()
            .all(|(name, attribute)| all.get(name).is_some_and(|value| type_admits(&attribute.ty, value)))
}
