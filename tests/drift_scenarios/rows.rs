//! Situations with the local backend.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::{Value, json};

use crate::common::lab::Lab;
use crate::{Expected, Row};

const CONFORMING: Expected = Expected::Verdict("conforming");
const PENDING: Expected = Expected::Verdict("pending");
const STALE: Expected = Expected::Verdict("stale");
const DRIFT: Expected = Expected::Verdict("drift");

/// Lets the provider fail with this text.
macro_rules! fault {
    ($text:expr) => {
        |lab: &Lab| lab.infrastructure(|whole| whole["fault"] = json!({ "text": $text }))
    };
}
/// All of them.
pub(crate) const ROWS: &[Row] = &[
    // ---- nobody touched anything ----
    Row {
        name: "conforming",
        prepare: |_| {},
        expected: CONFORMING,
        check: |scan| count(scan) == 0 && scan["benign"] == 0,
    },
    Row {
        name: "computed attribute moved",
        prepare: |lab| lab.click(|guests| guests["101"]["mac_addresses"] = json!(["02:00:00:00:00:01"])),
        expected: CONFORMING,
        check: |scan| count(scan) == 0,
    },
    Row {
        name: "output of a computed attribute moved",
        prepare: |lab| {
            append(lab, "output \"macs\" {\n  value = proxmox_virtual_environment_vm.web.mac_addresses\n}\n");
            lab.apply();
            lab.click(|guests| guests["101"]["mac_addresses"] = json!(["02:00:00:00:00:01"]));
        },
        expected: CONFORMING,
        check: |scan| scan["outputs"].as_array().is_some_and(|outputs| outputs.iter().any(|name| name == "macs")),
    },
    Row {
        name: "reality is already as new code wants",
        prepare: |lab| {
            lab.click(|guests| guests["101"]["name"] = json!("www"));
            lab.edit("prod/main.tf", "\"web\"\n  description", "\"www\"\n  description");
        },
        expected: CONFORMING,
        check: |scan| count(scan) == 0 && scan["benign"] == 1,
    },
    Row {
        name: "ignored by the code",
        prepare: |lab| {
            lab.edit("prod/main.tf", "\"the web\"\n", "\"the web\"\n  lifecycle {\n    ignore_changes = [name]\n  }\n");
            lab.apply();
            lab.click(|guests| guests["101"]["name"] = json!("by hand"));
        },
        expected: CONFORMING,
        check: |scan| count(scan) == 0 && scan["benign"] == 1,
    },
    Row {
        name: "ignored by a rule",
        prepare: |lab| {
            ignore(lab, "attribute = \"name\"\n      reason = \"renamed at night\"");
            lab.click(|guests| guests["101"]["name"] = json!("by hand"));
        },
        expected: CONFORMING,
        check: |scan| count(scan) == 1 && scan["changes"][0]["ignored"] == true,
    },
    Row {
        name: "a rule that nothing needs",
        prepare: |lab| ignore(lab, "attribute = \"nonsense\"\n      reason = \"none\""),
        expected: CONFORMING,
        check: |scan| scan["findings"].to_string().contains("ignore rule"),
    },
    // ---- the code is ahead ----
    Row {
        name: "code changed",
        prepare: |lab| lab.edit("prod/main.tf", "\"the web\"", "\"the new web\""),
        expected: PENDING,
        check: |scan| count(scan) == 1 && scan["changes"][0]["cause"] == "ahead",
    },
    Row {
        name: "resource added to the code",
        prepare: |lab| append(lab, &guest("new", 103)),
        expected: PENDING,
        check: |scan| scan["changes"][0]["kind"] == "add",
    },
    Row {
        name: "resource removed from the code",
        prepare: |lab| {
            let text = fs::read_to_string(lab.root.join("prod/main.tf")).unwrap();
            lab.write("prod/main.tf", text.split("resource \"proxmox_virtual_environment_vm\" \"db\"").next().unwrap());
        },
        expected: PENDING,
        check: |scan| scan["changes"][0]["kind"] == "delete",
    },
    Row {
        name: "tainted",
        prepare: |lab| lab.terraform(&["taint", "proxmox_virtual_environment_vm.web"]),
        expected: PENDING,
        check: |scan| scan["changes"][0]["dangerous"] == true,
    },
    Row {
        name: "moved",
        prepare: |lab| {
            lab.edit(
                "prod/main.tf",
                "\"proxmox_virtual_environment_vm\" \"web\"",
                "\"proxmox_virtual_environment_vm\" \"www\"",
            );
            append(
                lab,
                "moved {\n  from = proxmox_virtual_environment_vm.web\n  to   = proxmox_virtual_environment_vm.www\n}\n",
            );
        },
        expected: PENDING,
        check: |scan| count(scan) == 1,
    },
    Row {
        name: "imported",
        prepare: |lab| {
            lab.click(|guests| guests["103"] = guests["101"].clone());
            append(lab, &guest("new", 103));
            append(lab, "import {\n  to = proxmox_virtual_environment_vm.new\n  id = \"pve/103\"\n}\n");
        },
        expected: PENDING,
        check: |scan| count(scan) >= 1,
    },
    Row {
        name: "checkout behind its upstream",
        prepare: |lab| {
            behind_upstream(lab);
            lab.edit("prod/main.tf", "\"the web\"", "\"the old web\"");
        },
        expected: STALE,
        check: |scan| scan["checkout"]["behind"] == 1,
    },
    Row {
        name: "conforming and behind its upstream",
        prepare: behind_upstream,
        expected: CONFORMING,
        check: |scan| scan["checkout"]["behind"] == 1 && scan["checkout"]["dirty"] == false,
    },
    // ---- somebody changed reality ----
    Row {
        name: "edited",
        prepare: |lab| lab.click(|guests| guests["101"]["description"] = json!("by hand")),
        expected: DRIFT,
        check: |scan| {
            let change = &scan["changes"][0];
            change["path"] == "description" && change["cause"] == "manual" && change["actual"] == "\"by hand\""
        },
    },
    Row {
        name: "deleted",
        prepare: |lab| lab.click(remove("102")),
        expected: DRIFT,
        check: |scan| scan["changes"][0]["cause"] == "deleted" && scan["suspect"] == false,
    },
    Row {
        name: "everything gone at once",
        prepare: |lab| lab.click(|guests| *guests = json!({})),
        expected: DRIFT,
        check: |scan| scan["suspect"] == true && count(scan) == 2,
    },
    Row {
        name: "edited, and the code changed on the same attribute",
        prepare: |lab| {
            lab.click(|guests| guests["101"]["description"] = json!("by hand"));
            lab.edit("prod/main.tf", "\"the web\"", "\"the new web\"");
        },
        expected: DRIFT,
        check: |scan| scan["changes"][0]["cause"] == "conflict",
    },
    Row {
        name: "edited, and the code changed elsewhere",
        prepare: |lab| {
            lab.click(|guests| guests["101"]["description"] = json!("by hand"));
            append(lab, &guest("new", 103));
        },
        expected: DRIFT,
        check: |scan| count(scan) == 2,
    },
    Row {
        name: "edited while the checkout is behind",
        prepare: |lab| {
            behind_upstream(lab);
            lab.click(|guests| guests["101"]["description"] = json!("by hand"));
        },
        expected: DRIFT,
        check: |scan| scan["checkout"]["behind"] == 1,
    },
    Row {
        name: "moved to another node, which an apply would destroy",
        prepare: |lab| lab.click(|guests| guests["101"]["node_name"] = json!("pve2")),
        expected: DRIFT,
        check: |scan| scan["changes"][0]["dangerous"] == true,
    },
    Row {
        name: "another order",
        prepare: |lab| {
            lab.edit("prod/main.tf", "\"the web\"\n", "\"the web\"\n  boot_order  = [\"scsi0\", \"net0\"]\n");
            lab.apply();
            lab.click(|guests| guests["101"]["boot_order"] = json!(["net0", "scsi0"]));
        },
        expected: DRIFT,
        check: |scan| scan["changes"][0]["order_only"] == true,
    },
    Row {
        name: "a rule that has ended",
        prepare: |lab| {
            ignore(lab, "attribute = \"name\"\n      reason = \"until the move\"\n      until = \"2026-01-01\"");
            lab.click(|guests| guests["101"]["name"] = json!("by hand"));
        },
        expected: DRIFT,
        check: |scan| scan["findings"].to_string().contains("2026-01-01"),
    },
    Row {
        name: "a secret changed",
        prepare: |lab| lab.click(|guests| guests["102"]["description"] = json!("another-secret")),
        expected: DRIFT,
        check: |scan| {
            let text = scan.to_string();
            !text.contains("another-secret") && !text.contains(crate::common::lab::SECRET)
        },
    },
    // ---- no verdict ----
    Row {
        name: "credentials refused",
        prepare: fault!("received an HTTP 401 response - Reason: authentication failure"),
        expected: Expected::Error("auth"),
        check: |scan| scan["error"]["phase"] == "plan",
    },
    Row {
        name: "rights missing",
        prepare: fault!("received an HTTP 403 response - Reason: Permission check failed (/vms/101, VM.Audit)"),
        expected: Expected::Error("auth"),
        check: |_| true,
    },
    Row {
        name: "node refuses connections",
        prepare: fault!("Get \"https://10.0.0.9:8006/\": dial tcp 10.0.0.9:8006: connect: connection refused"),
        expected: Expected::Error("connectivity"),
        check: |scan| scan["error"]["message"].as_str().is_some_and(|message| message.contains("3 tries")),
    },
    Row {
        name: "provider fails",
        prepare: fault!("received an HTTP 500 response - Reason: unable to parse value"),
        expected: Expected::Error("provider"),
        check: |scan| scan["findings"].to_string().contains("unable to parse value"),
    },
    Row {
        name: "provider fails and tells a secret",
        prepare: fault!(format!("the guest refuses the note {}", crate::common::lab::SECRET)),
        expected: Expected::Error("provider"),
        check: |scan| scan["error"]["message"].as_str().is_some_and(|message| message.contains("(sensitive)")),
    },
    Row {
        name: "provider crashes",
        prepare: |lab| lab.infrastructure(|whole| whole["fault"] = json!({"exit": 3})),
        expected: Expected::Error("provider"),
        check: |_| true,
    },
    Row {
        name: "provider hangs past the deadline",
        prepare: |lab| {
            lab.edit(".sprag.hcl", "\"2m\"", "\"42s\"");
            lab.infrastructure(|whole| whole["fault"] = json!({"sleep_ms": 600_000}));
        },
        expected: Expected::Error("timeout"),
        check: |scan| scan["duration_ms"].as_u64().is_some_and(|duration| duration < 42_000),
    },
    Row {
        name: "state locked",
        prepare: |lab| {
            lab.edit(".sprag.hcl", "\"2m\"", "\"2m\"\n    lock_timeout = \"1s\"");
            hold_state_lock(lab);
        },
        expected: Expected::Error("lock"),
        check: |_| true,
    },
    Row {
        name: "variable missing",
        prepare: |lab| fs::remove_file(lab.root.join("prod/terraform.tfvars")).unwrap(),
        expected: Expected::Error("config"),
        check: |_| true,
    },
    Row {
        name: "syntax error",
        prepare: |lab| append(lab, "resource \"x\" {\n"),
        expected: Expected::Error("config"),
        check: |_| true,
    },
    Row {
        name: "validation fails",
        prepare: |lab| {
            lab.edit(
                "prod/main.tf",
                "  sensitive = true\n",
                "  sensitive = true\n  validation {\n    condition     = length(var.note) > 99\n    error_message = \"too short\"\n  }\n",
            );
        },
        expected: Expected::Error("config"),
        check: |_| true,
    },
    Row {
        name: "no lock file in the checkout",
        prepare: |lab| fs::remove_file(lab.root.join("prod/.terraform.lock.hcl")).unwrap(),
        expected: Expected::Error("config"),
        check: |scan| scan["error"]["remedy"].as_str().is_some_and(|remedy| remedy.contains(".terraform.lock.hcl")),
    },
    Row {
        name: "lock file of another provider",
        prepare: |lab| {
            let path = lab.root.join("prod/.terraform.lock.hcl");
            let text = fs::read_to_string(&path).unwrap();
            let wrong = text.lines().map(|line| {
                if line.contains("\"h1:") { "    \"h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"," } else { line }
            });
            fs::write(&path, wrong.filter(|line| !line.contains("\"zh:")).collect::<Vec<_>>().join("\n") + "\n")
                .unwrap();
        },
        expected: Expected::Error("provider_install"),
        check: |_| true,
    },
    Row {
        name: "provider that nobody has",
        prepare: |lab| lab.edit("prod/main.tf", "{ source = \"bpg/proxmox\" }", "{ source = \"bpg/nothing\" }"),
        expected: Expected::Error("provider_install"),
        check: |scan| scan["error"]["message"].as_str().is_some_and(|message| message.contains("bpg/nothing")),
    },
    Row {
        name: "directory missing",
        prepare: |lab| fs::rename(lab.root.join("prod"), lab.root.join("gone")).unwrap(),
        expected: Expected::Error("config"),
        check: |scan| scan["error"]["phase"] == "prepare",
    },
    Row {
        name: "binary missing",
        prepare: |lab| lab.edit(".sprag.hcl", "\"2m\"", "\"2m\"\n    binary = \"terrafrom\""),
        expected: Expected::Error("config"),
        check: |_| true,
    },
    Row {
        name: "environment file missing",
        prepare: |lab| fs::remove_file(lab.root.join("provider.env")).unwrap(),
        expected: Expected::Error("config"),
        check: |_| true,
    },
    Row {
        name: "terraform that speaks no JSON",
        prepare: |lab| {
            lab.write("bin/terraform", "#!/bin/sh\necho 'not a word of JSON'\nexit 1\n");
            fs::set_permissions(lab.root.join("bin/terraform"), fs::Permissions::from_mode(0o755)).unwrap();
        },
        expected: Expected::Error("unknown"),
        check: |_| true,
    },
    Row {
        name: "node out of reach",
        prepare: |lab| lab.edit(".sprag.hcl", "\"2m\"", "\"2m\"\n    reach = [\"tcp://127.0.0.1:1\"]"),
        expected: Expected::Error("connectivity"),
        check: |scan| scan["error"]["phase"] == "reach",
    },
];

/// How many changes there are.
fn count(scan: &Value) -> usize {
    scan["changes"].as_array().unwrap().len()
}

fn append(lab: &Lab, text: &str) {
    let old = fs::read_to_string(lab.root.join("prod/main.tf")).unwrap();
    lab.write("prod/main.tf", &format!("{old}\n{text}"));
}

fn guest(name: &str, id: u32) -> String {
    format!(
        "resource \"proxmox_virtual_environment_vm\" \"{name}\" {{\n  node_name   = \"pve\"\n  vm_id       = {id}\n  name        = \
         \"web\"\n  description = \"the web\"\n}}\n"
    )
}

/// Adds an `ignore` block with these lines to the environment.
fn ignore(lab: &Lab, lines: &str) {
    let block = format!("\"2m\"\n    ignore {{\n      resource = \"*\"\n      {lines}\n    }}");
    lab.edit(".sprag.hcl", "\"2m\"", &block);
}

fn remove(id: &'static str) -> impl Fn(&mut Value) {
    move |guests| {
        guests.as_object_mut().unwrap().remove(id);
    }
}

/// Makes the repository a checkout that lacks one commit of its upstream.
fn behind_upstream(lab: &Lab) {
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"];
        let output = Command::new("git").arg("-C").arg(&lab.root).args(identity).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    git(&["init", "--quiet"]);
    git(&["add", "prod/main.tf"]);
    git(&["commit", "--quiet", "-m", "first"]);
    git(&["branch", "upstream"]);
    git(&["checkout", "--quiet", "upstream"]);
    git(&["commit", "--quiet", "--allow-empty", "-m", "second"]);
    git(&["checkout", "--quiet", "main"]);
    git(&["branch", "--quiet", "--set-upstream-to=upstream"]);
}

/// Locks the state as a running terraform does: a POSIX lock on its file, and the file that says who it is.
fn hold_state_lock(lab: &Lab) {
    let state = fs::File::options().read(true).write(true).open(lab.root.join("prod/terraform.tfstate")).unwrap();
    rustix::fs::fcntl_lock(&state, rustix::fs::FlockOperation::NonBlockingLockExclusive).unwrap();
    // Held to the end of the program.
    std::mem::forget(state);
    let info = json!({
        "ID": "5f1c", "Operation": "OperationTypeApply", "Info": "", "Who": "root@pve", "Version": "1.11.4",
        "Created": "2026-11-24T06:00:00Z", "Path": "terraform.tfstate",
    });
    fs::write(lab.root.join("prod/.terraform.tfstate.lock.info"), info.to_string()).unwrap();
}
