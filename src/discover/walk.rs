//! The walk itself: directories in parallel, symlinked files by their real path, symlinked directories only where they
//! lead out of the walked tree and stay in the repository, each real directory once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rayon::Scope;

use super::classify::{FileKind, classify};
use super::ignores::Ignores;
use super::inventory::{Directory, File, Inventory, Member, Problem};
use super::links::Search;
use super::{Request, repository_root};
use crate::diagnostic::FileId;

/// What is wrong with a path that is a pipe, a socket or a device: reading one may never end.
const NO_FILE: &str = "neither a file nor a directory";

/// What is wrong with a symlink without a file at its end.
const DANGLING: &str = "a symlink that leads nowhere";

/// One entry of a directory that sprag reads.
struct Entry {
    name: OsString,
    kind: FileKind,
    /// Where a symlink leads.
    target: Option<PathBuf>,
}

/// The entries of one directory.
struct Listing {
    path: PathBuf,
    entries: Vec<Entry>,
    /// Whether there is a `.terraform` directory.
    is_initialised: bool,
}

pub(super) struct Walk<'a> {
    request: &'a Request,
    here: PathBuf,
    repository: Option<PathBuf>,
    /// Real paths of the requested directories.
    roots: Vec<PathBuf>,
    /// Requested files: real path of the directory, and the name.
    named: Vec<(PathBuf, OsString)>,
    listings: Mutex<Vec<Listing>>,
    problems: Mutex<Vec<Problem>>,
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
        let is_terraform = |name: &OsStr| kind_of(name).is_some_and(|kind| kind != FileKind::Yaml);
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
        let mut entries = Vec::new();
        for entry in found {
            let Ok(file_type) = entry.file_type() else { continue };
            let name = entry.file_name();
            if file_type.is_dir() {
                self.enter(path.join(&name), &name, &ignores, scope);
            } else if file_type.is_symlink() {
                self.link(&path, name, &ignores, scope, &mut entries);
            } else if let Some(kind) = kind_of(&name).filter(|_| file_type.is_file())
                && !self.is_left_out(&path.join(&name), false, &ignores)
            {
                entries.push(Entry { name, kind, target: None });
            }
        }
        if !entries.is_empty() {
            lock(&self.listings).push(Listing { path, entries, is_initialised });
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
            // Of YAML files few hold rules: one that is not there is nobody's loss.
            if kind_of(&name).is_some_and(|kind| kind != FileKind::Yaml) {
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
    fn is_passed_by(&self, path: &Path, name: &OsStr, ignores: &Ignores) -> bool {
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
                if target.is_file() && kind != FileKind::Yaml {
                    entries.push(Entry { name, kind, target: is_link.then_some(target) });
                }
            }
            let is_initialised = path.join(".terraform").is_dir();
            lock(&self.listings).push(Listing { path, entries, is_initialised });
        }
    }

    /// A path as shown: relative to the working directory where it lies below it.
    fn shown(&self, path: &Path) -> String {
        let shown = path.strip_prefix(&self.here).unwrap_or(path);
        if shown.as_os_str().is_empty() { ".".to_owned() } else { slashes(shown) }
    }

    fn shown_path(&self, path: &Path) -> PathBuf {
        PathBuf::from(self.shown(path))
    }

    /// A path within the repository, or within the requested directory where there is no repository.
    fn key(&self, path: &Path) -> String {
        let inside = self.repository.as_deref().into_iter().chain(self.roots.iter().map(PathBuf::as_path));
        let key = inside.filter_map(|root| path.strip_prefix(root).ok()).next();
        slashes(key.unwrap_or_else(|| path.strip_prefix(&self.here).unwrap_or(path)))
    }

    // ---- putting it together ----

    fn assemble(mut self) -> Inventory {
        self.add_named();
        let mut listings = std::mem::take(&mut *lock(&self.listings));
        listings.sort_by(|a, b| a.path.cmp(&b.path));
        for listing in &mut listings {
            listing.entries.sort_by(|a, b| a.name.cmp(&b.name));
        }
        let mut inventory =
            Inventory { focused: !self.named.is_empty() && self.roots.is_empty(), ..Inventory::default() };
        let ids = self.number_files(&listings, &mut inventory);
        let linked = self.linked_from_elsewhere(&listings);
        let mut directories: BTreeMap<PathBuf, Directory> = BTreeMap::new();
        for listing in listings {
            self.sort_entries(listing, &ids, &mut inventory, &mut directories);
        }
        for directory in directories.values_mut().filter(|_| !linked.is_empty()) {
            let files = directory.members.iter().map(|member| member.file);
            let is_linked = |file: &FileId| inventory.file(*file).is_some_and(|file| linked.contains(&file.path));
            directory.linked_elsewhere = files.filter(is_linked).collect();
            let mut configuration = directory.members.iter().filter(|member| is_configuration(member)).peekable();
            directory.is_linked_store = configuration.peek().is_some()
                && configuration.all(|member| {
                    inventory
                        .file(member.file)
                        .is_some_and(|file| !file.links.is_empty() || linked.contains(&file.path))
                });
        }
        attach_tests(&mut directories, &mut inventory.stray_tests);
        inventory.directories = directories.into_values().filter(|directory| !directory.members.is_empty()).collect();
        inventory.rule_candidates.sort();
        inventory.rule_candidates.dedup();
        inventory.problems = std::mem::take(&mut *lock(&self.problems));
        inventory.problems.sort();
        inventory.roots = self.roots;
        inventory
    }

    /// Named files are taken whatever they are called and whether or not they are ignored.
    fn add_named(&mut self) {
        let listings = self.listings.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        for (directory, name) in &self.named {
            let kind = kind_of(name).unwrap_or(FileKind::Yaml);
            let path = directory.join(name);
            let target = fs::canonicalize(&path).ok().filter(|target| *target != path);
            let known = listings.iter_mut().find(|listing| listing.path == *directory);
            let entry = Entry { name: name.clone(), kind, target };
            match known {
                Some(listing) if listing.entries.iter().any(|entry| entry.name == *name) => {}
                Some(listing) => listing.entries.push(entry),
                None => listings.push(Listing { path: directory.clone(), entries: vec![entry], is_initialised: false }),
            }
        }
    }

    /// The files to which directories of the repository link that were not asked for.
    fn linked_from_elsewhere(&self, listings: &[Listing]) -> HashSet<PathBuf> {
        let is_read = |name: &OsStr| kind_of(name).is_some_and(|kind| kind != FileKind::Yaml);
        let has_configuration = |listing: &&Listing| listing.entries.iter().any(|entry| is_read(&entry.name));
        let walked: HashSet<PathBuf> = listings.iter().filter(has_configuration).map(|at| at.path.clone()).collect();
        let is_whole = |root: &&Path| self.roots.iter().any(|walked| root.starts_with(walked));
        match self.repository.as_deref().filter(|root| !walked.is_empty() && !is_whole(root)) {
            Some(repository) => {
                let is_left_out = |path: &Path, name: &OsStr, ignores: &Ignores| self.is_passed_by(path, name, ignores);
                Search { repository, walked: &walked, is_left_out: &is_left_out, is_read: &is_read }.run()
            }
            None => HashSet::new(),
        }
    }

    /// Gives every real file a number, in order of paths.
    fn number_files(&self, listings: &[Listing], inventory: &mut Inventory) -> HashMap<PathBuf, FileId> {
        let mut links: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
        let mut named = HashSet::new();
        for listing in listings {
            for entry in &listing.entries {
                let path = listing.path.join(&entry.name);
                let is_named =
                    self.named.iter().any(|(directory, name)| *directory == listing.path && *name == entry.name);
                let real = entry.target.clone().unwrap_or_else(|| path.clone());
                if is_named {
                    named.insert(real.clone());
                }
                let known = links.entry(real).or_default();
                if entry.target.is_some() {
                    known.push(self.shown(&path));
                }
            }
        }
        let mut ids = HashMap::with_capacity(links.len());
        for (path, links) in links {
            ids.insert(path.clone(), FileId(u32::try_from(inventory.files.len()).unwrap_or(u32::MAX)));
            let named = named.contains(&path);
            inventory.files.push(File { display: self.shown(&path), key: self.key(&path), path, links, named });
        }
        ids
    }

    fn sort_entries(
        &self,
        listing: Listing,
        ids: &HashMap<PathBuf, FileId>,
        inventory: &mut Inventory,
        directories: &mut BTreeMap<PathBuf, Directory>,
    ) {
        let mut members = Vec::new();
        for entry in listing.entries {
            let path = listing.path.join(&entry.name);
            let is_link = entry.target.is_some();
            let Some(file) = ids.get(entry.target.as_ref().unwrap_or(&path)).copied() else { continue };
            let member = Member { file, name: entry.name.to_string_lossy().into_owned(), kind: entry.kind, is_link };
            match member.kind {
                FileKind::Yaml => inventory.rule_candidates.push(file),
                FileKind::Config => inventory.configs.push(path),
                FileKind::Invariants => inventory.invariants.push(file),
                FileKind::StrayTest => inventory.stray_tests.push(member),
                _ => members.push(member),
            }
        }
        if !members.is_empty() {
            let directory = Directory {
                display: self.shown(&listing.path),
                key: self.key(&listing.path),
                path: listing.path.clone(),
                members,
                tests: Vec::new(),
                is_linked_store: false,
                linked_elsewhere: Vec::new(),
                is_initialised: listing.is_initialised,
            };
            directories.insert(listing.path, directory);
        }
    }
}

/// Moves test files in `x/tests` to the module `x`. Deeper below a module nobody looks for tests; where there is no
/// module at all, Terraform takes them as they are.
fn attach_tests(directories: &mut BTreeMap<PathBuf, Directory>, stray: &mut Vec<Member>) {
    let modules: HashSet<PathBuf> =
        directories.iter().filter(|(_, directory)| is_module(directory)).map(|(path, _)| path.clone()).collect();
    let paths: Vec<PathBuf> = directories.keys().cloned().collect();
    for path in paths {
        let in_tests = path.file_name().is_some_and(|name| name == "tests");
        let parent = path.parent().filter(|parent| in_tests && modules.contains(*parent)).map(Path::to_path_buf);
        let is_below_module = path.ancestors().skip(1).any(|above| modules.contains(above));
        if parent.is_none() && (modules.contains(&path) || !is_below_module) {
            continue;
        }
        let Some(directory) = directories.get_mut(&path) else { continue };
        let (tests, rest): (Vec<Member>, Vec<Member>) =
            std::mem::take(&mut directory.members).into_iter().partition(is_test);
        directory.members = rest;
        match parent.and_then(|parent| directories.get_mut(&parent)) {
            Some(module) => module.tests.extend(tests),
            None => stray.extend(tests),
        }
    }
}

fn is_test(member: &Member) -> bool {
    matches!(member.kind, FileKind::Test | FileKind::TestJson)
}

fn is_module(directory: &Directory) -> bool {
    directory.members.iter().any(is_configuration)
}

fn is_configuration(member: &Member) -> bool {
    matches!(member.kind, FileKind::Configuration | FileKind::ConfigurationJson)
}

/// The directory of the module that a file in `directory` belongs to.
fn module_directory(directory: &Path) -> PathBuf {
    match directory.parent() {
        Some(parent) if directory.file_name().is_some_and(|name| name == "tests") => parent.to_path_buf(),
        _ => directory.to_path_buf(),
    }
}

/// The kind of a file called `name`; what is no Unicode in it does not matter.
fn kind_of(name: &OsStr) -> Option<FileKind> {
    classify(&name.to_string_lossy())
}

fn slashes(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// A poisoned lock still holds whole values: every critical section is one push.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
