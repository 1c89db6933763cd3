//! What inference asks about the world around an expression: metrics of exporters, and what scraping does to their labels.
//! Implemented over catalogues and scrape models, and by hand in tests. Knows no expressions.

use super::labels::{Label, Presence, Values};
use super::sample::Unit;

/// What is known of the metrics that expressions select.
pub trait Knowledge: Sync {
    /// What is known of the metric called `name`, before any scraping.
    fn metric(&self, name: &str) -> Metric<'_>;

    /// What scraping adds to the series of the metric `name`; `job` is the only value that its label `job` may have, where
    /// the selector says so.
    fn target(&self, name: &str, job: Option<&str>) -> Target<'_>;
}

/// What is known of a metric.
#[derive(Clone, Debug)]
pub enum Metric<'k> {
    /// An exporter has it.
    Known(Family<'k>),
    /// No exporter has it, though the name belongs to one.
    Missing {
        /// The exporter.
        exporter: &'k str,
        /// Whether that is certain: its families are closed, its version is known and was captured.
        certain: bool,
    },
    /// Nothing is known.
    Unknown,
}

/// What an exporter says about a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Family<'k> {
    /// The exporter.
    pub exporter: &'k str,
    /// Its type.
    pub kind: FamilyKind,
    /// Its unit; [`Unit::UNKNOWN`] where only its name tells.
    pub unit: Unit,
    /// Its labels, without those that scraping adds.
    pub labels: Vec<Label<'k>>,
    /// Whether it may have other labels too.
    pub is_open: bool,
    /// Whether it was captured from the version that is deployed.
    pub is_certain: bool,
    /// Where it is known from, for people: "node-exporter 1.5.0, captured".
    pub evidence: String,
}

/// The type of a metric, as its exporter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FamilyKind {
    /// Not known.
    Unknown,
    /// `counter`, and the counts, sums and buckets of histograms and summaries.
    Counter,
    /// `gauge`
    Gauge,
    /// The quantiles of a `summary`.
    Quantile,
    /// A gauge that is always 1 and carries labels.
    Info,
    /// A gauge that is 0 or 1.
    Flag,
}

/// What scraping does to the labels of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Target<'k> {
    /// The labels that it adds.
    pub labels: Vec<Label<'k>>,
    /// Whether it adds any other.
    pub rest: Presence,
    /// Labels of the exporter that it may drop or rename: nothing is claimed of them.
    pub touched: Vec<&'k str>,
    /// Whether it may drop or rename any label of the exporter.
    pub touches_any: bool,
    /// Whether the exporter's label wins over a target label of the same name.
    pub honors_labels: Option<bool>,
}

impl Target<'_> {
    /// Where no scrape configuration is known: `job` and `instance`, and whatever else may be.
    #[must_use]
    pub fn unknown() -> Self {
        let label = |name| Label::new(name, Presence::Usually).with(Values::Any);
        Self {
            labels: vec![label("instance"), label("job")],
            rest: Presence::Unlikely,
            touched: Vec::new(),
            touches_any: false,
            honors_labels: None,
        }
    }
}

/// Knows nothing: every metric is unknown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Knowledge for Nothing {
    fn metric(&self, _: &str) -> Metric<'_> {
        Metric::Unknown
    }

    fn target(&self, _: &str, _: Option<&str>) -> Target<'_> {
        Target::unknown()
    }
}
