//! `--plan FILE`: the same invariants on the real values of a plan.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::load;
use super::passes::Run;
use crate::diagnostic::{Diagnostic, FileId, LintId, Location};
use crate::eval::module::{Node, Program};
use crate::eval::{NoSources, ShortCircuit};
use crate::invariant::{Contexts, Judge, PlannedResource, Verdict};
use crate::linter::{Evaluated, Undecided};
use crate::source::Span;
use crate::terraform::{Module, ModuleSummary, ResourceMode};

/// Largest plan that is read, in bytes.
const MAX_PLAN: u64 = 512 << 20;

/// Reads what `terraform show -json` printed.
pub(super) fn read(path: &Path) -> Result<Vec<PlannedResource>, String> {
    let shown = path.display();
    let remedy = "write one by `terraform plan -out=tfplan && terraform show -json tfplan > FILE`";
    let size = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("{shown}: no such file or directory; {remedy}"),
        _ => format!("{shown}: {error}"),
    })?;
    if size.len() > MAX_PLAN {
        return Err(format!("{shown}: larger than {} MiB", MAX_PLAN >> 20));
    }
    let text = std::fs::read(path).map_err(|error| format!("{shown}: {error}"))?;
    let json: serde_json::Value = serde_json::from_slice(&text).map_err(|error| {
        let is_binary = text.starts_with(b"PK");
        let what =
            if is_binary { "a plan file itself and not its JSON form".to_owned() } else { format!("no JSON: {error}") };
        format!("{shown}: this is {what}; {remedy}")
    })?;
    PlannedResource::all(&json).map_err(|what| format!("{shown}: this is {what}; {remedy}"))
}

/// What a plan says of invariants.
pub(super) struct Judged {
    pub(super) found: Evaluated,
    /// Invariants and the resources for which the plan decides them.
    settled: BTreeSet<(LintId, Block)>,
}

impl Judged {
    /// Whether the plan decides what the code alone could not.
    pub(super) fn settles(&self, undecided: &Undecided) -> bool {
        self.settled.iter().any(|(lint, block)| *lint == undecided.lint && block.holds(undecided.location))
    }
}

/// The block of a resource.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Block {
    file: FileId,
    start: u32,
    end: u32,
    header_end: u32,
}

impl Block {
    const fn header(self) -> Location {
        Location::new(self.file, Span::new(self.start, self.header_end))
    }

    fn holds(self, place: Location) -> bool {
        self.file == place.file && Span::new(self.start, self.end).covers(place.span)
    }
}

/// Judges the invariants of the configuration that governs the module of the plan. `file` stands for the plan.
pub(super) fn judge(
    run: &Run<'_>,
    modules: &[(usize, ModuleSummary)],
    resources: &[PlannedResource],
    file: FileId,
) -> Judged {
    let (root, places) = places(run, modules, resources);
    let config = match root {
        Some(root) => modules[root].0,
        None => run.inventory.roots.first().map_or(0, |root| run.settings.governing(root)),
    };
    let invariants = super::evaluate::invariants_of(run, config);
    let module = Module::new("", &[]);
    let nodes = [Node {
        module: &module,
        path: "",
        sources: &NoSources,
        calls: HashMap::new(),
        short_circuit: ShortCircuit::Yes,
        is_root: false,
    }];
    let schemas = &run.settings.get(config).schemas;
    let contexts = Contexts::new(&Program::new(&nodes), &BTreeMap::new());
    let judge = Judge::new(&contexts);
    let mut judged = Judged { found: Evaluated::default(), settled: BTreeSet::new() };
    let mut open = BTreeSet::new();
    let mut violated: HashMap<(LintId, Location, String), usize> = HashMap::new();
    for (resource, place) in resources.iter().zip(places) {
        let ty = schemas
            .only_provider_of(resource.mode, &resource.kind)
            .and_then(|provider| provider.block(resource.mode, &resource.kind))
            .map(crate::eval::module::block_type);
        let location = place.map_or_else(|| Location::new(file, Span::at(0)), Block::header);
        for invariant in &invariants {
            for judgement in judge.judge_planned(invariant, resource, ty, location) {
                let is_open = matches!(judgement.verdict, Verdict::Undecided(_));
                let decided = if is_open { &mut open } else { &mut judged.settled };
                decided.extend(place.map(|place| (invariant.id.clone(), place)));
                if let Verdict::Violated(fault) = &judgement.verdict {
                    *violated.entry((invariant.id.clone(), fault.location, fault.message.clone())).or_default() += 1;
                }
                judged.found.take(config, invariant, judgement);
            }
        }
    }
    judged.settled.retain(|settled| !open.contains(settled));
    for (_, diagnostic) in &mut judged.found.diagnostics {
        let key = (diagnostic.lint.clone(), diagnostic.location, diagnostic.message.clone());
        *diagnostic = named(diagnostic.clone(), violated.get(&key).copied().unwrap_or(1));
    }
    judged
}

/// The module that the plan is of, by its place in `modules`, and where each of its resources is declared: the module in
/// which, and in those that it calls, most of them are. Where several are as good, what they do not agree on is left out.
fn places(
    run: &Run<'_>,
    modules: &[(usize, ModuleSummary)],
    resources: &[PlannedResource],
) -> (Option<usize>, Vec<Option<Block>>) {
    let wanted: BTreeSet<(&str, &str)> =
        resources.iter().map(|resource| (resource.kind.as_str(), resource.name.as_str())).collect();
    let mut declared: HashMap<(&str, bool, String, String), Block> = HashMap::new();
    for directory in &run.inventory.directories {
        let sources = load::without_tests(directory, run.files).sources;
        for resource in &Module::new(&directory.display, &sources).resources {
            if !wanted.contains(&(&*resource.kind, &*resource.name)) {
                continue;
            }
            let block = resource.declaration.location(resource.declaration.block.span());
            let header = resource.declaration.location(resource.declaration.block.header_span());
            let key = (&*directory.key, is_data(resource.mode), resource.kind.to_string(), resource.name.to_string());
            let (start, end, header_end) = (header.span.start, block.span.end, header.span.end);
            declared.insert(key, Block { file: block.file, start, end, header_end });
        }
    }
    let by_key: HashMap<&str, &ModuleSummary> = modules.iter().map(|(_, one)| (one.key.as_str(), one)).collect();
    let place = |root: &ModuleSummary, resource: &PlannedResource| {
        let mut key = root.key.clone();
        for name in &resource.calls {
            let module = by_key.get(key.as_str())?;
            key = module.calls.iter().find(|call| call.name == *name)?.target(&key)?;
        }
        let named = (key.as_str(), is_data(resource.mode), resource.kind.clone(), resource.name.clone());
        declared.get(&named).copied()
    };
    let of_roots = modules.iter().enumerate().map(|(at, (_, root))| {
        let places: Vec<Option<Block>> = resources.iter().map(|resource| place(root, resource)).collect();
        (at, places.iter().flatten().count(), places)
    });
    let all: Vec<_> = of_roots.collect();
    let most = all.iter().map(|(_, count, _)| *count).max().unwrap_or(0);
    let mut best = all.into_iter().filter(|(_, count, _)| *count == most && most > 0);
    let Some((root, _, mut places)) = best.next() else { return (None, vec![None; resources.len()]) };
    let mut root = Some(root);
    for (_, _, others) in best {
        root = None;
        for (place, other) in places.iter_mut().zip(others) {
            place.take_if(|place| Some(*place) != other);
        }
    }
    (root, places)
}

fn is_data(mode: ResourceMode) -> bool {
    mode == ResourceMode::Data
}

/// Names the resource of the plan in a message: many may be declared in one place. `all` are those that it is about.
fn named(mut diagnostic: Diagnostic, all: usize) -> Diagnostic {
    let more = if all > 1 { format!(" and {} more", all - 1) } else { String::new() };
    diagnostic.message = format!("{} (planned for `{}`{more})", diagnostic.message, diagnostic.subject);
    diagnostic
}
