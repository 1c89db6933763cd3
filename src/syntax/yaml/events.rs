//! The one file that knows granit: its events, byte ranges and error kinds become ours here.

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event as Raw, Parser, ScalarStyle, StrInput, StructureStyle, options};

use super::loose_quotes::Padded;
use super::tree::Style;
use crate::source::Span;
use crate::syntax::SyntaxError;

/// Collections nested deeper than this are an error. `yaml.v3` stops at 10,000; no file written by people comes near.
const MAX_DEPTH: usize = 250;

/// One step of the stream.
pub(super) enum Event<'s> {
    DocumentStart {
        explicit: bool,
    },
    DocumentEnd,
    Comment,
    Scalar {
        value: Cow<'s, str>,
        style: Style,
        indent: Option<u32>,
        properties: Properties,
    },
    SequenceStart {
        flow: bool,
        properties: Properties,
    },
    MappingStart {
        flow: bool,
        properties: Properties,
    },
    CollectionEnd,
    /// `None`: no such anchor.
    Alias(Option<usize>),
}

/// What stands before a node.
#[derive(Default)]
pub(super) struct Properties {
    /// Number of the anchor, 0 for none. Numbers are never used twice in a stream.
    pub(super) anchor: usize,
    /// The tag in short form: `!!str`, `!custom`, `!`.
    pub(super) tag: Option<Box<str>>,
}

impl Event<'_> {
    /// The event without its text: of any lifetime.
    pub(super) fn into_owned<'o>(self) -> Event<'o> {
        match self {
            Self::DocumentStart { explicit } => Event::DocumentStart { explicit },
            Self::DocumentEnd => Event::DocumentEnd,
            Self::Comment => Event::Comment,
            Self::Scalar { value, style, indent, properties } => {
                Event::Scalar { value: Cow::Owned(value.into_owned()), style, indent, properties }
            }
            Self::SequenceStart { flow, properties } => Event::SequenceStart { flow, properties },
            Self::MappingStart { flow, properties } => Event::MappingStart { flow, properties },
            Self::CollectionEnd => Event::CollectionEnd,
            Self::Alias(anchor) => Event::Alias(anchor),
        }
    }
}

/// Why a document ends early.
pub(super) struct Failure {
    pub(super) error: SyntaxError,
    /// Whether a line of a quoted value is indented too little, or with a tab; see `loose_quotes`.
    pub(super) is_loose_quote: bool,
}

/// The events of one text. After an error the next event belongs to the next document.
pub(super) struct Events<'s> {
    parser: Parser<'s, StrInput<'s>>,
    /// The padded text, if that is what is parsed: places are translated back.
    padded: Option<&'s Padded>,
    failed: bool,
}

impl<'s> Events<'s> {
    pub(super) fn padded(padded: &'s Padded) -> Self {
        Self { padded: Some(padded), ..Self::new(&padded.text) }
    }

    pub(super) fn new(text: &'s str) -> Self {
        let options = options! {
            emit_unresolved_aliases: true,
            max_buffered_comment_events: usize::MAX,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
        };
        Self { parser: Parser::new_from_str_with_options(text, options), padded: None, failed: false }
    }

    /// The next event with its place, or the error that ends the document.
    pub(super) fn next(&mut self) -> Option<Result<(Event<'s>, Span), Failure>> {
        if self.failed {
            self.failed = false;
            if !matches!(self.parser.proceed_next_document(), Ok(true)) {
                return None;
            }
        }
        loop {
            match self.parser.next_event()? {
                Ok((Raw::StreamStart, _)) => {}
                Ok((Raw::StreamEnd, _)) => return None,
                Ok((event, place)) => {
                    let range = place.byte_range().unwrap_or(0..0);
                    let span = Span::from(self.original(range.start)..self.original(range.end));
                    let indent = place.indent.and_then(|indent| u32::try_from(indent).ok());
                    if let Some(event) = convert(event, indent) {
                        return Some(Ok((event, span)));
                    }
                }
                Err(error) => {
                    self.failed = true;
                    let offset = self.original(error.marker().byte_offset().unwrap_or(0));
                    let is_loose_quote =
                        matches!(error.kind(), ErrorKind::InvalidQuotedScalarIndent | ErrorKind::TabInIndentation);
                    let error = explain(error.kind(), Span::from(offset..offset));
                    return Some(Err(Failure { error, is_loose_quote }));
                }
            }
        }
    }

    fn original(&self, offset: usize) -> usize {
        self.padded.map_or(offset, |padded| padded.original(offset))
    }
}

fn convert(event: Raw<'_>, indent: Option<u32>) -> Option<Event<'_>> {
    Some(match event {
        Raw::DocumentStart(explicit, _) => Event::DocumentStart { explicit },
        Raw::DocumentEnd => Event::DocumentEnd,
        Raw::Comment(..) => Event::Comment,
        Raw::Scalar(value, style, anchor, tag) => {
            let style = convert_style(style);
            Event::Scalar { value, style, indent, properties: Properties { anchor, tag: short_tag(tag) } }
        }
        Raw::SequenceStart(style, anchor, tag) => Event::SequenceStart {
            flow: style == StructureStyle::Flow,
            properties: Properties { anchor, tag: short_tag(tag) },
        },
        Raw::MappingStart(style, anchor, tag) => Event::MappingStart {
            flow: style == StructureStyle::Flow,
            properties: Properties { anchor, tag: short_tag(tag) },
        },
        Raw::SequenceEnd | Raw::MappingEnd => Event::CollectionEnd,
        Raw::Alias(anchor) => Event::Alias(Some(anchor)),
        Raw::UnresolvedAlias(_) => Event::Alias(None),
        _ => return None,
    })
}

fn convert_style(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
        _ => Style::Plain,
    }
}

fn short_tag(tag: Option<Cow<'_, granit_parser::Tag>>) -> Option<Box<str>> {
    let tag = tag?;
    Some(match tag.core_suffix() {
        Some(core) => format!("!!{core}").into_boxed_str(),
        None => format!("{}{}", tag.handle(), tag.suffix()).into_boxed_str(),
    })
}

/// A message and what usually mends the mistake.
type Advice = (Cow<'static, str>, Option<&'static str>);

const SPACES: &str = "indent with spaces; YAML allows no tabs there";
const QUOTE: &str = "put the value in quotes, or write it as a block below `|`";

/// Says in plain words what the scanner expected, and what usually mends it.
fn explain(kind: &ErrorKind, span: Span) -> SyntaxError {
    let advice = explain_structure(kind).or_else(|| explain_scalar(kind));
    let (message, help) = advice.unwrap_or_else(|| (kind.to_string().to_lowercase().into(), None));
    let error = SyntaxError::new(span, message);
    match help {
        Some(help) => error.help(help),
        None => error,
    }
}

fn explain_structure(kind: &ErrorKind) -> Option<Advice> {
    use ErrorKind as E;
    Some(match kind {
        E::ExpectedBlockMappingKey => (
            "expected a key: this column fits no mapping that is open".into(),
            Some("keys of one mapping start in the same column; items of a list start with `- `"),
        ),
        E::MappingValueNotAllowed => (
            "`: ` inside a value that is not quoted".into(),
            Some("quote the value; if this is a key, start it in the column of its neighbours"),
        ),
        E::MappingKeyNotAllowed => ("a key is not allowed here".into(), None),
        E::ExpectedBlockSequenceEntry => (
            "expected `- `: this column fits no list that is open".into(),
            Some("items of one list start in the same column"),
        ),
        E::BlockSequenceEntryNotAllowed | E::BlockEntryInFlowCollection => {
            ("a list item is not allowed here".into(), Some("start the list on a line of its own"))
        }
        E::SimpleKeyExpected | E::InvalidSimpleKey => (
            "expected `:` after this key".into(),
            Some("a key stands on one line, is at most 1024 characters long and is followed by `: `"),
        ),
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::TabInPlainScalar => ("tab in the indentation".into(), Some(SPACES)),
        E::UnclosedFlowCollection { open } => (format!("`{open}` is never closed").into(), Some(QUOTE)),
        E::MismatchedFlowCollectionEnd { open, close } => (format!("`{open}` is closed by `{close}`").into(), None),
        E::MisplacedFlowCollectionEnd => ("closing bracket without an opening one".into(), Some(QUOTE)),
        E::ExpectedFlowMappingSeparator | E::UnexpectedEofFlowMapping => ("expected `,` or `}`".into(), Some(QUOTE)),
        E::ExpectedFlowSequenceSeparator | E::UnexpectedEofFlowSequence => ("expected `,` or `]`".into(), Some(QUOTE)),
        E::RecursionLimitExceeded => (format!("nested deeper than {MAX_DEPTH} levels").into(), None),
        E::ExpectedDocumentStart => (
            "expected the end of the document".into(),
            Some("a document holds one value: check the indentation of this line"),
        ),
        E::InvalidIndentation | E::InvalidFlowScalarIndent => ("this line is indented too little".into(), None),
        E::ExpectedNodeContent => ("expected a value".into(), None),
        E::BomInsideDocument => ("a byte-order mark inside the document".into(), Some("delete it")),
        _ => return None,
    })
}

fn explain_scalar(kind: &ErrorKind) -> Option<Advice> {
    use ErrorKind as E;
    Some(match kind {
        E::UnclosedQuotedScalar => ("this quoted value is never closed".into(), Some("add the closing quote")),
        E::InvalidQuotedScalarIndent => (
            "expected the closing quote, or a line indented deeper than the key".into(),
            Some("close the quote, or indent its further lines"),
        ),
        E::DocumentIndicatorInQuotedScalar => {
            ("`---` or `...` inside a quoted value".into(), Some("close the quote before it, or indent the line"))
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => (
            "text after the closing quote".into(),
            Some("quote the whole value; inside '...' write '' for a quote, inside \"...\" write \\\""),
        ),
        E::UnknownQuotedScalarEscape => (
            "unknown escape in a double-quoted value".into(),
            Some("write `\\\\` for a backslash, or use single quotes, where it stands for itself"),
        ),
        E::InvalidQuotedScalarHexEscape | E::InvalidLowSurrogateHexEscape => {
            ("expected hexadecimal digits in this escape".into(), None)
        }
        E::InvalidLowSurrogate | E::MissingLowSurrogate | E::UnpairedLowSurrogate | E::InvalidUnicodeEscape => {
            ("this escape stands for no character".into(), None)
        }
        E::UnexpectedCharacter { character } => {
            (format!("a value cannot start with or hold `{}` here", character.escape_default()).into(), Some(QUOTE))
        }
        E::CommentInterceptedScalar => (
            "a comment inside a value of several lines".into(),
            Some("put the value in quotes, or as a block below `|`, or move the comment above it"),
        ),
        E::CommentNotSeparated => ("expected a space before `#`".into(), None),
        E::InvalidBlockScalarIndent => (
            "this line is indented less than the first line of its block".into(),
            Some("give all lines of the block at least the same indentation"),
        ),
        E::InvalidBlockScalarHeader => (
            "text after `|` or `>`".into(),
            Some("start the text on the next line; only `+`, `-` and an indentation from 1 to 9 may follow the sign"),
        ),
        E::ZeroBlockScalarIndent => ("a block cannot have the indentation 0".into(), Some("write a digit from 1 to 9")),
        _ => return None,
    })
}
