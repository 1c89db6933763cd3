//! What is known of one metric: its type, its labels and where that was seen. Facts only; what follows from them for an
//! expression is decided elsewhere.

use std::borrow::Cow;

/// Text of a catalogue: borrowed from the binary, or of a file of the user.
pub type Text = Cow<'static, str>;

/// What kind of values a metric has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Only grows, until its process starts anew.
    Counter,
    /// Goes up and down.
    Gauge,
    /// `_bucket` with `le`, `_sum`, `_count`.
    Histogram,
    /// Series with `quantile`, `_sum`, `_count`.
    Summary,
    /// Always 1: what matters are its labels.
    Info,
    /// 0 or 1 for each value of one label, all of which are there at all times.
    StateSet,
    /// Nobody says.
    Untyped,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 7] =
        [Self::Counter, Self::Gauge, Self::Histogram, Self::Summary, Self::Info, Self::StateSet, Self::Untyped];

    /// Its name, as a message says it and OpenMetrics writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
            Self::Info => "info",
            Self::StateSet => "stateset",
            Self::Untyped => "untyped",
        }
    }
}

/// Whether all series of a metric have a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// Every series that was ever seen has it.
    Always,
    /// Some have it: it depends on the version, on the configuration or on what is measured.
    Sometimes,
}

/// The values that a label can have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Values {
    /// Whatever is there: devices, mount points, names.
    Open,
    /// These and no others, sorted.
    Closed(Vec<Text>),
}

impl Values {
    /// Whether `value` is possible.
    #[must_use]
    pub fn allow(&self, value: &str) -> bool {
        match self {
            Self::Open => true,
            Self::Closed(values) => values.iter().any(|known| known == value),
        }
    }
}

/// A label of a metric, as the exporter writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// Its name.
    pub name: Text,
    /// Whether all series have it.
    pub presence: Presence,
    /// What it can be.
    pub values: Values,
}

/// What is known of one metric. For histograms and summaries it is what their series have in common: see
/// [`Fact`](super::Fact) for the series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// The name in expressions, but for the suffixes of histograms and summaries. Counters of OpenMetrics have their
    /// `_total`.
    pub name: Text,
    /// What kind of values it has.
    pub kind: Kind,
    /// What the exporter says of it.
    pub help: Text,
    /// Its labels by name, without those that a scrape adds, and without `le` and `quantile`.
    pub labels: Vec<Label>,
    /// Whether there may be labels that nobody knows beforehand.
    pub has_open_labels: bool,
    /// Whether it belongs to a family whose members depend on machine or configuration (`node_hwmon_*`): that one is
    /// not in the catalogue says little.
    pub is_open_family: bool,
    /// The captures that hold it, as bits for [`Exporter::captures`](super::Exporter::captures).
    pub captures: u32,
}

impl Metric {
    /// The label with this name.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&Label> {
        self.labels.iter().find(|label| label.name == name)
    }
}
