//! Runs lints and keeps what the configuration wants to hear.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::lint::{Check, Lint};
use super::monitoring::{Monitoring, TypedRules};
use super::reporter::Reporter;
use super::repository::Repository;
use super::rule_unit::RuleUnit;
use crate::config::{Config, Levels, LintDefault, Selection};
use crate::diagnostic::{Diagnostic, FileId, LintId, Location, Severity};
use crate::source::Span;
use crate::terraform::Module;

/// The lints of one run.
#[derive(Clone, Copy)]
pub struct Engine<'a> {
    /// All lints.
    pub lints: &'a [Lint],
}

/// A configuration and, compiled, which lints it has on where.
pub struct Policy {
    /// The configuration.
    pub config: Config,
    /// The answer for every lint and path, the command line included.
    pub levels: Levels,
}

impl Policy {
    /// Compiles `config` and what the command line asked for.
    #[must_use]
    pub fn new(config: Config, selection: &Selection) -> Self {
        let levels = Levels::new(&config, selection);
        Self { config, levels }
    }
}

/// Where a diagnostic stands, as far as the configuration cares.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// What governs the file.
    pub policy: &'a Policy,
    /// The file's path relative to the configuration's directory.
    pub path: &'a str,
    /// Whether the file belongs to a fixture, which house policy leaves alone.
    pub is_fixture: bool,
}

impl Engine<'_> {
    /// Looks at one module. `anchor` is where a failure of sprag itself is reported.
    #[must_use]
    pub fn module(&self, module: &Module<'_>, policy: &Policy, anchor: FileId) -> Vec<Diagnostic> {
        self.run(policy, anchor, module, |lint| match lint.check {
            Check::Module(look) | Check::Both(look, _) => Some(look),
            _ => None,
        })
    }

    /// Looks at one rule file.
    #[must_use]
    pub fn rules(&self, unit: &RuleUnit, policy: &Policy) -> Vec<Diagnostic> {
        self.run(policy, unit.file, unit, |lint| match lint.check {
            Check::Rules(look) => Some(look),
            _ => None,
        })
    }

    /// Whether any lint that can count needs to know what metrics there are.
    #[must_use]
    pub fn needs_monitoring(&self, policy: &Policy) -> bool {
        let needs = |lint: &&Lint| matches!(lint.check, Check::Typed(_) | Check::Monitoring(_));
        self.lints.iter().filter(needs).any(|lint| may_count(lint, policy))
    }

    /// Whether any lint that looks at dashboards can count.
    #[must_use]
    pub fn needs_dashboards(&self, policy: &Policy) -> bool {
        self.lints.iter().any(|lint| reads_dashboards(lint) && may_count(lint, policy))
    }

    /// Looks at one rule file in the light of what is monitored.
    #[must_use]
    pub fn typed_rules(&self, rules: &TypedRules<'_>, policy: &Policy) -> Vec<Diagnostic> {
        self.run(policy, rules.unit.file, rules, |lint| match lint.check {
            Check::Typed(look) => Some(look),
            _ => None,
        })
    }

    /// Looks at the queries of one dashboard in the light of what is monitored. Nobody is woken by a dashboard: what is
    /// found is a note.
    #[must_use]
    pub fn dashboard(&self, queries: &TypedRules<'_>, policy: &Policy) -> Vec<Diagnostic> {
        let mut found = self.run(policy, queries.unit.file, queries, |lint| match lint.check {
            Check::Typed(look) | Check::Dashboard(look) if reads_dashboards(lint) => Some(look),
            _ => None,
        });
        found.iter_mut().for_each(|diagnostic| diagnostic.severity = Severity::Note);
        found
    }

    /// Looks at everything that is monitored.
    #[must_use]
    pub fn monitoring(&self, monitoring: &Monitoring<'_>, policy: &Policy, anchor: FileId) -> Vec<Diagnostic> {
        self.run(policy, anchor, monitoring, |lint| match lint.check {
            Check::Monitoring(look) => Some(look),
            _ => None,
        })
    }

    /// Looks at the summaries of everything that one configuration governs.
    #[must_use]
    pub fn repository(&self, repository: &Repository<'_>, policy: &Policy, anchor: FileId) -> Vec<Diagnostic> {
        self.run(policy, anchor, repository, |lint| match lint.check {
            Check::Repository(look) | Check::Both(_, look) => Some(look),
            _ => None,
        })
    }

    /// Lets the lints that can count look at `subject`, each with the function that `look_of` picks.
    fn run<T>(
        &self,
        policy: &Policy,
        anchor: FileId,
        subject: &T,
        look_of: impl Fn(&Lint) -> Option<fn(&T, &mut Reporter<'_>)>,
    ) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for lint in self.lints {
            let Some(look) = look_of(lint).filter(|_| may_count(lint, policy)) else { continue };
            let before = diagnostics.len();
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                look(subject, &mut Reporter::new(lint, &policy.config, &mut diagnostics));
            }));
            if let Err(panic) = outcome {
                diagnostics.truncate(before);
                diagnostics.push(internal_error(lint, anchor, panic.as_ref()));
            }
        }
        diagnostics
    }

    /// Whether what `lint` finds counts there.
    #[must_use]
    pub fn is_on(&self, lint: &Lint, scope: &Scope<'_>) -> bool {
        let is_left_alone = scope.is_fixture && lint.default == LintDefault::Preset;
        !is_left_alone && scope.policy.levels.level(&lint.id(), lint.default, scope.path, lint.severity).is_some()
    }

    /// The severity with which a diagnostic counts; nothing when it does not.
    #[must_use]
    pub fn severity(&self, diagnostic: &Diagnostic, scope: &Scope<'_>) -> Option<Severity> {
        let lint = super::find(self.lints, diagnostic.lint.as_str());
        let default = lint.map_or(LintDefault::On, |lint| lint.default);
        if scope.is_fixture && default == LintDefault::Preset {
            return None;
        }
        scope.policy.levels.level(&diagnostic.lint, default, scope.path, diagnostic.severity)
    }
}

impl Engine<'_> {
    /// Whether the lint can count anywhere under `policy`.
    #[must_use]
    pub fn may_count(&self, lint: &Lint, policy: &Policy) -> bool {
        may_count(lint, policy)
    }
}

/// Whether the lint looks at dashboards.
fn reads_dashboards(lint: &Lint) -> bool {
    match lint.check {
        Check::Dashboard(_) => true,
        Check::Typed(_) => lint.id().area() == "promql",
        _ => false,
    }
}

/// Whether the lint can count anywhere: exceptions by path may switch on what is off elsewhere.
fn may_count(lint: &Lint, policy: &Policy) -> bool {
    let is_on = || policy.levels.level(&lint.id(), lint.default, "", lint.severity).is_some();
    !policy.config.overrides.is_empty() || is_on()
}

/// A panic inside a lint costs this lint on this file, nothing else.
fn internal_error(lint: &Lint, anchor: FileId, panic: &(dyn std::any::Any + Send)) -> Diagnostic {
    let reason = panic_reason(panic);
    let location = Location::new(anchor, Span::at(0));
    let message = format!("lint `{}` failed here: {reason}", lint.id);
    Diagnostic::new(LintId::new("sprag/internal-error"), Severity::Error, location, message)
        .help("this is a bug in sprag: please report it with this file; the other lints ran")
}

/// What a panic said.
#[must_use]
pub fn panic_reason(panic: &(dyn std::any::Any + Send)) -> String {
    let reason = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    reason.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason given".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::lint::FixKind;
    use super::super::reporter::Reporter;
    use super::*;
    use crate::terraform::{Role, Source};

    fn lint(id: &'static str, default: LintDefault, check: fn(&Module<'_>, &mut Reporter<'_>)) -> Lint {
        let (severity, fix, check) = (Severity::Warning, FixKind::None, Check::Module(check));
        Lint { id, summary: "", severity, fix, default, since: "0.1.0", readme: "", check }
    }

    fn finds(_: &Module<'_>, out: &mut Reporter<'_>) {
        out.report(out.finding(Location::new(FileId(0), Span::at(0)), "found"));
    }

    fn finds_and_panics(module: &Module<'_>, out: &mut Reporter<'_>) {
        finds(module, out);
        panic!("lost my footing");
    }

    fn run(lints: &[Lint]) -> Vec<Diagnostic> {
        let sources = [Source::parse(FileId(0), "main.tf".into(), Role::Configuration, Vec::new())];
        let policy = Policy::new(Config::default(), &Selection::default());
        Engine { lints }.module(&Module::new("m", &sources), &policy, FileId(0))
    }

    #[test]
    fn a_panic_costs_one_lint_on_one_module() {
        let lints = [lint("tftest/one", LintDefault::On, finds_and_panics), lint("tftest/two", LintDefault::On, finds)];
        let found = run(&lints);
        let ids: Vec<&str> = found.iter().map(|diagnostic| diagnostic.lint.as_str()).collect();
        assert_eq!(ids, ["sprag/internal-error", "tftest/two"]);
        assert_eq!(found[0].message, "lint `tftest/one` failed here: lost my footing");
    }

    #[test]
    fn policy_lints_are_silent_without_a_policy() {
        assert!(run(&[lint("tftest/one", LintDefault::Preset, finds)]).is_empty());
    }
}
