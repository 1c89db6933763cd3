//! `alerts`: what a repository's alert rules must cover, and what is deployed that they can read.

use std::time::Duration;

use super::located::{Entry, Located, Origin};
use super::pattern::Wildcard;
use super::section::Section;
use super::text::{Mistake, Name, Text, Version};
use crate::diagnostic::Severity;
use crate::syntax::promql;

/// The block `alerts`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alerts {
    /// The release of Prometheus that evaluates the rules; any where it is not set.
    pub prometheus: Option<Located<Release>>,
    /// How many alerts there must be at least.
    pub minimum: Option<Located<u32>>,
    /// The values the label `severity` may have; empty for any.
    pub severities: Vec<Located<String>>,
    /// What must be watched: a domain is covered when an alert reads a metric that fits one of its patterns. A domain
    /// without patterns is not asked for.
    pub domains: Vec<Entry<String, Vec<Located<Wildcard>>>>,
    /// Alerts that must be there.
    pub require: Vec<RequiredAlert>,
    /// Prometheus configurations to read job names and target labels from.
    pub scrape: Vec<Located<String>>,
    /// Exporters that are deployed.
    pub exporters: Vec<Exporter>,
    /// Catalogues of metrics beside the bundled ones.
    pub catalogues: Vec<Catalogue>,
}

impl Alerts {
    /// The release that expressions and templates are checked against.
    #[must_use]
    pub fn version(&self) -> promql::Version {
        self.prometheus.as_ref().map_or_else(promql::Version::default, |release| release.0)
    }
}

/// A release of Prometheus: `2.42`, `3.1`, or `3` for the newest one of that series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release(pub promql::Version);

impl Text for Release {
    const EXPECTED: &'static str = "a release of Prometheus";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        let bare = text.strip_prefix('v').unwrap_or(text);
        let (major, rest) = bare.split_once('.').unwrap_or((bare, "65535"));
        let (minor, patch) = rest.split_once('.').unwrap_or((rest, "0"));
        let number = |text: &str| text.parse::<u16>().ok();
        match (number(major), number(minor), number(patch)) {
            (Some(major @ (2 | 3)), Some(minor), Some(_)) => Ok(Self(promql::Version::new(major, minor))),
            _ => {
                let mistake = Mistake::new(format!("`{text}` is no release of Prometheus 2 or 3"));
                Err(mistake.help("write one release, such as \"2.42\" or \"3.5\""))
            }
        }
    }
}

impl std::fmt::Display for Release {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.minor == u16::MAX { write!(formatter, "{}", self.0.major) } else { write!(formatter, "{}", self.0) }
    }
}

/// A block `require`.
#[derive(Clone, Debug, PartialEq)]
pub struct RequiredAlert {
    /// The alert's name.
    pub name: Located<String>,
    /// Its label `severity`.
    pub severity: Option<Located<String>>,
    /// How long its condition must hold.
    pub for_: Option<Located<Duration>>,
}

/// A block `exporter`.
#[derive(Clone, Debug, PartialEq)]
pub struct Exporter {
    /// The exporter, as its catalogue is named.
    pub name: Located<Name>,
    /// The version that is deployed.
    pub version: Option<Located<Version>>,
    /// Collectors that are switched on beside the default ones.
    pub collectors: Vec<Located<String>>,
    /// The container image it runs as, where that is not the project's own.
    pub image: Option<Located<String>>,
}

/// A block `catalogue`.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    /// The exporter it describes.
    pub name: Located<Name>,
    /// A file in the exposition format.
    pub file: Located<String>,
}

pub(super) fn read_alerts(section: &Section<'_>) -> Alerts {
    let alerts = Alerts {
        prometheus: section.optional("prometheus"),
        minimum: section.optional("minimum"),
        severities: section.list("severities"),
        domains: section.map("domains"),
        scrape: section.list("scrape"),
        require: section.labelled("require", read_require),
        exporters: section.labelled("exporter", read_exporter),
        catalogues: section
            .labelled("catalogue", |name, section| Some(Catalogue { name, file: section.required("file")? })),
    };
    check_severities(&alerts, section);
    alerts
}

fn read_require(name: Located<String>, section: &Section<'_>) -> Option<RequiredAlert> {
    Some(RequiredAlert { name, severity: section.optional("severity"), for_: section.optional("for") })
}

fn read_exporter(name: Located<Name>, section: &Section<'_>) -> Option<Exporter> {
    Some(Exporter {
        name,
        version: section.optional("version"),
        collectors: section.list("collectors"),
        image: section.optional("image"),
    })
}

/// A required severity that no alert may have can never be met.
fn check_severities(alerts: &Alerts, section: &Section<'_>) {
    let allowed: Vec<&str> = alerts.severities.iter().map(|severity| severity.as_str()).collect();
    if allowed.is_empty() {
        return;
    }
    for (alert, severity) in alerts.require.iter().filter_map(|alert| Some((alert, alert.severity.as_ref()?))) {
        if allowed.contains(&severity.as_str()) {
            continue;
        }
        if let Origin::Preset { .. } = severity.origin {
            let message = format!("`severities` leaves out `{}`", severity.value);
            let help = format!("the preset requires it of `{}`: add it, or require another there", alert.name.value);
            return section.report_value(&alerts.severities[0], Severity::Error, message, &help);
        }
        let mistake = Mistake::unknown("severity", severity, &allowed);
        section.report_value(severity, Severity::Error, mistake.message, &mistake.help.unwrap_or_default());
    }
}
