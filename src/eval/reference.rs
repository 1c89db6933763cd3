//! References and what follows them: attributes, indexes, splats.

use std::sync::Arc;

use super::expression::{Evaluator, unknown};
use super::join::{form, join};
use super::refinement::{Cause, Form, Refinement};
use super::scope::{Evaluated, Failure};
use super::value::{Kind, Value};
use crate::source::Span;
use crate::syntax::hcl::{Document, ExprId, ExprKind, ExprView};
use crate::terraform::Type;

/// A step after the root of a reference.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    Attribute(&'a str, Span),
    Index(ExprView<'a>),
    Legacy(&'a str, Span),
}

impl Evaluator<'_> {
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

    pub(super) fn reference(&mut self, expr: ExprView<'_>) -> Evaluated {
        let Some((root, steps)) = Self::steps(expr) else { return self.steps_on_expression(expr) };
        if root.kind() == ExprKind::SplatItem {
            let value = self.items.last().cloned().unwrap_or_else(|| unknown(&Cause::Expression));
            return self.follow(value, &steps, String::new(), expr.span());
        }
        let name = root.text();
        if let Some((_, number, value)) = self.locals.iter().rev().find(|(local, _, _)| **local == *name) {
            // Only assumptions ask for paths.
            let path = if self.assumptions.is_empty() { String::new() } else { format!("#{number}") };
            let value = value.clone();
            return self.follow(value, &steps, path, expr.span());
        }
        let mut names = vec![name];
        names.extend(steps.iter().map_while(|step| match step {
            Step::Attribute(name, _) => Some(*name),
            _ => None,
        }));
        // A narrowed reference may be known better than what it is part of.
        let (value, used) = self.scope.resolve(&names, expr.span(), &mut self.doubt)?;
        let used = used.clamp(1, names.len());
        let path = if self.assumptions.is_empty() { String::new() } else { names[..used].join(".") };
        self.follow(value, &steps[used - 1..], path, expr.span())
    }

    /// Steps on something that is no reference, such as the result of a call.
    pub(super) fn steps_on_expression(&mut self, expr: ExprView<'_>) -> Evaluated {
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

    pub(super) fn legacy(&mut self, value: &Value, index: &str, span: Span) -> Evaluated {
        let number = super::number::Number::parse(index).unwrap_or_else(|| super::number::Number::from(0));
        self.index(value, &Value::number(number), span)
    }

    /// `value[key]`
    pub(super) fn index(&mut self, value: &Value, key: &Value, span: Span) -> Evaluated {
        super::access::index(value, key, &mut self.doubt).map_err(|message| Failure::new(message, span))
    }

    pub(super) fn splat(&mut self, document: Document<'_>, on: ExprId, each: ExprId) -> Evaluated {
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
}

/// A value that stands in a tuple. A list keeps its name: `flatten` puts all that is in it into one.
pub(super) fn as_element(value: Value) -> Value {
    if form(&value) == Form::Sequence { value } else { value.unnamed() }
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
