//! The drift history across processes: writers that are killed, writers at the same time, and `sprag drift log` and
//! `status` on what the library wrote.
#![cfg(feature = "drift")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking; the child says on standard output what it wrote"
)]

mod common;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::mutation::Mutator;
use serde_json::Value;
use sprag::drift::history::{Filter, History, Policy};
use sprag::drift::{Cause, Change, ChangeKind, Checkout, ErrorKind, Failure, Finding, Flags, Phase, Scan, Verdict};
use tempfile::TempDir;

const POLICY: Policy = Policy { keep: Duration::from_secs(90 * 86_400), notifies: true };
/// Names the database and the environment for a child.
const CHILD: (&str, &str) = ("SPRAG_TEST_HISTORY", "SPRAG_TEST_ENVIRONMENT");

fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// A scan some hours ago that is known by its serial: drift, an error and a clean one take turns.
fn scan(environment: &str, serial: u64, hours_ago: i64) -> Scan {
    let verdict = [Verdict::Drift, Verdict::Error, Verdict::Conforming][usize::try_from(serial % 3).unwrap()];
    let change = |index: u64| Change {
        address: "proxmox_virtual_environment_vm.vm[\"web\"]".to_owned(),
        path: format!("memory[{index}].dedicated"),
        expected: "2048".to_owned(),
        actual: serial.to_string(),
        kind: ChangeKind::Modify,
        cause: Cause::Manual,
        flags: Flags { dangerous: index == 0, ..Flags::default() },
        ignored_by: None,
        fingerprint: format!("{serial:016}{index:016}"),
    };
    let finding = |index: u64| Finding {
        severity: "warning".to_owned(),
        summary: format!("finding {index} of {serial}"),
        detail: "first line\nsecond \u{1b}[31mline".to_owned(),
        address: None,
        place: Some("main.tf:3".to_owned()),
        count: 2,
    };
    let failure = Failure {
        kind: ErrorKind::Connectivity,
        phase: Phase::Reach,
        message: "cannot reach tcp://minio:9000".to_owned(),
        remedy: Some("start it".to_owned()),
    };
    let is_drift = verdict == Verdict::Drift;
    Scan {
        environment: environment.to_owned(),
        started_ms: now_ms() - hours_ago * 3_600_000,
        duration_ms: 12_345,
        verdict,
        is_suspect: false,
        changes: if is_drift { (0..40).map(change).collect() } else { Vec::new() },
        benign: 4,
        outputs: vec!["ip".to_owned()],
        findings: (0..10).map(finding).collect(),
        failure: (verdict == Verdict::Error).then_some(failure),
        checkout: Checkout { commit: Some("0123456789".repeat(4)), is_dirty: true, behind: Some(2) },
        tool: Some("terraform 1.11.4".to_owned()),
        serial: Some(serial),
    }
}

/// Not a test by itself: the process that the other tests start. Writes scans until it is killed, or as many as it is
/// asked for, and names each one on standard output when it is written.
#[test]
fn child_that_writes() {
    let (Ok(path), Ok(environment)) = (std::env::var(CHILD.0), std::env::var(CHILD.1)) else { return };
    let limit = std::env::var("SPRAG_TEST_SCANS").map_or(u64::MAX, |text| text.parse().unwrap());
    let mut history = History::open(Path::new(&path)).unwrap();
    let first = history.latest(&environment).unwrap().map_or(0, |stored| stored.scan.serial.unwrap() + 1);
    for serial in (first..).take(usize::try_from(limit).unwrap_or(usize::MAX)) {
        let scan = scan(&environment, serial, 1);
        let id = history.record(&scan, POLICY).unwrap().id;
        println!("\nwritten {id} {serial}");
    }
}

fn start_child(path: &Path, environment: &str, scans: Option<u64>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child_that_writes", "--nocapture"]).env(CHILD.0, path).env(CHILD.1, environment);
    if let Some(scans) = scans {
        command.env("SPRAG_TEST_SCANS", scans.to_string());
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Number and serial of the scans that a child says it wrote.
fn written(child: &mut Child) -> Vec<(i64, u64)> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let numbers = lines.filter_map(|line| {
        let (id, serial) = line.strip_prefix("written ")?.split_once(' ')?;
        Some((id.parse().ok()?, serial.parse().ok()?))
    });
    numbers.collect()
}

/// Every scan is as it was written, and its alerts are what it says.
fn check_whole(path: &Path) -> Vec<u64> {
    let Some(history) = History::open_existing(path).unwrap() else { return Vec::new() };
    let mut serials = Vec::new();
    for summary in history.scans(&Filter::default(), u32::MAX).unwrap().iter().rev() {
        let stored = history.scan(summary.id).unwrap().unwrap();
        let serial = stored.scan.serial.unwrap();
        let expected = Scan { started_ms: stored.scan.started_ms, ..scan(&stored.scan.environment, serial, 1) };
        assert_eq!(stored.scan, expected);
        serials.push(serial);
    }
    for status in history.statuses(now_ms()).unwrap() {
        let latest = status.latest.unwrap();
        let open = history.open_alerts(Some(&status.environment)).unwrap();
        match latest.verdict {
            Verdict::Conforming => assert_eq!(open.len(), 0),
            Verdict::Drift => assert_eq!(open.len(), 1),
            _ => assert_eq!(open.len(), 2, "the error beside the drift before it"),
        }
        assert!(open.iter().all(|alert| history.scan(alert.scan).unwrap().is_some()));
    }
    serials
}

#[test]
fn a_kill_leaves_no_scan_or_a_whole_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("history.db");
    let mut random = Mutator::new(7);
    for round in 0..20 {
        let mut child = start_child(&path, "prod", None);
        std::thread::sleep(Duration::from_millis(5 + random.below(120) as u64));
        child.kill().unwrap();
        let said = written(&mut child);
        child.wait().unwrap();
        let serials = check_whole(&path);
        assert!(
            serials.iter().copied().eq(0..serials.len() as u64),
            "round {round}: none lost, none twice: {serials:?}"
        );
        let last = said.last().map_or(0, |(_, serial)| serial + 1);
        assert!(serials.len() as u64 >= last, "round {round}: {last} were said to be written, {} are", serials.len());
    }
    assert!(!check_whole(&path).is_empty(), "no child came as far as to write");
}

#[test]
fn environments_are_written_in_parallel() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("history.db");
    let names = ["a", "b", "c", "d"];
    let children: Vec<Child> = names.iter().map(|name| start_child(&path, name, Some(25))).collect();
    let mut ids: Vec<i64> = Vec::new();
    for mut child in children {
        ids.extend(written(&mut child).iter().map(|(id, _)| *id));
        assert!(child.wait().unwrap().success());
    }
    ids.sort_unstable();
    assert_eq!(ids, (1..=100).collect::<Vec<_>>());
    assert_eq!(check_whole(&path).len(), 100);
}

/// A working directory with a configuration, and a history that the library wrote.
struct Node {
    directory: TempDir,
}

impl Node {
    fn new() -> Self {
        let node = Self { directory: tempfile::tempdir().unwrap() };
        std::fs::create_dir(node.directory.path().join(".git")).unwrap();
        let config = "drift {\n  environment \"prod\" {\n    directory = \"prod\"\n  }\n  environment \"new\" {\n    \
                      directory = \"new\"\n  }\n  history { path = \"state/history.db\" }\n}\n";
        std::fs::write(node.directory.path().join(".sprag.hcl"), config).unwrap();
        node
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("state/history.db")
    }

    fn with_scans() -> Self {
        let node = Self::new();
        let mut history = History::open(&node.path()).unwrap();
        for (environment, serial, hours) in [("prod", 0, 60), ("lab", 2, 50), ("prod", 3, 30), ("lab", 4, 1)] {
            history.record(&scan(environment, serial, hours), POLICY).unwrap();
        }
        history.pause("lab", now_ms() + 3_600_000).unwrap();
        node
    }

    fn drift(&self, arguments: &[&str]) -> (String, String, i32) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sprag"));
        command.arg("drift").args(arguments).current_dir(self.directory.path()).env_clear().env("TZ", "UTC");
        let Output { stdout, stderr, status } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(stdout), text(stderr), status.code().unwrap())
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let (stdout, stderr, status) = self.drift(&[arguments, &["--format", "json"]].concat());
        assert_eq!((stderr.as_str(), status), ("", 0));
        let value: Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!(value["version"], 1);
        value
    }
}

#[test]
fn status_is_a_line_per_environment() {
    let (stdout, stderr, status) = Node::with_scans().drift(&["status"]);
    assert_eq!(status, 0);
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), 4, "{stdout}");
    assert!(lines[1].starts_with("prod         drift    20"), "{stdout}");
    assert!(
        lines[1].ends_with("30 h ago  overdue by 6 h (every 1d); 1 notification undelivered; 40 changes"),
        "{stdout}"
    );
    assert!(lines[2].starts_with("new          -        -                    never"), "{stdout}");
    assert!(lines[3].starts_with("lab          error") && lines[3].contains("1 h ago"), "{stdout}");
    assert!(lines[3].contains("paused until 20") && lines[3].ends_with("not configured"), "{stdout}");
    assert!(stderr.ends_with("state/history.db (`history.path`)\n"), "{stderr}");
}

#[test]
fn status_for_programs() {
    let value = Node::with_scans().json(&["status"]);
    let [prod, new, lab] = value["environments"].as_array().unwrap().as_slice() else { panic!("{value}") };
    assert_eq!(
        (&prod["environment"], &prod["verdict"], &prod["overdue"]),
        (&"prod".into(), &"drift".into(), &true.into())
    );
    assert_eq!((&prod["undelivered"], &prod["latest"]["counts"]["drift"]), (&1.into(), &40.into()));
    assert_eq!((&prod["noise"]["alarms"], &prod["noise"]["ratio"]), (&80.into(), &0.0.into()));
    assert!(
        prod["since"].as_str().unwrap() < prod["latest"]["started"].as_str().unwrap(),
        "drift since the first scan"
    );
    assert_eq!((&new["verdict"], &new["overdue"], &new["configured"]), (&Value::Null, &false.into(), &true.into()));
    assert_eq!((&lab["configured"], &lab["latest"]["error"]["kind"]), (&false.into(), &"connectivity".into()));
    assert!(lab["paused_until"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn log_lists_scans_latest_last() {
    let node = Node::with_scans();
    let ids = |arguments: &[&str]| -> Vec<i64> {
        let value = node.json(&[&["log"], arguments].concat());
        value["scans"].as_array().unwrap().iter().map(|scan| scan["id"].as_i64().unwrap()).collect()
    };
    assert_eq!(ids(&[]), [1, 2, 3, 4]);
    assert_eq!(ids(&["--env", "prod"]), [1, 3]);
    assert_eq!(ids(&["--since", "2d"]), [3, 4]);
    assert_eq!(ids(&["--status", "drift", "--limit", "1"]), [3]);
    assert_eq!(ids(&["--env", "new"]), [0_i64; 0]);
    let (stdout, stderr, status) = node.drift(&["log", "--limit", "2"]);
    assert_eq!(status, 0);
    let lines: Vec<&str> = stdout.lines().collect();
    assert!(
        lines[1].starts_with("   3  20") && lines[1].ends_with("prod         drift    12.3 s  40 changes"),
        "{stdout}"
    );
    assert!(
        lines[2].ends_with("lab          error    12.3 s  connectivity: cannot reach tcp://minio:9000"),
        "{stdout}"
    );
    assert!(stderr.contains("the latest 2 of 4 scans"), "{stderr}");
}

#[test]
fn log_prints_one_scan_whole() {
    let node = Node::with_scans();
    let (stdout, _, status) = node.drift(&["log", "3"]);
    assert_eq!(status, 0);
    assert!(stdout.starts_with("scan 3 of prod: drift since 20"), "{stdout}");
    for part in [
        "took 12.3 s",
        "terraform 1.11.4, state serial 3",
        "commit 012345678901 and changes that are not committed, 2 commits behind its upstream",
        "  proxmox_virtual_environment_vm.vm[\"web\"]  an apply would destroy and recreate it\n",
        "    memory[7].dedicated   modify  expected 2048  actual 3\n",
        "  warning: finding 0 of 3, main.tf:3 (2 times)\n    first line\n    second \u{241b}[31mline\n",
    ] {
        assert!(stdout.contains(part), "{part:?} is not in\n{stdout}");
    }
    let value = node.json(&["log", "4"]);
    assert_eq!((&value["scan"]["error"]["remedy"], &value["scan"]["serial"]), (&"start it".into(), &4.into()));
    let (stdout, stderr, status) = node.drift(&["log", "99"]);
    assert_eq!((stdout.as_str(), status), ("", 1));
    assert!(stderr.contains("there is no scan 99"), "{stderr}");
}

#[test]
fn before_the_first_scan_nothing_is_made() {
    let node = Node::new();
    let (stdout, stderr, status) = node.drift(&["log"]);
    assert_eq!((stdout.as_str(), status), ("", 0));
    assert!(stderr.contains("nothing was scanned yet"), "{stderr}");
    let (stdout, _, status) = node.drift(&["status"]);
    assert_eq!(status, 0);
    assert!(stdout.contains("prod") && stdout.contains("never"), "{stdout}");
    assert!(!node.path().parent().unwrap().exists());
}

#[test]
fn whatever_is_not_a_verdict_is_one() {
    let node = Node::with_scans();
    for (arguments, message) in [
        (vec!["log", "--env", "prdo"], "did you mean `prod`?"),
        (vec!["log", "--status", "fine"], "a verdict is one of"),
        (vec!["log", "--since", "7"], "such as `7d`"),
        (vec!["log", "3", "--env", "prod"], "cannot be used with"),
        (vec!["status", "--config", "none.hcl"], "none.hcl: no such file"),
        (vec!["nonsense"], "unrecognized subcommand"),
    ] {
        let (stdout, stderr, status) = node.drift(&arguments);
        assert_eq!((stdout.as_str(), status), ("", 1), "{arguments:?}");
        assert!(stderr.contains(message), "{arguments:?}: {stderr}");
    }
    std::fs::write(node.path(), "not a database, but long enough to be taken for one").unwrap();
    let (_, stderr, status) = node.drift(&["status"]);
    assert_eq!(status, 1);
    assert!(stderr.contains("state/history.db: not an SQLite database; move the file away"), "{stderr}");
    assert_eq!(node.drift(&["log", "--help"]).2, 0);
}
