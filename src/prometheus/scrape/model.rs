//! What scraping makes of the labels of a series: the answer of all configurations of a repository together.

use std::collections::BTreeSet;
use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};

use super::file::{Job, ScrapeFile};
use super::labels::{Label, LabelSet, Presence};
use super::relabel::{Labels, Outcome, Value};
use crate::diagnostic::Location;

/// Series that Prometheus makes for every scrape. They have the labels of the target and are not relabelled.
const REPORTS: [&str; 9] = [
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
    "scrape_timeout_seconds",
    "scrape_sample_limit",
    "scrape_body_size_bytes",
    "scrape_response_size_bytes",
];

/// All that is known of scraping. Without any configuration every series has `job` and `instance`, and may have any
/// other label.
#[derive(Clone, Debug, Default)]
pub struct ScrapeModel {
    files: Vec<ScrapeFile>,
    jobs_are_known: bool,
}

/// What scraping makes of a series.
#[derive(Clone, Debug)]
pub struct Scraped {
    /// The labels that the series ends up with.
    pub labels: LabelSet,
    /// Labels of the exporter that are renamed to `exported_...`, because the target has one of that name.
    pub clashes: Vec<Clash>,
    /// The rule by which every job that may scrape the series drops or renames it.
    pub dropped: Option<Location>,
    /// How many jobs may scrape it; nothing where not all jobs are known.
    pub jobs: Option<usize>,
}

/// A label that both an exporter and a target have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Its name.
    pub label: String,
    /// Whether every series of the job is concerned.
    pub presence: Presence,
    /// The job, if its name is known.
    pub job: Option<String>,
    /// What sets the label of the target; nothing for `job` and `instance`.
    pub place: Option<Location>,
}

impl ScrapeModel {
    /// Of all configurations of a repository, in the order of their paths.
    #[must_use]
    pub fn new(files: Vec<ScrapeFile>) -> Self {
        let jobs_are_known = !files.is_empty()
            && files.iter().all(|file| file.is_complete && parts_are_known(file, &files))
            && files.iter().flat_map(|file| &file.jobs).all(|job| job.job_values().is_some());
        Self { files, jobs_are_known }
    }

    /// The same where others send series as well, which have any `job` and any labels.
    #[must_use]
    pub fn receiving(self) -> Self {
        Self { jobs_are_known: false, ..self }
    }

    /// The configurations.
    #[must_use]
    pub fn files(&self) -> &[ScrapeFile] {
        &self.files
    }

    /// Whether there is any configuration.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.files.is_empty()
    }

    /// Whether all jobs and their names are known: there is a configuration, and nothing of its jobs is filled in or
    /// missing.
    #[must_use]
    pub const fn jobs_are_known(&self) -> bool {
        self.jobs_are_known
    }

    /// All jobs that are known.
    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.files.iter().flat_map(|file| &file.jobs)
    }

    /// All values that the label `job` can have; nothing where they are not all known.
    #[must_use]
    pub fn job_names(&self) -> Option<BTreeSet<&str>> {
        let values = || self.jobs().filter_map(Job::job_values).flatten().filter(|value| !value.is_empty());
        self.jobs_are_known.then(|| values().collect())
    }

    /// All values that the label `job` of `metric` can have. Nothing where they are not all known: exporters whose labels
    /// are honored, such as a push gateway, may bring any.
    #[must_use]
    pub fn jobs_of(&self, metric: &str) -> Option<BTreeSet<&str>> {
        let names = self.job_names()?;
        let is_set_by_target = |job: &Job| {
            job.honor_labels == Some(false) && !job.is_federation && !self.touches(metric, "job", &|_| true)
        };
        // Another server knows of targets of its own: `up` comes from there as well.
        let keeps_target = |job: &Job| !job.is_federation || job.honor_labels == Some(false);
        let is_known = match REPORTS.contains(&metric) {
            true => self.jobs().all(keeps_target),
            false => self.jobs().all(is_set_by_target),
        };
        is_known.then_some(names)
    }

    /// Whether relabelling may give a metric another name: a metric that no exporter has may exist all the same.
    #[must_use]
    pub fn renames_metrics(&self) -> bool {
        let rules = self.jobs().flat_map(|job| &job.metric_relabels);
        let mut targets = rules.map(|rule| (rule.action, rule.target_label.as_str()));
        targets.any(|(action, target)| {
            use super::relabel::Action::{LabelMap, Unknown};
            matches!(action, LabelMap | Unknown) || target == "__name__" || target.contains('$')
        })
    }

    /// Whether `metric_relabel_configs` may drop or change the label `label` of `metric` in a job that `accepts` takes.
    /// Without any configuration it is not expected to.
    #[must_use]
    pub fn touches(&self, metric: &str, label: &str, accepts: &dyn Fn(&str) -> bool) -> bool {
        let own = Label::any(Presence::Certain, None);
        let set = LabelSet { labels: [(label.to_owned(), own.clone())].into(), is_open: false };
        let is_same = |job: &Job| {
            let left = relabelled(job, Some(metric), &set);
            left.is_ok_and(|left| !left.is_open && left.get(label) == Some(&own))
        };
        !REPORTS.contains(&metric) && self.accepted(accepts).any(|job| !job.metric_relabels.is_empty() && !is_same(job))
    }

    /// Whether labels of the exporter win over those of the target in all jobs that `accepts` takes, or in none. Nothing
    /// where that differs or is not known.
    #[must_use]
    pub fn honors_labels(&self, accepts: &dyn Fn(&str) -> bool) -> Option<bool> {
        let mut answers = self.accepted(accepts).map(|job| job.honor_labels.filter(|_| !job.is_federation));
        let first = answers.next().filter(|_| self.jobs_are_known)??;
        answers.all(|answer| answer == Some(first)).then_some(first)
    }

    fn accepted<'m>(&'m self, accepts: &dyn Fn(&str) -> bool) -> impl Iterator<Item = &'m Job> {
        self.jobs().filter(move |job| job.job_values().is_none_or(|mut values| values.any(accepts)))
    }

    /// What scraping makes of a series of `metric` (nothing where the name is not known) with the labels `own`, as the
    /// exporter shows them. `accepts` says of a value of `job` whether the series can have it: what a selector asks for.
    #[must_use]
    pub fn scraped(&self, metric: Option<&str>, own: &LabelSet, accepts: &dyn Fn(&str) -> bool) -> Scraped {
        let jobs: Vec<&Job> = self.accepted(accepts).collect();
        let mut all: Option<LabelSet> = None;
        let mut clashes = Vec::new();
        let mut dropped = None;
        for job in &jobs {
            match series_of(job, metric, own) {
                Ok(labels) => {
                    clashes.extend(clashes_of(job, own));
                    all = Some(all.map_or_else(|| labels.clone(), |all| all.or(&labels)));
                }
                Err(place) => dropped = Some(place),
            }
        }
        let is_whole = self.jobs_are_known;
        let is_dropped = is_whole && all.is_none() && dropped.is_some();
        let labels = match all {
            Some(labels) if is_whole => labels,
            Some(labels) => labels.or(&unconfigured(own)),
            None => unconfigured(own),
        };
        Scraped { labels, clashes, dropped: dropped.filter(|_| is_dropped), jobs: is_whole.then_some(jobs.len()) }
    }
}

/// A pattern by which a configuration names files, compiled once for all of them.
#[derive(Debug)]
pub struct FilePattern(Option<GlobMatcher>);

impl FilePattern {
    /// `pattern`, relative to the directory of the file at `from`, which lies in the repository. `**` means nothing to
    /// Prometheus.
    #[must_use]
    pub fn new(from: &str, pattern: &str) -> Self {
        let directory = from.rsplit_once('/').map_or("", |(directory, _)| directory);
        let full = resolve(directory, pattern);
        let glob = full.and_then(|full| GlobBuilder::new(&full).literal_separator(true).build().ok());
        Self(glob.map(|glob| glob.compile_matcher()))
    }

    /// Whether it names the file at `path` of the repository.
    #[must_use]
    pub fn names(&self, path: &str) -> bool {
        self.0.as_ref().is_some_and(|glob| glob.is_match(Path::new(path)))
    }
}

/// Whether `pattern`, relative to the directory of the file at `from`, names `path`. Both paths lie in the repository.
#[must_use]
pub fn names_file(from: &str, pattern: &str, path: &str) -> bool {
    FilePattern::new(from, pattern).names(path)
}

/// `pattern` as seen from the root of the repository; nothing where it leads out of it.
fn resolve(directory: &str, pattern: &str) -> Option<String> {
    if pattern.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    for part in pattern.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Whether the files that `scrape_config_files` names were read: each pattern names at least one.
fn parts_are_known(file: &ScrapeFile, files: &[ScrapeFile]) -> bool {
    let mut patterns = file.scrape_config_files.iter();
    patterns.all(|pattern| {
        let pattern = FilePattern::new(&file.path, &pattern.value);
        files.iter().any(|part| pattern.names(&part.path))
    })
}

/// The labels of a series of which nothing is known but that it is scraped.
fn unconfigured(own: &LabelSet) -> LabelSet {
    let mut set = LabelSet { labels: own.labels.clone(), is_open: true };
    for name in ["job", "instance"] {
        set.labels.insert(name.to_owned(), Label::any(Presence::Certain, None));
    }
    set
}

/// The labels of a series that `job` scrapes; the rule that drops it, if one does for certain.
fn series_of(job: &Job, metric: Option<&str>, own: &LabelSet) -> Result<LabelSet, Location> {
    if job.is_federation {
        return Ok(LabelSet::unknown());
    }
    let is_report = metric.is_some_and(|metric| REPORTS.contains(&metric));
    if is_report {
        return Ok(job.target_labels.clone());
    }
    let merged = match job.honor_labels {
        Some(true) => honored(&job.target_labels, own),
        Some(false) => renamed(&job.target_labels, own),
        None => honored(&job.target_labels, own).or(&renamed(&job.target_labels, own)),
    };
    if job.metric_relabels.is_empty() { Ok(merged) } else { relabelled(job, metric, &merged) }
}

/// Labels of the target win; the exporter's become `exported_...`.
fn renamed(target: &LabelSet, own: &LabelSet) -> LabelSet {
    let mut set = LabelSet { labels: own.labels.clone(), is_open: own.is_open || target.is_open };
    for (name, label) in &target.labels {
        let Some(theirs) = own.labels.get(name) else {
            set.labels.insert(name.clone(), label.clone());
            continue;
        };
        let exported = Label { presence: theirs.presence.min(label.presence), ..theirs.clone() };
        set.labels.insert(format!("exported_{name}"), exported);
        let kept = if label.presence == Presence::Certain {
            label.clone()
        } else {
            // Where the target lacks it, the exporter's stays.
            Label { presence: theirs.presence, ..label.clone().or(theirs) }
        };
        set.labels.insert(name.clone(), kept);
    }
    set
}

/// Labels of the exporter win. It can take a label of the target away by giving it the empty value.
fn honored(target: &LabelSet, own: &LabelSet) -> LabelSet {
    let mut set = LabelSet { labels: own.labels.clone(), is_open: own.is_open || target.is_open };
    for (name, label) in &target.labels {
        let merged = match own.labels.get(name) {
            Some(theirs) if theirs.presence == Presence::Certain => theirs.clone(),
            Some(theirs) => Label { presence: label.presence, ..label.clone().or(theirs) },
            None if own.is_open => label.clone().blurred(),
            None => label.clone(),
        };
        set.labels.insert(name.clone(), merged);
    }
    set
}

/// Carries out `metric_relabel_configs`.
fn relabelled(job: &Job, metric: Option<&str>, before: &LabelSet) -> Result<LabelSet, Location> {
    let mut labels = Labels { is_open: before.is_open, ..Labels::default() };
    for (name, label) in &before.labels {
        let value = match (label.presence, &label.values) {
            (Presence::Possible, _) => Value::Unknown,
            (Presence::Certain, Some(values)) if values.len() == 1 => {
                values.first().map_or(Value::Present, |value| Value::Text(value.clone()))
            }
            (Presence::Certain, _) => Value::Present,
        };
        labels.set(name, value, label.place);
    }
    labels.set("__name__", metric.map_or(Value::Present, |metric| Value::Text(metric.to_owned())), None);
    let start = labels.clone();
    for rule in &job.metric_relabels {
        if rule.apply(&mut labels) == Outcome::Dropped {
            return Err(rule.place);
        }
        if metric.is_some_and(|metric| is_renamed(metric, &labels.get("__name__"))) {
            return Err(rule.place);
        }
    }
    let is_same = |name: &str| labels.get(name) == start.get(name) && labels.place(name) == start.place(name);
    let same: Vec<String> = before.labels.keys().filter(|name| is_same(name)).cloned().collect();
    let mut set = labels.finish();
    for name in same {
        if let (Some(label), Some(known)) = (set.labels.get_mut(&name), before.labels.get(&name)) {
            label.clone_from(known);
        }
    }
    Ok(set)
}

fn is_renamed(metric: &str, name: &Value) -> bool {
    matches!(name, Value::Text(text) if text != metric)
}

fn clashes_of(job: &Job, own: &LabelSet) -> Vec<Clash> {
    if job.honor_labels != Some(false) || job.is_federation {
        return Vec::new();
    }
    let both = job.target_labels.labels.iter().filter_map(|(name, label)| Some((name, label, own.labels.get(name)?)));
    let clashes = both.map(|(name, label, theirs)| Clash {
        label: name.clone(),
        presence: label.presence.min(theirs.presence),
        job: job.name().map(str::to_owned),
        place: label.place,
    });
    clashes.collect()
}
