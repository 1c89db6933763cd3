//! What is known of the values of an expression: unit, scale, whether they are always the same. Facts about metric names
//! follow the conventions of <https://prometheus.io/docs/practices/naming/>. Knows no labels.

/// What a value measures, before any scaling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Base {
    /// Not known.
    Unknown,
    /// How many.
    Count,
    /// A time span, in seconds.
    Seconds,
    /// A moment, in seconds since 1970.
    Timestamp,
    /// Bytes.
    Bytes,
    /// A part of a whole or another quotient of like things; 1 is all of it.
    Ratio,
    /// A quotient of things of which nothing is known.
    Quotient,
    /// 0 or 1.
    Bool,
    /// Events per second.
    PerSecond,
    /// Bytes per second.
    BytesPerSecond,
    /// Something else that is none of the above, such as degrees or volts.
    Other,
}

/// A unit: a value of 1 in it stands for `1 / scale` of the base.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// What is measured.
    pub base: Base,
    /// 100 for percent, 1000 for milliseconds, 1/3600 for hours.
    pub scale: f64,
}

impl Unit {
    /// Not known.
    pub const UNKNOWN: Self = Self::of(Base::Unknown);

    /// `base` without scaling.
    #[must_use]
    pub const fn of(base: Base) -> Self {
        Self { base, scale: 1.0 }
    }

    /// The same, larger numbers by `factor`.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        let base = if self.base == Base::Bool { Base::Count } else { self.base };
        let scale = self.scale * factor;
        if scale == 0.0 || !scale.is_finite() { Self::UNKNOWN } else { Self { base, scale } }
    }

    /// Whether numbers are in units of the base.
    #[must_use]
    pub fn is_plain(self) -> bool {
        (self.scale - 1.0).abs() < 1e-9
    }

    /// Whether it is a part of a whole times 100.
    #[must_use]
    pub fn is_percent(self) -> bool {
        self.is_quotient() && (self.scale - 100.0).abs() < 1e-6
    }

    /// Whether it is a quotient of any kind, scaled or not.
    #[must_use]
    pub fn is_quotient(self) -> bool {
        matches!(self.base, Base::Ratio | Base::Quotient)
    }

    /// What `sum`, `increase` and the like of it measure.
    #[must_use]
    pub fn summed(self) -> Self {
        if self.base == Base::Bool { Self::of(Base::Count) } else { self }
    }

    /// What the average of it measures.
    #[must_use]
    pub fn averaged(self) -> Self {
        if self.base == Base::Bool { Self::of(Base::Ratio) } else { self }
    }

    /// What the difference of two values of it measures.
    #[must_use]
    pub fn difference(self) -> Self {
        match self.base {
            Base::Timestamp => Self { base: Base::Seconds, ..self },
            Base::Bool => Self::of(Base::Count),
            _ => self,
        }
    }

    /// What its change per second measures.
    #[must_use]
    pub fn per_second(self) -> Self {
        let base = match self.base {
            Base::Count | Base::Bool => Base::PerSecond,
            Base::Seconds | Base::Timestamp => Base::Ratio,
            Base::Bytes => Base::BytesPerSecond,
            _ => Base::Unknown,
        };
        Self { base, ..self }
    }

    /// What remains where a value may have this or the other unit.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let same_scale = (self.scale / other.scale - 1.0).abs() < 1e-9;
        if self.base == other.base && same_scale { self } else { Self::UNKNOWN }
    }

    /// Of a sum or difference of two values.
    #[must_use]
    pub fn plus(self, other: Self, is_difference: bool) -> Self {
        let same_scale = (self.scale / other.scale - 1.0).abs() < 1e-9;
        match (self.base, other.base) {
            _ if !same_scale => Self::UNKNOWN,
            (Base::Timestamp, Base::Timestamp) if is_difference => Self { base: Base::Seconds, ..self },
            (Base::Timestamp, Base::Timestamp) => Self::UNKNOWN,
            (Base::Timestamp, Base::Seconds) => self,
            (Base::Seconds, Base::Timestamp) if !is_difference => other,
            (one, two) if one == two => self.summed(),
            (Base::Ratio, Base::Quotient) | (Base::Quotient, Base::Ratio) => Self { base: Base::Quotient, ..self },
            _ => Self::UNKNOWN,
        }
    }

    /// Of a product of two values.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        match (self.base, other.base) {
            (Base::Ratio, Base::Ratio) => Self { base: Base::Ratio, scale: self.scale * other.scale },
            (Base::Bool, Base::Bool) => self,
            // Multiplying by an information metric or a flag keeps the value.
            (Base::Bool, _) => other,
            (_, Base::Bool) => self,
            _ => Self::UNKNOWN,
        }
    }

    /// Of a quotient of two values.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        let scale = self.scale / other.scale;
        let base = match (self.base, other.base) {
            (Base::Unknown, _) | (_, Base::Unknown) => Base::Quotient,
            (_, Base::Bool) => return self,
            (one, two) if one == two || one.is_counting() && two.is_counting() => Base::Ratio,
            (Base::Quotient, Base::Ratio) | (Base::Ratio, Base::Quotient) => Base::Quotient,
            (Base::Bytes, Base::Seconds) => Base::BytesPerSecond,
            (Base::Count, Base::Seconds) => Base::PerSecond,
            (Base::Seconds, Base::Count) | (Base::Ratio, Base::PerSecond) => Base::Seconds,
            (Base::Bytes, Base::Count) | (Base::BytesPerSecond, Base::PerSecond) => Base::Bytes,
            _ => Base::Other,
        };
        Self { base, scale }
    }

    /// The unit that the name of a metric promises.
    #[must_use]
    pub fn of_metric(name: &str) -> Self {
        if name.ends_with("_bucket") || name.ends_with("_count") {
            return Self::of(Base::Count);
        }
        let (name, is_counted) = match name.strip_suffix("_total").or_else(|| name.strip_suffix("_sum")) {
            Some(bare) => (bare, true),
            None => (name, false),
        };
        if !is_counted && MOMENTS.iter().any(|suffix| name.ends_with(suffix)) {
            return Self::of(Base::Timestamp);
        }
        match UNITS.iter().find(|(suffix, ..)| name.ends_with(suffix)) {
            // `_time_seconds` is a moment as often as a span, unless it counts up.
            Some((_, Base::Seconds, _)) if name.ends_with("_time_seconds") && !is_counted => Self::UNKNOWN,
            Some((_, base, scale)) => Self { base: *base, scale: *scale },
            None => Self::UNKNOWN,
        }
    }
}

/// How the names of metrics end that hold a moment.
const MOMENTS: [&str; 8] = [
    "_timestamp_seconds",
    "boot_time_seconds",
    "start_time_seconds",
    "mtime_seconds",
    "_expiry_seconds",
    "_created",
    "node_time_seconds",
    "_cert_expiry",
];

/// How the names of metrics end that have a unit.
const UNITS: [(&str, Base, f64); 14] = [
    ("_milliseconds", Base::Seconds, 1e3),
    ("_microseconds", Base::Seconds, 1e6),
    ("_nanoseconds", Base::Seconds, 1e9),
    ("_seconds", Base::Seconds, 1.0),
    ("_bytes", Base::Bytes, 1.0),
    ("_ratio", Base::Ratio, 1.0),
    ("_percent", Base::Ratio, 100.0),
    ("_percentage", Base::Ratio, 100.0),
    ("_celsius", Base::Other, 1.0),
    ("_volts", Base::Other, 1.0),
    ("_watts", Base::Other, 1.0),
    ("_amperes", Base::Other, 1.0),
    ("_joules", Base::Other, 1.0),
    ("_hertz", Base::Other, 1.0),
];

impl Base {
    /// Whether it is a number of things, now or per second.
    const fn is_counting(self) -> bool {
        matches!(self, Self::Count | Self::Bool)
    }
}

/// How the values of a series come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    /// Not known.
    #[default]
    Unknown,
    /// It only grows, from the start of a process on.
    Counter,
    /// It goes up and down.
    Gauge,
}

/// What is known of the values of an expression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// What they measure.
    pub unit: Unit,
    /// How they come about.
    pub kind: Kind,
    /// The only value there can be.
    pub constant: Option<f64>,
}

impl Sample {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { unit: Unit::UNKNOWN, kind: Kind::Unknown, constant: None };

    /// Values that go up and down, in `unit`.
    #[must_use]
    pub const fn gauge(unit: Unit) -> Self {
        Self { unit, kind: Kind::Gauge, constant: None }
    }

    /// Always `value`.
    #[must_use]
    pub const fn constant(value: f64) -> Self {
        Self { unit: Unit::UNKNOWN, kind: Kind::Gauge, constant: Some(value) }
    }

    /// 0 or 1.
    #[must_use]
    pub const fn flag() -> Self {
        Self::gauge(Unit::of(Base::Bool))
    }

    /// Of series of which some come from here and some from there.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let same = |one: &f64| other.constant.is_some_and(|two| (one - two).abs() < f64::EPSILON);
        Self {
            unit: self.unit.join(other.unit),
            kind: if self.kind == other.kind { self.kind } else { Kind::Unknown },
            constant: self.constant.filter(same),
        }
    }

    /// The same, no longer a constant.
    #[must_use]
    pub const fn varying(mut self) -> Self {
        self.constant = None;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_promise_units() {
        for (name, base, scale) in [
            ("node_cpu_seconds_total", Base::Seconds, 1.0),
            ("node_boot_time_seconds", Base::Timestamp, 1.0),
            ("node_disk_io_time_seconds_total", Base::Seconds, 1.0),
            ("batch_run_time_seconds", Base::Unknown, 1.0),
            ("node_memory_MemFree_bytes", Base::Bytes, 1.0),
            ("pve_cpu_usage_ratio", Base::Ratio, 1.0),
            ("battery_charge_percent", Base::Ratio, 100.0),
            ("http_request_duration_seconds_bucket", Base::Count, 1.0),
            ("http_request_duration_seconds_sum", Base::Seconds, 1.0),
            ("node_load1", Base::Unknown, 1.0),
            ("prometheus_tsdb_lowest_timestamp", Base::Unknown, 1.0),
            ("prometheus_tsdb_head_chunks_created_total", Base::Unknown, 1.0),
        ] {
            assert_eq!(Unit::of_metric(name), Unit { base, scale }, "{name}");
        }
    }

    #[test]
    fn quotients_and_percentages() {
        let bytes = Unit::of(Base::Bytes);
        let ratio = bytes.over(bytes);
        assert_eq!(ratio, Unit::of(Base::Ratio));
        assert!(ratio.scaled(100.0).is_percent());
        assert!(Unit::UNKNOWN.over(Unit::UNKNOWN).scaled(100.0).is_percent());
        assert_eq!(Unit::of(Base::Timestamp).plus(Unit::of(Base::Timestamp), true), Unit::of(Base::Seconds));
    }
}
