//! One run of `sprag lint`: everything that was found and read before the first lint, and a look at it. A look can be
//! taken again after texts have changed.

use std::collections::BTreeMap;

use super::affected::Change;
use super::baseline::Baselines;
use super::known::Known;
use super::passes::{Outcome, Run};
use super::settings::Settings;
use super::since::{Reach, Since};
use crate::cli::args::LintArgs;
use crate::cli::files::Files;
use crate::diagnostic::{Diagnostic, FileId, Severity};
use crate::discover::{Inventory, Problem};
use crate::linter::finding::{self, FileTable, Finding};
use crate::linter::fixing::Edits;
use crate::linter::{Engine, Undecided};

/// What does not change between looks, but for the texts of `files`.
pub(super) struct Scene<'a> {
    pub(super) args: &'a LintArgs,
    pub(super) engine: Engine<'a>,
    pub(super) inventory: Inventory,
    pub(super) files: Files,
    pub(super) settings: Settings<'a>,
    /// What is known beside the files.
    pub(super) known: Known,
    /// What is wrong with configurations, but stops nothing.
    pub(super) mistakes: Vec<Diagnostic>,
    pub(super) change: Option<Change>,
    pub(super) since: Option<Since>,
    /// What `since` means for the texts as they are now; known after the first look.
    pub(super) reach: Option<Reach>,
    pub(super) baselines: Baselines,
    /// The file that standard input stands for.
    pub(super) typed: Option<FileId>,
}

/// What one look finds.
#[derive(Default)]
pub(super) struct View {
    /// What is shown, and notes that may be hidden.
    pub(super) findings: Vec<Finding>,
    pub(super) problems: Vec<Problem>,
    /// How many files were linted.
    pub(super) checked: usize,
    /// What the findings add up to, in sentences.
    pub(super) summary: Vec<String>,
    /// What is known and not shown.
    pub(super) remarks: Vec<String>,
    /// Named files of which nothing was read, as shown.
    pub(super) foreign: Vec<String>,
}

impl Scene<'_> {
    /// The least severity that counts.
    pub(super) fn least(&self) -> Severity {
        Severity::from(self.args.fail_on)
    }

    /// Lints everything and keeps what is asked for.
    pub(super) fn look(&mut self) -> View {
        let is_concerned = |change: &Change| change.concerns_modules(&self.inventory, &self.files);
        let run = Run {
            engine: &self.engine,
            inventory: &self.inventory,
            files: &self.files,
            settings: &self.settings,
            known: &self.known,
            evaluates: self.change.as_ref().is_none_or(is_concerned),
        };
        let mut outcome = run.all();
        outcome.diagnostics.extend(self.mistakes.iter().cloned());
        if self.args.show.is_some() {
            // Notes that are shown although others are hidden.
            if self.least() > Severity::Note {
                outcome.diagnostics.retain(|found| found.severity > Severity::Note);
            }
            outcome.diagnostics.extend(outcome.undecided.drain(..).map(undecided));
        }
        if let Some(reach) =
            self.change.as_ref().and_then(|change| change.reach(&self.inventory, &self.files, &outcome.modules))
        {
            outcome.diagnostics.retain(|found| reach.contains(&found.location.file));
            outcome.summary.clear();
        }
        if let Some(since) = &self.since {
            let reach = || since.reach(&self.inventory, &self.files, &outcome.modules);
            self.reach.get_or_insert_with(reach);
            outcome.summary.clear();
        }
        outcome.checked += self.inventory.configs.len() + self.inventory.invariants.len();
        self.view(outcome)
    }

    /// Notes where texts moved.
    pub(super) fn shift(&mut self, edits: &BTreeMap<FileId, Edits>) {
        if let Some(reach) = &mut self.reach {
            reach.shift(edits);
        }
    }

    /// The findings of `outcome`, of named files only when the run is focused.
    pub(super) fn view(&self, outcome: Outcome) -> View {
        let findings = finding::resolve(outcome.diagnostics, &self.files);
        let is_all = self.change.is_none() && self.args.select.is_empty() && self.args.ignore.is_empty();
        let (mut findings, mut remarks) =
            self.baselines.leave_out(self, findings, is_all && outcome.problems.is_empty());
        if self.inventory.focused {
            findings.retain(|finding| self.files.get(finding.place.file).is_some_and(|file| file.named));
        }
        if let Some(reach) = &self.reach {
            reach.narrow(&mut findings, &self.files);
            remarks.extend(self.since.as_ref().and_then(|since| since.remark.clone()));
        }
        remarks.extend(self.known.values.iter().filter_map(|values| values.remark(&self.files)));
        if self.least() == Severity::Error {
            findings.retain(|finding| finding.severity == Severity::Error);
        }
        let foreign = outcome.foreign.iter().map(|file| self.files.path(*file).to_owned()).collect();
        let Outcome { problems, checked, summary, .. } = outcome;
        View { findings, problems, checked, summary, remarks, foreign }
    }
}

/// What could not be decided, as a note.
fn undecided(found: Undecided) -> Diagnostic {
    let message = format!("undecided: {}", found.open.reason);
    let made = Diagnostic::new(found.lint, Severity::Note, found.location, message).subject(found.address);
    let made = found.open.calls.into_iter().fold(made, |made, call| made.label(call.location, call.message));
    match found.open.help {
        Some(help) => made.help(help),
        None => made,
    }
}
