//! What lints about the repository as a whole see: summaries of everything that one configuration governs.

use std::collections::{BTreeMap, BTreeSet};

use super::evaluation::Guard;
use super::releases::Releases;
use super::rule_unit::{RuleUnit, RuleView};
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

/// One rule file among all of a repository.
pub struct RuleSummary {
    /// The file.
    pub file: FileId,
    /// Its directory within the repository.
    pub directory: String,
    /// What it says; nothing where it could not be understood.
    pub unit: Option<Box<RuleUnit>>,
    /// False where an error hides what else there is.
    pub is_complete: bool,
}

/// One alert.
#[derive(Clone, Copy, Debug)]
pub struct AlertSummary<'a> {
    /// Its name.
    pub name: &'a str,
    /// The place of the name.
    pub location: Location,
    /// Its label `severity` and where it is written.
    pub severity: Option<(&'a str, Location)>,
    /// Its `for` and where it is written; nothing inside where the value is no duration.
    pub hold: Option<(Option<Duration>, Location)>,
}

impl RuleSummary {
    /// Of a file that could not be understood.
    #[must_use]
    pub const fn unknown(file: FileId) -> Self {
        Self { file, directory: String::new(), unit: None, is_complete: false }
    }

    /// Of `unit`, which lies in `directory` of the repository.
    #[must_use]
    pub fn of(unit: RuleUnit, directory: String) -> Self {
        let is_complete = unit.rules.syntax_errors.is_empty() && unit.rules.sets.iter().all(|set| set.complete);
        Self { file: unit.file, directory, unit: Some(Box::new(unit)), is_complete }
    }

    /// All rules.
    pub fn rules(&self) -> impl Iterator<Item = RuleView<'_>> {
        self.unit.iter().flat_map(|unit| unit.rules())
    }

    /// All alerts.
    pub fn alerts(&self) -> impl Iterator<Item = AlertSummary<'_>> {
        let at = |span: Span| Location::new(self.file, span);
        self.rules().filter(|view| view.rule.is_alert()).map(move |view| AlertSummary {
            name: view.rule.name().map_or("", |name| &name.value),
            location: at(view.name_span()),
            severity: view
                .group
                .label_of(view.rule, "severity")
                .map(|pair| (pair.value.value.as_str(), at(pair.value.span))),
            hold: view.rule.for_.as_ref().map(|field| (field.value, at(field.span))),
        })
    }

    /// All rules that have a name, by what makes them duplicates.
    pub fn identities(&self) -> impl Iterator<Item = (Identity<'_>, Location)> {
        self.rules()
            .filter_map(|view| Some((view.group.identity_of(view.rule)?, Location::new(self.file, view.name_span()))))
    }

    /// The recording rules by the names they record. Of several with one name the last counts.
    fn records(&self) -> BTreeMap<&str, RuleView<'_>> {
        let recording = self.rules().filter(|view| !view.rule.is_alert());
        recording.filter_map(|view| Some((view.rule.name()?.value.as_str(), view))).collect()
    }
}

impl Repository<'_> {
    /// All alerts.
    pub fn alerts(&self) -> impl Iterator<Item = AlertSummary<'_>> {
        self.rules.iter().flat_map(|rules| rules.alerts())
    }

    /// The metrics that alerts read, through recording rules of the repository down to what is scraped. Recorded names
    /// count as well.
    #[must_use]
    pub fn metrics_behind_alerts(&self) -> BTreeSet<String> {
        let mut records: BTreeMap<&str, Vec<RuleView<'_>>> = BTreeMap::new();
        for (name, view) in self.rules.iter().flat_map(|rules| rules.records()) {
            records.entry(name).or_default().push(view);
        }
        let views = self.rules.iter().flat_map(|rules| rules.rules());
        let mut open: Vec<String> = views.filter(|view| view.rule.is_alert()).flat_map(|view| view.metrics()).collect();
        let mut found = BTreeSet::new();
        while let Some(name) = open.pop() {
            if !found.contains(&name) {
                open.extend(records.get(name.as_str()).into_iter().flatten().flat_map(RuleView::metrics));
                found.insert(name);
            }
        }
        found
    }
}
