//! Type constraints as they are written, with the defaults of optional attributes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::convert::{Doubt, convert, without_optional};
use super::refinement::{Cause, Refinement};
use super::value::{Kind, Value};
use crate::syntax::hcl::{ExprKind, ExprView};
use crate::terraform::{AttributeType, ObjectType, Type};

/// A type and what optional attributes are when they are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// The type.
    pub ty: Type,
    /// Defaults inside it.
    pub defaults: Option<Arc<Defaults>>,
}

/// The defaults of optional attributes, where they are in the type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Of the attributes of an object.
    pub attributes: BTreeMap<Arc<str>, Value>,
    /// Inside the attributes of an object.
    pub children: BTreeMap<Arc<str>, Arc<Defaults>>,
    /// Inside the elements of a collection.
    pub element: Option<Arc<Defaults>>,
    /// Inside the elements of a tuple.
    pub positions: BTreeMap<usize, Arc<Defaults>>,
}

impl Defaults {
    fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.children.is_empty() && self.element.is_none() && self.positions.is_empty()
    }
}

impl Constraint {
    /// Anything.
    #[must_use]
    pub const fn any() -> Self {
        Self { ty: Type::Any, defaults: None }
    }

    /// Reads a type constraint; nothing where it is none, or one of a newer Terraform.
    #[must_use]
    pub fn read(expr: ExprView<'_>) -> Option<Self> {
        let (ty, defaults) = read(expr)?;
        Some(Self { ty, defaults: (!defaults.is_empty()).then(|| Arc::new(defaults)) })
    }

    /// What a variable of this type holds when `value` is passed to it.
    ///
    /// # Errors
    /// What Terraform would say.
    pub fn apply(&self, value: &Value, doubt: &mut Doubt) -> Result<Value, String> {
        match &self.defaults {
            Some(defaults) => convert(&fill(value, defaults, &self.ty), &self.ty, doubt),
            None => convert(value, &self.ty, doubt),
        }
    }

    /// All values of this type, null left out.
    #[must_use]
    pub fn members(&self, cause: &Cause) -> Value {
        let some = Value::some(&without_optional(&self.ty), cause);
        match &self.defaults {
            Some(defaults) => without_nulls(&some, defaults),
            None => some,
        }
    }
}

/// `read` gives the type and the defaults in it.
fn read(expr: ExprView<'_>) -> Option<(Type, Defaults)> {
    let none = Defaults::default();
    if let Some(word) = expr.as_keyword() {
        let any = || Arc::new(Type::Any);
        let ty = match word {
            "any" => Type::Any,
            "bool" => Type::Bool,
            "number" => Type::Number,
            "string" => Type::String,
            "list" => Type::List(any()),
            "set" => Type::Set(any()),
            "map" => Type::Map(any()),
            _ => return None,
        };
        return Some((ty, none));
    }
    if !matches!(expr.kind(), ExprKind::Call { .. }) {
        // `"string"`, as in Terraform 0.11.
        let quoted = expr.as_string()?;
        return match &*quoted {
            "string" => Some((Type::String, none)),
            "list" => Some((Type::list(Type::String), none)),
            "map" => Some((Type::map(Type::String), none)),
            _ => None,
        };
    }
    let (name, arguments) = expr.as_call()?;
    let [argument] = arguments.as_slice() else { return None };
    match name {
        "list" | "set" | "map" => {
            let (element, defaults) = read(*argument)?;
            let ty = match name {
                "list" => Type::list(element),
                "set" => Type::set(element),
                _ => Type::map(element),
            };
            let element = (!defaults.is_empty()).then(|| Arc::new(defaults));
            Some((ty, Defaults { element, ..none }))
        }
        "tuple" => {
            let mut defaults = none;
            let mut types = Vec::new();
            for (at, element) in argument.elements()?.into_iter().enumerate() {
                let (ty, inner) = read(element)?;
                types.push(ty);
                if !inner.is_empty() {
                    defaults.positions.insert(at, Arc::new(inner));
                }
            }
            Some((Type::Tuple(types.into()), defaults))
        }
        "object" => read_object(*argument),
        _ => None,
    }
}

fn read_object(expr: ExprView<'_>) -> Option<(Type, Defaults)> {
    let mut object = ObjectType::default();
    let mut defaults = Defaults::default();
    for (key, value) in expr.entries()? {
        let name: Arc<str> = key.as_key()?.into();
        let (written, default, optional) = match value.as_call() {
            Some(("optional", arguments)) => (*arguments.first()?, arguments.get(1).copied(), true),
            _ => (value, None, false),
        };
        let (ty, inner) = read(written)?;
        if let Some(default) = default {
            let constant = super::scope::constant(default).ok()?;
            let filled = fill(&constant, &inner, &ty);
            let value = convert(&filled, &ty, &mut Doubt::default()).ok()?;
            if !value.is_null() {
                defaults.attributes.insert(Arc::clone(&name), value);
            }
        }
        if !inner.is_empty() {
            defaults.children.insert(Arc::clone(&name), Arc::new(inner));
        }
        object.attributes.insert(name, AttributeType { ty, optional });
    }
    Some((Type::Object(Arc::new(object)), defaults))
}

/// Puts defaults where attributes are missing or null, before conversion
/// (<https://developer.hashicorp.com/terraform/language/expressions/type-constraints#optional-object-type-attributes>).
fn fill(value: &Value, defaults: &Defaults, ty: &Type) -> Value {
    match (&value.kind, ty) {
        (Kind::Mapping(entries), Type::Object(object)) => {
            let mut made: BTreeMap<Arc<str>, Value> = (**entries).clone();
            for (name, inner) in &defaults.children {
                if let (Some(entry), Some(attribute)) = (made.get_mut(name), object.attributes.get(name)) {
                    *entry = fill(entry, inner, &attribute.ty);
                }
            }
            for (name, default) in &defaults.attributes {
                match made.get(name) {
                    Some(entry) if !entry.may_be_null() => {}
                    Some(entry) if !entry.is_null() => {
                        let kept = Value { nullable: false, ..entry.clone() };
                        let ty = object.attributes.get(name).map_or(Type::Any, |attribute| attribute.ty.clone());
                        let kept = convert(&kept, &ty, &mut Doubt::default()).unwrap_or(kept);
                        made.insert(Arc::clone(name), super::join::join(&kept, default));
                    }
                    _ => {
                        made.insert(Arc::clone(name), default.clone());
                    }
                }
            }
            let filled = Value::object(made);
            Value { nullable: value.nullable, marks: value.marks, symbol: None, ..filled }
        }
        (Kind::Mapping(entries), Type::Map(element)) => {
            let Some(inner) = &defaults.element else { return value.clone() };
            let filled = entries.iter().map(|(name, entry)| (Arc::clone(name), fill(entry, inner, element)));
            let filled = Value::object(filled.collect());
            Value { nullable: value.nullable, marks: value.marks, symbol: None, ..filled }
        }
        (Kind::Sequence(elements), Type::List(element) | Type::Set(element)) => {
            let Some(inner) = &defaults.element else { return value.clone() };
            let filled = Value::tuple(elements.iter().map(|one| fill(one, inner, element)).collect());
            Value { nullable: value.nullable, marks: value.marks, symbol: None, ..filled }
        }
        (Kind::Sequence(elements), Type::Tuple(types)) => {
            let filled = elements.iter().zip(types.iter()).enumerate().map(|(at, (one, ty))| {
                defaults.positions.get(&at).map_or_else(|| one.clone(), |inner| fill(one, inner, ty))
            });
            let filled = Value::tuple(filled.collect());
            Value { nullable: value.nullable, marks: value.marks, symbol: None, ..filled }
        }
        (Kind::Unknown(refinement), Type::List(element) | Type::Set(element) | Type::Map(element)) => {
            let (Some(inner), Some(own)) = (&defaults.element, &refinement.element) else { return value.clone() };
            let filled = Refinement { element: Some(fill(own, inner, element)), ..(**refinement).clone() };
            let ty = if matches!(value.ty, Type::Any) { Type::Any } else { collection_of_any(&value.ty) };
            Value { ty, kind: Kind::Unknown(Arc::new(filled)), ..value.clone() }
        }
        _ => value.clone(),
    }
}

fn collection_of_any(ty: &Type) -> Type {
    match ty {
        Type::List(_) => Type::list(Type::Any),
        Type::Set(_) => Type::set(Type::Any),
        Type::Map(_) => Type::map(Type::Any),
        ty => ty.clone(),
    }
}

/// An attribute with a default is never null: null is replaced by the default.
fn without_nulls(value: &Value, defaults: &Defaults) -> Value {
    match &value.kind {
        Kind::Mapping(entries) => {
            let mut made: BTreeMap<Arc<str>, Value> = (**entries).clone();
            for (name, inner) in &defaults.children {
                if let Some(entry) = made.get_mut(name) {
                    *entry = without_nulls(entry, inner);
                }
            }
            for name in defaults.attributes.keys() {
                if let Some(entry) = made.get_mut(name) {
                    entry.nullable = false;
                }
            }
            Value { kind: Kind::Mapping(made.into()), ..value.clone() }
        }
        Kind::Unknown(refinement) => {
            let (Some(inner), Some(own)) = (&defaults.element, &refinement.element) else { return value.clone() };
            let made = Refinement { element: Some(without_nulls(own, inner)), ..(**refinement).clone() };
            Value { kind: Kind::Unknown(Arc::new(made)), ..value.clone() }
        }
        Kind::Sequence(elements) => {
            let made = elements.iter().enumerate().map(|(at, one)| {
                defaults.positions.get(&at).map_or_else(|| one.clone(), |inner| without_nulls(one, inner))
            });
            Value { kind: Kind::Sequence(made.collect()), ..value.clone() }
        }
        _ => value.clone(),
    }
}
