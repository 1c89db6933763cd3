//! A module in one context.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::body::{ResourceBody, Wanted};
use super::frame::{Frame, Repetition};
use super::program::{Node, Program};
use super::variable::VariableSet;
use crate::eval::convert::Doubt;
use crate::eval::expression::{Evaluator, unknown};
use crate::eval::functions::Sources;
use crate::eval::refinement::Cause;
use crate::eval::scope::{Evaluated, Failure, Scope, ShortCircuit, SpecialCall};
use crate::eval::text::{Hole, Shape, Text};
use crate::eval::value::Value;
use crate::source::Span;
use crate::syntax::hcl::ExprView;
use crate::terraform::{Declaration, Module, Resource, ResourceMode, Role, Type};

/// How many levels of expressions a definition counts for.
const DEFINITION: u32 = 4;

/// What variables hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Inputs {
    /// Whatever any caller may pass.
    Anybody,
    /// These are fixed, the others are whatever any caller may pass.
    Given(BTreeMap<Arc<str>, Value>),
    /// These are passed; the others have their defaults.
    Call(BTreeMap<Arc<str>, Value>),
}

/// Something that is evaluated once.
#[derive(Clone)]
enum Memo {
    /// It is being evaluated: whoever asks refers to itself.
    Open,
    Done(Value),
}

/// What was asked for of a resource, by name, and the answer.
struct Bodies<'p> {
    wanted: Option<Box<[Box<str>]>>,
    found: Rc<[ResourceBody<'p>]>,
}

impl Bodies<'_> {
    fn answers(&self, wanted: Wanted<'_>) -> bool {
        match (&self.wanted, wanted) {
            (None, None) => true,
            (Some(known), Some(wanted)) => known.iter().map(|name| &**name).eq(wanted.iter().copied()),
            _ => false,
        }
    }
}

/// A module in one context.
pub struct Instance<'p> {
    pub(super) program: Rc<Program<'p>>,
    node: usize,
    /// What its variables hold.
    pub inputs: Inputs,
    /// The module as anybody may call it: what is not fixed here holds the same there.
    pub(super) base: Option<Rc<Self>>,
    pub(super) variables: RefCell<HashMap<Box<str>, VariableSet>>,
    locals: RefCell<HashMap<Box<str>, Memo>>,
    resources: RefCell<HashMap<usize, Memo>>,
    attributes: RefCell<HashMap<(usize, Box<str>), Memo>>,
    calls: RefCell<HashMap<usize, Memo>>,
    /// What was asked for last of each resource.
    bodies: RefCell<HashMap<usize, Bodies<'p>>>,
    overridden: HashSet<(String, String)>,
    /// Locals and resources that refer to themselves.
    pub(super) has_cycle: Cell<bool>,
}

/// Further names and calls on top of a module, such as `attrs` in invariants.
pub trait Overlay {
    /// See [`Scope::resolve`]; nothing where the name is the module's.
    fn resolve(&self, names: &[&str], span: Span, doubt: &mut Doubt) -> Option<Result<(Value, usize), Failure>>;

    /// See [`Scope::special`].
    fn special(&self, _call: SpecialCall<'_, '_>) -> Option<Evaluated> {
        None
    }

    /// Whether `&&` and `||` always leave out what does not matter.
    fn always_short_circuits(&self) -> bool {
        false
    }
}

/// What expressions of a block see.
pub struct BlockScope<'i, 'p> {
    /// The module.
    pub instance: &'i Instance<'p>,
    /// The instance of the block.
    pub frame: &'i Frame,
    /// What is on top.
    pub overlay: Option<&'i dyn Overlay>,
}

impl<'p> Instance<'p> {
    /// The module `node` with these inputs.
    #[must_use]
    pub fn new(program: &Rc<Program<'p>>, node: usize, inputs: Inputs) -> Rc<Self> {
        let module = program.nodes[node].module;
        Rc::new(Self {
            program: Rc::clone(program),
            node,
            inputs,
            base: None,
            variables: RefCell::default(),
            locals: RefCell::default(),
            resources: RefCell::default(),
            attributes: RefCell::default(),
            calls: RefCell::default(),
            bodies: RefCell::default(),
            overridden: overridden(module),
            has_cycle: Cell::new(false),
        })
    }

    /// The module of `base` with some variables fixed.
    #[must_use]
    pub fn given(base: &Rc<Self>, given: BTreeMap<Arc<str>, Value>) -> Rc<Self> {
        let mut made = Self::new(&base.program, base.node, Inputs::Given(given));
        if let Some(made) = Rc::get_mut(&mut made).filter(|_| base.inputs == Inputs::Anybody) {
            made.base = Some(Rc::clone(base));
        }
        made
    }

    /// The number of its module.
    #[must_use]
    pub const fn number(&self) -> usize {
        self.node
    }

    /// Its module among others.
    #[must_use]
    pub fn node(&self) -> &'p Node<'p> {
        &self.program.nodes[self.node]
    }

    /// Its module.
    #[must_use]
    pub fn module(&self) -> &'p Module<'p> {
        self.node().module
    }

    /// The modules around it.
    #[must_use]
    pub const fn program(&self) -> &Rc<Program<'p>> {
        &self.program
    }

    /// What expressions see in `frame`.
    #[must_use]
    pub const fn scope<'i>(&'i self, frame: &'i Frame) -> BlockScope<'i, 'p> {
        BlockScope { instance: self, frame, overlay: None }
    }

    /// The value of an expression of the module in `frame`, and whether Terraform may fail on it for some members.
    pub fn eval(&self, frame: &Frame, expr: ExprView<'_>) -> (Evaluated, bool) {
        self.scope(frame).eval(expr)
    }

    /// The value of a definition: what cannot be evaluated is any value, for Terraform stops there.
    fn definition(&self, frame: &Frame, expr: ExprView<'_>) -> Value {
        let depth = self.program.depth();
        depth.set(depth.get() + DEFINITION);
        let (value, _) = self.eval(frame, expr);
        depth.set(depth.get() - DEFINITION);
        value.unwrap_or_else(|_| unknown(&Cause::Expression))
    }

    pub(super) fn is_overridden(&self, kind: &str, name: &str) -> bool {
        !self.overridden.is_empty() && self.overridden.contains(&(kind.to_owned(), name.to_owned()))
    }

    fn memo(
        &self,
        state: impl Fn(&Self, Option<Memo>) -> Option<Memo>,
        make: impl FnOnce() -> Value,
        place: &dyn Fn() -> String,
        span: Span,
    ) -> Result<Value, Failure> {
        match state(self, None) {
            Some(Memo::Done(value)) => return Ok(value),
            Some(Memo::Open) => {
                self.has_cycle.set(true);
                let message = format!("{} refers to itself", place());
                return Err(Failure { is_static: true, ..Failure::new(message, span) });
            }
            None => {}
        }
        state(self, Some(Memo::Open));
        let value = make();
        state(self, Some(Memo::Done(value.clone())));
        Ok(value)
    }

    /// `local.name`; nothing where there is no such value.
    ///
    /// # Errors
    /// When it refers to itself.
    pub fn local(&self, name: &str, span: Span) -> Option<Result<Value, Failure>> {
        let (_, attribute) = self.module().local(name)?;
        if self.is_overridden("locals", name) {
            return Some(Ok(unknown(&Cause::Expression)));
        }
        let state = |this: &Self, new: Option<Memo>| {
            let mut all = this.locals.borrow_mut();
            match new {
                Some(new) => all.insert(name.into(), new),
                None => all.get(name).cloned(),
            }
        };
        let make = || self.definition(&Frame::default(), attribute.value()).unnamed();
        Some(self.memo(state, make, &|| format!("`local.{name}`"), span))
    }

    /// All outputs as one object.
    pub(super) fn outputs(&self) -> Value {
        let outputs = &self.module().outputs;
        let entries = outputs.iter().map(|output| (Arc::from(&*output.name()), self.output(output)));
        Value::object(entries.collect())
    }

    /// The value of an output.
    #[must_use]
    pub fn output(&self, output: &Declaration<'p>) -> Value {
        let name = output.name();
        if self.is_overridden("output", &name) {
            return unknown(&Cause::Expression);
        }
        let body = output.block.body();
        let Some(expr) = body.value("value") else { return unknown(&Cause::Expression) };
        let value = self.definition(&Frame::default(), expr);
        let is_sensitive = body.value("sensitive").is_some_and(|flag| flag.as_bool() != Some(false));
        if is_sensitive { value.marked(crate::eval::Marks::SENSITIVE) } else { value }
    }

    /// The resource with this number in the module, all instances of it as one value.
    fn resource(&self, number: usize, span: Span) -> Result<Value, Failure> {
        let resource = &self.module().resources[number];
        let state = |this: &Self, new: Option<Memo>| {
            let mut all = this.resources.borrow_mut();
            match new {
                Some(new) => all.insert(number, new),
                None => all.get(&number).cloned(),
            }
        };
        let make = || {
            let depth = self.program.depth();
            depth.set(depth.get() + DEFINITION);
            let repetition = self.resource_repetition(resource);
            let value = repetition.value(|frame| self.resource_body(resource, frame, None).value);
            depth.set(depth.get() - DEFINITION);
            value
        };
        self.memo(state, make, &|| format!("`{}`", resource.address()), span)
    }

    /// How often a resource is there.
    #[must_use]
    pub fn resource_repetition(&self, resource: &Resource<'p>) -> Repetition {
        let value = |name: &str| resource.attribute(name).map(|(_, attribute)| attribute.value());
        self.repetition(value("count"), value("for_each"))
    }

    /// The bodies of the instances of a resource, or of one that stands for all of them, with what is `wanted` of them.
    /// Invariants ask for the same again, one after the other.
    #[must_use]
    pub fn resource_bodies(&self, number: usize, wanted: Wanted<'_>) -> Rc<[ResourceBody<'p>]> {
        if let Some(known) = self.bodies.borrow().get(&number).filter(|known| known.answers(wanted)) {
            return Rc::clone(&known.found);
        }
        let resource = &self.module().resources[number];
        let repetition = self.resource_repetition(resource);
        let bodies = repetition.frames().into_iter().map(|frame| self.resource_body(resource, frame, wanted));
        let found: Rc<[ResourceBody<'p>]> = bodies.collect();
        // Calls are many: what is kept of each would add up.
        if matches!(self.inputs, Inputs::Call(_)) {
            return found;
        }
        let wanted = wanted.map(|names| names.iter().map(|name| Box::from(*name)).collect());
        self.bodies.borrow_mut().insert(number, Bodies { wanted, found: Rc::clone(&found) });
        found
    }

    /// One attribute of a resource that is there once; nothing where there is no such attribute.
    fn resource_attribute(&self, number: usize, name: &str, span: Span) -> Option<Result<Value, Failure>> {
        let resource = &self.module().resources[number];
        if resource.attribute("count").is_some() || resource.attribute("for_each").is_some() {
            return None;
        }
        let state = |this: &Self, new: Option<Memo>| {
            let mut all = this.attributes.borrow_mut();
            match new {
                Some(new) => all.insert((number, name.into()), new),
                None => all.get(&(number, name.into())).cloned(),
            }
        };
        let found = Cell::new(true);
        let make = || {
            let depth = self.program.depth();
            depth.set(depth.get() + DEFINITION);
            let body = self.resource_body(resource, &Frame::default(), Some(&[name]));
            depth.set(depth.get() - DEFINITION);
            let value = match &body.value.kind {
                crate::eval::Kind::Mapping(entries) => entries.get(name).cloned(),
                crate::eval::Kind::Unknown(known) => known.entries.get(name).cloned(),
                _ => None,
            };
            found.set(value.is_some());
            value.unwrap_or_else(|| unknown(&Cause::Expression))
        };
        let value = self.memo(state, make, &|| format!("`{}`", resource.address()), span);
        found.get().then_some(value)
    }

    /// A module call, all instances of it as one value.
    fn call(&self, number: usize, span: Span) -> Result<Value, Failure> {
        let call = &self.module().calls[number];
        let name = call.name();
        let state = |this: &Self, new: Option<Memo>| {
            let mut all = this.calls.borrow_mut();
            match new {
                Some(new) => all.insert(number, new),
                None => all.get(&number).cloned(),
            }
        };
        let make = || {
            let Some(target) = self.call_target(call) else {
                return Value::some(&Type::Any, &Cause::Module(format!("module.{name}").into()));
            };
            let depth = self.program.depth();
            depth.set(depth.get() + DEFINITION);
            let repetition = self.call_repetition(call);
            let value = repetition.value(|frame| self.program.outputs(target, self.arguments(call, frame)));
            depth.set(depth.get() - DEFINITION);
            value
        };
        self.memo(state, make, &|| format!("`module.{name}`"), span)
    }

    /// The module that a call stands for; nothing where it is not at hand.
    #[must_use]
    pub fn call_target(&self, call: &Declaration<'p>) -> Option<usize> {
        if self.is_overridden("module", &call.name()) {
            return None;
        }
        self.node().calls.get(&*call.name()).copied()
    }

    /// How often a module is called.
    #[must_use]
    pub fn call_repetition(&self, call: &Declaration<'p>) -> Repetition {
        self.repetition(call.value("count"), call.value("for_each"))
    }

    /// What a call passes in `frame`.
    #[must_use]
    pub fn arguments(&self, call: &Declaration<'p>, frame: &Frame) -> BTreeMap<Arc<str>, Value> {
        const META: &[&str] = &["source", "version", "count", "for_each", "providers", "depends_on"];
        let written = call.block.body().attributes().filter(|attribute| !META.contains(&attribute.name()));
        super::variable::arguments(
            written.map(|attribute| (attribute.name(), self.definition(frame, attribute.value()).unnamed())),
        )
    }

    fn resolve(&self, frame: &Frame, names: &[&str], span: Span) -> Result<(Value, usize), Failure> {
        let missing = |what: String| Failure { is_static: true, ..Failure::new(what, span) };
        match names {
            ["var", name, ..] => match self.variable(name) {
                Some(set) => Ok((set.value, 2)),
                None => Err(missing(format!("there is no variable `{name}`"))),
            },
            ["local", name, ..] => match self.local(name, span) {
                Some(value) => Ok((value?, 2)),
                None => Err(missing(format!("there is no local value `{name}`"))),
            },
            ["module", name, ..] => {
                let number = self.module().calls.iter().position(|call| call.name() == *name);
                match number {
                    Some(number) => Ok((self.call(number, span)?, 2)),
                    None => Err(missing(format!("there is no module call `{name}`"))),
                }
            }
            ["each", "key", ..] => frame
                .each
                .as_ref()
                .map(|(key, _)| (key.clone(), 2))
                .ok_or_else(|| missing("`each` exists in blocks with `for_each` only".to_owned())),
            ["each", "value", ..] => frame
                .each
                .as_ref()
                .map(|(_, value)| (value.clone(), 2))
                .ok_or_else(|| missing("`each` exists in blocks with `for_each` only".to_owned())),
            ["count", "index", ..] => frame
                .index
                .clone()
                .map(|index| (index, 2))
                .ok_or_else(|| missing("`count` exists in blocks with `count` only".to_owned())),
            ["self", ..] => Ok((frame.this.clone().unwrap_or_else(|| unknown(&Cause::Expression)), 1)),
            ["path", kind, ..] => Ok((path_value(kind), 2)),
            ["terraform" | "tofu", name, ..] => Ok((named_text(&format!("terraform.{name}")), 2)),
            [mode @ ("data" | "ephemeral"), kind, name, ..] => {
                let mode = if *mode == "data" { ResourceMode::Data } else { ResourceMode::Ephemeral };
                self.resolve_resource(mode, (kind, name), names.get(3).copied(), span)
                    .map(|(value, used)| (value, used + 1))
            }
            [kind, name, ..] => self.resolve_resource(ResourceMode::Managed, (kind, name), names.get(2).copied(), span),
            [name] => Err(missing(format!("`{name}` is no reference"))),
            [] => Err(missing("no reference".to_owned())),
        }
    }

    /// A resource, or the attribute of it that is asked for, and how many names that took.
    fn resolve_resource(
        &self,
        mode: ResourceMode,
        (kind, name): (&str, &str),
        attribute: Option<&str>,
        span: Span,
    ) -> Result<(Value, usize), Failure> {
        let resources = &self.module().resources;
        let found = resources.iter().position(|known| known.mode == mode && known.kind == kind && known.name == name);
        if let (Some(number), Some(attribute)) = (found, attribute)
            && let Some(value) = self.resource_attribute(number, attribute, span)
        {
            return Ok((value?, 3));
        }
        match found {
            Some(number) => Ok((self.resource(number, span)?, 2)),
            // In a check block, or of a newer kind.
            None if mode == ResourceMode::Data => {
                Ok((unknown(&Cause::Computed(format!("data.{kind}.{name}").into())), 2))
            }
            None => {
                Err(Failure { is_static: true, ..Failure::new(format!("there is no resource `{kind}.{name}`"), span) })
            }
        }
    }
}

impl<'p> BlockScope<'_, 'p> {
    /// The value of an expression, and whether Terraform may fail on it for some members.
    pub fn eval(&self, expr: ExprView<'_>) -> (Evaluated, bool) {
        let mut evaluator = self.evaluator();
        let value = evaluator.eval(expr);
        (value, evaluator.doubt.may_fail)
    }

    /// An evaluator that knows the iterators of the frame.
    #[must_use]
    pub fn evaluator(&self) -> Evaluator<'_> {
        let mut evaluator = Evaluator::new(self);
        for (name, value) in &self.frame.iterators {
            evaluator.bind(name, value.clone());
        }
        evaluator.assumptions.clone_from(&self.frame.facts);
        evaluator
    }
}

impl Scope for BlockScope<'_, '_> {
    fn resolve(&self, names: &[&str], span: Span, doubt: &mut Doubt) -> Result<(Value, usize), Failure> {
        if let Some(found) = self.overlay.and_then(|overlay| overlay.resolve(names, span, doubt)) {
            return found;
        }
        self.instance.resolve(self.frame, names, span)
    }

    fn sources(&self) -> &dyn Sources {
        self.instance.node().sources
    }

    fn short_circuit(&self) -> ShortCircuit {
        match self.overlay {
            Some(overlay) if overlay.always_short_circuits() => ShortCircuit::Yes,
            _ => self.instance.node().short_circuit,
        }
    }

    fn special(&self, call: SpecialCall<'_, '_>) -> Option<Evaluated> {
        self.overlay.and_then(|overlay| overlay.special(call))
    }

    fn catches_static(&self) -> bool {
        self.overlay.is_some_and(Overlay::always_short_circuits)
    }

    fn depth(&self) -> u32 {
        self.instance.program.depth().get()
    }
}

/// Names that an override file says something about, apart from resources, whose overrides are part of the model.
fn overridden(module: &Module<'_>) -> HashSet<(String, String)> {
    let mut found = HashSet::new();
    for source in module.sources.iter().filter(|source| source.role == Role::Override) {
        for block in source.document().root().blocks() {
            if block.kind() == "locals" {
                let names = block.body().attributes().map(|attribute| attribute.name().to_owned());
                found.extend(names.map(|name| ("locals".to_owned(), name)));
            } else if let Some(name) = block.label(0) {
                found.insert((block.kind().to_owned(), name.into_owned()));
            }
        }
    }
    found
}

/// A text that is not empty, and decided where Terraform runs.
fn named_text(name: &str) -> Value {
    let hole = Hole::new(Shape::Any);
    let hole = match crate::eval::Pattern::new("(?s:.)") {
        Ok(pattern) => hole.with(pattern, true),
        Err(_) => hole,
    };
    Value::some_string(Text::hole(hole), Cause::Instance(name.into())).named(name)
}

fn path_value(kind: &str) -> Value {
    named_text(&format!("path.{kind}"))
}
