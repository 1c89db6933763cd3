//! A single value that a caller may pass and that breaks an invariant.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
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
        let reached = self.reached(invariant, at, subject);
        for variable in &at.instance.module().variables {
            let name = variable.name();
            if !reached.names.contains(&*name) {
                continue;
            }
            let set = at.instance.variable(&name)?;
            let texts = Texts { judged: &reached.literals, validated: &validated(variable) };
            let mut candidates: VecDeque<Value> = samples(&set.value, variable, texts).into();
            let mut has_base = false;
            while let Some(candidate) = candidates.pop_front() {
                let candidate = candidate.marked(set.value.marks);
                match self.try_out(invariant, at, subject, (&name, &candidate)) {
                    Trial::Refused => {}
                    Trial::Breaks(fault) => return Some(*fault),
                    // What validations admit is changed further, one attribute at a time.
                    Trial::Harmless => {
                        if let (Kind::Mapping(base), Type::Object(_), Kind::Mapping(entries)) =
                            (&candidate.kind, &set.value.ty, &set.value.kind)
                            && !has_base
                        {
                            has_base = true;
                            candidates.extend(variations(base, entries, texts, 1));
                        }
                    }
                }
            }
        }
        None
    }

    /// What becomes of the invariant where a caller passes `candidate` as the variable `name`.
    fn try_out(
        &self,
        invariant: &Invariant,
        at: &At<'p>,
        subject: &Subject<'p>,
        (name, candidate): (&str, &Value),
    ) -> Trial {
        let mut inputs = invariant.given();
        inputs.insert(Arc::from(name), candidate.clone());
        let fixed = Rc::new(inputs.clone());
        let instance = Instance::given(self.contexts.anybody(at.instance.number()), inputs);
        let Some(instance) = self.contexts.tried(instance, name, is_admitted) else {
            return Trial::Refused;
        };
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
                    step.message = format!("a caller may pass {}", describe(candidate));
                }
                return Trial::Breaks(Box::new(fault));
            }
        }
        Trial::Harmless
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

/// What becomes of a value that a caller might pass.
enum Trial {
    /// He may not, or that is not sure.
    Refused,
    /// Nothing that is certain.
    Harmless,
    /// It breaks the invariant.
    Breaks(Box<Fault>),
}

/// Texts that values are made of.
#[derive(Clone, Copy)]
struct Texts<'t> {
    /// Those in what is judged.
    judged: &'t [Arc<str>],
    /// Those in validations of the variable.
    validated: &'t [Arc<str>],
}

/// Most texts of each kind.
const MAX_TEXTS: usize = 8;

/// The texts in the validations of a variable.
fn validated(variable: &Declaration<'_>) -> Vec<Arc<str>> {
    let conditions = variable.block.body().blocks_of("validation").filter_map(|block| block.body().value("condition"));
    let texts = conditions.flat_map(ExprView::walk).filter_map(ExprView::as_string);
    let mut texts: Vec<Arc<str>> = texts.take(MAX_TEXTS).map(|text| Arc::from(&*text)).collect();
    // As they are written: the walk begins at the end.
    texts.reverse();
    texts
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
            if let Some(text) = inner.as_string().filter(|_| self.literals.len() < MAX_TEXTS) {
                self.literals.push(Arc::from(&*text));
            }
        }
        for steps in references_of(expr) {
            match steps.as_slice() {
                [root, name, ..] if root == "var" => {
                    self.names.insert(name.to_string());
                }
                [root, name, ..] if root == "local" => {
                    let found = module.local(name);
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

/// Most objects that are tried for one variable.
const MAX_OBJECTS: usize = 48;

/// How deep objects in objects are made up.
const MAX_LEVEL: u32 = 3;

/// Values that a caller might pass, those that say most first: null and what is empty break much, and tell little. Whether
/// he may is another question.
fn samples(set: &Value, variable: &Declaration<'_>, texts: Texts<'_>) -> Vec<Value> {
    let default = variable.value("default").and_then(|expr| crate::eval::constant(expr).ok());
    let default = default.filter(|default| !default.is_null());
    let mut samples: Vec<Value> = default.into_iter().collect();
    samples.extend(samples_of(set, texts, 0));
    samples
}

/// The same without a default.
fn samples_of(set: &Value, texts: Texts<'_>, level: u32) -> Vec<Value> {
    let mut samples = Vec::new();
    match (&set.ty, &set.kind) {
        (_, Kind::OneOf(all)) => samples.extend(all.iter().cloned()),
        (Type::Bool, _) => samples.extend([true, false].map(Value::bool)),
        (Type::Number, _) => samples.extend([50, 1, 0, -1].map(|number: i64| Value::number(number))),
        (Type::String, _) => {
            samples.extend(["sprag", "50", "a b", ""].map(Value::string));
            samples.extend(texts.validated.iter().map(|text| Value::string(Arc::clone(text))));
        }
        (Type::List(element), _) if **element == Type::String => {
            let of = |all: Vec<Value>| Value::list(Type::String, all);
            samples.extend(texts.judged.iter().map(|text| of(vec![Value::string(Arc::clone(text))])));
            samples.push(of(["b", "a", "a"].map(Value::string).to_vec()));
            samples.push(of(Vec::new()));
        }
        (Type::List(element) | Type::Set(element), _) => samples.push(Value::list((**element).clone(), Vec::new())),
        (Type::Map(element), _) => samples.push(Value::map((**element).clone(), BTreeMap::new())),
        (Type::Object(_), Kind::Mapping(entries)) if level < MAX_LEVEL => {
            let first = entries.iter().map(|(name, entry)| {
                let first = samples_of(entry, texts, level + 1).into_iter().next();
                Some((Arc::clone(name), first?))
            });
            // Nothing where nothing is known that one of the attributes may be.
            if let Some(first) = first.collect::<Option<BTreeMap<_, _>>>() {
                samples.push(Value::object(first.clone()));
                samples.extend(variations(&first, entries, texts, level + 1));
            }
        }
        _ => {}
    }
    if set.nullable {
        samples.push(Value::null(set.ty.clone()));
    }
    samples
}

/// Objects that differ from `base` in one attribute, which is one of `entries`: first by the first sample of each
/// attribute, then by the second of each.
fn variations(
    base: &BTreeMap<Arc<str>, Value>,
    entries: &BTreeMap<Arc<str>, Value>,
    texts: Texts<'_>,
    level: u32,
) -> Vec<Value> {
    let all: Vec<(&Arc<str>, Vec<Value>)> =
        entries.iter().map(|(name, entry)| (name, samples_of(entry, texts, level))).collect();
    let most = all.iter().map(|(_, samples)| samples.len()).max().unwrap_or(0);
    let rounds = (0..most).flat_map(|at| all.iter().filter_map(move |(name, samples)| Some((*name, samples.get(at)?))));
    let changed = rounds.filter(|(name, sample)| base.get(*name) != Some(*sample)).map(|(name, sample)| {
        let mut made = base.clone();
        made.insert(Arc::clone(name), sample.clone());
        Value::object(made)
    });
    changed.take(MAX_OBJECTS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::Cause;

    const NO_TEXTS: Texts<'_> = Texts { judged: &[], validated: &[] };

    fn any(ty: &Type) -> Value {
        Value::some(ty, &Cause::Expression)
    }

    #[test]
    fn objects_are_made_of_what_their_attributes_may_be() {
        let object = Type::object([("n", Type::Number), ("s", Type::String)]);
        let samples = samples_of(&any(&object), NO_TEXTS, 0);
        let of = |number: i64, text: &str| {
            let entries = [("n", Value::number(number)), ("s", Value::string(text))];
            Value::object(entries.into_iter().map(|(name, value)| (Arc::from(name), value)).collect())
        };
        assert_eq!(samples[..4], [of(50, "sprag"), of(1, "sprag"), of(50, "50"), of(0, "sprag")]);
        let inner = Type::object([("o", object)]);
        assert!(samples_of(&any(&inner), NO_TEXTS, 0).iter().all(Value::is_wholly_known));
    }

    #[test]
    fn objects_with_an_attribute_that_nothing_is_known_of_are_not_made() {
        let object = any(&Type::object([("a", Type::String), ("t", Type::Tuple([Type::String].into()))]));
        let Kind::Mapping(entries) = &object.kind else { panic!("{object:?}") };
        let never_null =
            entries.iter().map(|(name, entry)| (Arc::clone(name), Value { nullable: false, ..entry.clone() }));
        let never_null = Value { kind: Kind::Mapping(never_null.collect::<BTreeMap<_, _>>().into()), ..object.clone() };
        assert_eq!(samples_of(&never_null, NO_TEXTS, 0), []);
    }

    #[test]
    fn they_are_few_and_not_deep() {
        let names: Vec<String> = (0..200).map(|number| format!("a{number}")).collect();
        let wide = Type::object(names.iter().map(|name| (name.as_str(), Type::String)));
        assert_eq!(samples_of(&any(&wide), NO_TEXTS, 0).len(), MAX_OBJECTS + 1);
        let mut deep = wide;
        for _ in 0..30 {
            deep = Type::object([("in", deep.clone()), ("more", deep)]);
            if deep.to_string().len() > 1 << 16 {
                break;
            }
        }
        assert!(samples_of(&any(&deep), NO_TEXTS, 0).len() <= MAX_OBJECTS + 1);
    }
}
