//! Terraform's types as values have them. Knows neither values nor the text that a type is written in.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A type (<https://developer.hashicorp.com/terraform/language/expressions/type-constraints>).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// Any type, or one that is not known.
    Any,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(…)`
    List(Arc<Type>),
    /// `set(…)`
    Set(Arc<Type>),
    /// `map(…)`
    Map(Arc<Type>),
    /// `tuple([…])`
    Tuple(Arc<[Type]>),
    /// `object({…})`
    Object(Arc<ObjectType>),
}

/// What an object has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectType {
    /// Its attributes by name.
    pub attributes: BTreeMap<Arc<str>, AttributeType>,
}

/// One attribute of an object type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttributeType {
    /// Its type.
    pub ty: Type,
    /// Whether a value may lack it. A value never has an optional attribute: conversion fills it in.
    pub optional: bool,
}

impl Type {
    /// `list(element)`
    #[must_use]
    pub fn list(element: Self) -> Self {
        Self::List(Arc::new(element))
    }

    /// `set(element)`
    #[must_use]
    pub fn set(element: Self) -> Self {
        Self::Set(Arc::new(element))
    }

    /// `map(element)`
    #[must_use]
    pub fn map(element: Self) -> Self {
        Self::Map(Arc::new(element))
    }

    /// An object without optional attributes.
    pub fn object<N: Into<Arc<str>>>(attributes: impl IntoIterator<Item = (N, Self)>) -> Self {
        let attributes =
            attributes.into_iter().map(|(name, ty)| (name.into(), AttributeType { ty, optional: false })).collect();
        Self::Object(Arc::new(ObjectType { attributes }))
    }

    /// Whether it is `bool`, `number` or `string`.
    #[must_use]
    pub const fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::String)
    }

    /// Whether it is a list, set, map, tuple or object.
    #[must_use]
    pub const fn is_compound(&self) -> bool {
        !matches!(self, Self::Any) && !self.is_primitive()
    }

    /// Whether `Any` stands nowhere in it.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        match self {
            Self::Any => false,
            Self::Bool | Self::Number | Self::String => true,
            Self::List(element) | Self::Set(element) | Self::Map(element) => element.is_exact(),
            Self::Tuple(elements) => elements.iter().all(Self::is_exact),
            Self::Object(object) => object.attributes.values().all(|attribute| attribute.ty.is_exact()),
        }
    }

    /// The type of each element of a list, set or map.
    #[must_use]
    pub fn element(&self) -> Option<&Self> {
        match self {
            Self::List(element) | Self::Set(element) | Self::Map(element) => Some(element),
            _ => None,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => formatter.write_str("any"),
            Self::Bool => formatter.write_str("bool"),
            Self::Number => formatter.write_str("number"),
            Self::String => formatter.write_str("string"),
            Self::List(element) => write!(formatter, "list({element})"),
            Self::Set(element) => write!(formatter, "set({element})"),
            Self::Map(element) => write!(formatter, "map({element})"),
            Self::Tuple(elements) => {
                formatter.write_str("tuple([")?;
                for (index, element) in elements.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(formatter, "{comma}{element}")?;
                }
                formatter.write_str("])")
            }
            Self::Object(object) => {
                formatter.write_str("object({")?;
                for (index, (name, attribute)) in object.attributes.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    match attribute.optional {
                        true => write!(formatter, "{comma}{name} = optional({})", attribute.ty)?,
                        false => write!(formatter, "{comma}{name} = {}", attribute.ty)?,
                    }
                }
                formatter.write_str("})")
            }
        }
    }
}
