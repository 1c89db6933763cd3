//! Evaluates expressions to abstract values.
//!
//! Errors stay where they are: an expression that fails for every member gives a [`Failure`]; one that fails for some
//! gives the value of the others and raises a doubt.

use std::sync::Arc;

use super::convert::Doubt;
use super::functions::{Arguments, Context, NoSources, Sources};
use super::join::{form, join};
use super::operators::{self, operand};
use super::text::Piece;
use super::value::{Cause, Form, Kind, Marks, Refinement, Value};
use crate::diagnostic::Location;
use crate::source::Span;
use crate::syntax::hcl::{BinaryOperator, Document, ExprId, ExprKind, ExprView, List};
use crate::terraform::Type;

/// Most levels of expressions, references included. What lies deeper is unknown. Not optimised, that many levels fit
/// a stack of 2 MiB, as threads have it.
const MAX_DEPTH: u32 = 128;

/// Most steps of one evaluation. What comes later is unknown.
const MAX_STEPS: u32 = 400_000;

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

/// A step after the root of a reference.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    Attribute(&'a str, Span),
    Index(ExprView<'a>),
    Legacy(&'a str, Span),
}

/// Evaluates expressions in a scope.
pub struct Evaluator<'s> {
    scope: &'s dyn Scope,
    /// Whether Terraform may fail for some members.
    pub doubt: Doubt,
    /// Names that `for` and templates bind, innermost last, each with a number of its own.
    locals: Vec<(Arc<str>, u32, Value)>,
    /// What is known of references in the branch that is being evaluated, innermost last.
    pub(super) assumptions: Vec<(String, Value)>,
    /// The elements that splats are at, innermost last.
    items: Vec<Value>,
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
        result
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

    // ---- references

    /// The root and the steps of `a.b[0].c`; nothing where the root is another kind of expression.
    pub(super) fn steps<'a>(expr: ExprView<'a>) -> Option<(ExprView<'a>, Vec<Step<'a>>)> {
        let document = expr.document();
        let mut steps = Vec::new();
        let mut at = expr;
        loop {
            at = match at.kind() {
                ExprKind::Variable | ExprKind::SplatItem => {
                    steps.reverse();
                    return Some((at, steps));
                }
                ExprKind::GetAttr { on, name } => {
                    steps.push(Step::Attribute(document.slice(name), name));
                    document.expression(on)
                }
                ExprKind::LegacyIndex { on, index } => {
                    steps.push(Step::Legacy(document.slice(index), index));
                    document.expression(on)
                }
                ExprKind::Index { on, key } => {
                    steps.push(Step::Index(document.expression(key)));
                    document.expression(on)
                }
                ExprKind::Paren(inner) => document.expression(inner),
                _ => return None,
            };
        }
    }

    fn reference(&mut self, expr: ExprView<'_>) -> Evaluated {
        let Some((root, steps)) = Self::steps(expr) else { return self.steps_on_expression(expr) };
        if root.kind() == ExprKind::SplatItem {
            let value = self.items.last().cloned().unwrap_or_else(|| unknown(&Cause::Expression));
            return self.follow(value, &steps, String::new(), expr.span());
        }
        let name = root.text();
        if let Some((_, number, value)) = self.locals.iter().rev().find(|(local, _, _)| **local == *name) {
            let (path, value) = (format!("#{number}"), value.clone());
            return self.follow(value, &steps, path, expr.span());
        }
        let mut names = vec![name];
        names.extend(steps.iter().map_while(|step| match step {
            Step::Attribute(name, _) => Some(*name),
            _ => None,
        }));
        let path_of = |names: &[&str]| names.join(".");
        // A narrowed reference may be known better than what it is part of.
        let (value, used) = self.scope.resolve(&names, expr.span(), &mut self.doubt)?;
        let used = used.clamp(1, names.len());
        let path = path_of(&names[..used]);
        self.follow(value, &steps[used - 1..], path, expr.span())
    }

    /// Steps on something that is no reference, such as the result of a call.
    fn steps_on_expression(&mut self, expr: ExprView<'_>) -> Evaluated {
        let document = expr.document();
        match expr.kind() {
            ExprKind::GetAttr { on, name } => {
                let value = self.eval(document.expression(on))?;
                self.attribute(&value, document.slice(name), name)
            }
            ExprKind::LegacyIndex { on, index } => {
                let value = self.eval(document.expression(on))?;
                self.legacy(&value, document.slice(index), index)
            }
            ExprKind::Index { on, key } => {
                let value = self.eval(document.expression(on))?;
                let key = document.expression(key);
                let wanted = self.eval(key)?;
                self.index(&value, &wanted, key.span())
            }
            _ => Ok(unknown(&Cause::Expression)),
        }
    }

    fn follow(&mut self, value: Value, steps: &[Step<'_>], mut path: String, span: Span) -> Evaluated {
        let mut value = self.assumed(&path, value);
        for step in steps {
            value = match *step {
                Step::Attribute(name, at) => {
                    extend(&mut path, name);
                    self.attribute(&value, name, at)?
                }
                Step::Legacy(index, at) => {
                    extend(&mut path, index);
                    self.legacy(&value, index, at)?
                }
                Step::Index(key) => {
                    let wanted = self.eval(key)?;
                    match literal_key(&wanted) {
                        Some(name) => extend(&mut path, &name),
                        None => path.clear(),
                    }
                    self.index(&value, &wanted, span)?
                }
            };
            value = self.assumed(&path, value);
        }
        Ok(value)
    }

    /// `value`, or what is assumed of the reference `path` in this branch.
    fn assumed(&self, path: &str, value: Value) -> Value {
        if path.is_empty() || self.assumptions.is_empty() {
            return value;
        }
        let known = self.assumptions.iter().rev().find(|(known, _)| known == path);
        known.map_or(value, |(_, assumed)| assumed.clone())
    }

    /// The path of a reference as assumptions name it.
    pub(super) fn path_of(&self, expr: ExprView<'_>) -> Option<String> {
        let (root, steps) = Self::steps(expr)?;
        if root.kind() != ExprKind::Variable {
            return None;
        }
        let name = root.text();
        let local = self.locals.iter().rev().find(|(local, _, _)| **local == *name);
        let mut path = local.map_or_else(|| name.to_owned(), |(_, number, _)| format!("#{number}"));
        for step in steps {
            match step {
                Step::Attribute(name, _) => extend(&mut path, name),
                Step::Legacy(index, _) => extend(&mut path, index),
                Step::Index(key) => {
                    let key = key.as_string().or_else(|| key.as_number().map(std::borrow::Cow::Borrowed))?;
                    extend(&mut path, &key);
                }
            }
        }
        Some(path)
    }

    /// `value.name`
    pub(super) fn attribute(&mut self, value: &Value, name: &str, span: Span) -> Evaluated {
        let result = super::access::attribute(value, name, &mut self.doubt);
        result.map_err(|message| Failure::new(message, span))
    }

    fn legacy(&mut self, value: &Value, index: &str, span: Span) -> Evaluated {
        let number = super::number::Number::parse(index).unwrap_or_else(|| super::number::Number::from(0));
        self.index(value, &Value::number(number), span)
    }

    /// `value[key]`
    pub(super) fn index(&mut self, value: &Value, key: &Value, span: Span) -> Evaluated {
        super::access::index(value, key, &mut self.doubt).map_err(|message| Failure::new(message, span))
    }

    fn splat(&mut self, document: Document<'_>, on: ExprId, each: ExprId) -> Evaluated {
        let on = document.expression(on);
        let value = self.eval(on)?;
        let each = document.expression(each);
        let marks = value.marks;
        let result = self.splat_over(&value, each, on.span())?;
        Ok(result.marked(marks))
    }

    fn splat_over(&mut self, value: &Value, each: ExprView<'_>, span: Span) -> Evaluated {
        let is_sequence = matches!(value.ty, Type::List(_) | Type::Set(_) | Type::Tuple(_));
        // Anything else is a list of one element, and null one of none.
        let Some(present) = value.not_null() else {
            return if is_sequence {
                Err(Failure::new("the value is null, so it has no elements", span))
            } else {
                Ok(Value::tuple(Vec::new()))
            };
        };
        let result = if let Kind::OneOf(all) = &present.kind {
            let all = Arc::clone(all);
            let mut joined: Option<Value> = None;
            for one in all.iter() {
                let result = self.splat_over(one, each, span)?;
                joined = Some(joined.map_or_else(|| result.clone(), |before| join(&before, &result)));
            }
            joined.unwrap_or_else(|| Value::tuple(Vec::new()))
        } else if let (true, Some(elements)) = (is_sequence, present.as_sequence()) {
            let elements = elements.to_vec();
            let mapped: Result<Vec<Value>, Failure> =
                elements.into_iter().map(|element| self.with_item(element, each)).collect();
            let mapped = mapped?;
            match present.ty.element() {
                None => Value::tuple(mapped),
                Some(element) if mapped.is_empty() => {
                    // For the type of the list Terraform evaluates it once for an element that is not known.
                    let item = Value::some(element, &Cause::Expression);
                    let ty = self.isolated(|evaluator| evaluator.with_item(item, each)).0?.ty;
                    Value::list(ty, mapped)
                }
                Some(_) => {
                    let ty = mapped[0].ty.clone();
                    let ty = if mapped.iter().all(|one| one.ty == ty) { ty } else { Type::Any };
                    Value::list(ty, mapped)
                }
            }
        } else if is_sequence {
            let mapped = self.map_unknown(&present, each)?;
            let element = mapped.refinement().and_then(|known| known.element.as_ref()).map(|one| one.ty.clone());
            match element.filter(Type::is_exact) {
                Some(element) if present.ty.element().is_some() => Value { ty: Type::list(element), ..mapped },
                _ => mapped,
            }
        } else if present.ty == Type::Any {
            self.doubt.raise();
            if form(&present) == Form::Sequence {
                self.map_unknown(&present, each)?
            } else {
                let mut refinement = Refinement::new(present.reason());
                refinement.form = Form::Sequence;
                Value::unknown(Type::Any, refinement)
            }
        } else {
            match self.with_item(present.clone(), each) {
                Ok(one) => Value::tuple(vec![one]),
                // Not for null.
                Err(_) if value.nullable => {
                    self.doubt.raise();
                    Value::tuple(Vec::new())
                }
                Err(failure) => return Err(failure),
            }
        };
        if value.nullable && is_sequence {
            self.doubt.raise();
        }
        Ok(if value.nullable && !is_sequence { join(&result, &Value::tuple(Vec::new())) } else { result })
    }

    fn with_item(&mut self, item: Value, each: ExprView<'_>) -> Evaluated {
        self.items.push(item);
        let result = self.eval(each).map(Value::unnamed);
        self.items.pop();
        result
    }

    /// `each` of the elements of a collection whose elements are not known one by one.
    fn map_unknown(&mut self, value: &Value, each: ExprView<'_>) -> Evaluated {
        let keeps = each.kind() == ExprKind::SplatItem;
        let evaluate = |evaluator: &mut Self, item: Value| evaluator.with_item(item, each);
        self.map_elements(value, keeps, evaluate)
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

    // ---- templates

    fn template(&mut self, expr: ExprView<'_>, parts: List, heredoc: bool) -> Evaluated {
        let all: Vec<ExprView<'_>> = expr.list(parts).collect();
        // `"${x}"` is x itself.
        if let ([only], false) = (all.as_slice(), heredoc)
            && let ExprKind::Interpolation(inner) = only.kind()
        {
            return self.eval(expr.document().expression(inner));
        }
        let mut text = super::template::Builder::default();
        self.template_parts(&all, &mut text)?;
        Ok(text.finish())
    }

    pub(super) fn template_parts(
        &mut self,
        parts: &[ExprView<'_>],
        out: &mut super::template::Builder,
    ) -> Result<(), Failure> {
        for part in parts {
            self.template_part(*part, out)?;
        }
        Ok(())
    }

    fn template_part(&mut self, part: ExprView<'_>, out: &mut super::template::Builder) -> Result<(), Failure> {
        let document = part.document();
        match part.kind() {
            ExprKind::Literal { .. } => out.push(Piece::Literal(part.literal_text().unwrap_or_default().into())),
            ExprKind::Interpolation(inner) => {
                let inner = document.expression(inner);
                let value = self.eval(inner)?;
                out.push_value(&value, &mut self.doubt).map_err(|message| Failure::new(message, inner.span()))?;
            }
            ExprKind::IfDirective(_) => self.if_directive(part, out)?,
            ExprKind::ForDirective(_) => self.for_directive(part, out)?,
            _ => {
                self.doubt.raise();
                out.push_unknown(Cause::Expression);
            }
        }
        Ok(())
    }

    fn if_directive(&mut self, part: ExprView<'_>, out: &mut super::template::Builder) -> Result<(), Failure> {
        let Some(directive) = part.as_if_directive() else { return Ok(()) };
        let document = part.document();
        let condition = document.expression(directive.condition);
        let value = self.eval(condition)?;
        let decided =
            operand(&value, &Type::Bool, &mut self.doubt).map_err(|message| Failure::new(message, condition.span()))?;
        out.mark(decided.marks.without(Marks::ALWAYS_UNSTABLE));
        let branches = [part.list(directive.yes).collect::<Vec<_>>(), part.list(directive.no).collect()];
        if let Some(answer) = decided.as_bool() {
            return self.template_parts(&branches[usize::from(!answer)], out);
        }
        let mut joined: Option<Value> = None;
        for (truth, branch) in [(true, &branches[0]), (false, &branches[1])] {
            let Some(facts) = self.assume(condition, truth) else { continue };
            let (text, may_fail) = self.assuming(facts, |evaluator| {
                evaluator.isolated(|inner| {
                    let mut text = super::template::Builder::default();
                    inner.template_parts(branch, &mut text).map(|()| text.finish())
                })
            });
            match text {
                Ok(text) => {
                    if may_fail {
                        self.doubt.raise();
                    }
                    joined = Some(joined.map_or_else(|| text.clone(), |before| join(&before, &text)));
                }
                Err(_) => self.doubt.raise(),
            }
        }
        let joined = joined.ok_or_else(|| Failure::new("both branches fail", part.span()))?;
        out.push_value(&joined, &mut self.doubt).map_err(|message| Failure::new(message, part.span()))
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

/// A value that stands in a tuple. A list keeps its name: `flatten` puts all that is in it into one.
fn as_element(value: Value) -> Value {
    if form(&value) == Form::Sequence { value } else { value.unnamed() }
}

/// Any value, for a reason.
pub(super) fn unknown(cause: &Cause) -> Value {
    Value::any(&Type::Any, cause)
}

pub(super) fn extend(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
        path.push_str(name);
    }
}

fn literal_key(key: &Value) -> Option<String> {
    key.as_string().map(ToString::to_string).or_else(|| key.as_number().map(ToString::to_string))
}
