//! Terraform modules, laid out as `terraform fmt` does.

use std::fmt::Write as _;

use std::collections::BTreeSet;

use super::random::Random;

const ADJECTIVES: &[&str] = &["primary", "internal", "shared", "regional", "nightly", "public", "legacy", "edge"];
const NOUNS: &[&str] = &["network", "cluster", "bucket", "queue", "gateway", "database", "registry", "worker", "cache"];
const FIELDS: &[&str] = &["name", "size", "zone", "owner", "retention", "enabled", "endpoint", "schedule", "memory"];
const TYPES: &[&str] = &["string", "number", "bool", "list(string)", "map(string)", "set(number)", "any"];
const KINDS: &[&str] =
    &["aws_instance", "aws_s3_bucket", "google_compute_disk", "azurerm_subnet", "kubernetes_service", "vault_mount"];
const PROVIDERS: &[(&str, &str)] = &[
    ("aws", "\"~> 5.40\""),
    ("azurerm", "\"~> 4.0\""),
    ("google", "\"~> 6.0\""),
    ("kubernetes", "\"~> 2.30\""),
    ("proxmox", "\"~> 0.70\""),
    ("vault", "\"~> 4.0\""),
];
const FILES: &[&str] =
    &["compute", "iam", "locals", "main", "network", "outputs", "policy", "storage", "variables", "versions"];

/// `count` modules spread over `areas` directories, their ten files each about `mean` bytes long.
pub(super) fn areas(random: &mut Random, areas: usize, count: usize, mean: usize) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for module in 0..count {
        let directory = format!("modules/area-{:02}/{}-{module:04}", module % areas, random.pick(NOUNS));
        let mut written = Vec::new();
        for name in FILES {
            let text = match *name {
                "variables" => file(random, mean, variable),
                // Follow when the resources are known.
                "outputs" | "versions" => String::new(),
                "locals" => file(random, mean, locals),
                // Makes up for the small `versions.tf`.
                _ => file(random, mean + mean / 9, resource),
            };
            written.push((format!("{directory}/{name}.tf"), text));
        }
        let resources = resources_in(&written);
        let outputs = file(random, mean, |random, number| output(random, number, &resources));
        for (path, text) in &mut written {
            if path.ends_with("/outputs.tf") {
                text.clone_from(&outputs);
            }
        }
        files.append(&mut complete(written, &[]));
        files.push((format!("{directory}/README.md"), format!("# Module {module}\n\nMakes things.\n")));
        files.push((format!("{directory}/deploy.sh"), "#!/bin/sh\nexec terraform apply\n".to_owned()));
    }
    files
}

/// A resource that is declared.
pub(super) struct Declared {
    pub(super) kind: String,
    pub(super) name: String,
    is_repeated: bool,
}

/// The resources that files declare.
pub(super) fn resources_in(files: &[(String, String)]) -> Vec<Declared> {
    let lines: Vec<&str> = files.iter().flat_map(|(_, text)| text.lines()).collect();
    let declared = lines.iter().enumerate().filter_map(|(at, line)| {
        let mut labels = line.strip_prefix("resource \"")?.split('"');
        let (kind, name) = (labels.next()?.to_owned(), labels.nth(1)?.to_owned());
        let is_repeated = lines.get(at + 1).is_some_and(|next| next.starts_with("  for_each"));
        Some(Declared { kind, name, is_repeated })
    });
    declared.collect()
}

/// The names in `text` that follow `scope.`.
fn names_of(text: &str, scope: &str) -> BTreeSet<String> {
    let is_inside = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.';
    let found = text.match_indices(scope).filter(|(at, _)| !text[..*at].ends_with(is_inside)).filter_map(|(at, _)| {
        let rest = text[at + scope.len()..].strip_prefix('.')?;
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
        (end > 0).then(|| rest[..end].to_owned())
    });
    found.collect()
}

/// A declaration of a variable that something refers to; what it is follows from its name.
fn declaration(name: &str, all: &str) -> String {
    let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '_');
    let (kind, default) = match name {
        "tags" if all.contains("merge(var.tags") => ("map(string)", "{}"),
        "tags" => ("list(string)", "[\"home\"]"),
        "hosts" => ("list(string)", "[]"),
        "ports" => ("list(object({ port = number }))", "[]"),
        "id" | "disk_size" => ("number", "100"),
        _ if stem != name && FIELDS.contains(&stem) => ("number", "null"),
        _ if stem != name => ("map(any)", "{}"),
        _ => ("string", "\"lab\""),
    };
    let description = format!("\"The {name} that everything here has.\"");
    let body = arguments(2, &[("type", kind), ("description", &description), ("default", default)]);
    format!("\nvariable \"{name}\" {{\n{body}}}\n")
}

/// What makes a module of its files: `variables.tf` and `locals.tf` declare what is referred to, and `also`, `versions.tf`
/// asks for the providers that are used, and `outputs.tf` passes on what nothing else reads.
pub(super) fn complete(mut files: Vec<(String, String)>, also: &[&str]) -> Vec<(String, String)> {
    let all: String = files.iter().map(|(_, text)| text.as_str()).collect();
    let mut wanted = names_of(&all, "var");
    wanted.extend(also.iter().map(ToString::to_string));
    let is_declared = |name: &&String| all.contains(&format!("variable \"{name}\" {{"));
    let variables: String =
        wanted.iter().filter(|name| !is_declared(name)).map(|name| declaration(name, &all)).collect();
    let locals = names_of(&all, "local").iter().any(|name| name == "instances" || name == "suffix");
    for (path, text) in &mut files {
        if path.ends_with("/variables.tf") {
            text.push_str(&variables);
        } else if path.ends_with("/locals.tf") && locals {
            text.push_str(
                "\nlocals {\n  instances = { main = { enabled = true } }\n  suffix    = \"x\"\n}\n\noutput \"used_locals\" {\n  description = \"What all of them have.\"\n  value       = [local.instances, local.suffix]\n}\n",
            );
        }
    }
    let all: String = files.iter().map(|(_, text)| text.as_str()).collect();
    let providers = PROVIDERS.iter().filter(|(name, _)| all.contains(&format!("resource \"{name}_")));
    let versions = versions(&providers.copied().collect::<Vec<_>>());
    let mut passed_on = String::new();
    for line in all.lines() {
        let variable =
            line.strip_prefix("variable \"").and_then(|rest| rest.split('"').next()).map(|name| ("var", name));
        let is_local = |name: &&str| {
            line.starts_with("  ") && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let local = line.split_once(" = ").map(|(name, _)| name.trim()).filter(is_local).map(|name| ("local", name));
        let local = local.filter(|(_, name)| name.ends_with("_names"));
        let Some((scope, name)) = variable.or(local) else { continue };
        if !mentions(&all, &format!("{scope}.{name}")) {
            let description = format!("\"The {name} of this module.\"");
            let value = format!("{scope}.{name}");
            let body = arguments(2, &[("description", &description), ("value", &value)]);
            let _ = write!(passed_on, "\noutput \"{scope}_{name}\" {{\n{body}}}\n");
        }
    }
    for (path, text) in &mut files {
        if path.ends_with("/versions.tf") {
            text.clone_from(&versions);
        } else if path.ends_with("/outputs.tf") {
            text.push_str(&passed_on);
        }
    }
    files
}

/// Whether `text` has `name` as a whole.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        !text[at + name.len()..].starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_')
    })
}

/// A file of about `mean` bytes made of the blocks that `block` writes. `block` gets a number that is new every time.
pub(super) fn file(random: &mut Random, mean: usize, block: impl Fn(&mut Random, usize) -> String) -> String {
    // A file ends with a whole block, so on average half a block too late.
    let size = random.size(mean * 21 / 20);
    let mut text = String::with_capacity(size + 1024);
    if random.below(3) == 0 {
        text.push_str("# Maintained by the platform team; see the handbook before changing sizes.\n\n");
    }
    for number in 0.. {
        text.push_str(&block(random, number));
        if text.len() >= size {
            break;
        }
        text.push('\n');
    }
    text
}

fn name(random: &mut Random, number: usize) -> String {
    format!("{}_{}_{number}", random.pick(ADJECTIVES), random.pick(NOUNS))
}

/// Arguments with their equals signs in one column.
pub(super) fn arguments(indent: usize, pairs: &[(&str, &str)]) -> String {
    let width = pairs.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (key, value) in pairs {
        let _ = writeln!(text, "{:indent$}{key:width$} = {value}", "");
    }
    text
}

pub(super) fn variable(random: &mut Random, number: usize) -> String {
    let name = name(random, number);
    let kind = random.pick(TYPES);
    let description = format!("\"What the {} is called, how large it is and where it lives.\"", random.pick(NOUNS));
    let default = match kind {
        "string" => "\"europe-west3\"",
        "number" => "42",
        "bool" => "false",
        "map(string)" => "{}",
        "any" => "null",
        _ => "[]",
    };
    let body = arguments(2, &[("type", kind), ("description", &description), ("default", default)]);
    let validation = if kind == "string" {
        let condition = format!("can(regex(\"^[a-z][a-z0-9-]{{1,30}}$\", var.{name}))");
        let message = "\"Only small letters, digits and hyphens, at most 31.\"";
        format!("\n  validation {{\n{}  }}\n", arguments(4, &[("condition", &condition), ("error_message", message)]))
    } else {
        String::new()
    };
    format!("variable \"{name}\" {{\n{body}{validation}}}\n")
}

pub(super) fn output(random: &mut Random, number: usize, resources: &[Declared]) -> String {
    let Declared { kind, name, is_repeated } = &resources[random.below(resources.len())];
    let field = if kind.starts_with("proxmox") { "id" } else { random.pick(FIELDS) };
    let value = match random.below(2) {
        _ if *is_repeated => format!("values({kind}.{name})[*].{field}"),
        0 => format!("try({kind}.{name}.{field}, null)"),
        _ => format!("\"https://${{{kind}.{name}.{field}}}.example.org:8443/\""),
    };
    let description = format!("\"The {field} of {name}.\"");
    let body = arguments(2, &[("description", &description), ("value", &value)]);
    format!("output \"{name}_{number}\" {{\n{body}}}\n")
}

pub(super) fn locals(random: &mut Random, number: usize) -> String {
    let (first, second) = (name(random, number), random.pick(NOUNS));
    let field = random.pick(FIELDS);
    format!(
        "locals {{\n  # Only what is switched on, by name.\n  {first} = {{\n    for key, value in var.{second}_{number} : key => merge(value, {{\n      {field} = \"${{var.prefix}}-${{key}}\"\n    }}) if value.enabled && length(value.tags) > {}\n  }}\n\n  {second}_{number}_names = sort([for item in values(local.{first}) : lower(item.name)])\n}}\n",
        random.below(9)
    )
}

pub(super) fn resource(random: &mut Random, number: usize) -> String {
    let (kind, name) = (random.pick(KINDS), name(random, number));
    let field = random.pick(FIELDS);
    let zone = format!("\"${{var.region}}-{}\"", random.pick(&["a", "b", "c"]));
    let size = format!("var.{field}_{number} != null ? var.{field}_{number} : {}", 8 * (1 + random.below(32)));
    let mut text = format!("resource \"{kind}\" \"{name}\" {{\n");
    if random.below(2) == 0 {
        text.push_str("  for_each = { for key, value in local.instances : key => value if value.enabled }\n\n");
    }
    text += &arguments(2, &[("name", "\"${var.prefix}-${local.suffix}\""), ("zone", &zone), ("size", &size)]);
    match random.below(4) {
        0 => text += &heredoc(random),
        1 => {
            text += "\n  tags = merge(var.tags, {\n    managed-by = \"terraform\" # so that nobody edits it by hand\n  })\n";
        }
        2 => text += "\n  lifecycle {\n    ignore_changes = [tags, user_data]\n  }\n",
        _ => {
            let rules = arguments(6, &[("from_port", "ingress.value.port"), ("protocol", "\"tcp\"")]);
            let _ = write!(
                text,
                "\n  dynamic \"ingress\" {{\n    for_each = var.ports\n    content {{\n{rules}    }}\n  }}\n"
            );
        }
    }
    text + "}\n"
}

fn heredoc(random: &mut Random) -> String {
    let mut text = "\n  user_data = <<-EOT\n    #!/bin/bash\n    set -euo pipefail\n".to_owned();
    for _ in 0..2 + random.below(6) {
        let noun = random.pick(NOUNS);
        let _ = writeln!(text, "    install --mode 0644 /dev/null /etc/{noun}/${{var.prefix}}.conf");
    }
    text + "    %{~for host in var.hosts~}\n    echo ${host} >> /etc/hosts\n    %{~endfor~}\n  EOT\n"
}

/// `versions.tf` of a module that uses these providers.
fn versions(providers: &[(&str, &str)]) -> String {
    let blocks = providers.iter().map(|(name, version)| {
        let owner = if *name == "proxmox" { "bpg" } else { "hashicorp" };
        let source = format!("\"{owner}/{name}\"");
        format!("    {name} = {{\n{}    }}\n", arguments(6, &[("source", &source), ("version", version)]))
    });
    let blocks: String = blocks.collect();
    format!("terraform {{\n  required_version = \">= 1.5\"\n\n  required_providers {{\n{blocks}  }}\n}}\n")
}
