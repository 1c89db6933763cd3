//! The walk itself: directories in parallel, symlinked files by their real path, symlinked directories only where they
//! lead out of the walked tree and stay in the repository, each real directory once.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rayon::Scope;

use super::classify::{FileKind, classify};
use super::ignores::Ignores;
use super::inventory::{Inventory, Problem};
use super::{LOCK_FILE, Request, repository_root};

/// What is wrong with a path that is a pipe, a socket or a device: reading one may never end.
const NO_FILE: &str = "neither a file nor a directory";

/// What is wrong with a symlink without a file at its end.
const DANGLING: &str = "a symlink that leads nowhere";

/// One entry of a directory that sprag reads.
pub(super) struct Entry {
    pub(super) name: OsString,
    pub(super) kind: FileKind,
    /// Where a symlink leads.
    pub(super) target: Option<PathBuf>,
}

/// The entries of one directory.
pub(super) struct Listing {
    pub(super) path: PathBuf,
    pub(super) entries: Vec<Entry>,
    /// Whether there is a `.terraform` directory.
    pub(super) is_initialised: bool,
    /// Whether there is a dependency lock file.
    pub(super) is_locked: bool,
    /// Whether Terraform reads more configuration here than is listed.
    pub(super) is_partial: bool,
}

pub(super) struct Walk<'a> {
    request: &'a Request,
    here: PathBuf,
    pub(super) repository: Option<PathBuf>,
    /// Real paths of the requested directories.
    pub(super) roots: Vec<PathBuf>,
    /// Requested files: real path of the directory, and the name.
    pub(super) named: Vec<(PathBuf, OsString)>,
    pub(super) listings: Mutex<Vec<Listing>>,
    pub(super) problems: Mutex<Vec<Problem>>,
    seen: Mutex<HashSet<PathBuf>>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(request: &'a Request, here: &Path) -> Self {
        Self {
            request,
            here: here.to_path_buf(),
            repository: None,
            roots: Vec::new(),
            named: Vec::new(),
            listings: Mutex::default(),
            problems: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    pub(super) fn run(mut self) -> Inventory {
        self.sort_requests();
        let first = self.roots.first().cloned().or_else(|| self.named.first().map(|(directory, _)| directory.clone()));
        self.repository = first.as_deref().and_then(repository_root);
        let is_terraform = |name: &OsStr| kind_of(name).is_some_and(FileKind::is_terraform);
        let named = self.named.iter().filter(|(_, name)| is_terraform(name));
        let mut around: Vec<PathBuf> = named.map(|(directory, _)| module_directory(directory)).collect();
        around.sort();
        around.dedup();
        rayon::scope(|scope| {
            for root in &self.roots {
                let top = self.repository.as_deref().unwrap_or(root);
                self.directory(root.clone(), Ignores::above(root, top), scope);
            }
            for directory in &around {
                self.surroundings(directory);
            }
        });
        self.assemble()
    }

    /// Splits what the user named into directories to walk and single files.
    fn sort_requests(&mut self) {
        for path in &self.request.paths {
            match fs::canonicalize(path) {
                Ok(real) if real.is_dir() => self.roots.push(real),
                Ok(real) if real.is_file() => self.name_file(path),
                Ok(_) => self.add_problem(path.display().to_string(), NO_FILE),
                Err(_) if path.is_symlink() => self.add_problem(path.display().to_string(), DANGLING),
                Err(error) => self.problem(path, &error),
            }
        }
        if let Some(path) = &self.request.virtual_file {
            self.name_file(path);
        }
        self.roots.sort();
        self.roots.dedup();
        let all = self.roots.clone();
        self.roots.retain(|root| !all.iter().any(|other| other != root && root.starts_with(other)));
    }

    fn name_file(&mut self, path: &Path) {
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        match (fs::canonicalize(parent), path.file_name()) {
            (Ok(directory), Some(name)) => self.named.push((directory, name.to_owned())),
            (Err(error), _) => self.problem(path, &error),
            (Ok(_), None) => {}
        }
    }

    fn problem(&self, path: &Path, error: &std::io::Error) {
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied; sprag needs to read it".to_owned(),
            _ => format!("cannot be read: {error}"),
        };
        self.add_problem(path.display().to_string(), &message);
    }

    fn add_problem(&self, path: String, message: &str) {
        lock(&self.problems).push(Problem { path, message: message.to_owned() });
    }

    /// Lists `path` and walks on into what is below it.
    fn directory<'s>(&'s self, path: PathBuf, ignores: Ignores, scope: &Scope<'s>) {
        if !lock(&self.seen).insert(path.clone()) {
            return;
        }
        let read = match fs::read_dir(&path) {
            Ok(read) => read,
            Err(error) => return self.problem(&self.shown_path(&path), &error),
        };
        let found: Vec<fs::DirEntry> = read.filter_map(Result::ok).collect();
        let is_initialised = found.iter().any(|entry| entry.file_name() == ".terraform");
        let has_ignore_file = found.iter().any(|entry| entry.file_name() == ".gitignore");
        let ignores = if has_ignore_file { ignores.with_file(&path, &path.join(".gitignore")) } else { ignores };
        let (mut entries, mut is_locked, mut is_partial) = (Vec::new(), false, false);
        for entry in found {
            let Ok(file_type) = entry.file_type() else { continue };
            let name = entry.file_name();
            is_locked |= name == LOCK_FILE;
            if file_type.is_dir() {
                self.enter(path.join(&name), &name, &ignores, scope);
            } else if file_type.is_symlink() {
                self.link(&path, name, &ignores, scope, &mut entries);
            } else if let Some(kind) = kind_of(&name).filter(|_| file_type.is_file()) {
                if !self.is_left_out(&path.join(&name), false, &ignores) {
                    entries.push(Entry { name, kind, target: None });
                } else if matches!(kind, FileKind::Configuration | FileKind::ConfigurationJson) {
                    is_partial = true;
                }
            } else if name == "terragrunt.hcl" {
                // Terragrunt writes further files beside it.
                is_partial = true;
            }
        }
        if !entries.is_empty() {
            lock(&self.listings).push(Listing { path, entries, is_initialised, is_locked, is_partial });
        }
    }

    /// Walks into a directory unless it is passed by.
    fn enter<'s>(&'s self, path: PathBuf, name: &OsStr, ignores: &Ignores, scope: &Scope<'s>) {
        if self.is_passed_by(&path, name, ignores) {
            return;
        }
        let ignores = ignores.clone();
        scope.spawn(move |scope| self.directory(path, ignores, scope));
    }

    fn link<'s>(
        &'s self,
        parent: &Path,
        name: OsString,
        ignores: &Ignores,
        scope: &Scope<'s>,
        entries: &mut Vec<Entry>,
    ) {
        let path = parent.join(&name);
        if self.is_left_out(&path, false, ignores) {
            return;
        }
        let Ok(target) = fs::canonicalize(&path) else {
            // Of other files few say anything: one that is not there is nobody's loss.
            if kind_of(&name).is_some_and(FileKind::is_terraform) {
                self.add_problem(self.shown(&path), DANGLING);
            }
            return;
        };
        if target.is_dir() {
            let walked = self.roots.iter().any(|root| target.starts_with(root));
            let inside = self.repository.as_deref().is_some_and(|root| target.starts_with(root));
            if !walked && inside {
                self.enter(target, &name, ignores, scope);
            }
        } else if let Some(kind) = kind_of(&name).filter(|_| target.is_file()) {
            entries.push(Entry { name, kind, target: Some(target) });
        }
    }

    /// Whether a directory is hidden (as are `.git` and `.terraform`), of no interest or left out.
    pub(super) fn is_passed_by(&self, path: &Path, name: &OsStr, ignores: &Ignores) -> bool {
        name.as_encoded_bytes().starts_with(b".") || name == "node_modules" || self.is_left_out(path, true, ignores)
    }

    fn is_left_out(&self, path: &Path, is_directory: bool, ignores: &Ignores) -> bool {
        ignores.is_ignored(path, is_directory) || self.request.exclude.as_ref().is_some_and(|exclude| exclude(path))
    }

    /// The module around a named file: its directory and the `tests` directory in it, nothing else.
    fn surroundings(&self, directory: &Path) {
        for path in [directory.to_path_buf(), directory.join("tests")] {
            if !lock(&self.seen).insert(path.clone()) {
                continue;
            }
            let Ok(read) = fs::read_dir(&path) else { continue };
            let mut entries = Vec::new();
            for entry in read.filter_map(Result::ok) {
                let name = entry.file_name();
                let Some(kind) = kind_of(&name) else { continue };
                let Ok(target) = fs::canonicalize(entry.path()) else { continue };
                let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                if target.is_file() && kind.is_terraform() {
                    entries.push(Entry { name, kind, target: is_link.then_some(target) });
                }
            }
            let is_initialised = path.join(".terraform").is_dir();
            let is_locked = path.join(LOCK_FILE).is_file();
            let is_partial = path.join("terragrunt.hcl").is_file();
            lock(&self.listings).push(Listing { path, entries, is_initialised, is_locked, is_partial });
        }
    }

    /// A path as shown: relative to the working directory where it lies below it.
    pub(super) fn shown(&self, path: &Path) -> String {
        let shown = path.strip_prefix(&self.here).unwrap_or(path);
        if shown.as_os_str().is_empty() { ".".to_owned() } else { slashes(shown) }
    }

    fn shown_path(&self, path: &Path) -> PathBuf {
        PathBuf::from(self.shown(path))
    }

    /// A path within the repository, or within the requested directory where there is no repository.
    pub(super) fn key(&self, path: &Path) -> String {
        let inside = self.repository.as_deref().into_iter().chain(self.roots.iter().map(PathBuf::as_path));
        let key = inside.filter_map(|root| path.strip_prefix(root).ok()).next();
        slashes(key.unwrap_or_else(|| path.strip_prefix(&self.here).unwrap_or(path)))
    }
}

/// The directory of the module that a file in `directory` belongs to.
fn module_directory(directory: &Path) -> PathBuf {
    match directory.parent() {
        Some(parent) if directory.file_name().is_some_and(|name| name == "tests") => parent.to_path_buf(),
        _ => directory.to_path_buf(),
    }
}

/// The kind of a file called `name`; what is no Unicode in it does not matter.
pub(super) fn kind_of(name: &OsStr) -> Option<FileKind> {
    classify(&name.to_string_lossy())
}

fn slashes(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// A poisoned lock still holds whole values: every critical section is one push.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
