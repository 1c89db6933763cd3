//! The names and predicates of invariants on top of those of a module.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::admitted::is_admitted;
use super::language::Invariant;
use super::subject::{Subject, Written};
use crate::config::InvariantKind;
use crate::eval::module::{BlockScope, Frame, Inputs, Instance, Overlay};
use crate::eval::{Cause, Doubt, Evaluated, Evaluator, Failure, Form, Kind, Marks, SpecialCall, Value, equal};
use crate::source::Span;
use crate::syntax::hcl::{ExprKind, ExprView};
use crate::terraform::{Role, Type};

/// The element that a list is given to see whether it is kept. A text that tags, names and labels may be.
const WITNESS: &str = "sprag-witness";

/// What expressions of an invariant see for one subject.
pub(super) struct InvariantScope<'i, 'p> {
    pub(super) invariant: &'i Invariant,
    pub(super) instance: &'i Instance<'p>,
    pub(super) subject: &'i Subject<'p>,
}

impl<'i> InvariantScope<'i, '_> {
    /// Runs `inner` with an evaluator of the invariant's expressions.
    pub(super) fn with_evaluator<T>(&'i self, inner: impl FnOnce(&mut Evaluator<'_>) -> T) -> T {
        let frame = Frame::of_each(self.subject.each.clone());
        let scope = BlockScope { instance: self.instance, frame: &frame, overlay: Some(self) };
        inner(&mut Evaluator::new(&scope))
    }

    fn is_about_resources(&self) -> bool {
        matches!(self.invariant.kind, InvariantKind::Resource | InvariantKind::Data)
    }

    /// Everything that is known of the subject itself.
    fn meta(&self) -> Value {
        let names = ["address", "type", "name", "used", "ignored", "passed", "source", "path"];
        let entries = names.iter().filter_map(|name| Some((Arc::from(*name), self.meta_entry(name)?)));
        Value::object(entries.collect())
    }

    /// One entry of `meta`; nothing where subjects of this kind do not have it.
    fn meta_entry(&self, name: &str) -> Option<Value> {
        Some(match (name, &self.subject.written) {
            ("address", _) => Value::string(self.subject.address.as_str()),
            ("type", Written::Resource(resource) | Written::Block(resource, _)) => Value::string(&*resource.kind),
            ("name", Written::Resource(resource) | Written::Block(resource, _)) => Value::string(&*resource.name),
            ("used", Written::Resource(resource) | Written::Block(resource, _)) => {
                strings(self.used_attributes(&resource.kind, &resource.name))
            }
            ("ignored", Written::Resource(resource) | Written::Block(resource, _)) => {
                strings(resource.ignored_changes())
            }
            ("passed", Written::Resource(resource) | Written::Block(resource, _)) => {
                strings(self.passed_attributes(resource))
            }
            ("name", Written::Call(call)) => Value::string(&*call.name()),
            ("source", Written::Call(call)) => {
                let source = call.value("source").and_then(ExprView::as_string);
                source.map_or_else(|| Value::null(Type::String), |text| Value::string(&*text))
            }
            ("type", Written::Planned(kind, _)) => Value::string(kind.as_str()),
            ("name", Written::Planned(_, name)) => Value::string(name.as_str()),
            ("path", Written::Module) => Value::string(self.instance.node().path),
            _ => return None,
        })
    }

    /// The attributes of a resource that other expressions of its module read.
    fn used_attributes(&self, kind: &str, name: &str) -> BTreeSet<String> {
        let mut used = BTreeSet::new();
        for source in self.instance.module().configuration() {
            for expr in source.document().expressions() {
                used.extend(attribute_of_instance(expr, kind, name));
                let Some(steps) = expr.as_reference() else { continue };
                if let [first, second, rest @ ..] = steps.as_slice()
                    && first == kind
                    && second == name
                {
                    let attribute = rest.iter().find(|step| !step.bytes().all(|byte| byte.is_ascii_digit()));
                    used.extend(attribute.map(ToString::to_string));
                }
            }
        }
        used
    }

    /// The attributes of a resource whose value just passes through from the caller.
    fn passed_attributes(&self, resource: &crate::terraform::Resource<'_>) -> BTreeSet<String> {
        let mut passed = BTreeSet::new();
        for declaration in resource.declarations() {
            for attribute in declaration.block.body().attributes() {
                if self.is_passed(attribute.value(), 0) {
                    passed.insert(attribute.name().to_owned());
                }
            }
        }
        passed
    }

    /// Whether an expression is a variable or an element of one, perhaps by way of local values.
    fn is_passed(&self, expr: ExprView<'_>, level: u32) -> bool {
        let Some(steps) = expr.unparenthesised().as_reference() else { return false };
        let names: Vec<&str> = steps.iter().map(|step| &**step).collect();
        match names.as_slice() {
            ["var", ..] | ["each", "value", ..] => true,
            ["local", name, ..] if level < 8 => {
                let found = self.instance.module().local(name);
                found.is_some_and(|(_, attribute)| self.is_passed(attribute.value(), level + 1))
            }
            _ => false,
        }
    }

    /// Everything that is written about a variable.
    fn variable(&self, name: &str) -> Option<Value> {
        let declared = self.instance.module().variable(name)?;
        // What an override file says wins.
        let sources = self.instance.module().sources.iter().filter(|source| source.role == Role::Override);
        let blocks = sources.flat_map(|source| source.document().root().blocks_of("variable"));
        let overrides: Vec<_> = blocks.filter(|block| block.label(0).as_deref() == Some(name)).collect();
        let argument = |argument: &str| {
            let found = overrides.iter().rev().find_map(|block| block.body().value(argument));
            found.or_else(|| declared.block.body().value(argument))
        };
        let text = |name: &str| {
            let found = argument(name).and_then(|expr| expr.as_string().map(|text| Value::string(&*text)));
            found.unwrap_or_else(|| Value::null(Type::String))
        };
        let flag = |name: &str, unset: bool| match argument(name).map(ExprView::as_bool) {
            None => Value::bool(unset),
            Some(Some(answer)) => Value::bool(answer),
            Some(None) => Value::some_bool(Cause::Expression),
        };
        let default = argument("default")
            .map(|expr| crate::eval::constant(expr).unwrap_or_else(|_| Value::any(&Type::Any, &Cause::Expression)));
        let has_default = default.is_some();
        let ty = argument("type").map_or_else(|| "any".to_owned(), |expr| expr.text().to_owned());
        Some(Value::object(BTreeMap::from([
            (Arc::from("default"), default.unwrap_or_else(|| Value::null(Type::Any))),
            (Arc::from("has_default"), Value::bool(has_default)),
            (Arc::from("description"), text("description")),
            (Arc::from("type"), Value::string(ty)),
            (Arc::from("sensitive"), flag("sensitive", false)),
            (Arc::from("nullable"), flag("nullable", true)),
        ])))
    }

    fn has_output(&self, name: &str) -> bool {
        self.instance.module().outputs.iter().any(|output| output.name() == name)
    }

    fn outputs(&self) -> Value {
        let outputs = &self.instance.module().outputs;
        let entries = outputs.iter().map(|output| (Arc::from(&*output.name()), self.instance.output(output)));
        Value::object(entries.collect())
    }

    /// Whether the first argument has every element of the second, whatever a caller passes.
    fn preserves(&self, call: &mut SpecialCall<'_, '_>) -> Evaluated {
        let [kept, passed] = call.arguments else {
            return Err(Failure::new("`preserves` takes two arguments", call.span));
        };
        let before = call.evaluator.evaluate(*passed)?;
        let after = call.evaluator.evaluate(*kept)?;
        if before.is_null() || before.length().max == Some(0) {
            return Ok(Value::bool(true));
        }
        let names = after.refinement().map(|known| known.includes.clone()).unwrap_or_default();
        let symbol = before.symbol.clone();
        if symbol.as_ref().is_some_and(|symbol| names.contains(symbol) || after.symbol.as_ref() == Some(symbol)) {
            return Ok(Value::bool(true));
        }
        if let Some(wanted) = before.as_sequence() {
            let answers: Vec<Option<bool>> = wanted.iter().map(|one| has_element(&after, one)).collect();
            if answers.iter().all(|answer| *answer == Some(true)) {
                return Ok(Value::bool(true));
            }
            if answers.contains(&Some(false)) {
                return Ok(Value::bool(false));
            }
            return Ok(Value::some_bool(after.reason()));
        }
        match symbol.as_deref().and_then(|symbol| symbol.strip_prefix("var.")) {
            Some(name) if !name.contains('.') => Ok(match self.drops_witness(name, *kept) {
                Some(true) => Value::bool(false),
                _ => Value::some_bool(after.reason()),
            }),
            _ => Ok(Value::some_bool(after.reason())),
        }
    }

    /// Whether an element that a caller passes in the variable `name` is surely gone.
    fn drops_witness(&self, name: &str, kept: ExprView<'_>) -> Option<bool> {
        let ty = self.instance.variable(name)?.value.ty;
        let witness = Value::string(WITNESS);
        let passed = match &ty {
            Type::List(element) if **element == Type::String => Value::list(Type::String, vec![witness.clone()]),
            Type::Set(element) if **element == Type::String => Value::set(Type::String, vec![witness.clone()]),
            _ => return None,
        };
        let given = BTreeMap::from([(Arc::from(name), passed)]);
        let anybody = Instance::new(self.instance.program(), self.instance.number(), Inputs::Anybody);
        let other = Instance::given(&anybody, given);
        // A value that validations may refuse proves nothing.
        if !is_admitted(&other, name) {
            return None;
        }
        let (number, at) = self.subject.resource?;
        let wanted: Option<Vec<&str>> =
            self.invariant.attributes().map(|names| names.iter().map(String::as_str).collect());
        let bodies = other.resource_bodies(number, wanted.as_deref());
        let attrs = bodies.get(at)?.value.clone();
        let subject = Subject {
            address: self.subject.address.clone(),
            attrs: Some(attrs),
            each: None,
            resource: None,
            location: self.subject.location,
            frame: self.subject.frame.clone(),
            written: self.subject.written.clone(),
        };
        let scope = InvariantScope { invariant: self.invariant, instance: &other, subject: &subject };
        let after = scope.with_evaluator(|evaluator| evaluator.eval(kept)).ok()?;
        Some(after.is_null() || has_element(&after, &witness) == Some(false))
    }
}

/// Whether a collection has an element.
fn has_element(collection: &Value, wanted: &Value) -> Option<bool> {
    match &collection.kind {
        Kind::Null => Some(false),
        Kind::Sequence(elements) => {
            let answers: Vec<Option<bool>> = elements.iter().map(|element| equal(element, wanted)).collect();
            if answers.contains(&Some(true)) && !collection.nullable {
                return Some(true);
            }
            answers.iter().all(|answer| *answer == Some(false)).then_some(false)
        }
        Kind::Unknown(known) => {
            if !collection.nullable && known.contains.iter().any(|element| equal(element, wanted) == Some(true)) {
                return Some(true);
            }
            let lacks = known.form != Form::Mapping
                && known.element.as_ref().is_some_and(|element| equal(element, wanted) == Some(false));
            lacks.then_some(false)
        }
        _ => None,
    }
}

impl Overlay for InvariantScope<'_, '_> {
    fn resolve(&self, names: &[&str], span: Span, _: &mut Doubt) -> Option<Result<(Value, usize), Failure>> {
        let missing = |message: String| Some(Err(Failure { is_static: true, ..Failure::new(message, span) }));
        match names {
            ["attrs", ..] => match &self.subject.attrs {
                Some(attrs) => Some(Ok((attrs.clone(), 1))),
                None => missing("`attrs` exists for resources, data sources and calls only".to_owned()),
            },
            ["meta", rest @ ..] => {
                let entry = rest.first().and_then(|name| self.meta_entry(name));
                Some(Ok(entry.map_or_else(|| (self.meta(), 1), |entry| (entry, 2))))
            }
            ["input", name, ..] => match self.invariant.inputs.get(*name) {
                Some(value) => Some(Ok((value.clone(), 2))),
                None => missing(format!("there is no input `{name}`")),
            },
            ["local", name, ..] => {
                let expr = self.invariant.local(name)?;
                let result = self.with_evaluator(|evaluator| evaluator.eval(expr));
                Some(result.map(|value| (value, 2)))
            }
            ["variable", name, ..] => match self.variable(name) {
                Some(value) => Some(Ok((value, 2))),
                None => missing(format!("the module has no variable `{name}`")),
            },
            ["output", name, ..] if !self.has_output(name) => missing(format!("the module has no output `{name}`")),
            ["output", ..] => Some(Ok((self.outputs(), 1))),
            ["resource", kind, name, ..] => {
                let inner = [*kind, *name];
                let frame = Frame::default();
                let scope = self.instance.scope(&frame);
                let found = crate::eval::Scope::resolve(&scope, &inner, span, &mut Doubt::default());
                Some(found.map(|(value, used)| (value, used + 1)))
            }
            ["each", ..] if self.subject.each.is_none() => missing("`each` needs `for_each`".to_owned()),
            _ => None,
        }
    }

    fn special(&self, mut call: SpecialCall<'_, '_>) -> Option<Evaluated> {
        match call.name {
            "preserves" if self.is_about_resources() => Some(self.preserves(&mut call)),
            "stable" => {
                let [expr] = call.arguments else {
                    return Some(Err(Failure::new("`stable` takes one argument", call.span)));
                };
                Some(call.evaluator.evaluate(*expr).map(|value| {
                    let marks = value.all_marks();
                    let answer = match (marks.has(Marks::ALWAYS_UNSTABLE), marks.has(Marks::UNSTABLE)) {
                        (true, _) => Some(false),
                        (false, false) => Some(true),
                        (false, true) => None,
                    };
                    Value::tri(answer, || value.reason())
                }))
            }
            _ => None,
        }
    }

    fn always_short_circuits(&self) -> bool {
        true
    }
}

/// The attribute that `TYPE.NAME[…].ATTRIBUTE` reads, whatever chooses the instance.
fn attribute_of_instance(expr: ExprView<'_>, kind: &str, name: &str) -> Option<String> {
    let ExprKind::GetAttr { on, name: attribute } = expr.kind() else { return None };
    let document = expr.document();
    let mut resource = document.expression(on);
    while let ExprKind::Index { on, .. } | ExprKind::LegacyIndex { on, .. } = resource.kind() {
        resource = document.expression(on);
    }
    let steps = resource.as_reference()?;
    let is_it = matches!(steps.as_slice(), [first, second] if first == kind && second == name);
    is_it.then(|| document.slice(attribute).to_owned())
}

fn strings(all: impl IntoIterator<Item = String>) -> Value {
    Value::list(Type::String, all.into_iter().map(Value::string).collect())
}
