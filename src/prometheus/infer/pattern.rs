//! Which label values a matcher lets pass. Knows no label sets.

use std::cell::OnceCell;

use regex::Regex;

use crate::syntax::promql::{MatchOperator, Matcher};

/// The test of one matcher on values that are not empty.
pub(super) struct Pattern<'a> {
    negated: bool,
    test: Test<'a>,
}

enum Test<'a> {
    /// One of these texts.
    Words(Vec<&'a str>),
    /// Compiled when it is first asked: most values are not known, and compiling takes long. Nothing where only RE2 can
    /// read it.
    Regex(&'a str, OnceCell<Option<Regex>>),
    /// A template hole.
    Unknown,
}

impl<'a> Pattern<'a> {
    pub(super) fn of(matcher: &'a Matcher) -> Self {
        let negated = matches!(matcher.operator, MatchOperator::NotEqual | MatchOperator::MatchesNot);
        let is_regex = matches!(matcher.operator, MatchOperator::Matches | MatchOperator::MatchesNot);
        let value = matcher.value.value.as_str();
        let test = if matcher.value.opaque {
            Test::Unknown
        } else if !is_regex {
            Test::Words(vec![value])
        } else if let Some(words) = alternatives(value) {
            Test::Words(words)
        } else {
            Test::Regex(value, OnceCell::new())
        };
        Self { negated, test }
    }

    /// Whether `value` passes, where that is known.
    pub(super) fn passes(&self, value: &str) -> Option<bool> {
        let fits = match &self.test {
            Test::Words(words) => words.contains(&value),
            // Prometheus 3 lets `.` match line breaks; no value of a closed set has one.
            Test::Regex(pattern, compiled) => {
                compiled.get_or_init(|| Regex::new(&format!("^(?:{pattern})$")).ok()).as_ref()?.is_match(value)
            }
            Test::Unknown => return None,
        };
        Some(fits != self.negated)
    }

    /// The only values that can pass, where there are few of them.
    pub(super) fn words(&self) -> Option<&[&'a str]> {
        match &self.test {
            Test::Words(words) if !self.negated => Some(words),
            _ => None,
        }
    }
}

/// The words of `a|b|c`, also in parentheses, where no other sign of a regular expression is in it.
pub(super) fn alternatives(pattern: &str) -> Option<Vec<&str>> {
    let bare = pattern.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(pattern);
    let bare = bare.strip_prefix("?:").unwrap_or(bare);
    let is_plain =
        |byte: u8| !matches!(byte, b'\\' | b'.' | b'*' | b'+' | b'?' | b'(' | b')' | b'[' | b'{' | b'^' | b'$');
    bare.bytes().all(is_plain).then(|| bare.split('|').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_alternatives() {
        assert_eq!(alternatives("a|b"), Some(vec!["a", "b"]));
        assert_eq!(alternatives("(?:a|b)"), Some(vec!["a", "b"]));
        assert_eq!(alternatives("a|"), Some(vec!["a", ""]));
        assert_eq!(alternatives("a.*|b"), None);
        assert_eq!(alternatives("(a)|(b)"), None);
    }
}
