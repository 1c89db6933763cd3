//! What a selector gives: the labels of its metric, those that scraping adds, and what its matchers leave of them.

use super::Around;
use super::knowledge::{Family, FamilyKind, Metric, Target};
use super::labels::{Label, LabelSet, METRIC_NAME, Presence, Values};
use super::pattern::Pattern;
use super::sample::{Base, Kind, Sample, Unit};
use super::shape::Shape;
use crate::syntax::promql::{ExprId, MatchOperator, Matcher, Selector};

/// A selector with what is known of it.
#[derive(Clone, Debug)]
pub struct Selected<'a> {
    /// Its place in the tree.
    pub id: ExprId,
    /// The selector.
    pub selector: &'a Selector,
    /// The metric's name, where it is known.
    pub name: Option<&'a str>,
    /// Where the metric comes from.
    pub origin: Origin<'a>,
    /// What the metric has before the matchers choose.
    pub before: Shape<'a>,
    /// The matchers that let nothing pass.
    pub dead: Vec<Dead>,
}

/// Where a metric comes from.
#[derive(Clone, Debug)]
pub enum Origin<'a> {
    /// Several metrics, or a name with a template hole.
    Several,
    /// A recording rule of the repository.
    Recorded,
    /// Prometheus itself: `up`, `ALERTS`.
    Synthetic,
    /// What the catalogues say.
    Exporter(Metric<'a>),
}

/// A matcher that lets nothing pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dead {
    /// Its place among the matchers.
    pub matcher: usize,
    /// Why.
    pub reason: DeadReason,
    /// Whether nothing that sprag does not see can change it.
    pub is_certain: bool,
}

/// Why a matcher lets nothing pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadReason {
    /// The metric never has the label.
    NoSuchLabel,
    /// The label never has such a value.
    NoSuchValue,
}

impl<'a> Selected<'a> {
    /// What an exporter says about the metric.
    #[must_use]
    pub fn family(&self) -> Option<&Family<'a>> {
        match &self.origin {
            Origin::Exporter(Metric::Known(family)) => Some(family),
            _ => None,
        }
    }

    /// Whether nothing can be selected.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        !self.dead.is_empty() || matches!(self.origin, Origin::Exporter(Metric::Missing { .. }))
    }
}

/// The selector `selector` at `id`, and what it gives.
pub(super) fn select<'a>(id: ExprId, selector: &'a Selector, around: &Around<'a, '_>) -> (Selected<'a>, Shape<'a>) {
    let name = name_of(selector);
    let (origin, mut before) = match name {
        Some(name) => metric(name, job_of(selector), around),
        None => (Origin::Several, Shape::open()),
    };
    if around.is_federated && before.labels.rest() < Presence::Sometimes {
        before.labels.set_rest(Presence::Sometimes);
    }
    let mut after = before.clone();
    let mut dead = Vec::new();
    for (index, matcher) in selector.matchers.iter().enumerate() {
        if !matcher.label.opaque && matcher.label.text != METRIC_NAME {
            let died = apply(matcher, &mut after.labels);
            dead.extend(died.map(|(reason, is_certain)| Dead { matcher: index, reason, is_certain }));
        }
    }
    (Selected { id, selector, name, origin, before, dead }, after)
}

/// The name of the only metric that is selected.
fn name_of(selector: &Selector) -> Option<&str> {
    if let Some(name) = &selector.name {
        return (!name.opaque).then_some(name.text.as_str());
    }
    let is_name = |matcher: &&Matcher| {
        matcher.label.text == METRIC_NAME && matcher.operator == MatchOperator::Equal && !matcher.value.opaque
    };
    selector
        .matchers
        .iter()
        .find(is_name)
        .filter(|matcher| !matcher.label.opaque)
        .map(|matcher| matcher.value.value.as_str())
}

fn job_of(selector: &Selector) -> Option<&str> {
    let is_job = |matcher: &&Matcher| matcher.label.text == "job" && matcher.operator == MatchOperator::Equal;
    let job = selector.matchers.iter().find(is_job)?;
    (!job.label.opaque && !job.value.opaque).then_some(job.value.value.as_str())
}

fn metric<'a>(name: &'a str, job: Option<&str>, around: &Around<'a, '_>) -> (Origin<'a>, Shape<'a>) {
    let named = |mut shape: Shape<'a>| {
        shape.labels.set(Label::new(METRIC_NAME, Presence::Always).with(Values::one(name)));
        shape
    };
    let target = || around.knowledge.target(name, job);
    if let Some(sample) = synthetic(name) {
        return (Origin::Synthetic, named(Shape { labels: of_target(&target()), sample }));
    }
    if matches!(name, "ALERTS" | "ALERTS_FOR_STATE") {
        return (Origin::Synthetic, named(alerts(name)));
    }
    let found = around.knowledge.metric(name);
    if let Some(recorded) = (around.recorded)(name) {
        return match &found {
            Metric::Known(family) => (Origin::Recorded, named(recorded.join(&scraped(name, family, &target())))),
            _ => (Origin::Recorded, named(recorded)),
        };
    }
    let shape = match &found {
        Metric::Known(family) => scraped(name, family, &target()),
        // A recording rule that is not seen here.
        _ if name.contains(':') => Shape::open(),
        Metric::Missing { .. } | Metric::Unknown => {
            let mut labels = LabelSet::open();
            for label in of_target(&target()).named() {
                labels.set(Label { presence: label.presence.doubted(), ..label.clone() });
            }
            let kind = if name.ends_with("_total") { Kind::Counter } else { Kind::Unknown };
            Shape { labels, sample: Sample { unit: Unit::of_metric(name), kind, constant: None } }
        }
    };
    (Origin::Exporter(found), named(shape))
}

/// The metrics that Prometheus makes itself for every target.
/// <https://prometheus.io/docs/concepts/jobs_instances/#automatically-generated-labels-and-time-series>
fn synthetic(name: &str) -> Option<Sample> {
    match name {
        "up" => Some(Sample::flag()),
        "scrape_duration_seconds" | "scrape_timeout_seconds" => Some(Sample::gauge(Unit::of(Base::Seconds))),
        "scrape_samples_scraped"
        | "scrape_samples_post_metric_relabeling"
        | "scrape_series_added"
        | "scrape_sample_limit" => Some(Sample::gauge(Unit::of(Base::Count))),
        "scrape_body_size_bytes" => Some(Sample::gauge(Unit::of(Base::Bytes))),
        _ => None,
    }
}

/// `ALERTS` has the labels of the alerts.
fn alerts<'a>(name: &str) -> Shape<'a> {
    let mut labels = LabelSet::open();
    labels.set(Label::new("alertname", Presence::Always));
    let sample = if name == "ALERTS" {
        labels.set(Label::new("alertstate", Presence::Always).with(Values::of(["firing", "pending"], true)));
        Sample::constant(1.0)
    } else {
        Sample::gauge(Unit::of(Base::Timestamp))
    };
    Shape { labels, sample }
}

fn of_target<'a>(target: &Target<'a>) -> LabelSet<'a> {
    let mut labels = LabelSet::with_rest(target.rest);
    for label in &target.labels {
        labels.set(label.clone());
    }
    labels
}

/// What the series of `family` look like once they are scraped.
fn scraped<'a>(name: &str, family: &Family<'a>, target: &Target<'a>) -> Shape<'a> {
    let mut labels = of_target(target);
    let rest = match (family.is_open, family.is_certain) {
        (true, _) => Presence::Sometimes,
        (false, true) => Presence::Never,
        (false, false) => Presence::Unlikely,
    };
    labels.set_rest(target.rest.max(rest));
    for own in &family.labels {
        let mut label = own.clone();
        if !family.is_certain {
            label = Label { presence: label.presence.doubted(), values: label.values.doubted(), ..label };
        }
        if target.touches_any || target.touched.contains(&own.name) {
            label = Label::new(own.name, Presence::Sometimes);
        }
        let Some(added) = target.labels.iter().find(|added| added.name == own.name) else {
            labels.set(label);
            continue;
        };
        // On a clash one of the two is renamed: https://prometheus.io/docs/prometheus/latest/configuration/configuration/
        match target.honors_labels {
            Some(true) if label.presence == Presence::Always => labels.set(label),
            Some(false) if added.presence == Presence::Always => {
                if let Some(exported) = exported(own.name) {
                    labels.set(Label { name: exported, ..label });
                } else {
                    labels.set_rest(Presence::Sometimes);
                }
            }
            _ => {
                let values = label.values.join(&added.values);
                labels.set(Label { name: own.name, presence: label.presence.max(added.presence), values });
                labels.set_rest(labels.rest().max(Presence::Sometimes));
            }
        }
    }
    Shape { labels, sample: sample(name, family) }
}

/// The name under which a label of the exporter survives a target label of its own name.
fn exported(name: &str) -> Option<&'static str> {
    match name {
        "job" => Some("exported_job"),
        "instance" => Some("exported_instance"),
        "name" => Some("exported_name"),
        "namespace" => Some("exported_namespace"),
        "service" => Some("exported_service"),
        "node" => Some("exported_node"),
        "pod" => Some("exported_pod"),
        "host" => Some("exported_host"),
        "id" => Some("exported_id"),
        "type" => Some("exported_type"),
        _ => None,
    }
}

fn sample(name: &str, family: &Family<'_>) -> Sample {
    let unit = if family.unit == Unit::UNKNOWN { Unit::of_metric(name) } else { family.unit };
    match family.kind {
        FamilyKind::Info => Sample::constant(1.0),
        FamilyKind::Flag => Sample::flag(),
        FamilyKind::Counter => {
            let unit = if unit == Unit::UNKNOWN { Unit::of(Base::Count) } else { unit };
            Sample { unit, kind: Kind::Counter, constant: None }
        }
        FamilyKind::Gauge | FamilyKind::Quantile => Sample::gauge(unit),
        FamilyKind::Unknown => Sample { unit, kind: Kind::Unknown, constant: None },
    }
}

/// Takes away what `matcher` does not let pass. The answer says why nothing passes, and whether that is certain.
fn apply<'a>(matcher: &'a Matcher, labels: &mut LabelSet<'a>) -> Option<(DeadReason, bool)> {
    let name = matcher.label.text.as_str();
    let Label { presence, values, .. } = labels.label(name);
    let needs_label = matcher.matches_empty == Some(false);
    if needs_label && presence.is_absent() {
        return Some((DeadReason::NoSuchLabel, presence.is_certain()));
    }
    let pattern = Pattern::of(matcher);
    let mut left = values.filter(|value| pattern.passes(value).unwrap_or(true));
    let is_certain = values.is_certain();
    if let (Values::Any, Some(words)) = (&left, pattern.words()) {
        left = Values::of(words.iter().copied().filter(|word| !word.is_empty()), true);
    }
    let is_present = needs_label || presence.is_present();
    if left.is_empty() && is_present {
        let is_certain = if values == Values::Any {
            // `label=""` where the label is always there.
            presence.is_certain()
        } else {
            is_certain && (needs_label || presence.is_certain())
        };
        return Some((DeadReason::NoSuchValue, is_certain));
    }
    let presence = match matcher.matches_empty {
        Some(false) => Presence::Always,
        // Only series without the label are left.
        Some(true) if left.is_empty() => Presence::Never,
        _ => presence,
    };
    let values = if left.is_empty() { Values::Any } else { left };
    labels.set(Label { name, presence, values });
    None
}
