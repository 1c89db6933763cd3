//! The chain of expressions that a value came through: attribute, local values, variable, argument of the call, entry of
//! a file of values.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;

use super::context::Context;
use super::repeated::around;
use super::subject::Place;
use crate::diagnostic::Location;
use crate::eval::module::{Frame, Inputs, Instance};
use crate::eval::{Kind, Marks, Piece, Value};
use crate::source::Span;
use crate::syntax::hcl::{ExprKind, ExprView};
use crate::terraform::{Source, Type};

/// Most steps of a chain.
const MAX_STEPS: usize = 5;

/// Longest text of a value in a message, in characters.
const MAX_TEXT: usize = 48;

/// One link of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it is.
    pub location: Location,
    /// What it is; a phrase.
    pub message: String,
    /// Whether a value is written here, which nothing else decides.
    pub is_origin: bool,
}

/// A module in a context, and how it came to be called.
#[derive(Clone)]
pub(super) struct At<'p> {
    pub(super) instance: Rc<Instance<'p>>,
    pub(super) context: Option<Rc<Context<'p>>>,
    /// Variables that the invariant fixes, or that show a fault.
    pub(super) given: Rc<BTreeMap<Arc<str>, Value>>,
}

/// What the value of an expression in the module `at.0` depends on, nearest first; `at.1` says how it is called.
#[must_use]
pub fn trace<'p>(
    at: (&Rc<Instance<'p>>, Option<&Rc<Context<'p>>>),
    (source, expr, frame): (&'p Source, ExprView<'p>, &Frame),
) -> Vec<Step> {
    let at = At { instance: Rc::clone(at.0), context: at.1.cloned(), given: Rc::default() };
    chain(&at, &expression(source, expr, frame.clone(), ""))
}

/// What `place` depends on, nearest first.
pub(super) fn chain<'p>(at: &At<'p>, place: &Place<'p>) -> Vec<Step> {
    let mut steps = Vec::new();
    follow(at, place, &mut steps, 0);
    steps
}

fn push(steps: &mut Vec<Step>, step: Step) -> bool {
    if steps.len() >= MAX_STEPS || steps.iter().any(|known| known.location == step.location) {
        return false;
    }
    steps.push(step);
    true
}

fn follow<'p>(at: &At<'p>, place: &Place<'p>, steps: &mut Vec<Step>, level: u32) {
    if level > 12 {
        return;
    }
    let all = references(at, place);
    for names in &all {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        // Among several references those that may be anything explain nothing.
        if all.len() > 1 && says_nothing(at, &names) {
            continue;
        }
        match names.as_slice() {
            ["local", name, ..] => local(at, name, steps, level),
            ["var", name, ..] => variable(at, name, steps, level),
            ["each", ..] => through_for_each(at, place, "each", steps, level),
            [first, ..] if place.frame.iterators.iter().any(|(known, _)| **known == **first) => {
                through_for_each(at, place, first, steps, level);
            }
            _ => {}
        }
    }
}

/// Whether a reference is a variable that may hold anything of its type.
fn says_nothing(at: &At<'_>, names: &[&str]) -> bool {
    let ["var", name, ..] = names else { return false };
    at.instance.variable(name).is_none_or(|set| matches!(set.value.kind, Kind::Unknown(_)))
}

fn local<'p>(at: &At<'p>, name: &str, steps: &mut Vec<Step>, level: u32) {
    let module = at.instance.module();
    let Some((source, attribute)) = module.local(name) else {
        return;
    };
    let value = at.instance.local(name, Span::at(0)).and_then(Result::ok);
    let is = value.map(|value| format!(" is {}", describe(&value))).unwrap_or_default();
    let step = Step {
        location: source.location(attribute.value().span()),
        message: format!("`local.{name}`{is}"),
        is_origin: is_literal(attribute.value()),
    };
    if push(steps, step) {
        let next = expression(source, attribute.value(), Frame::default(), name);
        follow(at, &next, steps, level + 1);
    }
}

fn variable<'p>(at: &At<'p>, name: &str, steps: &mut Vec<Step>, level: u32) {
    let Some(declared) = at.instance.module().variable(name) else { return };
    let Some(set) = at.instance.variable(name) else { return };
    if at.given.contains_key(name) {
        let message = format!("`var.{name}` is {} in this case", describe(&set.value));
        push(steps, Step { location: declared.location(declared.block.header_span()), message, is_origin: false });
        return;
    }
    let is_passed = matches!(&at.instance.inputs, Inputs::Call(passed) if passed.contains_key(name));
    let site = at.context.as_ref().and_then(|context| context.call.as_ref());
    if let (true, Some(site)) = (is_passed, site)
        && let Some(argument) = site.declaration.value(name)
    {
        let step = Step {
            location: site.declaration.source.location(argument.span()),
            message: format!("`{name}` is {} here", describe(&set.value)),
            is_origin: is_literal(argument),
        };
        if push(steps, step) {
            let next = expression(site.declaration.source, argument, site.frame.clone(), name);
            let caller = At {
                instance: Rc::clone(&site.caller.instance),
                context: Some(Rc::clone(&site.caller)),
                given: Rc::default(),
            };
            follow(&caller, &next, steps, level + 1);
        }
        return;
    }
    if let Some(written) = at.context.as_ref().and_then(|context| context.values.get(name)) {
        let message = format!("`{name}` is {} here", describe(&set.value));
        push(steps, Step { location: *written, message, is_origin: true });
        return;
    }
    let body = declared.block.body();
    let default = body.value("default").filter(|_| matches!(at.instance.inputs, Inputs::Call(_)));
    let (span, message, is_origin) = match (default, body.value("type")) {
        (Some(default), _) => {
            (default.span(), format!("nothing is passed, so `var.{name}` is {}", describe(&set.value)), true)
        }
        (None, Some(ty)) => (ty.span(), format!("a caller may pass {}", describe(&set.value)), false),
        (None, None) => (declared.block.header_span(), format!("any caller may pass any value as `{name}`"), false),
    };
    push(steps, Step { location: declared.location(span), message, is_origin });
}

/// The collection that the element `iterator` comes from.
fn through_for_each<'p>(at: &At<'p>, place: &Place<'p>, iterator: &str, steps: &mut Vec<Step>, level: u32) {
    let mut repetitions = around(place.source, place.expr).into_iter().rev();
    if let Some(repeated) = repetitions.find(|repeated| repeated.iterator == iterator) {
        let next = expression(place.source, repeated.over, place.frame.clone(), "for_each");
        follow(at, &next, steps, level + 1);
    }
}

fn expression<'p>(source: &'p Source, expr: ExprView<'p>, frame: Frame, name: &str) -> Place<'p> {
    Place { source, expr, frame, name: name.to_owned() }
}

/// The references in an expression that decide its value here: the branch of a conditional that is not taken has none.
fn references<'p>(at: &At<'p>, place: &Place<'p>) -> Vec<Vec<String>> {
    let mut found: Vec<(Span, Vec<String>)> = Vec::new();
    let mut skipped: Vec<Span> = Vec::new();
    for expr in place.expr.walk() {
        if skipped.iter().any(|span| span.covers(expr.span())) {
            continue;
        }
        if let ExprKind::Conditional { condition, yes, no } = expr.kind() {
            let document = expr.document();
            let (answer, _) = at.instance.eval(&place.frame, document.expression(condition));
            if let Some(answer) = answer.ok().and_then(|answer| answer.as_bool()) {
                skipped.push(document.expression(if answer { no } else { yes }).span());
            }
        }
        if !matches!(expr.kind(), ExprKind::GetAttr { .. } | ExprKind::Index { .. }) {
            continue;
        }
        if found.iter().any(|(span, _)| span.covers(expr.span())) {
            continue;
        }
        if let Some(steps) = expr.as_reference() {
            found.push((expr.span(), steps.iter().map(ToString::to_string).collect()));
        }
    }
    // Values matter more than the conditions that choose them; the order of the text otherwise.
    found.sort_by_key(|(span, _)| span.start);
    found.into_iter().map(|(_, names)| names).collect()
}

fn is_literal(expr: ExprView<'_>) -> bool {
    !expr.walk().any(|inner| inner.kind() == ExprKind::Variable && !is_key(expr, inner))
}

fn is_key(outer: ExprView<'_>, word: ExprView<'_>) -> bool {
    outer.walk().filter_map(ExprView::entries).flatten().any(|(key, _)| key.id() == word.id())
}

/// A value in words; never one that is sensitive.
pub(super) fn describe(value: &Value) -> String {
    if value.all_marks().has(Marks::SENSITIVE) {
        return "a sensitive value".to_owned();
    }
    match &value.kind {
        Kind::OneOf(all) => {
            let shown: Vec<String> = all.iter().take(4).map(literal).collect();
            let more = if all.len() > 4 { ", …" } else { "" };
            format!("one of {}{more}", shown.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", "))
        }
        Kind::Unknown(known) => {
            let range = &known.number;
            match &value.ty {
                Type::Number if !range.is_any() => {
                    let low = range.low.as_ref().map(|low| format!(" from {}", low.at));
                    let high = range.high.as_ref().map(|high| format!(" up to {}", high.at));
                    format!("a number{}{}", low.unwrap_or_default(), high.unwrap_or_default())
                }
                Type::String if known.text.as_ref().is_some_and(|text| text.pieces().len() > 1) => {
                    format!("`{}`", literal(value))
                }
                Type::Any => "any value".to_owned(),
                ty => format!("any {}", type_name(ty)),
            }
        }
        Kind::Mapping(_) | Kind::Sequence(_) if !value.is_wholly_known() => {
            format!("any {}", type_name(&value.ty))
        }
        _ => format!("`{}`", literal(value)),
    }
}

/// A type as it is written, or only what kind of type it is where that is long.
fn type_name(ty: &Type) -> String {
    let text = ty.to_string();
    let kind = match ty {
        _ if text.chars().count() <= MAX_TEXT => return text,
        Type::Object(_) => "object",
        Type::Map(_) => "map",
        Type::Set(_) => "set",
        Type::Tuple(_) => "tuple",
        _ => "list",
    };
    format!("{kind} of this type")
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= MAX_TEXT {
        return text.to_owned();
    }
    let short: String = text.chars().take(MAX_TEXT - 1).collect();
    format!("{short}…")
}

/// A value as it is written, shortened.
fn literal(value: &Value) -> String {
    let mut out = String::new();
    write_literal(value, &mut out);
    shorten(&out)
}

fn write_literal(value: &Value, out: &mut String) {
    if out.len() > 4 * MAX_TEXT {
        return;
    }
    match &value.kind {
        Kind::Null => out.push_str("null"),
        Kind::Bool(answer) => {
            let _ = write!(out, "{answer}");
        }
        Kind::Number(number) => {
            let _ = write!(out, "{number}");
        }
        Kind::String(text) => {
            let _ = write!(out, "{text:?}");
        }
        Kind::Sequence(elements) => {
            out.push('[');
            for (at, element) in elements.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                write_literal(element, out);
            }
            out.push(']');
        }
        Kind::Mapping(entries) => {
            out.push_str("{ ");
            for (at, (name, entry)) in entries.iter().enumerate() {
                let _ = write!(out, "{}{name} = ", if at == 0 { "" } else { ", " });
                write_literal(entry, out);
            }
            out.push_str(" }");
        }
        Kind::OneOf(_) => out.push('…'),
        Kind::Unknown(known) => match &known.text {
            Some(text) if value.ty == Type::String => {
                out.push('"');
                for piece in text.pieces() {
                    match piece {
                        Piece::Literal(text) => out.push_str(text),
                        Piece::Hole(_) => out.push('…'),
                    }
                }
                out.push('"');
            }
            _ => out.push('…'),
        },
    }
}
