//! `--prometheus`: what a running server knows, as one more catalogue and, where the repository has no configuration of
//! Prometheus, as one of what is scraped. Asked once, before anything is linted, and only for metrics that rules read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rayon::prelude::*;

use crate::cli::args::LintArgs;
use crate::cli::credentials::SecretFile;
use crate::cli::files::Files;
use crate::discover::Inventory;
use crate::linter::RuleUnit;
use crate::prometheus::catalogue::{
    Capture, Catalogue, Evidence, Exporter, Kind, Label, Metric, Presence, Text, Values,
};
use crate::prometheus::scrape::{self, ScrapeFile};
use crate::prometheus::{self, Content, dashboard};
use crate::remote::prometheus::{MAX_METRICS, Metadata, Problem, Series, Server, Target};
use crate::remote::{Client, Obstacle};
use crate::retry::SystemClock;

/// How far back series count: an exporter that was down for a while still has its metrics.
const PERIOD: Duration = Duration::from_secs(24 * 60 * 60);

/// How to reach a server.
pub(super) struct Access<'a> {
    url: &'a str,
    ca: Option<&'a Path>,
    secret: Option<SecretFile<'a>>,
}

impl<'a> Access<'a> {
    /// The server at `url`, with what the command line says about it.
    pub(super) fn of(args: &'a LintArgs, url: &'a str) -> Self {
        let basic = args.prometheus_basic_auth_file.as_deref().map(SecretFile::Basic);
        let secret = basic.or_else(|| args.prometheus_bearer_file.as_deref().map(SecretFile::Bearer));
        Self { url, ca: args.prometheus_ca.as_deref(), secret }
    }

    fn server(&self) -> Result<Server<'static, SystemClock>, String> {
        // Addresses are shown, and a password with them.
        if let Some((_, host)) = self.url.rsplit_once('@') {
            return Err(format!("the address of `{host}` holds credentials: put them into a file; {NAME_A_FILE}"));
        }
        let authorization = self.secret.map(SecretFile::header).transpose()?;
        Server::new(self.url, Client::new(self.ca)?, authorization, &SystemClock)
    }

    /// What went wrong, with what to do about it.
    fn explain(&self, problem: &Problem) -> String {
        let url = self.url;
        match (problem, self.secret) {
            (Problem::Login(_), None) => format!("{url}: {problem}; {NAME_A_FILE}"),
            (Problem::Login(status), Some(secret)) => {
                format!("{url}: it refuses the credentials in {} (status {status})", secret.path().display())
            }
            (Problem::NoAnswer(error, _), _) if error.obstacle == Obstacle::UnknownIssuer => {
                format!("{url}: {error}; name the file of the authority's certificate with `--prometheus-ca`")
            }
            _ => format!("{url}: {problem}"),
        }
    }
}

/// How to say who asks.
const NAME_A_FILE: &str = "name one with `--prometheus-basic-auth-file` or `--prometheus-bearer-file`";

/// What the server knows of the metrics that rules and dashboards read.
///
/// # Errors
/// When nothing could be learned, in a sentence.
pub(super) fn ask(
    access: &Access<'_>,
    inventory: &Inventory,
    files: &mut Files,
) -> Result<(Catalogue, Option<ScrapeFile>), String> {
    let (server, url) = (access.server()?, access.url);
    let say = |problem: Problem| access.explain(&problem);
    let metadata = server.metadata().map_err(say)?;
    let mut names = server.names().map_err(say)?;
    names.sort();
    let read = metrics_of(inventory, files);
    // What rules read comes first: it is what there is time and room for.
    let asked: Vec<String> = names.iter().filter(|name| read.contains(*name)).cloned().collect();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let series = server.series(&asked, now.saturating_sub(PERIOD).as_secs()).map_err(say)?;
    let targets = server.targets().map_err(say)?;
    let asked: BTreeSet<&String> = asked.iter().take(MAX_METRICS).collect();
    // It stands for the server where a finding points at what is scraped.
    let file = files.add(Path::new(url), url.to_owned());
    let scrape = scrape::read_named(file, url, scrape_configuration(&targets).as_bytes());
    let targets = targets.into_iter().map(|target| target.labels).collect();
    Ok((Live { metadata, names, asked, series, targets }.catalogue(url), scrape))
}

/// What is scraped, as a configuration: each target with its labels, which relabelling has made already.
fn scrape_configuration(targets: &[Target]) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let mut jobs: BTreeMap<&str, Vec<&Target>> = BTreeMap::new();
    for target in targets {
        jobs.entry(target.labels.get("job").map_or("", String::as_str)).or_default().push(target);
    }
    let mut text = String::from("scrape_configs:\n");
    for (job, targets) in jobs {
        let _ = writeln!(text, "- job_name: {}", quoted(job));
        if let Some(interval) = targets.iter().find_map(|target| target.interval.as_ref()) {
            let _ = writeln!(text, "  scrape_interval: {}", quoted(interval));
        }
        text.push_str("  static_configs:\n");
        for target in targets {
            let instance = target.labels.get("instance").map_or("", String::as_str);
            let _ = writeln!(text, "  - targets: [{}]\n    labels:", quoted(instance));
            for (name, value) in target.labels.iter().filter(|(name, _)| *name != "job") {
                let _ = writeln!(text, "      {}: {}", quoted(name), quoted(value));
            }
        }
    }
    text
}

/// The names of the metrics that rules and dashboards read.
fn metrics_of(inventory: &Inventory, files: &Files) -> BTreeSet<String> {
    let candidates = inventory.rule_candidates.par_iter().chain(&inventory.dashboard_candidates);
    let names = candidates.map(|file| {
        let Ok(text) = files.read(*file) else { return BTreeSet::new() };
        let rules = match prometheus::read(&text) {
            Content::Rules(rules) => Some(rules),
            _ => dashboard::read(&text),
        };
        let units = rules.into_iter().chain(dashboard::read_config_maps(&text));
        let units: Vec<RuleUnit> = units.map(|rules| RuleUnit::new(*file, rules)).collect();
        units.iter().flat_map(RuleUnit::rules).flat_map(|view| view.metrics()).collect()
    });
    names.reduce(BTreeSet::new, |mut all, more: BTreeSet<String>| {
        all.extend(more);
        all
    })
}

/// The answers of a server.
struct Live<'a> {
    metadata: BTreeMap<String, Vec<Metadata>>,
    /// All names, sorted.
    names: Vec<String>,
    /// Those whose series were asked for.
    asked: BTreeSet<&'a String>,
    series: Vec<Series>,
    targets: Vec<Series>,
}

impl Live<'_> {
    fn catalogue(&self, url: &str) -> Catalogue {
        let mut by_name: BTreeMap<&str, Vec<BTreeSet<&str>>> = BTreeMap::new();
        let targets = self.targets_by_identity();
        for series in &self.series {
            if let Some(name) = series.get("__name__") {
                by_name.entry(name).or_default().push(own_labels(series, &targets));
            }
        }
        let metrics = self.names.iter().map(|name| {
            let series = by_name.get(name.as_str()).map_or(&[][..], Vec::as_slice);
            let (kind, help) = self.describe(name);
            Metric {
                name: name.clone().into(),
                kind,
                help: help.into(),
                labels: labels(series),
                // Of what was not asked for, or had no series lately, nobody knows the labels.
                has_open_labels: !self.asked.contains(name) || series.is_empty(),
                is_open_family: false,
                captures: 1,
            }
        });
        let capture = Capture { version: Text::Borrowed(""), evidence: Evidence::Live };
        let exporter = Exporter { name: url.to_owned().into(), captures: vec![capture], ..Exporter::default() };
        Catalogue::new(exporter, metrics.collect())
    }

    /// The labels of targets by what tells them apart. Two targets may share it, such as the modules of a blackbox.
    fn targets_by_identity(&self) -> BTreeMap<Identity<'_>, Vec<&Series>> {
        let mut targets: BTreeMap<Identity<'_>, Vec<&Series>> = BTreeMap::new();
        for target in &self.targets {
            targets.entry(identity(target)).or_default().push(target);
        }
        targets
    }

    /// Type and help of a series. Those of histograms and summaries stand under the name without suffix, and the series
    /// have names of their own here.
    fn describe(&self, name: &str) -> (Kind, String) {
        let stem = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
        let own = self.metadata.get(name).and_then(|all| all.first());
        let of_stem = stem.and_then(|stem| self.metadata.get(stem)).and_then(|all| all.first());
        match (own, of_stem) {
            (Some(found), _) => (kind(&found.kind), found.help.clone()),
            (None, Some(found)) if matches!(found.kind.as_str(), "histogram" | "summary") => {
                (Kind::Counter, found.help.clone())
            }
            _ => (Kind::Untyped, String::new()),
        }
    }
}

fn kind(word: &str) -> Kind {
    match word {
        "counter" => Kind::Counter,
        "gauge" => Kind::Gauge,
        "info" => Kind::Info,
        "stateset" => Kind::StateSet,
        // Each of its series is a metric here.
        _ => Kind::Untyped,
    }
}

/// Job and instance.
type Identity<'a> = (Option<&'a str>, Option<&'a str>);

fn identity(labels: &Series) -> Identity<'_> {
    (labels.get("job").map(String::as_str), labels.get("instance").map(String::as_str))
}

/// The labels of a series that do not come from its target: what the exporter wrote, as far as can be told.
fn own_labels<'s>(series: &'s Series, targets: &BTreeMap<Identity<'_>, Vec<&Series>>) -> BTreeSet<&'s str> {
    let targets = targets.get(&identity(series)).map_or(&[][..], Vec::as_slice);
    let is_of_target = |label: &str, value: &str| {
        matches!(label, "__name__" | "job" | "instance")
            || targets.iter().any(|target| target.get(label).is_some_and(|known| known == value))
    };
    let own = series.iter().filter(|(label, value)| !is_of_target(label, value));
    own.map(|(label, _)| label.as_str()).collect()
}

/// The labels of `series`.
fn labels(series: &[BTreeSet<&str>]) -> Vec<Label> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for label in series.iter().flatten() {
        *counts.entry(label).or_default() += 1;
    }
    let label = |(name, count): (&str, usize)| Label {
        name: name.to_owned().into(),
        presence: if count == series.len() { Presence::Always } else { Presence::Sometimes },
        values: Values::Open,
    };
    counts.into_iter().map(label).collect()
}
