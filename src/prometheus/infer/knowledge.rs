//! What inference asks about the world around an expression: metrics of exporters, and what scraping does to their labels.
//! Implemented over catalogues and scrape models, and by hand in tests. Knows no expressions.

use std::borrow::Cow;

use super::labels::{Label, LabelSet, Presence};
use super::sample::Unit;
use super::selector::Prepared;
use crate::diagnostic::Location;

/// What is known of the metrics that expressions select.
pub trait Knowledge: Sync {
    /// What is known of the metric called `name`, before any scraping.
    fn metric(&self, name: &str) -> Metric<'_>;

    /// All that is known of the metric called `name` where the job is open, if it was found out before.
    fn prepared(&self, _name: &str) -> Option<Prepared<'_>> {
        None
    }

    /// What scraping makes of the series of the metric `name` that have the labels `own`. `accepts` says of a value of
    /// `job` whether the series can have it: what the selector asks for.
    fn scraped<'k>(&'k self, name: &str, own: LabelSet<'k>, accepts: &dyn Fn(&str) -> bool) -> Scraped<'k>;

    /// Where it is known from that the metric `name` exists, or else that it does not, for people:
    /// "node-exporter 1.5.0, captured".
    fn evidence(&self, _name: &str) -> String {
        String::new()
    }

    /// What to write instead of the metric `name`, which does not exist: a sentence for people.
    fn advice(&self, _name: &str) -> Option<String> {
        None
    }

    /// The metrics of `exporter` that have the label `label`, those that exist to carry labels first.
    fn carriers(&self, _exporter: &str, _label: &str) -> Vec<Carrier<'_>> {
        Vec::new()
    }

    /// The part of an exporter that writes the metric `name`, where it may be switched off.
    fn collector(&self, _name: &str) -> Option<CollectorState<'_>> {
        None
    }

    /// The longest time between two scrapes of the metric `name`, in seconds, where it is known.
    fn interval(&self, _name: &str, _accepts: &dyn Fn(&str) -> bool) -> Option<f64> {
        None
    }
}

/// A metric that has some label.
#[derive(Clone, Debug, PartialEq)]
pub struct Carrier<'k> {
    /// Its name.
    pub name: Cow<'k, str>,
    /// Its labels.
    pub labels: Vec<Cow<'k, str>>,
}

/// A part of an exporter that is switched off.
#[derive(Clone, Debug, PartialEq)]
pub struct CollectorState<'k> {
    /// The exporter.
    pub exporter: Cow<'k, str>,
    /// The collector or script.
    pub name: Cow<'k, str>,
    /// What switches it on.
    pub switch: Cow<'k, str>,
    /// Whether it is known to be off, or only off unless somebody switched it on.
    pub is_certain: bool,
    /// Whether the configuration says that the exporter is deployed, and nothing of this part.
    pub is_said: bool,
    /// Where that is known from, for people.
    pub evidence: String,
}

/// What is known of a metric.
#[derive(Clone, Debug)]
pub enum Metric<'k> {
    /// An exporter has it.
    Known(Family<'k>),
    /// No exporter has it, though the name belongs to one.
    Missing {
        /// The exporter.
        exporter: Cow<'k, str>,
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
    pub exporter: Cow<'k, str>,
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

/// What scraping makes of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Scraped<'k> {
    /// The labels that it ends up with.
    pub labels: LabelSet<'k>,
    /// Labels that both the exporter and the target have, so that one of the two is renamed.
    pub clashes: Vec<Clash<'k>>,
    /// The relabelling rule by which every job drops it.
    pub dropped: Option<Location>,
}

/// A label that both an exporter and a target have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash<'k> {
    /// Its name.
    pub label: Cow<'k, str>,
    /// Whether that happens to every series of the job.
    pub is_certain: bool,
    /// Whether it happens in every job that may have the series, so that the exporter's label is always renamed.
    pub is_everywhere: bool,
    /// The job, where its name is known.
    pub job: Option<Cow<'k, str>>,
    /// What sets the label of the target; nothing for `job` and `instance`.
    pub place: Option<Location>,
}

impl<'k> Scraped<'k> {
    /// Where no scrape configuration is known: `job` and `instance`, and whatever else may be.
    #[must_use]
    pub fn unconfigured(own: LabelSet<'k>) -> Self {
        let mut labels = own;
        for name in ["instance", "job"] {
            if let Some(own) = labels.get(name).filter(|own| own.presence > Presence::Unlikely) {
                let exported = Label { name: format!("exported_{name}").into(), ..own.clone() };
                labels.set(Label { presence: Presence::Sometimes, ..exported });
            }
            labels.set(Label::new(name, Presence::Always));
        }
        labels.set_rest(labels.rest().max(Presence::Unlikely));
        Self { labels, clashes: Vec::new(), dropped: None }
    }
}

/// Knows nothing: every metric is unknown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Knowledge for Nothing {
    fn metric(&self, _: &str) -> Metric<'_> {
        Metric::Unknown
    }

    fn scraped<'k>(&'k self, _: &str, own: LabelSet<'k>, _: &dyn Fn(&str) -> bool) -> Scraped<'k> {
        Scraped::unconfigured(own)
    }
}
