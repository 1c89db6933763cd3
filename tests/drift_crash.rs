//! `sprag drift scan` killed at any moment: the history is whole, the next scan works, no alarm is lost or raised twice,
//! and nothing is left behind.
#![cfg(feature = "drift")]
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
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::e2e::skip;
use common::lab::{CONFIG, Lab, Receiver};
use common::mutation::Mutator;
use serde_json::{Value, json};

const KILLS: usize = 20;

/// What `PRAGMA integrity_check` says of the history.
fn integrity(lab: &Lab) -> String {
    let connection = rusqlite::Connection::open(lab.root.join("state/history.db")).unwrap();
    connection.query_row("PRAGMA integrity_check", (), |row| row.get(0)).unwrap()
}

/// The plan files below the directories that scans write to.
fn plan_files(lab: &Lab) -> Vec<String> {
    let below = ["state", "prod"].map(|directory| walkdir::WalkDir::new(lab.root.join(directory)));
    let files = below.into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path().display().to_string());
    files.filter(|path| path.ends_with(".plan")).collect()
}

/// The processes that work in the lab.
fn processes(lab: &Lab) -> Vec<String> {
    let root = lab.root.canonicalize().unwrap();
    let all = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let here = all.filter(|entry| fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(&root)));
    here.map(|entry| fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default()).collect()
}

#[test]
fn a_kill_at_any_moment_costs_that_scan_and_nothing_else() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let receiver = Receiver::listen(0);
    let tail = format!(
        "  history {{\n    path = \"state/history.db\"\n  }}\n  notify \"alertmanager\" {{\n    url = \"http://127.0.0.1:{}\"\n  \
         }}\n}}\n",
        receiver.port
    );
    lab.write(".sprag.hcl", &format!("{}{tail}", CONFIG.strip_suffix("}\n").unwrap()));
    let began = Instant::now();
    assert_eq!(lab.scan().1, 0);
    let whole = began.elapsed();
    lab.click(|guests| guests["101"]["description"] = json!("by hand"));

    let mut random = Mutator::new(11);
    for round in 0..KILLS {
        let mut command = lab.command(&["scan", "prod"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole.mul_f64(random.below(1000) as f64 / 1000.0));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(integrity(&lab), "ok", "round {round}");

        let (scan, exit) = lab.scan();
        assert_eq!((scan["verdict"].as_str(), exit), (Some("drift"), 2), "round {round}: {scan:#}");
        assert!(plan_files(&lab).is_empty(), "round {round}: {:?}", plan_files(&lab));
    }
    let end = Instant::now() + Duration::from_secs(60);
    while !processes(&lab).is_empty() {
        assert!(Instant::now() < end, "{:?}", processes(&lab));
        std::thread::sleep(Duration::from_millis(50));
    }

    // All posts were of one and the same alert: to Alertmanager that is one alarm.
    let posts: Vec<Value> = std::mem::take(&mut *receiver.bodies.lock().unwrap());
    let identity = |alert: &Value| (alert["labels"].to_string(), alert["startsAt"].to_string());
    let alerts: BTreeSet<_> = posts.iter().flat_map(|post| post.as_array().unwrap()).map(identity).collect();
    assert_eq!(alerts.len(), 1, "{alerts:#?}");
    lab.click(|guests| guests["101"]["description"] = json!("the web"));
    assert_eq!(lab.scan().1, 0);
    assert_eq!(receiver.take(), [("SpragDrift".to_owned(), true)]);
    assert_eq!(lab.scan().1, 0);
    assert_eq!(receiver.take(), []);
    assert_eq!(lab.json(&["status"])["environments"][0]["undelivered"], 0);

    let said = fs::read_to_string(lab.root.join("said")).unwrap();
    let words: BTreeSet<&str> = said.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(words.iter().all(|word| matches!(*word, "version" | "init" | "plan" | "show")), "{words:?}");
}

#[test]
fn a_full_disk_is_said_and_loses_nothing_that_was_kept() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let state = lab.root.join("state");
    fs::create_dir(&state).unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
        .arg(&state)
        .stderr(Stdio::null())
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("skipped: a small file system cannot be mounted here");
        return;
    }
    let _mounted = Unmount(state.clone());
    let tail = "  history {\n    path = \"state/history.db\"\n  }\n}\n";
    lab.write(".sprag.hcl", &format!("{}{tail}", CONFIG.strip_suffix("}\n").unwrap()));
    assert_eq!(lab.scan().1, 0);
    let mut filler = Vec::new();
    for number in 0.. {
        let path = state.join(format!("filler{number}"));
        let is_full = fs::write(&path, vec![0_u8; 4096]).is_err();
        filler.push(path);
        if is_full {
            break;
        }
    }
    lab.click(|guests| guests["101"]["description"] = json!("by hand"));
    let output = lab.sprag(&["scan", "prod"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("full") || text.contains("No space left"), "{text}");
    filler.iter().for_each(|path| fs::remove_file(path).unwrap());
    assert_eq!(integrity(&lab), "ok");
    let (scan, exit) = lab.scan();
    assert_eq!((scan["verdict"].as_str(), exit), (Some("drift"), 2), "{scan:#}");
    let listed = lab.json(&["log"]);
    assert!(listed["scans"].as_array().unwrap().iter().any(|scan| scan["verdict"] == "conforming"), "{listed:#}");
}

/// Takes a file system away again.
struct Unmount(std::path::PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}
