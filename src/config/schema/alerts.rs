//! `alerts`.

use super::{Argument, Block, Kind, Label, Times};

const TEXTS: Kind = Kind::List(&Kind::Text);

pub(super) static ALERTS: Block = Block {
    name: "alerts",
    doc: "what alert rules must cover and can read",
    arguments: &[
        Argument::new(
            "prometheus",
            Kind::Release,
            "any",
            "the release that evaluates the rules, such as `\"2.42\"`: newer syntax and functions are errors then, and \
             removed ones too",
        ),
        Argument::new("minimum", Kind::Number, "none", "how many alerts the rule files must hold together"),
        Argument::new("severities", TEXTS, "any", "the values the label `severity` may have"),
        Argument::new(
            "domains",
            Kind::Map(&Kind::Text, &Kind::List(&Kind::NamePattern)),
            "none",
            "what must be watched: a domain is covered when an alert reads a metric that fits; an empty list takes a \
             preset's domain out",
        ),
        Argument::new(
            "scrape",
            Kind::List(&Kind::Path),
            "none",
            "Prometheus configurations to read job names, target labels and relabelling from",
        ),
    ],
    blocks: &[&REQUIRE, &EXPORTER, &CATALOGUE],
    ..Block::NEW
};

static REQUIRE: Block = Block {
    name: "require",
    labels: &[Label::Name("the alert")],
    times: Times::Many,
    doc: "alerts that must be there",
    arguments: &[
        Argument::new(
            "severity",
            Kind::Text,
            "any",
            "the alert's label `severity`; one of `severities` when those are set",
        ),
        Argument::new("for", Kind::Duration, "any", "the alert's `for`"),
    ],
    ..Block::NEW
};

static EXPORTER: Block = Block {
    name: "exporter",
    labels: &[Label::Name("the exporter")],
    times: Times::Many,
    doc: "what is deployed; without it what compose files, units and install scripts say",
    arguments: &[
        Argument::new(
            "version",
            Kind::Version,
            "unknown",
            "the version that runs; what it does not export is an error",
        ),
        Argument::new("collectors", TEXTS, "none", "collectors switched on beside the exporter's default ones"),
        Argument::new("image", Kind::Text, "the project's own", "the container image it runs as"),
    ],
    ..Block::NEW
};

static CATALOGUE: Block = Block {
    name: "catalogue",
    labels: &[Label::Name("the exporter")],
    times: Times::Many,
    doc: "metrics of your own exporters",
    arguments: &[Argument::required(
        "file",
        Kind::Path,
        "the exporter's output in the exposition format, as `curl HOST:PORT/metrics` shows it",
    )],
    ..Block::NEW
};
