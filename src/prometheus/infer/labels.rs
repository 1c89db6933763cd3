//! Sets of labels that are known in part: which labels the series of an expression have, and with which values. Knows no
//! expressions and no metrics.

use std::borrow::Cow;
use std::sync::Arc;

/// Whether the series of an expression have a label with a value that is not empty. Ordered: later means more likely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// None has it. This is certain.
    Never,
    /// None has it as far as is known: a target label that sprag does not see, or another version, could add it.
    Unlikely,
    /// Some may have it.
    Sometimes,
    /// All have it as far as is known.
    Usually,
    /// All have it. This is certain.
    Always,
}

impl Presence {
    /// Of series of which some come from here and some from there.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let (low, high) = (self.min(other), self.max(other));
        match (low, high) {
            (Self::Never | Self::Unlikely, Self::Unlikely) | (Self::Usually, Self::Usually | Self::Always) => {
                if high == Self::Unlikely { Self::Unlikely } else { Self::Usually }
            }
            _ if low == high => low,
            _ => Self::Sometimes,
        }
    }

    /// Of series for which both hold.
    #[must_use]
    pub fn meet(self, other: Self) -> Self {
        let firm = |presence: &Self| matches!(presence, Self::Always | Self::Never);
        let told = |presence: &Self| *presence != Self::Sometimes;
        let both = [self, other];
        *both.iter().find(|one| firm(one)).or_else(|| both.iter().find(|one| told(one))).unwrap_or(&Self::Sometimes)
    }

    /// Whether no series has the label, as far as is known.
    #[must_use]
    pub fn is_absent(self) -> bool {
        self <= Self::Unlikely
    }

    /// Whether every series has the label, as far as is known.
    #[must_use]
    pub fn is_present(self) -> bool {
        self >= Self::Usually
    }

    /// Whether nothing that sprag does not see can change it.
    #[must_use]
    pub fn is_certain(self) -> bool {
        matches!(self, Self::Always | Self::Never)
    }

    /// The same, as far as is known.
    #[must_use]
    pub fn doubted(self) -> Self {
        match self {
            Self::Always => Self::Usually,
            Self::Never => Self::Unlikely,
            other => other,
        }
    }
}

/// The values that a label can have where it is there.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Values<'a> {
    /// Any.
    #[default]
    Any,
    /// One of these.
    Of {
        /// Sorted, without repetition.
        set: Vec<Cow<'a, str>>,
        /// Whether that is certain, or only as far as is known.
        certain: bool,
    },
}

impl<'a> Values<'a> {
    /// Exactly `value`.
    #[must_use]
    pub fn one(value: impl Into<Cow<'a, str>>) -> Self {
        Self::Of { set: vec![value.into()], certain: true }
    }

    /// One of `values`.
    #[must_use]
    pub fn of<T: Into<Cow<'a, str>>>(values: impl IntoIterator<Item = T>, certain: bool) -> Self {
        let mut set: Vec<Cow<'a, str>> = values.into_iter().map(Into::into).collect();
        set.sort_unstable();
        set.dedup();
        Self::Of { set, certain }
    }

    /// The values, where they are known.
    #[must_use]
    pub fn set(&self) -> Option<&[Cow<'a, str>]> {
        match self {
            Self::Any => None,
            Self::Of { set, .. } => Some(set),
        }
    }

    /// Whether nothing that sprag does not see can change it.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        matches!(self, Self::Of { certain: true, .. })
    }

    /// Of series of which some come from here and some from there.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Of { set, certain }, Self::Of { set: more, certain: too }) => {
                Self::of(set.iter().chain(more).cloned(), *certain && *too)
            }
            _ => Self::Any,
        }
    }

    /// Of series for which both hold.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Of { set, certain }, Self::Of { set: more, certain: too }) => {
                Self::of(set.iter().filter(|value| more.binary_search(value).is_ok()).cloned(), *certain && *too)
            }
            (Self::Any, other) | (other, Self::Any) => other.clone(),
        }
    }

    /// Only those of which `keep` holds.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(&str) -> bool) -> Self {
        match self {
            Self::Any => Self::Any,
            Self::Of { set, certain } => Self::of(set.iter().filter(|value| keep(value)).cloned(), *certain),
        }
    }

    /// The same, as far as is known.
    #[must_use]
    pub fn doubted(mut self) -> Self {
        if let Self::Of { certain, .. } = &mut self {
            *certain = false;
        }
        self
    }

    /// Whether no value is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set().is_some_and(<[_]>::is_empty)
    }
}

/// What is known of one label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// Whether it is there.
    pub presence: Presence,
    /// Its values where it is there.
    pub values: Values<'a>,
}

impl<'a> Label<'a> {
    /// A label with any value.
    #[must_use]
    pub fn new(name: impl Into<Cow<'a, str>>, presence: Presence) -> Self {
        Self { name: name.into(), presence, values: Values::Any }
    }

    /// The same with these values.
    #[must_use]
    pub fn with(mut self, values: Values<'a>) -> Self {
        self.values = values;
        self
    }
}

/// The name of the label that holds the metric's name.
pub const METRIC_NAME: &str = "__name__";

/// The labels that the series of an expression have.
#[derive(Clone, Debug)]
pub struct LabelSet<'a> {
    /// Sorted by name. Most parts of an expression have the labels of what they are made of: they share them.
    named: Option<Arc<Vec<Label<'a>>>>,
    rest: Presence,
}

impl PartialEq for LabelSet<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.rest == other.rest && self.named() == other.named()
    }
}

impl Eq for LabelSet<'_> {}

impl<'a> LabelSet<'a> {
    /// No label at all.
    #[must_use]
    pub const fn none() -> Self {
        Self::with_rest(Presence::Never)
    }

    /// Nothing is known.
    #[must_use]
    pub const fn open() -> Self {
        Self::with_rest(Presence::Sometimes)
    }

    /// No label that is named, and `rest` for all.
    #[must_use]
    pub const fn with_rest(rest: Presence) -> Self {
        Self { named: None, rest }
    }

    /// The labels of which something is known, by name. Others have [`LabelSet::rest`].
    #[must_use]
    pub fn named(&self) -> &[Label<'a>] {
        self.named.as_ref().map_or(&[], |named| named.as_slice())
    }

    fn named_mut(&mut self) -> &mut Vec<Label<'a>> {
        Arc::make_mut(self.named.get_or_insert_default())
    }

    /// Of every label that is not named, except the metric's name.
    #[must_use]
    pub const fn rest(&self) -> Presence {
        self.rest
    }

    /// Says how likely other labels are.
    pub fn set_rest(&mut self, rest: Presence) {
        self.rest = rest;
    }

    /// What is known of the label `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Label<'a>> {
        self.find(name).ok().map(|at| &self.named()[at])
    }

    /// Whether the label `name` is there.
    #[must_use]
    pub fn presence(&self, name: &str) -> Presence {
        self.get(name).map_or(self.rest, |label| label.presence)
    }

    /// The values of the label `name`.
    #[must_use]
    pub fn values(&self, name: &str) -> Values<'a> {
        self.get(name).map_or(Values::Any, |label| label.values.clone())
    }

    /// What is known of the label `name`, under the name it is asked by.
    #[must_use]
    pub fn label(&self, name: impl Into<Cow<'a, str>>) -> Label<'a> {
        let name = name.into();
        self.get(&name).cloned().unwrap_or_else(|| Label::new(name, self.rest))
    }

    /// Replaces what is known of a label.
    pub fn set(&mut self, label: Label<'a>) {
        match self.find(&label.name) {
            Ok(at) => self.named_mut()[at] = label,
            Err(at) => self.named_mut().insert(at, label),
        }
    }

    /// Takes a label away.
    pub fn remove(&mut self, name: &'a str) {
        match self.find(name) {
            Ok(at) if self.rest == Presence::Never => drop(self.named_mut().remove(at)),
            Err(_) if self.rest == Presence::Never => {}
            _ => self.set(Label::new(name, Presence::Never)),
        }
    }

    /// Only the labels `names`.
    #[must_use]
    pub fn keep(&self, names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut kept = Self::none();
        for name in names {
            kept.set(self.label(name));
        }
        kept
    }

    /// Of series of which some have these labels and some the `other` ones.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        self.combine(other, Presence::join, Values::join)
    }

    /// Of series that have these and also the `other` labels, as far as `concerns` says.
    pub fn narrow(&mut self, other: &Self, concerns: impl Fn(&str) -> bool) {
        let names: Vec<Cow<'a, str>> =
            self.named().iter().chain(other.named()).map(|label| label.name.clone()).collect();
        for name in names.into_iter().filter(|name| concerns(name)) {
            let (mine, theirs) = (self.get(&name), other.get(&name));
            let (here, there) = (mine.map_or(self.rest, |label| label.presence), other.presence(&name));
            let presence = here.meet(there);
            let is_both = here > Presence::Unlikely && there > Presence::Unlikely;
            let values = match (mine, theirs.filter(|_| is_both)) {
                (Some(mine), Some(theirs)) => mine.values.meet(&theirs.values),
                (Some(one), None) | (None, Some(one)) => one.values.clone(),
                (None, None) => Values::Any,
            };
            if mine.is_none_or(|mine| mine.presence != presence || mine.values != values) {
                self.set(Label { name, presence, values });
            }
        }
    }

    fn combine(
        &self,
        other: &Self,
        presence: impl Fn(Presence, Presence) -> Presence,
        values: impl Fn(&Values<'a>, &Values<'a>) -> Values<'a>,
    ) -> Self {
        let mut result = Self::with_rest(presence(self.rest, other.rest));
        for label in self.named().iter().chain(other.named()) {
            if result.get(&label.name).is_some() {
                continue;
            }
            let (mine, theirs) = (self.label(label.name.clone()), other.label(label.name.clone()));
            let joined = match (mine.presence, theirs.presence) {
                (_, Presence::Never) => mine.values,
                (Presence::Never, _) => theirs.values,
                _ => values(&mine.values, &theirs.values),
            };
            let presence = presence(mine.presence, theirs.presence);
            result.set(Label { name: label.name.clone(), presence, values: joined });
        }
        result
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.named().binary_search_by(|label| label.name.as_ref().cmp(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Presence::{Always, Never, Sometimes, Unlikely, Usually};

    #[test]
    fn presence_joins_to_what_holds_of_all() {
        for (one, other, joined) in [
            (Always, Always, Always),
            (Always, Usually, Usually),
            (Never, Unlikely, Unlikely),
            (Never, Never, Never),
            (Always, Never, Sometimes),
            (Usually, Unlikely, Sometimes),
            (Sometimes, Always, Sometimes),
        ] {
            assert_eq!(one.join(other), joined, "{one:?} {other:?}");
            assert_eq!(other.join(one), joined, "{other:?} {one:?}");
        }
    }

    #[test]
    fn joined_labels_keep_what_is_known_of_both() {
        let mut left = LabelSet::with_rest(Unlikely);
        left.set(Label::new("job", Always).with(Values::one("a")));
        left.set(Label::new("cpu", Always));
        let mut right = LabelSet::none();
        right.set(Label::new("job", Always).with(Values::one("b")));
        let joined = left.join(&right);
        assert_eq!(joined.values("job"), Values::of(["a", "b"], true));
        assert_eq!(joined.presence("job"), Always);
        assert_eq!(joined.presence("cpu"), Sometimes);
        assert_eq!(joined.presence("other"), Unlikely);
    }

    #[test]
    fn what_is_removed_from_an_open_set_is_remembered() {
        let mut labels = LabelSet::open();
        labels.remove("cpu");
        assert_eq!(labels.presence("cpu"), Never);
        assert_eq!(labels.presence("mode"), Sometimes);
        assert_eq!(labels.keep(["cpu", "mode"]).rest(), Never);
    }
}
