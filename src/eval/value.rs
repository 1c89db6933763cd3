//! Abstract values: each stands for a set of Terraform's values, from a single one to all of a type. Whatever
//! Terraform computes for some admissible input is a member; that is the promise that everything above relies on.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::join::join;
use super::marks::Marks;
use super::number::Number;
use super::range::{Bound, Length, NumberRange};
use super::refinement::{Cause, Refinement};
use super::text::{Hole, Shape, Text};
use crate::terraform::Type;

/// Most candidates that a value keeps apart.
pub(crate) const MAX_CANDIDATES: usize = 24;

/// The name of one concrete thing, such as `var.tags`: two values with one symbol are the same value.
pub type Symbol = Arc<str>;

/// What a value is, when it is not null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing but null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Arc<str>),
    /// A list or tuple with just these elements, or a set of known elements in Terraform's order.
    Sequence(Arc<[Value]>),
    /// A map or object with just these entries.
    Mapping(Arc<BTreeMap<Arc<str>, Value>>),
    /// One of these; each wholly known and none null.
    OneOf(Arc<[Value]>),
    /// A member of its type that obeys this.
    Unknown(Arc<Refinement>),
}

/// A set of Terraform's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The type of all members; [`Type::Any`] where it is not known. Null may have another.
    pub ty: Type,
    /// What the members are, apart from null.
    pub kind: Kind,
    /// Whether null is a member too.
    pub nullable: bool,
    /// What clings to it. Elements have marks of their own.
    pub marks: Marks,
    /// Which concrete thing it is.
    pub symbol: Option<Symbol>,
}

impl Value {
    fn known(ty: Type, kind: Kind) -> Self {
        Self { ty, kind, nullable: false, marks: Marks::NONE, symbol: None }
    }

    /// `null` of a type.
    #[must_use]
    pub fn null(ty: Type) -> Self {
        Self::known(ty, Kind::Null)
    }

    /// A boolean.
    #[must_use]
    pub fn bool(value: bool) -> Self {
        Self::known(Type::Bool, Kind::Bool(value))
    }

    /// A number.
    #[must_use]
    pub fn number(value: impl Into<Number>) -> Self {
        Self::known(Type::Number, Kind::Number(value.into()))
    }

    /// A length or index.
    #[must_use]
    pub fn count(value: usize) -> Self {
        Self::number(i64::try_from(value).unwrap_or(i64::MAX))
    }

    /// A string, in Unicode's normal form C as all of Terraform's.
    #[must_use]
    pub fn string(value: impl Into<Arc<str>>) -> Self {
        Self::known(Type::String, Kind::String(super::text::normalized(value.into())))
    }

    /// A tuple.
    #[must_use]
    pub fn tuple(elements: Vec<Self>) -> Self {
        let ty = Type::Tuple(elements.iter().map(|element| element.ty.clone()).collect());
        Self::known(ty, Kind::Sequence(elements.into()))
    }

    /// A list whose elements have the type `element` already.
    #[must_use]
    pub fn list(element: Type, elements: Vec<Self>) -> Self {
        Self::known(Type::list(element), Kind::Sequence(elements.into()))
    }

    /// A set of elements that have the type `element` already. Where they are not wholly known it is not known which of
    /// them are equal.
    #[must_use]
    pub fn set(element: Type, elements: Vec<Self>) -> Self {
        if elements.iter().all(Self::is_wholly_known) {
            let mut sorted = elements;
            sorted.sort_by(super::order::compare);
            // Numbers inside of others may differ in more digits than their order tells.
            sorted.dedup_by(|one, other| super::order::compare(one, other).is_eq() && one.kind == other.kind);
            return Self::known(Type::set(element), Kind::Sequence(sorted.into()));
        }
        let cause = elements.iter().find_map(Self::cause).unwrap_or(Cause::Expression);
        let known: Vec<&Self> = elements.iter().filter(|element| element.is_wholly_known()).collect();
        let apart = known.iter().enumerate().filter(|(index, one)| !known[..*index].contains(one)).count();
        let mut refinement = Refinement::new(cause);
        refinement.length = Length { min: (apart as u64).max(1), max: Some(elements.len() as u64) };
        refinement.element = super::join::join_all(elements.iter());
        refinement.distinct = true;
        refinement.contains = elements;
        Self::unknown(Type::set(element), refinement)
    }

    /// A map whose values have the type `element` already.
    #[must_use]
    pub fn map(element: Type, entries: BTreeMap<Arc<str>, Self>) -> Self {
        Self::known(Type::map(element), Kind::Mapping(entries.into()))
    }

    /// An object.
    #[must_use]
    pub fn object(entries: BTreeMap<Arc<str>, Self>) -> Self {
        let ty = Type::object(entries.iter().map(|(name, value)| (Arc::clone(name), value.ty.clone())));
        Self::known(ty, Kind::Mapping(entries.into()))
    }

    /// An object whose entries have the types that `ty` says.
    #[must_use]
    pub(super) fn object_of_type(ty: Type, entries: BTreeMap<Arc<str>, Self>) -> Self {
        Self::known(ty, Kind::Mapping(entries.into()))
    }

    /// One of `candidates`, which are wholly known; nothing where there are none.
    #[must_use]
    pub fn one_of(candidates: impl IntoIterator<Item = Self>) -> Option<Self> {
        super::join::join_all(candidates.into_iter().collect::<Vec<_>>().iter())
    }

    /// A member of `ty` that obeys `refinement`, and not null.
    #[must_use]
    pub fn unknown(ty: Type, refinement: Refinement) -> Self {
        if let Some(number) = refinement.number.only()
            && ty == Type::Number
        {
            let one = Self::number(number.clone());
            // From `-0` to zero there are two, which are written differently.
            let zero = number.is_zero() && number.is_negative();
            return if zero { join(&one, &Self::number(number.neg())) } else { one };
        }
        if ty == Type::String
            && let Some(text) = refinement.text.as_ref().and_then(Text::as_literal)
        {
            return Self::string(text);
        }
        if refinement.length.max == Some(0)
            && let Some(kind) = empty_kind(&ty)
        {
            return Self::known(ty, kind);
        }
        Self::known(ty, Kind::Unknown(Arc::new(refinement)))
    }

    /// Any member of `ty`, null as well. Objects have known attributes.
    #[must_use]
    pub fn any(ty: &Type, cause: &Cause) -> Self {
        Self { nullable: true, ..Self::some(ty, cause) }
    }

    /// Any member of `ty` but null; nested ones may be null.
    #[must_use]
    pub fn some(ty: &Type, cause: &Cause) -> Self {
        match ty {
            Type::Object(object) => {
                let attributes = object.attributes.iter();
                let entries: BTreeMap<Arc<str>, Self> =
                    attributes.map(|(name, attribute)| (Arc::clone(name), Self::any(&attribute.ty, cause))).collect();
                Self::known(ty.clone(), Kind::Mapping(entries.into()))
            }
            Type::Tuple(elements) => {
                let elements: Vec<Self> = elements.iter().map(|element| Self::any(element, cause)).collect();
                Self::known(ty.clone(), Kind::Sequence(elements.into()))
            }
            Type::List(element) | Type::Set(element) | Type::Map(element) => {
                let mut refinement = Refinement::new(cause.clone());
                refinement.element = Some(Self::any(element, cause));
                refinement.distinct = matches!(ty, Type::Set(_));
                Self::known(ty.clone(), Kind::Unknown(Arc::new(refinement)))
            }
            _ => Self::known(ty.clone(), Kind::Unknown(Arc::new(Refinement::new(cause.clone())))),
        }
    }

    /// A boolean that is not known.
    #[must_use]
    pub fn some_bool(cause: Cause) -> Self {
        Self::unknown(Type::Bool, Refinement::new(cause))
    }

    /// A number in `range`.
    #[must_use]
    pub fn some_number(range: NumberRange, cause: Cause) -> Self {
        Self::unknown(Type::Number, Refinement { number: range, ..Refinement::new(cause) })
    }

    /// A string of `text`.
    #[must_use]
    pub fn some_string(text: Text, cause: Cause) -> Self {
        Self::unknown(Type::String, Refinement { text: Some(text), ..Refinement::new(cause) })
    }

    /// A boolean as far as it is decided.
    #[must_use]
    pub fn tri(answer: Option<bool>, cause: impl FnOnce() -> Cause) -> Self {
        answer.map_or_else(|| Self::some_bool(cause()), Self::bool)
    }

    /// With these marks added.
    #[must_use]
    pub fn marked(mut self, marks: Marks) -> Self {
        self.marks = self.marks.and(marks);
        self
    }

    /// With null as a further member.
    #[must_use]
    pub fn or_null(mut self) -> Self {
        self.nullable |= self.kind != Kind::Null;
        self
    }

    /// Without null; nothing where null was all.
    #[must_use]
    pub fn not_null(&self) -> Option<Self> {
        match self.kind {
            Kind::Null => None,
            _ => Some(Self { nullable: false, ..self.clone() }),
        }
    }

    /// With a name.
    #[must_use]
    pub fn named(mut self, symbol: impl Into<Symbol>) -> Self {
        self.symbol = Some(symbol.into());
        self
    }

    /// Without its name, as part of something new. A null whose type is not known is still told from a bare one.
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        if !self.is_null() || self.ty != Type::Any {
            self.symbol = None;
        }
        self
    }

    /// Whether it is null and nothing else.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Whether null is a member.
    #[must_use]
    pub const fn may_be_null(&self) -> bool {
        self.nullable || self.is_null()
    }

    /// Whether it has more than `most` elements, those of elements included. Takes no longer than that.
    #[must_use]
    pub(super) fn has_more_parts_than(&self, most: usize) -> bool {
        fn count(value: &Value, left: &mut usize) -> bool {
            *left = left.saturating_sub(1);
            *left > 0
                && match &value.kind {
                    Kind::Sequence(elements) => elements.iter().all(|one| count(one, left)),
                    Kind::Mapping(entries) => entries.values().all(|one| count(one, left)),
                    Kind::Unknown(known) => {
                        let parts = known.element.iter().chain(&known.contains).chain(known.entries.values());
                        parts.into_iter().all(|one| count(one, left))
                    }
                    _ => true,
                }
        }
        !count(self, &mut (most + 2))
    }

    /// Whether it has just one member, through and through.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        !self.nullable
            && match &self.kind {
                Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => true,
                Kind::Sequence(elements) => elements.iter().all(Self::is_wholly_known),
                Kind::Mapping(entries) => entries.values().all(Self::is_wholly_known),
                Kind::OneOf(_) | Kind::Unknown(_) => false,
            }
    }

    /// The boolean, where it is known and not null.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(value) if !self.nullable => Some(value),
            _ => None,
        }
    }

    /// The number, where it is known and not null.
    #[must_use]
    pub const fn as_number(&self) -> Option<&Number> {
        match &self.kind {
            Kind::Number(value) if !self.nullable => Some(value),
            _ => None,
        }
    }

    /// The string, where it is known and not null.
    #[must_use]
    pub const fn as_string(&self) -> Option<&Arc<str>> {
        match &self.kind {
            Kind::String(value) if !self.nullable => Some(value),
            _ => None,
        }
    }

    /// The elements of a list, set or tuple, where they are known to be just these and it is not null.
    #[must_use]
    pub fn as_sequence(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::Sequence(elements) if !self.nullable => Some(elements),
            _ => None,
        }
    }

    /// The entries of a map or object, where they are known to be just these and it is not null.
    #[must_use]
    pub fn as_mapping(&self) -> Option<&BTreeMap<Arc<str>, Self>> {
        match &self.kind {
            Kind::Mapping(entries) if !self.nullable => Some(entries),
            _ => None,
        }
    }

    /// What is known of it, where it is not known.
    #[must_use]
    pub fn refinement(&self) -> Option<&Refinement> {
        match &self.kind {
            Kind::Unknown(refinement) => Some(refinement),
            _ => None,
        }
    }

    /// The wholly known values it can be apart from null; nothing where there are too many.
    #[must_use]
    pub fn candidates(&self) -> Option<Vec<Self>> {
        match &self.kind {
            Kind::Null => Some(Vec::new()),
            Kind::OneOf(all) => Some(all.iter().map(|one| one.clone().marked(self.marks)).collect()),
            Kind::Unknown(_) if self.ty == Type::Bool => {
                Some([false, true].map(|value| Self::bool(value).marked(self.marks)).to_vec())
            }
            _ if self.is_content_known() => Some(vec![Self { nullable: false, ..self.clone() }]),
            _ => None,
        }
    }

    /// Whether it has just one member beside null.
    fn is_content_known(&self) -> bool {
        match &self.kind {
            Kind::Null | Kind::OneOf(_) | Kind::Unknown(_) => false,
            Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => true,
            Kind::Sequence(elements) => elements.iter().all(Self::is_wholly_known),
            Kind::Mapping(entries) => entries.values().all(Self::is_wholly_known),
        }
    }

    /// Why it is not wholly known.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        match &self.kind {
            Kind::Unknown(refinement) => Some(refinement.cause.clone()),
            Kind::Sequence(elements) => elements.iter().find_map(Self::cause),
            Kind::Mapping(entries) => entries.values().find_map(Self::cause),
            _ => None,
        }
    }

    /// Why it is not wholly known, whatever that is.
    #[must_use]
    pub fn reason(&self) -> Cause {
        let named = || self.symbol.as_ref().map(|symbol| Cause::Caller(Arc::clone(symbol)));
        self.cause().or_else(named).unwrap_or(Cause::Expression)
    }

    /// The numbers it can be.
    #[must_use]
    pub fn number_range(&self) -> NumberRange {
        match &self.kind {
            Kind::Number(number) => NumberRange::exactly(number),
            Kind::OneOf(all) => {
                let ranges = all.iter().map(Self::number_range);
                ranges.reduce(|left, right| left.join(&right)).unwrap_or_default()
            }
            Kind::Unknown(refinement) => refinement.number.clone(),
            _ => NumberRange::default(),
        }
    }

    /// The texts it can be, for a string.
    #[must_use]
    pub fn text(&self) -> Text {
        match &self.kind {
            Kind::String(text) => Text::literal(Arc::clone(text)),
            Kind::OneOf(all) => {
                let all: Option<Vec<Arc<str>>> = all.iter().map(|one| one.as_string().cloned()).collect();
                all.map_or_else(Text::any, |all| Text::hole(Hole::new(Shape::OneOf(all.into()))))
            }
            Kind::Unknown(refinement) => refinement.text.clone().unwrap_or_else(Text::any),
            _ => Text::any(),
        }
    }

    /// How many elements a collection can have.
    #[must_use]
    pub fn length(&self) -> Length {
        match &self.kind {
            Kind::Sequence(elements) => Length::exactly(elements.len() as u64),
            Kind::Mapping(entries) => Length::exactly(entries.len() as u64),
            Kind::OneOf(all) => all.iter().map(Self::length).reduce(Length::join).unwrap_or(Length::ANY),
            Kind::Unknown(refinement) => refinement.length,
            _ => Length::ANY,
        }
    }

    /// What every element of a collection is a member of; nothing where there is no element. Elements of the type's
    /// kind where nothing more is known.
    #[must_use]
    pub fn element(&self) -> Option<Self> {
        match &self.kind {
            Kind::Sequence(elements) => super::join::join_all(elements.iter()),
            Kind::Mapping(entries) => super::join::join_all(entries.values()),
            Kind::OneOf(all) => {
                let elements: Vec<Self> = all.iter().filter_map(Self::element).collect();
                super::join::join_all(elements.iter())
            }
            Kind::Unknown(refinement) => Some(
                refinement
                    .element
                    .clone()
                    .unwrap_or_else(|| Self::any(self.ty.element().unwrap_or(&Type::Any), &refinement.cause)),
            ),
            _ => None,
        }
    }

    /// All marks, of elements as well.
    #[must_use]
    pub fn all_marks(&self) -> Marks {
        let inner = match &self.kind {
            Kind::Sequence(elements) => elements.iter().fold(Marks::NONE, |marks, one| marks.and(one.all_marks())),
            Kind::Mapping(entries) => entries.values().fold(Marks::NONE, |marks, one| marks.and(one.all_marks())),
            Kind::Unknown(refinement) => {
                let element = refinement.element.as_ref().map_or(Marks::NONE, Self::all_marks);
                // Whether there is an element at all is not known.
                let element = element.without(Marks::ALWAYS_UNSTABLE);
                let members = refinement.entries.values().chain(&refinement.contains);
                members.fold(element, |marks, one| marks.and(one.all_marks()))
            }
            _ => Marks::NONE,
        };
        self.marks.and(inner)
    }
}

fn empty_kind(ty: &Type) -> Option<Kind> {
    match ty {
        Type::List(_) | Type::Set(_) => Some(Kind::Sequence(Arc::from([]))),
        Type::Map(_) => Some(Kind::Mapping(Arc::default())),
        _ => None,
    }
}

impl From<Number> for NumberRange {
    fn from(number: Number) -> Self {
        let bound = Some(Bound { at: number, inclusive: true });
        Self { low: bound.clone(), high: bound, integer: false }
    }
}
