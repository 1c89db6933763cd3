//! Ranges of numbers and of lengths.

use super::number::Number;

/// One end of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The number.
    pub at: Number,
    /// Whether the number itself belongs to the range.
    pub inclusive: bool,
}

/// A set of numbers between two ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberRange {
    /// The lower end. At `-0`, that belongs to it too.
    pub low: Option<Bound>,
    /// The upper end.
    pub high: Option<Bound>,
    /// Whether only whole numbers belong to it.
    pub integer: bool,
}

impl NumberRange {
    /// Whole numbers from zero on, such as lengths and `count.index`.
    #[must_use]
    pub fn natural() -> Self {
        Self { low: Some(Bound { at: Number::from(0), inclusive: true }), high: None, integer: true }
    }

    /// Just `number`.
    #[must_use]
    pub fn exactly(number: &Number) -> Self {
        let bound = Some(Bound { at: number.clone(), inclusive: true });
        Self { low: bound.clone(), high: bound, integer: number.is_integer() }
    }

    /// Zero, of either sign.
    #[must_use]
    pub fn zero() -> Self {
        Self::exactly(&Number::ZERO).or_negative_zero()
    }

    /// The same numbers, with zero of either sign.
    #[must_use]
    pub fn or_negative_zero(mut self) -> Self {
        if let Some(low) = self.low.as_mut().filter(|low| low.at.is_zero() && !low.at.is_negative()) {
            low.at = low.at.neg();
        }
        self
    }

    /// Between two lengths.
    #[must_use]
    pub fn between(min: u64, max: Option<u64>) -> Self {
        let bound = |at: u64| Bound { at: Number::from(i64::try_from(at).unwrap_or(i64::MAX)), inclusive: true };
        Self { low: Some(bound(min)), high: max.map(bound), integer: true }
    }

    /// Whether it says nothing.
    #[must_use]
    pub const fn is_any(&self) -> bool {
        self.low.is_none() && self.high.is_none() && !self.integer
    }

    /// Whether `number` belongs to it.
    #[must_use]
    pub fn admits(&self, number: &Number) -> bool {
        let above = self.low.as_ref().is_none_or(|low| *number > low.at || low.inclusive && *number == low.at);
        let below = self.high.as_ref().is_none_or(|high| *number < high.at || high.inclusive && *number == high.at);
        above && below && (!self.integer || number.is_integer())
    }

    /// Whether nothing belongs to it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match (&self.low, &self.high) {
            (Some(low), Some(high)) => low.at > high.at || low.at == high.at && !(low.inclusive && high.inclusive),
            _ => false,
        }
    }

    /// The only number, where there is just one.
    #[must_use]
    pub fn only(&self) -> Option<&Number> {
        match (&self.low, &self.high) {
            (Some(low), Some(high)) if low.at == high.at && low.inclusive && high.inclusive => Some(&low.at),
            _ => None,
        }
    }

    /// Numbers of both.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        Self {
            low: tighter(self.low.as_ref(), other.low.as_ref(), true),
            high: tighter(self.high.as_ref(), other.high.as_ref(), false),
            integer: self.integer || other.integer,
        }
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let wider = |left: Option<&Bound>, right: Option<&Bound>, lower: bool| match (left, right) {
            (Some(left), Some(right)) if left.at == right.at => {
                let at = if left.at.is_negative() { &left.at } else { &right.at };
                Some(Bound { at: at.clone(), inclusive: left.inclusive || right.inclusive })
            }
            (Some(left), Some(right)) => Some(if (left.at < right.at) == lower { left } else { right }.clone()),
            _ => None,
        };
        Self {
            low: wider(self.low.as_ref(), other.low.as_ref(), true),
            high: wider(self.high.as_ref(), other.high.as_ref(), false),
            integer: self.integer && other.integer,
        }
    }

    /// Whether every number of `self` is below every number of `other` (or equal, with `or_equal`): yes, never, or
    /// neither.
    #[must_use]
    pub fn is_less(&self, other: &Self, or_equal: bool) -> Option<bool> {
        // Always: the highest of self is below the lowest of other.
        if let (Some(high), Some(low)) = (&self.high, &other.low) {
            let touches = high.inclusive && low.inclusive;
            if high.at < low.at || high.at == low.at && (or_equal || !touches) {
                return Some(true);
            }
        }
        // Never: the lowest of self is above the highest of other.
        if let (Some(low), Some(high)) = (&self.low, &other.high) {
            let touches = low.inclusive && high.inclusive;
            if low.at > high.at || low.at == high.at && (!or_equal || !touches) {
                return Some(false);
            }
        }
        None
    }

    /// Whether all its numbers are written without a sign: they are at least zero, and none is `-0`.
    #[must_use]
    pub fn is_unsigned(&self) -> bool {
        self.low.as_ref().is_some_and(|low| !low.at.is_negative())
    }

    /// Whether all its numbers are at least zero.
    #[must_use]
    pub fn is_non_negative(&self) -> bool {
        self.low.as_ref().is_some_and(|low| low.at >= Number::from(0))
    }
}

fn tighter(left: Option<&Bound>, right: Option<&Bound>, lower: bool) -> Option<Bound> {
    match (left, right) {
        (Some(left), Some(right)) if left.at == right.at => {
            let at = if left.at.is_negative() { &right.at } else { &left.at };
            Some(Bound { at: at.clone(), inclusive: left.inclusive && right.inclusive })
        }
        (Some(left), Some(right)) => Some(if (left.at > right.at) == lower { left } else { right }.clone()),
        (one, other) => one.or(other).cloned(),
    }
}

/// How many elements a collection has, or characters a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    /// At least.
    pub min: u64,
    /// At most.
    pub max: Option<u64>,
}

impl Length {
    /// Any number.
    pub const ANY: Self = Self { min: 0, max: None };

    /// Just `length`.
    #[must_use]
    pub const fn exactly(length: u64) -> Self {
        Self { min: length, max: Some(length) }
    }

    /// Whether `length` is possible.
    #[must_use]
    pub fn admits(self, length: u64) -> bool {
        length >= self.min && self.max.is_none_or(|max| length <= max)
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let max = self.max.zip(other.max).map(|(left, right)| left.max(right));
        Self { min: self.min.min(other.min), max }
    }

    /// Lengths of both; nothing where there is none.
    #[must_use]
    pub fn meet(self, other: Self) -> Option<Self> {
        let max = match (self.max, other.max) {
            (Some(left), Some(right)) => Some(left.min(right)),
            (one, other) => one.or(other),
        };
        let met = Self { min: self.min.max(other.min), max };
        met.max.is_none_or(|max| max >= met.min).then_some(met)
    }

    /// Of one after the other.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let max = self.max.zip(other.max).and_then(|(left, right)| left.checked_add(right));
        Self { min: self.min.saturating_add(other.min), max }
    }
}
