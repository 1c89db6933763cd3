//! Compares three values of one resource: the state as of the last apply (prior), reality (real) and what the code wants
//! (desired). What differs comes out with its path. Knows JSON only: no secret, no cause, no verdict.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Number, Value};

use super::mask::{Marks, is_secret_name};

/// What tells the elements of a list of blocks apart, best first.
const KEYS: [&str; 9] = ["interface", "name", "vm_id", "id", "key", "path", "device", "slot", "mac_address"];

static NULL: Value = Value::Null;

/// The same place in all three, and what is known of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'v> {
    pub(super) prior: &'v Value,
    pub(super) real: &'v Value,
    pub(super) desired: &'v Value,
    /// `true` where the desired value is not known yet.
    pub(super) unknown: &'v Value,
    pub(super) marks: &'v Marks,
}

/// A place where reality and code differ.
#[derive(Debug)]
pub(super) struct Difference<'v> {
    pub(super) path: String,
    /// The nearest name on the path, or the one further out that says that it is a secret.
    pub(super) name: &'v str,
    pub(super) place: Place<'v>,
    /// The same elements in another order.
    pub(super) order_only: bool,
}

/// What a walk has found.
#[derive(Debug, Default)]
pub(super) struct Comparison<'v> {
    /// Where reality and code differ.
    pub(super) differences: Vec<Difference<'v>>,
    /// Where reality moved in a way that the code does not mind.
    pub(super) benign: Vec<String>,
}

impl<'v> Comparison<'v> {
    pub(super) fn of(place: Place<'v>) -> Self {
        let mut found = Self::default();
        found.walk("", "", place);
        found
    }

    fn walk(&mut self, path: &str, name: &'v str, place: Place<'v>) {
        if *place.unknown == Value::Bool(true) {
            if !same(place.prior, place.real) {
                self.benign.push(path.to_owned());
            }
            return;
        }
        match (place.real, place.desired) {
            (Value::Object(real), Value::Object(desired)) => self.walk_members(path, name, place, real, desired),
            (Value::Array(real), Value::Array(desired)) => self.walk_elements(path, name, place, real, desired),
            (real, desired) if same(real, desired) => {
                if !same(place.prior, real) {
                    self.benign.push(path.to_owned());
                }
            }
            _ => self.report(path.to_owned(), name, place, false),
        }
    }

    fn report(&mut self, path: String, name: &'v str, place: Place<'v>, order_only: bool) {
        self.differences.push(Difference { path, name, place, order_only });
    }

    fn walk_members(
        &mut self,
        path: &str,
        outer: &'v str,
        place: Place<'v>,
        real: &'v Map<String, Value>,
        desired: &'v Map<String, Value>,
    ) {
        let names: BTreeSet<&'v String> = real.keys().chain(desired.keys()).collect();
        for name in names {
            let inner = Place {
                prior: member(place.prior, name),
                real: member(place.real, name),
                desired: member(place.desired, name),
                unknown: member(place.unknown, name),
                marks: place.marks.member(name),
            };
            // What is called `secrets` covers what is inside of it.
            let nearest = if is_secret_name(outer) { outer } else { name };
            self.walk(&member_path(path, name), nearest, inner);
        }
    }

    fn walk_elements(&mut self, path: &str, name: &'v str, place: Place<'v>, real: &'v [Value], desired: &'v [Value]) {
        if same_lists(real, desired) {
            if !same(place.prior, place.real) {
                self.benign.push(path.to_owned());
            }
            return;
        }
        let is_known = !holds_true(place.unknown);
        if is_known && is_permutation(real, desired) {
            return self.report(path.to_owned(), name, place, true);
        }
        let same_length = real.len() == desired.len();
        if !is_known && same_length {
            return self.walk_by_index(path, name, place, desired.len());
        }
        match Keyed::of(real, desired) {
            Some(keyed) if !same_length || keyed.has_same_keys() => self.walk_by_key(path, name, place, &keyed),
            _ if same_length && real.iter().chain(desired).all(Value::is_object) => {
                self.walk_by_index(path, name, place, desired.len());
            }
            // Sets of plain values are lists in JSON: their elements have no place of their own.
            _ => self.report(path.to_owned(), name, place, false),
        }
    }

    fn walk_by_index(&mut self, path: &str, name: &'v str, place: Place<'v>, length: usize) {
        for index in 0..length {
            let inner = Place {
                prior: element(place.prior, index),
                real: element(place.real, index),
                desired: element(place.desired, index),
                unknown: element(place.unknown, index),
                marks: place.marks.element(),
            };
            self.walk(&format!("{path}[{index}]"), name, inner);
        }
    }

    fn walk_by_key(&mut self, path: &str, name: &'v str, place: Place<'v>, keyed: &Keyed<'v>) {
        let prior = place.prior.as_array().map_or(&[][..], Vec::as_slice);
        for (key, (real, desired)) in &keyed.pairs {
            let find = |item: &&Value| item.get(keyed.name).and_then(key_text).as_deref() == Some(key);
            let inner = Place {
                prior: prior.iter().find(find).unwrap_or(&NULL),
                real: real.unwrap_or(&NULL),
                desired: desired.map_or(&NULL, |(_, value)| value),
                unknown: desired.map_or(&NULL, |(index, _)| element(place.unknown, index)),
                marks: place.marks.element(),
            };
            // What the code does not have has no index in it.
            let path = match desired {
                Some((index, _)) => format!("{path}[{index}]"),
                None => format!("{path}[{}]", Value::from(key.as_str())),
            };
            self.walk(&path, name, inner);
        }
    }
}

/// The real element; the desired one with its index.
type Pair<'v> = (Option<&'v Value>, Option<(usize, &'v Value)>);

/// Elements of two lists, paired by a member that names them.
struct Keyed<'v> {
    name: &'static str,
    pairs: BTreeMap<String, Pair<'v>>,
}

impl<'v> Keyed<'v> {
    fn of(real: &'v [Value], desired: &'v [Value]) -> Option<Self> {
        KEYS.into_iter().find_map(|name| Self::by(name, real, desired))
    }

    fn by(name: &'static str, real: &'v [Value], desired: &'v [Value]) -> Option<Self> {
        let mut pairs: BTreeMap<String, Pair<'_>> = BTreeMap::new();
        for item in real {
            if pairs.entry(key_text(item.get(name)?)?).or_default().0.replace(item).is_some() {
                return None;
            }
        }
        for (index, item) in desired.iter().enumerate() {
            if pairs.entry(key_text(item.get(name)?)?).or_default().1.replace((index, item)).is_some() {
                return None;
            }
        }
        Some(Self { name, pairs })
    }

    fn has_same_keys(&self) -> bool {
        self.pairs.values().all(|(real, desired)| real.is_some() && desired.is_some())
    }
}

fn key_text(key: &Value) -> Option<String> {
    match key {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn member<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or(&NULL)
}

fn element(value: &Value, index: usize) -> &Value {
    value.get(index).unwrap_or(&NULL)
}

/// `tags` and `name` are `tags.name`; what is no identifier is a key: `tags["a.b"]`.
fn member_path(path: &str, name: &str) -> String {
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if !starts || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return format!("{path}[{}]", Value::from(name));
    }
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn holds_true(tree: &Value) -> bool {
    match tree {
        Value::Bool(value) => *value,
        Value::Array(items) => items.iter().any(holds_true),
        Value::Object(members) => members.values().any(holds_true),
        _ => false,
    }
}

/// Whether two values mean the same: numbers by their value, an absent member is null.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => same_number(left, right),
        (Value::Array(left), Value::Array(right)) => same_lists(left, right),
        (Value::Object(a), Value::Object(b)) => {
            a.iter().all(|(name, value)| same(value, member(right, name)))
                && b.iter().all(|(name, value)| value.is_null() || a.contains_key(name))
        }
        _ => left == right,
    }
}

fn same_lists(left: &[Value], right: &[Value]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
}

/// Numbers beyond 64 bits are compared with the precision of a double.
fn same_number(left: &Number, right: &Number) -> bool {
    let whole = |number: &Number| number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    match (whole(left), whole(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left.as_f64() == right.as_f64(),
    }
}

/// The same elements, each as often, in any order.
fn is_permutation(left: &[Value], right: &[Value]) -> bool {
    let sorted = |items: &[Value]| {
        let mut texts: Vec<String> = items.iter().map(canonical).collect();
        texts.sort_unstable();
        texts
    };
    left.len() == right.len() && sorted(left) == sorted(right)
}

/// A text that is the same for the same values.
fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if !number.is_f64() || float.fract() != 0.0 || float.abs() >= 1e15 => number.to_string(),
            Some(float) => format!("{float:.0}"),
            None => number.to_string(),
        },
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let set = members.iter().filter(|(_, member)| !member.is_null());
            let texts: BTreeMap<&String, String> = set.map(|(name, member)| (name, canonical(member))).collect();
            format!("{texts:?}")
        }
        other => other.to_string(),
    }
}

/// Whether a value says nothing: providers write one of these for another.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Paths that differ; `=` after those that differ in order only.
    fn paths(real: &Value, desired: &Value, unknown: &Value) -> Vec<String> {
        let place = Place { prior: real, real, desired, unknown, marks: &Marks::None };
        let found = Comparison::of(place);
        found.differences.iter().map(|d| format!("{}{}", d.path, if d.order_only { "=" } else { "" })).collect()
    }

    #[test]
    fn paths_name_members_keys_and_indexes() {
        let real = json!({"a": {"b.c": 1, "d": [{"x": 1}, {"x": 2}]}, "e-f": 1});
        let desired = json!({"a": {"b.c": 2, "d": [{"x": 1}, {"x": 3}]}, "e-f": 2});
        assert_eq!(paths(&real, &desired, &json!({})), ["a[\"b.c\"]", "a.d[1].x", "e-f"]);
    }

    #[test]
    fn the_same_value_written_otherwise_is_no_difference() {
        let real = json!({"n": 2048, "m": 0.5, "gone": null, "list": [1.0, {"x": null}]});
        let desired = json!({"n": 2048.0, "m": 5e-1, "new": null, "list": [1, {}]});
        assert!(paths(&real, &desired, &json!({})).is_empty());
        assert_eq!(paths(&json!({"n": u64::MAX}), &json!({"n": u64::MAX - 1}), &json!({})), ["n"]);
        assert_eq!(paths(&json!({"n": "1"}), &json!({"n": 1}), &json!({})), ["n"], "another type is another value");
    }

    #[test]
    fn what_is_not_known_yet_does_not_differ() {
        let real = json!({"id": "1", "disk": [{"size": 1, "id": "a"}], "ips": ["a", "b"]});
        let desired = json!({"disk": [{"size": 1}], "ips": ["a", null]});
        let unknown = json!({"id": true, "disk": [{"id": true}], "ips": [false, true]});
        assert!(paths(&real, &desired, &unknown).is_empty());
        assert_eq!(paths(&real, &desired, &json!({})), ["disk[0].id", "id", "ips"]);
    }

    #[test]
    fn lists_of_plain_values_differ_as_a_whole() {
        let other = |desired: Value| paths(&json!({"tags": ["a", "b"]}), &json!({ "tags": desired }), &json!({}));
        assert_eq!(other(json!(["b", "a"])), ["tags="]);
        assert_eq!(other(json!(["a", "c"])), ["tags"]);
        assert_eq!(other(json!(["a", "b", "b"])), ["tags"], "how often counts");
        assert_eq!(other(json!([])), ["tags"]);
    }

    #[test]
    fn lists_of_blocks_are_paired_by_what_names_them() {
        let disk = |interface: &str, size: u32| json!({"interface": interface, "size": size});
        let real = json!({"disk": [disk("scsi1", 20), disk("scsi0", 8), disk("scsi2", 1)]});
        let desired = json!({"disk": [disk("scsi0", 9), disk("scsi1", 20)]});
        assert_eq!(paths(&real, &desired, &json!({})), ["disk[0].size", "disk[\"scsi2\"]"]);
        assert_eq!(paths(&desired, &real, &json!({})), ["disk[1].size", "disk[2]"]);
        let renamed = json!({"disk": [disk("scsi0", 9), disk("scsi5", 20)]});
        assert_eq!(paths(&desired, &renamed, &json!({})), ["disk[1].interface"], "of one length with other names");
    }

    #[test]
    fn lists_of_blocks_without_a_name_differ_as_a_whole_when_longer() {
        let (one, two) = (json!({"n": [{"vlan": 1}]}), json!({"n": [{"vlan": 1}, {"vlan": 2}]}));
        assert_eq!(paths(&one, &two, &json!({})), ["n"]);
        let twice = json!({"n": [{"name": "a"}, {"name": "a", "x": 1}, {"name": "b"}]});
        assert_eq!(paths(&one, &twice, &json!({})), ["n"], "a name that comes twice names nothing");
    }

    #[test]
    fn what_reality_moved_without_harm_is_counted() {
        let (prior, real) = (json!({"ip": "a", "tags": ["x"], "n": 1}), json!({"ip": "b", "tags": ["y"], "n": 2}));
        let (desired, unknown) = (json!({"tags": ["y"], "n": 2}), json!({"ip": true}));
        let place = Place { prior: &prior, real: &real, desired: &desired, unknown: &unknown, marks: &Marks::None };
        let found = Comparison::of(place);
        assert!(found.differences.is_empty());
        assert_eq!(found.benign, ["ip", "n", "tags"]);
    }
}
