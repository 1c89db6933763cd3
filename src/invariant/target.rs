//! What an invariant is about: names and paths with wildcards. Most are plain, and those are compared without compiling
//! anything.

use std::sync::OnceLock;

use globset::{GlobBuilder, GlobMatcher};

/// A pattern of types, module paths or call sources.
#[derive(Debug)]
pub(super) enum Target {
    /// One of these.
    Names(Vec<String>),
    /// A path that is this or ends in it, at the start of a name.
    Ending(String),
    /// Anything else.
    Glob {
        /// The pattern.
        pattern: String,
        /// Whether `*` and `?` stay within one directory.
        is_path: bool,
        matcher: OnceLock<Option<GlobMatcher>>,
    },
}

impl Target {
    /// Reads `pattern`; in a path `*` and `?` stay within one directory, and a leading `**/` may stand for nothing.
    pub(super) fn new(pattern: &str, is_path: bool) -> Self {
        if let Some(ending) = pattern.strip_prefix("**/").filter(|rest| is_path && is_plain(rest)) {
            return Self::Ending(ending.to_owned());
        }
        match alternatives(pattern) {
            Some(names) => Self::Names(names),
            None => Self::Glob { pattern: pattern.to_owned(), is_path, matcher: OnceLock::new() },
        }
    }

    /// Whether `name` is meant.
    pub(super) fn is_match(&self, name: &str) -> bool {
        match self {
            Self::Names(names) => names.iter().any(|one| one == name),
            Self::Ending(ending) => {
                name.strip_suffix(&**ending).is_some_and(|before| before.is_empty() || before.ends_with('/'))
            }
            Self::Glob { pattern, is_path, matcher } => {
                let build = || {
                    let glob = GlobBuilder::new(pattern).literal_separator(*is_path).build().ok();
                    glob.map(|glob| glob.compile_matcher())
                };
                matcher.get_or_init(build).as_ref().is_some_and(|matcher| matcher.is_match(name))
            }
        }
    }
}

fn is_plain(pattern: &str) -> bool {
    !pattern.is_empty() && !pattern.contains(['*', '?', '[', ']', '{', '}', '\\', '!'])
}

/// The names of `a_{b,c}`, or the pattern itself where it is plain.
fn alternatives(pattern: &str) -> Option<Vec<String>> {
    if is_plain(pattern) {
        return Some(vec![pattern.to_owned()]);
    }
    let (before, rest) = pattern.split_once('{')?;
    let (inner, after) = rest.split_once('}')?;
    let is_plain = |part: &str| part.is_empty() || is_plain(part);
    let parts: Vec<&str> = inner.split(',').collect();
    let all = [before, after].into_iter().chain(parts.iter().copied());
    all.into_iter().all(is_plain).then(|| parts.iter().map(|part| format!("{before}{part}{after}")).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn expected(pattern: &str, is_path: bool, name: &str) -> bool {
        let glob =
            |pattern: &str| GlobBuilder::new(pattern).literal_separator(is_path).build().unwrap().compile_matcher();
        let without = pattern.strip_prefix("**/").filter(|_| is_path);
        glob(pattern).is_match(name) || without.is_some_and(|pattern| glob(pattern).is_match(name))
    }

    proptest! {
        #[test]
        fn agrees_with_the_crate(
            pattern in prop::sample::select(vec![
                "a", "a_b", "a_{b,c}", "{a,a_b}", "a_{b}", "a_*", "*", "**", "**/a", "**/a/b", "**/a*", "a/**", "a/*/b", "?",
                "a_[bc]", "./a", "{a,b}/{a,b}", "**/{a,b}",
            ]),
            is_path in any::<bool>(),
            name in "[abc_]{1,3}(/[abc_]{1,3}){0,2}",
        ) {
            prop_assert_eq!(Target::new(pattern, is_path).is_match(&name), expected(pattern, is_path, &name), "{}", pattern);
        }
    }
}
