//! The drift mode: resources live in a JSON file, and editing the file is a change made by hand.
//!
//! ```json
//! {"resources": {"proxmox_virtual_environment_vm": {"100": {"vm_id": 100, "name": "web"}}},
//!  "fault": {"text": "500 no quorum", "sleep_ms": 10, "exit": 3}}
//! ```
//! Resources are found by type and `id`; those whose type has no `id` stay in Terraform's state only. An entry that is
//! removed is a resource that was deleted by hand. `fault` makes reads slow, fail, or end the process; every key is
//! optional. Sensitive values are not in the file, as no such API gives them back: the state keeps them.

use crate::schema::{Attribute, Block, Nesting};
use crate::value::{self, Value};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::PathBuf;

/// The environment variable that names the file and so switches the drift mode on.
pub const VARIABLE: &str = "SPRAG_TEST_PROVIDER_STATE";

/// The file with the infrastructure. It is read anew for every call and locked meanwhile.
#[derive(Clone, Debug)]
pub struct Infrastructure {
    file: PathBuf,
}

/// What goes wrong when a resource is read.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Fault {
    /// Every read fails with this text.
    pub text: Option<String>,
    /// Every read takes this long, in milliseconds.
    pub sleep_ms: u64,
    /// The provider process exits with this status.
    pub exit: Option<i32>,
}

impl Infrastructure {
    pub fn new(file: PathBuf) -> Self {
        Self { file }
    }

    /// The fault that is set at the moment.
    ///
    /// # Errors
    /// When the file cannot be read or is not of the shape above.
    pub fn fault(&self) -> Result<Fault, String> {
        let mut content = self.with_file(|_| Ok(()))?.0;
        match content["fault"].take() {
            Json::Null => Ok(Fault::default()),
            fault => serde_json::from_value(fault).map_err(|error| format!("{}: fault: {error}", self.file.display())),
        }
    }

    /// The resource as it is now, null if it is gone.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&self, type_name: &str, block: &Block, current: &Value) -> Result<Value, String> {
        let Some(id) = id_text(current) else { return Ok(current.clone()) };
        let content = self.with_file(|_| Ok(()))?.0;
        Ok(match &content["resources"][type_name][&id] {
            Json::Null => Value::Nil,
            record => state_of(block, record, current),
        })
    }

    /// Creates, updates or, if `state` is null, deletes a resource.
    ///
    /// # Errors
    /// When the file cannot be read or written, or a new resource has the `id` of an existing one.
    pub fn write(&self, type_name: &str, block: &Block, prior: &Value, state: &Value) -> Result<(), String> {
        let Some(id) = id_text(if state.is_nil() { prior } else { state }) else { return Ok(()) };
        let change = |content: &mut Json| {
            let resources = object_at(object_at(content, "resources")?, type_name)?;
            let resources = resources.as_object_mut().ok_or_else(|| format!("`{type_name}` is not an object"))?;
            if prior.is_nil() && resources.contains_key(&id) {
                return Err(format!("{id} already exists"));
            }
            match state {
                Value::Nil => resources.remove(&id),
                state => resources.insert(id.clone(), record_of(block, state)),
            };
            Ok(())
        };
        self.with_file(change).map(|_| ())
    }

    /// The state of a resource that is in the file but not in Terraform's state; of `node/100` the last part counts too.
    ///
    /// # Errors
    /// When there is no such resource, or the file cannot be read.
    pub fn import(&self, type_name: &str, block: &Block, id: &str) -> Result<Value, String> {
        let content = self.with_file(|_| Ok(()))?.0;
        let resources = &content["resources"][type_name];
        let last = id.rsplit('/').next().unwrap_or(id);
        match resources.get(id).or_else(|| resources.get(last)) {
            Some(record) => Ok(state_of(block, record, &Value::Nil)),
            None => Err("it does not exist".to_owned()),
        }
    }

    /// Runs `change` on the content of the locked file and writes the file if the content differs afterwards.
    fn with_file<T>(&self, change: impl FnOnce(&mut Json) -> Result<T, String>) -> Result<(Json, T), String> {
        let describe = |error: std::io::Error| format!("{}: {error}", self.file.display());
        let mut options = File::options();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).open(&self.file).map_err(describe)?;
        file.lock().map_err(describe)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(describe)?;
        let before = if text.trim().is_empty() { json!({}) } else { self.parse(&text)? };
        let mut content = before.clone();
        let result = change(&mut content)?;
        if content != before {
            file.set_len(0).and_then(|()| file.rewind()).map_err(describe)?;
            file.write_all(format!("{content:#}\n").as_bytes()).map_err(describe)?;
        }
        Ok((content, result))
    }

    fn parse(&self, text: &str) -> Result<Json, String> {
        let content: Map<String, Json> =
            serde_json::from_str(text).map_err(|error| format!("{}: {error}", self.file.display()))?;
        Ok(Json::Object(content))
    }
}

/// The object under a key, created if absent.
fn object_at<'a>(parent: &'a mut Json, key: &str) -> Result<&'a mut Json, String> {
    let parent = parent.as_object_mut().ok_or_else(|| format!("the parent of `{key}` is not an object"))?;
    Ok(parent.entry(key).or_insert_with(|| Json::Object(Map::new())))
}

fn id_text(state: &Value) -> Option<String> {
    match value::member(state, "id") {
        Value::String(id) => id.as_str().map(str::to_owned),
        Value::Integer(id) => Some(id.to_string()),
        _ => None,
    }
}

/// What the file keeps of a state: everything but sensitive and write-only values.
fn record_of(block: &Block, state: &Value) -> Json {
    let mut record = Map::new();
    for (name, schema) in &block.attributes {
        let value = if is_hidden(schema) { Json::Null } else { value::to_json(value::member(state, name)) };
        record.insert(name.clone(), value);
    }
    for (name, nested) in &block.block_types {
        let value = match value::member(state, name) {
            Value::Array(items) => items.iter().map(|item| record_of(&nested.block, item)).collect(),
            item @ Value::Map(_) => record_of(&nested.block, item),
            _ => Json::Null,
        };
        record.insert(name.clone(), value);
    }
    Json::Object(record)
}

/// A complete state from an edited record: what the record lacks is null, an absent block is an empty list.
fn state_of(block: &Block, record: &Json, current: &Value) -> Value {
    let attributes = block.attributes.iter().map(|(name, schema)| {
        let known =
            if is_hidden(schema) { value::member(current, name).clone() } else { value::from_json(&record[name]) };
        (name.as_str(), known)
    });
    let blocks = block.block_types.iter().map(|(name, nested)| {
        let before = value::member(current, name);
        let known = match &record[name] {
            Json::Array(items) => {
                let item = |(index, item)| state_of(&nested.block, item, value::element(before, index));
                Value::Array(items.iter().enumerate().map(item).collect())
            }
            Json::Object(_) => state_of(&nested.block, &record[name], before),
            _ if nested.nesting_mode == Nesting::Single => Value::Nil,
            _ => Value::Array(Vec::new()),
        };
        (name.as_str(), known)
    });
    value::object(attributes.chain(blocks))
}

fn is_hidden(schema: &Attribute) -> bool {
    schema.sensitive || schema.write_only
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{product::Product, schema};
    use std::fs;

    const TYPE: &str = "proxmox_virtual_environment_container";

    fn block() -> Block {
        schema::parse(Product::Proxmox.schema_text()).unwrap().resource_schemas.remove(TYPE).unwrap().block
    }

    fn state() -> Value {
        let account = json!({"password": "secret", "keys": ["k"]});
        let record = json!({"id": "100", "vm_id": 100, "description": "x\n",
            "initialization": [{"hostname": "web", "user_account": [account]}]});
        let mut state = state_of(&block(), &record, &Value::Nil);
        let account = value::from_json(&json!([{"password": "secret", "keys": ["k"]}]));
        let mut initialization = value::element(value::member(&state, "initialization"), 0).clone();
        value::set_member(&mut initialization, "user_account", account);
        value::set_member(&mut state, "initialization", Value::Array(vec![initialization]));
        state
    }

    fn infrastructure() -> (tempfile::TempDir, Infrastructure) {
        let temp = tempfile::tempdir().unwrap();
        let infrastructure = Infrastructure::new(temp.path().join("state.json"));
        (temp, infrastructure)
    }

    #[test]
    fn what_is_written_is_read_back_and_secrets_stay_out_of_the_file() {
        let (_temp, infrastructure) = infrastructure();
        infrastructure.write(TYPE, &block(), &Value::Nil, &state()).unwrap();
        assert!(!fs::read_to_string(&infrastructure.file).unwrap().contains("secret"));
        let read = infrastructure.read(TYPE, &block(), &state()).unwrap();
        assert_eq!(value::to_json(&read), value::to_json(&state()));
    }

    #[test]
    fn edits_and_deletions_are_seen() {
        let (_temp, infrastructure) = infrastructure();
        infrastructure.write(TYPE, &block(), &Value::Nil, &state()).unwrap();
        let text = fs::read_to_string(&infrastructure.file).unwrap();
        fs::write(&infrastructure.file, text.replace(r"x\n", r"changed\n")).unwrap();
        let read = infrastructure.read(TYPE, &block(), &state()).unwrap();
        assert_eq!(value::member(&read, "description"), &"changed\n".into());
        fs::write(&infrastructure.file, "{}").unwrap();
        assert!(infrastructure.read(TYPE, &block(), &state()).unwrap().is_nil());
    }

    #[test]
    fn a_second_resource_with_the_same_id_is_refused() {
        let (_temp, infrastructure) = infrastructure();
        infrastructure.write(TYPE, &block(), &Value::Nil, &state()).unwrap();
        let error = infrastructure.write(TYPE, &block(), &Value::Nil, &state()).unwrap_err();
        assert_eq!(error, "100 already exists");
        infrastructure.write(TYPE, &block(), &state(), &Value::Nil).unwrap();
        infrastructure.write(TYPE, &block(), &Value::Nil, &state()).unwrap();
    }

    #[test]
    fn import_takes_what_is_there() {
        let (_temp, infrastructure) = infrastructure();
        infrastructure.write(TYPE, &block(), &Value::Nil, &state()).unwrap();
        let imported = infrastructure.import(TYPE, &block(), "pve/100").unwrap();
        assert_eq!(value::member(&imported, "vm_id"), &100.into());
        assert!(infrastructure.import(TYPE, &block(), "pve/101").is_err());
    }

    #[test]
    fn faults_and_broken_files_are_told() {
        let (_temp, infrastructure) = infrastructure();
        assert_eq!(infrastructure.fault().unwrap(), Fault::default());
        fs::write(&infrastructure.file, r#"{"fault": {"text": "500 no quorum", "exit": 3}}"#).unwrap();
        let expected = Fault { text: Some("500 no quorum".to_owned()), sleep_ms: 0, exit: Some(3) };
        assert_eq!(infrastructure.fault().unwrap(), expected);
        fs::write(&infrastructure.file, r#"{"fault": 1}"#).unwrap();
        assert!(infrastructure.fault().unwrap_err().contains("state.json: fault: "));
        for broken in ["{", "[]", "1"] {
            fs::write(&infrastructure.file, broken).unwrap();
            assert!(infrastructure.fault().unwrap_err().contains("state.json: "), "{broken}");
        }
    }
}
