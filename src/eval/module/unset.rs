//! What a provider's schema says of attributes that nobody sets, and of the types of blocks.

use std::fmt;
use std::sync::Arc;

use crate::eval::convert::{Doubt, convert, without_optional};
use crate::eval::refinement::Cause;
use crate::eval::value::Value;
use crate::terraform::Type;
use crate::terraform::schemas::{AttributeSchema, BlockSchema, NestedBlockSchema, Nesting, SchemaLiteral, Unset};

/// Writes a name.
pub(super) type Name<'n> = dyn Fn(&mut fmt::Formatter<'_>) -> fmt::Result + 'n;

/// The address of an attribute or block. Few are ever written out.
pub(super) struct Address<'n> {
    parent: Option<&'n Address<'n>>,
    name: &'n Name<'n>,
}

impl<'n> Address<'n> {
    /// The address of what stands in nothing else.
    pub(super) fn root(name: &'n Name<'n>) -> Self {
        Self { parent: None, name }
    }

    /// The address of what is called `name` in it.
    pub(super) fn of(&'n self, name: &'n Name<'n>) -> Self {
        Self { parent: Some(self), name }
    }

    /// Why something that the provider computes is not known.
    pub(super) fn computed(&self) -> Cause {
        Cause::Computed(self.to_string().into())
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(out, "{parent}.")?;
        }
        (self.name)(out)
    }
}

/// What an attribute is that nobody sets.
pub(super) fn unset_value(attribute: &AttributeSchema, address: &Address<'_>) -> Value {
    let ty = without_optional(&attribute.ty);
    match attribute.unset() {
        Unset::Default(literal) => {
            let value = literal_value(literal);
            convert(&value, &ty, &mut Doubt::default()).unwrap_or(value)
        }
        Unset::Null => Value::null(ty),
        Unset::Unknown => Value::any(&ty, &address.computed()),
    }
}

/// A literal of a schema as a value.
fn literal_value(literal: &SchemaLiteral) -> Value {
    match literal {
        SchemaLiteral::Bool(value) => Value::bool(*value),
        SchemaLiteral::Number(value) => Value::number(*value),
        SchemaLiteral::String(value) => Value::string(Arc::clone(value)),
    }
}

/// The type of a block's value.
#[must_use]
pub fn block_type(schema: &BlockSchema) -> &Type {
    schema.value_type.get_or_init(|| {
        let attributes = schema.attributes.iter().map(|(name, one)| (Arc::clone(name), without_optional(&one.ty)));
        let blocks = schema.blocks.iter().map(|(name, nested)| (Arc::clone(name), block_list_type(nested)));
        Type::object(attributes.chain(blocks))
    })
}

/// The type of all blocks of a kind together.
pub(super) fn block_list_type(nested: &NestedBlockSchema) -> Type {
    let element = block_type(&nested.block).clone();
    match nested.nesting {
        Nesting::Single | Nesting::Group => element,
        Nesting::List => Type::list(element),
        Nesting::Set => Type::set(element),
        Nesting::Map => Type::map(element),
    }
}
