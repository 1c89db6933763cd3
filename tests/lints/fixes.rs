//! What a fix must hold, for every bad case of every lint that has one: afterwards the text is that of the fixed case to
//! the byte, it parses, nothing is left to fix, a second run changes nothing, and no other lint has more to say than
//! before. The same with CRLF line ends and with a byte order mark.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Failed;
use tempfile::TempDir;

use super::common;

/// A case in a repository of its own.
struct Repository {
    directory: TempDir,
}

/// Files by path. A symlink is its target.
type Files = BTreeMap<PathBuf, Vec<u8>>;

impl Repository {
    /// With every text changed by `convert`.
    fn new(case: &Path, convert: fn(&Path, Vec<u8>) -> Vec<u8>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let target = if case.is_dir() { PathBuf::new() } else { PathBuf::from(case.file_name().unwrap()) };
        common::copy_tree(case, &directory.path().join(target));
        let repository = Self { directory };
        for (path, text) in repository.files() {
            let path = repository.directory.path().join(path);
            if !path.is_symlink() {
                std::fs::write(&path, convert(&path, text)).unwrap();
            }
        }
        std::fs::create_dir(repository.directory.path().join(".git")).unwrap();
        repository
    }

    fn files(&self) -> Files {
        files(self.directory.path())
    }

    /// `sprag lint` with these arguments: the findings, each with whether it has a fix.
    fn lint(&self, arguments: &[&str]) -> Result<Vec<(String, bool)>, Failed> {
        let output = Command::new(env!("CARGO_BIN_EXE_sprag"))
            .args(["lint", "--format", "json", "--fail-on", "note"])
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        if errors.lines().any(|line| line.starts_with("sprag: ")) {
            return Err(errors.into_owned().into());
        }
        let json: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let found = json["diagnostics"].as_array().unwrap().iter();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        Ok(found
            .map(|found| {
                let what = format!("{} {}: {}", text(&found["path"]), text(&found["code"]), text(&found["message"]));
                (what, !found["fix"].is_null())
            })
            .collect())
    }
}

fn files(root: &Path) -> Files {
    let mut files = Files::new();
    for entry in walkdir::WalkDir::new(root).into_iter().filter_map(Result::ok) {
        let path = entry.path().strip_prefix(root).unwrap().to_path_buf();
        if entry.path_is_symlink() {
            files.insert(path, std::fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes());
        } else if entry.file_type().is_file() {
            files.insert(path, std::fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// Tests one bad case of the lint `id`, whose page says `fix: kind`.
pub(crate) fn fixed(id: &str, kind: &str, case: &Path) -> Result<(), Failed> {
    let expected_at = case.parent().unwrap().with_file_name("fixed").join(case.file_name().unwrap());
    let select = super::selection(id);
    let careful: Vec<&str> = select.iter().map(String::as_str).chain(["--fix"]).collect();
    let all: Vec<&str> = careful.iter().copied().chain(["--unsafe-fixes"]).collect();

    let repository = Repository::new(case, |_, text| text);
    let before = repository.files();
    if kind == "unsafe" {
        repository.lint(&careful)?;
        if repository.files() != before {
            return Err("the page says that the fix is unsafe, but `--fix` applies it".into());
        }
    }
    let everything = repository.lint(&[])?;
    let left = repository.lint(&all)?;
    let after = repository.files();
    if let Some((what, _)) = left.iter().find(|(_, fixable)| *fixable) {
        return Err(format!("not fixed: {what}").into());
    }
    compare(&expected_at, case, &before, &after)?;

    repository.lint(&all)?;
    if repository.files() != after {
        return Err("a second run changes more".into());
    }
    let mut known: Vec<String> = everything.into_iter().map(|(what, _)| what).collect();
    for (what, _) in repository.lint(&[])? {
        match known.iter().position(|known| *known == what) {
            Some(index) => drop(known.remove(index)),
            None => return Err(format!("the fix makes another finding: {what}").into()),
        }
    }
    for convert in [to_crlf, with_mark] {
        let repository = Repository::new(case, convert);
        repository.lint(&all)?;
        for (path, text) in repository.files() {
            let expected = convert(&path, after[&path].clone());
            if text != expected && !before_is_link(case, &path) {
                let (text, expected) = (text.escape_ascii(), expected.escape_ascii());
                return Err(format!("{}: line ends or mark are lost\n{text}\n{expected}", path.display()).into());
            }
        }
    }
    Ok(())
}

fn before_is_link(case: &Path, path: &Path) -> bool {
    case.join(path).is_symlink()
}

/// The fixed case lies there exactly when the fix changes something.
fn compare(expected_at: &Path, case: &Path, before: &Files, after: &Files) -> Result<(), Failed> {
    if common::updating() {
        if expected_at.is_dir() {
            std::fs::remove_dir_all(expected_at)?;
        } else if expected_at.exists() {
            std::fs::remove_file(expected_at)?;
        }
        if before != after {
            std::fs::create_dir_all(expected_at.parent().unwrap())?;
            common::copy_tree(case, expected_at);
            for (path, text) in after.iter().filter(|(path, _)| !before_is_link(case, path)) {
                let path = if case.is_dir() { expected_at.join(path) } else { expected_at.to_path_buf() };
                std::fs::write(path, text)?;
            }
        }
    }
    if before == after {
        return if expected_at.exists() {
            Err("the fix changes nothing, but there is a fixed case".into())
        } else {
            Ok(())
        };
    }
    let expected = if expected_at.is_dir() {
        files(expected_at)
    } else {
        let name = PathBuf::from(case.file_name().unwrap());
        Files::from([(name, std::fs::read(expected_at).unwrap_or_default())])
    };
    if expected == *after {
        return Ok(());
    }
    let shown = |files: &Files| {
        let text =
            |(path, text): (&PathBuf, &Vec<u8>)| format!("{}:\n{}", path.display(), String::from_utf8_lossy(text));
        files.iter().map(text).collect::<String>()
    };
    Err(format!("--- {}\n{}\n--- fixed\n{}", expected_at.display(), shown(&expected), shown(after)).into())
}

fn to_crlf(_: &Path, text: Vec<u8>) -> Vec<u8> {
    String::from_utf8(text).unwrap().replace('\n', "\r\n").into_bytes()
}

/// JSON has no byte order mark.
fn with_mark(path: &Path, text: Vec<u8>) -> Vec<u8> {
    let is_json = path.extension().is_some_and(|extension| extension == "json");
    if is_json { text } else { [b"\xef\xbb\xbf", text.as_slice()].concat() }
}
