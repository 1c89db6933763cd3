//! See `lints/terraform/argument-type/README.md`.

use super::bodies::{self, Shape};
use super::calls::{Callee, calls};
use super::overrides;
use crate::diagnostic::Severity;
use crate::eval::{Constraint, Doubt, constant, convert};
use crate::linter::{Check, Reporter, Repository, of_variable};
use crate::syntax::hcl::{self, Document, ExprKind, ExprView};
use crate::terraform::{Module, Type, loaded_values};

pub(crate) const CHECK: Check = Check::Both(check, check_calls);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    check_defaults(module, out);
    check_values(module, out);
    if !module.is_certain() {
        return;
    }
    let mut found = Vec::new();
    bodies::visit(module, &mut |body| {
        let Shape::Schema(schema) = body.shape else { return };
        if body.binding.is_other_release {
            return;
        }
        for attribute in body.body.attributes().filter(|attribute| !body.own.contains(&attribute.name())) {
            let Some(known) = schema.attributes.get(attribute.name()) else { continue };
            // Objects that are usually written as blocks take what blocks take.
            if known.may_be_blocks() || known.ty == Type::Any {
                continue;
            }
            let Some(reason) = refusal(attribute.value(), &known.ty) else { continue };
            // Another release may take it.
            let severity = if body.binding.is_same_release { Severity::Error } else { Severity::Warning };
            let place = body.source.location(attribute.value().span());
            let message = format!("`{}` of {} cannot take this: {reason}", attribute.name(), body.title);
            let finding = out.finding_of(severity, place, message).help(format!("its type is `{}`", known.ty));
            found.push(finding.subject(format!("{}.{}", body.address, attribute.name())));
        }
    });
    found.into_iter().for_each(|finding| out.report(finding));
}

/// Why a value that refers to nothing is never of type `ty`.
fn refusal(value: ExprView<'_>, ty: &Type) -> Option<String> {
    convert(&constant(value).ok()?, ty, &mut Doubt::default()).err()
}

fn check_defaults(module: &Module<'_>, out: &mut Reporter<'_>) {
    for variable in &module.variables {
        let (Some(ty), Some(default)) = (variable.value("type"), variable.value("default")) else { continue };
        let Some(reason) = refusal_of(ty, default) else { continue };
        let name = variable.name();
        let is_overridden = overrides(module, "variable", &name)
            .any(|block| block.body().attributes().any(|one| matches!(one.name(), "default" | "type")));
        if is_overridden {
            continue;
        }
        let message = format!("the default of variable `{name}` does not fit its type: {reason}");
        let finding = out.finding(variable.location(default.span()), message);
        let finding = finding.label(variable.location(ty.span()), "the type").subject(format!("var.{name}"));
        out.report(finding.help("correct the default or the type"));
    }
}

/// What the files of values hold that Terraform loads by itself.
fn check_values(module: &Module<'_>, out: &mut Reporter<'_>) {
    if !module.is_certain() {
        return;
    }
    let files = loaded_values(module);
    let mut found = Vec::new();
    for (at, source) in files.iter().enumerate() {
        let is_replaced = |name: &str| {
            files[at + 1..].iter().any(|later| later.document().root().attributes().any(|one| one.name() == name))
        };
        for attribute in source.document().root().attributes().filter(|attribute| !is_replaced(attribute.name())) {
            let mut variables = module.variables.iter();
            let Some(variable) = variables.find(|variable| variable.name() == attribute.name()) else { continue };
            let Some(ty) = variable.value("type") else { continue };
            let mut overrides = overrides(module, "variable", attribute.name());
            let is_overridden = overrides.any(|block| block.body().attribute("type").is_some());
            let Some(reason) = refusal_of(ty, attribute.value()).filter(|_| !is_overridden) else { continue };
            let finding = out.finding(source.location(attribute.value().span()), of_variable(variable, &reason));
            let finding = finding.label(variable.location(ty.span()), "its type");
            let finding = finding.subject(format!("var.{}", attribute.name()));
            found.push(finding.help("pass a value of the variable's type"));
        }
    }
    found.into_iter().for_each(|finding| out.report(finding));
}

fn refusal_of(ty: ExprView<'_>, value: ExprView<'_>) -> Option<String> {
    if is_plainly_of(ty, value) {
        return None;
    }
    let constraint = Constraint::read(ty)?;
    constraint.apply(&constant(value).ok()?, &mut Doubt::default()).err()
}

/// Whether a literal is of the type that is written, which most are; null is of every type.
fn is_plainly_of(ty: ExprView<'_>, value: ExprView<'_>) -> bool {
    match ty.as_keyword() {
        _ if value.is_null() => true,
        Some("string") => value.as_string().is_some(),
        Some("number") => value.kind() == ExprKind::Number,
        Some("bool") => value.as_bool().is_some(),
        _ => false,
    }
}

fn check_calls(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    for Callee { call, passed, interface } in calls(repository) {
        for argument in &passed.arguments {
            let Some((value, location)) = &argument.literal else { continue };
            let Some(input) = interface.input(&argument.name) else { continue };
            let Some(reason) = input.ty.as_deref().and_then(|ty| refusal_of_text(ty, value)) else { continue };
            let source = call.source.as_deref().unwrap_or_default();
            let message = format!("variable `{}` of the module `{source}` cannot take this: {reason}", input.name);
            let mut finding = out.finding(*location, message).subject(format!("module.{}.{}", call.name, input.name));
            if let Some(declared) = input.location {
                finding = finding.label(declared, "declared here");
            }
            out.report(finding.help("pass a value of the variable's type"));
        }
    }
}

/// The same for the texts of a type and a value.
fn refusal_of_text(ty: &str, value: &str) -> Option<String> {
    let text = format!("type = {ty}\nvalue = {value}\n");
    let tree = hcl::parse(text.as_bytes());
    let root = Document::new(&tree, text.as_bytes()).root();
    if !tree.errors.is_empty() {
        return None;
    }
    refusal_of(root.value("type")?, root.value("value")?)
}
