//! Terraform's built-in functions on abstract values.

use std::sync::Arc;

use super::convert::Doubt;
use super::value::{Cause, Value};
use crate::terraform::Type;

/// Files that expressions read, relative to the module.
pub trait Sources {
    /// The content of a file. The path is as Terraform sees it: relative to the root module's directory, or absolute.
    ///
    /// # Errors
    /// When there is no such file, or it may not be looked at.
    fn read(&self, path: &str) -> Result<Arc<[u8]>, Unreadable>;
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

/// Calls `name`. `try`, `can`, `templatefile` and `templatestring` are special forms and not handled here.
///
/// # Errors
/// What Terraform would say, when the call fails for all members.
pub fn call(name: &str, arguments: Arguments<'_>, context: &mut Context<'_>) -> Result<Value, String> {
    let _ = (arguments.rest, context.sources);
    context.doubt.raise();
    let marks = arguments.fixed.iter().map(Value::all_marks);
    let marks = marks.fold(super::value::Marks::NONE, super::value::Marks::and);
    Ok(Value::any(&Type::Any, &Cause::Function(name.into())).marked(marks))
}
