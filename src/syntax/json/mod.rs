//! JSON as Terraform reads it (`hcl/v2/json`), to values with byte spans. Recovers from errors, never panics, knows
//! nothing of what the values mean to Terraform.
//!
//! The grammar is RFC 8259 with Go's tolerance: bytes that are not UTF-8 and lone surrogates in a string become
//! U+FFFD, an object may repeat a name. There is no comment, no trailing comma, no byte order mark.

mod reader;
mod scanner;
mod string;

use crate::source::Span;
use crate::syntax::SyntaxError;

pub use string::{Piece, decode, pieces};

/// How deep values may nest: less than what the HCL parser takes, since the text made of a file nests deeper.
pub const MAX_DEPTH: u32 = 256;

/// One value.
#[derive(Debug)]
pub struct Value {
    /// Its text, quotes and brackets included.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`; the text is the span.
    Bool,
    /// A number; the text is the span.
    Number,
    /// A string; [`decode`] gives its value.
    String,
    /// `[ … ]`
    Array(Vec<Value>),
    /// `{ … }` in source order, repeated names included.
    Object(Vec<Member>),
    /// Something that was reported.
    Invalid,
}

/// `"name": value`
#[derive(Debug)]
pub struct Member {
    /// The name with its quotes.
    pub name: Span,
    /// The value.
    pub value: Value,
}

/// A text that was read: what could be understood of it, and what was wrong.
#[derive(Debug)]
pub struct Document {
    /// The whole value.
    pub root: Value,
    /// What was wrong, in order of place; at most [`MAX_ERRORS`].
    pub errors: Vec<SyntaxError>,
}

/// Beyond this number a text is taken for something else than JSON, and further errors are not kept.
pub const MAX_ERRORS: usize = 20;

/// Reads one JSON text. Never fails: what is wrong is in `errors`.
#[must_use]
pub fn parse(text: &[u8]) -> Document {
    reader::Reader::new(text).document()
}
