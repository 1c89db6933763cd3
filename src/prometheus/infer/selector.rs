//! What a selector gives: the labels of its metric, those that scraping adds, and what its matchers leave of them.

use super::Around;
use super::knowledge::{Clash, Family, FamilyKind, Knowledge, Metric, Scraped};
use super::labels::{Label, LabelSet, METRIC_NAME, Presence, Values};
use super::pattern::Pattern;
use super::sample::{Base, Kind, Sample, Unit};
use super::shape::Shape;
use crate::diagnostic::Location;
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
    /// Labels that both the exporter and the target have.
    pub clashes: Vec<Clash<'a>>,
    /// The relabelling rule by which every job drops the series.
    pub dropped: Option<Location>,
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
    /// Whether it would let something pass if it stood alone: another matcher on its label stands against it.
    pub is_contradicted: bool,
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

    /// Whether a series of the job with this name can be selected.
    pub fn accepts_job(&self) -> impl Fn(&str) -> bool + use<'a> {
        accepts(self.selector)
    }

    /// Whether nothing can be selected.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        !self.dead.is_empty()
            || self.dropped.is_some()
            || matches!(self.origin, Origin::Exporter(Metric::Missing { .. }))
    }
}

/// The selector `selector` at `id`, and what it gives.
pub(super) fn select<'a>(id: ExprId, selector: &'a Selector, around: &Around<'a, '_>) -> (Selected<'a>, Shape<'a>) {
    let name = name_of(selector);
    let mut found = name.map_or_else(|| Found::open(Origin::Several), |name| metric(name, selector, around));
    if around.is_federated && found.shape.labels.rest() < Presence::Sometimes {
        found.shape.labels.set_rest(Presence::Sometimes);
    }
    let mut after = found.shape.clone();
    let mut dead = Vec::new();
    for (index, matcher) in selector.matchers.iter().enumerate() {
        if !matcher.label.opaque && matcher.label.text != METRIC_NAME {
            let Some((reason, is_certain)) = apply(matcher, &mut after.labels) else { continue };
            let is_contradicted = apply(matcher, &mut found.shape.labels.clone()).is_none();
            let reason = if is_contradicted { DeadReason::NoSuchValue } else { reason };
            dead.push(Dead { matcher: index, reason, is_certain, is_contradicted });
        }
    }
    let Found { origin, shape: before, clashes, dropped } = found;
    (Selected { id, selector, name, origin, before, dead, clashes, dropped }, after)
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

/// Whether the matchers on `job` let a value pass; unknown ones do.
fn accepts(selector: &Selector) -> impl Fn(&str) -> bool + use<'_> {
    let on_job = selector.matchers.iter().filter(|matcher| matcher.label.text == "job" && !matcher.label.opaque);
    let patterns: Vec<Pattern<'_>> = on_job.map(Pattern::of).collect();
    move |job| patterns.iter().all(|pattern| pattern.passes(job).unwrap_or(true))
}

fn metric<'a>(name: &'a str, selector: &Selector, around: &Around<'a, '_>) -> Found<'a> {
    let knowledge = around.knowledge;
    let names_job = || selector.matchers.iter().any(|matcher| matcher.label.text == "job");
    let mut found = match (around.recorded)(name) {
        Some(shape) if !is_synthetic(name) => recorded(name, shape, selector, knowledge),
        _ => match knowledge.prepared(name).filter(|_| !names_job()) {
            Some(Prepared(found)) => return found,
            None => exported(name, knowledge, &accepts(selector)),
        },
    };
    found.shape = found.shape.called(name);
    found
}

impl<'k> Prepared<'k> {
    /// What `knowledge` says of the metric called `name`.
    pub(super) fn new(name: &'k str, knowledge: &'k dyn Knowledge) -> Self {
        let found = exported(name, knowledge, &|_| true);
        Self(Found { shape: found.shape.called(name), ..found })
    }

    /// What exporters say of the metric, where they were asked.
    pub(super) fn metric(&self) -> Option<&Metric<'k>> {
        match &self.0.origin {
            Origin::Exporter(metric) => Some(metric),
            _ => None,
        }
    }
}

/// A metric that recording rules write, and perhaps an exporter, too.
fn recorded<'a>(name: &'a str, shape: Shape<'a>, selector: &Selector, knowledge: &'a dyn Knowledge) -> Found<'a> {
    let shape = match knowledge.metric(name) {
        Metric::Known(family) => {
            let scraped = knowledge.scraped(name, own_labels(&family), &accepts(selector));
            shape.join(&Shape { labels: scraped.labels, sample: sample(name, &family) })
        }
        _ => shape,
    };
    Found { origin: Origin::Recorded, shape, clashes: Vec::new(), dropped: None }
}

/// A metric that no recording rule writes.
fn exported<'a>(name: &'a str, knowledge: &'a dyn Knowledge, accepts: &dyn Fn(&str) -> bool) -> Found<'a> {
    let scraped = |own| knowledge.scraped(name, own, accepts);
    if let Some(sample) = synthetic(name) {
        return Found::new(Origin::Synthetic, scraped(LabelSet::none()), sample);
    }
    if is_of_alerts(name) {
        return alerts(name);
    }
    let origin = knowledge.metric(name);
    match &origin {
        Metric::Known(family) => {
            let (scraped, sample) = (scraped(own_labels(family)), sample(name, family));
            Found::new(Origin::Exporter(origin), scraped, sample)
        }
        // A recording rule that is not seen here.
        _ if name.contains(':') => Found::open(Origin::Exporter(Metric::Unknown)),
        Metric::Missing { .. } | Metric::Unknown => {
            let mut scraped = scraped(LabelSet::open());
            let doubted: Vec<Label<'a>> = scraped.labels.named().to_vec();
            for label in doubted {
                scraped.labels.set(Label { presence: label.presence.doubted(), ..label });
            }
            let kind = if name.ends_with("_total") { Kind::Counter } else { Kind::Unknown };
            let sample = Sample { unit: Unit::of_metric(name), kind, constant: None };
            Found::new(Origin::Exporter(origin), scraped, sample)
        }
    }
}

/// What is known of a metric before matchers choose, found out once for many selectors that leave the job open.
#[derive(Clone, Debug)]
pub struct Prepared<'k>(Found<'k>);

/// A metric before matchers choose.
#[derive(Clone, Debug)]
struct Found<'a> {
    origin: Origin<'a>,
    shape: Shape<'a>,
    clashes: Vec<Clash<'a>>,
    dropped: Option<Location>,
}

impl<'a> Found<'a> {
    fn new(origin: Origin<'a>, scraped: Scraped<'a>, sample: Sample) -> Self {
        let shape = Shape { labels: scraped.labels, sample };
        Self { origin, shape, clashes: scraped.clashes, dropped: scraped.dropped }
    }

    const fn open(origin: Origin<'a>) -> Self {
        Self { origin, shape: Shape::open(), clashes: Vec::new(), dropped: None }
    }
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

fn is_synthetic(name: &str) -> bool {
    synthetic(name).is_some() || is_of_alerts(name)
}

fn is_of_alerts(name: &str) -> bool {
    matches!(name, "ALERTS" | "ALERTS_FOR_STATE")
}

/// `ALERTS` has the labels of the alerts.
fn alerts<'a>(name: &str) -> Found<'a> {
    let mut labels = LabelSet::open();
    labels.set(Label::new("alertname", Presence::Always));
    let sample = if name == "ALERTS" {
        labels.set(Label::new("alertstate", Presence::Always).with(Values::of(["firing", "pending"], true)));
        Sample::constant(1.0)
    } else {
        Sample::gauge(Unit::of(Base::Timestamp))
    };
    Found { shape: Shape { labels, sample }, ..Found::open(Origin::Synthetic) }
}

/// The labels that the exporter gives the series of `family`.
fn own_labels<'a>(family: &Family<'a>) -> LabelSet<'a> {
    let mut labels = LabelSet::with_rest(match (family.is_open, family.is_certain) {
        (true, _) => Presence::Sometimes,
        (false, true) => Presence::Never,
        (false, false) => Presence::Unlikely,
    });
    for own in &family.labels {
        let mut label = own.clone();
        if !family.is_certain {
            label = Label { presence: label.presence.doubted(), values: label.values.doubted(), ..label };
        }
        labels.set(label);
    }
    labels
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
    // A label that was always there may be empty elsewhere, and then it is none: exporters write `sans=""`. Only of known
    // values none is empty.
    let is_present = needs_label || presence.is_present() && values != Values::Any;
    if left.is_empty() && is_present {
        let is_certain = is_certain && (needs_label || presence.is_certain());
        return Some((DeadReason::NoSuchValue, is_certain));
    }
    let presence = match matcher.matches_empty {
        Some(false) => Presence::Always,
        // Only series without the label are left.
        Some(true) if left.is_empty() => Presence::Never,
        _ => presence,
    };
    let values = if left.is_empty() { Values::Any } else { left };
    labels.set(Label { name: name.into(), presence, values });
    None
}
