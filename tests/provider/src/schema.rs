//! The schema files as structs: what attributes and blocks there are, and what an unset one becomes.
//!
//! Keys are explained in the README beside the schema files. Keys that neither the protocol nor planning nor validation
//! needs are skipped. This module knows nothing of values and of the protocol.

use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// All schemas of one provider.
#[derive(Debug, Deserialize)]
pub struct Provider {
    /// The `provider` block itself.
    pub provider: Resource,
    #[serde(default)]
    pub resource_schemas: BTreeMap<String, Resource>,
    #[serde(default)]
    pub data_source_schemas: BTreeMap<String, Resource>,
    #[serde(default)]
    pub ephemeral_resource_schemas: BTreeMap<String, Resource>,
}

/// A resource, a data source, an ephemeral resource or the provider configuration.
#[derive(Debug, Deserialize)]
pub struct Resource {
    #[serde(default)]
    pub version: i64,
    #[serde(default)]
    pub implementation: Implementation,
    pub block: Block,
}

/// What the real provider is built on; the two plan differently.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Implementation {
    /// Terraform plugin SDK 2: may plan values for attributes that are not computed.
    Sdkv2,
    #[default]
    Framework,
}

#[derive(Debug, Deserialize)]
pub struct Block {
    #[serde(default)]
    pub attributes: BTreeMap<String, Attribute>,
    #[serde(default)]
    pub block_types: BTreeMap<String, NestedBlock>,
    #[serde(default)]
    pub deprecated: bool,
}

#[derive(Debug, Deserialize)]
pub struct NestedBlock {
    pub nesting_mode: Nesting,
    pub block: Block,
    #[serde(default)]
    pub min_items: i64,
    #[serde(default)]
    pub max_items: i64,
    /// An absent block plans unknown.
    #[serde(default)]
    pub computed: bool,
    #[serde(default)]
    pub force_new: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Nesting {
    Single,
    List,
    Set,
    Map,
}

#[derive(Debug, Deserialize)]
pub struct NestedType {
    pub nesting_mode: Nesting,
    pub attributes: BTreeMap<String, Attribute>,
}

/// An attribute. Exactly one of `ty` and `nested_type` is set.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Attribute {
    /// The type as cty JSON, for example `["list", "string"]`.
    #[serde(rename = "type")]
    pub ty: Option<Json>,
    pub nested_type: Option<NestedType>,
    /// Members of the objects of an attribute that may also be written as blocks.
    pub element_attributes: Option<BTreeMap<String, Attribute>>,
    pub required: bool,
    pub optional: bool,
    pub computed: bool,
    pub sensitive: bool,
    pub deprecated: bool,
    pub write_only: bool,
    #[serde(deserialize_with = "present")]
    pub default: Option<Json>,
    /// The planned value when unset, where the flags say otherwise; `Some(Null)` is "plans null".
    #[serde(deserialize_with = "present")]
    pub planned: Option<Json>,
    pub planned_unknown: bool,
    pub documented_default: Option<Json>,
    pub force_new: bool,
    pub force_new_if: bool,
    pub order_insensitive: bool,
    #[serde(rename = "enum")]
    pub accepted: Vec<Json>,
    #[serde(rename = "enum_ignore_case")]
    pub ignore_case: bool,
    #[serde(rename = "element_enum")]
    pub element_accepted: Vec<Json>,
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    pub non_empty: bool,
    pub element_non_empty: bool,
    pub min_items: Option<usize>,
    pub max_items: Option<usize>,
}

/// What an attribute that is not configured is in the plan of a new resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Unset<'a> {
    Known(&'a Json),
    Unknown,
    Null,
}

impl Attribute {
    /// The rule of the schema README, "What an unset attribute is".
    pub fn unset(&self) -> Unset<'_> {
        match (&self.planned, &self.default) {
            _ if self.planned_unknown => Unset::Unknown,
            (Some(Json::Null), _) => Unset::Null,
            (Some(planned), _) => Unset::Known(planned),
            (None, Some(default)) => Unset::Known(default),
            (None, None) if self.computed => Unset::Unknown,
            (None, None) => Unset::Null,
        }
    }
}

/// Tells a JSON null that is written from a key that is absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

/// Reads a schema file and takes the one provider in it.
///
/// # Errors
/// When the text is not JSON of the expected shape, or names no provider.
pub fn parse(text: &str) -> Result<Provider, String> {
    #[derive(Deserialize)]
    struct File {
        provider_schemas: BTreeMap<String, Provider>,
    }
    let file: File = serde_json::from_str(text).map_err(|error| format!("schema file: {error}"))?;
    file.provider_schemas.into_values().next().ok_or_else(|| "schema file: no provider".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::product::Product;
    use serde_json::json;

    fn unset(attribute: Json) -> String {
        let attribute: Attribute = serde_json::from_value(attribute).unwrap();
        format!("{:?}", attribute.unset())
    }

    #[test]
    fn unset_attribute_follows_the_rule() {
        assert_eq!(unset(json!({"optional": true})), "Null");
        assert_eq!(unset(json!({"optional": true, "computed": true})), "Unknown");
        assert_eq!(unset(json!({"computed": true, "default": 0})), "Known(Number(0))");
        assert_eq!(unset(json!({"default": "", "planned": null})), "Null");
        assert_eq!(unset(json!({"computed": true, "planned": true})), "Known(Bool(true))");
        assert_eq!(unset(json!({"computed": true, "default": 8, "planned_unknown": true})), "Unknown");
    }

    #[test]
    fn every_schema_file_parses_and_has_nothing_unsupported() {
        for product in Product::ALL {
            let provider = parse(product.schema_text()).unwrap();
            assert!(!provider.resource_schemas.is_empty(), "{product:?}");
            let raw: Json = serde_json::from_str(product.schema_text()).unwrap();
            let file = &raw["provider_schemas"][product.address()];
            assert!(file.is_object(), "{product:?}: the file describes another address");
            assert!(file.get("functions").is_none(), "{product:?}: provider functions are not served");
        }
    }

    #[test]
    fn broken_schema_is_an_error() {
        assert!(parse("{}").is_err());
        assert_eq!(parse(r#"{"provider_schemas": {}}"#).unwrap_err(), "schema file: no provider");
    }
}
