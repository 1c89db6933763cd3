//! A module in a temporary directory and a terraform that sees nothing else.

use sprag_test_provider::mirror::install_mirror;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};
use tempfile::TempDir;

/// The module the tests use unless they write another `main.tf`.
pub const MODULE: &str = include_str!("module/main.tf");

/// A module in a temporary directory, and terraform with an environment of its own.
pub struct Sandbox {
    terraform: PathBuf,
    root: TempDir,
    config: PathBuf,
}

impl Sandbox {
    /// None if there is no terraform.
    pub fn new() -> Option<Self> {
        let terraform = find_terraform()?;
        let root = tempfile::tempdir().unwrap();
        let binary = Path::new(env!("CARGO_BIN_EXE_sprag-test-provider"));
        let config = install_mirror(&root.path().join("mirror"), binary).unwrap();
        for folder in ["module/tests", "home", "tmp"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let sandbox = Self { terraform, root, config };
        sandbox.write("main.tf", MODULE);
        Some(sandbox)
    }

    pub fn initialized() -> Option<Self> {
        let sandbox = Self::new()?;
        sandbox.succeeds(&["init", "-input=false"]);
        Some(sandbox)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Sockets of providers that run, or left theirs behind.
    pub fn sockets(&self) -> usize {
        let entries = fs::read_dir(self.path("tmp")).unwrap().flatten();
        entries.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "sock")).count()
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path("module").join(name), text).unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.terraform);
        command
            .args(arguments)
            .arg("-no-color")
            .current_dir(self.path("module"))
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("TMPDIR", self.path("tmp"))
            .env("TF_CLI_CONFIG_FILE", &self.config)
            .env("TF_DATA_DIR", self.path("data"))
            .env("TF_DISABLE_PLUGIN_TLS", "1")
            .env("TF_IN_AUTOMATION", "1");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> (Output, String) {
        finish(self.command(arguments))
    }

    pub fn succeeds(&self, arguments: &[&str]) -> String {
        self.exits(0, arguments)
    }

    pub fn exits(&self, status: i32, arguments: &[&str]) -> String {
        let (output, text) = self.run(arguments);
        assert_eq!(output.status.code(), Some(status), "terraform {arguments:?}:\n{text}");
        text
    }
}

pub fn finish(mut command: Command) -> (Output, String) {
    let output = command.output().unwrap();
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    (output, String::from_utf8_lossy(&text).into_owned())
}

/// terraform on PATH; absent is a failure when `SPRAG_E2E=required`.
fn find_terraform() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|folder| folder.join("terraform")).find(|file| file.is_file());
    if found.is_none() {
        let is_required = env::var("SPRAG_E2E").as_deref() == Ok("required");
        assert!(!is_required, "SPRAG_E2E=required, but no terraform on PATH");
        println!("skipped: no terraform");
    }
    found
}
