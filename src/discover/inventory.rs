//! What was found.

use std::path::PathBuf;

use super::FileKind;
use crate::diagnostic::FileId;

/// A file, by its real path.
#[derive(Debug, Clone)]
pub struct File {
    /// Where it really lies.
    pub path: PathBuf,
    /// Its path as shown: relative to the working directory where it lies below it.
    pub display: String,
    /// Its path within the repository, for fingerprints and patterns.
    pub key: String,
    /// Symlinks through which it is used, as shown.
    pub links: Vec<String>,
    /// Whether the user named this very file.
    pub named: bool,
}

/// A file's place in a directory.
#[derive(Debug, Clone)]
pub struct Member {
    /// The real file.
    pub file: FileId,
    /// Its name in this directory.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// Whether it is a symlink here.
    pub is_link: bool,
}

/// A directory with files that Terraform reads, and the tests that belong to it.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// Its real path.
    pub path: PathBuf,
    /// Its path as shown; `.` for the working directory.
    pub display: String,
    /// Its path within the repository; empty for the root.
    pub key: String,
    /// Its own files, by name.
    pub members: Vec<Member>,
    /// The test files in its `tests` directory, by name.
    pub tests: Vec<Member>,
    /// Whether directories that were not walked link to all of its configuration files.
    pub is_linked_store: bool,
    /// Its files to which directories that were not walked link.
    pub linked_elsewhere: Vec<FileId>,
    /// Whether `terraform init` ran here: there is a `.terraform` directory.
    pub is_initialised: bool,
    /// Whether it has a [dependency lock file](super::LOCK_FILE).
    pub is_locked: bool,
    /// Whether Terraform reads more configuration here than is among the members: files that are ignored, or made later.
    pub is_partial: bool,
}

/// A path that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The path as the user knows it.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

/// Everything found, in order of paths.
#[derive(Debug, Default)]
pub struct Inventory {
    /// All files; a [`FileId`] is an index into it.
    pub files: Vec<File>,
    /// Directories with Terraform files.
    pub directories: Vec<Directory>,
    /// Test files that no module owns, and names that only look like tests.
    pub stray_tests: Vec<Member>,
    /// Files that may hold alert rules.
    pub rule_candidates: Vec<FileId>,
    /// JSON files that may be dashboards.
    pub dashboard_candidates: Vec<FileId>,
    /// Files that may say which exporters are deployed, beside rule candidates and Terraform files.
    pub deployment: Vec<FileId>,
    /// Configuration files below the requested paths.
    pub configs: Vec<PathBuf>,
    /// Files of invariants.
    pub invariants: Vec<FileId>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Real paths of the directories that were walked.
    pub roots: Vec<PathBuf>,
    /// Whether the user named single files, so that findings elsewhere are not shown.
    pub focused: bool,
}

impl Inventory {
    /// Leaves out the files for which `is_out` holds, and directories of which nothing is left.
    pub fn leave_out(&mut self, is_out: impl Fn(FileId) -> bool) {
        for directory in &mut self.directories {
            directory.is_partial |= directory.members.iter().any(|member| {
                let is_configuration = matches!(member.kind, FileKind::Configuration | FileKind::ConfigurationJson);
                is_configuration && is_out(member.file)
            });
            directory.members.retain(|member| !is_out(member.file));
            directory.tests.retain(|member| !is_out(member.file));
        }
        self.directories.retain(|directory| !directory.members.is_empty());
        self.stray_tests.retain(|member| !is_out(member.file));
        self.rule_candidates.retain(|file| !is_out(*file));
        self.dashboard_candidates.retain(|file| !is_out(*file));
        self.deployment.retain(|file| !is_out(*file));
        self.invariants.retain(|file| !is_out(*file));
    }

    /// The file with the number `id`.
    #[must_use]
    pub fn file(&self, id: FileId) -> Option<&File> {
        self.files.get(id.0 as usize)
    }
}
