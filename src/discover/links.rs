//! Who uses a file from outside the walked directories: symlinks elsewhere in the repository. Only names are read, so
//! that linting one directory of a repository costs little more than linting it alone.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::Scope;

use super::ignores::Ignores;
use super::walk::lock;

/// What the search needs to know of the walk that it completes.
pub(super) struct Search<'a> {
    /// The root of the repository.
    pub(super) repository: &'a Path,
    /// Directories that were walked with everything below them.
    pub(super) roots: &'a [PathBuf],
    /// Directories with files that matter.
    pub(super) walked: &'a HashSet<PathBuf>,
    /// Whether the walk would not enter a directory.
    pub(super) is_left_out: &'a (dyn Fn(&Path, &OsStr, &Ignores) -> bool + Sync),
    /// Whether a file of this name matters.
    pub(super) is_read: &'a (dyn Fn(&OsStr) -> bool + Sync),
}

impl Search<'_> {
    /// The real paths of files in walked directories to which symlinks in other directories lead.
    pub(super) fn run(&self) -> HashSet<PathBuf> {
        let found = Mutex::default();
        let ignores = Ignores::above(self.repository, self.repository);
        rayon::scope(|scope| self.directory(self.repository, &ignores, &found, scope));
        found.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn directory<'s>(
        &'s self,
        directory: &Path,
        ignores: &Ignores,
        found: &'s Mutex<HashSet<PathBuf>>,
        scope: &Scope<'s>,
    ) {
        let Ok(entries) = fs::read_dir(directory) else { return };
        let entries: Vec<_> = entries.filter_map(Result::ok).map(|entry| (entry.file_name(), entry)).collect();
        let has_rules = entries.iter().any(|(name, _)| name == ".gitignore");
        let ignores =
            if has_rules { ignores.with_file(directory, &directory.join(".gitignore")) } else { ignores.clone() };
        for (name, entry) in entries {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                let path = directory.join(&name);
                if !self.roots.contains(&path) && !(self.is_left_out)(&path, &name, &ignores) {
                    let ignores = ignores.clone();
                    scope.spawn(move |scope| self.directory(&path, &ignores, found, scope));
                }
            } else if kind.is_symlink() && (self.is_read)(&name) && !self.walked.contains(directory) {
                let target = fs::canonicalize(entry.path()).ok();
                let target = target.filter(|target| target.parent().is_some_and(|at| self.walked.contains(at)));
                lock(found).extend(target);
            }
        }
    }
}
