//! `format` and `formatlist` (<https://developer.hashicorp.com/terraform/language/functions/format>), with Go's rules for
//! flags, width and precision.

use num_bigint::{BigInt, Sign};

use super::Context;
use super::call::{Call, Function, MAX_BYTES, MAX_ELEMENTS, Outcome, Parameter};
use super::strings::{characters, known_bytes, string};
use crate::eval::convert::convert;
use crate::eval::join::form;
use crate::eval::number::Number;
use crate::eval::range::Length;
use crate::eval::refinement::{Form, Refinement};
use crate::eval::text::{Hole, Piece, Shape, Text};
use crate::eval::value::{Kind, Value};
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::whole("format", &[Parameter::String], format).and_more(Parameter::AnyOrNull),
    Function::whole("formatlist", &[Parameter::String], format_list).and_more(Parameter::AnyOrNull),
];

/// Wider than this is not written out.
const MAX_WIDTH: usize = 10_000;

/// What stands between verbs, and the verbs.
enum Part<'f> {
    Literal(&'f str),
    Verb(Verb),
}

/// `%` and what follows it.
#[derive(Default)]
struct Verb {
    sharp: bool,
    plus: bool,
    minus: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
    /// Which argument, from zero.
    argument: usize,
    letter: char,
}

/// Splits a format, and says how many arguments it uses.
fn parse(format: &str) -> Result<(Vec<Part<'_>>, usize), String> {
    let mut parts = Vec::new();
    let (mut rest, mut next, mut used) = (format, 0usize, 0usize);
    while let Some(at) = rest.find('%') {
        if at > 0 {
            parts.push(Part::Literal(&rest[..at]));
        }
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            parts.push(Part::Literal("%"));
            rest = after;
            continue;
        }
        let (verb, after) = parse_verb(rest, next)?;
        next = verb.argument + 1;
        used = used.max(next);
        parts.push(Part::Verb(verb));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest));
    }
    Ok((parts, used))
}

fn parse_verb(text: &str, next: usize) -> Result<(Verb, &str), String> {
    let mut verb = Verb { argument: next, ..Verb::default() };
    let mut rest = text;
    while let Some(flag) = rest.bytes().next() {
        match flag {
            b'#' => verb.sharp = true,
            b'+' => verb.plus = true,
            b'-' => verb.minus = true,
            b' ' => verb.space = true,
            b'0' => verb.zero = true,
            _ => break,
        }
        rest = &rest[1..];
    }
    (verb.width, rest) = digits(rest);
    if let Some(after) = rest.strip_prefix('.') {
        let (precision, after) = digits(after);
        (verb.precision, rest) = (Some(precision.unwrap_or(0)), after);
    }
    if let Some(after) = rest.strip_prefix('[') {
        let (number, after) = digits(after);
        let after = after.strip_prefix(']').ok_or("`[` in a format needs a number and `]`")?;
        let number = number.filter(|number| *number > 0).ok_or("arguments of a format are counted from 1")?;
        (verb.argument, rest) = (number - 1, after);
    }
    let mut letters = rest.chars();
    verb.letter = letters.next().ok_or("the format ends within a verb")?;
    if !"vtbdoxXeEfgGsq".contains(verb.letter) {
        return Err(format!("`{}` is no verb of a format", verb.letter));
    }
    Ok((verb, letters.as_str()))
}

fn digits(text: &str) -> (Option<usize>, &str) {
    let length = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    if length == 0 {
        return (None, text);
    }
    (Some(text[..length].parse().unwrap_or(usize::MAX)), &text[length..])
}

fn format(call: &Call, context: &mut Context<'_>) -> Outcome {
    let may_be_open = |one: &Value| one.may_be_null() && one.ty == Type::Any;
    match formatted(call, context) {
        // Where `null` without a type makes the result unknown, nothing is looked at.
        Err(_) if call.arguments.iter().any(may_be_open) => {
            context.doubt.raise();
            Ok(call.some(&Type::String))
        }
        outcome => outcome,
    }
}

fn formatted(call: &Call, context: &mut Context<'_>) -> Outcome {
    let Some(source) = call.text(0) else {
        context.doubt.raise();
        return Ok(call.some(&Type::String));
    };
    if call.rest.is_some() {
        context.doubt.raise();
        return Ok(call.some(&Type::String));
    }
    // Terraform never knows the result for `null` without a type, nor its type.
    if call.arguments.iter().any(|one| one.is_null() && one.ty == Type::Any) {
        return Ok(call.some(&Type::Any));
    }
    let (parts, used) = parse(source)?;
    if call.arguments.len() - 1 > used {
        return Err(format!("the format uses {used} of {} arguments", call.arguments.len() - 1));
    }
    let row: Vec<&Value> = call.arguments[1..].iter().collect();
    Ok(match write(&parts, &row, context)? {
        Some(text) => match text.as_literal() {
            Some(text) => string(text.to_string()),
            None => Value::some_string(text, call.cause()),
        },
        None => Call::too_large(&Type::String),
    })
}

/// The text for one row of arguments; nothing where it is too large.
fn write(parts: &[Part<'_>], row: &[&Value], context: &mut Context<'_>) -> Result<Option<Text>, String> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut size = 0;
    for part in parts {
        match part {
            Part::Literal(text) => pieces.push(Piece::Literal((*text).into())),
            Part::Verb(verb) => {
                let argument = row.get(verb.argument).ok_or("the format has more verbs than there are arguments")?;
                if verb.width.max(verb.precision).is_some_and(|width| width > MAX_WIDTH) {
                    return Ok(None);
                }
                let text = write_verb(verb, argument, context)?;
                size += known_bytes(&text);
                pieces.extend(text.pieces().iter().cloned());
            }
        }
    }
    Ok((size <= MAX_BYTES).then(|| Text::of(pieces)))
}

fn write_verb(verb: &Verb, argument: &Value, context: &mut Context<'_>) -> Result<Text, String> {
    let any = || Text::hole(Hole::new(Shape::Any));
    if verb.letter == 'v' {
        return Ok(match written(verb, argument) {
            Some(text) => Text::literal(pad(verb, text)),
            None => some_value(verb, argument),
        });
    }
    let wanted = match verb.letter {
        't' => Type::Bool,
        's' | 'q' => Type::String,
        _ => Type::Number,
    };
    if argument.nullable {
        context.doubt.raise();
    }
    let present = argument.not_null().ok_or("null cannot be formatted")?;
    let value = convert(&present, &wanted, context.doubt)?;
    match (&value.kind, verb.letter) {
        // Width counts for nothing here.
        (Kind::Bool(answer), _) => Ok(Text::literal(if *answer { "true" } else { "false" })),
        (Kind::Number(number), 'e' | 'E' | 'f' | 'g' | 'G') => Ok(float(verb, number).map_or_else(any, Text::literal)),
        (Kind::Number(number), _) => match number.to_integer() {
            Some(integer) => Ok(Text::literal(whole(verb, &integer))),
            None if number.is_integer() => Ok(any()),
            None => Err("a whole number is required".to_owned()),
        },
        (Kind::String(text), letter) => {
            let cut: String = match verb.precision {
                Some(precision) => characters(text).take(precision).collect(),
                None => text.to_string(),
            };
            let text = if letter == 'q' { super::json::quoted(&cut) } else { cut };
            Ok(Text::literal(pad(verb, text)))
        }
        _ => {
            if wanted == Type::Number && "bdoxX".contains(verb.letter) && !value.number_range().integer {
                context.doubt.raise();
            }
            Ok(some_text(verb, &value))
        }
    }
}

/// What is written for `%v` where all is known.
fn written(verb: &Verb, argument: &Value) -> Option<String> {
    match &argument.kind {
        _ if !argument.is_wholly_known() => None,
        Kind::String(text) if !verb.sharp => Some(text.to_string()),
        Kind::Number(number) if !verb.sharp => general(number, None, 'e'),
        _ => super::json::encode(argument)?.as_literal().map(|text| text.to_string()),
    }
}

/// `%v` of what is not known.
fn some_value(verb: &Verb, argument: &Value) -> Text {
    let is_plain = verb.width.is_none() && !verb.sharp && !argument.nullable;
    match argument.ty {
        Type::String if is_plain => argument.text(),
        Type::Bool if is_plain => Text::hole(Hole::new(Shape::Bool)),
        _ => Text::any(),
    }
}

/// Any other verb of what is not known.
fn some_text(verb: &Verb, value: &Value) -> Text {
    let is_plain = verb.width.is_none() && verb.precision.is_none();
    let range = value.number_range();
    match (verb.letter, &value.ty) {
        ('s', _) if is_plain => value.text(),
        ('t', _) => Text::hole(Hole::new(Shape::Bool)),
        ('q', _) if is_plain => {
            Text::of([Piece::Literal("\"".into()), Piece::Hole(Hole::new(Shape::Any)), Piece::Literal("\"".into())])
        }
        ('d', _) if is_plain && !verb.plus && !verb.space => {
            Text::hole(Hole::new(Shape::Number { integer: true, non_negative: range.is_unsigned() }))
        }
        _ => Text::any(),
    }
}

/// Adds spaces, or zeros, up to the width.
fn pad(verb: &Verb, text: String) -> String {
    let length = characters(&text).count();
    let Some(missing) = verb.width.and_then(|width| width.checked_sub(length)) else { return text };
    let padding = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus { text + &padding } else { padding + &text }
}

fn sign(verb: &Verb, negative: bool) -> &'static str {
    match (negative, verb.plus, verb.space) {
        (true, _, _) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    }
}

/// A whole number, as Go's `big.Int` is formatted.
fn whole(verb: &Verb, number: &BigInt) -> String {
    let (base, prefix) = match verb.letter {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = number.magnitude().to_str_radix(base);
    if verb.letter == 'X' {
        digits.make_ascii_uppercase();
    }
    if verb.precision == Some(0) && number.sign() == Sign::NoSign {
        return String::new();
    }
    let sign = sign(verb, number.sign() == Sign::Minus);
    let prefix = if verb.sharp { prefix } else { "" };
    let mut zeros = verb.precision.map_or(0, |precision| precision.saturating_sub(digits.len()));
    let length = sign.len() + prefix.len() + zeros + digits.len();
    let missing = verb.width.map_or(0, |width| width.saturating_sub(length));
    let (mut left, mut right) = (0, 0);
    match (verb.minus, verb.zero && verb.precision.is_none()) {
        (true, _) => right = missing,
        (_, true) => zeros = missing,
        _ => left = missing,
    }
    format!("{}{sign}{prefix}{}{digits}{}", " ".repeat(left), "0".repeat(zeros), " ".repeat(right))
}

/// A number with a point, as Go's `big.Float` is formatted; nothing where it has too many digits.
fn float(verb: &Verb, number: &Number) -> Option<String> {
    let magnitude = number.abs();
    let text = if number.is_infinite() {
        "Inf".to_owned()
    } else {
        match verb.letter {
            'f' => magnitude.fixed(verb.precision.unwrap_or(6))?,
            'e' | 'E' => {
                let precision = verb.precision.unwrap_or(6);
                let (digits, point) = magnitude.rounded_digits(precision + 1)?;
                scientific(&digits, point, precision, verb.letter)
            }
            letter => general(&magnitude, verb.precision, if letter == 'g' { 'e' } else { 'E' })?,
        }
    };
    let sign = if number.is_infinite() && !number.is_negative() { "+" } else { sign(verb, number.is_negative()) };
    let missing = verb.width.map_or(0, |width| width.saturating_sub(sign.len() + text.len()));
    Some(if verb.zero && !verb.minus && !number.is_infinite() {
        format!("{sign}{}{text}", "0".repeat(missing))
    } else if verb.minus {
        format!("{sign}{text}{}", " ".repeat(missing))
    } else {
        format!("{}{sign}{text}", " ".repeat(missing))
    })
}

/// `%g`: with an exponent where it is below -4 or not below the precision, which is taken for 6 where none is given.
fn general(number: &Number, precision: Option<usize>, letter: char) -> Option<String> {
    if number.is_infinite() {
        return number.text();
    }
    let (digits, point) = match precision {
        None => number.shortest_digits()?,
        Some(precision) => number.rounded_digits(precision.max(1))?,
    };
    let count = i64::try_from(digits.len()).ok()?;
    let limit = match precision {
        None => 6,
        Some(precision) => {
            let precision = i64::try_from(precision.max(1)).ok()?;
            if precision > count && count >= point { count } else { precision }
        }
    };
    let exponent = point - 1;
    let sign = if number.is_negative() { "-" } else { "" };
    if !digits.is_empty() && (exponent < -4 || exponent >= limit) {
        return Some(format!("{sign}{}", scientific(&digits, point, digits.len().saturating_sub(1), letter)));
    }
    Some(format!("{sign}{}", fixed(&digits, point)))
}

/// All digits without an exponent.
fn fixed(digits: &str, point: i64) -> String {
    let whole = usize::try_from(point).unwrap_or(0);
    if digits.is_empty() {
        return "0".to_owned();
    }
    if point <= 0 {
        return format!("0.{}{digits}", "0".repeat(usize::try_from(-point).unwrap_or(0)));
    }
    match digits.split_at_checked(whole) {
        Some((before, after)) if !after.is_empty() => format!("{before}.{after}"),
        _ => format!("{digits}{}", "0".repeat(whole.saturating_sub(digits.len()))),
    }
}

/// `d.ddde±dd`
fn scientific(digits: &str, point: i64, precision: usize, letter: char) -> String {
    let exponent = if digits.is_empty() { 0 } else { point - 1 };
    let mut all = if digits.is_empty() { "0".to_owned() } else { digits.to_owned() };
    all.push_str(&"0".repeat((precision + 1).saturating_sub(all.len())));
    let (first, rest) = all.split_at(1);
    let dot = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{dot}{rest}{letter}{sign}{:02}", exponent.abs())
}

fn format_list(call: &Call, context: &mut Context<'_>) -> Outcome {
    let list = Type::list(Type::String);
    let Some(source) = call.text(0).filter(|_| call.rest.is_none()) else {
        context.doubt.raise();
        return Ok(call.some(&list));
    };
    let (parts, used) = parse(source)?;
    let arguments = &call.arguments[1..];
    if arguments.iter().any(|one| one.is_null() && one.ty == Type::Any) {
        return Ok(call.some(&list));
    }
    if arguments.is_empty() {
        let text = write(&parts, &[], context)?;
        return Ok(Value::list(Type::String, vec![row_value(call, text)]));
    }
    let mut length: Option<Length> = None;
    for argument in arguments {
        if argument.ty == Type::Any {
            context.doubt.raise();
        }
        if argument.may_be_null() {
            context.doubt.raise();
        }
        if form(argument) != Form::Sequence {
            continue;
        }
        if argument.is_null() {
            return Err("a list for `formatlist` is null".to_owned());
        }
        let own = argument.length();
        length = Some(match length {
            None => own,
            Some(before) => {
                if before.max != Some(before.min) || own != before {
                    context.doubt.raise();
                }
                before.meet(own).ok_or("the lists for `formatlist` must have the same length")?
            }
        });
    }
    if arguments.iter().any(|argument| argument.ty == Type::Any) {
        return Ok(call.some(&list));
    }
    let length = length.unwrap_or(Length::exactly(1));
    if arguments.len() > used && length.max != Some(0) {
        if length.min == 0 {
            context.doubt.raise();
        }
        return Err(format!("the format uses {used} of {} arguments", arguments.len()));
    }
    let columns: Option<Vec<Option<&[Value]>>> = arguments
        .iter()
        .map(|argument| if form(argument) == Form::Sequence { argument.as_sequence().map(Some) } else { Some(None) })
        .collect();
    if let (Some(columns), Some(count)) = (columns, length.max.and_then(|max| usize::try_from(max).ok())) {
        if count > MAX_ELEMENTS {
            return Ok(Call::too_large(&list));
        }
        let mut rows = Vec::with_capacity(count);
        for at in 0..count {
            let row = columns
                .iter()
                .zip(arguments)
                .map(|(column, single)| column.and_then(|all| all.get(at)).unwrap_or(single));
            let text = write(&parts, &row.collect::<Vec<_>>(), context)?;
            rows.push(row_value(call, text));
        }
        return Ok(Value::list(Type::String, rows));
    }
    let elements: Vec<Value> = arguments
        .iter()
        .map(|argument| match form(argument) {
            Form::Sequence => argument.element().unwrap_or_else(|| call.some(&Type::Any)),
            _ => argument.clone(),
        })
        .collect();
    let row: Vec<&Value> = elements.iter().collect();
    let text = match write(&parts, &row, context) {
        Ok(text) => text,
        Err(message) if length.min > 0 => return Err(message),
        Err(_) => {
            context.doubt.raise();
            return Ok(Value::list(Type::String, Vec::new()));
        }
    };
    let mut refinement = Refinement::new(call.cause());
    refinement.length = length;
    refinement.element = Some(row_value(call, text));
    Ok(Value::unknown(list, refinement))
}

fn row_value(call: &Call, text: Option<Text>) -> Value {
    match text.as_ref().map(Text::as_literal) {
        Some(Some(literal)) => string(literal.to_string()),
        _ => match text {
            Some(text) => Value::some_string(text, call.cause()),
            None => Call::too_large(&Type::String),
        },
    }
}
