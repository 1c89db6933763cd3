//! What the command line says about lints: `--select` and `--ignore`.

use super::selector::Selector;

/// The lints that one run is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    select: Vec<Selector>,
    ignore: Vec<Selector>,
}

/// A word on the command line that names no lint and no area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLint {
    /// The option it was given to, with its dashes.
    pub option: &'static str,
    /// The word.
    pub word: String,
    /// What was probably meant, or where to look.
    pub help: String,
}

impl std::fmt::Display for UnknownLint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { option, word, help } = self;
        write!(formatter, "{option}: unknown lint or area `{word}`; {help}")
    }
}

impl std::error::Error for UnknownLint {}

impl Selection {
    /// Reads the values of both options; each may hold several ids separated by commas.
    ///
    /// # Errors
    /// For the first word that names neither one of `lints` nor an area.
    pub fn new<S: AsRef<str>>(select: &[S], ignore: &[S], lints: &[&str]) -> Result<Self, UnknownLint> {
        let select = read("--select", select, lints)?;
        Ok(Self { select, ignore: read("--ignore", ignore, lints)? })
    }

    /// Whether `--select` switches `id` on: `None` when it does not speak of it. A lint that is named runs whatever
    /// `lint` says. An area stands for those of its lints that are on by default or switched on (`on`); the
    /// configuration's `ignore` does not count against them. Exceptions by path count for both.
    pub(super) fn selects(&self, id: &str, on: bool) -> Option<bool> {
        if self.select.iter().any(|selector| selector.as_str() == id) {
            return Some(true);
        }
        self.select.iter().any(|selector| selector.covers(id)).then_some(on)
    }

    /// Whether the run is about `id` at all.
    pub(super) fn admits(&self, id: &str) -> bool {
        self.select.is_empty() || self.select.iter().any(|selector| selector.covers(id))
    }

    /// Whether `--ignore` switches `id` off.
    pub(super) fn ignores(&self, id: &str) -> bool {
        self.ignore.iter().any(|selector| selector.covers(id))
    }
}

fn read<S: AsRef<str>>(option: &'static str, values: &[S], lints: &[&str]) -> Result<Vec<Selector>, UnknownLint> {
    let words =
        values.iter().flat_map(|value| value.as_ref().split(',')).map(str::trim).filter(|word| !word.is_empty());
    let selector = |word: &str| {
        Selector::new(word, lints).map_err(|mistake| {
            let help = mistake.help.unwrap_or_default();
            UnknownLint { option, word: word.to_owned(), help }
        })
    };
    words.map(selector).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINTS: [&str; 3] = ["terraform/unused-declaration", "promql/unknown-label", "proxmox/unsorted-tags"];

    #[test]
    fn reads_lists_of_words() {
        let selection = Selection::new(&["terraform, promql/unknown-label"], &["proxmox"], &LINTS).unwrap();
        assert!(selection.admits("terraform/unused-declaration"));
        assert!(selection.admits("promql/unknown-label"));
        assert!(!selection.admits("promql/syntax"));
        assert!(selection.ignores("proxmox/unsorted-tags"));
    }

    #[test]
    fn says_what_was_meant() {
        let error = Selection::new(&["promql/unknown-labels"], &[], &LINTS).unwrap_err();
        assert_eq!(
            error.to_string(),
            "--select: unknown lint or area `promql/unknown-labels`; did you mean `promql/unknown-label`?"
        );
    }
}
