//! The verdict on one subject in one context.

use std::rc::Rc;

use super::decide::Judge;
use super::language::{Invariant, Need, Rule};
use super::overlay::InvariantScope;
use super::subject::Subject;
use crate::eval::module::Instance;
use crate::eval::{Cause, Kind, Value};
use crate::terraform::Type;

/// A verdict in one context.
pub(super) enum Outcome<'i> {
    Holds,
    NotApplicable,
    /// Nor is it, for a name that the module lacks: what is missing.
    Missing(String),
    Violated {
        message: String,
        rule: Rule<'i>,
    },
    Undecided(Reason),
}

/// Why nothing is certain.
pub(super) enum Reason {
    /// Whether the filter is true.
    Filter(Cause),
    /// Whether the condition is.
    Condition(Cause),
    /// The condition is true, unless it fails.
    MayFail,
}

impl Reason {
    /// What it depends on.
    pub(super) const fn cause(&self) -> Option<&Cause> {
        match self {
            Self::Filter(cause) | Self::Condition(cause) => Some(cause),
            Self::MayFail => None,
        }
    }
}

impl<'p> Judge<'_, 'p> {
    /// The verdict on `subject` in one context.
    pub(super) fn outcome<'i>(
        &self,
        invariant: &'i Invariant,
        instance: &Rc<Instance<'p>>,
        subject: &Subject<'p>,
    ) -> Outcome<'i> {
        let scope = InvariantScope { invariant, instance, subject };
        let facts = match invariant.filter() {
            None => Vec::new(),
            Some(filter) => {
                if lacks(subject, &invariant.filter_needs) {
                    return Outcome::NotApplicable;
                }
                let answer = scope.with_evaluator(|evaluator| evaluator.eval(filter));
                match answer.as_ref().map(Value::as_bool) {
                    Err(_) | Ok(Some(false)) => return Outcome::NotApplicable,
                    Ok(None) if answer.as_ref().is_ok_and(Value::is_null) => return Outcome::NotApplicable,
                    Ok(Some(true)) => Vec::new(),
                    Ok(None) => match scope.with_evaluator(|evaluator| evaluator.assumptions_of(filter)) {
                        None => return Outcome::NotApplicable,
                        Some(facts) if facts.is_empty() => {
                            let cause = answer.map_or(Cause::Expression, |value| value.reason());
                            return Outcome::Undecided(Reason::Filter(cause));
                        }
                        Some(facts) => facts,
                    },
                }
            }
        };
        let mut undecided = None;
        for (rule, needs) in invariant.rules().zip(&invariant.rule_needs) {
            if lacks(subject, needs) {
                return Outcome::NotApplicable;
            }
            let (answer, may_fail) = scope.with_evaluator(|evaluator| evaluator.eval_where(rule.condition, &facts));
            let violated = |scope: &InvariantScope<'_, 'p>| {
                let text = rule
                    .error_message
                    .map(|message| scope.with_evaluator(|evaluator| evaluator.eval_where(message, &facts).0));
                let message = text.and_then(Result::ok).and_then(|value| text_of(&value));
                let message = message.or_else(|| invariant.summary.clone());
                Outcome::Violated {
                    message: message.unwrap_or_else(|| format!("`{}` does not hold", invariant.id)),
                    rule,
                }
            };
            match answer {
                Err(failure) if failure.is_static => return Outcome::Missing(failure.message),
                Err(_) => return violated(&scope),
                // A condition must not be null.
                Ok(value) if value.is_null() => return violated(&scope),
                Ok(value) => match value.as_bool() {
                    Some(false) => return violated(&scope),
                    Some(true) if !may_fail => {}
                    Some(true) => undecided = Some(Reason::MayFail),
                    None => undecided = Some(Reason::Condition(value.reason())),
                },
            }
        }
        undecided.map_or(Outcome::Holds, Outcome::Undecided)
    }
}

/// Whether the subject does not have something that an expression refers to: it is about another kind of thing.
fn lacks(subject: &Subject<'_>, needs: &[Need]) -> bool {
    let absent = |value: Option<&Value>, name: &str| {
        value.is_some_and(|value| match &value.kind {
            Kind::Mapping(entries) => !entries.contains_key(name),
            _ => false,
        })
    };
    needs.iter().any(|need| match need {
        Need::Attribute(name) => absent(subject.attrs.as_ref(), name),
        Need::OfElement(name) => absent(subject.each.as_ref().map(|(_, value)| value), name),
    })
}

/// A message as text; holes as `…`. Nothing where it would show something sensitive.
fn text_of(value: &Value) -> Option<String> {
    if value.all_marks().has(crate::eval::Marks::SENSITIVE) {
        return None;
    }
    if let Some(text) = value.as_string() {
        return Some(text.to_string());
    }
    (value.ty == Type::String).then(|| {
        let text = value.text();
        text.pieces()
            .iter()
            .map(|piece| match piece {
                crate::eval::Piece::Literal(text) => text.to_string(),
                crate::eval::Piece::Hole(_) => "…".to_owned(),
            })
            .collect()
    })
}
