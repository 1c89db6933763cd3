//! Where in a module expressions stand in which references mean what they say: not the lists of names in
//! `ignore_changes`, `providers` and the like, and nothing of blocks that are not known.

use super::{Module, Source};
use crate::syntax::hcl::{BlockView, BodyView, ExprView};

/// The surroundings of an expression.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// The file.
    pub source: &'a Source,
    /// The block of the file in which it stands; for the `data` block of a `check` that one.
    pub block: BlockView<'a>,
    /// Whether `self` is the resource.
    pub has_self: bool,
    /// Whether it is in `depends_on`, where references have no value.
    pub is_dependency: bool,
    /// Whether it is the value of `count` or `for_each`.
    pub is_repetition: bool,
}

type Found<'a, 'f> = &'f mut dyn FnMut(Site<'a>, ExprView<'a>, &[&'a str]);

/// Calls `found` with every expression of `module`, and the iterators of the `dynamic` blocks around it.
pub fn visit_expressions<'a>(module: &Module<'a>, found: Found<'a, '_>) {
    for source in module.configuration() {
        for block in source.document().root().blocks() {
            let site = Site { source, block, has_self: false, is_dependency: false, is_repetition: false };
            let body = block.body();
            match block.kind() {
                "locals" => arguments(site, body, &[], &[], found),
                "output" => {
                    let is_value = |name: &str| matches!(name, "value" | "depends_on");
                    let mut values = body.attributes().filter(|attribute| is_value(attribute.name()));
                    values.by_ref().for_each(|value| argument(site, value.name(), value.value(), &[], found));
                    conditions(site, body, found);
                }
                "variable" => conditions(site, body, found),
                "resource" | "data" | "ephemeral" => resource(site, body, found),
                "module" => arguments(site, body, &["source", "version", "providers"], &[], found),
                "provider" => open(site, body, &["alias", "version"], &[], found),
                "check" => {
                    conditions(site, body, found);
                    for data in body.blocks_of("data") {
                        resource(Site { block: data, ..site }, data.body(), found);
                    }
                }
                "import" => arguments(site, body, &["to", "provider", "identity"], &[], found),
                _ => {}
            }
        }
    }
}

fn arguments<'a>(site: Site<'a>, body: BodyView<'a>, except: &[&str], names: &[&'a str], found: Found<'a, '_>) {
    for attribute in body.attributes().filter(|attribute| !except.contains(&attribute.name())) {
        argument(site, attribute.name(), attribute.value(), names, found);
    }
}

fn argument<'a>(site: Site<'a>, name: &str, value: ExprView<'a>, names: &[&'a str], found: Found<'a, '_>) {
    let is_dependency = name == "depends_on";
    let is_repetition = matches!(name, "count" | "for_each");
    // In JSON a nested `dynamic` block is a property like any other.
    if site.source.is_native() || !value.text().contains("dynamic") {
        found(Site { is_dependency, is_repetition, ..site }, value, names);
    }
}

/// `precondition`, `postcondition`, `validation` and `assert`.
fn conditions<'a>(site: Site<'a>, body: BodyView<'a>, found: Found<'a, '_>) {
    for block in body.blocks() {
        let has_self = block.kind() == "postcondition";
        if matches!(block.kind(), "precondition" | "postcondition" | "validation" | "assert") {
            for name in ["condition", "error_message"] {
                if let Some(value) = block.body().value(name) {
                    found(Site { has_self, ..site }, value, &[]);
                }
            }
        }
    }
}

fn resource<'a>(site: Site<'a>, body: BodyView<'a>, found: Found<'a, '_>) {
    arguments(site, body, &["provider"], &[], found);
    for block in body.blocks() {
        match block.kind() {
            "lifecycle" => conditions(site, block.body(), found),
            "connection" | "provisioner" => {
                open(Site { has_self: true, ..site }, block.body(), &["when", "on_failure"], &[], found);
            }
            _ => nested(site, block, &[], found),
        }
    }
}

/// A body whose arguments and blocks a provider defines.
fn open<'a>(site: Site<'a>, body: BodyView<'a>, except: &[&str], names: &[&'a str], found: Found<'a, '_>) {
    // `count` and `for_each` are arguments like others in here.
    for attribute in body.attributes().filter(|attribute| !except.contains(&attribute.name())) {
        argument(site, "", attribute.value(), names, found);
    }
    for block in body.blocks() {
        nested(site, block, names, found);
    }
}

fn nested<'a>(site: Site<'a>, block: BlockView<'a>, names: &[&'a str], found: Found<'a, '_>) {
    let body = block.body();
    if block.kind() != "dynamic" {
        return open(site, body, &[], names, found);
    }
    if let Some(collection) = body.value("for_each") {
        argument(site, "", collection, names, found);
    }
    let label = block.label_spans().first().map(|span| block.document().slice(*span).trim_matches('"'));
    let iterator = body.value("iterator").and_then(ExprView::as_keyword).or(label).unwrap_or_default();
    let names = [names, &[iterator]].concat();
    if let Some(labels) = body.value("labels") {
        argument(site, "", labels, &names, found);
    }
    for content in body.blocks_of("content") {
        open(site, content.body(), &[], &names, found);
    }
}
