//! What one Prometheus configuration says about scraping, with a place for every datum.

use std::collections::BTreeSet;

use super::labels::{LabelSet, Presence};
use super::relabel::Relabel;
use crate::diagnostic::{FileId, Location};
use crate::prometheus::Duration;

/// A value and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub place: Location,
}

/// A Prometheus configuration, or a file with a part of its scrape configurations.
#[derive(Clone, Debug)]
pub struct ScrapeFile {
    /// The file.
    pub file: FileId,
    /// Its path within the repository, with `/`.
    pub path: String,
    /// The jobs in order.
    pub jobs: Vec<Job>,
    /// `global.external_labels`: what alerts and remote series carry in addition, but not what rules select. Values that
    /// are filled in are left out of `values`.
    pub external_labels: LabelSet,
    /// `global.scrape_interval`.
    pub scrape_interval: Option<Placed<Duration>>,
    /// Whether that is written and not known.
    pub has_open_interval: bool,
    /// `global.evaluation_interval`.
    pub evaluation_interval: Option<Placed<Duration>>,
    /// `rule_files`: patterns relative to the file. Those that are filled in make [`ScrapeFile::has_open_rule_files`].
    pub rule_files: Vec<Placed<String>>,
    /// Whether `rule_files` has more than is listed.
    pub has_open_rule_files: bool,
    /// `scrape_config_files`: patterns relative to the file.
    pub scrape_config_files: Vec<Placed<String>>,
    /// Whether alerts are changed on their way to Alertmanager (`alerting.alert_relabel_configs`).
    pub relabels_alerts: bool,
    /// Whether it is a whole configuration, not only a part with jobs.
    pub is_main: bool,
    /// Whether all of its jobs are listed: nothing is filled in, nothing could not be read.
    pub is_complete: bool,
}

/// A scrape configuration.
#[derive(Clone, Debug)]
pub struct Job {
    /// `job_name`; nothing where it is filled in.
    pub name: Option<Placed<String>>,
    /// The whole scrape configuration.
    pub place: Location,
    /// Whether it is there only sometimes: between `%{ if }` or `%{ for }` and its end.
    pub is_conditional: bool,
    /// `honor_labels`: whether labels of the exporter win over those of the target. Nothing where it is filled in.
    pub honor_labels: Option<bool>,
    /// `scrape_interval` of its own.
    pub scrape_interval: Option<Placed<Duration>>,
    /// Whether its targets may be scraped at other intervals: filled in, or set by their labels or by relabelling.
    pub has_open_interval: bool,
    /// The ports of the targets that are scraped at `/metrics`, as far as they are known.
    pub ports: BTreeSet<String>,
    /// The labels of its targets after relabelling, `job` and `instance` included.
    pub target_labels: LabelSet,
    /// `metric_relabel_configs` in order.
    pub metric_relabels: Vec<Relabel>,
    /// The kinds of service discovery it uses, such as `docker_sd_configs`.
    pub discovery: Vec<String>,
    /// Whether its series come from another Prometheus with all their labels (`metrics_path: /federate`, or `match[]` asks for them).
    pub is_federation: bool,
}

impl Job {
    /// Its name, if that is known.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(|name| name.value.as_str())
    }

    /// The values that the label `job` has, the empty one where it may be absent; nothing where they are not known.
    /// Relabelling may have set it.
    pub fn job_values(&self) -> Option<impl Iterator<Item = &str>> {
        let label = self.target_labels.get("job");
        let values = match label {
            Some(label) => Some(label.values.as_ref()?),
            None if self.target_labels.is_open => return None,
            None => None,
        };
        let absent = label.is_none_or(|label| label.presence == Presence::Possible).then_some("");
        Some(values.into_iter().flatten().map(String::as_str).chain(absent))
    }
}
