//! Which provider a name in a module stands for, and whether its release is the one whose schema is known.

use std::borrow::Cow;

use super::release::{self, Kinship};
use super::schemas::{BlockSchema, ProviderSchema, Schemas};
use super::{Module, Resource, ResourceMode, providers, required_providers};
use crate::syntax::hcl::{self, Document, ExprView};

/// A provider as a module uses it.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// What is known of it.
    pub provider: &'a ProviderSchema,
    /// Whether the module runs with the release (major and minor version) that the schema is of. Otherwise it may, and what
    /// the schema lacks may be newer or older than it.
    pub is_same_release: bool,
    /// Whether it is another release for certain, of the same major version: names may have changed, while types and defaults
    /// seldom do.
    pub is_other_release: bool,
    /// Whether it is a prerelease, or of another major version: lints are not told of such a binding.
    is_foreign: bool,
}

/// What a dependency lock file (`.terraform.lock.hcl`) says: the release chosen of each provider, by full address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locks(Vec<(Box<str>, Box<str>)>);

impl Locks {
    /// Reads a lock file. One that cannot be read locks nothing: it is Terraform's own file.
    #[must_use]
    pub fn parse(text: &[u8]) -> Self {
        let tree = hcl::parse(text);
        let root = Document::new(&tree, text).root();
        let chosen = root.blocks_of("provider").filter_map(|block| {
            let version = block.body().value("version")?.as_string()?.into_owned();
            Some((block.label(0)?.into_owned().into(), version.into()))
        });
        Self(chosen.collect())
    }

    fn version(&self, source: &str) -> Option<&str> {
        let tofu = source.strip_prefix("registry.terraform.io/");
        let is = |address: &str| {
            address == source || tofu.is_some() && address.strip_prefix("registry.opentofu.org/") == tofu
        };
        self.0.iter().find(|(address, _)| is(address)).map(|(_, version)| &**version)
    }
}

impl<'a> Module<'a> {
    /// What is known of the provider with this name in the module; nothing where it is another than those known, or too
    /// far from the release that is known.
    #[must_use]
    pub fn provider_schema(&self, name: &str) -> Option<Binding<'a>> {
        self.bound(name).filter(|binding| !binding.is_foreign)
    }

    fn bound(&self, name: &str) -> Option<Binding<'a>> {
        let bound = self.bindings.get_or_init(|| declared(self));
        match bound.iter().find(|(declared, _)| declared == name) {
            Some((_, binding)) => *binding,
            None => implied(self, name),
        }
    }

    /// The body of a resource of this type as its provider describes it, and the provider. `provider` is the value of
    /// the meta-argument.
    #[must_use]
    pub fn resource_schema(
        &self,
        mode: ResourceMode,
        kind: &str,
        provider: Option<ExprView<'_>>,
    ) -> Option<(&'a BlockSchema, Binding<'a>)> {
        let binding = self.described(mode, kind, || provider).filter(|binding| !binding.is_foreign)?;
        Some((binding.provider.block(mode, kind)?, binding))
    }

    /// Who describes a type. The meta-argument is looked for only where somebody knows the type.
    fn described<'e>(
        &self,
        mode: ResourceMode,
        kind: &str,
        provider: impl FnOnce() -> Option<ExprView<'e>>,
    ) -> Option<Binding<'a>> {
        if !self.schemas.knows(mode, kind) {
            return None;
        }
        if let Some(provider) = provider() {
            return self.bound(&providers::local_name(provider)?);
        }
        let name = kind.split('_').next().unwrap_or(kind);
        let bound = self.bindings.get_or_init(|| declared(self));
        match bound.iter().any(|(declared, _)| declared == name) {
            true => self.bound(name),
            false => self.bound(name).or_else(|| by_kind(self, mode, kind)),
        }
    }

    /// The body of a resource as its provider describes it, and the provider; nothing where it is a prerelease or
    /// of another major version.
    #[must_use]
    pub fn schema_of(&self, resource: &Resource<'_>) -> Option<(&'a BlockSchema, Binding<'a>)> {
        let binding = self.binding_of(resource).filter(|binding| !binding.is_foreign)?;
        Some((binding.provider.block(resource.mode, &resource.kind)?, binding))
    }

    /// The body of a resource as a prerelease or another major version of its provider has it: a hint at the types of what is
    /// written, no more.
    #[must_use]
    pub fn schema_of_foreign_release(&self, resource: &Resource<'_>) -> Option<&'a BlockSchema> {
        let binding = self.binding_of(resource).filter(|binding| binding.is_foreign)?;
        binding.provider.block(resource.mode, &resource.kind)
    }

    fn binding_of(&self, resource: &Resource<'_>) -> Option<Binding<'a>> {
        let provider = || resource.attribute("provider").map(|(_, attribute)| attribute.value());
        self.described(resource.mode, &resource.kind, provider)
    }
}

/// The providers that the module names in `required_providers`, by local name; nothing beside those that are unknown.
fn declared<'a>(module: &Module<'a>) -> Vec<(Cow<'a, str>, Option<Binding<'a>>)> {
    let mut found: Vec<(Cow<'a, str>, Option<Binding<'a>>)> = Vec::new();
    for requirement in required_providers(module) {
        let name = requirement.entry.name();
        let value = requirement.entry.value();
        let entries = value.entries().unwrap_or_default();
        let entry = |wanted: &str| entries.iter().find(|(key, _)| key.as_key().as_deref() == Some(wanted));
        let source = entry("source").map(|(_, source)| source.as_string());
        let constraint = match value.as_string() {
            Some(version) => Some(version),
            None => entry("version").and_then(|(_, version)| version.as_string()),
        };
        let binding = match source {
            // A source that is no literal is an error of Terraform's.
            Some(None) => None,
            Some(Some(source)) => bind(module, name, &source, constraint.as_deref()),
            None => bind(module, name, name, constraint.as_deref()),
        };
        found.retain(|(known, _)| known != name);
        found.push((Cow::Borrowed(name), binding));
    }
    found
}

/// The provider that Terraform takes for a name that is not declared: HashiCorp's, or itself.
fn implied<'a>(module: &Module<'a>, name: &str) -> Option<Binding<'a>> {
    match name {
        "terraform" => {
            let provider = module.schemas.provider("terraform.io/builtin/terraform")?;
            Some(Binding { provider, is_same_release: true, is_other_release: false, is_foreign: false })
        }
        _ if module.is_complete => bind(module, name, name, None),
        _ => None,
    }
}

/// Where nobody says which provider is meant, the only one that has the type.
fn by_kind<'a>(module: &Module<'a>, mode: ResourceMode, kind: &str) -> Option<Binding<'a>> {
    let schemas: &'a Schemas = module.schemas;
    let provider = schemas.only_provider_of(mode, kind).filter(|_| module.is_complete)?;
    let name = kind.split('_').next().unwrap_or(kind);
    Some(to_release(module, name, provider, None))
}

fn bind<'a>(module: &Module<'a>, name: &str, source: &str, constraint: Option<&str>) -> Option<Binding<'a>> {
    Some(to_release(module, name, module.schemas.provider(source)?, constraint))
}

fn to_release<'a>(
    module: &Module<'a>,
    name: &str,
    provider: &'a ProviderSchema,
    constraint: Option<&str>,
) -> Binding<'a> {
    let kinship = match (provider.version.as_deref(), module.locks.version(&provider.source)) {
        (None, _) => Kinship::Same,
        (Some(schema), Some(locked)) => release::of_release(schema, locked),
        (Some(schema), None) => {
            // Terraform takes what old configurations say there as well.
            let configured = module.providers.iter().filter(|configured| configured.name() == name);
            let own: Vec<Cow<'_, str>> =
                configured.filter_map(|configured| configured.value("version")?.as_string()).collect();
            release::of_constraints(schema, own.iter().map(|own| &**own).chain(constraint))
        }
    };
    Binding {
        provider,
        is_same_release: kinship == Kinship::Same,
        is_other_release: kinship == Kinship::Other,
        is_foreign: kinship == Kinship::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::FileId;
    use crate::terraform::{Role, Source};

    fn bound(text: &str, locks: &str, kind: &str) -> Option<(String, bool)> {
        described(text, locks, kind).map(|(source, is_same, _)| (source, is_same))
    }

    /// The source of the provider, and whether its release is the same or another.
    fn described(text: &str, locks: &str, kind: &str) -> Option<(String, bool, bool)> {
        let source = Source::parse(FileId(0), "main.tf".into(), Role::Configuration, text.into());
        let sources = [source];
        let mut module = Module::new("m", &sources);
        module.locks = Locks::parse(locks.as_bytes());
        let (_, binding) = module.resource_schema(ResourceMode::Managed, kind, None)?;
        Some((binding.provider.source.to_string(), binding.is_same_release, binding.is_other_release))
    }

    const VM: &str = "proxmox_virtual_environment_vm";
    const BPG: &str = "registry.terraform.io/bpg/proxmox";

    fn required(source: &str, version: &str) -> String {
        format!(
            "terraform {{\n required_providers {{\n  proxmox = {{ source = {source:?}, version = {version:?} }}\n }}\n}}\n"
        )
    }

    #[test]
    fn the_source_decides() {
        assert_eq!(bound(&required("bpg/proxmox", ">= 0.50"), "", VM), Some((BPG.into(), false)));
        assert_eq!(bound(&required("registry.opentofu.org/bpg/proxmox", ">= 0.50"), "", VM), Some((BPG.into(), false)));
        assert_eq!(bound(&required("telmate/proxmox", ">= 2"), "", VM), None);
        assert_eq!(bound(&required("mirror.example.com/bpg/proxmox", "1"), "", VM), None);
        let telmate = bound(&required("Telmate/proxmox", "3.0.2-rc09"), "", "proxmox_vm_qemu");
        assert_eq!(telmate, Some(("registry.terraform.io/telmate/proxmox".into(), true)));
    }

    #[test]
    fn without_a_source_the_type_decides() {
        assert_eq!(bound("", "", VM), Some((BPG.into(), false)));
        assert_eq!(bound("", "", "tls_private_key"), Some(("registry.terraform.io/hashicorp/tls".into(), false)));
        assert_eq!(bound("", "", "terraform_data"), Some(("terraform.io/builtin/terraform".into(), true)));
        assert_eq!(bound("", "", "aws_instance"), None);
    }

    #[test]
    fn the_lock_file_goes_before_the_constraint() {
        let lock = |version: &str| format!("provider \"{BPG}\" {{\n  version = \"{version}\"\n}}\n");
        let release = |constraint: &str, locks: &str| {
            bound(&required("bpg/proxmox", constraint), locks, VM).is_some_and(|it| it.1)
        };
        assert!(release(">= 0.50", &lock("0.111.0")));
        assert!(!release("0.111.1", &lock("0.110.0")));
        assert!(release("~> 0.111.0", ""));
        assert!(release("= 0.111.1, != 0.111.0", ""));
        assert!(!release("~> 0.111", ""));
        assert!(!release("", "not a lock"));
    }

    #[test]
    fn other_releases_are_told_apart() {
        let is_other = |text: &str, locks: &str| described(text, locks, VM).map(|(_, _, is_other)| is_other);
        let lock = format!("provider \"{BPG}\" {{\n  version = \"0.110.0\"\n}}\n");
        assert_eq!(is_other(&required("bpg/proxmox", "0.38.1"), ""), Some(true));
        assert_eq!(is_other(&required("bpg/proxmox", ">= 0.38.1"), &lock), Some(true));
        assert_eq!(is_other(&required("bpg/proxmox", ">= 0.38.1"), ""), Some(false));
        assert_eq!(is_other(&required("bpg/proxmox", "~> 1.0"), ""), None);
        assert_eq!(is_other("", &lock), Some(true));
        let configured = "provider \"proxmox\" {\n  version = \"~> 0.38.1\"\n}\n";
        assert_eq!(is_other(configured, ""), Some(true));
        for version in ["3.0.1-rc4", "2.9.14", "~> 3.0", ">= 2.9"] {
            assert_eq!(bound(&required("telmate/proxmox", version), "", "proxmox_vm_qemu"), None, "{version}");
        }
        assert_eq!(bound("", "", "proxmox_vm_qemu"), None);
    }
}
