//! Every setting of an `environment` acts, with the real terraform: what it changes in a scan, and what it leaves alone.
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
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::e2e::skip;
use common::lab::{CONFIG, Lab};
use serde_json::{Value, json};

/// A lab whose environment has these further lines.
fn lab_with(lines: &str) -> Option<Lab> {
    let lab = Lab::new()?;
    lab.edit(".sprag.hcl", "\"2m\"", &format!("\"2m\"\n    {lines}"));
    Some(lab)
}

/// What terraform was told so far.
fn said(lab: &Lab) -> String {
    fs::read_to_string(lab.root.join("said")).unwrap_or_default()
}

fn assert_conforming((scan, exit): (Value, i32)) {
    assert_eq!((scan["verdict"].as_str(), exit), (Some("conforming"), 0), "{scan:#}");
}

fn write_script(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn var_files_give_values_in_their_order() {
    let Some(lab) = lab_with("var_files = [\"values/wrong.tfvars\", \"values/right.tfvars\"]") else {
        return skip("terraform");
    };
    fs::create_dir(lab.root.join("prod/values")).unwrap();
    fs::rename(lab.root.join("prod/terraform.tfvars"), lab.root.join("prod/values/right.tfvars")).unwrap();
    lab.write("prod/values/wrong.tfvars", "note = \"wrong\"\n");
    assert_conforming(lab.scan());
    let plan = said(&lab);
    let (wrong, right) = (plan.find("/values/wrong.tfvars"), plan.find("/values/right.tfvars"));
    assert!(wrong.is_some() && wrong < right, "{plan}");
}

#[test]
fn backend_config_completes_the_backend_and_a_new_one_is_taken() {
    let Some(lab) = lab_with("backend_config = [\"backend.hcl\", \"workspace_dir=spaces\"]") else {
        return skip("terraform");
    };
    lab.write("prod/backend.tf", "terraform {\n  backend \"local\" {}\n}\n");
    lab.write("prod/backend.hcl", "path = \"kept/one.tfstate\"\n");
    fs::create_dir(lab.root.join("prod/kept")).unwrap();
    fs::rename(lab.root.join("prod/terraform.tfstate"), lab.root.join("prod/kept/one.tfstate")).unwrap();
    assert_conforming(lab.scan());
    let init = said(&lab);
    assert!(init.contains("/backend.hcl ") && init.contains("-backend-config=workspace_dir=spaces"), "{init}");

    // Another value in the file alone: terraform would go on with the one that it remembers.
    fs::rename(lab.root.join("prod/kept/one.tfstate"), lab.root.join("prod/kept/half.tfstate")).unwrap();
    lab.write("prod/backend.hcl", "path = \"kept/half.tfstate\"\n");
    assert_conforming(lab.scan());
    assert_conforming(lab.scan());
    let inits = said(&lab).lines().filter(|line| line.starts_with("init")).count();
    assert_eq!(inits, 2, "init runs only when needed: {}", said(&lab));

    // The backend moves: what terraform keeps of the old one is sprag's own and is made anew.
    fs::rename(lab.root.join("prod/kept/half.tfstate"), lab.root.join("prod/kept/two.tfstate")).unwrap();
    lab.write("prod/backend.tf", "terraform {\n  backend \"local\" {\n    workspace_dir = \"spaces\"\n  }\n}\n");
    lab.edit(".sprag.hcl", "[\"backend.hcl\", \"workspace_dir=spaces\"]", "[\"path=kept/two.tfstate\"]");
    assert_conforming(lab.scan());
    let words: Vec<String> = said(&lab).lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert!(words.iter().all(|word| matches!(word.as_str(), "version" | "init" | "plan" | "show")), "{words:?}");
    for forbidden in ["-reconfigure", "-migrate-state", "-upgrade", "-force-copy"] {
        assert!(!said(&lab).contains(forbidden), "{}", said(&lab));
    }
    assert!(!lab.root.join("prod/kept/one.tfstate").exists(), "no state is written");
}

#[test]
fn a_workspace_has_a_state_of_its_own() {
    let Some(lab) = lab_with("workspace = \"blue\"") else { return skip("terraform") };
    let state = lab.root.join("prod/terraform.tfstate.d/blue");
    fs::create_dir_all(&state).unwrap();
    fs::rename(lab.root.join("prod/terraform.tfstate"), state.join("terraform.tfstate")).unwrap();
    assert_conforming(lab.scan());
}

#[test]
fn another_binary_is_started() {
    let Some(lab) = lab_with("binary = \"tofu\"") else { return skip("terraform") };
    let terraform = lab.root.join("bin/terraform");
    write_script(
        &lab.root.join("bin/tofu"),
        &format!("#!/bin/sh\ntouch started\nexec {} \"$@\"\n", terraform.display()),
    );
    let (scan, _) = lab.scan();
    assert!(scan["tool"].as_str().is_some_and(|tool| tool.starts_with("tofu 1.")), "{scan:#}");
    assert!(lab.root.join("prod/started").exists());
}

#[test]
fn without_lock_a_held_state_is_read() {
    let Some(lab) = lab_with("lock = false") else { return skip("terraform") };
    let state = fs::File::options().read(true).write(true).open(lab.root.join("prod/terraform.tfstate")).unwrap();
    rustix::fs::fcntl_lock(&state, rustix::fs::FlockOperation::NonBlockingLockExclusive).unwrap();
    assert_conforming(lab.scan());
    assert!(said(&lab).contains(" -lock=false "), "{}", said(&lab));
}

#[test]
fn lock_timeout_is_how_long_terraform_waits() {
    let Some(lab) = lab_with("lock_timeout = \"7s\"") else { return skip("terraform") };
    assert_conforming(lab.scan());
    assert!(said(&lab).contains(" -lock-timeout=7s "), "{}", said(&lab));
}

fn git(directory: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"];
    let output = Command::new("git").arg("-C").arg(directory).args(identity).args(arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn update_fast_forwards_a_clean_checkout_only() {
    let Some(lab) = lab_with("update = \"ff-only\"") else { return skip("terraform") };
    let origin = lab.sandbox.path("origin.git");
    git(&lab.root, &["init", "--quiet"]);
    git(&lab.root, &["add", "prod/main.tf"]);
    git(&lab.root, &["commit", "--quiet", "-m", "first"]);
    git(&lab.root, &["clone", "--quiet", "--bare", ".", origin.to_str().unwrap()]);
    git(&lab.root, &["remote", "add", "origin", origin.to_str().unwrap()]);
    // Somebody else commits a change and applies it.
    let other = lab.sandbox.path("other");
    git(&lab.root, &["clone", "--quiet", origin.to_str().unwrap(), other.to_str().unwrap()]);
    let text = fs::read_to_string(other.join("prod/main.tf")).unwrap().replace("the web", "the newer web");
    fs::write(other.join("prod/main.tf"), &text).unwrap();
    git(&other, &["commit", "--quiet", "-a", "-m", "second"]);
    git(&other, &["push", "--quiet"]);
    lab.edit("prod/main.tf", "the web", "the newer web");
    lab.apply();
    git(&lab.root, &["checkout", "--quiet", "prod/main.tf"]);
    git(&lab.root, &["fetch", "--quiet"]);
    git(&lab.root, &["branch", "--quiet", "--set-upstream-to=origin/main"]);

    // With a change of one's own nothing is done to the checkout, and what is pending is old.
    lab.edit("prod/main.tf", "\"the web\"", "\"the web\" ");
    let (scan, exit) = lab.scan();
    assert_eq!((scan["verdict"].as_str(), exit), (Some("stale"), 0), "{scan:#}");
    assert!(scan["findings"].to_string().contains("changes of its own"), "{scan:#}");
    git(&lab.root, &["checkout", "--quiet", "prod/main.tf"]);

    let (scan, exit) = lab.scan();
    assert_eq!((scan["verdict"].as_str(), exit), (Some("conforming"), 0), "{scan:#}");
    assert_eq!(scan["checkout"]["behind"], 0, "{scan:#}");
    assert_eq!(fs::read_to_string(lab.root.join("prod/main.tf")).unwrap(), text);

    fs::rename(&origin, lab.sandbox.path("gone.git")).unwrap();
    let (scan, exit) = lab.scan();
    assert_eq!((scan["verdict"].as_str(), exit), (Some("conforming"), 0), "{scan:#}");
    assert!(scan["findings"].to_string().contains("`git fetch` failed"), "{scan:#}");
}

#[test]
fn certificates_that_cannot_be_read_are_a_mistake_of_the_configuration() {
    let Some(lab) = lab_with("reach = [\"https://127.0.0.1:1\"]\n    ca = \"none.pem\"") else {
        return skip("terraform");
    };
    let (scan, exit) = lab.scan();
    assert_eq!((scan["error"]["kind"].as_str(), exit), (Some("config"), 1), "{scan:#}");
    assert!(scan["error"]["message"].as_str().is_some_and(|message| message.contains("none.pem")), "{scan:#}");
    assert!(!said(&lab).contains("plan"), "what cannot be reached is not planned: {}", said(&lab));
}

#[test]
fn due_goes_by_the_interval() {
    let Some(lab) = lab_with("interval = \"2s\"") else { return skip("terraform") };
    let scans = || lab.json(&["log"])["total"].clone();
    assert_eq!(lab.sprag(&["scan", "--due"]).status.code(), Some(0));
    assert_eq!(scans(), 1);
    lab.edit(".sprag.hcl", "\"2s\"", "\"12h\"");
    let output = lab.sprag(&["scan", "--due"]);
    assert_eq!((output.status.code(), scans()), (Some(0), json!(1)), "it was scanned a moment ago: {output:?}");
    lab.edit(".sprag.hcl", "\"12h\"", "\"2s\"");
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(lab.sprag(&["scan", "--due"]).status.code(), Some(0));
    assert_eq!(scans(), 2);
}

#[test]
fn environments_are_scanned_side_by_side_and_cost_each_other_nothing() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    let environment = |name: &str, directory: &str| {
        format!(
            "  environment \"{name}\" {{\n    directory = \"{directory}\"\n    env_files = [\"{}\"]\n    lock      = false\n  }}\n",
            lab.root.join("provider.env").display()
        )
    };
    let names = ["a", "b", "broken", "c", "d", "e"];
    let all = names.map(|name| environment(name, if name == "broken" { "nowhere" } else { "prod" })).concat();
    lab.write(".sprag.hcl", &format!("drift {{\n{all}  metrics {{\n    directory = \"metrics\"\n  }}\n}}\n"));
    // Each says where it works; nobody goes on before two are there.
    write_script(
        &lab.root.join("bin/terraform"),
        &format!(
            "#!/bin/sh\necho \"$TF_DATA_DIR\" >> '{0}/where'\nuntil [ \"$(sort -u '{0}/where' | wc -l)\" -gt 1 ]; do sleep 0.05; \
             done\nexec {1} \"$@\"\n",
            lab.root.display(),
            which("terraform")
        ),
    );
    // A name that comes twice is one environment.
    let output = lab.sprag(&["scan", "a", "b", "broken", "c", "d", "e", "a", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let verdicts: Vec<(String, String)> = document["scans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scan| {
            let text = |key: &str| scan[key].as_str().unwrap().to_owned();
            (text("environment"), text("verdict"))
        })
        .collect();
    let expected = names.map(|name| {
        let verdict = if name == "broken" { "error" } else { "conforming" };
        (name.to_owned(), verdict.to_owned())
    });
    assert_eq!(verdicts, expected, "in the order of the configuration");
    let mut places: Vec<String> =
        fs::read_to_string(lab.root.join("where")).unwrap().lines().map(str::to_owned).collect();
    places.sort();
    places.dedup();
    assert_eq!(places.len(), 5, "each has a data directory of its own: {places:?}");
    assert_eq!(fs::read_dir(lab.root.join("metrics")).unwrap().count(), names.len());
}

fn which(program: &str) -> String {
    let output = Command::new("sh").args(["-c", &format!("command -v {program}")]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn promtool_finds_the_metrics_well_made() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    lab.click(|guests| guests["101"]["description"] = json!("by hand"));
    assert_eq!(lab.scan().1, 2);
    let metrics = fs::File::open(lab.root.join("metrics/sprag_drift_prod.prom")).unwrap();
    let Ok(output) = Command::new("promtool").args(["check", "metrics"]).stdin(metrics).output() else {
        return skip("promtool");
    };
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!((said.as_str(), output.status.code()), ("", Some(0)));
}

#[test]
fn a_request_to_stop_is_handed_on_and_leaves_nothing() {
    for signal in [rustix::process::Signal::INT, rustix::process::Signal::TERM] {
        let Some(lab) = Lab::new() else { return skip("terraform") };
        lab.infrastructure(|whole| whole["fault"] = json!({ "sleep_ms": 3000 }));
        let mut command = lab.command(&["scan", "prod"]);
        let mut scan = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let end = Instant::now() + Duration::from_secs(60);
        // The lock of the state is taken before the provider is asked.
        while !lab.root.join("prod/.terraform.tfstate.lock.info").exists() {
            assert!(Instant::now() < end && scan.try_wait().unwrap().is_none(), "no plan began");
            std::thread::sleep(Duration::from_millis(10));
        }
        let process = rustix::process::Pid::from_raw(i32::try_from(scan.id()).unwrap()).unwrap();
        rustix::process::kill_process(process, signal).unwrap();
        let output = scan.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains("interrupted") && output.status.code() == Some(1), "{text}");
        assert!(!lab.root.join("prod/.terraform.tfstate.lock.info").exists(), "terraform released its lock");
        let left = walkdir::WalkDir::new(lab.sandbox.path("home")).into_iter().filter_map(Result::ok);
        assert_eq!(left.filter(|entry| entry.path().extension().is_some_and(|end| end == "plan")).count(), 0);
        assert_eq!(lab.json(&["log"])["total"], 0, "an unfinished scan is none");
        lab.infrastructure(|whole| whole["fault"] = Value::Null);
        assert_conforming(lab.scan());
    }
}

#[test]
fn without_environments_a_scan_says_what_to_write() {
    let Some(lab) = Lab::new() else { return skip("terraform") };
    fs::remove_file(lab.root.join(".sprag.hcl")).unwrap();
    let say = || {
        let output = lab.sprag(&["scan"]);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let block = "drift {\n  environment \"prod\" { directory = \"prod\" }\n}\n";
    let text = say();
    assert!(text.contains("no configuration") && text.contains(block), "{text}");
    lab.write(".sprag.hcl", "preset = \"homelab\"\n");
    let text = say();
    assert!(text.contains("no `environment`") && text.contains(block), "{text}");
    // What it says works, but for the variables of the test provider.
    lab.write(".sprag.hcl", &format!("preset = \"homelab\"\n{block}"));
    let output = lab.sprag(&["scan", "--dry-run"]);
    let commands = String::from_utf8(output.stdout).unwrap();
    assert!(commands.contains(" terraform plan -json ") && commands.contains("TF_DATA_DIR="), "{commands}");
    lab.write(".sprag.hcl", CONFIG);
    assert_conforming(lab.scan());
}
