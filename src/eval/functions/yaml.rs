//! `yamlencode` and `yamldecode`. Terraform's YAML is 1.1 with habits of its own: what is not sure to be read or written
//! alike is unknown.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Context;
use super::call::{Call, Function, MAX_BYTES, MAX_ELEMENTS, Outcome, Parameter};
use super::strings::string;
use crate::eval::convert::{Doubt, convert};
use crate::eval::number::Number;
use crate::eval::value::{Kind, Value};
use crate::syntax::yaml::{Node, Style, parse};
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::split("yamlencode", &[Parameter::AnyOrNull], encode, some_text),
    Function::split("yamldecode", &[Parameter::String], decode, some_value),
];

fn some_text(call: &Call, context: &mut Context<'_>) -> Outcome {
    context.doubt.raise();
    Ok(call.some(&Type::String))
}

fn some_value(call: &Call, context: &mut Context<'_>) -> Outcome {
    context.doubt.raise();
    Ok(call.some(&Type::Any).or_null())
}

/// Lines longer than this are folded by the emitter.
const WIDTH: usize = 80;

fn encode(call: &Call, _: &mut Context<'_>) -> Outcome {
    let value = call.at(0);
    let mut out = String::new();
    let written = match &value.kind {
        Kind::Sequence(all) if !all.is_empty() => write_block(value, 0, &mut out),
        Kind::Mapping(all) if !all.is_empty() => write_block(value, 0, &mut out),
        _ => write_scalar(value, 0, 0, &mut out).map(|()| out.push_str(document_end(value))),
    };
    match written {
        Some(()) if out.len() <= MAX_BYTES => Ok(string(out)),
        _ => Ok(call.some(&Type::String)),
    }
}

/// A plain scalar alone is closed, so that it can be told from what might follow.
fn document_end(value: &Value) -> &'static str {
    match value.kind {
        Kind::Null | Kind::Bool(_) | Kind::Number(_) => "\n...\n",
        Kind::String(ref text) if text.contains('\n') => "",
        _ => "\n",
    }
}

/// A list or mapping that is not empty, its first line without indentation.
fn write_block(value: &Value, indent: usize, out: &mut String) -> Option<()> {
    let margin = " ".repeat(indent);
    match &value.kind {
        Kind::Sequence(elements) => {
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push_str(&margin);
                }
                out.push_str("- ");
                if is_block(element) {
                    write_block(element, indent + 2, out)?;
                } else {
                    write_scalar(element, indent, indent + 2, out)?;
                    end_line(out);
                }
            }
        }
        Kind::Mapping(entries) => {
            for (index, (name, entry)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push_str(&margin);
                }
                let key = quoted(name)?;
                // Longer keys are written in another way.
                if name.contains('\n') || key.len() > 120 || indent + key.len() > WIDTH {
                    return None;
                }
                out.push_str(&key);
                out.push(':');
                match &entry.kind {
                    Kind::Sequence(_) if is_block(entry) => {
                        out.push('\n');
                        out.push_str(&margin);
                        write_block(entry, indent, out)?;
                    }
                    Kind::Mapping(_) if is_block(entry) => {
                        out.push('\n');
                        out.push_str(&" ".repeat(indent + 2));
                        write_block(entry, indent + 2, out)?;
                    }
                    _ => {
                        out.push(' ');
                        write_scalar(entry, indent, indent + key.len() + 2, out)?;
                        end_line(out);
                    }
                }
            }
        }
        _ => return None,
    }
    Some(())
}

fn end_line(out: &mut String) {
    if !out.ends_with('\n') {
        out.push('\n');
    }
}

fn is_block(value: &Value) -> bool {
    match &value.kind {
        Kind::Sequence(all) => !all.is_empty(),
        Kind::Mapping(all) => !all.is_empty(),
        _ => false,
    }
}

/// What stands on one line, or a block of text. `column` is where it begins.
fn write_scalar(value: &Value, indent: usize, column: usize, out: &mut String) -> Option<()> {
    match &value.kind {
        Kind::Null => out.push_str("null"),
        Kind::Bool(answer) => out.push_str(if *answer { "true" } else { "false" }),
        Kind::Number(number) if number.is_infinite() => return None,
        Kind::Number(number) => out.push_str(&number.text()?),
        Kind::String(text) if text.contains('\n') => write_literal(text, indent, out)?,
        Kind::String(text) => {
            let quoted = quoted(text)?;
            // A space beyond the width would be a line break.
            if column + quoted.len() > WIDTH && text.contains(' ') {
                return None;
            }
            out.push_str(&quoted);
        }
        Kind::Sequence(_) => out.push_str("[]"),
        Kind::Mapping(_) => out.push_str("{}"),
        _ => return None,
    }
    Some(())
}

/// Lines as they are, where they are plain enough.
fn write_literal(text: &str, indent: usize, out: &mut String) -> Option<()> {
    let (body, chomping) = match text.strip_suffix('\n') {
        Some(body) => (body, ""),
        None => (text, "-"),
    };
    let is_plain = body.split('\n').all(|line| {
        !line.is_empty() && !line.ends_with(' ') && line.chars().all(|letter| is_printable(letter) && letter != '\t')
    });
    if !is_plain || body.starts_with(' ') {
        return None;
    }
    out.push('|');
    out.push_str(chomping);
    out.push('\n');
    for line in body.split('\n') {
        out.push_str(&" ".repeat(indent + 2));
        out.push_str(line);
        out.push('\n');
    }
    Some(())
}

fn is_printable(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
        && !matches!(letter, '\u{2028}' | '\u{2029}')
}

fn quoted(text: &str) -> Option<String> {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            letter if is_printable(letter) => out.push(letter),
            '\u{10000}'.. => out.push_str(&format!("\\U{:08X}", u32::from(letter))),
            _ => return None,
        }
    }
    out.push('"');
    Some(out)
}

fn decode(call: &Call, context: &mut Context<'_>) -> Outcome {
    let text = call.text(0).unwrap_or_default();
    let stream = parse(text.as_bytes());
    let [document] = stream.documents() else {
        return Err("a text with one YAML document is required".to_owned());
    };
    if !document.complete || !document.errors.is_empty() {
        return some_value(call, context);
    }
    let mut reader = Reader { call, is_doubtful: false, count: 0 };
    let value = reader.value(document.root(&stream), 0);
    if reader.is_doubtful {
        context.doubt.raise();
    }
    Ok(value)
}

struct Reader<'c> {
    call: &'c Call,
    /// Whether Terraform may fail.
    is_doubtful: bool,
    count: usize,
}

impl Reader<'_> {
    fn unsure(&mut self) -> Value {
        self.is_doubtful = true;
        self.call.some(&Type::Any).or_null()
    }

    fn value(&mut self, node: Node<'_>, depth: usize) -> Value {
        self.count += 1;
        if self.count > MAX_ELEMENTS || depth > 64 {
            return self.unsure();
        }
        match (node.tag(), node.scalar()) {
            (None, _) => {}
            (Some("!!str"), Some(scalar)) => return string(scalar.value.to_string()),
            _ => return self.unsure(),
        }
        if node.is_sequence() {
            return Value::tuple(node.items().map(|item| self.value(item, depth + 1)).collect());
        }
        if node.is_mapping() {
            let mut entries: BTreeMap<Arc<str>, Value> = BTreeMap::new();
            for entry in node.entries() {
                let name = self.scalar(entry.key).filter(|name| !name.is_null());
                let name = name.and_then(|name| convert(&name, &Type::String, &mut Doubt::default()).ok());
                let name = name.and_then(|name| name.as_string().cloned());
                let Some(name) = name.filter(|_| !entry.is_merge()) else { return self.unsure() };
                let value = self.value(entry.value, depth + 1);
                entries.insert(name, value);
            }
            return Value::object(entries);
        }
        match self.scalar(node) {
            Some(value) => value,
            None => self.unsure(),
        }
    }

    /// A scalar that has just one meaning.
    fn scalar(&self, node: Node<'_>) -> Option<Value> {
        let scalar = node.scalar().filter(|_| node.tag().is_none())?;
        let text = &*scalar.value;
        if scalar.style != Style::Plain {
            return Some(string(text.to_owned()));
        }
        match text {
            "" | "~" | "null" | "Null" | "NULL" => return Some(Value::null(Type::Any)),
            "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => {
                return Some(Value::bool(true));
            }
            "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" => {
                return Some(Value::bool(false));
            }
            _ => {}
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_decimal = digits.split_once('.').is_some_and(|(whole, part)| {
            let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            plain(whole) && plain(part)
        });
        let is_short = digits.len() == 1 || !digits.starts_with('0');
        if is_whole && is_short || is_decimal && (is_short || digits.starts_with("0.")) {
            return Number::parse(text).map(Value::number);
        }
        // Numbers in other forms, times and the like begin with a digit, a sign or a point.
        let begins = text.chars().next().is_some_and(|first| first.is_ascii_digit() || "+-.<=".contains(first));
        (!begins).then(|| string(text.to_owned()))
    }
}
