//! Spans of time as Prometheus and systemd write them: `5m`, `1h30m`, `90d`.

use std::time::Duration;

use super::text::{Mistake, Text};

/// Unit and its length in milliseconds, longest first; a day is 24 hours, a year 365 days, as in Prometheus.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// One day of 24 hours.
pub(super) const DAY: Duration = Duration::from_secs(86_400);

/// Reads numbers with units, longest unit first, each at most once, as
/// [Prometheus](https://prometheus.io/docs/prometheus/latest/configuration/configuration/) does.
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_lowercase()).len();
        let (_, length) = units.find(|(unit, _)| *unit == &rest[..letters])?;
        total = total.checked_add(number.checked_mul(*length)?)?;
        rest = &rest[letters..];
    }
    (!text.is_empty()).then(|| Duration::from_millis(total))
}

/// Writes a duration in the largest unit that divides it, so that it reads back as the same duration.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let whole = |(_, length): &&(&str, u64)| milliseconds % length == 0;
    match UNITS.iter().filter(|(unit, _)| !matches!(*unit, "y" | "w")).find(whole) {
        Some((unit, length)) if milliseconds > 0 => format!("{}{unit}", milliseconds / length),
        _ => format!("{milliseconds}{}", if milliseconds == 0 { "s" } else { "ms" }),
    }
}

impl Text for Duration {
    const EXPECTED: &'static str = "a duration";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        let help = "write numbers with a unit of `y`, `w`, `d`, `h`, `m`, `s` or `ms`, such as \"5m\" or \"1h30m\"";
        parse_duration(text).ok_or_else(|| Mistake::new(format!("`{text}` is not a duration")).help(help))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_durations() {
        let seconds = |text| parse_duration(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("5m"), Some(300));
        assert_eq!(seconds("1h30m"), Some(5400));
        assert_eq!(seconds("90d"), Some(90 * 86_400));
        assert_eq!(seconds("0s"), Some(0));
        assert_eq!(parse_duration("1500ms"), Some(Duration::from_millis(1500)));
    }

    #[test]
    fn refuses_what_prometheus_refuses() {
        for text in ["", "5", "m", "5 m", "5M", "30m1h", "1h1h", "-5m", "1.5h", "5min", "99999999999999999999y", "ms"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn written_durations_read_back(milliseconds in any::<u16>(), unit in 0..UNITS.len()) {
            let duration = Duration::from_millis(u64::from(milliseconds) * UNITS[unit].1);
            prop_assert_eq!(parse_duration(&format_duration(duration)), Some(duration));
        }

        #[test]
        fn never_panics(text in "\\PC{0,12}|[0-9ymsé]{0,12}") {
            let _ = parse_duration(&text);
        }
    }
}
