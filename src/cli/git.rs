//! Asking git. The only file that runs it; what the answers mean is for others.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A repository.
pub(super) struct Git {
    root: PathBuf,
}

impl Git {
    /// The repository that `directory` is in.
    pub(super) fn at(directory: &Path) -> Result<Self, String> {
        let git = Self { root: directory.to_path_buf() };
        let top = git.ask(&["rev-parse", "--show-toplevel"]).map_err(|error| match error {
            Failure::Missing(message) => message,
            Failure::Said(said) if said.contains("dubious ownership") => said,
            Failure::Said(_) => format!("{} is in no git repository", directory.display()),
        })?;
        let top = PathBuf::from(path_of(top.trim_ascii_end()));
        Ok(Self { root: top.canonicalize().unwrap_or(top) })
    }

    /// Its root, a real path.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The commit that `reference` names.
    pub(super) fn commit(&self, reference: &str) -> Result<String, String> {
        if reference.starts_with('-') {
            return Err(format!("`{reference}` is no git reference"));
        }
        let commit = self.ask(&["rev-parse", "--verify", "--quiet", &format!("{reference}^{{commit}}")]);
        commit.map(|commit| one_line(&commit)).map_err(|_| {
            let why = if self.is_shallow() {
                "; this clone is shallow, so it may only be missing: `git fetch origin` it, or clone with all history"
            } else {
                ""
            };
            format!("`{reference}` is no commit, branch or tag of {}{why}", self.root.display())
        })
    }

    /// The commit at which HEAD left `commit`; nothing where the history has none.
    pub(super) fn merge_base(&self, commit: &str) -> Option<String> {
        self.ask(&["merge-base", commit, "HEAD"]).ok().map(|base| one_line(&base))
    }

    /// Whether the history is cut off.
    pub(super) fn is_shallow(&self) -> bool {
        self.ask(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|answer| answer.starts_with(b"true"))
    }

    /// What differs between `commit` and the files as they are, as a patch without context.
    pub(super) fn patch(&self, commit: &str) -> Result<Vec<u8>, String> {
        let plain = ["--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--ignore-submodules"];
        let form = ["--unified=0", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/", commit, "--"];
        self.ask(&[&["diff"], &plain[..], &form].concat()).map_err(|error| format!("git diff: {error}"))
    }

    /// Files that git does not know and does not ignore, relative to the root.
    pub(super) fn untracked(&self) -> Result<Vec<PathBuf>, String> {
        let answer = self.ask(&["ls-files", "--others", "--exclude-standard", "-z", "--full-name"]);
        let answer = answer.map_err(|error| format!("git ls-files: {error}"))?;
        let paths = answer.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        Ok(paths.map(|path| PathBuf::from(path_of(path))).collect())
    }

    fn ask(&self, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
        let mut git = Command::new("git");
        git.arg("-C").arg(&self.root).args(arguments).env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
        let output = git.output().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Failure::Missing("there is no `git` on the PATH".to_owned()),
            _ => Failure::Missing(format!("git cannot be run: {error}")),
        })?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(Failure::Said(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}

/// Why there is no answer.
enum Failure {
    /// Git cannot be run.
    Missing(String),
    /// What git said.
    Said(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Self::Missing(message) | Self::Said(message)) = self;
        formatter.write_str(message)
    }
}

fn one_line(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer).trim().to_owned()
}

/// A path as git writes it.
#[cfg(unix)]
pub(super) fn path_of(bytes: &[u8]) -> std::ffi::OsString {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes.to_vec())
}

/// A path as git writes it.
#[cfg(not(unix))]
pub(super) fn path_of(bytes: &[u8]) -> std::ffi::OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}
