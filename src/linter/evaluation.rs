//! Lints that evaluate: invariants, bundled and of users, over modules that call each other.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, LintId, Location};
use crate::eval::module::{Node, Program};
use crate::invariant::{Contexts, Fault, Invariant, Judge, Judgement, RootValue, Verdict};

/// What is judged in one go.
pub struct Evaluation<'e, 'a> {
    /// Modules that call each other.
    pub nodes: &'a [Node<'a>],
    /// The invariants that hold for each module.
    pub invariants: &'e dyn Fn(usize) -> &'e [Invariant],
    /// The values of roots, by module.
    pub values: &'e BTreeMap<usize, Vec<RootValue>>,
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
    /// Why.
    pub reason: String,
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
}

impl Evaluation<'_, '_> {
    /// Judges everything.
    #[must_use]
    pub fn run(&self) -> Evaluated {
        let program = Program::new(self.nodes);
        let contexts = Contexts::new(&program, self.values);
        let judge = Judge::new(&contexts);
        let mut found = Evaluated::default();
        for node in 0..self.nodes.len() {
            for invariant in (self.invariants)(node) {
                for judgement in judge.judge(invariant, node) {
                    found.take(node, invariant, judgement);
                }
            }
        }
        found
    }
}

impl Evaluated {
    fn take(&mut self, node: usize, invariant: &Invariant, judgement: Judgement) {
        let places = self.places.entry(invariant.id.clone()).or_default();
        places.0 += judgement.places.0;
        places.1 += judgement.places.1;
        let Judgement { address, location, verdict, .. } = judgement;
        match verdict {
            Verdict::Holds | Verdict::NotApplicable => {}
            Verdict::Violated(fault) => {
                let diagnostic = diagnostic(invariant, &address, *fault);
                let is_known = self.diagnostics.iter().any(|(_, known)| {
                    known.lint == diagnostic.lint
                        && known.location == diagnostic.location
                        && known.message == diagnostic.message
                });
                if !is_known {
                    self.diagnostics.push((node, diagnostic));
                }
            }
            Verdict::Undecided(reason) => {
                self.undecided.push((node, Undecided { lint: invariant.id.clone(), address, location, reason }));
            }
        }
    }

    /// Adds what was found elsewhere.
    pub fn extend(&mut self, other: Self) {
        self.diagnostics.extend(other.diagnostics);
        self.undecided.extend(other.undecided);
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
    let mut help: Vec<String> = Vec::new();
    help.extend(invariant.help.clone());
    // The versions of bundled ones are those of the repository that they come from.
    let own = invariant.fixed_in.as_ref().filter(|_| invariant.id.area() == crate::config::INVARIANT_AREA);
    help.extend(own.map(|version| format!("this was mended in {version} and is back")));
    help.extend(invariant.docs.as_ref().map(|docs| format!("see {docs}")));
    if help.is_empty() { diagnostic } else { diagnostic.help(help.join("; ")) }
}
