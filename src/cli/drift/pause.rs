//! `sprag drift pause`: no scans of an environment until a time.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use super::text::Look;
use super::{Settings, name_history, print};
use crate::cli::args::DriftPauseArgs;
use crate::config::parse_duration;
use crate::drift::history::History;

pub(super) fn run(args: &DriftPauseArgs) -> Result<(), String> {
    let settings = Settings::load(args.config.as_deref())?;
    let name = settings.environment(&args.environment)?.name.value.0.as_str();
    let location = settings.location()?;
    let until = args.until.as_deref().map(|text| parse_end(text, &Zoned::now())).transpose()?;
    let mut history = History::open(&location.path).map_err(|error| error.to_string())?;
    let failed = |error: crate::drift::history::HistoryError| error.to_string();
    let said = match until {
        Some(until) => {
            history.pause(name, until).map_err(failed)?;
            format!("{name} is paused until {}\n", Look::of_stdout().time(until))
        }
        None if history.resume(name).map_err(failed)? => format!("{name} is scanned again\n"),
        None => format!("{name} was not paused\n"),
    };
    name_history(&location, true);
    print(said.as_bytes())
}

/// When a pause ends, in milliseconds since 1970.
fn parse_end(text: &str, now: &Zoned) -> Result<i64, String> {
    let end = read_end(text, now).ok_or_else(|| {
        format!("`{text}` is no time; write a span such as `4h`, `18:00`, `2026-12-24`, `2026-12-24 18:00` or RFC 3339")
    })?;
    if end <= now.timestamp() {
        return Err(format!("`{text}` is over already; a pause ends in the future, and `--end` ends it now"));
    }
    Ok(end.as_millisecond())
}

fn read_end(text: &str, now: &Zoned) -> Option<Timestamp> {
    if let Some(span) = parse_duration(text) {
        let end = u128::try_from(now.timestamp().as_millisecond()).ok()?.checked_add(span.as_millis())?;
        return Timestamp::from_millisecond(i64::try_from(end).ok()?).ok();
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let zone: &TimeZone = now.time_zone();
    let local = |time: DateTime| time.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
    // jiff also reads the time out of a date with a time.
    let is_time = text.contains(':') && !text.contains('-');
    if let Some(time) = text.parse::<Time>().ok().filter(|_| is_time) {
        let today = local(now.date().to_datetime(time))?;
        let tomorrow = || local(now.date().checked_add(1.day()).ok()?.to_datetime(time));
        return if today > now.timestamp() { Some(today) } else { tomorrow() };
    }
    let is_date = text.len() == "2026-12-24".len();
    if is_date { local(text.parse::<Date>().ok()?.to_datetime(Time::midnight())) } else { local(text.parse().ok()?) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(text: &str) -> Result<String, String> {
        let now: Zoned = "2026-11-24T15:00:00+01:00[Europe/Berlin]".parse().unwrap();
        parse_end(text, &now).map(|ms| Timestamp::from_millisecond(ms).unwrap().to_string())
    }

    #[test]
    fn reads_spans_and_local_and_absolute_times() {
        for (text, expected) in [
            ("4h", "2026-11-24T18:00:00Z"),
            ("2d", "2026-11-26T14:00:00Z"),
            ("18:30", "2026-11-24T17:30:00Z"),
            ("06:00", "2026-11-25T05:00:00Z"),
            ("2026-12-24", "2026-12-23T23:00:00Z"),
            ("2026-12-24 18:00", "2026-12-24T17:00:00Z"),
            ("2026-07-01T08:00", "2026-07-01T06:00:00Z"),
            ("2026-12-24T18:00:00Z", "2026-12-24T18:00:00Z"),
        ] {
            let found = end(text);
            match text {
                "2026-07-01T08:00" => assert!(found.unwrap_err().contains("over already")),
                _ => assert_eq!(found.as_deref(), Ok(expected), "{text}"),
            }
        }
    }

    #[test]
    fn refuses_the_past_and_nonsense() {
        for text in ["2026-11-24", "0s", "2020-01-01T00:00:00Z"] {
            assert!(end(text).unwrap_err().contains("is over already"), "{text}");
        }
        for text in ["", "tomorrow", "12", "25:00", "2026-13-01", "99999999999999y"] {
            assert!(end(text).unwrap_err().contains("is no time"), "{text}: {:?}", end(text));
        }
    }
}
