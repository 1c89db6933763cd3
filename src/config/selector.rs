//! Naming lints: by id (`terraform/unused-declaration`) or by area (`terraform`).

use super::text::{Mistake, Text};
use crate::suggest;

/// The area of the invariants that users write. Their names are not known while the configuration is read.
pub const INVARIANT_AREA: &str = "invariant";

/// One lint, or all of an area.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Selector(String);

impl Selector {
    /// Reads a lint id or an area; `lints` are the ids of all bundled lints.
    ///
    /// # Errors
    /// When there is no such lint or area; the mistake names the nearest.
    pub fn new(text: &str, lints: &[&str]) -> Result<Self, Mistake> {
        Self::parse(text, lints).map_err(|mistake| match Self::advice(text, lints) {
            Some(help) => mistake.help(help),
            None => mistake,
        })
    }

    /// The lint or area that a word which names none was probably meant for.
    #[must_use]
    pub fn nearest<'a>(text: &str, lints: &'a [&'a str]) -> Option<&'a str> {
        nearest(text, lints)
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names a single lint.
    #[must_use]
    pub fn is_lint(&self) -> bool {
        self.0.contains('/')
    }

    /// Whether it names the lint `id` or its area.
    #[must_use]
    pub fn covers(&self, id: &str) -> bool {
        id.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || (rest.starts_with('/') && !self.is_lint()))
    }
}

fn area(id: &str) -> &str {
    id.split('/').next().unwrap_or(id)
}

fn areas<'a>(lints: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    std::iter::once(INVARIANT_AREA).chain(lints.iter().map(|id| area(id)))
}

/// A lint's name without its area, the nearest id, or the nearest area.
fn nearest<'a>(text: &str, lints: &'a [&'a str]) -> Option<&'a str> {
    let name = text.rsplit('/').next().unwrap_or(text);
    let same_name = lints.iter().copied().find(|id| id.split('/').nth(1) == Some(name));
    let by_name = || {
        let name = suggest::closest(name, lints.iter().filter_map(|id| id.split('/').nth(1)))?;
        lints.iter().copied().find(|id| id.split('/').nth(1) == Some(name))
    };
    if text.contains('/') {
        same_name.or_else(|| suggest::closest(text, lints.iter().copied()))
    } else {
        same_name.or_else(|| suggest::closest(text, areas(lints))).or_else(by_name)
    }
}

impl Text for Selector {
    const EXPECTED: &'static str = "a lint id";

    fn parse(text: &str, lints: &[&str]) -> Result<Self, Mistake> {
        let is_invariant = text.split_once('/').is_some_and(|(area, name)| area == INVARIANT_AREA && !name.is_empty());
        if lints.contains(&text) || is_invariant || areas(lints).any(|area| area == text) {
            return Ok(Self(text.to_owned()));
        }
        let what = if text.contains('/') { "lint" } else { "lint or area" };
        Err(Mistake::new(format!("unknown {what} `{text}`")))
    }

    fn advice(text: &str, lints: &[&str]) -> Option<String> {
        Some(match nearest(text, lints) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`sprag lints` lists all ids; an area is the part before the slash".to_owned(),
        })
    }
}

/// The id of a single lint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LintName(pub String);

impl Text for LintName {
    const EXPECTED: &'static str = "a lint id";

    fn parse(text: &str, lints: &[&str]) -> Result<Self, Mistake> {
        let selector = Selector::parse(text, lints)?;
        if selector.is_lint() {
            return Ok(Self(selector.0));
        }
        Err(Mistake::new(format!("`{text}` is an area")).help("name one lint, such as \"proxmox/snippet-datastore\""))
    }

    fn advice(text: &str, lints: &[&str]) -> Option<String> {
        Selector::advice(text, lints)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINTS: [&str; 3] = ["terraform/unused-declaration", "promql/unknown-label", "proxmox/unsorted-tags"];

    fn help(text: &str) -> Option<String> {
        Selector::new(text, &LINTS).err().and_then(|mistake| mistake.help)
    }

    #[test]
    fn names_lints_and_areas() {
        for text in ["terraform", "promql/unknown-label", "invariant", "invariant/no-public-ip"] {
            assert!(Selector::new(text, &LINTS).is_ok(), "{text}");
        }
        assert_eq!(help("terrafrom").as_deref(), Some("did you mean `terraform`?"));
        assert_eq!(help("unsorted-tags").as_deref(), Some("did you mean `proxmox/unsorted-tags`?"));
        assert_eq!(help("promql/unkown-label").as_deref(), Some("did you mean `promql/unknown-label`?"));
        assert_eq!(help("alerts/unknown-label").as_deref(), Some("did you mean `promql/unknown-label`?"));
        assert!(help("zzz").is_some_and(|help| help.contains("sprag lints")));
        assert!(Selector::new("invariant/", &LINTS).is_err());
    }

    #[test]
    fn an_area_covers_its_lints_only() {
        let selector = |text: &str| Selector(text.to_owned());
        assert!(selector("promql").covers("promql/unknown-label"));
        assert!(selector("promql/unknown-label").covers("promql/unknown-label"));
        assert!(!selector("prom").covers("promql/unknown-label"));
        assert!(!selector("promql/unknown-label").covers("promql/unknown-label-2"));
    }
}
