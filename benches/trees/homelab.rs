//! The repository of a homelab on Proxmox: modules with tests, environments that call them, alert rules.

use std::fmt::Write as _;

use super::configuration::{Declared, arguments, complete, file, locals, output, resources_in, variable};
use super::random::Random;
use super::rules;

const MODULES: &[&str] = &[
    "backup",
    "container",
    "dns",
    "firewall",
    "k3s",
    "loki",
    "minio",
    "network",
    "prometheus",
    "storage",
    "template",
    "traefik",
    "vm",
];
const MEAN: usize = 2850;

/// What environments pass to every module.
const PASSED: [&str; 2] = ["prefix", "region"];

/// 13 modules of six files, three environments of four, nine rule files and the repository's own settings.
pub(super) fn files(random: &mut Random) -> Vec<(String, String)> {
    let mut files = vec![(".sprag.hcl".to_owned(), settings().to_owned())];
    for module in MODULES {
        let mut written = Vec::new();
        let mut add = |name: &str, text| written.push((format!("modules/{module}/{name}"), text));
        let machines = file(random, 2 * MEAN, machine);
        let resources = resources_in(&[(String::new(), machines.clone())]);
        add("main.tf", machines);
        add("locals.tf", file(random, MEAN / 2, locals));
        add("variables.tf", file(random, 2 * MEAN, variable));
        add("outputs.tf", file(random, MEAN, |random, number| output(random, number, &resources)));
        add("versions.tf", String::new());
        add("tests/regression.tftest.hcl", file(random, 2 * MEAN, |random, number| run(random, number, &resources)));
        files.append(&mut complete(written, &PASSED));
    }
    for environment in ["lab", "prod", "staging"] {
        let mut written = Vec::new();
        let mut add = |name: &str, text| written.push((format!("environments/{environment}/{name}"), text));
        add("main.tf", calls());
        add("variables.tf", file(random, MEAN, variable));
        add("outputs.tf", String::new());
        add("backend.tf", "terraform {\n  backend \"local\" {}\n}\n".to_owned());
        add("terraform.tfvars", arguments(0, &[("region", "\"home\""), ("prefix", "\"lab\"")]));
        files.append(&mut complete(written, &PASSED));
    }
    for number in 0..9 {
        let size = random.size(2 * MEAN);
        files.push((format!("monitoring/rules/area-{number}.yml"), rules::file(random, number, size)));
    }
    files
}

const fn settings() -> &'static str {
    "preset = \"homelab\"\n"
}

fn calls() -> String {
    let mut text = String::new();
    for module in MODULES {
        let source = format!("\"../../modules/{module}\"");
        let body = arguments(2, &[("source", &source), ("prefix", "var.prefix"), ("region", "var.region")]);
        let _ = writeln!(text, "module \"{module}\" {{\n{body}}}\n");
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn machine(random: &mut Random, number: usize) -> String {
    let kind = random.pick(&["proxmox_virtual_environment_vm", "proxmox_virtual_environment_container"]);
    let address = format!("\"10.0.{}.{}/24\"", random.below(250), 1 + random.below(250));
    let head =
        [("node_name", "var.node"), ("vm_id", "var.id"), ("tags", "sort(distinct(concat([\"terraform\"], var.tags)))")];
    let controller = if kind.ends_with("_vm") { "  scsi_hardware = \"virtio-scsi-single\"\n\n" } else { "" };
    let disk = [("interface", "\"scsi0\""), ("datastore_id", "var.datastore"), ("size", "var.disk_size")];
    // Containers have no interface.
    let disk = if kind.ends_with("_vm") { &disk[..] } else { &disk[1..] };
    format!(
        "# Machine {number}: made once, changed in place.\nresource \"{kind}\" \"machine_{number}\" {{\n{}\n{controller}  disk {{\n{}  }}\n\n  initialization {{\n    ip_config {{\n      ipv4 {{\n        address = {address}\n      }}\n    }}\n  }}\n\n  lifecycle {{\n    precondition {{\n      condition     = var.disk_size >= 8 && length(var.tags) > 0\n      error_message = \"Machine ${{var.id}} needs 8 GB and a tag.\"\n    }}\n  }}\n}}\n",
        arguments(2, &head),
        arguments(4, disk),
    )
}

fn run(random: &mut Random, number: usize, resources: &[Declared]) -> String {
    let version = format!("v0.{}.{}", random.below(12), random.below(9));
    let Declared { kind, name, .. } = &resources[random.below(resources.len())];
    let condition = format!("{kind}.{name}.vm_id == {}", 100 + random.below(900));
    let message = format!("\"{version}: the machine keeps its number\"");
    format!(
        "# {version}: fixed and kept fixed.\nrun \"{}_{number}\" {{\n  command = plan\n\n  variables {{\n    prefix = \"test\"\n    tags   = [\"b\", \"a\"]\n  }}\n\n  assert {{\n{}  }}\n}}\n",
        version.replace('.', "_"),
        arguments(4, &[("condition", &condition), ("error_message", &message)]),
    )
}
