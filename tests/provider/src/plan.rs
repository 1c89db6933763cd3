//! What a resource will look like: the configured values, and what the schema says for those that are not configured.
//!
//! Terraform proposes a new state that already carries over computed values of the prior state; this module adds
//! defaults and unknown values. The rule for an unset attribute is [`Attribute::unset`]. It knows no resource by name.

use crate::schema::{Attribute, Block, NestedBlock, Nesting, Unset};
use crate::value::{self, Value};
use std::collections::BTreeMap;

static NULL: Value = Value::Nil;

/// The same place in the prior state, the proposed state and the configuration.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub prior: &'a Value,
    pub proposed: &'a Value,
    pub config: &'a Value,
}

impl<'a> Place<'a> {
    fn member(self, name: &str) -> Self {
        let member = |object: &'a Value| value::member(object, name);
        Self { prior: member(self.prior), proposed: member(self.proposed), config: member(self.config) }
    }

    fn element(self, index: usize) -> Self {
        let element = |list: &'a Value| value::element(list, index);
        Self { prior: element(self.prior), proposed: element(self.proposed), config: element(self.config) }
    }

    /// The members of a set cannot be paired: what Terraform proposes stands for the configuration.
    fn member_of_set(self, index: usize) -> Self {
        let proposed = value::element(self.proposed, index);
        Self { prior: &NULL, proposed, config: proposed }
    }
}

/// The planned state of a resource. A proposed null, which is a deletion, stays null.
pub fn plan(block: &Block, place: Place<'_>) -> Value {
    if !matches!(place.proposed, Value::Map(_)) {
        return place.proposed.clone();
    }
    let attributes = block.attributes.iter().map(|(name, schema)| (name, attribute(schema, place, name)));
    let blocks = block.block_types.iter().map(|(name, schema)| (name, nested_block(schema, place.member(name))));
    value::object(attributes.chain(blocks).map(|(name, value)| (name.as_str(), value)))
}

/// Plans the members of an object attribute.
fn members(schemas: &BTreeMap<String, Attribute>, place: Place<'_>) -> Value {
    if !matches!(place.proposed, Value::Map(_)) {
        return place.proposed.clone();
    }
    value::object(schemas.iter().map(|(name, schema)| (name.as_str(), attribute(schema, place, name))))
}

fn attribute(schema: &Attribute, parent: Place<'_>, name: &str) -> Value {
    let place = parent.member(name);
    if schema.write_only {
        return Value::Nil;
    }
    if place.config.is_nil() {
        return unset(schema, place, !parent.prior.is_nil());
    }
    if let Some(nested) = &schema.nested_type {
        return each(nested.nesting_mode, place, |place| members(&nested.attributes, place));
    }
    if let Some(element) = &schema.element_attributes {
        return each(Nesting::List, place, |place| members(element, place));
    }
    if schema.order_insensitive && same_elements(place.prior, place.proposed) {
        return place.prior.clone();
    }
    place.proposed.clone()
}

/// The planned value of an attribute that is not configured; `exists` says whether the object around it did before.
fn unset(schema: &Attribute, place: Place<'_>, exists: bool) -> Value {
    match schema.unset() {
        Unset::Known(json) => value::from_json(json),
        Unset::Null => Value::Nil,
        Unset::Unknown if !place.proposed.is_nil() => place.proposed.clone(),
        // Terraform carries over prior values, but not inside attributes of plain objects such as `network_device`.
        Unset::Unknown if exists => place.prior.clone(),
        Unset::Unknown => value::unknown(),
    }
}

fn nested_block(schema: &NestedBlock, place: Place<'_>) -> Value {
    if schema.computed && is_absent(place.config) {
        return if place.prior.is_nil() { value::unknown() } else { place.prior.clone() };
    }
    match (schema.nesting_mode, place.proposed) {
        (Nesting::List | Nesting::Set, Value::Nil) => Value::Array(Vec::new()),
        (Nesting::Map, Value::Nil) => Value::Map(Vec::new()),
        (nesting, _) => each(nesting, place, |place| plan(&schema.block, place)),
    }
}

fn is_absent(block: &Value) -> bool {
    block.is_nil() || block.as_array().is_some_and(Vec::is_empty)
}

/// Applies `plan` to every object of a nested value. Null and unknown collections stay as they are.
fn each<'a>(nesting: Nesting, place: Place<'a>, plan: impl Fn(Place<'a>) -> Value) -> Value {
    match (nesting, place.proposed) {
        (Nesting::Single, _) => plan(place),
        (Nesting::List, Value::Array(items)) => {
            Value::Array((0..items.len()).map(|index| plan(place.element(index))).collect())
        }
        (Nesting::Set, Value::Array(items)) => {
            Value::Array((0..items.len()).map(|index| plan(place.member_of_set(index))).collect())
        }
        (Nesting::Map, Value::Map(entries)) => {
            let entry = |(key, _): &(Value, Value)| {
                let value = key.as_str().map_or(Value::Nil, |name| plan(place.member(name)));
                (key.clone(), value)
            };
            Value::Map(entries.iter().map(entry).collect())
        }
        (_, other) => other.clone(),
    }
}

/// Whether two lists hold the same elements in any order.
fn same_elements(left: &Value, right: &Value) -> bool {
    let (Some(left), Some(right)) = (left.as_array(), right.as_array()) else { return false };
    let mut rest: Vec<&Value> = right.iter().collect();
    let all_found =
        left.iter().all(|item| rest.iter().position(|other| *other == item).map(|at| rest.remove(at)).is_some());
    all_found && rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::product::Product;
    use crate::schema::{self, Resource};
    use serde_json::{Value as Json, json};

    fn resource(product: Product, type_name: &str) -> Resource {
        schema::parse(product.schema_text()).unwrap().resource_schemas.remove(type_name).unwrap()
    }

    /// Adds what Terraform would: a null for every member that is not written, an empty list for every absent block.
    fn complete(block: &Block, config: &Json) -> Value {
        let attributes = block.attributes.keys().map(|name| (name.as_str(), value::from_json(&config[name])));
        let blocks = block.block_types.iter().map(|(name, nested)| {
            let items = config[name].as_array().into_iter().flatten();
            (name.as_str(), Value::Array(items.map(|item| complete(&nested.block, item)).collect()))
        });
        value::object(attributes.chain(blocks))
    }

    fn create(product: Product, type_name: &str, config: &Json) -> Value {
        let block = resource(product, type_name).block;
        let config = complete(&block, config);
        plan(&block, Place { prior: &NULL, proposed: &config, config: &config })
    }

    fn at<'a>(value: &'a Value, block: &str) -> &'a Value {
        value::element(value::member(value, block), 0)
    }

    #[test]
    fn new_machine_gets_defaults_nulls_and_unknowns() {
        let config = json!({"node_name": "pve", "disk": [{"interface": "scsi0"}], "cpu": [{"cores": 2}]});
        let vm = create(Product::Proxmox, "proxmox_virtual_environment_vm", &config);
        assert_eq!(value::member(&vm, "scsi_hardware"), &"virtio-scsi-pci".into());
        assert_eq!(value::member(&vm, "started"), &true.into());
        for null in ["description", "name", "tags"] {
            assert!(value::member(&vm, null).is_nil(), "{null}");
        }
        for unknown in ["id", "vm_id", "mac_addresses", "network_device", "vga"] {
            assert!(value::is_unknown(value::member(&vm, unknown)), "{unknown}");
        }
        assert_eq!(value::member(&vm, "memory"), &Value::Array(Vec::new()));
        let disk = at(&vm, "disk");
        assert_eq!(value::member(disk, "datastore_id"), &"local-lvm".into());
        assert!(value::is_unknown(value::member(disk, "size")));
        assert!(value::member(disk, "file_id").is_nil());
        assert_eq!(value::member(at(&vm, "cpu"), "type"), &"qemu64".into());
    }

    #[test]
    fn attribute_in_block_syntax_gets_the_defaults_of_its_elements() {
        let member = |name: &str| (name.to_owned(), Json::Null);
        let mut device: serde_json::Map<_, _> =
            ["bridge", "mac_address", "model", "mtu", "trunks"].into_iter().map(member).collect();
        device.insert("bridge".to_owned(), json!("vmbr1"));
        let config = json!({"node_name": "pve", "network_device": [device]});
        let vm = create(Product::Proxmox, "proxmox_virtual_environment_vm", &config);
        let device = at(&vm, "network_device");
        assert_eq!(value::member(device, "bridge"), &"vmbr1".into());
        assert_eq!(value::member(device, "model"), &"virtio".into());
        assert!(value::is_unknown(value::member(device, "mac_address")) && value::member(device, "trunks").is_nil());
    }

    #[test]
    fn new_mount_point_follows_the_schema() {
        let config = json!({"node_name": "pve", "mount_point": [{"volume": "local-lvm", "path": "/data"}]});
        let container = create(Product::Proxmox, "proxmox_virtual_environment_container", &config);
        let mount = at(&container, "mount_point");
        assert_eq!(value::member(mount, "replicate"), &true.into());
        assert_eq!(value::member(mount, "backup"), &false.into());
        assert!(value::member(mount, "size").is_nil());
        assert!(value::is_unknown(value::member(mount, "path_in_datastore")));
    }

    #[test]
    fn update_keeps_computed_values_and_returns_to_defaults() {
        let block = resource(Product::Proxmox, "proxmox_virtual_environment_vm").block;
        let prior = complete(
            &block,
            &json!({"id": "100", "vm_id": 100, "node_name": "pve", "started": false,
            "tags": ["a", "b"], "network_device": [{"bridge": "vmbr0", "mac_address": "BC:24:11:00:00:01"}]}),
        );
        let written = json!({"node_name": "pve", "tags": ["b", "a"],
            "network_device": [{"bridge": "vmbr1", "mac_address": null}]});
        let config = complete(&block, &written);
        let mut proposed = config.clone();
        value::set_member(&mut proposed, "id", "100".into());
        value::set_member(&mut proposed, "vm_id", 100.into());
        let planned = plan(&block, Place { prior: &prior, proposed: &proposed, config: &config });
        assert_eq!(value::member(&planned, "id"), &"100".into());
        assert_eq!(value::member(&planned, "vm_id"), &100.into());
        assert_eq!(value::member(&planned, "started"), &true.into());
        assert_eq!(value::member(&planned, "tags"), value::member(&prior, "tags"), "a new order is no change");
        assert_eq!(value::member(at(&planned, "network_device"), "mac_address"), &"BC:24:11:00:00:01".into());
    }

    #[test]
    fn configured_unknowns_keep_their_refinements() {
        let refined = Value::Ext(12, vec![0x81, 0x01, 0xc2]);
        let block = resource(Product::Tls, "tls_private_key").block;
        let mut config = complete(&block, &json!({}));
        value::set_member(&mut config, "algorithm", refined.clone());
        let planned = plan(&block, Place { prior: &NULL, proposed: &config, config: &config });
        assert_eq!(value::member(&planned, "algorithm"), &refined);
        assert_eq!(value::member(&planned, "rsa_bits"), &2048.into());
        assert!(value::is_unknown(value::member(&planned, "public_key_openssh")));
    }

    #[test]
    fn write_only_values_are_not_planned_and_deletion_stays_null() {
        let config = json!({"plugin": "p", "api": "a", "data_wo": {"k": "v"}, "data_wo_version": 1});
        let plugin = create(Product::Proxmox, "proxmox_acme_dns_plugin", &config);
        assert!(value::member(&plugin, "data_wo").is_nil());
        let block = resource(Product::Proxmox, "proxmox_acme_dns_plugin").block;
        assert!(plan(&block, Place { prior: &plugin, proposed: &NULL, config: &NULL }).is_nil());
    }
}
