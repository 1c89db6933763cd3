//! The two passes over everything that was found.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rayon::prelude::*;

use super::known::Known;
use super::servers::{Servers, scrape_model};
use super::settings::{Governed, Settings};
use super::{evaluate, exporters, installed, invariants, load, loaded, plan, releases, values};
use crate::cli::files::{Files, read_limited};
use crate::config::{Config, Literal};
use crate::diagnostic::{Diagnostic, FileId, LintId, Location, Severity};
use crate::discover::{self, Directory, FileKind, Inventory, Member, Problem};
use crate::linter::finding::FileTable;
use crate::linter::suppression::{self, Found, Judge, Suppressions};
use crate::linter::{
    Check, Engine, Guard, Lint, Monitoring, Repository, RuleSummary, RuleUnit, Scope, StrayReason, StrayTest,
    TypedRules, Undecided, syntax_diagnostics,
};
use crate::lints;
use crate::prometheus::dashboard;
use crate::prometheus::scrape::ScrapeModel;
use crate::prometheus::world::{Deployed, World};
use crate::prometheus::{self, Content, NameScheme, ReadOptions};
use crate::source::Span;
use crate::syntax::hcl;
use crate::terraform::{
    Locks, Module, ModuleKind, ModuleSummary, RegressionRun, classify_modules, is_fixture, settle_unused,
};

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
}

/// What the first pass leaves of one module or rule file.
enum Seen {
    Module {
        diagnostics: Vec<Diagnostic>,
        problems: Vec<Problem>,
        files: usize,
        config: usize,
        summary: Option<ModuleSummary>,
        suppressions: Vec<Found>,
    },
    Rules {
        diagnostics: Vec<Diagnostic>,
        config: usize,
        summary: RuleSummary,
        suppressions: Option<Found>,
        /// Rule files are few and small: they stay until all recording rules are known.
        unit: Option<Box<RuleUnit>>,
        servers: Servers,
    },
    Dashboard {
        config: usize,
        unit: Box<RuleUnit>,
    },
    /// What a file says about the servers, and nothing about rules.
    Servers {
        servers: Servers,
        config: usize,
    },
    Problem(Problem),
    Nothing,
}

/// What a run works on.
pub(super) struct Run<'a> {
    pub(super) engine: &'a Engine<'a>,
    pub(super) inventory: &'a Inventory,
    pub(super) files: &'a Files,
    pub(super) settings: &'a Settings<'a>,
    pub(super) known: &'a Known,
}

/// Lints everything in `inventory`.
pub(super) fn run(
    engine: &Engine<'_>,
    inventory: &Inventory,
    files: &Files,
    settings: &Settings<'_>,
    known: &Known,
) -> Outcome {
    let run = Run { engine, inventory, files, settings, known };
    let modules = inventory.directories.par_iter().map(|directory| run.module(directory));
    let rules = inventory.rule_candidates.par_iter().map(|file| run.rule_file(*file));
    // One by one: they differ in size a hundredfold, and the last must not be waited for.
    let dashboards = inventory.dashboard_candidates.par_iter().map(|file| run.dashboard(*file));
    let seen: Vec<Seen> = modules.chain(rules).chain(dashboards).with_max_len(1).collect();
    let mut outcome = Outcome { problems: inventory.problems.clone(), ..Outcome::default() };
    let (mut modules, mut rules, mut units, mut servers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut dashboards = Vec::new();
    let mut suppressions = run.suppressions_elsewhere();
    for seen in seen {
        match seen {
            Seen::Module { diagnostics, problems, files, config, summary, suppressions: found } => {
                suppressions.extend(found);
                outcome.diagnostics.extend(diagnostics);
                outcome.problems.extend(problems);
                outcome.checked += files;
                modules.extend(summary.map(|summary| (config, summary)));
            }
            Seen::Rules { diagnostics, config, summary, unit, servers: found, suppressions: comments } => {
                servers.push((config, found));
                outcome.checked += 1;
                suppressions.extend(comments);
                outcome.diagnostics.extend(diagnostics);
                units.extend(unit.map(|unit| (config, unit)));
                rules.push((config, summary));
            }
            Seen::Dashboard { config, unit } => {
                outcome.checked += 1;
                dashboards.push((config, unit));
            }
            Seen::Servers { servers: found, config } => servers.push((config, found)),
            Seen::Problem(problem) => outcome.problems.push(problem),
            Seen::Nothing => {}
        }
    }
    let strays: Vec<(usize, StrayTest)> = inventory.stray_tests.iter().filter_map(|member| run.stray(member)).collect();
    outcome.checked += strays.len();
    agree_on_fixes(&mut outcome.diagnostics, modules.iter().map(|(_, module)| module));
    let mut summaries: Vec<ModuleSummary> = modules.iter().map(|(_, summary)| summary.clone()).collect();
    classify_modules(&mut summaries);
    settle_unused(&mut summaries);
    for ((_, module), classified) in modules.iter_mut().zip(summaries) {
        *module = classified;
    }
    // Neither needs the other.
    let (guards, monitored) = rayon::join(
        || run.evaluate(&modules, &mut outcome),
        || run.monitoring_pass(&units, &servers, &rules, &dashboards),
    );
    outcome.diagnostics.extend(run.second_pass(&modules, &rules, &strays, &guards));
    outcome.diagnostics.extend(monitored);
    run.suppress(&mut outcome.diagnostics, suppressions);
    if !inventory.focused {
        outcome.summary = sentences(&outcome.diagnostics, &modules, rules.len());
    }
    outcome.modules = modules.into_iter().map(|(_, module)| module).collect();
    outcome
}

impl Run<'_> {
    fn module(&self, directory: &Directory) -> Seen {
        let config = self.settings.governing(&directory.path);
        let loaded = load::load(directory, self.files);
        let mut diagnostics = loaded.diagnostics;
        let has_configuration = directory.members.iter().any(is_configuration);
        let is_store = has_configuration && self.is_linked_store(directory);
        let mut summary = None;
        // Those of a store are found again by each module that links to it.
        let natives = loaded.sources.iter().filter(|source| source.is_native() && !is_store);
        let mut suppressions: Vec<Found> =
            natives.filter_map(|source| suppression::in_document(source.file, source.document())).collect();
        let has_tests = directory.members.iter().chain(&directory.tests).any(is_test);
        if has_configuration && !is_store || has_tests {
            let mut module = Module::new(&directory.display, &loaded.sources);
            module.is_complete &= loaded.problems.is_empty() && !directory.is_partial;
            module.is_fixture = is_fixture(&directory.key);
            let governed = self.settings.get(config);
            module.schemas = &governed.schemas;
            let linked = |member: &&Member| {
                !member.is_link && self.files.get(member.file).is_some_and(|file| !file.links.is_empty())
            };
            module.linked = directory.members.iter().filter(linked).map(|member| member.file).collect();
            module.linked.extend(&directory.linked_elsewhere);
            if directory.is_locked
                && let Ok(text) = read_limited(&directory.path.join(discover::LOCK_FILE))
            {
                module.locks = Locks::parse(&text);
            }
            diagnostics.extend(self.engine.module(&module, &governed.policy, load::anchor(directory)));
            let mut made = ModuleSummary::of(&module, &directory.key);
            let mut members = directory.members.iter();
            made.has_values = members
                .any(|member| matches!(member.kind, FileKind::Variables | FileKind::VariablesJson))
                || self.known.values.iter().any(|values| values.path.parent() == Some(&directory.path));
            let own = directory.members.iter().filter(|member| is_test(member));
            made.tests = own.map(|member| member.name.clone()).collect();
            made.tests.extend(directory.tests.iter().map(|member| format!("tests/{}", member.name)));
            let regression = &governed.policy.config.regression;
            let file = lints::regression_file(&governed.policy.config);
            let tests = module.tests.iter().filter(|test| lints::is_regression_file(test, file));
            made.regression = tests.flat_map(|test| RegressionRun::all(test, regression.version.regex())).collect();
            made.is_linked_store = directory.is_linked_store;
            made.is_complete = module.is_complete;
            made.shared_files = self.shared_files(directory);
            let is_whole = !self.inventory.focused && self.covers(&governed.directory);
            // Who else reads the file was not looked at.
            let is_walked = |file: &FileId| self.files.get(*file).is_some_and(|file| self.covers(&file.path));
            let is_unknown = |file: &FileId| {
                let is_shared = made.shared_files.contains(file);
                is_shared && !is_walked(file) || !is_whole && (is_shared || directory.linked_elsewhere.contains(file))
            };
            made.unused.retain(|declared| !is_unknown(&declared.location.file));
            for found in &mut suppressions {
                found.is_judged = made.is_complete && !is_unknown(&found.file);
            }
            for diagnostic in &mut diagnostics {
                diagnostic.fix.take_if(|fix| fix.edits.iter().any(|edit| is_unknown(&edit.location.file)));
            }
            if directory.is_initialised
                && let Ok(manifest) = read_limited(&directory.path.join(".terraform/modules/modules.json"))
            {
                made.bind_installed(&manifest);
                installed::read_interfaces(&mut made, &directory.path);
            }
            summary = Some(made);
        }
        let diagnostics = self.settle(diagnostics, config);
        let (problems, files) = (loaded.problems, loaded.sources.len());
        Seen::Module { diagnostics, problems, files, config, summary, suppressions }
    }

    /// Whether all configuration files of `directory` are used through symlinks from elsewhere.
    fn is_linked_store(&self, directory: &Directory) -> bool {
        let mut configuration = directory.members.iter().filter(|member| is_configuration(member));
        configuration
            .all(|member| !member.is_link && self.files.get(member.file).is_some_and(|file| !file.links.is_empty()))
    }

    /// The configuration files that this directory shares with others.
    fn shared_files(&self, directory: &Directory) -> Vec<FileId> {
        let configuration = directory.members.iter().filter(|member| is_configuration(member));
        let is_shared = |file: FileId| self.files.get(file).is_some_and(|file| !file.links.is_empty());
        configuration.filter(|member| member.is_link || is_shared(member.file)).map(|member| member.file).collect()
    }

    fn rule_file(&self, file: FileId) -> Seen {
        let Some(entry) = self.files.get(file) else { return Seen::Nothing };
        let text = match self.files.read(file) {
            Ok(text) => text,
            Err(problem) if entry.named || !problem.message.starts_with("larger") => return Seen::Problem(problem),
            // A huge file of data that happens to be YAML.
            Err(_) => return Seen::Nothing,
        };
        let config = self.settings.governing(&entry.path);
        let version = self.settings.get(config).policy.config.alerts.version();
        let servers = Servers::read(file, entry, &text, self.settings.get(config));
        let options = ReadOptions { names: NameScheme::of(version), ..ReadOptions::default() };
        let rules = match prometheus::read_with(&text, options) {
            Content::Other if servers.is_empty() => return Seen::Nothing,
            Content::Other => return Seen::Servers { servers, config },
            Content::Template(hole) => {
                let diagnostics = self.settle(vec![skipped_template(file, hole)], config);
                return Seen::Rules {
                    diagnostics,
                    config,
                    summary: RuleSummary::unknown(file),
                    suppressions: None,
                    unit: None,
                    servers,
                };
            }
            Content::Rules(rules) => rules,
        };
        let mut diagnostics = syntax_diagnostics("alerts/syntax", file, &rules.syntax_errors, |span| span);
        let mut suppressions = suppression::in_rules(file, &text, &rules);
        if let Some(found) = &mut suppressions {
            found.is_judged = rules.syntax_errors.is_empty();
        }
        let unit = RuleUnit::for_version(file, rules, version);
        diagnostics.extend(unit.syntax_errors());
        diagnostics.extend(self.engine.rules(&unit, &self.settings.get(config).policy));
        let directory = entry.key.rsplit_once('/').map_or("", |(directory, _)| directory).to_owned();
        let summary = RuleSummary::of(&unit, directory);
        let unit = Some(Box::new(unit));
        Seen::Rules { diagnostics: self.settle(diagnostics, config), config, summary, suppressions, unit, servers }
    }

    /// A JSON file, if it is a dashboard.
    fn dashboard(&self, file: FileId) -> Seen {
        let Some(entry) = self.files.get(file) else { return Seen::Nothing };
        let config = self.settings.governing(&entry.path);
        let policy = &self.settings.get(config).policy;
        if !self.engine.needs_dashboards(policy) {
            return Seen::Nothing;
        }
        let Some(queries) = self.files.read(file).ok().and_then(|text| dashboard::read(&text)) else {
            return Seen::Nothing;
        };
        let version = policy.config.alerts.version();
        Seen::Dashboard { config, unit: Box::new(RuleUnit::for_version(file, queries, version)) }
    }

    /// A file that nobody runs, if it is a test: other tools have files called `x.test.hcl` too.
    fn stray(&self, member: &Member) -> Option<(usize, StrayTest)> {
        let config = self.settings.governing(&self.files.get(member.file)?.path);
        let text = self.files.read(member.file).ok()?;
        let tree = hcl::parse(&text);
        let is_test = hcl::Document::new(&tree, &text).root().blocks_of("run").next().is_some();
        let reason = if member.kind == FileKind::StrayTest { StrayReason::Name } else { StrayReason::Place };
        let stray = StrayTest { file: member.file, name: member.name.clone(), reason };
        (is_test || reason == StrayReason::Place).then_some((config, stray))
    }

    /// Lints that need everything at once, for each configuration and what it governs.
    fn second_pass(
        &self,
        modules: &[(usize, ModuleSummary)],
        rules: &[(usize, RuleSummary)],
        strays: &[(usize, StrayTest)],
        guards: &[(usize, Guard)],
    ) -> Vec<Diagnostic> {
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
    fn monitoring_pass(
        &self,
        units: &[(usize, Box<RuleUnit>)],
        servers: &[(usize, Servers)],
        rules: &[(usize, RuleSummary)],
        dashboards: &[(usize, Box<RuleUnit>)],
    ) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let all: Vec<&RuleUnit> = units.iter().map(|(_, unit)| &**unit).collect();
        for (index, governed) in self.settings.all().iter().enumerate() {
            let own: Vec<&RuleUnit> =
                units.iter().filter(|(config, _)| *config == index).map(|(_, unit)| &**unit).collect();
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
    fn evaluate(&self, modules: &[(usize, ModuleSummary)], outcome: &mut Outcome) -> Vec<(usize, Guard)> {
        for (config, diagnostic) in invariants::faults(self, modules) {
            outcome.diagnostics.extend(self.settle(vec![diagnostic], config));
        }
        let directories = self.inventory.directories.iter().map(|directory| (directory.key.as_str(), directory));
        let directories: HashMap<&str, &Directory> = directories.collect();
        let targets = values::targets(&self.known.values, modules, &directories);
        for (values, _) in self.known.values.iter().zip(&targets).filter(|(_, targets)| targets.is_empty()) {
            let message =
                "no root module was linted whose variables it could set; name its directory as well".to_owned();
            outcome.problems.push(Problem { path: self.files.path(values.file).to_owned(), message });
        }
        let found = evaluate::run(self, modules, &directories, &targets);
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
    fn suppressions_elsewhere(&self) -> Vec<Found> {
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
    fn covers(&self, directory: &Path) -> bool {
        self.inventory.roots.iter().any(|root| directory.starts_with(root))
    }

    /// Drops what the configuration does not want to hear and sets the severities it asks for.
    fn settle(&self, diagnostics: Vec<Diagnostic>, config: usize) -> Vec<Diagnostic> {
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

fn is_configuration(member: &Member) -> bool {
    matches!(member.kind, FileKind::Configuration | FileKind::ConfigurationJson)
}

fn is_test(member: &Member) -> bool {
    matches!(member.kind, FileKind::Test | FileKind::TestJson)
}

fn skipped_template(file: FileId, hole: Span) -> Diagnostic {
    let location = Location::new(file, hole);
    let message = "this rule file is a template and is skipped: what it says is known only when it is filled in";
    Diagnostic::new(LintId::new("sprag/skipped-template"), Severity::Note, location, message)
        .help("lint the file that it makes")
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
