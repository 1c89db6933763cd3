//! Makes a catalogue of dumps and their directives: what is in every sample is always there, what is in some is there
//! sometimes, and values are closed only where a state set or a directive says so.

use std::collections::{BTreeMap, BTreeSet};

use super::Catalogue;
use super::directive::Directive;
use super::exporter::{Capture, Evidence, Exporter, fits};
use super::metric::{Kind, Label, Metric, Presence, Text, Values};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::exposition::{Comment, Family, Sample, Type, parse};

/// How many captures a catalogue can tell apart.
const MAX_CAPTURES: usize = 32;

/// More values than this are no set of states.
pub(super) const MAX_STATES: usize = 32;

/// What labels of state sets are called. Elsewhere that a few values are 0 and one is 1 is chance.
const STATE_LABELS: [&str; 9] = ["state", "status", "mode", "phase", "condition", "health", "stage", "role", "result"];

/// What the runtimes of exporters say of themselves: never the beginning of an exporter's own metrics.
const RUNTIMES: [&str; 6] = ["go", "process", "promhttp", "python", "jvm", "scrape"];

/// Something that is wrong with a dump.
pub type Mistake = SyntaxError;

/// A catalogue in the making.
#[derive(Debug, Default)]
pub struct Builder {
    exporter: Exporter,
    /// Where the dumps come from, in the words of their authors.
    about: Vec<String>,
    drafts: BTreeMap<String, Draft>,
    facts: Facts,
}

/// What directives say of metrics.
#[derive(Debug, Default)]
struct Facts {
    open_labels: Vec<String>,
    skip: Vec<String>,
    sometimes: Vec<(String, Vec<String>)>,
    values: Vec<(String, String, Vec<String>)>,
    seen: Vec<(String, Vec<u32>)>,
}

/// A metric in the making.
#[derive(Debug, Default)]
struct Draft {
    kinds: BTreeSet<&'static str>,
    help: String,
    /// How many samples there are, `le`, `quantile` and parts aside.
    samples: usize,
    /// How many of them have a label.
    labels: BTreeMap<String, usize>,
    /// The label that tells states apart, where one dump is a state set.
    state_label: Option<String>,
    /// The values of labels that may tell states apart, as far as dumps were not trimmed.
    states: BTreeMap<String, BTreeSet<String>>,
    is_always_one: bool,
    captures: u32,
}

/// What a dump says of itself.
struct Dump {
    version: String,
    evidence: Evidence,
    is_trimmed: bool,
    /// Captures that are merged into it already.
    merged: Vec<Capture>,
}

impl Builder {
    /// A catalogue of the exporter called `name`; dumps may give it another name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let exporter = Exporter { name: name.to_owned().into(), ..Exporter::default() };
        Self { exporter, ..Self::default() }
    }

    /// Gives the exporter another name.
    pub fn rename(&mut self, name: &str) {
        self.exporter.name = name.to_owned().into();
    }

    /// Adds a dump. Returns what is wrong with it; the rest of it counts.
    pub fn add(&mut self, source: &[u8]) -> Vec<Mistake> {
        self.add_version(source, None)
    }

    /// Adds a dump that an exporter of this version wrote, unless it says itself which.
    pub fn add_version(&mut self, source: &[u8], version: Option<&str>) -> Vec<Mistake> {
        let mut exposition = parse(source);
        let mut mistakes = std::mem::take(&mut exposition.errors);
        let mut dump = Dump {
            version: version.unwrap_or("").to_owned(),
            evidence: Evidence::Captured,
            is_trimmed: false,
            merged: Vec::new(),
        };
        for Comment { span, text } in &exposition.comments {
            match text.strip_prefix("sprag ").map(Directive::parse) {
                None => {}
                Some(Ok(directive)) => self.direct(directive, &mut dump),
                Some(Err(message)) => mistakes.push(SyntaxError::new(*span, message)),
            }
        }
        let families = exposition.families.iter().filter(|family| !self.is_skipped(&family.name));
        let families: Vec<&Family> = families.collect();
        let bits = if families.is_empty() { 0 } else { self.capture(&dump, &mut mistakes) };
        for family in families {
            for (name, samples) in parts(family) {
                let seen = self.facts.seen.iter().find(|(metric, _)| *metric == name);
                let bits =
                    seen.map_or(bits, |(_, numbers)| numbers.iter().fold(0, |bits, number| bits | 1 << (number - 1)));
                let draft = self
                    .drafts
                    .entry(name.clone())
                    .or_insert_with(|| Draft { is_always_one: true, ..Draft::default() });
                draft.take(family, &name, &samples, dump.is_trimmed);
                draft.captures |= bits;
            }
        }
        mistakes.sort_by_key(|mistake| mistake.span);
        mistakes
    }

    fn is_skipped(&self, name: &str) -> bool {
        self.facts.skip.iter().any(|pattern| fits(pattern, name))
    }

    /// The captures that a dump stands for, as bits.
    fn capture(&mut self, dump: &Dump, mistakes: &mut Vec<Mistake>) -> u32 {
        let own = Capture { version: dump.version.clone().into(), evidence: dump.evidence };
        let captures = if dump.merged.is_empty() { vec![own] } else { dump.merged.clone() };
        let mut bits = 0;
        for capture in captures {
            let known = self.exporter.captures.iter().position(|known| *known == capture);
            let index = known.unwrap_or_else(|| {
                self.exporter.captures.push(capture);
                self.exporter.captures.len() - 1
            });
            if index >= MAX_CAPTURES {
                let message = format!("a catalogue can be made of {MAX_CAPTURES} captures at most");
                mistakes.push(SyntaxError::new(Span::at(0), message));
                self.exporter.captures.truncate(MAX_CAPTURES);
                break;
            }
            bits |= 1 << index;
        }
        bits
    }

    fn direct(&mut self, directive: Directive, dump: &mut Dump) {
        match directive {
            Directive::About(text) => self.about.push(text),
            Directive::Exporter(name) => self.exporter.name = name.into(),
            Directive::Version(version) => dump.version = version,
            Directive::Evidence(evidence) => dump.evidence = evidence,
            Directive::Trimmed(_) => dump.is_trimmed = true,
            Directive::Capture(capture) => dump.merged.push(capture),
            Directive::OpenLabels(list) => self.facts.open_labels.extend(list),
            Directive::Skip(list) => self.facts.skip.extend(list),
            Directive::Sometimes(metric, labels) => self.facts.sometimes.push((metric, labels)),
            Directive::Values(metric, label, values) => self.facts.values.push((metric, label, values)),
            Directive::Seen(metric, captures) => self.facts.seen.push((metric, captures)),
            other => other.describe(&mut self.exporter),
        }
    }

    /// Where the dumps come from, in the words of their authors.
    #[must_use]
    pub fn about(&self) -> &[String] {
        &self.about
    }

    /// Directives that fit no metric: probably mistyped, in a sentence each.
    #[must_use]
    pub fn unused(&self) -> Vec<String> {
        let names: Vec<&String> = self.drafts.keys().collect();
        let fits_any = |pattern: &str| names.iter().any(|name| fits(pattern, name));
        let has = |pattern: &str, label: &str| {
            self.drafts.iter().any(|(name, draft)| fits(pattern, name) && draft.labels.contains_key(label))
        };
        let mut unused = Vec::new();
        for pattern in self.facts.open_labels.iter().filter(|pattern| !fits_any(pattern)) {
            unused.push(format!("no metric fits `{pattern}`"));
        }
        let values = self.facts.values.iter().map(|(pattern, label, _)| (pattern, label));
        let sometimes = self.facts.sometimes.iter().flat_map(|(pattern, all)| all.iter().map(move |it| (pattern, it)));
        for (pattern, label) in values.chain(sometimes).filter(|(pattern, label)| !has(pattern, label)) {
            unused.push(format!("no metric that fits `{pattern}` has a label `{label}`"));
        }
        unused
    }

    /// The catalogue.
    #[must_use]
    pub fn finish(self) -> Catalogue {
        let Self { mut exporter, drafts, facts, .. } = self;
        let metrics: Vec<Metric> =
            drafts.into_iter().map(|(name, draft)| draft.finish(name, &exporter, &facts)).collect();
        if exporter.prefixes.is_empty() {
            exporter.prefixes.extend(own_prefix(&metrics));
        }
        Catalogue::new(exporter, metrics)
    }
}

impl Draft {
    fn take(&mut self, family: &Family, name: &str, samples: &[&Sample], is_trimmed: bool) {
        let kind = match family.kind {
            Some(Type::Counter) if name.ends_with("_created") && family.name != name => Kind::Gauge,
            Some(Type::Counter) => Kind::Counter,
            Some(Type::Gauge) => Kind::Gauge,
            Some(Type::Histogram | Type::GaugeHistogram) => Kind::Histogram,
            Some(Type::Summary) => Kind::Summary,
            Some(Type::Info) => Kind::Info,
            Some(Type::StateSet) => Kind::StateSet,
            None | Some(Type::Untyped) => Kind::Untyped,
        };
        if self.help.is_empty() {
            self.help = family.help.clone().unwrap_or_default();
        }
        for sample in samples {
            self.samples += 1;
            self.is_always_one &= sample.value == 1.0;
            for (label, value) in sample.labels.iter().filter(|(label, _)| !is_part(kind, label)) {
                // A label without a value is none, but the exporter knows it.
                *self.labels.entry(label.clone()).or_default() += usize::from(!value.is_empty());
                if !value.is_empty() && may_be_state(label, sample) {
                    self.states.entry(label.clone()).or_default().insert(value.clone());
                }
            }
        }
        if matches!(kind, Kind::Gauge | Kind::Untyped | Kind::StateSet) && !is_trimmed {
            self.state_label = self.state_label.take().or_else(|| state_label(samples));
        }
        self.kinds.insert(kind.as_str());
    }

    fn kind(&self, name: &str) -> Kind {
        let is = |kind: Kind| self.kinds.contains(kind.as_str());
        if self.state_label.is_some() || is(Kind::StateSet) {
            return Kind::StateSet;
        }
        let is_info = self.is_always_one && self.samples > 0 && name.ends_with("_info");
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Untyped && is(*kind)).collect();
        match kinds[..] {
            [Kind::Gauge] | [] if is_info => Kind::Info,
            [Kind::Gauge, Kind::Info] => Kind::Info,
            [kind] => kind,
            // Dumps disagree, or none says.
            _ => Kind::Untyped,
        }
    }

    fn finish(self, name: String, exporter: &Exporter, facts: &Facts) -> Metric {
        let kind = self.kind(&name);
        let is_sometimes = |label: &str| {
            facts.sometimes.iter().any(|(pattern, labels)| fits(pattern, &name) && labels.iter().any(|it| it == label))
        };
        let labels = self.labels.iter().map(|(label, count)| {
            let mut values: BTreeSet<String> = BTreeSet::new();
            for (_, _, more) in facts.values.iter().filter(|(pattern, of, _)| of == label && fits(pattern, &name)) {
                values.extend(more.iter().cloned());
            }
            if values.is_empty() && self.state_label.as_ref() == Some(label) {
                values = self.states.get(label).cloned().unwrap_or_default();
            }
            let is_always = *count == self.samples && !is_sometimes(label);
            Label {
                name: label.clone().into(),
                presence: if is_always { Presence::Always } else { Presence::Sometimes },
                values: match values.is_empty() {
                    true => Values::Open,
                    false => Values::Closed(values.into_iter().map(Text::from).collect()),
                },
            }
        });
        Metric {
            kind,
            help: self.help.clone().into(),
            labels: labels.collect(),
            has_open_labels: self.samples == 0 || facts.open_labels.iter().any(|pattern| fits(pattern, &name)),
            is_open_family: exporter.is_open(&name),
            captures: self.captures,
            name: name.into(),
        }
    }
}

/// The metrics of a family by the names that expressions use: itself, with `_total` where OpenMetrics adds that, and
/// the times when its series were created.
fn parts(family: &Family) -> Vec<(String, Vec<&Sample>)> {
    if family.samples.is_empty() {
        return vec![(family.name.clone(), Vec::new())];
    }
    let mut parts: Vec<(String, Vec<&Sample>)> = Vec::new();
    for sample in &family.samples {
        let name = match sample.name.strip_prefix(&family.name) {
            Some("_total" | "_created" | "_info") => &sample.name,
            _ => &family.name,
        };
        match parts.iter_mut().find(|(known, _)| known == name) {
            Some((_, samples)) => samples.push(sample),
            None => parts.push((name.clone(), vec![sample])),
        }
    }
    parts
}

/// Whether `label` tells the series of one metric apart.
fn is_part(kind: Kind, label: &str) -> bool {
    matches!((kind, label), (Kind::Histogram, "le") | (Kind::Summary, "quantile"))
}

/// Whether the name of a label says that its values are states. In OpenMetrics the label of a state set is called as the
/// metric is.
fn may_be_state(label: &str, sample: &Sample) -> bool {
    STATE_LABELS.contains(&label) || sample.name == label
}

/// The label whose values are states: with all other labels equal there is one sample for each state, at most one of
/// them 1 and the rest 0.
fn state_label(samples: &[&Sample]) -> Option<String> {
    let first = samples.first()?;
    if samples.iter().any(|sample| sample.value != 0.0 && sample.value != 1.0) {
        return None;
    }
    let labels = first.labels.iter().map(|(label, _)| label);
    labels.filter(|label| may_be_state(label, first)).find(|label| are_states(samples, label)).cloned()
}

fn are_states(samples: &[&Sample], label: &str) -> bool {
    /// The states of one thing, and how many of them it is in.
    type Group<'a> = (BTreeSet<&'a str>, usize);
    let mut groups: BTreeMap<Vec<(&str, &str)>, Group<'_>> = BTreeMap::new();
    for sample in samples {
        let Some((_, state)) = sample.labels.iter().find(|(name, _)| name == label) else { return false };
        let others = sample.labels.iter().filter(|(name, _)| name != label);
        let mut others: Vec<(&str, &str)> = others.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        others.sort_unstable();
        let (states, set) = groups.entry(others).or_default();
        states.insert(state);
        *set += usize::from(sample.value == 1.0);
    }
    let Some((first, _)) = groups.values().next() else { return false };
    let is_whole = groups.values().all(|(states, set)| states == first && *set <= 1);
    is_whole && groups.values().any(|(_, set)| *set == 1) && (2..=MAX_STATES).contains(&first.len())
}

/// The first word of all metrics that no runtime writes, where they have one in common.
fn own_prefix(metrics: &[Metric]) -> Option<Text> {
    let words = metrics.iter().filter_map(|metric| metric.name.split_once('_').map(|(word, _)| word));
    let mut words = words.filter(|word| !RUNTIMES.contains(word));
    let first = words.next()?;
    words.all(|word| word == first).then(|| format!("{first}_").into())
}
