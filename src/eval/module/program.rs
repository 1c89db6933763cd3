//! The modules that are evaluated together, and which calls which.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::instance::{Inputs, Instance};
use crate::eval::expression::unknown;
use crate::eval::functions::Sources;
use crate::eval::refinement::Cause;
use crate::eval::scope::ShortCircuit;
use crate::eval::value::Value;
use crate::terraform::Module;

/// Most levels of calls that are followed.
const MAX_CALLS: usize = 24;

/// Most contexts that outputs are remembered for, of one module.
const MAX_REMEMBERED: usize = 512;

/// A module among others.
pub struct Node<'a> {
    /// The module.
    pub module: &'a Module<'a>,
    /// Its path as shown.
    pub path: &'a str,
    /// The files that its expressions read.
    pub sources: &'a dyn Sources,
    /// Which module each of its calls stands for, by the name of the call. Calls of modules that are not at hand are not
    /// among them.
    pub calls: HashMap<String, usize>,
    /// How it evaluates `&&` and `||`.
    pub short_circuit: ShortCircuit,
    /// Whether it is where Terraform is run.
    pub is_root: bool,
}

/// Modules that are evaluated together, on one thread.
pub struct Program<'a> {
    /// The modules.
    pub nodes: &'a [Node<'a>],
    /// What calls gave, by module and arguments.
    outputs: RefCell<HashMap<usize, Vec<(Inputs, Value)>>>,
    /// The modules whose outputs are being evaluated, outermost first.
    calls: RefCell<Vec<usize>>,
    depth: Cell<u32>,
}

impl<'a> Program<'a> {
    /// The modules `nodes`.
    #[must_use]
    pub fn new(nodes: &'a [Node<'a>]) -> Rc<Self> {
        Rc::new(Self { nodes, outputs: RefCell::default(), calls: RefCell::default(), depth: Cell::new(0) })
    }

    /// The outputs of the module `node` as a call with `arguments` sees them.
    pub(super) fn outputs(self: &Rc<Self>, node: usize, arguments: BTreeMap<Arc<str>, Value>) -> Value {
        let inputs = Inputs::Call(arguments);
        let known = self
            .outputs
            .borrow()
            .get(&node)
            .and_then(|all| all.iter().find(|(known, _)| *known == inputs).map(|(_, outputs)| outputs.clone()));
        if let Some(known) = known {
            return known;
        }
        // A module that calls itself, by way of others or not, would call itself forever: Terraform refuses it.
        if self.calls.borrow().len() >= MAX_CALLS || self.calls.borrow().contains(&node) {
            return unknown(&Cause::TooLarge);
        }
        self.calls.borrow_mut().push(node);
        let instance = Instance::new(self, node, inputs.clone());
        let outputs = instance.outputs();
        self.calls.borrow_mut().pop();
        let mut all = self.outputs.borrow_mut();
        let all = all.entry(node).or_default();
        if all.len() < MAX_REMEMBERED {
            all.push((inputs, outputs.clone()));
        }
        outputs
    }

    /// How deep in references the evaluation is.
    pub(super) const fn depth(&self) -> &Cell<u32> {
        &self.depth
    }
}
