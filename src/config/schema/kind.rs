//! The kinds of values: how each is called, and how it is written.

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number from 1.
    Number,
    /// A string.
    Text,
    /// A path; its place tells what it is relative to.
    Path,
    /// A span of time.
    Duration,
    /// A day of the calendar.
    Date,
    /// A pattern for paths.
    PathPattern,
    /// A pattern for names.
    NamePattern,
    /// A regular expression.
    Regex,
    /// A lint, or all of an area.
    Selector,
    /// One lint.
    Lint,
    /// How bad a finding is.
    Severity,
    /// One version.
    Version,
    /// A release of Prometheus.
    Release,
    /// A systemd calendar expression.
    Schedule,
    /// The address of a web server.
    Url,
    /// Something that can be asked whether it is there.
    Reach,
    /// The name of a preset.
    Preset,
    /// One of a few words.
    Word(&'static [&'static str], &'static str),
    /// An expression of the language of invariants.
    Expression,
    /// Values for the inputs of a lint.
    Inputs,
    /// A list.
    List(&'static Self),
    /// An object with keys of one kind and values of another.
    Map(&'static Self, &'static Self),
}

impl Kind {
    /// The kinds whose form needs an explanation.
    pub const EXPLAINED: [Self; 9] = [
        Self::Duration,
        Self::Date,
        Self::PathPattern,
        Self::NamePattern,
        Self::Regex,
        Self::Selector,
        Self::Severity,
        Self::Version,
        Self::Schedule,
    ];

    /// What people call it.
    #[must_use]
    pub fn name(self) -> String {
        self.words().0
    }

    /// The name of one and of several.
    fn words(self) -> (String, String) {
        let both = |one: &str, many: &str| (one.to_owned(), many.to_owned());
        match self {
            Self::Bool => both("bool", "bools"),
            Self::Number => both("whole number from 1", "whole numbers from 1"),
            Self::Text => both("string", "strings"),
            Self::Path => both("path", "paths"),
            Self::Duration => both("duration", "durations"),
            Self::Date => both("date", "dates"),
            Self::PathPattern => both("path pattern", "path patterns"),
            Self::NamePattern => both("name pattern", "name patterns"),
            Self::Regex => both("regular expression", "regular expressions"),
            Self::Selector => both("lint or area", "lints or areas"),
            Self::Lint => both("lint", "lints"),
            Self::Severity => both("severity", "severities"),
            Self::Version => both("version", "versions"),
            Self::Release => both("release of Prometheus", "releases of Prometheus"),
            Self::Schedule => both("schedule", "schedules"),
            Self::Url => both("URL `https` or `http`", "URLs `https`, `http`"),
            Self::Reach => both("URL `ssh`, `https`, `http` or `tcp`", "URLs `ssh`, `https`, `http`, `tcp`"),
            Self::Preset => both("name of a preset", "names of presets"),
            Self::Word(words, _) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
                both(&quoted.join(" or "), &quoted.join(" and "))
            }
            Self::Expression => both("expression", "expressions"),
            Self::Inputs => both("object of inputs and their values", "objects of inputs and their values"),
            Self::List(of) => {
                let of = of.words().1;
                (format!("list of {of}"), format!("lists of {of}"))
            }
            Self::Map(key, value) => {
                let (key, value) = (key.words().0, value.words().0);
                (format!("map from {key} to {value}"), format!("maps from {key} to {value}"))
            }
        }
    }

    /// How it is written, in Markdown; nothing where that needs no explanation.
    #[must_use]
    pub const fn form(self) -> &'static str {
        match self {
            Self::Duration => {
                "numbers with a unit, longest first: `\"5m\"`, `\"1h30m\"`, `\"90d\"`; units `y` (365 days), `w`, `d`, `h`, \
                 `m`, `s`, `ms`"
            }
            Self::Date => "`\"2026-12-31\"`",
            Self::PathPattern => {
                "`*` and `?` stay within one directory, `**` crosses directories; a pattern that names a directory covers \
                 all in it"
            }
            Self::NamePattern => "`*` is any run of characters, `?` any one; every other character, `[` too, is itself",
            Self::Regex => "in quotes a backslash is doubled: `\"v\\\\d+\"`",
            Self::Selector => {
                "`\"promql/unknown-label\"`, or `\"promql\"` for all lints of the area; your own invariants are \
                 `\"invariant/NAME\"`"
            }
            Self::Severity => "`\"error\"`, `\"warning\"` or `\"note\"`",
            Self::Version => "one version: `\"1.9\"`, `\"1.9.8\"` or `\"v1.9.8\"`; no range",
            Self::Schedule => "as systemd's `OnCalendar`: `\"daily\"`, `\"*-*-* 06:00:00\"`",
            _ => "",
        }
    }

    /// What messages say is expected, as the readers of values do: a test of the readers.
    #[must_use]
    pub fn expected(self) -> String {
        let text = match self {
            Self::Bool => "`true` or `false`",
            Self::Number => "a positive whole number",
            Self::Text | Self::Path => "a string",
            Self::Duration => "a duration",
            Self::Date => "a date",
            Self::PathPattern => "a path pattern",
            Self::NamePattern => "a name pattern",
            Self::Regex => "a regular expression",
            Self::Selector | Self::Lint => "a lint id",
            Self::Severity => "a severity",
            Self::Version => "a version",
            Self::Release => "a release of Prometheus",
            Self::Schedule => "a schedule",
            Self::Url | Self::Reach => "a URL",
            Self::Preset => "the name of a preset",
            Self::Word(_, expected) => expected,
            Self::Inputs => "an object of inputs and their values",
            Self::Expression => "an expression",
            Self::List(of) => {
                let of = of.expected();
                return format!("a list of {}s", of.split_once(' ').map_or(of.as_str(), |(_, noun)| noun));
            }
            Self::Map(..) => "an object",
        };
        text.to_owned()
    }
}
