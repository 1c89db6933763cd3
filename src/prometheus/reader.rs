//! From the YAML tree to groups and rules, with every reason why Prometheus would reject them.
//!
//! The rules are those of `rulefmt` (<https://github.com/prometheus/prometheus/blob/v3.5.0/model/rulefmt/rulefmt.go>)
//! and of `yaml.v3` with known fields only. Expressions and templates are not looked into.

use std::fmt::Display;

use super::dialect::{Dialect, Language, Level, is_logql, is_metricsql, owner};
use super::duration::Duration;
use super::names::{NameScheme, is_record_name};
use super::rule_file::{Field, Group, Origin, Rule, RuleSet, Text};
use super::violation::{Violation, ViolationKind};
use crate::source::Span;
use crate::suggest::closest;
use crate::syntax::yaml::{Entry, Node, ScalarMap};

/// Keys that belong one level deeper than people write them, and words that other tools use.
const MISPLACED: [(&str, &str); 13] = [
    ("severity", "labels are set below `labels:`"),
    ("team", "labels are set below `labels:`"),
    ("summary", "annotations are set below `annotations:`"),
    ("description", "annotations are set below `annotations:`"),
    ("message", "annotations are set below `annotations:`"),
    ("runbook_url", "annotations are set below `annotations:`"),
    ("dashboard_url", "annotations are set below `annotations:`"),
    ("name", "a rule is named by `alert:` or `record:`"),
    ("query", "the expression is `expr:`"),
    ("expression", "the expression is `expr:`"),
    ("duration", "the time to wait is `for:`"),
    ("evaluation_interval", "the interval of a group is `interval:`"),
    ("alerts", "the rules of a group are `rules:`"),
];

/// Reads sets out of one tree.
pub(super) struct Reader<'r> {
    /// The text that the tree was made of.
    pub(super) source: &'r [u8],
    /// The way from that text to the file, if it is itself a value in a file.
    pub(super) outer: Option<&'r ScalarMap>,
    pub(super) names: NameScheme,
    pub(super) dialect: Dialect,
    /// The rule or group being read.
    subject: String,
    pub(super) violations: Vec<Violation>,
    /// The first place that something else than Prometheus fills in: the text is a template of a rule file.
    pub(super) hole: Option<Span>,
}

/// The entries of a mapping that its level knows.
pub(super) struct Fields<'t> {
    known: Vec<(&'t str, Entry<'t>)>,
    /// Keys that were meant: mistyped, or with a value of the wrong type. They are not missing.
    pub(super) meant: Vec<&'static str>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(source: &'r [u8], outer: Option<&'r ScalarMap>, names: NameScheme) -> Self {
        let (dialect, violations) = (Dialect::default(), Vec::new());
        Self { source, outer, names, dialect, subject: String::new(), violations, hole: None }
    }

    /// The place in the file of a place in the text.
    pub(super) fn place(&self, span: Span) -> Span {
        self.outer.map_or(span, |outer| outer.place(span))
    }

    /// Reads the mapping that holds `groups`: a whole rule file, or the `spec` of a manifest.
    pub(super) fn set(&mut self, root: Node<'_>, origin: Origin, dialect: Option<Dialect>) -> RuleSet {
        self.dialect = dialect.unwrap_or_else(|| detect(root));
        self.subject.clear();
        let mut groups = Vec::new();
        if !root.is_null() && self.is_mapping(root, "a rule file") {
            let fields = if origin == Origin::File || matches!(origin, Origin::ConfigMap { .. }) {
                self.fields(root, Level::File).known
            } else {
                root.fields().into_iter().filter_map(|entry| Some((entry.key.text()?, entry))).collect()
            };
            for (key, entry) in fields {
                if key == "groups" && self.is_sequence("groups", entry.value) {
                    groups.extend(entry.value.items().filter_map(|node| self.group(node)));
                }
            }
        }
        self.report_repeated(&groups);
        RuleSet { origin, dialect: self.dialect, span: self.place(root.span()), groups, complete: root.is_complete() }
    }

    fn group(&mut self, node: Node<'_>) -> Option<Group> {
        self.subject = node.get("name").and_then(Node::text).unwrap_or_default().to_owned();
        if node.is_null() || !self.is_mapping(node, "a group") {
            return None;
        }
        let mut group = Group {
            span: self.place(node.span()),
            name: None,
            interval: None,
            query_offset: None,
            limit: None,
            labels: Vec::new(),
            rules: Vec::new(),
            language: language(self.dialect, node),
            complete: node.is_complete(),
        };
        let mut fields = self.fields(node, Level::Group);
        for (key, entry) in std::mem::take(&mut fields.known) {
            match key {
                "name" => group.name = self.required(&mut fields, "name", entry),
                "interval" => group.interval = self.duration("interval", entry),
                "query_offset" => group.query_offset = self.duration("query_offset", entry),
                "limit" => group.limit = self.limit(entry),
                "labels" => group.labels = self.pairs("label", entry),
                "rules" if self.is_sequence("rules", entry.value) => {
                    let items = entry.value.items();
                    group.rules.reserve_exact(items.len());
                    group.rules.extend((1_u32..).zip(items).filter_map(|(number, node)| self.rule(number, node)));
                }
                _ => {}
            }
        }
        if group.name.is_none() && group.complete && !fields.meant.contains(&"name") {
            self.subject.clear();
            let message = "a group must have a `name` that is not empty";
            self.report(Violation::new(ViolationKind::MissingKey, self.beginning(node), message));
        }
        Some(group)
    }

    fn rule(&mut self, number: u32, node: Node<'_>) -> Option<Rule> {
        let name = node.get("alert").or_else(|| node.get("record")).and_then(Node::text);
        self.subject = name.unwrap_or_default().to_owned();
        // `yaml.v3` drops list items that are null.
        if node.is_null() || !self.is_mapping(node, "a rule") {
            return None;
        }
        let mut rule = Rule {
            span: self.place(node.span()),
            number,
            alert: None,
            record: None,
            expr: None,
            for_: None,
            keep_firing_for: None,
            labels: Vec::new(),
            annotations: Vec::new(),
            complete: node.is_complete(),
        };
        let mut fields = self.fields(node, Level::Rule);
        let mut annotations_key = None;
        for (key, entry) in std::mem::take(&mut fields.known) {
            match key {
                "alert" => rule.alert = self.required(&mut fields, "alert", entry),
                "record" => rule.record = self.required(&mut fields, "record", entry),
                "expr" => rule.expr = self.required(&mut fields, "expr", entry),
                "for" => rule.for_ = self.duration("for", entry),
                "keep_firing_for" => rule.keep_firing_for = self.duration("keep_firing_for", entry),
                "labels" => rule.labels = self.pairs("label", entry),
                "annotations" => {
                    annotations_key = Some(self.place(entry.key.place()));
                    rule.annotations = self.pairs("annotation", entry);
                }
                _ => {}
            }
        }
        self.check_kind(&rule, node, &fields);
        if let Some(record) = &rule.record {
            self.check_record(&rule, record, annotations_key);
        }
        Some(rule)
    }

    /// Exactly one of `alert` and `record`, and an expression.
    fn check_kind(&mut self, rule: &Rule, node: Node<'_>, fields: &Fields<'_>) {
        let is_meant = |key| fields.meant.contains(&key);
        match (&rule.alert, &rule.record) {
            (Some(alert), Some(record)) => {
                let (first, second) = if alert.key <= record.key { (alert, record) } else { (record, alert) };
                let violation = Violation::new(
                    ViolationKind::Conflict,
                    second.key,
                    "a rule has either `alert` or `record`, not both",
                );
                self.report(violation.related(first.key, "the other one"));
            }
            (None, None) if rule.complete && !is_meant("alert") && !is_meant("record") => {
                let message = "a rule must have an `alert` or a `record` that is not empty";
                self.report(Violation::new(ViolationKind::MissingKey, self.beginning(node), message));
            }
            _ => {}
        }
        if rule.expr.is_none() && rule.complete && !is_meant("expr") {
            let place = rule.name().map_or_else(|| self.beginning(node), |name| name.span);
            let message = "a rule must have an `expr` that is not empty";
            self.report(Violation::new(ViolationKind::MissingKey, place, message));
        }
    }

    /// What a recording rule must not have. `vmalert` is not so strict.
    fn check_record(&mut self, rule: &Rule, record: &Text, annotations: Option<Span>) {
        if self.dialect == Dialect::VictoriaMetrics {
            return;
        }
        if !is_record_name(&record.value, self.names) {
            let message = format!("`{}` is not a name for a recording rule", record.value);
            let help = if record.value.contains(['{', '}']) {
                "a name has no braces: selectors belong in `expr`, labels below `labels`"
            } else {
                "a name has letters, digits, `_` and `:`, and does not start with a digit"
            };
            self.report(Violation::new(ViolationKind::Name, record.span, message).help(help));
        }
        if rule.alert.is_some() {
            return;
        }
        let is_set = |field: &Option<Field<Option<Duration>>>| {
            field
                .as_ref()
                .filter(|field| field.value.is_some_and(|duration| !duration.is_zero()))
                .map(|field| field.key)
        };
        let annotations = annotations.filter(|_| !rule.annotations.is_empty());
        let extras = [
            ("for", is_set(&rule.for_)),
            ("keep_firing_for", is_set(&rule.keep_firing_for)),
            ("annotations", annotations),
        ];
        for (key, span) in extras {
            if let Some(span) = span {
                let message = format!("a recording rule has no `{key}`");
                self.report(Violation::new(ViolationKind::Conflict, span, message).help(format!("delete `{key}`")));
            }
        }
    }

    fn report_repeated(&mut self, groups: &[Group]) {
        let mut seen: std::collections::HashMap<&str, Span> = std::collections::HashMap::new();
        for name in groups.iter().filter_map(|group| group.name.as_ref()) {
            if let Some(first) = seen.get(name.value.as_str()) {
                self.subject.clone_from(&name.value);
                let message = format!("group name `{}` is repeated in the same file", name.value);
                let violation = Violation::new(ViolationKind::RepeatedGroup, name.span, message);
                let violation = violation.related(*first, "first used here");
                self.report(violation.help("move its rules into the first one, or rename one of the two"));
            } else {
                seen.insert(&name.value, name.span);
            }
        }
    }

    /// The entries that count, after complaints about all others.
    fn fields<'t>(&mut self, node: Node<'t>, level: Level) -> Fields<'t> {
        let mut fields = Fields { known: Vec::new(), meant: Vec::new() };
        self.check_merges(node);
        for entry in node.fields() {
            match entry.key.text() {
                // `yaml.v3` passes over a null key.
                _ if entry.key.is_null() => {}
                Some(key) if level.keys().contains(&key) => fields.known.push((key, entry)),
                Some(key) if owner(level, key).is_some() => {}
                Some(key) => fields.meant.extend(self.report_unknown(level, key, entry)),
                None => {
                    let message = format!("a key of a {} must be text, not {}", level.name(), entry.key.describe());
                    self.report(Violation::new(ViolationKind::UnknownKey, self.place(entry.key.place()), message));
                }
            }
        }
        fields
    }

    /// Complains about an unknown key; the key that was meant.
    fn report_unknown(&mut self, level: Level, key: &str, entry: Entry<'_>) -> Option<&'static str> {
        let message = format!("unknown key `{key}` in a {}", level.name());
        let violation = Violation::new(ViolationKind::UnknownKey, self.place(entry.key.place()), message);
        let near = closest(key, level.keys().iter().copied());
        let misplaced = MISPLACED.iter().find(|(name, _)| *name == key).map(|(_, help)| (*help).to_owned());
        let other_level =
            [Level::Group, Level::Rule].into_iter().find(|other| *other != level && other.keys().contains(&key));
        let help = misplaced.or_else(|| near.map(|near| format!("did you mean `{near}`?"))).or_else(|| {
            other_level.map(|other| format!("`{key}` belongs to a {}: check the indentation", other.name()))
        });
        self.report(match help {
            Some(help) => violation.help(help),
            None => violation,
        });
        let renamed = match key {
            "query" | "expression" => Some("expr"),
            "name" if level == Level::Rule => Some("alert"),
            _ => None,
        };
        near.or(renamed)
    }

    pub(super) fn check_merges(&mut self, node: Node<'_>) {
        for entry in node.entries().filter(Entry::is_merge) {
            let value = entry.value;
            let is_good = value.is_mapping() || value.is_sequence() && value.items().all(Node::is_mapping);
            if !is_good && value.is_complete() {
                let message = format!("`<<` merges a mapping or a list of mappings, not {}", value.describe());
                self.report(Violation::new(ViolationKind::WrongType, self.place(value.place()), message));
            }
        }
    }

    pub(super) fn is_mapping(&mut self, node: Node<'_>, what: impl Display) -> bool {
        let is_mapping = node.is_mapping();
        if !is_mapping && node.is_complete() {
            let message = format!("{what} must be a mapping, not {}", node.describe());
            self.report(Violation::new(ViolationKind::WrongType, self.place(node.place()), message));
        }
        is_mapping
    }

    /// Whether it is a list; null counts as an empty one.
    fn is_sequence(&mut self, key: &str, node: Node<'_>) -> bool {
        let is_sequence = node.is_sequence();
        if !is_sequence && !node.is_null() && node.is_complete() {
            let message = format!("`{key}` must be a list, not {}", node.describe());
            let violation = Violation::new(ViolationKind::WrongType, self.place(node.place()), message);
            self.report(violation.help("start each item with `- `"));
        }
        is_sequence
    }

    /// The first key of a mapping, or all of an empty one: a place for what the mapping lacks.
    fn beginning(&self, node: Node<'_>) -> Span {
        self.place(node.entries().next().map_or_else(|| node.span(), |entry| entry.key.place()))
    }

    pub(super) fn report(&mut self, mut violation: Violation) {
        violation.subject.clone_from(&self.subject);
        self.violations.push(violation);
    }
}

/// Who `root`, the mapping that holds `groups`, is written for.
fn detect(root: Node<'_>) -> Dialect {
    let mut found = root.entries().find_map(|entry| owner(Level::File, entry.key.text()?));
    let groups = root.get("groups");
    for group in groups.iter().flat_map(|groups| groups.items()) {
        let rules = group.get("rules");
        let rules = || rules.iter().flat_map(|rules| rules.items());
        let keys = group.entries().map(|entry| (Level::Group, entry));
        let keys = keys.chain(rules().flat_map(|rule| rule.entries().map(|entry| (Level::Rule, entry))));
        for (level, entry) in keys {
            match entry.key.text().and_then(|key| owner(level, key)) {
                Some(Dialect::VictoriaMetrics) => return Dialect::VictoriaMetrics,
                Some(dialect) if found.is_none() => found = Some(dialect),
                _ => {}
            }
            let is_expr = level == Level::Rule && entry.key.text() == Some("expr");
            let expr = entry.value.text().filter(|_| is_expr);
            if expr.is_some_and(is_metricsql) {
                return Dialect::VictoriaMetrics;
            }
            if expr.is_some_and(is_logql) {
                found = Some(Dialect::Loki);
            }
        }
    }
    found.unwrap_or_default()
}

fn language(dialect: Dialect, group: Node<'_>) -> Language {
    match (dialect, group.get("type").and_then(Node::text)) {
        (Dialect::VictoriaMetrics, Some("graphite")) => Language::Graphite,
        (Dialect::VictoriaMetrics, Some("vlogs")) => Language::LogsQl,
        (Dialect::VictoriaMetrics, _) => Language::MetricsQl,
        (Dialect::Loki, _) => Language::LogQl,
        _ => Language::PromQl,
    }
}
