//! The text in which exporters write their metrics: Prometheus' format 0.0.4 and OpenMetrics 1.0, told apart line by
//! line, as dumps of both are about. Any bytes give families, comments and errors, one for each line that is wrong.
//!
//! ```
//! use sprag::syntax::exposition::{Type, parse};
//!
//! let dump = parse(b"# TYPE up gauge\nup{job=\"a\"} 1\nup{job=b} 1\n");
//! assert_eq!(dump.families[0].kind, Some(Type::Gauge));
//! assert_eq!(dump.families[0].samples[0].labels, [("job".to_owned(), "a".to_owned())]);
//! assert_eq!(dump.errors[0].message, "the value of a label is in double quotes");
//! ```

mod line;

use std::collections::HashMap;

use super::SyntaxError;
use crate::source::Span;
use line::{Cursor, Line};

/// A type that a `# TYPE` line gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// `counter`
    Counter,
    /// `gauge`
    Gauge,
    /// `histogram`
    Histogram,
    /// `gaugehistogram`, of OpenMetrics
    GaugeHistogram,
    /// `summary`
    Summary,
    /// `info`, of OpenMetrics
    Info,
    /// `stateset`, of OpenMetrics
    StateSet,
    /// `untyped`, or `unknown` of OpenMetrics
    Untyped,
}

impl Type {
    /// All names of types.
    pub const NAMES: [(&'static str, Self); 9] = [
        ("counter", Self::Counter),
        ("gauge", Self::Gauge),
        ("histogram", Self::Histogram),
        ("summary", Self::Summary),
        ("untyped", Self::Untyped),
        ("unknown", Self::Untyped),
        ("info", Self::Info),
        ("stateset", Self::StateSet),
        ("gaugehistogram", Self::GaugeHistogram),
    ];

    /// The type called `name`, in any case as Prometheus reads it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, kind)| *kind)
    }

    /// The suffixes of the series that a family of this type consists of.
    #[must_use]
    pub const fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Counter => &["_total", "_created"],
            Self::Histogram => &["_bucket", "_sum", "_count", "_created"],
            Self::GaugeHistogram => &["_bucket", "_gsum", "_gcount"],
            Self::Summary => &["_sum", "_count", "_created"],
            Self::Info => &["_info"],
            Self::Gauge | Self::StateSet | Self::Untyped => &[],
        }
    }
}

/// One sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The name of the series, with suffixes such as `_bucket`.
    pub name: String,
    /// Labels and values, in the order in which they are written.
    pub labels: Vec<(String, String)>,
    /// Its value.
    pub value: f64,
    /// Its line.
    pub span: Span,
}

/// A metric and its samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Family {
    /// Its name as in `# TYPE`.
    pub name: String,
    /// Its type, where one is given.
    pub kind: Option<Type>,
    /// What it is about.
    pub help: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// Its samples.
    pub samples: Vec<Sample>,
}

/// A comment that says nothing to Prometheus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its line.
    pub span: Span,
    /// What stands after `#`, without blanks around it.
    pub text: String,
}

/// A dump.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exposition {
    /// Families in the order in which they appear first.
    pub families: Vec<Family>,
    /// Other comments.
    pub comments: Vec<Comment>,
    /// What is wrong, in order.
    pub errors: Vec<SyntaxError>,
}

/// Reads a dump.
#[must_use]
pub fn parse(source: &[u8]) -> Exposition {
    let mut reader = Reader { exposition: Exposition::default(), known: HashMap::new(), has_ended: false };
    let mut start = 0;
    for bytes in source.split_inclusive(|byte| *byte == b'\n') {
        let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        reader.line(text, offset(start));
        start += bytes.len();
    }
    reader.exposition
}

struct Reader {
    exposition: Exposition,
    /// Where families stand, by name.
    known: HashMap<String, usize>,
    /// Whether `# EOF` was read.
    has_ended: bool,
}

impl Reader {
    fn line(&mut self, bytes: &[u8], start: u32) {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = start + offset(error.valid_up_to());
                return self.error(SyntaxError::new(Span::new(at, at + 1), "this is not UTF-8"));
            }
        };
        let mut cursor = Cursor::new(text, start);
        match cursor.line() {
            Ok(Line::Empty) => {}
            Ok(_) if self.has_ended => {
                let error =
                    SyntaxError::new(Span::new(start, start + offset(text.len())), "nothing may follow `# EOF`");
                self.error(error);
            }
            Ok(Line::End) => self.has_ended = true,
            Ok(Line::Comment(text, span)) => self.exposition.comments.push(Comment { span, text: text.to_owned() }),
            Ok(Line::Help(name, help, span)) => self.help(&name, help, span),
            Ok(Line::Unit(name, unit, span)) => self.unit(&name, unit, span),
            Ok(Line::Type(name, kind, span)) => self.kind(&name, kind, span),
            Ok(Line::Sample(sample)) => self.sample(sample),
            Err(error) => self.error(error),
        }
    }

    fn error(&mut self, error: SyntaxError) {
        self.exposition.errors.push(error);
    }

    fn family(&mut self, name: &str) -> &mut Family {
        let families = &mut self.exposition.families;
        let index = match self.known.get(name) {
            Some(index) => *index,
            None => {
                families.push(Family { name: name.to_owned(), ..Family::default() });
                self.known.insert(name.to_owned(), families.len() - 1);
                families.len() - 1
            }
        };
        &mut families[index]
    }

    fn help(&mut self, name: &str, help: String, span: Span) {
        let family = self.family(name);
        match &family.help {
            None => family.help = Some(help),
            Some(known) if *known == help => {}
            Some(_) => self.error(twice("HELP", name, span)),
        }
    }

    fn unit(&mut self, name: &str, unit: String, span: Span) {
        let family = self.family(name);
        match &family.unit {
            None => family.unit = Some(unit),
            Some(known) if *known == unit => {}
            Some(_) => self.error(twice("UNIT", name, span)),
        }
    }

    fn kind(&mut self, name: &str, kind: Type, span: Span) {
        let family = self.family(name);
        if family.kind.is_none() && !family.samples.is_empty() {
            let message = format!("the type of `{name}` stands after samples of it");
            return self.error(SyntaxError::new(span, message).help("move the `# TYPE` line up"));
        }
        match family.kind {
            None => family.kind = Some(kind),
            Some(known) if known == kind => {}
            Some(_) => self.error(twice("TYPE", name, span)),
        }
    }

    fn sample(&mut self, sample: Sample) {
        let name = self.family_of(&sample.name).unwrap_or(&sample.name).to_owned();
        self.family(&name).samples.push(sample);
    }

    /// The family whose type says that it has a series called `name`.
    fn family_of<'a>(&self, name: &'a str) -> Option<&'a str> {
        if self.known.contains_key(name) {
            return Some(name);
        }
        let (stem, _) = name.rsplit_once('_')?;
        let kind = self.exposition.families.get(*self.known.get(stem)?)?.kind?;
        kind.suffixes().contains(&&name[stem.len()..]).then_some(stem)
    }
}

fn twice(word: &str, name: &str, span: Span) -> SyntaxError {
    SyntaxError::new(span, format!("a second and different `# {word}` of `{name}`"))
        .help("dumps of several exporters or versions are files of their own")
}

/// Texts are at most 4 GiB.
fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
