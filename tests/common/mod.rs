//! What several test programs share. Each uses a part of it.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking and print what they skip"
)]

pub mod e2e;
pub mod generator;
#[cfg(feature = "drift")]
pub mod lab;
pub mod mutation;
pub mod oracle;
pub mod promtool;
pub mod repository;
pub mod servers;

use std::path::{Path, PathBuf};

/// The checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether generated files and snapshots are to be written instead of compared: `SPRAG_UPDATE=1`.
pub fn updating() -> bool {
    std::env::var_os("SPRAG_UPDATE").is_some()
}

/// Whether a missing tool is a failure: `SPRAG_E2E=required`, set in CI.
pub fn tools_required() -> bool {
    std::env::var_os("SPRAG_E2E").is_some_and(|value| value == "required")
}

/// A program that `scripts/test` installs from PyPI, or one on the PATH. Where it is missing the test is skipped.
pub fn python_tool(name: &str) -> Option<PathBuf> {
    let own = root().join("target/tools/python/bin").join(name);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::iter::once(own).chain(std::env::split_paths(&path).map(|directory| directory.join(name)));
    let found = found.into_iter().find(|path| path.is_file());
    if found.is_none() {
        e2e::skip(name);
    }
    found
}

/// Compares `path` with what it should hold, or writes it.
pub fn assert_file(path: &Path, expected: &str) {
    if updating() {
        std::fs::write(path, expected).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == expected,
        "{} is not up to date; `SPRAG_UPDATE=1 scripts/test --fast` writes it\n--- found\n{found}\n--- expected\n{expected}",
        path.strip_prefix(root()).unwrap_or(path).display()
    );
}

/// The lint folders, as (`area/name`, path), sorted.
pub fn lint_folders() -> Vec<(String, PathBuf)> {
    let lints = root().join("lints");
    let folders = walkdir::WalkDir::new(&lints).min_depth(2).max_depth(2).sort_by_file_name();
    folders
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_dir())
        .map(|entry| {
            let id = entry.path().strip_prefix(&lints).unwrap().to_string_lossy().replace('\\', "/");
            (id, entry.into_path())
        })
        .collect()
}

/// A line of the front matter of a lint's page.
pub fn front_matter(folder: &Path, name: &str) -> String {
    let page = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let field = page.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    field.unwrap_or_else(|| panic!("{} has no `{name}`", folder.display())).to_owned()
}

/// The cases in `folder/kind`, sorted: files and directories, but no snapshots.
pub fn cases(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let Ok(read) = std::fs::read_dir(folder.join(kind)) else { return Vec::new() };
    let mut cases: Vec<PathBuf> = read
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|extension| extension != "snap"))
        .collect();
    cases.sort();
    cases
}

/// Copies a file, or a directory with symlinks as they are.
pub fn copy_tree(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let inner = entry.path().strip_prefix(from).unwrap();
        let target = if inner.as_os_str().is_empty() { to.to_path_buf() } else { to.join(inner) };
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target).unwrap();
        } else if entry.path_is_symlink() {
            std::os::unix::fs::symlink(std::fs::read_link(entry.path()).unwrap(), target).unwrap();
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
