//! See `lints/terraform/missing-argument/README.md`.

use super::bodies::{self, Body, Shape, nested_blocks};
use super::calls::{Callee, calls};
use crate::diagnostic::Severity;
use crate::linter::{Check, Reporter, Repository};
use crate::suggest;
use crate::terraform::Module;
use crate::terraform::schemas::AttributeSchema;

pub(crate) const CHECK: Check = Check::Both(check, check_calls);

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    if !module.is_certain() {
        return;
    }
    let mut found = Vec::new();
    bodies::visit(module, &mut |body| {
        let missing = missing(&body);
        if missing.is_empty() || body.binding.is_other_release {
            return;
        }
        // Another release may ask for less, and one that is known to be another says nothing.
        let severity = if body.binding.is_same_release { Severity::Error } else { Severity::Warning };
        let names = missing.iter().map(|(name, _)| *name);
        let message = format!("{} lacks {}", body.title, suggest::quote_all(names));
        let help = match missing.as_slice() {
            [(name, true)] => format!("add `{name} {{ … }}`"),
            [(name, false)] => format!("add `{name} = …`"),
            _ => "the provider requires them".to_owned(),
        };
        let place = body.source.location(body.header);
        found.push(out.finding_of(severity, place, message).help(help).subject(body.address.clone()));
    });
    found.into_iter().for_each(|finding| out.report(finding));
}

/// What has to be written and is not, with whether it is a block.
fn missing<'s>(body: &Body<'_, 's>) -> Vec<(&'s str, bool)> {
    let Shape::Schema(schema) = body.shape else { return Vec::new() };
    if !body.is_main {
        return Vec::new();
    }
    let all = || std::iter::once(&body.body).chain(&body.others);
    let is_argument = |name: &str| all().any(|body| body.attribute(name).is_some());
    let is_block = |name: &str| {
        let blocks = |body| nested_blocks(body).into_iter().any(|(written, _)| written == name);
        all().any(|body| blocks(*body))
    };
    let required = schema.attributes.iter().filter(|(_, attribute)| attribute.is_required);
    let is_there = |name: &str, attribute: &AttributeSchema| {
        body.own.contains(&name) || is_argument(name) || attribute.may_be_blocks() && is_block(name)
    };
    let arguments = required.filter(|(name, attribute)| !is_there(name, attribute));
    let blocks = schema.blocks.iter().filter(|(_, nested)| nested.min_items > 0);
    // In JSON a block is a property.
    let blocks = blocks.filter(|(name, _)| !is_block(name) && !all().any(|body| body.attribute(name).is_some()));
    arguments.map(|(name, _)| (&**name, false)).chain(blocks.map(|(name, _)| (&**name, true))).collect()
}

fn check_calls(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    for Callee { call, passed, interface } in calls(repository) {
        let is_passed = |name: &str| passed.arguments.iter().any(|passed| &*passed.name == name);
        let missing: Vec<_> =
            interface.inputs.iter().filter(|input| input.is_required && !is_passed(&input.name)).collect();
        if missing.is_empty() {
            continue;
        }
        let names = suggest::quote_all(missing.iter().map(|input| &*input.name));
        let message = format!("the call of module `{}` lacks {names}", call.name);
        let mut finding = out.finding(call.location, message);
        for input in &missing {
            if let Some(location) = input.location {
                finding = finding.label(location, "has no default");
            }
        }
        let help = match missing.as_slice() {
            [input] => format!("pass `{} = …`, or give the variable a default", input.name),
            _ => "pass them, or give the variables defaults".to_owned(),
        };
        out.report(finding.help(help).subject(format!("module.{}", call.name)));
    }
}
