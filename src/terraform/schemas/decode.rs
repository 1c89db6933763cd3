//! From the JSON of `terraform providers schema -json`, with the keys that the bundled files add, to schemas. A block
//! refers to its parts either by holding them or, in the compiled file, by their number.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{
    Accepts, AttributeSchema, BlockSchema, Derived, Members, NestedBlockSchema, Nesting, SchemaLiteral, Unset,
};
use crate::terraform::types::{AttributeType, ObjectType, Type};

/// A body whose attributes are `A` and whose blocks are `B`.
#[derive(Deserialize)]
#[serde(bound(deserialize = "A: Deserialize<'de>, B: Deserialize<'de>"))]
pub(super) struct RawBlock<A, B> {
    #[serde(default = "BTreeMap::new")]
    attributes: BTreeMap<Box<str>, A>,
    #[serde(default = "BTreeMap::new")]
    block_types: BTreeMap<Box<str>, RawNested<B>>,
    #[serde(default)]
    deprecated: bool,
}

/// A body that holds its parts.
#[derive(Deserialize)]
pub(super) struct WholeBlock(RawBlock<RawAttribute, WholeBlock>);

#[derive(Deserialize)]
struct RawNested<B> {
    nesting_mode: Nesting,
    #[serde(default)]
    min_items: u64,
    max_items: Option<u64>,
    #[serde(default)]
    computed: bool,
    #[serde(default)]
    deprecated: bool,
    #[serde(default)]
    force_new: bool,
    #[serde(default)]
    order_insensitive: bool,
    block: B,
}

/// An attribute.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct RawAttribute {
    r#type: Option<Value>,
    nested_type: Option<RawMembers>,
    element_attributes: Option<BTreeMap<Box<str>, RawAttribute>>,
    required: bool,
    optional: bool,
    computed: bool,
    sensitive: bool,
    write_only: bool,
    deprecated: bool,
    force_new: bool,
    order_insensitive: bool,
    default: Option<RawLiteral>,
    /// `null` counts.
    #[serde(deserialize_with = "some")]
    planned: Option<Option<RawLiteral>>,
    planned_unknown: bool,
    r#enum: Vec<RawLiteral>,
    enum_ignore_case: bool,
    element_enum: Vec<RawLiteral>,
    minimum: Option<i64>,
    maximum: Option<i64>,
    min_items: Option<u64>,
    max_items: Option<u64>,
    non_empty: bool,
    element_non_empty: bool,
}

#[derive(Deserialize)]
struct RawMembers {
    #[serde(default)]
    attributes: BTreeMap<Box<str>, RawAttribute>,
    nesting_mode: Nesting,
}

#[derive(Clone)]
enum RawLiteral {
    Bool(bool),
    Number(i64),
    String(Box<str>),
}

/// By hand: what serde makes of an untagged enum writes an error for every variant that it tries in vain.
impl<'de> Deserialize<'de> for RawLiteral {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Literal;

        impl Visitor<'_> for Literal {
            type Value = RawLiteral;

            fn expecting(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
                text.write_str("a bool, a whole number or a string")
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<RawLiteral, E> {
                Ok(RawLiteral::Bool(value))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<RawLiteral, E> {
                Ok(RawLiteral::Number(value))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<RawLiteral, E> {
                i64::try_from(value).map(RawLiteral::Number).map_err(|_| E::custom("the number is too large"))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<RawLiteral, E> {
                Ok(RawLiteral::String(value.into()))
            }
        }

        from.deserialize_any(Literal)
    }
}

fn some<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<RawLiteral>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// How unset attributes are to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Facts {
    /// The file knows defaults: what has none is null.
    Complete,
    /// The file knows no defaults: what is optional may have one.
    Official,
    /// What is read, not planned: any attribute may get a value.
    Read,
}

/// A body that holds its parts.
pub(super) fn whole(block: WholeBlock, facts: Facts) -> Option<BlockSchema> {
    self::block(block.0, facts, &|attribute| Some(attribute), &|nested| whole(nested, facts))
}

/// A body whose parts are found by `attribute` and `nested`. Nothing where one of them cannot be understood.
pub(super) fn block<A, B>(
    raw: RawBlock<A, B>,
    facts: Facts,
    attribute: &dyn Fn(A) -> Option<RawAttribute>,
    nested: &dyn Fn(B) -> Option<BlockSchema>,
) -> Option<BlockSchema> {
    let attributes = raw.attributes.into_iter();
    let attributes = attributes.map(|(name, raw)| Some((Arc::from(name), self::attribute(attribute(raw)?, facts)?)));
    let blocks = raw.block_types.into_iter().map(|(name, raw)| {
        let schema = NestedBlockSchema {
            nesting: raw.nesting_mode,
            min_items: raw.min_items,
            max_items: raw.max_items.filter(|most| *most > 0),
            is_computed: raw.computed || facts != Facts::Complete,
            is_deprecated: raw.deprecated,
            forces_replacement: raw.force_new,
            is_order_insensitive: raw.order_insensitive,
            block: Arc::new(nested(raw.block)?),
        };
        Some((Arc::from(name), schema))
    });
    Some(BlockSchema {
        attributes: attributes.collect::<Option<_>>()?,
        blocks: blocks.collect::<Option<_>>()?,
        is_deprecated: raw.deprecated,
        is_plan_modified: false,
        value_type: Derived::default(),
    })
}

fn attribute(raw: RawAttribute, facts: Facts) -> Option<AttributeSchema> {
    let unset = unset(&raw, facts);
    let members = match (raw.nested_type, raw.element_attributes) {
        (Some(nested), _) => Some(members(nested.nesting_mode, nested.attributes, false, facts)?),
        (None, Some(elements)) => Some(members(Nesting::List, elements, true, facts)?),
        (None, None) => None,
    };
    let ty = match (&members, &raw.r#type) {
        (_, Some(ty)) => type_of(ty)?,
        (Some(members), None) => members_type(members),
        (None, None) => return None,
    };
    Some(AttributeSchema {
        ty,
        members: members.map(Arc::new),
        is_required: raw.required,
        is_optional: raw.optional,
        is_computed: raw.computed,
        is_sensitive: raw.sensitive,
        is_write_only: raw.write_only,
        is_deprecated: raw.deprecated,
        forces_replacement: raw.force_new,
        is_order_insensitive: raw.order_insensitive,
        unset,
        accepts: Accepts {
            choices: raw.r#enum.into_iter().map(SchemaLiteral::from).collect(),
            ignores_case: raw.enum_ignore_case,
            element_choices: raw.element_enum.into_iter().map(SchemaLiteral::from).collect(),
            minimum: raw.minimum,
            maximum: raw.maximum,
            min_items: raw.min_items,
            max_items: raw.max_items,
            is_non_empty: raw.non_empty,
            is_element_non_empty: raw.element_non_empty,
        },
    })
}

/// The rules of the bundled files: what was measured in a plan, else the default, else unknown where computed, else
/// null. Without defaults at hand what is optional may have one.
fn unset(raw: &RawAttribute, facts: Facts) -> Unset {
    if facts == Facts::Read || raw.planned_unknown {
        return Unset::Unknown;
    }
    if let Some(planned) = &raw.planned {
        return planned.clone().map_or(Unset::Null, |literal| Unset::Default(literal.into()));
    }
    if let Some(default) = &raw.default {
        return Unset::Default(default.clone().into());
    }
    // What must be written is never unset, and null where it is.
    let may_have_default = facts == Facts::Official && raw.optional;
    if raw.computed || may_have_default { Unset::Unknown } else { Unset::Null }
}

fn members(
    nesting: Nesting,
    attributes: BTreeMap<Box<str>, RawAttribute>,
    are_blocks: bool,
    facts: Facts,
) -> Option<Members> {
    let attributes = attributes.into_iter().map(|(name, raw)| Some((Arc::from(name), attribute(raw, facts)?)));
    Some(Members { nesting, attributes: attributes.collect::<Option<_>>()?, are_blocks })
}

fn members_type(members: &Members) -> Type {
    let attributes = members.attributes.iter().map(|(name, attribute)| {
        (Arc::clone(name), AttributeType { ty: attribute.ty.clone(), optional: !attribute.is_required })
    });
    let object = Type::Object(Arc::new(ObjectType { attributes: attributes.collect() }));
    match members.nesting {
        Nesting::Single | Nesting::Group => object,
        Nesting::List => Type::list(object),
        Nesting::Set => Type::set(object),
        Nesting::Map => Type::map(object),
    }
}

/// A type as cty writes it in JSON: `"string"`, `["list", "string"]`, `["object", {…}, ["optional"]]`.
fn type_of(value: &Value) -> Option<Type> {
    match value {
        Value::String(name) => match name.as_str() {
            "string" => Some(Type::String),
            "number" => Some(Type::Number),
            "bool" => Some(Type::Bool),
            "dynamic" => Some(Type::Any),
            _ => None,
        },
        Value::Array(parts) => {
            let inner = parts.get(1)?;
            match parts.first()?.as_str()? {
                "list" => type_of(inner).map(Type::list),
                "set" => type_of(inner).map(Type::set),
                "map" => type_of(inner).map(Type::map),
                "tuple" => {
                    let elements: Option<Vec<Type>> = inner.as_array()?.iter().map(type_of).collect();
                    Some(Type::Tuple(elements?.into()))
                }
                "object" => {
                    let optional = parts.get(2).and_then(Value::as_array);
                    let is_optional =
                        |name: &str| optional.is_some_and(|names| names.iter().any(|other| other == name));
                    let attributes = inner.as_object()?.iter().map(|(name, ty)| {
                        let attribute = AttributeType { ty: type_of(ty)?, optional: is_optional(name) };
                        Some((Arc::from(name.as_str()), attribute))
                    });
                    Some(Type::Object(Arc::new(ObjectType { attributes: attributes.collect::<Option<_>>()? })))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

impl From<RawLiteral> for SchemaLiteral {
    fn from(raw: RawLiteral) -> Self {
        match raw {
            RawLiteral::Bool(value) => Self::Bool(value),
            RawLiteral::Number(value) => Self::Number(value),
            RawLiteral::String(value) => Self::String(value.into()),
        }
    }
}
