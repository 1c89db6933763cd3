//! `?:`. Both branches are evaluated for the one type that they have together, but only the one that is taken may fail
//! (<https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#conditional-operator>).
//!
//! What is left of the type of a branch that fails is up to Terraform: parts that fail have any type, and so has what is
//! made of them, except where an operator or a template says what they become.

use super::expression::Evaluator;
use super::functions::result_type;
use super::join::join;
use super::marks::Marks;
use super::operators::operand;
use super::refinement::Cause;
use super::scope::{Evaluated, Failure};
use super::unify::{of_uncertain_type, reconcile, unify};
use super::value::Value;
use crate::source::Span;
use crate::syntax::hcl::{BinaryOperator, ExprKind, ExprView, UnaryOperator};
use crate::terraform::Type;

/// Most branches that are evaluated for their type alone. Of others no type is known.
const MAX_TYPES: u32 = 2048;

/// What is left of the type of an expression that fails.
enum Rest {
    /// Nothing at all.
    Nothing,
    /// This.
    Type(Type),
    /// Some parts.
    Something,
}

/// The type of an expression for all members.
struct Settled {
    ty: Type,
    /// Whether it is so even where the expression fails. Else parts that fail have no type.
    is_certain: bool,
}

impl Evaluator<'_> {
    pub(super) fn conditional(
        &mut self,
        condition: ExprView<'_>,
        yes: ExprView<'_>,
        no: ExprView<'_>,
        span: Span,
    ) -> Evaluated {
        let decision = self.eval(condition)?;
        let decided = operand(&decision, &Type::Bool, &mut self.doubt)
            .map_err(|message| Failure::new(message, condition.span()))?;
        let marks = decided.marks.without(Marks::ALWAYS_UNSTABLE);
        let wrong = |message: String| Failure::new(message, span);
        if let Some(answer) = decided.as_bool() {
            let (taken, other) = if answer { (yes, no) } else { (no, yes) };
            let value = self.eval(taken)?;
            return Ok(self.beside(&value, other).map_err(wrong)?.marked(marks));
        }
        let mut joined: Option<Value> = None;
        let mut failure = None;
        for (truth, taken, other) in [(true, yes, no), (false, no, yes)] {
            let Some(facts) = self.assume(condition, truth) else { continue };
            // What holds where one branch is taken holds for the type of the other too.
            let result = self.assuming(facts, |evaluator| {
                let value = evaluator.eval(taken)?;
                evaluator.beside(&value, other).map_err(wrong)
            });
            match result {
                Ok(value) => joined = Some(joined.map_or_else(|| value.clone(), |before| join(&before, &value))),
                Err(error) => {
                    self.doubt.raise();
                    failure.get_or_insert(error);
                }
            }
        }
        match (joined, failure) {
            (Some(value), _) => Ok(value.marked(marks)),
            (None, Some(failure)) => Err(failure),
            (None, None) => Err(wrong("nothing satisfies this".to_owned())),
        }
    }

    /// `value` with the type that it has beside the branch `other`. A branch that is not taken may fail, but what is left
    /// of its type counts.
    fn beside(&mut self, value: &Value, other: ExprView<'_>) -> Result<Value, String> {
        if let Some(settled) = self.settled(other) {
            if settled.is_certain {
                return reconcile(value, &Value::some(&settled.ty, &Cause::Expression), &mut self.doubt);
            }
            if !value.is_null() && value.ty.is_exact() && is_settled_by(&value.ty, &settled.ty) {
                return Ok(value.clone());
            }
        }
        // Conditionals in conditionals would take forever.
        self.types += 1;
        if self.types > MAX_TYPES {
            return Ok(self.uncertain(value));
        }
        let (result, may_fail) = self.attempt(other);
        let rest = if result.is_ok() && !may_fail { Rest::Nothing } else { self.rest(other) };
        match (result, rest) {
            (Ok(other), rest) if !may_fail || matches!(rest, Rest::Type(_)) => {
                reconcile(value, &other, &mut self.doubt)
            }
            (Ok(other), Rest::Nothing) => match reconcile(value, &other, &mut self.doubt) {
                Ok(converted) => Ok(join(&converted, value)),
                Err(_) => Ok(self.uncertain(value)),
            },
            (Err(_), Rest::Nothing) => Ok(value.clone()),
            (Err(_), Rest::Type(ty)) => reconcile(value, &Value::some(&ty, &Cause::Expression), &mut self.doubt),
            (_, _) => Ok(self.uncertain(value)),
        }
    }

    /// `value` as it is beside a branch of which little is known.
    fn uncertain(&mut self, value: &Value) -> Value {
        self.doubt.raise();
        of_uncertain_type(value)
    }

    /// The type of an expression where its form tells it, so that it need not be evaluated.
    fn settled(&mut self, expr: ExprView<'_>) -> Option<Settled> {
        let document = expr.document();
        let certain = |ty: Type| Some(Settled { ty, is_certain: true });
        match expr.kind() {
            ExprKind::Paren(inner) | ExprKind::Interpolation(inner) => self.settled(document.expression(inner)),
            ExprKind::Bool(_) => certain(Type::Bool),
            ExprKind::Number => certain(Type::Number),
            ExprKind::Literal { .. } => certain(Type::String),
            ExprKind::Unary { operator, .. } => certain(of_unary(operator)),
            ExprKind::Binary { operator, .. } => certain(of_binary(operator)),
            ExprKind::Template { .. } => match only_part(expr) {
                Some(only) => self.settled(only),
                None => certain(Type::String),
            },
            ExprKind::Call { name, .. } => {
                result_type(document.expression(name).text()).map(|ty| Settled { ty, is_certain: false })
            }
            ExprKind::Conditional { yes, no, .. } => {
                let (one, other) = (self.settled(document.expression(yes))?, self.settled(document.expression(no))?);
                if one.ty == other.ty {
                    return Some(Settled { is_certain: one.is_certain && other.is_certain, ..one });
                }
                let ty = unify(&[one.ty, other.ty]).filter(|_| one.is_certain && other.is_certain)?;
                ty.is_exact().then_some(Settled { ty, is_certain: true })
            }
            ExprKind::Tuple(list) => {
                let all: Vec<Settled> = expr.list(list).map(|element| self.settled(element)).collect::<Option<_>>()?;
                let is_certain = all.iter().all(|one| one.is_certain);
                Some(Settled { ty: Type::Tuple(all.into_iter().map(|one| one.ty).collect()), is_certain })
            }
            ExprKind::Variable | ExprKind::GetAttr { .. } => {
                Self::steps(expr)?;
                let (result, may_fail) = self.attempt(expr);
                let ty = result.ok()?.ty;
                ty.is_exact().then_some(Settled { ty, is_certain: !may_fail })
            }
            _ => None,
        }
    }

    /// What is left of the type of an expression that fails.
    fn rest(&mut self, expr: ExprView<'_>) -> Rest {
        let document = expr.document();
        match expr.kind() {
            ExprKind::Paren(inner) | ExprKind::Interpolation(inner) => self.rest(document.expression(inner)),
            ExprKind::Call { .. } | ExprKind::Variable => Rest::Nothing,
            ExprKind::GetAttr { on, .. } | ExprKind::LegacyIndex { on, .. } => {
                self.rest_of_step(document.expression(on))
            }
            ExprKind::Index { on, key } => {
                let key = document.expression(key);
                match key.as_string().is_some() || key.as_number().is_some() {
                    true => self.rest_of_step(document.expression(on)),
                    false => Rest::Something,
                }
            }
            ExprKind::Unary { operator, .. } => Rest::Type(of_unary(operator)),
            ExprKind::Binary { operator, .. } => Rest::Type(of_binary(operator)),
            ExprKind::Template { .. } => match only_part(expr) {
                Some(only) => self.rest(only),
                None => Rest::Type(Type::String),
            },
            _ => Rest::Something,
        }
    }

    /// Nothing is left where it is the step that fails, and not what it is a step from.
    fn rest_of_step(&mut self, on: ExprView<'_>) -> Rest {
        if matches!(self.attempt(on), (Ok(_), false)) {
            return Rest::Nothing;
        }
        match self.deeper(|evaluator| evaluator.rest(on)) {
            Some(Rest::Nothing) => Rest::Nothing,
            _ => Rest::Something,
        }
    }
}

/// Whether a value of type `own` stays what it is beside one of `other`.
fn is_settled_by(own: &Type, other: &Type) -> bool {
    own == other || *own == Type::String && other.is_primitive()
}

/// The interpolation that is a whole template.
fn only_part(template: ExprView<'_>) -> Option<ExprView<'_>> {
    let ExprKind::Template { parts, heredoc: false } = template.kind() else { return None };
    let mut all = template.list(parts);
    let first = all.next()?;
    (all.next().is_none() && matches!(first.kind(), ExprKind::Interpolation(_))).then_some(first)
}

const fn of_unary(operator: UnaryOperator) -> Type {
    match operator {
        UnaryOperator::Not => Type::Bool,
        UnaryOperator::Negate => Type::Number,
    }
}

const fn of_binary(operator: BinaryOperator) -> Type {
    match operator {
        BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo => Type::Number,
        _ => Type::Bool,
    }
}
