//! `for` expressions, splats over unknown collections, and objects from keys and values.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::convert::Doubt;
use super::expression::Evaluator;
use super::join::{form, join, join_all};
use super::marks::Marks;
use super::operators::operand;
use super::range::{Length, NumberRange};
use super::refinement::{Cause, Form, Refinement};
use super::scope::{Evaluated, Failure};
use super::text::Text;
use super::value::{Kind, Value};
use crate::syntax::hcl::{ExprKind, ExprView};
use crate::terraform::Type;

/// The keys and values that a loop walks through, where they are known one by one.
pub(super) fn pairs(collection: &Value) -> Option<Vec<(Value, Value)>> {
    let marks = collection.marks.without(Marks::ALWAYS_UNSTABLE);
    if collection.nullable {
        return None;
    }
    match &collection.kind {
        Kind::Sequence(elements) if matches!(collection.ty, Type::Set(_)) => {
            Some(elements.iter().map(|one| (one.clone().marked(marks), one.clone().marked(marks))).collect())
        }
        Kind::Sequence(elements) => {
            let numbered = elements.iter().enumerate();
            Some(numbered.map(|(at, one)| (Value::count(at), one.clone().marked(marks))).collect())
        }
        Kind::Mapping(entries) => Some(
            entries.iter().map(|(name, one)| (Value::string(Arc::clone(name)), one.clone().marked(marks))).collect(),
        ),
        _ => None,
    }
}

/// An object of keys, which are strings, and values; of what is known of it where a key is not known. In an object
/// that is written out, the last of equal keys wins.
pub(super) fn object_of(entries: &[(Value, Value)], doubt: &mut Doubt) -> Value {
    let marks = entries.iter().fold(Marks::NONE, |marks, (key, _)| marks.and(key.all_marks()));
    let known: Option<BTreeMap<Arc<str>, Value>> =
        entries.iter().map(|(key, value)| Some((Arc::clone(key.as_string()?), value.clone()))).collect();
    if let Some(known) = known {
        return Value::object(known).marked(marks);
    }
    doubt.raise();
    let mut refinement = Refinement::new(super::operators::first_cause(entries.iter().map(|(key, _)| key)));
    refinement.form = Form::Mapping;
    refinement.length = Length { min: 1, max: Some(entries.len() as u64) };
    refinement.element = join_all(entries.iter().map(|(_, value)| value));
    for (key, value) in entries {
        match key.as_string() {
            Some(name) => {
                refinement.entries.insert(Arc::clone(name), value.clone());
            }
            // May be any of those before it.
            None => {
                for known in refinement.entries.values_mut() {
                    *known = join(known, value);
                }
            }
        }
    }
    Value::unknown(Type::Any, refinement).marked(marks)
}

/// What a loop does with one pair.
struct Turn {
    key: Option<Value>,
    value: Value,
}

/// The parts of a `for` expression.
#[derive(Clone, Copy)]
struct Loop<'a> {
    expr: ExprView<'a>,
    key_name: Option<&'a str>,
    value_name: &'a str,
    key: Option<ExprView<'a>>,
    value: ExprView<'a>,
    condition: Option<ExprView<'a>>,
    group: bool,
}

impl Evaluator<'_> {
    pub(super) fn for_expression(&mut self, expr: ExprView<'_>) -> Evaluated {
        let Some(written) = expr.as_for() else { return Ok(super::expression::unknown(&Cause::Expression)) };
        let document = expr.document();
        let place = document.expression(written.collection);
        let collection = self.eval(place)?;
        let walk = Loop {
            expr,
            key_name: written.key_name.map(|span| document.slice(span)),
            value_name: document.slice(written.value_name),
            key: written.key.map(|id| document.expression(id)),
            value: document.expression(written.value),
            condition: written.condition.map(|id| document.expression(id)),
            group: written.group,
        };
        if collection.nullable {
            self.doubt.raise();
        }
        let Some(collection) = collection.not_null() else {
            return Err(Failure::new("null cannot be walked through", place.span()));
        };
        let marks = collection.marks.without(Marks::ALWAYS_UNSTABLE);
        let candidates = match &collection.kind {
            Kind::OneOf(all) => all.to_vec(),
            _ => vec![collection],
        };
        let mut joined: Option<Value> = None;
        let mut failure = None;
        for candidate in candidates {
            match self.walk(walk, &candidate, place) {
                Ok(result) => joined = Some(joined.map_or_else(|| result.clone(), |before| join(&before, &result))),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        match (joined, failure) {
            (None, Some(failure)) => Err(failure),
            (joined, failure) => {
                // It fails for some.
                if failure.is_some() {
                    self.doubt.raise();
                }
                Ok(joined.unwrap_or_else(|| Value::tuple(Vec::new())).marked(marks))
            }
        }
    }

    fn walk(&mut self, walk: Loop<'_>, collection: &Value, place: ExprView<'_>) -> Evaluated {
        if let Some(pairs) = pairs(collection) {
            if let (true, Some(condition)) = (pairs.is_empty(), walk.condition) {
                self.check_condition(walk, condition, collection)?;
            }
            return self.walk_known(walk, pairs);
        }
        if collection.ty.is_primitive() {
            return Err(Failure::new("only lists, sets, tuples, maps and objects can be walked through", place.span()));
        }
        if form(collection) == Form::Free {
            self.doubt.raise();
        }
        match walk.key {
            None => self.walk_to_tuple(walk, collection),
            Some(key) => self.walk_to_object(walk, key, collection),
        }
    }

    /// Terraform evaluates the condition for an element of which nothing is known, even where there is no element.
    fn check_condition(&mut self, walk: Loop<'_>, condition: ExprView<'_>, collection: &Value) -> Result<(), Failure> {
        let mut check = |ty: &Type| {
            let any = || Value::some(&Type::Any, &Cause::Expression);
            let element = Value::some(ty, &Cause::Expression);
            self.isolated(|evaluator| {
                evaluator.with_pair(walk.key_name, walk.value_name, any(), element, |evaluator| {
                    let answer = match evaluator.eval(condition) {
                        // Whether a function looks at its other arguments beside one of which not even the type is known
                        // is up to it.
                        Err(failure) if !failure.is_static => {
                            evaluator.doubt.raise();
                            return Ok(());
                        }
                        answer => answer?,
                    };
                    let answer = operand(&answer, &Type::Bool, &mut evaluator.doubt);
                    answer.map(|_| ()).map_err(|message| Failure::new(message, condition.span()))
                })
            })
        };
        check(&Type::Any).0?;
        // What is doubtful of any element only for being any is not doubtful here.
        let (typed, may_fail) = check(collection.ty.element().unwrap_or(&Type::Any));
        if may_fail || typed.is_err() {
            self.doubt.raise();
        }
        Ok(())
    }

    /// Binds the names of a loop around `inner`.
    pub(super) fn with_pair<T>(
        &mut self,
        key_name: Option<&str>,
        value_name: &str,
        key: Value,
        value: Value,
        inner: impl FnOnce(&mut Self) -> T,
    ) -> T {
        if let Some(name) = key_name {
            self.bind(name, key);
        }
        self.bind(value_name, value);
        let result = inner(self);
        self.unbind();
        if key_name.is_some() {
            self.unbind();
        }
        result
    }

    /// One turn: nothing where the condition leaves it out; whether it is surely in.
    fn turn(&mut self, walk: Loop<'_>, key: Value, value: Value) -> Result<Option<(Turn, bool)>, Failure> {
        self.with_pair(walk.key_name, walk.value_name, key, value, |evaluator| {
            let mut is_sure = true;
            let mut facts = Vec::new();
            let mut marks = Marks::NONE;
            if let Some(condition) = walk.condition {
                let answer = evaluator.eval(condition)?;
                let answer = operand(&answer, &Type::Bool, &mut evaluator.doubt)
                    .map_err(|message| Failure::new(message, condition.span()))?;
                marks = answer.marks.without(Marks::ALWAYS_UNSTABLE);
                match answer.as_bool() {
                    Some(true) => {}
                    Some(false) => return Ok(None),
                    None => {
                        is_sure = false;
                        let Some(found) = evaluator.assume(condition, true) else { return Ok(None) };
                        facts = found;
                    }
                }
            }
            let turn: Result<Option<(Turn, bool)>, Failure> = evaluator.assuming(facts, |evaluator| {
                let key = match walk.key {
                    Some(key) => {
                        let value = evaluator.eval(key)?;
                        let name = operand(&value, &Type::String, &mut evaluator.doubt)
                            .map_err(|message| Failure::new(message, key.span()))?;
                        Some(name)
                    }
                    None => None,
                };
                let value = evaluator.eval(walk.value)?.unnamed().marked(marks);
                Ok(Some((Turn { key, value }, is_sure)))
            });
            match turn {
                // It fails where it is not left out.
                Err(failure) if !is_sure && !failure.is_static => {
                    evaluator.doubt.raise();
                    Ok(None)
                }
                turn => turn,
            }
        })
    }

    fn walk_known(&mut self, walk: Loop<'_>, pairs: Vec<(Value, Value)>) -> Evaluated {
        let mut turns = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            if !self.has_steps_left() {
                return Ok(self.too_large());
            }
            match self.isolated(|evaluator| evaluator.turn(walk, key, value)) {
                (Ok(Some((turn, is_sure))), may_fail) => {
                    if may_fail {
                        self.doubt.raise();
                    }
                    turns.push((turn, is_sure));
                }
                (Ok(None), may_fail) => {
                    if may_fail {
                        self.doubt.raise();
                    }
                }
                (Err(failure), _) => return Err(failure),
            }
        }
        if walk.key.is_none() {
            return Ok(tuple_of(turns));
        }
        if walk.group {
            return Ok(self.groups_of(&turns));
        }
        if turns
            .iter()
            .all(|(turn, is_sure)| *is_sure && turn.key.as_ref().is_some_and(|key| key.as_string().is_some()))
        {
            return self.unique_object(walk, turns);
        }
        // Keys may turn out to be equal, which fails.
        self.doubt.raise();
        let mut refinement = Refinement::new(Cause::Expression);
        refinement.form = Form::Mapping;
        let sure = turns
            .iter()
            .filter(|(turn, is_sure)| *is_sure && turn.key.as_ref().is_some_and(|key| key.as_string().is_some()));
        refinement.length = Length { min: sure.clone().count() as u64, max: Some(turns.len() as u64) };
        refinement.element = join_all(turns.iter().map(|(turn, _)| &turn.value));
        for (turn, _) in sure {
            if let Some(name) = turn.key.as_ref().and_then(Value::as_string) {
                refinement.entries.insert(Arc::clone(name), turn.value.clone());
            }
        }
        let unknown = turns.iter().filter_map(|(turn, _)| turn.key.as_ref()).find(|key| !key.is_wholly_known());
        refinement.cause = unknown.map_or(Cause::Expression, Value::reason);
        Ok(Value::unknown(Type::Any, refinement))
    }

    fn unique_object(&mut self, walk: Loop<'_>, turns: Vec<(Turn, bool)>) -> Evaluated {
        let mut made = BTreeMap::new();
        let mut marks = Marks::NONE;
        for (turn, _) in turns {
            let Some(key) = turn.key else { continue };
            marks = marks.and(key.all_marks());
            let Some(name) = key.as_string().cloned() else { continue };
            if made.insert(Arc::clone(&name), turn.value).is_some() {
                let message = format!("two elements have the key {name:?}; `...` after the value groups them");
                return Err(Failure::new(message, walk.expr.span()));
            }
        }
        Ok(Value::object(made).marked(marks))
    }

    fn groups_of(&mut self, turns: &[(Turn, bool)]) -> Value {
        let mut made: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
        for (turn, is_sure) in turns {
            let name = turn.key.as_ref().and_then(|key| key.as_string().cloned());
            match name {
                Some(name) if *is_sure => made.entry(name).or_default().push(turn.value.clone()),
                _ => {
                    let mut refinement = Refinement::new(Cause::Expression);
                    refinement.form = Form::Mapping;
                    refinement.length = Length { min: 0, max: Some(turns.len() as u64) };
                    return Value::unknown(Type::Any, refinement);
                }
            }
        }
        Value::object(made.into_iter().map(|(name, values)| (name, Value::tuple(values))).collect())
    }

    /// `[for …]` over a collection whose elements are not known one by one.
    fn walk_to_tuple(&mut self, walk: Loop<'_>, collection: &Value) -> Evaluated {
        let keeps = walk.condition.is_none()
            && matches!(walk.value.unparenthesised().kind(), ExprKind::Variable)
            && walk.value.unparenthesised().text() == walk.value_name
            && form(collection) == Form::Sequence;
        let key = key_of(collection);
        let mut is_sure = true;
        let result = self.map_elements(collection, keeps, |evaluator, element| {
            let key = if matches!(collection.ty, Type::Set(_)) { element.clone() } else { key.clone() };
            let turn = evaluator.turn(walk, key, element)?;
            is_sure &= turn.as_ref().is_some_and(|(_, is_sure)| *is_sure);
            Ok(turn.map_or_else(|| Value::null(Type::Any).named(LEFT_OUT), |(turn, _)| turn.value))
        })?;
        Ok(if walk.condition.is_some() && !is_sure { may_leave_out(&result) } else { result })
    }

    /// `{for …}` over a collection whose elements are not known one by one.
    fn walk_to_object(&mut self, walk: Loop<'_>, key: ExprView<'_>, collection: &Value) -> Evaluated {
        self.doubt.raise();
        let mut refinement = Refinement::new(collection.reason());
        refinement.form = Form::Mapping;
        refinement.length = Length { min: 0, max: collection.length().max };
        let keeps_keys =
            walk.key_name.is_some_and(|name| key.as_keyword() == Some(name)) && form(collection) == Form::Mapping;
        if keeps_keys && walk.condition.is_none() {
            refinement.length = collection.length();
        }
        let mut marks = Marks::NONE;
        if let Some(element) = collection.element() {
            let name = if matches!(collection.ty, Type::Set(_)) { element.clone() } else { key_of(collection) };
            match self.isolated(|evaluator| evaluator.turn(walk, name, element)).0 {
                Ok(Some((turn, _))) => {
                    marks = turn.value.all_marks().without(Marks::ALWAYS_UNSTABLE);
                    refinement.element = Some(turn.value);
                }
                // The condition leaves out every element.
                Ok(None) => return Ok(Value::object(BTreeMap::new())),
                Err(_) => {}
            }
        }
        if let (true, Some(known)) = (keeps_keys, collection.refinement()) {
            for (name, value) in &known.entries {
                let turn =
                    self.isolated(|evaluator| evaluator.turn(walk, Value::string(Arc::clone(name)), value.clone()));
                if let (Ok(Some((turn, true))), _) = turn {
                    refinement.entries.insert(Arc::clone(name), turn.value);
                }
            }
        }
        if walk.group {
            refinement.entries.clear();
            refinement.element = None;
        }
        Ok(Value::unknown(Type::Any, refinement).marked(marks))
    }

    /// `each` of the elements of a collection whose elements are not known one by one. `keeps` says that an element
    /// becomes itself.
    pub(super) fn map_elements(
        &mut self,
        collection: &Value,
        keeps: bool,
        mut each: impl FnMut(&mut Self, Value) -> Evaluated,
    ) -> Evaluated {
        let length = collection.length();
        let mut made = Refinement::new(collection.reason());
        made.form = Form::Sequence;
        made.length = length;
        let element = collection.element().unwrap_or_else(|| super::expression::unknown(&collection.reason()));
        let (result, may_fail) = self.isolated(|evaluator| each(evaluator, element));
        if may_fail {
            self.doubt.raise();
        }
        match result {
            Ok(element) => made.element = Some(element),
            // Not, where there is no element.
            Err(failure) if length.min > 0 => return Err(failure),
            Err(_) => {
                self.doubt.raise();
                return Ok(Value::tuple(Vec::new()));
            }
        }
        for wanted in collection.refinement().map(|known| known.contains.clone()).unwrap_or_default() {
            if let (Ok(found), false) = self.isolated(|evaluator| each(evaluator, wanted)) {
                made.contains.push(found);
            }
        }
        if keeps {
            made.includes = super::join::includes(collection);
            made.distinct = collection.refinement().is_some_and(|known| known.distinct);
            made.sorted = collection.refinement().is_some_and(|known| known.sorted)
                || matches!(&collection.ty, Type::Set(element) if **element == Type::String);
        }
        Ok(Value::unknown(Type::Any, made))
    }
}

/// The name of what a condition leaves out.
const LEFT_OUT: &str = "\u{0}left out";

/// A sequence from which a condition takes some.
fn may_leave_out(value: &Value) -> Value {
    let Kind::Unknown(refinement) = &value.kind else { return value.clone() };
    let mut made = (**refinement).clone();
    made.length.min = 0;
    made.contains.clear();
    made.includes.clear();
    let is_left_out = |value: &Value| value.symbol.as_deref() == Some(LEFT_OUT);
    if made.element.as_ref().is_some_and(is_left_out) {
        return Value::tuple(Vec::new());
    }
    Value { kind: Kind::Unknown(made.into()), ..value.clone() }
}

fn tuple_of(turns: Vec<(Turn, bool)>) -> Value {
    if turns.iter().all(|(_, is_sure)| *is_sure) {
        return Value::tuple(turns.into_iter().map(|(turn, _)| turn.value).collect());
    }
    let mut refinement = Refinement::new(Cause::Expression);
    refinement.form = Form::Sequence;
    let sure: Vec<&Value> = turns.iter().filter(|(_, is_sure)| *is_sure).map(|(turn, _)| &turn.value).collect();
    refinement.length = Length { min: sure.len() as u64, max: Some(turns.len() as u64) };
    refinement.element = join_all(turns.iter().map(|(turn, _)| &turn.value));
    refinement.contains = sure.into_iter().cloned().collect();
    refinement.cause = super::operators::first_cause(turns.iter().map(|(turn, _)| &turn.value));
    Value::unknown(Type::Any, refinement)
}

/// The key of an element whose place is not known.
fn key_of(collection: &Value) -> Value {
    let cause = || Cause::Instance("the place in the collection".into());
    match form(collection) {
        Form::Sequence => {
            let high = collection.length().max.map(|max| max.saturating_sub(1));
            Value::some_number(NumberRange::between(0, high), cause())
        }
        Form::Mapping => Value::some_string(Text::any(), cause()),
        Form::Free => Value::any(&Type::Any, &cause()),
    }
}
