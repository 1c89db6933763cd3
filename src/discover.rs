//! Finding the files to lint: walks directories, honours `.gitignore`, follows symlinks to the real file, and sorts what
//! it finds into directories of Terraform files and candidates for rule files. Looks at names only; content is judged
//! by whoever reads it.

mod assemble;
mod classify;
mod ignores;
mod inventory;
mod links;
mod tags;
mod walk;

pub use classify::FileKind;
pub use inventory::{Directory, File, Inventory, Member, Problem};
pub use tags::tags_of;

use std::path::{Path, PathBuf};

use ignores::Ignores;

/// Where `terraform init` writes which release of each provider it chose.
pub const LOCK_FILE: &str = ".terraform.lock.hcl";

/// Tells whether a real path is left out.
pub type Exclude = Box<dyn Fn(&Path) -> bool + Send + Sync>;

/// What to look for and where.
#[derive(Default)]
pub struct Request {
    /// Files and directories as the user named them.
    pub paths: Vec<PathBuf>,
    /// A file whose content comes from elsewhere (standard input) and need not exist.
    pub virtual_file: Option<PathBuf>,
    /// Whether a real path is left out.
    pub exclude: Option<Exclude>,
}

/// Finds everything below the requested paths. Problems (missing or unreadable paths) are part of the result.
#[must_use]
pub fn discover(request: &Request) -> Inventory {
    let here = std::env::current_dir().and_then(|path| path.canonicalize()).unwrap_or_default();
    walk::Walk::new(request, &here).run()
}

/// The root of the version-controlled tree that holds `path`: the nearest directory above with `.git`.
#[must_use]
pub fn repository_root(path: &Path) -> Option<PathBuf> {
    path.ancestors().find(|directory| directory.join(".git").exists()).map(Path::to_path_buf)
}

/// The nearest `.sprag.hcl` in `directory` or above it, no higher than the root of the version-controlled tree.
#[must_use]
pub fn nearest_config(directory: &Path) -> Option<PathBuf> {
    let root = repository_root(directory);
    for ancestor in directory.ancestors() {
        let candidate = ancestor.join(".sprag.hcl");
        if candidate.is_file() {
            return Some(candidate);
        }
        if root.as_deref() == Some(ancestor) {
            break;
        }
    }
    None
}

/// The files of invariants in `directory`, real paths in their order, without those that git ignores.
#[must_use]
pub fn invariants_beside(directory: &Path) -> Vec<PathBuf> {
    let Ok(read) = std::fs::read_dir(directory) else { return Vec::new() };
    let is_invariants = |entry: &std::fs::DirEntry| walk::kind_of(&entry.file_name()) == Some(FileKind::Invariants);
    let mut found: Vec<PathBuf> = read.filter_map(Result::ok).filter(is_invariants).map(|entry| entry.path()).collect();
    if found.is_empty() {
        return found;
    }
    let root = repository_root(directory).unwrap_or_else(|| directory.to_path_buf());
    let ignores = Ignores::above(directory, &root).with_file(directory, &directory.join(".gitignore"));
    found.retain(|path| !ignores.is_ignored(path, false));
    let mut real: Vec<PathBuf> = found.iter().filter_map(|path| path.canonicalize().ok()).collect();
    real.sort();
    real.dedup();
    real
}

/// The directory that `path` is, or is in.
#[must_use]
pub fn directory_of(path: &Path) -> PathBuf {
    if path.is_dir() {
        return path.to_path_buf();
    }
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}
