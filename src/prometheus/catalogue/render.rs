//! A catalogue as a dump with directives: what `sprag catalogue` writes. Nothing of a machine is left in it but the
//! values of closed sets, and reading it gives the same catalogue again.

use std::fmt::Write as _;

use super::Catalogue;
use super::build::MAX_STATES;
use super::directive::Directive;
use super::metric::{Kind, Label, Metric, Presence, Text, Values};

/// What stands for a value that can be anything.
const ANY: &str = "*";

impl Catalogue {
    /// The catalogue as a file; `about` says where it comes from.
    #[must_use]
    pub fn render(&self, about: &[String]) -> String {
        let mut text = String::new();
        let mut direct = |directive: &Directive| {
            let _ = writeln!(text, "# sprag {directive}");
        };
        for line in about {
            direct(&Directive::About(line.clone()));
        }
        direct(&Directive::Exporter(self.exporter.name.to_string()));
        for directive in Directive::of_exporter(&self.exporter) {
            direct(&directive);
        }
        for metric in self.metrics() {
            for directive in facts_of(metric, self.exporter.captures.len()) {
                direct(&directive);
            }
        }
        for metric in self.metrics() {
            write_metric(&mut text, metric);
        }
        text
    }
}

/// What the samples of a metric do not say.
fn facts_of(metric: &Metric, captures: usize) -> Vec<Directive> {
    let name = metric.name.to_string();
    let mut facts = Vec::new();
    for label in &metric.labels {
        if let Values::Closed(values) = &label.values {
            let values = values.iter().map(ToString::to_string).collect();
            facts.push(Directive::Values(name.clone(), label.name.to_string(), values));
        }
    }
    if metric.has_open_labels {
        facts.push(Directive::OpenLabels(vec![name.clone()]));
    }
    let numbers: Vec<u32> = (1..=32).filter(|number| metric.captures >> (number - 1) & 1 == 1).collect();
    if numbers.len() < captures {
        facts.push(Directive::Seen(name, numbers));
    }
    facts
}

fn write_metric(text: &mut String, metric: &Metric) {
    let name = quote_name(&metric.name);
    let states = metric.labels.iter().find_map(|label| match &label.values {
        Values::Closed(values) if (2..=MAX_STATES).contains(&values.len()) => Some((label, values.as_slice())),
        _ => None,
    });
    let states = states.filter(|_| metric.kind == Kind::StateSet);
    let has_samples = !(metric.has_open_labels && metric.labels.is_empty());
    let kind = match metric.kind {
        Kind::Info if metric.name.ends_with("_info") && has_samples => "gauge",
        Kind::StateSet if states.is_some() => "gauge",
        kind => kind.as_str(),
    };
    if !metric.help.is_empty() {
        let _ = writeln!(text, "# HELP {name} {}", metric.help.replace('\\', "\\\\").replace('\n', "\\n"));
    }
    let _ = writeln!(text, "# TYPE {name} {kind}");
    if !has_samples {
        return;
    }
    let all: Vec<&Label> = metric.labels.iter().collect();
    let always: Vec<&Label> = all.iter().copied().filter(|label| label.presence == Presence::Always).collect();
    let sets = if always.len() < all.len() { vec![all, always] } else { vec![all] };
    for labels in sets {
        match metric.kind {
            Kind::Histogram => {
                write_sample(text, &metric.name, "_bucket", &labels, Some(("le", "+Inf")), "1");
                write_sample(text, &metric.name, "_sum", &labels, None, "1");
                write_sample(text, &metric.name, "_count", &labels, None, "1");
            }
            Kind::Summary => {
                write_sample(text, &metric.name, "", &labels, Some(("quantile", "0.5")), "1");
                write_sample(text, &metric.name, "_sum", &labels, None, "1");
                write_sample(text, &metric.name, "_count", &labels, None, "1");
            }
            Kind::StateSet if states.is_some_and(|(state, _)| labels.contains(&state)) => {
                let (state, values) = states.unwrap_or((labels[0], &[]));
                let others: Vec<&Label> = labels.iter().copied().filter(|label| *label != state).collect();
                for (index, value) in values.iter().enumerate() {
                    let own = Some((state.name.as_ref(), value.as_ref()));
                    write_sample(text, &metric.name, "", &others, own, if index == 0 { "1" } else { "0" });
                }
            }
            Kind::Info => write_sample(text, &metric.name, "", &labels, None, "1"),
            _ => write_sample(text, &metric.name, "", &labels, None, "0"),
        }
    }
}

/// One sample. The values of closed sets stand in directives.
fn write_sample(
    text: &mut String,
    name: &Text,
    suffix: &str,
    labels: &[&Label],
    own: Option<(&str, &str)>,
    value: &str,
) {
    let own_label = own.map(|(label, value)| format!("{}=\"{}\"", quote_name(label), escape(value)));
    let labels = labels.iter().map(|label| format!("{}=\"{ANY}\"", quote_name(&label.name)));
    let mut labels: Vec<String> = labels.chain(own_label).collect();
    let name = format!("{name}{suffix}");
    if is_plain(&name) {
        let _ = write!(text, "{name}");
    } else {
        labels.insert(0, quote_name(&name));
    }
    let braces = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
    let _ = writeln!(text, "{braces} {value}");
}

/// A name as it is, or in quotes where Prometheus 3 asks for them.
fn quote_name(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { format!("\"{}\"", escape(name)) }
}

fn is_plain(name: &str) -> bool {
    let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '_' | ':'));
    starts_well && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'))
}

fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
