//! Days of the calendar, for rules that end.

use super::text::{Mistake, Text};

/// A day of the Gregorian calendar. Ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// From 0 to 9999.
    pub year: u16,
    /// From 1.
    pub month: u8,
    /// From 1.
    pub day: u8,
}

impl Date {
    /// The day, if the calendar has it.
    #[must_use]
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        if year <= 9999 && day >= 1 && day <= days { Some(Self { year, month, day }) } else { None }
    }
}

impl Text for Date {
    const EXPECTED: &'static str = "a date";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        let number = |part: &str, width: usize| -> Option<u16> {
            (part.len() == width && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
        };
        let parts: Vec<&str> = text.split('-').collect();
        let date = match parts.as_slice() {
            [year, month, day] => number(year, 4).zip(number(month, 2)).zip(number(day, 2)),
            _ => None,
        };
        let mistake = || Mistake::new(format!("`{text}` is not a date")).help("write year, month, day: \"2026-12-31\"");
        let ((year, month), day) = date.ok_or_else(mistake)?;
        let small = |number: u16| u8::try_from(number).unwrap_or(0);
        Self::new(year, small(month), small(day))
            .ok_or_else(|| Mistake::new(format!("there is no day `{text}` in the calendar")))
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days_of_the_calendar() {
        for text in ["2026-12-31", "2024-02-29", "2000-02-29"] {
            assert_eq!(Date::parse(text, &[]).map(|date| date.to_string()).as_deref(), Ok(text));
        }
        for text in
            ["", "2026-13-01", "2026-02-29", "1900-02-29", "31.12.2026", "2026-1-1", "2026-12-31T00:00", "+026-01-01"]
        {
            assert!(Date::parse(text, &[]).is_err(), "{text}");
        }
    }

    #[test]
    fn orders_by_time() {
        assert!(Date::new(2026, 12, 31) < Date::new(2027, 1, 1));
    }
}
