//! The tags of a git repository, read from its files: `refs/tags` and `packed-refs`. Runs no program.

use std::fs;
use std::path::{Path, PathBuf};

/// The names of all tags of the repository at `root`. Nothing where they cannot be told: in a shallow clone, which has
/// only those that were asked for, and where references are stored in another format.
#[must_use]
pub fn tags_of(root: &Path) -> Option<Vec<String>> {
    let directory = git_directory(root)?;
    if directory.join("reftable").exists() {
        return None;
    }
    let mut tags = Vec::new();
    if let Ok(packed) = fs::read_to_string(directory.join("packed-refs")) {
        let names = packed.lines().filter_map(|line| line.split_once(' ')?.1.strip_prefix("refs/tags/"));
        tags.extend(names.map(str::to_owned));
    }
    let loose = directory.join("refs/tags");
    collect(&loose, "", &mut tags);
    tags.sort();
    tags.dedup();
    let is_cut = tags.is_empty() && directory.join("shallow").exists();
    (!is_cut).then_some(tags)
}

/// Where references are: `.git`, or the directory that it names, or the one that a work tree shares with others.
fn git_directory(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    let directory = if git.is_file() {
        let text = fs::read_to_string(&git).ok()?;
        root.join(text.strip_prefix("gitdir:")?.trim())
    } else {
        git
    };
    match fs::read_to_string(directory.join("commondir")) {
        Ok(common) => Some(directory.join(common.trim())),
        Err(_) => Some(directory),
    }
}

/// The names of the files below `directory`, which tags with a `/` have.
fn collect(directory: &Path, prefix: &str, tags: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.filter_map(Result::ok) {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let name = format!("{prefix}{name}");
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&entry.path(), &format!("{name}/"), tags),
            Ok(_) => tags.push(name),
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn loose_and_packed_tags() {
        let root = tempfile::tempdir().unwrap();
        let git = root.path().join(".git");
        write(&git.join("refs/tags/v1.0.0"), "1\n");
        write(&git.join("refs/tags/vm/v0.2.0"), "1\n");
        write(&git.join("packed-refs"), "# pack-refs\n12 refs/heads/main\n34 refs/tags/v0.9.0\n^56\n");
        assert_eq!(tags_of(root.path()).unwrap(), ["v0.9.0", "v1.0.0", "vm/v0.2.0"]);
    }

    #[test]
    fn work_trees_share_tags() {
        let root = tempfile::tempdir().unwrap();
        write(&root.path().join("main/.git/refs/tags/v1.0.0"), "1\n");
        write(&root.path().join("main/.git/worktrees/other/commondir"), "../..\n");
        write(&root.path().join("other/.git"), "gitdir: ../main/.git/worktrees/other\n");
        assert_eq!(tags_of(&root.path().join("other")).unwrap(), ["v1.0.0"]);
    }

    #[test]
    fn a_shallow_clone_without_tags_says_nothing() {
        let root = tempfile::tempdir().unwrap();
        write(&root.path().join(".git/shallow"), "1\n");
        assert_eq!(tags_of(root.path()), None);
        write(&root.path().join(".git/refs/tags/v1.0.0"), "1\n");
        assert_eq!(tags_of(root.path()).unwrap(), ["v1.0.0"]);
    }
}
