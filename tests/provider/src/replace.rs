//! Which changes replace a resource: attributes and blocks marked `force_new` in the schema files.
//!
//! `force_new_if` means "under a condition in provider code". Here it always replaces, except where `is_harmless`
//! knows the condition.

use crate::path::Path;
use crate::schema::{Attribute, Block, NestedBlock, Nesting};
use crate::value::{self, Value};
use std::collections::BTreeMap;

/// The paths whose change replaces the resource. Empty on creation and deletion.
pub fn paths(type_name: &str, block: &Block, prior: &Value, planned: &Value) -> Vec<Path> {
    if prior.is_nil() || planned.is_nil() {
        return Vec::new();
    }
    let mut found = Vec::new();
    compare_block(block, prior, planned, &Path::default(), &mut found);
    found.retain(|path| !is_harmless(type_name, path, prior, planned));
    found
}

fn compare_block(block: &Block, prior: &Value, planned: &Value, path: &Path, found: &mut Vec<Path>) {
    compare_members(&block.attributes, prior, planned, path, found);
    for (name, nested) in &block.block_types {
        let (prior, planned) = (value::member(prior, name), value::member(planned, name));
        compare_nested(nested, prior, planned, &path.attribute(name), found);
    }
}

fn compare_members(
    schemas: &BTreeMap<String, Attribute>,
    prior: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Vec<Path>,
) {
    for (name, schema) in schemas {
        let (prior, planned) = (value::member(prior, name), value::member(planned, name));
        if prior == planned {
            continue;
        }
        let path = path.attribute(name);
        if schema.force_new || schema.force_new_if {
            found.push(path);
        } else if let Some(nested) = &schema.nested_type {
            pairs(nested.nesting_mode, prior, planned, &path, &mut |prior, planned, path| {
                compare_members(&nested.attributes, prior, planned, path, found);
            });
        }
    }
}

fn compare_nested(nested: &NestedBlock, prior: &Value, planned: &Value, path: &Path, found: &mut Vec<Path>) {
    let count = |value: &Value| value.as_array().map_or(0, Vec::len);
    if nested.force_new && count(prior) != count(planned) {
        found.push(path.clone());
    }
    pairs(nested.nesting_mode, prior, planned, path, &mut |prior, planned, path| {
        if nested.force_new && prior != planned {
            found.push(path.clone());
        } else {
            compare_block(&nested.block, prior, planned, path, found);
        }
    });
}

/// Visits the objects that are there before and after. Sets are compared as a whole elsewhere.
fn pairs(nesting: Nesting, prior: &Value, planned: &Value, path: &Path, visit: &mut impl FnMut(&Value, &Value, &Path)) {
    match (nesting, prior, planned) {
        (Nesting::Single, Value::Map(_), Value::Map(_)) => visit(prior, planned, path),
        (Nesting::List, Value::Array(before), Value::Array(after)) => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                visit(before, after, &path.index(index));
            }
        }
        (Nesting::Map, Value::Map(before), Value::Map(_)) => {
            for (key, before) in before {
                let key = key.as_str().unwrap_or_default();
                let after = value::member(planned, key);
                if !after.is_nil() {
                    visit(before, after, &path.key(key));
                }
            }
        }
        _ => {}
    }
}

/// The conditions the schema README names under "replaced on condition".
fn is_harmless(type_name: &str, path: &Path, prior: &Value, planned: &Value) -> bool {
    match (type_name, path.root()) {
        ("proxmox_virtual_environment_vm", Some("node_name")) => {
            value::member(planned, "migrate").as_bool() == Some(true)
        }
        ("proxmox_virtual_environment_container", Some("disk")) if path.to_string() == "disk[0].size" => {
            let size = |state| value::number(value::member(value::element(value::member(state, "disk"), 0), "size"));
            size(prior) <= size(planned)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{product::Product, schema};
    use serde_json::{Value as Json, json};

    fn replaced(type_name: &str, prior: &Json, planned: &Json) -> Vec<String> {
        let provider = schema::parse(Product::Proxmox.schema_text()).unwrap();
        let block = &provider.resource_schemas[type_name].block;
        let found = paths(type_name, block, &value::from_json(prior), &value::from_json(planned));
        found.iter().map(Path::to_string).collect()
    }

    const VM: &str = "proxmox_virtual_environment_vm";
    const CONTAINER: &str = "proxmox_virtual_environment_container";

    #[test]
    fn only_marked_changes_replace() {
        let prior = json!({"node_name": "a", "unprivileged": false, "description": "x"});
        let planned = json!({"node_name": "a", "unprivileged": true, "description": "y"});
        assert_eq!(replaced(CONTAINER, &prior, &planned), ["unprivileged"]);
        assert!(replaced(CONTAINER, &prior, &Json::Null).is_empty());
        assert!(replaced(CONTAINER, &Json::Null, &planned).is_empty());
    }

    #[test]
    fn mount_points_replace_when_changed_or_added() {
        let mount = |path: &str| json!({"volume": "v", "path": path});
        let state = |mounts: Vec<Json>| json!({"mount_point": mounts});
        assert_eq!(replaced(CONTAINER, &state(vec![mount("/a")]), &state(vec![mount("/b")])), ["mount_point[0]"]);
        assert_eq!(replaced(CONTAINER, &state(vec![]), &state(vec![mount("/b")])), ["mount_point"]);
        assert!(replaced(CONTAINER, &state(vec![mount("/a")]), &state(vec![mount("/a")])).is_empty());
    }

    #[test]
    fn known_conditions_are_honoured() {
        let machine = |node: &str, migrate: bool| json!({"node_name": node, "migrate": migrate});
        assert_eq!(replaced(VM, &machine("a", false), &machine("b", false)), ["node_name"]);
        assert!(replaced(VM, &machine("a", true), &machine("b", true)).is_empty());
        let disk = |size: i64| json!({"disk": [{"size": size}]});
        assert_eq!(replaced(CONTAINER, &disk(8), &disk(4)), ["disk[0].size"]);
        assert!(replaced(CONTAINER, &disk(4), &disk(8)).is_empty());
    }
}
