//! The tree of one HCL text: flat arenas of small nodes with byte spans into the text, which the tree does not hold.
//! Children stand before their parents, so a walk over all expressions is a loop.

use super::token::Tokens;
use crate::source::Span;
use crate::syntax::SyntaxError;

/// Number of an expression in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub(super) u32);

/// Number of a body in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyId(pub(super) u32);

/// Number of a block in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(pub(super) u32);

/// Number of an attribute in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeId(pub(super) u32);

/// A run of entries in one of the tree's tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct List {
    pub(super) start: u32,
    pub(super) len: u32,
}

impl List {
    pub(super) fn of<T>(self, table: &[T]) -> &[T] {
        let start = self.start as usize;
        table.get(start..start + self.len as usize).unwrap_or(&[])
    }
}

/// A binary operator, loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// A unary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`
    Negate,
    /// `!`
    Not,
}

/// How the text of a template literal turns into its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// Between quotes: backslash escapes, `$${` and `%%{`.
    Quoted,
    /// In a heredoc: only `$${` and `%%{`.
    Heredoc,
}

/// What an expression is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// Something that did not parse.
    Error,
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number; its text is the span.
    Number,
    /// The first name of a reference, or a bare object key; its text is the span.
    Variable,
    /// `on.name`
    GetAttr {
        /// What is looked into.
        on: ExprId,
        /// The name.
        name: Span,
    },
    /// `on.0`, the old way to write an index.
    LegacyIndex {
        /// What is looked into.
        on: ExprId,
        /// The number.
        index: Span,
    },
    /// `on[key]`
    Index {
        /// What is looked into.
        on: ExprId,
        /// The key.
        key: ExprId,
    },
    /// `on[*]…` or `on.*…`
    Splat {
        /// The collection.
        on: ExprId,
        /// What is done with each element, which is [`ExprKind::SplatItem`] in it.
        each: ExprId,
        /// Whether it is `[*]`; `.*` takes attributes only.
        full: bool,
    },
    /// The element inside a splat.
    SplatItem,
    /// The name in front of a call's parenthesis, with its namespace.
    FunctionName,
    /// `name(arguments)`
    Call {
        /// A [`ExprKind::FunctionName`].
        name: ExprId,
        /// The arguments.
        arguments: List,
        /// Whether the last is followed by `...`.
        expand: bool,
    },
    /// A quoted string or heredoc.
    Template {
        /// Literals, interpolations and directives in order.
        parts: List,
        /// Whether it is a heredoc.
        heredoc: bool,
    },
    /// Literal text in a template; the span is the text as written.
    Literal {
        /// How it is decoded.
        quoting: Quoting,
        /// Whether a strip marker before it takes its leading white space.
        trim_start: bool,
        /// Whether a strip marker after it takes its trailing white space.
        trim_end: bool,
        /// How many leading spaces of every line `<<-` takes.
        indent: u32,
    },
    /// `${ … }`
    Interpolation(ExprId),
    /// `%{ if } … %{ endif }`; number in the table of conditional directives.
    IfDirective(u32),
    /// `%{ for } … %{ endfor }`; number in the table of loop directives.
    ForDirective(u32),
    /// An operator with one operand.
    Unary {
        /// The operator.
        operator: UnaryOperator,
        /// The operand.
        operand: ExprId,
    },
    /// An operator with two operands.
    Binary {
        /// The operator.
        operator: BinaryOperator,
        /// The left operand.
        left: ExprId,
        /// The right operand.
        right: ExprId,
    },
    /// `condition ? yes : no`
    Conditional {
        /// What decides.
        condition: ExprId,
        /// The value where it is true.
        yes: ExprId,
        /// The value where it is false.
        no: ExprId,
    },
    /// `( inner )`
    Paren(ExprId),
    /// `[ … ]`
    Tuple(List),
    /// `{ … }`: key, value, key, value.
    Object(List),
    /// `[for …]` or `{for …}`; number in the table of for expressions.
    For(u32),
}

/// One expression.
#[derive(Clone, Copy, Debug)]
pub struct Expr {
    /// Its text, brackets and quotes included.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// `%{ if condition } yes %{ else } no %{ endif }`
#[derive(Clone, Copy, Debug)]
pub struct IfDirective {
    /// What decides.
    pub condition: ExprId,
    /// The parts where it is true.
    pub yes: List,
    /// The parts where it is false.
    pub no: List,
}

/// `%{ for key, value in collection } body %{ endfor }`
#[derive(Clone, Copy, Debug)]
pub struct ForDirective {
    /// The name of the key.
    pub key: Option<Span>,
    /// The name of the value.
    pub value: Span,
    /// What is walked.
    pub collection: ExprId,
    /// The parts repeated.
    pub body: List,
}

/// `[for key, value in collection : result if condition]` and its object form.
#[derive(Clone, Copy, Debug)]
pub struct ForExpr {
    /// The name of the key.
    pub key_name: Option<Span>,
    /// The name of the value.
    pub value_name: Span,
    /// What is walked.
    pub collection: ExprId,
    /// The key of each result; only in the object form.
    pub key: Option<ExprId>,
    /// Each result.
    pub value: ExprId,
    /// Whether `...` groups results under equal keys.
    pub group: bool,
    /// Which elements count.
    pub condition: Option<ExprId>,
}

/// `name = value`
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// The name.
    pub name: Span,
    /// The value.
    pub value: ExprId,
    /// From the name to the end of the value.
    pub span: Span,
}

/// `kind "label" { … }`
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// The first word.
    pub kind: Span,
    /// The labels, each with its quotes.
    pub labels: List,
    /// From the first word to the last label.
    pub header: Span,
    /// What is between the braces.
    pub body: BodyId,
    /// From the first word to the closing brace.
    pub span: Span,
}

/// What stands in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// An argument.
    Attribute(AttributeId),
    /// A nested block.
    Block(BlockId),
}

/// The content of a file or block.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    /// In source order.
    pub items: List,
    /// The whole file, or what is between the braces.
    pub span: Span,
}

/// A parsed text: what could be understood of it, and what was wrong.
#[derive(Default)]
pub struct Tree {
    /// The tokens; together they are the text.
    pub tokens: Tokens,
    /// What was wrong, in order of place.
    pub errors: Vec<SyntaxError>,
    pub(super) root: Option<BodyId>,
    pub(super) exprs: Vec<Expr>,
    pub(super) children: Vec<ExprId>,
    pub(super) bodies: Vec<Body>,
    pub(super) items: Vec<Item>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) blocks: Vec<Block>,
    pub(super) labels: Vec<Span>,
    pub(super) for_exprs: Vec<ForExpr>,
    pub(super) if_directives: Vec<IfDirective>,
    pub(super) for_directives: Vec<ForDirective>,
}
