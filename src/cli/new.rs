//! `sprag new`: writes files that a repository lacks. What is there stays as it is.

mod alerts;

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::args::NewCommand;
use super::{Exit, terminal};

pub(super) fn run(command: &NewCommand) -> Exit {
    let told = match command {
        NewCommand::Alerts(args) => alerts::run(args),
    };
    let written = told
        .and_then(|told| terminal::write_stdout(told.as_bytes()).map_err(|error| format!("standard output: {error}")));
    match written {
        Ok(()) => Exit::Clean,
        Err(message) => {
            terminal::complain(&message);
            Exit::Failed
        }
    }
}

/// Writes all of `files` or, where one of them is there already, none.
fn create_all(files: &[(PathBuf, String)]) -> Result<(), String> {
    if let Some((path, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        return Err(format!("{} is there already and stays as it is; nothing was written", path.display()));
    }
    for (path, text) in files {
        let directory = path.parent().unwrap_or_else(|| Path::new(""));
        fs::create_dir_all(directory).map_err(|error| explain(directory, &error))?;
        let created = File::options().write(true).create_new(true).open(path);
        created.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| explain(path, &error))?;
    }
    Ok(())
}

fn explain(path: &Path, error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::AlreadyExists => format!("{} is there already and stays as it is", path.display()),
        ErrorKind::NotADirectory => format!("{}: a part of the path is a file, not a directory", path.display()),
        ErrorKind::PermissionDenied => format!("{}: permission denied; sprag needs to write it", path.display()),
        _ => format!("{}: {error}", path.display()),
    }
}
