//! Bytes to tokens, one at a time. Cannot fail: what is wrong is for the reader to say.

/// What a run of bytes is. Words and numbers are taken whole, so that a wrong one is one error.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Comma,
    Colon,
    Equal,
    String,
    /// Text between apostrophes.
    Apostrophes,
    Number,
    Word,
    Other,
    End,
}

/// The token at `start` and its end; no token for a comment.
pub(super) fn scan(text: &[u8], start: usize) -> (Option<Token>, usize) {
    let rest = &text[start..];
    let while_in = |accept: fn(&u8) -> bool| start + rest.iter().take_while(|byte| accept(byte)).count();
    let Some(&first) = rest.first() else { return (Some(Token::End), start) };
    let one = |token| (Some(token), start + 1);
    match first {
        b'{' => one(Token::OpenBrace),
        b'}' => one(Token::CloseBrace),
        b'[' => one(Token::OpenBracket),
        b']' => one(Token::CloseBracket),
        b',' => one(Token::Comma),
        b':' => one(Token::Colon),
        b'=' => one(Token::Equal),
        b'"' => (Some(Token::String), start + string_end(rest)),
        b'\'' => match memchr::memchr2(b'\'', b'\n', &rest[1..]) {
            Some(length) if rest[length + 1] == b'\'' => (Some(Token::Apostrophes), start + length + 2),
            _ => one(Token::Other),
        },
        b'#' => (None, start + memchr::memchr(b'\n', rest).unwrap_or(rest.len())),
        b'/' if rest.starts_with(b"//") => (None, start + memchr::memchr(b'\n', rest).unwrap_or(rest.len())),
        b'/' if rest.starts_with(b"/*") => {
            let length = memchr::memmem::find(rest, b"*/").map_or(rest.len(), |length| length + 2);
            (None, start + length.max(2))
        }
        b'-' | b'+' | b'.' | b'0'..=b'9' => {
            (Some(Token::Number), while_in(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')))
        }
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
            (Some(Token::Word), while_in(|byte| byte.is_ascii_alphanumeric() || *byte == b'_'))
        }
        _ => {
            let chunk = rest[..rest.len().min(4)].utf8_chunks().next();
            let length = chunk.and_then(|chunk| chunk.valid().chars().next()).map_or(1, char::len_utf8);
            (Some(Token::Other), start + length)
        }
    }
}

/// The length of the string that `rest` begins with: up to its closing quote, or to the end of the line.
fn string_end(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            b'\\' if !matches!(rest.get(at + 1), None | Some(b'\n' | b'\r')) => at += 2,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
pub(super) fn is_number(text: &[u8]) -> bool {
    fn digits(text: &[u8]) -> Option<&[u8]> {
        let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (length > 0).then(|| &text[length..])
    }
    let whole = text.strip_prefix(b"-").unwrap_or(text);
    let Some(mut rest) = digits(whole) else { return false };
    if whole[0] == b'0' && whole.len() - rest.len() > 1 {
        return false;
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        let Some(after) = digits(fraction) else { return false };
        rest = after;
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let unsigned = match exponent {
            [b'+' | b'-', unsigned @ ..] => unsigned,
            _ => exponent,
        };
        let Some(after) = digits(unsigned) else { return false };
        rest = after;
    }
    rest.is_empty()
}

/// What to write instead of a number that is none.
pub(super) fn number_help(text: &str) -> &'static str {
    match text.as_bytes() {
        [b'+', ..] => "a number has no `+` in front",
        [b'.', ..] | [b'-', b'.', ..] => "write a digit before the `.`",
        [b'0', b'0'..=b'9', ..] | [b'-', b'0', b'0'..=b'9', ..] => "a number has no leading zeros",
        _ => "write it as `12`, `-1.5` or `2e3`",
    }
}
