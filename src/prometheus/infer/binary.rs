//! What operators give, and which pairs of vectors can never match. Source: `VectorBinop`, `VectorAnd`, `resultMetric` in
//! `promql/engine.go` of Prometheus.

use std::borrow::Cow;

use super::labels::{Label, LabelSet, METRIC_NAME, Presence, Values};
use super::sample::{Base, Kind, Sample};
use super::{Shape, Walk};
use crate::syntax::promql::{BinaryOperator, ExprId, Matching, MatchingLabels};

/// A binary operation of which the two sides never have a pair.
#[derive(Clone, Debug)]
pub struct Join<'a> {
    /// Its place in the tree.
    pub id: ExprId,
    /// The labels that keep the sides apart.
    pub conflicts: Vec<Conflict<'a>>,
    /// Whether nothing that sprag does not see can change it.
    pub is_certain: bool,
}

/// A label that keeps the two sides of an operation apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict<'a> {
    /// The label.
    pub label: Cow<'a, str>,
    /// On the left side.
    pub left: Label<'a>,
    /// On the right side.
    pub right: Label<'a>,
}

impl<'a> Walk<'a, '_> {
    pub(super) fn binary(
        &mut self,
        id: ExprId,
        operator: BinaryOperator,
        [left, right]: [ExprId; 2],
        matching: &'a Matching,
    ) -> Shape<'a> {
        let scalars = [self.is_scalar(left), self.is_scalar(right)];
        let [one, other] = [left, right].map(|id| self.of(id));
        let returns_bool = matching.returns_bool.is_some();
        let sample = self.result_sample(operator, returns_bool, [left, right]);
        let drops_name = returns_bool || !(operator.is_comparison() || operator.is_set());
        let named = |labels: LabelSet<'a>| {
            let shape = Shape { labels, sample };
            if drops_name { shape.without_name() } else { shape }
        };
        match scalars {
            [true, true] => Shape::bare(sample),
            [false, true] => named(one.labels.clone()),
            [true, false] => named(other.labels.clone()),
            [false, false] if operator == BinaryOperator::Or => one.join(other),
            [false, false] => {
                let conflicts = conflicts(&one.labels, &other.labels, matching.labels.as_ref());
                let is_pairing = matching.fill.is_none() && !conflicts.is_empty();
                let shape = match operator {
                    BinaryOperator::Unless => one.clone(),
                    _ if matching.fill.is_some() => named(LabelSet::open()),
                    _ => named(result_labels(operator, one.labels.clone(), &other.labels, matching)),
                };
                if is_pairing {
                    let is_certain = conflicts.iter().any(Conflict::is_certain);
                    self.joins.push(Join { id, conflicts, is_certain });
                }
                shape
            }
        }
    }

    fn result_sample(&self, operator: BinaryOperator, returns_bool: bool, [left, right]: [ExprId; 2]) -> Sample {
        let [one, other] = [left, right].map(|id| self.of(id).sample);
        // A comparison keeps the value of the vector, of two vectors the left one.
        let (kept, compared) = if self.is_scalar(left) { (other, one) } else { (one, other) };
        match operator {
            _ if returns_bool => Sample::flag(),
            BinaryOperator::And | BinaryOperator::Unless => one,
            BinaryOperator::Or => one.join(other),
            _ if operator.is_comparison() => {
                let operator = if self.is_scalar(left) { mirrored(operator) } else { operator };
                Sample { constant: constant(operator, kept, compared.constant), ..kept }
            }
            _ => arithmetic(operator, one, other),
        }
    }
}

/// `1 < x` is `x > 1`.
fn mirrored(operator: BinaryOperator) -> BinaryOperator {
    match operator {
        BinaryOperator::Less => BinaryOperator::Greater,
        BinaryOperator::LessEqual => BinaryOperator::GreaterEqual,
        BinaryOperator::Greater => BinaryOperator::Less,
        BinaryOperator::GreaterEqual => BinaryOperator::LessEqual,
        other => other,
    }
}

/// The only value that passes a comparison of `kept` with `bound`.
fn constant(operator: BinaryOperator, kept: Sample, bound: Option<f64>) -> Option<f64> {
    if kept.constant.is_some() {
        return kept.constant;
    }
    let bound = bound.filter(|bound| !bound.is_nan())?;
    if operator == BinaryOperator::Equal {
        // 0 equals -0.
        return Some(bound).filter(|bound| *bound != 0.0).or(Some(0.0));
    }
    if kept.unit.base != Base::Bool || !kept.unit.is_plain() {
        return None;
    }
    let passes = |value: f64| match operator {
        BinaryOperator::NotEqual => (value - bound).abs() > f64::EPSILON,
        BinaryOperator::Less => value < bound,
        BinaryOperator::LessEqual => value <= bound,
        BinaryOperator::Greater => value > bound,
        BinaryOperator::GreaterEqual => value >= bound,
        _ => true,
    };
    match [0.0, 1.0].map(passes) {
        [true, false] => Some(0.0),
        [false, true] => Some(1.0),
        _ => None,
    }
}

fn arithmetic(operator: BinaryOperator, one: Sample, other: Sample) -> Sample {
    let constants = one.constant.zip(other.constant);
    let constant = constants.map(|(one, other)| match operator {
        BinaryOperator::Add => one + other,
        BinaryOperator::Sub => one - other,
        BinaryOperator::Mul => one * other,
        BinaryOperator::Div => one / other,
        BinaryOperator::Mod => one % other,
        BinaryOperator::Pow => one.powf(other),
        _ => one.atan2(other),
    });
    // A number scales what it multiplies and takes the unit of what it is added to.
    let bare = |sample: Sample| sample.constant.filter(|_| sample.unit.base == Base::Unknown);
    let unit = match (operator, bare(one), bare(other)) {
        (BinaryOperator::Add | BinaryOperator::Sub | BinaryOperator::Mod, None, Some(_)) => one.unit.summed(),
        (BinaryOperator::Add, Some(_), None) => other.unit.summed(),
        (BinaryOperator::Sub, Some(_), None) if other.unit.base != Base::Timestamp => other.unit.summed(),
        (BinaryOperator::Mul, None, Some(factor)) => one.unit.scaled(factor),
        (BinaryOperator::Mul, Some(factor), None) => other.unit.scaled(factor),
        (BinaryOperator::Div, None, Some(divisor)) => one.unit.scaled(1.0 / divisor),
        (BinaryOperator::Add | BinaryOperator::Sub, None, None) => {
            one.unit.plus(other.unit, operator == BinaryOperator::Sub)
        }
        (BinaryOperator::Mul, None, None) => {
            // A series that is always 1 only carries labels.
            if other.constant == Some(1.0) { one.unit } else { one.unit.times(other.unit) }
        }
        (BinaryOperator::Div, None, None) => one.unit.over(other.unit),
        _ => super::Unit::UNKNOWN,
    };
    let kind = match (one.kind, other.kind) {
        (Kind::Counter, _) | (_, Kind::Counter) if is_sum_of_counters(operator, one, other) => Kind::Counter,
        _ => Kind::Gauge,
    };
    Sample { unit, kind, constant }
}

/// A sum of counters and what is scaled grow as the counters do; a difference or quotient need not.
fn is_sum_of_counters(operator: BinaryOperator, one: Sample, other: Sample) -> bool {
    match operator {
        BinaryOperator::Add => one.kind == Kind::Counter && other.kind == Kind::Counter,
        BinaryOperator::Mul | BinaryOperator::Div => one.kind == Kind::Counter && other.constant.is_some(),
        _ => false,
    }
}

fn names(labels: &MatchingLabels) -> impl Iterator<Item = &str> {
    labels.labels.iter().filter(|label| !label.opaque).map(|label| label.text.as_str())
}

/// The labels that must be equal on both sides for a pair, as a test on their names. A template hole may name any.
fn pairing(labels: Option<&MatchingLabels>) -> impl Fn(&str) -> bool + use<'_> {
    move |name| match labels {
        Some(labels) if labels.on => names(labels).any(|listed| listed == name),
        Some(labels) if labels.labels.iter().any(|label| label.opaque) => false,
        Some(labels) => name != METRIC_NAME && !names(labels).any(|listed| listed == name),
        None => name != METRIC_NAME,
    }
}

fn conflicts<'a>(left: &LabelSet<'a>, right: &LabelSet<'a>, matching: Option<&'a MatchingLabels>) -> Vec<Conflict<'a>> {
    let pairs = pairing(matching);
    let listed = matching.filter(|labels| labels.on).into_iter().flat_map(names);
    let mut found = Vec::new();
    let mut judge = |name: Cow<'a, str>| {
        let conflict = Conflict { left: left.label(name.clone()), right: right.label(name.clone()), label: name };
        if conflict.keeps_apart() {
            found.push(conflict);
        }
    };
    let only_right = right.named().iter().filter(|label| left.get(&label.name).is_none());
    for label in left.named().iter().chain(only_right).filter(|label| pairs(&label.name)) {
        judge(label.name.clone());
    }
    let mut seen: Vec<&str> = Vec::new();
    for name in listed.filter(|name| pairs(name)) {
        if left.get(name).is_none() && right.get(name).is_none() && !seen.contains(&name) {
            seen.push(name);
            judge(name.into());
        }
    }
    found
}

impl Conflict<'_> {
    fn keeps_apart(&self) -> bool {
        let (one, other) = (&self.left, &self.right);
        let is_one_sided = |has: &Label<'_>, lacks: &Label<'_>| has.presence.is_present() && lacks.presence.is_absent();
        is_one_sided(one, other) || is_one_sided(other, one) || self.differs()
    }

    /// Whether both sides have the label and no value is on both.
    #[must_use]
    pub fn differs(&self) -> bool {
        let (one, other) = (&self.left, &self.right);
        let both = one.presence.is_present() && other.presence.is_present();
        both && matches!((&one.values, &other.values), (Values::Of { .. }, Values::Of { .. }))
            && one.values.meet(&other.values).is_empty()
    }

    /// Whether nothing that sprag does not see can change it.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        let presence = self.left.presence.is_certain() && self.right.presence.is_certain();
        presence && (!self.differs() || self.left.values.is_certain() && self.right.values.is_certain())
    }
}

/// The labels of what `left` and `right` give together.
fn result_labels<'a>(
    operator: BinaryOperator,
    mut left: LabelSet<'a>,
    right: &LabelSet<'a>,
    matching: &'a Matching,
) -> LabelSet<'a> {
    let pairs = pairing(matching.labels.as_ref());
    if operator == BinaryOperator::And {
        left.narrow(right, pairs);
        return left;
    }
    let Some(group) = &matching.group else {
        left.narrow(right, &pairs);
        return match &matching.labels {
            Some(labels) if labels.on => {
                let mut kept = left.keep(names(labels));
                if labels.labels.iter().any(|label| label.opaque) {
                    kept.set_rest(Presence::Sometimes);
                }
                kept
            }
            Some(labels) if labels.labels.iter().any(|label| label.opaque) => LabelSet::open(),
            Some(labels) => {
                names(labels).for_each(|name| left.remove(name));
                left
            }
            None => left,
        };
    };
    let (mut many, one) = if group.left { (left, right.clone()) } else { (right.clone(), left) };
    many.narrow(&one, pairs);
    for label in &group.labels {
        if label.opaque {
            return LabelSet::open();
        }
        many.set(one.label(label.text.as_str()));
    }
    many
}
