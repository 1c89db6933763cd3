//! Soundness on arguments that are partly unknown: whatever a call gives for concrete arguments is a member of what it
//! gives for abstractions of them, and where the call fails it must not have promised a value.

use std::collections::BTreeMap;

use sprag::eval::{
    Anchors, Bound, Cause, Hole, Length, NumberRange, Pattern, Piece, Refinement, Shape, Text, Value, functions,
    join_all,
};
use sprag::terraform::Type;

use crate::calls::{Calls, functions as called_functions};
use crate::common::mutation::Mutator;
use crate::evaluate::{call_with, evaluate};

/// An abstract value that admits `value`.
fn abstracted(random: &mut Mutator, value: &Value, depth: usize) -> Value {
    let cause = Cause::Caller("x".into());
    let widened = match random.below(6) {
        0 => Value::some(&value.ty, &cause),
        1 => Value::any(&value.ty, &cause),
        2 if random.below(3) == 0 => Value::any(&Type::Any, &cause),
        _ => refined(random, value, &cause, depth),
    };
    let widened = if value.is_null() { widened.or_null() } else { widened };
    if widened.admits(value) { widened } else { Value::any(&value.ty, &cause) }
}

fn refined(random: &mut Mutator, value: &Value, cause: &Cause, depth: usize) -> Value {
    if let Some(number) = value.as_number() {
        let bound = |at: i64| Some(Bound { at: at.into(), inclusive: true });
        let near = number.to_i64().unwrap_or(0).clamp(-1000, 1_000_000);
        let (low, high) = (bound(near - random.below(3) as i64 - 1), bound(near + random.below(3) as i64 + 1));
        let integer = number.is_integer() && random.below(3) > 0;
        return match random.below(4) {
            0 => Value::some_number(NumberRange { low, high: None, integer }, cause.clone()),
            1 => Value::some_number(NumberRange { low: None, high, integer }, cause.clone()),
            2 => Value::one_of([value.clone(), Value::count(random.below(5))]).unwrap(),
            _ => Value::some_number(NumberRange { low, high, integer }, cause.clone()),
        };
    }
    if let Some(text) = value.as_string() {
        return refined_text(random, text, cause);
    }
    if value.as_bool().is_some() {
        return Value::some_bool(cause.clone());
    }
    if let Some(elements) = value.as_sequence() {
        let is_set = matches!(value.ty, Type::Set(_));
        if !is_set && depth > 0 && random.below(3) > 0 {
            let inner: Vec<Value> = elements.iter().map(|one| maybe(random, one, depth)).collect();
            return match &value.ty {
                Type::List(element) => Value::list((**element).clone(), inner),
                _ => Value::tuple(inner),
            };
        }
        if matches!(value.ty, Type::Tuple(_)) {
            return value.clone();
        }
        let mut refinement = collection(random, elements.len(), cause);
        if random.below(2) == 0 && depth > 0 {
            let inner: Vec<Value> = elements.iter().map(|one| maybe(random, one, depth)).collect();
            refinement.element = join_all(inner.iter()).or_else(|| value.ty.element().map(|ty| Value::any(ty, cause)));
        }
        if random.below(2) == 0 {
            refinement.contains = elements.iter().filter(|_| random.below(2) == 0).cloned().collect();
        }
        refinement.distinct = is_set;
        return Value::unknown(value.ty.clone(), refinement);
    }
    if let Some(entries) = value.as_mapping() {
        if depth > 0 && random.below(3) > 0 || matches!(value.ty, Type::Object(_)) {
            let inner: BTreeMap<_, _> =
                entries.iter().map(|(name, entry)| (name.clone(), maybe(random, entry, depth))).collect();
            return match &value.ty {
                Type::Map(element) => Value::map((**element).clone(), inner),
                _ => Value::object(inner),
            };
        }
        let mut refinement = collection(random, entries.len(), cause);
        for (name, entry) in entries {
            if random.below(2) == 0 {
                refinement.entries.insert(name.clone(), maybe(random, entry, depth));
            }
        }
        return Value::unknown(value.ty.clone(), refinement);
    }
    value.clone()
}

fn collection(random: &mut Mutator, length: usize, cause: &Cause) -> Refinement {
    let length = length as u64;
    let mut refinement = Refinement::new(cause.clone());
    refinement.length = match random.below(4) {
        0 => Length::exactly(length),
        1 => Length { min: length.saturating_sub(1), max: Some(length + 1) },
        2 => Length { min: length, max: None },
        _ => Length::ANY,
    };
    refinement
}

fn maybe(random: &mut Mutator, value: &Value, depth: usize) -> Value {
    if random.below(2) == 0 { value.clone() } else { abstracted(random, value, depth.saturating_sub(1)) }
}

fn refined_text(random: &mut Mutator, text: &str, cause: &Cause) -> Value {
    let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let cut = cuts[random.below(cuts.len())];
    let (before, after) = text.split_at(cut);
    let any = || Piece::Hole(Hole::new(Shape::Any));
    let pieces = match random.below(6) {
        0 => Text::of([Piece::Literal(before.into()), any()]),
        1 => Text::of([any(), Piece::Literal(after.into())]),
        2 => {
            let hole = Hole::new(Shape::OneOf([before.into(), "zz".into()].into()));
            Text::of([Piece::Hole(hole), Piece::Literal(after.into())])
        }
        3 => {
            let forms = ["^[a-z]+$", "^[A-Za-z0-9-]*$", "^[0-9]", "l", "^\\S*$", "^[^,/]*$"];
            let matching = forms.iter().filter_map(|form| Pattern::new(form).ok());
            let matching: Vec<_> = matching.filter(|form| form.is_match(text) == Some(true)).collect();
            if matching.is_empty() {
                Text::any()
            } else {
                Text::any().narrow(&matching[random.below(matching.len())], true)
            }
        }
        4 => return Value::one_of([Value::string(text), Value::string("other"), Value::string("")]).unwrap(),
        _ => {
            let other = Pattern::literal("q", Anchors::None);
            if text.contains('q') { Text::any() } else { Text::any().narrow(&other, false) }
        }
    };
    Value::some_string(pieces, cause.clone())
}

/// How well a function does on arguments that are partly unknown.
#[derive(Default)]
struct Precision {
    calls: usize,
    /// The result is one known value, or a failure.
    decided: usize,
    /// More is known than the type.
    refined: usize,
    /// Nothing but its type is known.
    typed: usize,
    /// It promises not to fail.
    certain: usize,
}

fn is_refined(value: &Value) -> bool {
    let same = Value::any(&value.ty, &value.reason());
    value.kind != same.kind
}

#[test]
fn results_are_members() {
    let rounds: usize = std::env::var("SPRAG_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(8_000);
    let seed: u64 = std::env::var("SPRAG_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let mut random = Mutator::new(seed);
    let mut calls = Calls::new(seed + 4);
    let mut table: BTreeMap<&str, Precision> = BTreeMap::new();
    let mut wrong = Vec::new();
    for _ in 0..rounds {
        let call = calls.next_call();
        let (concrete, doubtful) = evaluate(&call.to_string());
        let values: Option<Vec<Value>> = call.arguments.iter().map(|text| evaluate(text).0.ok()).collect();
        let Some(values) = values else { continue };
        let chosen = random.below(values.len());
        let inputs: Vec<Value> = values
            .iter()
            .enumerate()
            .map(
                |(index, value)| {
                    if index == chosen { abstracted(&mut random, value, 2) } else { maybe(&mut random, value, 2) }
                },
            )
            .collect();
        let (fixed, last) = inputs.split_at(inputs.len() - call.expanded);
        // What stands before `...` is a list of which little is known.
        let rest = (call.expanded > 0).then(|| {
            let mut refinement = collection(&mut random, call.expanded, &Cause::Caller("x".into()));
            refinement.form = sprag::eval::Form::Sequence;
            refinement.element = join_all(last.iter());
            Value::unknown(Type::Any, refinement)
        });
        let (result, may_fail) = call_with(call.name, fixed, rest.as_ref());
        let precision = table.entry(call.name).or_default();
        precision.calls += 1;
        precision.certain += usize::from(!may_fail && result.is_ok());
        match &result {
            Err(_) => precision.decided += 1,
            Ok(value) if value.is_wholly_known() => precision.decided += 1,
            Ok(value) if is_refined(value) => precision.refined += 1,
            Ok(value) => precision.typed += usize::from(value.ty != Type::Any),
        }
        let complaint = match (&concrete, &result) {
            (Ok(concrete), Ok(value)) if !concrete.is_wholly_known() || value.admits(concrete) => None,
            (Err(_), Ok(_)) if may_fail => None,
            (Err(_), Err(_)) => None,
            (Ok(_), _) if doubtful => None,
            (Ok(concrete), other) => Some(format!("{concrete:?}\n  is not in {other:?}")),
            (Err(message), Ok(value)) => Some(format!("fails ({message})\n  but gives {value:?} without doubt")),
        };
        if let Some(complaint) = complaint {
            wrong.push(format!("{call}\n  {complaint}\n  with {fixed:?} and {rest:?}"));
        }
    }
    println!("{:18} {:>6} {:>8} {:>8} {:>6} {:>8}", "function", "calls", "decided", "refined", "typed", "certain");
    for (name, precision) in &table {
        let Precision { calls, decided, refined, typed, certain } = precision;
        println!("{name:18} {calls:6} {decided:8} {refined:8} {typed:6} {certain:8}");
    }
    assert!(wrong.is_empty(), "{} of {rounds} are wrong:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    assert!(table.values().all(|precision| precision.calls >= 20), "a function is hardly called");
}

/// Functions that need files, the clock or chance, and those that are gone.
const NOT_CALLED: &[&str] = &[
    "abspath",
    "base64gzip",
    "bcrypt",
    "file",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "fileexists",
    "filemd5",
    "fileset",
    "filesha1",
    "filesha256",
    "filesha512",
    "issensitive",
    "list",
    "map",
    "plantimestamp",
    "rsadecrypt",
    "timestamp",
    "uuid",
];

#[test]
fn every_function_is_called() {
    let called = called_functions();
    for name in functions::names() {
        assert!(called.contains(&name) != NOT_CALLED.contains(&name), "`{name}` is not called, or needlessly excepted");
    }
}
