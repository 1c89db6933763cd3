//! Events to the tree: nesting, aliases, duplicate keys, exact spans.

use std::borrow::Cow;
use std::collections::HashMap;

use super::block_scalar;
use super::events::{Event, Events, Failure, Properties};
use super::loose_quotes::{self, Padded};
use super::simple;
use super::tree::{Comment, Content, Document, NodeData, NodeId, Scalar, Stream, Style};
use crate::source::Span;
use crate::syntax::SyntaxError;

/// How many values the aliases of one document may stand for, all together, before it is taken for a bomb.
const MAX_ALIASED: u64 = 400_000;
/// Errors per text; what follows is rarely news.
const MAX_ERRORS: usize = 50;
/// How many quoted values with too little indentation are mended per text.
const MAX_LOOSE_QUOTES: usize = 100;
/// Fewer bytes than a value takes in most texts.
const BYTES_PER_NODE: usize = 10;
/// Room is made for this many values at most before they are there.
const MOST_EXPECTED: usize = 4096;
/// Up to this many keys are compared pair by pair.
const FEW_KEYS: usize = 16;

/// Parses `source`, whatever it holds. Errors are in the documents.
#[must_use]
pub fn parse(source: &[u8]) -> Stream<'_> {
    if let Ok(text) = readable(source) {
        let mut builder = Builder::new(source);
        if simple::read(text, |event, span| builder.accept(event, span)).is_some() {
            return builder.stream;
        }
    }
    parse_fully(source)
}

/// Parses `source` without the short cut for simple texts.
pub(super) fn parse_fully(source: &[u8]) -> Stream<'_> {
    let mut builder = Builder::new(source);
    match readable(source) {
        Ok(text) => {
            builder.run(Events::new(text), |event| event);
            indent_loose_quotes(text, builder)
        }
        Err(error) => {
            builder.open_document(error.span, false);
            builder.fail(error);
            builder.stream
        }
    }
}

/// Parses again as long as that gets past a quoted value whose lines are indented too little.
fn indent_loose_quotes<'s>(text: &'s str, mut best: Builder<'s>) -> Stream<'s> {
    let mut padding = loose_quotes::Padding::new();
    for _ in 0..MAX_LOOSE_QUOTES {
        let Some((more, close)) = best.loose_quote.and_then(|quote| loose_quotes::padding(text, quote)) else {
            break;
        };
        padding.extend(more);
        padding.sort_unstable();
        let padded = Padded::new(text, &padding);
        let mut builder = Builder::new(best.stream.source);
        builder.run(Events::padded(&padded), Event::into_owned);
        let line_end = text[close..].find(['\n', '\r']).map_or(text.len(), |length| close + length);
        // An error on the line of the closing quote: the quote that closes was meant to open.
        if builder.failed_at.is_some_and(|offset| offset as usize <= line_end) {
            break;
        }
        best = builder;
    }
    best.stream
}

/// The text of the file, or why it has none.
fn readable(source: &[u8]) -> Result<&str, SyntaxError> {
    if u32::try_from(source.len()).is_err() {
        return Err(SyntaxError::new(Span::at(0), "the file is larger than 4 GiB"));
    }
    std::str::from_utf8(source).map_err(|error| {
        let at = error.valid_up_to();
        let length = error.error_len().unwrap_or(source.len() - at);
        let help = match source {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the file is UTF-16: save it as UTF-8",
            _ => "save the file as UTF-8",
        };
        SyntaxError::new(Span::from(at..at + length), "the file is not UTF-8 here").help(help)
    })
}

/// An open collection.
struct Frame {
    node: NodeId,
    /// Where its children start in `pending`.
    first: usize,
    is_mapping: bool,
    is_flow: bool,
    anchor: usize,
    /// Value of `Builder::size` before it.
    size_before: u64,
}

struct Anchor {
    node: NodeId,
    /// How many nodes an alias to it stands for; `None` while it is open.
    size: Option<u64>,
}

struct Builder<'s> {
    stream: Stream<'s>,
    stack: Vec<Frame>,
    pending: Vec<NodeId>,
    anchors: HashMap<usize, Anchor>,
    /// Nodes of this document, aliases expanded.
    size: u64,
    /// Nodes that aliases of this document stand for.
    aliased: u64,
    /// End of the last content.
    last_end: u32,
    /// Where the first error is.
    failed_at: Option<u32>,
    /// The opening quote of the value that the first error is about, if its lines are indented too little.
    loose_quote: Option<usize>,
}

impl<'s> Builder<'s> {
    fn new(source: &'s [u8]) -> Self {
        let expected = (source.len() / BYTES_PER_NODE).min(MOST_EXPECTED);
        let stream = Stream {
            source,
            nodes: Vec::with_capacity(expected),
            children: Vec::with_capacity(expected),
            tags: Vec::new(),
            documents: Vec::new(),
            comments: Vec::new(),
        };
        Self {
            stream,
            stack: Vec::new(),
            pending: Vec::new(),
            anchors: HashMap::new(),
            size: 0,
            aliased: 0,
            last_end: 0,
            failed_at: None,
            loose_quote: None,
        }
    }

    fn run<'e>(&mut self, mut events: Events<'e>, keep: impl Fn(Event<'e>) -> Event<'s>) {
        let mut errors = 0;
        while let Some(event) = events.next() {
            match event {
                Ok((event, span)) => self.accept(keep(event), span),
                Err(failure) => {
                    self.note_failure(&failure);
                    let error = self.locate(failure.error);
                    self.fail(error);
                    errors += 1;
                    if errors == MAX_ERRORS {
                        break;
                    }
                }
            }
        }
        // Comments of a block scalar's first line come after the scalar.
        self.stream.comments.sort_unstable_by_key(|comment| comment.span.start);
    }

    fn note_failure(&mut self, failure: &Failure) {
        if self.failed_at.is_some() {
            return;
        }
        self.failed_at = Some(failure.error.span.start);
        if failure.is_loose_quote {
            let from = self.last_end as usize;
            let between = self.stream.source.get(from..failure.error.span.start as usize).unwrap_or_default();
            self.loose_quote = memchr::memchr2(b'"', b'\'', between).map(|at| from + at);
        }
    }

    fn accept(&mut self, event: Event<'s>, span: Span) {
        match event {
            Event::DocumentStart { explicit } => self.open_document(span, explicit),
            Event::DocumentEnd => self.close_document(),
            Event::Comment => self.comment(span),
            Event::Scalar { value, style, indent, properties } => self.scalar(value, style, indent, properties, span),
            Event::SequenceStart { flow, properties } => self.open(span, false, flow, properties),
            Event::MappingStart { flow, properties } => self.open(span, true, flow, properties),
            Event::CollectionEnd => self.close(span, true),
            Event::Alias(anchor) => self.alias(anchor, span),
        }
    }

    fn comment(&mut self, span: Span) {
        let before = self.stream.source.get(..span.start as usize).unwrap_or_default();
        let last = before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
        let own_line = matches!(last, None | Some(b'\n' | b'\r'));
        self.stream.comments.push(Comment { span, own_line });
    }

    fn open_document(&mut self, span: Span, explicit: bool) {
        self.stack.clear();
        self.pending.clear();
        self.anchors.clear();
        self.size = 0;
        self.aliased = 0;
        if explicit {
            self.last_end = span.end;
        }
        let root = NodeId(u32::MAX);
        self.stream.documents.push(Document { root, span, explicit, errors: Vec::new(), complete: true });
    }

    fn close_document(&mut self) {
        let root = match self.pending.first() {
            Some(root) => *root,
            None => self.push_null(self.last_end, true),
        };
        self.pending.clear();
        let span = self.stream.nodes[root.0 as usize].span;
        if let Some(document) = self.stream.documents.last_mut() {
            document.root = root;
            // Only `---` has a place of its own.
            document.span = if document.explicit { document.span.to(span) } else { span };
        }
    }

    /// Ends the document at an error: closes what is open and keeps what is there.
    fn fail(&mut self, error: SyntaxError) {
        let is_open = self.stream.documents.last().is_some_and(|document| document.root == NodeId(u32::MAX));
        if !is_open {
            self.open_document(Span::at(error.span.start), false);
        }
        while !self.stack.is_empty() {
            self.close(Span::at(self.last_end), false);
        }
        self.close_document();
        if let Some(document) = self.stream.documents.last_mut() {
            document.complete = false;
            document.errors.push(error);
        }
    }

    fn error(&mut self, error: SyntaxError) {
        if let Some(document) = self.stream.documents.last_mut()
            && document.errors.len() < MAX_ERRORS
        {
            document.errors.push(error);
        }
    }

    /// Widens the point at which the scanner gave up to the character that stands there.
    fn locate(&self, mut error: SyntaxError) -> SyntaxError {
        let rest = self.stream.source.get(error.span.start as usize..).unwrap_or_default();
        let length = match rest.first() {
            None | Some(b'\n' | b'\r') => 0,
            Some(_) => {
                rest.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next()).map_or(1, char::len_utf8)
            }
        };
        error.span = Span::from(error.span.start as usize..error.span.start as usize + length);
        error
    }

    fn push(&mut self, content: Content<'s>, span: Span, complete: bool, tag: Option<Box<str>>) -> NodeId {
        let id = NodeId(u32::try_from(self.stream.nodes.len()).unwrap_or(u32::MAX));
        self.stream.nodes.push(NodeData { content, span, complete });
        if let Some(tag) = tag {
            self.stream.tags.push((id, tag));
        }
        self.size += 1;
        id
    }

    fn push_null(&mut self, at: u32, complete: bool) -> NodeId {
        let span = Span::at(at);
        let scalar = Scalar { value: Cow::Borrowed(""), span, style: Style::Plain, indent: 0 };
        self.push(Content::Scalar(scalar), span, complete, None)
    }

    fn scalar(&mut self, value: Cow<'s, str>, style: Style, indent: Option<u32>, properties: Properties, span: Span) {
        let (span, value) = match style {
            Style::Literal | Style::Folded => (block_scalar::whole(self.stream.source, self.last_end, span), value),
            // An absent value comes as `~` of no length.
            Style::Plain if span.is_empty() => (self.after_colon(span), Cow::Borrowed("")),
            _ => (span, value),
        };
        // Only blocks need it; for other styles the scanner has its own idea.
        let indent = indent.filter(|_| matches!(style, Style::Literal | Style::Folded)).unwrap_or(0);
        let scalar = Scalar { value, span, style, indent };
        let id = self.push(Content::Scalar(scalar), span, true, properties.tag);
        self.last_end = self.last_end.max(span.end);
        if properties.anchor != 0 {
            self.anchors.insert(properties.anchor, Anchor { node: id, size: Some(1) });
        }
        self.pending.push(id);
    }

    /// The scanner puts an absent value before the `:` of its key.
    fn after_colon(&self, absent: Span) -> Span {
        let rest = self.stream.source.get(absent.start as usize..).unwrap_or_default();
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        match rest.get(blanks) {
            Some(b':') if absent.start == self.last_end => {
                let after = absent.start as usize + blanks + 1;
                Span::from(after..after)
            }
            _ => absent,
        }
    }

    fn open(&mut self, span: Span, is_mapping: bool, is_flow: bool, properties: Properties) {
        let size_before = self.size;
        let node = self.push(Content::Sequence { first: 0, end: 0 }, span, true, properties.tag);
        if properties.anchor != 0 {
            self.anchors.insert(properties.anchor, Anchor { node, size: None });
        }
        if is_flow {
            self.last_end = span.end;
        }
        let first = self.pending.len();
        self.stack.push(Frame { node, first, is_mapping, is_flow, anchor: properties.anchor, size_before });
    }

    fn close(&mut self, span: Span, complete: bool) {
        let Some(frame) = self.stack.pop() else { return };
        if frame.is_mapping && (self.pending.len() - frame.first) % 2 == 1 {
            let value = self.push_null(self.last_end, false);
            self.pending.push(value);
        }
        if frame.is_flow && complete {
            self.last_end = span.end;
        }
        let first = self.stream.children.len();
        self.stream.children.extend(self.pending.drain(frame.first..));
        let range = Span::from(first..self.stream.children.len());
        if frame.is_mapping {
            self.report_duplicates(first);
        }
        let node = &mut self.stream.nodes[frame.node.0 as usize];
        node.content = if frame.is_mapping {
            Content::Mapping { first: range.start, end: range.end }
        } else {
            Content::Sequence { first: range.start, end: range.end }
        };
        node.span = Span::new(node.span.start, self.last_end);
        node.complete = complete;
        if let Some(anchor) = self.anchors.get_mut(&frame.anchor) {
            anchor.size = Some(self.size - frame.size_before);
        }
        self.pending.push(frame.node);
    }

    fn alias(&mut self, anchor: Option<usize>, span: Span) {
        let target = anchor.and_then(|anchor| self.anchors.get(&anchor)).map(|anchor| (anchor.node, anchor.size));
        let name = String::from_utf8_lossy(span.slice(self.stream.source)).trim_start_matches('*').to_owned();
        self.last_end = span.end;
        let error = match target {
            None => SyntaxError::new(span, format!("unknown anchor `{name}`"))
                .help(format!("define it above with `&{name}`, or quote the value if the `*` belongs to it")),
            Some((_, None)) => SyntaxError::new(span, format!("the value of anchor `{name}` contains itself")),
            Some((_, Some(size))) if self.aliased + size > MAX_ALIASED => {
                SyntaxError::new(span, format!("the aliases of this document stand for more than {MAX_ALIASED} values"))
            }
            Some((node, Some(size))) => {
                self.aliased += size;
                self.size += size;
                let id = self.push(Content::Alias(node), span, true, None);
                return self.pending.push(id);
            }
        };
        self.error(error);
        let id = self.push_null(span.end, false);
        self.pending.push(id);
    }

    /// Reports each key of the mapping whose children start at `first` that an earlier one has.
    fn report_duplicates(&mut self, first: usize) {
        let keys: &[NodeId] = &self.stream.children[first..];
        let count = keys.len() / 2;
        let mut found = Vec::new();
        if count <= FEW_KEYS {
            for (at, id) in keys.iter().step_by(2).enumerate() {
                let Some(key) = self.key(*id) else { continue };
                let mut earlier = keys[..at * 2].iter().step_by(2);
                if let Some(other) = earlier.find(|other| self.key(**other) == Some(key)) {
                    found.push((*id, *other));
                }
            }
        } else {
            let mut seen: HashMap<&str, NodeId> = HashMap::with_capacity(count);
            for id in keys.iter().step_by(2) {
                let Some(key) = self.key(*id) else { continue };
                if let Some(earlier) = seen.get(key) {
                    found.push((*id, *earlier));
                } else {
                    seen.insert(key, *id);
                }
            }
        }
        for (id, earlier) in found {
            let (span, earlier_span) =
                (self.stream.nodes[id.0 as usize].span, self.stream.nodes[earlier.0 as usize].span);
            let key = self.key(id).unwrap_or_default().to_owned();
            self.error(
                SyntaxError::new(span, format!("duplicate key `{key}`"))
                    .note("already set above")
                    .related(earlier_span, format!("`{key}` is first set here")),
            );
        }
    }

    /// The text of a scalar key. Aliases as keys are left alone.
    fn key(&self, id: NodeId) -> Option<&str> {
        match &self.stream.nodes[id.0 as usize].content {
            Content::Scalar(scalar) => Some(&*scalar.value),
            _ => None,
        }
    }
}
