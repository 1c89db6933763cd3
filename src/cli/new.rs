//! `sprag new`: writes files that a repository lacks. What is there stays as it is.

mod alerts;

use std::fs;
use std::path::{Path, PathBuf};

use super::args::NewCommand;
use super::write::{create, refused};
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
        fs::create_dir_all(directory).map_err(|error| refused(directory, &error))?;
        create(path, text)?;
    }
    Ok(())
}
