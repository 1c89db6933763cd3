//! What is in the directory of units already: compared with what should be there, and searched for what sprag wrote for
//! environments that are gone. Changes nothing.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::config::Drift;
use crate::drift::units::{MARK, Owner, UnitFile, owner};

/// How a file stands to the text it should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It has this text.
    Same,
    /// There is none.
    Missing,
    /// sprag wrote another text.
    Differs,
    /// Somebody else wrote it.
    Foreign,
}

/// What is in the directory.
pub(super) struct Survey {
    /// For each file that should be there.
    pub(super) states: Vec<State>,
    /// Files that sprag wrote and the configuration no longer asks for.
    pub(super) stale: Vec<PathBuf>,
    /// Files of environments that are gone, written by somebody else.
    pub(super) kept: Vec<PathBuf>,
    /// Timers that may still be enabled, although their environment or their purpose is gone.
    pub(super) gone: BTreeSet<String>,
}

impl Survey {
    /// Looks at `directory`, which should hold `files`.
    pub(super) fn take(directory: &Path, files: &[UnitFile], drift: &Drift) -> Result<Self, (PathBuf, io::Error)> {
        let mut survey = Self { states: Vec::new(), stale: Vec::new(), kept: Vec::new(), gone: BTreeSet::new() };
        for entry in names(directory)? {
            let path = directory.join(&entry);
            match owner(&entry) {
                Some(Owner::Everyone) => survey.judge(&entry, &path, files, false)?,
                Some(Owner::Environment(name)) => {
                    let is_gone = !drift.environments.iter().any(|environment| environment.name.0 == name);
                    for file in names(&path)? {
                        survey.judge(&format!("{entry}/{file}"), &path.join(&file), files, is_gone)?;
                    }
                    if is_gone {
                        survey.gone.insert(format!("sprag-drift@{name}.timer"));
                    }
                }
                None => {}
            }
        }
        for file in files {
            let path = directory.join(&file.name);
            survey.states.push(match read(&path)? {
                None => State::Missing,
                Some(found) if found == file.text.as_bytes() => State::Same,
                Some(found) if is_ours(&found) => State::Differs,
                Some(_) => State::Foreign,
            });
        }
        Ok(survey)
    }

    /// Sorts a file that is there but should perhaps not be.
    fn judge(
        &mut self,
        name: &str,
        path: &Path,
        files: &[UnitFile],
        is_gone: bool,
    ) -> Result<(), (PathBuf, io::Error)> {
        if files.iter().any(|file| file.name == name) {
            return Ok(());
        }
        if read(path)?.is_some_and(|text| is_ours(&text)) {
            self.stale.push(path.to_path_buf());
            if name.ends_with(".timer") {
                self.gone.insert(name.to_owned());
            }
        } else if is_gone {
            self.kept.push(path.to_path_buf());
        }
        Ok(())
    }
}

fn is_ours(text: &[u8]) -> bool {
    text.starts_with(MARK.as_bytes())
}

/// The entries of a directory in order; a name that is not UTF-8 is none of sprag's.
fn names(directory: &Path) -> Result<Vec<String>, (PathBuf, io::Error)> {
    let failed = |error| (directory.to_path_buf(), error);
    let entries = fs::read_dir(directory).map_err(failed)?;
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().into_string().ok()));
    let mut names: Vec<String> = names.filter_map(Result::transpose).collect::<io::Result<_>>().map_err(failed)?;
    names.sort_unstable();
    Ok(names)
}

/// The content of a file; nothing where there is none.
fn read(path: &Path) -> Result<Option<Vec<u8>>, (PathBuf, io::Error)> {
    match fs::read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        // Not a file, hence not sprag's.
        Err(error) if error.kind() == ErrorKind::IsADirectory => Ok(Some(Vec::new())),
        Err(error) => Err((path.to_path_buf(), error)),
    }
}
