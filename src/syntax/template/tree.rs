//! The tree of a template. Nesting is limited by the parser, so walking it may recurse.

use crate::source::Span;

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// All of its text: for a block from its first brace to that of its `end`.
    pub span: Span,
}

/// The kinds of pieces.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// Text between actions.
    Text,
    /// `{{/* ... */}}`
    Comment,
    /// `{{ pipeline }}`
    Action(Pipeline),
    /// `{{ if }} ... {{ else if }} ... {{ else }} ... {{ end }}`
    If {
        /// The conditions with what they guard, in order.
        branches: Vec<Branch>,
        /// After `else`.
        otherwise: Vec<Node>,
    },
    /// `{{ range }}`
    Range {
        /// What is repeated, and over what.
        branch: Box<Branch>,
        /// After `else`.
        otherwise: Vec<Node>,
    },
    /// `{{ with }} ... {{ else with }} ... {{ else }} ... {{ end }}`
    With {
        /// The values with what they guard, in order.
        branches: Vec<Branch>,
        /// After `else`.
        otherwise: Vec<Node>,
    },
    /// `{{ template "name" pipeline }}`
    Template {
        /// The template that is called.
        name: TemplateName,
        /// Its dot; `nil` where absent.
        pipeline: Option<Box<Pipeline>>,
    },
    /// `{{ block "name" pipeline }} ... {{ end }}`
    Block {
        /// The template that is defined and called.
        name: TemplateName,
        /// Its dot, and its content, which sees no variables from outside.
        branch: Box<Branch>,
    },
    /// `{{ define "name" }} ... {{ end }}`
    Define {
        /// The template that is defined.
        name: TemplateName,
        /// Its content, which sees no variables from outside.
        body: Vec<Node>,
    },
    /// `{{ break }}`
    Break,
    /// `{{ continue }}`
    Continue,
    /// An action that is wrong; reported already.
    Error,
}

/// A pipeline and what it guards.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// The condition, collection or new dot.
    pub pipeline: Pipeline,
    /// What stands in it.
    pub body: Vec<Node>,
}

/// The quoted name of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateName {
    /// Decoded; empty where it is wrong.
    pub text: String,
    /// With its quotes.
    pub span: Span,
}

/// `$x := command | command`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pipeline {
    /// The variables before `:=` or `=`.
    pub variables: Vec<Variable>,
    /// Whether they existed before: `=`.
    pub assigns: bool,
    /// The commands; the value of each is the last argument of the next.
    pub commands: Vec<Command>,
    /// From the first variable or command to the last.
    pub span: Span,
}

/// A variable where it is declared or assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// With its `$`.
    pub name: String,
    /// Its text.
    pub span: Span,
}

/// A function with its arguments, or a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// What is called or given, then the arguments. Not empty.
    pub operands: Vec<Operand>,
    /// From the first operand to the last.
    pub span: Span,
}

/// A value with the fields taken from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    /// What the fields are taken from.
    pub base: Base,
    /// `.Labels.job` has two, taken from the dot.
    pub fields: Vec<Field>,
    /// With the fields.
    pub span: Span,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Base {
    /// `.`
    Dot,
    /// `$name`, with its `$`; `$` alone is the data of the template.
    Variable(String),
    /// The name of a function.
    Function(String),
    /// `( pipeline )`
    Paren(Box<Pipeline>),
    /// A quoted text.
    String {
        /// Decoded; bytes that are not UTF-8 are replaced.
        value: String,
        /// Whether the value stands in the template as it is, so that offsets in it count from after the quote.
        verbatim: bool,
    },
    /// A number or a character constant.
    Number,
    /// `true` or `false`
    Bool(bool),
    /// `nil`
    Nil,
}

/// A field of a value, or a key of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Without its dot.
    pub name: String,
    /// Without its dot.
    pub span: Span,
}

/// Calls `visit` with every pipeline in `nodes`, those in parentheses included, in the order of the text.
pub fn visit_pipelines<'a>(nodes: &'a [Node], visit: &mut impl FnMut(&'a Pipeline)) {
    for node in nodes {
        match &node.kind {
            NodeKind::Action(pipeline) => visit_pipeline(pipeline, visit),
            NodeKind::Template { pipeline, .. } => pipeline.iter().for_each(|pipeline| visit_pipeline(pipeline, visit)),
            NodeKind::If { branches, otherwise } | NodeKind::With { branches, otherwise } => {
                branches.iter().for_each(|branch| visit_branch(branch, visit));
                visit_pipelines(otherwise, visit);
            }
            NodeKind::Range { branch, otherwise } => {
                visit_branch(branch, visit);
                visit_pipelines(otherwise, visit);
            }
            NodeKind::Block { branch, .. } => visit_branch(branch, visit),
            NodeKind::Define { body, .. } => visit_pipelines(body, visit),
            NodeKind::Text | NodeKind::Comment | NodeKind::Break | NodeKind::Continue | NodeKind::Error => {}
        }
    }
}

fn visit_branch<'a>(branch: &'a Branch, visit: &mut impl FnMut(&'a Pipeline)) {
    visit_pipeline(&branch.pipeline, visit);
    visit_pipelines(&branch.body, visit);
}

fn visit_pipeline<'a>(pipeline: &'a Pipeline, visit: &mut impl FnMut(&'a Pipeline)) {
    visit(pipeline);
    for operand in pipeline.commands.iter().flat_map(|command| &command.operands) {
        if let Base::Paren(inner) = &operand.base {
            visit_pipeline(inner, visit);
        }
    }
}
