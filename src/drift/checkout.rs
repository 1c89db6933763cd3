//! The state of the code that is scanned: its commit, whether it is clean, whether its upstream is ahead. Without git,
//! or outside of a repository, nothing is known and nothing is wrong.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use super::process::{self, Deadline, Interrupts};
use super::scan::Checkout;

/// Asks the upstream for news.
const FETCH: [&str; 2] = ["fetch", "--quiet"];

/// Takes the news where there is nothing of one's own.
const FAST_FORWARD: [&str; 4] = ["merge", "--ff-only", "--quiet", "@{upstream}"];

/// git in the directory of one environment.
pub struct Git<'a> {
    directory: PathBuf,
    deadline: &'a Deadline,
    interrupts: &'a Interrupts,
}

impl<'a> Git<'a> {
    /// git in `directory`.
    #[must_use]
    pub fn new(directory: &Path, deadline: &'a Deadline, interrupts: &'a Interrupts) -> Self {
        Self { directory: directory.to_path_buf(), deadline, interrupts }
    }

    /// The commands of [`fast_forward`](Self::fast_forward) in `directory`, as a person would type them.
    #[must_use]
    pub fn shown(directory: &Path) -> [String; 2] {
        let git = |words: &[&str]| {
            let words: Vec<_> = ["git".as_ref(), "-C".as_ref(), directory.as_os_str()]
                .into_iter()
                .chain(words.iter().map(std::ffi::OsStr::new))
                .collect();
            String::from_utf8_lossy(&crate::shell::quote_command(&words)).into_owned()
        };
        [git(&FETCH), git(&FAST_FORWARD)]
    }

    /// Standard output of a git command that succeeded, or what it complained about.
    fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.directory).args(arguments);
        // Never wait for somebody to type a password.
        command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes").env("LC_ALL", "C");
        let output = process::run(command, self.deadline, self.interrupts).map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status == 0 { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// What is known of the checkout.
    #[must_use]
    pub fn state(&self) -> Checkout {
        let Ok(commit) = self.run(&["rev-parse", "HEAD"]) else { return Checkout::default() };
        let status = self.run(&["status", "--porcelain", "--untracked-files=no"]);
        let behind = self.run(&["rev-list", "--count", "HEAD..@{upstream}"]).ok().and_then(|count| count.parse().ok());
        Checkout { commit: Some(commit), is_dirty: status.is_ok_and(|status| !status.is_empty()), behind }
    }

    /// When the upstream was last asked for news; nothing where it never was.
    #[must_use]
    pub fn last_fetch(&self) -> Option<SystemTime> {
        let path = self.run(&["rev-parse", "--git-path", "FETCH_HEAD"]).ok()?;
        std::fs::metadata(self.directory.join(path)).ok()?.modified().ok()
    }

    /// Fetches, and fast-forwards a clean checkout. Nothing else is ever done to it.
    ///
    /// # Errors
    /// A sentence that says why the checkout is as old as before.
    pub fn fast_forward(&self) -> Result<(), String> {
        self.run(&FETCH).map_err(|reason| format!("`git fetch` failed: {}", first_line(&reason)))?;
        let state = self.state();
        match state.behind {
            None => return Err("the checkout is on no branch that follows an upstream".to_owned()),
            Some(0) => return Ok(()),
            Some(_) => {}
        }
        if state.is_dirty {
            return Err("the checkout has changes of its own and is not fast-forwarded".to_owned());
        }
        let merged = self.run(&FAST_FORWARD);
        merged.map(|_| ()).map_err(|reason| format!("`git merge --ff-only` failed: {}", first_line(&reason)))
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("no reason given")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn git(directory: &Path, arguments: &[&str]) {
        let status = Command::new("git")
            .arg("-C")
            .arg(directory)
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
    }

    fn commit(directory: &Path, text: &str) {
        std::fs::write(directory.join("main.tf"), text).unwrap();
        git(directory, &["add", "."]);
        git(directory, &["commit", "--quiet", "-m", "change"]);
    }

    #[test]
    fn knows_dirty_and_behind_and_catches_up() {
        let directory = tempfile::tempdir().unwrap();
        let (origin, clone) = (directory.path().join("origin"), directory.path().join("clone"));
        std::fs::create_dir(&origin).unwrap();
        git(&origin, &["init", "--quiet"]);
        commit(&origin, "a");
        git(directory.path(), &["clone", "--quiet", "origin", "clone"]);
        let (deadline, interrupts) = (Deadline::within(Duration::from_secs(60)), Interrupts::default());
        let checkout = Git::new(&clone, &deadline, &interrupts);
        let first = checkout.state();
        assert_eq!((first.is_dirty, first.behind, first.commit.as_deref().map(str::len)), (false, Some(0), Some(40)));
        commit(&origin, "b");
        std::fs::write(clone.join("main.tf"), "mine").unwrap();
        assert_eq!(
            checkout.fast_forward().unwrap_err(),
            "the checkout has changes of its own and is not fast-forwarded"
        );
        assert_eq!((checkout.state().is_dirty, checkout.state().behind), (true, Some(1)));
        git(&clone, &["checkout", "--quiet", "main.tf"]);
        checkout.fast_forward().unwrap();
        assert_ne!(checkout.state().commit, first.commit);
        git(&clone, &["checkout", "--quiet", "--detach"]);
        assert_eq!(checkout.fast_forward().unwrap_err(), "the checkout is on no branch that follows an upstream");
    }

    #[test]
    fn outside_of_git_nothing_is_known() {
        let directory = tempfile::tempdir().unwrap();
        let (deadline, interrupts) = (Deadline::within(Duration::from_secs(60)), Interrupts::default());
        assert_eq!(Git::new(directory.path(), &deadline, &interrupts).state(), Checkout::default());
    }
}
