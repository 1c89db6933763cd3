//! Finite numbers as mantissa times a power of two, and how they are rounded. Knows neither infinities nor precision
//! that is kept: each operation is told the bits of its result.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};
use num_traits::{One, ToPrimitive, Zero};

/// More bits than this are never written out to look at an integer.
const MAX_INTEGER_BITS: i64 = 100_000;

/// `mantissa * 2^exponent`, negated where `negative`. The mantissa is odd, or zero with exponent zero, so that equal
/// values are represented alike (but for the sign of zero).
#[derive(Clone, Debug)]
pub(super) struct Float {
    pub(super) negative: bool,
    pub(super) mantissa: BigUint,
    pub(super) exponent: i64,
}

impl Float {
    pub(super) fn zero() -> Self {
        Self { negative: false, mantissa: BigUint::ZERO, exponent: 0 }
    }

    /// Makes the mantissa odd.
    pub(super) fn normal(negative: bool, mantissa: BigUint, exponent: i64) -> Self {
        match mantissa.trailing_zeros() {
            None => Self { negative, ..Self::zero() },
            Some(0) => Self { negative, mantissa, exponent },
            Some(zeros) => Self { negative, mantissa: mantissa >> zeros, exponent: exponent + zeros.cast_signed() },
        }
    }

    pub(super) fn from_integer(value: &BigInt) -> Self {
        Self::normal(value.sign() == Sign::Minus, value.magnitude().clone(), 0)
    }

    /// A double that is finite.
    pub(super) fn from_f64(value: f64) -> Self {
        let bits = value.to_bits();
        let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff).cast_signed());
        let (mantissa, exponent) = match exponent {
            0 => (fraction, -1074),
            _ => (fraction | 1 << 52, exponent - 1075),
        };
        Self::normal(value.is_sign_negative(), BigUint::from(mantissa), exponent)
    }

    /// Bits of the mantissa.
    pub(super) fn bits(&self) -> u32 {
        u32::try_from(self.mantissa.bits()).unwrap_or(u32::MAX)
    }

    /// The power of two just above the value; `None` for zero.
    pub(super) fn magnitude(&self) -> Option<i64> {
        (!self.mantissa.is_zero()).then(|| self.exponent.saturating_add(self.mantissa.bits().cast_signed()))
    }

    /// Rounds half to even. `sticky` says that there was something above the exact value, smaller than its last bit.
    pub(super) fn round(self, precision: u32, sticky: bool) -> Self {
        let Self { negative, mantissa, exponent } = self;
        let excess = mantissa.bits().saturating_sub(u64::from(precision));
        if excess == 0 {
            return Self::normal(negative, mantissa, exponent);
        }
        let half = mantissa.bit(excess - 1);
        let more = sticky || mantissa.trailing_zeros().is_some_and(|zeros| zeros < excess - 1);
        let mut kept = mantissa >> excess;
        if half && (more || kept.bit(0)) {
            kept += 1u8;
        }
        Self::normal(negative, kept, exponent.saturating_add(excess.cast_signed()))
    }

    /// The sum, with at least the bits of both.
    pub(super) fn add(&self, other: &Self, precision: u32) -> Self {
        let (Some(left), Some(right)) = (self.magnitude(), other.magnitude()) else {
            // Zeros of both signs make the positive one.
            return match (self.mantissa.is_zero(), other.mantissa.is_zero()) {
                (true, true) => Self { negative: self.negative && other.negative, ..Self::zero() },
                (true, false) => other.clone().round(precision, false),
                _ => self.clone().round(precision, false),
            };
        };
        let (large, small) = if left >= right { (self, other) } else { (other, self) };
        let guard = i64::from(precision) + 3;
        let gap = large.exponent - guard - small.magnitude().unwrap_or(0);
        let (exponent, left, right) = if gap > 0 {
            // The smaller one only says on which side of the larger one the sum is.
            (large.exponent - guard, &large.mantissa << guard.unsigned_abs(), BigUint::one())
        } else {
            let exponent = large.exponent.min(small.exponent);
            let shift = |float: &Self| &float.mantissa << (float.exponent - exponent).unsigned_abs();
            (exponent, shift(large), shift(small))
        };
        let sum = signed(large.negative, left) + signed(small.negative, right);
        let negative = sum.sign() == Sign::Minus;
        Self::normal(negative, sum.into_parts().1, exponent).round(precision, false)
    }

    pub(super) fn mul(&self, other: &Self, precision: u32) -> Self {
        let negative = self.negative != other.negative;
        let exponent = self.exponent.saturating_add(other.exponent);
        Self::normal(negative, &self.mantissa * &other.mantissa, exponent).round(precision, false)
    }

    /// The quotient by what is not zero.
    pub(super) fn div(&self, other: &Self, precision: u32) -> Self {
        let negative = self.negative != other.negative;
        let wanted = u64::from(precision) + 2 + other.mantissa.bits();
        let shift = wanted.saturating_sub(self.mantissa.bits());
        let numerator = &self.mantissa << shift;
        let quotient = &numerator / &other.mantissa;
        let sticky = &quotient * &other.mantissa != numerator;
        let exponent = self.exponent - other.exponent - shift.cast_signed();
        Self { negative, mantissa: quotient, exponent }.round(precision, sticky)
    }

    /// The integer towards zero, its sign kept even where it is zero.
    pub(super) fn truncate(&self) -> Self {
        if self.exponent >= 0 {
            return self.clone();
        }
        let whole = &self.mantissa >> self.exponent.unsigned_abs();
        Self::normal(self.negative, whole, 0)
    }

    /// The same, but without a minus before zero.
    pub(super) fn unsigned_zero(self) -> Self {
        if self.mantissa.is_zero() { Self::zero() } else { self }
    }

    pub(super) fn to_integer(&self) -> Option<BigInt> {
        if !(0..MAX_INTEGER_BITS).contains(&self.exponent) {
            return None;
        }
        Some(signed(self.negative, &self.mantissa << self.exponent.unsigned_abs()))
    }

    /// The integer, when it fits; negative zero does not.
    pub(super) fn to_i64(&self) -> Option<i64> {
        if self.exponent < 0 || self.magnitude().unwrap_or(0) > 64 || (self.negative && self.mantissa.is_zero()) {
            return None;
        }
        self.to_integer()?.to_i64()
    }

    /// The nearest double; `None` when it would be infinite.
    pub(super) fn to_f64(&self) -> Option<f64> {
        let sign = if self.negative { -1.0 } else { 1.0 };
        let Some(magnitude) = self.magnitude() else { return Some(sign * 0.0) };
        if magnitude < -1075 {
            return Some(sign * 0.0);
        }
        // The last bit of a double below 2^-1021 is worth 2^-1074.
        let precision = u32::try_from((magnitude + 1074).clamp(0, 53)).unwrap_or(53);
        let rounded = match precision {
            // Between half of the smallest double and it; exactly half is rounded to zero.
            0 => return Some(sign * if self.mantissa.is_one() { 0.0 } else { f64::from_bits(1) }),
            _ => self.clone().round(precision, false),
        };
        let mantissa = rounded.mantissa.to_u64()? as f64;
        let value = math_ldexp(mantissa, rounded.exponent);
        value.is_finite().then_some(sign * value)
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let sign = |float: &Self| match (float.mantissa.is_zero(), float.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let (left, right) = (sign(self), sign(other));
        if left != right || left == 0 {
            return left.cmp(&right);
        }
        let size = self.magnitude().cmp(&other.magnitude()).then_with(|| {
            // The same magnitude: the mantissas differ in length by as much as the exponents do.
            let exponent = self.exponent.min(other.exponent);
            let shift = |float: &Self| &float.mantissa << (float.exponent - exponent).unsigned_abs();
            shift(self).cmp(&shift(other))
        });
        if left < 0 { size.reverse() } else { size }
    }
}

fn signed(negative: bool, magnitude: BigUint) -> BigInt {
    BigInt::from_biguint(if negative { Sign::Minus } else { Sign::Plus }, magnitude)
}

/// `value * 2^exponent`, which is exact here up to overflow.
fn math_ldexp(mut value: f64, mut exponent: i64) -> f64 {
    while exponent > 1000 {
        value *= 2f64.powi(1000);
        exponent -= 1000;
        if value.is_infinite() {
            return value;
        }
    }
    while exponent < -1000 {
        value *= 2f64.powi(-1000);
        exponent += 1000;
    }
    value * 2f64.powi(i32::try_from(exponent).unwrap_or(0))
}
