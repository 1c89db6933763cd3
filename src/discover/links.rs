//! Who uses a file from outside the walked directories: symlinks elsewhere in the repository. Only names are read, so
//! that linting one directory of a repository costs little more than linting it alone.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::ignores::Ignores;

/// What the search needs to know of the walk that it completes.
pub(super) struct Search<'a> {
    /// The root of the repository.
    pub(super) repository: &'a Path,
    /// Directories that were walked.
    pub(super) walked: &'a HashSet<PathBuf>,
    /// Whether the walk would not enter a directory.
    pub(super) is_left_out: &'a dyn Fn(&Path, &OsStr, &Ignores) -> bool,
    /// Whether a file of this name matters.
    pub(super) is_read: &'a dyn Fn(&OsStr) -> bool,
}

impl Search<'_> {
    /// The real paths of files in walked directories to which symlinks in other directories lead.
    pub(super) fn run(&self) -> HashSet<PathBuf> {
        let mut found = HashSet::new();
        let mut open = vec![(self.repository.to_path_buf(), Ignores::above(self.repository, self.repository))];
        while let Some((directory, ignores)) = open.pop() {
            let Ok(entries) = fs::read_dir(&directory) else { continue };
            let ignores = ignores.with_file(&directory, &directory.join(".gitignore"));
            for entry in entries.filter_map(Result::ok) {
                let (name, Ok(kind)) = (entry.file_name(), entry.file_type()) else { continue };
                let path = directory.join(&name);
                if kind.is_dir() && !(self.is_left_out)(&path, &name, &ignores) {
                    open.push((path, ignores.clone()));
                } else if kind.is_symlink() && (self.is_read)(&name) && !self.walked.contains(&directory) {
                    let target = fs::canonicalize(&path).ok();
                    found.extend(target.filter(|target| target.parent().is_some_and(|at| self.walked.contains(at))));
                }
            }
        }
        found
    }
}
