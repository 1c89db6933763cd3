//! `csvdecode`, as Go's `encoding/csv` reads it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Context;
use super::call::{Call, Function, MAX_ELEMENTS, Outcome, Parameter};
use super::strings::string;
use crate::eval::refinement::{Form, Refinement};
use crate::eval::value::Value;
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[Function::split("csvdecode", &[Parameter::String], decode, some_table)];

fn decode(call: &Call, _: &mut Context<'_>) -> Outcome {
    let text = call.text(0).unwrap_or_default();
    let mut rows = Rows { rest: text };
    let names = rows.next().ok_or("the text has no line with names")??;
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err("two columns have the same name".to_owned());
    }
    let names: Vec<Arc<str>> = names.iter().filter_map(|name| string(name.clone()).as_string().cloned()).collect();
    let row_type = Type::object(names.iter().map(|name| (Arc::clone(name), Type::String)));
    let mut decoded = Vec::new();
    for row in rows {
        let row = row?;
        if row.len() != names.len() {
            return Err("a line has not as many fields as the first one".to_owned());
        }
        let entries: BTreeMap<Arc<str>, Value> = names.iter().cloned().zip(row.into_iter().map(string)).collect();
        decoded.push(Value::object(entries));
        if decoded.len() > MAX_ELEMENTS {
            return Ok(Call::too_large(&Type::list(row_type)));
        }
    }
    Ok(Value::list(row_type, decoded))
}

fn some_table(call: &Call, context: &mut Context<'_>) -> Outcome {
    context.doubt.raise();
    let mut refinement = Refinement::new(call.cause());
    refinement.form = Form::Sequence;
    Ok(Value::unknown(Type::Any, refinement))
}

/// The rows of a table; lines with nothing on them are none.
struct Rows<'t> {
    rest: &'t str,
}

impl Iterator for Rows<'_> {
    type Item = Result<Vec<String>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(after) = self.rest.strip_prefix('\n').or_else(|| self.rest.strip_prefix("\r\n")) {
            self.rest = after;
        }
        if self.rest.is_empty() {
            return None;
        }
        Some(self.row())
    }
}

impl Rows<'_> {
    fn row(&mut self) -> Result<Vec<String>, String> {
        let mut fields = Vec::new();
        loop {
            let (field, is_last) = if self.rest.starts_with('"') { self.quoted()? } else { self.plain()? };
            fields.push(field);
            if is_last {
                return Ok(fields);
            }
        }
    }

    fn plain(&mut self) -> Result<(String, bool), String> {
        let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
        let field = &self.rest[..end];
        let is_last = !self.rest[end..].starts_with(',');
        // Both kinds of line ends are one, and at the end of the text a carriage return too.
        let field = if is_last { field.strip_suffix('\r').unwrap_or(field) } else { field };
        if field.contains('"') {
            return Err("a quote stands in a field that is not quoted".to_owned());
        }
        let field = field.to_owned();
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        Ok((field, is_last))
    }

    fn quoted(&mut self) -> Result<(String, bool), String> {
        let mut field = String::new();
        let mut rest = &self.rest[1..];
        loop {
            let end = rest.find('"').ok_or("a quoted field is never closed")?;
            field.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            if let Some(after) = rest.strip_prefix('"') {
                field.push('"');
                rest = after;
                continue;
            }
            let (is_last, after) = if let Some(after) = rest.strip_prefix(',') {
                (false, after)
            } else if let Some(after) = rest.strip_prefix('\n').or_else(|| rest.strip_prefix("\r\n")) {
                (true, after)
            } else if rest.is_empty() || rest == "\r" {
                (true, "")
            } else {
                return Err("something stands after the end of a quoted field".to_owned());
            };
            let field = field.replace("\r\n", "\n");
            self.rest = after;
            return Ok((field, is_last));
        }
    }
}
