//! A repository of a test, and the built binary in it with nothing of the environment.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A directory with files that looks like the root of a repository, and is gone after the test.
pub struct Repository(tempfile::TempDir);

impl Repository {
    /// A repository with these files.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        fs::create_dir(repository.path(".git")).unwrap();
        for (path, text) in files {
            repository.write(path, text);
        }
        repository
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        self.0.path()
    }

    /// A path in it.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Writes a file, with the directories that it needs.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The text of a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// `sprag` with these arguments in the root, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        sprag(self.root(), arguments)
    }

    /// `sprag` with these arguments in the root.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in("", arguments)
    }

    /// `sprag` with these arguments in a directory of the repository.
    pub fn run_in(&self, directory: &str, arguments: &[&str]) -> Ran {
        Ran::of(&sprag(&self.path(directory), arguments).output().unwrap())
    }
}

/// `sprag` with these arguments in `directory`, with nothing of the environment, not started yet.
pub fn sprag(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sprag"));
    command.args(arguments).current_dir(directory).env_clear();
    command
}

/// What a run printed and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub status: i32,
}

impl Ran {
    /// What became of a command.
    pub fn of(output: &Output) -> Self {
        Self {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            status: output.status.code().unwrap_or(-1),
        }
    }

    /// Runs a command that reads `input`.
    pub fn with_input(mut command: Command, input: &[u8]) -> Self {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().unwrap();
        // A command that refuses its arguments does not read.
        let _ = child.stdin.take().unwrap().write_all(input);
        Self::of(&child.wait_with_output().unwrap())
    }

    /// Standard output, standard error and exit status.
    pub fn told(self) -> (String, String, i32) {
        (self.stdout, self.stderr, self.status)
    }

    /// The lints of `--format concise`, in order of output.
    pub fn lints(&self) -> Vec<&str> {
        let ids = self.stdout.lines().filter_map(|line| line.split_once('[')?.1.split_once(']'));
        ids.map(|(id, _)| id).collect()
    }
}
