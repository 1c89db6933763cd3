//! `--since REF`: what a branch changed. Findings are shown that stand on changed lines, that are about a block or rule
//! with changed lines in it, or that are in a module that calls a changed one.

mod patch;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::affected;
use crate::cli::files::Files;
use crate::cli::git::{Git, path_of};
use crate::diagnostic::FileId;
use crate::discover::{self, Inventory};
use crate::linter::finding::{Finding, Place};
use crate::linter::fixing::{self, Edits};
use crate::prometheus::{self, Content};
use crate::source::{LineIndex, Span};
use crate::syntax::hcl::{self, Document, ItemView};
use crate::terraform::ModuleSummary;

/// What changed, by path.
pub(super) struct Since {
    /// Runs of changed lines, from 1; everything in a new file.
    files: HashMap<PathBuf, Lines>,
    /// Directories that lost a file.
    losers: HashSet<PathBuf>,
    /// What the user should know of the comparison.
    pub(super) remark: Option<String>,
}

enum Lines {
    All,
    /// The first, and how many; where lines are only gone, the one before and none.
    Runs(Vec<(u32, u32)>),
}

impl Since {
    /// Compares the files of the repository that `paths` lie in with where HEAD left `reference`.
    pub(super) fn of(reference: &str, paths: &[PathBuf]) -> Result<Self, String> {
        let option = |message: String| format!("--since: {message}");
        let first = paths.first().map_or_else(|| PathBuf::from("."), |path| discover::directory_of(path));
        let git = Git::at(&first).map_err(option)?;
        if let Some(path) =
            paths.iter().find(|path| path.canonicalize().is_ok_and(|path| !path.starts_with(git.root())))
        {
            return Err(option(format!("{} lies outside of the repository {}", path.display(), git.root().display())));
        }
        let commit = git.commit(reference).map_err(option)?;
        let (base, remark) = match git.merge_base(&commit) {
            Some(base) => (base, None),
            None if git.is_shallow() => {
                let remark = "this clone is shallow and does not reach back to where the branch began";
                (commit, Some(format!("{remark}: compared with `{reference}` as it is")))
            }
            None => return Err(option(format!("HEAD and `{reference}` have no history in common"))),
        };
        let mut since = Self { files: HashMap::new(), losers: HashSet::new(), remark };
        for change in patch::parse(&git.patch(&base).map_err(option)?) {
            let path = git.root().join(path_of(&change.path));
            if change.is_gone {
                since.losers.extend(path.parent().map(Path::to_path_buf));
            } else {
                since.add(&path, Lines::Runs(change.hunks));
            }
        }
        for path in git.untracked().map_err(option)? {
            since.add(&git.root().join(path), Lines::All);
        }
        Ok(since)
    }

    /// A changed symlink is a change of all that it leads to.
    fn add(&mut self, path: &Path, lines: Lines) {
        let lines = if path.is_symlink() { Lines::All } else { lines };
        self.files.insert(path.canonicalize().unwrap_or_else(|_| path.to_path_buf()), lines);
    }

    /// What is changed among the files that are linted.
    pub(super) fn reach(&self, inventory: &Inventory, files: &Files, modules: &[ModuleSummary]) -> Reach {
        if self.files.keys().any(|path| affected::governs(path)) {
            return Reach { is_all: true, ..Reach::default() };
        }
        let mut reach = Reach::default();
        for (index, file) in files.all.iter().enumerate() {
            let id = FileId(u32::try_from(index).unwrap_or(u32::MAX));
            if let Some(lines) = self.files.get(&file.path) {
                let text = files.read(id).unwrap_or_default();
                reach.changed.insert(id, spans(&text, lines));
            }
        }
        let has_lost = |directory: &Path| {
            let tests = directory.join("tests");
            self.losers.contains(directory) || self.losers.contains(&tests)
        };
        let mut changed: BTreeSet<String> = BTreeSet::new();
        for directory in &inventory.directories {
            let lost = has_lost(&directory.path);
            if lost || affected::members(directory).any(|file| reach.changed.contains_key(&file)) {
                changed.insert(directory.key.clone());
            }
            if lost {
                reach.whole.extend(affected::members(directory));
            }
        }
        let callers = affected::callers(&changed, modules);
        let calling = inventory.directories.iter().filter(|directory| callers.contains(&directory.key));
        reach.whole.extend(calling.flat_map(affected::members));
        let path = |file: &FileId| files.get(*file).map(|file| file.path.as_path());
        let lost_beside = |file: &FileId| path(file).and_then(Path::parent).is_some_and(|at| self.losers.contains(at));
        let rules = &inventory.rule_candidates;
        reach.whole.extend(rules.iter().copied().filter(lost_beside));
        if rules.iter().any(|file| reach.changed.contains_key(file) || lost_beside(file)) {
            reach.whole.extend(affected::configurations(files));
        }
        reach
    }
}

/// What is shown, in places of the texts.
#[derive(Clone, Default)]
pub(super) struct Reach {
    /// The change may concern everything.
    is_all: bool,
    /// Files of which all findings are shown.
    whole: HashSet<FileId>,
    /// Changed parts; an empty one where something is gone.
    changed: HashMap<FileId, Vec<Span>>,
}

impl Reach {
    /// Leaves out findings that have nothing to do with the change.
    pub(super) fn narrow(&self, findings: &mut Vec<Finding>, files: &Files) {
        if self.is_all {
            return;
        }
        let mut subjects: HashMap<FileId, Vec<Span>> = HashMap::new();
        findings.retain(|finding| {
            let file = finding.place.file;
            if self.whole.contains(&file) || self.is_on_changed_lines(&finding.place) {
                return true;
            }
            if finding.labels.iter().any(|label| self.is_on_changed_lines(&label.place)) {
                return true;
            }
            let Some(changed) = self.changed.get(&file) else { return false };
            let subjects = subjects.entry(file).or_insert_with(|| subjects_of(file, files));
            let start = finding.place.start.offset;
            // An error at its end belongs to it.
            let mut around = subjects.iter().filter(|subject| subject.start <= start && start <= subject.end);
            around.any(|subject| changed.iter().any(|part| is_inside(*part, *subject)))
        });
    }

    fn is_on_changed_lines(&self, place: &Place) -> bool {
        let (start, end) = (place.start.offset, place.end.offset.max(place.start.offset + 1));
        let touches = |part: &Span| !part.is_empty() && part.start < end && start < part.end;
        self.changed.get(&place.file).is_some_and(|parts| parts.iter().any(touches))
    }

    /// Follows edits of the texts.
    pub(super) fn shift(&mut self, edits: &BTreeMap<FileId, Edits>) {
        for (file, edits) in edits {
            for part in self.changed.get_mut(file).into_iter().flatten() {
                *part = fixing::moved(*part, edits);
            }
        }
    }
}

/// Whether changed lines, or the place where some are gone, lie in `subject`.
const fn is_inside(changed: Span, subject: Span) -> bool {
    if changed.is_empty() {
        return subject.start < changed.start && changed.start < subject.end;
    }
    changed.start < subject.end && subject.start < changed.end
}

/// Lines as places in the text.
fn spans(text: &[u8], lines: &Lines) -> Vec<Span> {
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let Lines::Runs(runs) = lines else { return vec![Span::new(0, end.saturating_add(1))] };
    let index = LineIndex::new(text);
    let start_of = |line: u32| index.line_start(line).unwrap_or(end.saturating_add(1));
    let span = |(first, count): &(u32, u32)| match count {
        0 => Span::at(start_of(first + 1)),
        _ => Span::new(start_of(*first), start_of(first.saturating_add(*count))),
    };
    runs.iter().map(span).collect()
}

/// The things that findings of a file are about: its blocks, local values one by one, rules.
fn subjects_of(file: FileId, files: &Files) -> Vec<Span> {
    let Ok(text) = files.read(file) else { return Vec::new() };
    let name = files.get(file).map(|file| file.path.to_string_lossy().into_owned()).unwrap_or_default();
    if name.ends_with(".yml") || name.ends_with(".yaml") {
        return match prometheus::read(&text) {
            Content::Rules(rules) => rules.rules().map(|(_, rule)| rule.span).collect(),
            Content::Template(_) | Content::Other => Vec::new(),
        };
    }
    if name.ends_with(".json") {
        return Vec::new();
    }
    let tree = hcl::parse(&text);
    let mut subjects = Vec::new();
    for item in Document::new(&tree, &text).root().items() {
        match item {
            ItemView::Block(block) if block.kind() == "locals" => {
                subjects.extend(block.body().attributes().map(hcl::AttributeView::span));
            }
            ItemView::Block(block) => subjects.push(block.span()),
            ItemView::Attribute(attribute) => subjects.push(attribute.span()),
        }
    }
    subjects
}
