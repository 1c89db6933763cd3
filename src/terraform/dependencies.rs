//! What has to be known before what: the graph that Terraform walks, of one module or of a module with those that it
//! calls. Names are addresses; `module.NAME` is how often a module is called, `module.NAME.*` all that is in it.

use std::collections::{BTreeMap, BTreeSet};

use super::providers::local_name;
use super::{Declaration, Module, Reference, Resource, Site, visit_expressions, visit_references};
use crate::diagnostic::Location;
use crate::syntax::hcl::{AttributeView, ExprKind, ExprView};

/// Most levels of calls, and most nodes, that are followed.
const MAX_LEVELS: usize = 16;
const MAX_NODES: usize = 20_000;

/// A thing that refers to others: where it is declared, and what it refers to, with the place of the first time where
/// that is written.
struct Node {
    declared: Location,
    references: BTreeMap<String, Option<Location>>,
}

/// The graph.
#[derive(Default)]
pub struct Dependencies {
    nodes: BTreeMap<String, Node>,
}

/// A circle: what is in it, where each is declared, and where it needs the next.
pub struct Cycle {
    /// The name that sorts first comes first.
    pub names: Vec<String>,
    /// Where the first is declared.
    pub declared: Location,
    /// Where each needs the next one, where that is written.
    pub places: Vec<Option<Location>>,
}

/// What is known of the modules that a module calls.
#[derive(Clone, Copy)]
enum Calls<'c, 'a> {
    /// Nothing: they need nothing and give nothing.
    Unknown,
    /// Nothing: all that they give may need all that they are given.
    Opaque,
    /// All modules, by number: each with its calls.
    Known(&'c dyn Callees<'a>, usize),
}

/// Modules by number, and where their calls lead.
pub trait Callees<'a> {
    /// The declarations of the module `node`.
    fn module(&self, node: usize) -> &'a Module<'a>;
    /// The module that the call `name` in the module `node` leads to; nothing where that is not at hand.
    fn callee(&self, node: usize, name: &str) -> Option<usize>;
}

/// Where a module stands among others.
struct Place<'c, 'm, 'a> {
    /// `module.a.module.b.`, or nothing.
    prefix: String,
    module: &'m Module<'a>,
    calls: Calls<'c, 'a>,
    /// The configuration of each provider that is passed on: the node of it, by local name.
    providers: BTreeMap<String, String>,
    level: usize,
}

impl Dependencies {
    /// Of a module by itself: calls need nothing and give nothing.
    #[must_use]
    pub fn of(module: &Module<'_>) -> Self {
        Self::start(module, Calls::Unknown)
    }

    /// Of the module `node` with all that it calls.
    #[must_use]
    pub fn through<'a>(all: &dyn Callees<'a>, node: usize) -> Self {
        Self::start(all.module(node), Calls::Known(all, node))
    }

    fn start<'a>(module: &Module<'a>, calls: Calls<'_, 'a>) -> Self {
        let mut made = Self::default();
        made.add(&Place { prefix: String::new(), module, calls, providers: BTreeMap::new(), level: 0 });
        made
    }

    fn declare(&mut self, name: String, declared: Location) {
        self.nodes.entry(name).or_insert(Node { declared, references: BTreeMap::new() });
    }

    fn need(&mut self, owner: &str, target: String, place: Option<Location>) {
        if let Some(node) = self.nodes.get_mut(owner) {
            node.references.entry(target).or_insert(place);
        }
    }

    /// Declares everything in a module and in those that it calls, then says what refers to what.
    fn add<'a>(&mut self, place: &Place<'_, '_, 'a>) {
        let (module, prefix) = (place.module, &place.prefix);
        for (source, local) in &module.locals {
            self.declare(format!("{prefix}local.{}", local.name()), source.location(local.name_span()));
        }
        for resource in &module.resources {
            self.declare(format!("{prefix}{}", resource.address()), header(&resource.declaration));
        }
        for provider in &module.providers {
            self.declare(format!("{prefix}{}", provider_node(provider)), header(provider));
        }
        for resource in &module.resources {
            let Some(node) = place.provider_of(resource) else { continue };
            self.need(&format!("{prefix}{}", resource.address()), node, None);
        }
        for call in &module.calls {
            self.call(place, call);
        }
        visit_expressions(module, &mut |site, expr, names| {
            // A resource may look at itself once it is there.
            if site.has_self {
                return;
            }
            let Some(owner) = place.owner(site, expr).filter(|owner| self.nodes.contains_key(owner)) else { return };
            visit_references(expr, names, &mut |reference| {
                let Some(target) = place.target(&reference, &self.nodes) else { return };
                // Terraform takes no notice of a resource that waits for itself.
                if site.is_dependency && target == owner {
                    return;
                }
                self.need(&owner, target, Some(site.source.location(reference.expr.span())));
            });
        });
    }

    /// What is in a called module waits for how often it is called, and all of it is `module.NAME.*`.
    fn call<'a>(&mut self, place: &Place<'_, '_, 'a>, call: &Declaration<'a>) {
        let name = call.name();
        let (node, declared) = (format!("{}module.{name}", place.prefix), header(call));
        let (all, number) = match place.calls {
            Calls::Unknown => return,
            Calls::Opaque => {
                self.declare(node.clone(), declared);
                // It may use any of them.
                for provider in &place.module.providers {
                    self.need(&node, provider_node(provider), None);
                }
                return;
            }
            Calls::Known(..) if place.level >= MAX_LEVELS || self.nodes.len() > MAX_NODES => return,
            Calls::Known(all, number) => match all.callee(number, &name) {
                Some(callee) => (all, callee),
                None => return,
            },
        };
        let callee = all.module(number);
        self.declare(node.clone(), declared);
        let inner = format!("{node}.");
        for variable in &callee.variables {
            self.declare(format!("{inner}var.{}", variable.name()), header(variable));
        }
        for output in &callee.outputs {
            self.declare(format!("{inner}output.{}", output.name()), header(output));
        }
        let providers = place.passed_providers(call, callee);
        let level = place.level + 1;
        let calls = Calls::Known(all, number);
        self.add(&Place { prefix: inner.clone(), module: callee, calls, providers, level });
        let within: Vec<String> = self
            .nodes
            .range(inner.clone()..)
            .map(|(name, _)| name.clone())
            .take_while(|name| name.starts_with(&inner))
            .collect();
        let whole = format!("{inner}*");
        self.declare(whole.clone(), declared);
        for name in within {
            // Configurations of providers are there once.
            if !name[inner.len()..].starts_with("provider.") {
                self.need(&name, node.clone(), None);
            }
            self.need(&whole, name, None);
        }
    }

    /// All circles, each once.
    #[must_use]
    pub fn cycles(&self) -> Vec<Cycle> {
        let mut done: BTreeSet<&str> = BTreeSet::new();
        self.nodes
            .keys()
            .filter_map(|start| self.cycle_from(start, &mut done))
            .map(|names| self.cycle(&names))
            .collect()
    }

    fn cycle(&self, names: &[&str]) -> Cycle {
        let next = |index: usize| names.get(index + 1).or_else(|| names.first()).copied().unwrap_or_default();
        let places = names
            .iter()
            .enumerate()
            .map(|(index, name)| self.nodes.get(*name)?.references.get(next(index)).copied().flatten());
        Cycle {
            places: places.collect(),
            declared: self.nodes[names[0]].declared,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// The first cycle that can be reached from `start` through nodes that are not `done`.
    fn cycle_from<'n>(&'n self, start: &'n str, done: &mut BTreeSet<&'n str>) -> Option<Vec<&'n str>> {
        if done.contains(start) {
            return None;
        }
        let mut path: Vec<(&str, Vec<&'n str>)> = vec![(start, self.next_of(start))];
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
                path.push((next, self.next_of(next)));
            }
        }
        None
    }

    fn next_of(&self, name: &str) -> Vec<&str> {
        let references = self.nodes.get(name).map(|node| node.references.keys());
        // The last is taken first.
        let all = references.into_iter().flatten().rev();
        all.filter_map(|next| self.nodes.get_key_value(next)).map(|(name, _)| &**name).collect()
    }
}

impl<'a> Place<'_, '_, 'a> {
    const fn is_opaque(&self) -> bool {
        matches!(self.calls, Calls::Opaque)
    }

    /// Whose expression it is.
    fn owner(&self, site: Site<'a>, expr: ExprView<'a>) -> Option<String> {
        let prefix = &self.prefix;
        let mut attributes = site.block.body().attributes();
        let mut argument = || attributes.find(|one| one.value().id() == expr.id()).map(AttributeView::name);
        Some(match site.block.kind() {
            "locals" => format!("{prefix}local.{}", argument()?),
            kind @ ("resource" | "data" | "ephemeral") => {
                let of_kind = if kind == "resource" { String::new() } else { format!("{kind}.") };
                format!("{prefix}{of_kind}{}.{}", site.block.label(0)?, site.block.label(1)?)
            }
            "output" => format!("{prefix}output.{}", site.block.label(0)?),
            "provider" => format!("{prefix}{}", provider_node(&Declaration { source: site.source, block: site.block })),
            "module" => {
                let call = site.block.label(0)?;
                match argument()? {
                    _ if self.is_opaque() => format!("{prefix}module.{call}"),
                    "count" | "for_each" | "depends_on" => format!("{prefix}module.{call}"),
                    name => format!("{prefix}module.{call}.var.{name}"),
                }
            }
            _ => return None,
        })
    }

    fn target(&self, reference: &Reference<'_>, nodes: &BTreeMap<String, Node>) -> Option<String> {
        let first = reference.name(0)?;
        let prefix = &self.prefix;
        Some(match reference.root {
            root @ ("data" | "ephemeral") => format!("{prefix}{root}.{first}.{}", reference.name(1)?),
            "resource" => format!("{prefix}{first}.{}", reference.name(1)?),
            "module" if self.is_opaque() => format!("{prefix}module.{first}"),
            "module" => {
                // `module.a.x` and `module.a[0].x` need that output, anything else needs the whole.
                let mut rest = reference.steps.iter().skip(1);
                let output = rest.find(|step| !matches!(step, super::Step::Index(_))).and_then(|step| step.name());
                let output = output.map(|output| format!("{prefix}module.{first}.output.{output}"));
                output.filter(|output| nodes.contains_key(output)).unwrap_or(format!("{prefix}module.{first}.*"))
            }
            "each" | "count" | "self" | "path" | "terraform" => return None,
            root => format!("{prefix}{root}.{first}"),
        })
    }

    /// The configuration of the provider that manages a resource.
    fn provider_of(&self, resource: &Resource<'a>) -> Option<String> {
        match resource.attribute("provider") {
            Some((_, attribute)) => self.configuration(&address_of(attribute.value())?),
            None => self.configuration(resource.kind.split('_').next()?),
        }
    }

    /// The node of the provider that is called so in this module.
    fn configuration(&self, name: &str) -> Option<String> {
        let own = format!("provider.{name}");
        let mut declared = self.module.providers.iter();
        if declared.any(|provider| provider_node(provider) == own) {
            return Some(format!("{}{own}", self.prefix));
        }
        self.providers.get(name).cloned()
    }

    /// What a call passes: what `providers` says, or else all that have no alias.
    fn passed_providers(&self, call: &Declaration<'a>, callee: &Module<'a>) -> BTreeMap<String, String> {
        if let Some(written) = call.value("providers").and_then(ExprView::entries) {
            let pairs = written
                .into_iter()
                .filter_map(|(key, value)| Some((address_of(key)?, self.configuration(&address_of(value)?)?)));
            return pairs.collect();
        }
        let mut names: Vec<String> =
            callee.resources.iter().filter_map(|one| Some(one.kind.split('_').next()?.to_owned())).collect();
        names.extend(self.providers.keys().cloned());
        names.extend(self.module.providers.iter().map(|provider| provider.name().into_owned()));
        let known = names.into_iter().filter(|name| !name.contains('.'));
        known.filter_map(|name| Some((name.clone(), self.configuration(&name)?))).collect()
    }
}

fn header(declaration: &Declaration<'_>) -> Location {
    declaration.location(declaration.block.header_span())
}

/// `provider.NAME` or `provider.NAME.ALIAS`.
fn provider_node(provider: &Declaration<'_>) -> String {
    match provider.value("alias").and_then(ExprView::as_string) {
        Some(alias) => format!("provider.{}.{alias}", provider.name()),
        None => format!("provider.{}", provider.name()),
    }
}

/// `aws` or `aws.west`, as it is written as a reference or key.
fn address_of(expr: ExprView<'_>) -> Option<String> {
    let alias = expr.as_reference().and_then(|steps| steps.get(1).map(ToString::to_string));
    let name = local_name(expr)?.into_owned();
    Some(alias.map_or_else(|| name.clone(), |alias| format!("{name}.{alias}")))
}

impl Module<'_> {
    /// Whether a circle may lead through one of its calls, as far as can be said without the called modules.
    #[must_use]
    pub fn may_have_cycles_through_calls(&self) -> bool {
        let refers = |value: ExprView<'_>| {
            value
                .walk()
                .any(|inner| inner.kind() == ExprKind::Variable && !matches!(inner.text(), "var" | "each" | "count"))
        };
        let mut passed = self.calls.iter().flat_map(|call| call.block.body().attributes());
        let is_module = |cycle: &Cycle| cycle.names.iter().any(|name| name.starts_with("module."));
        !self.calls.is_empty()
            && (passed.any(|argument| refers(argument.value())) || self.may_have_cycles_through_providers())
            && Dependencies::start(self, Calls::Opaque).cycles().iter().any(is_module)
    }

    /// Whether a circle may lead through the configuration of a provider.
    #[must_use]
    pub fn may_have_cycles_through_providers(&self) -> bool {
        let refers =
            |value: ExprView<'_>| value.walk().any(|inner| inner.kind() == ExprKind::Variable && inner.text() != "var");
        let mut written = self.providers.iter().flat_map(|provider| provider.block.body().attributes());
        written.any(|argument| refers(argument.value()))
    }
}
