//! What is known of a value that is not known, and why it is not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::range::{Length, NumberRange};
use super::text::Text;
use super::value::{Symbol, Value};

/// Why something is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The caller decides: a variable.
    Caller(Arc<str>),
    /// The provider decides when it applies or reads: an attribute, by its address.
    Computed(Arc<str>),
    /// There is no schema for this type.
    NoSchema(Arc<str>),
    /// A function that has another result each time.
    Unstable(Arc<str>),
    /// A function that is not known here.
    Function(Arc<str>),
    /// The value would be too large.
    TooLarge,
    /// A module that is not at hand.
    Module(Arc<str>),
    /// An expression that could not be evaluated, or is newer than this program.
    Expression,
    /// Which instance it is.
    Instance(Arc<str>),
}

impl std::fmt::Display for Cause {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Caller(name) => write!(formatter, "depends on what the caller passes as `{name}`"),
            Self::Computed(address) => write!(formatter, "depends on the computed attribute `{address}`"),
            Self::NoSchema(kind) => write!(formatter, "depends on `{kind}`, whose schema is not known"),
            Self::Unstable(name) => write!(formatter, "depends on `{name}()`, which differs with every run"),
            Self::Function(name) if name.starts_with("file") || name.starts_with("templatefile") => {
                write!(formatter, "depends on what `{name}()` reads, which is not known here")
            }
            Self::Function(name) => write!(formatter, "depends on the function `{name}`, which is not known here"),
            Self::TooLarge => write!(formatter, "depends on a value that is too large to follow"),
            Self::Module(name) => write!(formatter, "depends on `{name}`, whose module is not at hand"),
            Self::Expression => write!(formatter, "depends on an expression that cannot be followed"),
            Self::Instance(name) => match &**name {
                "count" | "for_each" => write!(formatter, "depends on how many instances `{name}` makes"),
                "dynamic blocks" => write!(formatter, "depends on how many blocks `dynamic` makes"),
                _ => write!(formatter, "depends on `{name}`"),
            },
        }
    }
}

/// Which kind of collection a value of no known type is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Not known.
    #[default]
    Free,
    /// A list, set or tuple.
    Sequence,
    /// A map or object.
    Mapping,
}

/// What is known of a value that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refinement {
    /// Of a number.
    pub number: NumberRange,
    /// Of a string.
    pub text: Option<Text>,
    /// Of a collection.
    pub length: Length,
    /// Every element of a collection is a member of this.
    pub element: Option<Value>,
    /// For each of these some element of the collection is a member of it.
    pub contains: Vec<Value>,
    /// The collection has every element of these.
    pub includes: BTreeSet<Symbol>,
    /// Entries that a map or object surely has.
    pub entries: BTreeMap<Arc<str>, Value>,
    /// Whether no two elements are equal, but for zeros of either sign.
    pub distinct: bool,
    /// Whether its strings stand in order.
    pub sorted: bool,
    /// What kind of collection it is where the type does not say.
    pub form: Form,
    /// Why it is not known.
    pub cause: Cause,
}

impl Refinement {
    /// Nothing is known, for this reason.
    #[must_use]
    pub const fn new(cause: Cause) -> Self {
        Self {
            number: NumberRange { low: None, high: None, integer: false },
            text: None,
            length: Length::ANY,
            element: None,
            contains: Vec::new(),
            includes: BTreeSet::new(),
            entries: BTreeMap::new(),
            distinct: false,
            sorted: false,
            form: Form::Free,
            cause,
        }
    }
}
