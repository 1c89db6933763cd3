//! Catalogues as the binary holds them: a text with a section for each exporter, a line for each metric. Decoding
//! borrows from the text, so that a section costs little more than its lines.
//!
//! A section begins with `@` and the exporter's name, goes on with directives (see `directive`), and after an empty line
//! has metrics: name, kind, captures, flags, labels and help, separated by tabs.

use std::fmt::Write as _;
use std::sync::OnceLock;

use memchr::memmem;

use super::directive::{Directive, escape, unescape};
use super::exporter::Exporter;
use super::metric::{Kind, Label, Metric, Presence, Text, Values};
use super::{Catalogue, Entry};

const KINDS: [(Kind, &str); 7] = [
    (Kind::Counter, "c"),
    (Kind::Gauge, "g"),
    (Kind::Histogram, "h"),
    (Kind::Summary, "s"),
    (Kind::Info, "i"),
    (Kind::StateSet, "t"),
    (Kind::Untyped, "u"),
];

/// The section of one catalogue.
#[must_use]
pub fn encode(catalogue: &Catalogue) -> String {
    let mut text = format!("@{}\n", catalogue.exporter.name);
    for directive in Directive::of_exporter(&catalogue.exporter) {
        let _ = writeln!(text, "{directive}");
    }
    let words: Vec<&str> = catalogue.words.iter().map(Text::as_ref).collect();
    let _ = writeln!(text, "words: {}\n", words.join(" "));
    for metric in catalogue.metrics() {
        let kind = KINDS.iter().find(|(kind, _)| *kind == metric.kind).map_or("u", |(_, letter)| letter);
        let labels: Vec<String> = metric.labels.iter().map(encode_label).collect();
        let _ = writeln!(
            text,
            "{}\t{kind}\t{:x}\t{}{}\t{}\t{}",
            escape(&metric.name),
            metric.captures,
            if metric.has_open_labels { "l" } else { "" },
            if metric.is_open_family { "f" } else { "" },
            labels.join(" "),
            metric.help.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t"),
        );
    }
    text
}

fn encode_label(label: &Label) -> String {
    let mut text = escape(&label.name);
    if label.presence == Presence::Sometimes {
        text.push('?');
    }
    if let Values::Closed(values) = &label.values {
        let values: Vec<String> = values.iter().map(|value| escape(value)).collect();
        let _ = write!(text, "={}", values.join(","));
    }
    text
}

/// The catalogues of a text of sections; their metrics are decoded when they are asked for.
pub(super) fn decode(text: &'static str) -> Vec<Catalogue> {
    // Most of the text is not looked at: sections are found by their first bytes.
    let starts = std::iter::once(0).chain(memmem::find_iter(text.as_bytes(), "\n@").map(|at| at + 1));
    let ends = memmem::find_iter(text.as_bytes(), "\n@").chain(std::iter::once(text.len()));
    let sections = starts.zip(ends).filter_map(|(start, end)| text.get(start..end)?.split_once('\n'));
    let catalogues = sections.map(|(name, section)| {
        let mut exporter = Exporter { name: name.trim_start_matches('@').into(), ..Exporter::default() };
        let (head, packed) = section.split_once("\n\n").unwrap_or((section, ""));
        let mut words = Vec::new();
        for line in head.lines() {
            match line.strip_prefix("words: ") {
                Some(list) => words = list.split(' ').map(Text::Borrowed).collect(),
                None => {
                    if let Ok(directive) = Directive::parse(line) {
                        directive.describe(&mut exporter);
                    }
                }
            }
        }
        Catalogue { exporter, words, packed, ..Catalogue::default() }
    });
    catalogues.collect()
}

/// The metrics of a section, in the order of its lines, which is that of their names.
pub(super) fn entries(packed: &'static str) -> Vec<Entry> {
    let mut at = 0;
    let ends = memchr::memchr_iter(b'\n', packed.as_bytes()).chain(std::iter::once(packed.len()));
    let lines = ends.map(|end| &packed[std::mem::replace(&mut at, end + 1).min(end)..end]);
    lines.filter(|line| !line.is_empty()).map(|packed| Entry { packed, metric: OnceLock::new() }).collect()
}

/// The name of the metric of a line.
pub(super) fn name(line: &'static str) -> Text {
    unescape(&line[..memchr::memchr(b'\t', line.as_bytes()).unwrap_or(line.len())])
}

/// The metric of a line.
pub(super) fn metric(line: &'static str) -> Option<Metric> {
    let mut fields = line.splitn(6, '\t');
    let (name, kind, captures) = (fields.next()?, fields.next()?, fields.next()?);
    let (flags, labels, help) = (fields.next()?, fields.next()?, fields.next()?);
    Some(Metric {
        name: unescape(name),
        kind: KINDS.iter().find(|(_, letter)| *letter == kind)?.0,
        help: unescape(help),
        labels: labels.split(' ').filter(|label| !label.is_empty()).map(label).collect(),
        has_open_labels: flags.contains('l'),
        is_open_family: flags.contains('f'),
        captures: u32::from_str_radix(captures, 16).ok()?,
    })
}

fn label(text: &'static str) -> Label {
    let (name, values) = match text.split_once('=') {
        Some((name, values)) => (name, Values::Closed(values.split(',').map(unescape).collect())),
        None => (text, Values::Open),
    };
    let (name, presence) = match name.strip_suffix('?') {
        Some(name) => (name, Presence::Sometimes),
        None => (name, Presence::Always),
    };
    Label { name: unescape(name), presence, values }
}
