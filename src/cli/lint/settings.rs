//! The configurations of one run: those above the requested paths and those nested below them. The nearest above a file
//! governs it.

use std::path::{Path, PathBuf};

use super::invariants::check_inputs;
use crate::cli::files::{Files, read_limited};
use crate::config::{CONFIG_LINT, Config, InvariantBlock, PathSet, Selection, parse_invariants};
use crate::diagnostic::{Diagnostic, FileId, LintId, Severity};
use crate::discover;
use crate::linter::Policy;
use crate::lints::LINTS;
use crate::terraform::schemas::Schemas;

/// One configuration and the directory below which it holds.
pub(super) struct Governed {
    pub(super) directory: PathBuf,
    pub(super) policy: Policy,
    pub(super) exclude: PathSet,
    /// What is known of providers.
    pub(super) schemas: Schemas,
    /// Invariants in files beside it.
    invariants: Vec<InvariantBlock>,
    /// Its file; nothing for the built-in one.
    pub(super) file: Option<FileId>,
    path: Option<PathBuf>,
    text: Vec<u8>,
}

/// All configurations; the first, built in or named, is the one for what no other governs.
pub(super) struct Settings<'a> {
    all: Vec<Governed>,
    selection: &'a Selection,
    is_fixed: bool,
    is_broken: bool,
}

impl<'a> Settings<'a> {
    /// Reads `named`, or else the nearest configuration at or above each of `starts`.
    pub(super) fn load(named: Option<&Path>, starts: &[PathBuf], selection: &'a Selection) -> Result<Self, String> {
        let real = |start: &PathBuf| start.canonicalize().unwrap_or_else(|_| start.clone());
        let starts: Vec<PathBuf> = starts.iter().map(real).collect();
        let first = Governed::built_in(starts.first().cloned().unwrap_or_default(), selection);
        let mut settings = Self { all: vec![first], selection, is_fixed: named.is_some(), is_broken: false };
        if let Some(path) = named {
            // A configuration that is named governs from where sprag was started, or from the first requested path where
            // that lies elsewhere.
            let here = std::env::current_dir().and_then(|path| path.canonicalize()).unwrap_or_default();
            let first = &mut settings.all[0];
            if starts.iter().all(|start| start.starts_with(&here)) {
                first.directory = here;
            }
            first.text = read_limited(path).map_err(|message| format!("{}: {message}", path.display()))?;
            first.path = Some(path.canonicalize().unwrap_or_else(|_| path.to_path_buf()));
        } else {
            let nearest: Vec<PathBuf> = starts.iter().filter_map(|start| discover::nearest_config(start)).collect();
            settings.add(&nearest)?;
        }
        for governed in &mut settings.all {
            governed.read(FileId(0), selection);
        }
        Ok(settings)
    }

    /// What the configurations known so far leave out of the walk: patterns, and the directory they are relative to.
    pub(super) fn exclude(&self) -> impl Fn(&Path) -> bool + Send + Sync + 'static {
        let sets = self.all.iter().map(|governed| (governed.directory.clone(), governed.exclude.clone()));
        let mut sets: Vec<(PathBuf, PathSet)> = sets.collect();
        sets[1..].sort_by_key(|(directory, _)| std::cmp::Reverse(directory.as_os_str().len()));
        sets.rotate_left(1); // the nearest first, the one for all others last
        let excludes_nothing = sets.iter().all(|(_, set)| set.is_empty());
        move |path| {
            if excludes_nothing {
                return false;
            }
            let inner = sets.iter().find_map(|(directory, set)| Some((path.strip_prefix(directory).ok()?, set)));
            inner.is_some_and(|(inner, set)| set.is_match(&inner.to_string_lossy().replace('\\', "/")))
        }
    }

    /// Takes in configurations found below the requested paths.
    pub(super) fn add_nested(&mut self, paths: &[PathBuf]) -> Result<(), String> {
        if self.is_fixed { Ok(()) } else { self.add(paths) }
    }

    fn add(&mut self, paths: &[PathBuf]) -> Result<(), String> {
        for path in paths {
            if self.all.iter().any(|known| known.path.as_ref() == Some(path)) {
                continue;
            }
            let mut nested = Governed::built_in(discover::directory_of(path), self.selection);
            nested.text = read_limited(path).map_err(|message| format!("{}: {message}", path.display()))?;
            nested.path = Some(path.clone());
            self.all.push(nested);
        }
        Ok(())
    }

    /// Gives every configuration its place in the file table and parses it. Returns the mistakes in them.
    pub(super) fn register(&mut self, files: &mut Files) -> Vec<Diagnostic> {
        let mut mistakes = Vec::new();
        for governed in &mut self.all {
            let Some(path) = &governed.path else { continue };
            let file = files.add(path, shown(path));
            let found = governed.read(file, self.selection);
            self.is_broken |= found.iter().any(|mistake| mistake.severity == Severity::Error);
            governed.file = Some(file);
            mistakes.extend(found);
            let unusable = governed.read_schemas();
            self.is_broken |= !unusable.is_empty();
            mistakes.extend(unusable);
            for path in governed.scrape_files() {
                files.add(&path, shown(&path));
            }
            let missing = governed.missing_scrape_files();
            self.is_broken |= !missing.is_empty();
            mistakes.extend(missing);
        }
        mistakes
    }

    /// Adds to the files of invariants that were found those beside a configuration above what was walked.
    pub(super) fn add_invariants(&self, found: &mut Vec<FileId>, files: &mut Files) {
        for governed in self.all.iter().filter(|governed| governed.path.is_some() && !self.is_fixed) {
            let beside = discover::invariants_beside(&governed.directory);
            let counts = |path: &PathBuf| !governed.exclude.is_match(&governed.relative(path));
            for path in beside.into_iter().filter(counts) {
                let file = files.add(&path, shown(&path));
                if !found.contains(&file) {
                    found.push(file);
                }
            }
        }
    }

    /// Parses the files of invariants. Returns the mistakes in them and in what the configurations give their inputs.
    pub(super) fn check_invariants(&mut self, invariants: &[FileId], files: &Files) -> Vec<Diagnostic> {
        let mut mistakes = Vec::new();
        for file in invariants {
            let (Ok(text), Some(entry)) = (files.read(*file), files.get(*file)) else { continue };
            let (blocks, found) = parse_invariants(&text, *file);
            let config = self.governing(&entry.path);
            self.all[config].invariants.extend(blocks);
            mistakes.extend(found);
        }
        let check = |governed: &Governed| check_inputs(&governed.policy.config, &governed.invariants);
        mistakes.extend(self.all.iter().flat_map(check));
        self.is_broken |= mistakes.iter().any(|mistake| mistake.severity == Severity::Error);
        mistakes
    }

    /// Notes that a configuration has mistakes.
    pub(super) const fn break_off(&mut self) {
        self.is_broken = true;
    }

    /// Whether a configuration has mistakes, so that nothing may be linted.
    pub(super) const fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// The invariants in files beside the configuration with this number.
    pub(super) fn invariants_of(&self, index: usize) -> &[InvariantBlock] {
        &self.get(index).invariants
    }

    /// The number of the configuration that governs `path`, a real path.
    pub(super) fn governing(&self, path: &Path) -> usize {
        let nested = self.all.iter().enumerate().skip(1).filter(|(_, governed)| path.starts_with(&governed.directory));
        nested.max_by_key(|(_, governed)| governed.directory.as_os_str().len()).map_or(0, |(index, _)| index)
    }

    /// The configuration with this number.
    pub(super) fn get(&self, index: usize) -> &Governed {
        &self.all[index.min(self.all.len() - 1)]
    }

    /// All configurations.
    pub(super) fn all(&self) -> &[Governed] {
        &self.all
    }
}

/// A real path as people know it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|path| path.canonicalize()).unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}

impl Governed {
    /// What holds without any configuration.
    fn built_in(directory: PathBuf, selection: &Selection) -> Self {
        let policy = Policy::new(Config::default(), selection);
        let (exclude, schemas, invariants) = (PathSet::new(&[]), Schemas::default(), Vec::new());
        Self { directory, policy, exclude, schemas, invariants, file: None, path: None, text: Vec::new() }
    }

    /// Reads the files of provider schemas that the configuration names. Returns what cannot be used.
    fn read_schemas(&mut self) -> Vec<Diagnostic> {
        let mut mistakes = Vec::new();
        for named in &self.policy.config.schemas {
            let read = std::fs::read(self.directory.join(&named.value)).map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
                _ => error.to_string(),
            });
            let added = read.and_then(|text| self.schemas.add(&text).map_err(|error| error.to_string()));
            if let (Err(reason), Some(location)) = (added, named.location()) {
                let message = format!("the schemas of `{}` cannot be used: {reason}", named.value);
                mistakes.push(Diagnostic::new(CONFIG_LINT, Severity::Error, location, message));
            }
        }
        mistakes
    }

    /// Takes the configuration from its text, which is that of `file`, and returns the mistakes in it.
    fn read(&mut self, file: FileId, selection: &Selection) -> Vec<Diagnostic> {
        let ids: Vec<&str> = LINTS.iter().map(|lint| lint.id).collect();
        let (config, mistakes) = Config::parse(&self.text, file, &ids);
        self.exclude = PathSet::new(&config.lint.exclude);
        self.policy = Policy::new(config, selection);
        mistakes
    }

    /// Whether the configuration names `path`, relative to its directory, as a Prometheus configuration.
    pub(super) fn names_scrape_file(&self, path: &str) -> bool {
        let mut named = self.policy.config.alerts.scrape.iter();
        named.any(|name| name.value.trim_start_matches("./") == path)
    }

    /// The Prometheus configurations that the configuration names.
    pub(super) fn scrape_files(&self) -> Vec<PathBuf> {
        let named = self.policy.config.alerts.scrape.iter();
        named.filter_map(|name| self.directory.join(&name.value).canonicalize().ok()).collect()
    }

    /// Mistakes about Prometheus configurations that are named and not there: without them jobs would be called unknown.
    fn missing_scrape_files(&self) -> Vec<Diagnostic> {
        let named = self.policy.config.alerts.scrape.iter();
        let missing = named.filter(|name| !self.directory.join(&name.value).is_file());
        let mistakes = missing.filter_map(|name| {
            let message = format!("scrape configuration `{}`: no such file", name.value);
            let mistake = Diagnostic::new(LintId::new("sprag/config"), Severity::Error, name.location()?, message);
            Some(mistake.help("a path is relative to the configuration"))
        });
        mistakes.collect()
    }

    /// The path of a file below the directory, as patterns see it.
    pub(super) fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.directory).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }
}
