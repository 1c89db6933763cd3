//! What is known of metrics from catalogues, deployment and scrape configurations together: the knowledge that inference
//! asks. Knows no expressions and reads nothing itself.

use std::borrow::Cow;

use super::catalogue::{Catalogue, Catalogues, Evidence, Exporter, Fact, Kind};
use super::deployment::{Deployment, Running};
use super::infer::{
    Carrier, Clash, CollectorState, Family, FamilyKind, Knowledge, Label, LabelSet, METRIC_NAME, Metric, Presence,
    Scraped, Unit, Values,
};
use super::scrape::{self, Job, ScrapeModel};
use super::serving::{Serving, serving};
use super::{catalogue, duration::Duration};

/// An exporter that the configuration says is deployed.
#[derive(Clone, Debug, Default)]
pub struct Deployed {
    /// Its name, as its catalogue has it.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// The collectors that are switched on beside the default ones.
    pub collectors: Vec<String>,
    /// Whether it only is likely: then nothing is certain because of it.
    pub is_guess: bool,
}

/// Everything that is known of metrics.
#[derive(Debug, Default)]
pub struct World<'a> {
    catalogues: Catalogues,
    deployment: Deployment,
    deployed: Vec<Deployed>,
    scrape: Cow<'a, ScrapeModel>,
}

/// What Prometheus does where no configuration says otherwise, in seconds.
const DEFAULT_INTERVAL: f64 = 60.0;

/// The catalogue of what Prometheus adds itself.
const ADDED: &str = "scrape";

/// What names got when units became part of them.
const UNITS: [&str; 6] = ["_bytes", "_total", "_seconds", "_bytes_total", "_seconds_total", "_ratio"];

impl<'a> World<'a> {
    /// The world of one repository. What the user says of an exporter in `deployed` counts more than what was seen of it.
    #[must_use]
    pub fn new(
        catalogues: Catalogues,
        deployment: Deployment,
        deployed: Vec<Deployed>,
        scrape: &'a ScrapeModel,
    ) -> Self {
        Self { catalogues, deployment, deployed, scrape: Cow::Borrowed(scrape) }
    }

    /// All catalogues.
    #[must_use]
    pub const fn catalogues(&self) -> &Catalogues {
        &self.catalogues
    }

    /// What is deployed.
    #[must_use]
    pub const fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// The versions of an exporter that run; empty where nobody says.
    fn versions<'w>(&'w self, exporter: &'w str) -> Vec<&'w str> {
        let said = self.deployed.iter().filter(|deployed| deployed.name == exporter && !deployed.is_guess);
        let said: Vec<&str> = said.filter_map(|deployed| deployed.version.as_deref()).collect();
        if said.is_empty() {
            return self.deployment.versions(exporter).into_iter().map(|(version, _)| version).collect();
        }
        said
    }

    /// Whether a version of an exporter may run that nobody gives.
    fn has_open_versions(&self, exporter: &str) -> bool {
        let mut said = self.deployed.iter().filter(|deployed| deployed.name == exporter && !deployed.is_guess);
        !said.any(|deployed| deployed.version.is_some()) && self.deployment.has_open_versions(exporter)
    }

    /// Whether what was seen of an exporter holds for what is deployed: every version that runs was captured, or the
    /// server itself was asked.
    fn is_certain<'c>(&self, exporter: &Exporter, mut seen: impl Iterator<Item = &'c catalogue::Capture>) -> bool {
        let captures: Vec<&catalogue::Capture> = seen.by_ref().collect();
        if captures.iter().any(|capture| capture.evidence == Evidence::Live) {
            return true;
        }
        let real: Vec<&str> = captures
            .iter()
            .filter(|capture| capture.evidence == Evidence::Captured)
            .map(|capture| capture.version.as_ref())
            .collect();
        // A dump of the user's own, of an exporter that says no version.
        if exporter.captures.iter().all(|capture| capture.version.is_empty() && capture.evidence == Evidence::Captured)
        {
            return !real.is_empty();
        }
        let versions = self.versions(&exporter.name);
        !versions.is_empty()
            && !self.has_open_versions(&exporter.name)
            && versions.iter().all(|version| real.iter().any(|seen| is_same(version, seen)))
    }

    /// The same, of all that is known of `exporter`.
    fn is_newer_than_known(&self, exporter: &str) -> bool {
        let all: Vec<&Exporter> = self.catalogues.of(exporter).map(|catalogue| &catalogue.exporter).collect();
        self.is_newer_than_all(exporter, &all)
    }

    /// Whether a version of `exporter` runs that is newer than everything that was seen of it.
    fn is_newer_than_all(&self, exporter: &str, seen: &[&Exporter]) -> bool {
        let captures = || seen.iter().flat_map(|exporter| &exporter.captures);
        if captures().any(|capture| capture.evidence == Evidence::Live) {
            return false;
        }
        let known = captures().filter_map(|capture| minor(&capture.version)).max();
        let guessed = self.deployed.iter().filter(|deployed| deployed.name == exporter && deployed.is_guess);
        let guessed = guessed.filter_map(|deployed| deployed.version.as_deref());
        let mut runs = self.versions(exporter).into_iter().chain(guessed).filter_map(newest);
        known.is_some_and(|known| runs.any(|version| version > known))
    }

    fn family<'w>(&'w self, fact: &Fact<'w>) -> Family<'w> {
        let is_certain = self.is_certain(fact.exporter(), fact.exporter().captures_of(fact.metric));
        let labels = fact.labels().map(|label| {
            let presence = match label.presence {
                catalogue::Presence::Always => Presence::Always,
                catalogue::Presence::Sometimes => Presence::Sometimes,
            };
            let values = match &label.values {
                catalogue::Values::Open => Values::Any,
                catalogue::Values::Closed(values) => {
                    Values::of(values.iter().map(|value| Cow::Borrowed(value.as_ref())), true)
                }
            };
            Label::new(label.name.as_ref(), presence).with(values)
        });
        Family {
            exporter: Cow::Borrowed(fact.exporter().name.as_ref()),
            kind: kind(fact),
            unit: Unit::UNKNOWN,
            labels: labels.collect(),
            // Later versions add labels.
            is_open: fact.metric.has_open_labels || self.is_newer_than_known(&fact.exporter().name),
            is_certain,
        }
    }

    /// Whether a version of `exporters` runs that is older than the new name of the metric `name`.
    fn has_old_name(&self, name: &str, exporters: &[&Exporter]) -> bool {
        let since = exporters.iter().find_map(|exporter| minor(&exporter.renamed(name)?.since));
        let versions = exporters.iter().flat_map(|exporter| self.versions(&exporter.name)).filter_map(minor);
        since.is_some_and(|since| versions.into_iter().any(|runs| runs < since))
    }

    /// What a metric is called that was renamed, or that is written as before units were part of names.
    fn renamed(&self, name: &str) -> Option<String> {
        if let Some(renamed) = self.catalogues.iter().find_map(|catalogue| catalogue.exporter.renamed(name)) {
            return Some(format!("it is called `{}` since version {}", renamed.to, renamed.since));
        }
        let longer = UNITS.iter().map(|unit| format!("{name}{unit}"));
        let known = longer.into_iter().find(|longer| !self.catalogues.lookup(longer).is_empty())?;
        Some(format!("its name has a unit: `{known}`"))
    }

    fn deployed(&self, exporter: &str) -> Option<&Deployed> {
        self.deployed.iter().find(|deployed| deployed.name == exporter)
    }

    /// The interval of a job in seconds, if it is known.
    fn interval_of(&self, file: &scrape::ScrapeFile, job: &Job) -> Option<f64> {
        let main = self.scrape.files().iter().find(|file| file.is_main);
        let global = main.filter(|_| file.scrape_interval.is_none()).unwrap_or(file);
        if job.has_open_interval || job.scrape_interval.is_none() && global.has_open_interval {
            return None;
        }
        let written = job.scrape_interval.as_ref().or(global.scrape_interval.as_ref());
        let seconds = |duration: Duration| duration.as_millis() as f64 / 1000.0;
        Some(written.map_or(DEFAULT_INTERVAL, |placed| seconds(placed.value)))
    }

    /// Those of the clashes `found` that befall the metric `name`: they are in jobs that serve it. Where no job does for
    /// certain, any may, and only what happens in all of them counts.
    fn clashes(&self, name: &str, found: &[scrape::Clash], accepts: &dyn Fn(&str) -> bool) -> Vec<Clash<'static>> {
        if found.is_empty() {
            return Vec::new();
        }
        let facts = self.catalogues.lookup(name);
        let exporters: Vec<&Exporter> = facts.iter().map(Fact::exporter).collect();
        let servings: Vec<(Option<&str>, Serving)> =
            self.jobs(accepts).map(|(_, job)| (job.name(), serving(job, &exporters))).collect();
        let is_known = servings.iter().any(|(_, serving)| *serving == Serving::Yes);
        let least = if is_known { Serving::Yes } else { Serving::Maybe };
        let is_in = |job: Option<&str>, label: &str| {
            found.iter().any(|clash| clash.job.as_deref() == job && clash.label == label)
        };
        let is_everywhere = |label: &str| {
            let mut others = servings.iter().filter(|(_, serving)| *serving != Serving::No);
            self.scrape.jobs_are_known() && others.all(|(job, _)| is_in(*job, label))
        };
        let befalls = |clash: &&scrape::Clash| {
            let is_served = servings.iter().any(|(job, serving)| *job == clash.job.as_deref() && *serving == least);
            is_served && (is_known || is_everywhere(&clash.label))
        };
        let clashes = found.iter().filter(befalls).map(|clash| Clash {
            label: clash.label.clone().into(),
            is_certain: clash.presence == scrape::Presence::Certain,
            is_everywhere: is_everywhere(&clash.label),
            job: clash.job.clone().map(Cow::Owned),
            place: clash.place,
        });
        clashes.collect()
    }

    fn jobs<'w>(
        &'w self,
        accepts: &'w dyn Fn(&str) -> bool,
    ) -> impl Iterator<Item = (&'w scrape::ScrapeFile, &'w Job)> {
        let jobs = self.scrape.files().iter().flat_map(|file| file.jobs.iter().map(move |job| (file, job)));
        jobs.filter(move |(_, job)| job.job_values().is_none_or(|mut values| values.any(accepts)))
    }
}

/// Whether the targets of a job are of the exporter for certain. What Prometheus adds itself is in every job.
fn serves(job: &Job, exporter: &Exporter) -> bool {
    exporter.name == ADDED || serving(job, &[exporter]) == Serving::Yes
}

/// What a fact says of values. Some exporters call gauge what counts since a start: `rate` is right there. And what a
/// device counts for life may be looked at either way.
fn kind(fact: &Fact<'_>) -> FamilyKind {
    match fact.kind() {
        _ if fact.exporter().is_cumulative(&fact.metric.name) => FamilyKind::Unknown,
        Kind::Counter => FamilyKind::Counter,
        Kind::Gauge if is_counting(&fact.metric.help) => FamilyKind::Unknown,
        Kind::Gauge => FamilyKind::Gauge,
        Kind::Info => FamilyKind::Info,
        Kind::StateSet => FamilyKind::Flag,
        Kind::Summary => FamilyKind::Quantile,
        Kind::Histogram | Kind::Untyped => FamilyKind::Unknown,
    }
}

/// Whether a help text speaks of something that adds up.
fn is_counting(help: &str) -> bool {
    let help = help.to_lowercase();
    let words = ["since", "total", "counter", "cumulative", "number of packets"];
    words.iter().any(|word| help.contains(word))
}

/// What was seen of an exporter: `node-exporter 1.5.0 captured, 1.12 derived`.
fn looked_at(exporter: &Exporter) -> String {
    // What was captured from a version says more than what was derived from it.
    let best = |capture: &&catalogue::Capture| {
        let mut others = exporter.captures.iter();
        !others.any(|other| {
            let is_named = other.version == capture.version || capture.version.is_empty();
            is_named && other.evidence > capture.evidence
        })
    };
    let captures = exporter
        .captures
        .iter()
        .filter(best)
        .map(|capture| format!("{} {}", capture.version, capture.evidence.as_str()));
    let captures: Vec<String> = captures.map(|text| text.trim().to_owned()).collect();
    format!("{} {}", exporter.name, captures.join(", "))
}

/// Whether two versions are of one minor release: metrics do not change in patches.
fn is_same(one: &str, other: &str) -> bool {
    minor(one).is_some_and(|found| minor(other) == Some(found))
}

/// `(1, 8)` of `v1.8.2`.
fn minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('v').split(['.', '-', '+', '~']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The newest that `version` may be: the tag `v3` moves on with every release.
fn newest(version: &str) -> Option<(u32, u32)> {
    let only_major = || Some((version.trim_start_matches('v').parse().ok()?, u32::MAX));
    minor(version).or_else(only_major)
}

impl Knowledge for World<'_> {
    fn metric(&self, name: &str) -> Metric<'_> {
        let facts: Vec<Fact<'_>> = self.catalogues.lookup(name).into_iter().filter(Fact::has_series).collect();
        let families = facts.iter().map(|fact| self.family(fact));
        if let Some(family) = families.reduce(|one, other| joined(&one, &other)) {
            return Metric::Known(family);
        }
        let Some(owner) = self.catalogues.owner(name).filter(|_| !self.scrape.renames_metrics()) else {
            return Metric::Unknown;
        };
        let exporter = &owner.exporter;
        let all: Vec<&Exporter> = self.catalogues.of(&exporter.name).map(|catalogue| &catalogue.exporter).collect();
        if self.has_old_name(name, &all) {
            return Metric::Unknown;
        }
        // Of an open family, and of a version that nobody has looked at yet, only what has another name for certain is
        // called unknown.
        if all.iter().any(|exporter| exporter.is_open(name)) || self.is_newer_than_all(&exporter.name, &all) {
            if self.renamed(name).is_none() {
                return Metric::Unknown;
            }
            return Metric::Missing { exporter: Cow::Borrowed(exporter.name.as_ref()), certain: false };
        }
        // Files that node-exporter reads may hold a metric of any name.
        let reads_files = all.iter().any(|exporter| exporter.collector("textfile").is_some());
        let is_seen = |exporter: &&Exporter| self.is_certain(exporter, exporter.captures.iter());
        let certain = !reads_files && all.iter().any(is_seen);
        Metric::Missing { exporter: Cow::Borrowed(exporter.name.as_ref()), certain }
    }

    fn scraped<'k>(&'k self, name: &str, own: LabelSet<'k>, accepts: &dyn Fn(&str) -> bool) -> Scraped<'k> {
        if !self.scrape.is_known() {
            return Scraped::unconfigured(own);
        }
        let found = self.scrape.scraped(Some(name), &exported(&own), accepts);
        let mut labels = LabelSet::with_rest(if found.labels.is_open { Presence::Sometimes } else { own.rest() });
        for (name, label) in &found.labels.labels {
            labels.set(imported(name, label, &own));
        }
        Scraped { labels, clashes: self.clashes(name, &found.clashes, accepts), dropped: found.dropped }
    }

    fn evidence(&self, name: &str) -> String {
        match self.catalogues.lookup(name).iter().find(|fact| fact.has_series()) {
            Some(fact) => fact.source(),
            None => self.catalogues.owner(name).map_or_else(String::new, |owner| looked_at(&owner.exporter)),
        }
    }

    fn advice(&self, name: &str) -> Option<String> {
        if let Some(advice) = self.renamed(name) {
            return Some(advice);
        }
        if self.catalogues.lookup(name).iter().any(|fact| !fact.has_series()) {
            return Some(format!("it is a histogram: select `{name}_bucket`, `{name}_sum` or `{name}_count`"));
        }
        self.catalogues.closest(name).map(|close| format!("did you mean `{close}`?"))
    }

    fn carriers(&self, exporter: &str, label: &str) -> Vec<Carrier<'_>> {
        let catalogues: Vec<&Catalogue> =
            self.catalogues.iter().filter(|catalogue| catalogue.exporter.name == exporter).collect();
        let metrics = catalogues.into_iter().flat_map(|catalogue| catalogue.with_label(label));
        metrics
            .map(|metric| Carrier {
                name: Cow::Borrowed(metric.name.as_ref()),
                labels: metric.labels.iter().map(|label| Cow::Borrowed(label.name.as_ref())).collect(),
            })
            .collect()
    }

    fn collector(&self, name: &str) -> Option<CollectorState<'_>> {
        let facts = self.catalogues.lookup(name);
        let [fact] = facts.as_slice() else { return None };
        let (exporter, collector) = (fact.exporter(), fact.collector()?);
        let deployed = self.deployed(&exporter.name);
        let is_listed = deployed.is_some_and(|deployed| deployed.collectors.iter().any(|it| *it == collector.name));
        if is_listed {
            return None;
        }
        let is_certain = match self.deployment.collector(exporter, collector) {
            Running::On => return None,
            Running::Off(_) => true,
            Running::Unknown if collector.upstream || collector.debian => return None,
            Running::Unknown => deployed.is_some_and(|it| !it.collectors.is_empty()) && !collector.is_option(),
        };
        Some(CollectorState {
            exporter: Cow::Borrowed(exporter.name.as_ref()),
            name: Cow::Borrowed(collector.name.as_ref()),
            switch: Cow::Borrowed(collector.switch.as_ref()),
            is_certain,
            is_said: deployed.is_some(),
            evidence: fact.source(),
        })
    }

    /// Some job of those that `accepts` takes brings the series: the fastest says how often at least. Of a job that serves
    /// the metric for certain its own interval counts.
    fn interval(&self, name: &str, accepts: &dyn Fn(&str) -> bool) -> Option<f64> {
        if !self.scrape.jobs_are_known() {
            return None;
        }
        let facts = self.catalogues.lookup(name);
        let serves = |job: &Job| facts.iter().any(|fact| serves(job, fact.exporter()));
        let jobs: Vec<(Option<f64>, bool)> =
            self.jobs(accepts).map(|(file, job)| (self.interval_of(file, job), serves(job))).collect();
        let own = jobs.iter().filter(|(_, serves)| *serves).filter_map(|(interval, _)| *interval).reduce(f64::max);
        let intervals: Option<Vec<f64>> = jobs.iter().map(|(interval, _)| *interval).collect();
        let least = intervals.and_then(|intervals| intervals.into_iter().reduce(f64::min));
        own.into_iter().chain(least).reduce(f64::max)
    }
}

/// What holds of a metric that several exporters have.
fn joined<'k>(one: &Family<'k>, other: &Family<'k>) -> Family<'k> {
    let set = |family: &Family<'k>| {
        let mut labels = LabelSet::none();
        family.labels.iter().for_each(|label| labels.set(label.clone()));
        labels
    };
    Family {
        kind: if one.kind == other.kind { one.kind } else { FamilyKind::Unknown },
        labels: set(one).join(&set(other)).named().to_vec(),
        is_open: one.is_open || other.is_open,
        is_certain: one.is_certain && other.is_certain,
        ..one.clone()
    }
}

/// As the scrape model wants it.
fn exported(own: &LabelSet<'_>) -> scrape::LabelSet {
    let there = own.named().iter().filter(|label| label.presence > Presence::Unlikely && label.name != METRIC_NAME);
    let labels = there.map(|label| {
        let presence = if label.presence.is_present() { scrape::Presence::Certain } else { scrape::Presence::Possible };
        let values = label.values.set().map(|set| set.iter().map(ToString::to_string).collect());
        (label.name.to_string(), scrape::Label { presence, values, place: None })
    });
    scrape::LabelSet { labels: labels.collect(), is_open: own.rest() == Presence::Sometimes }
}

/// As inference wants it. What the exporter's catalogue leaves in doubt stays so.
fn imported<'k>(name: &str, label: &scrape::Label, own: &LabelSet<'k>) -> Label<'k> {
    let origin = name.strip_prefix("exported_").unwrap_or(name);
    let mut presence = match label.presence {
        scrape::Presence::Certain => Presence::Always,
        scrape::Presence::Possible => Presence::Sometimes,
    };
    let mut values = label.values.as_ref().map_or(Values::Any, |set| Values::of(set.iter().cloned(), true));
    if label.place.is_none()
        && let Some(known) = own.get(origin)
    {
        if known.presence == Presence::Usually {
            presence = presence.doubted();
        }
        if !known.values.is_certain() {
            values = values.doubted();
        }
    }
    Label::new(name.to_owned(), presence).with(values)
}

#[cfg(test)]
mod tests;
