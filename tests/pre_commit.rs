//! The hooks in the real pre-commit: the one that takes sprag from the PATH, the one that cargo builds from source, and the
//! one of the mirror repository, which installs the wheel. Repositories are made by the test; nothing but pip's own needs
//! comes from PyPI, and nothing from crates.io.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::python_tool;
use tempfile::TempDir;

/// What nobody refers to.
const UNUSED: &str = "\nvariable \"new\" {\n  type        = string\n  description = \"x\"\n  default     = null\n}\n";

/// A directory with everything that git and pre-commit need, away from the home directory.
struct Sandbox {
    directory: TempDir,
}

impl Sandbox {
    fn new() -> Self {
        let sandbox = Self { directory: tempfile::tempdir().unwrap() };
        let identity = "[user]\n  name = a\n  email = a@example.org\n[protocol \"file\"]\n  allow = always\n";
        fs::write(sandbox.path(".gitconfig"), identity).unwrap();
        sandbox
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn command(&self, program: &Path, directory: &Path) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_sprag")).parent().unwrap().to_path_buf();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(binary).chain(std::env::split_paths(&path))).unwrap();
        let mut command = Command::new(program);
        command.current_dir(directory).env("PATH", path).env("HOME", self.directory.path());
        command.env("PRE_COMMIT_HOME", self.path("cache")).env("GIT_CONFIG_NOSYSTEM", "1");
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "CI"] {
            command.env_remove(variable);
        }
        command
    }

    fn git(&self, directory: &Path, arguments: &[&str]) {
        let output = self.command(Path::new("git"), directory).args(arguments).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Makes a commit of everything in `directory`, tagged `v0`.
    fn commit(&self, directory: &Path) {
        self.git(directory, &["init", "--quiet"]);
        self.git(directory, &["add", "--all", "--force"]);
        self.git(directory, &["commit", "--quiet", "--message", "first"]);
        self.git(directory, &["tag", "v0"]);
    }

    /// The example as a repository with the hook `id` of `hooks`.
    fn homelab(&self, hooks: &Path, id: &str) -> PathBuf {
        let directory = self.path("homelab");
        common::copy_tree(&common::root().join("testdata/homelab"), &directory);
        let config = format!("repos:\n  - repo: {}\n    rev: v0\n    hooks:\n      - id: {id}\n", hooks.display());
        fs::write(directory.join(".pre-commit-config.yaml"), config).unwrap();
        // An old finding, in a module that nobody changes.
        let old = directory.join("modules/backup/variables.tf");
        fs::write(&old, format!("{}{UNUSED}", fs::read_to_string(&old).unwrap())).unwrap();
        self.commit(&directory);
        directory
    }

    /// The programs called sprag that pre-commit has installed.
    fn installed(&self) -> Vec<PathBuf> {
        walkdir::WalkDir::new(self.path("cache"))
            .into_iter()
            .filter_map(Result::ok)
            .map(walkdir::DirEntry::into_path)
            .filter(|path| path.ends_with("bin/sprag"))
            .collect()
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Appends to a file and stages it.
fn change(sandbox: &Sandbox, directory: &Path, path: &str, more: &str) {
    let file = directory.join(path);
    fs::write(&file, format!("{}{more}", fs::read_to_string(&file).unwrap())).unwrap();
    sandbox.git(directory, &["add", path]);
}

/// Commits that break something do not pass; others do.
fn guards_commits(sandbox: &Sandbox, pre_commit: &Path, directory: &Path, variables: &[(&str, OsString)]) {
    let run = || {
        let mut command = sandbox.command(pre_commit, directory);
        command.arg("run").envs(variables.iter().map(|(name, value)| (name, value))).output().unwrap()
    };
    change(sandbox, directory, "README.md", "\nmore\n");
    assert!(text(&run()).contains("no files to check"), "{}", text(&run()));
    change(sandbox, directory, "modules/lxc/variables.tf", "# a comment\n");
    let clean = run();
    assert!(clean.status.success() && text(&clean).contains("Passed"), "{}", text(&clean));
    change(sandbox, directory, "modules/lxc/variables.tf", UNUSED);
    let refused = run();
    let said = text(&refused);
    assert!(!refused.status.success() && said.contains("exit code: 1"), "{said}");
    assert!(!said.contains("modules/backup"), "{said}");
    assert!(said.contains("terraform/unused-declaration") && said.contains("modules/lxc/variables.tf"), "{said}");
}

#[test]
fn hooks_are_valid() {
    let Some(pre_commit) = python_tool("pre-commit") else { return };
    let output = Command::new(pre_commit)
        .args(["validate-manifest", ".pre-commit-hooks.yaml"])
        .current_dir(common::root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn hooks_are_for_the_files_that_are_linted() {
    let hooks = fs::read_to_string(common::root().join(".pre-commit-hooks.yaml")).unwrap();
    let hooks: serde_yaml::Value = serde_yaml::from_str(&hooks).unwrap();
    for hook in hooks.as_sequence().unwrap() {
        let files = regex::Regex::new(hook["files"].as_str().unwrap()).unwrap();
        for name in [
            "main.tf",
            "a/main.tf.json",
            "x.tofu",
            "prod.tfvars",
            "a.auto.tfvars.json",
            "a.tftest.hcl",
            "a.tofutest.json",
            ".sprag.hcl",
            "bugs.sprag.hcl",
            "rules.yml",
            "rules.yaml",
            "a.rules",
            "rules.yml.tftpl",
        ] {
            assert!(files.is_match(name), "{name}");
        }
        for name in ["README.md", "main.tf.bak", "data.json", "script.sh", "user-data.tftpl"] {
            assert!(!files.is_match(name), "{name}");
        }
        assert_eq!(hook["entry"].as_str(), Some("sprag lint --affected"));
    }
}

#[test]
fn the_program_on_the_path_guards_commits() {
    let Some(pre_commit) = python_tool("pre-commit") else { return };
    let sandbox = Sandbox::new();
    let hooks = sandbox.path("hooks");
    fs::create_dir(&hooks).unwrap();
    fs::copy(common::root().join(".pre-commit-hooks.yaml"), hooks.join(".pre-commit-hooks.yaml")).unwrap();
    sandbox.commit(&hooks);
    let directory = sandbox.homelab(&hooks, "sprag");
    guards_commits(&sandbox, &pre_commit, &directory, &[]);
}

/// Copies what git has or would take of the checkout: a file that is left out of the repository is missing here too.
/// Whether there was something to copy.
fn copy_checkout(to: &Path) -> bool {
    // Whoever owns the checkout.
    let listed = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(common::root())
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .output();
    let Some(listed) = listed.ok().filter(|output| output.status.success()) else { return false };
    let names = String::from_utf8(listed.stdout).unwrap();
    for name in names.split_terminator('\0') {
        let from = common::root().join(name);
        // One that is deleted and still in the index has no metadata.
        let Ok(metadata) = fs::symlink_metadata(&from) else { continue };
        let target = to.join(name);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        if metadata.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&from).unwrap(), target).unwrap();
        } else {
            fs::copy(&from, target).unwrap();
        }
    }
    true
}

/// Directories in which programs are looked for.
fn search_path() -> Vec<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect()
}

/// The variables under which `cargo install` takes one minute instead of several: unoptimised, with the dependencies that
/// the tests have built, and with the crates that are there already. pre-commit has no option for the first, so that a
/// script stands before cargo.
fn cheap_cargo(sandbox: &Sandbox) -> Vec<(&'static str, OsString)> {
    let cargo = search_path().into_iter().map(|directory| directory.join("cargo")).find(|path| path.is_file()).unwrap();
    let scripts = sandbox.path("scripts");
    fs::create_dir(&scripts).unwrap();
    let script = scripts.join("cargo");
    let options = "--debug --config profile.dev.package.sprag.debug=false";
    let install = format!("if [ \"$1\" = install ]; then shift; set -- install {options} \"$@\"; fi");
    fs::write(&script, format!("#!/bin/sh\n{install}\nexec '{}' \"$@\"\n", cargo.display())).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let or_at_home = |name: &str, directory: &str| std::env::var_os(name).unwrap_or(home.join(directory).into());
    let built = Path::new(env!("CARGO_BIN_EXE_sprag")).ancestors().nth(2).unwrap();
    vec![
        // Without the sprag of the tests.
        ("PATH", std::env::join_paths(std::iter::once(scripts).chain(search_path())).unwrap()),
        ("CARGO_HOME", or_at_home("CARGO_HOME", ".cargo")),
        ("RUSTUP_HOME", or_at_home("RUSTUP_HOME", ".rustup")),
        ("CARGO_BUILD_BUILD_DIR", built.into()),
        ("CARGO_TARGET_DIR", sandbox.path("target").into()),
        ("CARGO_NET_OFFLINE", "true".into()),
        // So that what is built here never passes for what is built in the checkout.
        ("CARGO_INCREMENTAL", "0".into()),
    ]
}

#[test]
fn the_program_built_from_source_guards_commits() {
    let Some(pre_commit) = python_tool("pre-commit") else { return };
    let sandbox = Sandbox::new();
    let hooks = sandbox.path("hooks");
    if !copy_checkout(&hooks) {
        common::e2e::skip("git repository around the checkout");
        return;
    }
    sandbox.commit(&hooks);
    let directory = sandbox.homelab(&hooks, "sprag-src");
    guards_commits(&sandbox, &pre_commit, &directory, &cheap_cargo(&sandbox));
    let installed = sandbox.installed();
    assert_eq!(installed.len(), 1, "pre-commit installed one program: {installed:?}");
    assert!(installed[0].to_string_lossy().contains("/rustenv-"), "cargo installed it: {installed:?}");
}

#[test]
fn the_wheel_guards_commits() {
    let (Some(pre_commit), Some(maturin)) = (python_tool("pre-commit"), python_tool("maturin")) else { return };
    let sandbox = Sandbox::new();
    let wheels = sandbox.path("wheels");
    // Unoptimised, like the tests: it shares what they have built.
    let built = Command::new(maturin)
        .args(["build", "--quiet", "--compatibility", "linux", "--out"])
        .arg(&wheels)
        .current_dir(common::root())
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", text(&built));
    let mirror = sandbox.path("mirror");
    let made = Command::new(common::root().join("scripts/pre-commit-mirror")).arg(&mirror).output().unwrap();
    assert!(made.status.success(), "{}", text(&made));
    sandbox.commit(&mirror);
    let directory = sandbox.homelab(&mirror, "sprag");
    guards_commits(&sandbox, &pre_commit, &directory, &[("PIP_FIND_LINKS", wheels.into())]);
    let installed = sandbox.installed();
    assert_eq!(installed.len(), 1, "pre-commit installed the wheel: {installed:?}");
}

#[test]
fn the_mirror_names_a_version() {
    let directory = tempfile::tempdir().unwrap();
    let run = |version: &str| {
        let script = common::root().join("scripts/pre-commit-mirror");
        Command::new(script).arg(directory.path()).arg(version).output().unwrap()
    };
    assert!(run("1.2.3").status.success());
    let project = fs::read_to_string(directory.path().join("pyproject.toml")).unwrap();
    assert!(project.contains("dependencies = [\"sprag-cli==1.2.3\"]"), "{project}");
    assert_eq!(run("newest").status.code(), Some(2));
}
