//! Lints that evaluate. Modules that an invariant is about are read once more, together with those that call them and
//! those that they call, one connected group at a time, and dropped again.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::first_pass::FirstPass;
use super::passes::Run;
use super::{invariants, load};
use crate::cli::files::read_limited;
use crate::config::{Config, InvariantKind, LintDefault};
use crate::discover::{self, Directory};
use crate::eval::module::Node;
use crate::eval::{ShortCircuit, Sources, Unreadable};
use crate::invariant::{Bundled, Invariant, RootValue};
use crate::linter::{Check, Evaluated, Evaluation, Policy};
use crate::lints::LINTS;
use crate::terraform::{Contracts, Locks, Module, ModuleKind, ModuleSummary, Source, loaded_values};

/// Levels of expressions need room: a thread's usual stack is too small for the deepest that are followed.
pub(super) const STACK: usize = 64 << 20;

/// Judges the invariants of every configuration in the modules that it governs. `targets` are the modules that files of
/// values are for.
pub(super) fn run(
    run: &Run<'_>,
    first: &FirstPass,
    directories: &HashMap<&str, &Directory>,
    targets: &[Vec<usize>],
) -> Evaluated {
    let modules = first.modules.as_slice();
    let count = run.settings.all().len();
    let governs = |index: usize| modules.iter().any(|(config, _)| *config == index);
    let invariants_of = |index: usize| if governs(index) { invariants_of(run, index) } else { Vec::new() };
    let invariants: Vec<Vec<Invariant>> = (0..count).map(invariants_of).collect();
    let groups = groups(run, modules, &invariants, targets);
    if groups.is_empty() {
        return Evaluated::default();
    }
    let judge = |group: &Vec<usize>| judge_group(run, first, &invariants, (directories, targets), group);
    let all: Vec<Evaluated> = groups.par_iter().with_max_len(1).map(judge).collect();
    let mut found = Evaluated::default();
    for evaluated in all {
        found.extend(evaluated);
    }
    found
}

/// The invariants that count under one configuration.
pub(super) fn invariants_of(run: &Run<'_>, index: usize) -> Vec<Invariant> {
    let governed = run.settings.get(index);
    let config = &governed.policy.config;
    let guards = invariants::guarding(run, governed);
    let mut all: Vec<Invariant> = Vec::new();
    for lint in LINTS {
        if let Check::Invariant(text) = lint.check
            && (run.engine.may_count(lint, &governed.policy)
                || guards.as_ref().is_some_and(|guards| run.engine.may_count(lint, guards)))
        {
            all.extend(Invariant::bundled(Bundled { id: lint.id, text }, lint.severity));
        }
    }
    all.extend(invariants::valid(run, index));
    all.retain(|invariant| {
        let is_bundled = LINTS.iter().any(|lint| lint.id == invariant.id.as_str());
        let counts =
            |policy: &Policy| policy.levels.level(&invariant.id, LintDefault::On, "", invariant.severity).is_some();
        is_bundled || !config.overrides.is_empty() || counts(&governed.policy) || guards.as_ref().is_some_and(counts)
    });
    for invariant in &mut all {
        set_inputs(config, invariant);
    }
    all
}

fn set_inputs(config: &Config, invariant: &mut Invariant) {
    let names: Vec<Arc<str>> = invariant.inputs.keys().cloned().collect();
    let id = invariant.id.clone();
    for name in names {
        if let Some(literal) = config.lint.input(id.as_str(), &name) {
            invariant.set_input(&name, literal);
        }
    }
}

/// The modules that something is judged in, with all that they are connected to through calls.
fn groups(
    run: &Run<'_>,
    modules: &[(usize, ModuleSummary)],
    invariants: &[Vec<Invariant>],
    targets: &[Vec<usize>],
) -> Vec<Vec<usize>> {
    let by_key: HashMap<&str, usize> =
        modules.iter().enumerate().map(|(at, (_, module))| (module.key.as_str(), at)).collect();
    let checks_contracts: Vec<bool> =
        run.settings.all().iter().map(|governed| checks_contracts(run, &governed.policy)).collect();
    let is_bound: Vec<bool> = modules
        .iter()
        .enumerate()
        .map(|(at, (config, module))| {
            let is_set = targets.iter().any(|targets| targets.contains(&at));
            let may_be_refused = match module.contracts {
                Contracts::Nothing => false,
                Contracts::Admitted => is_root(module),
                Contracts::Validations | Contracts::Any => true,
            };
            checks_contracts[*config] && may_be_refused
                || is_set
                || invariants[*config].iter().any(|one| may_bind(one, module))
        })
        .collect();
    // Callers may pass what a validation refuses.
    let takes_values = |at: usize| {
        let (config, module) = &modules[at];
        checks_contracts[*config] && module.contracts == Contracts::Admitted
    };
    if !is_bound.contains(&true) && !(0..modules.len()).any(takes_values) {
        return Vec::new();
    }
    let mut parents: Vec<usize> = (0..modules.len()).collect();
    for (at, (_, module)) in modules.iter().enumerate() {
        for call in module.calls.iter().filter(|call| !call.name.is_empty()) {
            let Some(target) = call.target(&module.key).and_then(|key| by_key.get(key.as_str()).copied()) else {
                continue;
            };
            let (one, other) = (find(&mut parents, at), find(&mut parents, target));
            parents[one.max(other)] = one.min(other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..modules.len() {
        groups.entry(find(&mut parents, at)).or_default().push(at);
    }
    let is_judged = |group: &Vec<usize>| {
        group.iter().any(|at| is_bound[*at]) || group.len() > 1 && group.iter().any(|at| takes_values(*at))
    };
    groups.into_values().filter(is_judged).collect()
}

/// Whether Terraform is run in `module`, as far as its evaluation goes.
const fn is_root(module: &ModuleSummary) -> bool {
    matches!(module.kind, ModuleKind::Root | ModuleKind::Fixture)
}

/// Whether it is worth while to look at the validations of a module as soon as it was read: if each of them admits
/// something, it need not be read again unless it is called with values.
pub(super) fn has_only_validations(run: &Run<'_>, (config, module): (usize, &ModuleSummary)) -> bool {
    run.evaluates
        && module.contracts == Contracts::Validations
        && checks_contracts(run, &run.settings.get(config).policy)
}

/// A module that calls no other and is not where Terraform is run.
pub(super) fn alone<'a>(module: &'a Module<'a>, path: &'a str, files: &'a ModuleFiles, config: &Config) -> Node<'a> {
    Node {
        module,
        path,
        sources: files,
        calls: HashMap::new(),
        short_circuit: short_circuit(module, config),
        is_root: false,
    }
}

/// Lints that the evaluation reports beside invariants.
const CONTRACTS: &[&str] = &[
    "terraform/argument-type",
    "terraform/contradictory-validation",
    "terraform/failed-condition",
    "terraform/perpetual-diff",
    "terraform/reference-cycle",
    "terraform/violated-validation",
];

/// Whether one of them may be on.
fn checks_contracts(run: &Run<'_>, policy: &Policy) -> bool {
    let mut lints = CONTRACTS.iter().filter_map(|id| crate::lints::find(id));
    lints.any(|lint| run.engine.may_count(lint, policy))
}

/// The first module of the group that `at` is in.
fn find(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

/// Whether `invariant` is about something in `module`.
pub(super) fn may_bind(invariant: &Invariant, module: &ModuleSummary) -> bool {
    match invariant.kind {
        InvariantKind::Resource | InvariantKind::Data => module.resource_kinds.iter().any(|kind| invariant.binds(kind)),
        InvariantKind::Module => invariant.binds(path_of(module)),
        InvariantKind::Call => module.calls.iter().filter(|call| !call.name.is_empty()).any(|call| {
            let target = call.target(&module.key);
            let target = target.as_deref().map(|key| if key.is_empty() { "." } else { key });
            invariant.binds(call.source.as_deref().unwrap_or_default())
                || target.is_some_and(|path| invariant.binds(path))
        }),
    }
}

fn path_of(module: &ModuleSummary) -> &str {
    if module.key.is_empty() { "." } else { &module.key }
}

/// Files that the expressions of one module read.
pub(super) struct ModuleFiles {
    pub(super) directory: PathBuf,
    pub(super) is_root: bool,
}

impl ModuleFiles {
    fn read_at(&self, path: &str) -> Result<Arc<[u8]>, Unreadable> {
        let path = self.directory.join(path);
        // A pipe or a device would never end.
        if !path.is_file() {
            return Err(if path.exists() { Unreadable::Unknown } else { Unreadable::Missing });
        }
        read_limited(&path).map(Arc::from).map_err(|_| Unreadable::Unknown)
    }
}

impl Sources for ModuleFiles {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, Unreadable> {
        // Terraform is run in the root's directory; where others are run from is not known.
        if self.is_root { self.read_at(path) } else { Err(Unreadable::Unknown) }
    }

    fn read_in_module(&self, path: &str) -> Result<Arc<[u8]>, Unreadable> {
        self.read_at(path)
    }
}

fn judge_group(
    run: &Run<'_>,
    first: &FirstPass,
    invariants: &[Vec<Invariant>],
    (directories, targets): (&HashMap<&str, &Directory>, &[Vec<usize>]),
    group: &[usize],
) -> Evaluated {
    let modules = first.modules.as_slice();
    let found: Vec<(usize, &Directory)> =
        group.iter().filter_map(|at| Some((*at, *directories.get(modules[*at].1.key.as_str())?))).collect();
    let kept = |at: usize| first.sources.get(&modules[at].1.key);
    let read = |(at, directory): &(usize, &Directory)| match kept(*at) {
        Some(_) => Vec::new(),
        None => load::without_tests(directory, run.files).sources,
    };
    let read: Vec<Vec<Source>> = found.iter().map(read).collect();
    let loaded: Vec<Module<'_>> = found
        .iter()
        .zip(&read)
        .map(|((at, directory), read)| {
            let sources = kept(*at).unwrap_or(read);
            let (config, summary) = &modules[*at];
            let mut module = Module::new(&directory.display, sources);
            module.is_complete &= summary.is_complete;
            module.schemas = &run.settings.get(*config).schemas;
            if directory.is_locked
                && let Ok(text) = read_limited(&directory.path.join(discover::LOCK_FILE))
            {
                module.locks = Locks::parse(&text);
            }
            module
        })
        .collect();
    let is_root = |at: usize| is_root(&modules[at].1);
    let files: Vec<ModuleFiles> = found
        .iter()
        .map(|(at, directory)| ModuleFiles { directory: directory.path.clone(), is_root: is_root(*at) })
        .collect();
    let places: HashMap<&str, usize> =
        found.iter().enumerate().map(|(node, (at, _))| (modules[*at].1.key.as_str(), node)).collect();
    let nodes: Vec<Node<'_>> = found
        .iter()
        .enumerate()
        .map(|(node, (at, _))| {
            let summary = &modules[*at].1;
            let targets = summary.calls.iter().filter(|call| !call.name.is_empty()).filter_map(|call| {
                let key = call.target(&summary.key)?;
                Some((call.name.clone(), *places.get(key.as_str())?))
            });
            Node {
                module: &loaded[node],
                path: path_of(summary),
                sources: &files[node],
                calls: targets.collect(),
                short_circuit: short_circuit(&loaded[node], &run.settings.get(modules[*at].0).policy.config),
                is_root: is_root(*at),
            }
        })
        .collect();
    let mut values: BTreeMap<usize, Vec<RootValue>> = BTreeMap::new();
    for (node, (at, _)) in found.iter().enumerate().filter(|(_, (at, _))| is_root(*at)) {
        let mut own = values_of(&loaded[node]);
        for (named, _) in run.known.values.iter().zip(targets).filter(|(_, targets)| targets.contains(at)) {
            own.retain(|(name, _, _)| !named.values.iter().any(|(set, _, _)| set == name));
            own.extend(named.values.iter().cloned());
        }
        values.insert(node, own);
    }
    let evaluation = Evaluation {
        nodes: &nodes,
        invariants: &|node| invariants[modules[found[node].0].0].as_slice(),
        values: &values,
        may_be_unstable: &|node| modules[found[node].0].1.may_be_unstable,
        has_contracts: group.iter().any(|at| checks_contracts(run, &run.settings.get(modules[*at].0).policy)),
    };
    let mut evaluated = evaluation.run();
    // By configuration from here on.
    for (node, _) in &mut evaluated.diagnostics {
        *node = modules[found[*node].0].0;
    }
    for (node, _) in &mut evaluated.undecided {
        *node = modules[found[*node].0].0;
    }
    // These by their place among all modules.
    for (node, _) in &mut evaluated.guards {
        *node = found[*node].0;
    }
    evaluated
}

/// The values that Terraform loads by itself.
fn values_of(module: &Module<'_>) -> Vec<RootValue> {
    let mut values: Vec<RootValue> = Vec::new();
    for source in loaded_values(module).into_iter().filter(|source| !source.is_broken()) {
        for attribute in source.document().root().attributes() {
            let Ok(value) = crate::eval::constant(attribute.value()) else { continue };
            values.retain(|(name, _, _)| **name != *attribute.name());
            values.push((attribute.name().into(), value, source.location(attribute.value().span())));
        }
    }
    values
}

/// How the module's Terraform evaluates `&&` and `||`.
fn short_circuit(module: &Module<'_>, config: &Config) -> ShortCircuit {
    let numbers = |text: &str| -> Option<(u64, u64)> {
        let mut parts = text.trim().trim_start_matches('v').split('.');
        Some((parts.next()?.trim().parse().ok()?, parts.next().and_then(|part| part.trim().parse().ok()).unwrap_or(0)))
    };
    if let Some(version) = config.terraform_version.as_ref().and_then(|version| numbers(&version.value.0)) {
        return if version >= (1, 12) { ShortCircuit::Yes } else { ShortCircuit::No };
    }
    let required = module.settings.iter().filter_map(|settings| settings.value("required_version"));
    let required: Vec<String> =
        required.filter_map(|value| value.as_string().map(std::borrow::Cow::into_owned)).collect();
    let least = required.iter().flat_map(|text| text.split(',')).filter_map(|clause| {
        let clause = clause.trim();
        let version =
            clause.strip_prefix(">=").or_else(|| clause.strip_prefix("~>")).or_else(|| clause.strip_prefix('>'))?;
        numbers(version)
    });
    if least.max().is_some_and(|least| least >= (1, 12)) { ShortCircuit::Yes } else { ShortCircuit::Unknown }
}
