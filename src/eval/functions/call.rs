//! How a function is called: its arguments are counted, converted and freed of null as Terraform does it; a few
//! candidates are tried one by one; marks of the arguments cling to the result. Knows no single function.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Arguments, Context};
use crate::eval::convert::convert;
use crate::eval::join::{form, join};
use crate::eval::marks::Marks;
use crate::eval::number::Number;
use crate::eval::range::{Bound, NumberRange};
use crate::eval::refinement::{Cause, Form};
use crate::eval::value::{Kind, Value};
use crate::terraform::Type;

/// Results with more elements are not followed.
pub(super) const MAX_ELEMENTS: usize = 10_000;

/// Texts with more bytes are not followed.
pub(super) const MAX_BYTES: usize = 1 << 20;

/// Most combinations of candidates that are tried one by one.
const MAX_COMBINATIONS: usize = 96;

/// Most whole numbers of a range that are tried one by one.
const MAX_INTEGERS: i64 = 16;

/// What a function gives: a value, or what Terraform would say.
pub(super) type Outcome = Result<Value, String>;

/// What a function does.
type Action = fn(&Call, &mut Context<'_>) -> Outcome;

/// A built-in function.
pub(super) struct Function {
    pub(super) name: &'static str,
    /// The parameters that must be given.
    pub(super) parameters: &'static [Parameter],
    /// What further arguments are.
    pub(super) variadic: Option<Parameter>,
    pub(super) body: Body,
    /// Whether the body cares for the marks of elements, so that only those of the arguments themselves are added.
    pub(super) keeps_marks: bool,
    /// Whether different arguments always have different results, so that what differs with every run still does.
    pub(super) is_injective: bool,
}

/// How a function deals with what is not known.
pub(super) enum Body {
    /// The same way as with what is known.
    Whole(Action),
    /// With the marks of the arguments, which it deals with itself.
    Marked(Action),
    /// By two procedures: one for arguments that are wholly known, one for all others.
    Split { known: Action, partly: Action },
}

/// A parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    Number,
    String,
    /// Any value but null.
    Any,
    /// Any value.
    AnyOrNull,
    /// A list of strings. Elements may be null.
    Strings,
    /// A list of booleans. Elements may be null.
    Bools,
    /// A list, whatever its elements are.
    List,
    /// A set, whatever its elements are.
    Set,
}

impl Parameter {
    fn ty(self) -> Type {
        match self {
            Self::Number => Type::Number,
            Self::String => Type::String,
            Self::Any | Self::AnyOrNull | Self::List | Self::Set => Type::Any,
            Self::Strings => Type::list(Type::String),
            Self::Bools => Type::list(Type::Bool),
        }
    }

    /// The argument as the function wants it.
    fn take(self, argument: &Value, context: &mut Context<'_>) -> Outcome {
        let takes_null = self == Self::AnyOrNull;
        let present = if takes_null {
            argument.clone()
        } else {
            if argument.nullable {
                context.doubt.raise();
            }
            argument.not_null().ok_or("an argument must not be null")?
        };
        match self {
            Self::List => to_list(&present, context),
            Self::Set => to_set(&present, context),
            Self::Strings | Self::Bools => {
                let wanted = self.ty();
                match convert(&typed(&present), &wanted, context.doubt) {
                    // Without elements it has none of the wrong type.
                    Err(_) if form(&present) == Form::Sequence && present.length().min == 0 => {
                        context.doubt.raise();
                        Ok(Value::list(wanted.element().cloned().unwrap_or(Type::Any), Vec::new()))
                    }
                    converted => converted,
                }
            }
            _ => convert(&present, &self.ty(), context.doubt),
        }
    }
}

/// The arguments of one call, as the function wants them.
pub(super) struct Call {
    pub(super) name: &'static str,
    pub(super) arguments: Vec<Value>,
    /// Further arguments of which neither number nor content is known, as a list.
    pub(super) rest: Option<Value>,
}

impl Call {
    /// The argument at `index`, which is there.
    pub(super) fn at(&self, index: usize) -> &Value {
        const NOTHING: &Value =
            &Value { ty: Type::Any, kind: Kind::Null, nullable: false, marks: Marks::NONE, symbol: None };
        self.arguments.get(index).unwrap_or(NOTHING)
    }

    /// The string at `index`, where it is known.
    pub(super) fn text(&self, index: usize) -> Option<&str> {
        self.at(index).as_string().map(|text| &**text)
    }

    /// Why the result is not known.
    pub(super) fn cause(&self) -> Cause {
        let unknown = self.arguments.iter().chain(&self.rest).find(|argument| !argument.is_wholly_known());
        unknown.map_or(Cause::Expression, Value::reason)
    }

    /// Something of `ty`, not null, about which nothing is known.
    pub(super) fn some(&self, ty: &Type) -> Value {
        Value::some(ty, &self.cause())
    }

    /// What a function gives whose result would be too large to follow.
    pub(super) fn too_large(ty: &Type) -> Value {
        Value::some(ty, &Cause::TooLarge)
    }
}

impl Function {
    /// A function that treats what is partly known like what is known.
    pub(super) const fn whole(name: &'static str, parameters: &'static [Parameter], action: Action) -> Self {
        Self { name, parameters, variadic: None, body: Body::Whole(action), keeps_marks: false, is_injective: false }
    }

    /// A function with one procedure for what is known and another for what is not.
    pub(super) const fn split(
        name: &'static str,
        parameters: &'static [Parameter],
        known: Action,
        partly: Action,
    ) -> Self {
        let body = Body::Split { known, partly };
        Self { name, parameters, variadic: None, body, keeps_marks: false, is_injective: false }
    }

    /// A function that is about marks.
    pub(super) const fn marked(name: &'static str, parameters: &'static [Parameter], action: Action) -> Self {
        Self { name, parameters, variadic: None, body: Body::Marked(action), keeps_marks: true, is_injective: true }
    }

    /// Takes any number of further arguments.
    pub(super) const fn and_more(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }

    /// Keeps the marks of elements apart.
    pub(super) const fn keeping_marks(mut self) -> Self {
        self.keeps_marks = true;
        self
    }

    /// Never gives the same for different arguments.
    pub(super) const fn injective(mut self) -> Self {
        self.is_injective = true;
        self
    }

    pub(super) fn call(&self, given: Arguments<'_>, context: &mut Context<'_>) -> Outcome {
        self.check_count(given)?;
        let mut arguments = Vec::with_capacity(given.fixed.len());
        let mut marks = Marks::NONE;
        for (index, argument) in given.fixed.iter().enumerate() {
            let own = if self.keeps_marks { argument.marks } else { argument.all_marks() };
            marks = marks.and(own);
            let parameter = self.parameters.get(index).copied().or(self.variadic);
            let taken = parameter.unwrap_or(Parameter::AnyOrNull).take(argument, context)?;
            let kept = if matches!(self.body, Body::Marked(_)) { argument.marks } else { Marks::NONE };
            arguments.push(Value { marks: kept, ..taken });
        }
        if let Body::Marked(action) = self.body {
            return action(&Call { name: self.name, arguments, rest: None }, context);
        }
        if let Some(rest) = given.rest {
            marks = marks.and(rest.all_marks());
        }
        if !self.is_injective {
            marks = marks.without(Marks::ALWAYS_UNSTABLE);
        }
        let rest = match given.rest {
            Some(rest) => self.expand(&mut arguments, rest, context)?,
            None => None,
        };
        let call = Call { name: self.name, arguments, rest };
        self.spread(call, context).map(|value| value.marked(marks))
    }

    /// Fails where the number of arguments is wrong.
    fn check_count(&self, given: Arguments<'_>) -> Result<(), String> {
        let (count, wanted) = (given.fixed.len(), self.parameters.len());
        let too_few = given.rest.is_none() && count < wanted;
        let too_many = self.variadic.is_none() && count > wanted;
        if !too_few && !too_many {
            return Ok(());
        }
        let least = if self.variadic.is_some() { "at least " } else { "" };
        Err(format!(
            "`{}` takes {least}{wanted} argument{}, not {count}",
            self.name,
            if wanted == 1 { "" } else { "s" }
        ))
    }

    /// Puts what is known of the arguments before the end into place, and gives the rest as a list.
    fn expand(
        &self,
        arguments: &mut Vec<Value>,
        rest: &Value,
        context: &mut Context<'_>,
    ) -> Result<Option<Value>, String> {
        if form(rest) == Form::Mapping {
            return Err("only a list, set or tuple can stand before `...`".to_owned());
        }
        if form(rest) == Form::Free {
            context.doubt.raise();
        }
        let missing = self.parameters.len().saturating_sub(arguments.len());
        let length = rest.length();
        let element = rest.element().unwrap_or_else(|| Value::any(&Type::Any, &rest.reason()));
        if length.max.is_some_and(|max| max < missing as u64) {
            return Err(format!("not enough arguments for `{}`", self.name));
        }
        if length.min < missing as u64 || self.variadic.is_none() && length.max != Some(missing as u64) {
            context.doubt.raise();
        }
        for at in 0..missing {
            let parameter = self.parameters[self.parameters.len() - missing + at];
            arguments.push(parameter.take(&Value { marks: Marks::NONE, ..element.clone() }, context)?);
        }
        let Some(variadic) = self.variadic else { return Ok(None) };
        let mut taken = Value { marks: Marks::NONE, ..rest.clone() };
        if let Kind::Unknown(refinement) = &taken.kind {
            let mut refinement = (**refinement).clone();
            let mut doubt = crate::eval::convert::Doubt::default();
            let mut inner = Context { doubt: &mut doubt, sources: context.sources };
            let converted = variadic.take(&element, &mut inner);
            if doubt.may_fail || converted.is_err() {
                context.doubt.raise();
            }
            refinement.element = Some(converted.unwrap_or_else(|_| Value::any(&variadic.ty(), &rest.reason())));
            refinement.contains.clear();
            refinement.length.min = refinement.length.min.saturating_sub(missing as u64);
            refinement.length.max = refinement.length.max.map(|max| max.saturating_sub(missing as u64));
            taken.kind = Kind::Unknown(refinement.into());
        }
        Ok(Some(taken))
    }

    /// Tries the candidates one by one where there are few, else runs the body.
    fn spread(&self, call: Call, context: &mut Context<'_>) -> Outcome {
        let mut combinations = 1usize;
        let mut choices: Vec<(usize, Vec<Value>)> = Vec::new();
        let splits = matches!(self.body, Body::Split { .. });
        for (index, argument) in call.arguments.iter().enumerate() {
            let all = match &argument.kind {
                _ if argument.is_wholly_known() => None,
                Kind::OneOf(_) => candidates(argument, MAX_COMBINATIONS),
                _ if splits => candidates(argument, MAX_COMBINATIONS),
                _ => None,
            };
            if let Some(all) = all {
                combinations = combinations.saturating_mul(all.len().max(1));
                choices.push((index, all));
            }
        }
        if choices.is_empty() || combinations > MAX_COMBINATIONS {
            return self.run(&call, context);
        }
        let (mut joined, mut failure): (Option<Value>, Option<String>) = (None, None);
        let mut call = call;
        for number in 0..combinations {
            let mut rest = number;
            for (index, candidates) in &choices {
                if let (Some(chosen), Some(place)) =
                    (candidates.get(rest % candidates.len().max(1)), call.arguments.get_mut(*index))
                {
                    *place = chosen.clone();
                }
                rest /= candidates.len().max(1);
            }
            match self.run(&call, context) {
                Ok(value) => joined = Some(joined.map_or_else(|| value.clone(), |before| join(&before, &value))),
                Err(message) => failure = Some(message),
            }
        }
        match (joined, failure) {
            (Some(value), None) => Ok(value),
            (Some(value), Some(_)) => {
                context.doubt.raise();
                Ok(value)
            }
            (None, failure) => Err(failure.unwrap_or_default()),
        }
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Outcome {
        match self.body {
            Body::Whole(action) | Body::Marked(action) => action(call, context),
            Body::Split { known, partly } => {
                let is_known = call.rest.is_none() && call.arguments.iter().all(Value::is_wholly_known);
                if is_known { known(call, context) } else { partly(call, context) }
            }
        }
    }
}

/// A sequence of no known type as a list, where all its elements have one type: nothing is converted then, so that all
/// that is known of it still holds.
fn typed(value: &Value) -> Value {
    let element =
        value.refinement().filter(|known| known.form == Form::Sequence).and_then(|known| known.element.as_ref());
    match element {
        Some(element) if value.ty == Type::Any && element.ty.is_exact() => {
            Value { ty: Type::list(element.ty.clone()), ..value.clone() }
        }
        _ => value.clone(),
    }
}

/// A list, set or tuple as a list; other things fail.
pub(super) fn to_list(value: &Value, context: &mut Context<'_>) -> Outcome {
    let value = &typed(value);
    match &value.ty {
        Type::List(_) => Ok(value.clone()),
        Type::Set(element) if element.is_exact() => convert(value, &Type::list((**element).clone()), context.doubt),
        _ => convert(value, &Type::list(Type::Any), context.doubt),
    }
}

/// A list, set or tuple as a set; other things fail.
pub(super) fn to_set(value: &Value, context: &mut Context<'_>) -> Outcome {
    let value = &typed(value);
    match &value.ty {
        Type::Set(_) => Ok(value.clone()),
        Type::List(element) if element.is_exact() => convert(value, &Type::set((**element).clone()), context.doubt),
        _ => convert(value, &Type::set(Type::Any), context.doubt),
    }
}

/// All wholly known values that `value` can be, where there are at most `limit`.
fn candidates(value: &Value, limit: usize) -> Option<Vec<Value>> {
    let plain = |kind: Kind| Value { kind, nullable: false, ..value.clone() };
    let mut all = match &value.kind {
        Kind::Sequence(elements) if !matches!(value.ty, Type::Set(_)) => {
            let rows = combine(elements.iter(), limit)?;
            rows.into_iter().map(|row| plain(Kind::Sequence(row.into()))).collect()
        }
        Kind::Mapping(entries) => {
            let rows = combine(entries.values(), limit)?;
            let named = |row: Vec<Value>| entries.keys().cloned().zip(row).collect::<BTreeMap<Arc<str>, Value>>();
            rows.into_iter().map(|row| plain(Kind::Mapping(named(row).into()))).collect()
        }
        Kind::Null => return Some(vec![value.clone()]),
        Kind::Unknown(_) if value.ty == Type::Number => {
            integers(&value.number_range())?.into_iter().map(|number| plain(Kind::Number(number))).collect()
        }
        _ => value.candidates()?,
    };
    if value.nullable {
        all.push(Value { marks: value.marks, ..Value::null(value.ty.clone()) });
    }
    (!all.is_empty() && all.len() <= limit).then_some(all)
}

/// The whole numbers of a range, where there are few.
fn integers(range: &NumberRange) -> Option<Vec<Number>> {
    let end = |end: &Option<Bound>| end.as_ref().and_then(|end| end.at.to_i64());
    match (range.integer, end(&range.low), end(&range.high)) {
        (true, Some(low), Some(high)) if high.saturating_sub(low) < MAX_INTEGERS => {
            Some((low..=high).map(Number::from).filter(|number| range.admits(number)).collect())
        }
        _ => None,
    }
}

/// All rows of one candidate for each of `parts`.
fn combine<'v>(parts: impl Iterator<Item = &'v Value>, limit: usize) -> Option<Vec<Vec<Value>>> {
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for part in parts {
        let choices = candidates(part, limit)?;
        if rows.len().saturating_mul(choices.len()) > limit {
            return None;
        }
        rows = rows
            .into_iter()
            .flat_map(|row| choices.iter().map(move |choice| row.iter().chain([choice]).cloned().collect()))
            .collect();
    }
    Some(rows)
}
