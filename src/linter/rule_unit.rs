//! A rule file with its expressions and templates parsed once for all lints.

use super::syntax::syntax_diagnostics;
use crate::diagnostic::{Diagnostic, FileId, Location};
use crate::prometheus::{Group, Language, Pair, Rule, RuleFile, Text};
use crate::source::Span;
use crate::syntax::{SyntaxError, find_pair, promql, template};

/// One rule file.
pub struct RuleUnit {
    /// The file.
    pub file: FileId,
    /// What it says.
    pub rules: RuleFile,
    /// The release that evaluates the rules.
    pub version: promql::Version,
    /// One for each rule, in order; nothing for a rule without an expression in PromQL.
    expressions: Vec<Option<promql::Parsed>>,
    /// The templates of each rule, in order.
    templates: Vec<Vec<Template>>,
}

/// A label or annotation of an alert that Prometheus expands.
pub struct Template {
    /// Its place among the labels and then the annotations of its rule.
    index: usize,
    /// The tree.
    pub parsed: template::Parsed,
}

/// A rule with everything around it.
#[derive(Clone, Copy)]
pub struct RuleView<'a> {
    /// The group it is in.
    pub group: &'a Group,
    /// The rule.
    pub rule: &'a Rule,
    /// Its expression with its tree.
    pub expression: Option<(&'a Text, &'a promql::Parsed)>,
    templates: &'a [Template],
}

impl RuleUnit {
    /// Parses the expressions and templates of `rules`, which any release of Prometheus may evaluate.
    #[must_use]
    pub fn new(file: FileId, rules: RuleFile) -> Self {
        Self::for_version(file, rules, promql::Version::default())
    }

    /// Parses the expressions and templates of `rules`, which the release `version` evaluates.
    #[must_use]
    pub fn for_version(file: FileId, rules: RuleFile, version: promql::Version) -> Self {
        let options = promql::Options { version };
        let parse = |group: &Group, rule: &Rule| {
            let text = rule.expr.as_ref().filter(|_| group.language == Language::PromQl)?;
            let is_whole = rule.complete || !is_cut_off(rule, text, &rules.syntax_errors);
            is_whole.then(|| promql::parse(&text.value, &options))
        };
        let mut expressions = Vec::with_capacity(rules.rules().count());
        expressions.extend(rules.rules().map(|(group, rule)| parse(group, rule)));
        let mut all_templates = Vec::with_capacity(expressions.len());
        all_templates.extend(rules.rules().map(|(group, rule)| templates(group, rule, version)));
        Self { file, rules, version, expressions, templates: all_templates }
    }

    /// Whether it is a dashboard: its rules are queries that nobody evaluates unless somebody looks.
    #[must_use]
    pub fn is_dashboard(&self) -> bool {
        self.rules.sets.iter().any(|set| set.origin.is_dashboard())
    }

    /// All rules.
    pub fn rules(&self) -> impl Iterator<Item = RuleView<'_>> {
        let parsed = self.expressions.iter().zip(&self.templates);
        self.rules.rules().zip(parsed).map(|((group, rule), (expression, templates))| RuleView {
            group,
            rule,
            expression: rule.expr.as_ref().zip(expression.as_ref()),
            templates,
        })
    }

    /// All alerts.
    pub fn alerts(&self) -> impl Iterator<Item = RuleView<'_>> {
        self.rules().filter(|view| view.rule.is_alert())
    }

    /// Errors in expressions and templates, at their places in the file.
    #[must_use]
    pub fn syntax_errors(&self) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for view in self.rules() {
            let mut add = |lint, text: &Text, errors: &[SyntaxError]| {
                if errors.is_empty() {
                    return;
                }
                let found = syntax_diagnostics(lint, self.file, errors, |span| text.map.place(span));
                diagnostics.extend(found.into_iter().map(|diagnostic| diagnostic.subject(view.name())));
            };
            if let Some((text, parsed)) = view.expression {
                add("promql/syntax", text, &parsed.errors);
            }
            for (pair, parsed) in view.templates() {
                add("alerts/template-syntax", &pair.value, &parsed.errors);
            }
        }
        diagnostics
    }

    /// A place in the file.
    #[must_use]
    pub fn location(&self, span: Span) -> Location {
        Location::new(self.file, span)
    }
}

/// Whether a mistake of YAML is what comes next after the expression `text` of `rule`: then the rest of it is missing.
fn is_cut_off(rule: &Rule, text: &Text, errors: &[SyntaxError]) -> bool {
    let Some(error) = errors.iter().find(|error| error.span.start >= text.span.start) else { return false };
    let pairs = rule.labels.iter().chain(&rule.annotations).map(|pair| pair.name.span);
    let texts = [&rule.alert, &rule.record].into_iter().flatten().map(|text| text.span);
    let durations = [&rule.for_, &rule.keep_firing_for].into_iter().flatten().map(|field| field.span);
    let mut others = pairs.chain(texts).chain(durations);
    !others.any(|other| other.start > text.span.start && other.start < error.span.start)
}

/// The labels and annotations of `rule` that are templates.
fn templates(group: &Group, rule: &Rule, version: promql::Version) -> Vec<Template> {
    if !rule.is_alert() {
        return Vec::new();
    }
    // vmalert has functions and variables of its own.
    let is_extended = !matches!(group.language, Language::PromQl | Language::LogQl);
    let options = template::Options { version, is_extended };
    let pairs = rule.labels.iter().chain(&rule.annotations).enumerate();
    let is_template = |text: &str| find_pair(text, b'{').is_some() && !has_hole_in_action(text);
    let parsed = pairs
        .filter(|(_, pair)| is_template(&pair.value.value))
        .map(|(index, pair)| Template { index, parsed: template::parse(&pair.value.value, &options) });
    let mut templates = Vec::with_capacity(rule.labels.len() + rule.annotations.len());
    templates.extend(parsed);
    templates
}

/// Whether `templatefile` fills in something between `{{` and `}}`, as in `{{ $labels.${name} }}`.
fn has_hole_in_action(text: &str) -> bool {
    text.contains("${")
        && text.split("{{").skip(1).any(|action| action.split("}}").next().is_some_and(|inside| inside.contains("${")))
}

impl<'a> RuleView<'a> {
    /// The labels and annotations that Prometheus expands, with their trees.
    pub fn templates(&self) -> impl Iterator<Item = (&'a Pair, &'a template::Parsed)> + use<'a> {
        let rule = self.rule;
        self.templates.iter().filter_map(move |template| {
            let labels = rule.labels.len();
            let pair = rule.labels.get(template.index).or_else(|| rule.annotations.get(template.index - labels))?;
            Some((pair, &template.parsed))
        })
    }

    /// The place to point at when the rule as a whole is meant: its name, or all of it.
    #[must_use]
    pub fn name_span(&self) -> Span {
        self.rule.name().map_or(self.rule.span, |name| name.span)
    }

    /// Its name for messages, or that of its group: a panel of a dashboard. Empty where neither has one.
    #[must_use]
    pub fn name(&self) -> &str {
        self.rule.name().or(self.group.name.as_ref()).map_or("", |name| name.value.as_str())
    }

    /// The names of the metrics that its expression reads, without repetition, in order.
    #[must_use]
    pub fn metrics(&self) -> Vec<String> {
        let Some((_, parsed)) = self.expression else { return Vec::new() };
        let mut names: Vec<String> = Vec::new();
        for (name, _) in promql::metric_names(parsed) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }
}
