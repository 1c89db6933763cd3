//! See `lints/terraform/reference-cycle/README.md`.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Location;
use crate::linter::{Check, Reporter};
use crate::terraform::{Module, Reference, visit_expressions, visit_references};

pub(crate) const CHECK: Check = Check::Module(check);

/// A thing that refers to others: where it is declared, and what it refers to, with the place of the first time.
struct Node {
    declared: Location,
    references: BTreeMap<String, Location>,
}

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    if !module.is_certain() || !module.may_have_cycles() {
        return;
    }
    let nodes = nodes(module);
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in nodes.keys() {
        let Some(cycle) = cycle_from(&nodes, start, &mut done) else { continue };
        report(&nodes, &cycle, out);
    }
}

fn report(nodes: &BTreeMap<String, Node>, cycle: &[&str], out: &mut Reporter<'_>) {
    let Some(first) = cycle.first().and_then(|name| nodes.get(*name)) else { return };
    let chain: Vec<String> = cycle.iter().chain(cycle.first()).map(|name| format!("`{name}`")).collect();
    let message = match cycle {
        [one] => format!("`{one}` refers to itself"),
        _ => format!("these refer to each other: {}", chain.join(" → ")),
    };
    let mut finding = out.finding(first.declared, message).subject(cycle.join(" "));
    for (index, name) in cycle.iter().enumerate() {
        let next = cycle.get(index + 1).or_else(|| cycle.first());
        let place = next.and_then(|next| nodes.get(*name)?.references.get(*next));
        if let (Some(place), Some(next)) = (place, next) {
            finding = finding.label(*place, format!("needs `{next}`"));
        }
    }
    out.report(finding.help("Terraform has to know one of them first: take one of the references out"));
}

/// The first cycle that can be reached from `start` through nodes that are not `done`.
fn cycle_from<'n>(
    nodes: &'n BTreeMap<String, Node>,
    start: &'n str,
    done: &mut BTreeSet<&'n str>,
) -> Option<Vec<&'n str>> {
    if done.contains(start) {
        return None;
    }
    let mut path: Vec<(&str, Vec<&'n str>)> = vec![(start, next_of(nodes, start))];
    while let Some((name, rest)) = path.last_mut() {
        let Some(next) = rest.pop() else {
            done.insert(name);
            path.pop();
            continue;
        };
        if let Some(at) = path.iter().position(|(name, _)| *name == next) {
            let mut cycle: Vec<&str> = path[at..].iter().map(|(name, _)| *name).collect();
            done.extend(path.iter().map(|(name, _)| *name));
            // It begins with the name that sorts first, so that it is the same wherever it is found.
            let least = cycle.iter().enumerate().min_by_key(|(_, name)| **name).map_or(0, |(index, _)| index);
            cycle.rotate_left(least);
            return Some(cycle);
        }
        if !done.contains(next) {
            path.push((next, next_of(nodes, next)));
        }
    }
    None
}

fn next_of<'n>(nodes: &'n BTreeMap<String, Node>, name: &str) -> Vec<&'n str> {
    let references = nodes.get(name).map(|node| node.references.keys());
    // The last is taken first.
    references
        .into_iter()
        .flatten()
        .rev()
        .filter_map(|next| nodes.get_key_value(next))
        .map(|(name, _)| &**name)
        .collect()
}

/// Local values, resources and variables with what they refer to. Calls are left out: through a module only what belongs
/// together makes a cycle.
fn nodes(module: &Module<'_>) -> BTreeMap<String, Node> {
    let mut nodes: BTreeMap<String, Node> = BTreeMap::new();
    for (source, local) in &module.locals {
        let declared = source.location(local.name_span());
        nodes.insert(format!("local.{}", local.name()), Node { declared, references: BTreeMap::new() });
    }
    for resource in &module.resources {
        let declared = resource.declaration.location(resource.declaration.block.header_span());
        nodes.insert(resource.address(), Node { declared, references: BTreeMap::new() });
    }
    visit_expressions(module, &mut |site, expr, names| {
        // A resource may look at itself once it is there.
        if site.has_self {
            return;
        }
        let owner = match site.block.kind() {
            "locals" => site
                .block
                .body()
                .attributes()
                .find(|one| one.value().id() == expr.id())
                .map(|one| format!("local.{}", one.name())),
            kind @ ("resource" | "data" | "ephemeral") => {
                let labels = (site.block.label(0), site.block.label(1));
                let prefix = if kind == "resource" { String::new() } else { format!("{kind}.") };
                labels.0.zip(labels.1).map(|(kind, name)| format!("{prefix}{kind}.{name}"))
            }
            _ => None,
        };
        let Some(owner) = owner.filter(|owner| nodes.contains_key(owner)) else { return };
        visit_references(expr, names, &mut |reference| {
            let Some(target) = target(&reference) else { return };
            // Terraform takes no notice of a resource that waits for itself.
            if site.is_dependency && target == owner {
                return;
            }
            let place = site.source.location(reference.expr.span());
            if let Some(node) = nodes.get_mut(&owner) {
                node.references.entry(target).or_insert(place);
            }
        });
    });
    nodes
}

fn target(reference: &Reference<'_>) -> Option<String> {
    let first = reference.name(0)?;
    Some(match reference.root {
        "local" => format!("local.{first}"),
        root @ ("data" | "ephemeral") => format!("{root}.{first}.{}", reference.name(1)?),
        "resource" => format!("{first}.{}", reference.name(1)?),
        "var" | "module" | "each" | "count" | "self" | "path" | "terraform" => return None,
        root => format!("{root}.{first}"),
    })
}
