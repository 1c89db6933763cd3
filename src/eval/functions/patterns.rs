//! `regex`, `regexall` and `replace`.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex_automata::util::captures::Captures;

use super::Context;
use super::call::{Call, Function, MAX_BYTES, MAX_ELEMENTS, Outcome, Parameter};
use super::strings::string;
use crate::eval::pattern::{Anchors, Pattern};
use crate::eval::refinement::{Cause, Refinement};
use crate::eval::text::{Hole, Piece, Shape, Text, Tri};
use crate::eval::value::Value;
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::split("regex", &[Parameter::String, Parameter::String], first, some_first),
    Function::split("regexall", &[Parameter::String, Parameter::String], all, some_all),
    Function::split("replace", &[Parameter::String, Parameter::String, Parameter::String], replace, some_replaced),
];

fn compile(text: &str) -> Result<Arc<Pattern>, String> {
    Pattern::new(text).map_err(|reason| format!("invalid regular expression: {reason}"))
}

/// What a call gives whose expression is too large to be matched here: Terraform might do it.
fn not_matched(call: &Call, ty: &Type, context: &mut Context<'_>) -> Value {
    context.doubt.raise();
    call.some(ty)
}

/// What a match is: a string, or a tuple of groups, or an object of named groups.
fn result_type(pattern: &Pattern) -> Result<Type, String> {
    let groups = pattern.groups();
    let named = groups.iter().filter(|name| name.is_some()).count();
    match (groups.len(), named) {
        (0, _) => Ok(Type::String),
        (count, 0) => Ok(Type::Tuple(vec![Type::String; count].into())),
        (count, named) if count == named => {
            Ok(Type::object(groups.iter().flatten().map(|name| (&**name, Type::String))))
        }
        _ => Err("a regular expression cannot have both named and unnamed groups".to_owned()),
    }
}

fn captured(pattern: &Pattern, text: &str, found: &Captures) -> Value {
    let group = |index: usize| match found.get_group(index) {
        Some(part) => string(text[part.range()].to_owned()),
        None => Value::null(Type::String),
    };
    let names = pattern.groups();
    if names.is_empty() {
        return group(0);
    }
    if names.iter().all(Option::is_some) {
        let entries =
            names.iter().enumerate().filter_map(|(index, name)| Some((name.as_deref()?.into(), group(index + 1))));
        return Value::object(entries.collect::<BTreeMap<Arc<str>, Value>>());
    }
    Value::tuple((1..=names.len()).map(group).collect())
}

fn first(call: &Call, context: &mut Context<'_>) -> Outcome {
    let pattern = compile(call.text(0).unwrap_or_default())?;
    result_type(&pattern)?;
    let text = call.text(1).unwrap_or_default();
    match pattern.captures(text) {
        Some(Some(found)) => Ok(captured(&pattern, text, &found)),
        Some(None) => Err("the text does not match the regular expression".to_owned()),
        None => Ok(not_matched(call, &Type::Any, context)),
    }
}

/// Something that a match gives; groups may have taken no part.
fn some_match(pattern: &Pattern, ty: &Type, cause: &Cause) -> Value {
    match ty {
        // The whole match is not changed by what stands around it, unless the expression looks there.
        Type::String => match whole(pattern) {
            Some(whole) => Value::some_string(Text::any().narrow(&whole, true), cause.clone()),
            None => Value::some(ty, cause),
        },
        _ => Value::some(ty, cause),
    }
}

/// The expression for a text that is a match of `pattern` and nothing else; nothing where it looks around.
fn whole(pattern: &Pattern) -> Option<Arc<Pattern>> {
    let source = pattern.source();
    let looks_around = ["^", "$", "\\b", "\\B", "\\A", "\\z", "(?", "\\Q"].iter().any(|part| source.contains(part));
    if looks_around { None } else { Pattern::new(&format!("\\A(?:{source})\\z")).ok() }
}

fn some_first(call: &Call, context: &mut Context<'_>) -> Outcome {
    let Some(source) = call.text(0) else {
        context.doubt.raise();
        return Ok(call.some(&Type::Any));
    };
    let pattern = compile(source)?;
    let ty = result_type(&pattern)?;
    match call.at(1).text().matches(&pattern) {
        Tri::Never => return Err("the text does not match the regular expression".to_owned()),
        Tri::Maybe => context.doubt.raise(),
        Tri::Always => {}
    }
    Ok(some_match(&pattern, &ty, &call.cause()))
}

fn all(call: &Call, context: &mut Context<'_>) -> Outcome {
    let pattern = compile(call.text(0).unwrap_or_default())?;
    let ty = result_type(&pattern)?;
    let text = call.text(1).unwrap_or_default();
    let Some(found) = pattern.all_captures(text, MAX_ELEMENTS + 1) else {
        return Ok(not_matched(call, &Type::list(ty), context));
    };
    let found: Vec<Value> = found.iter().map(|found| captured(&pattern, text, found)).collect();
    if found.len() > MAX_ELEMENTS {
        return Ok(Call::too_large(&Type::list(ty)));
    }
    Ok(Value::list(ty, found))
}

fn some_all(call: &Call, context: &mut Context<'_>) -> Outcome {
    let Some(source) = call.text(0) else {
        context.doubt.raise();
        return Ok(call.some(&Type::Any));
    };
    let pattern = compile(source)?;
    let ty = result_type(&pattern)?;
    let mut refinement = Refinement::new(call.cause());
    match call.at(1).text().matches(&pattern) {
        Tri::Never => return Ok(Value::list(ty, Vec::new())),
        Tri::Always => refinement.length.min = 1,
        Tri::Maybe => {}
    }
    refinement.element = Some(some_match(&pattern, &ty, &call.cause()));
    Ok(Value::unknown(Type::list(ty), refinement))
}

/// The expression where `what` is one: `/…/`.
fn expression(what: &str) -> Option<&str> {
    what.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'))
}

fn replace(call: &Call, context: &mut Context<'_>) -> Outcome {
    let [text, what, with] = [0, 1, 2].map(|index| call.text(index).unwrap_or_default());
    if let Some(source) = expression(what) {
        let pattern = compile(source)?;
        return Ok(match pattern.replace_all(text, with, MAX_BYTES) {
            None => not_matched(call, &Type::String, context),
            Some(None) => Call::too_large(&Type::String),
            Some(Some(replaced)) => string(replaced),
        });
    }
    // An empty text is found before every letter and at the end.
    let count = if what.is_empty() { text.chars().count() + 1 } else { text.matches(what).count() };
    if text.len().saturating_add(count.saturating_mul(with.len())) > MAX_BYTES {
        return Ok(Call::too_large(&Type::String));
    }
    Ok(string(text.replace(what, with)))
}

fn some_replaced(call: &Call, context: &mut Context<'_>) -> Outcome {
    let Some(what) = call.text(1) else {
        context.doubt.raise();
        return Ok(call.some(&Type::String));
    };
    let text = call.at(0).text();
    if let Some(source) = expression(what) {
        let pattern = compile(source)?;
        if text.matches(&pattern) == Tri::Never {
            return Ok(call.at(0).clone());
        }
        return Ok(without(&pattern, &call.at(2).text(), call));
    }
    if what.is_empty() {
        return Ok(call.some(&Type::String));
    }
    if text.relates(what, Anchors::None) == Tri::Never {
        return Ok(call.at(0).clone());
    }
    if what.chars().count() != 1 {
        return Ok(call.some(&Type::String));
    }
    // One letter is replaced piece by piece.
    let with = call.at(2).text();
    let is_gone = with.relates(what, Anchors::None) == Tri::Never;
    let gone = is_gone.then(|| Pattern::literal(what, Anchors::None));
    let mut pieces: Vec<Piece> = Vec::new();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(literal) => {
                for (index, part) in literal.split(what).enumerate() {
                    if index > 0 {
                        pieces.extend(with.pieces().iter().cloned());
                    }
                    pieces.push(Piece::Literal(part.into()));
                }
            }
            Piece::Hole(hole) if Text::hole(hole.clone()).relates(what, Anchors::None) == Tri::Never => {
                pieces.push(piece.clone());
            }
            Piece::Hole(_) => {
                let any = Hole::new(Shape::Any);
                pieces.push(Piece::Hole(match &gone {
                    Some(gone) => any.with(Arc::clone(gone), false),
                    None => any,
                }));
            }
        }
    }
    Ok(Value::some_string(Text::of(pieces), call.cause()))
}

/// A text in which all matches of a class of letters were replaced by something without such letters: none is left.
fn without(pattern: &Arc<Pattern>, with: &Text, call: &Call) -> Value {
    let source = pattern.source();
    let inner = source.strip_suffix('+').unwrap_or(source);
    let inner = inner.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    let is_class = inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(['[', ']', '\\']));
    let is_gone = with.matches(pattern) == Tri::Never && with.relates("$", Anchors::None) == Tri::Never;
    if is_class && is_gone {
        return Value::some_string(Text::any().narrow(pattern, false), call.cause());
    }
    call.some(&Type::String)
}
