//! Fills the gaps of a planned state or of a data source's configuration with generated values.

use crate::generate::{self, Source};
use crate::schema::{Attribute, Block, Nesting};
use crate::value::{self, Value};
use std::collections::BTreeMap;

/// Which values are gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Unknown values: a planned state becomes the new state.
    Unknown,
    /// Null values of computed attributes: a configuration becomes what a read finds.
    UnsetComputed,
}

impl Gap {
    fn is(self, schema: &Attribute, value: &Value) -> bool {
        match self {
            Self::Unknown => value::is_unknown(value),
            Self::UnsetComputed => value.is_nil() && schema.computed,
        }
    }
}

/// The state of a resource or data source with every gap filled.
pub fn fill(type_name: &str, block: &Block, gap: Gap, open: &Value) -> Value {
    let source = Source::new(&format!("{type_name} {}", value::to_json(open)));
    let mut filled = fill_block(block, gap, open, &source);
    for (name, value) in generate::specific(type_name, open, &filled, &source) {
        let is_open = block.attributes.get(name).is_some_and(|schema| gap.is(schema, value::member(open, name)));
        if is_open {
            value::set_member(&mut filled, name, value);
        }
    }
    filled
}

fn fill_block(block: &Block, gap: Gap, open: &Value, source: &Source) -> Value {
    let attributes = block.attributes.iter().map(|(name, schema)| {
        let value = fill_attribute(name, schema, gap, value::member(open, name), &source.branch(name));
        (name.as_str(), value)
    });
    let blocks = block.block_types.iter().map(|(name, nested)| {
        let value = value::member(open, name);
        let value = match nested.nesting_mode {
            Nesting::List | Nesting::Set if value::is_unknown(value) || value.is_nil() => Value::Array(Vec::new()),
            nesting => each(nesting, value, &source.branch(name), |object, source| {
                fill_block(&nested.block, gap, object, source)
            }),
        };
        (name.as_str(), value)
    });
    value::object(attributes.chain(blocks))
}

fn fill_members(schemas: &BTreeMap<String, Attribute>, gap: Gap, open: &Value, source: &Source) -> Value {
    value::object(schemas.iter().map(|(name, schema)| {
        (name.as_str(), fill_attribute(name, schema, gap, value::member(open, name), &source.branch(name)))
    }))
}

fn fill_attribute(name: &str, schema: &Attribute, gap: Gap, open: &Value, source: &Source) -> Value {
    if schema.write_only {
        return Value::Nil;
    }
    if gap.is(schema, open) {
        return generate::generic(name, schema, source);
    }
    let nested = schema.nested_type.as_ref().map(|nested| (nested.nesting_mode, &nested.attributes));
    let element = schema.element_attributes.as_ref().map(|attributes| (Nesting::List, attributes));
    match nested.or(element) {
        Some((nesting, attributes)) => {
            each(nesting, open, source, |object, source| fill_members(attributes, gap, object, source))
        }
        None => open.clone(),
    }
}

/// Applies `fill` to every object of a nested value; a null stays null.
fn each(nesting: Nesting, value: &Value, source: &Source, fill: impl Fn(&Value, &Source) -> Value) -> Value {
    match (nesting, value) {
        (Nesting::Single, Value::Map(_)) => fill(value, source),
        (Nesting::List | Nesting::Set, Value::Array(items)) => {
            let fill = |(index, item): (usize, &Value)| fill(item, &source.branch(&index.to_string()));
            Value::Array(items.iter().enumerate().map(fill).collect())
        }
        (Nesting::Map, Value::Map(entries)) => {
            let fill = |(key, item): &(Value, Value)| {
                (key.clone(), fill(item, &source.branch(key.as_str().unwrap_or_default())))
            };
            Value::Map(entries.iter().map(fill).collect())
        }
        (_, other) => other.clone(),
    }
}
