//! `sprag drift doctor`: every check, once with what it needs and once without, and that nothing is touched.
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
use std::net::TcpListener;
use std::process::Command;

use common::e2e::skip;
use common::lab::{CONFIG, Lab, SECRET};
use serde_json::Value;

/// Answers every request on a free port of the loopback interface with `status` and `body`; its address.
fn serve(status: &'static str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let length = body.len();
            let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        }
    });
    address
}

/// State and text of a check.
fn check<'d>(document: &'d Value, environment: Option<&str>, name: &str) -> (&'d str, String) {
    let mut all = document["checks"].as_array().unwrap().iter();
    let found = all.find(|check| check["environment"].as_str() == environment && check["check"] == name);
    let found = found.unwrap_or_else(|| panic!("no check {name} in {document:#}"));
    (found["state"].as_str().unwrap(), format!("{}; {}", found["found"], found["remedy"]))
}

#[test]
fn a_healthy_machine_has_nothing_to_do() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let alertmanager = serve("200 OK", "{}".to_owned());
    let prom = lab.root.join("metrics/sprag_drift_prod.prom");
    let exporter = serve("200 OK", format!("node_textfile_mtime_seconds{{file=\"{}\"}} 1.7e9\n", prom.display()));
    let notify = format!("  notify \"alertmanager\" {{\n    url = \"{alertmanager}\"\n  }}\n}}\n");
    let target = alertmanager.replace("http", "tcp");
    let config = format!("{}{notify}", CONFIG.strip_suffix("}\n").unwrap());
    lab.write(".sprag.hcl", &config.replace("timeout ", &format!("reach     = [\"{target}\"]\n    timeout ")));
    assert_eq!(lab.scan().1, 0);
    let said = fs::read_to_string(lab.root.join("said")).unwrap().lines().count();

    let doctor = ["doctor", "--node-exporter", &format!("{exporter}/metrics")];
    let document = lab.json(&doctor);
    for name in ["configuration", "history", "metrics", "node-exporter", "alertmanager"] {
        assert_eq!(check(&document, None, name).0, "ok", "{document:#}");
    }
    for name in ["directory", "binary", "files", "reach", "latest scan"] {
        assert_eq!(check(&document, Some("prod"), name).0, "ok", "{document:#}");
    }
    assert_eq!(lab.sprag(&doctor).status.code(), Some(0));
    let words = fs::read_to_string(lab.root.join("said")).unwrap();
    assert!(words.lines().skip(said).all(|line| line == "version -json"), "{words}");
    assert!(!document.to_string().contains(SECRET));
}

#[test]
fn what_is_missing_is_named_with_a_remedy() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let refusing = serve("401 Unauthorized", String::new());
    let empty = serve("200 OK", "node_textfile_scrape_error 0\n".to_owned());
    let notify = format!("  notify \"alertmanager\" {{\n    url = \"{refusing}\"\n  }}\n}}\n");
    let config = format!("{}{notify}", CONFIG.strip_suffix("}\n").unwrap());
    let config = config
        .replace("timeout ", "reach     = [\"tcp://127.0.0.1:1\"]\n    var_files = [\"gone.tfvars\"]\n    timeout ");
    lab.write(".sprag.hcl", &config);
    fs::remove_file(lab.root.join("prod/.terraform.lock.hcl")).unwrap();
    fs::write(lab.root.join("metrics/sprag_drift_prod.prom"), "").unwrap();
    let doctor = ["doctor", "--node-exporter", &format!("{empty}/metrics")];
    let document = lab.json(&doctor);
    for (environment, name, text) in [
        (None, "node-exporter", "--collector.textfile.directory="),
        (None, "alertmanager", "refuses the credentials (401)"),
        (Some("prod"), "directory", "run `terraform init` there and commit the file"),
        (Some("prod"), "files", "gone.tfvars cannot be read"),
        (Some("prod"), "reach", "tcp://127.0.0.1:1"),
    ] {
        let (state, found) = check(&document, environment, name);
        assert_eq!(state, "failure", "{document:#}");
        assert!(found.contains(text), "{found}");
    }
    assert_eq!(check(&document, None, "history").0, "warning", "{document:#}");
    assert_eq!(check(&document, Some("prod"), "latest scan").0, "warning");

    let output = lab.sprag(&doctor);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("this machine\n") && text.contains("\nprod\n") && text.contains(" failures, "), "{text}");
    assert!(!lab.sandbox.path("home").join(".local").exists(), "a doctor changes nothing");

    lab.write(".sprag.hcl", &CONFIG.replace("timeout ", "binary    = \"terrafrom\"\n    timeout "));
    fs::remove_dir_all(lab.root.join("metrics")).unwrap();
    let document = lab.json(&["doctor", "prod"]);
    assert!(check(&document, Some("prod"), "binary").1.contains("`terrafrom` cannot be started"), "{document:#}");
    assert!(check(&document, None, "metrics").1.contains("there is no directory"), "{document:#}");
    assert_eq!(check(&document, None, "notify").0, "warning");
}

#[test]
fn the_checkout_is_looked_at() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"];
        let output = Command::new("git").arg("-C").arg(&lab.root).args(identity).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let state = || check(&lab.json(&["doctor"]), Some("prod"), "checkout").1;
    assert!(state().contains("not a git repository"), "{}", state());
    git(&["init", "--quiet"]);
    git(&["add", "prod/main.tf"]);
    git(&["commit", "--quiet", "-m", "first"]);
    assert!(state().contains("without an upstream"), "{}", state());
    lab.write("prod/main.tf", "# changed\n");
    assert!(state().contains("with changes of its own"), "{}", state());
}
