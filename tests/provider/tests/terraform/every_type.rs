//! Every resource, data source and ephemeral resource type through a real terraform: once with the required arguments
//! only, once with every argument and block there is.
//!
//! Terraform checks what a provider answers against schema and plan; this finds the answers it would reject.

use crate::sandbox::Sandbox;
use serde_json::{Map, Value as Json, json};
use sprag_test_provider::product::Product;
use sprag_test_provider::schema::{self, Attribute, Block, NestedType, Nesting, Provider, Resource};
use std::collections::BTreeMap;

/// Arguments for types whose schema alone does not say what is enough.
fn extra(type_name: &str) -> Json {
    match type_name {
        "random_integer" => json!({"min": 1, "max": 9}),
        _ => json!({}),
    }
}

/// How much of a resource is written, and its number, which makes all resources different.
#[derive(Clone, Copy)]
struct Extent {
    everything: bool,
    number: usize,
}

/// Arguments and blocks with plausible values.
fn body(block: &Block, extent: Extent) -> Json {
    let mut written = members(&block.attributes, extent);
    for (name, nested) in block.block_types.iter().filter(|(_, nested)| extent.everything || nested.min_items > 0) {
        written.insert(name.clone(), json!([body(&nested.block, extent)]));
    }
    Json::Object(written)
}

fn members(attributes: &BTreeMap<String, Attribute>, extent: Extent) -> Map<String, Json> {
    let wanted = |schema: &Attribute| schema.required || (extent.everything && schema.optional);
    let written = attributes.iter().filter(|(_, schema)| wanted(schema));
    written.map(|(name, schema)| (name.clone(), argument(schema, extent))).collect()
}

fn argument(schema: &Attribute, extent: Extent) -> Json {
    if let Some(accepted) = schema.accepted.iter().find(|value| *value != "") {
        return accepted.clone();
    }
    if let Some(element) = &schema.element_attributes {
        return json!([members(element, extent)]);
    }
    match (&schema.nested_type, &schema.ty) {
        (Some(nested), _) => nested_argument(nested, extent),
        (None, Some(ty)) => of_type(ty, schema, extent),
        (None, None) => Json::Null,
    }
}

fn nested_argument(nested: &NestedType, extent: Extent) -> Json {
    let object = Json::Object(members(&nested.attributes, extent));
    match nested.nesting_mode {
        Nesting::Single => object,
        Nesting::List | Nesting::Set => json!([object]),
        Nesting::Map => json!({"key": object}),
    }
}

fn of_type(ty: &Json, schema: &Attribute, extent: Extent) -> Json {
    match (ty.as_str(), ty[0].as_str()) {
        (Some("string"), _) => json!(format!("text-{}", extent.number)),
        (Some("number"), _) => json!(schema.minimum.map_or(1, |minimum| minimum.max(1.0) as i64)),
        (Some("bool"), _) => json!(true),
        (_, Some("list" | "set")) => {
            let element = schema.element_accepted.first().cloned();
            json!([element.unwrap_or_else(|| of_type(&ty[1], schema, extent))])
        }
        (_, Some("map")) => json!({"key": of_type(&ty[1], schema, extent)}),
        _ => {
            let members = ty[1].as_object().into_iter().flatten();
            members.map(|(name, ty)| (name.clone(), of_type(ty, schema, extent))).collect()
        }
    }
}

/// One of each type, as Terraform's JSON syntax wants it.
fn one_of_each(resources: &BTreeMap<String, Resource>, everything: bool) -> Json {
    let one = |(number, (type_name, resource)): (usize, (&String, &Resource))| {
        let mut body = body(&resource.block, Extent { everything, number });
        for (name, value) in extra(type_name).as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        (type_name.clone(), json!({"one": body}))
    };
    Json::Object(resources.iter().enumerate().map(one).collect())
}

fn module(product: Product, provider: &Provider, everything: bool) -> Json {
    let source = product.address().trim_start_matches("registry.terraform.io/");
    let mut module = json!({"terraform": {"required_providers": {product.name(): {"source": source}}}});
    let kinds = [
        ("resource", &provider.resource_schemas),
        ("data", &provider.data_source_schemas),
        ("ephemeral", &provider.ephemeral_resource_schemas),
    ];
    for (kind, schemas) in kinds.into_iter().filter(|(_, schemas)| !schemas.is_empty()) {
        module[kind] = one_of_each(schemas, everything);
    }
    module
}

fn check(product: Product, everything: bool) {
    let Some(sandbox) = Sandbox::new() else { return };
    let provider = schema::parse(product.schema_text()).unwrap();
    sandbox.write("main.tf", "");
    sandbox.write("main.tf.json", &module(product, &provider, everything).to_string());
    sandbox.succeeds(&["init", "-input=false"]);
    let text = sandbox.succeeds(&["apply", "-auto-approve"]);
    let summary = format!("Resources: {} added, 0 changed, 0 destroyed", provider.resource_schemas.len());
    assert!(text.contains(&summary), "{text}");
    sandbox.succeeds(&["plan", "-detailed-exitcode"]);
    sandbox.succeeds(&["destroy", "-auto-approve"]);
}

#[test]
fn required_arguments_of_proxmox() {
    check(Product::Proxmox, false);
}

#[test]
fn every_argument_of_proxmox() {
    check(Product::Proxmox, true);
}

#[test]
fn required_arguments_of_tls() {
    check(Product::Tls, false);
}

#[test]
fn every_argument_of_tls() {
    check(Product::Tls, true);
}

#[test]
fn required_arguments_of_random() {
    check(Product::Random, false);
}

#[test]
fn every_argument_of_random() {
    check(Product::Random, true);
}
