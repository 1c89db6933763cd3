//! What an Alertmanager configuration says about alerts: routes and inhibit rules with their matchers, in both syntaxes,
//! with a place for each. Made from text. What is filled in by a template is not known, and matches anything.

mod matcher;
mod reader;

pub use matcher::{AlertLabels, AlertMatcher, MatcherKind};
pub use reader::{might_configure_alertmanager, read};

use crate::diagnostic::{FileId, Location};

/// An Alertmanager configuration.
#[derive(Clone, Debug)]
pub struct AlertmanagerFile {
    /// The file.
    pub file: FileId,
    /// The routes below the first one, those inside of others after them. The first one takes all alerts.
    pub routes: Vec<Route>,
    /// `inhibit_rules` in order.
    pub inhibit_rules: Vec<InhibitRule>,
}

/// A route with its own matchers.
#[derive(Clone, Debug)]
pub struct Route {
    /// What an alert must have to take it.
    pub matchers: Vec<AlertMatcher>,
    /// The whole route.
    pub place: Location,
}

/// An inhibit rule.
#[derive(Clone, Debug)]
pub struct InhibitRule {
    /// What the alert has that holds others back.
    pub source: Vec<AlertMatcher>,
    /// What the alerts have that are held back.
    pub target: Vec<AlertMatcher>,
    /// The labels in which both are equal.
    pub equal: Vec<String>,
    /// The whole rule.
    pub place: Location,
}

#[cfg(test)]
mod tests;
