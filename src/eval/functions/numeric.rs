//! Functions of numbers.

use super::Context;
use super::call::{Call, Function, Outcome, Parameter};
use crate::eval::number::Number;
use crate::eval::range::{Bound, NumberRange};
use crate::eval::value::Value;
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::split("abs", &[Parameter::Number], |call, _| of_one(call, Number::abs), some_abs),
    Function::split("ceil", &[Parameter::Number], |call, _| of_one(call, Number::ceil), some_whole),
    Function::split("floor", &[Parameter::Number], |call, _| of_one(call, Number::floor), some_whole),
    Function::split("signum", &[Parameter::Number], signum, some_signum),
    Function::split("pow", &[Parameter::Number, Parameter::Number], pow, some_number),
    Function::split("log", &[Parameter::Number, Parameter::Number], log, some_number),
    Function::split("max", &[Parameter::Number], |call, _| Ok(extreme(call, true)), some_extreme)
        .and_more(Parameter::Number),
    Function::split("min", &[Parameter::Number], |call, _| Ok(extreme(call, false)), some_extreme)
        .and_more(Parameter::Number),
    Function::split("parseint", &[Parameter::Any, Parameter::Number], parse_integer, some_integer),
];

fn number(call: &Call, index: usize) -> Number {
    call.at(index).as_number().cloned().unwrap_or(Number::ZERO)
}

fn of_one(call: &Call, operation: fn(&Number) -> Number) -> Outcome {
    Ok(Value::number(operation(&number(call, 0))))
}

fn signum(call: &Call, _: &mut Context<'_>) -> Outcome {
    number(call, 0).signum().map(Value::number).ok_or_else(|| "a whole number is required".to_owned())
}

fn pow(call: &Call, _: &mut Context<'_>) -> Outcome {
    let (base, exponent) = (number(call, 0), number(call, 1));
    let power = base.pow(&exponent).ok_or("the power is not a number")?;
    if Number::power_is_exact(&exponent) || power.is_infinite() {
        return Ok(Value::number(power));
    }
    // The last digits depend on the processor that Terraform runs on.
    let Some(around) = Number::from_f64(1e-13).and_then(|part| part.mul(&power.abs())) else {
        return Ok(call.some(&Type::Number));
    };
    let bound = |at: Option<Number>| at.map(|at| Bound { at, inclusive: true });
    let range = NumberRange { low: bound(power.sub(&around)), high: bound(power.add(&around)), integer: false };
    Ok(Value::some_number(range, call.cause()))
}

fn log(call: &Call, _: &mut Context<'_>) -> Outcome {
    let result = number(call, 0).log(&number(call, 1));
    result.map(Value::number).ok_or_else(|| "the logarithm is not a number".to_owned())
}

fn some_number(call: &Call, context: &mut Context<'_>) -> Outcome {
    context.doubt.raise();
    Ok(call.some(&Type::Number))
}

fn parse_integer(call: &Call, _: &mut Context<'_>) -> Outcome {
    let text = call.text(0).ok_or("the first argument must be a string")?;
    let base = number(call, 1).to_i64().ok_or("the base must be a whole number")?;
    let base = u32::try_from(base).ok().filter(|base| (2..=62).contains(base));
    let base = base.ok_or("the base must be from 2 to 62")?;
    Number::parse_integer(text, base).map(Value::number).ok_or_else(|| format!("not an integer of base {base}"))
}

fn some_integer(call: &Call, context: &mut Context<'_>) -> Outcome {
    if !matches!(call.at(0).ty, Type::String | Type::Any) {
        return Err("the first argument must be a string".to_owned());
    }
    context.doubt.raise();
    Ok(Value::some_number(NumberRange { integer: true, ..NumberRange::default() }, call.cause()))
}

fn some_abs(call: &Call, _: &mut Context<'_>) -> Outcome {
    let range = call.at(0).number_range();
    if range.is_non_negative() {
        return Ok(call.at(0).clone());
    }
    let ends = range.low.as_ref().zip(range.high.as_ref());
    let far = |low: &Bound, high: &Bound| if low.at.abs() > high.at.abs() { low.clone() } else { high.clone() };
    let high = ends.map(|(low, high)| Bound { at: far(low, high).at.abs(), inclusive: true });
    let zero = Bound { at: Number::ZERO, inclusive: true };
    let low = range.high.filter(|high| high.at < Number::ZERO).map(|high| Bound { at: high.at.abs(), ..high });
    let range = NumberRange { low: Some(low.unwrap_or(zero)), high, integer: range.integer };
    Ok(Value::some_number(range, call.cause()))
}

fn some_whole(call: &Call, _: &mut Context<'_>) -> Outcome {
    let operation = if call.name == "ceil" { Number::ceil } else { Number::floor };
    let range = call.at(0).number_range();
    if range.integer {
        return Ok(call.at(0).clone());
    }
    let bound = |bound: Option<Bound>| bound.map(|bound| Bound { at: operation(&bound.at), inclusive: true });
    // An infinity stays one, which is no integer.
    let is_finite = [&range.low, &range.high].iter().all(|end| end.as_ref().is_some_and(|end| !end.at.is_infinite()));
    let range = NumberRange { low: bound(range.low), high: bound(range.high), integer: is_finite };
    Ok(Value::some_number(range, call.cause()))
}

fn some_signum(call: &Call, context: &mut Context<'_>) -> Outcome {
    let range = call.at(0).number_range();
    let is_small =
        |end: &Option<Bound>| end.as_ref().is_some_and(|end| end.at.to_f64().is_some_and(|at| at.abs() < 9e18));
    if !range.integer || !is_small(&range.low) || !is_small(&range.high) {
        context.doubt.raise();
    }
    let signs = [-1, 0, 1].map(Number::from);
    let possible = signs.into_iter().filter(|sign| match sign.to_i64() {
        Some(-1) => range.low.as_ref().is_none_or(|low| low.at < Number::ZERO),
        Some(1) => range.high.as_ref().is_none_or(|high| high.at > Number::ZERO),
        _ => range.admits(&Number::ZERO),
    });
    Value::one_of(possible.map(Value::number)).ok_or_else(|| "a whole number is required".to_owned())
}

/// The largest or smallest argument.
fn extreme(call: &Call, largest: bool) -> Value {
    let mut numbers = call.arguments.iter().filter_map(|value| value.as_number());
    let first = numbers.next().cloned().unwrap_or(Number::ZERO);
    let better = |one: &Number, other: &Number| if largest { one > other } else { one < other };
    let best = numbers.fold(first, |best, number| if better(number, &best) { number.clone() } else { best });
    Value::number(best)
}

fn some_extreme(call: &Call, context: &mut Context<'_>) -> Outcome {
    let largest = call.name == "max";
    let ranges: Vec<NumberRange> = call.arguments.iter().map(Value::number_range).collect();
    let rest = call.rest.as_ref().and_then(Value::element).map(|element| element.number_range());
    if ranges.is_empty() && rest.is_none() {
        context.doubt.raise();
    }
    let better = |one: &Bound, other: &Bound| if largest { one.at > other.at } else { one.at < other.at };
    let best = |ends: Vec<Bound>| ends.into_iter().reduce(|best, end| if better(&end, &best) { end } else { best });
    let near = |range: &NumberRange| if largest { range.low.clone() } else { range.high.clone() };
    let far = |range: &NumberRange| if largest { range.high.clone() } else { range.low.clone() };
    // Each argument bounds the result from its side; the other side needs them all.
    let near = best(ranges.iter().filter_map(near).collect());
    let all: Option<Vec<Bound>> = ranges.iter().chain(&rest).map(far).collect();
    let far = all.and_then(best);
    let near = if near.is_none() && ranges.is_empty() {
        rest.as_ref().and_then(|range| if largest { range.low.clone() } else { range.high.clone() })
    } else {
        near
    };
    let (low, high) = if largest { (near, far) } else { (far, near) };
    let integer = ranges.iter().chain(&rest).all(|range| range.integer);
    let range = NumberRange { low, high, integer };
    let is_unsigned = ranges.iter().chain(&rest).all(NumberRange::is_unsigned);
    Ok(Value::some_number(if is_unsigned { range } else { range.or_negative_zero() }, call.cause()))
}
