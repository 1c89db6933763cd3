//! A module: what its files declare, with override files merged the way Terraform merges them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use super::binding::{Binding, Locks};
use super::schemas::Schemas;
use super::{ProviderReference, Role, Source, Survey, TestFile, providers, suspicion};
use crate::diagnostic::{FileId, Location};
use crate::source::Span;
use crate::syntax::hcl::{AttributeView, BlockView, ExprView, ItemView};

/// A block and the file it is in.
#[derive(Clone, Copy)]
pub struct Declaration<'a> {
    /// The file.
    pub source: &'a Source,
    /// The block.
    pub block: BlockView<'a>,
}

impl<'a> Declaration<'a> {
    /// A place in the declaration's file.
    #[must_use]
    pub fn location(&self, span: Span) -> Location {
        self.source.location(span)
    }

    /// The value of an argument.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<ExprView<'a>> {
        self.block.body().value(name)
    }

    /// Whether what a variable holds may be sensitive or ephemeral.
    #[must_use]
    pub fn may_be_secret(&self) -> bool {
        let flags = ["sensitive", "ephemeral"].into_iter().filter_map(|name| self.value(name));
        flags.map(ExprView::as_bool).any(|flag| flag != Some(false))
    }

    /// The first label.
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        self.block.label(0).unwrap_or_default()
    }
}

/// How Terraform treats a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceMode {
    /// `resource`
    Managed,
    /// `data`
    Data,
    /// `ephemeral`
    Ephemeral,
}

/// How many instances a resource or module has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instances {
    /// One, without an index.
    Single,
    /// As many as `count` says.
    Count,
    /// One for each element of `for_each`.
    ForEach,
}

impl Instances {
    fn of(has: impl Fn(&str) -> bool) -> Self {
        match (has("count"), has("for_each")) {
            (true, _) => Self::Count,
            (_, true) => Self::ForEach,
            _ => Self::Single,
        }
    }

    /// The argument that makes several.
    #[must_use]
    pub const fn argument(self) -> Option<&'static str> {
        match self {
            Self::Single => None,
            Self::Count => Some("count"),
            Self::ForEach => Some("for_each"),
        }
    }
}

/// A resource with the blocks that override it.
pub struct Resource<'a> {
    /// How Terraform treats it.
    pub mode: ResourceMode,
    /// Its type, such as `proxmox_virtual_environment_vm`.
    pub kind: Cow<'a, str>,
    /// Its name.
    pub name: Cow<'a, str>,
    /// Where it is declared.
    pub declaration: Declaration<'a>,
    /// Blocks of override files, in the order in which they apply.
    pub overrides: Vec<Declaration<'a>>,
}

impl<'a> Resource<'a> {
    /// Its address in the module.
    #[must_use]
    pub fn address(&self) -> String {
        let prefix = match self.mode {
            ResourceMode::Managed => "",
            ResourceMode::Data => "data.",
            ResourceMode::Ephemeral => "ephemeral.",
        };
        format!("{prefix}{}.{}", self.kind, self.name)
    }

    /// How many instances there are.
    #[must_use]
    pub fn instances(&self) -> Instances {
        Instances::of(|name| self.attribute(name).is_some())
    }

    /// The declarations, the one that counts most first.
    pub fn declarations(&self) -> impl Iterator<Item = Declaration<'a>> + '_ {
        self.overrides.iter().rev().chain(std::iter::once(&self.declaration)).copied()
    }

    /// What its `lifecycle` ignores changes of: names of attributes, or `all`.
    #[must_use]
    pub fn ignored_changes(&self) -> Vec<String> {
        let lifecycles = self.declarations().flat_map(|declaration| declaration.block.body().blocks_of("lifecycle"));
        let Some(value) = lifecycles.filter_map(|block| block.body().value("ignore_changes")).next() else {
            return Vec::new();
        };
        let first = |element: ExprView<'_>| element.as_reference()?.first().map(ToString::to_string);
        match value.elements() {
            Some(elements) => elements.into_iter().filter_map(first).collect(),
            None => value.as_keyword().map(str::to_owned).into_iter().collect(),
        }
    }

    /// An argument; one in an override file wins.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<(Declaration<'a>, AttributeView<'a>)> {
        self.declarations().find_map(|declaration| Some((declaration, declaration.block.body().attribute(name)?)))
    }

    /// Nested blocks of one kind, `dynamic` ones by their content. Blocks in an override file replace all others of
    /// that kind (<https://developer.hashicorp.com/terraform/language/files/override>).
    #[must_use]
    pub fn blocks(&self, kind: &str) -> Vec<NestedBlock<'a>> {
        self.declarations()
            .map(|declaration| nested(declaration, kind))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }
}

/// A block inside a resource.
#[derive(Clone, Copy)]
pub struct NestedBlock<'a> {
    /// The resource's declaration it stands in.
    pub declaration: Declaration<'a>,
    /// The `dynamic` block that makes it.
    pub dynamic: Option<BlockView<'a>>,
    content: Content<'a>,
}

/// How a nested block is written.
#[derive(Clone, Copy)]
enum Content<'a> {
    /// `disk { … }`, or the `content` of a `dynamic` block.
    Block(BlockView<'a>),
    /// `disk = { … }` or one of `disk = [{ … }]`: the only way in JSON syntax, and allowed where the schema has an
    /// attribute of objects.
    Object(ExprView<'a>),
}

impl<'a> NestedBlock<'a> {
    /// The value of an argument.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<ExprView<'a>> {
        match self.content {
            Content::Block(block) => block.body().value(name),
            Content::Object(object) => {
                let entries = object.entries()?.into_iter();
                entries.filter(|(key, _)| key.as_key().as_deref() == Some(name)).map(|(_, value)| value).next()
            }
        }
    }
}

fn nested<'a>(declaration: Declaration<'a>, kind: &str) -> Vec<NestedBlock<'a>> {
    let mut found = Vec::new();
    let body = declaration.block.body();
    for block in body.blocks() {
        if block.kind() == kind {
            found.push(NestedBlock { declaration, dynamic: None, content: Content::Block(block) });
        } else if block.kind() == "dynamic" && block.label(0).as_deref() == Some(kind) {
            let contents = block.body().blocks().filter(|inner| inner.kind() == "content");
            found.extend(contents.map(|content| NestedBlock {
                declaration,
                dynamic: Some(block),
                content: Content::Block(content),
            }));
        }
    }
    if let Some(value) = body.value(kind).map(ExprView::unparenthesised) {
        let objects = value.elements().unwrap_or_else(|| vec![value]);
        found.extend(objects.into_iter().filter(|object| object.entries().is_some()).map(|object| NestedBlock {
            declaration,
            dynamic: None,
            content: Content::Object(object.unparenthesised()),
        }));
    }
    found
}

/// The files of one directory, understood together.
pub struct Module<'a> {
    /// Its files in order of names.
    pub sources: &'a [Source],
    /// Its path as shown; `.` for the working directory.
    pub path: &'a str,
    /// Whether it lies below `tests`, `examples` or the like of the repository, as [`is_fixture`](super::is_fixture) says.
    pub is_fixture: bool,
    /// `variable` blocks.
    pub variables: Vec<Declaration<'a>>,
    /// `output` blocks.
    pub outputs: Vec<Declaration<'a>>,
    /// The arguments of `locals` blocks.
    pub locals: Vec<(&'a Source, AttributeView<'a>)>,
    /// Managed resources, data sources and ephemeral resources.
    pub resources: Vec<Resource<'a>>,
    /// `module` blocks.
    pub calls: Vec<Declaration<'a>>,
    /// `provider` blocks.
    pub providers: Vec<Declaration<'a>>,
    /// `terraform` blocks.
    pub settings: Vec<Declaration<'a>>,
    /// Blocks of other kinds: `check`, `moved`, `import`, `removed` and what newer versions add.
    pub others: Vec<Declaration<'a>>,
    /// Its test files in order of names.
    pub tests: Vec<TestFile<'a>>,
    /// False where a file did not parse or could not be read, so that what seems to be missing may be there.
    pub is_complete: bool,
    /// Files that lie here and that other directories link to: what they refer to may be declared only there.
    pub linked: Vec<FileId>,
    /// What is known of providers.
    pub schemas: &'a Schemas,
    /// The releases of providers that the dependency lock file beside the module chose.
    pub locks: Locks,
    survey: OnceLock<Survey<'a>>,
    provider_references: OnceLock<Vec<ProviderReference<'a>>>,
    pub(super) bindings: OnceLock<Vec<(Cow<'a, str>, Option<Binding<'a>>)>>,
    /// The places of variables, by name.
    variable_places: OnceLock<HashMap<Cow<'a, str>, usize>>,
    /// The places of local values, by name.
    local_places: OnceLock<HashMap<&'a str, usize>>,
}

impl<'a> Module<'a> {
    /// Sorts what the files declare. Files that did not parse give what could be read of them.
    #[must_use]
    pub fn new(path: &'a str, sources: &'a [Source]) -> Self {
        let mut module = Self {
            sources,
            path,
            is_fixture: false,
            variables: Vec::new(),
            outputs: Vec::new(),
            locals: Vec::new(),
            resources: Vec::new(),
            calls: Vec::new(),
            providers: Vec::new(),
            settings: Vec::new(),
            others: Vec::new(),
            tests: Vec::new(),
            is_complete: !sources
                .iter()
                .any(|source| source.is_broken() && (source.role.is_configuration() || source.role == Role::Query)),
            linked: Vec::new(),
            schemas: Schemas::bundled(),
            locks: Locks::default(),
            survey: OnceLock::new(),
            provider_references: OnceLock::new(),
            bindings: OnceLock::new(),
            variable_places: OnceLock::new(),
            local_places: OnceLock::new(),
        };
        for source in sources {
            match source.role {
                Role::Configuration => module.declare_all(source),
                Role::Test => module.tests.push(TestFile { source }),
                Role::Override | Role::Shadowed | Role::Variables | Role::Query => {}
            }
        }
        for source in sources.iter().filter(|source| source.role == Role::Override) {
            module.override_all(source);
        }
        module
    }

    /// The variable with this name; of several the first.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Declaration<'a>> {
        let places = self.variable_places.get_or_init(|| {
            let named = self.variables.iter().enumerate().rev();
            named.map(|(at, variable)| (variable.name(), at)).collect()
        });
        places.get(name).map(|at| &self.variables[*at])
    }

    /// The local value with this name and its file; of several the first.
    #[must_use]
    pub fn local(&self, name: &str) -> Option<(&'a Source, AttributeView<'a>)> {
        let places = self.local_places.get_or_init(|| {
            let named = self.locals.iter().enumerate().rev();
            named.map(|(at, (_, attribute))| (attribute.name(), at)).collect()
        });
        places.get(name).map(|at| self.locals[*at])
    }

    /// Whether what seems to be missing is missing: everything was read, and all programs read the same files.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.is_complete && !self.sources.iter().any(|source| source.role == Role::Shadowed)
    }

    /// How many instances a call has; nothing where an override file may change that.
    #[must_use]
    pub fn call_instances(&self, call: &Declaration<'_>) -> Option<Instances> {
        let overrides = self.sources.iter().filter(|source| source.role == Role::Override);
        let mut others = overrides.flat_map(|source| source.document().root().blocks_of("module"));
        let is_overridden = others.any(|block| block.label(0) == call.block.label(0));
        (!is_overridden).then(|| Instances::of(|name| call.block.body().attribute(name).is_some()))
    }

    /// The files that declare or override things.
    pub fn configuration(&self) -> impl Iterator<Item = &'a Source> {
        self.sources.iter().filter(|source| source.role.is_configuration())
    }

    /// What a walk over all expressions finds, walked when first asked for.
    pub fn survey(&self) -> &Survey<'a> {
        self.survey.get_or_init(|| Survey::of(self.sources))
    }

    /// Whether a walk over all references may find some that lead nowhere. Quick, where there are none.
    #[must_use]
    pub fn may_have_loose_references(&self) -> bool {
        suspicion::may_have_loose_references(self)
    }

    /// Whether a walk over all references may find a circle. Quick, where there is none.
    #[must_use]
    pub fn may_have_cycles(&self) -> bool {
        suspicion::may_have_cycles(self)
    }

    /// Every use of a provider, in order of files.
    pub fn provider_references(&self) -> &[ProviderReference<'a>] {
        self.provider_references.get_or_init(|| providers::references(self))
    }

    /// Whether Terraform seems to be run here: there is a backend, a configured provider or a file of values. Callers
    /// are not known yet.
    #[must_use]
    pub fn is_run_here(&self) -> bool {
        let mut settings = self.settings.iter().flat_map(|settings| settings.block.body().blocks());
        settings.any(|block| matches!(block.kind(), "backend" | "cloud"))
            || self.providers.iter().any(|provider| provider.block.body().items().next().is_some())
            || self.sources.iter().any(|source| source.role == Role::Variables)
    }

    fn declare_all(&mut self, source: &'a Source) {
        for block in source.document().root().blocks() {
            self.declare(Declaration { source, block });
        }
    }

    fn declare(&mut self, declaration: Declaration<'a>) {
        match declaration.block.kind() {
            "variable" => self.variables.push(declaration),
            "output" => self.outputs.push(declaration),
            "module" => self.calls.push(declaration),
            "provider" => self.providers.push(declaration),
            "terraform" => self.settings.push(declaration),
            "locals" => {
                let source = declaration.source;
                self.locals.extend(declaration.block.body().attributes().map(|attribute| (source, attribute)));
            }
            "resource" => self.resources.extend(resource(ResourceMode::Managed, declaration)),
            "data" => self.resources.extend(resource(ResourceMode::Data, declaration)),
            "ephemeral" => self.resources.extend(resource(ResourceMode::Ephemeral, declaration)),
            _ => self.others.push(declaration),
        }
    }

    fn override_all(&mut self, source: &'a Source) {
        for block in source.document().root().blocks() {
            let declaration = Declaration { source, block };
            let mode = match block.kind() {
                "resource" => ResourceMode::Managed,
                "data" => ResourceMode::Data,
                "ephemeral" => ResourceMode::Ephemeral,
                _ => continue,
            };
            let Some(change) = resource(mode, declaration) else { continue };
            let known = self
                .resources
                .iter_mut()
                .find(|known| known.mode == mode && known.kind == change.kind && known.name == change.name);
            if let Some(known) = known {
                known.overrides.push(declaration);
            }
        }
    }

    /// Managed resources of one type.
    pub fn managed(&self, kind: &'a str) -> impl Iterator<Item = &Resource<'a>> {
        self.resources.iter().filter(move |resource| resource.mode == ResourceMode::Managed && resource.kind == kind)
    }

    /// The first block of the first file that has one.
    #[must_use]
    pub fn first_block(&self) -> Option<Location> {
        self.configuration().find_map(|source| {
            let first = source.document().root().items().find_map(|item| match item {
                ItemView::Block(block) => Some(block.header_span()),
                ItemView::Attribute(_) => None,
            });
            first.map(|span| source.location(span))
        })
    }
}

/// A resource needs a type and a name; a block without them is a mistake that Terraform reports.
fn resource(mode: ResourceMode, declaration: Declaration<'_>) -> Option<Resource<'_>> {
    let kind = declaration.block.label(0)?;
    let name = declaration.block.label(1)?;
    Some(Resource { mode, kind, name, declaration, overrides: Vec::new() })
}
