//! `src/terraform/schemas/compiled.jsonl` is made of the JSON files beside it: each attribute and each body stands in it
//! once, and what sprag does not ask for is left out. `SPRAG_UPDATE=1 cargo test --test provider_schemas` writes it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

const ATTRIBUTE_KEYS: &[&str] = &[
    "type",
    "nested_type",
    "element_attributes",
    "required",
    "optional",
    "computed",
    "sensitive",
    "write_only",
    "deprecated",
    "force_new",
    "order_insensitive",
    "default",
    "planned",
    "planned_unknown",
    "enum",
    "enum_ignore_case",
    "element_enum",
    "minimum",
    "maximum",
    "min_items",
    "max_items",
    "non_empty",
    "element_non_empty",
];
const BLOCK_KEYS: &[&str] =
    &["nesting_mode", "min_items", "max_items", "computed", "deprecated", "force_new", "order_insensitive"];

/// The lines after the headers, each once.
#[derive(Default)]
struct Table {
    headers: usize,
    lines: Vec<String>,
    known: HashMap<String, usize>,
}

impl Table {
    fn add(&mut self, value: &Value) -> usize {
        let text = value.to_string();
        let number = *self.known.entry(text.clone()).or_insert(self.lines.len());
        if number == self.lines.len() {
            self.lines.push(text);
        }
        self.headers + number
    }

    fn block(&mut self, block: &Value) -> usize {
        let mut made = Map::new();
        if block["deprecated"] == true {
            made.insert("deprecated".into(), true.into());
        }
        let attributes = members(&block["attributes"]);
        let attributes: Map<String, Value> =
            attributes.map(|(name, schema)| (name.clone(), self.add(&attribute(schema)).into())).collect();
        let blocks = members(&block["block_types"]).map(|(name, nested)| {
            let mut schema = keep(nested, BLOCK_KEYS);
            schema.insert("block".into(), self.block(&nested["block"]).into());
            (name.clone(), Value::Object(schema))
        });
        let blocks: Map<String, Value> = blocks.collect();
        made.insert("attributes".into(), attributes.into());
        if !blocks.is_empty() {
            made.insert("block_types".into(), blocks.into());
        }
        self.add(&made.into())
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// What of `schema` is asked for; flags that are not set say nothing.
fn keep(schema: &Value, keys: &[&str]) -> Map<String, Value> {
    let is_kept = |(key, value): &(&String, &Value)| {
        let is_unset_flag = **value == Value::Bool(false) && !matches!(key.as_str(), "default" | "planned");
        keys.contains(&key.as_str()) && !is_unset_flag
    };
    members(schema).filter(is_kept).map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn attribute(schema: &Value) -> Value {
    let mut made = keep(schema, ATTRIBUTE_KEYS);
    // Such a default is the value only where an environment variable is not set.
    if schema["default_dynamic"] == true {
        made.remove("default");
        made.insert("planned_unknown".into(), true.into());
    }
    let each = |attributes: &Value| -> Value {
        members(attributes).map(|(name, schema)| (name.clone(), attribute(schema))).collect::<Map<_, _>>().into()
    };
    if let Some(nested) = made.get_mut("nested_type") {
        nested["attributes"] = each(&nested["attributes"]);
    }
    if let Some(elements) = made.get_mut("element_attributes") {
        *elements = each(elements);
    }
    made.into()
}

/// `v0.111.1-16-gd6bd1ffe` is 16 commits after `0.111.1`.
fn release(describe: &str) -> &str {
    let mut parts = describe.trim_start_matches('v').rsplitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(hash), Some(count), Some(tag)) if hash.starts_with('g') && count.parse::<u32>().is_ok() => tag,
        _ => describe.trim_start_matches('v'),
    }
}

#[test]
fn compiled_schemas_are_made_of_the_files() {
    let folder = common::root().join("src/terraform/schemas");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let mut table = Table { headers: files.len(), ..Table::default() };
    let mut headers = Vec::new();
    for path in files {
        let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let (address, provider) = members(&file["provider_schemas"]).next().unwrap();
        let mut header = json!({
            "provider": address,
            "version": release(file["source"]["describe"].as_str().unwrap()),
            "config": table.block(&provider["provider"]["block"]),
        });
        for (key, from) in [
            ("resources", "resource_schemas"),
            ("data", "data_source_schemas"),
            ("ephemeral", "ephemeral_resource_schemas"),
        ] {
            let types: Map<String, Value> = members(&provider[from])
                .map(|(name, schema)| (name.clone(), table.block(&schema["block"]).into()))
                .collect();
            if !types.is_empty() {
                header[key] = types.into();
            }
        }
        let resources = members(&provider["resource_schemas"]);
        let modified: Vec<&String> =
            resources.filter(|(_, schema)| schema["plan_modified"] == true).map(|(name, _)| name).collect();
        if !modified.is_empty() {
            header["plan_modified"] = json!(modified);
        }
        headers.push(header.to_string());
    }
    let mut text = [headers, table.lines].concat().join("\n");
    text.push('\n');
    common::assert_file(&folder.join("compiled.jsonl"), &text);
}
