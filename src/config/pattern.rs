//! Patterns: paths, names with wildcards and regular expressions. Compiled when the configuration is read.

use std::sync::{LazyLock, Mutex, PoisonError};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::{Regex, RegexBuilder};

use super::located::Located;
use super::text::{Mistake, Text};

/// A path pattern, relative to the directory of the configuration: `*` and `?` stay within one directory, `**` crosses
/// them, and what names a directory covers everything in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PathGlob(pub String);

impl PathGlob {
    /// The patterns for the thing itself and for everything in it.
    fn globs(&self) -> impl Iterator<Item = Result<globset::Glob, globset::Error>> + use<> {
        let path = self.0.trim_start_matches("./").trim_end_matches('/').to_owned();
        let inside = format!("{path}/**");
        [path, inside].into_iter().map(|text| GlobBuilder::new(&text).literal_separator(true).build())
    }
}

impl Text for PathGlob {
    const EXPECTED: &'static str = "a path pattern";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        if text.trim().is_empty() {
            return Err(Mistake::new("this must not be empty"));
        }
        if text.starts_with('/') || text.split('/').any(|part| part == "..") {
            return Err(Mistake::new(format!("`{text}` cannot match"))
                .help("paths are relative to the directory of this file and below it"));
        }
        let glob = Self(text.to_owned());
        let mistake = |error: globset::Error| Mistake::new(format!("`{text}` is not a path pattern: {}", error.kind()));
        glob.globs().try_for_each(|built| built.map(drop)).map_err(mistake)?;
        Ok(glob)
    }
}

/// Several path patterns, compiled together.
#[derive(Clone, Debug)]
pub struct PathSet(GlobSet);

impl PathSet {
    /// Compiles the patterns.
    #[must_use]
    pub fn new(patterns: &[Located<PathGlob>]) -> Self {
        let mut builder = GlobSetBuilder::new();
        for glob in patterns.iter().flat_map(|pattern| pattern.globs()).flatten() {
            builder.add(glob);
        }
        Self(builder.build().unwrap_or_else(|_| GlobSet::empty()))
    }

    /// Whether there are none, so that nothing matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them matches `path`, which is relative to the directory of the configuration and written with
    /// slashes.
    #[must_use]
    pub fn is_match(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}

/// A name with wildcards: `*` is any run of characters, `?` any one, everything else itself. So `[` in a resource
/// address needs no escape.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wildcard(pub String);

impl Wildcard {
    /// Whether the whole of `name` fits.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let (pattern, name): (Vec<char>, Vec<char>) = (self.0.chars().collect(), name.chars().collect());
        let (mut p, mut n) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while n < name.len() {
            match pattern.get(p) {
                Some('*') => {
                    retry = Some((p, n));
                    p += 1;
                }
                Some(&letter) if letter == '?' || letter == name[n] => (p, n) = (p + 1, n + 1),
                _ => match &mut retry {
                    Some((star, taken)) => {
                        *taken += 1;
                        (p, n) = (*star + 1, *taken);
                    }
                    None => return false,
                },
            }
        }
        pattern[p..].iter().all(|letter| *letter == '*')
    }
}

impl Text for Wildcard {
    const EXPECTED: &'static str = "a name pattern";

    fn parse(text: &str, lints: &[&str]) -> Result<Self, Mistake> {
        String::parse(text, lints).map(Self)
    }
}

/// A regular expression. Equal when the texts are. `\d`, `\w`, `\s` and `\b` know ASCII only, where the rest allows it:
/// nobody writes versions in other digits, and those of all scripts would make the expression large.
#[derive(Clone, Debug)]
pub struct Pattern(Option<Regex>);

/// A `v`, two numbers and perhaps a third.
const VERSION: &str = r"v\d+\.\d+(\.\d+)?";

impl Pattern {
    /// How a version looks in a comment unless the configuration says otherwise.
    pub(super) const fn of_versions() -> Self {
        Self(None)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref().map_or(VERSION, Regex::as_str)
    }

    /// The compiled expression.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the pattern is a constant")]
    pub fn regex(&self) -> &Regex {
        static OF_VERSIONS: LazyLock<Regex> = LazyLock::new(|| compile(VERSION).expect("the pattern is valid"));
        self.0.as_ref().unwrap_or(&OF_VERSIONS)
    }
}

/// A configuration is read twice, before and after the files have numbers.
fn compile(text: &str) -> Result<Regex, regex::Error> {
    static LAST: Mutex<Option<Regex>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = last.as_ref().filter(|known| known.as_str() == text) {
        return Ok(known.clone());
    }
    let made = RegexBuilder::new(text).unicode(false).build().or_else(|_| Regex::new(text))?;
    *last = Some(made.clone());
    Ok(made)
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Text for Pattern {
    const EXPECTED: &'static str = "a regular expression";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        match compile(text) {
            Ok(regex) if !regex.is_match("") => Ok(Self(Some(regex))),
            Ok(_) => Err(Mistake::new(format!("`{text}` matches the empty text")).help("it would match every comment")),
            Err(error) => {
                let explained = error.to_string();
                let reason = explained.lines().last().unwrap_or("").trim_start_matches("error: ");
                Err(Mistake::new(format!("`{text}` is not a regular expression: {reason}"))
                    .help("in quotes a backslash is written twice: \"v\\\\d+\""))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(patterns: &[&str]) -> PathSet {
        let globs: Vec<_> = patterns.iter().map(|text| Located::default(PathGlob::parse(text, &[]).unwrap())).collect();
        PathSet::new(&globs)
    }

    #[test]
    fn path_patterns_cover_what_is_inside() {
        assert!(set(&["legacy"]).is_match("legacy/a/main.tf"));
        assert!(set(&["./legacy/"]).is_match("legacy/main.tf"));
        assert!(set(&["legacy/**"]).is_match("legacy/a/main.tf"));
        assert!(set(&["**/.terraform/**"]).is_match("modules/vm/.terraform/x.tf"));
        assert!(set(&["*.tf"]).is_match("main.tf"));
        assert!(!set(&["*.tf"]).is_match("modules/main.tf"));
        assert!(!set(&["legacy"]).is_match("modules/legacy.tf"));
        assert!(!set(&[]).is_match("main.tf"));
    }

    #[test]
    fn path_patterns_that_cannot_match_are_refused() {
        for text in ["", "/etc/**", "../other", "a/../b", "a[", "{a"] {
            assert!(PathGlob::parse(text, &[]).is_err(), "{text}");
        }
    }

    #[test]
    fn wildcards() {
        let fits = |pattern: &str, name: &str| Wildcard(pattern.to_owned()).matches(name);
        assert!(fits("pve_*", "pve_up"));
        assert!(fits("*backup*", "homelab_backup_age"));
        assert!(fits("up", "up"));
        assert!(fits("module.vm[\"*\"].x", "module.vm[\"web\"].x"));
        assert!(fits("a?c*", "abc"));
        assert!(!fits("up", "upper"));
        assert!(!fits("a*b", "ac"));
        assert!(!fits("", "a"));
    }

    proptest! {
        #[test]
        fn wildcards_agree_with_regular_expressions(pattern in "[ab*?]{0,6}", name in "[ab]{0,8}") {
            let expression = format!("^{}$", pattern.replace('*', ".*").replace('?', "."));
            let expected = Regex::new(&expression).unwrap().is_match(&name);
            prop_assert_eq!(Wildcard(pattern).matches(&name), expected);
        }
    }
}
