//! What Terraform would refuse for every caller, or plan again for ever: validations, conditions, values that differ
//! with every run. Only what is certain is said.

use std::borrow::Cow;
use std::collections::HashSet;
use std::rc::Rc;

use super::{cycles, types};
use crate::diagnostic::{Diagnostic, LintId, Location, Severity};
use crate::eval::module::{Frame, Inputs, Instance, Node, Program};
use crate::eval::{Marks, Value};
use crate::invariant::{Context, Contexts};
use crate::syntax::hcl::{AttributeView, BlockView, ExprKind, ExprView};
use crate::terraform::{Declaration, Module, Resource, ResourceMode, Source};

/// Attributes whose purpose is to differ: what they trigger runs every time.
const TRIGGERS: &[(&str, &str)] = &[("terraform_data", "triggers_replace"), ("null_resource", "triggers")];

/// Everything that is certain of the module `node`. With `is_unstable` something in it may differ with every run.
pub(super) fn check(contexts: &Contexts<'_>, node: usize, is_unstable: bool) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let anybody = contexts.anybody(node);
    contradictions(anybody, &mut found);
    for context in contexts.of(node) {
        violations(anybody, context, &mut found);
        types::passed(context, &mut found);
    }
    types::arguments(anybody, &mut found);
    found.extend(cycles::through_calls(contexts.program(), node));
    conditions(anybody, &mut found);
    if is_unstable {
        unstable_arguments(anybody, &mut found);
    }
    found
}

/// Whether no validation of the module refuses everything that anybody could pass. The modules that it calls are not at
/// hand.
#[must_use]
pub fn is_callable<'p>(node: &'p Node<'p>) -> bool {
    let mut found = Vec::new();
    contradictions(&Instance::new(&Program::new(std::slice::from_ref(node)), 0, Inputs::Anybody), &mut found);
    found.is_empty()
}

/// In which modules something may differ with every run: those of which `by_itself` says so, and those that call them.
pub(super) fn unstable(nodes: &[Node<'_>], by_itself: &dyn Fn(usize) -> bool) -> Vec<bool> {
    let mut found: Vec<bool> = (0..nodes.len()).map(by_itself).collect();
    let calls_one = |found: &[bool], node: &Node<'_>| node.calls.values().any(|callee| found[*callee]);
    loop {
        let callers: Vec<usize> = (0..nodes.len()).filter(|at| !found[*at] && calls_one(&found, &nodes[*at])).collect();
        if callers.is_empty() {
            return found;
        }
        callers.into_iter().for_each(|caller| found[caller] = true);
    }
}

fn error(lint: &'static str, location: Location, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(LintId::new(lint), Severity::Error, location, message)
}

/// The variables that have validations, with their names. One that is declared twice may have them in either place.
fn validated<'m, 'p>(module: &'m Module<'p>) -> Vec<(&'m Declaration<'p>, Cow<'p, str>)> {
    let has_validations = |variable: &&Declaration<'_>| variable.block.body().blocks_of("validation").next().is_some();
    let names: HashSet<Cow<'_, str>> = module.variables.iter().filter(has_validations).map(Declaration::name).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let named = module.variables.iter().map(|variable| (variable, variable.name()));
    named.filter(|(_, name)| names.contains(name)).collect()
}

/// Validations that no value passes.
fn contradictions(instance: &Rc<Instance<'_>>, found: &mut Vec<Diagnostic>) {
    for (variable, name) in validated(instance.module()) {
        let Some(contradiction) = instance.variable(&name).and_then(|set| set.contradiction) else { continue };
        let message = format!("no value of `var.{name}` passes this validation");
        let mut diagnostic =
            error("terraform/contradictory-validation", variable.location(contradiction.condition), message)
                .help("nothing fits the type, this and the validations before it: nobody can call the module")
                .subject(format!("var.{name}"));
        if let Some(ty) = variable.value("type") {
            diagnostic = diagnostic.label(variable.location(ty.span()), "the type");
        }
        found.push(diagnostic);
    }
}

/// Values that are passed to a variable and that its validations refuse.
fn violations(anybody: &Rc<Instance<'_>>, context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let instance = &context.instance;
    for (variable, name) in validated(instance.module()) {
        if anybody.variable(&name).is_none_or(|set| set.contradiction.is_some()) {
            continue;
        }
        let Some(contradiction) = instance.variable(&name).and_then(|set| set.contradiction) else { continue };
        let argument = context
            .call
            .as_ref()
            .and_then(|site| Some(site.declaration.source.location(site.declaration.value(&name)?.span())));
        let written = argument.or_else(|| context.values.get(&*name).copied());
        let default = variable.value("default").map(|default| variable.location(default.span()));
        let Some(location) = written.or(default) else { continue };
        let message = validation_message(variable, contradiction.number);
        let diagnostic = error("terraform/violated-validation", location, message)
            .label(variable.location(contradiction.condition), format!("the validation of `var.{name}`"))
            .help("pass a value that the validation accepts")
            .subject(format!("var.{name}"));
        if !found.iter().any(|known| known.location == location && known.lint == diagnostic.lint) {
            found.push(diagnostic);
        }
    }
}

fn validation_message(variable: &Declaration<'_>, number: usize) -> String {
    let name = variable.name();
    let validation = variable.block.body().blocks_of("validation").nth(number);
    let text = validation
        .and_then(|block| block.body().value("error_message"))
        .and_then(|text| text.as_string().map(|text| text.trim().trim_end_matches('.').to_owned()));
    match text.filter(|text| !text.is_empty()) {
        Some(text) => format!("a validation of `var.{name}` refuses this value: {text}"),
        None => format!("a validation of `var.{name}` refuses this value"),
    }
}

/// Preconditions, postconditions and assertions of checks that are false whatever a caller passes.
fn conditions(instance: &Rc<Instance<'_>>, found: &mut Vec<Diagnostic>) {
    let module = instance.module();
    for (number, resource) in module.resources.iter().enumerate() {
        let blocks: Vec<(&Source, BlockView<'_>)> = resource
            .declarations()
            .flat_map(|declaration| {
                let lifecycles = declaration.block.body().blocks_of("lifecycle");
                lifecycles.flat_map(|block| block.body().blocks()).map(move |block| (declaration.source, block))
            })
            .filter(|(_, block)| matches!(block.kind(), "precondition" | "postcondition"))
            .collect();
        if blocks.is_empty() || !instance.resource_repetition(resource).is_sure() {
            continue;
        }
        // Of the resource itself only `self` tells, which few conditions say.
        let conditions = || blocks.iter().filter_map(|(_, block)| block.body().value("condition"));
        let is_self = |expr: ExprView<'_>| expr.kind() == ExprKind::Variable && expr.text() == "self";
        let needs_body = conditions().flat_map(ExprView::walk).any(is_self);
        let bodies = instance.resource_bodies(number, if needs_body { None } else { Some(&[]) });
        for (source, block) in blocks {
            // False in one instance is enough: Terraform stops there.
            let is_false = bodies.iter().any(|body| {
                let mut frame = body.frame.clone();
                frame.this = Some(body.value.clone());
                block.body().value("condition").is_some_and(|condition| is_false(instance, &frame, condition))
            });
            if is_false {
                report_condition(source, block, block.kind(), &resource.address(), found);
            }
        }
    }
    for output in &module.outputs {
        for block in output.block.body().blocks_of("precondition") {
            let condition = block.body().value("condition");
            if condition.is_some_and(|condition| is_false(instance, &Frame::default(), condition)) {
                report_condition(output.source, block, "precondition", &format!("output.{}", output.name()), found);
            }
        }
    }
    for check in module.others.iter().filter(|block| block.block.kind() == "check") {
        for block in check.block.body().blocks_of("assert") {
            let condition = block.body().value("condition");
            if condition.is_some_and(|condition| is_false(instance, &Frame::default(), condition)) {
                report_condition(check.source, block, "assertion", &format!("check.{}", check.name()), found);
            }
        }
    }
}

fn is_false(instance: &Rc<Instance<'_>>, frame: &Frame, condition: ExprView<'_>) -> bool {
    let (value, _) = instance.eval(frame, condition);
    value.is_ok_and(|value| value.as_bool() == Some(false))
}

fn report_condition(source: &Source, block: BlockView<'_>, kind: &str, subject: &str, found: &mut Vec<Diagnostic>) {
    let place = block.body().value("condition").map_or(block.header_span(), ExprView::span);
    found.push(
        error(
            "terraform/failed-condition",
            source.location(place),
            format!("this {kind} is false whatever a caller passes"),
        )
        .help("mend the condition, or what it is about")
        .subject(subject),
    );
}

/// Arguments of managed resources that differ with every run.
fn unstable_arguments(instance: &Rc<Instance<'_>>, found: &mut Vec<Diagnostic>) {
    let module = instance.module();
    for (number, resource) in module.resources.iter().enumerate() {
        if resource.mode != ResourceMode::Managed || !mentions_unstable(resource) {
            continue;
        }
        let ignored = resource.ignored_changes();
        if ignored.iter().any(|name| name == "all") {
            continue;
        }
        // Only what the expressions see is needed.
        let bodies = instance.resource_bodies(number, Some(&[]));
        for declaration in resource.declarations() {
            for attribute in declaration.block.body().attributes() {
                let name = attribute.name();
                let is_trigger = TRIGGERS.contains(&(&*resource.kind, name));
                if is_trigger || ignored.iter().any(|known| known == name) || is_meta(name) {
                    continue;
                }
                if is_write_only(module, resource, name) || is_replaced(resource, &declaration, attribute) {
                    continue;
                }
                let differs = |frame: &Frame| {
                    let (value, _) = instance.eval(frame, attribute.value());
                    value.is_ok_and(|value: Value| value.all_marks().has(Marks::ALWAYS_UNSTABLE))
                };
                if bodies.iter().any(|body| differs(&body.frame)) {
                    found.push(
                        error(
                            "terraform/perpetual-diff",
                            declaration.location(attribute.value().span()),
                            format!("`{name}` differs with every run, so every plan changes the resource"),
                        )
                        .help("keep the value in a resource such as `time_static` or `random_id`, or name the argument in `ignore_changes`")
                        .subject(resource.address()),
                    );
                }
            }
        }
    }
}

/// Whether an argument is in neither plan nor state
/// (<https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only>). Without a schema its name
/// tells: providers let it end in `_wo`.
fn is_write_only(module: &Module<'_>, resource: &Resource<'_>, name: &str) -> bool {
    let known = module.schema_of(resource).and_then(|(schema, _)| schema.attributes.get(name));
    known.map_or_else(|| name.ends_with("_wo"), |attribute| attribute.is_write_only)
}

/// Whether an override file has another value for it.
fn is_replaced(resource: &Resource<'_>, declaration: &Declaration<'_>, attribute: AttributeView<'_>) -> bool {
    let place = |(declaration, attribute): (Declaration<'_>, AttributeView<'_>)| declaration.location(attribute.span());
    resource.attribute(attribute.name()).is_some_and(|valid| place(valid) != place((*declaration, attribute)))
}

fn is_meta(name: &str) -> bool {
    matches!(name, "count" | "for_each" | "provider" | "depends_on")
}

/// Whether evaluation is worth while: something is computed at all.
fn mentions_unstable(resource: &Resource<'_>) -> bool {
    resource.declarations().any(|declaration| {
        declaration.block.body().attributes().any(|attribute| {
            attribute
                .value()
                .walk()
                .any(|inner| matches!(inner.kind(), ExprKind::Call { .. } | ExprKind::GetAttr { .. }))
        })
    })
}
