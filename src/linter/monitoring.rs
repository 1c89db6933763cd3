//! What is monitored, as lints of alert rules see it: the rule files of one configuration, parsed, and what is known of
//! the metrics they read. Made once all rule files are parsed, and only when there are any.

use super::rule_unit::{RuleUnit, RuleView};
use crate::config::Config;
use crate::diagnostic::{FileId, Location};
use crate::prometheus::alertmanager::AlertmanagerFile;
use crate::prometheus::infer::{Around, Inference, Knowledge, Recorded, RecordingRule, Remembered, Shape, infer};
use crate::prometheus::message::{self, Message};
use crate::prometheus::scrape::ScrapeModel;
use crate::prometheus::world::World;
use crate::prometheus::{Dialect, Language, Pair, Text};
use crate::source::Span;
use crate::syntax::promql;

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
    /// What is known of exporters, deployment and scraping.
    pub world: &'a World<'a>,
    /// What the recording rules of the whole run give.
    pub recorded: Recorded<'a>,
    /// Whether all files that the configuration governs were looked at. Otherwise nothing can be called missing.
    pub is_whole: bool,
    /// The rule files that nothing loads, while others are loaded.
    pub never_loaded: Vec<FileId>,
    /// Whether all rules are known: no rule file is a template or could be read only in part.
    pub rules_are_known: bool,
    /// What is known of the metrics that the rule files read.
    metrics: Remembered<'a>,
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
    /// Nothing where the expression is in another language, or has errors.
    pub typed: Option<TypedExpression<'a>>,
    /// The labels and annotations that are sound templates, with what they say; of alerts with a typed expression only.
    pub texts: Vec<(&'a Pair, Message<'a>)>,
}

/// An expression with what it gives.
pub struct TypedExpression<'a> {
    /// Its text in the file.
    pub text: &'a Text,
    /// Its tree.
    pub parsed: &'a promql::Parsed,
    /// What its parts give.
    pub inference: Inference<'a>,
}

impl<'a> Monitoring<'a> {
    /// What is known around the rule files `units`, where `all_units` are all of the run.
    #[must_use]
    pub fn new(
        config: &'a Config,
        units: Vec<&'a RuleUnit>,
        all_units: Vec<&'a RuleUnit>,
        scrape: &'a ScrapeModel,
        world: &'a World<'a>,
    ) -> Self {
        let rules: Vec<RecordingRule<'a>> = all_units.iter().flat_map(|unit| recording_rules(unit)).collect();
        let recorded = Recorded::new(&rules, world);
        let expressions = units.iter().flat_map(|unit| unit.rules()).filter_map(|view| view.expression);
        let names = expressions.flat_map(|(_, parsed)| promql::metric_names(parsed)).map(|(name, _)| name);
        let metrics = Remembered::new(world, names);
        Self {
            config,
            units,
            all_units,
            scrape,
            alertmanagers: Vec::new(),
            world,
            recorded,
            is_whole: false,
            rules_are_known: false,
            never_loaded: Vec::new(),
            metrics,
        }
    }

    /// What is known of exporters and scraping.
    #[must_use]
    pub const fn knowledge(&self) -> &dyn Knowledge {
        &self.metrics
    }

    /// What the expression `parsed` gives, which stands outside of rules: in a template, on a dashboard.
    #[must_use]
    pub fn infer<'e>(&'e self, parsed: &'e promql::Parsed) -> Inference<'e>
    where
        'a: 'e,
    {
        let lookup = |name: &str| -> Option<Shape<'e>> { self.recorded.get(name).cloned() };
        infer(parsed, &Around::new(self.knowledge(), &lookup))
    }
}

fn recording_rules<'a>(unit: &'a RuleUnit) -> impl Iterator<Item = RecordingRule<'a>> {
    unit.rules().filter_map(|view| {
        let record = view.rule.record.as_ref()?;
        let own = view.rule.labels.iter();
        let inherited = view.group.labels.iter().filter(|pair| view.rule.label(&pair.name.value).is_none());
        let labels = own.chain(inherited).map(|pair| {
            let value = pair.value.value.as_str();
            let is_known = !value.contains("${") && !value.contains("{{");
            (pair.name.value.as_str(), is_known.then_some(value))
        });
        Some(RecordingRule {
            name: &record.value,
            expression: view.expression.map(|(_, parsed)| parsed),
            labels: labels.collect(),
            is_federated: is_federated(unit),
        })
    })
}

/// Whether the rules are evaluated over series of several servers, each with external labels of its own.
fn is_federated(unit: &RuleUnit) -> bool {
    unit.rules.sets.iter().any(|set| matches!(set.dialect, Dialect::Thanos | Dialect::Mimir))
}

impl<'a> TypedRules<'a> {
    /// Finds out what the expressions of `unit` give.
    #[must_use]
    pub fn new(unit: &'a RuleUnit, monitoring: &'a Monitoring<'a>) -> Self {
        let lookup = |name: &str| -> Option<Shape<'a>> { monitoring.recorded.get(name).cloned() };
        let around = Around { is_federated: is_federated(unit), ..Around::new(monitoring.knowledge(), &lookup) };
        let typed = |view: &RuleView<'a>| {
            let (text, parsed) = view.expression.filter(|_| view.group.language == Language::PromQl)?;
            let is_sound = parsed.errors.is_empty() && !parsed.guessed;
            is_sound.then(|| TypedExpression { text, parsed, inference: infer(parsed, &around) })
        };
        let texts = |view: &RuleView<'a>| {
            let sound = view.templates().filter(|(_, parsed)| parsed.errors.is_empty());
            sound.map(|(pair, parsed)| (pair, message::read(parsed))).collect()
        };
        let mut rules = Vec::with_capacity(unit.rules.rules().count());
        rules.extend(unit.rules().map(|view| {
            let typed = typed(&view);
            TypedRule { texts: if typed.is_some() { texts(&view) } else { Vec::new() }, typed, view }
        }));
        Self { unit, monitoring, rules }
    }

    /// The alerts with what their expressions give.
    pub fn alerts(&self) -> impl Iterator<Item = &TypedRule<'a>> {
        self.rules.iter().filter(|rule| rule.view.rule.is_alert())
    }

    /// The rules that have a sound expression.
    pub fn typed(&self) -> impl Iterator<Item = (&RuleView<'a>, &TypedExpression<'a>)> {
        self.rules.iter().filter_map(|rule| Some((&rule.view, rule.typed.as_ref()?)))
    }

    /// The place of `span` of the text `text` in the file.
    #[must_use]
    pub fn place(&self, text: &Text, span: Span) -> Location {
        self.unit.location(text.map.place(span))
    }
}

impl TypedExpression<'_> {
    /// The text of `span`.
    #[must_use]
    pub fn source(&self, span: Span) -> &str {
        span.text(self.text.value.as_bytes())
    }
}
