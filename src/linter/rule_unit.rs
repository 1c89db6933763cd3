//! A rule file with its expressions and templates parsed once for all lints.

use super::syntax::syntax_diagnostics;
use crate::diagnostic::{Diagnostic, FileId, Location};
use crate::prometheus::{Group, Language, Rule, RuleFile, Text};
use crate::source::Span;
use crate::syntax::{SyntaxError, promql, template};

/// One rule file.
pub struct RuleUnit {
    /// The file.
    pub file: FileId,
    /// What it says.
    pub rules: RuleFile,
    /// One for each rule, in order; nothing for a rule without an expression in PromQL.
    expressions: Vec<Option<promql::Parsed>>,
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
}

impl RuleUnit {
    /// Parses the expressions of `rules`.
    #[must_use]
    pub fn new(file: FileId, rules: RuleFile) -> Self {
        let options = promql::Options::default();
        let parse = |group: &Group, rule: &Rule| {
            let text = rule.expr.as_ref().filter(|_| group.language == Language::PromQl)?;
            Some(promql::parse(&text.value, &options))
        };
        let expressions = rules.rules().map(|(group, rule)| parse(group, rule)).collect();
        Self { file, rules, expressions }
    }

    /// All rules.
    pub fn rules(&self) -> impl Iterator<Item = RuleView<'_>> {
        self.rules.rules().zip(&self.expressions).map(|((group, rule), expression)| RuleView {
            group,
            rule,
            expression: rule.expr.as_ref().zip(expression.as_ref()),
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
                let found = syntax_diagnostics(lint, self.file, errors, |span| text.map.place(span));
                diagnostics.extend(found.into_iter().map(|diagnostic| diagnostic.subject(view.name())));
            };
            if let Some((text, parsed)) = view.expression {
                add("promql/syntax", text, &parsed.errors);
            }
            if view.rule.is_alert() {
                // vmalert has functions and variables of its own.
                let is_extended = !matches!(view.group.language, Language::PromQl | Language::LogQl);
                let options = template::Options { is_extended, ..template::Options::default() };
                for pair in view.rule.labels.iter().chain(&view.rule.annotations) {
                    if pair.value.value.contains("{{") && !has_hole_in_action(&pair.value.value) {
                        let parsed = template::parse(&pair.value.value, &options);
                        add("alerts/template-syntax", &pair.value, &parsed.errors);
                    }
                }
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

/// Whether `templatefile` fills in something between `{{` and `}}`, as in `{{ $labels.${name} }}`.
fn has_hole_in_action(text: &str) -> bool {
    text.split("{{").skip(1).any(|action| action.split("}}").next().is_some_and(|inside| inside.contains("${")))
}

impl RuleView<'_> {
    /// The place to point at when the rule as a whole is meant: its name, or all of it.
    #[must_use]
    pub fn name_span(&self) -> Span {
        self.rule.name().map_or(self.rule.span, |name| name.span)
    }

    /// Its name for messages; empty where it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.rule.name().map_or("", |name| name.value.as_str())
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
