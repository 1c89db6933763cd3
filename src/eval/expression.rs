//! Evaluates expressions to abstract values.
//!
//! Errors stay where they are: an expression that fails for every member gives a [`Failure`]; one that fails for some
//! gives the value of the others and raises a doubt.

use std::sync::Arc;

use super::convert::Doubt;
use super::functions::{Arguments, Context};
use super::join::join;
use super::operators::{self, operand};
use super::reference::as_element;
use super::refinement::Cause;
use super::scope::{Evaluate, Evaluated, Failure, Scope, ShortCircuit, SpecialCall};
use super::value::{Kind, Value};
use crate::source::Span;
use crate::syntax::hcl::{BinaryOperator, ExprKind, ExprView, List};
use crate::terraform::Type;

/// Most levels of expressions, references included. What lies deeper is unknown. Not optimised, that many levels fit
/// a stack of 2 MiB, as threads have it.
const MAX_DEPTH: u32 = 128;

/// Most steps of one evaluation. What comes later is unknown.
const MAX_STEPS: u32 = 400_000;

/// Most elements of a value, those of elements included.
const MAX_PARTS: usize = 1 << 17;

/// Evaluates expressions in a scope.
pub struct Evaluator<'s> {
    pub(super) scope: &'s dyn Scope,
    /// Whether Terraform may fail for some members.
    pub doubt: Doubt,
    /// Names that `for` and templates bind, innermost last, each with a number of its own.
    pub(super) locals: Vec<(Arc<str>, u32, Value)>,
    /// What is known of references in the branch that is being evaluated, innermost last.
    pub(super) assumptions: Vec<(String, Value)>,
    /// The elements that splats are at, innermost last.
    pub(super) items: Vec<Value>,
    bound: u32,
    depth: u32,
    steps: u32,
    /// How many branches that are not taken were evaluated for their type.
    pub(super) types: u32,
}

impl Evaluate for Evaluator<'_> {
    fn evaluate(&mut self, expr: ExprView<'_>) -> Evaluated {
        self.eval(expr)
    }
}

impl<'s> Evaluator<'s> {
    /// An evaluator without doubts.
    #[must_use]
    pub fn new(scope: &'s dyn Scope) -> Self {
        Self {
            scope,
            doubt: Doubt::default(),
            locals: Vec::new(),
            assumptions: Vec::new(),
            items: Vec::new(),
            bound: 0,
            depth: scope.depth(),
            steps: 0,
            types: 0,
        }
    }

    /// Binds a name around what is evaluated next.
    pub fn bind(&mut self, name: &str, value: Value) {
        self.bound += 1;
        self.locals.push((name.into(), self.bound, value));
    }

    /// The number of the last binding.
    pub(super) fn last_bound(&self) -> u32 {
        self.locals.last().map_or(0, |(_, number, _)| *number)
    }

    /// What holds of references where `condition` is true; nothing where it never is. See [`Self::eval_where`].
    pub fn assumptions_of(&mut self, condition: ExprView<'_>) -> Option<Vec<(String, Value)>> {
        self.assume(condition, true)
    }

    /// The value of `expr` where `facts` hold, and whether Terraform may fail on it for some members.
    pub fn eval_where(&mut self, expr: ExprView<'_>, facts: &[(String, Value)]) -> (Evaluated, bool) {
        self.assuming(facts.to_vec(), |evaluator| evaluator.attempt(expr))
    }

    /// Takes back the last binding.
    pub fn unbind(&mut self) {
        self.locals.pop();
    }

    /// The value of `expr`.
    ///
    /// # Errors
    /// When it fails for every member.
    pub fn eval(&mut self, expr: ExprView<'_>) -> Evaluated {
        self.steps += 1;
        if self.depth >= MAX_DEPTH || self.steps >= MAX_STEPS {
            return Ok(self.too_large());
        }
        let weight = weight(expr.kind());
        self.depth += weight;
        let result = self.eval_kind(expr);
        self.depth -= weight;
        let may_grow = matches!(
            expr.kind(),
            ExprKind::Tuple(_)
                | ExprKind::Object(_)
                | ExprKind::For(_)
                | ExprKind::Call { .. }
                | ExprKind::Splat { .. }
        );
        match result {
            // A value in which parts are repeated is soon larger than memory.
            Ok(value) if may_grow && value.has_more_parts_than(MAX_PARTS) => Ok(self.too_large()),
            result => result,
        }
    }

    /// Runs `inner` a few levels deeper; nothing where that is too deep.
    pub(super) fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 3;
        let result = inner(self);
        self.depth -= 3;
        Some(result)
    }

    /// What is not followed any further.
    pub(super) fn too_large(&mut self) -> Value {
        self.doubt.raise();
        unknown(&Cause::TooLarge)
    }

    fn eval_kind(&mut self, expr: ExprView<'_>) -> Evaluated {
        let document = expr.document();
        match expr.kind() {
            ExprKind::Null => Ok(Value::null(Type::Any)),
            ExprKind::Bool(value) => Ok(Value::bool(value)),
            ExprKind::Number => super::number::Number::parse(expr.text())
                .map(Value::number)
                .ok_or_else(|| Failure::new("not a number", expr.span())),
            ExprKind::Paren(inner) | ExprKind::Interpolation(inner) => self.eval(document.expression(inner)),
            ExprKind::Variable | ExprKind::GetAttr { .. } | ExprKind::LegacyIndex { .. } | ExprKind::Index { .. } => {
                self.reference(expr)
            }
            ExprKind::SplatItem => Ok(self.items.last().cloned().unwrap_or_else(|| unknown(&Cause::Expression))),
            ExprKind::Splat { on, each, .. } => self.splat(document, on, each),
            ExprKind::Call { name, arguments, expand } => self.call(expr, document.expression(name), arguments, expand),
            ExprKind::Template { parts, heredoc } => self.template(expr, parts, heredoc),
            ExprKind::Unary { operator, operand } => {
                let inner = document.expression(operand);
                let value = self.eval(inner)?;
                operators::unary(operator, &value, &mut self.doubt).map_err(|text| Failure::new(text, inner.span()))
            }
            ExprKind::Binary { operator, left, right } => {
                self.binary(operator, document.expression(left), document.expression(right), expr.span())
            }
            ExprKind::Conditional { condition, yes, no } => self.conditional(
                document.expression(condition),
                document.expression(yes),
                document.expression(no),
                expr.span(),
            ),
            ExprKind::Tuple(list) => {
                let elements: Result<Vec<Value>, Failure> =
                    expr.list(list).map(|element| self.eval(element).map(as_element)).collect();
                Ok(Value::tuple(elements?))
            }
            ExprKind::Object(list) => self.object(expr, list),
            ExprKind::For(_) => self.for_expression(expr),
            ExprKind::Literal { .. } => Ok(Value::string(expr.literal_text().unwrap_or_default())),
            ExprKind::Error | ExprKind::FunctionName | ExprKind::IfDirective(_) | ExprKind::ForDirective(_) => {
                self.doubt.raise();
                Ok(unknown(&Cause::Expression))
            }
        }
    }

    /// Evaluates without leaving a doubt behind, and tells whether there was one.
    pub(super) fn attempt(&mut self, expr: ExprView<'_>) -> (Evaluated, bool) {
        self.isolated(|evaluator| evaluator.eval(expr))
    }

    /// Runs `inner` with doubts of its own.
    pub(super) fn isolated<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let before = std::mem::take(&mut self.doubt);
        let result = inner(self);
        let doubt = std::mem::replace(&mut self.doubt, before);
        (result, doubt.may_fail)
    }

    /// Runs `inner` with further assumptions.
    pub(super) fn assuming<T>(&mut self, facts: Vec<(String, Value)>, inner: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.assumptions.len();
        self.assumptions.extend(facts);
        let result = inner(self);
        self.assumptions.truncate(before);
        result
    }

    // ---- calls

    fn call(&mut self, expr: ExprView<'_>, name: ExprView<'_>, arguments: List, expand: bool) -> Evaluated {
        let written: Vec<ExprView<'_>> = expr.list(arguments).collect();
        let name = name.text();
        let name = name.strip_prefix("core::").unwrap_or(name);
        match name {
            "try" if !expand => return self.try_(&written, expr.span()),
            "can" if written.len() == 1 && !expand => return Ok(self.can(written[0])),
            "templatefile" | "templatestring" if !expand => return self.template_call(name, &written, expr.span()),
            _ => {}
        }
        let scope = self.scope;
        let call = SpecialCall { name, arguments: &written, span: expr.span(), evaluator: self };
        if let Some(result) = scope.special(call) {
            return result;
        }
        let mut fixed = Vec::with_capacity(written.len());
        for argument in &written {
            fixed.push(self.eval(*argument)?);
        }
        let mut rest = None;
        if expand && let Some(last) = fixed.pop() {
            let place = written.last().map_or(expr.span(), |last| last.span());
            let last = last.not_null().ok_or_else(|| Failure::new("the list before `...` is null", place))?;
            match &last.kind {
                Kind::Sequence(elements) => fixed.extend(elements.iter().map(|one| one.clone().marked(last.marks))),
                _ => rest = Some(last),
            }
        }
        let sources = self.scope.sources();
        let mut context = Context { doubt: &mut self.doubt, sources };
        let result = super::functions::call(name, Arguments { fixed: &fixed, rest: rest.as_ref() }, &mut context);
        let value = result.map_err(|message| Failure::new(message, expr.span()))?;
        self.steps = self.steps.saturating_add(size(&value));
        Ok(value)
    }

    /// The first argument that does not fail.
    fn try_(&mut self, arguments: &[ExprView<'_>], span: Span) -> Evaluated {
        let mut joined: Option<Value> = None;
        let mut error = None;
        for argument in arguments {
            match self.attempt(*argument) {
                (Err(failure), _) if failure.is_static && !self.scope.catches_static() => return Err(failure),
                (Err(failure), _) => error = Some(failure),
                (Ok(value), may_fail) => {
                    let value = joined.map_or_else(|| value.clone(), |before| join(&before, &value));
                    if !may_fail {
                        return Ok(value);
                    }
                    joined = Some(value);
                }
            }
        }
        match joined {
            Some(value) => {
                self.doubt.raise();
                Ok(value)
            }
            None => {
                let reason = error.map_or_else(|| "no argument given".to_owned(), |failure| failure.message);
                Err(Failure::new(format!("no argument of `try` can be evaluated: {reason}"), span))
            }
        }
    }

    fn can(&mut self, argument: ExprView<'_>) -> Value {
        match self.attempt(argument) {
            (Err(_), _) => Value::bool(false),
            (Ok(_), false) => Value::bool(true),
            (Ok(value), true) => Value::some_bool(value.reason()),
        }
    }

    // ---- operators

    fn binary(&mut self, operator: BinaryOperator, left: ExprView<'_>, right: ExprView<'_>, span: Span) -> Evaluated {
        if matches!(operator, BinaryOperator::And | BinaryOperator::Or) {
            return self.logical(operator, left, right);
        }
        let (one, other) = (self.eval(left)?, self.eval(right)?);
        operators::binary(operator, &one, &other, &mut self.doubt).map_err(|message| Failure::new(message, span))
    }

    fn logical(&mut self, operator: BinaryOperator, left: ExprView<'_>, right: ExprView<'_>) -> Evaluated {
        let boolean = |evaluator: &mut Self, expr: ExprView<'_>| {
            let value = evaluator.eval(expr)?;
            let converted = operand(&value, &Type::Bool, &mut evaluator.doubt);
            converted.map_err(|message| Failure::new(message, expr.span()))
        };
        let one = boolean(self, left)?;
        let decisive = operator == BinaryOperator::Or;
        let short = self.scope.short_circuit();
        if one.as_bool() == Some(decisive) {
            if short != ShortCircuit::Yes {
                let (result, may_fail) = self.isolated(|evaluator| boolean(evaluator, right));
                match result {
                    Err(failure) if short == ShortCircuit::No || failure.is_static => return Err(failure),
                    Err(_) => self.doubt.raise(),
                    Ok(_) if may_fail => self.doubt.raise(),
                    Ok(_) => {}
                }
            }
            return Ok(one);
        }
        // The right side matters only where the left does not decide.
        let facts = self.assume(left, !decisive);
        let Some(facts) = facts else { return Ok(Value::bool(decisive).marked(one.marks)) };
        let (narrowed, may_fail) = self.assuming(facts, |evaluator| evaluator.isolated(|inner| boolean(inner, right)));
        let other = match narrowed {
            Ok(other) => {
                if may_fail {
                    self.doubt.raise();
                }
                other
            }
            Err(failure) if one.as_bool().is_some() => return Err(failure),
            // Fails unless the left side decides.
            Err(_) => {
                self.doubt.raise();
                return match self.attempt(right).0 {
                    Err(failure) if short == ShortCircuit::No || failure.is_static => Err(failure),
                    _ => Ok(Value::bool(decisive).marked(one.marks)),
                };
            }
        };
        if short != ShortCircuit::Yes && one.as_bool().is_none() {
            let (unnarrowed, may_fail) = self.isolated(|evaluator| boolean(evaluator, right));
            if may_fail || unnarrowed.is_err() {
                self.doubt.raise();
            }
        }
        Ok(operators::logical(operator, &one, &other))
    }

    // ---- constructors

    fn object(&mut self, expr: ExprView<'_>, list: List) -> Evaluated {
        let all: Vec<ExprView<'_>> = expr.list(list).collect();
        let mut entries: Vec<(Value, Value)> = Vec::with_capacity(all.len() / 2);
        for pair in all.chunks_exact(2) {
            let key = match pair[0].kind() {
                // A bare word is a name; in parentheses it is a reference.
                ExprKind::Variable => Value::string(pair[0].text()),
                _ => self.eval(pair[0])?,
            };
            let key = operand(&key, &Type::String, &mut self.doubt)
                .map_err(|message| Failure::new(message, pair[0].span()))?;
            entries.push((key, self.eval(pair[1])?.unnamed()));
        }
        Ok(super::loops::object_of(&entries, &mut self.doubt))
    }

    /// Whether the evaluation may go on.
    pub(super) const fn has_steps_left(&self) -> bool {
        self.steps < MAX_STEPS
    }

    /// The scope.
    pub(super) const fn scope(&self) -> &'s dyn Scope {
        self.scope
    }
}

/// How many levels an expression counts for: some need much more of the stack than others.
const fn weight(kind: ExprKind) -> u32 {
    match kind {
        ExprKind::For(_) | ExprKind::Call { .. } => 4,
        ExprKind::Conditional { .. } | ExprKind::Splat { .. } | ExprKind::Template { .. } => 3,
        ExprKind::Binary { .. } | ExprKind::Object(_) => 2,
        _ => 1,
    }
}

/// How many steps it takes to make a value.
fn size(value: &Value) -> u32 {
    let size = match &value.kind {
        Kind::Sequence(elements) => elements.len(),
        Kind::Mapping(entries) => entries.len(),
        Kind::String(text) => text.len() / 64,
        _ => 0,
    };
    u32::try_from(size).unwrap_or(u32::MAX)
}

/// Any value, for a reason.
pub(super) fn unknown(cause: &Cause) -> Value {
    Value::any(&Type::Any, cause)
}
