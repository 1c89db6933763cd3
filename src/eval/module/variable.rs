//! Variables: what a caller may pass, narrowed by type, `nullable` and validations.

use std::sync::Arc;

use super::instance::{Inputs, Instance};
use crate::eval::constraint::Constraint;
use crate::eval::convert::Doubt;
use crate::eval::expression::{Evaluator, unknown};
use crate::eval::functions::Sources;
use crate::eval::marks::Marks;
use crate::eval::narrow::with_facts;
use crate::eval::refinement::Cause;
use crate::eval::scope::{Failure, Scope, ShortCircuit};
use crate::eval::value::Value;
use crate::source::Span;
use crate::syntax::hcl::ExprView;
use crate::terraform::{Declaration, Type};

/// What a variable can hold.
#[derive(Clone, Debug)]
pub struct VariableSet {
    /// The values.
    pub value: Value,
    /// A validation that no value satisfies.
    pub contradiction: Option<Contradiction>,
    /// What Terraform says of the value that is passed, where it does not fit the type.
    pub mismatch: Option<String>,
}

/// A validation that nothing satisfies together with the type and the validations before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The condition, in the file of the variable.
    pub condition: Span,
    /// Which of the validations it is, from 0.
    pub number: usize,
}

/// The type of a variable, and what it is when nothing is passed.
pub(super) struct Written {
    pub(super) constraint: Constraint,
    pub(super) default: Option<Value>,
    pub(super) nullable: bool,
    marks: Marks,
}

/// Reads a `variable` block.
pub(super) fn read(declaration: &Declaration<'_>) -> Written {
    let body = declaration.block.body();
    let flag = |name: &str, unset: bool| body.value(name).map_or(Some(unset), ExprView::as_bool);
    let constraint = body.value("type").map_or_else(|| Some(Constraint::any()), Constraint::read);
    // A type that is not understood is any.
    let constraint = constraint.unwrap_or_else(Constraint::any);
    let default = body.value("default").map(|expr| {
        let value = crate::eval::scope::constant(expr).unwrap_or_else(|_| unknown(&Cause::Expression));
        constraint.apply(&value, &mut Doubt::default()).unwrap_or_else(|_| unknown(&Cause::Expression))
    });
    let mut marks = Marks::NONE;
    if flag("sensitive", false) != Some(false) {
        marks = marks.and(Marks::SENSITIVE);
    }
    if flag("ephemeral", false) != Some(false) {
        marks = marks.and(Marks::EPHEMERAL);
    }
    Written { constraint, default, nullable: flag("nullable", true).unwrap_or(true), marks }
}

impl Instance<'_> {
    /// What the variable `name` can hold here; nothing where it is not declared.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<VariableSet> {
        if let Some(known) = self.variables.borrow().get(name) {
            return Some(known.clone());
        }
        if let (Some(base), Inputs::Given(given)) = (&self.base, &self.inputs)
            && !given.contains_key(name)
        {
            return base.variable(name);
        }
        let declaration = self.declaration_of(name)?;
        let made = self.variable_set(name, &declaration);
        self.variables.borrow_mut().insert(name.into(), made.clone());
        Some(made)
    }

    pub(super) fn declaration_of(&self, name: &str) -> Option<Declaration<'_>> {
        self.module().variable(name).copied()
    }

    fn variable_set(&self, name: &str, declaration: &Declaration<'_>) -> VariableSet {
        if self.is_overridden("variable", name) {
            let value = unknown(&Cause::Expression).named(format!("var.{name}"));
            return VariableSet { value, contradiction: None, mismatch: None };
        }
        let written = read(declaration);
        let (value, mismatch) = self.unvalidated(name, &written);
        let value = value.named(format!("var.{name}"));
        let (value, contradiction) = self.validated(name, declaration, value);
        VariableSet { value, contradiction, mismatch }
    }

    /// What it holds by type and by what is passed.
    fn unvalidated(&self, name: &str, written: &Written) -> (Value, Option<String>) {
        let cause = Cause::Caller(format!("var.{name}").into());
        let anybody = || {
            let some = written.constraint.members(&cause);
            let value = if written.nullable { some.or_null() } else { some };
            value.marked(written.marks)
        };
        let passed = match &self.inputs {
            Inputs::Anybody => return (anybody(), None),
            Inputs::Given(given) => match given.get(name) {
                Some(passed) => Some(passed.clone()),
                None => return (anybody(), None),
            },
            Inputs::Call(arguments) => arguments.get(name).cloned(),
        };
        let passed = passed.or_else(|| written.default.clone());
        let Some(passed) = passed else { return (anybody(), None) };
        let mut doubt = Doubt::default();
        match written.constraint.apply(&passed, &mut doubt) {
            Ok(value) => {
                let value = if written.nullable { value } else { without_null(&value, written.default.as_ref()) };
                (value.marked(written.marks), None)
            }
            Err(message) => (anybody(), Some(message)),
        }
    }

    /// The values that pass all validations; the first validation that none passes.
    fn validated(&self, name: &str, declaration: &Declaration<'_>, value: Value) -> (Value, Option<Contradiction>) {
        let mut value = value;
        let validations = declaration.block.body().blocks_of("validation");
        for (number, validation) in validations.enumerate() {
            let Some(condition) = validation.body().value("condition") else { continue };
            let scope = Validation { instance: self, name, value: &value };
            let mut evaluator = Evaluator::new(&scope);
            let Some(facts) = evaluator.assume(condition, true) else {
                let contradiction = Contradiction { condition: condition.span(), number };
                return (value, Some(contradiction));
            };
            value = with_facts(&value, &format!("var.{name}"), &facts);
            if value.is_impossible() {
                return (value, Some(Contradiction { condition: condition.span(), number }));
            }
        }
        (value, None)
    }
}

/// Where null is not passed on, the default takes its place.
fn without_null(value: &Value, default: Option<&Value>) -> Value {
    match (value.not_null(), default) {
        (Some(present), Some(default)) if value.nullable => crate::eval::join::join(&present, default),
        (Some(present), _) => present,
        (None, Some(default)) => default.clone(),
        (None, None) => value.clone(),
    }
}

/// What a validation sees: the variable as far as it is known, others by type alone, so that validations which name each
/// other end.
struct Validation<'i, 'p> {
    instance: &'i Instance<'p>,
    name: &'i str,
    value: &'i Value,
}

impl Scope for Validation<'_, '_> {
    fn resolve(&self, names: &[&str], span: Span, doubt: &mut Doubt) -> Result<(Value, usize), Failure> {
        match names {
            ["var", name, ..] if *name == self.name => Ok((self.value.clone(), 2)),
            ["var", name, ..] => match self.instance.declaration_of(name) {
                Some(declaration) => {
                    let written = read(&declaration);
                    Ok((self.instance.unvalidated(name, &written).0.named(format!("var.{name}")), 2))
                }
                None => Err(Failure { is_static: true, ..Failure::new(format!("no variable `{name}`"), span) }),
            },
            // Other objects may be used since Terraform 1.9; they are not followed here.
            [_, _, ..] => {
                doubt.raise();
                Ok((unknown(&Cause::Expression), names.len().min(2)))
            }
            _ => Err(Failure { is_static: true, ..Failure::new("not a reference", span) }),
        }
    }

    fn sources(&self) -> &dyn Sources {
        self.instance.node().sources
    }

    fn short_circuit(&self) -> ShortCircuit {
        self.instance.node().short_circuit
    }

    fn depth(&self) -> u32 {
        self.instance.program.depth().get()
    }
}

impl Value {
    /// Whether it has no member at all, as far as can be found out.
    fn is_impossible(&self) -> bool {
        !self.nullable
            && self.ty == Type::String
            && self.refinement().and_then(|known| known.text.as_ref()).is_some_and(crate::eval::Text::is_empty_set)
    }
}

/// Names of variables as they are passed on.
pub(super) fn arguments<'v>(
    all: impl IntoIterator<Item = (&'v str, Value)>,
) -> std::collections::BTreeMap<Arc<str>, Value> {
    all.into_iter().map(|(name, value)| (Arc::from(name), value)).collect()
}
