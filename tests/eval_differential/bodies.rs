//! Resources of modules that are called with many arguments: what terraform plans must be a member of the bodies.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use sprag::eval::{Kind, ShortCircuit, Value};
use sprag::terraform::Type;

use super::concrete::value_of;
use super::generate::Generator;
use super::ours::{Context, with_module};
use crate::common::e2e::{Sandbox, skip};

/// Variables with their constraints, and what the module makes of them.
const MODULE: &str = r#"
terraform {
  required_providers {
    proxmox = { source = "bpg/proxmox" }
  }
}
variable "name" {
  type     = string
  nullable = false
}
variable "note" {
  type    = string
  default = null
}
variable "tags" {
  type     = list(string)
  nullable = false
}
variable "cores" {
  type    = number
  default = 2
}
variable "started" {
  type    = bool
  default = null
}
variable "mounts" {
  type = list(object({
    path   = string
    size   = optional(number, 8)
    backup = optional(bool)
  }))
  nullable = false
}
variable "ports" {
  type     = map(number)
  nullable = false
}
locals {
  tags = [for tag in var.tags : "t-${tag}" if tag != null]
}
resource "proxmox_virtual_environment_container" "one" {
  node_name     = "pve"
  pool_id       = var.note
  tags          = concat(["terraform"], local.tags)
  start_on_boot = var.started
  cpu {
    cores = var.cores
  }
  dynamic "mount_point" {
    for_each = var.mounts
    content {
      path   = mount_point.value.path
      volume = "local"
      size   = "${mount_point.value.size}G"
      backup = mount_point.value.backup
    }
  }
  initialization {
    hostname = "ct-${var.name}"
  }
}
resource "proxmox_virtual_environment_container" "counted" {
  count     = var.started == true ? 2 : 0
  node_name = "pve${count.index}"
  pool_id   = var.started ? "on" : "off"
}
resource "terraform_data" "each" {
  for_each = var.ports
  input    = { name = each.key, port = each.value + 1, other = var.note }
}
resource "terraform_data" "maybe" {
  count            = var.note == null ? 0 : 1
  input            = upper(var.note)
  triggers_replace = [proxmox_virtual_environment_container.one.id, var.cores]
}
output "facts" {
  value = {
    names = [for one in proxmox_virtual_environment_container.counted : one.node_name]
    ports = { for key, one in terraform_data.each : key => one.input.port }
    tags  = proxmox_virtual_environment_container.one.tags
    sizes = proxmox_virtual_environment_container.one.mount_point[*].size
  }
}
"#;

/// Whether what is planned can be a member of `ours`. What is left out is not known before it is applied.
fn fits(ours: &Value, json: &RawValue) -> bool {
    let text = json.get();
    if text == "null" {
        return ours.may_be_null();
    }
    let entries = || serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(text);
    let elements = || serde_json::from_str::<Vec<Box<RawValue>>>(text);
    match (&ours.kind, &ours.ty) {
        (Kind::Mapping(own), _) => {
            let Ok(theirs) = entries() else { return false };
            own.iter().all(|(name, one)| match theirs.get(&**name) {
                Some(json) => fits(one, json),
                None => !one.is_wholly_known(),
            }) && theirs.keys().all(|name| own.contains_key(name.as_str()))
        }
        (Kind::Sequence(own), Type::List(_) | Type::Tuple(_)) => {
            let Ok(theirs) = elements() else { return false };
            own.len() == theirs.len() && own.iter().zip(&theirs).all(|(one, json)| fits(one, json))
        }
        (Kind::Unknown(known), Type::List(_)) => {
            let Ok(theirs) = elements() else { return false };
            known.length.admits(theirs.len() as u64)
                && known.element.as_ref().is_none_or(|one| theirs.iter().all(|json| fits(one, json)))
        }
        (_, ty) if ty.is_primitive() => ours.admits(&value_of(json, ty)),
        _ => true,
    }
}

#[derive(serde::Deserialize)]
struct Shown {
    planned_values: Planned,
}

#[derive(serde::Deserialize)]
struct Planned {
    outputs: BTreeMap<String, Output>,
    root_module: Tree,
}

#[derive(serde::Deserialize)]
struct Output {
    value: Option<Box<RawValue>>,
}

#[derive(serde::Deserialize)]
struct Tree {
    #[serde(default)]
    address: String,
    #[serde(default)]
    resources: Vec<Planning>,
    #[serde(default)]
    child_modules: Vec<Tree>,
}

#[derive(serde::Deserialize)]
struct Planning {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    index: Option<serde_json::Value>,
    values: Box<RawValue>,
}

fn inputs(count: usize) -> Vec<BTreeMap<&'static str, String>> {
    let mut generator = Generator::new(77);
    let ports = Type::map(Type::Number);
    let constraint = "list(object({ path = string, size = optional(number, 8), backup = optional(bool) }))";
    let mounts = super::generate::type_of(constraint);
    (0..count)
        .map(|_| {
            let mut all = BTreeMap::from([
                ("name", generator.random.pick(&["\"a\"", "\"web-1\"", "1", "\"\""]).to_owned()),
                ("tags", generator.random.pick(&["[]", "[\"b\", \"a\"]", "[null, 1]", "[\"é\"]"]).to_owned()),
                ("mounts", generator.value(&mounts, false)),
                ("ports", generator.value(&ports, false)),
            ]);
            // A path and a port must not be null, and neither must a mount.
            for (name, text) in &mut all {
                if matches!(*name, "mounts" | "ports") {
                    *text = text.replace("null", if *name == "ports" { "7" } else { "{ path = \"/n\" }" });
                    *text = text.replace("path = { path = \"/n\" }", "path = \"/m\"");
                    *text = text.replace("size = { path = \"/n\" }", "size = null");
                    *text = text.replace("backup = { path = \"/n\" }", "backup = null");
                }
            }
            for (name, texts) in [
                ("note", &["null", "\"x\"", "\"é\""][..]),
                ("cores", &["1", "\"4\"", "3"]),
                ("started", &["true", "false", "null"]),
            ] {
                if !generator.random.once_in(3) {
                    all.insert(name, generator.random.pick(texts).to_owned());
                }
            }
            if all.get("started").is_none_or(|text| text == "null") {
                all.insert("started", "false".to_owned());
            }
            all
        })
        .collect()
}

#[test]
fn planned_values_are_members_of_bodies() {
    let Some(sandbox) = Sandbox::with_providers() else { return skip("terraform") };
    let directory = tempfile::tempdir_in(sandbox.path("")).unwrap();
    std::fs::create_dir(directory.path().join("m")).unwrap();
    std::fs::write(directory.path().join("m/main.tf"), MODULE).unwrap();
    let inputs = inputs(24);
    let mut root = MODULE.split("variable").next().unwrap().to_owned();
    for (number, input) in inputs.iter().enumerate() {
        root.push_str(&format!("module \"c{number}\" {{\n  source = \"./m\"\n"));
        for (name, text) in input {
            root.push_str(&format!("  {name} = {text}\n"));
        }
        root.push_str(&format!("}}\noutput \"c{number}\" {{\n  value = module.c{number}.facts\n}}\n"));
    }
    std::fs::write(directory.path().join("main.tf"), root).unwrap();
    let run = |arguments: &[&str]| {
        let output = sandbox.terraform(directory.path(), arguments);
        let told = [output.stdout.as_slice(), &output.stderr].concat();
        assert!(output.status.success(), "terraform {arguments:?}:\n{}", String::from_utf8_lossy(&told));
        output.stdout
    };
    run(&["init", "-no-color", "-input=false", "-backend=false"]);
    run(&["plan", "-no-color", "-input=false", "-refresh=false", "-out=plan"]);
    let shown: Shown = serde_json::from_slice(&run(&["show", "-json", "plan"])).unwrap();
    let mut compared = 0;
    for (number, input) in inputs.iter().enumerate() {
        let address = format!("module.c{number}");
        let tree = shown.planned_values.root_module.child_modules.iter().find(|tree| tree.address == address).unwrap();
        let given: BTreeMap<&str, &str> = input.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let some = given.iter().step_by(2).map(|(name, text)| (*name, *text)).collect();
        for context in [Context::Anybody, Context::Given(some), Context::Call(given)] {
            with_module(MODULE, ShortCircuit::No, &context, |instance| {
                for (at, resource) in instance.module().resources.iter().enumerate() {
                    let planned: Vec<&Planning> = tree
                        .resources
                        .iter()
                        .filter(|one| one.kind == resource.kind && one.name == resource.name)
                        .collect();
                    let repetition = instance.resource_repetition(resource);
                    let bodies = instance.resource_bodies(at, None);
                    if repetition.is_exact() {
                        assert_eq!(bodies.len(), planned.len(), "{} for {input:?}", resource.address());
                    }
                    for one in planned {
                        let key = match &one.index {
                            None => String::new(),
                            Some(index) => format!("[{index}]"),
                        };
                        let body = bodies.iter().find(|body| body.frame.key == key || body.frame.key == "[*]");
                        let body = body.unwrap_or_else(|| panic!("no {}{key} for {input:?}", resource.address()));
                        assert!(
                            fits(&body.value, &one.values),
                            "{}{key} for {input:?}\n{}\nis not in {:#?}",
                            resource.address(),
                            one.values.get(),
                            body.value
                        );
                        compared += 1;
                    }
                }
                let output = instance.output(&instance.module().outputs[0]);
                if let Some(theirs) = &shown.planned_values.outputs[&format!("c{number}")].value {
                    assert!(fits(&output, theirs), "{input:?}\n{}\nis not in {output:#?}", theirs.get());
                    compared += 1;
                }
            });
        }
    }
    println!("{compared} bodies and outputs");
    assert!(compared > 150);
}
