//! `pow`, `log` and `signum`, which Terraform computes with doubles and with the algorithms of its own library: powers
//! by repeated squaring of the mantissa, logarithms by the polynomial of FreeBSD's libm. `f64::powf` would differ in
//! the last digits.

use super::Number;

impl Number {
    /// This number to the power of `exponent`. `None` where Terraform fails: fractional powers of negative numbers and
    /// operands too large for a double.
    ///
    /// For exponents with a fraction (but 0.5) the last digits depend on Terraform's processor: see
    /// [`Self::power_is_exact`].
    pub fn pow(&self, exponent: &Self) -> Option<Self> {
        Self::from_f64(power(self.to_f64()?, exponent.to_f64()?))
    }

    /// Whether powers with this exponent are the same on every machine.
    pub fn power_is_exact(exponent: &Self) -> bool {
        exponent.is_integer() || exponent.is_infinite() || exponent.to_f64().is_some_and(|value| value.abs() == 0.5)
    }

    /// The logarithm of this number to `base`. `None` where Terraform fails: the result is not a number, or an operand
    /// is too large for a double.
    pub fn log(&self, base: &Self) -> Option<Self> {
        Self::from_f64(logarithm(self.to_f64()?) / logarithm(base.to_f64()?))
    }

    /// -1, 0 or 1. `None` for what is not a 64-bit integer, where Terraform fails.
    pub fn signum(&self) -> Option<Self> {
        self.to_i64().map(|value| Self::from(value.signum()))
    }
}

/// The exponent of two beyond which the result over- or underflows anyway.
const FAR: i64 = 1 << 12;

fn power(base: f64, exponent: f64) -> f64 {
    if exponent == 0.0 || base == 1.0 {
        return 1.0;
    }
    if base == 0.0 || base.is_infinite() || exponent.is_infinite() || exponent == 1.0 {
        return base.powf(exponent);
    }
    if exponent == 0.5 {
        return base.sqrt();
    }
    if exponent == -0.5 {
        return 1.0 / base.sqrt();
    }
    let (mut whole, mut fraction) = (exponent.abs().trunc(), exponent.abs().fract());
    if fraction != 0.0 && base < 0.0 {
        return f64::NAN;
    }
    if whole >= 9.223_372_036_854_776e18 {
        return match base {
            -1.0 => 1.0,
            _ if (base.abs() < 1.0) == (exponent > 0.0) => 0.0,
            _ => f64::INFINITY,
        };
    }
    let mut result = 1.0;
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        result = (fraction * logarithm(base)).exp();
    }
    let (mut factor, mut factor_exponent) = split(base);
    let mut result_exponent = 0i64;
    let mut rest = whole as i64;
    while rest != 0 {
        if factor_exponent.abs() > FAR {
            result_exponent += factor_exponent;
            break;
        }
        if rest & 1 == 1 {
            result *= factor;
            result_exponent += factor_exponent;
        }
        factor *= factor;
        factor_exponent <<= 1;
        if factor < 0.5 {
            factor += factor;
            factor_exponent -= 1;
        }
        rest >>= 1;
    }
    if exponent < 0.0 {
        result = 1.0 / result;
        result_exponent = -result_exponent;
    }
    scale(result, result_exponent)
}

fn logarithm(value: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const ODD: [f64; 4] =
        [6.666_666_666_666_735e-1, 2.857_142_874_366_239e-1, 1.818_357_216_161_805e-1, 1.479_819_860_511_658_6e-1];
    const EVEN: [f64; 3] = [3.999_999_999_940_942e-1, 2.222_219_843_214_978_4e-1, 1.531_383_769_920_937_3e-1];

    if value.is_nan() || value < 0.0 {
        return f64::NAN;
    }
    if value == 0.0 {
        return f64::NEG_INFINITY;
    }
    if value.is_infinite() {
        return value;
    }
    // Terraform's logarithm takes subnormal numbers for 2^-1023 and a little.
    let (mut mantissa, mut exponent) = split(if value < f64::MIN_POSITIVE { value + f64::MIN_POSITIVE } else { value });
    if value < f64::MIN_POSITIVE {
        exponent -= 1;
    }
    if mantissa < std::f64::consts::FRAC_1_SQRT_2 {
        mantissa *= 2.0;
        exponent -= 1;
    }
    let (f, k) = (mantissa - 1.0, exponent as f64);
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let odd = s2 * (ODD[0] + s4 * (ODD[1] + s4 * (ODD[2] + s4 * ODD[3])));
    let even = s4 * (EVEN[0] + s4 * (EVEN[1] + s4 * EVEN[2]));
    let half_square = 0.5 * f * f;
    k * LN2_HIGH - ((half_square - (s * (half_square + (odd + even)) + k * LN2_LOW)) - f)
}

/// A mantissa from one half to below one (negative for negative numbers) and its exponent.
fn split(value: f64) -> (f64, i64) {
    let (value, shift) = if value.abs() < f64::MIN_POSITIVE { (value * 2f64.powi(52), -52) } else { (value, 0) };
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff).cast_signed() - 1022;
    let mantissa = f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52);
    (mantissa, exponent + shift)
}

/// `value * 2^exponent`, rounded once.
fn scale(value: f64, exponent: i64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let (mantissa, own) = split(value);
    match own + exponent {
        1025.. => f64::INFINITY.copysign(value),
        ..-1075 => 0f64.copysign(value),
        // The first product is exact, the second one rounds.
        total @ ..-1021 => mantissa * 2f64.powi(i32::try_from(total + 60).unwrap_or(0)) * 2f64.powi(-60),
        total => mantissa * 2.0 * 2f64.powi(i32::try_from(total - 1).unwrap_or(0)),
    }
}
