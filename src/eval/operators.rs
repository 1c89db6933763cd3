//! Operators on abstract values, with Terraform's conversions.

use super::convert::{Doubt, convert};
use super::join::{equal, join_all};
use super::marks::Marks;
use super::range::{Bound, NumberRange};
use super::refinement::Cause;
use super::value::Value;
use crate::syntax::hcl::{BinaryOperator, UnaryOperator};
use crate::terraform::Type;

/// Most combinations of candidates that are tried one by one.
const MAX_COMBINATIONS: usize = 256;

/// An operand as a value of `ty` that is not null.
///
/// # Errors
/// When it is null or cannot be converted.
pub(super) fn operand(value: &Value, ty: &Type, doubt: &mut Doubt) -> Result<Value, String> {
    let converted = convert(value, ty, doubt)?;
    if converted.nullable {
        doubt.raise();
    }
    converted.not_null().ok_or_else(|| "the operand is null".to_owned())
}

/// Applies `operator` to one operand.
pub(super) fn unary(operator: UnaryOperator, value: &Value, doubt: &mut Doubt) -> Result<Value, String> {
    let result = match operator {
        UnaryOperator::Not => {
            let value = operand(value, &Type::Bool, doubt)?;
            Value::tri(value.as_bool().map(|answer| !answer), || value.reason())
        }
        UnaryOperator::Negate => {
            let value = operand(value, &Type::Number, doubt)?;
            each(&[&value], doubt, |all| Ok(Value::number(all[0].as_number().ok_or("a number is required")?.neg())))
                .unwrap_or_else(|| {
                    let range = value.number_range();
                    let flip = |bound: Bound| Bound { at: bound.at.neg(), ..bound };
                    let flipped =
                        NumberRange { low: range.high.map(flip), high: range.low.map(flip), integer: range.integer };
                    Ok(Value::some_number(flipped, value.reason()))
                })?
        }
    };
    Ok(result.marked(value.all_marks()))
}

/// Applies an operator other than `&&` and `||` to two operands.
pub(super) fn binary(
    operator: BinaryOperator,
    left: &Value,
    right: &Value,
    doubt: &mut Doubt,
) -> Result<Value, String> {
    let marks = left.all_marks().and(right.all_marks()).without(Marks::ALWAYS_UNSTABLE);
    let reason = || left.cause().or_else(|| right.cause()).unwrap_or_else(|| left.reason());
    let result = match operator {
        BinaryOperator::Equal => Value::tri(equal(left, right), reason),
        BinaryOperator::NotEqual => Value::tri(equal(left, right).map(|answer| !answer), reason),
        BinaryOperator::Less => compare(left, right, false, doubt)?,
        BinaryOperator::LessEqual => compare(left, right, true, doubt)?,
        BinaryOperator::Greater => compare(right, left, false, doubt)?,
        BinaryOperator::GreaterEqual => compare(right, left, true, doubt)?,
        _ => arithmetic(operator, left, right, doubt)?,
    };
    Ok(result.marked(marks))
}

/// `&&` and `||` on operands that are booleans.
#[must_use]
pub(super) fn logical(operator: BinaryOperator, left: &Value, right: &Value) -> Value {
    let absorbing = operator == BinaryOperator::Or;
    let answer = match (left.as_bool(), right.as_bool()) {
        (Some(one), _) | (_, Some(one)) if one == absorbing => Some(absorbing),
        (Some(_), Some(_)) => Some(!absorbing),
        _ => None,
    };
    let unknown = if left.as_bool().is_none() { left } else { right };
    Value::tri(answer, || unknown.reason()).marked(left.marks.and(right.marks).without(Marks::ALWAYS_UNSTABLE))
}

fn compare(left: &Value, right: &Value, or_equal: bool, doubt: &mut Doubt) -> Result<Value, String> {
    let left = operand(left, &Type::Number, doubt)?;
    let right = operand(right, &Type::Number, doubt)?;
    let answer = left.number_range().is_less(&right.number_range(), or_equal);
    Ok(Value::tri(answer, || left.cause().unwrap_or_else(|| right.reason())))
}

fn arithmetic(operator: BinaryOperator, left: &Value, right: &Value, doubt: &mut Doubt) -> Result<Value, String> {
    let left = operand(left, &Type::Number, doubt)?;
    let right = operand(right, &Type::Number, doubt)?;
    let exact = |all: &[Value]| {
        let (Some(one), Some(other)) = (all[0].as_number(), all[1].as_number()) else {
            return Err("a number is required".to_owned());
        };
        let result = match operator {
            BinaryOperator::Add => one.add(other),
            BinaryOperator::Subtract => one.sub(other),
            BinaryOperator::Multiply => one.mul(other),
            BinaryOperator::Divide => one.div(other),
            _ => one.rem(other),
        };
        result.map(Value::number).ok_or_else(|| "the numbers have no such result".to_owned())
    };
    if let Some(result) = each(&[&left, &right], doubt, exact) {
        return result;
    }
    let (one, other) = (left.number_range(), right.number_range());
    // Infinities have no difference, no quotient and no product with zero.
    if !is_finite(&one) || !is_finite(&other) || matches!(operator, BinaryOperator::Divide | BinaryOperator::Modulo) {
        doubt.raise();
    }
    if operator == BinaryOperator::Subtract && left.symbol.is_some() && left.symbol == right.symbol {
        return Ok(Value::number(0));
    }
    let cause = left.cause().unwrap_or_else(|| right.reason());
    Ok(Value::some_number(range(operator, &one, &other), cause))
}

/// Whether infinity is no member.
fn is_finite(range: &NumberRange) -> bool {
    // A whole number is finite; a range with two ends too.
    range.integer || range.low.is_some() && range.high.is_some()
}

fn range(operator: BinaryOperator, one: &NumberRange, other: &NumberRange) -> NumberRange {
    let integer = one.integer && other.integer;
    let combine = |left: &Option<Bound>, right: &Option<Bound>, subtract: bool| {
        let (left, right) = (left.as_ref()?, right.as_ref()?);
        let at = if subtract { left.at.sub(&right.at) } else { left.at.add(&right.at) };
        Some(Bound { at: at?, inclusive: left.inclusive && right.inclusive })
    };
    match operator {
        BinaryOperator::Add => NumberRange {
            low: combine(&one.low, &other.low, false),
            high: combine(&one.high, &other.high, false),
            integer,
        },
        BinaryOperator::Subtract => NumberRange {
            low: combine(&one.low, &other.high, true),
            high: combine(&one.high, &other.low, true),
            integer,
        },
        BinaryOperator::Multiply if one.is_non_negative() && other.is_non_negative() => {
            let product = |left: &Option<Bound>, right: &Option<Bound>| {
                let (left, right) = (left.as_ref()?, right.as_ref()?);
                Some(Bound { at: left.at.mul(&right.at)?, inclusive: left.inclusive && right.inclusive })
            };
            let low = product(&one.low, &other.low).map(|bound| Bound { inclusive: true, ..bound });
            NumberRange {
                low,
                high: product(&one.high, &other.high).map(|bound| Bound { inclusive: true, ..bound }),
                integer,
            }
        }
        BinaryOperator::Multiply => NumberRange { integer, ..NumberRange::default() },
        BinaryOperator::Divide if one.is_non_negative() && other.is_non_negative() => {
            let quotients = NumberRange { integer: false, ..NumberRange::natural() };
            if one.is_unsigned() && other.is_unsigned() { quotients } else { quotients.or_negative_zero() }
        }
        _ => NumberRange::default(),
    }
}

/// Applies `exact`, which needs known values, to every combination of candidates. Nothing where the arguments are not
/// known that well. Combinations that fail are left out, and raise a doubt.
pub(super) fn each(
    arguments: &[&Value],
    doubt: &mut Doubt,
    exact: impl Fn(&[Value]) -> Result<Value, String>,
) -> Option<Result<Value, String>> {
    let mut columns: Vec<Vec<Value>> = Vec::with_capacity(arguments.len());
    let mut combinations = 1_usize;
    for argument in arguments {
        let mut column = if argument.is_wholly_known() { vec![(*argument).clone()] } else { argument.candidates()? };
        if argument.nullable {
            column.push(Value::null(argument.ty.clone()));
        }
        combinations = combinations.checked_mul(column.len()).filter(|count| *count <= MAX_COMBINATIONS)?;
        columns.push(column);
    }
    let mut results: Vec<Value> = Vec::new();
    let (mut error, mut failed) = (None, false);
    for number in 0..combinations {
        let mut rest = number;
        let row: Vec<Value> = columns
            .iter()
            .map(|column| {
                let value = column[rest % column.len()].clone();
                rest /= column.len();
                value
            })
            .collect();
        match exact(&row) {
            Ok(value) if results.contains(&value) => {}
            Ok(value) => results.push(value),
            Err(message) => {
                failed = true;
                error.get_or_insert(message);
            }
        }
    }
    match join_all(results.iter()) {
        Some(value) => {
            if failed {
                doubt.raise();
            }
            Some(Ok(value))
        }
        None => Some(Err(error.unwrap_or_default())),
    }
}

/// The cause of the first argument that is not known.
pub(super) fn first_cause<'v>(arguments: impl IntoIterator<Item = &'v Value>) -> Cause {
    let unknown = arguments.into_iter().find(|value| !value.is_wholly_known());
    unknown.map_or(Cause::Expression, Value::reason)
}
