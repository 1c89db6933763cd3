//! Resources of a plan: real values instead of what a module can describe.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::eval::{Cause, Marks, Number, Value, without_optional};
use crate::terraform::{ResourceMode, Type};

/// The major version of the format that is understood.
const FORMAT: &str = "1";

/// A resource in the output of `terraform show -json`
/// (<https://developer.hashicorp.com/terraform/internals/json-format#values-representation>).
#[derive(Clone, Debug)]
pub struct PlannedResource {
    /// Its full address, modules included.
    pub address: String,
    /// The names of the calls that lead to its module.
    pub calls: Vec<String>,
    /// How Terraform treats it.
    pub mode: ResourceMode,
    /// Its type.
    pub kind: String,
    /// Its name.
    pub name: String,
    values: Json,
    unknown: Json,
    sensitive: Json,
}

impl PlannedResource {
    /// All resources of a plan.
    ///
    /// # Errors
    /// Why `json` says nothing about them, in a phrase about it.
    pub fn all(json: &Json) -> Result<Vec<Self>, String> {
        let Some(root) = json.get("planned_values").and_then(|values| values.get("root_module")) else {
            let is_state = json.get("values").is_some() && json.get("terraform_version").is_some();
            return Err(
                if is_state { "a state and not a plan" } else { "no plan: it has no `planned_values`" }.to_owned()
            );
        };
        // Minor versions only add to it.
        let version = json.get("format_version").and_then(Json::as_str).unwrap_or_default();
        let major = version.split('.').next().unwrap_or_default();
        if !matches!(major, "0" | FORMAT) {
            return Err(format!("a plan in format {version:?}, and sprag reads format {FORMAT}"));
        }
        if json.get("errored") == Some(&Json::Bool(true)) {
            return Err("a plan that terraform could not finish".to_owned());
        }
        let changes = json.get("resource_changes").and_then(Json::as_array).into_iter().flatten();
        let unknown = changes
            .filter_map(|change| Some((change.get("address")?.as_str()?, change.get("change")?.get("after_unknown")?)));
        let mut found = Vec::new();
        collect(root, &[], &unknown.collect(), &mut found);
        Ok(found)
    }

    /// Its attributes, as far as they are known, with the types that its schema says. What is known only after apply
    /// is unknown.
    #[must_use]
    pub fn attrs(&self, ty: Option<&Type>) -> Value {
        let ty = ty.map_or(Type::Any, without_optional);
        let value = planned(&self.values, &self.unknown, &ty, &self.address);
        let crate::eval::Kind::Mapping(entries) = &value.kind else { return value };
        let mark = |name: &str, value: Value| {
            if self.sensitive.get(name).is_some_and(is_sensitive) { value.marked(Marks::SENSITIVE) } else { value }
        };
        let entries = entries.iter().map(|(name, value)| (Arc::clone(name), mark(name, value.clone())));
        Value::object(entries.collect())
    }
}

fn collect(module: &Json, calls: &[String], unknown: &BTreeMap<&str, &Json>, found: &mut Vec<PlannedResource>) {
    if calls.len() > 64 {
        return;
    }
    let text = |resource: &Json, name: &str| resource.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let part = |resource: &Json, name: &str| resource.get(name).cloned().unwrap_or(Json::Null);
    for resource in module.get("resources").and_then(Json::as_array).into_iter().flatten() {
        let mode = match resource.get("mode").and_then(Json::as_str) {
            Some("managed") => ResourceMode::Managed,
            Some("data") => ResourceMode::Data,
            _ => continue,
        };
        let address = text(resource, "address");
        found.push(PlannedResource {
            unknown: unknown.get(address.as_str()).map_or(Json::Null, |unknown| (*unknown).clone()),
            address,
            calls: calls.to_vec(),
            mode,
            kind: text(resource, "type"),
            name: text(resource, "name"),
            values: part(resource, "values"),
            sensitive: part(resource, "sensitive_values"),
        });
    }
    let own = module.get("address").and_then(Json::as_str);
    for child in module.get("child_modules").and_then(Json::as_array).into_iter().flatten() {
        let address = text(child, "address");
        let rest =
            own.and_then(|own| address.strip_prefix(own)).map_or(address.as_str(), |rest| &rest[1.min(rest.len())..]);
        let call = rest.strip_prefix("module.").and_then(|rest| rest.split('[').next()).unwrap_or_default();
        collect(child, &[calls, &[call.to_owned()]].concat(), unknown, found);
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

/// A planned value of type `ty`. `unknown` has `true` where a value is known after apply only: objects lack it then, and
/// lists have null in its place.
fn planned(json: &Json, unknown: &Json, ty: &Type, address: &str) -> Value {
    let any = |ty: &Type, address: &str| Value::any(ty, &Cause::Computed(address.into()));
    if *unknown == Json::Bool(true) {
        return any(ty, address);
    }
    let part = |json: &Json, name: &str, ty: &Type| {
        planned(json, unknown.get(name).unwrap_or(&Json::Null), ty, &format!("{address}.{name}"))
    };
    let elements = |all: &[Json], ty: &dyn Fn(usize) -> Type| -> Vec<Value> {
        let element =
            |(at, json)| planned(json, unknown.get(at).unwrap_or(&Json::Null), &ty(at), &format!("{address}[{at}]"));
        all.iter().enumerate().map(element).collect()
    };
    match (ty, json) {
        (_, Json::Null) => Value::null(ty.clone()),
        (Type::Object(object), Json::Object(all)) => {
            let entries = object.attributes.iter().map(|(name, attribute)| {
                let known = all.get(&**name).map(|json| part(json, name, &attribute.ty));
                let value = known.unwrap_or_else(|| any(&attribute.ty, &format!("{address}.{name}")));
                (Arc::clone(name), value)
            });
            Value::object(entries.collect())
        }
        (Type::List(inner), Json::Array(all)) => Value::list((**inner).clone(), elements(all, &|_| (**inner).clone())),
        (Type::Set(inner), Json::Array(all)) => Value::set((**inner).clone(), elements(all, &|_| (**inner).clone())),
        (Type::Tuple(types), Json::Array(all)) if types.len() == all.len() => {
            Value::tuple(elements(all, &|at| types[at].clone()))
        }
        (Type::Map(inner), Json::Object(all)) => {
            let entries = all.iter().map(|(name, json)| (Arc::from(name.as_str()), part(json, name, inner)));
            let late = late_names(unknown, all).map(|name| (Arc::from(name), any(inner, &format!("{address}.{name}"))));
            Value::map((**inner).clone(), entries.chain(late).collect())
        }
        (_, Json::Bool(value)) => Value::bool(*value),
        (_, Json::Number(number)) => {
            Number::parse(&number.to_string()).map_or_else(|| Value::null(Type::Number), Value::number)
        }
        (_, Json::String(text)) => Value::string(text.as_str()),
        (_, Json::Array(all)) => Value::tuple(elements(all, &|_| Type::Any)),
        (_, Json::Object(all)) => {
            let entries = all.iter().map(|(name, json)| (Arc::from(name.as_str()), part(json, name, &Type::Any)));
            let late =
                late_names(unknown, all).map(|name| (Arc::from(name), any(&Type::Any, &format!("{address}.{name}"))));
            Value::object(entries.chain(late).collect())
        }
    }
}

/// The names of what is known after apply only, and is not in `all` for that.
fn late_names<'j>(unknown: &'j Json, all: &'j serde_json::Map<String, Json>) -> impl Iterator<Item = &'j str> {
    let names = unknown.as_object().into_iter().flatten();
    names.filter(|(name, late)| **late == Json::Bool(true) && !all.contains_key(*name)).map(|(name, _)| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_types_of_the_schema_and_what_is_missing_is_unknown() {
        let json = serde_json::json!({"format_version": "1.2", "planned_values": {"root_module": {"child_modules": [{
            "address": "module.a", "resources": [{
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
        assert_eq!(all[0].calls, ["a"]);
    }

    #[test]
    fn null_in_the_place_of_what_is_known_later_is_not_null() {
        let json = serde_json::json!({
            "format_version": "1.2",
            "planned_values": {"root_module": {"resources": [{
                "address": "thing.x", "mode": "managed", "type": "thing", "name": "x",
                "values": {"names": ["a", null], "none": null, "tags": {"a": "b"}},
            }]}},
            "resource_changes": [{"address": "thing.x", "change": {
                "after_unknown": {"id": true, "names": [false, true], "tags": {"c": true}},
            }}],
        });
        let all = PlannedResource::all(&json).unwrap();
        let ty = Type::object([
            ("names", Type::list(Type::String)),
            ("none", Type::String),
            ("tags", Type::map(Type::String)),
            ("id", Type::String),
        ]);
        for ty in [Some(&ty), None] {
            let attrs = all[0].attrs(ty);
            let entries = attrs.as_mapping().unwrap();
            let names = entries["names"].as_sequence().unwrap();
            assert_eq!(names[0].as_string().map(|text| &**text), Some("a"));
            assert!(!names[1].is_null() && !names[1].is_wholly_known());
            assert!(entries["none"].is_null());
            assert!(!entries["id"].is_wholly_known());
            let tags = entries["tags"].as_mapping().unwrap();
            assert!(tags["a"].is_wholly_known() && !tags["c"].is_wholly_known());
        }
    }

    #[test]
    fn what_is_no_plan_says_why() {
        let of = |json: serde_json::Value| PlannedResource::all(&json).unwrap_err();
        let values = serde_json::json!({"root_module": {}});
        assert_eq!(of(serde_json::json!({"format_version": "1.2"})), "no plan: it has no `planned_values`");
        assert_eq!(of(serde_json::json!({"terraform_version": "1.11.4", "values": values})), "a state and not a plan");
        let newer = of(serde_json::json!({"format_version": "2.0", "planned_values": values}));
        assert_eq!(newer, "a plan in format \"2.0\", and sprag reads format 1");
        let errored = of(serde_json::json!({"format_version": "1.2", "errored": true, "planned_values": values}));
        assert_eq!(errored, "a plan that terraform could not finish");
        let minor = serde_json::json!({"format_version": "1.99", "planned_values": values});
        assert!(PlannedResource::all(&minor).unwrap().is_empty());
    }
}
