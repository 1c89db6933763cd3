//! The invariants of users themselves: which can be judged, what is wrong with the others, which are about nothing.

use std::collections::BTreeMap;

use super::evaluate::{STACK, may_bind};
use super::passes::Run;
use super::settings::Governed;
use crate::config::{Config, InvariantBlock, LintDefault, Origin, Selection};
use crate::diagnostic::{Diagnostic, LintId, Location, Severity};
use crate::invariant::{Bundled, Invariant};
use crate::linter::{Check, Guard, Policy};
use crate::lints::{LINTS, find, options_of};
use crate::syntax::hcl::BlockView;
use crate::terraform::ModuleSummary;

const UNMATCHED: &str = "sprag/unmatched-invariant";

/// The invariants of one configuration and of the files beside it that say something.
pub(super) fn valid(run: &Run<'_>, config: usize) -> Vec<Invariant> {
    read(run, config).into_iter().filter(|(_, mistakes)| mistakes.is_empty()).map(|(invariant, _)| invariant).collect()
}

/// What is wrong with the invariants of all configurations, by configuration.
pub(super) fn faults(run: &Run<'_>, modules: &[(usize, ModuleSummary)]) -> Vec<(usize, Diagnostic)> {
    let mut found = Vec::new();
    for (config, governed) in run.settings.all().iter().enumerate() {
        let own = || modules.iter().filter(|(other, _)| *other == config).map(|(_, module)| module);
        let is_whole = run.is_whole(governed) && own().all(|module| module.is_complete);
        for (invariant, mistakes) in read(run, config) {
            if mistakes.is_empty() && is_whole && !own().any(|module| may_bind(&invariant, module)) {
                found.extend(unmatched(&invariant).map(|diagnostic| (config, diagnostic)));
            }
            found.extend(mistakes.into_iter().map(|diagnostic| (config, diagnostic)));
        }
    }
    found
}

/// What the configuration says without the command line, where a lint asks which invariants are tested or are about
/// something: such a one must know of all that count, also when it runs alone.
pub(super) fn guarding(run: &Run<'_>, governed: &Governed) -> Option<Policy> {
    let mut asking = ["tftest/uncovered-invariant", UNMATCHED].into_iter().filter_map(find);
    let asks = asking.any(|lint| run.engine.may_count(lint, &governed.policy));
    asks.then(|| Policy::new(governed.policy.config.clone(), &Selection::default()))
}

/// The guards whose invariant counts where the module is.
pub(super) fn asked_for<'g>(
    run: &Run<'_>,
    governed: &Governed,
    guards: impl Iterator<Item = (&'g ModuleSummary, &'g Guard)>,
) -> impl Iterator<Item = (&'g ModuleSummary, &'g Guard)> {
    let policy = guarding(run, governed);
    guards.filter(move |(module, guard)| {
        let file = module.first_block.and_then(|first| run.files.get(first.file));
        let (Some(policy), Some(file)) = (&policy, file) else { return false };
        let default = find(guard.lint.as_str()).map_or(LintDefault::On, |lint| lint.default);
        policy.levels.level(&guard.lint, default, &governed.relative(&file.path), Severity::Error).is_some()
    })
}

fn read(run: &Run<'_>, config: usize) -> Vec<(Invariant, Vec<Diagnostic>)> {
    let own = &run.settings.get(config).policy.config.invariants;
    let blocks: Vec<_> = own.iter().chain(run.settings.invariants_of(config)).collect();
    if blocks.is_empty() {
        return Vec::new();
    }
    with_room(|| {
        let invariants = blocks.iter().map(|block| Invariant::from_block(block));
        let with_mistakes = invariants.map(|invariant| {
            let mistakes = invariant.mistakes();
            (invariant, mistakes)
        });
        with_mistakes.collect()
    })
}

/// What is wrong with the values that `config` gives lints and invariants, its own and those in files beside it.
pub(in crate::cli) fn check_inputs(config: &Config, beside: &[InvariantBlock]) -> Vec<Diagnostic> {
    let settings = &config.lint;
    let own: Vec<&InvariantBlock> = config.invariants.iter().chain(beside).collect();
    let mut mistakes = settings.check_inputs(&|lint| options_of(lint, &own));
    let mut named: Vec<&str> = settings.inputs.iter().map(|entry| entry.key.value.0.as_str()).collect();
    named.sort_unstable();
    named.dedup();
    if named.is_empty() {
        return mistakes;
    }
    let unfit: Vec<Diagnostic> = with_room(|| {
        let own = own.iter().map(|block| Invariant::from_block(block));
        let bundled = named.iter().filter_map(|id| match find(id)?.check {
            Check::Invariant(text) => Some(Invariant::bundled(Bundled { id: find(id)?.id, text }, Severity::Error)),
            _ => None,
        });
        own.chain(bundled.flatten()).flat_map(|invariant| invariant.unfit_inputs(settings)).collect()
    });
    for mistake in unfit {
        // Several invariants of a bundled lint may have the same input.
        if !mistakes.iter().any(|known| known.location == mistake.location) {
            mistakes.push(mistake);
        }
    }
    mistakes.sort_by_key(|mistake| mistake.location);
    mistakes
}

/// Does `work`, which may follow deep expressions, on a thread with room for it, as those that lint have.
fn with_room<T: Default + Send>(work: impl FnOnce() -> T + Send) -> T {
    if rayon::current_thread_index().is_some() {
        return work();
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(done)) => done,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => T::default(),
        }
    })
}

/// Notes on invariants that are about nothing for a name that every module lacks, by configuration: those of users, and
/// bundled ones that a configuration names.
pub(super) fn nameless(
    run: &Run<'_>,
    modules: &[(usize, ModuleSummary)],
    missing: &BTreeMap<LintId, Option<String>>,
) -> Vec<(usize, Diagnostic)> {
    let mut found = Vec::new();
    if missing.values().all(Option::is_none) {
        return found;
    }
    for (config, governed) in run.settings.all().iter().enumerate() {
        let own = || modules.iter().filter(|(other, _)| *other == config).map(|(_, module)| module);
        let Some(policy) = guarding(run, governed) else { continue };
        if !run.is_whole(governed) || !own().all(|module| module.is_complete) {
            continue;
        }
        for invariant in valid(run, config) {
            let Some(Some(what)) = missing.get(&invariant.id) else { continue };
            let block = invariant.block().map(BlockView::header_span);
            let Some(location) = block.and_then(|span| invariant.source.location(span)) else { continue };
            let message = format!("{what}: the invariant guards nothing");
            let made = Diagnostic::new(LintId::new(UNMATCHED), Severity::Note, location, message);
            let help = "correct the name, or remove the invariant with what it was about";
            found.push((config, made.help(help).subject(invariant.id.as_str())));
        }
        for lint in LINTS {
            let Check::Invariant(text) = lint.check else { continue };
            let Some(Some(what)) = missing.get(&lint.id()) else { continue };
            let Some(location) = asked_for_at(&governed.policy.config, lint.id) else { continue };
            let invariants = Invariant::bundled(Bundled { id: lint.id, text }, lint.severity);
            let is_about = |module: &ModuleSummary| invariants.iter().any(|invariant| may_bind(invariant, module));
            if !run.engine.may_count(lint, &policy) || !own().any(is_about) {
                continue;
            }
            let message = format!("{what}: `{}` guards nothing", lint.id);
            let made = Diagnostic::new(LintId::new(UNMATCHED), Severity::Note, location, message);
            let help = format!("`sprag explain {}` says which names it is about", lint.id);
            found.push((config, made.help(help).subject(lint.id)));
        }
    }
    found
}

/// Where a configuration itself, not its preset, switches on the lint `id` by name.
fn asked_for_at(config: &Config, id: &str) -> Option<Location> {
    let written = |origin: Origin| match origin {
        Origin::File(location) => Some(location),
        Origin::Default | Origin::Preset { .. } => None,
    };
    let rules = || std::iter::once(&config.lint.rules).chain(config.overrides.iter().map(|one| &one.rules));
    let enabled = rules().flat_map(|rules| &rules.enable);
    let weighed = rules().flat_map(|rules| &rules.severity).map(|entry| &entry.key);
    let selected = enabled.chain(weighed).filter(|selector| selector.value.as_str() == id);
    let set = config.lint.inputs.iter().filter(|entry| entry.key.value.0 == id);
    let origins = selected.map(|selector| selector.origin).chain(set.map(|entry| entry.key.origin));
    origins.filter_map(written).next()
}

fn unmatched(invariant: &Invariant) -> Option<Diagnostic> {
    let block = invariant.block()?;
    let target = block.label_spans().first().copied()?;
    let location = invariant.source.location(target)?;
    let what = invariant.kind.subjects();
    let pattern = block.label(0).unwrap_or_default();
    let message = format!("no {what} of the repository is `{pattern}`: the invariant guards nothing");
    let diagnostic = Diagnostic::new(LintId::new(UNMATCHED), Severity::Note, location, message);
    Some(
        diagnostic
            .help("correct the pattern, or remove the invariant with what it was about")
            .subject(invariant.id.as_str()),
    )
}
