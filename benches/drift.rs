//! Drift at its largest: a plan of 50 MB parsed, compared and stored, and questions to a history of 10,000 scans:
//! `cargo bench --bench drift`. Prints figures and judges none of them.

#![allow(clippy::print_stdout, reason = "a table on the terminal is what this is for")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot run has no result")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sprag::config::Date;
use sprag::drift::history::{History, Policy};
use sprag::drift::{Checkout, Ignores, Masker, Plan, Scan, Verdict, find_changes, judge};

/// How large the plan is, in bytes.
const PLAN_SIZE: usize = 50_000_000;
/// One resource of so many was changed by hand.
const CHANGED: usize = 10;
const SCANS: i64 = 10_000;
const DAY_MS: i64 = 86_400_000;

/// Names the plan to a process of its own, whose memory holds nothing else.
const MEASURED: &str = "SPRAG_BENCH_PLAN";

fn main() {
    if let Some(path) = std::env::var_os(MEASURED) {
        return compare(Path::new(&path));
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("plan.json");
    std::fs::write(&path, plan(PLAN_SIZE)).unwrap();
    assert!(Command::new(std::env::current_exe().unwrap()).env(MEASURED, &path).status().unwrap().success());
    ask_history(directory.path());
}

/// Parses a plan, compares it and stores what was found.
fn compare(path: &Path) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut history = History::open(&path.with_extension("db")).unwrap();
    let before = memory_mib("VmRSS:");
    let begin = Instant::now();
    let plan = Plan::parse(&text).unwrap();
    let parsed = begin.elapsed();
    let masker = Masker::new(std::iter::empty::<&str>()).with_plan(&plan);
    let today = Date::new(2026, 11, 24).unwrap();
    let changes = find_changes(&plan, &masker, Ignores { rules: &[], today }).unwrap();
    let compared = begin.elapsed();
    let count = changes.rows.len();
    let mut scan = empty(0);
    scan.verdict = judge(&changes.rows, &Checkout::default());
    scan.changes = changes.rows;
    history.record(&scan, policy()).unwrap();
    let stored = begin.elapsed();
    println!("plan of {} MB, {count} changes", text.len() / 1_000_000);
    println!("  parsed    {:8.0} ms", ms(parsed));
    println!("  compared  {:8.0} ms", ms(compared.saturating_sub(parsed)));
    println!("  stored    {:8.0} ms", ms(stored.saturating_sub(compared)));
    println!("  together  {:8.0} ms, {:.0} MiB beside the text", ms(stored), memory_mib("VmHWM:") - before);
}

/// `status` and `log` on many scans.
fn ask_history(directory: &Path) {
    let path = directory.join("state/history.db");
    let mut history = History::open(&path).unwrap();
    for day in 0..SCANS {
        let mut scan = empty(day * DAY_MS / 4);
        scan.environment = ["prod", "lab", "monitoring", "edge"][usize::try_from(day % 4).unwrap()].to_owned();
        history.record(&scan, policy()).unwrap();
    }
    drop(history);
    let config =
        "drift {\n  history { path = \"state/history.db\" }\n  environment \"prod\" { directory = \".\" }\n}\n";
    std::fs::write(directory.join(".sprag.hcl"), config).unwrap();
    println!("history of {SCANS} scans");
    for question in ["status", "log"] {
        let mut times: Vec<f64> = (0..21).map(|_| ms(ask(question, directory))).collect();
        times.sort_by(f64::total_cmp);
        println!("  {question:8}  {:8.1} ms", times[10]);
    }
}

fn ms(span: Duration) -> f64 {
    span.as_secs_f64() * 1e3
}

fn ask(question: &str, directory: &Path) -> Duration {
    let begin = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sprag"));
    command.args(["drift", question]).current_dir(directory).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(command.status().unwrap().success());
    begin.elapsed()
}

/// Nothing is old enough to go.
const fn policy() -> Policy {
    Policy { keep: Duration::from_secs(1_000_000_000), notifies: false }
}

fn empty(started_ms: i64) -> Scan {
    Scan {
        environment: "prod".to_owned(),
        started_ms,
        duration_ms: 1000,
        verdict: Verdict::Conforming,
        is_suspect: false,
        changes: Vec::new(),
        benign: 0,
        outputs: Vec::new(),
        findings: Vec::new(),
        failure: None,
        checkout: Checkout::default(),
        tool: None,
        serial: Some(1),
    }
}

/// What `terraform show -json` writes of many guests, each with the attributes that bpg/proxmox has.
fn plan(size: usize) -> String {
    let lengths = entries(0).map(|entry| entry.to_string().len() + 1);
    let one = lengths.iter().sum::<usize>() - lengths[1] + lengths[1] / CHANGED;
    let (mut changes, mut drift, mut prior, mut planned) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for number in 0..size / one {
        let [change, drifted, before, after] = entries(number);
        changes.push(change);
        if number % CHANGED == 0 {
            drift.push(drifted);
        }
        prior.push(before);
        planned.push(after);
    }
    json!({
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_drift": drift,
        "resource_changes": changes,
        "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": prior}}},
        "configuration": {},
        "applyable": true,
        "complete": true,
        "errored": false,
    })
    .to_string()
}

/// The four entries of one guest: its change, its drift, its prior and its planned state.
fn entries(number: usize) -> [Value; 4] {
    let is_changed = number.is_multiple_of(CHANGED);
    let desired = guest(number, 4096);
    let real = guest(number, if is_changed { 8192 } else { 4096 });
    let head = json!({
        "address": format!("module.guests.proxmox_virtual_environment_vm.vm[\"guest-{number}\"]"),
        "mode": "managed", "type": "proxmox_virtual_environment_vm", "name": "vm", "index": format!("guest-{number}"),
        "provider_name": "registry.terraform.io/bpg/proxmox",
    });
    let with = |key: &str, value: Value| {
        let mut entry = head.clone();
        entry[key] = value;
        entry
    };
    let change = |actions: &str, before: &Value, after: &Value| {
        json!({
            "actions": [actions], "before": before, "after": after, "after_unknown": {"network_device": [{}]},
            "before_sensitive": {"initialization": [{"user_account": [{"password": true}]}]},
            "after_sensitive": {"initialization": [{"user_account": [{"password": true}]}]},
        })
    };
    let actions = if is_changed { "update" } else { "no-op" };
    [
        with("change", change(actions, &real, &desired)),
        with("change", change("update", &desired, &real)),
        with("values", real.clone()),
        with("values", desired.clone()),
    ]
}

fn guest(number: usize, memory: u32) -> Value {
    let disk = |index: usize| json!({"interface": format!("scsi{index}"), "size": 32, "datastore_id": "local-lvm", "file_format": "raw", "iothread": true, "ssd": true, "discard": "on", "backup": true});
    json!({
        "id": number.to_string(), "vm_id": number, "name": format!("guest-{number}"), "node_name": "pve", "on_boot": true,
        "description": format!("Guest number {number}, made by Terraform. Do not edit by hand."),
        "tags": ["lab", "linux", "terraform"], "memory": [{"dedicated": memory, "floating": 0, "shared": 0}],
        "cpu": [{"cores": 4, "sockets": 1, "type": "host", "units": 1024, "flags": []}],
        "disk": [disk(0), disk(1)], "network_device": [{"bridge": "vmbr0", "mac_address": "02:00:00:00:00:01", "vlan_id": 10}],
        "initialization": [{"user_account": [{"username": "root", "password": "secret", "keys": ["ssh-ed25519 AAAA"]}]}],
        "ipv4_addresses": [["127.0.0.1"], ["10.0.0.7"]], "operating_system": [{"type": "l26"}], "boot_order": ["scsi0"],
    })
}

/// Memory of this process in MiB, where Linux tells: `VmRSS:` now, `VmHWM:` at its peak.
fn memory_mib(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok()).map_or(f64::NAN, |kib| kib / 1024.0)
}
