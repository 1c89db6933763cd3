//! Modules with and without faults, for sprag and for `terraform validate`: what sprag calls an error terraform rejects
//! too, what is correct gives no finding, and each kind of fault is found.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use common::e2e::{Sandbox, skip};

/// Modules of each fault in one run of terraform.
const ROUNDS: u32 = 6;
/// Modules without a fault.
const CLEAN: u32 = 60;

const PROVIDERS: &str = r#"terraform {
  required_providers {
    proxmox = {
      source  = "bpg/proxmox"
      version = "~> 0.111.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.9.0"
    }
  }
}
"#;

/// A number generator with a seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// A correct module: the values it may refer to grow as it is written.
struct Writer {
    random: Random,
    text: String,
    values: Vec<String>,
}

impl Writer {
    fn new(seed: u32) -> Self {
        let random = Random(0x9e37_79b9_7f4a_7c15 ^ ((u64::from(seed) + 1) * 0x0100_0000_01b3));
        Self { random, text: PROVIDERS.to_owned(), values: vec!["path.module".into(), "terraform.workspace".into()] }
    }

    fn value(&mut self) -> String {
        let at = self.random.below(self.values.len());
        let value = self.values[at].clone();
        match self.random.below(9) {
            0 => format!("\"a${{jsonencode({value})}}b\""),
            1 => format!("[for x in [{value}] : x]"),
            2 => format!("{{ for value, x in {{ k = {value} }} : value => x }}"),
            3 => format!("try({value}, null)"),
            4 => format!("{value} == null ? null : {value}"),
            5 => format!("{{ a = {value}, (terraform.workspace) = 1, word = [{value}] }}"),
            6 => {
                format!("\"%{{ for x in [1] }}${{x}}%{{ if true }}${{jsonencode({value})}}%{{ endif }}%{{ endfor }}\"")
            }
            7 => format!("jsonencode({value})"),
            _ => value,
        }
    }

    /// A correct module with about everything that can be referred to.
    fn module(&mut self) {
        for number in 0..3 {
            let (ty, default) = [
                ("string", "\"x\""),
                ("number", "\"5\""),
                ("list(string)", "[1, true]"),
                ("object({ a = string, b = optional(number) })", "{ a = 1, c = [] }"),
                ("map(any)", "{}"),
                ("any", "null"),
                ("set(number)", "[\"1\", 1]"),
                ("tuple([bool, string])", "[\"true\", 1]"),
            ][self.random.below(8)];
            writeln!(self.text, "variable \"v{number}\" {{\n  type    = {ty}\n  default = {default}\n}}").unwrap();
            self.values.push(format!("var.v{number}"));
        }
        for number in 0..4 {
            let value = self.value();
            writeln!(self.text, "locals {{\n  l{number} = {value}\n}}").unwrap();
            self.values.push(format!("local.l{number}"));
        }
        for number in 0..4 {
            let name = format!("r{number}");
            let (repetition, reads): (&str, &[&str]) = match self.random.below(3) {
                0 => ("", &[".output", ".id", "[*].id", ""]),
                1 => ("  count = 2\n", &["[0].output", ".0.id", "[*].id", ".*.id", ""]),
                _ => ("  for_each = toset([\"a\"])\n", &["[\"a\"].output", ""]),
            };
            let own = match repetition {
                "" => "1",
                "  count = 2\n" => "count.index",
                _ => "each.value",
            };
            let value = self.value();
            write!(
                self.text,
                "resource \"terraform_data\" \"{name}\" {{\n{repetition}  input = [{own}, {value}]\n  lifecycle {{\n    \
                 ignore_changes = [input]\n    postcondition {{\n      condition     = self.id != \"\"\n      \
                 error_message = \"x\"\n    }}\n  }}\n}}\n"
            )
            .unwrap();
            let read = self.random.pick(reads);
            self.values.push(format!("terraform_data.{name}{read}"));
        }
        let value = self.value();
        write!(
            self.text,
            "resource \"proxmox_virtual_environment_vm\" \"vm\" {{\n  node_name = \"pve\"\n  vm_id     = \"100\"\n  tags      \
             = [jsonencode({value})]\n  dynamic \"disk\" {{\n    for_each = [8]\n    content {{\n      interface = \
             \"scsi${{disk.key}}\"\n      size      = disk.value\n    }}\n  }}\n  network_device {{\n    bridge = \
             \"vmbr0\"\n  }}\n}}\n"
        )
        .unwrap();
        self.values.push("proxmox_virtual_environment_vm.vm.disk[0].interface".into());
        self.values.push("proxmox_virtual_environment_vm.vm.ipv4_addresses[0]".into());
        let value = self.value();
        writeln!(self.text, "output \"o\" {{\n  value = {value}\n}}").unwrap();
    }
}

/// What a module can have too much or too little of.
struct Fault {
    lint: &'static str,
    text: &'static str,
}

const fn fault(lint: &'static str, text: &'static str) -> Fault {
    Fault { lint, text }
}

/// Faults that terraform tells together with others.
const FAULTS: &[Fault] = &[
    fault("undeclared-reference", "output \"f\" { value = var.v9 }"),
    fault("undeclared-reference", "output \"f\" { value = try(var.v9, 1) }"),
    fault("undeclared-reference", "output \"f\" { value = local.l9 }"),
    fault("undeclared-reference", "output \"f\" { value = [for x in [1] : local.l9] }"),
    fault("undeclared-reference", "output \"f\" { value = terraform_data.none.id }"),
    fault("undeclared-reference", "output \"f\" { value = data.terraform_remote_state.none.outputs }"),
    fault("undeclared-reference", "output \"f\" { value = module.none }"),
    fault("undeclared-reference", "output \"f\" { value = path.here }"),
    fault("undeclared-reference", "output \"f\" { value = word }"),
    fault("undeclared-reference", "output \"f\" { value = { (word) = 1 } }"),
    fault("undeclared-reference", "output \"f\" { value = each.key }"),
    fault("undeclared-reference", "locals { f = count.index }"),
    fault("undeclared-reference", "output \"f\" { value = self.id }"),
    fault("undeclared-reference", "resource \"terraform_data\" \"f\" {\n  input = each.value\n}"),
    fault("undeclared-reference", "resource \"terraform_data\" \"f\" {\n  count = 1\n  input = each.key\n}"),
    fault("undeclared-reference", "resource \"terraform_data\" \"f\" {\n  input = self.id\n}"),
    fault("undeclared-reference", "resource \"terraform_data\" \"f\" {\n  depends_on = [terraform_data.none]\n}"),
    fault(
        "undeclared-reference",
        "resource \"terraform_data\" \"f\" {\n}\noutput \"f\" { value = terraform_data.f[0].id }",
    ),
    fault(
        "undeclared-reference",
        "resource \"terraform_data\" \"f\" {\n}\noutput \"f\" { value = try(terraform_data.f.nope, 1) }",
    ),
    fault(
        "undeclared-reference",
        "resource \"terraform_data\" \"f\" {\n  count = 1\n}\noutput \"f\" { value = terraform_data.f.id }",
    ),
    fault(
        "undeclared-reference",
        "resource \"terraform_data\" \"f\" {\n  for_each = {}\n}\noutput \"f\" { value = terraform_data.f.id }",
    ),
    fault("undeclared-reference", "output \"f\" { value = proxmox_virtual_environment_vm.vm.nope }"),
    fault("undeclared-reference", "output \"f\" { value = proxmox_virtual_environment_vm.vm.disk.interface }"),
    fault("undeclared-reference", "output \"f\" { value = proxmox_virtual_environment_vm.vm.disk[0].nope }"),
    fault("unknown-argument", "resource \"terraform_data\" \"f\" {\n  inputs = 1\n}"),
    fault("unknown-argument", "resource \"random_id\" \"f\" {\n  byte_length = 1\n  nope {\n  }\n}"),
    fault(
        "unknown-argument",
        "resource \"proxmox_virtual_environment_vm\" \"f\" {\n  node_name = \"a\"\n  disk = []\n}",
    ),
    fault(
        "unknown-argument",
        "resource \"proxmox_virtual_environment_vm\" \"f\" {\n  node_name = \"a\"\n  tags {\n  }\n}",
    ),
    fault(
        "unknown-argument",
        "resource \"proxmox_virtual_environment_vm\" \"f\" {\n  node_name = \"a\"\n  disk {\n    interface = \"scsi0\"\n    \
         sise = 1\n  }\n}",
    ),
    fault("missing-argument", "resource \"proxmox_virtual_environment_vm\" \"f\" {\n}"),
    fault(
        "missing-argument",
        "resource \"proxmox_virtual_environment_container\" \"f\" {\n  node_name = \"a\"\n  mount_point {\n    volume = \
         \"a\"\n  }\n}",
    ),
    fault("missing-argument", "resource \"random_id\" \"f\" {\n  prefix = null\n}"),
    fault("missing-argument", "data \"terraform_remote_state\" \"f\" {\n}"),
    fault("argument-type", "resource \"random_id\" \"f\" {\n  byte_length = \"many\"\n}"),
    fault("argument-type", "resource \"random_id\" \"f\" {\n  byte_length = 1\n  keepers = [1]\n}"),
    fault("argument-type", "resource \"random_id\" \"f\" {\n  byte_length = 1\n  prefix = {}\n}"),
    fault(
        "argument-type",
        "resource \"proxmox_virtual_environment_vm\" \"f\" {\n  node_name = \"a\"\n  started = \"maybe\"\n  tags = \"a\"\n}",
    ),
    fault(
        "argument-type",
        "resource \"proxmox_virtual_environment_vm\" \"f\" {\n  node_name = \"a\"\n  initialization {\n    dns {\n      \
         servers = local.fs\n    }\n  }\n}\nlocals {\n  fs = \"192.0.2.53\"\n}",
    ),
    fault(
        "argument-type",
        "resource \"proxmox_virtual_environment_vm\" \"f\" {\n  node_name = \"a\"\n  dynamic \"disk\" {\n    for_each = \
         [[\"1\"], [2, \"fast\"]]\n    content {\n      interface = \"scsi${disk.key}\"\n      dynamic \"speed\" {\n        \
         for_each = slice(disk.value, disk.key, disk.key + 1)\n        content {\n          read = speed.value\n        }\n      \
         }\n    }\n  }\n}",
    ),
    fault(
        "undeclared-reference",
        "module \"f\" {\n  source = \"../callee\"\n  a = 1\n}\noutput \"f\" { value = module.f.nope }",
    ),
    fault(
        "undeclared-reference",
        "module \"f\" {\n  source = \"../callee\"\n  count = 1\n  a = 1\n}\noutput \"f\" { value = module.f.b }",
    ),
    fault("argument-type", "module \"f\" {\n  source = \"../callee\"\n  a = \"x\"\n}"),
    fault("argument-type", "module \"f\" {\n  source = \"../callee\"\n  a = 1\n  c = { d = [] }\n}"),
];

/// Faults after which terraform looks no further, or whose place it does not tell.
const STOPPING: &[Fault] = &[
    fault("unknown-argument", "resource \"terraform_data\" \"f\" {\n  output = \"a\"\n}"),
    fault("unknown-argument", "module \"f\" {\n  source = \"./callee\"\n  a = 1\n  x = 1\n}"),
    fault("missing-argument", "module \"f\" {\n  source = \"./callee\"\n}"),
    fault("argument-type", "variable \"f\" {\n  type = number\n  default = \"x\"\n}"),
    fault("argument-type", "variable \"f\" {\n  type = object({ a = string })\n  default = {}\n}"),
    fault("argument-type", "variable \"f\" {\n  type = list(string)\n  default = \"x\"\n}"),
    fault("reference-cycle", "locals {\n  f = local.g\n  g = [local.f]\n}"),
    fault("reference-cycle", "resource \"terraform_data\" \"f\" {\n  input = terraform_data.f.id\n}"),
    fault(
        "reference-cycle",
        "resource \"terraform_data\" \"f\" {\n  input = local.f\n}\nlocals {\n  f = terraform_data.f.id\n}",
    ),
    fault(
        "reference-cycle",
        "resource \"terraform_data\" \"f\" {\n  depends_on = [terraform_data.g]\n}\nresource \"terraform_data\" \"g\" {\n  \
         input = terraform_data.f.id\n}",
    ),
];

const CALLEE: &str = "variable \"a\" {\n  type = number\n}\nvariable \"c\" {\n  type    = object({ d = optional(string) })\n  \
                      default = {}\n}\noutput \"b\" {\n  value = [var.a, var.c]\n}\n";

/// Errors of sprag's contract lints, by the directory they are in.
fn sprag(repository: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let lints = ["undeclared-reference", "unknown-argument", "missing-argument", "argument-type", "reference-cycle"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_sprag"));
    command.args(["lint", "--format", "json", "--all", "--fail-on", "warning"]).current_dir(repository).env_clear();
    for lint in lints {
        command.args(["--select", &format!("terraform/{lint}")]);
    }
    let output = command.output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for diagnostic in report["diagnostics"].as_array().unwrap() {
        let path = diagnostic["path"].as_str().unwrap();
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory).to_owned();
        let code = diagnostic["code"].as_str().unwrap().trim_start_matches("terraform/");
        assert_eq!(diagnostic["severity"], "error", "{diagnostic}");
        found.entry(directory).or_default().insert(code.to_owned());
    }
    found
}

/// The directories in which terraform finds errors, each with what it says.
fn terraform(sandbox: &Sandbox, repository: &Path) -> BTreeMap<String, Vec<String>> {
    let init = sandbox.terraform(repository, &["init", "-input=false", "-no-color", "-backend=false"]);
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if !init.status.success() {
        let text = String::from_utf8_lossy(&init.stderr).into_owned();
        found.insert(String::new(), vec![text]);
        return found;
    }
    let output = sandbox.terraform(repository, &["validate", "-json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    for diagnostic in report["diagnostics"].as_array().unwrap() {
        if diagnostic["severity"] == "error" {
            let path = diagnostic["range"]["filename"].as_str().unwrap_or_default();
            let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory).to_owned();
            let text = format!("{}: {}", diagnostic["summary"], diagnostic["detail"]);
            found.entry(directory).or_default().push(text);
        }
    }
    found
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn errors_are_errors_for_terraform_and_correct_modules_are_clean() {
    let Some(sandbox) = Sandbox::with_providers() else { return skip("terraform") };
    let repository = sandbox.path("repository");
    fs::create_dir_all(repository.join(".git")).unwrap();
    write(&repository.join("callee/main.tf"), CALLEE);
    let mut root = String::new();
    let mut expected: BTreeMap<String, &Fault> = BTreeMap::new();
    let mut modules: Vec<String> = Vec::new();
    let mut add = |name: String, text: &str| {
        write(&repository.join(&name).join("main.tf"), text);
        write!(root, "module \"{name}\" {{\n  source = \"./{name}\"\n}}\n").unwrap();
        modules.push(name);
    };
    for seed in 0..CLEAN {
        let mut writer = Writer::new(seed);
        writer.module();
        add(format!("clean{seed}"), &writer.text);
    }
    for round in 0..ROUNDS {
        for (index, fault) in FAULTS.iter().enumerate() {
            let name = format!("fault{round}x{index}");
            let mut writer = Writer::new(1000 + round * 1000 + u32::try_from(index).unwrap());
            writer.module();
            let text = fault.text.replace("{ value", "{\n  value").replace("{ f =", "{\n  f =");
            let text = if text == fault.text { text } else { text.trim_end_matches('}').to_owned() + "\n}" };
            add(name.clone(), &format!("{}{text}\n", writer.text));
            expected.insert(name, fault);
        }
    }
    write(&repository.join("main.tf"), &root);
    let ours = sprag(&repository);
    let theirs = terraform(&sandbox, &repository);
    for name in &modules {
        let (ours, theirs) = (ours.get(name), theirs.get(name));
        let text = || fs::read_to_string(repository.join(name).join("main.tf")).unwrap();
        match expected.get(name) {
            None => {
                assert!(theirs.is_none(), "{name} is to be correct: {theirs:?}\n{}", text());
                assert!(ours.is_none(), "{name}: sprag alone says {ours:?}\n{}", text());
            }
            Some(fault) => {
                assert!(theirs.is_some(), "{name}: terraform accepts it, sprag says {ours:?}\n{}", text());
                let is_found = ours.is_some_and(|ours| ours.contains(fault.lint));
                assert!(
                    is_found,
                    "{name}: {} is silent, sprag says {ours:?}, terraform {theirs:?}\n{}",
                    fault.lint,
                    text()
                );
            }
        }
    }
    println!("{} modules, {} of them with a fault", modules.len(), expected.len());
}

#[test]
fn faults_that_stop_terraform_are_found() {
    let Some(sandbox) = Sandbox::new() else { return skip("terraform") };
    for (index, fault) in STOPPING.iter().enumerate() {
        let repository = sandbox.path(&format!("stop{index}"));
        fs::create_dir_all(repository.join(".git")).unwrap();
        write(&repository.join("callee/main.tf"), CALLEE);
        write(&repository.join("main.tf"), &format!("{}\n", fault.text));
        let mut theirs = terraform(&sandbox, &repository);
        if theirs.is_empty() {
            let plan = sandbox.terraform(&repository, &["plan", "-input=false", "-no-color", "-lock=false"]);
            let text = String::from_utf8_lossy(&plan.stderr).into_owned();
            theirs.extend((!plan.status.success()).then(|| (String::new(), vec![text])));
        }
        assert!(!theirs.is_empty(), "terraform accepts\n{}", fault.text);
        let ours = sprag(&repository);
        let is_found = ours.get("").is_some_and(|ours| ours.contains(fault.lint));
        assert!(is_found, "{} is silent, sprag says {ours:?}, terraform {theirs:?}\n{}", fault.lint, fault.text);
    }
}
