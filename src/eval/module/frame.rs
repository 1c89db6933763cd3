//! The instances of a block: `count` and `for_each`, each with what its body sees.

use std::sync::Arc;

use super::instance::Instance;
use crate::eval::expression::Evaluator;
use crate::eval::join::form;
use crate::eval::marks::Marks;
use crate::eval::range::{Length, NumberRange};
use crate::eval::refinement::{Cause, Form};
use crate::eval::text::Text;
use crate::eval::value::{Kind, Value};
use crate::syntax::hcl::{ExprKind, ExprView};
use crate::terraform::Type;

/// Most instances that are looked at one by one.
const MAX_INSTANCES: u64 = 64;

/// What the body of one instance sees beside the module.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// `each.key` and `each.value`.
    pub each: Option<(Value, Value)>,
    /// `count.index`.
    pub index: Option<Value>,
    /// `self`.
    pub this: Option<Value>,
    /// The iterators of `dynamic` blocks around, outermost first.
    pub iterators: Vec<(Arc<str>, Value)>,
    /// What is known of references because the instance exists.
    pub(super) facts: Vec<(String, Value)>,
    /// The key of the instance as it is written after its address; empty without one.
    pub key: String,
}

impl Frame {
    /// A frame with just `each`.
    #[must_use]
    pub fn of_each(each: Option<(Value, Value)>) -> Self {
        Self { each, ..Self::default() }
    }
}

/// How often a block is there.
#[derive(Clone, Debug)]
pub enum Repetition {
    /// Once, without a key.
    Once(Box<Frame>),
    /// One for each of these; by number or by name.
    Known(Vec<Frame>, Keys),
    /// As often as `length` says, each like this one.
    Some(Box<Frame>, Length, Keys),
}

/// How instances are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// By number: `count`.
    Numbers,
    /// By name: `for_each`.
    Names,
}

impl Repetition {
    /// What bodies see, one for each instance or one that stands for all.
    #[must_use]
    pub fn frames(&self) -> Vec<&Frame> {
        match self {
            Self::Once(frame) => vec![frame],
            Self::Known(frames, _) => frames.iter().collect(),
            Self::Some(frame, length, _) if length.max != Some(0) => vec![frame],
            Self::Some(..) => Vec::new(),
        }
    }

    /// Whether there is at least one instance.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        match self {
            Self::Once(_) => true,
            Self::Known(frames, _) => !frames.is_empty(),
            Self::Some(_, length, _) => length.min > 0,
        }
    }

    /// Whether all its frames are instances that surely exist.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        !matches!(self, Self::Some(..))
    }

    /// All instances as one value: `make` gives that of each.
    pub(super) fn value(&self, mut make: impl FnMut(&Frame) -> Value) -> Value {
        match self {
            Self::Once(frame) => make(frame),
            Self::Known(frames, Keys::Numbers) => Value::tuple(frames.iter().map(make).collect()),
            Self::Known(frames, Keys::Names) => {
                let entries = frames.iter().filter_map(|frame| {
                    let key = frame.each.as_ref().and_then(|(key, _)| key.as_string().cloned())?;
                    Some((key, make(frame)))
                });
                Value::object(entries.collect())
            }
            Self::Some(frame, length, keys) => {
                let element = make(frame);
                let cause = Cause::Instance(Arc::from(if *keys == Keys::Numbers { "count" } else { "for_each" }));
                let mut refinement = crate::eval::refinement::Refinement::new(cause);
                refinement.length = *length;
                refinement.form = if *keys == Keys::Numbers { Form::Sequence } else { Form::Mapping };
                refinement.element = Some(element);
                Value::unknown(Type::Any, refinement)
            }
        }
    }
}

impl<'p> Instance<'p> {
    /// How often a block with these meta-arguments is there.
    pub(super) fn repetition(&self, count: Option<ExprView<'_>>, for_each: Option<ExprView<'_>>) -> Repetition {
        match (count, for_each) {
            (Some(count), _) => self.counted(count),
            (None, Some(for_each)) => self.for_each(for_each),
            (None, None) => Repetition::Once(Box::default()),
        }
    }

    fn counted(&self, count: ExprView<'_>) -> Repetition {
        let (value, _) = self.eval(&Frame::default(), count);
        let value = value.ok().and_then(|value| {
            crate::eval::convert::convert(&value, &Type::Number, &mut crate::eval::convert::Doubt::default()).ok()
        });
        let frame = |index: Value, key: String, facts: &[(String, Value)]| Frame {
            index: Some(index),
            key,
            facts: facts.to_vec(),
            ..Frame::default()
        };
        let known = value.as_ref().and_then(Value::as_number).and_then(crate::eval::Number::to_u64);
        if let Some(known) = known.filter(|known| *known <= MAX_INSTANCES) {
            let frames = (0..known)
                .map(|at| frame(Value::number(i64::try_from(at).unwrap_or(i64::MAX)), format!("[{at}]"), &[]));
            return Repetition::Known(frames.collect(), Keys::Numbers);
        }
        let range = value.as_ref().map(Value::number_range).unwrap_or_default();
        let length = Length {
            min: range.low.as_ref().and_then(|low| low.at.ceil().to_u64()).unwrap_or(0),
            max: range.high.as_ref().map(|high| high.at.floor().to_u64().unwrap_or(0)),
        };
        let cause = Cause::Instance("count.index".into());
        let index = Value::some_number(NumberRange::between(0, length.max.map(|max| max.saturating_sub(1))), cause);
        let facts = self.facts_of_existence(count);
        Repetition::Some(Box::new(frame(index, "[*]".to_owned(), &facts)), length, Keys::Numbers)
    }

    fn for_each(&self, for_each: ExprView<'_>) -> Repetition {
        let (value, _) = self.eval(&Frame::default(), for_each);
        let value = value.unwrap_or_else(|_| crate::eval::expression::unknown(&Cause::Expression));
        let value = value.not_null().unwrap_or(value);
        if let Some(frames) = known_frames(&value) {
            return Repetition::Known(frames, Keys::Names);
        }
        let (key, element) = any_pair(&value);
        let frame = Frame {
            each: Some((key, element)),
            key: "[*]".to_owned(),
            facts: self.facts_of_existence(for_each),
            ..Frame::default()
        };
        Repetition::Some(Box::new(frame), value.length(), Keys::Names)
    }

    /// What holds where `c ? 1 : 0` is one, `c ? x : {}` not empty or `length(x)` not zero.
    fn facts_of_existence(&self, expr: ExprView<'_>) -> Vec<(String, Value)> {
        let expr = expr.unparenthesised();
        let ExprKind::Conditional { condition, yes, no } = expr.kind() else { return Vec::new() };
        let document = expr.document();
        let is_empty = |branch: ExprView<'_>| {
            let (value, _) = self.eval(&Frame::default(), branch);
            value.is_ok_and(|value| {
                value.as_number().is_some_and(crate::eval::Number::is_zero) || value.length().max == Some(0)
            })
        };
        let truth = match (is_empty(document.expression(yes)), is_empty(document.expression(no))) {
            (false, true) => true,
            (true, false) => false,
            _ => return Vec::new(),
        };
        let frame = Frame::default();
        let scope = self.scope(&frame);
        let mut evaluator = Evaluator::new(&scope);
        evaluator.assume(document.expression(condition), truth).unwrap_or_default()
    }
}

/// The key and value of every element, where they are known one by one.
pub(super) fn known_frames(value: &Value) -> Option<Vec<Frame>> {
    let marks = value.marks.without(Marks::ALWAYS_UNSTABLE);
    let frame = |key: Value, value: Value, shown: &str| Frame {
        key: format!("[{shown:?}]"),
        each: Some((key, value)),
        ..Frame::default()
    };
    if value.nullable || value.length().max? > MAX_INSTANCES {
        return None;
    }
    match &value.kind {
        Kind::Mapping(entries) => Some(
            entries
                .iter()
                .map(|(name, one)| frame(Value::string(Arc::clone(name)), one.clone().marked(marks), name))
                .collect(),
        ),
        Kind::Sequence(elements) => {
            let named: Option<Vec<(Value, Arc<str>)>> =
                elements.iter().map(|one| Some((one.clone(), Arc::clone(one.as_string()?)))).collect();
            Some(named?.into_iter().map(|(one, name)| frame(one.clone(), one, &name)).collect())
        }
        _ => None,
    }
}

/// A key and value that stand for every element.
pub(super) fn any_pair(value: &Value) -> (Value, Value) {
    let element = value.element().unwrap_or_else(|| crate::eval::expression::unknown(&value.reason()));
    let key = match form(value) {
        Form::Sequence => element.clone(),
        _ => Value::some_string(Text::any(), Cause::Instance("each.key".into())),
    };
    (key, element)
}
