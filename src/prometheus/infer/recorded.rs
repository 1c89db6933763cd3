//! What the recording rules of a repository give, each inferred from its expression and the rules that it reads.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::knowledge::Knowledge;
use super::labels::{Label, METRIC_NAME, Presence, Values};
use super::shape::Shape;
use super::{Around, infer};
use crate::syntax::promql::{Parsed, metric_names};

/// A recording rule.
pub struct RecordingRule<'a> {
    /// The metric that it records.
    pub name: &'a str,
    /// Its expression; `None` for one in another language.
    pub expression: Option<&'a Parsed>,
    /// Its labels, those of the group included; a value that is not known is `None`.
    pub labels: Vec<(&'a str, Option<&'a str>)>,
    /// Whether it reads series of several servers.
    pub is_federated: bool,
}

/// What recording rules give, by the name of the metric.
#[derive(Clone, Debug, Default)]
pub struct Recorded<'a> {
    shapes: HashMap<&'a str, Shape<'a>>,
}

impl<'a> Recorded<'a> {
    /// Infers what `rules` give. Rules that read each other in a circle give what is open.
    #[must_use]
    pub fn new(rules: &[RecordingRule<'a>], knowledge: &'a dyn Knowledge) -> Self {
        let mut by_name: BTreeMap<&'a str, Vec<&RecordingRule<'a>>> = BTreeMap::new();
        for rule in rules {
            by_name.entry(rule.name).or_default().push(rule);
        }
        let mut recorded = Self::default();
        for name in order(&by_name) {
            let shapes: Vec<Shape<'a>> = by_name[name].iter().map(|rule| recorded.infer(rule, knowledge)).collect();
            let joined =
                shapes.iter().skip(1).fold(shapes.first().cloned().unwrap_or(Shape::open()), |all, one| all.join(one));
            recorded.shapes.insert(name, joined);
        }
        for name in by_name.keys() {
            recorded.shapes.entry(name).or_insert_with(Shape::open);
        }
        recorded
    }

    /// What is recorded as `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Shape<'a>> {
        self.shapes.get(name)
    }

    /// The names of everything that is recorded, in no order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.shapes.keys().copied()
    }

    fn infer(&self, rule: &RecordingRule<'a>, knowledge: &'a dyn Knowledge) -> Shape<'a> {
        let Some(expression) = rule.expression.filter(|parsed| parsed.errors.is_empty() && !parsed.guessed) else {
            return Shape::open();
        };
        let lookup = |name: &str| self.get(name).cloned();
        let around = Around { is_federated: rule.is_federated, ..Around::new(knowledge, &lookup) };
        let mut shape = infer(expression, &around).result().clone().without_name();
        for (name, value) in rule.labels.iter().filter(|(name, _)| *name != METRIC_NAME) {
            match value {
                Some("") => shape.labels.remove(name),
                Some(value) => shape.labels.set(Label::new(*name, Presence::Always).with(Values::one(*value))),
                None => shape.labels.set(Label::new(*name, Presence::Sometimes)),
            }
        }
        shape
    }
}

/// The names so that each comes after those it reads; those in circles are left out.
fn order<'a>(by_name: &BTreeMap<&'a str, Vec<&RecordingRule<'a>>>) -> Vec<&'a str> {
    let reads = |rules: &Vec<&RecordingRule<'a>>| -> BTreeSet<&'a str> {
        let expressions = rules.iter().filter_map(|rule| rule.expression);
        let names = expressions.flat_map(metric_names).map(|(name, _)| name);
        names.filter(|name| by_name.contains_key(name)).collect()
    };
    let mut waiting: BTreeMap<&str, BTreeSet<&str>> =
        by_name.iter().map(|(name, rules)| (*name, reads(rules))).collect();
    let mut readers: HashMap<&str, Vec<&str>> = HashMap::new();
    for (name, reads) in &waiting {
        for read in reads {
            readers.entry(read).or_default().push(name);
        }
    }
    let mut ready: Vec<&str> = waiting.iter().filter(|(_, reads)| reads.is_empty()).map(|(name, _)| *name).collect();
    let mut ordered = Vec::new();
    while let Some(name) = ready.pop() {
        ordered.push(name);
        for reader in readers.get(name).into_iter().flatten() {
            let Some(open) = waiting.get_mut(reader) else { continue };
            if open.remove(name) && open.is_empty() {
                ready.push(reader);
            }
        }
    }
    ordered
}
