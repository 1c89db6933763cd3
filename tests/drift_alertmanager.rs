//! The way of an alarm to the telephone, with real parts: terraform and a drifting provider of our own, Alertmanager, a
//! stand-in for Telegram, and node-exporter that reads the metrics.
#![cfg(feature = "drift")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::e2e::skip;
use common::lab::{CONFIG, Lab, SECRET};
use serde_json::{Value, json};

/// Drift in a sensitive attribute is told without this.
const NEW_SECRET: &str = "canary-71be03d2";

/// How long anything may take before the test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that the test started and that ends with it.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// Starts `program` and waits until it listens on `port`; nothing where it is not installed.
    fn start(program: &str, port: u16, arguments: &[String]) -> Option<Self> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Self { process: command.spawn().ok()?, port };
        wait_for(program, || TcpStream::connect(("127.0.0.1", port)).ok());
        Some(server)
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // As systemd does: Alertmanager then writes down whom it told.
        if let Some(process) = i32::try_from(self.process.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
        }
        let _ = self.process.wait();
    }
}

fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(Instant::now() < end, "{what} did not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A stand-in for Telegram's API: takes messages as the bot's server does, and keeps them.
struct Telegram {
    port: u16,
    bodies: Arc<Mutex<Vec<String>>>,
}

impl Telegram {
    fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&bodies);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || take_messages(&mut stream.unwrap(), &kept));
            }
        });
        Self { port, bodies }
    }

    /// The messages so far.
    fn messages(&self) -> Vec<String> {
        self.bodies.lock().unwrap().clone()
    }

    /// Waits for message number `count`, counted from 1.
    fn message(&self, count: usize) -> String {
        wait_for("the message", || self.messages().get(count - 1).cloned())
    }
}

/// Alertmanager keeps its connection for several messages.
fn take_messages(stream: &mut TcpStream, kept: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut part = [0; 8192];
    while let Ok(length @ 1..) = stream.read(&mut part) {
        request.extend(&part[..length]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let lower = head.to_lowercase();
        let wanted: usize =
            lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        if body.len() < wanted {
            continue;
        }
        let message: Value = serde_json::from_str(body).unwrap();
        kept.lock().unwrap().push(message["text"].as_str().unwrap().to_owned());
        let chat = json!({"id": -100_123, "type": "group"});
        let answer = json!({"ok": true, "result": {"message_id": 1, "date": 1, "chat": chat, "text": "x"}}).to_string();
        let length = answer.len();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
        if stream.write_all((head + &answer).as_bytes()).is_err() {
            return;
        }
        request.clear();
    }
}

/// Alertmanager on `port`, with its memory in the lab, writing to `telegram`.
fn alertmanager(lab: &Lab, telegram: &Telegram, port: u16) -> Option<Server> {
    let config = format!(
        "route:\n  receiver: telegram\n  group_by: [alertname, environment]\n  group_wait: 1s\n  group_interval: 1s\n  \
         repeat_interval: 24h\nreceivers:\n  - name: telegram\n    telegram_configs:\n      - api_url: http://127.0.0.1:{}\n        \
         bot_token: \"1:x\"\n        chat_id: -100123\n        parse_mode: \"\"\n        send_resolved: true\n        message: '{{{{ \
         .Status }}}}: {{{{ range .Alerts }}}}{{{{ .Labels.environment }}}} {{{{ .Annotations.summary }}}} {{{{ \
         .Annotations.description }}}}{{{{ end }}}}'\n",
        telegram.port
    );
    lab.write("alertmanager.yml", &config);
    let arguments = [
        format!("--config.file={}", lab.root.join("alertmanager.yml").display()),
        format!("--storage.path={}", lab.root.join("alertmanager").display()),
        format!("--web.listen-address=127.0.0.1:{port}"),
        "--cluster.listen-address=".to_owned(),
    ];
    Server::start("prometheus-alertmanager", port, &arguments)
}

fn by_hand(lab: &Lab) {
    lab.click(|guests| {
        guests["101"]["description"] = json!("by hand");
        guests["102"]["description"] = json!(NEW_SECRET);
    });
}

fn back(lab: &Lab) {
    lab.click(|guests| {
        guests["101"]["description"] = json!("the web");
        guests["102"]["description"] = json!(SECRET);
    });
}

#[test]
fn telegram_tells_of_drift_once_and_of_its_end() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let (telegram, port) = (Telegram::listen(), free_port());
    let Some(server) = alertmanager(&lab, &telegram, port) else { return skip("prometheus-alertmanager") };
    let notify = format!("  notify \"alertmanager\" {{\n    url = \"{}\"\n  }}\n}}\n", server.url());
    lab.write(".sprag.hcl", &format!("{}{notify}", CONFIG.strip_suffix("}\n").unwrap()));
    assert_eq!(lab.scan().1, 0);

    by_hand(&lab);
    assert_eq!(lab.scan().1, 2);
    let message = telegram.message(1);
    for part in ["firing: prod", "proxmox_virtual_environment_vm.web", "description", "the web", "by hand"] {
        assert!(message.contains(part), "`{part}` is missing in {message}");
    }
    // The same drift again is no news, and neither is a repetition; the end is.
    assert_eq!(lab.scan().1, 2);
    assert_eq!(lab.sprag(&["notify"]).status.code(), Some(0));
    back(&lab);
    assert_eq!(lab.scan().1, 0);
    assert!(
        telegram.message(2).starts_with("resolved: prod prod is as its code says again This was:"),
        "{:?}",
        telegram.messages()
    );

    // Alertmanager is away: the verdict stays the same, and the alarm waits.
    drop(server);
    by_hand(&lab);
    assert_eq!(lab.scan().1, 2);
    assert_eq!(lab.json(&["status"])["environments"][0]["undelivered"], 1);
    assert_eq!(lab.sprag(&["notify"]).status.code(), Some(1), "it is not told yet");
    let server = alertmanager(&lab, &telegram, port).unwrap();
    assert_eq!(lab.sprag(&["notify"]).status.code(), Some(0));
    assert!(telegram.message(3).starts_with("firing: prod"), "{:?}", telegram.messages());
    assert_eq!(lab.json(&["status"])["environments"][0]["undelivered"], 0);

    // It forgets its alerts when it restarts; the repetition keeps them open and sends no second message.
    drop(server);
    let server = alertmanager(&lab, &telegram, port).unwrap();
    assert_eq!(lab.sprag(&["notify"]).status.code(), Some(0));
    back(&lab);
    assert_eq!(lab.scan().1, 0);
    assert!(telegram.message(4).starts_with("resolved: prod"), "{:?}", telegram.messages());
    assert_eq!(telegram.messages().len(), 4);

    drop(server);
    let told = telegram.messages().join("\n");
    assert!(!told.contains(SECRET) && !told.contains(NEW_SECRET), "{told}");
    assert_no_secret(&lab, &["alertmanager", "metrics"]);
    assert_no_secret_below(&lab.sandbox.path("home"));
}

#[test]
fn node_exporter_serves_what_a_scan_writes() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let port = free_port();
    let arguments = [
        "--collector.disable-defaults".to_owned(),
        "--collector.textfile".to_owned(),
        format!("--collector.textfile.directory={}", lab.root.join("metrics").display()),
        format!("--web.listen-address=127.0.0.1:{port}"),
    ];
    let Some(server) = Server::start("prometheus-node-exporter", port, &arguments) else {
        return skip("prometheus-node-exporter");
    };
    by_hand(&lab);
    assert_eq!(lab.scan().1, 2);
    let served = get(port, "/metrics");
    for line in [
        "sprag_drift_state{environment=\"prod\",state=\"drift\"} 1",
        "sprag_drift_changes{environment=\"prod\",kind=\"modify\"} 2",
        "pve_drift_status{env=\"prod\"} 1",
        "node_textfile_scrape_error 0",
    ] {
        assert!(served.lines().any(|found| found == line), "{line} is missing in\n{served}");
    }
    assert!(!served.contains(NEW_SECRET));
    let doctor = lab.json(&["doctor", "--node-exporter", &format!("{}/metrics", server.url())]);
    let checks = doctor["checks"].as_array().unwrap();
    let exporter = checks.iter().find(|check| check["check"] == "node-exporter").unwrap();
    assert_eq!(exporter["state"], "ok", "{doctor:#}");
}

fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\nhost: 127.0.0.1\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn assert_no_secret(lab: &Lab, directories: &[&str]) {
    directories.iter().for_each(|directory| assert_no_secret_below(&lab.root.join(directory)));
}

fn assert_no_secret_below(directory: &std::path::Path) {
    assert!(directory.is_dir(), "{}", directory.display());
    for entry in walkdir::WalkDir::new(directory).into_iter().filter_map(Result::ok) {
        if entry.file_type().is_file() {
            assert!(!holds_secret(&fs::read(entry.path()).unwrap()), "the secret is in {}", entry.path().display());
        }
    }
}

fn holds_secret(bytes: &[u8]) -> bool {
    [SECRET, NEW_SECRET].iter().any(|secret| bytes.windows(secret.len()).any(|part| part == secret.as_bytes()))
}

#[test]
fn the_search_for_secrets_finds_one() {
    assert!(holds_secret(format!("a{NEW_SECRET}b").as_bytes()) && holds_secret(SECRET.as_bytes()));
    assert!(!holds_secret(b"canary"));
}
