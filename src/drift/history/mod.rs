//! The history: every scan of every environment, the alerts that are open, and what Alertmanager has yet to be told of
//! them. One SQLite database; the only module that knows SQL.
//!
//! A scan is written in one transaction together with what follows from it (alerts, deliveries, what is too old), so a
//! crash at any point leaves either no scan or a whole one. Readers are never in the way of a writer (write-ahead log);
//! writers wait for each other. A file that is not understood is never changed.
//!
//! Nothing here masks: values are stored as [`Scan`] brings them.

mod error;
mod location;
mod outbox;
mod read;
mod schema;
mod write;

#[cfg(test)]
mod tests;

use std::fs::{DirBuilder, OpenOptions};
use std::io::ErrorKind as IoErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, Result as SqlResult, Transaction, TransactionBehavior};

pub use error::{HistoryError, Problem};
pub use location::{Location, MACHINE_PATH, Origin, locate};
pub use outbox::{Alert, Delivery};
pub use read::{Filter, Noise, Sighting, Status, StoredScan, Summary};

use super::alerts::{AlertKind, Step};
use super::scan::Scan;

/// How long a writer waits for others. Each needs milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// How far back the noise of a provider is measured, in milliseconds: 30 days.
pub const NOISE_WINDOW_MS: i64 = 30 * 86_400_000;

/// What happens to the history beside a scan that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long scans are kept.
    pub keep: Duration,
    /// Whether sprag itself tells Alertmanager; otherwise alerts are kept for the record and nothing has to be
    /// delivered.
    pub notifies: bool,
}

/// A scan that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its number.
    pub id: i64,
    /// What it means for alerts.
    pub steps: Vec<(AlertKind, Step)>,
}

/// The database of scans.
#[derive(Debug)]
pub struct History {
    connection: Connection,
    path: PathBuf,
}

impl History {
    /// Opens the database, or makes it, readable for its user only, together with the directories above it.
    ///
    /// # Errors
    /// When it can be neither opened nor made, or is something else than a history that this release knows.
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        make_file(path).map_err(|error| HistoryError::new(path, Problem::Inaccessible(error)))?;
        Self::connect(path)
    }

    /// Opens the database if it is there, and makes nothing.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_existing(path: &Path) -> Result<Option<Self>, HistoryError> {
        match path.metadata() {
            Ok(_) => Self::connect(path).map(Some),
            Err(error) if error.kind() == IoErrorKind::NotFound => Ok(None),
            Err(error) => Err(HistoryError::new(path, Problem::Inaccessible(error.to_string()))),
        }
    }

    fn connect(path: &Path) -> Result<Self, HistoryError> {
        let failed = |error| HistoryError::of_sqlite(path, &error);
        if path.is_dir() {
            return Err(HistoryError::new(path, Problem::Inaccessible("it is a directory".to_owned())));
        }
        // One at a time makes or upgrades the database: nobody else may judge it half-made. Where the directory cannot
        // be locked, SQLite's own locks remain.
        let directory = path.parent().and_then(|directory| std::fs::File::open(directory).ok());
        let _turn = directory.filter(|directory| directory.lock().is_ok());
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        if let Some(problem) = schema::judge(&connection).map_err(failed)? {
            return Err(HistoryError::new(path, problem));
        }
        prepare(&mut connection).map_err(failed)?;
        Ok(Self { connection, path: path.to_path_buf() })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a scan and all that follows from it: alerts and their deliveries, and what is older than `policy` keeps is
    /// removed, except for the latest scan of each environment and what an open or untold alert refers to.
    ///
    /// # Errors
    /// When the database cannot be written; then nothing of the scan is in it.
    pub fn record(&mut self, scan: &Scan, policy: Policy) -> Result<Recorded, HistoryError> {
        self.write(|transaction| {
            let id = write::insert(transaction, scan)?;
            let steps = outbox::advance(transaction, id, scan, policy.notifies)?;
            let keep = i64::try_from(policy.keep.as_millis()).unwrap_or(i64::MAX);
            write::prune(transaction, scan.ended_ms().saturating_sub(keep))?;
            Ok(Recorded { id, steps })
        })
    }

    /// Stops scans of `environment` until a time, in milliseconds since 1970.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn pause(&mut self, environment: &str, until_ms: i64) -> Result<(), HistoryError> {
        self.write(|transaction| write::pause(transaction, environment, until_ms))
    }

    /// Ends a pause; says whether there was one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn resume(&mut self, environment: &str) -> Result<bool, HistoryError> {
        self.write(|transaction| write::resume(transaction, environment))
    }

    /// All of `work`, or nothing of it.
    fn write<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> SqlResult<T>) -> Result<T, HistoryError> {
        let run = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        run(&mut self.connection).map_err(|error| HistoryError::of_sqlite(&self.path, &error))
    }

    /// `work` on one state of the database, whatever is written meanwhile.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> SqlResult<T>) -> Result<T, HistoryError> {
        let run = || work(&*self.connection.unchecked_transaction()?);
        run().map_err(|error| HistoryError::of_sqlite(&self.path, &error))
    }
}

/// Makes the file with mode 0600 and missing directories with mode 0700, so that nobody else can read what SQLite
/// writes. What is there keeps its mode.
fn make_file(path: &Path) -> Result<(), String> {
    let say = |path: &Path, error: &std::io::Error| format!("{}: {error}", path.display());
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.map_err(|error| say(directory, &error))?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != IoErrorKind::AlreadyExists => Err(say(path, &error)),
        _ => Ok(()),
    }
}

fn prepare(connection: &mut Connection) -> SqlResult<()> {
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    use_write_ahead_log(connection)?;
    schema::migrate(connection)
}

/// SQLite does not wait by itself when two processes switch a new database at the same time.
fn use_write_ahead_log(connection: &Connection) -> SqlResult<()> {
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode == "wal" {
        return Ok(());
    }
    let started = Instant::now();
    loop {
        let switched = connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()));
        let code = switched.as_ref().err().and_then(rusqlite::Error::sqlite_error_code);
        if code != Some(ErrorCode::DatabaseBusy) || started.elapsed() > PATIENCE {
            return switched;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
