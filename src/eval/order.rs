//! The order in which Terraform walks through a set, and lists keys.

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::value::{Kind, Value};

/// Compares two wholly known values of one type as `cty` orders the elements of a set: booleans, numbers and strings
/// by value, everything else by the text of its hash
/// (<https://github.com/zclconf/go-cty/blob/main/cty/set_internals.go>).
#[must_use]
pub(crate) fn compare(one: &Value, other: &Value) -> Ordering {
    match (&one.kind, &other.kind) {
        (Kind::Bool(one), Kind::Bool(other)) => one.cmp(other),
        (Kind::Number(one), Kind::Number(other)) => one.cmp(other),
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

fn write_hash(value: &Value, out: &mut String) {
    match &value.kind {
        Kind::Null => out.push('~'),
        Kind::Bool(value) => out.push(if *value { 'T' } else { 'F' }),
        // There is one zero among the elements of a set.
        Kind::Number(number) if number.is_zero() => out.push('0'),
        Kind::Number(number) => {
            let _ = write!(out, "{number}");
        }
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
