//! What `terraform show -json PLANFILE` says, as far as a comparison needs it. Values stay the text they are until
//! somebody asks for them: of a document of 50 MB nearly everything is never looked at.
//!
//! Format: <https://developer.hashicorp.com/terraform/internals/json-format>, major version 1. Knows no attribute, no
//! verdict and no secret.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// A plan. It borrows from the text it was parsed from.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Plan<'a> {
    /// The version of terraform or tofu that wrote it.
    #[serde(borrow, default)]
    pub terraform_version: Option<Cow<'a, str>>,
    /// The state as of the last apply against reality.
    #[serde(default)]
    pub resource_drift: Vec<ResourceChange<'a>>,
    /// Reality against the code.
    #[serde(default)]
    pub resource_changes: Vec<ResourceChange<'a>>,
    /// Outputs, before and after.
    #[serde(default)]
    pub output_changes: BTreeMap<Cow<'a, str>, OutputChange<'a>>,
    /// The values of the root module's variables.
    #[serde(default)]
    pub(super) variables: BTreeMap<Cow<'a, str>, Variable<'a>>,
    #[serde(default)]
    pub(super) configuration: Configuration<'a>,
    /// Whether making the plan failed half-way: what is in it says nothing then.
    #[serde(default)]
    pub errored: bool,
}

/// What happens to one resource.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct ResourceChange<'a> {
    /// Where it is declared.
    #[serde(borrow)]
    pub address: Cow<'a, str>,
    /// Where it was declared before a `moved` block.
    #[serde(borrow, default)]
    pub previous_address: Option<Cow<'a, str>>,
    /// `managed` or `data`.
    #[serde(borrow, default)]
    pub mode: Cow<'a, str>,
    /// Such as `proxmox_virtual_environment_vm`.
    #[serde(borrow, default, rename = "type")]
    pub resource_type: Cow<'a, str>,
    /// Names an object that a failed replacement left behind.
    #[serde(borrow, default)]
    pub deposed: Option<Cow<'a, str>>,
    /// Why, such as `replace_because_tainted`.
    #[serde(borrow, default)]
    pub action_reason: Option<Cow<'a, str>>,
    /// What.
    pub change: Transition<'a>,
}

/// Two values of a resource and what leads from one to the other.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Transition<'a> {
    /// `no-op`, `create`, `read`, `update`, `delete`, `forget`; two of them when it is replaced.
    #[serde(borrow)]
    pub actions: Vec<Cow<'a, str>>,
    #[serde(borrow, default)]
    before: Option<&'a RawValue>,
    #[serde(borrow, default)]
    after: Option<&'a RawValue>,
    #[serde(borrow, default)]
    after_unknown: Option<&'a RawValue>,
    #[serde(borrow, default)]
    before_sensitive: Option<&'a RawValue>,
    #[serde(borrow, default)]
    after_sensitive: Option<&'a RawValue>,
    /// What an `import` block takes in.
    #[serde(default)]
    pub importing: Option<Importing<'a>>,
}

/// What an `import` block takes in.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Importing<'a> {
    /// The provider's name for it; absent when an identity is given instead.
    #[serde(borrow, default)]
    pub id: Option<Cow<'a, str>>,
}

/// What happens to an output; its values are of no interest.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct OutputChange<'a> {
    #[serde(borrow, default)]
    actions: Vec<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Variable<'a> {
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"), default)]
pub(super) struct Configuration<'a> {
    root_module: RootModule<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"), default)]
struct RootModule<'a> {
    #[serde(borrow)]
    variables: BTreeMap<Cow<'a, str>, Declaration<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"), default)]
struct Declaration<'a> {
    sensitive: bool,
    #[serde(borrow)]
    default: Option<&'a RawValue>,
}

/// Only looked at to refuse what is not understood before anything else is.
#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow, default)]
    format_version: Option<Cow<'a, str>>,
}

/// Why a plan cannot be used. It never quotes the document, which may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// It is not JSON, or not the JSON of a plan: the place and what is wrong.
    Malformed {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// It has no `format_version`.
    NoVersion,
    /// Another major version.
    Version(String),
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { line, column } => {
                write!(f, "the plan is not the JSON of `show -json`: line {line}, column {column}")
            }
            Self::NoVersion => f.write_str("the plan has no `format_version`: it is not the output of `show -json`"),
            Self::Version(version) => write!(
                f,
                "the plan has format version `{version}`, sprag reads 1.x: use a terraform or tofu that writes 1.x, or a newer sprag"
            ),
        }
    }
}

impl std::error::Error for PlanError {}

impl From<serde_json::Error> for PlanError {
    fn from(error: serde_json::Error) -> Self {
        // The message itself may quote a value.
        Self::Malformed { line: error.line(), column: error.column() }
    }
}

impl<'a> Plan<'a> {
    /// Reads the output of `terraform show -json PLANFILE`. Keys that are not known are passed over.
    ///
    /// # Errors
    /// When it is not JSON, not a plan, or of another major format version.
    pub fn parse(text: &'a str) -> Result<Self, PlanError> {
        let header: Header<'_> = serde_json::from_str(text)?;
        let version = header.format_version.ok_or(PlanError::NoVersion)?;
        if version.split('.').next() != Some("1") {
            return Err(PlanError::Version(version.chars().take(20).collect()));
        }
        Ok(serde_json::from_str(text)?)
    }

    /// The names of outputs that an apply would change, sorted.
    #[must_use]
    pub fn changed_outputs(&self) -> Vec<String> {
        let is_changed = |change: &OutputChange<'_>| change.actions.iter().any(|action| action != "no-op");
        self.output_changes.iter().filter(|(_, change)| is_changed(change)).map(|(name, _)| name.to_string()).collect()
    }

    /// The values of sensitive variables of the root module, and their defaults.
    pub(super) fn sensitive_values(&self) -> Vec<Value> {
        let declared = self.configuration.root_module.variables.iter().filter(|(_, declared)| declared.sensitive);
        declared
            .flat_map(|(name, declared)| [self.variables.get(name).and_then(|set| set.value), declared.default])
            .flatten()
            .filter_map(|raw| serde_json::from_str(raw.get()).ok())
            .collect()
    }
}

impl ResourceChange<'_> {
    /// Whether the actions are exactly these.
    #[must_use]
    pub fn does(&self, actions: &[&str]) -> bool {
        self.change.actions.iter().map(AsRef::as_ref).eq(actions.iter().copied())
    }

    /// Whether one of the actions is this.
    #[must_use]
    pub fn includes(&self, action: &str) -> bool {
        self.change.actions.iter().any(|found| found == action)
    }

    /// Whether the resource is one that terraform creates and destroys.
    #[must_use]
    pub fn is_managed(&self) -> bool {
        self.mode == "managed"
    }

    /// Whether it is about what a failed replacement left behind, not about the resource itself.
    #[must_use]
    pub fn is_deposed(&self) -> bool {
        self.deposed.is_some()
    }

    /// Whether it destroys and creates.
    #[must_use]
    pub fn is_replacement(&self) -> bool {
        self.includes("create") && self.change.actions.len() > 1
    }
}

impl Transition<'_> {
    /// The value before.
    ///
    /// # Errors
    /// When it is nested too deeply.
    pub fn before(&self) -> Result<Value, PlanError> {
        read(self.before)
    }

    /// The value after, without what is not known yet.
    ///
    /// # Errors
    /// When it is nested too deeply.
    pub fn after(&self) -> Result<Value, PlanError> {
        read(self.after)
    }

    /// `true` where the value after is not known yet.
    ///
    /// # Errors
    /// When it is nested too deeply.
    pub fn after_unknown(&self) -> Result<Value, PlanError> {
        read(self.after_unknown)
    }

    /// `true` where the value before and the value after are sensitive.
    ///
    /// # Errors
    /// When they are nested too deeply.
    pub fn sensitive(&self) -> Result<[Value; 2], PlanError> {
        Ok([read(self.before_sensitive)?, read(self.after_sensitive)?])
    }
}

fn read(raw: Option<&RawValue>) -> Result<Value, PlanError> {
    raw.map_or(Ok(Value::Null), |raw| Ok(serde_json::from_str(raw.get())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_needs_and_passes_over_the_rest() {
        let text = r#"{"format_version":"1.9","new":{"a":[1]},"terraform_version":"1.11.4","applyable":true,
            "variables":{"token":{"value":"t0k\u0065n"},"open":{"value":1}},
            "configuration":{"root_module":{"variables":{"token":{"sensitive":true,"default":"old"},"open":{}}}},
            "output_changes":{"a":{"actions":["update"],"before":1},"b":{"actions":["no-op"]}},
            "resource_changes":[{"address":"x.y[\"k\"]","mode":"managed","type":"x","new":1,
                "change":{"actions":["delete","create"],"before":{"a":1},"after":null,"after_unknown":{"id":true}}}]}"#;
        let plan = Plan::parse(text).unwrap();
        assert_eq!(plan.terraform_version.as_deref(), Some("1.11.4"));
        assert_eq!(plan.changed_outputs(), ["a"]);
        assert_eq!(plan.sensitive_values(), [Value::from("t0ken"), Value::from("old")]);
        let change = &plan.resource_changes[0];
        assert_eq!(change.address, "x.y[\"k\"]");
        assert!(change.is_managed() && change.is_replacement() && change.does(&["delete", "create"]));
        assert_eq!(change.change.before().unwrap(), serde_json::json!({"a": 1}));
        assert_eq!(change.change.after().unwrap(), Value::Null);
    }

    #[test]
    fn refuses_another_major_version() {
        let error = Plan::parse(r#"{"format_version":"2.0","resource_changes":7}"#).unwrap_err();
        assert!(error.to_string().contains("`2.0`") && error.to_string().contains("1.x"), "{error}");
        assert_eq!(Plan::parse("{}").unwrap_err(), PlanError::NoVersion);
    }

    #[test]
    fn errors_name_the_place_and_quote_nothing() {
        for text in ["", "no JSON", "{\"format_version\":\"1.2\",\n\"resource_changes\":\"hunter2\"}"] {
            let error = Plan::parse(text).unwrap_err().to_string();
            assert!(error.contains("line ") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn deep_nesting_is_an_error() {
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        let text = format!(
            r#"{{"format_version":"1.2","resource_changes":[{{"address":"a.b","change":{{"actions":[],"before":{deep}}}}}]}}"#
        );
        let read = Plan::parse(&text).map(|plan| plan.resource_changes[0].change.before().is_err());
        assert!(matches!(read, Ok(true) | Err(_)));
    }
}
