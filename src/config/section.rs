//! One block of the configuration as its readers see it: settings are asked for by name, through the layers of user and
//! preset. Which names there are, the schema says: a reader that asks for something else, or for another kind of value,
//! fails in every test.

use std::cell::RefCell;

use super::located::{Entry, Located, Origin};
use super::schema::{Block, Default, EMPTY, Kind};
use super::text::Text;
use super::value::{CONFIG_LINT, Context, Setting};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Span;
use crate::suggest;
use crate::syntax::hcl::{BlockView, BodyView, ExprView, ItemView};

/// The text of a block in one layer.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) context: Context<'a>,
    pub(super) body: BodyView<'a>,
    /// Where a missing setting is reported.
    pub(super) header: Span,
}

/// A block, the user's text before the preset's. Without any text all settings have their defaults.
pub(super) struct Section<'a> {
    title: String,
    schema: &'static Block,
    parts: Vec<Part<'a>>,
    /// What was asked for.
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Section<'a> {
    pub(super) const fn new(title: String, schema: &'static Block, parts: Vec<Part<'a>>) -> Self {
        Self { title, schema, parts, asked: RefCell::new(Vec::new()) }
    }

    /// Where the block itself comes from.
    pub(super) fn origin(&self) -> Origin {
        self.parts.first().map_or(Origin::Default, |part| part.context.origin(part.header))
    }

    // ---- arguments ----

    fn values(&self, name: &'static str, expected: &str) -> Vec<(Context<'a>, ExprView<'a>)> {
        self.asked.borrow_mut().push(name);
        let kind = || self.schema.argument(name).map(|argument| argument.kind.expected());
        debug_assert_eq!(kind().as_deref(), Some(expected), "{name} of {}", self.title);
        self.parts.iter().filter_map(|part| Some((part.context, part.body.value(name)?))).collect()
    }

    fn default_of(&self, name: &str) -> Option<Default> {
        self.schema.argument(name).map(|argument| argument.default)
    }

    fn first<T: Setting>(&self, name: &'static str) -> Option<Located<T>> {
        let read = |(context, value): (Context<'a>, ExprView<'a>)| {
            T::read(value, &context).map(|setting| context.locate(setting, value.span()))
        };
        self.values(name, &T::expected()).into_iter().find_map(read)
    }

    /// The value of the highest layer that has a valid one.
    pub(super) fn optional<T: Setting>(&self, name: &'static str) -> Option<Located<T>> {
        debug_assert!(matches!(self.default_of(name), Some(Default::Unset(_))), "{name} of {}", self.title);
        self.first(name)
    }

    /// The same where something holds anyway.
    pub(super) fn or<T: Setting>(&self, name: &'static str, default: T) -> Located<T> {
        debug_assert!(matches!(self.default_of(name), Some(Default::Value(_))), "{name} of {}", self.title);
        self.first(name).unwrap_or(Located::default(default))
    }

    /// Reports where the setting is missing; not of a block that nobody wrote.
    pub(super) fn required<T: Setting>(&self, name: &'static str) -> Option<Located<T>> {
        self.demand(name);
        self.first(name)
    }

    /// Reports where `name` is missing.
    fn demand(&self, name: &str) {
        debug_assert_eq!(self.default_of(name), Some(Default::Required), "{name} of {}", self.title);
        if !self.parts.iter().any(|part| part.body.attribute(name).is_some()) {
            let doc = self.schema.argument(name).map_or("", |argument| argument.doc);
            let what = doc.split(';').next().unwrap_or(doc);
            self.report(format!("{} has no `{name}`", self.title), &format!("this setting is required: {what}"));
        }
    }

    /// A list that replaces those of lower layers.
    pub(super) fn list<T: Setting + PartialEq>(&self, name: &'static str) -> Vec<Located<T>> {
        let read = |(context, value)| Some(distinct(Vec::read(value, &context)?, &context));
        self.values(name, &Vec::<Located<T>>::expected()).into_iter().find_map(read).unwrap_or_default()
    }

    /// A list to which every layer adds, the lowest first.
    pub(super) fn union<T: Setting + PartialEq>(&self, name: &'static str) -> Vec<Located<T>> {
        let mut all: Vec<Located<T>> = Vec::new();
        for (context, value) in self.values(name, &Vec::<Located<T>>::expected()).into_iter().rev() {
            for element in distinct(Vec::read(value, &context).unwrap_or_default(), &context) {
                all.retain(|known| *known != element);
                all.push(element);
            }
        }
        all
    }

    /// A map to which every layer adds; a key's value is that of the highest layer. The lowest layer's keys come first.
    pub(super) fn map<K: Text + PartialEq, V: Setting>(&self, name: &'static str) -> Vec<Entry<K, V>> {
        let of_kind = |kind: Kind| matches!(kind, Kind::Map(key, value) if key.expected() == K::EXPECTED && value.expected() == V::expected());
        debug_assert!(self.schema.argument(name).is_some_and(|argument| of_kind(argument.kind)), "{name}");
        let mut all: Vec<Entry<K, V>> = Vec::new();
        for (context, value) in self.values(name, "an object").into_iter().rev() {
            for entry in read_map::<K, V>(value, &context) {
                match all.iter_mut().find(|known| known.key == entry.key) {
                    Some(known) => *known = entry,
                    None => all.push(entry),
                }
            }
        }
        all
    }

    /// An argument that is read elsewhere, such as an expression. Reports where it is missing.
    pub(super) fn unread(&self, name: &'static str) {
        self.asked.borrow_mut().push(name);
        if self.default_of(name) == Some(Default::Required) {
            self.demand(name);
        }
    }

    // ---- blocks ----

    fn schema_of(&self, name: &'static str, label: Option<&str>) -> &'static Block {
        let found = self.schema.block(name, label);
        debug_assert!(found.is_some(), "{name} in {}", self.title);
        found.unwrap_or(&EMPTY)
    }

    /// The blocks of one kind in one layer that have as many labels as they should.
    fn written(&self, name: &'static str) -> Vec<(Context<'a>, Vec<BlockView<'a>>)> {
        self.asked.borrow_mut().push(name);
        let schema = self.schema_of(name, None);
        let of_part = |part: &Part<'a>| {
            let blocks = part.body.blocks_of(name).filter(|block| has_labels(*block, schema, &part.context));
            (part.context, blocks.collect())
        };
        self.parts.iter().map(of_part).collect()
    }

    /// A block that is written once at most.
    pub(super) fn once<T>(&self, name: &'static str, read: impl FnOnce(&Section<'a>) -> T) -> T {
        let mut parts = Vec::new();
        for (context, blocks) in self.written(name) {
            let Some((first, more)) = blocks.split_first() else { continue };
            for block in more {
                report_repeated(
                    &context,
                    format!("block `{name}` is written twice"),
                    block.kind_span(),
                    first.kind_span(),
                );
            }
            parts.push(part(context, *first));
        }
        read_section(format!("`{name}`"), self.schema_of(name, None), parts, read)
    }

    /// Blocks told apart by their label; layers meet in blocks of the same label.
    pub(super) fn labelled<K: Text + PartialEq + Clone, T>(
        &self,
        name: &'static str,
        mut read: impl FnMut(Located<K>, &Section<'a>) -> Option<T>,
    ) -> Vec<T> {
        let mut found: Vec<(Located<K>, &'static Block, Vec<Part<'a>>)> = Vec::new();
        for (context, blocks) in self.written(name).into_iter().rev() {
            let mut seen: Vec<(K, Span)> = Vec::new();
            for block in blocks {
                let (at, text) = (block.label_spans()[0], block.label(0).unwrap_or_default());
                let Some(key) = context.parse::<K>(&text, at) else { continue };
                if let Some((_, first)) = seen.iter().find(|(known, _)| *known == key) {
                    report_repeated(&context, format!("`{name} \"{text}\"` is written twice"), at, *first);
                    continue;
                }
                seen.push((key.clone(), at));
                match found.iter_mut().find(|(known, ..)| known.value == key) {
                    Some((known, _, parts)) => {
                        parts.insert(0, part(context, block));
                        known.origin = context.origin(at);
                    }
                    None => {
                        let schema = self.schema_of(name, Some(&text));
                        found.push((context.locate(key, at), schema, vec![part(context, block)]));
                    }
                }
            }
        }
        let each = |(key, schema, parts): (Located<K>, &'static Block, Vec<Part<'a>>)| {
            let title = parts.first().map_or_else(String::new, |part| title(part.header, &part.body));
            read_section(title, schema, parts, |section| read(key, section))
        };
        found.into_iter().filter_map(each).collect()
    }

    /// Blocks without labels, any number of them, the lowest layer's first.
    pub(super) fn many<T>(&self, name: &'static str, mut read: impl FnMut(&Section<'a>) -> Option<T>) -> Vec<T> {
        let mut all = Vec::new();
        let schema = self.schema_of(name, None);
        for (context, blocks) in self.written(name).into_iter().rev() {
            for block in blocks {
                all.extend(read_section(format!("`{name}`"), schema, vec![part(context, block)], &mut read));
            }
        }
        all
    }

    /// The blocks of one kind as they are, for readers that need their text; the lowest layer's first.
    pub(super) fn raw(&self, name: &'static str) -> Vec<(Context<'a>, BlockView<'a>)> {
        let layers = self.written(name).into_iter().rev();
        layers.flat_map(|(context, blocks)| blocks.into_iter().map(move |block| (context, block))).collect()
    }

    // ---- mistakes ----

    /// A mistake of the block as a whole.
    pub(super) fn report(&self, message: String, help: &str) {
        if let Some(part) = self.parts.first() {
            part.context.report(part.context.mistake(part.header, message).help(help));
        }
    }

    /// A mistake of a value that was read from this block; nothing when nobody wrote it.
    pub(super) fn report_value<T>(&self, value: &Located<T>, severity: Severity, message: String, help: &str) {
        if let (Some(location), Some(part)) = (value.location(), self.parts.first()) {
            part.context.report(Diagnostic::new(CONFIG_LINT, severity, location, message).help(help));
        }
    }

    /// Reports everything that the schema does not have.
    fn finish(&self) {
        let asked = self.asked.borrow();
        debug_assert!(self.schema.names().all(|name| asked.contains(&name)), "{} reads {asked:?} only", self.title);
        for part in &self.parts {
            for item in part.body.items() {
                match item {
                    ItemView::Attribute(attribute)
                        if !self.schema.is_open && self.schema.argument(attribute.name()).is_none() =>
                    {
                        self.report_unknown(&part.context, "argument", attribute.name(), attribute.name_span());
                    }
                    ItemView::Block(block) if self.schema.block(block.kind(), None).is_none() => {
                        self.report_unknown(&part.context, "block", block.kind(), block.kind_span());
                    }
                    _ => {}
                }
            }
        }
    }

    fn report_unknown(&self, context: &Context<'a>, what: &str, name: &str, at: Span) {
        if let Some(block) = self.schema.block(name, None) {
            let message = format!("`{name}` is a block, not an argument");
            return context.report(context.mistake(at, message).help(format!("write `{} {{ … }}`", block.head())));
        }
        if self.schema.argument(name).is_some() {
            let message = format!("`{name}` is an argument, not a block");
            return context.report(context.mistake(at, message).help(format!("write `{name} = …`")));
        }
        let mean = suggest::closest(name, self.schema.names());
        let mean = mean.map_or_else(String::new, |meant| format!("did you mean `{meant}`? "));
        let takes = if self.schema.is_open {
            format!("{} takes arguments only", self.title)
        } else if self.schema.names().next().is_none() {
            "nothing can be set here".to_owned()
        } else {
            format!("{} takes {}", self.title, suggest::quote_all(self.schema.names()))
        };
        let message = format!("unknown {what} `{name}`");
        context.report(context.mistake(at, message).help(mean + &takes));
    }
}

/// Reads a block and then reports what it holds besides.
pub(super) fn read_section<'a, T>(
    title: String,
    schema: &'static Block,
    parts: Vec<Part<'a>>,
    read: impl FnOnce(&Section<'a>) -> T,
) -> T {
    let section = Section::new(title, schema, parts);
    let value = read(&section);
    section.finish();
    value
}

/// A block of one layer.
pub(super) fn part<'a>(context: Context<'a>, block: BlockView<'a>) -> Part<'a> {
    Part { context, body: block.body(), header: block.header_span() }
}

/// The head of a block, as in the text.
pub(super) fn title(header: Span, body: &BodyView<'_>) -> String {
    format!("`{}`", body.document().slice(header))
}

fn has_labels(block: BlockView<'_>, schema: &Block, context: &Context<'_>) -> bool {
    let (found, labels) = (block.label_spans().len(), schema.labels.len());
    if found != labels {
        let noun = if labels == 1 { "label" } else { "labels" };
        let takes = if labels == 0 { "no label".to_owned() } else { format!("{labels} {noun}") };
        let message = format!("block `{}` takes {takes}, found {found}", block.kind());
        let written = format!("write `{} {{ … }}`", schema.head());
        context.report(context.mistake(block.header_span(), message).help(written));
    }
    found == labels
}

fn report_repeated(context: &Context<'_>, message: String, second: Span, first: Span) {
    let diagnostic = context.mistake(second, message).help("keep one of the two");
    context.report(diagnostic.label(context.location(first), "first written here"));
}

/// Reports and drops repeated elements.
fn distinct<T: PartialEq>(elements: Vec<Located<T>>, context: &Context<'_>) -> Vec<Located<T>> {
    let mut kept: Vec<Located<T>> = Vec::with_capacity(elements.len());
    for element in elements {
        match kept.iter().find(|known| **known == element) {
            Some(first) => {
                let spans = first.location().zip(element.location());
                if let Some((first, second)) = spans {
                    report_repeated(context, "this is listed twice".to_owned(), second.span, first.span);
                }
            }
            None => kept.push(element),
        }
    }
    kept
}

fn read_map<K: Text + PartialEq, V: Setting>(value: ExprView<'_>, context: &Context<'_>) -> Vec<Entry<K, V>> {
    let Some(entries) = value.entries() else {
        context.wrong_type(value, "an object");
        return Vec::new();
    };
    let mut read: Vec<Entry<K, V>> = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let Some(name) = key.as_key() else {
            context.wrong_type(key, "a key");
            continue;
        };
        let parsed = context.parse::<K>(&name, key.span());
        let setting = V::read(value, context);
        let Some((parsed, setting)) = parsed.zip(setting) else { continue };
        let entry = Entry { key: context.locate(parsed, key.span()), value: context.locate(setting, value.span()) };
        match read.iter().find(|known| known.key == entry.key) {
            Some(first) => {
                let first = first.key.location().map_or(key.span(), |location| location.span);
                report_repeated(context, format!("key `{name}` is given twice"), key.span(), first);
            }
            None => read.push(entry),
        }
    }
    read
}
