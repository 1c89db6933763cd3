//! Turns schemas into the messages of `GetProviderSchema`.

use crate::proto;
use crate::schema::{Attribute, Block, NestedBlock, Nesting, Provider, Resource};
use std::collections::{BTreeMap, HashMap};

/// The answer to `GetProviderSchema`.
pub fn provider(provider: &Provider) -> proto::SchemaResponse {
    proto::SchemaResponse {
        provider: Some(resource(&provider.provider)),
        resource_schemas: resources(&provider.resource_schemas),
        data_source_schemas: resources(&provider.data_source_schemas),
        ephemeral_resource_schemas: resources(&provider.ephemeral_resource_schemas),
    }
}

fn resources(resources: &BTreeMap<String, Resource>) -> HashMap<String, proto::Schema> {
    resources.iter().map(|(name, schema)| (name.clone(), resource(schema))).collect()
}

fn resource(resource: &Resource) -> proto::Schema {
    proto::Schema { version: resource.version, block: Some(block(&resource.block)) }
}

fn block(block: &Block) -> proto::Block {
    proto::Block {
        attributes: attributes(&block.attributes),
        block_types: block.block_types.iter().map(|(name, nested)| nested_block(name, nested)).collect(),
        deprecated: block.deprecated,
    }
}

fn nested_block(name: &str, nested: &NestedBlock) -> proto::NestedBlock {
    proto::NestedBlock {
        type_name: name.to_owned(),
        block: Some(block(&nested.block)),
        nesting: nesting(nested.nesting_mode),
        min_items: nested.min_items,
        max_items: nested.max_items,
    }
}

fn attributes(attributes: &BTreeMap<String, Attribute>) -> Vec<proto::Attribute> {
    attributes.iter().map(|(name, schema)| attribute(name, schema)).collect()
}

fn attribute(name: &str, schema: &Attribute) -> proto::Attribute {
    proto::Attribute {
        name: name.to_owned(),
        r#type: schema.ty.as_ref().map(|ty| ty.to_string().into_bytes()).unwrap_or_default(),
        required: schema.required,
        optional: schema.optional,
        computed: schema.computed,
        sensitive: schema.sensitive,
        deprecated: schema.deprecated,
        nested_type: schema.nested_type.as_ref().map(|nested| proto::Object {
            attributes: attributes(&nested.attributes),
            nesting: nesting(nested.nesting_mode),
        }),
        write_only: schema.write_only,
    }
}

fn nesting(nesting: Nesting) -> i32 {
    match nesting {
        Nesting::Single => 1,
        Nesting::List => 2,
        Nesting::Set => 3,
        Nesting::Map => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{product::Product, schema};

    fn response(product: Product) -> proto::SchemaResponse {
        provider(&schema::parse(product.schema_text()).unwrap())
    }

    fn find<'a>(block: &'a proto::Block, name: &str) -> &'a proto::Attribute {
        block.attributes.iter().find(|attribute| attribute.name == name).unwrap()
    }

    #[test]
    fn container_has_its_attributes_and_blocks() {
        let response = response(Product::Proxmox);
        let container = response.resource_schemas["proxmox_virtual_environment_container"].block.as_ref().unwrap();
        let tags = find(container, "tags");
        assert_eq!((tags.r#type.as_slice(), tags.optional, tags.computed), (&br#"["list","string"]"#[..], true, false));
        assert!(find(container, "node_name").required);
        let mount = container.block_types.iter().find(|nested| nested.type_name == "mount_point").unwrap();
        assert_eq!((mount.nesting, mount.min_items, mount.max_items), (2, 0, 256));
        assert!(find(mount.block.as_ref().unwrap(), "volume").required);
    }

    #[test]
    fn network_device_is_an_attribute() {
        let response = response(Product::Proxmox);
        let vm = response.resource_schemas["proxmox_virtual_environment_vm"].block.as_ref().unwrap();
        let device = find(vm, "network_device");
        assert!(device.r#type.starts_with(br#"["list",["object","#) && device.nested_type.is_none());
        assert!(vm.block_types.iter().all(|nested| nested.type_name != "network_device"));
    }

    #[test]
    fn flags_and_nested_types_are_kept() {
        let response = response(Product::Proxmox);
        let certificate = response.resource_schemas["proxmox_acme_certificate"].block.as_ref().unwrap();
        let domains = find(certificate, "domains");
        assert!(domains.r#type.is_empty());
        assert_eq!(domains.nested_type.as_ref().map(|nested| nested.nesting), Some(2));
        let plugin = response.resource_schemas["proxmox_acme_dns_plugin"].block.as_ref().unwrap();
        assert!(find(plugin, "data_wo").write_only);
        assert!(response.resource_schemas["proxmox_virtual_environment_vm2"].block.as_ref().unwrap().deprecated);
    }

    #[test]
    fn sensitive_versions_and_ephemeral_resources_are_kept() {
        let response = response(Product::Random);
        let password = &response.resource_schemas["random_password"];
        assert_eq!(password.version, 3);
        let block = password.block.as_ref().unwrap();
        assert!(find(block, "result").sensitive && find(block, "number").deprecated);
        assert!(response.ephemeral_resource_schemas.contains_key("random_password"));
    }
}
