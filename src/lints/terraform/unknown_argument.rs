//! See `lints/terraform/unknown-argument/README.md`.

use super::bodies::{self, Body, Shape};
use super::calls::{Callee, calls};
use crate::diagnostic::{Diagnostic, Severity};
use crate::linter::{Check, Reporter, Repository};
use crate::source::Span;
use crate::suggest;
use crate::syntax::hcl::ItemView;
use crate::terraform::{Argument, Module};

pub(crate) const CHECK: Check = Check::Both(check, check_calls);

/// So many names are listed where none is near.
const LISTED: usize = 8;

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    if !module.is_certain() {
        return;
    }
    let mut found = Vec::new();
    bodies::visit(module, &mut |body| {
        for item in body.body.items() {
            found.extend(match item {
                ItemView::Attribute(attribute) => argument(&body, attribute.name(), attribute.name_span(), out),
                ItemView::Block(block) if block.kind() == "dynamic" => {
                    let span = block.label_spans().first().copied();
                    span.and_then(|span| nested(&body, block.document().slice(span).trim_matches('"'), span, out))
                }
                ItemView::Block(block) => nested(&body, block.kind(), block.kind_span(), out),
            });
        }
    });
    found.into_iter().for_each(|finding| out.report(finding));
}

fn argument(body: &Body<'_, '_>, name: &str, span: Span, out: &Reporter<'_>) -> Option<Diagnostic> {
    if body.own.contains(&name) {
        return None;
    }
    if let Shape::Schema(schema) = body.shape {
        match (schema.attributes.get(name), schema.blocks.contains_key(name)) {
            (Some(attribute), _) if attribute.is_argument() => return None,
            (Some(_), _) => {
                let message = format!("`{name}` of {} is decided by the provider", body.title);
                return certain(body, span, name, message, "remove it: it can be read only".to_owned(), out);
            }
            // In JSON blocks are properties too.
            (None, true) if !body.source.is_native() => return None,
            (None, true) => {
                let message = format!("`{name}` of {} is a block, not an argument", body.title);
                return certain(body, span, name, message, format!("write `{name} {{ … }}`"), out);
            }
            (None, false) => {}
        }
    } else if body.shape.names().contains(&name) {
        return None;
    }
    unknown(body, span, name, "argument", out)
}

fn nested(body: &Body<'_, '_>, name: &str, span: Span, out: &Reporter<'_>) -> Option<Diagnostic> {
    if body.own_blocks.contains(&name) {
        return None;
    }
    if let Shape::Schema(schema) = body.shape {
        match schema.attributes.get(name) {
            _ if schema.blocks.contains_key(name) => return None,
            Some(attribute) if attribute.may_be_blocks() => return None,
            Some(attribute) if attribute.is_argument() => {
                let message = format!("`{name}` of {} is an argument, not a block", body.title);
                return certain(body, span, name, message, format!("write `{name} = …`"), out);
            }
            _ => {}
        }
    }
    unknown(body, span, name, "block", out)
}

/// A name that the schema does not have. Of another release it may be, unless it is a slip.
fn unknown(body: &Body<'_, '_>, span: Span, name: &str, what: &str, out: &Reporter<'_>) -> Option<Diagnostic> {
    let known = body.shape.names();
    let is_written = |other: &&str| {
        body.body.items().any(|item| match item {
            ItemView::Attribute(attribute) => attribute.name() == *other,
            ItemView::Block(_) => false,
        })
    };
    let meant = suggest::closest(name, known.iter().copied().filter(|other| !is_written(other)));
    let severity = match (body.binding.is_same_release, meant) {
        (true, _) => Severity::Error,
        (false, Some(meant)) if !body.binding.is_other_release || suggest::is_slip(name, meant) => Severity::Warning,
        (false, _) => return None,
    };
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.len() <= LISTED => format!("there are {}", suggest::quote_all(known)),
        None => format!("`{}` describes it without one", body.binding.provider.source),
    };
    let message = format!("{} has no {what} `{name}`", body.title);
    let finding = out.finding_of(severity, body.source.location(span), message).help(help);
    Some(finding.subject(format!("{}.{name}", body.address)))
}

fn certain(
    body: &Body<'_, '_>,
    span: Span,
    name: &str,
    message: String,
    help: String,
    out: &Reporter<'_>,
) -> Option<Diagnostic> {
    let finding = || out.finding(body.source.location(span), message).help(help);
    body.binding.is_same_release.then(|| finding().subject(format!("{}.{name}", body.address)))
}

fn check_calls(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    for Callee { call, passed, interface } in calls(repository) {
        for Argument { name, location, .. } in &passed.arguments {
            if interface.input(name).is_some() {
                continue;
            }
            let is_passed = |other: &&str| passed.arguments.iter().any(|passed| &*passed.name == *other);
            let free = || interface.inputs.iter().map(|input| &*input.name).filter(|name| !is_passed(name));
            let help = match suggest::closest(name, free()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if interface.inputs.is_empty() => "it takes none".to_owned(),
                None if interface.inputs.len() <= LISTED => {
                    format!("it has {}", suggest::quote_all(interface.inputs.iter().map(|input| &*input.name)))
                }
                None => format!("declare it there: `variable \"{name}\" {{ … }}`"),
            };
            let source = call.source.as_deref().unwrap_or_default();
            let finding = out.finding(*location, format!("the module `{source}` has no variable `{name}`"));
            out.report(finding.help(help).subject(format!("module.{}.{name}", call.name)));
        }
    }
}
