//! The contexts of a module: called by anybody, and as it is called in the repository, from the roots down.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use crate::diagnostic::Location;
use crate::eval::Value;
use crate::eval::module::{Frame, Inputs, Instance, Program};
use crate::terraform::Declaration;

/// Most contexts of one module that are looked at.
const MAX_CONTEXTS: usize = 400;

/// Most modules with values of a caller that are remembered; the oldest go.
const MAX_TRIED: usize = 64;

/// Most levels of calls.
const MAX_LEVELS: usize = 24;

/// A module as it is called somewhere.
pub struct Context<'p> {
    /// The module with what is passed.
    pub instance: Rc<Instance<'p>>,
    /// The call; nothing for a root.
    pub call: Option<CallSite<'p>>,
    /// Where the values of a root's variables are written.
    pub values: BTreeMap<Arc<str>, Location>,
}

/// A module with a value that a caller might pass.
#[derive(Clone)]
struct Tried<'p> {
    instance: Rc<Instance<'p>>,
    /// The variable.
    name: String,
    /// Whether he surely may.
    admitted: bool,
}

/// A call and the context it stands in.
pub struct CallSite<'p> {
    /// Who calls.
    pub caller: Rc<Context<'p>>,
    /// The call.
    pub declaration: Declaration<'p>,
    /// The instance of the call.
    pub frame: Frame,
}

/// A value of a variable in a file of values.
pub type RootValue = (Arc<str>, Value, Location);

/// All contexts.
pub struct Contexts<'p> {
    program: Rc<Program<'p>>,
    /// What anybody may pass, by module.
    anybody: Vec<Rc<Instance<'p>>>,
    /// By module.
    called: Vec<Vec<Rc<Context<'p>>>>,
    /// Whether some contexts of a module were left out because there are so many.
    pub is_cut: bool,
    /// Modules with values that a caller might pass, and whether he surely may: other resources and invariants try the
    /// same ones.
    tried: RefCell<VecDeque<Tried<'p>>>,
}

impl<'p> Contexts<'p> {
    /// Finds all contexts. `values` are those of the roots, by module.
    #[must_use]
    pub fn new(program: &Rc<Program<'p>>, values: &BTreeMap<usize, Vec<RootValue>>) -> Self {
        let count = program.nodes.len();
        let mut made = Self {
            program: Rc::clone(program),
            anybody: (0..count).map(|node| Instance::new(program, node, Inputs::Anybody)).collect(),
            called: (0..count).map(|_| Vec::new()).collect(),
            is_cut: false,
            tried: RefCell::default(),
        };
        let mut is_called = vec![false; count];
        for target in program.nodes.iter().flat_map(|node| node.calls.values()) {
            is_called[*target] = true;
        }
        for (node, is_called) in is_called.into_iter().enumerate() {
            let is_root = program.nodes[node].is_root;
            if !is_root && is_called {
                continue;
            }
            let known = values.get(&node).map(Vec::as_slice).unwrap_or_default();
            let context = if is_root {
                let inputs = known.iter().map(|(name, value, _)| (Arc::clone(name), value.clone())).collect();
                let places = known.iter().map(|(name, _, place)| (Arc::clone(name), *place)).collect();
                Context { instance: Instance::new(program, node, Inputs::Call(inputs)), call: None, values: places }
            } else {
                Context { instance: Rc::clone(&made.anybody[node]), call: None, values: BTreeMap::new() }
            };
            let context = Rc::new(context);
            if is_root {
                made.called[node].push(Rc::clone(&context));
            }
            made.descend(&context, 0);
        }
        made
    }

    fn descend(&mut self, context: &Rc<Context<'p>>, level: usize) {
        if level >= MAX_LEVELS {
            self.is_cut = true;
            return;
        }
        let module = context.instance.module();
        for call in &module.calls {
            let Some(target) = context.instance.call_target(call) else { continue };
            let repetition = context.instance.call_repetition(call);
            for frame in repetition.frames() {
                let inputs = Inputs::Call(context.instance.arguments(call, frame));
                let known = &self.called[target];
                if known.iter().any(|known| known.instance.inputs == inputs) {
                    continue;
                }
                if known.len() >= MAX_CONTEXTS {
                    self.is_cut = true;
                    continue;
                }
                let site = CallSite { caller: Rc::clone(context), declaration: *call, frame: frame.clone() };
                let instance = Instance::new(&self.program, target, inputs);
                let made = Rc::new(Context { instance, call: Some(site), values: BTreeMap::new() });
                self.called[target].push(Rc::clone(&made));
                self.descend(&made, level + 1);
            }
        }
    }

    /// The module as anybody may call it.
    #[must_use]
    pub fn anybody(&self, node: usize) -> &Rc<Instance<'p>> {
        &self.anybody[node]
    }

    /// The contexts in which the repository uses the module: as a root, or by calls.
    #[must_use]
    pub fn of(&self, node: usize) -> &[Rc<Context<'p>>] {
        &self.called[node]
    }

    /// `made` with what is known of it by now, if a caller surely may pass what it has as the variable `name`, which
    /// `is_admitted` decides where the same was not tried before.
    pub(super) fn tried(
        &self,
        made: Rc<Instance<'p>>,
        name: &str,
        is_admitted: fn(&Instance<'_>, &str) -> bool,
    ) -> Option<Rc<Instance<'p>>> {
        let is_same = |known: &&Tried<'p>| {
            known.name == name && known.instance.number() == made.number() && known.instance.inputs == made.inputs
        };
        let known = self.tried.borrow().iter().find(is_same).cloned();
        let tried = known.unwrap_or_else(|| {
            let new = Tried { admitted: is_admitted(&made, name), name: name.to_owned(), instance: made };
            let mut tried = self.tried.borrow_mut();
            if tried.len() >= MAX_TRIED {
                tried.pop_front();
            }
            tried.push_back(new.clone());
            new
        });
        tried.admitted.then_some(tried.instance)
    }

    /// The modules.
    #[must_use]
    pub const fn program(&self) -> &Rc<Program<'p>> {
        &self.program
    }
}
