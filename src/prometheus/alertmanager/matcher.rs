//! Matchers of Alertmanager and the alerts they match. Regular expressions match the whole value.
//! <https://prometheus.io/docs/alerting/latest/configuration/#matcher> is the reference.

use crate::diagnostic::Location;
use crate::prometheus::scrape::{LabelSet, Pattern, Presence};

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatcherKind {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Matches,
    /// `!~`
    MatchesNot,
}

/// One matcher.
#[derive(Clone, Debug)]
pub struct AlertMatcher {
    /// The label.
    pub label: String,
    /// How it is compared.
    pub kind: MatcherKind,
    /// With what; nothing where it is filled in.
    pub value: Option<String>,
    /// From label to value.
    pub place: Location,
    pattern: Pattern,
}

/// What is known of the labels of an alert, `alertname` included.
pub type AlertLabels = LabelSet;

impl AlertMatcher {
    /// A matcher; `value` is nothing where it is not known.
    #[must_use]
    pub fn new(label: String, kind: MatcherKind, value: Option<String>, place: Location) -> Self {
        let pattern = match (kind, &value) {
            (MatcherKind::Matches | MatcherKind::MatchesNot, Some(value)) => Pattern::new(value),
            _ => Pattern::unknown(),
        };
        Self { label, kind, value, place, pattern }
    }

    /// Whether some alert with these labels may match. An absent label has the empty value.
    #[must_use]
    pub fn may_match(&self, labels: &AlertLabels) -> bool {
        let Some(label) = labels.get(&self.label) else { return labels.is_open || self.takes("") };
        let is_absent_sometimes = label.presence == Presence::Possible;
        let Some(values) = &label.values else { return true };
        values.iter().any(|value| self.takes(value)) || is_absent_sometimes && self.takes("")
    }

    /// Whether the value may be one that matches.
    fn takes(&self, value: &str) -> bool {
        let Some(wanted) = &self.value else { return true };
        match self.kind {
            MatcherKind::Equal => wanted == value,
            MatcherKind::NotEqual => wanted != value,
            MatcherKind::Matches => self.pattern.matches(value).unwrap_or(true),
            MatcherKind::MatchesNot => !self.pattern.matches(value).unwrap_or(false),
        }
    }
}

impl std::fmt::Display for AlertMatcher {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let operator = match self.kind {
            MatcherKind::Equal => "=",
            MatcherKind::NotEqual => "!=",
            MatcherKind::Matches => "=~",
            MatcherKind::MatchesNot => "!~",
        };
        write!(formatter, "{}{operator}{:?}", self.label, self.value.as_deref().unwrap_or("..."))
    }
}
