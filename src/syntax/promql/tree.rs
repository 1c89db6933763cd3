//! The tree of an expression: a flat list of nodes in which operands stand before the node that uses them. A loop over
//! the list therefore visits every operand before its operator, without recursion. Knows nothing of types or errors.

use std::ops::{Deref, DerefMut};

use super::functions::Aggregation;
use crate::source::Span;

/// The place of a node in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub(super) u32);

/// The nodes of one expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    pub(super) nodes: Vec<Expr>,
    pub(super) root: ExprId,
}

impl Tree {
    /// The whole expression.
    #[must_use]
    pub fn root(&self) -> ExprId {
        self.root
    }

    /// The node at `id`, which is of this tree.
    #[must_use]
    pub fn get(&self, id: ExprId) -> &Expr {
        &self.nodes[id.0 as usize]
    }

    /// Every node with its place, operands first.
    pub fn iter(&self) -> impl Iterator<Item = (ExprId, &Expr)> {
        (0..).map(ExprId).zip(&self.nodes)
    }

    /// How many nodes there are: ids are the numbers below it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never true: there is at least a root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The nodes that the node at `id` is made of, in the order of the text.
    #[must_use]
    pub fn operands(&self, id: ExprId) -> Vec<ExprId> {
        match &self.get(id).kind {
            ExprKind::Range { operand, .. }
            | ExprKind::Subquery { operand, .. }
            | ExprKind::Unary { operand, .. }
            | ExprKind::Paren(operand) => vec![*operand],
            ExprKind::Call { arguments, .. } | ExprKind::Aggregate { arguments, .. } => arguments.clone(),
            ExprKind::Binary { left, right, .. } => vec![*left, *right],
            ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Selector(_) | ExprKind::Hole | ExprKind::Error => {
                Vec::new()
            }
        }
    }

    /// The node inside any parentheses around `id`.
    #[must_use]
    pub fn without_parens(&self, mut id: ExprId) -> ExprId {
        while let ExprKind::Paren(inner) = self.get(id).kind {
            id = inner;
        }
        id
    }

    /// The value of a number with its signs and parentheses, `None` for everything else.
    #[must_use]
    pub fn number(&self, mut id: ExprId) -> Option<f64> {
        let mut sign = 1.0;
        loop {
            match &self.get(id).kind {
                ExprKind::Number(value) => return Some(sign * value),
                ExprKind::Paren(inner) => id = *inner,
                ExprKind::Unary { negative, operand } => {
                    sign = if *negative { -sign } else { sign };
                    id = *operand;
                }
                _ => return None,
            }
        }
    }
}

impl ExprId {
    /// The place as an index into a list that has an element per node.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// All of its text, with modifiers, without the blanks around.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A number, or since 2.54 a duration in seconds.
    Number(f64),
    /// A string, decoded.
    String(Text),
    /// `name{label="value"} offset 5m`
    Selector(Selector),
    /// `selector[5m]`
    Range {
        /// What is selected; in a correct expression a selector.
        operand: ExprId,
        /// The length of the range.
        range: Duration,
        /// The brackets with their content.
        brackets: Span,
        /// What follows the brackets.
        modifiers: Rarely<Modifiers>,
    },
    /// `expression[1h:5m]`
    Subquery {
        /// What is evaluated.
        operand: ExprId,
        /// The length of the range.
        range: Duration,
        /// The resolution; the global evaluation interval where absent.
        step: Option<Duration>,
        /// The brackets with their content.
        brackets: Span,
        /// What follows the brackets.
        modifiers: Rarely<Modifiers>,
    },
    /// `function(argument, ...)`
    Call {
        /// The function as written; it need not exist.
        function: Name,
        /// The arguments.
        arguments: Vec<ExprId>,
    },
    /// `sum by (label) (argument)`
    Aggregate {
        /// Which aggregation.
        operator: Aggregation,
        /// Its name.
        operator_span: Span,
        /// The parameter and the vector, or whatever was written.
        arguments: Vec<ExprId>,
        /// `by` or `without`.
        grouping: Option<Grouping>,
    },
    /// `left + on (label) right`
    Binary {
        /// Which operator.
        operator: BinaryOperator,
        /// The operator without its modifiers.
        operator_span: Span,
        /// The operand before.
        left: ExprId,
        /// The operand after.
        right: ExprId,
        /// What stands between operator and right operand.
        matching: Rarely<Matching>,
    },
    /// `-operand`
    Unary {
        /// Whether the sign is a minus.
        negative: bool,
        /// What the sign applies to.
        operand: ExprId,
    },
    /// `(inner)`
    Paren(ExprId),
    /// A template hole as an operand: it may be anything.
    Hole,
    /// Text that is no expression; reported already.
    Error,
}

/// A name with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name, decoded where it was quoted.
    pub text: String,
    /// Its text, with quotes.
    pub span: Span,
    /// Whether a template hole is part of it, so that the name is not known.
    pub opaque: bool,
}

/// A string with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The decoded value; bytes that are not UTF-8 are replaced.
    pub value: String,
    /// The literal with its quotes.
    pub span: Span,
    /// Whether it holds what looks like a template hole.
    pub opaque: bool,
}

/// An instant vector selector.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    /// The metric name before the braces.
    pub name: Option<Name>,
    /// The matchers in the braces.
    pub matchers: Vec<Matcher>,
    /// The braces with their content.
    pub braces: Option<Span>,
    /// What follows.
    pub modifiers: Rarely<Modifiers>,
}

/// A label matcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matcher {
    /// The label; `__name__` for a quoted metric name, whose place it then has.
    pub label: Name,
    /// How the value is compared.
    pub operator: MatchOperator,
    /// The place of the operator; empty for a quoted metric name.
    pub operator_span: Span,
    /// The value.
    pub value: Text,
    /// Whether the regular expression or value matches a label that is absent. `None` where a hole hides it.
    pub matches_empty: Option<bool>,
    /// From label to value.
    pub span: Span,
}

/// The comparison of a matcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchOperator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Matches,
    /// `!~`
    MatchesNot,
}

/// `offset`, `@` and the experimental modifiers, in whatever order they are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Modifiers {
    /// `offset -5m`: the duration is negative.
    pub offset: Option<Duration>,
    /// `@ 1609746000`, `@ start()`
    pub at: Option<At>,
    /// `smoothed` or `anchored`, experimental in 3.x.
    pub extended: Option<Span>,
}

/// A value that most nodes lack: it takes a pointer, and a place of its own only where it is more than the default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rarely<T>(Option<Box<T>>);

/// What [`Rarely`] stands for where there is nothing.
pub trait Blank: Default + PartialEq + 'static {
    /// The default.
    const BLANK: &'static Self;
}

impl Blank for Modifiers {
    const BLANK: &'static Self = &Self { offset: None, at: None, extended: None };
}

impl Blank for Matching {
    const BLANK: &'static Self = &Self { returns_bool: None, labels: None, group: None, fill: None };
}

impl<T: Blank> From<T> for Rarely<T> {
    fn from(value: T) -> Self {
        Self((value != *T::BLANK).then(|| Box::new(value)))
    }
}

impl<T: Blank> Deref for Rarely<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().unwrap_or(T::BLANK)
    }
}

impl<T: Blank> DerefMut for Rarely<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

/// An `@` modifier.
#[derive(Clone, Debug, PartialEq)]
pub struct At {
    /// The evaluation time.
    pub time: AtTime,
    /// From the sign to the end of the time.
    pub span: Span,
}

/// The evaluation time of an `@` modifier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AtTime {
    /// Seconds since 1970.
    Timestamp(f64),
    /// `start()`
    Start,
    /// `end()`
    End,
    /// Not known.
    Hole,
}

/// A duration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Duration {
    /// In seconds; `None` for a template hole or what only the server knows (`step()`, `range()`).
    pub seconds: Option<f64>,
    /// Its text, with the sign.
    pub span: Span,
}

/// `by (...)` or `without (...)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// Whether it is `without`.
    pub without: bool,
    /// The labels.
    pub labels: Vec<Name>,
    /// From the keyword to the closing parenthesis.
    pub span: Span,
}

/// What stands between a binary operator and its right operand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matching {
    /// `bool`
    pub returns_bool: Option<Span>,
    /// `on (...)` or `ignoring (...)`
    pub labels: Option<MatchingLabels>,
    /// `group_left (...)` or `group_right (...)`
    pub group: Option<Group>,
    /// `fill(0)`, `fill_left(0)`, `fill_right(0)`: experimental since 3.10.
    pub fill: Option<Span>,
}

/// `on (...)` or `ignoring (...)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchingLabels {
    /// Whether it is `on`.
    pub on: bool,
    /// The labels.
    pub labels: Vec<Name>,
    /// From the keyword to the closing parenthesis.
    pub span: Span,
}

/// `group_left (...)` or `group_right (...)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Whether the left side is the "many" side.
    pub left: bool,
    /// The labels taken from the "one" side.
    pub labels: Vec<Name>,
    /// From the keyword to the end.
    pub span: Span,
}

/// The binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Mod,
    /// `^`
    Pow,
    /// `atan2`
    Atan2,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `and`
    And,
    /// `or`
    Or,
    /// `unless`
    Unless,
}

impl BinaryOperator {
    /// How it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Mod => "%",
            Self::Pow => "^",
            Self::Atan2 => "atan2",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::And => "and",
            Self::Or => "or",
            Self::Unless => "unless",
        }
    }

    /// Whether it compares.
    #[must_use]
    pub fn is_comparison(self) -> bool {
        use BinaryOperator::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        matches!(self, Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual)
    }

    /// Whether it is `and`, `or` or `unless`.
    #[must_use]
    pub fn is_set(self) -> bool {
        matches!(self, Self::And | Self::Or | Self::Unless)
    }

    /// How tightly it binds: a larger number binds tighter.
    pub(super) fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And | Self::Unless => 2,
            Self::Add | Self::Sub => 4,
            Self::Mul | Self::Div | Self::Mod | Self::Atan2 => 5,
            Self::Pow => 6,
            _ => 3,
        }
    }
}
