//! What providers say of their resources: arguments, attributes and nested blocks. Ten providers are compiled in, each
//! type decoded when it is first asked for; files of `terraform providers schema -json` add others. Knows no module.

mod compiled;
mod decode;
mod provider;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub use provider::{ProviderSchema, SchemaError, Schemas};

use super::Type;

/// A body: of a resource, of a provider's configuration or of a block in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockSchema {
    /// Arguments and attributes by name.
    pub attributes: BTreeMap<Arc<str>, AttributeSchema>,
    /// Nested blocks by name.
    pub blocks: BTreeMap<Arc<str>, NestedBlockSchema>,
    /// Whether the provider calls it deprecated.
    pub is_deprecated: bool,
    /// Whether code of the provider may change the plan further, so that a default is only the usual value.
    pub is_plan_modified: bool,
    /// The type of its value, once somebody has asked for it.
    pub value_type: Derived<Type>,
}

/// Something that follows from the rest of what it is part of and is worked out once.
#[derive(Clone, Debug)]
pub struct Derived<T>(OnceLock<T>);

impl<T> Derived<T> {
    /// What it is; `make` says so the first time.
    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        self.0.get_or_init(make)
    }
}

impl<T> Default for Derived<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> PartialEq for Derived<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Derived<T> {}

/// An argument or attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeSchema {
    /// Its type; members of objects that need not be written are optional in it.
    pub ty: Type,
    /// What the objects in it have, where the schema says more than their types.
    pub members: Option<Arc<Members>>,
    /// Whether it must be written.
    pub is_required: bool,
    /// Whether it may be written.
    pub is_optional: bool,
    /// Whether the provider gives it a value where it is not written.
    pub is_computed: bool,
    /// Whether its value is hidden.
    pub is_sensitive: bool,
    /// Whether its value is never stored.
    pub is_write_only: bool,
    /// Whether the provider calls it deprecated.
    pub is_deprecated: bool,
    /// Whether every change replaces the resource.
    pub forces_replacement: bool,
    /// Whether another order of its elements is no change.
    pub is_order_insensitive: bool,
    /// What it is in the plan of a new resource when it is not written.
    pub unset: Unset,
    /// What values it takes.
    pub accepts: Accepts,
}

/// What an attribute is that is not written, in the plan of a new resource. Of an existing resource what is unknown here
/// keeps its value, and a data source reads what it likes: there it is always unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unset {
    /// The schema's default.
    Default(SchemaLiteral),
    /// Null.
    Null,
    /// Known after apply, or not known from this schema.
    Unknown,
}

/// A literal in a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaLiteral {
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A string.
    String(Arc<str>),
}

/// Which values an argument takes beside what its type says. Nothing and empty lists mean that the schema does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepts {
    /// All accepted values.
    pub choices: Vec<SchemaLiteral>,
    /// Whether their case does not matter.
    pub ignores_case: bool,
    /// All accepted values of each element.
    pub element_choices: Vec<SchemaLiteral>,
    /// The least number.
    pub minimum: Option<i64>,
    /// The greatest number.
    pub maximum: Option<i64>,
    /// The least number of elements.
    pub min_items: Option<u64>,
    /// The greatest number of elements.
    pub max_items: Option<u64>,
    /// Whether the empty string is refused.
    pub is_non_empty: bool,
    /// Whether the empty string is refused as an element.
    pub is_element_non_empty: bool,
}

/// What objects in an attribute have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members {
    /// How many objects there are.
    pub nesting: Nesting,
    /// The members by name.
    pub attributes: BTreeMap<Arc<str>, AttributeSchema>,
    /// Whether it is usually written as blocks (`nic { … }` for `nic = [{ … }]`), whose unset members these are.
    pub are_blocks: bool,
}

/// How often a block stands in its parent, and as what it appears in values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nesting {
    /// Once; an object or null.
    Single,
    /// Once; an object that is there even if the block is not.
    Group,
    /// Any number; a list.
    List,
    /// Any number; a set.
    Set,
    /// Any number with a label each; a map.
    Map,
}

/// A kind of nested block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NestedBlockSchema {
    /// How often it stands there.
    pub nesting: Nesting,
    /// The least number of blocks.
    pub min_items: u64,
    /// The greatest number of blocks.
    pub max_items: Option<u64>,
    /// Whether the provider may add it where it is not written: then it is unknown, and empty otherwise.
    pub is_computed: bool,
    /// Whether the provider calls it deprecated.
    pub is_deprecated: bool,
    /// Whether every change replaces the resource.
    pub forces_replacement: bool,
    /// Whether another order of the blocks is no change.
    pub is_order_insensitive: bool,
    /// What is in it.
    pub block: Arc<BlockSchema>,
}

impl AttributeSchema {
    /// Whether it may or must be written.
    #[must_use]
    pub const fn is_argument(&self) -> bool {
        self.is_required || self.is_optional
    }

    /// What it is in the plan of a new resource when it is not written.
    #[must_use]
    pub const fn unset(&self) -> &Unset {
        &self.unset
    }

    /// Whether Terraform takes blocks of its name for it: it is a list or set of objects of which no more is known.
    #[must_use]
    pub fn may_be_blocks(&self) -> bool {
        let is_opaque = self.members.as_ref().is_none_or(|members| members.are_blocks);
        let element = match &self.ty {
            Type::List(element) | Type::Set(element) => Some(&**element),
            _ => None,
        };
        is_opaque && matches!(element, Some(Type::Object(_)))
    }
}

impl BlockSchema {
    /// Whether something of this name may be written: an argument or a block.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        self.blocks.contains_key(name) || self.attributes.get(name).is_some_and(AttributeSchema::is_argument)
    }

    /// Whether values have something of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.blocks.contains_key(name) || self.attributes.contains_key(name)
    }
}

#[cfg(test)]
mod tests;
