//! `jsonencode` and `jsondecode`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::Context;
use super::call::{Call, Function, MAX_BYTES, MAX_ELEMENTS, Outcome, Parameter};
use super::strings::string;
use crate::eval::number::Number;
use crate::eval::pattern::Pattern;
use crate::eval::text::{Hole, Piece, Shape, Text, Tri};
use crate::eval::value::{Kind, Value};
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::whole("jsonencode", &[Parameter::AnyOrNull], json_encode).injective(),
    Function::split("jsondecode", &[Parameter::String], json_decode, some_decoded),
];

fn json_encode(call: &Call, context: &mut Context<'_>) -> Outcome {
    let value = call.at(0);
    let Some(text) = encode(value) else {
        return Ok(call.some(&Type::String));
    };
    if holds_infinity(value) {
        return Err("infinity cannot be written as JSON".to_owned());
    }
    let _ = context;
    Ok(match text.as_literal() {
        Some(text) => string(text.to_string()),
        None => Value::some_string(text, call.cause()),
    })
}

fn holds_infinity(value: &Value) -> bool {
    match &value.kind {
        Kind::Number(number) => number.is_infinite(),
        Kind::Sequence(elements) => elements.iter().any(holds_infinity),
        Kind::Mapping(entries) => entries.values().any(holds_infinity),
        _ => false,
    }
}

/// A value as JSON, with holes for what is not known; nothing where it is too large.
pub(super) fn encode(value: &Value) -> Option<Text> {
    let mut writer = Writer { pieces: Vec::new(), text: String::new(), size: 0 };
    writer.value(value)?;
    writer.flush();
    Some(Text::of(writer.pieces))
}

struct Writer {
    pieces: Vec<Piece>,
    text: String,
    size: usize,
}

impl Writer {
    fn flush(&mut self) {
        self.size += self.text.len();
        self.pieces.push(Piece::Literal(std::mem::take(&mut self.text).into()));
    }

    fn hole(&mut self, hole: Hole) {
        self.flush();
        self.pieces.push(Piece::Hole(hole));
    }

    fn value(&mut self, value: &Value) -> Option<()> {
        if self.size + self.text.len() > MAX_BYTES {
            return None;
        }
        match &value.kind {
            _ if value.nullable => self.hole(Hole::new(Shape::Any)),
            Kind::Null => self.text.push_str("null"),
            Kind::Bool(answer) => self.text.push_str(if *answer { "true" } else { "false" }),
            Kind::Number(number) => self.text.push_str(&number.text()?),
            Kind::String(text) => self.text.push_str(&quoted(text)),
            Kind::Sequence(elements) => {
                self.text.push('[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        self.text.push(',');
                    }
                    self.value(element)?;
                }
                self.text.push(']');
            }
            Kind::Mapping(entries) => {
                self.text.push('{');
                for (index, (name, entry)) in entries.iter().enumerate() {
                    if index > 0 {
                        self.text.push(',');
                    }
                    self.text.push_str(&quoted(name));
                    self.text.push(':');
                    self.value(entry)?;
                }
                self.text.push('}');
            }
            Kind::OneOf(_) | Kind::Unknown(_) => self.unknown(value),
        }
        Some(())
    }

    fn unknown(&mut self, value: &Value) {
        let around = |writer: &mut Self, open: char, close: char| {
            writer.text.push(open);
            writer.hole(Hole::new(Shape::Any));
            writer.text.push(close);
        };
        match value.ty {
            Type::Bool => self.hole(Hole::new(Shape::Bool)),
            Type::Number => {
                let range = value.number_range();
                self.hole(Hole::new(Shape::Number { integer: range.integer, non_negative: range.is_unsigned() }));
            }
            Type::String => {
                self.text.push('"');
                for piece in value.text().pieces() {
                    match piece {
                        Piece::Literal(text) => {
                            let quoted = quoted(text);
                            self.text.push_str(&quoted[1..quoted.len() - 1]);
                        }
                        Piece::Hole(hole) if is_plain(hole) => self.hole(hole.clone()),
                        Piece::Hole(_) => self.hole(Hole::new(Shape::Any)),
                    }
                }
                self.text.push('"');
            }
            Type::List(_) | Type::Set(_) | Type::Tuple(_) => around(self, '[', ']'),
            Type::Map(_) | Type::Object(_) => around(self, '{', '}'),
            Type::Any => self.hole(Hole::new(Shape::Any)),
        }
    }
}

/// Whether what a hole holds is written in JSON as it is.
fn is_plain(hole: &Hole) -> bool {
    let special = Pattern::new("[^a-zA-Z0-9_. :/,;+*=@()\\[\\]{}!?#%~^|$-]");
    special.is_ok_and(|special| Text::hole(hole.clone()).matches(&special) == Tri::Never)
}

/// A JSON string, as Go writes it.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

fn json_decode(call: &Call, _: &mut Context<'_>) -> Outcome {
    let text = call.text(0).unwrap_or_default();
    if depth(text) > MAX_DEPTH {
        return Ok(Call::too_large(&Type::Any).or_null());
    }
    let mut count = 0;
    match decode(text, &mut count) {
        Some(value) => Ok(value),
        None if count > MAX_ELEMENTS => Ok(Call::too_large(&Type::Any).or_null()),
        // Go takes half of a pair of surrogates.
        None if text.contains("\\ud") || text.contains("\\uD") => Ok(call.some(&Type::Any).or_null()),
        None => Err("the text is not JSON".to_owned()),
    }
}

/// Deeper values are not followed.
const MAX_DEPTH: usize = 100;

/// How deep brackets are nested, those in strings included.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn decode(text: &str, count: &mut usize) -> Option<Value> {
    *count += 1;
    if *count > MAX_ELEMENTS {
        return None;
    }
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    match text.bytes().next()? {
        b'{' => {
            let entries: Entries<'_> = serde_json::from_str(text).ok()?;
            let mut decoded = BTreeMap::new();
            for (name, entry) in entries.0 {
                let name = match string(name).as_string() {
                    Some(name) => Arc::clone(name),
                    None => return None,
                };
                decoded.insert(name, decode(entry.get(), count)?);
            }
            Some(Value::object(decoded))
        }
        b'[' => {
            let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            let elements: Option<Vec<Value>> = elements.into_iter().map(|one| decode(one.get(), count)).collect();
            Some(Value::tuple(elements?))
        }
        b'"' => serde_json::from_str::<String>(text).ok().map(string),
        b't' | b'f' => serde_json::from_str(text).ok().map(Value::bool),
        b'n' => serde_json::from_str::<()>(text).ok().map(|()| Value::null(Type::Any)),
        _ => {
            serde_json::from_str::<&RawValue>(text).ok()?;
            Number::parse(text).map(Value::number)
        }
    }
}

/// The entries of an object in order; of equal names the last one counts.
struct Entries<'t>(Vec<(String, &'t RawValue)>);

impl<'de> serde::Deserialize<'de> for Entries<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Entries<'de>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

fn some_decoded(call: &Call, context: &mut Context<'_>) -> Outcome {
    context.doubt.raise();
    Ok(call.some(&Type::Any).or_null())
}
