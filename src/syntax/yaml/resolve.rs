//! What a plain (unquoted) scalar stands for, by the rules of `yaml.v3`
//! (<https://github.com/go-yaml/yaml/blob/v3.0.1/resolve.go>): YAML 1.2 plus a few habits of 1.1.

/// The type of a plain scalar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plain {
    /// Nothing, `~`, `null`.
    Null,
    /// `true`, `false`. `yes` and `on` are text.
    Bool(bool),
    /// A whole number, also `0x1f`, `0o17`, `017`, `0b1`, `1_000`.
    Int(i64),
    /// Any other number, also one too large for 64 bits, `.inf`, `.nan`.
    Float(f64),
    /// `<<`.
    Merge,
    /// Anything else.
    Text,
}

/// Resolves the text of a plain scalar.
pub(super) fn resolve(text: &str) -> Plain {
    match text {
        _ if is_null(text) => Plain::Null,
        "true" | "True" | "TRUE" => Plain::Bool(true),
        "false" | "False" | "FALSE" => Plain::Bool(false),
        "<<" => Plain::Merge,
        ".nan" | ".NaN" | ".NAN" => Plain::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Plain::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Plain::Float(f64::NEG_INFINITY),
        _ if text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) => number(text),
        _ => Plain::Text,
    }
}

/// Whether the text of a plain scalar stands for nothing.
pub(super) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn number(text: &str) -> Plain {
    let digits: std::borrow::Cow<'_, str> = if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    if let Some(int) = integer(&digits) {
        return Plain::Int(int);
    }
    let is_decimal =
        digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    match digits.parse() {
        Ok(float) if is_decimal => Plain::Float(float),
        _ => Plain::Text,
    }
}

fn integer(digits: &str) -> Option<i64> {
    let (negative, magnitude) = match digits.as_bytes().first()? {
        b'-' => (true, &digits[1..]),
        b'+' => (false, &digits[1..]),
        _ => (false, digits),
    };
    let (radix, body) = match magnitude.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &magnitude[2..]),
        [b'0', b'o' | b'O', ..] => (8, &magnitude[2..]),
        [b'0', b'b' | b'B', ..] => (2, &magnitude[2..]),
        [b'0', _, ..] => (8, &magnitude[1..]),
        _ => (10, magnitude),
    };
    if body.starts_with(['+', '-']) {
        return None;
    }
    let value = i128::from(u64::from_str_radix(body, radix).ok()?);
    i64::try_from(if negative { -value } else { value }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_as_yaml_v3() {
        for (text, expected) in [
            ("~", Plain::Null),
            ("", Plain::Null),
            ("nULL", Plain::Text),
            ("True", Plain::Bool(true)),
            ("yes", Plain::Text),
            ("10", Plain::Int(10)),
            ("-0x1F", Plain::Int(-31)),
            ("017", Plain::Int(15)),
            ("1_000", Plain::Int(1000)),
            ("08", Plain::Float(8.0)),
            ("1e3", Plain::Float(1000.0)),
            (".5", Plain::Float(0.5)),
            ("1.5m", Plain::Text),
            ("5m", Plain::Text),
            ("+-1", Plain::Text),
            ("-", Plain::Text),
            ("9223372036854775808", Plain::Float(9_223_372_036_854_775_808.0)),
            ("<<", Plain::Merge),
        ] {
            assert_eq!(resolve(text), expected, "{text:?}");
            assert_eq!(is_null(text), expected == Plain::Null, "{text:?}");
        }
    }
}
