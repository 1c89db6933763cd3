//! Terraform's number: a binary floating-point number with up to 512 bits of mantissa, rounded half to even, a signed
//! zero and two infinities. Each number carries its own precision, as Terraform's do: `1 / 3` has 512 bits, but
//! `length(a) / length(b)` has 64 and `pow(2, 0.5)` has 53, which shows in their digits. Knows nothing of values and
//! types.

mod float;
mod math;
mod parse;
mod text;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use num_bigint::{BigInt, BigUint};
use num_traits::{ToPrimitive, Zero};

use float::Float;

/// Bits of the mantissa of a number that is written in the configuration.
const LITERAL_PRECISION: u32 = 512;

/// Bits of the mantissa of a number that Terraform makes from an integer, such as a length.
const INTEGER_PRECISION: u32 = 64;

/// Bits of the mantissa of a number that Terraform computes as a double, such as a logarithm.
const DOUBLE_PRECISION: u32 = 53;

/// A number as Terraform computes with it.
///
/// Equality, order and hash are those of the value: they see neither the precision nor the sign of zero.
#[derive(Clone)]
pub struct Number {
    repr: Repr,
    /// Bits of the mantissa; decides how results are rounded and which digits are written.
    precision: u32,
}

#[derive(Clone)]
enum Repr {
    Small(i64),
    /// Whatever does not fit into `Small`, and negative zero.
    Big(Box<Float>),
    Infinity {
        negative: bool,
    },
}

impl Number {
    /// Zero, as a literal.
    pub const ZERO: Self = Self { repr: Repr::Small(0), precision: LITERAL_PRECISION };

    /// One, as a literal.
    pub const ONE: Self = Self { repr: Repr::Small(1), precision: LITERAL_PRECISION };

    /// The infinity above all numbers, which is `1 / 0`.
    pub const INFINITY: Self = Self { repr: Repr::Infinity { negative: false }, precision: LITERAL_PRECISION };

    /// The infinity below all numbers, which is `-1 / 0`.
    pub const NEGATIVE_INFINITY: Self = Self { repr: Repr::Infinity { negative: true }, precision: LITERAL_PRECISION };

    /// The number that Terraform makes from a double; `None` for what is not a number.
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_nan() {
            return None;
        }
        if value.is_infinite() {
            return Some(Self { precision: DOUBLE_PRECISION, ..Self::infinity(value < 0.0) });
        }
        Some(Self::finite(Float::from_f64(value), DOUBLE_PRECISION))
    }

    /// An integer of any size, exactly.
    pub fn from_integer(value: &BigInt) -> Self {
        let precision = u32::try_from(value.bits()).unwrap_or(u32::MAX).max(INTEGER_PRECISION);
        Self::finite(Float::from_integer(value), precision)
    }

    fn infinity(negative: bool) -> Self {
        if negative { Self::NEGATIVE_INFINITY } else { Self::INFINITY }
    }

    /// A number from what was computed: over- and underflow become infinity and zero.
    fn finite(value: Float, precision: u32) -> Self {
        let repr = match value.magnitude() {
            Some(magnitude) if magnitude > i64::from(i32::MAX) => Repr::Infinity { negative: value.negative },
            Some(magnitude) if magnitude < i64::from(i32::MIN) => {
                let zero = Float { negative: value.negative, ..Float::zero() };
                return Self::finite(zero, precision);
            }
            _ => value.to_i64().map_or_else(|| Repr::Big(Box::new(value)), Repr::Small),
        };
        Self { repr, precision }
    }

    /// The value as mantissa and exponent; `None` for the infinities.
    fn to_float(&self) -> Option<Float> {
        match &self.repr {
            Repr::Small(value) => Some(Float::from_integer(&BigInt::from(*value))),
            Repr::Big(float) => Some((**float).clone()),
            Repr::Infinity { .. } => None,
        }
    }

    /// The integer, when it is one that fits.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.repr {
            Repr::Small(value) => Some(*value),
            Repr::Big(float) if float.mantissa.is_zero() => Some(0),
            _ => None,
        }
    }

    /// The integer, when it is one that fits.
    pub fn to_u64(&self) -> Option<u64> {
        match &self.repr {
            Repr::Big(float) if !float.negative || float.mantissa.is_zero() => float.to_integer()?.to_u64(),
            _ => self.to_i64().and_then(|value| u64::try_from(value).ok()),
        }
    }

    /// The integer, when it is a natural number that fits.
    pub fn to_usize(&self) -> Option<usize> {
        self.to_u64().and_then(|value| usize::try_from(value).ok())
    }

    /// The integer of any size; `None` for fractions, infinities and integers of more than 100,000 bits.
    pub fn to_integer(&self) -> Option<BigInt> {
        match &self.repr {
            Repr::Small(value) => Some(BigInt::from(*value)),
            Repr::Big(float) => float.to_integer(),
            Repr::Infinity { .. } => None,
        }
    }

    /// The nearest double. `None` when a finite number is too large for one, where Terraform's functions fail.
    pub fn to_f64(&self) -> Option<f64> {
        match &self.repr {
            Repr::Small(value) => Some(*value as f64),
            Repr::Big(float) => float.to_f64(),
            Repr::Infinity { negative } => Some(if *negative { f64::NEG_INFINITY } else { f64::INFINITY }),
        }
    }

    /// Whether this is a finite number without a fraction.
    pub fn is_integer(&self) -> bool {
        match &self.repr {
            Repr::Small(_) => true,
            Repr::Big(float) => float.exponent >= 0,
            Repr::Infinity { .. } => false,
        }
    }

    /// Whether this is one of the infinities.
    pub fn is_infinite(&self) -> bool {
        matches!(self.repr, Repr::Infinity { .. })
    }

    /// Whether this is zero, of either sign.
    pub fn is_zero(&self) -> bool {
        self.to_i64() == Some(0)
    }

    /// Whether the sign is a minus, which `-0` has too.
    pub fn is_negative(&self) -> bool {
        match &self.repr {
            Repr::Small(value) => *value < 0,
            Repr::Big(float) => float.negative,
            Repr::Infinity { negative } => *negative,
        }
    }

    /// The sum. `None` for opposite infinities, where Terraform fails.
    pub fn add(&self, other: &Self) -> Option<Self> {
        let precision = self.precision.max(other.precision);
        if let (Repr::Small(left), Repr::Small(right)) = (&self.repr, &other.repr)
            && let Some(sum) = left.checked_add(*right)
            && fits(sum, precision)
        {
            return Some(Self { repr: Repr::Small(sum), precision });
        }
        match (self.to_float(), other.to_float()) {
            (Some(left), Some(right)) => Some(Self::finite(left.add(&right, precision), precision)),
            (None, None) if self.is_negative() != other.is_negative() => None,
            (None, _) => Some(Self { precision, ..self.clone() }),
            _ => Some(Self { precision, ..other.clone() }),
        }
    }

    /// The difference. `None` for an infinity less itself, where Terraform fails.
    pub fn sub(&self, other: &Self) -> Option<Self> {
        self.add(&other.neg())
    }

    /// The product. `None` for zero times infinity, where Terraform fails.
    ///
    /// It has as many bits as it needs, up to 512, and no fewer than its factors.
    pub fn mul(&self, other: &Self) -> Option<Self> {
        let precision = self.precision.max(other.precision);
        if let (Repr::Small(left), Repr::Small(right)) = (&self.repr, &other.repr)
            && *left != 0
            && *right != 0
            && let Some(product) = left.checked_mul(*right)
        {
            let needed = 64 - product.unsigned_abs().leading_zeros() - product.trailing_zeros();
            return Some(Self { repr: Repr::Small(product), precision: precision.max(needed) });
        }
        match (self.to_float(), other.to_float()) {
            (Some(left), Some(right)) => {
                let product = left.mul(&right, LITERAL_PRECISION);
                let precision = precision.max(product.bits());
                Some(Self::finite(product, precision))
            }
            _ if self.is_zero() || other.is_zero() => None,
            _ => Some(Self { precision, ..Self::infinity(self.is_negative() != other.is_negative()) }),
        }
    }

    /// The quotient; what is divided by zero is an infinity. `None` for zero by zero and infinity by infinity, where
    /// Terraform fails.
    pub fn div(&self, other: &Self) -> Option<Self> {
        let precision = self.precision.max(other.precision);
        let negative = self.is_negative() != other.is_negative();
        match (self.to_float(), other.to_float()) {
            (None, None) => None,
            (None, Some(_)) => Some(Self { precision, ..Self::infinity(negative) }),
            (Some(_), None) => Some(Self::finite(Float { negative, ..Float::zero() }, precision)),
            (Some(left), Some(right)) => match (left.mantissa.is_zero(), right.mantissa.is_zero()) {
                (true, true) => None,
                (false, true) => Some(Self { precision, ..Self::infinity(negative) }),
                _ => Some(Self::finite(left.div(&right, precision), precision)),
            },
        }
    }

    /// The remainder as Terraform's `%` has it: of the quotient rounded towards zero, with the sign of the dividend.
    /// What is divided by zero is its own remainder. `None` where an infinity takes part and Terraform fails.
    pub fn rem(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return Some(self.clone());
        }
        if self.is_infinite() || other.is_infinite() {
            return None;
        }
        let quotient = self.div(other)?.to_float()?;
        let precision = self.precision;
        // The product is rounded to the bits of the dividend, not to what it needs.
        let whole = quotient.truncate().unsigned_zero().round(precision, false);
        let product = other.to_float()?.mul(&whole, precision);
        let negated = Float { negative: !product.negative, ..product };
        Some(Self::finite(self.to_float()?.add(&negated, precision), precision))
    }

    /// The number with the other sign; zero has one too.
    pub fn neg(&self) -> Self {
        let precision = self.precision;
        match &self.repr {
            Repr::Small(value) if *value != 0 && *value != i64::MIN => Self { repr: Repr::Small(-value), precision },
            Repr::Infinity { negative } => Self { repr: Repr::Infinity { negative: !negative }, precision },
            _ => match self.to_float() {
                Some(float) => Self::finite(Float { negative: !float.negative, ..float }, precision),
                None => self.clone(),
            },
        }
    }

    /// The number without its sign.
    pub fn abs(&self) -> Self {
        if self.is_negative() { self.neg() } else { self.clone() }
    }

    /// The largest integer that is not above this number. An infinity stays what it is.
    pub fn floor(&self) -> Self {
        self.to_whole(|negative| negative)
    }

    /// The smallest integer that is not below this number. An infinity stays what it is.
    pub fn ceil(&self) -> Self {
        self.to_whole(|negative| !negative)
    }

    /// The integer towards zero, or the one beside it where `away` says so for the sign.
    fn to_whole(&self, away: impl Fn(bool) -> bool) -> Self {
        let Repr::Big(float) = &self.repr else { return self.clone() };
        let zero = float.mantissa.is_zero();
        if float.exponent >= 0 && !zero {
            return self.clone();
        }
        let mut whole = float.truncate();
        if !zero && away(float.negative) {
            whole.mantissa = (whole.mantissa << whole.exponent.unsigned_abs()) + BigUint::from(1u8);
            whole.exponent = 0;
        }
        Self::finite(whole.unsigned_zero().round(self.precision, false), self.precision)
    }
}

/// Whether an integer needs no rounding.
fn fits(value: i64, precision: u32) -> bool {
    precision >= INTEGER_PRECISION || value.unsigned_abs() >> precision == 0
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self { repr: Repr::Small(value), precision: INTEGER_PRECISION }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |number: &Self| match number.repr {
            Repr::Infinity { negative: true } => -1,
            Repr::Infinity { negative: false } => 1,
            _ => 0,
        };
        if let (Repr::Small(left), Repr::Small(right)) = (&self.repr, &other.repr) {
            return left.cmp(right);
        }
        match (self.to_float(), other.to_float()) {
            (Some(left), Some(right)) => left.compare(&right),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for Number {}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.repr {
            Repr::Small(value) => value.hash(state),
            Repr::Big(float) if float.mantissa.is_zero() => 0i64.hash(state),
            Repr::Big(float) => (float.negative, &float.mantissa, float.exponent).hash(state),
            Repr::Infinity { negative } => negative.hash(state),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests;
