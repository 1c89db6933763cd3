//! Keeps secrets out of everything that lasts. Sensitive is what terraform marks on either side, what is named like a
//! secret, and every text that holds the value of a sensitive variable. Knows nothing of plans but marks and values.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::plan::Plan;

/// What stands where a secret was.
pub const MASK: &str = "(sensitive)";

/// Providers forget the mark for these.
const NAMES: [&str; 5] = ["password", "token", "secret", "private_key", "user_data"];

/// Shorter secrets are masked only where they are the whole value: a secret `a` would leave no readable text.
const SHORTEST_PART: usize = 4;

/// Knows the secrets of one environment.
#[derive(Clone, Debug, Default)]
pub struct Masker {
    /// Longest first, so that no part of a longer one is left.
    parts: Vec<String>,
    /// Too short to be looked for inside of texts.
    wholes: Vec<String>,
}

impl Masker {
    /// Knows these secrets, such as values of the environment that hold credentials.
    #[must_use]
    pub fn new<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Self {
        let mut masker = Self::default();
        for secret in secrets {
            masker.learn(secret.as_ref());
        }
        masker.order();
        masker
    }

    /// Learns the values of the sensitive variables of a plan too.
    #[must_use]
    pub fn with_plan(mut self, plan: &Plan<'_>) -> Self {
        for value in plan.sensitive_values() {
            self.learn_value(&value);
        }
        self.order();
        self
    }

    fn learn_value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.learn(text),
            Value::Number(number) if number.to_string().len() >= SHORTEST_PART => self.learn(&number.to_string()),
            Value::Array(items) => items.iter().for_each(|item| self.learn_value(item)),
            Value::Object(members) => members.values().for_each(|member| self.learn_value(member)),
            // `true` or `1` cannot be told from what is no secret.
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Learns a secret as it is, without white space around, and as it looks inside of quotes.
    fn learn(&mut self, secret: &str) {
        for form in [secret, secret.trim()] {
            let quoted = Value::from(form).to_string();
            let quoted = quoted.trim_matches('"');
            for form in [form, quoted] {
                match form.chars().count() {
                    0 => {}
                    1..SHORTEST_PART => self.wholes.push(form.to_owned()),
                    _ => self.parts.push(form.to_owned()),
                }
            }
        }
    }

    fn order(&mut self) {
        self.parts.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.parts.dedup();
        self.wholes.sort();
        self.wholes.dedup();
    }

    /// The text without the secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        if self.wholes.iter().any(|secret| secret == text) {
            return MASK.to_owned();
        }
        let mut masked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((start, length)) = self.first(rest) {
            masked.push_str(&rest[..start]);
            masked.push_str(MASK);
            rest = &rest[start + length..];
        }
        masked.push_str(rest);
        masked
    }

    /// The first secret in a text and its length; the longest if several begin there.
    fn first(&self, text: &str) -> Option<(usize, usize)> {
        let found = self.parts.iter().filter_map(|secret| Some((text.find(secret.as_str())?, secret.len())));
        found.min_by_key(|(start, length)| (*start, usize::MAX - length))
    }

    /// The value without the secrets; `name` is the nearest name on the way to it.
    pub(super) fn value(&self, name: &str, value: &Value, marks: &Marks) -> Value {
        if value.is_null() {
            return Value::Null; // that something is gone is what the reader has to see
        }
        if *marks == Marks::All || (is_secret_name(name) && !value.is_boolean()) {
            return Value::from(MASK);
        }
        match value {
            Value::String(text) => Value::from(self.text(text)),
            Value::Number(number) if self.parts.contains(&number.to_string()) => Value::from(MASK),
            Value::Array(items) => {
                items.iter().map(|item| self.value(name, item, marks.element())).collect::<Vec<_>>().into()
            }
            Value::Object(members) => {
                let masked = members.iter().map(|(key, member)| {
                    let key_mask = self.text(key);
                    (key_mask, self.value(key, member, marks.member(key)))
                });
                Value::Object(masked.collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }
}

/// Whether a name says that its value is a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    NAMES.iter().any(|secret| name.contains(secret))
}

/// Where a value is sensitive, merged over all sides. Elements of a list share their marks: elements of two sides
/// cannot always be paired, and rather too much is masked than too little.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Marks {
    /// Nowhere.
    #[default]
    None,
    /// All of it.
    All,
    /// In these members.
    Members(BTreeMap<String, Self>),
    /// In the elements.
    Elements(Box<Self>),
}

static NONE: Marks = Marks::None;

impl Marks {
    /// From the trees that terraform writes: `true`, `false`, or shaped like the value.
    pub(super) fn of<'v>(trees: impl IntoIterator<Item = &'v Value>) -> Self {
        trees.into_iter().map(Self::of_one).fold(Self::None, Self::merge)
    }

    fn of_one(tree: &Value) -> Self {
        match tree {
            Value::Bool(true) => Self::All,
            Value::Array(items) => match Self::of(items) {
                Self::None => Self::None,
                inner => Self::Elements(Box::new(inner)),
            },
            Value::Object(members) => {
                let inner = members.iter().map(|(name, member)| (name.clone(), Self::of_one(member)));
                let inner: BTreeMap<_, _> = inner.filter(|(_, marks)| *marks != Self::None).collect();
                if inner.is_empty() { Self::None } else { Self::Members(inner) }
            }
            _ => Self::None,
        }
    }

    fn merge(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, marks) | (marks, Self::None) => marks,
            (Self::Members(mut left), Self::Members(right)) => {
                for (name, marks) in right {
                    let merged = left.remove(&name).unwrap_or_default().merge(marks);
                    left.insert(name, merged);
                }
                Self::Members(left)
            }
            (Self::Elements(left), Self::Elements(right)) => Self::Elements(Box::new(left.merge(*right))),
            // Everything is sensitive, or the sides differ in shape.
            _ => Self::All,
        }
    }

    pub(super) fn member(&self, name: &str) -> &Self {
        match self {
            Self::All => self,
            Self::Members(members) => members.get(name).unwrap_or(&NONE),
            Self::None | Self::Elements(_) => &NONE,
        }
    }

    pub(super) fn element(&self) -> &Self {
        match self {
            Self::All => self,
            Self::Elements(inner) => inner,
            Self::None | Self::Members(_) => &NONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_vanish_from_texts() {
        let masker = Masker::new(["hunter2", "hunter2-long", "line one\nline two\n", "abc"]);
        assert_eq!(masker.text("a hunter2-long b hunter2!"), "a (sensitive) b (sensitive)!");
        assert_eq!(masker.text("abc"), MASK, "a short one is masked as a whole");
        assert_eq!(masker.text("abcd"), "abcd");
        assert_eq!(masker.text("key: line one\nline two."), "key: (sensitive).", "trimmed");
        assert_eq!(masker.text(r#""line one\nline two\n""#), r#""(sensitive)""#, "quoted");
    }

    #[test]
    fn variables_marked_sensitive_are_learned() {
        let text = json!({"format_version": "1.2",
            "variables": {"a": {"value": {"list": ["s3cr3t", 123_456, 1, true, null]}}},
            "configuration": {"root_module": {"variables": {"a": {"sensitive": true}}}}})
        .to_string();
        let masker = Masker::default().with_plan(&Plan::parse(&text).unwrap());
        assert_eq!(masker.text("x s3cr3t 123456 1 true"), "x (sensitive) (sensitive) 1 true");
        assert_eq!(masker.value("size", &json!([123_456, 1]), &Marks::None), json!([MASK, 1]));
    }

    #[test]
    fn marks_of_all_sides_count() {
        let marks = Marks::of([&json!({"disk": [{}, {"key": true}]}), &json!({"name": true}), &json!(false)]);
        let value = json!({"name": "n", "disk": [{"key": "k", "size": 8}], "open": null});
        let masked = Masker::default().value("", &value, &marks);
        assert_eq!(masked, json!({"name": MASK, "disk": [{"key": MASK, "size": 8}], "open": null}));
        assert_eq!(Marks::of([&json!({"a": true}), &json!([true])]), Marks::All, "odd shapes hide everything");
        assert_eq!(Masker::default().value("", &json!({"a": 1}), &Marks::of([&json!(true)])), json!(MASK));
    }

    #[test]
    fn names_mask_values() {
        let value = json!({"API_TOKEN": "x", "user_data_raw": ["y"], "use_password": true, "tags": ["z"]});
        let expected = json!({"API_TOKEN": MASK, "user_data_raw": MASK, "use_password": true, "tags": ["z"]});
        assert_eq!(Masker::default().value("", &value, &Marks::None), expected);
    }
}
