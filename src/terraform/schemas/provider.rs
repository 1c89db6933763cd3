//! All schemas of a run: those of providers that users name files for, then the bundled ones.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashSet;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::compiled::{self, Line};
use super::decode::{self, Facts, WholeBlock};
use super::{AttributeSchema, BlockSchema, Members};
use crate::terraform::ResourceMode;

/// The schemas of one provider.
#[derive(Debug)]
pub struct ProviderSchema {
    /// Its full address, such as `registry.terraform.io/bpg/proxmox`.
    pub source: Box<str>,
    /// The release that the schema is of; nothing where it is of whatever release is installed, as in a user's file.
    pub version: Option<Box<str>>,
    config: Entry,
    resources: BTreeMap<Box<str>, Entry>,
    data: BTreeMap<Box<str>, Entry>,
    ephemeral: BTreeMap<Box<str>, Entry>,
}

/// A body that is decoded when it is first asked for.
#[derive(Debug)]
struct Entry {
    text: Text,
    is_plan_modified: bool,
    decoded: OnceLock<Option<Box<BlockSchema>>>,
}

#[derive(Debug)]
enum Text {
    Compiled(Line),
    Official(Option<Box<RawValue>>),
}

impl Entry {
    const fn new(text: Text, is_plan_modified: bool) -> Self {
        Self { text, is_plan_modified, decoded: OnceLock::new() }
    }

    /// `known` is what a bundled file says of the same type.
    fn get(
        &self,
        mode: Option<ResourceMode>,
        known: impl Fn() -> Option<&'static BlockSchema>,
    ) -> Option<&BlockSchema> {
        let decode = || match &self.text {
            Text::Compiled(line) => {
                let facts = if is_planned(mode) { Facts::Complete } else { Facts::Read };
                let mut block = compiled::block(*line, facts)?;
                block.is_plan_modified = self.is_plan_modified;
                Some(Box::new(block))
            }
            Text::Official(text) => {
                let facts = if is_planned(mode) { Facts::Official } else { Facts::Read };
                let official: Official = serde_json::from_str(text.as_ref()?.get()).ok()?;
                let mut block = decode::whole(official.block?, facts)?;
                if let Some(known) = known().filter(|_| is_planned(mode)) {
                    adopt(&mut block, known);
                }
                Some(Box::new(block))
            }
        };
        self.decoded.get_or_init(decode).as_deref()
    }
}

/// Whether what is not written is planned; the configuration of a provider is not, but has no other source of values.
const fn is_planned(mode: Option<ResourceMode>) -> bool {
    matches!(mode, None | Some(ResourceMode::Managed))
}

impl ProviderSchema {
    /// The body of its configuration.
    #[must_use]
    pub fn config(&self) -> Option<&BlockSchema> {
        self.config.get(None, || bundled(&self.source)?.config())
    }

    /// The body of a managed resource, data source or ephemeral resource.
    #[must_use]
    pub fn block(&self, mode: ResourceMode, kind: &str) -> Option<&BlockSchema> {
        self.table(mode).get(kind)?.get(Some(mode), || bundled(&self.source)?.block(mode, kind))
    }

    /// Whether it has such a type.
    #[must_use]
    pub fn has(&self, mode: ResourceMode, kind: &str) -> bool {
        self.table(mode).contains_key(kind)
    }

    /// The names of its types, sorted.
    pub fn kinds(&self, mode: ResourceMode) -> impl Iterator<Item = &str> {
        self.table(mode).keys().map(|name| &**name)
    }

    const fn table(&self, mode: ResourceMode) -> &BTreeMap<Box<str>, Entry> {
        match mode {
            ResourceMode::Managed => &self.resources,
            ResourceMode::Data => &self.data,
            ResourceMode::Ephemeral => &self.ephemeral,
        }
    }

    fn compiled(header: compiled::Header) -> Self {
        let modified = header.plan_modified;
        let table = |lines: BTreeMap<&'static str, Line>| {
            let entry = |(name, line): (&'static str, Line)| {
                (name.into(), Entry::new(Text::Compiled(line), modified.contains(&name)))
            };
            lines.into_iter().map(entry).collect()
        };
        Self {
            source: header.provider.into(),
            version: Some(header.version.into()),
            config: Entry::new(Text::Compiled(header.config), false),
            resources: table(header.resources),
            data: table(header.data),
            ephemeral: table(header.ephemeral),
        }
    }

    fn official(source: Box<str>, raw: OfficialProvider) -> Self {
        let table = |texts: HashMap<Box<str>, Box<RawValue>>| {
            texts.into_iter().map(|(name, text)| (name, Entry::new(Text::Official(Some(text)), false))).collect()
        };
        Self {
            source,
            version: None,
            config: Entry::new(Text::Official(raw.provider), false),
            resources: table(raw.resource_schemas),
            data: table(raw.data_source_schemas),
            ephemeral: table(raw.ephemeral_resource_schemas),
        }
    }
}

/// The providers of a run.
#[derive(Debug, Default)]
pub struct Schemas {
    named: Vec<ProviderSchema>,
}

/// Why a file of schemas cannot be used.
#[derive(Debug)]
pub struct SchemaError(serde_json::Error);

impl fmt::Display for SchemaError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "not what `terraform providers schema -json` prints: {}", self.0)
    }
}

impl std::error::Error for SchemaError {}

#[derive(Deserialize)]
struct OfficialFile {
    provider_schemas: HashMap<Box<str>, OfficialProvider>,
}

#[derive(Deserialize)]
struct OfficialProvider {
    provider: Option<Box<RawValue>>,
    #[serde(default)]
    resource_schemas: HashMap<Box<str>, Box<RawValue>>,
    #[serde(default)]
    data_source_schemas: HashMap<Box<str>, Box<RawValue>>,
    #[serde(default)]
    ephemeral_resource_schemas: HashMap<Box<str>, Box<RawValue>>,
}

#[derive(Deserialize)]
struct Official {
    block: Option<WholeBlock>,
}

impl Schemas {
    /// The bundled ones alone.
    #[must_use]
    pub fn bundled() -> &'static Self {
        static NONE_NAMED: Schemas = Schemas { named: Vec::new() };
        &NONE_NAMED
    }

    /// Adds what `terraform providers schema -json` printed. Its providers go before bundled ones, and where it is
    /// silent on what an unset attribute is, a bundled schema of the same provider still answers.
    ///
    /// # Errors
    /// When `json` is something else.
    pub fn add(&mut self, json: &[u8]) -> Result<(), SchemaError> {
        let file: OfficialFile = serde_json::from_slice(json).map_err(SchemaError)?;
        for (source, raw) in file.provider_schemas {
            self.named.retain(|known| known.source != source);
            self.named.push(ProviderSchema::official(source, raw));
        }
        self.named.sort_by(|one, other| one.source.cmp(&other.source));
        Ok(())
    }

    /// The provider with the address `source`, full or as it is written in `required_providers`.
    #[must_use]
    pub fn provider(&self, source: &str) -> Option<&ProviderSchema> {
        let full = full_address(source)?;
        self.all().find(|provider| *provider.source == full)
    }

    /// Whether any provider has this type. Quick: most types are of providers that nothing is known of.
    #[must_use]
    pub fn knows(&self, mode: ResourceMode, kind: &str) -> bool {
        static KINDS: OnceLock<FxHashSet<&'static str>> = OnceLock::new();
        let all = || [ResourceMode::Managed, ResourceMode::Data, ResourceMode::Ephemeral].into_iter();
        let kinds =
            KINDS.get_or_init(|| all_bundled().iter().flat_map(|one| all().flat_map(|mode| one.kinds(mode))).collect());
        kinds.contains(kind) || self.named.iter().any(|provider| provider.has(mode, kind))
    }

    /// The one provider that has this type; nothing where several have it.
    #[must_use]
    pub fn only_provider_of(&self, mode: ResourceMode, kind: &str) -> Option<&ProviderSchema> {
        let mut found = self.all().filter(|provider| provider.has(mode, kind));
        let first = found.next()?;
        found.all(|other| other.source == first.source).then_some(first)
    }

    /// All providers, those that users named before bundled ones.
    fn all(&self) -> impl Iterator<Item = &ProviderSchema> {
        self.named.iter().chain(all_bundled())
    }
}

fn all_bundled() -> &'static [ProviderSchema] {
    static BUNDLED: OnceLock<Vec<ProviderSchema>> = OnceLock::new();
    BUNDLED.get_or_init(|| compiled::headers().map(ProviderSchema::compiled).collect())
}

fn bundled(source: &str) -> Option<&'static ProviderSchema> {
    all_bundled().iter().find(|provider| &*provider.source == source)
}

/// `bpg/proxmox` is `registry.terraform.io/bpg/proxmox`, and so is OpenTofu's copy of it.
fn full_address(source: &str) -> Option<String> {
    let source = source.to_ascii_lowercase();
    match source.split('/').collect::<Vec<_>>()[..] {
        [name] => Some(format!("registry.terraform.io/hashicorp/{name}")),
        [namespace, name] | ["registry.opentofu.org", namespace, name] => {
            Some(format!("registry.terraform.io/{namespace}/{name}"))
        }
        [_, _, _] => Some(source),
        _ => None,
    }
}

/// Takes from `known` what unset attributes are that are the same in both.
fn adopt(block: &mut BlockSchema, known: &BlockSchema) {
    for (name, attribute) in &mut block.attributes {
        if let Some(known) = known.attributes.get(name) {
            adopt_attribute(attribute, known);
        }
    }
    for (name, nested) in &mut block.blocks {
        let Some(known) = known.blocks.get(name).filter(|known| known.nesting == nested.nesting) else { continue };
        nested.is_computed = known.is_computed;
        adopt(Arc::make_mut(&mut nested.block), &known.block);
    }
}

fn adopt_attribute(attribute: &mut AttributeSchema, known: &AttributeSchema) {
    let flags = |attribute: &AttributeSchema| (attribute.is_required, attribute.is_optional, attribute.is_computed);
    if flags(attribute) != flags(known) || attribute.ty != known.ty {
        return;
    }
    attribute.unset = known.unset.clone();
    match (&mut attribute.members, &known.members) {
        (Some(members), Some(known)) => {
            let Members { attributes, .. } = Arc::make_mut(members);
            for (name, member) in attributes {
                if let Some(known) = known.attributes.get(name) {
                    adopt_attribute(member, known);
                }
            }
        }
        (None, Some(known)) if known.are_blocks => attribute.members = Some(Arc::clone(known)),
        _ => {}
    }
}
