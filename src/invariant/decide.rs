//! Decides invariants: for every caller, or for the calls that there are.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::chain::{At, Step, chain, describe};
use super::context::{Context, Contexts};
use super::language::Invariant;
use super::overlay::InvariantScope;
use super::planned::PlannedResource;
use super::subject::{Place, Subject, Written};
use crate::config::{Guarantee, InvariantKind};
use crate::diagnostic::Location;
use crate::eval::module::{Frame, Inputs, Instance, ResourceBody};
use crate::eval::{Kind, Value};
use crate::source::Span;
use crate::syntax::hcl::{ExprKind, ExprView};
use crate::terraform::{Module, ResourceMode, Source, Type};

/// What is certain of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The condition is true, whatever a caller passes.
    Holds,
    /// The filter leaves nothing, or the subject has nothing to judge.
    NotApplicable,
    /// The condition is false.
    Violated(Box<Fault>),
    /// Neither is certain, for this reason.
    Undecided(String),
}

/// A violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where the fault is.
    pub location: Location,
    /// What the invariant says about it.
    pub message: String,
    /// What is there, in a few words.
    pub note: String,
    /// How it came there, the judged attribute first.
    pub steps: Vec<Step>,
    /// Whether it is violated for every caller, and not for one call only.
    pub for_every_caller: bool,
}

/// A verdict on one subject.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The subject.
    pub address: String,
    /// Where the subject begins.
    pub location: Location,
    /// What is certain.
    pub verdict: Verdict,
    /// In how many contexts it was judged, and in how many of them a verdict was certain.
    pub places: (usize, usize),
}

/// Decides invariants in all contexts of some modules.
pub struct Judge<'j, 'p> {
    contexts: &'j Contexts<'p>,
}

/// A verdict in one context.
enum Outcome {
    Holds,
    NotApplicable,
    Violated { message: String, condition: Span },
    Undecided(String),
}

impl<'j, 'p> Judge<'j, 'p> {
    /// Judges in `contexts`.
    #[must_use]
    pub const fn new(contexts: &'j Contexts<'p>) -> Self {
        Self { contexts }
    }

    /// The verdicts of `invariant` on everything in the module `node` that it binds to.
    #[must_use]
    pub fn judge(&self, invariant: &Invariant, node: usize) -> Vec<Judgement> {
        let module = self.contexts.program().nodes[node].module;
        let is_bound = match invariant.kind {
            InvariantKind::Resource => module
                .resources
                .iter()
                .any(|resource| resource.mode == ResourceMode::Managed && invariant.binds(&resource.kind)),
            InvariantKind::Data => module
                .resources
                .iter()
                .any(|resource| resource.mode == ResourceMode::Data && invariant.binds(&resource.kind)),
            InvariantKind::Module => invariant.binds(self.contexts.program().nodes[node].path),
            InvariantKind::Call => !module.calls.is_empty(),
        };
        if !is_bound {
            return Vec::new();
        }
        let given = invariant.given();
        let anybody = if given.is_empty() {
            Rc::clone(self.contexts.anybody(node))
        } else {
            Instance::given(self.contexts.anybody(node), given.clone())
        };
        // Variables that no value satisfies make everything true, and say nothing.
        let at = At { instance: anybody, context: None, given: Rc::new(given.clone()) };
        let subjects = self.subjects(invariant, &at.instance, None);
        subjects.iter().map(|subject| self.judge_subject(invariant, &at, subject, &given)).collect()
    }

    fn judge_subject(
        &self,
        invariant: &Invariant,
        at: &At<'p>,
        subject: &Subject<'p>,
        given: &BTreeMap<Arc<str>, Value>,
    ) -> Judgement {
        let judgement = |verdict: Verdict, places: (usize, usize)| Judgement {
            address: subject.address.clone(),
            location: subject.location,
            verdict,
            places,
        };
        let reason = match self.outcome(invariant, &at.instance, subject) {
            Outcome::Holds => return judgement(Verdict::Holds, (1, 1)),
            Outcome::NotApplicable => return judgement(Verdict::NotApplicable, (1, 1)),
            Outcome::Violated { message, condition } => {
                let fault = self.fault(invariant, at, subject, (message, condition), true);
                return judgement(Verdict::Violated(Box::new(fault)), (1, 1));
            }
            Outcome::Undecided(reason) => reason,
        };
        if invariant.guarantee == Some(Guarantee::Module)
            && let Some(fault) = self.witness(invariant, at, subject)
        {
            return judgement(Verdict::Violated(Box::new(fault)), (1, 1));
        }
        let (mut judged, mut decided) = (0, 0);
        for context in self.contexts.of(at.instance.number()) {
            let here = in_context(context, given);
            for other in self.subjects(invariant, &here.instance, subject.resource) {
                if !is_same(subject, &other) {
                    continue;
                }
                judged += 1;
                match self.outcome(invariant, &here.instance, &other) {
                    Outcome::Violated { message, condition } => {
                        let fault = self.fault(invariant, &here, &other, (message, condition), false);
                        return judgement(Verdict::Violated(Box::new(fault)), (1, 1));
                    }
                    Outcome::Undecided(_) => {}
                    Outcome::Holds | Outcome::NotApplicable => decided += 1,
                }
            }
        }
        let reason = match (judged, decided) {
            (0, _) => reason,
            (judged, decided) if judged == decided => format!("{reason}; it holds in every call of the repository"),
            (judged, decided) => format!("{reason}; certain in {decided} of {judged} calls of the repository"),
        };
        judgement(Verdict::Undecided(reason), if judged == 0 { (1, 0) } else { (judged, decided) })
    }

    /// The verdicts of `invariant` on a resource of a plan, whose schema has the type `ty`. Only invariants of resources
    /// and data sources are about plans; the module of the first node stands for the module around the resource, which
    /// is not known.
    #[must_use]
    pub fn judge_planned(
        &self,
        invariant: &Invariant,
        resource: &PlannedResource,
        ty: Option<&Type>,
        location: Location,
    ) -> Vec<Judgement> {
        let mode = match invariant.kind {
            InvariantKind::Resource => ResourceMode::Managed,
            InvariantKind::Data => ResourceMode::Data,
            InvariantKind::Module | InvariantKind::Call => return Vec::new(),
        };
        if resource.mode != mode || !invariant.binds(&resource.kind) {
            return Vec::new();
        }
        let instance = self.contexts.anybody(0);
        let value = resource.attrs(ty);
        let whole = Subject {
            address: resource.address.clone(),
            attrs: Some(value.clone()),
            each: None,
            resource: None,
            location,
            frame: Frame::default(),
            written: Written::Planned(resource.kind.clone(), resource.name.clone()),
        };
        let body = ResourceBody { value, elements: Vec::new(), frame: Frame::default() };
        let mut subjects = Vec::new();
        self.elements(invariant, instance, whole, &body, &mut subjects);
        let judgement = |subject: Subject<'p>| {
            let (verdict, decided) = match self.outcome(invariant, instance, &subject) {
                Outcome::Holds => (Verdict::Holds, 1),
                Outcome::NotApplicable => (Verdict::NotApplicable, 1),
                Outcome::Undecided(reason) => (Verdict::Undecided(reason), 0),
                Outcome::Violated { message, .. } => {
                    let (note, steps) = (String::new(), Vec::new());
                    (Verdict::Violated(Box::new(Fault { location, message, note, steps, for_every_caller: false })), 1)
                }
            };
            Judgement { address: subject.address, location, verdict, places: (1, decided) }
        };
        subjects.into_iter().map(judgement).collect()
    }

    /// What an invariant judges in a module; of resources only the one in `only`, if there is one.
    fn subjects(
        &self,
        invariant: &Invariant,
        instance: &Rc<Instance<'p>>,
        only: Option<(usize, usize)>,
    ) -> Vec<Subject<'p>> {
        let module = instance.module();
        match invariant.kind {
            InvariantKind::Module => {
                let Some(location) = module.first_block() else { return Vec::new() };
                vec![Subject {
                    address: instance.node().path.to_owned(),
                    attrs: None,
                    each: None,
                    resource: None,
                    location,
                    frame: Frame::default(),
                    written: Written::Module,
                }]
            }
            InvariantKind::Call => {
                let calls = module.calls.iter().filter(|call| {
                    let source = call.value("source").and_then(ExprView::as_string).unwrap_or_default();
                    let target = instance.call_target(call).map(|target| self.contexts.program().nodes[target].path);
                    invariant.binds(&source) || target.is_some_and(|path| invariant.binds(path))
                });
                let subject = |call: &crate::terraform::Declaration<'p>, frame: &Frame| Subject {
                    address: format!("module.{}{}", call.name(), frame.key),
                    attrs: Some(Value::object(instance.arguments(call, frame))),
                    each: None,
                    resource: None,
                    location: call.location(call.block.header_span()),
                    frame: frame.clone(),
                    written: Written::Call(*call),
                };
                calls
                    .flat_map(|call| {
                        let repetition = instance.call_repetition(call);
                        repetition.frames().into_iter().map(|frame| subject(call, frame)).collect::<Vec<_>>()
                    })
                    .collect()
            }
            InvariantKind::Resource | InvariantKind::Data => {
                let mode =
                    if invariant.kind == InvariantKind::Data { ResourceMode::Data } else { ResourceMode::Managed };
                let mut found = Vec::new();
                for (number, resource) in module.resources.iter().enumerate() {
                    let is_asked_for = only.is_none_or(|(only, _)| only == number);
                    if !is_asked_for || resource.mode != mode || !invariant.binds(&resource.kind) {
                        continue;
                    }
                    let wanted: Option<Vec<&str>> =
                        invariant.attributes().map(|names| names.iter().map(String::as_str).collect());
                    let bodies = instance.resource_bodies(number, wanted.as_deref());
                    for (at, body) in bodies.iter().enumerate() {
                        let whole = Subject {
                            address: format!("{}{}", resource.address(), body.frame.key),
                            attrs: Some(body.value.clone()),
                            each: None,
                            resource: Some((number, at)),
                            location: resource.declaration.location(resource.declaration.block.header_span()),
                            frame: body.frame.clone(),
                            written: Written::Resource(resource),
                        };
                        self.elements(invariant, instance, whole, body, &mut found);
                    }
                }
                found
            }
        }
    }

    /// One subject for each element of `for_each`, or the whole without one.
    fn elements(
        &self,
        invariant: &Invariant,
        instance: &Rc<Instance<'p>>,
        whole: Subject<'p>,
        body: &ResourceBody<'p>,
        found: &mut Vec<Subject<'p>>,
    ) {
        let Some(for_each) = invariant.for_each() else {
            found.push(whole);
            return;
        };
        let element = |key: Value, value: Value, shown: &str| Subject {
            address: format!("{}{shown}", whole.address),
            attrs: whole.attrs.clone(),
            each: Some((key, value)),
            resource: whole.resource,
            location: whole.location,
            frame: whole.frame.clone(),
            written: whole.written.clone(),
        };
        // Blocks of one kind bring their places with them.
        let steps = for_each.as_reference().unwrap_or_default();
        if let ([root, kind], Written::Resource(resource)) = (steps.as_slice(), &whole.written)
            && root == "attrs"
        {
            let blocks: Vec<_> = body.elements.iter().filter(|block| *block.kind == **kind).collect();
            if !blocks.is_empty() {
                for block in blocks {
                    let shown = format!(
                        ".{kind}[{}]",
                        if block.is_symbolic { "*".to_owned() } else { block.number.to_string() }
                    );
                    let mut made = element(Value::count(block.number), block.value.clone(), &shown);
                    made.location = block.location;
                    made.written = Written::Block(resource, Box::new(block.clone()));
                    found.push(made);
                }
                return;
            }
        }
        let scope = InvariantScope { invariant, instance, subject: &whole };
        let Ok(collection) = scope.with_evaluator(|evaluator| evaluator.eval(for_each)) else { return };
        match &collection.kind {
            Kind::Null => {}
            Kind::Sequence(all) => {
                found.extend(
                    all.iter().enumerate().map(|(at, one)| element(Value::count(at), one.clone(), &format!("[{at}]"))),
                );
            }
            Kind::Mapping(all) => {
                let pairs = all.iter();
                found.extend(
                    pairs.map(|(name, one)| {
                        element(Value::string(Arc::clone(name)), one.clone(), &format!("[{name:?}]"))
                    }),
                );
            }
            _ if collection.length().max == Some(0) => {}
            _ => {
                let value = collection.element().unwrap_or_else(|| Value::any(&Type::Any, &collection.reason()));
                let key = Value::any(&Type::Any, &collection.reason());
                found.push(element(key, value, "[*]"));
            }
        }
    }

    /// The verdict on `subject` in one context.
    fn outcome(&self, invariant: &Invariant, instance: &Rc<Instance<'p>>, subject: &Subject<'p>) -> Outcome {
        let scope = InvariantScope { invariant, instance, subject };
        let facts = match invariant.filter() {
            None => Vec::new(),
            Some(filter) => {
                if lacks(subject, filter) {
                    return Outcome::NotApplicable;
                }
                let answer = scope.with_evaluator(|evaluator| evaluator.eval(filter));
                match answer.as_ref().map(Value::as_bool) {
                    Err(_) | Ok(Some(false)) => return Outcome::NotApplicable,
                    Ok(Some(true)) => Vec::new(),
                    Ok(None) => match scope.with_evaluator(|evaluator| evaluator.assumptions_of(filter)) {
                        None => return Outcome::NotApplicable,
                        Some(facts) if facts.is_empty() => {
                            let reason = answer.map(|value| value.reason().to_string()).unwrap_or_default();
                            return Outcome::Undecided(format!("whether the filter applies {reason}"));
                        }
                        Some(facts) => facts,
                    },
                }
            }
        };
        let mut undecided = None;
        for (condition, message) in invariant.enforced() {
            if lacks(subject, condition) {
                return Outcome::NotApplicable;
            }
            let (answer, may_fail) = scope.with_evaluator(|evaluator| evaluator.eval_where(condition, &facts));
            let violated = |scope: &InvariantScope<'_, 'p>| {
                let text =
                    message.map(|message| scope.with_evaluator(|evaluator| evaluator.eval_where(message, &facts).0));
                let message = text.and_then(Result::ok).and_then(|value| text_of(&value));
                let message = message.or_else(|| invariant.summary.clone());
                Outcome::Violated {
                    message: message.unwrap_or_else(|| format!("`{}` does not hold", invariant.id)),
                    condition: condition.span(),
                }
            };
            match answer {
                Err(failure) if failure.is_static => return Outcome::NotApplicable,
                Err(_) => return violated(&scope),
                Ok(value) => match value.as_bool() {
                    Some(false) => return violated(&scope),
                    Some(true) if !may_fail => {}
                    Some(true) => undecided = Some("the condition may fail to evaluate".to_owned()),
                    None => undecided = Some(value.reason().to_string()),
                },
            }
        }
        undecided.map_or(Outcome::Holds, Outcome::Undecided)
    }

    /// A violation with its place and how the value came there.
    fn fault(
        &self,
        invariant: &Invariant,
        at: &At<'p>,
        subject: &Subject<'p>,
        (message, condition): (String, Span),
        for_every_caller: bool,
    ) -> Fault {
        let place = self.judged_place(invariant, at, subject, condition);
        let Some(place) = place else {
            let note = unset(invariant, subject, condition).into_iter().next().map(|step| step.message);
            return Fault {
                location: subject.location,
                message,
                note: note.unwrap_or_default(),
                steps: Vec::new(),
                for_every_caller,
            };
        };
        let mut steps = chain(at, &place);
        steps.extend(unset(invariant, subject, condition));
        let value = at.instance.eval(&place.frame, place.expr).0.ok();
        let note = match &value {
            Some(value) if !matches!(value.kind, Kind::Unknown(_)) || !steps.is_empty() => {
                format!("`{}` is {}", place.name, describe(value))
            }
            _ => String::new(),
        };
        // In one call the fault is where its value is written, if that is one place.
        let mut origins = steps.iter().filter(|step| step.is_origin);
        let origin = match (for_every_caller, origins.next(), origins.next()) {
            (false, Some(origin), None) => Some(origin),
            _ => None,
        };
        match origin {
            Some(origin) => {
                let own = Step { location: place.location(), message: note, is_origin: false };
                let before = steps.iter().filter(|step| step.location != origin.location).cloned();
                Fault {
                    location: origin.location,
                    message,
                    note: origin.message.clone(),
                    steps: std::iter::once(own).chain(before).collect(),
                    for_every_caller,
                }
            }
            None => Fault { location: place.location(), message, note, steps, for_every_caller },
        }
    }

    /// The expression that a condition is about.
    fn judged_place(
        &self,
        invariant: &Invariant,
        at: &At<'p>,
        subject: &Subject<'p>,
        condition: Span,
    ) -> Option<Place<'p>> {
        let (condition, _) = invariant.enforced().find(|(known, _)| known.span() == condition)?;
        let filter = invariant.filter();
        for steps in [Some(condition), filter].into_iter().flatten().flat_map(references_of) {
            let names: Vec<&str> = steps.iter().map(|step| &**step).collect();
            let found = match names.as_slice() {
                ["attrs", rest @ ..] => subject.place("attrs", rest),
                ["each", "value", rest @ ..] => subject.place("each", rest),
                ["local", name, ..] if invariant.local(name).is_none() => self.local_place(at, name),
                ["output", name, ..] => self.output_place(at, name),
                ["variable", name, ..] | ["var", name, ..] => self.variable_place(at, name),
                ["resource", kind, name, rest @ ..] | [kind, name, rest @ ..] => {
                    self.resource_place(at, kind, name, rest)
                }
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn local_place(&self, at: &At<'p>, name: &str) -> Option<Place<'p>> {
        let (source, attribute) = at.instance.module().locals.iter().find(|(_, attribute)| attribute.name() == name)?;
        Some(Place { source, expr: attribute.value(), frame: Frame::default(), name: format!("local.{name}") })
    }

    fn output_place(&self, at: &At<'p>, name: &str) -> Option<Place<'p>> {
        let output = at.instance.module().outputs.iter().find(|output| output.name() == name)?;
        Some(Place {
            source: output.source,
            expr: output.value("value")?,
            frame: Frame::default(),
            name: format!("output.{name}"),
        })
    }

    fn variable_place(&self, at: &At<'p>, name: &str) -> Option<Place<'p>> {
        let variable = at.instance.module().variables.iter().find(|variable| variable.name() == name)?;
        let expr = variable.value("default").or_else(|| variable.value("type"))?;
        Some(Place { source: variable.source, expr, frame: Frame::default(), name: format!("var.{name}") })
    }

    fn resource_place(&self, at: &At<'p>, kind: &str, name: &str, rest: &[&str]) -> Option<Place<'p>> {
        let resources = &at.instance.module().resources;
        let resource = resources.iter().find(|known| known.kind == kind && known.name == name)?;
        let (declaration, attribute) = resource.attribute(rest.first()?)?;
        Some(Place {
            source: declaration.source,
            expr: attribute.value(),
            frame: Frame::default(),
            name: attribute.name().to_owned(),
        })
    }

    /// What the judged expressions are made of.
    fn reached(&self, invariant: &Invariant, at: &At<'p>, subject: &Subject<'p>) -> Reached {
        let mut reached = Reached::default();
        for (condition, _) in invariant.enforced() {
            if let Some(place) = self.judged_place(invariant, at, subject, condition.span()) {
                reached.follow(at.instance.module(), place.source, place.expr, 0);
            }
        }
        reached
    }

    /// A single admissible input that breaks the invariant.
    fn witness(&self, invariant: &Invariant, at: &At<'p>, subject: &Subject<'p>) -> Option<Fault> {
        let given = invariant.given();
        let reached = self.reached(invariant, at, subject);
        for variable in &at.instance.module().variables {
            let name = variable.name();
            if !reached.names.contains(&*name) {
                continue;
            }
            let set = at.instance.variable(&name)?;
            for candidate in samples(&set.value, variable, &reached.literals) {
                let mut inputs = given.clone();
                inputs.insert(Arc::from(&*name), candidate.clone());
                let fixed = Rc::new(inputs.clone());
                let instance = Instance::given(self.contexts.anybody(at.instance.number()), inputs);
                let admitted =
                    instance.variable(&name).is_some_and(|set| set.contradiction.is_none() && set.mismatch.is_none());
                if !admitted {
                    continue;
                }
                let here = At { instance, context: None, given: fixed };
                for other in self.subjects(invariant, &here.instance, subject.resource) {
                    if !is_same(subject, &other) {
                        continue;
                    }
                    if let Outcome::Violated { message, condition } = self.outcome(invariant, &here.instance, &other) {
                        let mut fault = self.fault(invariant, &here, &other, (message, condition), true);
                        for step in fault.steps.iter_mut().filter(|step| step.message.ends_with(" in this case")) {
                            step.message = format!("a caller may pass {}", describe(&candidate));
                        }
                        return Some(fault);
                    }
                }
            }
        }
        None
    }
}

/// The references in an expression, in the order of the text.
fn references_of(expr: ExprView<'_>) -> Vec<Vec<std::borrow::Cow<'_, str>>> {
    let mut found: Vec<_> = expr
        .walk()
        .filter(|inner| matches!(inner.kind(), ExprKind::GetAttr { .. } | ExprKind::Index { .. }))
        .filter_map(|inner| Some((inner.span(), inner.as_reference()?)))
        .collect();
    // The longest of those that begin at one place comes first.
    found.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
    found.dedup_by(|(inner, _), (outer, _)| outer.covers(*inner));
    found.into_iter().map(|(_, steps)| steps).collect()
}

/// Attributes of a resource that the condition reads and that are not written.
fn unset(invariant: &Invariant, subject: &Subject<'_>, condition: Span) -> Vec<Step> {
    let (Written::Resource(resource) | Written::Block(resource, _), Some(attrs)) = (&subject.written, &subject.attrs)
    else {
        return Vec::new();
    };
    let Some((condition, _)) = invariant.enforced().find(|(known, _)| known.span() == condition) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for steps in references_of(condition) {
        let [root, name, ..] = steps.as_slice() else { continue };
        let Kind::Mapping(entries) = &attrs.kind else { continue };
        let Some(value) = entries.get(&**name).filter(|_| root == "attrs") else { continue };
        if resource.attribute(name).is_none() && resource.blocks(name).is_empty() && !value.is_null() {
            let declaration = resource.declaration;
            found.push(Step {
                location: declaration.location(declaration.block.header_span()),
                message: format!("`{name}` is not set: it is {}", describe(value)),
                is_origin: false,
            });
        }
    }
    found
}

/// Variables and texts that an expression is made of, by way of local values and the collections around it.
#[derive(Default)]
struct Reached {
    names: std::collections::BTreeSet<String>,
    literals: Vec<Arc<str>>,
}

impl Reached {
    fn follow<'p>(&mut self, module: &Module<'p>, source: &'p Source, expr: ExprView<'p>, level: u32) {
        if level > 12 {
            return;
        }
        for inner in expr.walk() {
            if let Some(text) = inner.as_string().filter(|_| self.literals.len() < 8) {
                self.literals.push(Arc::from(&*text));
            }
        }
        for steps in references_of(expr) {
            match steps.as_slice() {
                [root, name, ..] if root == "var" => {
                    self.names.insert(name.to_string());
                }
                [root, name, ..] if root == "local" => {
                    let found = module.locals.iter().find(|(_, attribute)| attribute.name() == *name);
                    if let Some((source, attribute)) = found {
                        self.follow(module, source, attribute.value(), level + 1);
                    }
                }
                // An element: whatever the blocks around it are repeated over.
                _ => self.around(module, source, expr, level),
            }
        }
    }

    fn around<'p>(&mut self, module: &Module<'p>, source: &'p Source, expr: ExprView<'p>, level: u32) {
        let mut blocks: Vec<_> = source.document().root().blocks().collect();
        while let Some(block) = blocks.pop().filter(|_| level < 12) {
            if block.span().covers(expr.span()) {
                for name in ["for_each", "count"] {
                    if let Some(value) = block.body().value(name).filter(|value| value.span() != expr.span()) {
                        self.follow(module, source, value, level + 4);
                    }
                }
                blocks.extend(block.body().blocks());
            }
        }
    }
}

/// The context with what an invariant fixes.
fn in_context<'p>(context: &Rc<Context<'p>>, given: &BTreeMap<Arc<str>, Value>) -> At<'p> {
    let instance = match &context.instance.inputs {
        Inputs::Call(passed) if !given.is_empty() => {
            let mut inputs = passed.clone();
            inputs.extend(given.clone());
            Instance::new(context.instance.program(), context.instance.number(), Inputs::Call(inputs))
        }
        _ => Rc::clone(&context.instance),
    };
    At { instance, context: Some(Rc::clone(context)), given: Rc::new(given.clone()) }
}

/// Whether two subjects are the same thing in two contexts.
fn is_same(one: &Subject<'_>, other: &Subject<'_>) -> bool {
    let number = |subject: &Subject<'_>| subject.resource.map(|(number, _)| number);
    number(one) == number(other) && one.location == other.location
}

/// Whether an expression refers to an attribute that the subject does not have: it is about another kind of thing.
fn lacks(subject: &Subject<'_>, expr: ExprView<'_>) -> bool {
    let absent = |value: Option<&Value>, name: &str| {
        value.is_some_and(|value| match &value.kind {
            Kind::Mapping(entries) => !entries.contains_key(name),
            _ => false,
        })
    };
    // `try(attrs.x, …)` and `can(attrs.x)` ask on purpose.
    let guarded: Vec<Span> = expr
        .walk()
        .filter(|inner| inner.as_call().is_some_and(|(name, _)| matches!(name, "try" | "can" | "lookup")))
        .map(ExprView::span)
        .collect();
    expr.walk().any(|inner| {
        if !matches!(inner.kind(), ExprKind::GetAttr { .. }) || guarded.iter().any(|span| span.covers(inner.span())) {
            return false;
        }
        let Some(steps) = inner.as_reference() else { return false };
        let names: Vec<&str> = steps.iter().map(|step| &**step).collect();
        match names.as_slice() {
            ["attrs", name, ..] => absent(subject.attrs.as_ref(), name),
            ["each", "value", name, ..] => absent(subject.each.as_ref().map(|(_, value)| value), name),
            _ => false,
        }
    })
}

/// A message as text; holes as `…`. Nothing where it would show something sensitive.
fn text_of(value: &Value) -> Option<String> {
    if value.all_marks().has(crate::eval::Marks::SENSITIVE) {
        return None;
    }
    if let Some(text) = value.as_string() {
        return Some(text.to_string());
    }
    (value.ty == Type::String).then(|| {
        let text = value.text();
        text.pieces()
            .iter()
            .map(|piece| match piece {
                crate::eval::Piece::Literal(text) => text.to_string(),
                crate::eval::Piece::Hole(_) => "…".to_owned(),
            })
            .collect()
    })
}

/// Values that a caller might pass, simple ones first.
fn samples(set: &Value, variable: &crate::terraform::Declaration<'_>, literals: &[Arc<str>]) -> Vec<Value> {
    let mut samples = Vec::new();
    if let Some(default) = variable.value("default").and_then(|expr| crate::eval::constant(expr).ok()) {
        samples.push(default);
    }
    if set.nullable {
        samples.push(Value::null(set.ty.clone()));
    }
    match (&set.ty, &set.kind) {
        (_, Kind::OneOf(all)) => samples.extend(all.iter().cloned()),
        (Type::Bool, _) => samples.extend([true, false].map(Value::bool)),
        (Type::Number, _) => samples.extend([0, 1, 50, -1].map(|number: i64| Value::number(number))),
        (Type::String, _) => samples.extend(["", "sprag", "50", "a b"].map(Value::string)),
        (Type::List(element), _) if **element == Type::String => {
            samples.push(Value::list(Type::String, Vec::new()));
            samples
                .extend(literals.iter().map(|text| Value::list(Type::String, vec![Value::string(Arc::clone(text))])));
            samples.push(Value::list(Type::String, vec![Value::string("b"), Value::string("a"), Value::string("a")]));
        }
        (Type::List(element) | Type::Set(element), _) => samples.push(Value::list((**element).clone(), Vec::new())),
        (Type::Map(element), _) => samples.push(Value::map((**element).clone(), BTreeMap::new())),
        _ => {}
    }
    samples
}
