//! What function calls give. Source: `promql/functions.go` of Prometheus. A function of which nothing is known gives
//! what is open.

use super::labels::{Label, LabelSet, METRIC_NAME, Presence, Values};
use super::sample::{Base, Kind, Sample, Unit};
use super::{Shape, Walk};
use crate::syntax::promql::{ExprId, ExprKind, MatchOperator, Matcher, Name};

impl<'a> Walk<'a, '_> {
    pub(super) fn call(&self, function: &'a Name, arguments: &[ExprId]) -> Shape<'a> {
        let name = if function.opaque { "" } else { function.text.as_str() };
        let argument = |at: usize| arguments.get(at).map_or_else(Shape::open, |id| self.of(*id).clone());
        let gauge = |base| Sample::gauge(Unit::of(base));
        match name {
            "time" | "start" | "end" => Shape::bare(gauge(Base::Timestamp)),
            "pi" => Shape::bare(Sample::constant(std::f64::consts::PI)),
            "step" | "range" => Shape::bare(gauge(Base::Seconds)),
            // More or less than one element gives NaN.
            "scalar" => Shape::bare(argument(0).sample.varying()),
            "vector" => Shape::bare(argument(0).sample),
            "absent" | "absent_over_time" => self.absent(arguments.first().copied()),
            "sort" | "sort_desc" | "sort_by_label" | "sort_by_label_desc" | "last_over_time" | "first_over_time" => {
                argument(0)
            }
            "label_replace" => self.label_replace(arguments),
            "label_join" => self.label_join(arguments),
            "info" => {
                let mut shape = argument(0);
                shape.labels.set_rest(Presence::Sometimes);
                shape
            }
            "day_of_month" | "day_of_week" | "day_of_year" | "days_in_month" | "hour" | "minute" | "month" | "year" => {
                match arguments.first() {
                    Some(id) => self.of(*id).clone().without_name().with(gauge(Base::Other)),
                    None => Shape::bare(gauge(Base::Other)),
                }
            }
            "histogram_quantile" | "histogram_fraction" => {
                let vector = arguments.last().map_or_else(Shape::open, |id| self.of(*id).clone());
                let unit =
                    if name == "histogram_quantile" { self.bucket_unit(arguments) } else { Unit::of(Base::Ratio) };
                let mut shape = vector.without_name().with(Sample::gauge(unit));
                shape.labels.remove("le");
                shape
            }
            "histogram_quantiles" => {
                let mut shape = argument(0).without_name().with(Sample::UNKNOWN);
                shape.labels.remove("le");
                match arguments.get(1).and_then(|id| self.string(*id)) {
                    Some(label) => shape.labels.set(Label::new(label, Presence::Always)),
                    None => shape.labels.set_rest(Presence::Sometimes),
                }
                shape
            }
            "quantile_over_time" => {
                let sample = argument(1).sample;
                let sample = Sample { unit: sample.unit.averaged(), kind: Kind::Gauge, constant: None };
                argument(1).without_name().with(sample)
            }
            _ => match mapped(name, argument(0).sample) {
                Some(sample) => argument(0).without_name().with(sample),
                None => Shape::open(),
            },
        }
    }

    /// `absent` takes its labels from the matchers of its selector (`createLabelsForAbsentFunction`).
    fn absent(&self, argument: Option<ExprId>) -> Shape<'a> {
        let sample = Sample::constant(1.0);
        let Some(mut id) = argument else { return Shape::open() };
        if let ExprKind::Range { operand, .. } = self.kind(id) {
            id = *operand;
        }
        let selector = match self.kind(id) {
            ExprKind::Selector(selector) => selector,
            // Releases differ in whether they look through parentheses.
            ExprKind::Paren(_) | ExprKind::Hole => return Shape::open().with(sample),
            _ => return Shape::bare(sample),
        };
        let mut labels = LabelSet::none();
        let is_one = |matcher: &Matcher| matcher.operator == MatchOperator::Equal;
        for matcher in selector.matchers.iter().filter(|matcher| matcher.label.text != METRIC_NAME) {
            let name = matcher.label.text.as_str();
            if matcher.label.opaque {
                labels.set_rest(Presence::Sometimes);
                continue;
            }
            let is_repeated = selector.matchers.iter().filter(|other| other.label.text == name).count() > 1;
            if matcher.value.opaque && is_one(matcher) {
                labels.set(Label::new(name, Presence::Sometimes));
            } else if is_one(matcher) && !matcher.value.value.is_empty() {
                let presence = if is_repeated { Presence::Sometimes } else { Presence::Always };
                let values = if is_repeated { Values::Any } else { Values::one(matcher.value.value.as_str()) };
                labels.set(Label::new(name, presence).with(values));
            } else if is_repeated {
                labels.set(Label::new(name, Presence::Sometimes));
            }
        }
        Shape { labels, sample }
    }

    /// The unit of the values that the buckets of a histogram count.
    fn bucket_unit(&self, arguments: &[ExprId]) -> Unit {
        let Some(vector) = arguments.last() else { return Unit::UNKNOWN };
        let span = self.parsed.tree.get(*vector).span;
        let inside = self.selectors.iter().filter(|selected| span.covers(self.parsed.tree.get(selected.id).span));
        let mut names = inside.filter_map(|selected| selected.name);
        match (names.next(), names.next()) {
            (Some(name), None) => Unit::of_metric(name.strip_suffix("_bucket").unwrap_or(name)),
            _ => Unit::UNKNOWN,
        }
    }

    /// `label_replace(v, "dst", "replacement", "src", "regex")`
    fn label_replace(&self, arguments: &[ExprId]) -> Shape<'a> {
        let [vector, rest @ ..] = arguments else { return Shape::open() };
        let mut shape = self.of(*vector).clone();
        let texts: Vec<Option<&'a str>> = rest.iter().map(|id| self.string(*id)).collect();
        let [Some(target), replacement, source, pattern] = texts[..] else { return Shape::open().with(shape.sample) };
        let before = shape.labels.label(target);
        let (Some(replacement), Some(source), Some(pattern)) = (replacement, source, pattern) else {
            shape.labels.set(Label::new(target, before.presence.join(Presence::Sometimes)));
            return shape;
        };
        let origin = shape.labels.label(source);
        let made = if replacement.contains('$') {
            let is_copy = matches!(replacement, "$1" | "${1}") && matches!(pattern, "(.*)" | "(.+)")
                || matches!(replacement, "$0" | "${0}") && matches!(pattern, ".*" | ".+");
            // Text beside a group is never empty.
            let has_text = !replacement.split('$').next().unwrap_or("").is_empty();
            match (is_copy, has_text) {
                (true, _) => Label { name: target.into(), ..origin.clone() },
                (_, true) => Label::new(target, Presence::Always),
                _ => Label::new(target, Presence::Sometimes),
            }
        } else if replacement.is_empty() {
            Label::new(target, Presence::Never)
        } else {
            Label::new(target, Presence::Always).with(Values::one(replacement))
        };
        let label = match applies(pattern, &origin) {
            Some(true) => made,
            Some(false) => before,
            None => {
                let presence = before.presence.join(made.presence);
                let values = match (before.presence, made.presence) {
                    (Presence::Never, _) => made.values,
                    (_, Presence::Never) => before.values,
                    _ => before.values.join(&made.values),
                };
                Label { name: target.into(), presence, values }
            }
        };
        shape.labels.set(label);
        shape
    }

    /// `label_join(v, "dst", "separator", "src", ...)`
    fn label_join(&self, arguments: &[ExprId]) -> Shape<'a> {
        let [vector, rest @ ..] = arguments else { return Shape::open() };
        let mut shape = self.of(*vector).clone();
        let Some(target) = rest.first().and_then(|id| self.string(*id)) else {
            return Shape::open().with(shape.sample);
        };
        let separator = rest.get(1).and_then(|id| self.string(*id));
        let sources: Vec<Option<&'a str>> = rest.iter().skip(2).map(|id| self.string(*id)).collect();
        let of = |source: &Option<&'a str>| source.map_or(Presence::Sometimes, |source| shape.labels.presence(source));
        let most = sources.iter().map(of).max().unwrap_or(Presence::Never);
        let presence = match separator {
            Some(separator) if !separator.is_empty() && sources.len() > 1 => Presence::Always,
            Some(_) if most.is_present() || most.is_absent() => most,
            _ => Presence::Sometimes,
        };
        let values = match sources[..] {
            [Some(only)] => shape.labels.values(only),
            _ => Values::Any,
        };
        shape.labels.set(Label { name: target.into(), presence, values });
        shape
    }
}

/// Whether `pattern`, anchored at both ends, matches every value of `origin`; `None` where it depends.
fn applies(pattern: &str, origin: &Label<'_>) -> Option<bool> {
    if matches!(pattern, ".*" | "(.*)" | "") && (!pattern.is_empty() || origin.presence == Presence::Never) {
        return Some(true);
    }
    let is_present = origin.presence == Presence::Always;
    if is_present && matches!(pattern, ".+" | "(.+)") {
        return Some(true);
    }
    let values: Vec<&str> = match (origin.presence, origin.values.set()) {
        (Presence::Never, _) => vec![""],
        (Presence::Always, Some(set)) if origin.values.is_certain() => set.iter().map(AsRef::as_ref).collect(),
        _ => return None,
    };
    let regex = regex::Regex::new(&format!("^(?:{pattern})$")).ok()?;
    let mut matched = values.iter().map(|value| regex.is_match(value));
    let first = matched.next()?;
    matched.all(|other| other == first).then_some(first)
}

/// The values of functions that keep all labels but the metric's name.
fn mapped(name: &str, operand: Sample) -> Option<Sample> {
    let unit = operand.unit;
    let gauge = Sample::gauge;
    let kept = Sample { unit, kind: Kind::Gauge, constant: None };
    Some(match name {
        "rate" | "irate" | "deriv" => gauge(unit.per_second()),
        "increase" | "delta" | "idelta" | "stddev_over_time" | "mad_over_time" => gauge(unit.difference()),
        "changes" | "resets" | "count_over_time" | "histogram_count" => gauge(Unit::of(Base::Count)),
        "present_over_time" => Sample::constant(1.0),
        "min_over_time" | "max_over_time" => Sample { constant: operand.constant, ..kept },
        "avg_over_time" => gauge(unit.averaged()),
        // A limit between 0 and 1 is no flag.
        "sum_over_time" | "clamp" | "clamp_max" | "clamp_min" => gauge(unit.summed()),
        "stdvar_over_time" => gauge(Unit::UNKNOWN),
        "abs" | "ceil" | "floor" | "round" | "predict_linear" | "holt_winters" | "double_exponential_smoothing" => kept,
        "timestamp"
        | "ts_of_first_over_time"
        | "ts_of_last_over_time"
        | "ts_of_max_over_time"
        | "ts_of_min_over_time" => gauge(Unit::of(Base::Timestamp)),
        "sgn" | "exp" | "ln" | "log2" | "log10" | "sqrt" | "sin" | "cos" | "tan" | "asin" | "acos" | "atan"
        | "sinh" | "cosh" | "tanh" | "asinh" | "acosh" | "atanh" | "deg" | "rad" | "histogram_sum"
        | "histogram_avg" | "histogram_stddev" | "histogram_stdvar" | "integral" | "start_timestamp" => {
            gauge(Unit::UNKNOWN)
        }
        _ => return None,
    })
}
