//! Functions that convert between types, and those about marks.

use super::Context;
use super::call::{Call, Function, Outcome, Parameter, to_list, to_set};
use crate::eval::convert::convert;
use crate::eval::marks::Marks;
use crate::eval::value::Value;
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::whole("tobool", &[Parameter::AnyOrNull], |call, context| to(call, &Type::Bool, context)),
    Function::whole("tonumber", &[Parameter::AnyOrNull], |call, context| to(call, &Type::Number, context)),
    Function::whole("tostring", &[Parameter::AnyOrNull], |call, context| to(call, &Type::String, context)).injective(),
    Function::whole("tolist", &[Parameter::AnyOrNull], list).keeping_marks(),
    Function::whole("toset", &[Parameter::AnyOrNull], set).keeping_marks(),
    Function::whole("tomap", &[Parameter::AnyOrNull], map).keeping_marks(),
    Function::marked("sensitive", &[Parameter::AnyOrNull], sensitive),
    Function::marked("nonsensitive", &[Parameter::AnyOrNull], not_sensitive),
    Function::marked("issensitive", &[Parameter::AnyOrNull], is_sensitive),
    Function::marked("ephemeralasnull", &[Parameter::AnyOrNull], ephemeral_as_null),
];

fn to(call: &Call, ty: &Type, context: &mut Context<'_>) -> Outcome {
    convert(call.at(0), ty, context.doubt)
}

fn list(call: &Call, context: &mut Context<'_>) -> Outcome {
    if call.at(0).is_null() {
        return null(call, Type::list);
    }
    to_list(call.at(0), context)
}

/// Null as a list or set.
fn null(call: &Call, make: fn(Type) -> Type) -> Outcome {
    match &call.at(0).ty {
        Type::Any | Type::Tuple(_) => Ok(Value::null(make(Type::Any))),
        Type::List(element) | Type::Set(element) => Ok(Value::null(make((**element).clone()))),
        _ => Err("a list, set or tuple is required".to_owned()),
    }
}

fn set(call: &Call, context: &mut Context<'_>) -> Outcome {
    if call.at(0).is_null() {
        return null(call, Type::set);
    }
    to_set(call.at(0), context)
}

fn map(call: &Call, context: &mut Context<'_>) -> Outcome {
    match &call.at(0).ty {
        Type::Map(_) => Ok(call.at(0).clone()),
        _ => convert(call.at(0), &Type::map(Type::Any), context.doubt),
    }
}

fn sensitive(call: &Call, _: &mut Context<'_>) -> Outcome {
    Ok(call.at(0).clone().marked(Marks::SENSITIVE))
}

fn not_sensitive(call: &Call, _: &mut Context<'_>) -> Outcome {
    let value = call.at(0).clone();
    Ok(Value { marks: value.marks.without(Marks::SENSITIVE), ..value })
}

/// A mark says that a value may be sensitive, and a caller may pass a sensitive one where there is no mark.
fn is_sensitive(call: &Call, _: &mut Context<'_>) -> Outcome {
    Ok(Value::some_bool(call.cause()))
}

fn ephemeral_as_null(call: &Call, _: &mut Context<'_>) -> Outcome {
    let value = call.at(0);
    if !value.all_marks().has(Marks::EPHEMERAL) {
        return Ok(value.clone());
    }
    let marks = value.marks.without(Marks::EPHEMERAL);
    // A part of it may be ephemeral, or all of it.
    let value = Value { marks, ..call.some(&value.ty) }.or_null();
    Ok(value)
}
