//! Version numbers in comments.

use regex::Regex;

use crate::source::Span;

/// The places in `text` (which begins at `offset` of its file) that `pattern` matches, such as `v0.7.2`.
pub fn versions_in<'t>(pattern: &'t Regex, text: &'t str, offset: u32) -> impl Iterator<Item = (&'t str, Span)> + 't {
    pattern.find_iter(text).map(move |found| {
        let start = offset + u32::try_from(found.start()).unwrap_or(0);
        (found.as_str(), Span::new(start, start + u32::try_from(found.len()).unwrap_or(0)))
    })
}
