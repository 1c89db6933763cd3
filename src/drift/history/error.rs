//! What can be wrong with the database, and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

use rusqlite::{Error as SqlError, ErrorCode};

/// What is wrong with the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Directory or file cannot be made or opened.
    Inaccessible(String),
    /// The file is something else than an SQLite database.
    NotADatabase,
    /// The file is a database of another program.
    Foreign,
    /// The file is damaged.
    Corrupt(String),
    /// A later release wrote it.
    Future {
        /// The version of its schema.
        found: i64,
        /// The latest one known here.
        known: i64,
    },
    /// No space is left.
    Full,
    /// The file system does not take what is written. Where the disk is full, SQLite says so of its shared memory file.
    Unwritten(String),
    /// Another process holds it for too long.
    Busy,
    /// It can be read only.
    ReadOnly,
    /// Anything else that SQLite says.
    Other(String),
}

/// Why the history could not be read or written. The database is as it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryError {
    /// The database.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: Problem,
}

impl HistoryError {
    pub(super) fn new(path: &Path, problem: Problem) -> Self {
        Self { path: path.to_path_buf(), problem }
    }

    pub(super) fn of_sqlite(path: &Path, error: &SqlError) -> Self {
        let problem = match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Problem::NotADatabase,
            Some(ErrorCode::DatabaseCorrupt) => Problem::Corrupt(error.to_string()),
            Some(ErrorCode::DiskFull) => Problem::Full,
            Some(ErrorCode::SystemIoFailure) => Problem::Unwritten(error.to_string()),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Problem::Busy,
            Some(ErrorCode::ReadOnly) => Problem::ReadOnly,
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Problem::Inaccessible(error.to_string()),
            None if is_odd_content(error) => Problem::Corrupt(error.to_string()),
            _ => Problem::Other(error.to_string()),
        };
        Self::new(path, problem)
    }
}

/// Whether a row holds something that was never written there.
fn is_odd_content(error: &SqlError) -> bool {
    matches!(
        error,
        SqlError::FromSqlConversionFailure(..)
            | SqlError::IntegralValueOutOfRange(..)
            | SqlError::InvalidColumnType(..)
    )
}

impl fmt::Display for HistoryError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: ", self.path.display())?;
        match &self.problem {
            Problem::Inaccessible(why) => {
                write!(
                    out,
                    "the history cannot be opened ({why}); give the user that runs sprag a directory to write to"
                )
            }
            Problem::NotADatabase => {
                out.write_str("not an SQLite database; move the file away, or set `history.path` to another one")
            }
            Problem::Foreign => out.write_str("a database of another program; set `history.path` to another file"),
            Problem::Corrupt(why) => write!(
                out,
                "the history is damaged ({why}); move it away with its `-wal` and `-shm` files, and the next scan begins \
                 a new one; `sqlite3 FILE .recover` saves what can be read"
            ),
            Problem::Future { found, known } => write!(
                out,
                "a later release of sprag wrote the history (schema {found}, known here: {known}); update this sprag"
            ),
            Problem::Full => out.write_str("no space is left for the history; free some on its file system"),
            Problem::Unwritten(why) => write!(
                out,
                "the history cannot be read or written ({why}): is its file system full? Free some space there; otherwise \
                 the kernel's log says what is broken"
            ),
            Problem::Busy => out.write_str("another process holds the history; see which with `fuser`, and try again"),
            Problem::ReadOnly => {
                out.write_str("the history can only be read; make the file and its directory writable for this user")
            }
            Problem::Other(why) => {
                write!(out, "the history cannot be used: {why}; see `sqlite3 FILE 'PRAGMA integrity_check'`")
            }
        }
    }
}

impl std::error::Error for HistoryError {}
