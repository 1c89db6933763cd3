//! Inference against a real Prometheus: what it evaluates must fit what sprag says of the expression. It scrapes itself, a
//! real node-exporter, a real Alertmanager and captures replayed by a small server, relabels, and records.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use common::e2e::skip;
use common::servers::{Server, exporter, free_port, get};
use serde_json::Value;
use sprag::diagnostic::FileId;
use sprag::prometheus::catalogue::Catalogues;
use sprag::prometheus::deployment::Deployment;
use sprag::prometheus::infer::{
    Around, Base, Inference, Join, Knowledge, METRIC_NAME, Metric, Presence, Recorded, RecordingRule, Selected, infer,
};
use sprag::prometheus::scrape::{self, ScrapeModel};
use sprag::prometheus::world::{Deployed, World};
use sprag::syntax::promql::{BinaryOperator, ExprKind, Options, Parsed, Version, parse};

const PATIENCE: Duration = Duration::from_secs(60);

/// Recording rules; the first may read the others.
const RECORDED: [(&str, &str); 4] = [
    ("job:up:count", "count by (job) (up)"),
    ("instance:cpu:rate", "sum without (cpu) (rate(node_cpu_seconds_total[10s]))"),
    ("instance:cpu:busy", "sum by (instance) (instance:cpu:rate{mode!=\"idle\"})"),
    ("storage:used:ratio", "pve_disk_usage_bytes{id=~\"storage/.+\"} / pve_disk_size_bytes"),
];

/// Written by hand, for what generated ones seldom hit.
const HANDMADE: &[&str] = &[
    "up == 0",
    "up != 1",
    "up == bool 1",
    "absent(up{job=\"nothing\", instance=\"x\"})",
    "absent(up{job=\"nothing\", job=\"more\"})",
    "absent_over_time(up{job=\"nothing\"}[10s])",
    "absent(sum(nothing_at_all))",
    "time()",
    "vector(3)",
    "vector(time())",
    "scalar(count(up))",
    "1 + 2 * 3",
    "hour() + 0 * vector(1)",
    "time() - node_boot_time_seconds",
    "node_time_seconds - node_boot_time_seconds",
    "(time() - process_start_time_seconds) / 3600",
    "node_filesystem_avail_bytes / node_filesystem_size_bytes",
    "100 - 100 * node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
    "1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[10s]))",
    "node_load15 > on (instance) 2 * count by (instance) (node_cpu_seconds_total{mode=\"idle\"})",
    "node_load1 * on (instance) group_left (nodename, machine) node_uname_info",
    "node_uname_info * on (instance) group_right (nodename) node_load1",
    "pve_disk_usage_bytes * on (id, instance) group_left (storage, node) pve_storage_info",
    "pve_up * on (id) group_left (name, type) pve_guest_info",
    "pve_up == 0",
    "count by (job) (up == 1)",
    "count_values(\"value\", up)",
    "count_values by (job) (\"job\", up)",
    "topk(3, prometheus_http_requests_total)",
    "bottomk by (job) (1, process_resident_memory_bytes)",
    "group by (job, version) (prometheus_build_info)",
    "quantile by (job) (0.5, up)",
    "histogram_quantile(0.9, sum by (le, handler) (rate(prometheus_http_request_duration_seconds_bucket[10s])))",
    "histogram_quantile(0.5, rate(prometheus_http_request_duration_seconds_bucket[10s]))",
    "label_replace(up, \"host\", \"$1\", \"instance\", \"(.+):.*\")",
    "label_replace(up, \"host\", \"$1\", \"instance\", \"(nothing):.*\")",
    "label_replace(up, \"job\", \"\", \"job\", \"(.*)\")",
    "label_replace(up, \"team\", \"infra\", \"\", \"\")",
    "label_replace(up, \"copy\", \"$1\", \"job\", \"(.+)\")",
    "label_replace(up, \"copy\", \"x-$1\", \"nothing\", \"(.*)\")",
    "label_replace(node_cpu_seconds_total, \"mode\", \"all\", \"mode\", \"idle|user\")",
    "label_replace(up, \"__name__\", \"down\", \"\", \"\")",
    "label_join(up, \"both\", \"/\", \"job\", \"instance\")",
    "label_join(up, \"both\", \"\", \"nothing\")",
    "label_join(up, \"job\", \"-\", \"nothing\", \"more\")",
    "up or vector(0)",
    "up{job=\"nothing\"} or vector(0)",
    "up unless on (job) node_load1",
    "up and on (job) node_load1",
    "up and on (instance, job) pve_up",
    "up unless sum by (job) (up)",
    "node_load1 / ignoring (instance) sum without (instance) (node_load1)",
    "node_cpu_seconds_total / ignoring (mode) group_left () sum without (mode) (node_cpu_seconds_total)",
    "node_cpu_seconds_total{mode=\"idle\"} / ignoring (mode) node_cpu_seconds_total{mode=\"user\"}",
    "node_cpu_seconds_total{mode=\"idle\"} / node_cpu_seconds_total{mode=\"user\"}",
    "max_over_time(sum by (job) (up)[10s:1s])",
    "avg_over_time((up == 1)[10s:1s])",
    "last_over_time(up[10s])",
    "present_over_time(node_load1[10s])",
    "changes(node_load1[10s])",
    "timestamp(up)",
    "sort_desc(up)",
    "-up",
    "clamp(up, 0, 0.5)",
    "sgn(up)",
    "up offset 1s",
    "{__name__=\"up\"}",
    "{__name__=~\"node_load.*\"}",
    "{job=\"node\", __name__=~\"node_load.*\"}",
    "up{role=\"host\"}",
    "up{role=\"guest\"}",
    "up{role=~\"ho.*\"}",
    "node_load1{role=\"host\"}",
    "node_load1{rack=\"r1\"}",
    "node_load1{rack=\"r2\"}",
    "node_load1{cpu=\"0\"}",
    "node_load1{cpu!=\"0\"}",
    "node_load1{cpu=\"\"}",
    "node_load1{job=\"\"}",
    "node_load1{job=~\".+\"}",
    "node_cpu_seconds_total{mode=\"wait\"}",
    "node_cpu_seconds_total{mode=~\"i.*\"}",
    "node_cpu_seconds_total{mode!~\".+\"}",
    "pve_up{id=\"node/pve1\"}",
    "pve_up{exported_id=\"node/pve1\"}",
    "alertmanager_alerts{state=\"active\"}",
    "alertmanager_alerts{state=\"sleeping\"}",
    "job:up:count",
    "job:up:count{team=\"infra\"}",
    "job:up:count{team=\"ops\"}",
    "job:up:count{instance=\"x\"}",
    "instance:cpu:rate",
    "instance:cpu:busy / on (instance) node_load1",
    "storage:used:ratio > 0.1",
    "sum(instance:cpu:rate)",
    "scrape_duration_seconds",
    "scrape_samples_scraped > 10",
    "ALERTS",
    "process_open_fds",
    "go_info",
    "sum by (version) (go_info)",
    "prometheus_target_interval_length_seconds{quantile=\"0.5\"}",
    "prometheus_target_interval_length_seconds{quantile=\"0.42\"}",
];

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() {
            all.push(char::from(byte));
        } else {
            let _ = write!(all, "%{byte:02X}");
        }
        all
    })
}

/// A series with its value.
#[derive(Clone, Debug)]
struct Series {
    labels: BTreeMap<String, String>,
    value: f64,
}

/// The Prometheus of the test.
struct Lab {
    port: u16,
    _servers: Vec<Server>,
    _directory: tempfile::TempDir,
    config: String,
}

impl Lab {
    fn new() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let captures = common::root().join("src/prometheus/catalogue/exporters");
        let capture = |name: &str| fs::read_to_string(captures.join(name)).unwrap();
        let pages = BTreeMap::from([
            ("/node", capture("node-exporter/1.5.0.prom")),
            ("/optional", capture("node-exporter/1.5.0-optional.prom")),
            ("/pve", capture("pve-exporter/3.10.2.prom")),
            ("/alertmanager", capture("alertmanager/0.25.0.prom")),
            ("/prometheus", capture("prometheus/2.42.0.prom")),
        ]);
        let replayed = exporter(move |path| pages.get(path).cloned().unwrap_or_default());
        let (prometheus, node, alertmanager) = (free_port(), free_port(), free_port());
        let job = |name: &str, path: &str, port: u16, more: &str| {
            let target = format!("targets: ['127.0.0.1:{port}']");
            format!("- job_name: {name}\n  metrics_path: {path}\n  static_configs:\n  - {target}\n{more}")
        };
        let drop = "  metric_relabel_configs:\n  - {action: labeldrop, regex: version}\n\
                    \x20 - {source_labels: [__name__], regex: 'go_memstats_.*', action: drop}\n";
        let config = format!(
            "global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}\nrule_files: [rules.yml]\n\
             scrape_configs:\n{}{}{}{}{}{}{}{}",
            job("prometheus", "/metrics", prometheus, ""),
            job("node", "/metrics", node, "    labels: {role: host}\n"),
            job("replayed", "/node", replayed, "    labels: {role: host, rack: r1}\n"),
            job("optional", "/optional", replayed, ""),
            job("pve", "/pve", replayed, "    labels: {id: cluster}\n"),
            job("guests", "/pve", replayed, ""),
            job("alertmanager", "/metrics", alertmanager, drop),
            job("captured", "/prometheus", replayed, "  honor_labels: true\n"),
        );
        fs::write(root.join("prometheus.yml"), &config).unwrap();
        let rules = RECORDED.map(|(name, text)| {
            format!("  - record: {name}\n    expr: {}\n    labels: {{team: infra}}\n", Value::from(text))
        });
        fs::write(root.join("rules.yml"), format!("groups:\n- name: all\n  rules:\n{}", rules.concat())).unwrap();
        fs::write(root.join("alertmanager.yml"), "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n").unwrap();
        let path = |name: &str| root.join(name).display().to_string();
        let listen = |port: u16| format!("--web.listen-address=127.0.0.1:{port}");
        let node = Server::start("prometheus-node-exporter", &[listen(node)]);
        let config_file = format!("--config.file={}", path("alertmanager.yml"));
        let storage = format!("--storage.path={}", path("alertmanager"));
        let quiet = "--cluster.listen-address=".to_owned();
        let alertmanager =
            Server::start("prometheus-alertmanager", &[config_file, storage, listen(alertmanager), quiet]);
        let config_file = format!("--config.file={}", path("prometheus.yml"));
        let storage = format!("--storage.tsdb.path={}", path("data"));
        let prometheus_server = Server::start("prometheus", &[config_file, storage, listen(prometheus)]);
        let (Some(node), Some(alertmanager), Some(server)) = (node, alertmanager, prometheus_server) else {
            skip("prometheus, prometheus-node-exporter or prometheus-alertmanager");
            return None;
        };
        let servers = vec![node, alertmanager, server];
        let lab = Self { port: prometheus, _servers: servers, _directory: directory, config };
        lab.wait();
        Some(lab)
    }

    /// Until everything was scraped a few times and the rules have recorded.
    fn wait(&self) {
        let end = Instant::now() + PATIENCE;
        let ready = "count(count_over_time(up[1m]) >= 8 and up == 1) == 8 and on () count(storage:used:ratio) > 0";
        while self.query(ready).is_none_or(|found| found.is_empty()) {
            assert!(Instant::now() < end, "Prometheus did not scrape all jobs: {:?}", self.query("up"));
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// The result of an expression; nothing where it fails (many-to-many matching).
    fn query(&self, expression: &str) -> Option<Vec<Series>> {
        let answer = get(self.port, &format!("/api/v1/query?query={}", encoded(expression)))?;
        let data = &answer["data"];
        let number = |value: &Value| value[1].as_str().unwrap_or_default().parse().unwrap_or(f64::NAN);
        match data["resultType"].as_str()? {
            "scalar" => Some(vec![Series { labels: BTreeMap::new(), value: number(&data["result"]) }]),
            "vector" => {
                let series = data["result"].as_array()?.iter().map(|one| Series {
                    labels: serde_json::from_value(one["metric"].clone()).unwrap_or_default(),
                    value: number(&one["value"]),
                });
                Some(series.collect())
            }
            _ => None,
        }
    }

    /// All series, by the name of the metric.
    fn metrics(&self) -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
        let mut metrics: BTreeMap<String, Vec<BTreeMap<String, String>>> = BTreeMap::new();
        for series in self.query("{__name__=~\".+\"}").unwrap() {
            metrics.entry(series.labels[METRIC_NAME].clone()).or_default().push(series.labels);
        }
        metrics
    }
}

/// What is wrong with a result.
fn misfits(inference: &Inference<'_>, result: &[Series]) -> Vec<String> {
    let shape = inference.result();
    let mut wrong = Vec::new();
    for series in result {
        for label in shape.labels.named() {
            match series.labels.get(label.name.as_ref()) {
                Some(_) if label.presence.is_absent() => wrong.push(format!("has the label `{}`", label.name)),
                None if label.presence.is_present() => wrong.push(format!("lacks the label `{}`", label.name)),
                Some(value) if label.values.set().is_some_and(|set| !set.iter().any(|known| known == value)) => {
                    wrong.push(format!("`{}` is `{value}`, of {:?}", label.name, label.values));
                }
                _ => {}
            }
        }
        for name in series.labels.keys().filter(|name| shape.labels.get(name).is_none()) {
            if shape.labels.rest().is_absent() {
                wrong.push(format!("has the label `{name}`"));
            }
        }
        let sample = shape.sample;
        if sample.constant.is_some_and(|constant| (constant - series.value).abs() > 1e-9) {
            wrong.push(format!("has the value {}, not {:?}", series.value, sample.constant));
        }
        let fits = match sample.unit.base {
            _ if !sample.unit.is_plain() || series.value.is_nan() => true,
            Base::Bool => series.value == 0.0 || (series.value - 1.0).abs() < 1e-9,
            Base::Timestamp => series.value == 0.0 || (1e8..1e11).contains(&series.value),
            _ => true,
        };
        if !fits {
            wrong.push(format!("has the value {}, which is not in {:?}", series.value, sample.unit));
        }
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

/// Whether the whole expression can give nothing because of `join`.
fn is_dead(inference: &Inference<'_>, join: &Join<'_>) -> bool {
    let root = inference.tree.without_parens(inference.tree.root());
    let ExprKind::Binary { operator, .. } = &inference.tree.get(join.id).kind else { return false };
    root == join.id && *operator != BinaryOperator::Unless
}

/// A small source of choices, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit as u64).unwrap()
    }

    fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// Makes expressions of metrics that exist.
struct Generator<'a> {
    dice: Dice,
    metrics: Vec<(&'a String, &'a Vec<BTreeMap<String, String>>)>,
}

impl Generator<'_> {
    fn labels(&mut self) -> String {
        const LABELS: [&str; 14] = [
            "job", "instance", "role", "rack", "id", "cpu", "mode", "device", "handler", "code", "state", "version",
            "nothing", "team",
        ];
        let count = self.dice.below(3);
        let names: BTreeSet<&str> = (0..=count).map(|_| self.dice.pick(&LABELS)).collect();
        names.into_iter().collect::<Vec<_>>().join(", ")
    }

    fn selector(&mut self) -> String {
        const WANTED: [&str; 12] = [
            "up",
            "node_load1",
            "node_cpu_seconds_total",
            "pve_up",
            "pve_disk_usage_bytes",
            "pve_storage_info",
            "node_uname_info",
            "prometheus_http_requests_total",
            "alertmanager_alerts",
            "process_open_fds",
            "job:up:count",
            "instance:cpu:rate",
        ];
        let name = if self.dice.below(3) > 0 {
            self.dice.pick(&WANTED).to_owned()
        } else {
            let at = self.dice.below(self.metrics.len());
            self.metrics[at].0.clone()
        };
        if self.dice.below(2) == 0 {
            return name;
        }
        let Some((_, series)) = self.metrics.iter().find(|(known, _)| **known == name) else { return name };
        let one = &series[self.dice.below(series.len())];
        let pairs: Vec<(&String, &String)> = one.iter().filter(|(label, _)| *label != METRIC_NAME).collect();
        if pairs.is_empty() {
            return name;
        }
        let (label, value) = pairs[self.dice.below(pairs.len())];
        let label = if self.dice.below(8) == 0 { "nothing" } else { label };
        let value = Value::from(value.as_str());
        match self.dice.below(6) {
            0 => format!("{name}{{{label}!={value}}}"),
            1 => format!("{name}{{{label}=\"\"}}"),
            2 => format!("{name}{{{label}=~\".+\"}}"),
            3 => format!("{name}{{{label}!~\"a.*|1.*\"}}"),
            _ => format!("{name}{{{label}={value}}}"),
        }
    }

    fn vector(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.selector();
        }
        match self.dice.below(16) {
            0 => {
                let name = self.dice.pick(&[
                    "rate",
                    "increase",
                    "max_over_time",
                    "avg_over_time",
                    "last_over_time",
                    "changes",
                ]);
                format!("{name}({}[10s])", self.selector())
            }
            1 => {
                let name = self.dice.pick(&["abs", "ceil", "sort", "timestamp", "sgn", "absent"]);
                format!("{name}({})", self.vector(depth - 1))
            }
            2..=6 => {
                let operator = self.dice.pick(&["sum", "avg", "max", "count", "group", "topk", "count_values"]);
                let parameter = match operator {
                    "topk" => "2, ",
                    "count_values" => "\"value\", ",
                    _ => "",
                };
                let grouping = match self.dice.below(4) {
                    0 => String::new(),
                    1 => format!(" without ({})", self.labels()),
                    _ => format!(" by ({})", self.labels()),
                };
                format!("{operator}{grouping} ({parameter}{})", self.vector(depth - 1))
            }
            7 => format!(
                "label_replace({}, \"{}\", \"$1\", \"instance\", \"(.+):.*\")",
                self.vector(depth - 1),
                self.dice.pick(&["host", "job", "instance"])
            ),
            8 => format!("label_join({}, \"host\", \"/\", \"job\", \"cpu\")", self.vector(depth - 1)),
            9 => {
                let comparison = self.dice.pick(&["> 0", "== 1", "!= 1", ">= bool 1", "* 100", "- 1"]);
                format!("({}) {comparison}", self.vector(depth - 1))
            }
            10 => format!("max_over_time(({})[5s:1s])", self.vector(depth - 1)),
            _ => {
                let operator = self.dice.pick(&["/", "*", "-", ">", "==", "and", "or", "unless"]);
                let is_set = matches!(operator, "and" | "or" | "unless");
                let matching = match self.dice.below(4) {
                    0 => String::new(),
                    1 => format!(" ignoring ({})", self.labels()),
                    _ => format!(" on ({})", self.labels()),
                };
                let group = match self.dice.below(4) {
                    0 if !is_set && !matching.is_empty() => " group_left (release, storage)",
                    1 if !is_set && !matching.is_empty() => " group_right ()",
                    _ => "",
                };
                format!("({}) {operator}{matching}{group} ({})", self.vector(depth - 1), self.vector(depth - 1))
            }
        }
    }
}

#[test]
fn results_of_prometheus_fit_what_is_inferred() {
    let Some(lab) = Lab::new() else { return };
    let scrape = scrape::read(FileId(0), "prometheus.yml", lab.config.as_bytes()).unwrap();
    let model = ScrapeModel::new(vec![scrape]);
    let versions =
        [("node-exporter", "1.5.0"), ("prometheus", "2.42.0"), ("alertmanager", "0.25.0"), ("pve-exporter", "3.10.2")];
    let deployed = versions.map(|(name, version)| Deployed {
        name: name.to_owned(),
        version: Some(version.to_owned()),
        collectors: Vec::new(),
        is_guess: false,
    });
    let world = World::new(Catalogues::bundled(), Deployment::default(), deployed.to_vec(), &model);
    let options = Options { version: Version::V2_42 };
    let rules: Vec<(&str, Parsed)> = RECORDED.iter().map(|(name, text)| (*name, parse(text, &options))).collect();
    let rules: Vec<RecordingRule<'_>> = rules
        .iter()
        .map(|(name, parsed)| RecordingRule {
            name,
            expression: Some(parsed),
            labels: vec![("team", Some("infra"))],
            is_federated: false,
        })
        .collect();
    let recorded = Recorded::new(&rules, &world);
    let metrics = lab.metrics();
    let mut wrong = Vec::new();
    for name in metrics.keys().filter(|name| matches!(world.metric(name), Metric::Missing { .. })) {
        wrong.push(format!("{name}: exists, and is called unknown"));
    }
    let mut expressions: Vec<String> = HANDMADE.iter().map(|text| (*text).to_owned()).collect();
    expressions.extend(metrics.keys().cloned());
    let small: Vec<_> = metrics.iter().filter(|(_, series)| series.len() <= 60).collect();
    let mut generator = Generator { dice: Dice(7), metrics: small };
    for index in 0..1500 {
        expressions.push(generator.vector(1 + index % 3));
    }

    let (mut evaluated, mut filled, mut joined, mut dead, mut known) = (0, 0, 0, 0, 0);
    for text in &expressions {
        let parsed = parse(text, &options);
        assert!(parsed.errors.is_empty(), "{text}: {:?}", parsed.errors);
        let lookup = |name: &str| recorded.get(name).cloned();
        let inference = infer(&parsed, &Around::new(&world, &lookup));
        let Some(result) = lab.query(text) else { continue };
        evaluated += 1;
        filled += usize::from(!result.is_empty());
        let is_joined = |kind: &ExprKind| matches!(kind, ExprKind::Aggregate { .. } | ExprKind::Binary { .. });
        joined += usize::from(parsed.tree.iter().any(|(_, node)| is_joined(&node.kind)));
        known += usize::from(inference.result().labels.rest() < Presence::Sometimes);
        wrong.extend(misfits(&inference, &result).iter().map(|misfit| format!("{text}: {misfit}")));
        for join in inference.joins.iter().filter(|join| is_dead(&inference, join)) {
            dead += 1;
            if !result.is_empty() {
                wrong.push(format!("{text}: gives something, though {:?}", join.conflicts));
            }
        }
        for selected in inference.selectors.iter().filter(|selected| Selected::is_dead(selected)) {
            dead += 1;
            let selector = parsed.tree.get(selected.id).span.text(text.as_bytes());
            if lab.query(selector).is_none_or(|found| !found.is_empty()) {
                wrong.push(format!("{selector}: selects something, though {:?}", selected.dead));
            }
        }
    }
    println!(
        "{evaluated} expressions, {joined} with aggregation or matching, {filled} not empty, {known} with all labels known, {dead} dead"
    );
    assert!(wrong.is_empty(), "{} misfits:\n{}", wrong.len(), wrong.join("\n"));
    assert!(evaluated >= 600 && joined >= 300, "{evaluated} expressions, {joined} with aggregation or matching");
    assert!(filled * 2 > evaluated, "of {evaluated} results only {filled} are not empty");
    assert!(known * 2 > evaluated, "of {evaluated} expressions only {known} have known labels");
    assert!(dead >= 50, "only {dead} dead selectors and joins");
}

/// Alerts as they are written everywhere.
#[test]
fn well_known_alerts_are_right() {
    // Alone, and beside a Prometheus that federates, discovers and relabels.
    for directory in ["testdata/promql/idioms", "testdata/promql/federation"] {
        let output = Command::new(env!("CARGO_BIN_EXE_sprag"))
            .args(["lint", "--all", "--select", "promql,alerts,scrape", directory])
            .current_dir(common::root())
            .env_clear()
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}
