//! What is known of the result of an expression.

use super::labels::{Label, LabelSet, METRIC_NAME, Presence, Values};
use super::sample::Sample;

/// What is known of the result of an expression: the labels of its series, and their values.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape<'a> {
    /// The labels; those of a scalar are none.
    pub labels: LabelSet<'a>,
    /// The values.
    pub sample: Sample,
}

impl<'a> Shape<'a> {
    /// Nothing is known.
    #[must_use]
    pub const fn open() -> Self {
        Self { labels: LabelSet::open(), sample: Sample::UNKNOWN }
    }

    /// A scalar, or a vector of one element without labels.
    #[must_use]
    pub const fn bare(sample: Sample) -> Self {
        Self { labels: LabelSet::none(), sample }
    }

    /// The same with other values.
    #[must_use]
    pub fn with(mut self, sample: Sample) -> Self {
        self.sample = sample;
        self
    }

    /// The same under the metric's name `name`.
    #[must_use]
    pub fn called(mut self, name: &'a str) -> Self {
        self.labels.set(Label::new(METRIC_NAME, Presence::Always).with(Values::one(name)));
        self
    }

    /// The same without the metric's name, as most functions give it.
    #[must_use]
    pub fn without_name(mut self) -> Self {
        self.labels.remove(METRIC_NAME);
        self
    }

    /// Of series of which some come from here and some from there.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        Self { labels: self.labels.join(&other.labels), sample: self.sample.join(other.sample) }
    }

    /// Whether nothing at all is known of the labels.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.labels.rest() == Presence::Sometimes && self.labels.named().is_empty()
    }
}
