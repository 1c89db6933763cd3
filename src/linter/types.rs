//! Values that never have the type that is asked for, wherever they come from: arguments of resources and calls, entries
//! of files of values. Those that are written out in the argument itself are another lint function's.

use std::rc::Rc;

use crate::diagnostic::{Diagnostic, LintId, Location, Severity};
use crate::eval::module::{Content, Element, Frame, Instance};
use crate::eval::{Doubt, constant, convert};
use crate::invariant::{Context, trace};
use crate::syntax::hcl::{ExprKind, ExprView};
use crate::terraform::schemas::BlockSchema;
use crate::terraform::{Binding, Declaration, Resource, Source, Type};

const LINT: &str = "terraform/argument-type";

/// Values of variables that a call or a file of values passes.
pub(super) fn passed<'p>(context: &Rc<Context<'p>>, found: &mut Vec<Diagnostic>) {
    let module = context.instance.module();
    if !module.is_certain() || !is_sure(context) {
        return;
    }
    for variable in &module.variables {
        let name = variable.name();
        let Some(reason) = context.instance.variable(&name).and_then(|set| set.mismatch) else { continue };
        let declared = variable.location(variable.value("type").map_or(variable.block.header_span(), ExprView::span));
        let site = context.call.as_ref().and_then(|site| Some((site, site.declaration.value(&name)?)));
        let made = if let Some((site, argument)) = site {
            if constant(argument).is_ok() {
                continue;
            }
            let source = site.declaration.value("source").and_then(ExprView::as_string).unwrap_or_default();
            let message =
                format!("variable `{name}` of the module `{source}` cannot take this{}", why(variable, &reason));
            let caller = &site.caller;
            let place = (site.declaration.source, argument, &site.frame);
            explained(message, Severity::Error, (&caller.instance, Some(caller)), place)
                .subject(format!("module.{}.{name}", site.declaration.name()))
        } else if let Some(written) = context.values.get(&*name).copied() {
            // What lies beside the module was read with it.
            if module.sources.iter().any(|source| source.file == written.file) {
                continue;
            }
            Diagnostic::new(LintId::new(LINT), Severity::Error, written, of_variable(variable, &reason))
                .subject(format!("var.{name}"))
        } else {
            continue;
        };
        add(made.label(declared, "its type").help("pass a value of the variable's type"), found);
    }
}

/// What is said of a value in a file of values.
pub(crate) fn of_variable(variable: &Declaration<'_>, reason: &str) -> String {
    format!("variable `{}` cannot take this{}", variable.name(), why(variable, reason))
}

/// The reason, which may show the value, where that is no secret.
fn why(variable: &Declaration<'_>, reason: &str) -> String {
    if variable.may_be_secret() { String::new() } else { format!(": {reason}") }
}

/// Whether the module surely is called as `context` says.
fn is_sure(context: &Context<'_>) -> bool {
    let mut next = context.call.as_ref();
    while let Some(site) = next {
        if !site.caller.instance.call_repetition(&site.declaration).is_sure() {
            return false;
        }
        next = site.caller.call.as_ref();
    }
    true
}

/// Arguments of resources and of their blocks, at any depth.
pub(super) fn arguments<'p>(anybody: &Rc<Instance<'p>>, found: &mut Vec<Diagnostic>) {
    let module = anybody.module();
    if !module.is_certain() {
        return;
    }
    for resource in &module.resources {
        let Some((schema, binding)) = module.schema_of(resource) else { continue };
        if !resource.has_typed_values(schema) {
            continue;
        }
        let repetition = anybody.resource_repetition(resource);
        if !repetition.is_sure() {
            continue;
        }
        for frame in repetition.frames() {
            for declaration in resource.declarations() {
                for attribute in declaration.block.body().attributes() {
                    let title = format!("`{}`", resource.kind);
                    let place = (declaration.source, attribute.value(), frame);
                    let checked = Checked { anybody, resource, binding, schema, title };
                    checked.check(attribute.name(), place, found);
                }
            }
            let is_known = |kind: &str| schema.blocks.contains_key(kind) && resource.attribute(kind).is_none();
            let blocks = anybody.blocks_of(resource, frame, &is_known);
            for element in blocks.iter().filter(|element| !element.is_symbolic) {
                let Some(nested) = schema.blocks.get(&*element.kind) else { continue };
                Checked::of(anybody, (resource, binding), (&element.kind, &nested.block)).block(element, found);
            }
        }
    }
}

/// A body whose arguments are checked.
struct Checked<'c, 'p> {
    anybody: &'c Rc<Instance<'p>>,
    resource: &'c Resource<'p>,
    binding: Binding<'c>,
    schema: &'c BlockSchema,
    title: String,
}

impl<'c, 'p> Checked<'c, 'p> {
    fn of(
        anybody: &'c Rc<Instance<'p>>,
        (resource, binding): (&'c Resource<'p>, Binding<'c>),
        (kind, schema): (&str, &'c BlockSchema),
    ) -> Self {
        Self { anybody, resource, binding, schema, title: format!("block `{kind}`") }
    }

    /// A nested block that is surely there, and the blocks in it.
    fn block(&self, element: &Element<'p>, found: &mut Vec<Diagnostic>) {
        let Content::Block(block) = element.content else { return };
        for attribute in block.body().attributes() {
            self.check(attribute.name(), (element.source, attribute.value(), &element.frame), found);
        }
        let inner = self.anybody.blocks_in(element, &|kind| self.schema.blocks.contains_key(kind));
        for element in inner.iter().filter(|element| !element.is_symbolic) {
            let Some(nested) = self.schema.blocks.get(&*element.kind) else { continue };
            Self::of(self.anybody, (self.resource, self.binding), (&element.kind, &nested.block)).block(element, found);
        }
    }

    fn check(
        &self,
        name: &str,
        (source, expr, frame): (&'p Source, ExprView<'p>, &Frame),
        found: &mut Vec<Diagnostic>,
    ) {
        let Some(known) = self.schema.attributes.get(name).filter(|known| !known.may_be_blocks()) else { return };
        if self.binding.is_other_release || !may_differ(expr, &known.ty) || constant(expr).is_ok() {
            return;
        }
        let Ok(value) = self.anybody.eval(frame, expr).0 else { return };
        let Err(reason) = convert(&value, &known.ty, &mut Doubt::default()) else { return };
        // Another release may take it.
        let severity = if self.binding.is_same_release { Severity::Error } else { Severity::Warning };
        let message = format!("`{name}` of {} cannot take this: {reason}", self.title);
        let made = explained(message, severity, (self.anybody, None), (source, expr, frame));
        let subject = format!("{}.{name}", self.resource.address());
        add(made.help(format!("its type is `{}`", known.ty)).subject(subject), found);
    }
}

/// Whether an expression may have another type than `ty`, at first sight.
pub(crate) fn may_differ(expr: ExprView<'_>, ty: &Type) -> bool {
    match expr.kind() {
        ExprKind::Template { .. } => !matches!(ty, Type::String | Type::Any),
        _ => *ty != Type::Any,
    }
}

/// A finding at `expr` with the way that its value took.
fn explained<'p>(
    message: String,
    severity: Severity,
    (instance, context): (&Rc<Instance<'p>>, Option<&Rc<Context<'p>>>),
    (source, expr, frame): (&'p Source, ExprView<'p>, &Frame),
) -> Diagnostic {
    let place: Location = source.location(expr.span());
    let steps = trace((instance, context), (source, expr, frame));
    let made = Diagnostic::new(LintId::new(LINT), severity, place, message);
    steps.into_iter().fold(made, |made, step| made.label(step.location, step.message))
}

fn add(diagnostic: Diagnostic, found: &mut Vec<Diagnostic>) {
    let is_same = |known: &Diagnostic| known.lint == diagnostic.lint && known.location == diagnostic.location;
    if !found.iter().any(is_same) {
        found.push(diagnostic);
    }
}
