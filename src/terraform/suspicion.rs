//! Whether a closer look at a module's references is worth while. It compares hashes that the survey collected anyway,
//! and may call something suspicious that is fine, but nothing fine that is wrong, except for a name that is a loop's at
//! one place and leads nowhere at another.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use super::survey::{UseKind, extend, hash};
use super::{Instances, Module, ResourceMode, Role};
use crate::syntax::hcl::BlockView;

/// The keys are hashes already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = extend(self.0, bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

type Names<T> = HashMap<u64, T, BuildHasherDefault<Hashed>>;
type NameSet = HashSet<u64, BuildHasherDefault<Hashed>>;

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Declared {
    /// A variable or local value.
    Value,
    /// A module call or resource with so many instances, and whether more is known of its attributes.
    Instances(Instances, bool),
}

const TYPES: [&str; 8] = ["any", "bool", "number", "string", "list", "set", "map", "all"];

/// Whether some reference may lead nowhere.
pub(super) fn may_have_loose_references(module: &Module<'_>) -> bool {
    let survey = module.survey();
    let declared = declared(module);
    let name = |name: &str| hash([name.as_bytes()]);
    let loops: NameSet = survey.loop_names.iter().copied().collect();
    let types = TYPES.map(name);
    if survey.words.iter().any(|word| !loops.contains(word) && !types.contains(word)) {
        return true;
    }
    let [each, count, data, terraform] = ["each", "count", "data", "terraform"].map(name);
    let data_or_rare = ["data", "ephemeral", "resource"].map(name);
    survey.uses.iter().any(|one| {
        if one.root == terraform {
            return false;
        }
        if one.root == each || one.root == count {
            let argument = if one.root == each { "for_each" } else { "count" };
            return one.kind == UseKind::Plain && !is_repeated(module, one.source, one.at, argument);
        }
        match declared.get(&one.full) {
            Some(Declared::Instances(Instances::Single, false)) => one.kind == UseKind::Index,
            Some(Declared::Instances(Instances::Single, true)) => one.kind != UseKind::Plain,
            Some(Declared::Instances(_, is_known)) => {
                one.kind == UseKind::Attribute || *is_known && one.kind == UseKind::Index
            }
            Some(Declared::Value) => false,
            // Of `data.type.name` the first two names alone say nothing.
            None if data_or_rare.contains(&one.root) => one.root != data || is_unknown_data(one.full, module),
            // With one name more it was seen already.
            None => one.kind == UseKind::Plain && !loops.contains(&one.root),
        }
    })
}

/// Whether a hash that begins with `data` is not that of a type alone, of which there is a data source.
fn is_unknown_data(full: u64, module: &Module<'_>) -> bool {
    let data = hash([&b"data"[..]]);
    let mut kinds = module.resources.iter().filter(|one| one.mode == ResourceMode::Data).map(|one| &one.kind);
    let mut checks = module.others.iter().filter(|other| other.block.kind() == "check");
    checks.any(|check| check.block.body().blocks_of("data").next().is_some())
        || !kinds.any(|kind| extend(data, kind.as_bytes()) == full)
}

fn declared(module: &Module<'_>) -> Names<Declared> {
    let mut found = Names::default();
    let [var, local, call, data] = ["var", "local", "module", "data"].map(|root| hash([root.as_bytes()]));
    for variable in &module.variables {
        found.insert(extend(var, variable.name().as_bytes()), Declared::Value);
    }
    for (_, value) in &module.locals {
        found.insert(extend(local, value.name().as_bytes()), Declared::Value);
    }
    for name in ["cwd", "module", "root"] {
        found.insert(hash([&b"path"[..], name.as_bytes()]), Declared::Value);
    }
    for one in &module.calls {
        let has_count = one.block.body().attribute("count").is_some();
        // Instances of `for_each` are a map, and what follows may be a key.
        let instances = if has_count { Declared::Instances(Instances::Count, false) } else { Declared::Value };
        found.insert(extend(call, one.name().as_bytes()), instances);
    }
    for resource in &module.resources {
        let kind = match resource.mode {
            ResourceMode::Managed => hash([resource.kind.as_bytes()]),
            ResourceMode::Data => extend(data, resource.kind.as_bytes()),
            ResourceMode::Ephemeral => continue,
        };
        let is_known = module.schema_of(resource).is_some();
        let full = extend(kind, resource.name.as_bytes());
        found.insert(full, Declared::Instances(resource.instances(), is_known));
    }
    found
}

/// Whether the block around a place has `count` or `for_each`.
fn is_repeated(module: &Module<'_>, source: u32, at: u32, argument: &str) -> bool {
    let is_around = |block: &BlockView<'_>| block.span().start <= at && at < block.span().end;
    let source = module.sources.get(source as usize).filter(|source| source.role == Role::Configuration);
    let block = source.and_then(|source| source.document().root().blocks().find(is_around));
    block.is_some_and(|block| {
        matches!(block.kind(), "resource" | "data" | "module") && block.body().attribute(argument).is_some()
    })
}

/// Whether local values or resources may refer to each other in a circle.
pub(super) fn may_have_cycles(module: &Module<'_>) -> bool {
    let survey = module.survey();
    let [local, data] = ["local", "data"].map(|root| hash([root.as_bytes()]));
    let index = |file| module.sources.iter().position(|source| source.file == file).unwrap_or_default();
    // Where each thing is declared (file, start, end), and which thing that is.
    let mut places: Vec<(usize, u32, u32, usize)> = Vec::new();
    let mut nodes: Names<usize> = Names::default();
    for (source, value) in &module.locals {
        let next = nodes.len();
        let node = *nodes.entry(extend(local, value.name().as_bytes())).or_insert(next);
        places.push((index(source.file), value.span().start, value.span().end, node));
    }
    for resource in &module.resources {
        let kind = match resource.mode {
            ResourceMode::Managed => hash([resource.kind.as_bytes()]),
            ResourceMode::Data => extend(data, resource.kind.as_bytes()),
            // Few, and not worth a way of their own.
            ResourceMode::Ephemeral => return true,
        };
        let next = nodes.len();
        let node = *nodes.entry(extend(kind, resource.name.as_bytes())).or_insert(next);
        for declaration in resource.declarations() {
            let span = declaration.block.span();
            places.push((index(declaration.source.file), span.start, span.end, node));
        }
    }
    places.sort_unstable();
    let rare = hash([&b"resource"[..]]);
    let mut needs: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for one in survey.uses.iter().filter(|one| one.kind == UseKind::Plain) {
        if one.root == rare {
            return true;
        }
        let Some(target) = nodes.get(&one.full) else { continue };
        let behind = places.partition_point(|place| (place.0, place.1) <= (one.source as usize, one.at));
        let owner = behind.checked_sub(1).and_then(|last| places.get(last));
        if let Some((_, _, _, owner)) = owner.filter(|place| place.0 == one.source as usize && one.at < place.2) {
            needs[*owner].push(*target);
        }
    }
    is_cyclic(&needs)
}

/// Whether taking away what nothing needs leaves something.
fn is_cyclic(needs: &[Vec<usize>]) -> bool {
    let mut needed = vec![0_usize; needs.len()];
    needs.iter().flatten().for_each(|target| needed[*target] += 1);
    let mut free: Vec<usize> = (0..needs.len()).filter(|node| needed[*node] == 0).collect();
    let mut taken = 0;
    while let Some(node) = free.pop() {
        taken += 1;
        for target in &needs[node] {
            needed[*target] -= 1;
            if needed[*target] == 0 {
                free.push(*target);
            }
        }
    }
    taken < needs.len()
}
