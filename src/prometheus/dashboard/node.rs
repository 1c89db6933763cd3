//! A value of a JSON text together with the text: what the reader of dashboards asks of it.

use std::borrow::Cow;

use crate::prometheus::Text;
use crate::source::Span;
use crate::syntax::json::{self, Kind, Piece, Value};
use crate::syntax::yaml::{ScalarMap, Style};

/// A value and the text around it.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    source: &'a [u8],
    value: &'a Value,
    /// From the text to the file, where the text is a value in another one.
    outer: Option<&'a ScalarMap>,
}

impl<'a> Node<'a> {
    pub(super) const fn new(source: &'a [u8], value: &'a Value, outer: Option<&'a ScalarMap>) -> Self {
        Self { source, value, outer }
    }

    /// Another value of the same text.
    const fn at(self, value: &'a Value) -> Self {
        Self { value, ..self }
    }

    /// Where it stands in the file.
    pub(super) fn span(self) -> Span {
        self.place(self.value.span)
    }

    fn place(self, span: Span) -> Span {
        self.outer.map_or(span, |outer| outer.place(span))
    }

    /// The name and value of the member `name`. Of a repeated name the last counts, as everywhere in JSON.
    fn member(self, name: &str) -> Option<(Span, Self)> {
        let Kind::Object(members) = &self.value.kind else { return None };
        let is_it = |member: &&json::Member| json::decode(self.source, member.name) == name;
        members.iter().rev().find(is_it).map(|member| (self.place(member.name), self.at(&member.value)))
    }

    /// The member `name` of an object.
    pub(super) fn get(self, name: &str) -> Option<Self> {
        self.member(name).map(|(_, value)| value)
    }

    /// Whether it is an object.
    pub(super) const fn is_object(self) -> bool {
        matches!(self.value.kind, Kind::Object(_))
    }

    /// The elements of an array.
    pub(super) fn elements(self) -> Option<impl Iterator<Item = Self>> {
        let Kind::Array(elements) = &self.value.kind else { return None };
        Some(elements.iter().map(move |value| self.at(value)))
    }

    /// The values of the members of an object; none for anything else.
    pub(super) fn values(self) -> impl Iterator<Item = Self> {
        let members = if let Kind::Object(members) = &self.value.kind { members.as_slice() } else { &[] };
        members.iter().map(move |member| self.at(&member.value))
    }

    /// The elements of the array `name`; none where there is no such array.
    pub(super) fn list(self, name: &str) -> impl Iterator<Item = Self> + use<'a> {
        self.get(name).and_then(Self::elements).into_iter().flatten()
    }

    /// The value of a string.
    pub(super) fn string(self) -> Option<Cow<'a, str>> {
        matches!(self.value.kind, Kind::String).then(|| json::decode(self.source, self.value.span))
    }

    /// The value of the member `name`, a string.
    pub(super) fn string_of(self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name)?.string()
    }

    /// The member `name`, a string that is not empty, with a place for every character.
    pub(super) fn text(self, name: &str) -> Option<Text> {
        let (key, node) = self.member(name)?;
        let value = node.string().filter(|value| !value.trim().is_empty())?.into_owned();
        let pieces = json::pieces(self.source, node.value.span);
        let map = ScalarMap::of_pieces(pieces.map(|piece| match piece {
            Piece::Text(span) => (span.len(), span),
            Piece::Char(char, span) => (u32::try_from(char.len_utf8()).unwrap_or_default(), span),
        }));
        let map = self.outer.map_or_else(|| map.clone(), |outer| map.within(outer));
        Some(Text { key, value, span: node.span(), style: Style::DoubleQuoted, map })
    }
}
