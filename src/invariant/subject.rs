//! What an invariant is decided for: a resource, one of its blocks, a module, a call.

use crate::diagnostic::Location;
use crate::eval::Value;
use crate::eval::module::{Element, Frame};
use crate::syntax::hcl::ExprView;
use crate::terraform::{Declaration, Resource, Source};

/// One thing that an invariant says something about, in one context.
#[derive(Clone)]
pub struct Subject<'p> {
    /// Its address in the module, such as `proxmox_virtual_environment_vm.this[0]`.
    pub address: String,
    /// `attrs`.
    pub attrs: Option<Value>,
    /// `each.key` and `each.value`.
    pub each: Option<(Value, Value)>,
    /// The resource, if it is one.
    pub resource: Option<(usize, usize)>,
    /// Where it begins.
    pub location: Location,
    /// What expressions around it see.
    pub frame: Frame,
    /// What is written of it, to find places in.
    pub written: Written<'p>,
}

/// What is written of a subject.
#[derive(Clone)]
pub enum Written<'p> {
    /// A resource, seen through `attrs`.
    Resource(&'p Resource<'p>),
    /// One block of it, seen through `each.value`.
    Block(&'p Resource<'p>, Box<Element<'p>>),
    /// A module call, seen through `attrs`.
    Call(Declaration<'p>),
    /// A resource of a plan, with its type and name.
    Planned(String, String),
    /// A module.
    Module,
}

/// An expression in a file of the module.
#[derive(Clone)]
pub struct Place<'p> {
    /// The file.
    pub source: &'p Source,
    /// The expression.
    pub expr: ExprView<'p>,
    /// What it sees.
    pub frame: Frame,
    /// What it is called.
    pub name: String,
}

impl Place<'_> {
    /// Where it is.
    #[must_use]
    pub fn location(&self) -> Location {
        self.source.location(self.expr.span())
    }
}

impl<'p> Subject<'p> {
    /// The expression that `attrs.NAME` or `each.value.NAME` comes from; nothing where it is not written.
    #[must_use]
    pub fn place(&self, root: &str, names: &[&str]) -> Option<Place<'p>> {
        let first = *names.first()?;
        let place = |source: &'p Source, expr: ExprView<'p>, frame: &Frame| Place {
            source,
            expr,
            frame: frame.clone(),
            name: first.to_owned(),
        };
        match (&self.written, root) {
            (Written::Block(_, element), "each") => {
                let expr = element.content.value(first)?;
                Some(place(element.source, expr, &element.frame))
            }
            (Written::Resource(resource) | Written::Block(resource, _), "attrs") => {
                if let Some((declaration, attribute)) = resource.attribute(first) {
                    return Some(place(declaration.source, attribute.value(), &self.frame));
                }
                // `attrs.disk[0].size`
                let [_, number, inner, ..] = names else { return None };
                let block = resource.blocks(first).into_iter().nth(number.parse().ok()?)?;
                let value = block.value(inner).filter(|_| block.dynamic.is_none())?;
                let name = (*inner).to_owned();
                Some(Place { name, ..place(block.declaration.source, value, &self.frame) })
            }
            (Written::Call(call), "attrs") => Some(place(call.source, call.value(first)?, &self.frame)),
            _ => None,
        }
    }
}
