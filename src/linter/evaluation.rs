//! Lints that evaluate: invariants, bundled and of users, over modules that call each other.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::diagnostic::{Diagnostic, LintId, Location};
use crate::eval::module::{Node, Program};
use crate::invariant::{Contexts, Fault, Invariant, Judge, Judgement, Open, RootValue, Verdict};
use crate::syntax::hcl::ExprView;
use crate::terraform::Module;

/// The weight up to which a module is not worth being looked at by several threads.
const MIN_SPLIT: usize = 100;

/// What is judged in one go.
pub struct Evaluation<'e, 'a> {
    /// Modules that call each other.
    pub nodes: &'a [Node<'a>],
    /// The invariants that hold for each module.
    pub invariants: &'e (dyn Fn(usize) -> &'e [Invariant] + Sync),
    /// The values of roots, by module.
    pub values: &'e BTreeMap<usize, Vec<RootValue>>,
    /// Whether validations, conditions and values that differ with every run are looked at.
    pub has_contracts: bool,
    /// Whether a module calls something whose result differs with every run, or may do so in a template.
    pub may_be_unstable: &'e (dyn Fn(usize) -> bool + Sync),
}

/// Something that could not be decided.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// The invariant.
    pub lint: LintId,
    /// The subject.
    pub address: String,
    /// Where it is.
    pub location: Location,
    /// Why, and what calls make of it.
    pub open: Open,
}

/// A mended bug that an invariant guards against in a module.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The invariant.
    pub lint: LintId,
    /// The version that mended it; nothing for bundled ones, whose versions are those of another repository.
    pub fixed_in: Option<String>,
    /// The names that it judges, and those of local values and outputs of the module that are made of them.
    pub names: BTreeSet<String>,
    /// Where the invariant stands; nothing for bundled ones.
    pub location: Option<Location>,
}

/// What evaluation found.
#[derive(Clone, Debug, Default)]
pub struct Evaluated {
    /// Violations, by the module they were found in.
    pub diagnostics: Vec<(usize, Diagnostic)>,
    /// What was not decided, by module.
    pub undecided: Vec<(usize, Undecided)>,
    /// How often each invariant was judged, and how often that was certain.
    pub places: BTreeMap<LintId, (usize, usize)>,
    /// The mended bugs that something in a module is judged for, by module.
    pub guards: Vec<(usize, Guard)>,
    /// Invariants that were judged, and what is missing where that is why none of them was about anything.
    pub missing: BTreeMap<LintId, Option<String>>,
}

/// What is looked at in a module.
#[derive(Clone, Copy)]
enum Part {
    /// What Terraform would refuse.
    Contracts,
    /// One of the module's invariants.
    Invariant(usize),
}

/// Parts of a module that one thread looks at.
struct Task {
    node: usize,
    parts: Vec<Part>,
    /// About how much there is to do, compared with others.
    weight: usize,
}

impl Evaluation<'_, '_> {
    /// Judges everything. A thread remembers what it has evaluated, so it gets a whole module at a time unless that is
    /// most of the work. What comes out is in the order of the modules, whoever looked at them.
    #[must_use]
    pub fn run(&self) -> Evaluated {
        let tasks = self.tasks();
        let unstable =
            if self.has_contracts { super::contracts::unstable(self.nodes, self.may_be_unstable) } else { Vec::new() };
        let mut order: Vec<usize> = (0..tasks.len()).collect();
        // The largest must not be begun last.
        order.sort_by_key(|at| Reverse(tasks[*at].weight));
        let results: Vec<OnceLock<Evaluated>> = tasks.iter().map(|_| OnceLock::new()).collect();
        let definitions: Vec<OnceLock<Vec<Definition<'_>>>> = self.nodes.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut known = None;
            while let Some(at) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                let contexts = known.get_or_insert_with(|| Contexts::new(&Program::new(self.nodes), self.values));
                results[*at].get_or_init(|| self.look(&tasks[*at], contexts, &unstable, &definitions));
            }
        };
        rayon::scope(|scope| {
            for _ in 1..rayon::current_num_threads().min(tasks.len()) {
                scope.spawn(|_| work());
            }
            work();
        });
        let mut found = Evaluated::default();
        for evaluated in results.into_iter().filter_map(OnceLock::into_inner) {
            found.extend(evaluated);
        }
        found
    }

    /// All that is to do, in order.
    fn tasks(&self) -> Vec<Task> {
        let mut calls = vec![1; self.nodes.len()];
        for callee in self.nodes.iter().flat_map(|node| node.calls.values()) {
            calls[*callee] += 1;
        }
        let task = |node: usize| {
            let invariants = (self.invariants)(node).iter().enumerate();
            let bound = invariants.filter(|(_, invariant)| invariant.is_about(&self.nodes[node]));
            let contracts = self.has_contracts.then_some(Part::Contracts);
            let parts: Vec<Part> = contracts.into_iter().chain(bound.map(|(at, _)| Part::Invariant(at))).collect();
            let module = self.nodes[node].module;
            let size = 1 + module.resources.len() + module.calls.len();
            Task { node, weight: calls[node] * size * parts.len(), parts }
        };
        let modules: Vec<Task> = (0..self.nodes.len()).map(task).filter(|task| !task.parts.is_empty()).collect();
        let fair = modules.iter().map(|task| task.weight).sum::<usize>() / rayon::current_num_threads();
        let split = |task: Task| -> Vec<Task> {
            if task.weight <= fair.max(MIN_SPLIT) {
                return vec![task];
            }
            let weight = task.weight / task.parts.len();
            task.parts.iter().map(|part| Task { node: task.node, parts: vec![*part], weight }).collect()
        };
        modules.into_iter().flat_map(split).collect()
    }

    fn look<'n>(
        &'n self,
        task: &Task,
        contexts: &Contexts<'_>,
        unstable: &[bool],
        definitions: &[OnceLock<Vec<Definition<'n>>>],
    ) -> Evaluated {
        let (node, judge) = (task.node, Judge::new(contexts));
        let mut found = Evaluated::default();
        for part in &task.parts {
            let Part::Invariant(at) = part else {
                let all = super::contracts::check(contexts, node, unstable[node]);
                found.diagnostics.extend(all.into_iter().map(|one| (node, one)));
                continue;
            };
            let invariant = &(self.invariants)(node)[*at];
            let judgements = judge.judge(invariant, node);
            if judgements.iter().any(|judgement| judgement.verdict != Verdict::NotApplicable) {
                let definitions = || definitions[node].get_or_init(|| Definition::all(self.nodes[node].module));
                found.guards.extend(Guard::of(invariant, definitions).map(|guard| (node, guard)));
            }
            for judgement in judgements {
                found.take(node, invariant, judgement);
            }
        }
        found
    }
}

/// A local value or an output, and the names that it is made of.
struct Definition<'n> {
    name: Cow<'n, str>,
    /// In order, each once.
    mentioned: Vec<Cow<'n, str>>,
}

impl<'n> Definition<'n> {
    /// Those of a module.
    fn all(module: &'n Module<'n>) -> Vec<Self> {
        let locals = module.locals.iter().map(|(_, attribute)| (attribute.name().into(), Some(attribute.value())));
        let outputs = module.outputs.iter().map(|output| (output.name(), output.value("value")));
        let of = |(name, value): (Cow<'n, str>, Option<ExprView<'n>>)| {
            let mut mentioned: Vec<Cow<'n, str>> = value?.walk().filter_map(ExprView::as_reference).flatten().collect();
            mentioned.sort_unstable();
            mentioned.dedup();
            Some(Self { name, mentioned })
        };
        locals.chain(outputs).filter_map(of).collect()
    }
}

impl Guard {
    fn of<'d, 'n: 'd>(invariant: &Invariant, definitions: impl FnOnce() -> &'d Vec<Definition<'n>>) -> Option<Self> {
        let version = invariant.fixed_in.clone()?;
        let mut names = invariant.judged();
        let mut open: Vec<&Definition<'_>> = definitions().iter().collect();
        // Until nothing more is made of what is known.
        loop {
            let before = names.len();
            open.retain(|definition| {
                let is_made = definition.mentioned.iter().any(|name| names.contains(&**name));
                if is_made {
                    names.insert(definition.name.clone().into_owned());
                }
                !is_made
            });
            if names.len() == before {
                break;
            }
        }
        let own = invariant.id.area() == crate::config::INVARIANT_AREA;
        let location = invariant.block().and_then(|block| invariant.source.location(block.header_span()));
        Some(Self { lint: invariant.id.clone(), fixed_in: Some(version).filter(|_| own), names, location })
    }
}

impl Evaluated {
    /// Counts a verdict on something in the module `node`.
    pub fn take(&mut self, node: usize, invariant: &Invariant, judgement: Judgement) {
        let places = self.places.entry(invariant.id.clone()).or_default();
        places.0 += judgement.places.0;
        places.1 += judgement.places.1;
        let Judgement { address, location, verdict, missing, .. } = judgement;
        self.note_missing(&invariant.id, missing.as_ref());
        match verdict {
            Verdict::Holds | Verdict::NotApplicable => {}
            Verdict::Violated(fault) => self.add(node, diagnostic(invariant, &address, *fault)),
            Verdict::Undecided(open) => {
                let undecided = Undecided { lint: invariant.id.clone(), address, location, open: *open };
                self.undecided.push((node, undecided));
            }
        }
    }

    /// Adds a diagnostic unless it says what another one says of the same place.
    fn add(&mut self, node: usize, mut diagnostic: Diagnostic) {
        let mut is_known = false;
        let same_place =
            |known: &&mut Diagnostic| known.location == diagnostic.location && known.lint == diagnostic.lint;
        for known in self.diagnostics.iter_mut().map(|(_, known)| known).filter(same_place) {
            is_known |= known.message == diagnostic.message;
            // Instances that want different things there do not get any.
            if known.fix != diagnostic.fix {
                (known.fix, diagnostic.fix) = (None, None);
            }
        }
        if !is_known {
            self.diagnostics.push((node, diagnostic));
        }
    }

    fn note_missing(&mut self, lint: &LintId, missing: Option<&String>) {
        let known = self.missing.entry(lint.clone()).or_insert_with(|| missing.cloned());
        known.take_if(|_| missing.is_none());
    }

    /// Adds what was found elsewhere.
    pub fn extend(&mut self, other: Self) {
        for (lint, missing) in other.missing {
            self.note_missing(&lint, missing.as_ref());
        }
        for (node, diagnostic) in other.diagnostics {
            self.add(node, diagnostic);
        }
        self.undecided.extend(other.undecided);
        self.guards.extend(other.guards);
        for (lint, (judged, decided)) in other.places {
            let known = self.places.entry(lint).or_default();
            known.0 += judged;
            known.1 += decided;
        }
    }
}

fn diagnostic(invariant: &Invariant, address: &str, fault: Fault) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(invariant.id.clone(), invariant.severity, fault.location, fault.message)
        .note(fault.note)
        .subject(address);
    for step in fault.steps.into_iter().filter(|step| !step.message.is_empty()) {
        diagnostic = diagnostic.label(step.location, step.message);
    }
    diagnostic.fix = fault.fix;
    let mut help: Vec<String> = Vec::new();
    help.extend(invariant.help.clone());
    // The versions of bundled ones are those of the repository that they come from.
    let own = invariant.fixed_in.as_ref().filter(|_| invariant.id.area() == crate::config::INVARIANT_AREA);
    help.extend(own.map(|version| format!("this was mended in {version} and is back")));
    help.extend(invariant.docs.as_ref().map(|docs| format!("see {docs}")));
    if help.is_empty() { diagnostic } else { diagnostic.help(help.join("; ")) }
}
