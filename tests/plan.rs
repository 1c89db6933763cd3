//! `sprag lint --plan FILE`: invariants on the real values of a plan, made by the real terraform and by hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use common::e2e::{Sandbox, skip};
use common::repository::{Ran, Repository, sprag};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const INVARIANT: &str = r#"resource_invariant "terraform_data" "size-has-a-unit" {
  enforce {
    condition     = can(regex("^[0-9]+G$", attrs.input))
    error_message = "size ${attrs.input} has no unit"
  }
}
"#;

const ROOT: &str = r#"module "disk" {
  source   = "./modules/disk"
  for_each = var.sizes
  size     = each.value
}

variable "sizes" {
  type = map(string)
}
"#;

const DISK: &str = r#"variable "size" {
  type = string
}

resource "terraform_data" "disk" {
  input = var.size
}
"#;

/// Standard output, standard error and exit status of `sprag lint` with the plan.
fn lint(directory: &Path, plan: &str, arguments: &[&str]) -> (String, String, i32) {
    let format = if arguments.contains(&"--format") { &[][..] } else { &["--format", "concise"] };
    let all = [&["lint", "--select", "invariant,proxmox", "--plan", plan], format, arguments].concat();
    Ran::of(&sprag(directory, &all).output().unwrap()).told()
}

/// A plan with one disk in an instance of the module.
fn plan(size: &Value) -> Value {
    json!({
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"child_modules": [{
            "address": "module.disk[\"a.b\"]",
            "resources": [{
                "address": "module.disk[\"a.b\"].terraform_data.disk", "mode": "managed",
                "type": "terraform_data", "name": "disk", "values": {"input": size}, "sensitive_values": {},
            }],
        }]}},
    })
}

/// What lint says of `plan` beside the module that it is of.
fn judged(plan: &str, arguments: &[&str]) -> (String, String, i32) {
    let files = [("main.tf", ROOT), ("modules/disk/main.tf", DISK), (".sprag.hcl", INVARIANT), ("plan.json", plan)];
    lint(Repository::new(&files).root(), "plan.json", arguments)
}

#[test]
fn a_violation_is_shown_where_the_resource_is_declared() {
    let (stdout, stderr, status) = judged(&plan(&json!("50")).to_string(), &[]);
    assert_eq!(
        stdout,
        "modules/disk/main.tf:5:1: error[invariant/size-has-a-unit] size 50 has no unit (planned for \
         `module.disk[\"a.b\"].terraform_data.disk`)\n",
        "{stderr}"
    );
    assert_eq!(status, 1);
}

#[test]
fn what_holds_is_silent_and_settles_what_was_undecided() {
    let show = ["--show", "undecided"];
    let (stdout, stderr, status) = judged(&plan(&json!("50G")).to_string(), &show);
    assert_eq!((stdout.as_str(), status), ("", 0), "{stderr}");
    // Known after apply only: as open as before.
    let mut late = plan(&json!("50G"));
    late["planned_values"]["root_module"]["child_modules"][0]["resources"][0]["values"] = json!({});
    late["resource_changes"] = json!([{
        "address": "module.disk[\"a.b\"].terraform_data.disk", "change": {"after_unknown": {"input": true}},
    }]);
    let (stdout, stderr, status) = judged(&late.to_string(), &show);
    assert_eq!((stdout.lines().count(), status), (2, 0), "{stdout}{stderr}");
    assert!(stdout.contains("depends on the computed attribute"), "{stdout}");
    assert!(stdout.contains("any caller may pass any string as `size`"), "{stdout}");
}

#[test]
fn sensitive_values_are_not_printed() {
    let mut secret = plan(&json!("hunter2"));
    secret["planned_values"]["root_module"]["child_modules"][0]["resources"][0]["sensitive_values"] =
        json!({"input": true});
    for format in ["concise", "full", "json", "sarif"] {
        let (stdout, stderr, status) = judged(&secret.to_string(), &["--format", format]);
        assert_eq!(status, 1, "{stdout}{stderr}");
        assert!(stdout.contains("size-has-a-unit") && !stdout.contains("hunter2"), "{stdout}");
    }
    // Elements of a sensitive collection are as sensitive as it is.
    let each = INVARIANT.replace("enforce", "for_each = attrs.input\n  enforce").replace("attrs.input}", "each.value}");
    let each = each.replace("attrs.input))", "each.value))");
    let mut secret = plan(&json!(["hunter2"]));
    secret["planned_values"]["root_module"]["child_modules"][0]["resources"][0]["sensitive_values"] =
        json!({"input": [true]});
    let files = [("main.tf", ROOT), (".sprag.hcl", each.as_str()), ("plan.json", &secret.to_string())];
    let (stdout, stderr, status) = lint(Repository::new(&files).root(), "plan.json", &[]);
    assert_eq!(status, 1, "{stdout}{stderr}");
    assert!(!stdout.contains("hunter2"), "{stdout}");
}

#[test]
fn a_resource_that_is_not_in_the_code_is_shown_at_the_plan() {
    let files = [("main.tf", "# nothing\n"), (".sprag.hcl", INVARIANT), ("plan.json", &plan(&json!("50")).to_string())];
    let (stdout, stderr, status) = lint(Repository::new(&files).root(), "plan.json", &[]);
    assert!(stdout.starts_with("plan.json:1:1: error[invariant/size-has-a-unit]"), "{stdout}{stderr}");
    assert_eq!(status, 1);
}

#[test]
fn modules_that_look_alike_are_told_apart_by_their_calls() {
    let other = DISK.replace("var.size", "\"9G\"");
    let files = [
        ("main.tf", ROOT),
        ("modules/disk/main.tf", DISK),
        ("modules/other/main.tf", &other),
        (".sprag.hcl", INVARIANT),
        ("plan.json", &plan(&json!("50")).to_string()),
    ];
    let (stdout, ..) = lint(Repository::new(&files).root(), "plan.json", &[]);
    assert!(stdout.starts_with("modules/disk/main.tf:5:1: "), "{stdout}");
    // Two roots that call it alike have it in the same place.
    let caller = ROOT.replace("./modules", "../../modules");
    let files = [
        ("environments/dev/main.tf", caller.as_str()),
        ("environments/prod/main.tf", &caller),
        ("modules/disk/main.tf", DISK),
        (".sprag.hcl", INVARIANT),
        ("plan.json", &plan(&json!("50")).to_string()),
    ];
    let (stdout, ..) = lint(Repository::new(&files).root(), "plan.json", &[]);
    assert!(stdout.starts_with("modules/disk/main.tf:5:1: "), "{stdout}");
}

/// What is said of a file that is no plan.
fn refused(text: &[u8]) -> String {
    let repository = Repository::new(&[("main.tf", ROOT), (".sprag.hcl", INVARIANT)]);
    repository.write("plan.json", text);
    let (stdout, stderr, status) = lint(repository.root(), "plan.json", &[]);
    assert_eq!((stdout.as_str(), status), ("", 2), "{stderr}");
    stderr
}

#[test]
fn what_is_no_plan_is_refused_with_what_to_do() {
    let remedy = "; write one by `terraform plan -out=tfplan && terraform show -json tfplan > FILE`\n";
    let said = |text: &str| {
        let said = refused(text.as_bytes());
        let said = said.strip_prefix("sprag: plan.json: this is ").unwrap_or_else(|| panic!("{said}"));
        said.strip_suffix(remedy).unwrap_or_else(|| panic!("{said}")).to_owned()
    };
    assert_eq!(said("PK\u{3}\u{4}binary"), "a plan file itself and not its JSON form");
    assert!(said("hunter2").starts_with("no JSON: "), "{}", said("hunter2"));
    assert!(!refused(b"{\"a\": hunter2}").contains("hunter2"));
    assert_eq!(said("[1]"), "no plan: it has no `planned_values`");
    assert_eq!(said("{\"terraform_version\": \"1.11.4\", \"values\": {}}"), "a state and not a plan");
    let newer = plan(&json!("50")).to_string().replace("\"1.2\"", "\"2.0\"");
    assert_eq!(said(&newer), "a plan in format \"2.0\", and sprag reads format 1");
    assert!(!refused(b"\xff\xfe{}").is_empty());

    let repository = Repository::new(&[("main.tf", ROOT), (".sprag.hcl", INVARIANT)]);
    let (stdout, stderr, status) = lint(repository.root(), "missing.json", &[]);
    assert_eq!((stdout.as_str(), status), ("", 2));
    assert_eq!(stderr, format!("sprag: missing.json: no such file or directory{remedy}"));
}

const PROXMOX: &str = r#"terraform {
  required_providers {
    proxmox = { source = "bpg/proxmox" }
  }
}

provider "proxmox" {
  endpoint  = "https://pve.invalid:8006"
  api_token = "root@pam!test=0"
}

variable "stores" {
  type = map(object({ size = string, password = string }))
}

module "store" {
  source   = "../modules/store"
  for_each = var.stores
  size     = each.value.size
  password = each.value.password
}
"#;

const STORE: &str = r#"terraform {
  required_providers {
    proxmox = { source = "bpg/proxmox" }
  }
}

variable "size" {
  type = string
}

variable "password" {
  type      = string
  sensitive = true
}

resource "proxmox_virtual_environment_container" "store" {
  count       = 2
  node_name   = "pve"
  description = var.password

  mount_point {
    volume = "local-lvm"
    path   = "/srv"
    size   = var.size
  }
}
"#;

const PASSWORD: &str = r#"resource_invariant "proxmox_virtual_environment_container" "described" {
  enforce {
    condition     = trimspace(attrs.description) == "managed"
    error_message = "described as ${attrs.description}"
  }
}
"#;

#[test]
fn a_plan_of_the_real_terraform() {
    let Some(sandbox) = Sandbox::with_providers() else { return skip("terraform") };
    let (root, modules) = (sandbox.path("repository/root"), sandbox.path("repository/modules/store"));
    fs::create_dir_all(&root).unwrap();
    fs::create_dir_all(&modules).unwrap();
    fs::create_dir(sandbox.path("repository/.git")).unwrap();
    fs::write(root.join("main.tf"), PROXMOX).unwrap();
    fs::write(modules.join("main.tf"), STORE).unwrap();
    fs::write(sandbox.path("repository/.sprag.hcl"), PASSWORD).unwrap();
    let run = |arguments: &[&str]| {
        let output = sandbox.terraform(&root, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    run(&["init", "-input=false"]);
    let stores = "stores={\"a\"={size=\"50\",password=\"hunter2\"},\"b\"={size=\"50G\",password=\"managed\"}}";
    run(&["plan", "-input=false", "-out=tfplan", "-var", stores]);
    let json = run(&["show", "-json", "tfplan"]);
    let repository = sandbox.path("repository");
    fs::write(repository.join("plan.json"), json).unwrap();

    let (stdout, stderr, status) = lint(&repository, "plan.json", &["--all"]);
    let mut lines: Vec<&str> = stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(status, 1, "{stdout}{stderr}");
    assert!(!stdout.contains("hunter2") && !stderr.contains("hunter2"), "{stdout}{stderr}");
    assert_eq!(
        lines,
        [
            "modules/store/main.tf:16:1: error[invariant/described] `invariant/described` does not hold (planned for \
             `module.store[\"a\"].proxmox_virtual_environment_container.store[0]` and 1 more)",
            "modules/store/main.tf:16:1: error[proxmox/mount-point-size-without-unit] mount point size `50` has no unit: \
             Proxmox recreates the container at every plan (planned for \
             `module.store[\"a\"].proxmox_virtual_environment_container.store[0].mount_point[0]` and 1 more)",
        ],
        "nothing of the other store"
    );

    let (_, stderr, status) = lint(&repository, "root/tfplan", &[]);
    assert_eq!(status, 2);
    assert!(
        stderr.contains("this is a plan file itself and not its JSON form; write one by `terraform plan"),
        "{stderr}"
    );
}
