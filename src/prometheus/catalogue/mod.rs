//! Catalogues: which metrics exporters have, with which labels and values. Bundled ones are compiled in and decoded when
//! they are first asked for; users add their own. Knows nothing of rules, files or servers.
//!
//! ```
//! use sprag::prometheus::catalogue::{Catalogues, Kind};
//!
//! let catalogues = Catalogues::bundled();
//! let fact = &catalogues.lookup("node_cpu_seconds_total")[0];
//! assert_eq!((fact.exporter().name.as_ref(), fact.kind()), ("node-exporter", Kind::Counter));
//! assert!(!fact.label("mode").unwrap().values.allow("idel"));
//! assert_eq!(catalogues.closest("node_cpu_second_total").as_deref(), Some("node_cpu_seconds_total"));
//! ```

mod build;
mod bundled;
mod compact;
mod directive;
mod exporter;
mod metric;
mod render;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

pub use build::{Builder, Mistake};
pub use compact::encode;
pub use exporter::{Capture, Collector, Evidence, Exporter, Renamed};
pub use metric::{Kind, Label, Metric, Presence, Text, Values};

use crate::suggest;

/// An exporter with its metrics.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// The exporter.
    pub exporter: Exporter,
    /// The first words of its metrics (`node`, `go`), sorted: what they rule out needs no decoding.
    words: Vec<Text>,
    /// Its metrics in compact form, which are found when the first is asked for.
    packed: &'static str,
    entries: OnceLock<Vec<Entry>>,
}

/// A metric, which is decoded when it is asked for.
#[derive(Debug)]
struct Entry {
    /// Its line; empty for a metric that came otherwise.
    packed: &'static str,
    metric: OnceLock<Option<Box<Metric>>>,
}

impl Entry {
    fn name(&self) -> Cow<'_, str> {
        if self.packed.is_empty() {
            return self.metric().map_or(Cow::Borrowed(""), |metric| Cow::Borrowed(&*metric.name));
        }
        compact::name(self.packed)
    }

    /// Nothing only where the text is damaged, which a test rules out.
    fn metric(&self) -> Option<&Metric> {
        self.metric.get_or_init(|| compact::metric(self.packed).map(Box::new)).as_deref()
    }
}

impl From<Metric> for Entry {
    fn from(metric: Metric) -> Self {
        Self { packed: "", metric: OnceLock::from(Some(Box::new(metric))) }
    }
}

impl Catalogue {
    /// A catalogue of these metrics.
    #[must_use]
    pub fn new(exporter: Exporter, mut metrics: Vec<Metric>) -> Self {
        metrics.sort_by(|one, two| one.name.cmp(&two.name));
        metrics.dedup_by(|one, two| one.name == two.name);
        let mut words: Vec<Text> =
            metrics.iter().map(|metric| Text::Owned(first_word(&metric.name).to_owned())).collect();
        words.sort();
        words.dedup();
        let entries: Vec<Entry> = metrics.into_iter().map(Entry::from).collect();
        Self { exporter, words, packed: "", entries: OnceLock::from(entries) }
    }

    fn entries(&self) -> &[Entry] {
        self.entries.get_or_init(|| compact::entries(self.packed))
    }

    /// Its metrics, by name.
    #[must_use]
    pub fn metrics(&self) -> Vec<&Metric> {
        self.entries().iter().filter_map(Entry::metric).collect()
    }

    /// The metric with this very name.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<&Metric> {
        let first = first_word(name);
        self.words.binary_search_by(|word| word.as_ref().cmp(first)).ok()?;
        let entries = self.entries();
        let found = entries.binary_search_by(|entry| entry.name().as_ref().cmp(name)).ok()?;
        entries[found].metric()
    }

    /// What it knows of the series called `name`.
    #[must_use]
    pub fn lookup(&self, name: &str) -> Option<Fact<'_>> {
        if let Some(metric) = self.metric(name) {
            return Some(Fact { catalogue: self, metric, part: Part::Own });
        }
        let parts = [("_bucket", Part::Bucket), ("_sum", Part::Sum), ("_count", Part::Count)];
        let (stem, part) = parts.iter().find_map(|(suffix, part)| Some((name.strip_suffix(suffix)?, *part)))?;
        let metric = self.metric(stem)?;
        let has_part = match metric.kind {
            Kind::Histogram => true,
            Kind::Summary => part != Part::Bucket,
            _ => false,
        };
        has_part.then_some(Fact { catalogue: self, metric, part })
    }

    /// The metrics that have a label, those that exist to carry labels (`*_info`) first.
    #[must_use]
    pub fn with_label(&self, label: &str) -> Vec<&Metric> {
        let mut found = self.metrics();
        found.retain(|metric| metric.label(label).is_some());
        found.sort_by_key(|metric| metric.kind != Kind::Info && !metric.name.ends_with("_info"));
        found
    }

    /// The names of all its series, as expressions write them.
    pub fn series_names(&self) -> impl Iterator<Item = String> {
        self.metrics().into_iter().flat_map(|metric| {
            let suffixes: &[&str] = match metric.kind {
                Kind::Histogram => &["_bucket", "_sum", "_count"],
                Kind::Summary => &["", "_sum", "_count"],
                _ => &[""],
            };
            suffixes.iter().map(|suffix| format!("{}{suffix}", metric.name))
        })
    }
}

/// Which series of a metric is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Those that are called as the metric is.
    Own,
    /// `_bucket` of a histogram.
    Bucket,
    /// `_sum` of a histogram or summary.
    Sum,
    /// `_count` of a histogram or summary.
    Count,
}

/// What one exporter's catalogue says of the series with one name.
#[derive(Clone, Copy, Debug)]
pub struct Fact<'a> {
    catalogue: &'a Catalogue,
    /// The metric.
    pub metric: &'a Metric,
    /// Which of its series.
    pub part: Part,
}

static LE: Label = Label { name: Text::Borrowed("le"), presence: Presence::Always, values: Values::Open };
static QUANTILE: Label = Label { name: Text::Borrowed("quantile"), presence: Presence::Always, values: Values::Open };

impl<'a> Fact<'a> {
    /// The exporter.
    #[must_use]
    pub fn exporter(&self) -> &'a Exporter {
        &self.catalogue.exporter
    }

    /// The catalogue.
    #[must_use]
    pub fn catalogue(&self) -> &'a Catalogue {
        self.catalogue
    }

    /// Whether there are series of this name. A histogram has none that are called as it is (unless it is a native
    /// one).
    #[must_use]
    pub fn has_series(&self) -> bool {
        !(self.part == Part::Own && self.metric.kind == Kind::Histogram)
    }

    /// What kind of values these series have.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match (self.part, self.metric.kind) {
            (Part::Own, Kind::Summary) => Kind::Gauge,
            (Part::Own, kind) => kind,
            _ => Kind::Counter,
        }
    }

    /// The labels of these series, without those that a scrape adds.
    pub fn labels(&self) -> impl Iterator<Item = &'a Label> + use<'a> {
        let own = match (self.part, self.metric.kind) {
            (Part::Bucket, _) => Some(&LE),
            (Part::Own, Kind::Summary) => Some(&QUANTILE),
            _ => None,
        };
        self.metric.labels.iter().chain(own)
    }

    /// The label with this name.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&'a Label> {
        self.labels().find(|label| label.name == name)
    }

    /// The collector that writes it.
    #[must_use]
    pub fn collector(&self) -> Option<&'a Collector> {
        self.exporter().collector_of(&self.metric.name)
    }

    /// The best evidence that it exists.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        let seen = self.exporter().captures_of(self.metric).map(|capture| capture.evidence);
        seen.max().unwrap_or(Evidence::Derived)
    }

    /// The versions it was seen in, in the order of the captures.
    pub fn versions(&self) -> impl Iterator<Item = &'a str> {
        let exporter = self.exporter();
        exporter.captures_of(self.metric).map(|capture| capture.version.as_ref()).filter(|version| !version.is_empty())
    }

    /// What a finding says of its source: `node-exporter 1.5.0, captured`.
    #[must_use]
    pub fn source(&self) -> String {
        let exporter = self.exporter();
        let best = exporter.captures_of(self.metric).max_by_key(|capture| capture.evidence);
        let version = best.map_or("", |capture| capture.version.as_ref());
        let space = if version.is_empty() { "" } else { " " };
        format!("{}{space}{version}, {}", exporter.name, self.evidence().as_str())
    }
}

/// All catalogues of a run. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Catalogues {
    all: Vec<Arc<Catalogue>>,
}

impl Catalogues {
    /// Those that are compiled in.
    #[must_use]
    pub fn bundled() -> Self {
        bundled::all().clone()
    }

    /// These and one more. It stands beside a bundled one of the same name: what either knows is known.
    #[must_use]
    pub fn with(mut self, catalogue: impl Into<Arc<Catalogue>>) -> Self {
        self.all.push(catalogue.into());
        self
    }

    /// All of them, in order of names, added ones last.
    pub fn iter(&self) -> impl Iterator<Item = &Catalogue> {
        self.all.iter().map(Arc::as_ref)
    }

    /// The catalogues of the exporter with this name: the bundled one and those that were added.
    pub fn of<'a>(&'a self, exporter: &'a str) -> impl Iterator<Item = &'a Catalogue> {
        self.iter().filter(move |catalogue| catalogue.exporter.name == exporter)
    }

    /// What is known of the series called `name`: one fact for each exporter that has it (`process_open_fds` has many).
    #[must_use]
    pub fn lookup(&self, name: &str) -> Vec<Fact<'_>> {
        self.iter().filter_map(|catalogue| catalogue.lookup(name)).collect()
    }

    /// The exporter that a metric of this name belongs to, by the longest prefix, whether or not it has it.
    #[must_use]
    pub fn owner(&self, name: &str) -> Option<&Catalogue> {
        let claims = self.iter().filter_map(|catalogue| Some((catalogue.exporter.claim(name)?, catalogue)));
        // Of two with the same claim the first, which is a bundled one.
        claims.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, catalogue)| catalogue)
    }

    /// The series that `name` was probably meant to be: of its owner where it has one, else of any exporter.
    #[must_use]
    pub fn closest(&self, name: &str) -> Option<String> {
        let names: Vec<String> = match self.owner(name) {
            Some(owner) => self.of(&owner.exporter.name).flat_map(Catalogue::series_names).collect(),
            None => self.iter().flat_map(Catalogue::series_names).collect(),
        };
        suggest::closest(name, names.iter().map(String::as_str)).map(str::to_owned)
    }
}

/// The part of a name before its first `_`.
fn first_word(name: &str) -> &str {
    memchr::memchr(b'_', name.as_bytes()).map_or(name, |end| &name[..end])
}

#[cfg(test)]
mod tests;
