//! The two passes over everything that was found.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rayon::prelude::*;

use super::first_pass::FirstPass;
use super::known::Known;
use super::servers::scrape_model;
use super::settings::{Governed, Settings};
use super::{evaluate, exporters, invariants, loaded, plan, releases, values};
use crate::cli::files::Files;
use crate::config::{Config, Literal};
use crate::diagnostic::{Diagnostic, FileId, LintId, Location, Severity};
use crate::discover::{Directory, Inventory, Problem};
use crate::linter::finding::FileTable;
use crate::linter::suppression::{self, Found, Judge, Suppressions};
use crate::linter::{Check, Engine, Guard, Lint, Monitoring, Repository, RuleUnit, Scope, TypedRules, Undecided};
use crate::lints;
use crate::prometheus::scrape::ScrapeModel;
use crate::prometheus::world::{Deployed, World};
use crate::syntax::hcl;
use crate::terraform::{ModuleKind, ModuleSummary, classify_modules, is_fixture, settle_unused};

/// What came out of a run.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) problems: Vec<Problem>,
    /// How many files were linted.
    pub(super) checked: usize,
    /// What the findings add up to, in sentences.
    pub(super) summary: Vec<String>,
    /// The modules, for who calls whom.
    pub(super) modules: Vec<ModuleSummary>,
    /// What invariants could not decide.
    pub(super) undecided: Vec<Undecided>,
    /// Named files of which nothing was read.
    pub(super) foreign: Vec<FileId>,
}

/// What a run works on.
pub(super) struct Run<'a> {
    pub(super) engine: &'a Engine<'a>,
    pub(super) inventory: &'a Inventory,
    pub(super) files: &'a Files,
    pub(super) settings: &'a Settings<'a>,
    pub(super) known: &'a Known,
    /// Whether modules are evaluated: findings about them would be shown.
    pub(super) evaluates: bool,
}

impl Run<'_> {
    /// Lints everything in the inventory.
    pub(super) fn all(&self) -> Outcome {
        let mut outcome = Outcome { problems: self.inventory.problems.clone(), ..Outcome::default() };
        let mut first = self.first_pass(&mut outcome);
        let suppressions = std::mem::take(&mut first.suppressions);
        let (configs, mut modules): (Vec<usize>, Vec<ModuleSummary>) =
            std::mem::take(&mut first.modules).into_iter().unzip();
        agree_on_fixes(&mut outcome.diagnostics, modules.iter());
        classify_modules(&mut modules);
        settle_unused(&mut modules);
        first.modules = configs.into_iter().zip(modules).collect();
        // Neither needs the other.
        let (guards, monitored) = rayon::join(|| self.evaluate(&first, &mut outcome), || self.monitoring_pass(&first));
        outcome.diagnostics.extend(self.second_pass(&first, &guards));
        outcome.diagnostics.extend(monitored);
        self.suppress(&mut outcome.diagnostics, suppressions);
        if !self.inventory.focused {
            outcome.summary = sentences(&outcome.diagnostics, &first.modules, first.rules.len());
        }
        outcome.modules = std::mem::take(&mut first.modules).into_iter().map(|(_, module)| module).collect();
        // What is left is many small things: another thread gives them back while the findings are shown.
        rayon::spawn(move || drop(first));
        outcome
    }

    /// Lints that need everything at once, for each configuration and what it governs.
    fn second_pass(&self, first: &FirstPass, guards: &[(usize, Guard)]) -> Vec<Diagnostic> {
        let FirstPass { modules, rules, strays, .. } = first;
        let mut diagnostics = Vec::new();
        for (index, governed) in self.settings.all().iter().enumerate() {
            let own = || modules.iter().filter(|(config, _)| *config == index).map(|(_, module)| module);
            let own_guards = guards
                .iter()
                .filter(|(module, _)| modules[*module].0 == index)
                .map(|(module, guard)| (&modules[*module].1, guard));
            let repository = Repository {
                config: &governed.policy.config,
                modules: own().collect(),
                rules: rules.iter().filter(|(config, _)| *config == index).map(|(_, rules)| rules).collect(),
                stray_tests: strays.iter().filter(|(config, _)| *config == index).map(|(_, stray)| stray).collect(),
                releases: releases::of(governed, own(), self.inventory),
                guards: invariants::asked_for(self, governed, own_guards).collect(),
                is_whole: self.is_whole(governed),
            };
            let found = self.engine.repository(&repository, &governed.policy, governed.file.unwrap_or(FileId(0)));
            diagnostics.extend(self.settle(found, index));
        }
        diagnostics
    }

    /// Lints that need to know what metrics there are, for each configuration that governs a rule file or a dashboard.
    fn monitoring_pass(&self, first: &FirstPass) -> Vec<Diagnostic> {
        let FirstPass { servers, rules, dashboards, .. } = first;
        let mut diagnostics = Vec::new();
        let all: Vec<&RuleUnit> = first.units().map(|(_, unit)| unit).collect();
        for (index, governed) in self.settings.all().iter().enumerate() {
            let own: Vec<&RuleUnit> =
                first.units().filter(|(config, _)| *config == index).map(|(_, unit)| unit).collect();
            let policy = &governed.policy;
            let dashboards: Vec<&RuleUnit> =
                dashboards.iter().filter(|(config, _)| *config == index).map(|(_, unit)| &**unit).collect();
            if own.is_empty() && dashboards.is_empty()
                || !self.engine.needs_monitoring(policy) && !self.engine.needs_dashboards(policy)
            {
                continue;
            }
            let servers = servers.iter().filter(|(config, _)| *config == index).map(|(_, found)| found);
            let mut scrape = scrape_model(governed, self.files, servers.clone());
            if let Some(live) = self.known.scrape.as_ref().filter(|_| !scrape.is_known()) {
                scrape = ScrapeModel::new(vec![live.clone()]);
            }
            let catalogues = self.known.catalogues.get(index).cloned().unwrap_or_default();
            let deployment = exporters::deployment(index, self.settings, self.inventory, self.files, &all, &catalogues);
            if deployment.elsewhere.receives_series() {
                scrape = scrape.receiving();
            }
            let world = World::new(catalogues, deployment, deployed(&policy.config), &scrape);
            let mut monitoring = Monitoring::new(&policy.config, own, all.clone(), &scrape, &world);
            monitoring.alertmanagers = servers.filter_map(|found| found.alertmanager.as_ref()).collect();
            monitoring.is_whole = !self.inventory.focused && self.covers(&governed.directory);
            monitoring.rules_are_known =
                rules.iter().filter(|(config, _)| *config == index).all(|(_, file)| file.is_complete);
            if monitoring.is_whole {
                let units = &monitoring.units;
                monitoring.never_loaded =
                    loaded::never_loaded(index, units, &scrape, self.settings, self.inventory, self.files);
            }
            let look = |unit: &&RuleUnit| self.engine.typed_rules(&TypedRules::new(unit, &monitoring), policy);
            let found: Vec<Vec<Diagnostic>> = monitoring.units.par_iter().map(look).collect();
            diagnostics.extend(self.settle(found.into_iter().flatten().collect(), index));
            let look = |unit: &&RuleUnit| self.engine.dashboard(&TypedRules::new(unit, &monitoring), policy);
            let found: Vec<Vec<Diagnostic>> = dashboards.par_iter().map(look).collect();
            diagnostics.extend(self.settle(found.into_iter().flatten().collect(), index));
            if monitoring.units.is_empty() {
                continue;
            }
            let anchor = governed.file.unwrap_or(FileId(0));
            let found = self.engine.monitoring(&monitoring, policy, anchor);
            diagnostics.extend(self.settle(found, index));
        }
        diagnostics
    }

    /// Lints that evaluate. Returns what invariants guard, by module.
    fn evaluate(&self, first: &FirstPass, outcome: &mut Outcome) -> Vec<(usize, Guard)> {
        let modules = first.modules.as_slice();
        for (config, diagnostic) in invariants::faults(self, modules) {
            outcome.diagnostics.extend(self.settle(vec![diagnostic], config));
        }
        if !self.evaluates {
            return Vec::new();
        }
        let directories = self.inventory.directories.iter().map(|directory| (directory.key.as_str(), directory));
        let directories: HashMap<&str, &Directory> = directories.collect();
        let targets = values::targets(&self.known.values, modules, &directories);
        for (values, _) in self.known.values.iter().zip(&targets).filter(|(_, targets)| targets.is_empty()) {
            let message =
                "no root module was linted whose variables it could set; name its directory as well".to_owned();
            outcome.problems.push(Problem { path: self.files.path(values.file).to_owned(), message });
        }
        let found = evaluate::run(self, first, &directories, &targets);
        let is_shared = |file: FileId| {
            let modules = modules.iter().map(|(_, module)| module);
            let links = self.inventory.directories.iter().flat_map(|directory| &directory.linked_elsewhere);
            modules.flat_map(|module| &module.shared_files).chain(links).any(|known| *known == file)
        };
        for (config, diagnostic) in invariants::nameless(self, modules, &found.missing) {
            outcome.diagnostics.extend(self.settle(vec![diagnostic], config));
        }
        for (config, mut diagnostic) in found.diagnostics {
            // One module does not speak for the others that read the file.
            diagnostic.fix.take_if(|fix| fix.edits.iter().any(|edit| is_shared(edit.location.file)));
            outcome.diagnostics.extend(self.settle(vec![diagnostic], config));
        }
        outcome.undecided.extend(found.undecided.into_iter().map(|(_, undecided)| undecided));
        if let Some((resources, file)) = &self.known.plan {
            let judged = plan::judge(self, modules, resources, *file);
            outcome.undecided.retain(|undecided| !judged.settles(undecided));
            for (config, diagnostic) in judged.found.diagnostics {
                outcome.diagnostics.extend(self.settle(vec![diagnostic], config));
            }
            outcome.undecided.extend(judged.found.undecided.into_iter().map(|(_, undecided)| undecided));
        }
        found.guards
    }

    /// The suppressions of files that are no part of a module: configurations, invariants and tests that nobody runs.
    pub(super) fn suppressions_elsewhere(&self) -> Vec<Found> {
        let configurations = self.settings.all().iter().filter_map(|governed| governed.file);
        let strays = self.inventory.stray_tests.iter().map(|member| member.file);
        let files = configurations.chain(self.inventory.invariants.iter().copied()).chain(strays);
        let find = |file| {
            let text = self.files.read(file).ok()?;
            let tree = hcl::parse(&text);
            let mut found = suppression::in_document(file, hcl::Document::new(&tree, &text))?;
            found.is_judged = tree.errors.is_empty();
            Some(found)
        };
        files.filter_map(find).collect()
    }

    /// Leaves out what comments suppress, and adds what is wrong with these comments.
    fn suppress(&self, diagnostics: &mut Vec<Diagnostic>, found: Vec<Found>) {
        let rules: Vec<(&str, &str)> = lints::tflint_rules().collect();
        let mut suppressions = Suppressions::new(found, self.engine.lints, &rules);
        if suppressions.is_empty() {
            return;
        }
        suppressions.silence(diagnostics, &rules);
        let governing = |file: FileId| Some(self.settings.governing(&self.files.get(file)?.path));
        let was_on = |file: FileId, lint: &Lint| {
            let (Some(entry), Some(config)) = (self.files.get(file), governing(file)) else { return false };
            let governed = self.settings.get(config);
            let path = governed.relative(&entry.path);
            let scope = Scope { policy: &governed.policy, path: &path, is_fixture: is_fixture(&entry.key) };
            let saw_all = match lint.check {
                Check::Engine | Check::Module(_) | Check::Rules(_) | Check::Typed(_) | Check::Dashboard(_) => true,
                Check::Repository(_) | Check::Monitoring(_) | Check::Invariant(_) | Check::Both(..) => {
                    !self.inventory.focused && self.covers(&governed.directory)
                }
            };
            saw_all && lint.id().area() != "sprag" && self.engine.is_on(lint, &scope)
        };
        let owns_tflint = |file: FileId| {
            let config = governing(file).map(|config| &self.settings.get(config).policy.config);
            let option = config.and_then(|config| config.lint.input("sprag/unused-suppression", "tflint"));
            option == Some(&Literal::Bool(true))
        };
        let judge = Judge { was_on: &was_on, owns_tflint: &owns_tflint };
        for complaint in suppressions.complaints(self.engine.lints, &judge) {
            let Some(config) = governing(complaint.location.file) else { continue };
            let mut settled = self.settle(vec![complaint], config);
            suppressions.silence(&mut settled, &rules);
            diagnostics.extend(settled);
        }
    }

    /// Whether everything that a configuration governs was looked at.
    pub(super) fn is_whole(&self, governed: &Governed) -> bool {
        !self.inventory.focused && self.covers(&governed.directory)
    }

    /// Whether the requested paths hold all of `directory`.
    pub(super) fn covers(&self, directory: &Path) -> bool {
        self.inventory.roots.iter().any(|root| directory.starts_with(root))
    }

    /// Drops what the configuration does not want to hear and sets the severities it asks for.
    pub(super) fn settle(&self, diagnostics: Vec<Diagnostic>, config: usize) -> Vec<Diagnostic> {
        let governed = self.settings.get(config);
        let kept = diagnostics.into_iter().filter_map(|mut diagnostic| {
            let file = self.files.get(diagnostic.location.file)?;
            let path = governed.relative(&file.path);
            let scope = Scope { policy: &governed.policy, path: &path, is_fixture: is_fixture(&file.key) };
            diagnostic.severity = self.engine.severity(&diagnostic, &scope)?;
            Some(diagnostic)
        });
        kept.collect()
    }
}

/// What the configuration says is deployed.
fn deployed(config: &Config) -> Vec<Deployed> {
    let exporters = config.alerts.exporters.iter().map(|exporter| Deployed {
        name: exporter.name.0.clone(),
        version: exporter.version.as_ref().map(|version| version.0.clone()),
        collectors: exporter.collectors.iter().map(|name| name.value.clone()).collect(),
        is_guess: false,
    });
    // The server that evaluates the rules most likely is the one that they watch.
    let is_said = config.alerts.exporters.iter().any(|exporter| exporter.name.0 == "prometheus");
    let server = config.alerts.prometheus.as_ref().filter(|_| !is_said).map(|release| Deployed {
        name: "prometheus".to_owned(),
        version: Some(release.0.to_string()),
        collectors: Vec::new(),
        is_guess: true,
    });
    exporters.chain(server).collect()
}

/// Keeps the fixes of files that several modules read only where all of them want the same one; it is as safe as it is
/// for the most careful of them.
fn agree_on_fixes<'m>(diagnostics: &mut [Diagnostic], modules: impl Iterator<Item = &'m ModuleSummary>) {
    let mut readers: HashMap<FileId, usize> = HashMap::new();
    for file in modules.flat_map(|module| &module.shared_files) {
        *readers.entry(*file).or_default() += 1;
    }
    let wanted = |diagnostic: &Diagnostic| {
        let fix = diagnostic.fix.as_ref()?;
        let readers = fix.edits.iter().filter_map(|edit| readers.get(&edit.location.file)).max()?;
        Some((*readers, fix.edits.clone()))
    };
    let mut votes: HashMap<(LintId, Location), Vec<usize>> = HashMap::new();
    for (index, diagnostic) in diagnostics.iter().enumerate().filter(|(_, diagnostic)| wanted(diagnostic).is_some()) {
        votes.entry((diagnostic.lint.clone(), diagnostic.location)).or_default().push(index);
    }
    for indices in votes.into_values() {
        let wishes: Vec<_> = indices.iter().filter_map(|index| wanted(&diagnostics[*index])).collect();
        let agreed = wishes.iter().all(|(readers, edits)| *readers <= wishes.len() && *edits == wishes[0].1);
        let fixes = || indices.iter().filter_map(|index| diagnostics[*index].fix.as_ref());
        let least = fixes().map(|fix| fix.applicability).min();
        for index in indices {
            let Some(fix) = diagnostics[index].fix.as_mut() else { continue };
            fix.applicability = least.unwrap_or(fix.applicability);
            diagnostics[index].fix.take_if(|_| !agreed);
        }
    }
}

/// The closing sentences.
fn sentences(diagnostics: &[Diagnostic], modules: &[(usize, ModuleSummary)], rule_files: usize) -> Vec<String> {
    let mut sentences = Vec::new();
    let untested = diagnostics.iter().filter(|found| found.lint.as_str() == "tftest/missing-regression-file").count();
    if untested > 0 {
        let children = modules.iter().filter(|(_, module)| module.kind == ModuleKind::Child).count();
        let verb = if untested == 1 { "has" } else { "have" };
        sentences.push(format!("{untested} of {children} modules {verb} no regression test"));
    }
    let refused: HashSet<FileId> =
        diagnostics.iter().filter(|found| is_refused(found)).map(|found| found.location.file).collect();
    if !refused.is_empty() {
        sentences.push(format!("Prometheus refuses to load {} of {rule_files} rule files", refused.len()));
    }
    sentences
}

/// Whether Prometheus loads nothing of a file because of this.
fn is_refused(diagnostic: &Diagnostic) -> bool {
    let lints = ["alerts/schema", "alerts/syntax", "alerts/duplicate-group", "alerts/template-syntax", "promql/syntax"];
    diagnostic.severity == Severity::Error && lints.contains(&diagnostic.lint.as_str())
}
