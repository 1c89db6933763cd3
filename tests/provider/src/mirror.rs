//! Installs the provider where Terraform finds it: a filesystem mirror and a CLI configuration that uses only it.
//!
//! See <https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror>. Terraform needs two
//! variables then: `TF_CLI_CONFIG_FILE`, the path [`install_mirror`] returns, and `TF_DISABLE_PLUGIN_TLS=1`.

use crate::product::Product;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Lays out a filesystem mirror of the three providers in `dir` and writes `dir/terraform.rc`, whose path it returns.
/// The binary is linked, or copied where that fails. What is there already is replaced.
///
/// # Errors
/// When the binary does not exist, or `dir` cannot be written.
pub fn install_mirror(dir: &Path, provider_binary: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(dir)?;
    let dir = dir.canonicalize()?;
    let binary = provider_binary.canonicalize()?;
    for product in Product::ALL {
        let folder = dir.join(product.address()).join(product.version()).join(platform());
        fs::create_dir_all(&folder)?;
        let target = folder.join(format!("terraform-provider-{}_v{}", product.name(), product.version()));
        match fs::remove_file(&target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        if fs::hard_link(&binary, &target).is_err() {
            fs::copy(&binary, &target)?;
        }
    }
    let config = dir.join("terraform.rc");
    fs::write(&config, cli_config(&dir))?;
    Ok(config)
}

/// The provider binary that Cargo built beside the running test, if it did. `cargo test --workspace` builds it;
/// a test of another package does not, and says then: `cargo build --package sprag-test-provider`.
pub fn built_binary() -> Option<PathBuf> {
    let test = env::current_exe().ok()?;
    let name = format!("sprag-test-provider{}", env::consts::EXE_SUFFIX);
    test.ancestors().skip(1).take(2).map(|folder| folder.join(&name)).find(|path| path.is_file())
}

/// No provider comes from anywhere else, so a missing one is an error instead of a download.
fn cli_config(dir: &Path) -> String {
    let path = dir.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "disable_checkpoint = true\n\nprovider_installation {{\n  filesystem_mirror {{\n    path = \"{path}\"\n  }}\n}}\n"
    )
}

/// The platform as Terraform writes it, for example `linux_amd64`.
fn platform() -> String {
    let os = if env::consts::OS == "macos" { "darwin" } else { env::consts::OS };
    let arch = match env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{os}_{arch}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirror_has_three_providers_and_can_be_renewed() {
        let temp = tempfile::tempdir().unwrap();
        let binary = temp.path().join("binary");
        fs::write(&binary, "one").unwrap();
        let mirror = temp.path().join("mirror");
        install_mirror(&mirror, &binary).unwrap();
        fs::remove_file(&binary).unwrap();
        fs::write(&binary, "two").unwrap();
        let config = install_mirror(&mirror, &binary).unwrap();
        let folder = mirror.join("registry.terraform.io/bpg/proxmox/0.111.1").join(platform());
        assert_eq!(fs::read_to_string(folder.join("terraform-provider-proxmox_v0.111.1")).unwrap(), "two");
        assert!(mirror.join("registry.terraform.io/hashicorp/tls/4.2.1").is_dir());
        assert!(mirror.join("registry.terraform.io/hashicorp/random/3.9.0").is_dir());
        let text = fs::read_to_string(config).unwrap();
        assert!(text.contains(&format!("path = \"{}\"", mirror.canonicalize().unwrap().display())), "{text}");
    }

    #[test]
    fn missing_binary_is_an_error() {
        let temp = tempfile::tempdir().unwrap();
        let error = install_mirror(temp.path(), &temp.path().join("absent")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
