//! PromQL, the language of Prometheus rules: text to a tree with byte spans, types and syntax errors.
//!
//! What is accepted is what `promtool check rules` of the target release accepts, experimental syntax included; template
//! holes such as `$__rate_interval` or `{{ .Values.job }}` are accepted in addition. Parsing never fails and never panics;
//! a wrong expression gives a tree as far as it can be read. Knows no metrics, no files and no rules around expressions.

mod check;
mod functions;
mod lexer;
mod literal;
mod parser;
mod regex;
mod tree;
mod version;

pub use functions::{Aggregation, FUNCTIONS, Function};
pub use tree::{
    At, AtTime, BinaryOperator, Blank, Duration, Expr, ExprId, ExprKind, Group, Grouping, MatchOperator, Matcher,
    Matching, MatchingLabels, Modifiers, Name, Rarely, Selector, Text, Tree,
};
pub use version::Version;

use super::SyntaxError;
use crate::source::Span;

/// What an expression is checked against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The release that evaluates it.
    pub version: Version,
}

/// A parsed expression. Spans count from the start of its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The tree; it has `Error` nodes where the text is wrong.
    pub tree: Tree,
    /// Everything that Prometheus rejects, in the order of the text.
    pub errors: Vec<SyntaxError>,
    /// The comments, with their `#`.
    pub comments: Vec<Span>,
    /// The template holes outside of strings.
    pub holes: Vec<Span>,
    /// Whether the text does not fit together after a template hole, which only filling in could settle. The tree is a
    /// guess then, and nothing about its structure or types is reported.
    pub guessed: bool,
    types: Vec<Option<ValueType>>,
}

impl Parsed {
    /// The type of a node, `None` where a hole or an error hides it.
    #[must_use]
    pub fn value_type(&self, id: ExprId) -> Option<ValueType> {
        self.types.get(id.index()).copied().flatten()
    }
}

/// The types of PromQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// A number.
    Scalar,
    /// A text.
    String,
    /// A set of series with one sample each.
    Vector,
    /// A set of series with the samples of a time range each.
    RangeVector,
}

impl std::fmt::Display for ValueType {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Scalar => "scalar",
            Self::String => "string",
            Self::Vector => "instant vector",
            Self::RangeVector => "range vector",
        })
    }
}

/// Parses and checks the expression `text`.
#[must_use]
pub fn parse(text: &str, options: &Options) -> Parsed {
    let (mut parsed, is_whole) = parser::parse(text, options);
    let (types, mut errors) = check::check(&parsed.tree, options.version);
    // What stands in a group that is never closed may well belong outside of it.
    let unclosed = parsed.errors.iter().filter_map(|error| error.related.as_ref()).map(|(open, _)| open.start).min();
    errors.retain(|error| unclosed.is_none_or(|open| error.span.start < open));
    parsed.types = types;
    if is_whole && !parsed.guessed {
        parsed.errors.extend(errors);
    }
    parsed.errors.sort_by_key(|error| (error.span.start, error.span.end));
    parsed
}

/// The names of the metrics that an expression selects, with their places: `up`, `{__name__="up"}` and `{"up"}`. Names
/// that are patterns or have template holes are left out.
pub fn metric_names(parsed: &Parsed) -> impl Iterator<Item = (&str, Span)> {
    parsed
        .tree
        .iter()
        .filter_map(|(_, node)| match &node.kind {
            ExprKind::Selector(selector) => Some(selector),
            _ => None,
        })
        .flat_map(|selector| {
            let name = selector.name.iter().filter(|name| !name.opaque).map(|name| (name.text.as_str(), name.span));
            let is_name = |matcher: &&Matcher| {
                let is_plain = matcher.operator == MatchOperator::Equal && !matcher.value.opaque;
                is_plain && matcher.label.text == "__name__" && !matcher.value.value.is_empty()
            };
            let matched = selector.matchers.iter().filter(is_name);
            name.chain(matched.map(|matcher| (matcher.value.value.as_str(), matcher.value.span)))
        })
}

#[cfg(test)]
mod tests;
