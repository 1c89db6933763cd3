//! Configuration in JSON as configuration in native syntax. A `.tf.json` file is rewritten as HCL text that means the
//! same, with a map from that text back to the file, so that everything above reads one syntax only.
//!
//! The rules are those of <https://developer.hashicorp.com/terraform/language/syntax/json> and of `hcl/v2/json`
//! (`structure.go`). Knows no provider schema: inside a resource, a property that is no block of the language itself
//! stays an argument, even where the provider calls it a block.

mod body;
mod map;
mod merge;
mod schema;
mod template;
mod value;
mod writer;

use crate::source::Span;
use crate::syntax::hcl::Tree;
use crate::syntax::{SyntaxError, json};

pub use map::OffsetMap;
pub(super) use merge::merged;

/// What a JSON file configures; its name says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonKind {
    /// `.tf.json`, `.tofu.json`
    Module,
    /// `.tfvars.json`
    Variables,
    /// `.tftest.json`, `.tofutest.json`
    Test,
}

/// A JSON file in native syntax.
#[derive(Debug)]
pub struct Transliterated {
    /// HCL, to be parsed by [`crate::syntax::hcl::parse`].
    pub text: Vec<u8>,
    /// From places in `text` to places in the JSON file.
    pub map: OffsetMap,
    /// What was wrong, in order of place; spans are bytes of the JSON file.
    pub errors: Vec<SyntaxError>,
}

impl Transliterated {
    /// All errors of the file: these and those of `tree`, the tree of `text`. Spans are bytes of the JSON file.
    #[must_use]
    pub fn all_errors(&self, tree: &Tree) -> Vec<SyntaxError> {
        let mut errors = self.errors.clone();
        errors.extend(tree.errors.iter().map(|error| self.map.error(error)));
        errors.sort_by_key(|error| error.span);
        errors
    }
}

/// Rewrites a JSON file in native syntax. Never fails: what is wrong is in `errors`, and the rest is kept.
#[must_use]
pub fn transliterate(text: &[u8], kind: JsonKind) -> Transliterated {
    let document = json::parse(text);
    let mut writer = body::BodyWriter::new(text, kind);
    writer.root(&document.root);
    let mut result = writer.finish();
    result.errors.splice(0..0, document.errors);
    result.errors.sort_by_key(|error| error.span);
    result
}

/// What `text` holds in words, cut to a length that fits a message.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// The span without its first and last byte: what is between the quotes of a string.
fn unquoted(span: Span) -> Span {
    Span::new(span.start + 1, span.end.saturating_sub(1))
}

#[cfg(test)]
mod tests;
