//! Generated repositories for benchmarks: the same bytes for everybody, from a fixed seed. Knows the languages that are
//! linted, nothing of sprag.

mod configuration;
mod homelab;
mod random;
mod rules;

use std::fs;
use std::io;
use std::path::Path;

use random::Random;

/// The files of a repository: paths with slashes and contents, in order of paths.
pub(crate) struct Tree {
    /// What the tree is called in tables.
    pub(crate) name: &'static str,
    /// Path and content of every file.
    pub(crate) files: Vec<(String, String)>,
}

impl Tree {
    /// The repository of a homelab: 100 files of modules, their tests, environments and alert rules, about 420 KB.
    #[must_use]
    pub(crate) fn homelab() -> Self {
        Self::new("homelab", homelab::files(&mut Random::new(1)))
    }

    /// 114 rule files, about 480 KB, the size of the best-known collection of alerts
    /// (<https://github.com/samber/awesome-prometheus-alerts>).
    #[must_use]
    pub(crate) fn rules() -> Self {
        Self::new("rules", rules::files(&mut Random::new(2), 114, 3800))
    }

    /// 2,000 modules of ten files each in 60 areas: 20,000 `.tf` files, about 39 MB, and 4,000 files of other kinds.
    #[must_use]
    pub(crate) fn modules() -> Self {
        Self::new("modules", configuration::areas(&mut Random::new(3), 60, 2000, 1665))
    }

    fn new(name: &'static str, mut files: Vec<(String, String)>) -> Self {
        files.sort();
        Self { name, files }
    }

    /// The size of all files with this suffix, in bytes.
    #[must_use]
    pub(crate) fn size(&self, suffix: &str) -> usize {
        self.files.iter().filter(|(path, _)| path.ends_with(suffix)).map(|(_, text)| text.len()).sum()
    }

    /// Writes all files below `root`.
    ///
    /// # Errors
    /// When a directory or a file cannot be written.
    pub(crate) fn write(&self, root: &Path) -> io::Result<()> {
        // A repository of its own, whatever it lies in.
        fs::create_dir_all(root.join(".git"))?;
        let mut made = "";
        for (path, text) in &self.files {
            let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
            if directory != made {
                fs::create_dir_all(root.join(directory))?;
                made = directory;
            }
            fs::write(root.join(path), text)?;
        }
        Ok(())
    }
}
