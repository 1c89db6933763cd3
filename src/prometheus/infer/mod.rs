//! Types for PromQL: which labels the series of an expression have, which values these have, what the samples measure and
//! whether they are always the same. What is not known is open, and nothing is claimed of it: no label is called absent
//! that an open family, another version or relabelling could add.
//!
//! ```
//! use sprag::prometheus::infer::{Around, Nothing, Presence, infer};
//! use sprag::syntax::promql::{Options, parse};
//!
//! let parsed = parse("sum by (job) (rate(requests_total[5m])) > 10", &Options::default());
//! let inference = infer(&parsed, &Around::new(&Nothing, &|_| None));
//! let result = inference.result();
//! assert_eq!(result.labels.presence("job"), Presence::Usually);
//! assert_eq!(result.labels.presence("instance"), Presence::Never);
//! ```

mod aggregate;
mod binary;
mod function;
mod knowledge;
mod labels;
mod pattern;
mod recorded;
mod remembered;
mod sample;
mod selector;
mod shape;
#[cfg(test)]
mod tests;

pub use binary::{Conflict, Join};
pub use knowledge::{Carrier, Clash, CollectorState, Family, FamilyKind, Knowledge, Metric, Nothing, Scraped};
pub use labels::{Label, LabelSet, METRIC_NAME, Presence, Values};
pub use recorded::{Recorded, RecordingRule};
pub use remembered::Remembered;
pub use sample::{Base, Kind, Sample, Unit};
pub use selector::{Dead, DeadReason, Origin, Prepared, Selected};
pub use shape::Shape;

use crate::syntax::promql::{ExprId, ExprKind, Parsed, Tree, ValueType};

/// What surrounds an expression.
#[derive(Clone, Copy)]
pub struct Around<'a, 'w> {
    /// What is known of exporters and scraping.
    pub knowledge: &'a dyn Knowledge,
    /// What recording rules of the repository give under a name.
    pub recorded: &'w dyn Fn(&str) -> Option<Shape<'a>>,
    /// Whether the expression reads series of several Prometheus servers, which add external labels of their own.
    pub is_federated: bool,
}

impl<'a, 'w> Around<'a, 'w> {
    /// The surroundings of a rule that one Prometheus server evaluates.
    #[must_use]
    pub fn new(knowledge: &'a dyn Knowledge, recorded: &'w dyn Fn(&str) -> Option<Shape<'a>>) -> Self {
        Self { knowledge, recorded, is_federated: false }
    }
}

/// What is known of every part of an expression.
#[derive(Clone, Debug)]
pub struct Inference<'a> {
    /// The tree that it is about.
    pub tree: &'a Tree,
    shapes: Vec<Shape<'a>>,
    /// The selectors, in the order of the text.
    pub selectors: Vec<Selected<'a>>,
    /// The binary operations between vectors that can never find a pair.
    pub joins: Vec<Join<'a>>,
}

impl<'a> Inference<'a> {
    /// What the whole expression gives.
    #[must_use]
    pub fn result(&self) -> &Shape<'a> {
        self.of(self.tree.root())
    }

    /// What the part at `id` gives.
    #[must_use]
    pub fn of(&self, id: ExprId) -> &Shape<'a> {
        &self.shapes[id.index()]
    }

    /// The selector at `id`.
    #[must_use]
    pub fn selected(&self, id: ExprId) -> Option<&Selected<'a>> {
        self.selectors.iter().find(|selected| selected.id == id)
    }

    /// The part of the expression that takes the label `name` away, seen from the result: its operands have it.
    #[must_use]
    pub fn loses(&self, name: &str) -> Option<ExprId> {
        let mut open = vec![self.tree.root()];
        while let Some(id) = open.pop() {
            let operands = self.tree.operands(id);
            if operands.iter().any(|operand| self.of(*operand).labels.presence(name) > Presence::Unlikely) {
                return Some(id);
            }
            open.extend(operands);
        }
        None
    }

    /// The selectors in the part at `id`.
    pub fn selectors_in(&self, id: ExprId) -> impl Iterator<Item = &Selected<'a>> {
        let span = self.tree.get(id).span;
        self.selectors.iter().filter(move |selected| span.covers(self.tree.get(selected.id).span))
    }
}

/// Finds out what `parsed` gives.
#[must_use]
pub fn infer<'a>(parsed: &'a Parsed, around: &Around<'a, '_>) -> Inference<'a> {
    let tree = &parsed.tree;
    let mut walk =
        Walk { parsed, around, shapes: Vec::with_capacity(tree.len()), selectors: Vec::new(), joins: Vec::new() };
    for (id, node) in tree.iter() {
        let shape = walk.node(id, &node.kind);
        walk.shapes.push(shape);
    }
    Inference { tree, shapes: walk.shapes, selectors: walk.selectors, joins: walk.joins }
}

struct Walk<'a, 'w> {
    parsed: &'a Parsed,
    around: &'w Around<'a, 'w>,
    /// Of the nodes so far: operands stand before what uses them.
    shapes: Vec<Shape<'a>>,
    selectors: Vec<Selected<'a>>,
    joins: Vec<Join<'a>>,
}

impl<'a> Walk<'a, '_> {
    fn of(&self, id: ExprId) -> &Shape<'a> {
        &self.shapes[id.index()]
    }

    fn kind(&self, id: ExprId) -> &'a ExprKind {
        &self.parsed.tree.get(id).kind
    }

    fn is_scalar(&self, id: ExprId) -> bool {
        self.parsed.value_type(id) == Some(ValueType::Scalar)
    }

    fn node(&mut self, id: ExprId, kind: &'a ExprKind) -> Shape<'a> {
        match kind {
            ExprKind::Number(value) => Shape::bare(Sample { constant: Some(*value), ..Sample::UNKNOWN }),
            ExprKind::Selector(selector) => {
                let (selected, shape) = selector::select(id, selector, self.around);
                self.selectors.push(selected);
                shape
            }
            ExprKind::Range { operand, .. } | ExprKind::Subquery { operand, .. } | ExprKind::Paren(operand) => {
                self.of(*operand).clone()
            }
            ExprKind::Unary { negative, operand } => {
                let shape = self.of(*operand).clone();
                if !negative {
                    return shape;
                }
                let sample = shape.sample;
                let constant = sample.constant.map(|value| -value);
                shape.without_name().with(Sample { constant, unit: sample.unit.scaled(-1.0), kind: Kind::Gauge })
            }
            ExprKind::Call { function, arguments } => self.call(function, arguments),
            ExprKind::Aggregate { operator, arguments, grouping, .. } => {
                self.aggregate(*operator, arguments, grouping.as_ref())
            }
            ExprKind::Binary { operator, left, right, matching, .. } => {
                self.binary(id, *operator, [*left, *right], matching)
            }
            ExprKind::String(_) => Shape::bare(Sample::UNKNOWN),
            ExprKind::Hole | ExprKind::Error => Shape::open(),
        }
    }

    /// The text of a string argument, where it is known.
    fn string(&self, id: ExprId) -> Option<&'a str> {
        match self.kind(self.parsed.tree.without_parens(id)) {
            ExprKind::String(text) if !text.opaque => Some(&text.value),
            _ => None,
        }
    }
}
