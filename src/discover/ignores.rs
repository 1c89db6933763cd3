//! `.gitignore` files along the way down, nearest first, as git reads them.

use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The ignore rules that hold in one directory: its own and, linked, those above.
#[derive(Clone, Default)]
pub(super) struct Ignores(Option<Arc<Rules>>);

struct Rules {
    matcher: Gitignore,
    above: Ignores,
}

impl Ignores {
    /// The rules from the repository's root down to the parent of `directory`, when the walk begins below the root.
    pub(super) fn above(directory: &Path, root: &Path) -> Self {
        let mut ignores = Self::default().with_file(root, &root.join(".git/info/exclude"));
        let Ok(below) = directory.strip_prefix(root) else { return ignores };
        let mut current = root.to_path_buf();
        for part in below.components() {
            ignores = ignores.with_file(&current, &current.join(".gitignore"));
            current.push(part);
        }
        ignores
    }

    /// Adds the rules of `file`, which speak about paths below `directory`. Lines that are no pattern are skipped, as
    /// git does.
    pub(super) fn with_file(&self, directory: &Path, file: &Path) -> Self {
        if !file.is_file() {
            return self.clone();
        }
        let mut builder = GitignoreBuilder::new(directory);
        builder.add(file);
        match builder.build() {
            Ok(matcher) if !matcher.is_empty() => Self(Some(Arc::new(Rules { matcher, above: self.clone() }))),
            _ => self.clone(),
        }
    }

    /// Whether git would ignore `path`.
    pub(super) fn is_ignored(&self, path: &Path, is_directory: bool) -> bool {
        let mut next = self.0.as_deref();
        while let Some(rules) = next {
            match rules.matcher.matched(path, is_directory) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => next = rules.above.0.as_deref(),
            }
        }
        false
    }
}
