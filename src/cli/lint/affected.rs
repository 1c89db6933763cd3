//! Which files a change affects: those of the modules that changed files belong to, and of the modules that call these,
//! however far up. A hook gets the changed files and shows what they may have broken, wherever that stands.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use crate::cli::files::{Files, why_unreadable};
use crate::diagnostic::FileId;
use crate::discover::{self, Directory, Inventory};
use crate::terraform::ModuleSummary;

/// The real paths of changed files, and the directories to lint for them: their repositories.
pub(super) struct Change {
    files: HashSet<PathBuf>,
    /// What is linted.
    pub(super) roots: Vec<PathBuf>,
}

impl Change {
    /// Of the files and directories that the user named. One that is gone has changed nothing that is left.
    pub(super) fn of(paths: &[PathBuf]) -> Result<Self, String> {
        let here = std::env::current_dir().and_then(|path| path.canonicalize()).unwrap_or_default();
        let (mut files, mut roots) = (HashSet::new(), BTreeSet::new());
        for path in paths {
            let real = path.canonicalize();
            let real = real.map_err(|error| format!("{}: {}", path.display(), why_unreadable(&error)))?;
            let repository = discover::repository_root(&real).unwrap_or_else(|| here.clone());
            if !real.starts_with(&repository) {
                return Err(format!("{}: lies in no repository and not below the working directory", path.display()));
            }
            // Shown paths are relative to where sprag was started.
            roots.insert(if repository == here { PathBuf::from(".") } else { repository });
            files.insert(real);
        }
        Ok(Self { files, roots: roots.into_iter().collect() })
    }

    /// Whether the change may have broken a module. Rules are no such question: what they miss is told at units, scripts
    /// and modules as well.
    pub(super) fn concerns_modules(&self, inventory: &Inventory, files: &Files) -> bool {
        let is_changed = |id: FileId| files.get(id).is_some_and(|file| self.holds(&file.path));
        self.files.iter().any(|path| governs(path))
            || inventory.directories.iter().any(|directory| members(directory).any(is_changed))
    }

    /// The files whose findings are shown; nothing where the change may concern everything.
    pub(super) fn reach(
        &self,
        inventory: &Inventory,
        files: &Files,
        modules: &[ModuleSummary],
    ) -> Option<HashSet<FileId>> {
        if self.files.iter().any(|path| governs(path)) {
            return None;
        }
        let is_changed = |id: FileId| files.get(id).is_some_and(|file| self.holds(&file.path));
        let mut shown: HashSet<FileId> =
            (0..u32::try_from(files.all.len()).unwrap_or(u32::MAX)).map(FileId).filter(|id| is_changed(*id)).collect();
        let changed = inventory.directories.iter().filter(|directory| members(directory).any(is_changed));
        let mut keys: BTreeSet<String> = changed.map(|directory| directory.key.clone()).collect();
        keys.extend(callers(&keys, modules));
        let affected = inventory.directories.iter().filter(|directory| keys.contains(&directory.key));
        shown.extend(affected.flat_map(members));
        self.add_rules(inventory, files, &mut shown);
        Some(shown)
    }

    /// Rules are compared within a directory, and missing ones are reported at the configuration.
    fn add_rules(&self, inventory: &Inventory, files: &Files, shown: &mut HashSet<FileId>) {
        let path = |id: &FileId| files.get(*id).map(|file| file.path.as_path());
        let directories: HashSet<&Path> = inventory
            .rule_candidates
            .iter()
            .filter_map(path)
            .filter(|path| self.holds(path))
            .filter_map(Path::parent)
            .collect();
        if directories.is_empty() {
            return;
        }
        let beside = |id: &&FileId| path(id).and_then(Path::parent).is_some_and(|at| directories.contains(at));
        shown.extend(inventory.rule_candidates.iter().filter(beside));
        shown.extend(configurations(files));
    }

    /// Whether a file was named, or lies in a directory that was.
    fn holds(&self, path: &Path) -> bool {
        path.ancestors().any(|above| self.files.contains(above))
    }
}

/// The modules that call one of `changed`, however far up; one of these only where another of them is called by it.
pub(super) fn callers(changed: &BTreeSet<String>, modules: &[ModuleSummary]) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = changed.iter().cloned().collect();
    while let Some(key) = open.pop() {
        for caller in modules.iter().filter(|module| module.key != key && calls(module, &key)) {
            if found.insert(caller.key.clone()) && !changed.contains(&caller.key) {
                open.push(caller.key.clone());
            }
        }
    }
    found
}

/// The configurations, at which is reported what is missing.
pub(super) fn configurations(files: &Files) -> impl Iterator<Item = FileId> {
    let configurations = files.all.iter().enumerate().filter(|(_, file)| file.path.ends_with(".sprag.hcl"));
    configurations.filter_map(|(index, _)| u32::try_from(index).ok().map(FileId))
}

/// Whether a file decides about others: a configuration, or invariants.
pub(super) fn governs(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".sprag.hcl"))
}

pub(super) fn members(directory: &Directory) -> impl Iterator<Item = FileId> {
    directory.members.iter().chain(&directory.tests).map(|member| member.file)
}

fn calls(module: &ModuleSummary, key: &str) -> bool {
    module.calls.iter().any(|call| call.target(&module.key).as_deref() == Some(key))
}
