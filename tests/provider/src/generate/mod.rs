//! Values for computed attributes: deterministic, of the right type, plausible to read.
//!
//! The same configuration always gives the same values. Generic rules by type and name are here; the submodules know
//! the resources for which a test would notice the difference.

mod proxmox;
mod random;
mod text;
mod tls;

use crate::schema::{Attribute, NestedType, Nesting};
use crate::value::{self, Value};
use serde_json::Value as Json;

/// Deterministic numbers (`SplitMix64`, <https://prng.di.unimi.it/splitmix64.c>), seeded from text. Not for secrets.
#[derive(Clone, Debug)]
pub struct Source(u64);

impl Source {
    /// Seeds with the FNV-1a hash of the text.
    pub fn new(text: &str) -> Self {
        let hash = text
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(hash)
    }

    /// A source for something inside: independent of how much of this one was used.
    pub fn branch(&self, name: &str) -> Self {
        Self(self.0 ^ Self::new(name).next_number())
    }

    pub fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, or 0 if `limit` is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next_number().checked_rem(limit).unwrap_or(0)
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next_number().to_le_bytes()[7]).collect()
    }
}

/// Values only this type of resource has, from its state in which everything generic is filled in.
/// The caller takes those that are open in `open`, the state before.
pub fn specific(type_name: &str, open: &Value, state: &Value, source: &Source) -> Vec<(&'static str, Value)> {
    match type_name.split('_').next() {
        Some("tls") => tls::values(type_name, state, source),
        Some("random") => random::values(type_name, state, source),
        Some("proxmox") => proxmox::values(type_name, open, state, source),
        _ => Vec::new(),
    }
}

/// Provider code that changes a plan beyond what flags and defaults say.
pub fn adjust_plan(type_name: &str, config: &Value, planned: &mut Value) {
    match type_name {
        "random_password" | "random_string" => random::adjust_plan(config, planned),
        "proxmox_virtual_environment_vm" | "proxmox_virtual_environment_container" => {
            proxmox::adjust_plan(type_name, planned);
        }
        _ => {}
    }
}

/// A value for a computed attribute that nothing more specific is known about.
pub fn generic(name: &str, schema: &Attribute, source: &Source) -> Value {
    if let Some(known) = schema.default.as_ref().or(schema.documented_default.as_ref()) {
        return value::from_json(known);
    }
    match (&schema.nested_type, &schema.ty) {
        (Some(nested), _) => generic_nested(nested, source),
        (None, Some(ty)) => of_type(name, ty, schema, source),
        (None, None) => Value::Nil,
    }
}

fn generic_nested(nested: &NestedType, source: &Source) -> Value {
    match nested.nesting_mode {
        Nesting::List | Nesting::Set => Value::Array(Vec::new()),
        Nesting::Map => Value::Map(Vec::new()),
        Nesting::Single => value::object(nested.attributes.iter().map(|(name, schema)| {
            let value = if schema.computed { generic(name, schema, &source.branch(name)) } else { Value::Nil };
            (name.as_str(), value)
        })),
    }
}

fn of_type(name: &str, ty: &Json, schema: &Attribute, source: &Source) -> Value {
    match (ty.as_str(), ty[0].as_str()) {
        (Some("string"), _) => string(name, schema, source).into(),
        (Some("number"), _) => number(schema, &mut source.clone()).into(),
        (Some("bool"), _) => false.into(),
        (_, Some("list" | "set")) => Value::Array(Vec::new()),
        (_, Some("map")) => Value::Map(Vec::new()),
        _ => Value::Nil,
    }
}

fn string(name: &str, schema: &Attribute, source: &Source) -> String {
    let mut source = source.clone();
    if let Some(accepted) = schema.accepted.iter().filter_map(Json::as_str).find(|text| !text.is_empty()) {
        return accepted.to_owned();
    }
    match name {
        "mac_address" => text::mac_address(&mut source),
        _ if name.ends_with("_date") || name.ends_with("_at") || name.ends_with("_time") => text::timestamp(0),
        _ => format!("{name}-{:08x}", source.below(1 << 32)),
    }
}

/// A whole number in the accepted range, at most 900 above its start.
#[expect(clippy::cast_possible_truncation, reason = "limits in the schema files are whole and far below 2^53")]
fn number(schema: &Attribute, source: &mut Source) -> i64 {
    let minimum = schema.minimum.map_or(1, |minimum| minimum as i64);
    let maximum = schema.maximum.map_or(i64::MAX, |maximum| maximum as i64);
    let span = u64::try_from(maximum.saturating_sub(minimum)).unwrap_or(0).min(900);
    minimum.saturating_add_unsigned(source.below(span + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema(json: Json) -> Attribute {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn values_are_deterministic_and_differ_by_seed() {
        let schema = schema(json!({"type": "string", "computed": true}));
        let (one, two) = (Source::new("one"), Source::new("two"));
        assert_eq!(generic("etag", &schema, &one), generic("etag", &schema, &one));
        assert_ne!(generic("etag", &schema, &one), generic("etag", &schema, &two));
    }

    #[test]
    fn numbers_keep_to_the_range() {
        let schema = schema(json!({"type": "number", "computed": true, "minimum": 100, "maximum": 102}));
        for seed in ["a", "b", "c", "d", "e"] {
            let number = generic("vm_id", &schema, &Source::new(seed)).as_i64().unwrap();
            assert!((100..=102).contains(&number), "{number}");
        }
    }

    #[test]
    fn enums_defaults_and_collections() {
        let source = Source::new("seed");
        let accepted = schema(json!({"type": "string", "computed": true, "enum": ["", "raw"]}));
        assert_eq!(generic("format", &accepted, &source), "raw".into());
        let default = schema(json!({"type": "number", "computed": true, "default": 8}));
        assert_eq!(generic("size", &default, &source), 8.into());
        let list = schema(json!({"type": ["list", "string"], "computed": true}));
        assert_eq!(generic("names", &list, &source), Value::Array(Vec::new()));
    }
}
