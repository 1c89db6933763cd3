//! Durations as Prometheus writes them: `1h30m`, `90d`, `0`.
//! Rules: `ParseDuration` and `String` of <https://github.com/prometheus/common/blob/v0.60.0/model/time.go>.

use std::fmt;

/// A length of time in milliseconds, never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration {
    milliseconds: u64,
}

/// Why a text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurationError {
    /// Nothing is there.
    Empty,
    /// A number without a unit. Only `0` needs none.
    MissingUnit,
    /// A unit that is not one of `y w d h m s ms`.
    UnknownUnit,
    /// Units out of order, or one of them twice.
    Order,
    /// A fraction such as `1.5h`.
    Fraction,
    /// A sign.
    Sign,
    /// More than the 292 years that fit.
    OutOfRange,
    /// Anything else.
    Malformed,
}

/// The units, largest first, in milliseconds.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 24 * 60 * 60 * 1000),
    ("w", 7 * 24 * 60 * 60 * 1000),
    ("d", 24 * 60 * 60 * 1000),
    ("h", 60 * 60 * 1000),
    ("m", 60 * 1000),
    ("s", 1000),
    ("ms", 1),
];

/// Go counts nanoseconds in 63 bits.
const MAX_MILLISECONDS: u64 = (i64::MAX / 1_000_000) as u64;

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self { milliseconds: 0 };

    /// A duration of so many milliseconds.
    #[must_use]
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self { milliseconds }
    }

    /// Its length in milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.milliseconds
    }

    /// Its length in seconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "292 years in milliseconds are exact in 53 bits")]
    pub fn as_seconds(self) -> f64 {
        self.milliseconds as f64 / 1000.0
    }

    /// Whether it is no time at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.milliseconds == 0
    }

    /// Reads a duration.
    ///
    /// # Errors
    ///
    /// For every text that Prometheus rejects.
    pub fn parse(text: &str) -> Result<Self, DurationError> {
        match text.bytes().next() {
            _ if text == "0" => return Ok(Self::ZERO),
            None => return Err(DurationError::Empty),
            Some(b'-' | b'+') => return Err(DurationError::Sign),
            Some(_) => {}
        }
        let mut rest = text;
        let mut total: u64 = 0;
        let mut units = UNITS.iter();
        while !rest.is_empty() {
            let (number, tail) = split_at(rest, |byte| !byte.is_ascii_digit());
            let (unit, tail) = split_at(tail, |byte| byte.is_ascii_digit());
            if number.is_empty() {
                return Err(DurationError::Malformed);
            }
            if unit.is_empty() {
                return Err(DurationError::MissingUnit);
            }
            let Some((_, factor)) = units.find(|(name, _)| *name == unit) else {
                return Err(explain_unit(unit, tail));
            };
            let length = number.parse::<u64>().ok().and_then(|number| number.checked_mul(*factor));
            total = length.and_then(|length| total.checked_add(length)).ok_or(DurationError::OutOfRange)?;
            rest = tail;
        }
        if total > MAX_MILLISECONDS { Err(DurationError::OutOfRange) } else { Ok(Self { milliseconds: total }) }
    }
}

fn split_at(text: &str, stops: impl Fn(u8) -> bool) -> (&str, &str) {
    text.split_at(text.bytes().position(stops).unwrap_or(text.len()))
}

fn explain_unit(unit: &str, tail: &str) -> DurationError {
    if UNITS.iter().any(|(name, _)| *name == unit) {
        DurationError::Order
    } else if unit == "." && !tail.is_empty() {
        DurationError::Fraction
    } else {
        DurationError::UnknownUnit
    }
}

impl fmt::Display for Duration {
    /// As Prometheus prints it: years and weeks only where nothing is left over.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return formatter.write_str("0s");
        }
        let mut rest = self.milliseconds;
        for (unit, factor) in UNITS {
            let must_divide = matches!(unit, "y" | "w");
            if rest < factor || must_divide && !rest.is_multiple_of(factor) {
                continue;
            }
            write!(formatter, "{}{unit}", rest / factor)?;
            rest %= factor;
        }
        Ok(())
    }
}

impl fmt::Display for DurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "it is empty",
            Self::MissingUnit => "a number has no unit",
            Self::UnknownUnit => "the units are y, w, d, h, m, s, ms",
            Self::Order => "units go from large to small, each at most once: y, w, d, h, m, s, ms",
            Self::Fraction => "only whole numbers are allowed",
            Self::Sign => "it has a sign",
            Self::OutOfRange => "it is longer than 292 years",
            Self::Malformed => "expected a number followed by a unit",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_what_prometheus_parses() {
        for (text, milliseconds, shown) in [
            ("0", 0, "0s"),
            ("0s", 0, "0s"),
            ("5m", 300_000, "5m"),
            ("1h30m", 5_400_000, "1h30m"),
            ("324ms", 324, "324ms"),
            ("1y", 31_536_000_000, "1y"),
            ("2w", 1_209_600_000, "2w"),
            ("90d", 7_776_000_000, "90d"),
            ("60s", 60_000, "1m"),
            ("1d1ms", 86_400_001, "1d1ms"),
            ("007m", 420_000, "7m"),
        ] {
            let duration = Duration::parse(text).unwrap();
            assert_eq!(duration.as_millis(), milliseconds, "{text}");
            assert_eq!(duration.to_string(), shown, "{text}");
        }
    }

    #[test]
    fn rejects_what_prometheus_rejects() {
        for (text, error) in [
            ("", DurationError::Empty),
            ("5", DurationError::MissingUnit),
            ("00", DurationError::MissingUnit),
            ("5m1h", DurationError::Order),
            ("5m5m", DurationError::Order),
            ("1.5h", DurationError::Fraction),
            ("-1m", DurationError::Sign),
            ("1 m", DurationError::UnknownUnit),
            ("5min", DurationError::UnknownUnit),
            ("m", DurationError::Malformed),
            ("5M", DurationError::UnknownUnit),
            ("300y", DurationError::OutOfRange),
            ("99999999999999999999s", DurationError::OutOfRange),
        ] {
            assert_eq!(Duration::parse(text), Err(error), "{text}");
        }
    }
}
