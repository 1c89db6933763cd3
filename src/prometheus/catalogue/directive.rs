//! What a dump cannot say and its author can: comment lines such as `# sprag prefix: node_`. This file knows their
//! words; what they do to metrics is in `build`.

use std::fmt;

use super::exporter::{Capture, Collector, Evidence, Exporter, Renamed};
use super::metric::Text;
use crate::suggest;

/// A directive, without `# sprag `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Directive {
    /// `catalogue: TEXT`: where the dump comes from.
    About(String),
    /// `exporter: NAME`
    Exporter(String),
    /// `version: VERSION`: of the exporter that wrote the dump.
    Version(String),
    /// `evidence: captured|derived`: who wrote the dump.
    Evidence(Evidence),
    /// `capture: EVIDENCE [VERSION]`: another look, already merged into the dump.
    Capture(Capture),
    /// `trimmed: TEXT`: the dump has only some samples of its metrics, so that values are missing.
    Trimmed(String),
    /// `prefix: PREFIX...` and other [`LISTS`].
    List(&'static str, Vec<String>),
    /// `open-labels: PATTERN...`: metrics with labels that nobody knows beforehand.
    OpenLabels(Vec<String>),
    /// `skip: PATTERN...`: metrics of the dump that are not the exporter's.
    Skip(Vec<String>),
    /// `sometimes: PATTERN LABEL...`: labels that other series of the metrics lack.
    Sometimes(String, Vec<String>),
    /// `values: PATTERN LABEL VALUE...`: all values that the label of these metrics can have.
    Values(String, String, Vec<String>),
    /// `collector: NAME on|off on|off SWITCH PATTERN...`: default upstream and in Debian, what switches it on, and its
    /// metrics.
    Collector(Collector),
    /// `renamed: OLD NEW VERSION`
    Renamed(Renamed),
    /// `seen: METRIC NUMBER...`: the captures that hold a metric, counted from 1, where not all do.
    Seen(String, Vec<u32>),
}

/// A list of an exporter.
type Field = fn(&mut Exporter) -> &mut Vec<Text>;

/// Directives that add words to a list: how own metrics begin, beginnings that are somebody else's, families that depend
/// on machine or configuration, metrics that add up, names of program, images and packages, and projects on GitHub.
const LISTS: [(&str, Field); 8] = [
    ("prefix", |exporter| &mut exporter.prefixes),
    ("foreign", |exporter| &mut exporter.foreign),
    ("open", |exporter| &mut exporter.open),
    ("cumulative", |exporter| &mut exporter.cumulative),
    ("programs", |exporter| &mut exporter.programs),
    ("images", |exporter| &mut exporter.images),
    ("packages", |exporter| &mut exporter.packages),
    ("sources", |exporter| &mut exporter.sources),
];

/// All words, for "did you mean".
const WORDS: [&str; 21] = [
    "catalogue",
    "exporter",
    "version",
    "evidence",
    "capture",
    "prefix",
    "foreign",
    "open",
    "open-labels",
    "cumulative",
    "skip",
    "sometimes",
    "values",
    "collector",
    "renamed",
    "trimmed",
    "seen",
    "programs",
    "images",
    "packages",
    "sources",
];

impl Directive {
    /// Reads a line such as `prefix: node_`.
    ///
    /// # Errors
    /// What is wrong with the line, in a sentence.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let (word, rest) =
            line.split_once(':').ok_or_else(|| format!("`{}` lacks a `:` after its first word", line.trim()))?;
        let (word, rest) = (word.trim(), rest.trim());
        let mut words = rest.split_ascii_whitespace();
        let all = || rest.split_ascii_whitespace().map(plain).collect::<Vec<String>>();
        let mut next = |what: &str| words.next().map(plain).ok_or_else(|| format!("`{word}:` lacks {what}"));
        let directive = match word {
            "catalogue" => Self::About(rest.to_owned()),
            "exporter" => Self::Exporter(next("the exporter's name")?),
            "version" => Self::Version(next("the version")?),
            "evidence" => Self::Evidence(evidence(&next("`captured` or `derived`")?)?),
            "capture" => {
                let evidence = evidence(&next("`captured` or `derived`")?)?;
                Self::Capture(Capture { version: Text::Owned(words.next().unwrap_or("").to_owned()), evidence })
            }
            "trimmed" => Self::Trimmed(rest.to_owned()),
            "open-labels" => Self::OpenLabels(all()),
            "skip" => Self::Skip(all()),
            "sometimes" => Self::Sometimes(next("a metric")?, words.map(plain).collect()),
            "values" => Self::Values(next("a metric")?, next("a label")?, words.map(plain).collect()),
            "collector" => Self::Collector(Collector {
                name: next("the collector's name")?.into(),
                upstream: on_or_off(&next("`on` or `off`, the default")?)?,
                debian: on_or_off(&next("`on` or `off`, the default in Debian")?)?,
                switch: next("what switches it on")?.into(),
                metrics: words.map(|word| plain(word).into()).collect(),
            }),
            "renamed" => Self::Renamed(Renamed {
                from: next("the old name")?.into(),
                to: next("the new name")?.into(),
                since: next("the version")?.into(),
            }),
            "seen" => Self::Seen(next("a metric")?, words.map(number).collect::<Result<_, _>>()?),
            _ => match LISTS.into_iter().find(|(list, _)| *list == word) {
                Some((list, _)) => Self::List(list, all()),
                None => return Err(unknown(word)),
            },
        };
        Ok(directive)
    }

    /// Tells `exporter` what this says of it. Says nothing of metrics.
    pub(super) fn describe(self, exporter: &mut Exporter) {
        match self {
            Self::List(word, more) => {
                for (_, field) in LISTS.into_iter().filter(|(list, _)| *list == word) {
                    let list = field(exporter);
                    for word in &more {
                        if !list.iter().any(|known| known == word) {
                            list.push(word.clone().into());
                        }
                    }
                }
            }
            Self::Capture(capture) => exporter.captures.push(capture),
            Self::Collector(collector) if exporter.collector(&collector.name).is_none() => {
                exporter.collectors.push(collector);
            }
            Self::Renamed(renamed) => exporter.renamed.push(renamed),
            _ => {}
        }
    }

    /// What says the same of `exporter`.
    pub(super) fn of_exporter(exporter: &Exporter) -> Vec<Self> {
        let mut lists = exporter.clone();
        let lists = LISTS.into_iter().map(|(word, field)| (word, std::mem::take(field(&mut lists))));
        let lists = lists.filter(|(_, list)| !list.is_empty());
        let mut all: Vec<Self> =
            lists.map(|(word, list)| Self::List(word, list.iter().map(ToString::to_string).collect())).collect();
        all.extend(exporter.captures.iter().cloned().map(Self::Capture));
        all.extend(exporter.collectors.iter().cloned().map(Self::Collector));
        all.extend(exporter.renamed.iter().cloned().map(Self::Renamed));
        all
    }
}

impl fmt::Display for Directive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |list: &[String]| list.iter().map(|word| escape(word)).collect::<Vec<_>>().join(" ");
        let state = |on: bool| if on { "on" } else { "off" };
        match self {
            Self::About(text) => write!(f, "catalogue: {text}"),
            Self::Exporter(name) => write!(f, "exporter: {name}"),
            Self::Version(version) => write!(f, "version: {version}"),
            Self::Evidence(evidence) => write!(f, "evidence: {}", evidence.as_str()),
            Self::Capture(Capture { version, evidence }) if version.is_empty() => {
                write!(f, "capture: {}", evidence.as_str())
            }
            Self::Capture(Capture { version, evidence }) => write!(f, "capture: {} {version}", evidence.as_str()),
            Self::Trimmed(text) => write!(f, "trimmed: {text}"),
            Self::List(word, list) => write!(f, "{word}: {}", joined(list)),
            Self::OpenLabels(list) => write!(f, "open-labels: {}", joined(list)),
            Self::Skip(list) => write!(f, "skip: {}", joined(list)),
            Self::Sometimes(metric, labels) => write!(f, "sometimes: {} {}", escape(metric), joined(labels)),
            Self::Values(metric, label, values) => {
                write!(f, "values: {} {} {}", escape(metric), escape(label), joined(values))
            }
            Self::Collector(Collector { name, upstream, debian, switch, metrics }) => {
                let (upstream, debian) = (state(*upstream), state(*debian));
                write!(f, "collector: {} {upstream} {debian} {}", escape(name), escape(switch))?;
                metrics.iter().try_for_each(|pattern| write!(f, " {}", escape(pattern)))
            }
            Self::Renamed(Renamed { from, to, since }) => write!(f, "renamed: {from} {to} {since}"),
            Self::Seen(metric, captures) => {
                write!(f, "seen: {}", escape(metric))?;
                captures.iter().try_for_each(|number| write!(f, " {number}"))
            }
        }
    }
}

fn evidence(word: &str) -> Result<Evidence, String> {
    match word {
        "captured" => Ok(Evidence::Captured),
        "derived" => Ok(Evidence::Derived),
        "live" => Ok(Evidence::Live),
        _ => Err(format!("evidence is `captured` or `derived`, not `{word}`")),
    }
}

fn on_or_off(word: &str) -> Result<bool, String> {
    match word {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("a default is `on` or `off`, not `{word}`")),
    }
}

fn number(word: &str) -> Result<u32, String> {
    let number = word.parse().ok().filter(|number| (1..=32).contains(number));
    number.ok_or_else(|| format!("captures are counted from 1 to 32; `{word}` is no such number"))
}

fn unknown(word: &str) -> String {
    match suggest::closest(word, WORDS) {
        Some(meant) => format!("`{word}:` says nothing here; did you mean `{meant}:`?"),
        None => format!("`{word}:` says nothing here; there are {}", suggest::quote_all(WORDS)),
    }
}

fn plain(word: &str) -> String {
    unescaped(word).unwrap_or_else(|| word.to_owned())
}

/// A word without anything that separates words.
pub(super) fn escape(word: &str) -> String {
    if word.is_empty() {
        return "\\0".to_owned();
    }
    let mut text = String::with_capacity(word.len());
    for letter in word.chars() {
        match PAIRS.iter().find(|(plain, _)| *plain == letter) {
            Some((_, escaped)) => text.extend(['\\', *escaped]),
            None => text.push(letter),
        }
    }
    text
}

/// The word that [`escape`] made this of.
pub(super) fn unescape(word: &'static str) -> Text {
    unescaped(word).map_or(Text::Borrowed(word), Text::Owned)
}

const PAIRS: [(char, char); 9] = [
    ('\\', '\\'),
    (' ', 's'),
    ('\t', 't'),
    ('\n', 'n'),
    ('\r', 'r'),
    (',', 'c'),
    ('=', 'e'),
    ('?', 'q'),
    ('\x0c', 'f'),
];

/// Nothing where nothing is escaped.
fn unescaped(word: &str) -> Option<String> {
    if !word.contains('\\') {
        return None;
    }
    let mut text = String::with_capacity(word.len());
    let mut letters = word.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('0') | None => {}
            Some(escaped) => {
                text.push(PAIRS.iter().find(|(_, known)| *known == escaped).map_or(escaped, |(plain, _)| *plain));
            }
        }
    }
    Some(text)
}
