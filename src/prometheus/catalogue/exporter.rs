//! An exporter: what identifies its metrics, which collectors it has, and what was seen of it.

use super::metric::{Metric, Text};

/// How much a statement of a catalogue can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// Worked out from documentation or source code.
    Derived,
    /// Written by the real program.
    Captured,
    /// Asked of the Prometheus server that was named.
    Live,
}

impl Evidence {
    /// The word for messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Derived => "derived",
            Self::Captured => "captured",
            Self::Live => "live",
        }
    }
}

/// One look at an exporter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The version; empty where it is not known.
    pub version: Text,
    /// Whether the program itself wrote it.
    pub evidence: Evidence,
}

/// A part of an exporter that can be switched on or off, or a script beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector {
    /// Its name, such as `systemd`.
    pub name: Text,
    /// Whether it runs without being switched on, in what the project itself releases.
    pub upstream: bool,
    /// The same in Debian's package.
    pub debian: bool,
    /// Patterns of its metrics, such as `node_systemd_*`.
    pub metrics: Vec<Text>,
    /// What switches it on: a flag such as `--collector.systemd`, or a script such as `smartmon.sh`.
    pub switch: Text,
}

impl Collector {
    /// Whether it is an option of a collector, such as `netdev.address-info`: who lists collectors does not mean it.
    #[must_use]
    pub fn is_option(&self) -> bool {
        self.switch.starts_with('-') && self.name.contains('.')
    }
}

/// A metric that was given another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// What it was called.
    pub from: Text,
    /// What it is called.
    pub to: Text,
    /// The first version with the new name.
    pub since: Text,
}

/// An exporter, without its metrics.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Exporter {
    /// The name that configurations use, such as `node-exporter`.
    pub name: Text,
    /// How its own metrics begin.
    pub prefixes: Vec<Text>,
    /// Beginnings that look like its own and are somebody else's.
    pub foreign: Vec<Text>,
    /// Patterns of metrics that depend on machine or configuration, such as `node_hwmon_*`.
    pub open: Vec<Text>,
    /// Patterns of metrics that add up, whatever their type says, and for longer than a process runs: what a disk counts.
    pub cumulative: Vec<Text>,
    /// What can be switched on and off.
    pub collectors: Vec<Collector>,
    /// What was seen of it.
    pub captures: Vec<Capture>,
    /// What its program is called.
    pub programs: Vec<Text>,
    /// Its container images, without registry and tag.
    pub images: Vec<Text>,
    /// Its packages, of distributions and of PyPI.
    pub packages: Vec<Text>,
    /// Where it is released on GitHub: `owner/name`.
    pub sources: Vec<Text>,
    /// What was called otherwise.
    pub renamed: Vec<Renamed>,
}

impl Exporter {
    /// How long the beginning of `name` is that makes the metric one of this exporter's; nothing when it is not. Names
    /// with a colon are recording rules, and nobody's.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<usize> {
        let is_foreign = || self.foreign.iter().any(|prefix| name.starts_with(prefix.as_ref()));
        let longest =
            self.prefixes.iter().filter(|prefix| name.starts_with(prefix.as_ref())).map(|prefix| prefix.len());
        longest.max().filter(|_| !name.contains(':') && !is_foreign())
    }

    /// Whether `name` belongs to a family whose members depend on machine or configuration.
    #[must_use]
    pub fn is_open(&self, name: &str) -> bool {
        self.open.iter().any(|pattern| fits(pattern, name))
    }

    /// Whether the metric called `name` adds up for longer than a process runs: neither its value nor its rate misleads.
    #[must_use]
    pub fn is_cumulative(&self, name: &str) -> bool {
        self.cumulative.iter().any(|pattern| fits(pattern, name))
    }

    /// The new name of a metric that was renamed.
    #[must_use]
    pub fn renamed(&self, name: &str) -> Option<&Renamed> {
        self.renamed.iter().find(|renamed| renamed.from == name)
    }

    /// The collector with this name.
    #[must_use]
    pub fn collector(&self, name: &str) -> Option<&Collector> {
        self.collectors.iter().find(|collector| collector.name == name)
    }

    /// Whether anything of it was written by the real program.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        self.captures.iter().map(|capture| capture.evidence).max().unwrap_or(Evidence::Derived)
    }

    /// The collector that writes the metric called `name`, known or not: the one with the longest pattern that fits.
    #[must_use]
    pub fn collector_of(&self, name: &str) -> Option<&Collector> {
        let patterns =
            self.collectors.iter().flat_map(|collector| collector.metrics.iter().map(move |it| (it, collector)));
        let fitting = patterns.filter(|(pattern, _)| fits(pattern, name));
        fitting.max_by_key(|(pattern, _)| pattern.len()).map(|(_, collector)| collector)
    }

    /// What was seen of `metric`.
    pub fn captures_of(&self, metric: &Metric) -> impl Iterator<Item = &Capture> {
        let seen = metric.captures;
        self.captures.iter().enumerate().filter(move |(index, _)| seen >> index & 1 == 1).map(|(_, capture)| capture)
    }
}

/// Whether `name` is `pattern`, in which one `*` stands for anything.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((beginning, end)) => name.strip_prefix(beginning).is_some_and(|rest| rest.ends_with(end)),
        None => pattern == name,
    }
}
