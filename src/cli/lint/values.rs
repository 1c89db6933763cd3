//! `--var-file FILE`: values of variables in files that Terraform does not load by itself, such as secrets that Git
//! ignores. What they hold of sensitive variables is shown nowhere.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::load;
use crate::cli::files::{Files, read_limited};
use crate::diagnostic::FileId;
use crate::discover::{Directory, Inventory};
use crate::eval::constant;
use crate::invariant::RootValue;
use crate::linter::finding::FileTable;
use crate::source::LineIndex;
use crate::syntax::hcl::{ExprKind, ExprView};
use crate::terraform::{Module, ModuleKind, ModuleSummary, Role, Source};

/// A file of values.
pub(super) struct ValueFile {
    /// Its real path.
    pub(super) path: PathBuf,
    /// Its number.
    pub(super) file: FileId,
    /// What it sets.
    pub(super) values: Vec<RootValue>,
    /// The names among them that no module declares.
    undeclared: Vec<String>,
}

/// Reads files of values, and hides in `files` what they say of sensitive variables.
///
/// # Errors
/// When one is missing or is no file of values, in a sentence.
pub(super) fn read(paths: &[PathBuf], inventory: &Inventory, files: &mut Files) -> Result<Vec<ValueFile>, String> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let declared = declared(inventory, files);
    paths.iter().map(|path| read_one(path, &declared, files)).collect()
}

fn read_one(path: &Path, declared: &BTreeMap<String, bool>, files: &mut Files) -> Result<ValueFile, String> {
    let shown = path.display();
    let text = read_limited(path).map_err(|problem| format!("{shown}: {problem}"))?;
    let real = path.canonicalize().map_err(|error| format!("{shown}: {error}"))?;
    let file = files.add(&real, shown.to_string());
    if let Some(entry) = files.all.get_mut(file.0 as usize) {
        entry.named = true;
    }
    // As Terraform decides it.
    let is_json = path.to_string_lossy().ends_with(".json");
    let lines = LineIndex::new(&text);
    let at = |offset: u32| {
        let place = lines.position(&text, offset);
        format!("{shown}:{}:{}", place.line, place.column)
    };
    let source = if is_json {
        Source::parse_json(file, shown.to_string(), Role::Variables, &text)
    } else {
        Source::parse(file, shown.to_string(), Role::Variables, text.clone())
    };
    if let Some(error) = source.errors.first() {
        return Err(format!("{}: {}", at(error.span.start), error.message));
    }
    let root = source.document().root();
    if let Some(block) = root.blocks().next() {
        let place = at(source.location(block.header_span()).span.start);
        let message = "this is no file of values, which has lines `NAME = VALUE` only";
        return Err(format!("{place}: a block `{}`: {message}", block.kind()));
    }
    let mut values = Vec::new();
    let mut hidden = Vec::new();
    for attribute in root.attributes() {
        let location = source.location(attribute.value().span());
        let value = constant(attribute.value()).ok().filter(|_| is_literal(attribute.value()));
        let Some(value) = value else {
            let place = at(location.span.start);
            return Err(format!(
                "{place}: the value of `{}` is not literal: Terraform takes no other",
                attribute.name()
            ));
        };
        if declared.get(attribute.name()) != Some(&false) {
            hidden.push(location.span);
        }
        values.push((attribute.name().into(), value, location));
    }
    files.hide(file, &text, &hidden);
    let names = root.attributes().map(|attribute| attribute.name().to_owned());
    let undeclared = names.filter(|name| !declared.contains_key(name)).collect();
    Ok(ValueFile { path: real, file, values, undeclared })
}

fn is_literal(expr: ExprView<'_>) -> bool {
    !expr.walk().any(|inner| matches!(inner.kind(), ExprKind::Call { .. }))
}

/// The variables of all modules, and whether one of them may be sensitive.
fn declared(inventory: &Inventory, files: &Files) -> BTreeMap<String, bool> {
    let mut declared = BTreeMap::new();
    for directory in &inventory.directories {
        let sources = load::without_tests(directory, files).sources;
        for variable in &Module::new(&directory.display, &sources).variables {
            *declared.entry(variable.name().into_owned()).or_insert(false) |= variable.may_be_secret();
        }
        // An override file may make one sensitive.
        let overrides = sources.iter().filter(|source| source.role == Role::Override);
        for block in overrides.flat_map(|source| source.document().root().blocks_of("variable")) {
            let says = block.body().value("sensitive").or_else(|| block.body().value("ephemeral")).is_some();
            *declared.entry(block.label(0).unwrap_or_default().into_owned()).or_insert(false) |= says;
        }
    }
    declared
}

/// The modules whose variables each of `all` sets, as places in `modules`: the root that it lies in, else every root.
pub(super) fn targets(
    all: &[ValueFile],
    modules: &[(usize, ModuleSummary)],
    directories: &HashMap<&str, &Directory>,
) -> Vec<Vec<usize>> {
    let path = |at: usize| directories.get(modules[at].1.key.as_str()).map(|directory| directory.path.as_path());
    let roots = |kinds: &[ModuleKind]| -> Vec<(usize, &Path)> {
        let all = modules.iter().enumerate().filter(|(_, (_, module))| kinds.contains(&module.kind));
        all.filter_map(|(at, _)| Some((at, path(at)?))).collect()
    };
    let (own, any) = (roots(&[ModuleKind::Root]), roots(&[ModuleKind::Root, ModuleKind::Fixture]));
    let target = |file: &ValueFile| {
        let around = any.iter().filter(|(_, directory)| file.path.starts_with(directory));
        match around.max_by_key(|(_, directory)| directory.components().count()) {
            Some((at, _)) => vec![*at],
            None => own.iter().map(|(at, _)| *at).collect(),
        }
    };
    all.iter().map(target).collect()
}

impl ValueFile {
    /// What is odd about it.
    pub(super) fn remark(&self, files: &Files) -> Option<String> {
        let names = crate::suggest::quote_all(self.undeclared.iter().map(String::as_str));
        let shown = files.path(self.file);
        (!self.undeclared.is_empty()).then(|| format!("{shown} sets {names}, which no module declares"))
    }
}
