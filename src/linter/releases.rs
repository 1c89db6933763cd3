//! The releases of a repository, as its changelog and its tags tell. Knows neither files nor git.

use std::collections::BTreeSet;

use regex::Regex;

/// What is known of releases.
#[derive(Clone, Debug, Default)]
pub struct Releases {
    /// Every number that a changelog or a tag mentions.
    mentioned: BTreeSet<Vec<u64>>,
    /// The newest release; nothing where none was recognised.
    newest: Option<Vec<u64>>,
}

impl Releases {
    /// Takes in a changelog. Its releases are headings that begin with a version.
    pub fn add_changelog(&mut self, text: &str) {
        self.mentioned.extend(numbers(text));
        let headings = text.lines().filter_map(|line| {
            let heading = line.trim_start().strip_prefix('#')?.trim_start_matches(['#', ' ', '[']);
            let heading = ["Version ", "version ", "Release ", "release "]
                .iter()
                .find_map(|word| heading.strip_prefix(word))
                .unwrap_or(heading);
            let version = heading.trim_start_matches(['v', 'V', '[']);
            version.starts_with(|letter: char| letter.is_ascii_digit()).then_some(version)
        });
        let newest = headings.filter_map(|heading| numbers(heading).next()).max();
        self.newest = self.newest.take().max(newest);
    }

    /// Takes in a tag; it is a release of the repository when all of it is a version as `pattern` has it.
    pub fn add_tag(&mut self, tag: &str, pattern: &Regex) {
        self.mentioned.extend(numbers(tag));
        if pattern.find(tag).is_some_and(|found| found.len() == tag.len()) {
            self.newest = self.newest.take().max(numbers(tag).next());
        }
    }

    /// Whether `version` is a release or may become the next one; true as well where that cannot be told.
    #[must_use]
    pub fn may_have(&self, version: &str) -> bool {
        let (Some(wanted), Some(newest)) = (numbers(version).next(), &self.newest) else { return true };
        let plain = trimmed(&wanted);
        // A lone number may be the day of a date.
        let is_mentioned = |known: &Vec<u64>| known.starts_with(&wanted) || known.len() > 1 && trimmed(known) == plain;
        self.mentioned.iter().any(is_mentioned) || is_next(&wanted, newest)
    }

    /// The release that stands nearest below `version`, for a hint.
    #[must_use]
    pub fn newest(&self) -> Option<String> {
        let newest = self.newest.as_ref()?;
        Some(newest.iter().map(u64::to_string).collect::<Vec<_>>().join("."))
    }
}

/// Whether `version` comes directly after `newest`: one step up in one of its numbers, zeros behind it.
fn is_next(version: &[u64], newest: &[u64]) -> bool {
    (0..newest.len().max(3)).any(|at| {
        let mut next: Vec<u64> = newest.iter().take(at).copied().collect();
        next.resize(at, 0);
        next.push(newest.get(at).copied().unwrap_or(0) + 1);
        trimmed(version) == trimmed(&next)
    })
}

fn trimmed(numbers: &[u64]) -> &[u64] {
    let zeros = numbers.iter().rev().take_while(|number| **number == 0).count();
    &numbers[..numbers.len() - zeros]
}

/// The numbers in a text: digits with single points between them.
fn numbers(text: &str) -> impl Iterator<Item = Vec<u64>> + '_ {
    let runs = text.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
    runs.filter_map(|run| {
        let parts: Option<Vec<u64>> = run.trim_matches('.').split('.').map(|part| part.parse().ok()).collect();
        parts.filter(|parts| !parts.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2025-03-01\n- Proxmox 8.2\n\n## v0.7.2\n";

    fn releases() -> Releases {
        let mut releases = Releases::default();
        releases.add_changelog(CHANGELOG);
        releases
    }

    #[test]
    fn mentioned_versions_are_known() {
        for version in ["v1.1.0", "v1.1", "v0.7.2", "0.7.2", "v0.7", "v0.7.2.0"] {
            assert!(releases().may_have(version), "{version}");
        }
        for version in ["v0.7.3", "v1.0.0", "v7.2", "v1.3.0", "v1.1.2", "v3.0"] {
            assert!(!releases().may_have(version), "{version}");
        }
    }

    #[test]
    fn the_coming_version_may_be_named_before_it_is_there() {
        for version in ["v1.1.1", "v1.2.0", "v1.2", "v2.0.0", "v2.0"] {
            assert!(releases().may_have(version), "{version}");
        }
    }

    #[test]
    fn nothing_is_unknown_without_a_release() {
        assert!(Releases::default().may_have("v1.0.0"));
        let mut releases = Releases::default();
        releases.add_changelog("# Changes\n\nTerraform 1.9 is needed.\n");
        assert!(releases.may_have("v4.2.0"));
    }

    #[test]
    fn tags_of_others_are_no_releases() {
        let pattern = Regex::new(r"v\d+\.\d+(\.\d+)?").unwrap();
        let mut releases = Releases::default();
        releases.add_tag("pve-8.2", &pattern);
        assert!(releases.may_have("v0.1.0"));
        releases.add_tag("v0.2.0", &pattern);
        releases.add_tag("vm/v0.5.0", &pattern);
        assert!(releases.may_have("v0.5.0") && releases.may_have("v0.2.1") && !releases.may_have("v0.4.0"));
        assert_eq!(releases.newest().as_deref(), Some("0.2.0"));
    }
}
