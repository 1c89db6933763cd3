//! Where the findings go: the chosen format, to standard output or into a file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::args::{Format, LintArgs};
use crate::cli::terminal;
use crate::report::{self, Options, Report};

/// How the findings look where they go: a file has no terminal.
pub(super) fn options(args: &LintArgs) -> Options {
    let options = terminal::options();
    if args.output_file.is_none() {
        return options;
    }
    Options { color: false, hyperlinks: false, width: 100, ..options }
}

/// Writes the findings.
pub(super) fn write(args: &LintArgs, report: &Report<'_>) -> Result<(), String> {
    let mut text = Vec::new();
    let written = match (args.statistics, args.format) {
        (true, _) => report::statistics::write(&mut text, report),
        (_, Format::Full) => report::full::write(&mut text, report),
        (_, Format::Concise) => report::concise::write(&mut text, report),
        (_, Format::Json) => report::json::write(&mut text, report),
        (_, Format::Sarif) => report::sarif::write(&mut text, report),
        (_, Format::Github) => report::github::write(&mut text, report),
        (_, Format::Gitlab) => report::gitlab::write(&mut text, report),
        (_, Format::Junit) => report::junit::write(&mut text, report),
    };
    match &args.output_file {
        None => {
            written.and_then(|()| terminal::write_stdout(&text)).map_err(|error| format!("standard output: {error}"))
        }
        Some(path) => written.and_then(|()| replace(path, &text)).map_err(|error| {
            format!("--output-file {}: {error}; its directory must exist and be writable", path.display())
        }),
    }
}

/// Gives the file at `path` a new text: a reader sees the old one or the new one, never a part. A symlink stays one, a
/// mode stays what it is. A pipe or a device is written to.
fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
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

/// A name beside `path` that nobody else uses.
fn draft_of(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::other("not the name of a file"))?.to_string_lossy();
    Ok(path.with_file_name(format!(".{name}.{}.tmp", std::process::id())))
}
