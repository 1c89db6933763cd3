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
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::e2e::{Sandbox, skip};
use serde_json::{Value, json};

const SECRET: &str = "canary-0f2c8a51";

const MODULE: &str = r#"terraform {
  required_providers {
    proxmox = { source = "bpg/proxmox" }
  }
}

variable "note" {
  type      = string
  sensitive = true
}

resource "proxmox_virtual_environment_vm" "web" {
  node_name   = "pve"
  vm_id       = 101
  name        = "web"
  description = "the web"
}

resource "proxmox_virtual_environment_vm" "db" {
  node_name   = "pve"
  vm_id       = 102
  name        = "db"
  description = var.note
}
"#;

const CONFIG: &str = r#"drift {
  environment "prod" {
    directory = "prod"
    env_files = ["../provider.env"]
    timeout   = "2m"
  }
  metrics {
    directory     = "metrics"
    compatibility = "pve_drift"
  }
}
"#;

/// A repository with one applied environment, its infrastructure, and a terraform that writes down what it is told.
struct Lab {
    sandbox: Sandbox,
    root: PathBuf,
}

impl Lab {
    fn new() -> Option<Self> {
        let sandbox = Sandbox::with_providers()?;
        let root = sandbox.path("lab");
        for directory in ["prod", "metrics", "bin"] {
            fs::create_dir_all(root.join(directory)).unwrap();
        }
        let lab = Self { sandbox, root };
        lab.write("prod/main.tf", MODULE);
        lab.write("prod/terraform.tfvars", &format!("note = \"{SECRET}\"\n"));
        lab.write(".sprag.hcl", CONFIG);
        let infrastructure = lab.root.join("infrastructure.json");
        lab.write(
            "provider.env",
            &format!("SPRAG_TEST_PROVIDER_STATE={}\nTF_DISABLE_PLUGIN_TLS=1\n", infrastructure.display()),
        );
        lab.write(
            "bin/terraform",
            &format!(
                "#!/bin/sh\necho \"$@\" >> '{}'\nexec {} \"$@\"\n",
                lab.root.join("said").display(),
                real_terraform()
            ),
        );
        fs::set_permissions(lab.root.join("bin/terraform"), fs::Permissions::from_mode(0o755)).unwrap();
        let state = infrastructure.to_str().unwrap().to_owned();
        for arguments in [&["init", "-input=false", "-no-color"][..], &["apply", "-auto-approve", "-no-color"]] {
            let variables = [("SPRAG_TEST_PROVIDER_STATE", state.as_str())];
            let output = lab.sandbox.terraform_with(&lab.root.join("prod"), arguments, &variables);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        fs::remove_dir_all(lab.root.join("prod/.terraform")).unwrap();
        Some(lab)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.root.join(path), text).unwrap();
    }

    /// Changes the infrastructure as a click in the user interface would: its guests by id.
    fn click(&self, change: impl Fn(&mut Value)) {
        self.infrastructure(|whole| change(&mut whole["resources"]["proxmox_virtual_environment_vm"]));
    }

    fn infrastructure(&self, change: impl Fn(&mut Value)) {
        let path = self.root.join("infrastructure.json");
        let mut whole: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut whole);
        fs::write(&path, serde_json::to_vec_pretty(&whole).unwrap()).unwrap();
    }

    fn sprag(&self, arguments: &[&str]) -> Output {
        let path = format!("{}:{}", self.root.join("bin").display(), std::env::var("PATH").unwrap());
        Command::new(env!("CARGO_BIN_EXE_sprag"))
            .args(["drift"])
            .args(arguments)
            .current_dir(&self.root)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.sandbox.path("home"))
            .env("TF_CLI_CONFIG_FILE", self.sandbox.path("mirror").join("terraform.rc"))
            .output()
            .unwrap()
    }

    /// The one scan of `drift scan --format json`, and the exit status.
    fn scan(&self) -> (Value, i32) {
        let output = self.sprag(&["scan", "prod", "--format", "json"]);
        let document: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(document["version"], 1);
        (document["scans"][0].clone(), output.status.code().unwrap())
    }

    fn metrics(&self) -> String {
        fs::read_to_string(self.root.join("metrics/sprag_drift_prod.prom")).unwrap()
    }
}

fn real_terraform() -> String {
    let output = Command::new("sh").args(["-c", "command -v terraform"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

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

/// A stand-in for Alertmanager: takes posts on a free port of the loopback interface and keeps their bodies.
struct Receiver {
    port: u16,
    bodies: std::sync::Arc<std::sync::Mutex<Vec<Value>>>,
}

impl Receiver {
    /// Listens on `port`, or on any free one for 0. The thread ends with the test program.
    fn listen(port: u16) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let bodies = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let kept = std::sync::Arc::clone(&bodies);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if let Some(body) = answer(&mut stream.unwrap()) {
                    kept.lock().unwrap().push(body);
                }
            }
        });
        Self { port, bodies }
    }

    /// What came since the last call: each alert with whether it is over.
    fn take(&self) -> Vec<(String, bool)> {
        let now = Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]).output().unwrap();
        let now = String::from_utf8(now.stdout).unwrap().trim().to_owned();
        let bodies = std::mem::take(&mut *self.bodies.lock().unwrap());
        let alerts = bodies.iter().flat_map(|body| body.as_array().unwrap());
        let told = |alert: &Value| {
            let name = alert["labels"]["alertname"].as_str().unwrap().to_owned();
            (name, alert["endsAt"].as_str().unwrap() <= now.as_str())
        };
        alerts.map(told).collect()
    }
}

/// Reads one request and takes it; its body.
fn answer(stream: &mut std::net::TcpStream) -> Option<Value> {
    use std::io::{Read, Write};
    let mut request = Vec::new();
    let mut part = [0; 4096];
    loop {
        let length = stream.read(&mut part).ok()?;
        request.extend(&part[..length]);
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let wanted =
                head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= wanted.unwrap_or(0) {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").ok()?;
                return serde_json::from_str(body).ok();
            }
        }
        if length == 0 {
            return None;
        }
    }
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
