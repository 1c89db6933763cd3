//! The drift mode: a file is the infrastructure, and editing it is a change by hand.

use crate::sandbox::{Sandbox, finish};
use sprag_test_provider::infrastructure::VARIABLE;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// An applied module whose Proxmox resources live in a file.
struct Drifting {
    sandbox: Sandbox,
    file: PathBuf,
}

impl Drifting {
    fn applied() -> Option<Self> {
        let sandbox = Sandbox::initialized()?;
        let file = sandbox.path("infrastructure.json");
        let drifting = Self { sandbox, file };
        drifting.exits(0, &["apply", "-auto-approve"]);
        drifting.exits(0, &["plan", "-detailed-exitcode"]);
        Some(drifting)
    }

    fn exits(&self, status: i32, arguments: &[&str]) -> String {
        let (output, text) = finish(self.command(arguments));
        assert_eq!(output.status.code(), Some(status), "terraform {arguments:?}:\n{text}");
        text
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.sandbox.command(arguments);
        command.env(VARIABLE, &self.file);
        command
    }

    fn edit(&self, change: impl FnOnce(&mut serde_json::Value)) {
        let mut content = serde_json::from_slice(&fs::read(&self.file).unwrap()).unwrap();
        change(&mut content);
        fs::write(&self.file, content.to_string()).unwrap();
    }
}

#[test]
fn edits_of_the_infrastructure_are_drift() {
    let Some(drifting) = Drifting::applied() else { return };
    drifting.edit(|content| {
        content["resources"]["proxmox_virtual_environment_vm"]["201"]["name"] = "renamed".into();
    });
    let text = drifting.exits(2, &["plan", "-detailed-exitcode"]);
    assert!(text.contains(r#""renamed" -> "db""#) && text.contains("0 to add, 1 to change, 0 to destroy"), "{text}");
    drifting.edit(|content| {
        content["resources"]["proxmox_virtual_environment_container"].as_object_mut().unwrap().remove("200");
    });
    let text = drifting.exits(2, &["plan", "-detailed-exitcode"]);
    assert!(text.contains("1 to add, 1 to change, 0 to destroy"), "{text}");
    drifting.exits(0, &["apply", "-auto-approve"]);
    drifting.exits(0, &["plan", "-detailed-exitcode"]);
    drifting.exits(0, &["destroy", "-auto-approve"]);
    assert!(!fs::read_to_string(&drifting.file).unwrap().contains("node_name"));
}

#[test]
fn faults_make_reads_fail_or_end_the_provider() {
    let Some(drifting) = Drifting::applied() else { return };
    drifting.edit(|content| content["fault"] = serde_json::json!({"text": "500 no quorum", "sleep_ms": 50}));
    let text = drifting.exits(1, &["plan"]);
    assert!(text.contains("500 no quorum") && text.contains("proxmox_virtual_environment_vm 201"), "{text}");
    drifting.edit(|content| content["fault"] = serde_json::json!({"exit": 3}));
    let text = drifting.exits(1, &["plan"]);
    assert!(text.contains("Plugin did not respond") || text.contains("Request cancelled"), "{text}");
    assert_eq!(drifting.sandbox.sockets(), 0, "sockets must be removed");
}

#[test]
fn resources_of_the_infrastructure_can_be_imported() {
    let Some(drifting) = Drifting::applied() else { return };
    drifting.exits(0, &["state", "rm", "proxmox_virtual_environment_vm.db"]);
    drifting.exits(0, &["import", "proxmox_virtual_environment_vm.db", "pve/201"]);
    drifting.exits(0, &["plan", "-detailed-exitcode"]);
}

#[test]
fn provider_ends_when_terraform_is_killed() {
    let Some(drifting) = Drifting::applied() else { return };
    drifting.edit(|content| content["fault"] = serde_json::json!({"sleep_ms": 120_000}));
    let mut command = drifting.command(&["plan", "-lock=false"]);
    let mut terraform = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    assert!(within(Duration::from_secs(20), || drifting.sandbox.sockets() > 0), "the provider must start");
    terraform.kill().unwrap();
    terraform.wait().unwrap();
    assert!(within(Duration::from_secs(10), || drifting.sandbox.sockets() == 0), "the provider must not stay behind");
}

/// Whether the condition comes true in time.
fn within(limit: Duration, condition: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < limit {
        if condition() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}
