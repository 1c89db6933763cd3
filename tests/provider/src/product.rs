//! Which of the three providers this process is: name, address, version and schema text of each.
//!
//! Terraform only knows a provider by the path of its executable, so one binary under three names serves all three.

use std::path::Path;

/// A provider this binary can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    Proxmox,
    Tls,
    Random,
}

impl Product {
    pub const ALL: [Self; 3] = [Self::Proxmox, Self::Tls, Self::Random];

    /// The provider an executable name such as `terraform-provider-tls_v4.2.1` stands for.
    pub fn from_executable(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.strip_prefix("terraform-provider-")?;
        let name = name.split(['_', '.']).next()?;
        Self::ALL.into_iter().find(|product| product.name() == name)
    }

    /// The last part of the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proxmox => "proxmox",
            Self::Tls => "tls",
            Self::Random => "random",
        }
    }

    /// The full address, host included.
    pub fn address(self) -> &'static str {
        match self {
            Self::Proxmox => "registry.terraform.io/bpg/proxmox",
            Self::Tls => "registry.terraform.io/hashicorp/tls",
            Self::Random => "registry.terraform.io/hashicorp/random",
        }
    }

    /// The release the schema file describes (its `source.describe` is a few commits later).
    pub fn version(self) -> &'static str {
        match self {
            Self::Proxmox => "0.111.1",
            Self::Tls => "4.2.1",
            Self::Random => "3.9.0",
        }
    }

    /// The schema file: `terraform providers schema -json` plus the keys its README explains.
    pub fn schema_text(self) -> &'static str {
        match self {
            Self::Proxmox => include_str!("../../../src/terraform/schemas/bpg-proxmox.json"),
            Self::Tls => include_str!("../../../src/terraform/schemas/tls.json"),
            Self::Random => include_str!("../../../src/terraform/schemas/random.json"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executable_name_selects_the_product() {
        let product = |name: &str| Product::from_executable(Path::new(name));
        assert_eq!(product("/m/terraform-provider-proxmox_v0.111.1"), Some(Product::Proxmox));
        assert_eq!(product("terraform-provider-tls_v4.2.1"), Some(Product::Tls));
        assert_eq!(product("terraform-provider-random"), Some(Product::Random));
        assert_eq!(product("terraform-provider-aws_v6.0.0"), None);
        assert_eq!(product("sprag-test-provider"), None);
    }
}
