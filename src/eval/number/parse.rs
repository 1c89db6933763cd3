//! Numbers from text, as Terraform reads its literals and converts strings: decimal digits with an optional sign, point
//! and exponent, where `p` gives a power of two, and `inf`.

use num_bigint::{BigInt, BigUint};
use num_traits::Num;

use super::float::Float;
use super::{LITERAL_PRECISION, Number};

/// Powers of five are computed with this many more bits than the number has.
const EXTRA_BITS: u32 = 64;

/// The largest power of five that a 64-bit integer holds.
const EXACT_POWER: u64 = 27;

impl Number {
    /// Reads a number; `None` where Terraform says that a number is required.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        if matches!(digits, "inf" | "Inf") {
            return Some(Self::infinity(negative));
        }
        if let Ok(small) = text.parse::<i64>()
            && small != 0
        {
            return Some(Self { precision: LITERAL_PRECISION, ..Self::from(small) });
        }
        let (mantissa, exponent) = match digits.find(['e', 'E', 'p', 'P']) {
            None => (digits, None),
            Some(at) => (&digits[..at], Some((digits.as_bytes()[at], &digits[at + 1..]))),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (ten, two) = match exponent {
            None => (Some(0), Some(0)),
            Some((letter, text)) => {
                let power = read_exponent(text)?;
                if letter.eq_ignore_ascii_case(&b'e') { (power, Some(0)) } else { (Some(0), power) }
            }
        };
        let mantissa = BigUint::from_str_radix(&all, 10).ok()?;
        if mantissa == BigUint::ZERO {
            return Some(Self::finite(Float { negative, ..Float::zero() }, LITERAL_PRECISION));
        }
        let five = ten?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let exponent = two?.checked_add(five)?;
        let value = Float::normal(negative, mantissa, exponent);
        let magnitude = value.magnitude()?;
        if magnitude > i64::from(i32::MAX) || magnitude < i64::from(i32::MIN) {
            return None;
        }
        let power = power_of_five(five.unsigned_abs(), LITERAL_PRECISION + EXTRA_BITS);
        let result = match (five, power) {
            (0, _) => value.round(LITERAL_PRECISION, false),
            (1.., Some(power)) => value.mul(&power, LITERAL_PRECISION),
            (1.., None) => return Some(Self::infinity(negative)),
            (_, Some(power)) => value.div(&power, LITERAL_PRECISION),
            (_, None) => Float { negative, ..Float::zero() },
        };
        Some(Self::finite(result, LITERAL_PRECISION))
    }

    /// Reads an integer of `base` as `parseint` does: digits, then lower case letters, then upper case ones, which
    /// are the same up to base 36. `None` where the text is no such integer. The base is from 2 to 62.
    pub fn parse_integer(text: &str, base: u32) -> Option<Self> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let values: Option<Vec<u8>> = digits.bytes().map(|byte| digit(byte, base)).collect();
        let values = values.filter(|values| !values.is_empty())?;
        let magnitude = if base <= 36 {
            BigUint::from_radix_be(&values, base)?
        } else {
            values.iter().fold(BigUint::ZERO, |sum, value| sum * base + *value)
        };
        let value = BigInt::from(magnitude);
        Some(Self::from_integer(&if negative { -value } else { value }))
    }
}

fn digit(byte: u8, base: u32) -> Option<u8> {
    let value = match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'z' => byte - b'a' + 10,
        b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
        b'A'..=b'Z' => byte - b'A' + 36,
        _ => return None,
    };
    (u32::from(value) < base).then_some(value)
}

/// The exponent after its letter: `None` when it is malformed, `Some(None)` when it is too large to hold.
fn read_exponent(text: &str) -> Option<Option<i64>> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())
}

/// `5^power` with the rounding of Terraform's number library, which above `5^248` is not always the nearest number.
/// `None` when it is infinite.
fn power_of_five(power: u64, precision: u32) -> Option<Float> {
    let integer = |value: u64| Float::from_integer(&BigInt::from(value));
    if power <= EXACT_POWER {
        return Some(integer(5u64.pow(u32::try_from(power).unwrap_or(0))));
    }
    let mut result = integer(5u64.pow(27));
    let mut rest = power - EXACT_POWER;
    let mut factor = integer(5);
    while rest > 0 {
        if rest & 1 != 0 {
            result = bounded(result.mul(&factor, precision))?;
        }
        rest >>= 1;
        if rest > 0 {
            factor = bounded(factor.mul(&factor, precision + EXTRA_BITS))?;
        }
    }
    Some(result)
}

fn bounded(value: Float) -> Option<Float> {
    let finite = value.magnitude().is_none_or(|magnitude| magnitude <= i64::from(i32::MAX));
    finite.then_some(value)
}
