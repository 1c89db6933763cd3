//! Files that get a new text as a whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Gives the file at `path` a new text: a reader sees the old one or the new one, never a part. A symlink stays one;
/// mode and owner stay what they are. A pipe or a device is written to.
///
/// # Errors
/// When the directory cannot be written to, or the disk is full. The old text is then still there.
pub(super) fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let known = fs::metadata(&path).ok();
    if known.as_ref().is_some_and(|known| !known.is_file() && !known.is_dir()) {
        return File::options().write(true).open(&path)?.write_all(text);
    }
    let draft = draft_of(&path)?;
    let written = (|| {
        let mut file = File::create(&draft)?;
        file.write_all(text)?;
        if let Some(known) = known {
            keep_owner(&file, &known);
            file.set_permissions(known.permissions())?;
        }
        file.sync_all()?;
        fs::rename(&draft, &path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}

/// Writes a file that must not exist: all of it or nothing.
pub(super) fn create(path: &Path, text: &str) -> Result<(), String> {
    let created = File::options().write(true).create_new(true).open(path);
    let mut file = created.map_err(|error| refused(path, &error))?;
    file.write_all(text.as_bytes()).map_err(|error| {
        let _ = fs::remove_file(path);
        refused(path, &error)
    })
}

/// Why nothing could be made at `path`.
pub(super) fn refused(path: &Path, error: &io::Error) -> String {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{path} is there already and stays as it is"),
        io::ErrorKind::NotADirectory => format!("{path}: a part of the path is a file, not a directory"),
        io::ErrorKind::PermissionDenied => format!("{path}: permission denied; sprag needs to write it"),
        _ => format!("{path}: {}", explain(error)),
    }
}

/// Why a file could not be written, and what to do about it.
pub(super) fn explain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "there is no room for it; free some and run sprag again".to_owned()
        }
        io::ErrorKind::NotFound => "its directory does not exist; make it first".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "its file system is read-only; it must be writable".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied; its directory must be writable".to_owned(),
        _ => format!("{error}; its directory must be writable"),
    }
}

/// Only root can give files away; for everyone else the owner is right already, or cannot be kept.
#[cfg(unix)]
fn keep_owner(file: &File, known: &fs::Metadata) {
    use std::os::unix::fs::MetadataExt;
    let _ = std::os::unix::fs::fchown(file, Some(known.uid()), Some(known.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) {}

/// A name beside `path` that nobody else uses.
fn draft_of(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::other("not the name of a file"))?.to_string_lossy();
    Ok(path.with_file_name(format!(".{name}.{}.tmp", std::process::id())))
}
