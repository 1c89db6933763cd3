//! A text that is being read, the file or a value in it, with what is known of its parts: where they stand in the file,
//! and what a template fills in.

use super::super::file::Placed;
use super::super::relabel::{Labels, Value};
use crate::diagnostic::{FileId, Location};
use crate::prometheus::Duration;
use crate::prometheus::holes::Masked;
use crate::source::Span;
use crate::syntax::yaml::{Entry, Node, ScalarMap};

/// A text that is being read: the file, or a value in it.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    /// The file as a template leaves it.
    pub(super) masked: &'s Masked,
    /// Its number.
    pub(super) file: FileId,
    /// Where the text stands in the file; nothing for the file itself.
    pub(super) outer: Option<&'s ScalarMap>,
}

impl Scope<'_> {
    /// Adds the labels that the mapping `node` says, a part of `whole`.
    pub(super) fn label_map(self, node: Node<'_>, whole: Span, labels: &mut Labels) {
        if node.is_null() {
            return;
        }
        if !node.is_mapping() {
            labels.is_open = true;
            return;
        }
        for Entry { key, value } in node.fields() {
            let Some(name) = key.text().filter(|_| !self.has_hole(key.span())) else {
                labels.is_open = true;
                continue;
            };
            let place = Some(self.place(key.span().to(value.span())));
            let is_sometimes = self.is_conditional(key.span(), whole);
            let known = match self.placed_text(value) {
                Some(_) if is_sometimes => Value::Unknown,
                Some(text) => Value::Text(text.value),
                None if is_sometimes || self.is_hole(value.span()) => Value::Unknown,
                None => Value::Present,
            };
            labels.set(name, known, place);
        }
    }

    /// The texts of a list, and whether there are others.
    pub(super) fn texts(self, list: Node<'_>) -> (Vec<Placed<String>>, bool) {
        if !list.is_sequence() {
            return (Vec::new(), !list.is_null());
        }
        let texts: Vec<Option<Placed<String>>> = list.items().map(|node| self.placed_text(node)).collect();
        let is_open = texts.iter().any(Option::is_none);
        (texts.into_iter().flatten().collect(), is_open)
    }

    /// A text of which all is known.
    pub(super) fn placed_text(self, node: Node<'_>) -> Option<Placed<String>> {
        let text = node.text().filter(|_| !node.is_null() && node.is_complete())?;
        let place = self.place(node.span());
        (!self.masked.has_hole(place.span)).then(|| Placed { value: text.to_owned(), place })
    }

    /// The duration under `key`.
    pub(super) fn duration(self, node: Node<'_>, key: &str) -> Option<Placed<Duration>> {
        let text = self.placed_text(node.get(key)?)?;
        Some(Placed { value: Duration::parse(&text.value).ok()?, place: text.place })
    }

    /// What `node` says, a part of `whole`; nothing where that is not known.
    pub(super) fn boolean(self, node: Node<'_>, whole: Span) -> Option<bool> {
        if self.is_conditional(node.span(), whole) {
            return None;
        }
        match self.placed_text(node)?.value.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The place of `span` in the file.
    pub(super) fn place(self, span: Span) -> Location {
        Location::new(self.file, self.outer.map_or(span, |outer| outer.place(span)))
    }

    /// Whether a template fills in a part of `span`.
    pub(super) fn has_hole(self, span: Span) -> bool {
        self.masked.has_hole(self.place(span).span)
    }

    /// Whether a template fills in all of `span`.
    pub(super) fn is_hole(self, span: Span) -> bool {
        self.masked.is_hole(self.place(span).span)
    }

    /// Whether `span` is there only sometimes when `whole`, of which it is a part, is there.
    pub(super) fn is_conditional(self, span: Span, whole: Span) -> bool {
        self.masked.is_conditional(self.place(span).span, self.place(whole).span)
    }
}
