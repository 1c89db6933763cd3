//! A repository with one applied environment, for tests of `sprag drift` with the real terraform.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use super::e2e::Sandbox;

/// A value that must be found nowhere.
pub const SECRET: &str = "canary-0f2c8a51";

/// The module of a [`Lab`].
pub const MODULE: &str = r#"terraform {
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

/// The configuration of a [`Lab`].
pub const CONFIG: &str = r#"drift {
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
pub struct Lab {
    /// Where everything is.
    pub sandbox: Sandbox,
    /// The repository.
    pub root: PathBuf,
}

impl Lab {
    /// Applied and conforming; nothing where terraform is missing.
    pub fn new() -> Option<Self> {
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
        lab.apply();
        Some(lab)
    }

    /// Applies the code, as its owner would: with a data directory of their own that is gone afterwards.
    pub fn apply(&self) {
        self.terraform(&["apply", "-auto-approve", "-no-color"]);
    }

    /// Runs terraform in the module as its owner would, initialised and with the variables of the environment file.
    pub fn terraform(&self, arguments: &[&str]) {
        let text = fs::read_to_string(self.root.join("provider.env")).unwrap();
        let variables: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('=')).collect();
        for arguments in [&["init", "-input=false", "-no-color"][..], arguments] {
            let output = self.sandbox.terraform_with(&self.root.join("prod"), arguments, &variables);
            let text = [output.stdout, output.stderr].concat();
            assert!(output.status.success(), "terraform {arguments:?}: {}", String::from_utf8_lossy(&text));
        }
        fs::remove_dir_all(self.root.join("prod/.terraform")).unwrap();
    }

    /// Changes a file of the repository; `from` must be in it.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.root.join(path)).unwrap();
        assert!(text.contains(from), "`{from}` is not in {path}:\n{text}");
        self.write(path, &text.replace(from, to));
    }

    /// Writes a file of the repository.
    pub fn write(&self, path: &str, text: &str) {
        fs::write(self.root.join(path), text).unwrap();
    }

    /// Changes the infrastructure as a click in the user interface would: its guests by id.
    pub fn click(&self, change: impl Fn(&mut Value)) {
        self.infrastructure(|whole| change(&mut whole["resources"]["proxmox_virtual_environment_vm"]));
    }

    /// Changes what the test provider takes for reality.
    pub fn infrastructure(&self, change: impl Fn(&mut Value)) {
        let path = self.root.join("infrastructure.json");
        let mut whole: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut whole);
        fs::write(&path, serde_json::to_vec_pretty(&whole).unwrap()).unwrap();
    }

    /// `sprag drift` with these arguments, in the repository and with an environment of its own.
    pub fn sprag(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The same, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let path = format!("{}:{}", self.root.join("bin").display(), std::env::var("PATH").unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_sprag"));
        command
            .args(["drift"])
            .args(arguments)
            .current_dir(&self.root)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.sandbox.path("home"))
            .env("TF_CLI_CONFIG_FILE", self.sandbox.path("mirror").join("terraform.rc"));
        command
    }

    /// The one scan of `drift scan --format json`, and the exit status.
    pub fn scan(&self) -> (Value, i32) {
        let output = self.sprag(&["scan", "prod", "--format", "json"]);
        let document: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(document["version"], 1);
        (document["scans"][0].clone(), output.status.code().unwrap())
    }

    /// What `sprag drift` says in JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.sprag(&[arguments, &["--format", "json"]].concat());
        let document: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(document["version"], 1);
        document
    }

    /// The metrics of the environment.
    pub fn metrics(&self) -> String {
        fs::read_to_string(self.root.join("metrics/sprag_drift_prod.prom")).unwrap()
    }
}

fn real_terraform() -> String {
    let output = Command::new("sh").args(["-c", "command -v terraform"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A stand-in for Alertmanager: takes posts on a free port of the loopback interface and keeps their bodies.
pub struct Receiver {
    /// Where it listens.
    pub port: u16,
    /// What was posted.
    pub bodies: std::sync::Arc<std::sync::Mutex<Vec<Value>>>,
}

impl Receiver {
    /// Listens on `port`, or on any free one for 0. The thread ends with the test program.
    pub fn listen(port: u16) -> Self {
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
    pub fn take(&self) -> Vec<(String, bool)> {
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
