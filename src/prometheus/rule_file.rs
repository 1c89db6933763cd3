//! The model of a rule file: groups and rules with a place for every key and value. Made by [`super::read`]; a mistake
//! in one value leaves the rest usable.

use super::dialect::{Dialect, Language};
use super::duration::Duration;
use super::violation::Violation;
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::yaml::{Comment, ScalarMap, Style};

/// Everything that one file says about rules. All spans lie in the file, also those of rules inside a ConfigMap.
#[derive(Clone, Debug, Default)]
pub struct RuleFile {
    /// The sets in the order of the file: one for a plain rule file, one per manifest or ConfigMap key.
    pub sets: Vec<RuleSet>,
    /// Documents after the first of a plain rule file: Prometheus reads only the first and says nothing.
    pub ignored: Vec<Span>,
    /// Mistakes of YAML: bad form, duplicate keys, unknown aliases.
    pub syntax_errors: Vec<SyntaxError>,
    /// What makes Prometheus reject the file.
    pub violations: Vec<Violation>,
    /// All comments, for suppressions.
    pub comments: Vec<Comment>,
}

/// What a set of rules came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A rule file of its own.
    File,
    /// A Kubernetes object with `spec.groups`, such as a `PrometheusRule`.
    Manifest {
        /// Its `kind`.
        kind: String,
        /// Its `metadata.name`.
        name: Option<String>,
    },
    /// A value of a Kubernetes `ConfigMap`.
    ConfigMap {
        /// Its `metadata.name`.
        name: Option<String>,
        /// The key below `data`: a file name.
        key: String,
    },
    /// A dashboard of Grafana: its rules are queries and have no names.
    Dashboard {
        /// Its title.
        title: Option<String>,
    },
}

impl Origin {
    /// Whether it is a dashboard.
    #[must_use]
    pub const fn is_dashboard(&self) -> bool {
        matches!(self, Self::Dashboard { .. })
    }
}

/// The rules that are loaded together: what Prometheus sees as one file.
#[derive(Clone, Debug)]
pub struct RuleSet {
    /// What it came in.
    pub origin: Origin,
    /// Who it is written for.
    pub dialect: Dialect,
    /// From the first to the last byte.
    pub span: Span,
    /// The groups in order.
    pub groups: Vec<Group>,
    /// False if an error of YAML cut it short: more groups may follow.
    pub complete: bool,
}

/// A group of rules, evaluated one after the other at one moment.
#[derive(Clone, Debug)]
pub struct Group {
    /// The whole group.
    pub span: Span,
    /// `name`
    pub name: Option<Text>,
    /// `interval`: time between evaluations; without it the server's `evaluation_interval` counts.
    pub interval: Option<Field<Option<Duration>>>,
    /// `query_offset`: how far back in time the expressions look.
    pub query_offset: Option<Field<Option<Duration>>>,
    /// `limit`: most results of one rule; 0 is no limit.
    pub limit: Option<Field<Option<i64>>>,
    /// `labels`: added to all rules of the group, unless they have their own.
    pub labels: Vec<Pair>,
    /// `rules`
    pub rules: Vec<Rule>,
    /// The language of the expressions.
    pub language: Language,
    /// False if an error of YAML cut it short.
    pub complete: bool,
}

/// A rule. With `alert` it is an alert, with `record` a recording rule; broken files have both or neither.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The whole rule.
    pub span: Span,
    /// Its number in the group, from 1.
    pub number: u32,
    /// `alert`, if it is not empty.
    pub alert: Option<Text>,
    /// `record`, if it is not empty.
    pub record: Option<Text>,
    /// `expr`, if it is not empty.
    pub expr: Option<Text>,
    /// `for`: how long the expression must hold before the alert fires.
    pub for_: Option<Field<Option<Duration>>>,
    /// `keep_firing_for`
    pub keep_firing_for: Option<Field<Option<Duration>>>,
    /// `labels` in order.
    pub labels: Vec<Pair>,
    /// `annotations` in order.
    pub annotations: Vec<Pair>,
    /// False if an error of YAML cut it short: what is missing may be there.
    pub complete: bool,
}

/// A text value.
#[derive(Clone, Debug)]
pub struct Text {
    /// Its key; for a key itself its own place.
    pub key: Span,
    /// The decoded text.
    pub value: String,
    /// Where it is written, with quotes or the sign of a block.
    pub span: Span,
    /// How it is written.
    pub style: Style,
    /// From offsets in `value` to the file.
    pub map: ScalarMap,
}

/// A value that is more than text.
#[derive(Clone, Debug)]
pub struct Field<T> {
    /// Its key.
    pub key: Span,
    /// Where the value is written.
    pub span: Span,
    /// The value; an inner `None` is a value that Prometheus rejects.
    pub value: T,
}

/// A label or annotation.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The name.
    pub name: Text,
    /// The value.
    pub value: Text,
}

/// What makes two rules duplicates, as `promtool check rules` sees it: name and labels, those of the group included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity<'a> {
    /// The name of the alert or of the recorded metric.
    pub name: &'a str,
    /// Sorted by name.
    pub labels: Vec<(&'a str, &'a str)>,
    /// The language of the expression: rules in LogQL and in PromQL are loaded by different programs.
    pub language: Language,
}

impl RuleFile {
    /// All groups.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.sets.iter().flat_map(|set| &set.groups)
    }

    /// All rules with their groups.
    pub fn rules(&self) -> impl Iterator<Item = (&Group, &Rule)> {
        self.groups().flat_map(|group| group.rules.iter().map(move |rule| (group, rule)))
    }

    /// All alerts with their groups.
    pub fn alerts(&self) -> impl Iterator<Item = (&Group, &Rule)> {
        self.rules().filter(|(_, rule)| rule.is_alert())
    }
}

impl Group {
    /// The label `name` of the group itself.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&Pair> {
        find(&self.labels, name)
    }

    /// The label `name` that `rule`, one of this group, ends up with.
    #[must_use]
    pub fn label_of<'r>(&'r self, rule: &'r Rule, name: &str) -> Option<&'r Pair> {
        rule.label(name).or_else(|| self.label(name))
    }

    /// What makes `rule`, one of this group, a duplicate of another. `None` if it has no name.
    #[must_use]
    pub fn identity_of<'r>(&'r self, rule: &'r Rule) -> Option<Identity<'r>> {
        let name = rule.name()?.value.as_str();
        let inherited = self.labels.iter().filter(|pair| rule.label(&pair.name.value).is_none());
        let pairs = rule.labels.iter().chain(inherited);
        let mut labels: Vec<_> = pairs.map(|pair| (pair.name.value.as_str(), pair.value.value.as_str())).collect();
        labels.sort_unstable();
        Some(Identity { name, labels, language: self.language })
    }
}

impl Rule {
    /// Whether it is an alert.
    #[must_use]
    pub fn is_alert(&self) -> bool {
        self.alert.is_some()
    }

    /// The name: of the alert, or else of the metric it records.
    #[must_use]
    pub fn name(&self) -> Option<&Text> {
        self.alert.as_ref().or(self.record.as_ref())
    }

    /// The label `name` of the rule itself; see [`Group::label_of`].
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&Pair> {
        find(&self.labels, name)
    }

    /// The annotation `name`.
    #[must_use]
    pub fn annotation(&self, name: &str) -> Option<&Pair> {
        find(&self.annotations, name)
    }

    /// Where a finding about the whole rule is shown: its name, or else its beginning.
    #[must_use]
    pub fn place(&self) -> Span {
        self.name().map_or(self.span, |name| name.span)
    }
}

fn find<'p>(pairs: &'p [Pair], name: &str) -> Option<&'p Pair> {
    pairs.iter().find(|pair| pair.name.value == name)
}
