//! The invariants of users themselves: which can be judged, what is wrong with the others, which are about nothing.

use std::collections::BTreeMap;

use super::evaluate::{STACK, may_bind};
use super::passes::Run;
use super::settings::Governed;
use crate::config::{Config, InvariantBlock, LintDefault, Selection};
use crate::diagnostic::{Diagnostic, LintId, Severity};
use crate::invariant::{Bundled, Invariant};
use crate::linter::{Check, Guard, Policy};
use crate::lints::{find, options_of};
use crate::syntax::hcl::BlockView;
use crate::terraform::ModuleSummary;

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

/// What the configuration says without the command line, where a lint asks which invariants are tested: this one must
/// know of all that count, also when it runs alone.
pub(super) fn guarding(run: &Run<'_>, governed: &Governed) -> Option<Policy> {
    let asks = find("tftest/uncovered-invariant").is_some_and(|lint| run.engine.may_count(lint, &governed.policy));
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

/// Does `work`, which may follow deep expressions, on a thread with room for it.
fn with_room<T: Default + Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(done)) => done,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => T::default(),
        }
    })
}

/// Notes on invariants that are about nothing for a name that every module lacks, by configuration.
pub(super) fn nameless(run: &Run<'_>, missing: &BTreeMap<LintId, Option<String>>) -> Vec<(usize, Diagnostic)> {
    let mut found = Vec::new();
    if missing.values().all(Option::is_none) {
        return found;
    }
    for (config, _) in run.settings.all().iter().enumerate().filter(|(_, governed)| run.is_whole(governed)) {
        for invariant in valid(run, config) {
            let Some(Some(what)) = missing.get(&invariant.id) else { continue };
            let block = invariant.block().map(BlockView::header_span);
            let Some(location) = block.and_then(|span| invariant.source.location(span)) else { continue };
            let message = format!("{what}: the invariant guards nothing");
            let made = Diagnostic::new(LintId::new("sprag/unmatched-invariant"), Severity::Note, location, message);
            let help = "correct the name, or remove the invariant with what it was about";
            found.push((config, made.help(help).subject(invariant.id.as_str())));
        }
    }
    found
}

fn unmatched(invariant: &Invariant) -> Option<Diagnostic> {
    let block = invariant.block()?;
    let target = block.label_spans().first().copied()?;
    let location = invariant.source.location(target)?;
    let what = invariant.kind.subjects();
    let pattern = block.label(0).unwrap_or_default();
    let message = format!("no {what} of the repository is `{pattern}`: the invariant guards nothing");
    let diagnostic = Diagnostic::new(LintId::new("sprag/unmatched-invariant"), Severity::Note, location, message);
    Some(
        diagnostic
            .help("correct the pattern, or remove the invariant with what it was about")
            .subject(invariant.id.as_str()),
    )
}
