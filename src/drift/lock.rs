//! One scan of an environment at a time, whoever starts it: a file that is locked while the scan runs. The lock goes
//! with the process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

/// Held while an environment is scanned.
#[derive(Debug)]
pub struct EnvironmentLock {
    _file: File,
}

/// Why the lock could not be had.
#[derive(Debug)]
pub enum LockError {
    /// Another scan runs; what it wrote about itself.
    Held(String),
    /// The file cannot be opened or written.
    Io(io::Error),
}

impl EnvironmentLock {
    /// Locks `environment` in `directory`; `holder` tells others who has it.
    ///
    /// # Errors
    /// When another scan runs, or the file cannot be used.
    pub fn acquire(directory: &Path, environment: &str, holder: &str) -> Result<Self, LockError> {
        let path = directory.join(format!("{environment}.lock"));
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = options.map_err(LockError::Io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let _ = file.read_to_string(&mut text);
                return Err(LockError::Held(text.trim().to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
        }
        let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{holder}"));
        written.map_err(LockError::Io)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it() {
        let directory = tempfile::tempdir().unwrap();
        let first = EnvironmentLock::acquire(directory.path(), "prod", "process 4711").unwrap();
        let second = EnvironmentLock::acquire(directory.path(), "prod", "process 4712");
        assert!(matches!(second, Err(LockError::Held(holder)) if holder == "process 4711"));
        assert!(EnvironmentLock::acquire(directory.path(), "lab", "process 4712").is_ok());
        drop(first);
        assert!(EnvironmentLock::acquire(directory.path(), "prod", "process 4712").is_ok());
    }
}
