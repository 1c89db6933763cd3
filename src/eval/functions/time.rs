//! Points in time as RFC 3339 texts.

use super::Context;
use super::call::{Call, Function, Outcome, Parameter};
use super::crypto::unstable;
use super::encoding::of_form;
use super::strings::string;
use crate::eval::number::Number;
use crate::eval::value::Value;
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::whole("timestamp", &[], |call, _| Ok(unstable(call, NOW))),
    Function::whole("plantimestamp", &[], |call, _| Ok(unstable(call, NOW))),
    Function::split("timeadd", &[Parameter::String, Parameter::String], add, some_time).injective(),
    Function::split("timecmp", &[Parameter::String, Parameter::String], compare, some_order),
    Function::split("formatdate", &[Parameter::String, Parameter::String], format_date, some_date),
];

const NOW: &str = "\\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\\z";
const TIME: &str = "\\A-?[0-9]+-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})\\z";

const NANOSECONDS: i128 = 1_000_000_000;
const DAY: i64 = 86_400;

/// A point in time, seen from a place.
#[derive(Clone, Copy)]
struct Time {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    instant: i128,
    /// Seconds that the place is ahead of UTC.
    offset: i64,
}

/// What a clock and a calendar at the place show.
struct Local {
    year: i64,
    month: usize,
    day: i64,
    /// From Monday, which is 0.
    weekday: usize,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Time {
    /// Reads a time as RFC 3339 writes it.
    fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let number = |range: std::ops::Range<usize>| {
            let digits = text.get(range)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i64>().ok()).flatten()
        };
        let signs = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        if signs.iter().any(|(at, sign)| bytes.get(*at) != Some(sign)) {
            return None;
        }
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        let is_valid = (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        let mut rest = text.get(19..).filter(|_| is_valid)?;
        let mut fraction = 0i128;
        if let Some(after) = rest.strip_prefix('.') {
            let length = after.len() - after.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
            let digits = after.get(..length).filter(|digits| !digits.is_empty())?;
            fraction = format!("{digits:0<9}").get(..9)?.parse().ok()?;
            rest = after.get(length..)?;
        }
        let offset = match rest.as_bytes() {
            [b'Z'] => 0,
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let two = |one: &u8, other: &u8| {
                    let both = one.is_ascii_digit() && other.is_ascii_digit();
                    both.then(|| i64::from(one - b'0') * 10 + i64::from(other - b'0'))
                };
                let (hours, minutes) =
                    (two(h1, h2).filter(|hours| *hours < 24)?, two(m1, m2).filter(|minutes| *minutes < 60)?);
                let offset = hours * 3600 + minutes * 60;
                if *sign == b'-' { -offset } else { offset }
            }
            _ => return None,
        };
        let seconds = days_before(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
        Some(Self { instant: i128::from(seconds) * NANOSECONDS + fraction, offset })
    }

    fn local(self) -> Option<Local> {
        let seconds = i64::try_from(self.instant.div_euclid(NANOSECONDS)).ok()?.checked_add(self.offset)?;
        let (days, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, day) = date(days);
        Some(Local {
            year,
            month: usize::try_from(month).ok()?,
            day,
            // The first of January 1970 was a Thursday.
            weekday: usize::try_from((days + 3).rem_euclid(7)).ok()?,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
        })
    }

    /// The offset as `+hh:mm`, with this between hours and minutes.
    fn zone(self, between: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        format!("{sign}{:02}{between}{:02}", minutes / 60, minutes % 60)
    }

    fn write(self) -> Option<String> {
        let Local { year, month, day, hour, minute, second, .. } = self.local()?;
        let zone = if self.offset == 0 { "Z".to_owned() } else { self.zone(":") };
        // Go writes years before 0 in a way of its own.
        (year >= 0).then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}"))
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date, counted in years that begin in March so that leap days come last.
const fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date so many days after 1970-01-01.
const fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

/// Nanoseconds of a duration such as `1h30m`, as Go reads it.
fn duration(text: &str) -> Option<i128> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0i128;
    while !rest.is_empty() {
        let number =
            rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.').len();
        let (digits, after) = rest.split_at(number);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return None;
        }
        let unit =
            after.len() - after.trim_start_matches(|letter: char| !letter.is_ascii_digit() && letter != '.').len();
        let (unit, after) = after.split_at(unit);
        let scale: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => NANOSECONDS,
            "m" => 60 * NANOSECONDS,
            "h" => 3600 * NANOSECONDS,
            _ => return None,
        };
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        total += whole.checked_mul(scale)?;
        if !fraction.is_empty() {
            let digits = fraction.get(..fraction.len().min(18))?;
            let value: i128 = digits.parse().ok()?;
            total += value * scale / 10i128.pow(u32::try_from(digits.len()).ok()?);
        }
        if total > i128::from(i64::MAX) {
            return None;
        }
        rest = after;
    }
    Some(if negative { -total } else { total })
}

fn time(call: &Call, index: usize) -> Result<Time, String> {
    let text = call.text(index).unwrap_or_default();
    Time::parse(text).ok_or_else(|| "a time as in RFC 3339 is required, such as 2006-01-02T15:04:05Z".to_owned())
}

fn add(call: &Call, context: &mut Context<'_>) -> Outcome {
    let time = time(call, 0)?;
    let duration = duration(call.text(1).unwrap_or_default()).ok_or("a duration is required, such as 1h30m")?;
    match (Time { instant: time.instant + duration, ..time }).write() {
        Some(text) => Ok(Value::string(text)),
        None => some_time(call, context),
    }
}

fn some_time(call: &Call, context: &mut Context<'_>) -> Outcome {
    if call.text(1).is_some_and(|text| duration(text).is_none()) {
        return Err("a duration is required, such as 1h30m".to_owned());
    }
    context.doubt.raise();
    Ok(of_form(call, TIME))
}

fn compare(call: &Call, _: &mut Context<'_>) -> Outcome {
    let (one, other) = (time(call, 0)?, time(call, 1)?);
    Ok(Value::number(Number::from(one.instant.cmp(&other.instant) as i64)))
}

fn some_order(call: &Call, context: &mut Context<'_>) -> Outcome {
    context.doubt.raise();
    let orders = [-1, 0, 1].map(|order| Value::number(Number::from(order)));
    Ok(Value::one_of(orders).unwrap_or_else(|| call.some(&Type::Number)))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn format_date(call: &Call, _: &mut Context<'_>) -> Outcome {
    let time = time(call, 1)?;
    let local = time.local().ok_or("the time is out of range")?;
    write_date(call.text(0).unwrap_or_default(), time, &local).map(string)
}

fn write_date(format: &str, time: Time, local: &Local) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        if letter == '\'' {
            rest = quoted(&rest[1..], &mut out).ok_or("a quoted part of the date format is never closed")?;
            continue;
        }
        let count = rest.chars().take_while(|other| *other == letter).count();
        let length = if letter.is_ascii_alphabetic() { count } else { 1 };
        write_field(letter, length, time, local, &mut out)?;
        rest = rest.get(length * letter.len_utf8()..).unwrap_or_default();
    }
    Ok(out)
}

/// What is in quotes, where two quotes stand for one; gives what follows.
fn quoted<'t>(text: &'t str, out: &mut String) -> Option<&'t str> {
    let mut rest = text;
    loop {
        let end = rest.find('\'')?;
        out.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => {
                out.push('\'');
                rest = after;
            }
            None => return Some(rest),
        }
    }
}

fn write_field(letter: char, count: usize, time: Time, local: &Local, out: &mut String) -> Result<(), String> {
    let number = |value: i64, width: usize| format!("{value:0width$}");
    let month = MONTHS.get(local.month.wrapping_sub(1)).copied().unwrap_or_default();
    let day = DAYS.get(local.weekday).copied().unwrap_or_default();
    let hour = if local.hour % 12 == 0 { 12 } else { local.hour % 12 };
    let half = if local.hour < 12 { "AM" } else { "PM" };
    let text = match (letter, count) {
        ('Y', 4) => number(local.year, 4),
        ('Y', 2) => number(local.year.rem_euclid(100), 2),
        ('M', 4) => month.to_owned(),
        ('M', 3) => month[..3].to_owned(),
        ('M', 1 | 2) => number(i64::try_from(local.month).unwrap_or(0), count),
        ('D', 1 | 2) => number(local.day, count),
        ('E', 4) => day.to_owned(),
        ('E', 3) => day[..3].to_owned(),
        ('h', 1 | 2) => number(local.hour, count),
        ('H', 1 | 2) => number(hour, count),
        ('A', 2) => half.to_owned(),
        ('a', 2) => half.to_ascii_lowercase(),
        ('m', 1 | 2) => number(local.minute, count),
        ('s', 1 | 2) => number(local.second, count),
        ('Z', 1) if time.offset == 0 => "Z".to_owned(),
        ('Z', 3) if time.offset == 0 => "UTC".to_owned(),
        ('Z', 1 | 5) => time.zone(":"),
        ('Z', 3 | 4) => time.zone(""),
        (letter, _) if letter.is_ascii_alphabetic() => {
            return Err(format!("`{}` is no part of a date format", letter.to_string().repeat(count.min(20))));
        }
        (letter, _) => letter.to_string(),
    };
    out.push_str(&text);
    Ok(())
}

fn some_date(call: &Call, context: &mut Context<'_>) -> Outcome {
    if let Some(format) = call.text(0) {
        let example = Time { instant: 0, offset: 0 };
        if let Some(local) = example.local() {
            write_date(format, example, &local)?;
        }
    }
    context.doubt.raise();
    Ok(call.some(&Type::String))
}
