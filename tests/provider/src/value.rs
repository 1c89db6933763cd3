//! Terraform values as MessagePack trees: decoding, encoding and small look-ups.
//!
//! An unknown value is MessagePack extension 0, or 12 with refinements, which are passed on untouched
//! (`docs/plugin-protocol/object-wire-format.md` in hashicorp/terraform). This module knows nothing of schemas.

use crate::proto::DynamicValue;
pub use rmpv::Value;
use serde_json::Value as Json;

static NULL: Value = Value::Nil;

/// A value nothing is known about.
pub fn unknown() -> Value {
    Value::Ext(0, vec![0])
}

/// Whether the value itself is unknown; members may be unknown when it is not.
pub fn is_unknown(value: &Value) -> bool {
    matches!(value, Value::Ext(..))
}

/// The member of an object or map; null if there is none.
pub fn member<'a>(object: &'a Value, name: &str) -> &'a Value {
    let Value::Map(entries) = object else { return &NULL };
    entries.iter().find(|(key, _)| key.as_str() == Some(name)).map_or(&NULL, |(_, value)| value)
}

/// The element of a list; null if there is none.
pub fn element(list: &Value, index: usize) -> &Value {
    list.as_array().and_then(|items| items.get(index)).unwrap_or(&NULL)
}

/// Builds an object or map.
pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Map(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

/// Replaces the member of an object; no effect if the value is not an object or has no such member.
pub fn set_member(target: &mut Value, name: &str, value: Value) {
    let Value::Map(entries) = target else { return };
    if let Some((_, old)) = entries.iter_mut().find(|(key, _)| key.as_str() == Some(name)) {
        *old = value;
    }
}

/// A number; Terraform writes those that fit no machine number as decimal text.
pub fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// Decodes a value of the protocol. Absent means null.
///
/// # Errors
/// When the bytes are neither the MessagePack nor the JSON they claim to be.
pub fn decode(value: Option<&DynamicValue>) -> Result<Value, String> {
    match value {
        None => Ok(Value::Nil),
        Some(value) if !value.msgpack.is_empty() => rmpv::decode::read_value(&mut value.msgpack.as_slice())
            .map_err(|error| format!("terraform sent a value that is not MessagePack: {error}")),
        Some(value) if !value.json.is_empty() => serde_json::from_slice(&value.json)
            .map(|json: Json| from_json(&json))
            .map_err(|error| format!("terraform sent a value that is not JSON: {error}")),
        Some(_) => Ok(Value::Nil),
    }
}

/// Encodes a value for the protocol.
///
/// # Errors
/// When the value cannot be written as MessagePack, which an in-memory buffer never causes.
pub fn encode(value: &Value) -> Result<DynamicValue, String> {
    let mut msgpack = Vec::new();
    rmpv::encode::write_value(&mut msgpack, value).map_err(|error| format!("cannot encode a value: {error}"))?;
    Ok(DynamicValue { msgpack, json: Vec::new() })
}

/// Converts JSON, in which nothing can be unknown.
pub fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(value) => match (value.as_i64(), value.as_u64(), value.as_f64()) {
            (Some(value), ..) => value.into(),
            (_, Some(value), _) => value.into(),
            (.., value) => value.map_or(Value::Nil, Value::F64),
        },
        Json::String(value) => value.as_str().into(),
        Json::Array(items) => Value::Array(items.iter().map(from_json).collect()),
        Json::Object(members) => object(members.iter().map(|(name, value)| (name.as_str(), from_json(value)))),
    }
}

/// Converts to JSON; unknown values become null.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Boolean(value) => Json::Bool(*value),
        Value::Integer(value) => value.as_i64().map_or_else(|| value.as_u64().into(), Json::from),
        Value::F32(value) => Json::from(*value),
        Value::F64(value) => Json::from(*value),
        Value::String(value) => value.as_str().into(),
        Value::Array(items) => items.iter().map(to_json).collect(),
        Value::Map(entries) => {
            let entries = entries.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), to_json(value))));
            Json::Object(entries.collect())
        }
        Value::Nil | Value::Binary(_) | Value::Ext(..) => Json::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_survives_a_round_trip() {
        let json = json!({"a": [1, -2, 1.5, "x", true, null], "b": {"c": {}}});
        assert_eq!(to_json(&from_json(&json)), json);
    }

    #[test]
    fn refinements_survive_a_round_trip() {
        let refined = Value::Ext(12, vec![0x81, 0x01, 0xc2]);
        let sent = encode(&refined).unwrap();
        let received = decode(Some(&sent)).unwrap();
        assert_eq!(received, refined);
        assert!(is_unknown(&received) && is_unknown(&unknown()));
    }

    #[test]
    fn broken_bytes_are_an_error() {
        assert!(decode(Some(&DynamicValue { msgpack: vec![0x92, 0x01], json: Vec::new() })).is_err());
        assert!(decode(Some(&DynamicValue { msgpack: Vec::new(), json: b"{".to_vec() })).is_err());
    }
}
