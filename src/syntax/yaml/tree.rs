//! The tree: nodes in one flat table, read through the cursor [`Node`].

use std::borrow::Cow;

use super::holes;
use super::resolve::{Plain, is_null, resolve};
use crate::source::Span;
use crate::syntax::SyntaxError;

/// Index of a node in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(pub(super) u32);

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// `text`
    Plain,
    /// `'text'`
    SingleQuoted,
    /// `"text"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// A value that is neither list nor mapping.
#[derive(Clone, Debug)]
pub struct Scalar<'s> {
    /// The decoded text. Borrowed where it equals the bytes of the file.
    pub value: Cow<'s, str>,
    /// The raw text: with quotes, from `|` to the end of the last line that is not blank. Empty for an absent value.
    pub span: Span,
    /// How it is written.
    pub style: Style,
    /// Columns stripped from each line of a block scalar.
    pub(super) indent: u32,
}

/// The content of one node. Children are ranges of the child table; a mapping's children alternate key and value.
#[derive(Debug)]
pub(super) enum Content<'s> {
    Scalar(Scalar<'s>),
    Sequence { first: u32, end: u32 },
    Mapping { first: u32, end: u32 },
    Alias(NodeId),
}

#[derive(Debug)]
pub(super) struct NodeData<'s> {
    pub(super) content: Content<'s>,
    pub(super) span: Span,
    pub(super) complete: bool,
}

/// A comment, from `#` to the end of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The place, `#` included, line break excluded.
    pub span: Span,
    /// Whether nothing but blanks stands before it.
    pub own_line: bool,
}

/// One document of a stream.
#[derive(Debug)]
pub struct Document {
    pub(super) root: NodeId,
    /// From the first to the last byte of its content; the `---` is part of it.
    pub span: Span,
    /// Whether it starts with `---`.
    pub explicit: bool,
    /// What is wrong with it: at most one error of form, any number of duplicate keys and unknown aliases.
    pub errors: Vec<SyntaxError>,
    /// Whether it was read to its end. If not, the tree holds what was read before the error.
    pub complete: bool,
}

impl Document {
    /// The value of the document; null for an empty one.
    #[must_use]
    pub fn root<'t>(&self, stream: &'t Stream<'t>) -> Node<'t> {
        stream.node(self.root)
    }
}

/// A parsed text.
#[derive(Debug)]
pub struct Stream<'s> {
    pub(super) source: &'s [u8],
    pub(super) nodes: Vec<NodeData<'s>>,
    pub(super) children: Vec<NodeId>,
    pub(super) tags: Vec<(NodeId, Box<str>)>,
    pub(super) documents: Vec<Document>,
    pub(super) comments: Vec<Comment>,
}

impl<'s> Stream<'s> {
    /// The documents in order; an empty text has none.
    #[must_use]
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// The comments in the order of the file.
    #[must_use]
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// The text that was parsed.
    #[must_use]
    pub const fn source(&self) -> &'s [u8] {
        self.source
    }

    /// The errors of all documents.
    pub fn errors(&self) -> impl Iterator<Item = &SyntaxError> {
        self.documents.iter().flat_map(|document| &document.errors)
    }

    /// The first template hole, if this text is no YAML and has one: it is a Helm, Jinja or `templatefile` template,
    /// and its errors say nothing about the YAML that it makes.
    #[must_use]
    pub fn template_hole(&self) -> Option<Span> {
        let broken = self.documents.iter().any(|document| !document.complete);
        broken.then(|| holes::template_hole(self.source)).flatten()
    }

    /// The node `id`, aliases followed. An alias never points at an alias.
    fn node(&self, id: NodeId) -> Node<'_> {
        let data = &self.nodes[id.0 as usize];
        match data.content {
            Content::Alias(target) => Node { stream: self, id: target, alias: Some(data.span) },
            _ => Node { stream: self, id, alias: None },
        }
    }
}

/// A place in the tree. Aliases are followed: [`Node::span`] is where the value is written, [`Node::alias`] where it is
/// used.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    stream: &'t Stream<'t>,
    id: NodeId,
    alias: Option<Span>,
}

/// A key with its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'t> {
    /// The key.
    pub key: Node<'t>,
    /// The value; null where there is none.
    pub value: Node<'t>,
}

impl<'t> Node<'t> {
    fn data(self) -> &'t NodeData<'t> {
        &self.stream.nodes[self.id.0 as usize]
    }

    fn children(self, first: u32, end: u32) -> &'t [NodeId] {
        &self.stream.children[first as usize..end as usize]
    }

    /// Where the value is written.
    #[must_use]
    pub fn span(self) -> Span {
        self.data().span
    }

    /// The `*name` through which the value came here.
    #[must_use]
    pub const fn alias(self) -> Option<Span> {
        self.alias
    }

    /// Where the value is used: the alias, or else the value itself.
    #[must_use]
    pub fn place(self) -> Span {
        self.alias.unwrap_or_else(|| self.span())
    }

    /// The tag in short form, such as `!!str`.
    #[must_use]
    pub fn tag(self) -> Option<&'t str> {
        let tags = &self.stream.tags;
        let at = tags.binary_search_by_key(&self.id.0, |(id, _)| id.0).ok()?;
        Some(&tags[at].1)
    }

    /// False for a value in which an error ended the document: parts of it may be missing.
    #[must_use]
    pub fn is_complete(self) -> bool {
        self.data().complete
    }

    /// The scalar, if it is one.
    #[must_use]
    pub fn scalar(self) -> Option<&'t Scalar<'t>> {
        match &self.data().content {
            Content::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The decoded text of a scalar.
    #[must_use]
    pub fn text(self) -> Option<&'t str> {
        self.scalar().map(|scalar| &*scalar.value)
    }

    /// What a scalar stands for. Quoted scalars and blocks are text.
    #[must_use]
    pub fn plain(self) -> Option<Plain> {
        let scalar = self.scalar()?;
        Some(match self.tag() {
            Some("!!null") => Plain::Null,
            tag if is_resolved(tag, scalar) => resolve(&scalar.value),
            _ => Plain::Text,
        })
    }

    /// Whether it is null, written or not.
    #[must_use]
    pub fn is_null(self) -> bool {
        // The same as `self.plain() == Some(Plain::Null)`, without reading numbers.
        self.scalar().is_some_and(|scalar| match self.tag() {
            Some("!!null") => true,
            tag => is_resolved(tag, scalar) && is_null(&scalar.value),
        })
    }

    /// Whether it is a list.
    #[must_use]
    pub fn is_sequence(self) -> bool {
        matches!(self.data().content, Content::Sequence { .. })
    }

    /// Whether it is a mapping.
    #[must_use]
    pub fn is_mapping(self) -> bool {
        matches!(self.data().content, Content::Mapping { .. })
    }

    /// The items of a list; none for anything else.
    pub fn items(self) -> impl ExactSizeIterator<Item = Node<'t>> {
        let ids = match self.data().content {
            Content::Sequence { first, end } => self.children(first, end),
            _ => &[],
        };
        ids.iter().map(move |id| self.stream.node(*id))
    }

    /// The entries of a mapping as written, duplicates and `<<` included; none for anything else.
    pub fn entries(self) -> impl ExactSizeIterator<Item = Entry<'t>> {
        let ids = match self.data().content {
            Content::Mapping { first, end } => self.children(first, end),
            _ => &[],
        };
        ids.chunks_exact(2).map(move |pair| Entry { key: self.stream.node(pair[0]), value: self.stream.node(pair[1]) })
    }

    /// The entries that count, as `yaml.v3` merges them: those written here, then those of `<<` whose keys are not yet
    /// there. Of duplicates the first counts.
    #[must_use]
    pub fn fields(self) -> Vec<Entry<'t>> {
        let mut fields = Vec::with_capacity(self.entries().len());
        self.collect_fields(&mut fields);
        fields
    }

    fn collect_fields(self, fields: &mut Vec<Entry<'t>>) {
        let mut merges = Vec::new();
        for entry in self.entries() {
            if entry.is_merge() {
                merges.push(entry.value);
                continue;
            }
            // `yaml.v3` takes `1` and `"1"` for the same key.
            let key = entry.key.text();
            if key.is_none() || fields.iter().all(|known| known.key.text() != key) {
                fields.push(entry);
            }
        }
        for merge in merges {
            merge.collect_fields(fields);
            for mapping in merge.items() {
                mapping.collect_fields(fields);
            }
        }
    }

    /// The value of the entry `key` that counts.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'t>> {
        let own = self.entries().find(|entry| !entry.is_merge() && entry.key.text() == Some(key));
        own.map(|entry| entry.value).or_else(|| {
            let mut merges = self.entries().filter(Entry::is_merge);
            merges.find_map(|entry| {
                entry.value.get(key).or_else(|| entry.value.items().find_map(|mapping| mapping.get(key)))
            })
        })
    }

    /// What kind of value it is, in the words of a message: `a list`, `a mapping`, `text`, `a number`, `nothing`.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self.plain() {
            None if self.is_sequence() => "a list",
            None => "a mapping",
            Some(Plain::Null) => "nothing",
            Some(Plain::Bool(_)) => "a boolean",
            Some(Plain::Int(_) | Plain::Float(_)) => "a number",
            Some(Plain::Merge | Plain::Text) => "text",
        }
    }
}

/// Whether the text of a scalar tells its type.
fn is_resolved(tag: Option<&str>, scalar: &Scalar<'_>) -> bool {
    scalar.style == Style::Plain && matches!(tag, None | Some("!!int" | "!!float" | "!!bool" | "!!merge"))
}

impl Entry<'_> {
    /// Whether this is a merge key: an unquoted `<<`.
    #[must_use]
    pub fn is_merge(&self) -> bool {
        self.key.text() == Some("<<") && self.key.plain() == Some(Plain::Merge)
    }
}

impl std::fmt::Debug for Node<'_> {
    /// The tree in flow style; aliases are followed.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(text) = self.text() {
            return if self.is_null() { formatter.write_str("null") } else { write!(formatter, "{text:?}") };
        }
        if self.is_sequence() {
            return formatter.debug_list().entries(self.items()).finish();
        }
        formatter.debug_map().entries(self.entries().map(|entry| (entry.key, entry.value))).finish()
    }
}
