//! Terraform's built-in functions on abstract values (<https://developer.hashicorp.com/terraform/language/functions>).
//!
//! On arguments that are wholly known a function gives exactly Terraform's result or fails as Terraform does; on others a
//! value that admits every result. Functions that are not known here give unknown values. `try`, `can`, `templatefile`
//! and `templatestring` are special forms of the evaluator and not in here. Does no IO: files come through [`Sources`].

mod address;
mod call;
mod collections;
mod conversion;
mod crypto;
mod encoding;
mod files;
mod format;
mod json;
mod lists;
mod maps;
mod numeric;
mod patterns;
mod sets;
mod strings;
mod tables;
mod time;
mod yaml;

use std::sync::Arc;

use super::convert::Doubt;
use super::marks::Marks;
use super::refinement::Cause;
use super::value::Value;
use crate::terraform::Type;
use call::Function;

/// Files that expressions read, relative to the module.
pub trait Sources: Sync {
    /// The content of a file. The path is as Terraform sees it: relative to the root module's directory, or absolute.
    ///
    /// # Errors
    /// When there is no such file, or it may not be looked at.
    fn read(&self, path: &str) -> Result<Arc<[u8]>, Unreadable>;

    /// The content of the file `path` below the module's own directory, as in `"${path.module}/path"`.
    ///
    /// # Errors
    /// When there is no such file, or it may not be looked at.
    fn read_in_module(&self, _path: &str) -> Result<Arc<[u8]>, Unreadable> {
        Err(Unreadable::Unknown)
    }
}

/// The content of the file that `path` names; nothing where it is not known or cannot be read.
pub(in crate::eval) fn read_file(path: &Value, sources: &dyn Sources) -> Option<Arc<[u8]>> {
    if let Some(path) = path.as_string() {
        return sources.read(path).ok();
    }
    let text = path.text();
    let [super::text::Piece::Hole(_), super::text::Piece::Literal(rest)] = text.pieces() else { return None };
    let rest = rest.strip_prefix('/')?;
    match path.cause()? {
        Cause::Instance(name) if &*name == "path.module" => sources.read_in_module(rest).ok(),
        Cause::Instance(name) if &*name == "path.root" => sources.read(rest).ok(),
        _ => None,
    }
}

/// Why a file was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not there. Something may make it before Terraform runs.
    Missing,
    /// It cannot or may not be read here.
    Unknown,
}

/// No files at all.
#[derive(Clone, Copy, Debug)]
pub struct NoSources;

impl Sources for NoSources {
    fn read(&self, _: &str) -> Result<Arc<[u8]>, Unreadable> {
        Err(Unreadable::Unknown)
    }
}

/// What a function is called with.
#[derive(Clone, Copy)]
pub struct Arguments<'v> {
    /// The arguments.
    pub fixed: &'v [Value],
    /// What follows them: a list, set or tuple after which `...` stands, where its elements are not known one by one.
    pub rest: Option<&'v Value>,
}

/// What a function may use.
pub struct Context<'c> {
    /// Raised where Terraform may fail.
    pub doubt: &'c mut Doubt,
    /// Files.
    pub sources: &'c dyn Sources,
}

/// All functions, by area.
const AREAS: &[&[Function]] = &[
    address::FUNCTIONS,
    collections::FUNCTIONS,
    conversion::FUNCTIONS,
    crypto::FUNCTIONS,
    encoding::FUNCTIONS,
    files::FUNCTIONS,
    format::FUNCTIONS,
    json::FUNCTIONS,
    lists::FUNCTIONS,
    maps::FUNCTIONS,
    numeric::FUNCTIONS,
    patterns::FUNCTIONS,
    sets::FUNCTIONS,
    strings::FUNCTIONS,
    tables::FUNCTIONS,
    time::FUNCTIONS,
    yaml::FUNCTIONS,
];

/// The names of all functions that are known here, without the special forms.
pub fn names() -> impl Iterator<Item = &'static str> {
    AREAS.iter().copied().flatten().map(|function| function.name)
}

/// The type of all results of `name`, where it does not depend on the arguments.
pub(super) fn result_type(name: &str) -> Option<Type> {
    match name {
        "abspath" | "base64decode" | "base64encode" | "base64gzip" | "base64sha256" | "base64sha512" | "basename"
        | "bcrypt" | "chomp" | "cidrhost" | "cidrnetmask" | "cidrsubnet" | "dirname" | "file" | "filebase64"
        | "filebase64sha256" | "filebase64sha512" | "filemd5" | "filesha1" | "filesha256" | "filesha512" | "format"
        | "formatdate" | "indent" | "join" | "jsonencode" | "lower" | "md5" | "pathexpand" | "plantimestamp"
        | "replace" | "rsadecrypt" | "sha1" | "sha256" | "sha512" | "strrev" | "substr" | "textdecodebase64"
        | "textencodebase64" | "timeadd" | "timestamp" | "title" | "tostring" | "trim" | "trimprefix" | "trimspace"
        | "trimsuffix" | "upper" | "urlencode" | "uuid" | "uuidv5" | "yamlencode" => Some(Type::String),
        "abs" | "ceil" | "floor" | "index" | "length" | "log" | "max" | "min" | "parseint" | "pow" | "signum"
        | "timecmp" | "tonumber" => Some(Type::Number),
        "alltrue" | "anytrue" | "can" | "contains" | "endswith" | "fileexists" | "startswith" | "strcontains"
        | "tobool" => Some(Type::Bool),
        _ => None,
    }
}

/// Calls `name`. `try`, `can`, `templatefile` and `templatestring` are special forms and not handled here.
///
/// # Errors
/// What Terraform would say, when the call fails for all members.
pub fn call(name: &str, arguments: Arguments<'_>, context: &mut Context<'_>) -> Result<Value, String> {
    let known = AREAS.iter().copied().flatten().find(|function| function.name == name);
    if let Some(function) = known {
        return function.call(arguments, context);
    }
    context.doubt.raise();
    let marks = arguments.fixed.iter().chain(arguments.rest).map(Value::all_marks);
    let marks = marks.fold(Marks::NONE, Marks::and).without(Marks::ALWAYS_UNSTABLE);
    Ok(Value::any(&Type::Any, &Cause::Function(name.into())).marked(marks))
}

#[cfg(test)]
mod tests;
