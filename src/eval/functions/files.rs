//! Files and their names. What is not at hand is unknown: Terraform may find what sprag may not read.

use std::sync::Arc;

use super::Context;
use super::call::{Call, Function, Outcome, Parameter};
use super::encoding::{base64, of_form};
use super::strings::string;
use crate::eval::refinement::Cause;
use crate::eval::text::{Hole, Piece, Shape, Text};
use crate::eval::value::Value;
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::whole("file", &[Parameter::String], file),
    Function::whole("filebase64", &[Parameter::String], file_base64),
    Function::whole("fileexists", &[Parameter::String], exists),
    Function::whole("fileset", &[Parameter::String, Parameter::String], file_set),
    Function::split(
        "basename",
        &[Parameter::String],
        |call, _| Ok(string(base(call.text(0).unwrap_or_default()).to_owned())),
        some_base,
    ),
    Function::split(
        "dirname",
        &[Parameter::String],
        |call, _| Ok(string(directory(call.text(0).unwrap_or_default()))),
        some_directory,
    ),
    Function::split("abspath", &[Parameter::String], absolute, some_absolute),
    Function::split("pathexpand", &[Parameter::String], expanded, some_expanded),
];

/// The content of the file that the first argument names.
pub(super) fn read(call: &Call, context: &Context<'_>) -> Option<Arc<[u8]>> {
    super::read_file(call.at(0), context.sources)
}

fn file(call: &Call, context: &mut Context<'_>) -> Outcome {
    let Some(content) = read(call, context) else {
        context.doubt.raise();
        return Ok(Value::some(&Type::String, &reason(call)));
    };
    let text = std::str::from_utf8(&content).map_err(|_| "the file is not UTF-8 text")?;
    Ok(string(text.to_owned()))
}

fn reason(call: &Call) -> Cause {
    if call.at(0).is_wholly_known() { Cause::Function(call.name.into()) } else { call.cause() }
}

fn file_base64(call: &Call, context: &mut Context<'_>) -> Outcome {
    match read(call, context) {
        Some(content) => Ok(base64(&content)),
        None => {
            context.doubt.raise();
            Ok(of_form(call, "\\A[A-Za-z0-9+/]*={0,2}\\z"))
        }
    }
}

fn exists(call: &Call, context: &mut Context<'_>) -> Outcome {
    if read(call, context).is_some() {
        return Ok(Value::bool(true));
    }
    // A directory is an error.
    context.doubt.raise();
    Ok(Value::some_bool(reason(call)))
}

fn file_set(call: &Call, context: &mut Context<'_>) -> Outcome {
    context.doubt.raise();
    Ok(Value::some(&Type::set(Type::String), &reason(call)))
}

/// The last part of a path, as Go's `path.Base`.
fn base(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return "/";
    }
    trimmed.rsplit('/').next().unwrap_or(trimmed)
}

fn directory(path: &str) -> String {
    clean(&path[..path.rfind('/').map_or(0, |at| at + 1)])
}

/// A path without `.`, `..` and double slashes where that is possible, as Go's `path.Clean`.
fn clean(path: &str) -> String {
    let is_rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if is_rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (is_rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

fn some_base(call: &Call, _: &mut Context<'_>) -> Outcome {
    let text = call.at(0).text();
    // All after the last slash of the literal at the end.
    let last = text.suffix();
    if let Some(at) = last.rfind('/')
        && at + 1 < last.len()
    {
        return Ok(string(last[at + 1..].to_owned()));
    }
    Ok(call.some(&Type::String))
}

fn some_directory(call: &Call, _: &mut Context<'_>) -> Outcome {
    Ok(call.some(&Type::String))
}

fn absolute(call: &Call, context: &mut Context<'_>) -> Outcome {
    match call.text(0).filter(|path| path.starts_with('/')) {
        Some(path) => Ok(string(clean(path))),
        None => some_absolute(call, context),
    }
}

/// A path from the root; where Terraform runs is not known.
fn some_absolute(call: &Call, _: &mut Context<'_>) -> Outcome {
    let root = Piece::Literal("/".into());
    Ok(Value::some_string(Text::of([root, Piece::Hole(Hole::new(Shape::Any))]), reason(call)))
}

fn expanded(call: &Call, context: &mut Context<'_>) -> Outcome {
    match call.text(0).filter(|path| !path.starts_with('~')) {
        Some(path) => Ok(string(path.to_owned())),
        None => some_expanded(call, context),
    }
}

fn some_expanded(call: &Call, context: &mut Context<'_>) -> Outcome {
    let text = call.at(0).text();
    if text.relates("~", crate::eval::pattern::Anchors::Start) == crate::eval::text::Tri::Never {
        return Ok(call.at(0).clone());
    }
    context.doubt.raise();
    Ok(Value::some(&Type::String, &reason(call)))
}
