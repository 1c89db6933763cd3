//! The templates in labels and annotations of alerts: Go's `text/template` with the functions and variables of Prometheus.
//!
//! What is rejected is what Prometheus rejects when it loads a rule file: bad syntax, unknown functions, undeclared
//! variables. Fields, argument counts and the PromQL in `query "..."` are in the tree for others to judge. Parsing never
//! fails and never panics. Knows no rule files.

mod functions;
mod lexer;
mod parser;
mod tree;

pub use functions::{TEMPLATE_FUNCTIONS, TemplateFunction};
pub use tree::{
    Base, Branch, Command, Field, Node, NodeKind, Operand, Pipeline, TemplateName, Variable, visit_pipelines,
};

use super::SyntaxError;
use super::promql::Version;

/// The first release that is built with Go 1.23, which has `{{ else with }}`.
const ELSE_WITH: Version = Version::new(3, 0);

/// What a template is checked against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The release that expands it.
    pub version: Version,
    /// Whether something else than Prometheus expands it, which has functions and variables of its own.
    pub is_extended: bool,
}

/// A parsed template. Spans count from the start of its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The pieces, in the order of the text.
    pub nodes: Vec<Node>,
    /// Everything that Prometheus rejects, in the order of the text.
    pub errors: Vec<SyntaxError>,
}

impl Parsed {
    /// Every pipeline, those in parentheses included, in the order of the text.
    #[must_use]
    pub fn pipelines(&self) -> Vec<&Pipeline> {
        let mut pipelines = Vec::new();
        visit_pipelines(&self.nodes, &mut |pipeline| pipelines.push(pipeline));
        pipelines
    }
}

/// Parses the label or annotation `text` of an alert.
#[must_use]
pub fn parse(text: &str, options: &Options) -> Parsed {
    let (nodes, errors) = parser::parse(text, options);
    Parsed { nodes, errors }
}

#[cfg(test)]
mod tests;
