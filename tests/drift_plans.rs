//! What the real terraform says in each case that a drift scan tells apart, and what sprag makes of it. Every scenario
//! applies a small module with the test provider, changes reality or code, plans, and compares the rows with
//! `testdata/drift/NAME.txt`. The plans are kept beside (`NAME.json`, trimmed), so that the comparison is also tested
//! where there is no terraform. `SPRAG_UPDATE=1` writes both.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fmt::Write as _;
use std::path::PathBuf;

use common::e2e::{Sandbox, skip};
use serde_json::{Value, json};
use sprag::config::Date;
use sprag::drift::{
    Changes, Checkout, Classified, ErrorKind, Evidence, Ignores, Masker, Messages, Phase, Plan, Retry, classify,
    find_changes, group, judge,
};

const VM: &str = "proxmox_virtual_environment_vm";

/// What is changed after the first apply.
struct Scenario {
    name: &'static str,
    /// Written for `main.tf` instead of what was applied; `{}` stands for the rest of the module.
    code: fn(String) -> String,
    /// Done to the infrastructure: its guests by id.
    reality: fn(&mut Value),
    /// Commands of terraform before the plan.
    before: &'static [&'static [&'static str]],
    /// The exit status of `plan -detailed-exitcode`.
    status: i32,
}

const SAME: fn(String) -> String = |code| code;
const NOTHING: fn(&mut Value) = |_| {};
const QUIET: Scenario = Scenario { name: "", code: SAME, reality: NOTHING, before: &[], status: 2 };

const SCENARIOS: &[Scenario] = &[
    Scenario { name: "conforming", status: 0, ..QUIET },
    Scenario { name: "edited", reality: |vms| vms["101"]["description"] = json!("by hand"), ..QUIET },
    Scenario { name: "deleted", reality: |vms| remove(vms, "101"), ..QUIET },
    Scenario { name: "all-deleted", reality: |vms| *vms = json!({}), ..QUIET },
    Scenario { name: "pending", code: |code| code.replace("the web", "the new web"), ..QUIET },
    Scenario {
        name: "both",
        code: |code| code.replace("the web", "the new web"),
        reality: |vms| vms["101"]["description"] = json!("by hand"),
        ..QUIET
    },
    Scenario {
        name: "declared",
        code: |code| {
            code + "resource \"proxmox_virtual_environment_vm\" \"new\" {\n  node_name = \"pve\"\n  vm_id = 150\n}\n"
        },
        ..QUIET
    },
    Scenario { name: "no-longer-declared", code: |code| cut(&code, "# spare", "# end of spare"), ..QUIET },
    Scenario { name: "replace", reality: |vms| vms["101"]["node_name"] = json!("pve2"), ..QUIET },
    Scenario { name: "order-only", reality: |vms| vms["101"]["boot_order"] = json!(["net0", "scsi0"]), ..QUIET },
    Scenario {
        name: "order-of-a-set",
        reality: |vms| vms["101"]["tags"] = json!(["web", "prod", "lab"]),
        status: 0,
        ..QUIET
    },
    Scenario { name: "blocks", reality: |vms| add_disk(vms), ..QUIET },
    Scenario {
        name: "ignored-by-code",
        reality: |vms| vms["102"]["description"] = json!("by hand"),
        status: 0,
        ..QUIET
    },
    Scenario {
        name: "computed",
        reality: |vms| vms["102"]["ipv4_addresses"] = json!([["10.0.0.9"]]),
        status: 0,
        ..QUIET
    },
    Scenario { name: "output-only", reality: |vms| vms["101"]["ipv4_addresses"] = json!([["10.0.0.9"]]), ..QUIET },
    Scenario {
        name: "converged",
        code: |code| code.replace("the web", "the new web"),
        reality: |vms| vms["101"]["description"] = json!("the new web"),
        status: 0,
        ..QUIET
    },
    Scenario { name: "tainted", before: &[&["taint", "proxmox_virtual_environment_vm.web"]], ..QUIET },
    Scenario {
        name: "moved",
        code: |code| {
            format!("{}moved {{\n  from = {VM}.spare\n  to = {VM}.kept\n}}\n", code.replace("\"spare\"", "\"kept\""))
        },
        ..QUIET
    },
    Scenario {
        name: "import",
        code: |code| {
            format!(
                "{code}resource \"{VM}\" \"found\" {{\n  node_name = \"pve\"\n  vm_id = 103\n  name = \"spare\"\n}}\n\
        import {{\n  to = {VM}.found\n  id = \"pve/103\"\n}}\n"
            )
        },
        before: &[&["state", "rm", "proxmox_virtual_environment_vm.spare"]],
        ..QUIET
    },
    Scenario {
        name: "sensitive",
        reality: |vms| {
            vms["101"]["description"] = json!("by hand");
            vms["102"]["name"] = json!("renamed");
        },
        code: |code| code.replace("\"the web\"", "var.token"),
        ..QUIET
    },
];

fn remove(vms: &mut Value, id: &str) {
    vms.as_object_mut().unwrap().remove(id);
}

fn add_disk(vms: &mut Value) {
    let disks = vms["101"]["disk"].as_array_mut().unwrap();
    disks[0]["size"] = json!(99);
    let mut disk = disks[0].clone();
    disk["interface"] = json!("scsi7");
    disks.insert(0, disk);
}

/// The text without what stands between two comments.
fn cut(code: &str, from: &str, to: &str) -> String {
    let (before, rest) = code.split_once(from).unwrap();
    format!("{before}{}", rest.split_once(to).unwrap().1)
}

const MODULE: &str = r#"terraform {
  required_providers {
    proxmox = { source = "bpg/proxmox" }
  }
}
provider "proxmox" {
  endpoint  = "https://pve.invalid:8006"
  api_token = "root@pam!test=0"
}
variable "token" {
  type      = string
  sensitive = true
  default   = "planted-canary"
}
resource "proxmox_virtual_environment_vm" "web" {
  node_name   = "pve"
  vm_id       = 101
  name        = "web"
  description = "the web"
  tags        = ["lab", "prod", "web"]
  boot_order  = ["scsi0", "net0"]
  disk {
    interface = "scsi0"
    size      = 8
  }
  disk {
    interface = "scsi1"
    size      = 20
  }
}
resource "proxmox_virtual_environment_vm" "db" {
  node_name   = "pve"
  vm_id       = 102
  name        = "db"
  description = "the db"
  lifecycle {
    ignore_changes = [description]
  }
}
# spare
resource "proxmox_virtual_environment_vm" "spare" {
  node_name = "pve"
  vm_id     = 103
  name      = "spare"
}
# end of spare
output "ip" {
  value = proxmox_virtual_environment_vm.web.ipv4_addresses
}
"#;

/// A module and an infrastructure.
struct Lab {
    sandbox: Sandbox,
    module: PathBuf,
    infrastructure: PathBuf,
}

impl Lab {
    fn applied() -> Option<Self> {
        let sandbox = Sandbox::with_providers()?;
        let (module, infrastructure) = (sandbox.path("module"), sandbox.path("infrastructure.json"));
        std::fs::create_dir(&module).unwrap();
        std::fs::write(module.join("main.tf"), MODULE).unwrap();
        let lab = Self { sandbox, module, infrastructure };
        lab.run(0, &["init", "-input=false"]);
        lab.run(0, &["apply", "-auto-approve", "-input=false"]);
        Some(lab)
    }

    fn run(&self, status: i32, arguments: &[&str]) -> String {
        let infrastructure = self.infrastructure.to_str().unwrap();
        let variables = [("SPRAG_TEST_PROVIDER_STATE", infrastructure)];
        let output = self.sandbox.terraform_with(&self.module, arguments, &variables);
        let text = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "terraform {arguments:?}:\n{text}{errors}");
        text
    }

    /// Lets the scenario happen and plans; the lines and the plan.
    fn measure(&self, scenario: &Scenario) -> (Messages, String) {
        let (state, infrastructure) = (self.module.join("terraform.tfstate"), &self.infrastructure);
        let applied = (std::fs::read(&state).unwrap(), std::fs::read(infrastructure).unwrap());
        let mut reality: Value = serde_json::from_slice(&applied.1).unwrap();
        (scenario.reality)(&mut reality["resources"][VM]);
        std::fs::write(infrastructure, reality.to_string()).unwrap();
        scenario.before.iter().for_each(|command| drop(self.run(0, command)));
        std::fs::write(self.module.join("main.tf"), (scenario.code)(MODULE.to_owned())).unwrap();
        let plan = ["plan", "-json", "-input=false", "-detailed-exitcode", "-out=plan"];
        let lines = self.run(scenario.status, &plan);
        let shown = self.run(0, &["show", "-json", "plan"]);
        std::fs::write(state, applied.0).unwrap();
        std::fs::write(infrastructure, applied.1).unwrap();
        (Messages::parse(&lines).unwrap(), shown)
    }
}

fn compare(name: &str, plan: &str) -> (Changes, String) {
    let plan = Plan::parse(plan).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(!plan.errored);
    let ignores = Ignores { rules: &[], today: Date::new(2026, 1, 1).unwrap() };
    let masker = Masker::default().with_plan(&plan);
    let changes = find_changes(&plan, &masker, ignores).unwrap();
    let text = describe(&changes);
    (changes, text)
}

/// What a reader of the rows sees.
fn describe(changes: &Changes) -> String {
    let mut text = format!("{}\n", judge(&changes.rows, &Checkout::default()).as_str());
    for row in &changes.rows {
        let flags = row.flags;
        let flags =
            [(flags.dangerous, " dangerous"), (flags.order_only, " order-only"), (flags.empty_equivalent, " empty")];
        let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect();
        let path = if row.path.is_empty() { "(whole)" } else { &row.path };
        let (kind, cause) = (row.kind.as_str(), row.cause.as_str());
        writeln!(
            text,
            "{cause} {kind}{flags}: {} {path}\n  expected {}\n  actual   {}",
            row.address, row.expected, row.actual
        )
        .unwrap();
    }
    writeln!(text, "benign {}, outputs {:?}, suspect {}", changes.benign, changes.outputs, changes.is_suspect).unwrap();
    text
}

/// The plan without what is not read, and of resources only the attributes that differ or name them.
fn trim(plan: &str) -> String {
    let plan: Value = serde_json::from_str(plan).unwrap();
    let entries = |key: &str| plan[key].as_array().cloned().unwrap_or_default();
    let (drift, changes) = (entries("resource_drift"), entries("resource_changes"));
    let mut kept: Vec<String> = ["name", "node_name", "vm_id", "id"].map(str::to_owned).into();
    for change in drift.iter().chain(&changes).map(|entry| &entry["change"]) {
        let (before, after) = (change["before"].as_object(), change["after"].as_object());
        let Some((before, after)) = before.zip(after) else { continue };
        kept.extend(before.keys().filter(|name| before.get(*name) != after.get(*name)).cloned());
    }
    let trim_all = |entries: &[Value]| entries.iter().map(|entry| trim_entry(entry, &kept)).collect::<Value>();
    let trimmed = json!({
        "format_version": plan["format_version"], "terraform_version": plan["terraform_version"],
        "variables": plan["variables"],
        "configuration": {"root_module": {"variables": plan["configuration"]["root_module"]["variables"]}},
        "resource_drift": trim_all(&drift), "resource_changes": trim_all(&changes),
        "output_changes": plan["output_changes"], "errored": plan["errored"], "applyable": plan["applyable"],
    });
    format!("{trimmed:#}\n")
}

fn trim_entry(entry: &Value, kept: &[String]) -> Value {
    let mut entry = entry.clone();
    for side in ["before", "after", "after_unknown", "before_sensitive", "after_sensitive"] {
        if let Some(Value::Object(members)) = entry["change"].get_mut(side) {
            members.retain(|name, _| kept.contains(name));
        }
    }
    entry
}

fn recorded(name: &str, ending: &str) -> PathBuf {
    common::root().join("testdata/drift").join(format!("{name}.{ending}"))
}

#[test]
fn terraform_says_what_was_recorded() {
    let Some(lab) = Lab::applied() else { return skip("terraform") };
    for scenario in SCENARIOS {
        let (messages, plan) = lab.measure(scenario);
        let (changes, text) = compare(scenario.name, &plan);
        common::assert_file(&recorded(scenario.name, "txt"), &text);
        let trimmed = trim(&plan);
        assert_eq!(compare(scenario.name, &trimmed).1, text, "{}: trimming changes the rows", scenario.name);
        if common::updating() {
            std::fs::write(recorded(scenario.name, "json"), trimmed).unwrap();
        }
        assert_eq!(messages.outputs, changes.outputs, "{}", scenario.name);
        assert!(messages.tool.is_some() && messages.texts.is_empty() && messages.errors().count() == 0);
        let planned: Vec<&str> = messages.planned.iter().map(|action| action.address.as_str()).collect();
        assert!(
            changes.rows.iter().all(|row| planned.contains(&row.address.as_str())),
            "{}: {planned:?}",
            scenario.name
        );
    }
}

/// Plans with a module that cannot be planned, or a provider that fails; what sprag calls it.
fn fail(lab: &Lab, code: &str, fault: &Value) -> (Messages, Classified) {
    let mut reality: Value = serde_json::from_slice(&std::fs::read(&lab.infrastructure).unwrap()).unwrap();
    reality["fault"] = fault.clone();
    std::fs::write(&lab.infrastructure, reality.to_string()).unwrap();
    std::fs::write(lab.module.join("main.tf"), code).unwrap();
    let lines = lab.run(1, &["plan", "-json", "-input=false", "-detailed-exitcode", "-out=failed"]);
    let messages = Messages::parse(&lines).unwrap();
    let evidence = Evidence {
        phase: Phase::Plan,
        diagnostics: &messages.diagnostics,
        texts: &messages.texts,
        stderr: "",
        status: Some(1),
        timed_out: false,
    };
    let classified = classify(evidence, &Masker::new(["planted-canary"]));
    (messages, classified)
}

#[test]
fn failed_plans_are_named() {
    let Some(lab) = Lab::applied() else { return skip("terraform") };
    let none = json!({});
    let refused = json!({"text": "received an HTTP 401 response - Reason: no such token"});
    let (messages, found) = fail(&lab, MODULE, &refused);
    assert_eq!((found.failure.kind, found.retry), (ErrorKind::Auth, Retry::No), "{found:?}");
    assert_eq!(messages.summary.map(|summary| summary.change), Some(0), "a failed plan still counts");
    assert_eq!(group(&messages.diagnostics, &Masker::default())[0].count, 3, "{:?}", messages.diagnostics);
    let shown = lab.run(0, &["show", "-json", "failed"]);
    assert!(Plan::parse(&shown).unwrap().errored);

    let unreachable = json!({"text": "Get \"https://pve:8006/\": dial tcp 10.0.0.1:8006: connect: no route to host"});
    assert_eq!(fail(&lab, MODULE, &unreachable).1.failure.kind, ErrorKind::Connectivity);
    let crashed = fail(&lab, MODULE, &json!({"exit": 3})).1;
    assert_eq!((crashed.failure.kind, crashed.retry), (ErrorKind::Provider, Retry::Once), "{crashed:?}");

    let variable = "variable \"memory\" {\n  type = number\n}\n";
    let missing = fail(&lab, &format!("{MODULE}{variable}"), &none).1;
    assert_eq!(missing.failure.kind, ErrorKind::Config, "{missing:?}");
    let unclosed = fail(&lab, &format!("{MODULE}locals {{"), &none).1;
    assert_eq!(unclosed.failure.kind, ErrorKind::Config, "{unclosed:?}");
    let precondition = "description = \"new\"\n  lifecycle {\n    precondition {\n      condition     = var.token == \"\"\n      \
        error_message = \"too little\"\n    }\n  }";
    let (messages, found) = fail(&lab, &MODULE.replace("description = \"the web\"", precondition), &none);
    assert_eq!(found.failure.kind, ErrorKind::Config, "{found:?}");
    assert!(!format!("{messages:?}{found:?}").contains("planted-canary"));
}

#[test]
fn warnings_are_no_errors() {
    let Some(lab) = Lab::applied() else { return skip("terraform") };
    std::fs::write(lab.module.join("terraform.tfvars"), "undeclared = 1\n").unwrap();
    let lines = lab.run(0, &["plan", "-json", "-input=false", "-detailed-exitcode"]);
    let messages = Messages::parse(&lines).unwrap();
    assert_eq!(messages.diagnostics[0].severity, "warning");
    assert_eq!(messages.errors().count(), 0);
}

#[test]
fn recorded_plans_are_judged_as_before() {
    if common::updating() {
        return; // another test is writing them
    }
    for scenario in SCENARIOS {
        let plan = std::fs::read_to_string(recorded(scenario.name, "json")).unwrap();
        let expected = std::fs::read_to_string(recorded(scenario.name, "txt")).unwrap();
        assert_eq!(compare(scenario.name, &plan).1, expected, "{}", scenario.name);
    }
}

#[test]
fn every_recording_has_a_scenario() {
    for entry in std::fs::read_dir(common::root().join("testdata/drift")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(SCENARIOS.iter().any(|scenario| scenario.name == name), "{} is of no scenario", path.display());
    }
}
