//! Puts together what the walk saw: numbers the files, hands them to their directories, and gives tests to modules.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::ops::RangeFrom;
use std::path::{Path, PathBuf};

use super::classify::FileKind;
use super::ignores::Ignores;
use super::inventory::{Directory, File, Inventory, Member};
use super::links::Search;
use super::walk::{Entry, Listing, Walk, kind_of, lock};
use crate::diagnostic::FileId;

impl Walk<'_> {
    /// Everything that was found, in order of paths.
    pub(super) fn assemble(mut self) -> Inventory {
        self.add_named();
        let mut listings = std::mem::take(&mut *lock(&self.listings));
        listings.sort_by(|a, b| a.path.cmp(&b.path));
        for listing in &mut listings {
            listing.entries.sort_by(|a, b| a.name.cmp(&b.name));
        }
        let mut inventory =
            Inventory { focused: !self.named.is_empty() && self.roots.is_empty(), ..Inventory::default() };
        let linked = self.linked_from_elsewhere(&listings);
        let targets = self.number_files(&listings, &mut inventory);
        let mut next = 0..;
        for listing in listings {
            self.sort_entries(listing, &mut next, &targets, &mut inventory);
        }
        if !linked.is_empty() {
            mark_linked(&mut inventory, &linked);
        }
        attach_tests(&mut inventory.directories, &mut inventory.stray_tests);
        inventory.directories.retain(|directory| !directory.members.is_empty());
        inventory.rule_candidates.sort();
        inventory.rule_candidates.dedup();
        inventory.dashboard_candidates.sort();
        inventory.dashboard_candidates.dedup();
        inventory.deployment.sort();
        inventory.deployment.dedup();
        inventory.problems = std::mem::take(&mut *lock(&self.problems));
        inventory.problems.sort();
        inventory.roots = self.roots;
        inventory
    }

    /// Named files are taken whatever they are called and whether or not they are ignored.
    fn add_named(&mut self) {
        let listings = self.listings.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        for (directory, name) in &self.named {
            // Whoever names a file takes it for something to lint.
            let kind = kind_of(name).filter(|kind| *kind != FileKind::Deployment).unwrap_or(FileKind::Yaml);
            let path = directory.join(name);
            let target = fs::canonicalize(&path).ok().filter(|target| *target != path);
            let known = listings.iter_mut().find(|listing| listing.path == *directory);
            let entry = Entry { name: name.clone(), kind, target };
            match known {
                Some(listing) if listing.entries.iter().any(|entry| entry.name == *name) => {}
                Some(listing) => listing.entries.push(entry),
                None => {
                    let (path, entries) = (directory.clone(), vec![entry]);
                    listings.push(Listing {
                        path,
                        entries,
                        is_initialised: false,
                        is_locked: false,
                        is_partial: false,
                    });
                }
            }
        }
    }

    /// The files to which directories of the repository link that were not asked for.
    fn linked_from_elsewhere(&self, listings: &[Listing]) -> HashSet<PathBuf> {
        let is_read = |name: &OsStr| kind_of(name).is_some_and(FileKind::is_terraform);
        let has_configuration = |listing: &&Listing| listing.entries.iter().any(|entry| is_read(&entry.name));
        let walked: HashSet<PathBuf> = listings.iter().filter(has_configuration).map(|at| at.path.clone()).collect();
        let is_whole = |root: &&Path| self.roots.iter().any(|walked| root.starts_with(walked));
        match self.repository.as_deref().filter(|root| !walked.is_empty() && !is_whole(root)) {
            Some(repository) => {
                let is_left_out = |path: &Path, name: &OsStr, ignores: &Ignores| self.is_passed_by(path, name, ignores);
                let roots = self.roots.as_slice();
                Search { repository, roots, walked: &walked, is_left_out: &is_left_out, is_read: &is_read }.run()
            }
            None => HashSet::new(),
        }
    }

    /// Gives every real file a number: those of the listings in their order, then those to which only symlinks lead.
    /// Returns the numbers of the files to which symlinks lead.
    fn number_files(&self, listings: &[Listing], inventory: &mut Inventory) -> HashMap<PathBuf, FileId> {
        let mut links: BTreeMap<&Path, Links> = BTreeMap::new();
        let has_named = !self.named.is_empty();
        for listing in listings {
            let (display, key) = (self.shown(&listing.path), self.key(&listing.path));
            for entry in &listing.entries {
                let is_named = has_named
                    && self.named.iter().any(|(directory, name)| *directory == listing.path && *name == entry.name);
                let Some(target) = &entry.target else {
                    inventory.files.push(File {
                        path: listing.path.join(&entry.name),
                        display: below(&display, &entry.name),
                        key: below(&key, &entry.name),
                        links: Vec::new(),
                        named: is_named,
                    });
                    continue;
                };
                let known = links.entry(target).or_default();
                known.shown.push(below(&display, &entry.name));
                known.named |= is_named;
            }
        }
        let starts: Vec<usize> = listings
            .iter()
            .scan(0, |next, listing| {
                let start = *next;
                *next += listing.entries.iter().filter(|entry| entry.target.is_none()).count();
                Some(start)
            })
            .collect();
        let mut targets = HashMap::with_capacity(links.len());
        for (path, links) in links {
            let index = position(listings, &starts, path).unwrap_or_else(|| {
                let (display, key) = (self.shown(path), self.key(path));
                inventory.files.push(File { display, key, path: path.to_owned(), links: Vec::new(), named: false });
                inventory.files.len() - 1
            });
            let file = &mut inventory.files[index];
            file.links = links.shown;
            file.named |= links.named;
            targets.insert(path.to_owned(), file_id(index));
        }
        targets
    }

    /// Hands out the entries of one listing. `next` are the numbers of the files that are no symlinks.
    fn sort_entries(
        &self,
        listing: Listing,
        next: &mut RangeFrom<usize>,
        targets: &HashMap<PathBuf, FileId>,
        inventory: &mut Inventory,
    ) {
        let mut members = Vec::new();
        for entry in listing.entries {
            let is_link = entry.target.is_some();
            let file = match &entry.target {
                Some(target) => targets.get(target).copied(),
                None => next.next().map(file_id),
            };
            let Some(file) = file else { continue };
            let member = Member { file, name: entry.name.to_string_lossy().into_owned(), kind: entry.kind, is_link };
            match member.kind {
                FileKind::Yaml => inventory.rule_candidates.push(file),
                FileKind::Json => {
                    // JSON is YAML: one that the user names may hold rules as well.
                    if inventory.file(file).is_some_and(|file| file.named) {
                        inventory.rule_candidates.push(file);
                    }
                    inventory.dashboard_candidates.push(file);
                }
                FileKind::Deployment => inventory.deployment.push(file),
                FileKind::Config => inventory.configs.push(listing.path.join(&entry.name)),
                FileKind::Invariants => inventory.invariants.push(file),
                FileKind::StrayTest => inventory.stray_tests.push(member),
                _ => members.push(member),
            }
        }
        if !members.is_empty() {
            inventory.directories.push(Directory {
                display: self.shown(&listing.path),
                key: self.key(&listing.path),
                path: listing.path,
                members,
                tests: Vec::new(),
                is_linked_store: false,
                linked_elsewhere: Vec::new(),
                is_initialised: listing.is_initialised,
                is_locked: listing.is_locked,
                is_partial: listing.is_partial,
            });
        }
    }
}

/// The symlinks that lead to one file.
#[derive(Default)]
struct Links {
    /// Their paths as shown.
    shown: Vec<String>,
    /// Whether the user named one of them.
    named: bool,
}

/// Where the file at `path` stands among those of the listings that are no symlinks. `starts` counts those before each
/// listing.
fn position(listings: &[Listing], starts: &[usize], path: &Path) -> Option<usize> {
    let (parent, name) = (path.parent()?, path.file_name()?);
    let at = listings.binary_search_by(|listing| listing.path.as_path().cmp(parent)).ok()?;
    let entries = &listings[at].entries;
    let index = entries.binary_search_by(|entry| entry.name.as_os_str().cmp(name)).ok()?;
    let own = |entry: &&Entry| entry.target.is_none();
    own(&&entries[index]).then(|| starts[at] + entries[..index].iter().filter(own).count())
}

fn file_id(index: usize) -> FileId {
    FileId(u32::try_from(index).unwrap_or(u32::MAX))
}

/// The path of a file in a directory that is shown as `directory`.
fn below(directory: &str, name: &OsStr) -> String {
    let name = name.to_string_lossy();
    match directory {
        "" | "." => name.into_owned(),
        _ => [directory, if directory.ends_with('/') { "" } else { "/" }, &name].concat(),
    }
}

/// Notes which files directories elsewhere link to.
fn mark_linked(inventory: &mut Inventory, linked: &HashSet<PathBuf>) {
    let files = &inventory.files;
    let is_linked = |member: &Member| files.get(member.file.0 as usize).is_some_and(|file| linked.contains(&file.path));
    let has_links = |member: &Member| files.get(member.file.0 as usize).is_some_and(|file| !file.links.is_empty());
    for directory in &mut inventory.directories {
        directory.linked_elsewhere =
            directory.members.iter().filter(|member| is_linked(member)).map(|member| member.file).collect();
        let mut configuration = directory.members.iter().filter(|member| is_configuration(member)).peekable();
        directory.is_linked_store =
            configuration.peek().is_some() && configuration.all(|member| has_links(member) || is_linked(member));
    }
}

/// Moves test files in `x/tests` to the module `x`. Deeper below a module nobody looks for tests; where there is no
/// module at all, Terraform takes them as they are. `directories` are sorted by path.
fn attach_tests(directories: &mut [Directory], stray: &mut Vec<Member>) {
    let is_module: Vec<bool> = directories.iter().map(is_module).collect();
    for index in 0..directories.len() {
        if !directories[index].members.iter().any(is_test) {
            continue;
        }
        let find = |path: &Path| directories.binary_search_by(|directory| directory.path.as_path().cmp(path)).ok();
        let module_at = |path: &Path| find(path).filter(|index| is_module[*index]);
        let path = &directories[index].path;
        let in_tests = path.file_name().is_some_and(|name| name == "tests");
        let parent = path.parent().filter(|_| in_tests).and_then(module_at);
        let is_below_module = || path.ancestors().skip(1).any(|above| module_at(above).is_some());
        if parent.is_none() && (is_module[index] || !is_below_module()) {
            continue;
        }
        let members = std::mem::take(&mut directories[index].members);
        let (tests, rest): (Vec<Member>, Vec<Member>) = members.into_iter().partition(is_test);
        directories[index].members = rest;
        match parent {
            Some(parent) => directories[parent].tests.extend(tests),
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
