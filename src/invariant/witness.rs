//! A single value that a caller may pass and that breaks an invariant.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::admitted::is_admitted;
use super::chain::{At, describe};
use super::decide::{Fault, Judge, is_same};
use super::fault::references_of;
use super::language::Invariant;
use super::outcome::Outcome;
use super::repeated::around;
use super::subject::Subject;
use crate::eval::module::Instance;
use crate::eval::{Kind, Value};
use crate::syntax::hcl::ExprView;
use crate::terraform::{Declaration, Module, Source, Type};

impl<'p> Judge<'_, 'p> {
    /// A single admissible input that breaks the invariant.
    pub(super) fn witness(&self, invariant: &Invariant, at: &At<'p>, subject: &Subject<'p>) -> Option<Fault> {
        let given = invariant.given();
        let reached = self.reached(invariant, at, subject);
        for variable in &at.instance.module().variables {
            let name = variable.name();
            if !reached.names.contains(&*name) {
                continue;
            }
            let set = at.instance.variable(&name)?;
            for candidate in samples(&set.value, variable, &reached.literals) {
                let candidate = candidate.marked(set.value.marks);
                let mut inputs = given.clone();
                inputs.insert(Arc::from(&*name), candidate.clone());
                let fixed = Rc::new(inputs.clone());
                let instance = Instance::given(self.contexts.anybody(at.instance.number()), inputs);
                if !is_admitted(&instance, &name) {
                    continue;
                }
                let here = At { instance, context: None, given: fixed };
                for other in self.subjects(invariant, &here.instance, subject.resource) {
                    if !is_same(subject, &other) {
                        continue;
                    }
                    if let Outcome::Violated { message, rule } = self.outcome(invariant, &here.instance, &other) {
                        let mut fault = self.fault(invariant, &here, &other, (message, rule), true);
                        let own = format!("`var.{name}` is ");
                        let is_own = |message: &str| message.starts_with(&own) && message.ends_with(" in this case");
                        for step in fault.steps.iter_mut().filter(|step| is_own(&step.message)) {
                            step.message = format!("a caller may pass {}", describe(&candidate));
                        }
                        return Some(fault);
                    }
                }
            }
        }
        None
    }

    /// What the judged expressions are made of.
    fn reached(&self, invariant: &Invariant, at: &At<'p>, subject: &Subject<'p>) -> Reached {
        let mut reached = Reached::default();
        for rule in invariant.rules() {
            if let Some(place) = self.judged_place(invariant, at, subject, rule) {
                reached.follow(at.instance.module(), place.source, place.expr, 0);
            }
        }
        reached
    }
}

/// Variables and texts that an expression is made of, by way of local values and the collections around it.
#[derive(Default)]
struct Reached {
    names: BTreeSet<String>,
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
                _ => {
                    for repeated in around(source, expr) {
                        self.follow(module, source, repeated.over, level + 4);
                    }
                }
            }
        }
    }
}

/// Values that a caller might pass, those that say most first: null and what is empty break much, and tell little.
fn samples(set: &Value, variable: &Declaration<'_>, literals: &[Arc<str>]) -> Vec<Value> {
    let mut samples = Vec::new();
    if let Some(default) = variable.value("default").and_then(|expr| crate::eval::constant(expr).ok()) {
        samples.extend(Some(default).filter(|default| !default.is_null()));
    }
    match (&set.ty, &set.kind) {
        (_, Kind::OneOf(all)) => samples.extend(all.iter().cloned()),
        (Type::Bool, _) => samples.extend([true, false].map(Value::bool)),
        (Type::Number, _) => samples.extend([50, 1, 0, -1].map(|number: i64| Value::number(number))),
        (Type::String, _) => samples.extend(["sprag", "50", "a b", ""].map(Value::string)),
        (Type::List(element), _) if **element == Type::String => {
            let of = |texts: Vec<Value>| Value::list(Type::String, texts);
            samples.extend(literals.iter().map(|text| of(vec![Value::string(Arc::clone(text))])));
            samples.push(of(["b", "a", "a"].map(Value::string).to_vec()));
            samples.push(of(Vec::new()));
        }
        (Type::List(element) | Type::Set(element), _) => samples.push(Value::list((**element).clone(), Vec::new())),
        (Type::Map(element), _) => samples.push(Value::map((**element).clone(), BTreeMap::new())),
        _ => {}
    }
    if set.nullable {
        samples.push(Value::null(set.ty.clone()));
    }
    samples
}
