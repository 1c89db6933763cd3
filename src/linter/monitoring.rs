//! What is monitored, as lints of alert rules see it: the rule files of one configuration, parsed, and what is known of
//! the metrics they read. Made once all rule files are parsed, and only when there are any.

use super::rule_unit::{RuleUnit, RuleView};
use crate::config::Config;
use crate::prometheus::alertmanager::AlertmanagerFile;
use crate::prometheus::scrape::ScrapeModel;

/// Everything that one configuration governs and that has to do with metrics.
pub struct Monitoring<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The rule files that the configuration governs, in order of paths.
    pub units: Vec<&'a RuleUnit>,
    /// All rule files of the run: a rule reads what any of them records.
    pub all_units: Vec<&'a RuleUnit>,
    /// What the Prometheus configurations say about scraping.
    pub scrape: &'a ScrapeModel,
    /// The Alertmanager configurations that the configuration governs, in order of paths.
    pub alertmanagers: Vec<&'a AlertmanagerFile>,
    /// Whether all files that the configuration governs were looked at. Otherwise nothing can be called missing.
    pub is_whole: bool,
}

/// One rule file with what its expressions give.
pub struct TypedRules<'a> {
    /// The rule file.
    pub unit: &'a RuleUnit,
    /// What is known around it.
    pub monitoring: &'a Monitoring<'a>,
    /// Its rules.
    pub rules: Vec<TypedRule<'a>>,
}

/// A rule with what its expression gives.
pub struct TypedRule<'a> {
    /// The rule.
    pub view: RuleView<'a>,
}

impl<'a> TypedRules<'a> {
    /// Finds out what the expressions of `unit` give.
    #[must_use]
    pub fn new(unit: &'a RuleUnit, monitoring: &'a Monitoring<'a>) -> Self {
        let rules = unit.rules().map(|view| TypedRule { view }).collect();
        Self { unit, monitoring, rules }
    }

    /// The alerts with what their expressions give.
    pub fn alerts(&self) -> impl Iterator<Item = &TypedRule<'a>> {
        self.rules.iter().filter(|rule| rule.view.rule.is_alert())
    }
}
