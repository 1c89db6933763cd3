//! The first pass: one module, rule file or dashboard at a time, in parallel. What is left of each is a summary, and the
//! diagnostics that need nothing else.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::evaluate::{self, ModuleFiles};
use super::passes::{Outcome, Run};
use super::servers::Servers;
use super::{installed, load};
use crate::cli::files::{Room, read_limited};
use crate::diagnostic::{Diagnostic, FileId, LintId, Location, Severity};
use crate::discover::{self, Directory, FileKind, Member, Problem};
use crate::linter::suppression::{self, Found};
use crate::linter::{self, RuleSummary, RuleUnit, StrayReason, StrayTest, syntax_diagnostics};
use crate::lints;
use crate::prometheus::{self, Content, NameScheme, ReadOptions, RuleFile, dashboard};
use crate::source::Span;
use crate::syntax::hcl;
use crate::terraform::{Contracts, Locks, Module, ModuleSummary, RegressionRun, Role, Source, is_fixture};

/// Most text, in bytes, of which the trees are kept for the lints that evaluate. A tree takes several times as much.
const MOST_KEPT: usize = 768 << 10;

/// What the first pass leaves. Numbers beside things are those of their configurations.
#[derive(Default)]
pub(super) struct FirstPass {
    pub(super) modules: Vec<(usize, ModuleSummary)>,
    /// What was parsed of the first modules, by their keys; the others are read again where they are needed.
    pub(super) sources: HashMap<String, Vec<Source>>,
    pub(super) rules: Vec<(usize, RuleSummary)>,
    pub(super) servers: Vec<(usize, Servers)>,
    pub(super) dashboards: Vec<(usize, Box<RuleUnit>)>,
    pub(super) strays: Vec<(usize, StrayTest)>,
    pub(super) suppressions: Vec<Found>,
}

/// What the first pass leaves of one module or rule file.
enum Seen {
    Module {
        diagnostics: Vec<Diagnostic>,
        problems: Vec<Problem>,
        files: usize,
        config: usize,
        summary: Option<Box<ModuleSummary>>,
        suppressions: Vec<Found>,
        /// What was parsed, for the lints that evaluate, while there is room.
        sources: Option<Vec<Source>>,
    },
    Rules {
        diagnostics: Vec<Diagnostic>,
        config: usize,
        /// Rule files are few and small: they stay until all recording rules are known.
        summary: RuleSummary,
        suppressions: Option<Found>,
        servers: Servers,
        dashboards: Option<Box<RuleUnit>>,
    },
    Dashboard {
        config: usize,
        unit: Box<RuleUnit>,
        suppressions: Option<Found>,
        servers: Servers,
    },
    /// What a file says about the servers, and nothing about rules.
    Servers {
        servers: Servers,
        config: usize,
        file: FileId,
    },
    Problem(Problem),
    /// A file that may be a dashboard, where no lint looks at dashboards.
    Unasked(FileId),
    /// A file of something else.
    Foreign(FileId),
    Nothing,
}

impl FirstPass {
    /// The rule files that were understood.
    pub(super) fn units(&self) -> impl Iterator<Item = (usize, &RuleUnit)> {
        self.rules.iter().filter_map(|(config, rules)| Some((*config, rules.unit.as_deref()?)))
    }
}

impl Run<'_> {
    /// Looks at everything by itself.
    pub(super) fn first_pass(&self, outcome: &mut Outcome) -> FirstPass {
        let inventory = self.inventory;
        let room = Room::new(MOST_KEPT);
        let modules = inventory.directories.par_iter().map(|directory| self.module(directory, &room));
        let rules = inventory.rule_candidates.par_iter().map(|file| self.rule_file(*file));
        // One by one: they differ in size a hundredfold, and the last must not be waited for.
        let dashboards = inventory.dashboard_candidates.par_iter().map(|file| self.dashboard(*file));
        let seen: Vec<Seen> = modules.chain(rules).chain(dashboards).with_max_len(1).collect();
        let mut found = FirstPass { suppressions: self.suppressions_elsewhere(), ..FirstPass::default() };
        // Others than those of modules.
        let mut known: HashSet<FileId> = HashSet::new();
        for seen in seen {
            match seen {
                Seen::Module { diagnostics, problems, files, config, summary, suppressions, sources } => {
                    found.suppressions.extend(suppressions);
                    outcome.diagnostics.extend(diagnostics);
                    outcome.problems.extend(problems);
                    outcome.checked += files;
                    let Some(summary) = summary else { continue };
                    found.sources.extend(sources.map(|sources| (summary.key.clone(), sources)));
                    found.modules.push((config, *summary));
                }
                Seen::Rules { diagnostics, config, summary, servers, suppressions, dashboards } => {
                    found.servers.push((config, servers));
                    outcome.checked += 1;
                    known.insert(summary.file);
                    found.dashboards.extend(dashboards.map(|unit| (config, unit)));
                    found.suppressions.extend(suppressions);
                    outcome.diagnostics.extend(diagnostics);
                    found.rules.push((config, summary));
                }
                Seen::Dashboard { config, unit, suppressions, servers } => {
                    found.servers.push((config, servers));
                    outcome.checked += 1;
                    known.insert(unit.file);
                    found.suppressions.extend(suppressions);
                    found.dashboards.push((config, unit));
                }
                Seen::Servers { servers, config, file } => {
                    known.insert(file);
                    found.servers.push((config, servers));
                }
                Seen::Problem(problem) => outcome.problems.push(problem),
                Seen::Unasked(file) => drop(known.insert(file)),
                Seen::Foreign(file) => outcome.foreign.push(file),
                Seen::Nothing => {}
            }
        }
        found.strays = inventory.stray_tests.iter().filter_map(|member| self.stray(member)).collect();
        outcome.checked += found.strays.len();
        known.extend(found.strays.iter().map(|(_, stray)| stray.file));
        outcome.foreign.extend(inventory.stray_tests.iter().map(|member| member.file));
        outcome.foreign.retain(|file| !known.contains(file) && self.files.get(*file).is_some_and(|file| file.named));
        outcome.foreign.sort();
        outcome.foreign.dedup();
        found
    }

    fn module(&self, directory: &Directory, room: &Room) -> Seen {
        let config = self.settings.governing(&directory.path);
        let loaded = load::load(directory, self.files);
        let mut diagnostics = loaded.diagnostics;
        let has_configuration = directory.members.iter().any(is_configuration);
        let is_store = has_configuration && self.is_linked_store(directory);
        let mut summary = None;
        let is_module = has_configuration && !is_store || directory.members.iter().chain(&directory.tests).any(is_test);
        let kept = loaded.sources.iter().filter(|source| source.role != Role::Test);
        let is_kept = is_module && room.take(kept.map(|source| source.text.len()).sum());
        // Those of a store are found again by each module that links to it.
        let natives = loaded.sources.iter().filter(|source| source.is_native() && !is_store);
        let mut suppressions: Vec<Found> =
            natives.filter_map(|source| suppression::in_document(source.file, source.document())).collect();
        if is_module {
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
            if !is_kept && evaluate::has_only_validations(self, (config, &made)) {
                let files = ModuleFiles { directory: directory.path.clone(), is_root: false };
                let node = evaluate::alone(&module, &directory.key, &files, &governed.policy.config);
                if linter::is_callable(&node) {
                    made.contracts = Contracts::Admitted;
                }
            }
            summary = Some(made);
        }
        let diagnostics = self.settle(diagnostics, config);
        let (problems, files) = (loaded.problems, loaded.sources.len());
        let summary = summary.map(Box::new);
        let mut sources = loaded.sources;
        sources.retain(|source| source.role != Role::Test);
        let sources = is_kept.then_some(sources);
        Seen::Module { diagnostics, problems, files, config, summary, suppressions, sources }
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
        let asks = self.engine.needs_dashboards(&self.settings.get(config).policy);
        let dashboards = asks.then(|| self.config_maps(file, &text)).flatten();
        let options = ReadOptions { names: NameScheme::of(version), ..ReadOptions::default() };
        let rules = match prometheus::read_with(&text, options) {
            Content::Other => {
                return match dashboards {
                    Some(unit) => {
                        let mut suppressions = suppression::in_rules(file, &text, &[&unit.rules]);
                        suppressions.iter_mut().for_each(|found| found.is_judged = true);
                        Seen::Dashboard { config, unit, suppressions, servers }
                    }
                    None if !servers.is_empty() => Seen::Servers { servers, config, file },
                    None if asks => Seen::Foreign(file),
                    None => Seen::Unasked(file),
                };
            }
            Content::Template(hole) => {
                let diagnostics = self.settle(vec![skipped_template(file, hole)], config);
                return Seen::Rules {
                    diagnostics,
                    config,
                    summary: RuleSummary::unknown(file),
                    suppressions: None,
                    servers,
                    dashboards: None,
                };
            }
            Content::Rules(rules) => rules,
        };
        let mut diagnostics = syntax_diagnostics("alerts/syntax", file, &rules.syntax_errors, |span| span);
        let read: Vec<&RuleFile> = std::iter::once(&rules).chain(dashboards.iter().map(|unit| &unit.rules)).collect();
        let mut suppressions = suppression::in_rules(file, &text, &read);
        if let Some(found) = &mut suppressions {
            found.is_judged = rules.syntax_errors.is_empty();
        }
        let unit = RuleUnit::for_version(file, rules, version);
        diagnostics.extend(unit.syntax_errors());
        diagnostics.extend(self.engine.rules(&unit, &self.settings.get(config).policy));
        let directory = entry.key.rsplit_once('/').map_or("", |(directory, _)| directory).to_owned();
        let summary = RuleSummary::of(unit, directory);
        let diagnostics = self.settle(diagnostics, config);
        Seen::Rules { diagnostics, config, summary, suppressions, servers, dashboards }
    }

    /// The dashboards in the `ConfigMap`s of a YAML file. Those of a template are known only when it is filled in.
    fn config_maps(&self, file: FileId, text: &[u8]) -> Option<Box<RuleUnit>> {
        let path = &self.files.get(file)?.path;
        let is_yaml = path.extension().is_some_and(|suffix| suffix == "yml" || suffix == "yaml");
        let queries = is_yaml.then(|| dashboard::read_config_maps(text)).flatten()?;
        let version = self.settings.get(self.settings.governing(path)).policy.config.alerts.version();
        Some(Box::new(RuleUnit::for_version(file, queries, version)))
    }

    /// A JSON file, if it is a dashboard.
    fn dashboard(&self, file: FileId) -> Seen {
        let Some(entry) = self.files.get(file) else { return Seen::Nothing };
        let config = self.settings.governing(&entry.path);
        let policy = &self.settings.get(config).policy;
        if !self.engine.needs_dashboards(policy) {
            return Seen::Unasked(file);
        }
        let Some(queries) = self.files.read(file).ok().and_then(|text| dashboard::read(&text)) else {
            return Seen::Nothing;
        };
        let version = policy.config.alerts.version();
        let unit = Box::new(RuleUnit::for_version(file, queries, version));
        Seen::Dashboard { config, unit, suppressions: None, servers: Servers::default() }
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
