//! Settings that are written as a string, and what may be wrong with one. The types here are the plain ones; those with
//! rules of their own (durations, dates, URLs, patterns) stand in files of their own.

use crate::diagnostic::{Applicability, Severity};
use crate::suggest;

/// Why a string is not a value of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong: lower case, no final stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Mistake {
    /// A mistake without help.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A word that is none of `allowed`.
    #[must_use]
    pub fn unknown(what: &str, word: &str, allowed: &[&str]) -> Self {
        let mean = suggest::closest(word, allowed.iter().copied());
        let mean = mean.map_or_else(String::new, |name| format!("did you mean `{name}`? "));
        let help = format!("{mean}allowed: {}", suggest::quote_all(allowed.iter().copied()));
        Self::new(format!("unknown {what} `{word}`")).help(help)
    }
}

/// A type that is written as a string.
pub(super) trait Text: Sized {
    /// What is expected, as in "expected a string, found a list".
    const EXPECTED: &'static str;

    /// Reads the value; `lints` are the ids of all lints.
    fn parse(text: &str, lints: &[&str]) -> Result<Self, Mistake>;

    /// The help for a text that is no value, where it is costly to find and the mistake itself has none.
    fn advice(_text: &str, _lints: &[&str]) -> Option<String> {
        None
    }
}

impl Text for String {
    const EXPECTED: &'static str = "a string";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        if text.trim().is_empty() { Err(Mistake::new("this must not be empty")) } else { Ok(text.to_owned()) }
    }
}

impl Text for Severity {
    const EXPECTED: &'static str = "a severity";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        text.parse().map_err(|()| match text {
            "off" | "ignore" | "none" | "allow" => Mistake::new(format!("unknown severity `{text}`"))
                .help("to switch a lint off, name it in `ignore`; severities are `error`, `warning`, `note`"),
            _ => Mistake::unknown("severity", text, &["error", "warning", "note"]),
        })
    }
}

impl Text for Applicability {
    const EXPECTED: &'static str = "how far a fix can be trusted";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        [Self::Safe, Self::Unsafe]
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or_else(|| Mistake::unknown("applicability", text, &["safe", "unsafe"]))
    }
}

/// A name that is also part of file names and unit names: letters, digits, `_`, `.` and `-`, a letter or digit first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(pub String);

impl Text for Name {
    const EXPECTED: &'static str = "a name";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-');
        if text.starts_with(|letter: char| letter.is_ascii_alphanumeric()) && text.chars().all(allowed) {
            return Ok(Self(text.to_owned()));
        }
        Err(Mistake::new(format!("`{text}` cannot be a name"))
            .help("use ASCII letters, digits, `_`, `.` and `-`, a letter or digit first"))
    }
}

/// One version: up to three numbers and an optional pre-release, such as `1.9` or `v1.8.2-rc.1`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(pub String);

impl Text for Version {
    const EXPECTED: &'static str = "a version";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        let bare = text.strip_prefix('v').unwrap_or(text);
        let core = bare.split(['-', '+']).next().unwrap_or("");
        let numbers: Vec<&str> = core.split('.').collect();
        let is_number = |part: &&str| !part.is_empty() && part.len() < 10 && part.bytes().all(|b| b.is_ascii_digit());
        let suffix = &bare[core.len()..];
        let plain = suffix.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+'));
        if numbers.len() <= 3 && numbers.iter().all(is_number) && plain && suffix.len() != 1 {
            return Ok(Self(text.to_owned()));
        }
        Err(Mistake::new(format!("`{text}` is not a version")).help("write one version, such as \"1.9\" or \"1.9.8\""))
    }
}

/// When a timer fires: an [OnCalendar](https://www.freedesktop.org/software/systemd/man/systemd.time.html) expression.
/// Only its shape is checked here; systemd has the last word when the timer is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule(pub String);

/// How a checkout is brought up to date before a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// Fetch, and fast-forward where the checkout is clean and has nothing of its own.
    FastForwardOnly,
}

impl Update {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FastForwardOnly => "ff-only",
        }
    }
}

impl Text for Update {
    const EXPECTED: &'static str = "a way to update";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        match text {
            "ff-only" => Ok(Self::FastForwardOnly),
            other => Err(Mistake::unknown("way to update", other, &["ff-only"])),
        }
    }
}

/// The names of metrics that are written beside sprag's own, for alert rules that exist already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compatibility {
    /// `pve_drift_status` and its companions.
    PveDrift,
}

impl Compatibility {
    /// The word for it: the prefix of the names.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PveDrift => "pve_drift",
        }
    }
}

impl Text for Compatibility {
    const EXPECTED: &'static str = "a set of metric names";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        match text {
            "pve_drift" => Ok(Self::PveDrift),
            other => Err(Mistake::unknown("set of metric names", other, &["pve_drift"])),
        }
    }
}

const SCHEDULE_WORDS: [&str; 9] =
    ["minutely", "hourly", "daily", "weekly", "monthly", "quarterly", "semiannually", "yearly", "annually"];

impl Text for Schedule {
    const EXPECTED: &'static str = "a schedule";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let mistake = Mistake::new(format!("`{text}` is not a systemd calendar expression"));
        let cron = |field: &&str| field.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'*' | b'/' | b',' | b'-'));
        if fields.len() == 5 && fields.iter().all(cron) {
            return Err(mistake.help("this is a cron line; systemd writes 6:00 every day as \"*-*-* 06:00:00\""));
        }
        let Some(first) = fields.first() else { return Err(Mistake::new("this must not be empty")) };
        let is_word = SCHEDULE_WORDS.contains(&first.to_lowercase().as_str());
        let weekday = |prefix: &str| first.to_lowercase().starts_with(prefix);
        let starts_with_day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].into_iter().any(weekday);
        let has_time = fields.iter().any(|field| field.contains(':') || field.matches('-').count() >= 2);
        let known = |c: char| c.is_ascii_alphanumeric() || " \t*:,./~-+_".contains(c);
        if (is_word || starts_with_day || has_time) && text.chars().all(known) {
            return Ok(Self(text.to_owned()));
        }
        Err(mistake.help("write \"daily\" or, for 6:00 every day, \"*-*-* 06:00:00\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts<T: Text>(text: &str) -> bool {
        T::parse(text, &[]).is_ok()
    }

    #[test]
    fn versions() {
        for text in ["1", "1.9", "1.9.8", "v1.8.2", "1.10.0-rc1", "1.9.8+build.5"] {
            assert!(accepts::<Version>(text), "{text}");
        }
        for text in ["", "v", "latest", ">= 1.9", "1.2.3.4", "1..2", "1.9-", "~> 1.9"] {
            assert!(!accepts::<Version>(text), "{text}");
        }
    }

    #[test]
    fn schedules() {
        for text in ["daily", "*-*-* 06:00:00", "Mon..Fri 08:30", "06:00", "*-*-01", "Sat,Sun 12:00 Europe/Paris"] {
            assert!(accepts::<Schedule>(text), "{text}");
        }
        for text in ["", "0 6 * * *", "every day", "24h", "*-*-* 06:00:00; rm"] {
            assert!(!accepts::<Schedule>(text), "{text}");
        }
    }

    #[test]
    fn names() {
        assert!(accepts::<Name>("prod-2.eu_west"));
        for text in ["", "../prod", "a b", "-x", "a/b", "é"] {
            assert!(!accepts::<Name>(text), "{text}");
        }
    }
}
