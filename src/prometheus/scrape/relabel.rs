//! Relabelling rules, carried out on labels of which not everything is known.
//! <https://github.com/prometheus/prometheus/blob/v3.5.0/model/relabel/relabel.go> is the reference.

use std::collections::BTreeMap;

use super::labels::{Label, LabelSet, Presence};
use super::pattern::Pattern;
use crate::diagnostic::Location;

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sets a label from others.
    Replace,
    /// Keeps what matches.
    Keep,
    /// Drops what matches.
    Drop,
    /// Keeps what is equal to a label.
    KeepEqual,
    /// Drops what is equal to a label.
    DropEqual,
    /// Sets a label to a hash of others.
    HashMod,
    /// Copies labels whose names match.
    LabelMap,
    /// Drops labels whose names match.
    LabelDrop,
    /// Drops labels whose names do not match.
    LabelKeep,
    /// Sets a label from others in lower case.
    Lowercase,
    /// Sets a label from others in upper case.
    Uppercase,
    /// Filled in by a template, or a word that Prometheus does not know.
    Unknown,
}

/// A rule of `relabel_configs` or `metric_relabel_configs`.
#[derive(Clone, Debug)]
pub struct Relabel {
    /// What it does.
    pub action: Action,
    /// The labels it reads.
    pub source_labels: Vec<String>,
    /// What is put between their values.
    pub separator: String,
    /// The label it sets.
    pub target_label: String,
    /// The expression that must match, `(.*)` where none is written.
    pub regex: Pattern,
    /// Whether that expression is the default, which matches everything.
    pub is_match_all: bool,
    /// What the label is set to.
    pub replacement: String,
    /// Whether it may not be there at all.
    pub is_conditional: bool,
    /// The whole rule.
    pub place: Location,
}

/// What is known of the value of one label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// The value; the empty text is an absent label.
    Text(String),
    /// Any, but not the empty one.
    Present,
    /// Any, and it may be absent.
    Unknown,
}

/// Labels while they are being relabelled.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    pub(super) values: BTreeMap<String, (Value, Option<Location>)>,
    /// Whether there may be labels that are not listed.
    pub(super) is_open: bool,
    /// Whether there may be labels for internal use (`__meta_...`) that are not listed.
    pub(super) has_meta: bool,
}

/// What a rule leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Kept,
    Dropped,
    /// One of both.
    Unknown,
}

impl Labels {
    pub(super) fn set(&mut self, name: &str, value: Value, place: Option<Location>) {
        self.values.insert(name.to_owned(), (value, place));
    }

    pub(super) fn get(&self, name: &str) -> Value {
        match self.values.get(name) {
            Some((value, _)) => value.clone(),
            None if self.is_open || self.has_meta && name.starts_with("__") => Value::Unknown,
            None => Value::Text(String::new()),
        }
    }

    pub(super) fn place(&self, name: &str) -> Option<Location> {
        self.values.get(name).and_then(|(_, place)| *place)
    }

    /// Forgets everything but the names.
    pub(super) fn blur(&mut self) {
        for (value, _) in self.values.values_mut() {
            *value = Value::Unknown;
        }
        self.is_open = true;
    }

    /// What is left at the end: labels for internal use are gone.
    pub(super) fn finish(self) -> LabelSet {
        let mut set = LabelSet { labels: BTreeMap::new(), is_open: self.is_open };
        for (name, (value, place)) in self.values {
            let label = match value {
                _ if name.starts_with("__") => continue,
                Value::Text(text) if text.is_empty() => continue,
                Value::Text(text) => Label::one(text, place),
                Value::Present => Label::any(Presence::Certain, place),
                Value::Unknown => Label::any(Presence::Possible, place),
            };
            set.labels.insert(name, label);
        }
        set
    }
}

impl Relabel {
    /// Carries the rule out.
    pub(super) fn apply(&self, labels: &mut Labels) -> Outcome {
        if !self.is_conditional {
            return self.apply_certainly(labels);
        }
        let before = labels.clone();
        match self.apply_certainly(labels) {
            Outcome::Kept => {}
            // The rule that would drop it may be absent.
            Outcome::Dropped | Outcome::Unknown => return Outcome::Unknown,
        }
        for (name, (value, _)) in &mut labels.values {
            let was = before.get(name);
            *value = match (&was, &*value) {
                (was, now) if *was == *now => continue,
                (Value::Text(text), _) | (_, Value::Text(text)) if text.is_empty() => Value::Unknown,
                (Value::Unknown, _) | (_, Value::Unknown) => Value::Unknown,
                _ => Value::Present,
            };
        }
        for (name, (_, place)) in before.values {
            labels.values.entry(name).or_insert((Value::Unknown, place));
        }
        Outcome::Kept
    }

    fn apply_certainly(&self, labels: &mut Labels) -> Outcome {
        let source = self.source(labels);
        let matches = || if self.is_match_all { Some(true) } else { self.regex.matches(source.as_deref()?) };
        match self.action {
            Action::Replace => self.replace(source.as_deref(), labels),
            Action::Keep => return decide(matches()),
            Action::Drop => return decide(matches().map(|matches| !matches)),
            Action::KeepEqual => return decide(self.is_equal(source.as_deref(), labels)),
            Action::DropEqual => return decide(self.is_equal(source.as_deref(), labels).map(|equal| !equal)),
            Action::HashMod => labels.set(&self.target_label, Value::Present, Some(self.place)),
            Action::Lowercase => self.set_changed(source.map(|text| text.to_lowercase()), labels),
            Action::Uppercase => self.set_changed(source.map(|text| text.to_uppercase()), labels),
            Action::LabelMap => self.map_labels(labels),
            Action::LabelDrop => self.drop_labels(labels, true),
            Action::LabelKeep => self.drop_labels(labels, false),
            Action::Unknown => {
                labels.blur();
                return Outcome::Unknown;
            }
        }
        Outcome::Kept
    }

    /// The values of the source labels as one text, if all are known.
    fn source(&self, labels: &Labels) -> Option<String> {
        let mut values = Vec::with_capacity(self.source_labels.len());
        for name in &self.source_labels {
            let Value::Text(text) = labels.get(name) else { return None };
            values.push(text);
        }
        Some(values.join(&self.separator))
    }

    fn replace(&self, source: Option<&str>, labels: &mut Labels) {
        let is_dynamic = self.target_label.contains('$');
        let place = Some(self.place);
        if let Some(source) = source {
            match self.regex.expand(source, &self.replacement) {
                Some(None) => return,
                Some(Some(text)) if !is_dynamic => return labels.set(&self.target_label, Value::Text(text), place),
                Some(Some(text)) => {
                    if let Some(Some(name)) = self.regex.expand(source, &self.target_label) {
                        return labels.set(&name, Value::Text(text), place);
                    }
                }
                None => {}
            }
        }
        if is_dynamic {
            labels.blur();
        } else if self.is_match_all && !self.replacement.contains('$') {
            labels.set(&self.target_label, Value::Text(self.replacement.clone()), place);
        } else {
            labels.set(&self.target_label, Value::Unknown, place);
        }
    }

    fn set_changed(&self, text: Option<String>, labels: &mut Labels) {
        labels.set(&self.target_label, text.map_or(Value::Unknown, Value::Text), Some(self.place));
    }

    fn is_equal(&self, source: Option<&str>, labels: &Labels) -> Option<bool> {
        let Value::Text(target) = labels.get(&self.target_label) else { return None };
        Some(source? == target)
    }

    fn map_labels(&self, labels: &mut Labels) {
        if labels.is_open || labels.has_meta {
            // Labels that are not listed may become any other.
            for (value, place) in labels.values.values_mut().filter(|(value, _)| *value != Value::Text(String::new())) {
                *value = if *value == Value::Unknown { Value::Unknown } else { Value::Present };
                *place = Some(self.place);
            }
            labels.is_open = true;
        }
        let names: Vec<String> = labels.values.keys().cloned().collect();
        for name in names {
            match self.regex.expand(&name, &self.replacement) {
                Some(None) => {}
                Some(Some(target)) => {
                    let value = labels.get(&name);
                    labels.set(&target, value, Some(self.place));
                }
                None => return labels.blur(),
            }
        }
    }

    fn drop_labels(&self, labels: &mut Labels, drop_matching: bool) {
        labels.values.retain(|name, (value, _)| match self.regex.matches(name) {
            Some(matches) => matches != drop_matching,
            None => {
                *value = Value::Unknown;
                true
            }
        });
    }
}

fn decide(is_kept: Option<bool>) -> Outcome {
    match is_kept {
        Some(true) => Outcome::Kept,
        Some(false) => Outcome::Dropped,
        None => Outcome::Unknown,
    }
}
