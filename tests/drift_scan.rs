//! `sprag drift scan` with the real terraform and a provider of our own: verdict, exit status, history, metrics, what is
//! left behind, and that terraform hears nothing but its four words.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use common::e2e::skip;
use common::lab::{CONFIG, Lab, Receiver, SECRET};
use serde_json::{Value, json};

/// The paths of all files below `directory`.
fn files(directory: &Path) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(directory).into_iter().filter_map(Result::ok);
    walk.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

#[test]
fn a_day_in_the_life_of_an_environment() {
    let Some(lab) = Lab::new() else { return skip("terraform") };

    let (scan, status) = lab.scan();
    assert_eq!((scan["verdict"].as_str(), status), (Some("conforming"), 0), "{scan:#}");
    assert!(scan["tool"].as_str().is_some_and(|tool| tool.starts_with("terraform 1.")), "{scan:#}");
    assert!(lab.metrics().contains("sprag_drift_state{environment=\"prod\",state=\"conforming\"} 1"));

    lab.click(|guests| guests["101"]["description"] = json!("by hand"));
    let (scan, status) = lab.scan();
    assert_eq!((scan["verdict"].as_str(), status), (Some("drift"), 2), "{scan:#}");
    let change = &scan["changes"][0];
    assert_eq!(change["address"], "proxmox_virtual_environment_vm.web");
    assert_eq!(change["path"], "description");
    assert!(change["expected"].to_string().contains("the web") && change["actual"].to_string().contains("by hand"));
    assert!(lab.metrics().contains("sprag_drift_changes{environment=\"prod\",kind=\"modify\"} 1"), "{}", lab.metrics());
    assert!(lab.metrics().contains("pve_drift_status{env=\"prod\"} 1"));

    lab.click(|guests| {
        guests["101"]["description"] = json!("the web");
        guests.as_object_mut().unwrap().remove("102");
    });
    let (scan, status) = lab.scan();
    assert_eq!((scan["verdict"].as_str(), status), (Some("drift"), 2), "{scan:#}");
    assert_eq!(scan["changes"][0]["kind"], "delete", "{scan:#}");

    let listed = lab.sprag(&["log", "--format", "json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let verdicts: Vec<&str> =
        listed["scans"].as_array().unwrap().iter().filter_map(|scan| scan["verdict"].as_str()).collect();
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == "drift").count(), 2, "{listed:#}");
    assert_eq!(verdicts.len(), 3);

    let said = fs::read_to_string(lab.root.join("said")).unwrap();
    let words: Vec<&str> = said.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(words.iter().all(|word| matches!(*word, "version" | "init" | "plan" | "show")), "{said}");
    assert_eq!(words.iter().filter(|word| **word == "init").count(), 1, "init runs only when needed: {said}");

    let home = lab.sandbox.path("home");
    for path in files(&home).into_iter().chain(files(&lab.root.join("metrics"))) {
        assert!(path.extension().is_none_or(|extension| extension != "plan"), "{} was left behind", path.display());
        let bytes = fs::read(&path).unwrap();
        let leaks = bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
        assert!(!leaks, "the secret is in {}", path.display());
    }
}

#[test]
fn what_comes_back_after_an_apply_is_noise() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let by_hand = || lab.click(|guests| guests["101"]["description"] = json!("by hand"));
    let is_recurring = || lab.scan().0["changes"][0]["recurring"] == true;
    by_hand();
    assert!(!is_recurring(), "seen for the first time");
    assert!(!is_recurring(), "nobody applied anything");
    lab.apply();
    assert_eq!(lab.scan().1, 0);
    by_hand();
    assert!(is_recurring(), "it came back");
    assert!(is_recurring(), "it is still the one that came back");
    assert!(lab.metrics().contains("sprag_drift_noise_ratio{environment=\"prod\"} 1"), "{}", lab.metrics());
}

#[test]
fn two_scans_of_one_environment_do_not_overlap() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    assert_eq!(lab.scan().1, 0);
    lab.infrastructure(|whole| whole["fault"] = json!({ "sleep_ms": 4000 }));
    let calls = || fs::read_to_string(lab.root.join("said")).unwrap().matches("plan ").count();
    let before = calls();
    let mut first = lab.command(&["scan", "prod"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while calls() == before {
        assert!(first.try_wait().unwrap().is_none(), "the first scan ended without a plan");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let second = lab.sprag(&["scan", "prod"]);
    let said = String::from_utf8(second.stderr).unwrap();
    let holder = format!("another scan of `prod` runs (process {}, since 20", first.id());
    assert!(said.contains(&holder) && second.status.code() == Some(1), "{said}");
    assert_eq!(lab.json(&["log"])["total"], 1, "that is no error of the environment: nothing is kept, nobody is told");
    assert_eq!(calls(), before + 1, "terraform is not started a second time");
    assert_eq!(first.wait().unwrap().code(), Some(0), "the first scan is not disturbed");
}

#[test]
fn a_pause_ends_by_itself_or_by_hand() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let said = |arguments: &[&str]| {
        let output = lab.sprag(arguments);
        let text = [output.stdout, output.stderr].concat();
        (String::from_utf8(text).unwrap(), output.status.code())
    };
    let (text, status) = said(&["pause", "prod", "--until", "4h"]);
    assert!(text.contains("prod is paused until ") && status == Some(0), "{text}");
    let (text, status) = said(&["scan"]);
    assert!(text.contains("prod is paused and not scanned") && status == Some(0), "{text}");
    assert!(!lab.root.join("said").exists(), "terraform was started");
    assert!(lab.json(&["status"])["environments"][0]["paused_until"].is_string());
    assert!(said(&["pause", "prod", "--end"]).0.contains("prod is scanned again"));
    assert!(said(&["pause", "prod", "--end"]).0.contains("prod was not paused"));
    assert_eq!(lab.scan().1, 0);
    for (arguments, message) in [
        (&["pause", "prd", "--until", "4h"][..], "did you mean `prod`?"),
        (&["pause", "prod", "--until", "soon"], "`soon` is no time"),
        (&["pause", "prod", "--until", "2020-01-01"], "is over already"),
        (&["pause", "prod"], "--until"),
    ] {
        let (text, status) = said(arguments);
        assert!(text.contains(message) && status == Some(1), "{text}");
    }
}

#[test]
fn the_alerts_of_an_environment_that_is_gone_are_ended() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let receiver = Receiver::listen(0);
    let tail = format!(
        "  history {{\n    path = \"state/history.db\"\n  }}\n  notify \"alertmanager\" {{\n    url = \"http://127.0.0.1:{}\"\n  \
         }}\n}}\n",
        receiver.port
    );
    let config = format!("{}{tail}", CONFIG.strip_suffix("}\n").unwrap());
    lab.write(".sprag.hcl", &config);
    lab.click(|guests| guests["101"]["description"] = json!("by hand"));
    assert_eq!(lab.scan().1, 2);
    assert_eq!(receiver.take(), [("SpragDrift".to_owned(), false)]);
    lab.write(".sprag.hcl", &config.replace("\"prod\" {", "\"production\" {"));
    assert_eq!(lab.sprag(&["notify"]).status.code(), Some(0));
    assert_eq!(receiver.take(), [("SpragDrift".to_owned(), true)]);
    assert_eq!(lab.sprag(&["notify"]).status.code(), Some(0));
    assert_eq!(receiver.take(), []);
    let metrics = |name: &str| lab.root.join(format!("metrics/sprag_drift_{name}.prom")).exists();
    assert!(metrics("prod"));
    assert_eq!(lab.sprag(&["scan"]).status.code(), Some(2));
    assert!(metrics("production") && !metrics("prod"), "nobody would ever correct what they say");
}

#[test]
fn errors_have_kinds_and_are_no_drift() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    assert_eq!(lab.scan().1, 0);

    lab.infrastructure(|whole| {
        whole["fault"] = json!({"text": "received an HTTP 401 response - Reason: authentication failure"});
    });
    let (scan, status) = lab.scan();
    assert_eq!((scan["error"]["kind"].as_str(), status), (Some("auth"), 1), "{scan:#}");
    assert!(lab.metrics().contains("sprag_drift_error{environment=\"prod\",kind=\"auth\"} 1"));
    lab.infrastructure(|whole| whole["fault"] = Value::Null);

    fs::rename(lab.root.join("prod/terraform.tfvars"), lab.root.join("kept.tfvars")).unwrap();
    let (scan, status) = lab.scan();
    assert_eq!((scan["error"]["kind"].as_str(), status), (Some("config"), 1), "{scan:#}");
    fs::rename(lab.root.join("kept.tfvars"), lab.root.join("prod/terraform.tfvars")).unwrap();

    fs::rename(lab.root.join("prod/.terraform.lock.hcl"), lab.root.join("kept.hcl")).unwrap();
    fs::remove_dir_all(lab.sandbox.path("home")).unwrap();
    let (scan, status) = lab.scan();
    assert_eq!((scan["error"]["kind"].as_str(), status), (Some("config"), 1), "{scan:#}");
    assert!(!lab.root.join("prod/.terraform.lock.hcl").exists(), "sprag never writes a lock file");
    fs::rename(lab.root.join("kept.hcl"), lab.root.join("prod/.terraform.lock.hcl")).unwrap();

    lab.write(".sprag.hcl", &CONFIG.replace("timeout ", "reach     = [\"tcp://127.0.0.1:1\"]\n    timeout "));
    let (scan, status) = lab.scan();
    assert_eq!(
        (scan["error"]["kind"].as_str(), scan["error"]["phase"].as_str(), status),
        (Some("connectivity"), Some("reach"), 1)
    );
}

#[test]
fn metrics_that_cannot_be_written_lose_no_scan() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    fs::remove_dir_all(lab.root.join("metrics")).unwrap();
    let (scan, status) = lab.scan();
    assert_eq!((scan["verdict"].as_str(), status), (Some("conforming"), 1), "{scan:#}");
    let listed = lab.sprag(&["log", "--format", "json"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("\"total\":1"));
}

#[test]
fn dry_run_touches_nothing() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let output = lab.sprag(&["scan", "--dry-run"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(text.contains("plan -json -input=false -detailed-exitcode -lock-timeout="), "{text}");
    assert!(!text.contains("apply"), "{text}");
    assert!(!lab.root.join("said").exists() && !lab.sandbox.path("home").exists());
}

#[test]
fn mistakes_of_usage_are_no_drift() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let output = lab.sprag(&["scan", "prd"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean `prod`?"));
    assert_eq!(lab.sprag(&["scan", "--no-such-flag"]).status.code(), Some(1));
}

#[test]
fn alertmanager_is_told_once_and_again_when_it_was_away() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let receiver = Receiver::listen(0);
    let notify = |port: u16| format!("  notify \"alertmanager\" {{\n    url = \"http://127.0.0.1:{port}\"\n  }}\n}}\n");
    let with_notify = |port: u16| format!("{}{}", CONFIG.strip_suffix("}\n").unwrap(), notify(port));
    lab.write(".sprag.hcl", &with_notify(receiver.port));
    assert_eq!(lab.scan().1, 0);
    assert_eq!(receiver.take(), [], "nothing is sent when conforming and nothing was open");

    let away = { std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port() };
    lab.write(".sprag.hcl", &with_notify(away));
    lab.click(|guests| guests["101"]["description"] = json!("by hand"));
    assert_eq!(lab.scan().1, 2, "a failed post changes no verdict");
    let status = lab.sprag(&["status", "--format", "json"]);
    let status: Value = serde_json::from_slice(&status.stdout).unwrap();
    assert!(status.to_string().contains("\"undelivered\":1"), "{status:#}");
    assert_eq!(lab.sprag(&["notify"]).status.code(), Some(1));

    lab.write(".sprag.hcl", &with_notify(receiver.port));
    let output = lab.sprag(&["notify"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(receiver.take(), [("SpragDrift".to_owned(), false)]);

    lab.click(|guests| guests["101"]["description"] = json!("the web"));
    assert_eq!(lab.scan().1, 0);
    assert_eq!(receiver.take(), [("SpragDrift".to_owned(), true)]);
    assert!(
        lab.metrics().contains("sprag_drift_undelivered_notifications{environment=\"prod\"} 0"),
        "{}",
        lab.metrics()
    );
    assert_eq!(lab.scan().1, 0);
    assert_eq!(receiver.take(), []);
}
