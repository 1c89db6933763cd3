//! The real terraform as an oracle: what it accepts and what strings are worth.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Output};

/// Whether there is a terraform to compare with. Without one the test is skipped, unless `SPRAG_E2E=required`.
pub(crate) fn is_present() -> bool {
    let present = Command::new("terraform").arg("version").output().is_ok_and(|output| output.status.success());
    if !present {
        assert!(
            std::env::var("SPRAG_E2E").as_deref() != Ok("required"),
            "SPRAG_E2E=required, but there is no terraform"
        );
        println!("skipped: no terraform");
    }
    present
}

/// Runs terraform in `directory` with nothing of the user's configuration.
fn run(directory: &Path, arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("empty.tfrc");
    std::fs::write(&config, "").unwrap();
    Command::new("terraform")
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .env("TF_CLI_CONFIG_FILE", &config)
        .env("CHECKPOINT_DISABLE", "1")
        .output()
        .unwrap()
}

/// For each file that terraform rejects, by its number, the first line that it complains about.
pub(crate) fn rejected(files: &[Vec<u8>]) -> HashMap<usize, u32> {
    let directory = tempfile::tempdir().unwrap();
    for (number, text) in files.iter().enumerate() {
        std::fs::write(directory.path().join(format!("{number}.tf")), text).unwrap();
    }
    let output = run(directory.path(), &["fmt", "-check", "-recursive", "-no-color", "-list=false"]);
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 2 | 3)), "terraform fmt failed: {report}");
    let mut lines = HashMap::new();
    for place in report.lines().filter_map(|line| line.strip_prefix("  on ")) {
        let (file, line) = place.split_once(".tf line ").unwrap();
        let line: u32 = line[..line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len())].parse().unwrap();
        lines.entry(file.parse().unwrap()).and_modify(|first: &mut u32| *first = line.min(*first)).or_insert(line);
    }
    assert!(!lines.is_empty() || output.status.code() != Some(2), "an error names no file: {report}");
    lines
}

/// What terraform makes of the output values of a module without resources.
pub(crate) fn outputs(module: &str) -> HashMap<String, String> {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("main.tf"), module).unwrap();
    let output = run(directory.path(), &["apply", "-auto-approve", "-no-color", "-input=false", "-state=state.json"]);
    assert!(output.status.success(), "terraform apply failed: {}", String::from_utf8_lossy(&output.stderr));
    let state = std::fs::read(directory.path().join("state.json")).unwrap();
    let state: serde_json::Value = serde_json::from_slice(&state).unwrap();
    let values = state["outputs"].as_object().unwrap();
    values.iter().map(|(name, output)| (name.clone(), output["value"].as_str().unwrap().to_owned())).collect()
}
