//! Go's string escapes, which PromQL and Go templates share (<https://go.dev/ref/spec#String_literals>).
//! Knows nothing of the languages around the string.

/// Why a quoted text is not a Go string, with the range of the faulty escape in bytes from the start of the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EscapeError {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) message: String,
}

/// Decodes `body`, the text between two `quote` characters. The result is bytes, for `\xff` may name any byte.
pub(super) fn unescape(body: &str, quote: char) -> Result<Vec<u8>, EscapeError> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let start = body.len() - rest.len() + at;
        let (decoded, length) = unescape_one(&rest[at + 1..], quote).map_err(|(length, message)| EscapeError {
            start,
            end: start + 1 + length,
            message,
        })?;
        match decoded {
            Decoded::Byte(byte) => bytes.push(byte),
            Decoded::Scalar(scalar) => bytes.extend_from_slice(scalar.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = &rest[at + 1 + length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

enum Decoded {
    Byte(u8),
    Scalar(char),
}

/// Decodes what follows a backslash: the value and the number of bytes it takes, or the bytes to blame and why.
fn unescape_one(rest: &str, quote: char) -> Result<(Decoded, usize), (usize, String)> {
    let Some(letter) = rest.chars().next() else {
        return Err((0, "escape sequence is not finished".into()));
    };
    let simple = match letter {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' => b'\\',
        'x' => return number(rest, 1, 2, 16),
        'u' => return number(rest, 1, 4, 16),
        'U' => return number(rest, 1, 8, 16),
        '0'..='7' => return number(rest, 0, 3, 8),
        other if other == quote && other.is_ascii() => other as u8,
        other => return Err((other.len_utf8(), format!("unknown escape sequence `\\{}`", other.escape_default()))),
    };
    Ok((Decoded::Byte(simple), 1))
}

fn number(rest: &str, skipped: usize, digits: usize, radix: u32) -> Result<(Decoded, usize), (usize, String)> {
    let end = skipped + digits;
    let good = rest.bytes().skip(skipped).take(digits).take_while(|byte| char::from(*byte).is_digit(radix)).count();
    if good < digits {
        return Err((skipped + good, format!("escape sequence needs {digits} digits")));
    }
    let value = u32::from_str_radix(&rest[skipped..end], radix).unwrap_or(u32::MAX);
    if digits < 4 {
        return match u8::try_from(value) {
            Ok(byte) => Ok((Decoded::Byte(byte), end)),
            Err(_) => Err((end, "escape sequence is larger than one byte".into())),
        };
    }
    match char::from_u32(value) {
        Some(scalar) => Ok((Decoded::Scalar(scalar), end)),
        None => Err((end, "escape sequence is not a Unicode character".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> String {
        String::from_utf8(unescape(body, '"').expect("valid escapes")).expect("valid UTF-8")
    }

    #[test]
    fn decodes_every_kind() {
        assert_eq!(text(r#"a\n\t\\\"\x41\101\u00e9\U0001F600z"#), "a\n\t\\\"AA\u{e9}\u{1F600}z");
        assert_eq!(unescape(r"\xff", '"'), Ok(vec![0xff]));
        assert_eq!(unescape(r"\'", '\''), Ok(vec![b'\'']));
    }

    #[test]
    fn blames_the_escape() {
        let blamed = |body: &str| unescape(body, '"').map_err(|error| (error.start, error.end));
        assert_eq!(blamed(r"ab\d+"), Err((2, 4)));
        assert_eq!(blamed(r"\'"), Err((0, 2)));
        assert_eq!(blamed(r"\400"), Err((0, 4)));
        assert_eq!(blamed(r"\ud800"), Err((0, 6)));
        assert_eq!(blamed(r"x\x4"), Err((1, 4)));
        assert_eq!(blamed("\\\u{e9}"), Err((0, 3)));
        assert_eq!(blamed("\\"), Err((0, 1)));
    }
}
