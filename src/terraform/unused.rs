//! Declarations that nothing refers to, judged over all modules that read the file they are in.

use std::collections::{HashMap, HashSet};

use super::{Module, ModuleSummary, Resource, ResourceMode};
use crate::diagnostic::{FileId, Location};
use crate::source::Span;
use crate::syntax::hcl::{BlockView, ExprView};
use crate::terraform::{Role, Source};

/// What can be declared and not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnusedKind {
    /// `variable`
    Variable,
    /// `data`, also in a `check`
    Data,
    /// An argument of `locals`
    Local,
    /// `provider` with an `alias`
    Provider,
}

/// A declaration that nothing in its module refers to.
#[derive(Clone, Debug)]
pub struct Unused {
    /// What it is.
    pub kind: UnusedKind,
    /// Its name in references, such as `var.size`.
    pub name: Box<str>,
    /// Its header; the whole of a local value.
    pub location: Location,
    /// What goes when it goes, its line break included; nothing in JSON, and where an override file needs it.
    pub removal: Option<Location>,
}

/// All declarations of `module` that nothing in it refers to.
#[must_use]
pub(super) fn unused_in(module: &Module<'_>) -> Vec<Unused> {
    let survey = module.survey();
    let mut found = Vec::new();
    let mut block = |kind, name: String, source: &Source, block: BlockView<'_>| {
        found.push(Unused {
            kind,
            name: name.into(),
            location: source.location(block.header_span()),
            removal: removal(source, block.span()),
        });
    };
    for variable in &module.variables {
        if let Some(name) = variable.block.label(0).filter(|name| !survey.refers_to(&["var", name])) {
            block(UnusedKind::Variable, format!("var.{name}"), variable.source, variable.block);
        }
    }
    let data = module.resources.iter().filter(|resource| resource.mode == ResourceMode::Data);
    for data in data.filter(|data| !survey.refers_to(&["data", &data.kind, &data.name]) && !is_condition(data)) {
        block(UnusedKind::Data, data.address(), data.declaration.source, data.declaration.block);
    }
    for check in module.others.iter().filter(|other| other.block.kind() == "check") {
        for data in check.block.body().blocks_of("data") {
            let (Some(kind), Some(name)) = (data.label(0), data.label(1)) else { continue };
            if !survey.refers_to(&["data", &kind, &name]) {
                block(UnusedKind::Data, format!("data.{kind}.{name}"), check.source, data);
            }
        }
    }
    for provider in &module.providers {
        let Some(alias) = provider.value("alias").and_then(ExprView::as_string) else { continue };
        let name = provider.name();
        if !survey.refers_to(&[&name, &alias]) {
            block(UnusedKind::Provider, format!("{name}.{alias}"), provider.source, provider.block);
        }
    }
    for (source, local) in &module.locals {
        if !survey.refers_to(&["local", local.name()]) {
            found.push(Unused {
                kind: UnusedKind::Local,
                name: format!("local.{}", local.name()).into(),
                location: source.location(local.span()),
                removal: removal(source, local.span()),
            });
        }
    }
    let overridden = overridden(module);
    for unused in &mut found {
        unused.removal.take_if(|_| overridden.contains(&*unused.name));
    }
    let may_be_quoted = |unused: &Unused| matches!(unused.kind, UnusedKind::Data | UnusedKind::Provider);
    if found.iter().any(may_be_quoted) {
        let quoted = quoted_references(module);
        found.retain(|unused| !may_be_quoted(unused) || !quoted.contains(&*unused.name));
    }
    found
}

/// What override files change, as references call it: the declaration has to be there then.
fn overridden(module: &Module<'_>) -> HashSet<String> {
    let files = module.sources.iter().filter(|source| source.role == Role::Override);
    let mut found = HashSet::new();
    for block in files.flat_map(|source| source.document().root().blocks()) {
        match block.kind() {
            "variable" => found.extend(block.label(0).map(|name| format!("var.{name}"))),
            "data" => found.extend([format!("data.{}", block.labels().collect::<Vec<_>>().join("."))]),
            "locals" => found.extend(block.body().attributes().map(|local| format!("local.{}", local.name()))),
            "provider" => {
                let alias = block.body().value("alias").and_then(ExprView::as_string);
                found.extend(alias.map(|alias| format!("{}.{alias}", block.label(0).unwrap_or_default())));
            }
            _ => {}
        }
    }
    found
}

/// Whether a data source is read for its conditions: they can refuse a plan though nothing refers to it.
fn is_condition(data: &Resource<'_>) -> bool {
    let lifecycles = data.declarations().flat_map(|one| one.block.body().blocks_of("lifecycle"));
    let mut inner = lifecycles.flat_map(|lifecycle| lifecycle.body().blocks());
    inner.any(|block| matches!(block.kind(), "precondition" | "postcondition"))
}

/// References in quotes, as Terraform 0.11 wanted them and later ones still take them: `provider = "aws.west"`.
fn quoted_references(module: &Module<'_>) -> HashSet<String> {
    let mut found = HashSet::new();
    let blocks = module.configuration().flat_map(|source| source.document().root().blocks());
    for body in blocks.map(BlockView::body) {
        for value in ["provider", "providers", "depends_on"].into_iter().filter_map(|name| body.value(name)) {
            let entries = || value.entries().map(|entries| entries.into_iter().map(|(_, value)| value).collect());
            let values: Vec<ExprView<'_>> = value.elements().or_else(entries).unwrap_or_else(|| vec![value]);
            for text in values.into_iter().filter_map(ExprView::as_string) {
                let steps: Vec<&str> = text.split('.').collect();
                found.extend([2, 3].into_iter().filter_map(|count| Some(steps.get(..count)?.join("."))));
            }
        }
    }
    found
}

/// The lines of `span` where nothing else stands on them, with the blank line below where there is one above too.
fn removal(source: &Source, span: Span) -> Option<Location> {
    let text = source.is_native().then_some(&*source.text)?;
    let (start, end) = (span.start as usize, span.end as usize);
    let first = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }; // a byte order mark stays
    let line_start = memchr::memrchr(b'\n', &text[..start]).map_or(first, |newline| newline + 1);
    let line_end = |from: usize| memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |newline| from + newline + 1);
    let is_blank = |range: &[u8]| range.trim_ascii().is_empty();
    if !is_blank(&text[line_start..start]) || !is_blank(&text[end..line_end(end)]) {
        return Some(source.location(span));
    }
    let mut stop = line_end(end);
    let above = memchr::memrchr(b'\n', &text[..line_start.saturating_sub(1)]).map_or(first, |newline| newline + 1);
    let below = line_end(stop);
    if is_blank(&text[above..line_start]) && is_blank(&text[stop..below]) {
        stop = below;
    }
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Some(source.location(Span::new(place(line_start), place(stop))))
}

/// Keeps a declaration of a file that several modules read only where none of them uses it. A module that was not read
/// as a whole may use everything.
pub fn settle_unused(modules: &mut [ModuleSummary]) {
    let mut readers: HashMap<FileId, usize> = HashMap::new();
    for file in modules.iter().flat_map(|module| &module.shared_files) {
        *readers.entry(*file).or_default() += 1;
    }
    let mut unused: HashMap<Location, usize> = HashMap::new();
    for module in modules.iter_mut() {
        if !module.is_complete {
            module.unused.clear();
        }
        for declared in module.unused.iter().filter(|declared| readers.contains_key(&declared.location.file)) {
            *unused.entry(declared.location).or_default() += 1;
        }
    }
    for module in modules {
        module.unused.retain(|declared| {
            let wanted = readers.get(&declared.location.file).copied();
            wanted.is_none_or(|wanted| unused.get(&declared.location).copied() == Some(wanted))
        });
        module.unused.shrink_to_fit();
    }
}
