//! The order in which Terraform walks through a set, and lists keys.

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::number::Number;
use super::value::{Kind, Value};

/// Compares two wholly known values of one type as `cty` orders the elements of a set: booleans, numbers and strings
/// by value, everything else by the text of its hash. `-0` and `0` are two elements, though they are equal
/// (<https://github.com/zclconf/go-cty/blob/main/cty/set_internals.go>).
#[must_use]
pub(crate) fn compare(one: &Value, other: &Value) -> Ordering {
    match (&one.kind, &other.kind) {
        (Kind::Bool(one), Kind::Bool(other)) => one.cmp(other),
        (Kind::Number(one), Kind::Number(other)) => {
            one.cmp(other).then_with(|| other.is_negative().cmp(&one.is_negative()))
        }
        (Kind::String(one), Kind::String(other)) => one.cmp(other),
        // Null stands after everything else.
        (Kind::Null, Kind::Null) => Ordering::Equal,
        (Kind::Null, _) => Ordering::Greater,
        (_, Kind::Null) => Ordering::Less,
        _ => {
            let mut texts = [String::new(), String::new()];
            write_hash(one, &mut texts[0]);
            write_hash(other, &mut texts[1]);
            texts[0].cmp(&texts[1])
        }
    }
}

/// A number as it is hashed: with ten significant digits, as Go's `%.10g` writes it.
fn hash_of(number: &Number) -> String {
    const DIGITS: usize = 10;
    let Some((digits, exponent)) = number.rounded_digits(DIGITS).filter(|_| !number.is_zero()) else {
        return number.to_string();
    };
    let digits = digits.trim_end_matches('0');
    let sign = if number.is_negative() { "-" } else { "" };
    let length = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    let limit = if length < 10 && length >= exponent { length } else { 10 };
    let power = exponent - 1;
    if power >= -4 && power < limit {
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
        let at = usize::try_from(exponent).unwrap_or(0);
        return match exponent {
            ..=0 => format!("{sign}0.{}{digits}", zeros(-exponent)),
            _ if at >= digits.len() => format!("{sign}{digits}{}", zeros(exponent - length)),
            _ => format!("{sign}{}.{}", &digits[..at], &digits[at..]),
        };
    }
    let (first, rest) = digits.split_at(1.min(digits.len()));
    let point = if rest.is_empty() { "" } else { "." };
    let direction = if power < 0 { '-' } else { '+' };
    format!("{sign}{first}{point}{rest}e{direction}{:02}", power.abs())
}

fn write_hash(value: &Value, out: &mut String) {
    match &value.kind {
        Kind::Null => out.push('~'),
        Kind::Bool(value) => out.push(if *value { 'T' } else { 'F' }),
        Kind::Number(number) => out.push_str(&hash_of(number)),
        Kind::String(text) => {
            let _ = write!(out, "{text:?}");
        }
        Kind::Sequence(elements) => {
            let is_tuple = matches!(value.ty, crate::terraform::Type::Tuple(_));
            out.push(if is_tuple { '<' } else { '[' });
            for element in elements.iter() {
                write_hash(element, out);
                out.push(';');
            }
            out.push(if is_tuple { '>' } else { ']' });
        }
        Kind::Mapping(entries) => {
            let is_map = matches!(value.ty, crate::terraform::Type::Map(_));
            out.push(if is_map { '{' } else { '<' });
            for (name, entry) in entries.iter() {
                if is_map {
                    let _ = write!(out, "{name:?}:");
                }
                write_hash(entry, out);
                out.push(';');
            }
            out.push(if is_map { '}' } else { '>' });
        }
        Kind::OneOf(_) | Kind::Unknown(_) => out.push('?'),
    }
}
