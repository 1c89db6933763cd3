//! The values of numbers, durations and strings. Knows no tokens and no grammar.

use super::Version;
use super::lexer::hole_length;
use super::tree::Text;
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::go_string::unescape;

/// The value of a number literal: decimal, hexadecimal, octal with a leading zero, `inf` or `nan`. `None` where
/// Prometheus of that version rejects it.
pub(super) fn number(text: &str, version: Version) -> Option<f64> {
    // Most numbers have digits and a point, and none that could be octal.
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_decimal && (text.len() == 1 || !text.starts_with('0') || text.contains('.')) {
        return text.parse().ok().filter(|value: &f64| value.is_finite());
    }
    let lowered = text.to_ascii_lowercase();
    match lowered.as_str() {
        "inf" => return Some(f64::INFINITY),
        "nan" => return Some(f64::NAN),
        _ => {}
    }
    let has_separators = lowered.contains('_');
    if has_separators && (version < Version::V2_54 || !separators_are_placed_well(&lowered)) {
        return None;
    }
    let digits = lowered.replace('_', "");
    if let Some(hexadecimal) = digits.strip_prefix("0x") {
        return i64::from_str_radix(hexadecimal, 16).ok().map(|value| value as f64);
    }
    let octal = digits.len() > 1 && digits.starts_with('0');
    if octal && let Ok(value) = i64::from_str_radix(&digits, 8) {
        return Some(value as f64);
    }
    let numeric = digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'+' | b'-'));
    digits.parse().ok().filter(|value: &f64| numeric && value.is_finite())
}

/// Underscores stand between digits, or between the prefix `0x` and a digit.
fn separators_are_placed_well(text: &str) -> bool {
    let bytes = text.strip_prefix("0x").map_or_else(|| text.as_bytes(), |_| &text.as_bytes()[1..]);
    let is_hexadecimal = text.starts_with("0x");
    let is_digit = |at: usize| {
        bytes.get(at).is_some_and(|byte| byte.is_ascii_digit() || is_hexadecimal && byte.is_ascii_hexdigit())
            || is_hexadecimal && at == 0
    };
    (0..bytes.len()).all(|at| bytes[at] != b'_' || at > 0 && is_digit(at - 1) && is_digit(at + 1))
}

/// Units in the order in which they must stand, in milliseconds.
const UNITS: [(&str, i64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// The largest duration, which Prometheus counts in nanoseconds.
const MAX_MILLISECONDS: i64 = i64::MAX / 1_000_000;

/// The value of a duration such as `1h30m`, in seconds.
pub(super) fn duration(text: &str) -> Result<f64, String> {
    let (mut rest, mut total, mut allowed) = (text, 0_i64, &UNITS[..]);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest[digits..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let (count, unit) = (&rest[..digits], &rest[digits..digits + letters]);
        let Some(at) = allowed.iter().position(|(name, _)| *name == unit).filter(|_| digits > 0) else {
            return Err(explain(text, unit));
        };
        let milliseconds = count.parse::<i64>().ok().and_then(|count| count.checked_mul(allowed[at].1));
        total = milliseconds
            .and_then(|value| total.checked_add(value))
            .filter(|total| *total <= MAX_MILLISECONDS)
            .ok_or_else(|| format!("duration `{text}` is longer than 292 years"))?;
        allowed = &allowed[at + 1..];
        rest = &rest[digits + letters..];
    }
    Ok(total as f64 / 1000.0)
}

fn explain(text: &str, unit: &str) -> String {
    if text.contains('.') {
        return format!("`{text}` is not a duration: a duration has whole numbers only");
    }
    if UNITS.iter().any(|(name, _)| *name == unit) {
        return format!("`{text}` is not a duration: units go from large to small, each once");
    }
    format!("`{text}` is not a duration: units are `ms`, `s`, `m`, `h`, `d`, `w` and `y`")
}

/// Decodes the string literal `text` with its quotes, which starts at `start`.
pub(super) fn string(text: &str, start: u32) -> Result<Text, SyntaxError> {
    let span = Span::new(start, start + u32::try_from(text.len()).unwrap_or(u32::MAX - start));
    let quote = text.chars().next().unwrap_or('"');
    let body = text.get(1..text.len().saturating_sub(1)).unwrap_or("");
    if let Some(at) = body.find(char::REPLACEMENT_CHARACTER) {
        let place = offset(start, 1 + at..1 + at + char::REPLACEMENT_CHARACTER.len_utf8());
        return Err(SyntaxError::new(
            place,
            "string holds the replacement character U+FFFD, which stands for broken text",
        ));
    }
    let opaque = has_hole(body);
    if quote == '`' {
        return Ok(Text { value: body.to_owned(), span, opaque });
    }
    match unescape(body, quote) {
        Ok(bytes) => {
            let value =
                String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into());
            Ok(Text { value, span, opaque })
        }
        Err(_) if opaque => Ok(Text { value: body.to_owned(), span, opaque }),
        Err(error) => {
            let place = offset(start, 1 + error.start..1 + error.end);
            Err(SyntaxError::new(place, format!("{} in string", error.message))
                .help("double the backslash, or write the string between back-ticks, where a backslash is plain text"))
        }
    }
}

fn offset(start: u32, range: std::ops::Range<usize>) -> Span {
    Span::from(start as usize + range.start..start as usize + range.end)
}

/// Whether a template hole may be hidden in `body`. `$1` and a `$` at the end are common in regular expressions.
fn has_hole(body: &str) -> bool {
    memchr::memchr3_iter(b'$', b'[', b'{', body.as_bytes()).any(|at| hole_length(&body[at..]).is_some())
        || memchr::memchr_iter(b'%', body.as_bytes()).any(|at| hole_length(&body[at..]).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers() {
        let read = |text| number(text, Version::NEWEST);
        assert_eq!(read("0x1F"), Some(31.0));
        assert_eq!(read("017"), Some(15.0));
        assert_eq!(read("08"), Some(8.0));
        assert_eq!(read("1_000.5"), Some(1000.5));
        assert_eq!(read("0x_1F"), Some(31.0));
        assert_eq!(read("5."), Some(5.0));
        assert_eq!(read("iNF"), Some(f64::INFINITY));
        for bad in
            ["1__0", "_1", "1_", "1_.5", "0x", "0x1.8", "1e", "1e999", "0b1", "5x", "1.2.3", "0xffffffffffffffff"]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(number("1_000", Version::V2_42), None);
    }

    #[test]
    fn reads_durations() {
        assert_eq!(duration("1h30m"), Ok(5400.0));
        assert_eq!(duration("1y2w3d4h5m6s7ms"), Ok(33_019_506.007));
        assert_eq!(duration("0s"), Ok(0.0));
        for bad in ["5m1h", "1.5h", "5hs", "5", "1e5m", "1m1m", "300y", "99999999999999999999s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn blames_the_escape_in_a_string() {
        assert_eq!(string(r#""a\d""#, 10).map_err(|error| error.span), Err(Span::new(12, 14)));
        assert_eq!(string(r"`a\d`", 0).map(|text| text.value), Ok(r"a\d".to_owned()));
        assert!(string("\"a$x\"", 0).is_ok_and(|text| text.opaque));
        assert!(string("\"a|b$\"", 0).is_ok_and(|text| !text.opaque));
    }
}
