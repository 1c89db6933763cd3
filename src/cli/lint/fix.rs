//! `--fix`, `--unsafe-fixes` and `--diff`: applies the fixes of what is shown in rounds, until nothing is left to apply,
//! and writes each file once, as a whole. A file that does not parse is left alone, and so is one that would not parse
//! afterwards.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::diff;
use super::scene::{Scene, View};
use crate::cli::args::LintArgs;
use crate::cli::files::read_limited;
use crate::cli::write::{explain, replace};
use crate::diagnostic::{Applicability, FileId, Fix, LintId};
use crate::linter::fixing::{self, Edits};
use crate::prometheus::{self, Content};
use crate::syntax::{hcl, json};

/// More rounds than any file needs; two fixes that undo each other would take all of them.
const MAX_ROUNDS: usize = 100;

/// How far the user trusts fixes; nothing where none is to be applied.
pub(super) fn wanted(args: &LintArgs) -> Option<Applicability> {
    match (args.unsafe_fixes, args.fix || args.diff) {
        (true, _) => Some(Applicability::Unsafe),
        (false, true) => Some(Applicability::Safe),
        (false, false) => None,
    }
}

/// What fixes have made so far.
#[derive(Default)]
pub(super) struct Fixed {
    /// The text of each changed file before the first change.
    before: BTreeMap<FileId, Arc<[u8]>>,
    /// How many findings of each lint were fixed.
    counts: BTreeMap<LintId, usize>,
    /// Files whose fixes would break them, with the lints that wanted it.
    refused: BTreeMap<FileId, BTreeSet<LintId>>,
    /// Whether the rounds did not come to an end.
    endless: bool,
}

/// Applies fixes to the texts of `scene` until there is nothing more to do, and returns what is left to see.
pub(super) fn apply(scene: &mut Scene<'_>, wanted: Applicability, mut view: View) -> (Fixed, View) {
    let mut fixed = Fixed::default();
    for _ in 0..MAX_ROUNDS {
        if !fixed.round(scene, wanted, &view) {
            return (fixed, view);
        }
        view = scene.look();
    }
    fixed.endless = true;
    (fixed, view)
}

impl Fixed {
    /// Applies what fits together. False when there was nothing.
    fn round(&mut self, scene: &mut Scene<'_>, wanted: Applicability, view: &View) -> bool {
        let least = scene.least();
        let mut offered: Vec<(&LintId, Fix)> = Vec::new();
        let mut broken: HashSet<FileId> = HashSet::new();
        let mut sound: HashSet<FileId> = HashSet::new();
        for finding in view.findings.iter().filter(|finding| finding.severity >= least) {
            let Some(fix) = finding.fix.as_ref().filter(|fix| fix.applicability >= wanted) else { continue };
            let fix = fix.unplaced();
            let may_change = fix.edits.iter().map(|edit| edit.location.file).all(|file| {
                if !sound.contains(&file) && !broken.contains(&file) {
                    let may = may_change(scene, file) && !self.refused.contains_key(&file) && parses(scene, file);
                    if may { &mut sound } else { &mut broken }.insert(file);
                }
                sound.contains(&file)
            });
            if may_change {
                offered.push((&finding.lint, fix));
            }
        }
        let chosen = fixing::choose(&offered.iter().map(|(_, fix)| fix).collect::<Vec<_>>());
        let mut changed: BTreeMap<FileId, Edits> = BTreeMap::new();
        for (file, edits) in chosen.edits {
            let Ok(text) = scene.files.read(file) else { continue };
            let Some(after) = fixing::edited(&text, &edits).filter(|after| *after != text) else { continue };
            let known = scene.files.overlay.insert(file, Arc::from(after));
            if !parses(scene, file) {
                match known {
                    Some(known) => scene.files.overlay.insert(file, known),
                    None => scene.files.overlay.remove(&file),
                };
                let culprits = chosen.taken.iter().map(|number| &offered[*number]);
                let culprits = culprits.filter(|(_, fix)| fix.edits.iter().any(|edit| edit.location.file == file));
                self.refused.entry(file).or_default().extend(culprits.map(|(lint, _)| (*lint).clone()));
                continue;
            }
            self.before.entry(file).or_insert_with(|| Arc::from(text));
            changed.insert(file, edits);
        }
        for number in chosen.taken {
            let (lint, fix) = &offered[number];
            if fix.edits.iter().any(|edit| changed.contains_key(&edit.location.file)) {
                *self.counts.entry((*lint).clone()).or_default() += 1;
            }
        }
        scene.shift(&changed);
        !changed.is_empty()
    }

    /// The differences that the fixes make, as text.
    pub(super) fn diff(&self, scene: &Scene<'_>) -> String {
        let difference = |(file, before): (&FileId, &Arc<[u8]>)| {
            let path = scene.files.get(*file).map_or("", |file| file.display.as_str());
            diff::unified(path, before, &scene.files.read(*file).unwrap_or_default())
        };
        self.before.iter().map(difference).collect()
    }

    /// Writes the changed files. Returns why some could not be written.
    pub(super) fn save(&self, scene: &Scene<'_>) -> Vec<String> {
        let mut complaints = Vec::new();
        for (file, before) in &self.before {
            let (Some(entry), Ok(after)) = (scene.files.get(*file), scene.files.read(*file)) else { continue };
            let save = || -> Result<(), String> {
                if read_limited(&entry.path)? != **before {
                    return Err("changed while it was linted; nothing was written to it, run sprag again".to_owned());
                }
                let is_readonly = fs::metadata(&entry.path).is_ok_and(|known| known.permissions().readonly());
                if is_readonly {
                    return Err("is read-only; nothing was written to it".to_owned());
                }
                replace(&entry.path, &after).map_err(|error| format!("not written: {}", explain(&error)))
            };
            if let Err(message) = save() {
                complaints.push(format!("{}: {message}", entry.display));
            }
        }
        complaints
    }

    /// What is wrong with sprag itself, where it shows.
    pub(super) fn complaints(&self, scene: &Scene<'_>) -> Vec<String> {
        let refused = self.refused.iter().map(|(file, lints)| {
            let path = scene.files.get(*file).map_or("", |file| file.display.as_str());
            let lints: Vec<&str> = lints.iter().map(LintId::as_str).collect();
            format!(
                "{path}: the fixes of {} would break this file and were not applied; \
                 this is a bug in sprag: please report it with the file",
                lints.join(", ")
            )
        });
        let endless = "fixes undo each other and were given up; this is a bug in sprag: please report it";
        refused.chain(self.endless.then(|| endless.to_owned())).collect()
    }

    /// Whether anything changed.
    pub(super) fn is_empty(&self) -> bool {
        self.before.is_empty()
    }

    /// `fixed 3 findings in 2 files`, beginning with `verb`.
    pub(super) fn sentence(&self, verb: &str) -> String {
        let plural = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
        let findings: usize = self.counts.values().sum();
        let lints: Vec<String> = self.counts.iter().map(|(lint, count)| format!("{lint} {count}")).collect();
        let files = plural(self.before.len(), "file");
        format!("{verb} {} in {files} ({})", plural(findings, "finding"), lints.join(", "))
    }
}

/// Whether a file was asked for: named, or below what was walked. Symlinks lead elsewhere too.
fn may_change(scene: &Scene<'_>, file: FileId) -> bool {
    let is_typed = scene.typed == Some(file);
    let is_below = |path: &Path| scene.inventory.roots.iter().any(|root| path.starts_with(root));
    is_typed || scene.files.get(file).is_some_and(|file| file.named || is_below(&file.path))
}

/// Whether a file is whole in its language.
fn parses(scene: &Scene<'_>, file: FileId) -> bool {
    let (Some(entry), Ok(text)) = (scene.files.get(file), scene.files.read(file)) else { return false };
    match entry.path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => json::parse(&text).errors.is_empty(),
        Some("yml" | "yaml") => match prometheus::read(&text) {
            Content::Rules(rules) => rules.syntax_errors.is_empty(),
            Content::Template(_) | Content::Other => true,
        },
        _ => hcl::parse(&text).errors.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::baseline::Baselines;
    use super::*;
    use crate::cli::args::{Args, Command};
    use crate::cli::files::Files;
    use crate::config::Selection;
    use crate::diagnostic::{Diagnostic, Edit, Location, Severity};
    use crate::discover::{File, Inventory};
    use crate::linter::Engine;
    use crate::linter::finding::resolve;

    const TEXT: &str = "locals {\n  a = 1\n}\n";

    /// Replaces the `1` in a file of [`TEXT`] by `new`, as a fix; `meanwhile` happens before it is written.
    fn fix(new: &str, meanwhile: impl Fn(&Path)) -> (Vec<String>, String) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().canonicalize().unwrap().join("a.tf");
        fs::write(&path, TEXT).unwrap();
        let Command::Lint(args) = Args::parse_from(["sprag", "lint", "--fix"]).command else { panic!("not lint") };
        let display = "a.tf".to_owned();
        let file = File { path: path.clone(), key: display.clone(), display, links: Vec::new(), named: true };
        let selection = Selection::default();
        let settings =
            super::super::settings::Settings::load(None, &[directory.path().to_path_buf()], &selection).unwrap();
        let mut scene = Scene {
            args: &args,
            engine: Engine { lints: &[] },
            inventory: Inventory::default(),
            files: Files::new(vec![file]),
            settings,
            known: crate::cli::lint::known::Known::default(),
            mistakes: Vec::new(),
            change: None,
            since: None,
            reach: None,
            baselines: Baselines::none(),
            typed: None,
        };
        let at = TEXT.find('1').unwrap();
        let place = Location::new(FileId(0), (at..at + 1).into());
        let edits = vec![Edit { location: place, text: new.to_owned() }];
        let fix = Fix { applicability: Applicability::Safe, edits };
        let found = Diagnostic::new(LintId::new("terraform/a"), Severity::Warning, place, "m").fix(fix);
        let findings = resolve(vec![found], &scene.files);
        let view = View { findings, checked: 1, ..View::default() };
        let (fixed, _) = apply(&mut scene, Applicability::Safe, view);
        meanwhile(&path);
        let mut complaints = fixed.complaints(&scene);
        complaints.extend(fixed.save(&scene));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "no draft is left");
        (complaints, fs::read_to_string(path).unwrap())
    }

    #[test]
    fn writes_what_it_made() {
        assert_eq!(fix("2", |_| ()), (Vec::new(), TEXT.replace('1', "2")));
    }

    #[test]
    fn does_not_write_over_what_somebody_else_wrote() {
        let (complaints, text) = fix("2", |path| fs::write(path, "locals {}\n").unwrap());
        assert_eq!(text, "locals {}\n");
        assert_eq!(complaints, ["a.tf: changed while it was linted; nothing was written to it, run sprag again"]);
    }

    #[test]
    fn does_not_apply_what_breaks_a_file() {
        let (complaints, text) = fix("(", |_| ());
        assert_eq!((text.as_str(), complaints.len()), (TEXT, 1));
        assert!(complaints[0].starts_with("a.tf: the fixes of terraform/a would break this file"), "{complaints:?}");
    }
}
