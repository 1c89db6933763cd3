//! Running the real terraform: a sandbox with its own home, configuration and providers, so that nothing of the machine
//! leaks in and nothing leaks out.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sprag_test_provider::mirror;

/// Says that a test does nothing because `tool` is missing; fails instead where tools are required.
pub fn skip(tool: &str) {
    assert!(!super::tools_required(), "SPRAG_E2E=required, but there is no {tool}");
    println!("skipped: no {tool}");
}

/// A directory for one test.
pub struct Sandbox {
    directory: tempfile::TempDir,
    config: PathBuf,
}

impl Sandbox {
    /// A sandbox without providers; nothing where terraform is missing.
    pub fn new() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let config = directory.path().join("terraform.rc");
        std::fs::write(&config, "disable_checkpoint = true\n").unwrap();
        let sandbox = Self { directory, config };
        let found = Command::new("terraform").arg("version").env("TF_CLI_CONFIG_FILE", &sandbox.config).output();
        found.is_ok_and(|output| output.status.success()).then_some(sandbox)
    }

    /// A sandbox with the test provider under the addresses of bpg/proxmox, hashicorp/tls and hashicorp/random.
    pub fn with_providers() -> Option<Self> {
        let mut sandbox = Self::new()?;
        let binary = mirror::built_binary().expect("the provider is built: cargo build --package sprag-test-provider");
        sandbox.config = mirror::install_mirror(&sandbox.directory.path().join("mirror"), &binary).unwrap();
        Some(sandbox)
    }

    /// Copies a tree into the sandbox, symlinks as they are.
    pub fn copy(&self, from: &Path) -> PathBuf {
        let to = self.directory.path().join(from.file_name().unwrap());
        super::copy_tree(from, &to);
        to
    }

    /// A path in the sandbox.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Runs terraform in `directory` with nothing of the environment but the PATH.
    pub fn terraform(&self, directory: &Path, arguments: &[&str]) -> Output {
        self.terraform_with(directory, arguments, &[])
    }

    /// Runs terraform in `directory` with these variables and nothing of the environment but the PATH.
    pub fn terraform_with(&self, directory: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        Command::new("terraform")
            .args(arguments)
            .current_dir(directory)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.directory.path())
            .env("TF_CLI_CONFIG_FILE", &self.config)
            .env("TF_DISABLE_PLUGIN_TLS", "1")
            .env("CHECKPOINT_DISABLE", "1")
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }
}
