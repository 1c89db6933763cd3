//! What an invariant wants to stand where a fault is. A value is only replaced where it is written out, and only by one
//! that is certain and with which the condition is true.

use std::sync::Arc;

use super::chain::At;
use super::decide::Judge;
use super::language::{Invariant, Rule};
use super::overlay::InvariantScope;
use super::subject::{Place, Subject};
use crate::config::quote;
use crate::diagnostic::{Edit, Fix};
use crate::eval::{Doubt, Kind, Value, constant, convert};
use crate::source::Span;
use crate::syntax::hcl::{ExprKind, ExprView};

impl<'p> Judge<'_, 'p> {
    /// The edit that `rule` asks for, of the literal that it finds fault with whoever calls the module.
    pub(super) fn fix(&self, invariant: &Invariant, at: &At<'p>, subject: &Subject<'p>, rule: Rule<'_>) -> Option<Fix> {
        let (wanted, applicability) = rule.fix?;
        let place = self.judged_place(invariant, at, subject, rule)?;
        if !place.source.is_native() || !is_literal(place.expr) {
            return None;
        }
        let scope = InvariantScope { invariant, instance: &at.instance, subject };
        let value = scope.with_evaluator(|evaluator| evaluator.eval(wanted)).ok()?;
        if !value.is_wholly_known() || !value.all_marks().is_none() {
            return None;
        }
        let mended = with_value(subject, &place, &value)?;
        let scope = InvariantScope { invariant, instance: &at.instance, subject: &mended };
        let answer = scope.with_evaluator(|evaluator| evaluator.eval(rule.condition)).ok()?;
        let text = rewritten(place.expr, &value).filter(|_| answer.as_bool() == Some(true))?;
        Some(Fix { applicability, edits: vec![Edit { location: place.location(), text }] })
    }
}

/// `subject` as it is when `place` has `value`.
fn with_value<'p>(subject: &Subject<'p>, place: &Place<'p>, value: &Value) -> Option<Subject<'p>> {
    let replaced = |object: &Value| {
        let mut entries = object.as_mapping()?.clone();
        let old = entries.get(&*place.name)?;
        let is_as_written = constant(place.expr).is_ok_and(|written| written.ty == old.ty);
        let new = literal(value);
        let new = if is_as_written { new } else { convert(&new, &old.ty, &mut Doubt::default()).ok()? };
        entries.insert(Arc::from(place.name.as_str()), new);
        Some(Value::object(entries))
    };
    let is_at = |root: &str| {
        let found = subject.place(root, &[&place.name]);
        found.is_some_and(|found| found.location() == place.location())
    };
    let mut mended = subject.clone();
    if is_at("each") {
        let (key, element) = subject.each.as_ref()?;
        mended.each = Some((key.clone(), replaced(element)?));
    } else if is_at("attrs") {
        mended.attrs = Some(replaced(subject.attrs.as_ref()?)?);
    } else {
        return None;
    }
    Some(mended)
}

/// `value` as the literal that is written for it has it: lists are tuples, and maps are objects.
fn literal(value: &Value) -> Value {
    match &value.kind {
        Kind::Sequence(elements) => Value::tuple(elements.iter().map(literal).collect()),
        Kind::Mapping(entries) => {
            Value::object(entries.iter().map(|(name, entry)| (Arc::clone(name), literal(entry))).collect())
        }
        _ => value.clone(),
    }
}

/// Whether nothing but values is written, and no comment.
fn is_literal(expr: ExprView<'_>) -> bool {
    let document = expr.document();
    let keys: Vec<_> = expr.walk().filter_map(ExprView::entries).flatten().map(|(key, _)| key.id()).collect();
    let is_plain = |inner: ExprView<'_>| match inner.kind() {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number
        | ExprKind::Literal { .. }
        | ExprKind::Tuple(_)
        | ExprKind::Object(_) => true,
        ExprKind::Template { heredoc, .. } => !heredoc,
        ExprKind::Variable => keys.contains(&inner.id()),
        _ => false,
    };
    expr.walk().all(is_plain) && !document.comments().any(|(span, _)| expr.span().covers(span))
}

/// `value` as it is written in place of `old`: a list keeps its lines and the texts of its elements.
fn rewritten(old: ExprView<'_>, value: &Value) -> Option<String> {
    let (Some(elements), Kind::Sequence(wanted)) = (old.elements(), &value.kind) else { return written(value) };
    let (Some(first), Some(last)) = (elements.first(), elements.last()) else { return written(value) };
    if wanted.is_empty() {
        return written(value);
    }
    let between = |start: u32, end: u32| old.document().slice(Span::new(start, end));
    let separator = elements.get(1).map_or(", ", |second| between(first.span().end, second.span().start));
    let known: Vec<(Value, &str)> =
        elements.iter().filter_map(|element| Some((constant(*element).ok()?, element.text()))).collect();
    let text = |value: &Value| {
        let kept = known.iter().find(|(known, _)| known == value).map(|(_, text)| (*text).to_owned());
        kept.or_else(|| written(value))
    };
    let texts: Vec<String> = wanted.iter().map(text).collect::<Option<_>>()?;
    let opening = between(old.span().start, first.span().start);
    let closing = between(last.span().end, old.span().end);
    Some(format!("{opening}{}{closing}", texts.join(separator)))
}

/// A known value as an expression; nothing for one that has none.
fn written(value: &Value) -> Option<String> {
    Some(match &value.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(answer) => answer.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => quote(text),
        Kind::Sequence(elements) => {
            let elements: Vec<String> = elements.iter().map(written).collect::<Option<_>>()?;
            format!("[{}]", elements.join(", "))
        }
        Kind::Mapping(entries) => {
            let entry = |(name, entry): (&Arc<str>, &Value)| Some(format!("{} = {}", quote(name), written(entry)?));
            let entries: Vec<String> = entries.iter().map(entry).collect::<Option<_>>()?;
            if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
        }
        Kind::OneOf(_) | Kind::Unknown(_) => return None,
    })
}
