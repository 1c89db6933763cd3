//! The scrape model beside a real Prometheus: a configuration with a job for each way to set, rename and drop labels is
//! scraped for real, and every series must have the labels that the model allows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use common::e2e::skip;
use common::servers::{Server, exporter, free_port, get};
use sprag::diagnostic::FileId;
use sprag::prometheus::scrape::{self, Label, LabelSet, Presence, ScrapeModel};

/// How long anything may take before the test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Lines of a job below its name and targets; `A` and `B` are addresses that answer.
const JOBS: &[&str] = &[
    "static_configs: [{targets: ['A', 'B']}]",
    "static_configs: [{targets: ['A'], labels: {role: host, rack: r1}}, {targets: ['B'], labels: {role: guest}}]",
    "static_configs: [{targets: ['A'], labels: {job: other, instance: named}}]",
    "static_configs: [{targets: ['A'], labels: {device: mine}}]",
    "honor_labels: true\n    static_configs: [{targets: ['A'], labels: {device: mine, role: host}}]",
    "static_configs: [{targets: ['A', 'B']}]\n    relabel_configs:\n    - {source_labels: [__address__], regex: '(.+):(.+)', \
     target_label: port, replacement: 'p$2'}",
    "static_configs: [{targets: ['A', 'B']}]\n    relabel_configs:\n    - {source_labels: [__address__], regex: 'A', action: drop}",
    "static_configs: [{targets: ['A', 'B'], labels: {role: host}}]\n    relabel_configs:\n    - {regex: ro.*, action: labeldrop}",
    "static_configs: [{targets: ['A'], labels: {role: host}}]\n    relabel_configs:\n    - {regex: '__.*|role', action: labelkeep}",
    "static_configs: [{targets: ['A'], labels: {role: Host}}]\n    relabel_configs:\n    - {source_labels: [role], target_label: \
     big, action: uppercase}\n    - {source_labels: [role, big], target_label: both}",
    "static_configs: [{targets: ['A'], labels: {role: host}}]\n    relabel_configs:\n    - {source_labels: [role], \
     target_label: '${1}_is', replacement: yes}",
    "static_configs: [{targets: ['A', 'B']}]\n    relabel_configs:\n    - {source_labels: [__address__], target_label: shard, \
     modulus: 3, action: hashmod}",
    "static_configs: [{targets: ['A'], labels: {__meta_x_name: web, role: host}}]\n    relabel_configs:\n    - {regex: \
     '__meta_x_(.+)', action: labelmap}\n    - {target_label: role, replacement: ''}",
    "params: {target: [pve1]}\n    static_configs: [{targets: ['A']}]\n    relabel_configs:\n    - {source_labels: \
     [__param_target], target_label: instance}",
    "static_configs: [{targets: ['A']}]\n    relabel_configs:\n    - {target_label: instance, replacement: ''}\n    - \
     {source_labels: [job], target_label: job, regex: 'x', replacement: y}",
    "static_configs: [{targets: ['A'], labels: {role: host}}]\n    metric_relabel_configs:\n    - {source_labels: [mode], \
     target_label: kind}\n    - {regex: mode, action: labeldrop}",
    "static_configs: [{targets: ['A']}]\n    metric_relabel_configs:\n    - {source_labels: [__name__], regex: 'm_.*', action: drop}",
    "static_configs: [{targets: ['A']}]\n    metric_relabel_configs:\n    - {source_labels: [__name__, mode], regex: \
     'm_.*;idle', action: drop}",
    "static_configs: [{targets: ['A']}]\n    metric_relabel_configs:\n    - {source_labels: [device], regex: 'sd(.)', \
     target_label: disk}\n    - {target_label: site, replacement: home}",
    "static_configs: [{targets: ['A'], labels: {role: host}}]\n    metric_relabel_configs:\n    - {regex: \
     '__name__|device|job', action: labelkeep}",
    "static_configs: [{targets: ['A']}]\n    metric_relabel_configs:\n    - {regex: 'de(.+)', replacement: 'x$1', action: labelmap}",
    "static_configs: [{targets: ['A']}]\n    metric_relabel_configs:\n    - {source_labels: [mode], regex: '(.+)', \
     target_label: '${1}_mode', replacement: 'on'}",
    "static_configs: [{targets: ['A'], labels: {role: host}}]\n    metric_relabel_configs:\n    - {source_labels: [role], \
     target_label: device}",
    "static_configs: [{targets: ['A'], labels: {mode: mine}}]\n    metric_relabel_configs:\n    - {source_labels: \
     [exported_mode], target_label: mode}\n    - {regex: exported_mode, action: labeldrop}",
];

/// Jobs of which the model leaves everything open: the name of a label is a value that it does not know.
const OPEN: &[usize] = &[21];

/// An exporter with three series of `m_NUMBER` at `/NUMBER`.
fn three_series() -> u16 {
    exporter(|path| {
        let number = path.trim_start_matches('/').split('?').next().unwrap_or_default();
        format!(
            "m_{number}{{device=\"sda\",mode=\"idle\"}} 1\nm_{number}{{device=\"sdb\",mode=\"busy\"}} 2\n\
             m_{number}{{device=\"lo\"}} 3\n"
        )
    })
}

fn own() -> LabelSet {
    let values = |list: &[&str]| Some(list.iter().map(|value| (*value).to_owned()).collect());
    let device = Label { presence: Presence::Certain, values: values(&["sda", "sdb", "lo"]), place: None };
    let mode = Label { presence: Presence::Possible, values: values(&["idle", "busy"]), place: None };
    LabelSet { labels: [("device".to_owned(), device), ("mode".to_owned(), mode)].into(), is_open: false }
}

/// The labels of the series that the selector finds.
fn series(port: u16, selector: &str) -> Vec<BTreeMap<String, String>> {
    let answer = get(port, &format!("/api/v1/query?query={selector}")).unwrap_or_default();
    let results = answer["data"]["result"].as_array().cloned().unwrap_or_default();
    results.iter().map(|result| serde_json::from_value(result["metric"].clone()).unwrap()).collect()
}

/// What speaks against `labels` having been foreseen.
fn objection(labels: &BTreeMap<String, String>, foreseen: &LabelSet) -> Option<String> {
    for (name, value) in labels.iter().filter(|(name, _)| *name != "__name__") {
        match foreseen.get(name) {
            None if foreseen.is_open => {}
            None => return Some(format!("`{name}` was not foreseen")),
            Some(label) if label.may_be(value) => {}
            Some(label) => return Some(format!("`{name}` is {value}, not one of {:?}", label.values)),
        }
    }
    let mut certain = foreseen.labels.iter().filter(|(_, label)| label.presence == Presence::Certain);
    certain.find(|(name, _)| !labels.contains_key(*name)).map(|(name, _)| format!("`{name}` is missing"))
}

#[test]
fn every_series_has_the_labels_that_the_model_allows() {
    let (one, two) = (three_series(), three_series());
    let directory = tempfile::tempdir().unwrap();
    let port = free_port();
    let jobs: Vec<String> = JOBS
        .iter()
        .enumerate()
        .map(|(number, lines)| {
            let lines =
                lines.replace("'A'", &format!("'127.0.0.1:{one}'")).replace("'B'", &format!("'localhost:{two}'"));
            format!("  - job_name: job-{number}\n    metrics_path: /{number}\n    {lines}\n")
        })
        .collect();
    let global = "global: {scrape_interval: 1s, scrape_timeout: 1s}\n";
    let path = directory.path().join("prometheus.yml");
    std::fs::write(&path, format!("{global}scrape_configs:\n{}", jobs.concat())).unwrap();
    let arguments = [
        format!("--config.file={}", path.display()),
        format!("--storage.tsdb.path={}", directory.path().join("data").display()),
        format!("--web.listen-address=127.0.0.1:{port}"),
    ];
    let Some(_server) = Server::start("prometheus", &arguments) else { return skip("prometheus") };

    let end = Instant::now() + PATIENCE;
    loop {
        let targets = get(port, "/api/v1/targets?state=active").unwrap_or_default();
        let targets = targets["data"]["activeTargets"].as_array().cloned().unwrap_or_default();
        if !targets.is_empty() && targets.iter().all(|target| target["health"] == "up") {
            break;
        }
        assert!(Instant::now() < end, "not all targets are up: {targets:#?}");
        std::thread::sleep(Duration::from_millis(100));
    }
    let mut compared = 0;
    for (number, text) in jobs.iter().enumerate() {
        let file = scrape::read(FileId(0), "prometheus.yml", format!("scrape_configs:\n{text}").as_bytes()).unwrap();
        let model = ScrapeModel::new(vec![file]);
        assert!(model.jobs_are_known(), "{text}");
        let metric = format!("m_{number}");
        let foreseen = model.scraped(Some(&metric), &own(), &|_| true);
        let found = series(port, &metric);
        assert_eq!(foreseen.dropped.is_some(), found.is_empty(), "{text}\n{found:?}");
        assert_eq!(
            foreseen.labels.is_open && foreseen.dropped.is_none(),
            OPEN.contains(&number),
            "{text}\n{foreseen:?}"
        );
        for labels in &found {
            if let Some(objection) = objection(labels, &foreseen.labels) {
                panic!("{objection}\n{text}\n{labels:?}\n{:#?}", foreseen.labels);
            }
        }
        compared += found.len();
    }
    let up = series(port, "up");
    let model = ScrapeModel::new(vec![
        scrape::read(FileId(0), "prometheus.yml", format!("scrape_configs:\n{}", jobs.concat()).as_bytes()).unwrap(),
    ]);
    let foreseen = model.scraped(Some("up"), &LabelSet::default(), &|_| true).labels;
    for labels in &up {
        assert_eq!(objection(labels, &foreseen), None, "{labels:?}");
    }
    assert!(up.len() >= JOBS.len() && compared >= 3 * (JOBS.len() - 4), "{} {compared}", up.len());
}
