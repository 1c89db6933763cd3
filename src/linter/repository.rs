//! What lints about the repository as a whole see: summaries of everything that one configuration governs.

use std::collections::{BTreeMap, BTreeSet};

use super::evaluation::Guard;
use super::releases::Releases;
use super::rule_unit::RuleUnit;
use crate::config::Config;
use crate::diagnostic::{FileId, Location};
use crate::prometheus::{Duration, Identity};
use crate::source::Span;
use crate::terraform::ModuleSummary;

/// Everything that one configuration governs.
pub struct Repository<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The modules, in order of paths.
    pub modules: Vec<&'a ModuleSummary>,
    /// The rule files, in order of paths.
    pub rules: Vec<&'a RuleSummary>,
    /// Files that look like tests and that nobody runs.
    pub stray_tests: Vec<&'a StrayTest>,
    /// Its releases; nothing where they are not known.
    pub releases: Option<Releases>,
    /// The invariants that mend a bug and what they judge, each with its module.
    pub guards: Vec<(&'a ModuleSummary, &'a Guard)>,
    /// Whether all files that the configuration governs were looked at. Otherwise nothing can be called missing.
    pub is_whole: bool,
}

/// A file that looks like a test and that nobody runs.
#[derive(Clone, Debug)]
pub struct StrayTest {
    /// The file.
    pub file: FileId,
    /// Its name.
    pub name: String,
    /// Why nobody runs it.
    pub reason: StrayReason,
}

/// Why nobody runs a test file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrayReason {
    /// Its name does not end in `.tftest.hcl`, or is hidden.
    Name,
    /// It lies neither beside a module nor in its `tests` directory.
    Place,
}

/// One rule file, small enough to keep for all of a repository.
#[derive(Clone, Debug)]
pub struct RuleSummary {
    /// The file.
    pub file: FileId,
    /// Its directory within the repository.
    pub directory: String,
    /// Its alerts.
    pub alerts: Vec<AlertSummary>,
    /// The metrics that each recording rule reads, by the name it records.
    pub records: BTreeMap<String, Vec<String>>,
    /// Rules by what makes them duplicates.
    pub identities: Vec<(Identity, Location)>,
    /// False where an error hides what else there is.
    pub is_complete: bool,
}

/// One alert.
#[derive(Clone, Debug)]
pub struct AlertSummary {
    /// Its name.
    pub name: String,
    /// The place of the name.
    pub location: Location,
    /// Its label `severity` and where it is written.
    pub severity: Option<(String, Location)>,
    /// Its `for` and where it is written; nothing inside where the value is no duration.
    pub hold: Option<(Option<Duration>, Location)>,
    /// The metrics that its expression reads.
    pub metrics: Vec<String>,
}

impl RuleSummary {
    /// Of a file that could not be understood.
    #[must_use]
    pub const fn unknown(file: FileId) -> Self {
        let directory = String::new();
        Self {
            file,
            directory,
            alerts: Vec::new(),
            records: BTreeMap::new(),
            identities: Vec::new(),
            is_complete: false,
        }
    }

    /// Summarises `unit`, which lies in `directory` of the repository.
    #[must_use]
    pub fn of(unit: &RuleUnit, directory: String) -> Self {
        let at = |span: Span| unit.location(span);
        let alerts = unit.alerts().map(|view| AlertSummary {
            name: view.name().to_owned(),
            location: at(view.name_span()),
            severity: view
                .group
                .label_of(view.rule, "severity")
                .map(|pair| (pair.value.value.clone(), at(pair.value.span))),
            hold: view.rule.for_.as_ref().map(|field| (field.value, at(field.span))),
            metrics: view.metrics(),
        });
        let recording = unit.rules().filter(|view| !view.rule.is_alert() && view.rule.name().is_some());
        let identities =
            unit.rules().filter_map(|view| Some((view.group.identity_of(view.rule)?, at(view.name_span()))));
        Self {
            file: unit.file,
            directory,
            alerts: alerts.collect(),
            records: recording.map(|view| (view.name().to_owned(), view.metrics())).collect(),
            identities: identities.collect(),
            is_complete: unit.rules.syntax_errors.is_empty() && unit.rules.sets.iter().all(|set| set.complete),
        }
    }
}

impl Repository<'_> {
    /// All alerts.
    pub fn alerts(&self) -> impl Iterator<Item = &AlertSummary> {
        self.rules.iter().flat_map(|rules| &rules.alerts)
    }

    /// The metrics that an alert reads, through recording rules of the repository down to what is scraped. Recorded
    /// names count as well.
    #[must_use]
    pub fn metrics_behind(&self, alert: &AlertSummary) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&str> = alert.metrics.iter().map(String::as_str).collect();
        while let Some(name) = open.pop() {
            if found.insert(name.to_owned()) {
                let recorded = self.rules.iter().filter_map(|rules| rules.records.get(name));
                open.extend(recorded.flatten().map(String::as_str));
            }
        }
        found
    }
}
