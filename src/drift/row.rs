//! A row before it is written down: its texts shortened, its fingerprint taken. Knows masked values only.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::mask::Masker;
use super::scan::{Cause, Change, ChangeKind, Flags};

/// Longer values are cut, in characters.
const LONGEST: usize = 160;

/// How much is kept before the first character that differs.
const LEAD: usize = 30;

/// One attribute that differs, with masked values.
#[derive(Debug)]
pub(super) struct Row<'p> {
    pub(super) path: &'p str,
    pub(super) expected: Value,
    pub(super) actual: Value,
    pub(super) kind: ChangeKind,
    pub(super) cause: Cause,
    pub(super) flags: Flags,
}

impl Row<'_> {
    pub(super) fn into_change(self, address: &str, masker: &Masker) -> Change {
        let (address, path) = (masker.text(address), masker.text(self.path));
        let (expected, actual) = (self.expected.to_string(), self.actual.to_string());
        let fingerprint = fingerprint([&address, &path, &expected, &actual]);
        let (expected, actual) = shorten(&expected, &actual);
        Change {
            address,
            path,
            expected,
            actual,
            kind: self.kind,
            cause: self.cause,
            flags: self.flags,
            ignored_by: None,
            fingerprint,
        }
    }
}

/// 32 hexadecimal digits over the parts, which cannot run into each other.
fn fingerprint(parts: [&str; 4]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing to a String cannot fail
        text
    })
}

/// Cuts two long texts around the first character that differs, so that the difference is seen.
fn shorten(left: &str, right: &str) -> (String, String) {
    if left.chars().nth(LONGEST).is_none() && right.chars().nth(LONGEST).is_none() {
        return (left.to_owned(), right.to_owned());
    }
    let same = left.chars().zip(right.chars()).take_while(|(left, right)| left == right).count();
    let start = if same > LONGEST / 2 { same - LEAD } else { 0 };
    (cut(left, start), cut(right, start))
}

fn cut(text: &str, start: usize) -> String {
    if text.chars().nth(LONGEST).is_none() {
        return text.to_owned();
    }
    let total = text.chars().count();
    let kept: String = text.chars().skip(start).take(LONGEST).collect();
    let (lead, tail) = (if start > 0 { "…" } else { "" }, if start + LONGEST < total { "…" } else { "" });
    format!("{lead}{kept}{tail} ({total} characters)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_values_stay() {
        assert_eq!(shorten("\"a\"", "null"), ("\"a\"".to_owned(), "null".to_owned()));
    }

    #[test]
    fn long_values_show_where_they_differ() {
        let (left, right) = (format!("{}ONE{}", "x".repeat(500), "y".repeat(500)), format!("{}TWO", "x".repeat(500)));
        let (left, right) = shorten(&left, &right);
        assert!(
            left.starts_with("…xxx") && left.contains("xONEyy") && left.ends_with("y… (1003 characters)"),
            "{left}"
        );
        assert!(right.ends_with("xTWO (503 characters)"), "{right}");
        let (left, right) = shorten(&"é".repeat(1000), "short");
        assert_eq!(left, format!("{}… (1000 characters)", "é".repeat(LONGEST)));
        assert_eq!(right, "short");
    }

    #[test]
    fn fingerprints_tell_parts_apart() {
        let one = fingerprint(["a", "b", "c", "d"]);
        assert!(one.len() == 32 && one.chars().all(|c| c.is_ascii_hexdigit()), "{one}");
        assert_eq!(one, fingerprint(["a", "b", "c", "d"]));
        assert_ne!(one, fingerprint(["ab", "", "c", "d"]));
    }
}
