//! The bodies of a module that a provider describes: resources, provider configurations and the blocks in them, each with
//! its schema. Knows no diagnostics.

use crate::source::Span;
use crate::syntax::hcl::{BlockView, BodyView, ItemView};
use crate::terraform::schemas::{AttributeSchema, BlockSchema};
use crate::terraform::{Binding, Declaration, Module, Source, Type};

/// Arguments that every resource takes.
const RESOURCE_ARGUMENTS: &[&str] = &["count", "for_each", "provider", "depends_on"];
/// Blocks that every resource takes.
const RESOURCE_BLOCKS: &[&str] = &["lifecycle", "connection", "provisioner", "_"];
/// What every provider configuration takes.
const PROVIDER_ARGUMENTS: &[&str] = &["alias", "version", "for_each"];

/// What may be written in a body.
#[derive(Clone, Copy)]
pub(super) enum Shape<'s> {
    /// What a schema says.
    Schema(&'s BlockSchema),
    /// The members of an object that is written as a block.
    Members(&'s AttributeSchema),
}

/// A body that a provider describes.
pub(super) struct Body<'a, 's> {
    /// The file.
    pub(super) source: &'a Source,
    /// What is written.
    pub(super) body: BodyView<'a>,
    /// From the first word of the block to its last label.
    pub(super) header: Span,
    /// The rest of a resource: what other files say of it.
    pub(super) others: Vec<BodyView<'a>>,
    /// What may be written.
    pub(super) shape: Shape<'s>,
    /// Names that Terraform takes itself.
    pub(super) own: &'static [&'static str],
    /// Names of blocks that Terraform takes itself.
    pub(super) own_blocks: &'static [&'static str],
    /// The block in words.
    pub(super) title: String,
    /// The address of the resource, for fingerprints.
    pub(super) address: String,
    /// Whether it is written once for a resource; an override file adds to it.
    pub(super) is_main: bool,
    /// Who describes it.
    pub(super) binding: Binding<'s>,
}

impl Shape<'_> {
    /// Everything that may be written.
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Self::Schema(schema) => {
                let arguments = schema.attributes.iter().filter(|(_, attribute)| attribute.is_argument());
                arguments.map(|(name, _)| &**name).chain(schema.blocks.keys().map(|name| &**name)).collect()
            }
            Self::Members(attribute) => match attribute.ty.element() {
                Some(Type::Object(object)) => object.attributes.keys().map(|name| &**name).collect(),
                _ => Vec::new(),
            },
        }
    }
}

/// Calls `found` with every body of `module` that is described.
pub(super) fn visit<'a>(module: &Module<'a>, found: &mut dyn FnMut(Body<'a, '_>)) {
    for resource in &module.resources {
        let Some((schema, binding)) = module.schema_of(resource) else { continue };
        let declarations: Vec<Declaration<'a>> = resource.declarations().collect();
        for (index, declaration) in declarations.iter().enumerate() {
            let others = declarations.iter().enumerate().filter(|(other, _)| *other != index);
            let body = Body {
                source: declaration.source,
                body: declaration.block.body(),
                header: declaration.block.header_span(),
                others: others.map(|(_, other)| other.block.body()).collect(),
                shape: Shape::Schema(schema),
                own: RESOURCE_ARGUMENTS,
                own_blocks: RESOURCE_BLOCKS,
                title: format!("`{}`", resource.kind),
                address: resource.address(),
                is_main: index + 1 == declarations.len(),
                binding,
            };
            visit_nested(&body, found);
            found(body);
        }
    }
    for provider in &module.providers {
        let Some(binding) = module.provider_schema(&provider.name()) else { continue };
        let Some(schema) = binding.provider.config() else { continue };
        let body = Body {
            source: provider.source,
            body: provider.block.body(),
            header: provider.block.header_span(),
            others: Vec::new(),
            shape: Shape::Schema(schema),
            own: PROVIDER_ARGUMENTS,
            own_blocks: &["_"],
            title: format!("provider `{}`", provider.name()),
            address: format!("provider.{}", provider.name()),
            // What is missing may come from the environment.
            is_main: false,
            binding,
        };
        visit_nested(&body, found);
        found(body);
    }
}

/// A nested block by its name, and where its content is written: a `dynamic` block has the name as its label.
pub(super) fn nested_blocks<'a>(body: BodyView<'a>) -> Vec<(&'a str, BlockView<'a>)> {
    let mut found = Vec::new();
    for item in body.items() {
        let ItemView::Block(block) = item else { continue };
        if block.kind() != "dynamic" {
            found.push((block.kind(), block));
            continue;
        }
        let label = block.label_spans().first().map(|span| block.document().slice(*span).trim_matches('"'));
        let Some(label) = label else { continue };
        found.extend(block.body().blocks_of("content").map(|content| (label, content)));
    }
    found
}

fn visit_nested<'a>(parent: &Body<'a, '_>, found: &mut dyn FnMut(Body<'a, '_>)) {
    let Shape::Schema(schema) = parent.shape else { return };
    for (name, block) in nested_blocks(parent.body) {
        let shape = match (schema.blocks.get(name), schema.attributes.get(name)) {
            (Some(nested), _) => Shape::Schema(&nested.block),
            (None, Some(attribute)) if attribute.may_be_blocks() => Shape::Members(attribute),
            _ => continue,
        };
        let body = Body {
            source: parent.source,
            body: block.body(),
            header: block.header_span(),
            others: Vec::new(),
            shape,
            own: &[],
            own_blocks: &[],
            title: format!("block `{name}`"),
            address: parent.address.clone(),
            is_main: true,
            binding: parent.binding,
        };
        visit_nested(&body, found);
        found(body);
    }
}
