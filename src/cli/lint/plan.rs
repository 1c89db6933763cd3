//! `--plan FILE`: the same invariants on the real values of a plan.

use std::collections::BTreeMap;
use std::path::Path;

use super::load;
use super::passes::Run;
use crate::diagnostic::{Diagnostic, FileId, Location};
use crate::eval::module::{Node, Program};
use crate::eval::{NoSources, ShortCircuit};
use crate::invariant::{Contexts, Judge, PlannedResource};
use crate::linter::Evaluated;
use crate::source::Span;
use crate::terraform::{Module, ResourceMode};

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
    PlannedResource::all(&json).ok_or_else(|| format!("{shown}: no plan: it has no `planned_values`; {remedy}"))
}

/// Judges the invariants of the configuration that governs the requested paths. `file` stands for the plan.
pub(super) fn judge(run: &Run<'_>, resources: &[PlannedResource], file: FileId) -> Evaluated {
    let config = run.inventory.roots.first().map_or(0, |root| run.settings.governing(root));
    let invariants = super::evaluate::invariants_of(run, config);
    let places = places(run);
    let module = Module::new("", &[]);
    let nodes = [Node {
        module: &module,
        path: "",
        sources: &NoSources,
        calls: std::collections::HashMap::new(),
        short_circuit: ShortCircuit::Yes,
        is_root: false,
    }];
    let schemas = &run.settings.get(config).schemas;
    let contexts = Contexts::new(&Program::new(&nodes), &BTreeMap::new());
    let judge = Judge::new(&contexts);
    let mut found = Evaluated::default();
    for resource in resources {
        let ty = schemas
            .only_provider_of(resource.mode, &resource.kind)
            .and_then(|provider| provider.block(resource.mode, &resource.kind))
            .map(crate::eval::module::block_type);
        let location =
            match places.get(&(resource.mode == ResourceMode::Data, resource.kind.clone(), resource.name.clone())) {
                Some(only) if only.len() == 1 => only[0],
                _ => Location::new(file, Span::at(0)),
            };
        for invariant in &invariants {
            for judgement in judge.judge_planned(invariant, resource, ty, location) {
                found.take(config, invariant, judgement);
            }
        }
    }
    found
}

/// Where resources are declared, by mode, type and name.
fn places(run: &Run<'_>) -> BTreeMap<(bool, String, String), Vec<Location>> {
    let mut places: BTreeMap<(bool, String, String), Vec<Location>> = BTreeMap::new();
    for directory in &run.inventory.directories {
        let sources = load::load(directory, run.files).sources;
        for resource in &Module::new(&directory.display, &sources).resources {
            let key = (resource.mode == ResourceMode::Data, resource.kind.to_string(), resource.name.to_string());
            let place = resource.declaration.location(resource.declaration.block.header_span());
            places.entry(key).or_default().push(place);
        }
    }
    places
}

/// Names the resource of the plan in a message: many may be declared in one place.
pub(super) fn named(mut diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.message = format!("{} (planned for `{}`)", diagnostic.message, diagnostic.subject);
    diagnostic
}
