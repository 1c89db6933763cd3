//! What the rest of the repository needs to know of a module after its trees are gone.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::Deserialize;

use super::interface::{Interface, Passed, passed};
use super::unused::{Unused, unused_in};
use super::{Module, RegressionRun, ResourceMode};
use crate::diagnostic::{FileId, Location};
use crate::syntax::hcl::{BlockView, ExprView};

/// What a directory of Terraform files is. See "What is a module" in `docs/architecture.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleKind {
    /// Where Terraform is run.
    Root,
    /// Called by others, or meant to be.
    Child,
    /// Below `tests`, `test`, `examples` or `fixtures`: correct, but free of house policy.
    Fixture,
    /// Only a store of files that other directories link to.
    Shared,
}

/// What evaluating a module may find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contracts {
    /// Nothing.
    Nothing,
    /// Values that a validation of a variable refuses, and nothing else.
    Validations,
    /// Values that are passed and that a validation refuses; that each validation admits something was found already.
    Admitted,
    /// There are conditions or checks, functions whose result differs with every run, arguments of certain types, or
    /// calls that may go round in a circle.
    Any,
}

/// A module call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its name; empty for the `module` block of a test run.
    pub name: String,
    /// The `source`, where it is a plain string.
    pub source: Option<String>,
    /// The called directory within the repository, where `terraform init` wrote it down.
    pub installed: Option<String>,
    /// Where the call is.
    pub location: Location,
    /// What it passes and what is read of it; nothing where that is not certain.
    pub passed: Option<Box<Passed>>,
    /// What the called module shows where it is installed outside of what is linted.
    pub interface: Option<Box<Interface>>,
}

impl Call {
    /// The called directory within the repository: for a local source of a module at `from`, or as installed.
    #[must_use]
    pub fn target(&self, from: &str) -> Option<String> {
        let source = self.source.as_deref()?;
        if source.starts_with("./") || source.starts_with("../") || source == "." || source == ".." {
            return join(from, source);
        }
        self.installed.clone()
    }
}

/// The path `relative` from the directory `from`, both with `/`; nothing where it leaves the repository.
fn join(from: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// What `.terraform/modules/modules.json` says: where `terraform init` put each called module.
#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "Modules", default)]
    modules: Vec<Installed>,
}

#[derive(Deserialize)]
struct Installed {
    /// Names of calls joined by dots; empty for the root itself.
    #[serde(rename = "Key")]
    key: String,
    /// Relative to the root module.
    #[serde(rename = "Dir")]
    directory: String,
}

/// One module, small enough to keep for every directory of a repository.
#[derive(Clone, Debug)]
pub struct ModuleSummary {
    /// Its directory as shown.
    pub path: String,
    /// Its directory within the repository; empty for the root.
    pub key: String,
    /// Header of its first block; nothing when it declares nothing.
    pub first_block: Option<Location>,
    /// Whether it has a `backend` or `cloud` block.
    pub has_backend: bool,
    /// Whether it configures a provider.
    pub has_provider: bool,
    /// Whether values for its variables lie beside it.
    pub has_values: bool,
    /// Its calls of other modules, and those of its test runs.
    pub calls: Vec<Call>,
    /// What evaluating it may find.
    pub contracts: Contracts,
    /// Whether something in it may differ with every run: it calls a function that does, or fills in a template, which
    /// may call one.
    pub may_be_unstable: bool,
    /// The types of its resources and data sources, each once.
    pub resource_kinds: Vec<Box<str>>,
    /// Its test files by their path within the module.
    pub tests: Vec<String>,
    /// The runs of its regression file.
    pub regression: Vec<RegressionRun>,
    /// What it shows to callers; nothing where that is not certain.
    pub interface: Option<Box<Interface>>,
    /// Its declarations that nothing refers to.
    pub unused: Vec<Unused>,
    /// Configuration files that other directories read too, through symlinks.
    pub shared_files: Vec<FileId>,
    /// Whether every configuration file is linked to from elsewhere.
    pub is_linked_store: bool,
    /// False where a file could not be read or did not parse.
    pub is_complete: bool,
    /// What it is; known when all modules are.
    pub kind: ModuleKind,
}

impl ModuleSummary {
    /// Summarises `module`, which lies at `key` within the repository.
    #[must_use]
    pub fn of(module: &Module<'_>, key: &str) -> Self {
        let settings = || module.settings.iter().flat_map(|settings| settings.block.body().blocks());
        Self {
            path: module.path.to_owned(),
            key: key.to_owned(),
            first_block: module.first_block(),
            has_backend: settings().any(|block| matches!(block.kind(), "backend" | "cloud")),
            has_provider: module.providers.iter().any(|provider| provider.block.body().items().next().is_some()),
            has_values: false,
            calls: calls_of(module),
            contracts: contracts(module),
            may_be_unstable: module.survey().calls_unstable || module.survey().calls_template,
            resource_kinds: resource_kinds(module),
            tests: Vec::new(),
            regression: Vec::new(),
            interface: Interface::of(module, true).map(Box::new),
            unused: unused_in(module),
            shared_files: Vec::new(),
            is_linked_store: false,
            is_complete: true,
            kind: ModuleKind::Child,
        }
    }

    /// Binds calls to where `terraform init` put the modules; `manifest` is `.terraform/modules/modules.json`. A
    /// manifest that cannot be read binds nothing: it is Terraform's own file, and rewritten by the next init.
    pub fn bind_installed(&mut self, manifest: &[u8]) {
        let Ok(manifest) = serde_json::from_slice::<Manifest>(manifest) else { return };
        for call in &mut self.calls {
            let found = manifest.modules.iter().find(|installed| !call.name.is_empty() && installed.key == call.name);
            call.installed = found.and_then(|installed| join(&self.key, &installed.directory));
        }
    }
}

fn contracts(module: &Module<'_>) -> Contracts {
    let blocks = || module.configuration().flat_map(|source| source.document().root().blocks());
    let has_validations =
        || blocks().any(|block| block.kind() == "variable" && block.body().blocks_of("validation").next().is_some());
    if blocks().any(has_conditions)
        || module.survey().calls_unstable
        || module.has_typed_values()
        || module.may_have_cycles_through_calls()
    {
        return Contracts::Any;
    }
    if !has_validations() {
        return Contracts::Nothing;
    }
    // Where something is evaluated at all, these are looked at too.
    let has_more = !module.calls.is_empty()
        || module.resources.iter().any(|resource| resource.mode == ResourceMode::Ephemeral)
        || module.survey().calls_template;
    if has_more { Contracts::Any } else { Contracts::Validations }
}

/// Whether a block of a file has conditions beside validations of a variable.
fn has_conditions(block: BlockView<'_>) -> bool {
    match block.kind() {
        "check" => true,
        "output" => block.body().blocks().any(|inner| inner.kind() == "precondition"),
        "resource" | "data" => {
            let mut inner = block.body().blocks_of("lifecycle").flat_map(|lifecycle| lifecycle.body().blocks());
            inner.any(|inner| matches!(inner.kind(), "precondition" | "postcondition"))
        }
        _ => false,
    }
}

fn resource_kinds(module: &Module<'_>) -> Vec<Box<str>> {
    let mut kinds: Vec<&str> = module.resources.iter().map(|resource| &*resource.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.into_iter().map(Box::from).collect()
}

fn calls_of(module: &Module<'_>) -> Vec<Call> {
    let mut calls: Vec<Call> = module
        .calls
        .iter()
        .zip(passed(module))
        .map(|(call, passed)| Call {
            name: call.name().into_owned(),
            source: call.value("source").and_then(ExprView::as_string).map(Cow::into_owned),
            installed: None,
            location: call.location(call.block.header_span()),
            passed,
            interface: None,
        })
        .collect();
    for test in &module.tests {
        for block in test.runs().flat_map(|run| run.block.body().blocks()).filter(|block| block.kind() == "module") {
            let source = block.body().value("source").and_then(ExprView::as_string).map(Cow::into_owned);
            calls.push(Call {
                name: String::new(),
                source,
                installed: None,
                location: test.location(block.header_span()),
                passed: None,
                interface: None,
            });
        }
    }
    calls
}

/// Decides what each module is, now that all of them and their calls are known.
pub fn classify_modules(modules: &mut [ModuleSummary]) {
    let mut called: HashSet<String> = HashSet::new();
    for module in modules.iter().filter(|module| !is_fixture(&module.key)) {
        let targets = module.calls.iter().filter(|call| !call.name.is_empty());
        called.extend(targets.filter_map(|call| call.target(&module.key)).filter(|target| *target != module.key));
    }
    for module in modules {
        let runs_here = module.has_backend || module.has_provider || module.has_values;
        module.kind = if is_fixture(&module.key) {
            ModuleKind::Fixture
        } else if module.is_linked_store {
            ModuleKind::Shared
        } else if runs_here && !called.contains(&module.key) {
            ModuleKind::Root
        } else {
            ModuleKind::Child
        };
    }
}

/// Whether a path within the repository lies below `tests`, `test`, `examples` or `fixtures`.
#[must_use]
pub fn is_fixture(key: &str) -> bool {
    key.split('/').any(|part| matches!(part, "tests" | "test" | "examples" | "fixtures"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn call(source: &str) -> Call {
        let location = Location::new(FileId(0), Span::at(0));
        Call { name: "x".into(), source: Some(source.into()), installed: None, location, passed: None, interface: None }
    }

    #[test]
    fn local_sources_resolve_inside_the_repository() {
        assert_eq!(call("../../modules/vm").target("environments/prod").as_deref(), Some("modules/vm"));
        assert_eq!(call("./").target("a").as_deref(), Some("a"));
        assert_eq!(call("../../../x").target("a").as_deref(), None);
        assert_eq!(call("hashicorp/consul/aws").target("a").as_deref(), None);
    }

    fn module(key: &str, calls: &[&str], runs_here: bool) -> ModuleSummary {
        ModuleSummary {
            path: key.into(),
            key: key.into(),
            first_block: None,
            has_backend: runs_here,
            has_provider: false,
            has_values: false,
            calls: calls.iter().map(|source| call(source)).collect(),
            contracts: Contracts::Nothing,
            may_be_unstable: false,
            resource_kinds: Vec::new(),
            tests: Vec::new(),
            regression: Vec::new(),
            interface: None,
            unused: Vec::new(),
            shared_files: Vec::new(),
            is_linked_store: false,
            is_complete: true,
            kind: ModuleKind::Child,
        }
    }

    #[test]
    fn installed_modules_bind_by_the_name_of_their_call() {
        let mut root = module("live", &["example/vm/proxmox"], true);
        root.bind_installed(
            br#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"x","Source":"example/vm/proxmox","Dir":"../vendor/vm"}]}"#,
        );
        assert_eq!(root.calls[0].target("live").as_deref(), Some("vendor/vm"));
        root.bind_installed(b"not json");
        assert_eq!(root.calls[0].target("live").as_deref(), Some("vendor/vm"));
    }

    #[test]
    fn roots_are_where_terraform_runs_and_nobody_calls() {
        let mut modules = vec![
            module("environments/prod", &["../../modules/vm"], true),
            module("modules/vm", &[], true),
            module("modules/vm/tests/setup", &[], true),
            module("modules/self", &["./"], true),
            module("modules/plain", &[], false),
        ];
        classify_modules(&mut modules);
        let kinds: Vec<ModuleKind> = modules.iter().map(|module| module.kind).collect();
        use ModuleKind::{Child, Fixture, Root};
        assert_eq!(kinds, [Root, Child, Fixture, Root, Child]);
    }
}
