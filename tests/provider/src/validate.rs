//! Checks a configuration against what the schema files say beyond types: enums, ranges, emptiness, item limits.
//!
//! Required attributes and block counts are Terraform's own business, as it knows the schema. Unknown values pass.

use crate::path::Path;
use crate::proto::{Diagnostic, ERROR};
use crate::schema::{Attribute, Block, Nesting};
use crate::value::{self, Value};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// An error about the attribute at `path`.
pub fn error(path: Path, summary: String) -> Diagnostic {
    let detail = format!("attribute `{path}` does not have an accepted value");
    Diagnostic { severity: ERROR, summary, detail, attribute: Some(path.into()) }
}

/// Everything wrong in the configuration of one block.
pub fn validate(block: &Block, config: &Value) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    check_block(block, config, &Path::default(), &mut found);
    found
}

fn check_block(block: &Block, config: &Value, path: &Path, found: &mut Vec<Diagnostic>) {
    check_members(&block.attributes, config, path, found);
    for (name, nested) in &block.block_types {
        for_each(nested.nesting_mode, value::member(config, name), &path.attribute(name), &mut |object, path| {
            check_block(&nested.block, object, path, found);
        });
    }
}

fn check_members(schemas: &BTreeMap<String, Attribute>, config: &Value, path: &Path, found: &mut Vec<Diagnostic>) {
    for (name, schema) in schemas {
        let value = value::member(config, name);
        if value.is_nil() || value::is_unknown(value) {
            continue;
        }
        let path = path.attribute(name);
        found.extend(problem(schema, value).map(|summary| error(path.clone(), format!("{name}: {summary}"))));
        check_elements(schema, value, &path, found);
        let nested = schema.nested_type.as_ref().map(|nested| (nested.nesting_mode, &nested.attributes));
        let element = schema.element_attributes.as_ref().map(|attributes| (Nesting::List, attributes));
        if let Some((nesting, attributes)) = nested.or(element) {
            for_each(nesting, value, &path, &mut |object, path| check_members(attributes, object, path, found));
        }
    }
}

/// Checks the elements of a list or set of strings or numbers.
fn check_elements(schema: &Attribute, value: &Value, path: &Path, found: &mut Vec<Diagnostic>) {
    if schema.element_accepted.is_empty() && !schema.element_non_empty {
        return;
    }
    let is_set = schema.ty.as_ref().is_some_and(|ty| ty[0] == "set");
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        let path = if is_set { path.clone() } else { path.index(index) };
        if schema.element_non_empty && item.as_str() == Some("") {
            found.push(error(path, "expected a non-empty string".to_owned()));
        } else if !item.is_nil() && !accepts(&schema.element_accepted, schema.ignore_case, item) {
            found.push(error(path, not_one_of(&schema.element_accepted, item)));
        }
    }
}

/// What is wrong with a known value itself.
fn problem(schema: &Attribute, value: &Value) -> Option<String> {
    if schema.non_empty && value.as_str() == Some("") {
        return Some("expected a non-empty string".to_owned());
    }
    if !accepts(&schema.accepted, schema.ignore_case, value) {
        return Some(not_one_of(&schema.accepted, value));
    }
    if let Some(number) = value::number(value) {
        if let Some(minimum) = schema.minimum.filter(|minimum| number < *minimum) {
            return Some(format!("expected at least {minimum}, got {number}"));
        }
        if let Some(maximum) = schema.maximum.filter(|maximum| number > *maximum) {
            return Some(format!("expected at most {maximum}, got {number}"));
        }
    }
    let count = value.as_array().map(Vec::len)?;
    if let Some(minimum) = schema.min_items.filter(|minimum| count < *minimum) {
        return Some(format!("expected at least {minimum} elements, got {count}"));
    }
    let maximum = schema.max_items.filter(|maximum| count > *maximum)?;
    Some(format!("expected at most {maximum} elements, got {count}"))
}

/// Whether `value` is in the list; an empty list accepts all, an unknown value passes.
fn accepts(accepted: &[Json], ignore_case: bool, value: &Value) -> bool {
    accepted.is_empty()
        || value::is_unknown(value)
        || accepted.iter().any(|candidate| match (candidate, value.as_str()) {
            (Json::String(candidate), Some(text)) if ignore_case => candidate.eq_ignore_ascii_case(text),
            (Json::String(candidate), Some(text)) => candidate == text,
            (Json::Number(candidate), _) => candidate.as_f64() == value::number(value),
            _ => false,
        })
}

fn not_one_of(accepted: &[Json], value: &Value) -> String {
    let accepted: Vec<String> = accepted.iter().map(Json::to_string).collect();
    format!("expected one of {}, got {}", accepted.join(", "), value::to_json(value))
}

/// Visits every object of a nested value with its path.
fn for_each(nesting: Nesting, value: &Value, path: &Path, visit: &mut impl FnMut(&Value, &Path)) {
    match (nesting, value) {
        (Nesting::Single, Value::Map(_)) => visit(value, path),
        (Nesting::List, Value::Array(items)) => {
            items.iter().enumerate().for_each(|(index, item)| visit(item, &path.index(index)));
        }
        (Nesting::Set, Value::Array(items)) => items.iter().for_each(|item| visit(item, path)),
        (Nesting::Map, Value::Map(entries)) => {
            entries.iter().for_each(|(key, item)| visit(item, &path.key(key.as_str().unwrap_or_default())));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{product::Product, schema};
    use serde_json::json;

    fn found(type_name: &str, config: &Json) -> Vec<(String, String)> {
        let provider = schema::parse(Product::Proxmox.schema_text()).unwrap();
        let problems = validate(&provider.resource_schemas[type_name].block, &value::from_json(config));
        problems.into_iter().map(|problem| (problem.detail, problem.summary)).collect()
    }

    fn only(type_name: &str, config: &Json) -> (String, String) {
        let mut found = found(type_name, config);
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    const VM: &str = "proxmox_virtual_environment_vm";
    const CONTAINER: &str = "proxmox_virtual_environment_container";

    #[test]
    fn accepted_values_pass() {
        let config = json!({"node_name": "pve", "vm_id": 100, "bios": "ovmf", "tags": ["a"],
            "cpu": [{"cores": 4}], "efi_disk": [{"type": "4M"}], "network_device": [{"model": "virtio"}]});
        assert_eq!(found(VM, &config), []);
    }

    #[test]
    fn unknown_values_pass() {
        let provider = schema::parse(Product::Proxmox.schema_text()).unwrap();
        let config = value::object([
            ("bios", value::unknown()),
            ("cpu", value::unknown()),
            ("tags", Value::Array(vec![value::unknown()])),
        ]);
        assert_eq!(validate(&provider.resource_schemas[VM].block, &config), []);
    }

    #[test]
    fn enums_and_ranges_are_checked_with_the_path() {
        let (place, summary) = only(VM, &json!({"bios": "efi"}));
        assert!(place.contains("`bios`"), "{place}");
        assert_eq!(summary, r#"bios: expected one of "ovmf", "seabios", got "efi""#);
        let (place, summary) = only(VM, &json!({"cpu": [{"cores": 0}]}));
        assert!(place.contains("`cpu[0].cores`"), "{place}");
        assert_eq!(summary, "cores: expected at least 1, got 0");
        let (_, summary) = only(CONTAINER, &json!({"cpu": [{"cores": 129}]}));
        assert_eq!(summary, "cores: expected at most 128, got 129");
        let (place, _) = only(VM, &json!({"network_device": [{"model": "virtio"}, {"model": "ne2k"}]}));
        assert!(place.contains("`network_device[1].model`"), "{place}");
    }

    #[test]
    fn elements_and_counts_are_checked() {
        let (place, summary) = only(CONTAINER, &json!({"tags": ["a", ""]}));
        assert!(place.contains("`tags[1]`") && summary.contains("non-empty"), "{place} {summary}");
        let (_, summary) = only(CONTAINER, &json!({"initialization": [{"dns": [{"servers": []}]}]}));
        assert_eq!(summary, "servers: expected at least 1 elements, got 0");
        let (_, summary) = only(VM, &json!({"node_name": ""}));
        assert_eq!(summary, "node_name: expected a non-empty string");
    }
}
