//! Resources of a plan: real values instead of what a module can describe.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::eval::{Cause, Marks, Number, Value, without_optional};
use crate::terraform::{ResourceMode, Type};

/// A resource in the output of `terraform show -json`
/// (<https://developer.hashicorp.com/terraform/internals/json-format#values-representation>).
#[derive(Clone, Debug)]
pub struct PlannedResource {
    /// Its full address, modules included.
    pub address: String,
    /// How Terraform treats it.
    pub mode: ResourceMode,
    /// Its type.
    pub kind: String,
    /// Its name.
    pub name: String,
    values: Json,
    sensitive: Json,
}

impl PlannedResource {
    /// All resources of a plan; nothing where `json` is no plan or state.
    #[must_use]
    pub fn all(json: &Json) -> Option<Vec<Self>> {
        let values = json.get("planned_values").or_else(|| json.get("values"))?;
        let mut found = Vec::new();
        collect(values.get("root_module")?, &mut found, 0);
        Some(found)
    }

    /// Its attributes, as far as they are known, with the types that its schema says. What is known only after apply
    /// is unknown.
    #[must_use]
    pub fn attrs(&self, ty: Option<&Type>) -> Value {
        let value = match ty {
            Some(ty) => typed(&self.values, &without_optional(ty), &self.address),
            None => untyped(&self.values),
        };
        let crate::eval::Kind::Mapping(entries) = &value.kind else { return value };
        let mark = |name: &str, value: Value| {
            if self.sensitive.get(name).is_some_and(is_sensitive) { value.marked(Marks::SENSITIVE) } else { value }
        };
        let entries = entries.iter().map(|(name, value)| (Arc::clone(name), mark(name, value.clone())));
        Value::object(entries.collect())
    }
}

fn collect(module: &Json, found: &mut Vec<PlannedResource>, level: u32) {
    if level > 64 {
        return;
    }
    let text = |resource: &Json, name: &str| resource.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    for resource in module.get("resources").and_then(Json::as_array).into_iter().flatten() {
        let mode = match resource.get("mode").and_then(Json::as_str) {
            Some("managed") => ResourceMode::Managed,
            Some("data") => ResourceMode::Data,
            _ => continue,
        };
        found.push(PlannedResource {
            address: text(resource, "address"),
            mode,
            kind: text(resource, "type"),
            name: text(resource, "name"),
            values: resource.get("values").cloned().unwrap_or(Json::Null),
            sensitive: resource.get("sensitive_values").cloned().unwrap_or(Json::Null),
        });
    }
    for child in module.get("child_modules").and_then(Json::as_array).into_iter().flatten() {
        collect(child, found, level + 1);
    }
}

/// Whether something in it is sensitive.
fn is_sensitive(json: &Json) -> bool {
    match json {
        Json::Bool(answer) => *answer,
        Json::Array(all) => all.iter().any(is_sensitive),
        Json::Object(all) => all.values().any(is_sensitive),
        _ => false,
    }
}

fn typed(json: &Json, ty: &Type, address: &str) -> Value {
    let element = |json: &Json, ty: &Type| typed(json, ty, address);
    match (ty, json) {
        (_, Json::Null) => Value::null(ty.clone()),
        (Type::Object(object), Json::Object(all)) => {
            let entries = object.attributes.iter().map(|(name, attribute)| {
                let known = all.get(&**name).map(|json| element(json, &attribute.ty));
                let cause = || Cause::Computed(format!("{address}.{name}").into());
                (Arc::clone(name), known.unwrap_or_else(|| Value::any(&attribute.ty, &cause())))
            });
            Value::object(entries.collect())
        }
        (Type::List(inner), Json::Array(all)) => {
            Value::list((**inner).clone(), all.iter().map(|one| element(one, inner)).collect())
        }
        (Type::Set(inner), Json::Array(all)) => {
            Value::set((**inner).clone(), all.iter().map(|one| element(one, inner)).collect())
        }
        (Type::Map(inner), Json::Object(all)) => Value::map(
            (**inner).clone(),
            all.iter().map(|(name, one)| (Arc::from(name.as_str()), element(one, inner))).collect(),
        ),
        (Type::Tuple(types), Json::Array(all)) if types.len() == all.len() => {
            Value::tuple(types.iter().zip(all).map(|(ty, one)| element(one, ty)).collect())
        }
        _ => untyped(json),
    }
}

fn untyped(json: &Json) -> Value {
    match json {
        Json::Null => Value::null(Type::Any),
        Json::Bool(value) => Value::bool(*value),
        Json::Number(number) => {
            Number::parse(&number.to_string()).map_or_else(|| Value::null(Type::Number), Value::number)
        }
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(all) => Value::tuple(all.iter().map(untyped).collect()),
        Json::Object(all) => {
            let entries: BTreeMap<Arc<str>, Value> =
                all.iter().map(|(name, one)| (Arc::from(name.as_str()), untyped(one))).collect();
            Value::object(entries)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_types_of_the_schema_and_what_is_missing_is_unknown() {
        let json = serde_json::json!({"planned_values": {"root_module": {"child_modules": [{"resources": [{
            "address": "module.a.thing.x[0]", "mode": "managed", "type": "thing", "name": "x",
            "values": {"tags": ["a"], "size": 5, "secret": "s"}, "sensitive_values": {"secret": true}
        }]}]}}});
        let all = PlannedResource::all(&json).unwrap();
        let ty = Type::object([
            ("tags", Type::list(Type::String)),
            ("size", Type::Number),
            ("secret", Type::String),
            ("id", Type::String),
        ]);
        let attrs = all[0].attrs(Some(&ty));
        let entries = attrs.as_mapping().unwrap();
        assert_eq!(entries["tags"], Value::list(Type::String, vec![Value::string("a")]));
        assert_eq!(entries["size"], Value::number(5));
        assert!(entries["secret"].all_marks().has(Marks::SENSITIVE));
        assert!(!entries["id"].is_wholly_known());
        assert!(PlannedResource::all(&serde_json::json!({"format_version": "1.2"})).is_none());
    }
}
