//! Label sets of which not everything is known: which labels a series has for certain, which it may have, and which
//! values they can have. Knows neither jobs nor exporters.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Location;

/// Whether a series has a label. Ordered: certain is more than possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Some series have it, or nobody knows.
    Possible,
    /// Every series has it.
    Certain,
}

/// What is known of one label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Whether it is there.
    pub presence: Presence,
    /// The values it can have; nothing where it can have any. The empty text is no value: it is an absent label.
    pub values: Option<BTreeSet<String>>,
    /// What sets it in the configuration; nothing for labels of the exporter and those that Prometheus always sets.
    pub place: Option<Location>,
}

impl Label {
    /// A label with any value.
    #[must_use]
    pub const fn any(presence: Presence, place: Option<Location>) -> Self {
        Self { presence, values: None, place }
    }

    /// A label with exactly one value.
    #[must_use]
    pub fn one(value: impl Into<String>, place: Option<Location>) -> Self {
        Self { presence: Presence::Certain, values: Some(BTreeSet::from([value.into()])), place }
    }

    /// Whether it can have the value; any value where they are not known.
    #[must_use]
    pub fn may_be(&self, value: &str) -> bool {
        self.values.as_ref().is_none_or(|values| values.contains(value))
    }

    /// What is known of a series that is like `self` or like `other`, each having the label.
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        self.presence = self.presence.min(other.presence);
        self.values = match (self.values, &other.values) {
            (Some(mut values), Some(more)) => {
                values.extend(more.iter().cloned());
                Some(values)
            }
            _ => None,
        };
        self.place = self.place.or(other.place);
        self
    }

    /// The same label, and nothing known of its value and whether it is there.
    #[must_use]
    pub fn blurred(self) -> Self {
        Self { presence: Presence::Possible, values: None, place: self.place }
    }
}

/// What is known of all labels of a series, the metric name left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSet {
    /// The labels that are known.
    pub labels: BTreeMap<String, Label>,
    /// Whether there may be others.
    pub is_open: bool,
}

impl LabelSet {
    /// Of which nothing at all is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self { labels: BTreeMap::new(), is_open: true }
    }

    /// What is known of the label `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Label> {
        self.labels.get(name)
    }

    /// Whether every series has the label.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some_and(|label| label.presence == Presence::Certain)
    }

    /// Whether a series may have the label.
    #[must_use]
    pub fn may_have(&self, name: &str) -> bool {
        self.is_open || self.labels.contains_key(name)
    }

    /// What is known of a series that is like `self` or like `other`. Of an open set, a label that is not listed may be
    /// there all the same and have any value.
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        for (name, label) in &mut self.labels {
            *label = match other.labels.get(name) {
                Some(theirs) => label.clone().or(theirs),
                None if other.is_open => label.clone().blurred(),
                None => Label { presence: Presence::Possible, ..label.clone() },
            };
        }
        for (name, theirs) in &other.labels {
            if !self.labels.contains_key(name) {
                let presence = Presence::Possible;
                let values = if self.is_open { None } else { theirs.values.clone() };
                self.labels.insert(name.clone(), Label { presence, values, place: theirs.place });
            }
        }
        self.is_open |= other.is_open;
        self
    }

    /// The same labels, and nothing known of their values, whether they are there, and what else there is.
    #[must_use]
    pub fn blurred(self) -> Self {
        let labels = self.labels.into_iter().map(|(name, label)| (name, label.blurred())).collect();
        Self { labels, is_open: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(labels: &[(&str, Label)], is_open: bool) -> LabelSet {
        LabelSet { labels: labels.iter().map(|(name, label)| ((*name).to_owned(), label.clone())).collect(), is_open }
    }

    #[test]
    fn alternatives_keep_what_is_common() {
        let one = set(&[("job", Label::one("a", None)), ("role", Label::one("x", None))], false);
        let two = set(&[("job", Label::one("b", None))], false);
        let both = one.or(&two);
        assert!(both.has("job") && !both.has("role") && both.may_have("role") && !both.may_have("rack"));
        assert!(both.labels["job"].may_be("a") && both.labels["job"].may_be("b") && !both.labels["job"].may_be("c"));
    }

    #[test]
    fn an_open_alternative_takes_values_away() {
        let one = set(&[("job", Label::one("a", None)), ("role", Label::one("x", None))], false);
        let two = set(&[("job", Label::one("b", None))], true);
        for both in [one.clone().or(&two), two.or(&one)] {
            assert!(both.has("job") && both.labels["role"].may_be("anything") && both.may_have("rack"));
        }
    }
}
