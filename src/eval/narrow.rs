//! What a condition says about the references in it: `x != null ? f(x) : d` evaluates `f(x)` where `x` is not null.
//!
//! Facts name references by their path (`var.x.size`) and give a value that holds every member which satisfies the
//! condition; perhaps more, never fewer.

use std::sync::Arc;

use super::expression::Evaluator;
use super::join::{equal, join};
use super::number::Number;
use super::operators::operand;
use super::pattern::{Anchors, Pattern};
use super::range::{Bound, Length, NumberRange};
use super::refinement::Refinement;
use super::text::{Text, Tri};
use super::unify::of_uncertain_type;
use super::value::{Kind, Value};
use crate::syntax::hcl::{BinaryOperator, ExprKind, ExprView, UnaryOperator};
use crate::terraform::Type;

/// What is known of references.
pub(super) type Facts = Vec<(String, Value)>;

/// Most letters that are counted in a text.
const MAX_COUNTED: u64 = 16;

/// Most facts that one condition gives.
const MAX_FACTS: usize = 64;

impl Evaluator<'_> {
    /// What holds where `condition` is `truth`; nothing where it never is.
    pub(super) fn assume(&mut self, condition: ExprView<'_>, truth: bool) -> Option<Facts> {
        let (facts, _) = self.isolated(|evaluator| evaluator.facts(condition, truth));
        facts
    }

    fn facts(&mut self, condition: ExprView<'_>, truth: bool) -> Option<Facts> {
        // Nothing is said of what lies too deep.
        self.deeper(|evaluator| evaluator.facts_of(condition, truth)).unwrap_or_else(|| Some(Vec::new()))
    }

    fn facts_of(&mut self, condition: ExprView<'_>, truth: bool) -> Option<Facts> {
        let document = condition.document();
        match condition.kind() {
            ExprKind::Paren(inner) => self.facts(document.expression(inner), truth),
            ExprKind::Bool(answer) => (answer == truth).then(Vec::new),
            ExprKind::Unary { operator: UnaryOperator::Not, operand } => {
                self.facts(document.expression(operand), !truth)
            }
            ExprKind::Binary { operator, left, right } => {
                self.facts_of_binary(operator, document.expression(left), document.expression(right), truth)
            }
            ExprKind::Conditional { condition, yes, no } => {
                let (condition, yes, no) =
                    (document.expression(condition), document.expression(yes), document.expression(no));
                let first = self.both((condition, true), (yes, truth));
                let second = self.both((condition, false), (no, truth));
                self.either(first, second)
            }
            ExprKind::Call { .. } => self.facts_of_call(condition, truth),
            ExprKind::Variable | ExprKind::GetAttr { .. } | ExprKind::Index { .. } => {
                self.refine(condition, |value| match &value.kind {
                    Kind::Bool(answer) => (*answer == truth).then(|| value.clone()),
                    Kind::Unknown(_) if value.ty == Type::Bool => Some(with_marks(Value::bool(truth), value)),
                    _ => Some(value.clone()),
                })
            }
            _ => Some(Vec::new()),
        }
    }

    /// Both conditions, the second where the first holds.
    fn both(&mut self, first: (ExprView<'_>, bool), second: (ExprView<'_>, bool)) -> Option<Facts> {
        let mut facts = self.facts(first.0, first.1)?;
        let more = self.assuming(facts.clone(), |evaluator| evaluator.facts(second.0, second.1))?;
        facts.extend(more);
        facts.truncate(MAX_FACTS);
        Some(facts)
    }

    /// What holds in both cases.
    fn either(&mut self, first: Option<Facts>, second: Option<Facts>) -> Option<Facts> {
        let (first, second) = match (first, second) {
            (None, other) => return other,
            (one, None) => return one,
            (Some(first), Some(second)) => (first, second),
        };
        // The last fact about a reference is the tightest.
        let last = |facts: &Facts, path: &str| {
            facts.iter().rev().find(|(known, _)| known == path).map(|(_, value)| value.clone())
        };
        let mut paths: Vec<&String> = first.iter().map(|(path, _)| path).collect();
        paths.dedup();
        let joined = paths
            .into_iter()
            .filter_map(|path| Some((path.clone(), join_named(&last(&first, path)?, &last(&second, path)?))));
        Some(joined.collect())
    }

    fn facts_of_binary(
        &mut self,
        operator: BinaryOperator,
        left: ExprView<'_>,
        right: ExprView<'_>,
        truth: bool,
    ) -> Option<Facts> {
        match (operator, truth) {
            (BinaryOperator::And, true) | (BinaryOperator::Or, false) => self.both((left, truth), (right, truth)),
            (BinaryOperator::And, false) | (BinaryOperator::Or, true) => {
                let first = self.facts(left, truth);
                let second = self.both((left, !truth), (right, truth));
                self.either(first, second)
            }
            (BinaryOperator::Equal, _) => self.facts_of_equality(left, right, truth),
            (BinaryOperator::NotEqual, _) => self.facts_of_equality(left, right, !truth),
            (
                BinaryOperator::Less
                | BinaryOperator::LessEqual
                | BinaryOperator::Greater
                | BinaryOperator::GreaterEqual,
                _,
            ) => {
                let less = matches!(operator, BinaryOperator::Less | BinaryOperator::LessEqual);
                let or_equal = matches!(operator, BinaryOperator::LessEqual | BinaryOperator::GreaterEqual);
                // `a < b`, or `b < a`; its opposite is `b <= a`.
                let (low, high) = if less == truth { (left, right) } else { (right, left) };
                self.facts_of_order(low, high, or_equal == truth)
            }
            _ => Some(Vec::new()),
        }
    }

    /// `low < high`, or `low <= high`.
    fn facts_of_order(&mut self, low: ExprView<'_>, high: ExprView<'_>, or_equal: bool) -> Option<Facts> {
        let (below, above) = (self.numbers(low), self.numbers(high));
        let mut facts = Vec::new();
        if let Some(bound) = above.high {
            let bound = Bound { inclusive: bound.inclusive && or_equal, ..bound };
            facts.extend(self.limit(low, &NumberRange { high: Some(bound), ..NumberRange::default() })?);
        }
        if let Some(bound) = below.low {
            let bound = Bound { inclusive: bound.inclusive && or_equal, ..bound };
            let range = NumberRange { low: Some(bound), ..NumberRange::default() };
            facts.extend(self.limit(high, &range.or_negative_zero())?);
        }
        Some(facts)
    }

    fn numbers(&mut self, expr: ExprView<'_>) -> NumberRange {
        let value = self.attempt(expr).0.ok();
        let number = value.and_then(|value| operand(&value, &Type::Number, &mut super::convert::Doubt::default()).ok());
        number.map(|value| value.number_range()).unwrap_or_default()
    }

    /// The reference, or what `length()` is taken of, has numbers or lengths in `range`.
    fn limit(&mut self, expr: ExprView<'_>, range: &NumberRange) -> Option<Facts> {
        let expr = expr.unparenthesised();
        if let Some(("length", arguments)) = expr.as_call()
            && let [collection] = arguments.as_slice()
        {
            let length = length_of(range);
            return self.refine(*collection, |value| with_length(value, length));
        }
        self.refine(expr, |value| with_range(value, range))
    }

    fn facts_of_equality(&mut self, left: ExprView<'_>, right: ExprView<'_>, truth: bool) -> Option<Facts> {
        let (one, other) = (self.attempt(left).0.ok(), self.attempt(right).0.ok());
        let (Some(one), Some(other)) = (one, other) else { return Some(Vec::new()) };
        if equal(&one, &other) == Some(!truth) {
            return None;
        }
        // `x == true` says what `x` says.
        for (constant, expr) in [(&one, right), (&other, left)] {
            if let Some(answer) = constant.as_bool()
                && matches!(expr.unparenthesised().kind(), ExprKind::Call { .. } | ExprKind::Binary { .. })
            {
                return self.facts(expr, answer == truth);
            }
        }
        let mut facts = Vec::new();
        for (expr, known) in [(left, &other), (right, &one)] {
            if let Some(("length", arguments)) = expr.unparenthesised().as_call()
                && let ([collection], Some(number)) = (arguments.as_slice(), known.as_number())
                && let Some(number) = number.to_u64()
            {
                let length = if truth {
                    Length::exactly(number)
                } else if number == 0 {
                    Length { min: 1, max: None }
                } else {
                    Length::ANY
                };
                facts.extend(self.refine(*collection, |value| with_length(value, length))?);
            } else {
                facts
                    .extend(self.refine(expr, |value| if truth { meet(value, known) } else { without(value, known) })?);
            }
        }
        Some(facts)
    }

    fn facts_of_call(&mut self, call: ExprView<'_>, truth: bool) -> Option<Facts> {
        let Some((name, arguments)) = call.as_call() else { return Some(Vec::new()) };
        match (name, arguments.as_slice()) {
            ("can", [tested]) => self.facts_of_can(*tested, truth),
            ("try", [tested, fallback]) if fallback.as_bool() == Some(!truth) => self.facts(*tested, truth),
            ("contains", [list, wanted]) => self.facts_of_contains(*list, *wanted, truth),
            ("startswith", [text, part]) => self.facts_of_literal(*text, *part, Anchors::Start, truth),
            ("endswith", [text, part]) => self.facts_of_literal(*text, *part, Anchors::End, truth),
            ("strcontains", [text, part]) => self.facts_of_literal(*text, *part, Anchors::None, truth),
            ("alltrue", [list]) => self.facts_of_all(*list, truth),
            ("anytrue", [list]) => {
                let Some(elements) = list.elements() else { return Some(Vec::new()) };
                let mut joined: Option<Facts> = if truth { None } else { Some(Vec::new()) };
                for element in elements {
                    if truth {
                        let facts = self.facts(element, true);
                        joined = self.either(joined, facts);
                    } else if let Some(all) = &mut joined
                        && self.attempt(element).0.is_ok_and(|value| !value.may_be_null())
                    {
                        // Null is passed over.
                        all.extend(self.facts(element, false)?);
                    }
                }
                joined
            }
            _ => Some(Vec::new()),
        }
    }

    /// `can(regex(pattern, text))`; of other calls only that null fails.
    fn facts_of_can(&mut self, tested: ExprView<'_>, truth: bool) -> Option<Facts> {
        let Some((name, arguments)) = tested.as_call() else { return Some(Vec::new()) };
        match (name, arguments.as_slice()) {
            ("regex", [pattern, text]) => {
                let pattern = self.attempt(*pattern).0.ok().and_then(|value| value.as_string().cloned());
                let Some(pattern) = pattern.and_then(|pattern| Pattern::new(&pattern).ok()) else {
                    return Some(Vec::new());
                };
                self.refine(*text, |value| with_pattern(value, &pattern, truth))
            }
            ("cidrhost" | "cidrnetmask" | "cidrsubnet" | "jsondecode" | "yamldecode" | "base64decode", [text, ..])
                if truth =>
            {
                self.refine(*text, Value::not_null)
            }
            _ => Some(Vec::new()),
        }
    }

    fn facts_of_literal(
        &mut self,
        text: ExprView<'_>,
        part: ExprView<'_>,
        anchors: Anchors,
        truth: bool,
    ) -> Option<Facts> {
        let part = self.attempt(part).0.ok().and_then(|value| value.as_string().cloned());
        let Some(part) = part else { return Some(Vec::new()) };
        let pattern = Pattern::literal(&part, anchors);
        self.refine(text, |value| {
            let value = value.not_null()?;
            with_pattern(&value, &pattern, truth)
        })
    }

    fn facts_of_contains(&mut self, list: ExprView<'_>, wanted: ExprView<'_>, truth: bool) -> Option<Facts> {
        let Some(list) = self.attempt(list).0.ok() else { return Some(Vec::new()) };
        let Some(elements) = list.as_sequence().map(<[Value]>::to_vec) else { return Some(Vec::new()) };
        self.refine(wanted, |value| {
            if truth {
                let fits: Vec<Value> = elements.iter().filter_map(|element| meet(value, element)).collect();
                let joined = super::join::join_all(fits.iter())?;
                Some(Value { symbol: value.symbol.clone(), marks: value.marks, ..joined })
            } else {
                elements.iter().try_fold(value.clone(), |rest, element| without(&rest, element))
            }
        })
    }

    /// `alltrue([for x in list : condition])` says the condition of every element.
    fn facts_of_all(&mut self, list: ExprView<'_>, truth: bool) -> Option<Facts> {
        if let Some(elements) = list.elements() {
            if !truth {
                return Some(Vec::new());
            }
            let mut all = Vec::new();
            for element in elements {
                let facts = self.assuming(all.clone(), |evaluator| evaluator.facts(element, true))?;
                all.extend(facts);
            }
            return Some(all);
        }
        let list = list.unparenthesised();
        let Some(walk) = list.as_for().filter(|walk| walk.key.is_none() && truth) else { return Some(Vec::new()) };
        let document = list.document();
        let place = document.expression(walk.collection);
        if self.path_of(place).is_none() {
            return Some(Vec::new());
        }
        let collection = self.attempt(place).0.ok();
        let Some(known) = collection.as_ref().and_then(Value::refinement).cloned() else { return Some(Vec::new()) };
        let Some(element) = known.element.clone() else { return Some(Vec::new()) };
        let key_name = walk.key_name.map(|span| document.slice(span));
        let value_name = document.slice(walk.value_name);
        let any_key = || Value::any(&Type::Any, &known.cause);
        let condition = document.expression(walk.value);
        let filter = walk.condition.map(|id| document.expression(id));
        let narrowed = self.with_pair(key_name, value_name, any_key(), element.clone(), |evaluator| {
            let number = evaluator.last_bound();
            let facts = match filter {
                None => evaluator.facts(condition, true),
                // Either it is left out or it satisfies the condition.
                Some(filter) => {
                    let left_out = evaluator.facts(filter, false);
                    let kept = evaluator.both((filter, true), (condition, true));
                    evaluator.either(left_out, kept)
                }
            };
            facts.map(|facts| with_facts(&element, &format!("#{number}"), &facts))
        });
        self.refine(place, |value| {
            let Kind::Unknown(refinement) = &value.kind else { return Some(value.clone()) };
            let mut made: Refinement = (**refinement).clone();
            match &narrowed {
                Some(element) => made.element = Some(element.clone()),
                // No element satisfies it, so there is none.
                None => made.length = made.length.meet(Length::exactly(0))?,
            }
            Some(rebuild(value, made))
        })
    }

    /// A fact about the reference `expr`: what `narrow` leaves of its value. Nothing is said of other expressions.
    fn refine(&mut self, expr: ExprView<'_>, narrow: impl FnOnce(&Value) -> Option<Value>) -> Option<Facts> {
        let Some(path) = self.path_of(expr.unparenthesised()) else { return Some(Vec::new()) };
        let Ok(value) = self.attempt(expr).0 else { return Some(Vec::new()) };
        let narrowed = narrow(&value)?;
        if narrowed == value {
            return Some(Vec::new());
        }
        let symbol = value.symbol.clone().or_else(|| narrowed.symbol.clone().filter(|_| narrowed.is_null()));
        let narrowed = Value { symbol, marks: value.marks, ..narrowed };
        Some(vec![(path, narrowed)])
    }
}

/// `value` with what `facts` say about it and its attributes; `path` is its own.
#[must_use]
pub(super) fn with_facts(value: &Value, path: &str, facts: &[(String, Value)]) -> Value {
    facts.iter().fold(value.clone(), |value, (known, fact)| match known.strip_prefix(path) {
        Some("") => fact.clone(),
        Some(rest) if rest.starts_with('.') => with_part(&value, &rest[1..], fact),
        _ => value,
    })
}

fn with_part(value: &Value, path: &str, fact: &Value) -> Value {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let Kind::Mapping(entries) = &value.kind else { return value.clone() };
    // Where the whole may be null the condition may have been about something else.
    let Some(entry) = entries.get(name).filter(|_| !value.nullable) else { return value.clone() };
    let entry = if rest.is_empty() { fact.clone() } else { with_part(entry, rest, fact) };
    let mut made = (**entries).clone();
    made.insert(name.into(), entry);
    Value { kind: Kind::Mapping(made.into()), ..value.clone() }
}

fn join_named(one: &Value, other: &Value) -> Value {
    let symbol = one.symbol.clone().filter(|_| one.symbol == other.symbol);
    // A null of no type beside something that has one.
    let joined = match (one.is_null() && one.ty == Type::Any, other.is_null() && other.ty == Type::Any) {
        (true, false) => untyped(other).or_null(),
        (false, true) => untyped(one).or_null(),
        _ => join(one, other),
    };
    Value { symbol, ..joined }
}

/// What is left of `value` without its type.
fn untyped(value: &Value) -> Value {
    match value.ty {
        Type::String => Value::some(&Type::Any, &value.reason()).marked(value.all_marks()),
        _ => of_uncertain_type(value),
    }
}

/// `value` where it is null. Its name tells that it is not written as `null`.
fn null_of(value: &Value) -> Value {
    let symbol = value.symbol.clone().unwrap_or_else(|| "null".into());
    Value { symbol: Some(symbol), ..with_marks(Value::null(value.ty.clone()), value) }
}

fn with_marks(value: Value, like: &Value) -> Value {
    Value { marks: like.marks, symbol: like.symbol.clone(), ..value }
}

/// Members of `value` that equal `known`; nothing where there are none.
fn meet(value: &Value, known: &Value) -> Option<Value> {
    if known.is_null() {
        return value.may_be_null().then(|| null_of(value));
    }
    if equal(value, known) == Some(false) {
        return None;
    }
    if !known.is_wholly_known() {
        return if known.nullable { Some(value.clone()) } else { value.not_null() };
    }
    let value = value.not_null()?;
    match &value.kind {
        Kind::OneOf(all) => {
            let fits = all.iter().filter(|one| equal(one, known) != Some(false));
            super::join::join_all(fits).map(|fits| with_marks(fits, &value))
        }
        _ if value.is_wholly_known() => Some(value),
        // What has a zero in it may have `-0` there, which is written differently.
        _ if has_zero(known) => match known.as_number() {
            Some(_) => with_range(&value, &NumberRange::zero()),
            None => Some(value),
        },
        _ => Some(with_marks(known.clone(), &value)),
    }
}

fn has_zero(known: &Value) -> bool {
    match &known.kind {
        Kind::Number(number) => number.is_zero(),
        Kind::Sequence(all) => all.iter().any(has_zero),
        Kind::Mapping(all) => all.values().any(has_zero),
        _ => false,
    }
}

/// Members of `value` that do not equal `known`; nothing where there are none.
fn without(value: &Value, known: &Value) -> Option<Value> {
    if known.is_null() {
        return value.not_null();
    }
    if !known.is_wholly_known() {
        return Some(value.clone());
    }
    match &value.kind {
        Kind::OneOf(all) => {
            let rest: Vec<Value> = all.iter().filter(|one| equal(one, known) != Some(true)).cloned().collect();
            match super::join::join_all(rest.iter()) {
                Some(rest) => Some(Value { nullable: value.nullable, ..with_marks(rest, value) }),
                None => value.nullable.then(|| null_of(value)),
            }
        }
        Kind::Unknown(_) if value.ty == Type::Bool && !value.nullable => match known.as_bool() {
            Some(answer) => Some(with_marks(Value::bool(!answer), value)),
            None => Some(value.clone()),
        },
        Kind::Unknown(refinement) if value.ty == Type::String => {
            let Some(literal) = known.as_string() else { return Some(value.clone()) };
            let pattern = Pattern::literal(literal, Anchors::Both);
            let text = refinement.text.clone().unwrap_or_else(Text::any).narrow(&pattern, false);
            Some(rebuild(value, Refinement { text: Some(text), ..(**refinement).clone() }))
        }
        Kind::Unknown(refinement) if known.as_sequence().is_some_and(<[Value]>::is_empty) && value.ty == known.ty => {
            let length = refinement.length.meet(Length { min: 1, max: None })?;
            Some(rebuild(value, Refinement { length, ..(**refinement).clone() }))
        }
        _ if !value.nullable && equal(value, known) == Some(true) => None,
        _ if equal(&Value { nullable: false, ..value.clone() }, known) == Some(true) => Some(null_of(value)),
        _ => Some(value.clone()),
    }
}

fn with_range(value: &Value, range: &NumberRange) -> Option<Value> {
    let value = value.not_null()?;
    match &value.kind {
        Kind::Number(number) => range.admits(number).then_some(value),
        Kind::OneOf(all) if value.ty == Type::Number => {
            let fits = all.iter().filter(|one| one.as_number().is_some_and(|number| range.admits(number)));
            super::join::join_all(fits).map(|fits| with_marks(fits, &value))
        }
        Kind::Unknown(refinement) if value.ty == Type::Number => {
            let number = refinement.number.meet(range);
            (!number.is_empty()).then(|| rebuild(&value, Refinement { number, ..(**refinement).clone() }))
        }
        _ => Some(value),
    }
}

fn with_length(value: &Value, length: Length) -> Option<Value> {
    let value = value.not_null()?;
    match &value.kind {
        Kind::Unknown(refinement) if value.ty == Type::String => {
            let text = refinement.text.clone().unwrap_or_else(Text::any);
            let text = match (length.min, length.max) {
                (_, Some(0)) => Text::literal(""),
                // What is counted as one letter may be several characters, but is one at least.
                (1.., _) => match Pattern::new(&format!("(?s:.){{{}}}", length.min.min(MAX_COUNTED))) {
                    Ok(some) => text.narrow(&some, true),
                    Err(_) => text,
                },
                _ => text,
            };
            Some(rebuild(&value, Refinement { text: Some(text), ..(**refinement).clone() }))
        }
        Kind::Unknown(refinement) if value.ty.is_compound() => {
            let length = refinement.length.meet(length)?;
            Some(rebuild(&value, Refinement { length, ..(**refinement).clone() }))
        }
        Kind::Sequence(elements) => length.admits(elements.len() as u64).then_some(value),
        Kind::OneOf(all) if value.ty == Type::String => {
            let fits = all.iter().filter(|one| match one.as_string() {
                Some(text) if text.is_ascii() => length.admits(text.len() as u64),
                _ => true,
            });
            super::join::join_all(fits).map(|fits| with_marks(fits, &value))
        }
        _ => Some(value),
    }
}

fn with_pattern(value: &Value, pattern: &Arc<Pattern>, matches: bool) -> Option<Value> {
    // Null matches nothing, and fails.
    let value = if matches { value.not_null()? } else { value.clone() };
    if value.ty != Type::String {
        return Some(value);
    }
    match &value.kind {
        Kind::String(text) => (value.nullable || pattern.is_match(text) != Some(!matches)).then_some(value),
        Kind::OneOf(all) => {
            let fits =
                all.iter().filter(|one| one.as_string().is_some_and(|text| pattern.is_match(text) != Some(!matches)));
            match super::join::join_all(fits) {
                Some(fits) => Some(Value { nullable: value.nullable, ..with_marks(fits, &value) }),
                None => value.nullable.then(|| with_marks(Value::null(Type::String), &value)),
            }
        }
        Kind::Unknown(refinement) => {
            let text = refinement.text.clone().unwrap_or_else(Text::any);
            if text.matches(pattern) == Tri::of(!matches) {
                return value.nullable.then(|| with_marks(Value::null(Type::String), &value));
            }
            let text = text.narrow(pattern, matches);
            Some(rebuild(&value, Refinement { text: Some(text), ..(**refinement).clone() }))
        }
        _ => Some(value),
    }
}

/// An unknown value of which more is known now.
fn rebuild(value: &Value, refinement: Refinement) -> Value {
    Value { nullable: value.nullable, ..with_marks(Value::unknown(value.ty.clone(), refinement), value) }
}

fn length_of(range: &NumberRange) -> Length {
    let low = range.low.as_ref().and_then(|bound| {
        let at = if bound.inclusive { bound.at.ceil() } else { bound.at.floor().add(&Number::from(1))? };
        at.to_u64()
    });
    let high = range.high.as_ref().map(|bound| {
        let at = if bound.inclusive { bound.at.floor() } else { bound.at.ceil().sub(&Number::from(1))? };
        at.to_u64()
    });
    Length { min: low.unwrap_or(0), max: high.flatten() }
}
