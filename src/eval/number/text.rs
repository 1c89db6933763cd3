//! Numbers as text: the shortest decimal digits that are read back as the same number at its precision.

use std::fmt;

use num_bigint::BigUint;
use num_traits::{One, Pow};

use super::float::Float;
use super::{Number, Repr, fits};

/// More digits than this are not written.
const MAX_DIGITS: i64 = 65_536;

impl Number {
    /// The text that Terraform converts the number to. `None` when it has more than 65,536 digits.
    pub fn text(&self) -> Option<String> {
        match &self.repr {
            Repr::Small(value) if fits(*value, self.precision) => Some(value.to_string()),
            Repr::Infinity { negative } => Some(if *negative { "-Inf" } else { "+Inf" }.to_owned()),
            _ => {
                let float = self.to_float()?;
                let Some(magnitude) = float.magnitude() else { return Some("-0".to_owned()) };
                // A decimal digit is worth more than three bits.
                if magnitude.abs().max(float.exponent.abs()) / 3 > MAX_DIGITS {
                    return None;
                }
                let digits = shortest(&float, self.precision);
                Some(plain(float.negative, &digits))
            }
        }
    }

    /// The exact value in decimal, at least as far as `digits` places after the point, rounded half to even there.
    /// `None` for infinities and when there are more than 65,536 digits.
    pub fn fixed(&self, digits: usize) -> Option<String> {
        let float = self.to_float()?;
        let wide = float.magnitude().unwrap_or(0).abs().max(float.exponent.abs()) / 3 > MAX_DIGITS;
        if wide || i64::try_from(digits).is_ok_and(|digits| digits > MAX_DIGITS) {
            return None;
        }
        let mut decimal = Decimal::new(&float.mantissa, float.exponent);
        let places = i64::try_from(digits).ok()?;
        decimal.round(decimal.point + places);
        let mut text = plain(float.negative, &decimal);
        if digits > 0 {
            let written = text.find('.').map_or(0, |at| text.len() - at - 1);
            if written == 0 {
                text.push('.');
            }
            text.push_str(&"0".repeat(digits - written));
        }
        Some(text)
    }

    /// Shortest digits and the position of the decimal point in them (`0.digits * 10^point`), for output in
    /// scientific notation; no digits for zero. `None` for infinities and numbers that are too long.
    pub fn shortest_digits(&self) -> Option<(String, i64)> {
        let float = self.to_float()?;
        if float.magnitude().unwrap_or(0).abs().max(float.exponent.abs()) / 3 > MAX_DIGITS {
            return None;
        }
        Some(shortest(&float, self.precision).into_parts())
    }

    /// The exact digits, rounded half to even to `count` of them, as in [`Self::shortest_digits`].
    pub fn rounded_digits(&self, count: usize) -> Option<(String, i64)> {
        let float = self.to_float()?;
        if float.magnitude().unwrap_or(0).abs().max(float.exponent.abs()) / 3 > MAX_DIGITS {
            return None;
        }
        let mut decimal = Decimal::new(&float.mantissa, float.exponent);
        decimal.round(i64::try_from(count).ok()?);
        Some(decimal.into_parts())
    }
}

/// Decimal digits without zeros at either end, as `0.digits * 10^point`; no digits for zero.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// `mantissa * 2^exponent`, exactly.
    fn new(mantissa: &BigUint, exponent: i64) -> Self {
        let (digits, places) = if exponent >= 0 {
            ((mantissa << exponent.unsigned_abs()).to_string(), 0)
        } else {
            let five: BigUint = Pow::pow(BigUint::from(5u8), exponent.unsigned_abs());
            ((mantissa * five).to_string(), exponent)
        };
        let point = i64::try_from(digits.len()).unwrap_or(i64::MAX) + places;
        let mut decimal = Self { digits: digits.into_bytes(), point };
        decimal.trim();
        decimal
    }

    fn at(&self, index: usize) -> u8 {
        self.digits.get(index).copied().unwrap_or(b'0')
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    /// Keeps `count` digits, rounding half to even.
    fn round(&mut self, count: i64) {
        let Ok(keep) = usize::try_from(count) else {
            self.digits.clear();
            self.trim();
            return;
        };
        if keep >= self.digits.len() {
            return;
        }
        let up = if self.digits[keep] == b'5' && keep + 1 == self.digits.len() {
            keep > 0 && !self.digits[keep - 1].is_multiple_of(2)
        } else {
            self.digits[keep] >= b'5'
        };
        if up { self.round_up(keep) } else { self.round_down(keep) }
    }

    fn round_down(&mut self, keep: usize) {
        self.digits.truncate(keep);
        self.trim();
    }

    fn round_up(&mut self, keep: usize) {
        self.digits.truncate(keep);
        while self.digits.last() == Some(&b'9') {
            self.digits.pop();
        }
        match self.digits.last_mut() {
            Some(last) => *last += 1,
            None => {
                self.digits.push(b'1');
                self.point += 1;
            }
        }
    }

    fn into_parts(self) -> (String, i64) {
        (self.digits.iter().map(|digit| char::from(*digit)).collect(), self.point)
    }
}

/// The digits that Terraform writes: cut off where the number, and not its neighbour half a unit below or above, is
/// still meant. Digit by digit against both neighbours, from the left.
fn shortest(float: &Float, precision: u32) -> Decimal {
    let mut exact = Decimal::new(&float.mantissa, float.exponent);
    if exact.digits.is_empty() {
        return exact;
    }
    // A mantissa whose last bit is worth half a unit of the precision.
    let shift = (u64::from(precision) + 1).saturating_sub(float.mantissa.bits());
    let mantissa = &float.mantissa << shift;
    let exponent = float.exponent - shift.cast_signed();
    let lower = Decimal::new(&(&mantissa - BigUint::one()), exponent);
    let upper = Decimal::new(&(&mantissa + BigUint::one()), exponent);
    // A neighbour that is just half a unit away is rounded to the even mantissa.
    let inclusive = !mantissa.bit(1);
    for index in 0..exact.digits.len() {
        let (digit, below, above) = (exact.digits[index], lower.at(index), upper.at(index));
        let down = below != digit || (inclusive && index + 1 == lower.digits.len());
        let up = digit != above && (inclusive || digit + 1 < above || index + 1 < upper.digits.len());
        match (down, up) {
            (true, true) => exact.round(i64::try_from(index + 1).unwrap_or(i64::MAX)),
            (true, false) => exact.round_down(index + 1),
            (false, true) => exact.round_up(index + 1),
            (false, false) => continue,
        }
        break;
    }
    exact
}

/// Digits without an exponent.
fn plain(negative: bool, decimal: &Decimal) -> String {
    let mut text = String::new();
    if negative {
        text.push('-');
    }
    let point = usize::try_from(decimal.point).unwrap_or(0);
    if point == 0 {
        text.push('0');
    }
    text.extend((0..point).map(|index| char::from(decimal.at(index))));
    if decimal.digits.len() > point || decimal.point < 0 {
        text.push('.');
        text.extend((decimal.point..0).map(|_| '0'));
        text.extend(decimal.digits.iter().skip(point).map(|digit| char::from(*digit)));
    }
    text
}

impl fmt::Display for Number {
    /// The text of [`Number::text`]; a rough power of two for numbers that are too long.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Some(text) => formatter.write_str(&text),
            None => {
                let magnitude = self.to_float().and_then(|float| float.magnitude()).unwrap_or(0);
                write!(formatter, "{}2^{magnitude}", if self.is_negative() { "-" } else { "" })
            }
        }
    }
}
