//! What expressions see: names, files, calls that mean more than functions, and how evaluation ends.

use super::convert::Doubt;
use super::expression::Evaluator;
use super::functions::{NoSources, Sources};
use super::value::Value;
use crate::diagnostic::Location;
use crate::source::Span;
use crate::syntax::hcl::ExprView;

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What Terraform would say, in our words.
    pub message: String,
    /// The expression that fails, in the text that was evaluated.
    pub span: Span,
    /// The same place once it is known which file it is in.
    pub location: Option<Location>,
    /// Whether Terraform rejects the configuration before it evaluates anything, so that `try` does not help.
    pub is_static: bool,
}

impl Failure {
    /// A failure of the expression at `span`.
    #[must_use]
    pub fn new(message: impl Into<String>, span: Span) -> Self {
        Self { message: message.into(), span, location: None, is_static: false }
    }
}

/// The result of an evaluation.
pub type Evaluated = Result<Value, Failure>;

/// What references mean.
pub trait Scope {
    /// The value of the longest reference that `names` begins with, and how many of the names it took: `["var", "x",
    /// "y"]` takes two. The names are those that are written as `a.b.c`.
    ///
    /// # Errors
    /// When there is no such thing, or it has no value.
    fn resolve(&self, names: &[&str], span: Span, doubt: &mut Doubt) -> Result<(Value, usize), Failure>;

    /// Files that expressions read.
    fn sources(&self) -> &dyn Sources {
        &NoSources
    }

    /// Whether `&&` and `||` leave out the right side where the left decides.
    fn short_circuit(&self) -> ShortCircuit {
        ShortCircuit::Unknown
    }

    /// A call that only this scope knows, such as `preserves()` in invariants.
    fn special(&self, _call: SpecialCall<'_, '_>) -> Option<Evaluated> {
        None
    }

    /// Whether `try` and `can` also catch what Terraform rejects before it evaluates anything: invariants ask whether
    /// a module has something.
    fn catches_static(&self) -> bool {
        false
    }

    /// How deep in references the evaluation is already.
    fn depth(&self) -> u32 {
        0
    }
}

/// A call of a function as it is written.
pub struct SpecialCall<'e, 'a> {
    /// The name.
    pub name: &'e str,
    /// The arguments.
    pub arguments: &'e [ExprView<'a>],
    /// The whole call.
    pub span: Span,
    /// Who evaluates.
    pub evaluator: &'e mut dyn Evaluate,
}

/// Evaluates further expressions for a special call.
pub trait Evaluate {
    /// The value of `expr`.
    ///
    /// # Errors
    /// When it fails for every member.
    fn evaluate(&mut self, expr: ExprView<'_>) -> Evaluated;
}

/// Whether `&&` and `||` leave out the right side where the left decides
/// (<https://developer.hashicorp.com/terraform/language/v1.12.x/upgrade-guides>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShortCircuit {
    /// Terraform 1.12 and later, and invariants.
    Yes,
    /// Before.
    No,
    /// Either.
    Unknown,
}

/// No names at all.
pub struct Constants;

impl Scope for Constants {
    fn resolve(&self, names: &[&str], span: Span, _: &mut Doubt) -> Result<(Value, usize), Failure> {
        let name = names.first().copied().unwrap_or_default();
        Err(Failure { is_static: true, ..Failure::new(format!("`{name}` cannot be referred to here"), span) })
    }
}

/// The value of an expression that refers to nothing.
///
/// # Errors
/// When it does, or fails.
pub fn constant(expr: ExprView<'_>) -> Evaluated {
    Evaluator::new(&Constants).eval(expr)
}
