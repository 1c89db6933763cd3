//! Regular expressions of relabelling rules and Alertmanager matchers, as far as the `regex` crate reads them as RE2
//! does. Where it may not, the answer is "not known", never a wrong one.

use std::sync::{Arc, OnceLock};

use regex::bytes::{Regex, RegexBuilder};

/// An expression that has to match the whole text.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The text of one that the crate reads as RE2 does.
    text: Option<Arc<str>>,
    /// Built when it is first asked.
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Compiles `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        // `\C`, `\Q`, octal escapes are RE2 alone; set operations and nested classes are the crate's alone.
        let is_common = text.is_ascii()
            && !["[[", "&&", "--", "~~", r"\C", r"\Q", r"\z", r"\pN"].iter().any(|part| text.contains(part));
        Self { text: is_common.then(|| Arc::from(text)), regex: OnceLock::new() }
    }

    /// One of which nothing is known.
    #[must_use]
    pub const fn unknown() -> Self {
        Self { text: None, regex: OnceLock::new() }
    }

    /// Of bytes: only ASCII is asked about, and to know all other letters takes long to build.
    fn regex(&self) -> Option<&Regex> {
        let build = || RegexBuilder::new(&format!("^(?s:{})$", self.text.as_ref()?)).unicode(false).build().ok();
        self.regex.get_or_init(build).as_ref()
    }

    /// Whether the whole of `text` matches; nothing where that is not known. Classes such as `\w` mean other letters in
    /// RE2, so only ASCII text is judged.
    #[must_use]
    pub fn matches(&self, text: &str) -> Option<bool> {
        if !text.is_ascii() {
            return None;
        }
        match self.text.as_deref()? {
            // Also `a|b`.
            plain if plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-/:, |".contains(&byte)) => {
                Some(plain.split('|').any(|one| one == text))
            }
            _ => Some(self.regex()?.is_match(text.as_bytes())),
        }
    }

    /// What `replacement` becomes with the groups of the match; an inner `None` where the text does not match.
    #[must_use]
    pub fn expand(&self, text: &str, replacement: &str) -> Option<Option<String>> {
        let regex = self.regex().filter(|_| text.is_ascii())?;
        let Some(captures) = regex.captures(text.as_bytes()) else { return Some(None) };
        let mut expanded = Vec::new();
        captures.expand(replacement.as_bytes(), &mut expanded);
        String::from_utf8(expanded).ok().map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_are_of_the_whole_text() {
        let pattern = Pattern::new("node|pve.*");
        for (text, is_match) in [("node", true), ("nodes", false), ("pve1", true), ("a pve", false)] {
            assert_eq!(pattern.matches(text), Some(is_match), "{text}");
        }
        assert_eq!(Pattern::new("(.+):.*").expand("host:9100", "$1"), Some(Some("host".to_owned())));
        assert_eq!(Pattern::new("(.+):.*").expand("host", "$1"), Some(None));
    }

    #[test]
    fn what_re2_reads_otherwise_is_not_known() {
        for text in [r"\Qa.b\E", "[[:alpha:]]", "é+", "[a&&b]", "("] {
            assert_eq!(Pattern::new(text).matches("a"), None, "{text}");
        }
        assert_eq!(Pattern::new(r"\w+").matches("é"), None);
    }
}
