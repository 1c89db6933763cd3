//! What aggregations give. Source: `aggregation` in `promql/engine.go` of Prometheus.

use super::labels::{Label, LabelSet, METRIC_NAME, Presence};
use super::sample::{Base, Kind, Sample, Unit};
use super::{Shape, Walk};
use crate::syntax::promql::{Aggregation, ExprId, Grouping};

impl<'a> Walk<'a, '_> {
    pub(super) fn aggregate(
        &self,
        operator: Aggregation,
        arguments: &[ExprId],
        grouping: Option<&'a Grouping>,
    ) -> Shape<'a> {
        let Some(operand) = arguments.last().map(|id| self.of(*id)) else { return Shape::open() };
        if matches!(operator, Aggregation::Topk | Aggregation::Bottomk | Aggregation::Limitk | Aggregation::LimitRatio)
        {
            return operand.clone();
        }
        let mut labels = group(&operand.labels, grouping);
        if operator == Aggregation::CountValues {
            match arguments.first().and_then(|id| self.string(*id)) {
                Some(name) => labels.set(Label::new(name, Presence::Always)),
                None => labels.set_rest(Presence::Sometimes),
            }
        }
        let quantile = arguments.first().and_then(|id| self.parsed.tree.number(*id));
        Shape { labels, sample: sample(operator, operand.sample, quantile) }
    }
}

/// The labels that a grouping leaves.
fn group<'a>(labels: &LabelSet<'a>, grouping: Option<&'a Grouping>) -> LabelSet<'a> {
    let Some(grouping) = grouping else { return LabelSet::none() };
    let has_hole = grouping.labels.iter().any(|label| label.opaque);
    let names = grouping.labels.iter().filter(|label| !label.opaque).map(|label| label.text.as_str());
    if grouping.without {
        let mut rest = labels.clone();
        rest.remove(METRIC_NAME);
        names.for_each(|name| rest.remove(name));
        if has_hole {
            // Any of them may be the one.
            return LabelSet::open();
        }
        return rest;
    }
    let mut kept = labels.keep(names);
    if has_hole {
        kept.set_rest(Presence::Sometimes);
    }
    kept
}

fn sample(operator: Aggregation, operand: Sample, quantile: Option<f64>) -> Sample {
    let gauge = |unit| Sample { unit, kind: Kind::Gauge, constant: None };
    match operator {
        Aggregation::Sum => Sample { unit: operand.unit.summed(), kind: operand.kind, constant: None },
        Aggregation::Avg => Sample { unit: operand.unit.averaged(), ..operand }.varying(),
        Aggregation::Quantile => {
            let is_inside = quantile.is_some_and(|quantile| (0.0..=1.0).contains(&quantile));
            Sample {
                unit: operand.unit.averaged(),
                kind: operand.kind,
                constant: operand.constant.filter(|_| is_inside),
            }
        }
        Aggregation::Count | Aggregation::CountValues => gauge(Unit::of(Base::Count)),
        Aggregation::Group => Sample::constant(1.0),
        Aggregation::Stddev => gauge(operand.unit.difference()),
        Aggregation::Stdvar => gauge(Unit::UNKNOWN),
        Aggregation::Min
        | Aggregation::Max
        | Aggregation::Topk
        | Aggregation::Bottomk
        | Aggregation::Limitk
        | Aggregation::LimitRatio => operand,
    }
}
