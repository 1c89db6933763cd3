//! `sprag new alerts`: what it writes loads in Prometheus, passes its unit tests, and fires. The last test runs a real
//! Prometheus and a real Alertmanager over the captured metrics of node-exporter and pve-exporter.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use common::e2e::skip;
use common::servers::{Server, exporter, free_port, get};
use serde_json::Value;

/// How long anything may take before the test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

fn new_alerts(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sprag"))
        .args(["new", "alerts"])
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

fn yaml_files(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    files
}

#[test]
fn the_rules_are_those_of_the_example() {
    let directory = tempfile::tempdir().unwrap();
    let output = new_alerts(directory.path(), &["--dir", "monitoring/rules"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("wrote 32 alerts"), "{}", text(&output));
    let example = common::root().join("testdata/homelab/monitoring/rules");
    for part in ["", "tests"] {
        let (written, shown) = (directory.path().join("monitoring/rules").join(part), example.join(part));
        let names =
            |files: &[PathBuf]| files.iter().map(|path| path.file_name().unwrap().to_owned()).collect::<Vec<_>>();
        let (written, shown) = (yaml_files(&written), yaml_files(&shown));
        assert_eq!(names(&written), names(&shown));
        assert_eq!(written.len(), 7);
        for (one, two) in written.iter().zip(&shown) {
            assert_eq!(fs::read_to_string(one).unwrap(), fs::read_to_string(two).unwrap(), "{}", one.display());
        }
    }
}

#[test]
fn nothing_is_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("rules")).unwrap();
    fs::write(directory.path().join("rules/health.yml"), "mine").unwrap();
    let output = new_alerts(directory.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("rules/health.yml is there already and stays as it is"), "{}", text(&output));
    assert_eq!(yaml_files(&directory.path().join("rules")).len(), 1);
    assert_eq!(fs::read_to_string(directory.path().join("rules/health.yml")).unwrap(), "mine");

    let output = new_alerts(directory.path(), &["--dir", "rules/health.yml/x"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("a part of the path is a file"), "{}", text(&output));
}

#[test]
fn promtool_takes_the_rules_and_their_tests_pass() {
    for notify in ["metrics", "alertmanager"] {
        let directory = tempfile::tempdir().unwrap();
        let output = new_alerts(directory.path(), &["--notify", notify]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
        let rules = directory.path().join("rules");
        for (command, files) in [("check", yaml_files(&rules)), ("test", yaml_files(&rules.join("tests")))] {
            let Ok(output) = Command::new("promtool").args([command, "rules"]).args(&files).output() else {
                return skip("promtool");
            };
            assert!(output.status.success(), "promtool {command} rules, {notify}:\n{}", text(&output));
        }
        let drift = fs::read_to_string(rules.join("drift.yml")).unwrap();
        assert_eq!(drift.contains("DriftDetected"), notify == "metrics");
        assert!(drift.contains("DriftScanOverdue") && drift.contains("absent("));
    }
}

/// Answers `GET /path` with the text that is set for it: exporters whose metrics the test decides.
#[derive(Clone, Default)]
struct Exporters {
    pages: Arc<Mutex<Vec<(&'static str, String)>>>,
}

impl Exporters {
    fn listen(&self) -> u16 {
        let exporters = self.clone();
        exporter(move |path| exporters.page(path))
    }

    fn page(&self, path: &str) -> String {
        let pages = self.pages.lock().unwrap();
        pages.iter().find(|(known, _)| *known == path).map_or_else(String::new, |(_, page)| page.clone())
    }

    fn set(&self, path: &'static str, page: String) {
        let mut pages = self.pages.lock().unwrap();
        pages.retain(|(known, _)| *known != path);
        pages.push((path, page));
    }

    /// Puts `to` in the place of `from`, which must be there.
    fn change(&self, path: &str, from: &str, to: &str) {
        let mut pages = self.pages.lock().unwrap();
        let page = &mut pages.iter_mut().find(|(known, _)| *known == path).unwrap().1;
        assert!(page.contains(from), "{path} has no {from}");
        *page = page.replace(from, to);
    }
}

fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Result<T, String>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        match ask() {
            Ok(found) => return found,
            Err(seen) => assert!(Instant::now() < end, "{what} did not come; last seen: {seen}"),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// `Err` with what was seen until `found` is what is wanted.
fn expect(found: &BTreeSet<String>, wanted: &[&str]) -> Result<(), String> {
    let wanted: BTreeSet<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
    if *found == wanted { Ok(()) } else { Err(format!("{found:?}")) }
}

/// The alerts that Prometheus has, with their state.
fn alerts(port: u16) -> BTreeSet<String> {
    let answer = get(port, "/api/v1/alerts").unwrap_or_default();
    let alerts = answer["data"]["alerts"].as_array().cloned().unwrap_or_default();
    let shown = alerts.iter().map(|alert| {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        format!("{} {}", word(&alert["labels"]["alertname"]), word(&alert["state"]))
    });
    shown.collect()
}

/// What node-exporter and the scripts of a healthy homelab show, from their captures.
fn healthy_node() -> String {
    let root = common::root();
    let node = fs::read_to_string(root.join("src/prometheus/catalogue/exporters/node-exporter/1.5.0.prom")).unwrap();
    let textfile = root.join("testdata/homelab/monitoring/textfile");
    let own: String =
        ["homelab.prom", "sprag_drift.prom"].map(|name| fs::read_to_string(textfile.join(name)).unwrap()).concat();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let units = "node_systemd_unit_state{name=\"backup.service\",state=\"failed\",type=\"oneshot\"} 0\n\
                 node_systemd_unit_state{name=\"backup.service\",state=\"active\",type=\"oneshot\"} 1\n";
    let own = own
        .replace("1.767225600e+09", &now.to_string())
        .replace("1.798761600e+09", &(now + 90 * 86_400).to_string())
        .replace("pending_updates{host=\"pve1.home.arpa\"} 3", "pending_updates{host=\"pve1.home.arpa\"} 0");
    let own: String = own
        .lines()
        .filter(|line| !line.starts_with("sprag_drift_error{"))
        .fold(String::new(), |all, line| all + line + "\n");
    format!("{node}\n{own}{units}")
}

fn healthy_cluster() -> String {
    let capture = common::root().join("src/prometheus/catalogue/exporters/pve-exporter/3.10.2.prom");
    let text = fs::read_to_string(capture).unwrap();
    let line = |line: &str| match line.split_once(' ') {
        Some((series, "0.0")) if series.starts_with("pve_up{") => format!("{series} 1.0\n"),
        Some((series, _)) if series.starts_with("pve_disk_usage_bytes{id=\"storage/") => format!("{series} 1e+11\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// The rules wait no time here (`for: 1s` everywhere) and are evaluated every second; all else is as written.
#[test]
fn alerts_fire_when_their_condition_comes_true_and_only_then() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    assert_eq!(new_alerts(root, &[]).status.code(), Some(0));
    let wait = regex::Regex::new("(?m)^( +for: ).*$").unwrap();
    for path in yaml_files(&root.join("rules")) {
        let rules = fs::read_to_string(&path).unwrap();
        let hasty = wait.replace_all(&rules, "${1}1s").into_owned();
        fs::write(&path, hasty).unwrap();
    }
    let exporters = Exporters::default();
    exporters.set("/metrics", healthy_node());
    exporters.set("/pve", healthy_cluster());
    let (replay, prometheus, alertmanager) = (exporters.listen(), free_port(), free_port());
    let job = |name: &str, path: &str, port: u16| {
        format!("  - {{job_name: {name}, metrics_path: {path}, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}\n")
    };
    let config = format!(
        "global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}\nrule_files: ['rules/*.yml']\n\
         alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{alertmanager}']}}]}}]}}\nscrape_configs:\n{}{}{}{}",
        job("node", "/metrics", replay),
        job("pve", "/pve", replay),
        job("prometheus", "/metrics", prometheus),
        job("alertmanager", "/metrics", alertmanager),
    );
    fs::write(root.join("prometheus.yml"), config).unwrap();
    let quiet = "route: {receiver: nobody, group_wait: 1s}\nreceivers: [{name: nobody}]\n";
    fs::write(root.join("alertmanager.yml"), quiet).unwrap();
    let path = |name: &str| root.join(name).display().to_string();
    let arguments = [
        format!("--config.file={}", path("alertmanager.yml")),
        format!("--storage.path={}", path("alertmanager")),
        format!("--web.listen-address=127.0.0.1:{alertmanager}"),
        "--cluster.listen-address=".to_owned(),
    ];
    let Some(_alertmanager) = Server::start("prometheus-alertmanager", &arguments) else {
        return skip("prometheus-alertmanager");
    };
    let arguments = [
        format!("--config.file={}", path("prometheus.yml")),
        format!("--storage.tsdb.path={}", path("prometheus")),
        format!("--web.listen-address=127.0.0.1:{prometheus}"),
    ];
    let Some(_prometheus) = Server::start("prometheus", &arguments) else { return skip("prometheus") };

    wait_for("a scrape of all four jobs", || {
        let answer = get(prometheus, "/api/v1/query?query=count(up==1)").unwrap_or_default();
        let count = answer["data"]["result"][0]["value"][1].as_str().unwrap_or_default().to_owned();
        if count == "4" { Ok(()) } else { Err(count) }
    });
    wait_for("the end of all alerts", || expect(&alerts(prometheus), &[]));

    exporters.change("/metrics", "state=\"failed\",type=\"oneshot\"} 0", "state=\"failed\",type=\"oneshot\"} 1");
    wait_for("SystemdServiceFailed", || expect(&alerts(prometheus), &["SystemdServiceFailed firing"]));
    exporters.change("/pve", "pve_up{id=\"qemu/101\"} 1.0", "pve_up{id=\"qemu/101\"} 0.0");
    let both = ["ProxmoxGuestDown firing", "SystemdServiceFailed firing"];
    wait_for("ProxmoxGuestDown", || expect(&alerts(prometheus), &both));
    let received = wait_for("both in Alertmanager", || {
        let answer = get(alertmanager, "/api/v2/alerts").unwrap_or_default();
        let alerts = answer.as_array().cloned().unwrap_or_default();
        if alerts.len() == 2 { Ok(alerts) } else { Err(answer.to_string()) }
    });
    let summaries: BTreeSet<&str> =
        received.iter().filter_map(|alert| alert["annotations"]["summary"].as_str()).collect();
    let service = format!("backup.service has failed on 127.0.0.1:{replay}");
    assert_eq!(summaries, BTreeSet::from([service.as_str(), "web is not running"]));

    exporters.set("/metrics", healthy_node());
    exporters.set("/pve", healthy_cluster());
    wait_for("the end of both", || expect(&alerts(prometheus), &[]));
}
