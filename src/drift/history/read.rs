//! Questions to the history.

use std::time::Duration;

use rusqlite::types::{ToSql, Type};
use rusqlite::{Connection, Error as SqlError, OptionalExtension, Result as SqlResult, Row, params_from_iter};

use super::{History, HistoryError, NOISE_WINDOW_MS, outbox};
use crate::drift::scan::{
    Cause, Change, ChangeKind, Checkout, ErrorKind, Failure, Finding, Flags, Phase, Scan, Verdict,
};

/// A scan with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredScan {
    /// The number.
    pub id: i64,
    /// When the first of the unbroken row of scans with this verdict began, in milliseconds since 1970.
    pub since_ms: i64,
    /// The scan.
    pub scan: Scan,
}

/// A scan in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The number.
    pub id: i64,
    /// The environment.
    pub environment: String,
    /// When it began, in milliseconds since 1970.
    pub started_ms: i64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What it says.
    pub verdict: Verdict,
    /// When the first of the unbroken row of scans with this verdict began, in milliseconds since 1970.
    pub since_ms: i64,
    /// Whether everything seems deleted at once.
    pub is_suspect: bool,
    /// Changes that count as drift.
    pub drifted: u32,
    /// Changes that wait for an apply.
    pub ahead: u32,
    /// Changes that an ignore rule silences.
    pub ignored: u32,
    /// Benign changes.
    pub benign: u32,
    /// Why there is no verdict: the sort and a sentence.
    pub failure: Option<(ErrorKind, String)>,
}

/// Which scans are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this environment.
    pub environment: Option<String>,
    /// That began at or after this time, in milliseconds since 1970.
    pub since_ms: Option<i64>,
    /// With this verdict.
    pub verdict: Option<Verdict>,
}

/// How much of the alarms of the last 30 days was noise of providers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noise {
    /// Distinct changes that raised an alarm.
    pub alarms: u32,
    /// Those of them that came back after an apply, or changed nothing but order or emptiness.
    pub noisy: u32,
}

impl Noise {
    /// The share of noise, from 0 to 1; nothing where there was no alarm.
    #[must_use]
    pub fn ratio(self) -> Option<f64> {
        (self.alarms > 0).then(|| f64::from(self.noisy) / f64::from(self.alarms))
    }
}

/// How an environment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The environment.
    pub environment: String,
    /// Its latest scan; nothing where it is only paused.
    pub latest: Option<Summary>,
    /// When the latest scan that had a verdict began, in milliseconds since 1970.
    pub last_success_ms: Option<i64>,
    /// What Alertmanager has not been told yet.
    pub undelivered: u32,
    /// Until when it is not scanned, in milliseconds since 1970, where that is to come.
    pub paused_until_ms: Option<i64>,
    /// The noise of its providers.
    pub noise: Noise,
}

impl Status {
    /// An environment that the history knows nothing of.
    #[must_use]
    pub fn unknown(environment: String) -> Self {
        Self {
            environment,
            latest: None,
            last_success_ms: None,
            undelivered: 0,
            paused_until_ms: None,
            noise: Noise::default(),
        }
    }

    /// How long ago the latest scan began.
    #[must_use]
    pub fn age(&self, now_ms: i64) -> Option<Duration> {
        self.latest.as_ref().map(|scan| elapsed(scan.started_ms, now_ms))
    }

    /// By how much the next scan is late, if it is: timers are spread by some minutes, so a tenth of `interval` is left
    /// to them. A paused environment is not late.
    #[must_use]
    pub fn overdue(&self, now_ms: i64, interval: Duration) -> Option<Duration> {
        let late = self.age(now_ms)?.checked_sub(interval)?;
        (self.paused_until_ms.is_none() && late > interval / 10).then_some(late)
    }
}

/// That a change was seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The change.
    pub fingerprint: String,
    /// The lowest serial of the states in which it was seen.
    pub serial: Option<u64>,
    /// How many scans saw it.
    pub scans: u32,
    /// How many scans with a verdict have not seen it since the first that did.
    pub missed: u32,
}

impl History {
    /// The scans that fit, latest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn scans(&self, filter: &Filter, limit: u32) -> Result<Vec<Summary>, HistoryError> {
        self.read(|connection| {
            let (condition, mut values) = conditions(filter);
            values.push(Box::new(limit));
            let sql = format!("SELECT * FROM scan WHERE {condition} ORDER BY id DESC LIMIT ?");
            connection.prepare(&sql)?.query_map(params_from_iter(values), summary)?.collect()
        })
    }

    /// How many scans fit.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count(&self, filter: &Filter) -> Result<u32, HistoryError> {
        self.read(|connection| {
            let (condition, values) = conditions(filter);
            let sql = format!("SELECT count(*) FROM scan WHERE {condition}");
            connection.query_row(&sql, params_from_iter(values), |row| row.get(0))
        })
    }

    /// One scan, whole.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn scan(&self, id: i64) -> Result<Option<StoredScan>, HistoryError> {
        self.read(|connection| whole(connection, id))
    }

    /// The latest scan of an environment, whole.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn latest(&self, environment: &str) -> Result<Option<StoredScan>, HistoryError> {
        self.read(|connection| {
            let sql = "SELECT max(id) FROM scan WHERE environment = ?1";
            let id: Option<i64> = connection.query_row(sql, [environment], |row| row.get(0))?;
            id.map_or(Ok(None), |id| whole(connection, id))
        })
    }

    /// How all environments stand that were scanned or paused, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn statuses(&self, now_ms: i64) -> Result<Vec<Status>, HistoryError> {
        self.read(|connection| {
            let sql = "SELECT environment FROM scan UNION SELECT environment FROM pause WHERE until_ms > ?1 ORDER BY 1";
            let mut names = connection.prepare(sql)?;
            let names: Vec<String> = names.query_map([now_ms], |row| row.get(0))?.collect::<SqlResult<_>>()?;
            names.into_iter().map(|name| status(connection, name, now_ms)).collect()
        })
    }

    /// Until when an environment is paused, in milliseconds since 1970, if it is at `now_ms`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn paused_until(&self, environment: &str, now_ms: i64) -> Result<Option<i64>, HistoryError> {
        self.read(|connection| paused_until(connection, environment, now_ms))
    }

    /// Which changes of these fingerprints were seen in an environment before.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn sightings(&self, environment: &str, fingerprints: &[&str]) -> Result<Vec<Sighting>, HistoryError> {
        self.read(|connection| {
            let mut select = connection.prepare(
                "WITH seen AS (SELECT DISTINCT scan.id, serial FROM change JOIN scan ON scan.id = change.scan
                               WHERE fingerprint = ?1 AND environment = ?2)
                 SELECT ?1 AS fingerprint, min(serial) AS serial, count(*) AS scans,
                   (SELECT count(*) FROM scan WHERE environment = ?2 AND verdict <> ?3
                      AND id >= (SELECT min(id) FROM seen) AND id NOT IN (SELECT id FROM seen)) AS missed
                 FROM seen HAVING count(*) > 0",
            )?;
            let mut sightings = Vec::new();
            for fingerprint in fingerprints {
                let values = (fingerprint, environment, Verdict::Error.as_str());
                sightings.extend(select.query_row(values, sighting).optional()?);
            }
            Ok(sightings)
        })
    }

    /// How much of the alarms of an environment was noise in the 30 days before `now_ms`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn noise(&self, environment: &str, now_ms: i64) -> Result<Noise, HistoryError> {
        self.read(|connection| noise(connection, environment, now_ms))
    }
}

fn conditions(filter: &Filter) -> (String, Vec<Box<dyn ToSql>>) {
    let mut conditions = vec!["true"];
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    if let Some(environment) = &filter.environment {
        conditions.push("environment = ?");
        values.push(Box::new(environment.clone()));
    }
    if let Some(since) = filter.since_ms {
        conditions.push("started_ms >= ?");
        values.push(Box::new(since));
    }
    if let Some(verdict) = filter.verdict {
        conditions.push("verdict = ?");
        values.push(Box::new(verdict.as_str()));
    }
    (conditions.join(" AND "), values)
}

fn summary(row: &Row<'_>) -> SqlResult<Summary> {
    let kind: Option<String> = row.get("error_kind")?;
    let failure = match kind {
        Some(_) => Some((error_kind(row)?, row.get("error_message")?)),
        None => None,
    };
    Ok(Summary {
        id: row.get("id")?,
        environment: row.get("environment")?,
        started_ms: row.get("started_ms")?,
        duration_ms: unsigned(row, "duration_ms")?.unwrap_or(0),
        verdict: word(row, "verdict", &Verdict::ALL, Verdict::as_str)?,
        since_ms: row.get("since_ms")?,
        is_suspect: row.get("is_suspect")?,
        drifted: row.get("drifted")?,
        ahead: row.get("ahead")?,
        ignored: row.get("ignored")?,
        benign: row.get("benign")?,
        failure,
    })
}

fn whole(connection: &Connection, id: i64) -> SqlResult<Option<StoredScan>> {
    let found = connection.query_row("SELECT * FROM scan WHERE id = ?1", [id], stored).optional()?;
    let Some(mut stored) = found else { return Ok(None) };
    let mut changes = connection.prepare("SELECT * FROM change WHERE scan = ?1 ORDER BY position")?;
    stored.scan.changes = changes.query_map([id], change)?.collect::<SqlResult<_>>()?;
    let mut findings = connection.prepare("SELECT * FROM finding WHERE scan = ?1 ORDER BY position")?;
    stored.scan.findings = findings.query_map([id], finding)?.collect::<SqlResult<_>>()?;
    Ok(Some(stored))
}

/// The scan without what stands in other tables.
fn stored(row: &Row<'_>) -> SqlResult<StoredScan> {
    let head = summary(row)?;
    let outputs: String = row.get("outputs")?;
    let failure = match head.failure {
        Some((kind, message)) => Some(Failure {
            kind,
            phase: word(row, "error_phase", &Phase::ALL, Phase::as_str)?,
            message,
            remedy: row.get("error_remedy")?,
        }),
        None => None,
    };
    let checkout =
        Checkout { commit: row.get("commit_id")?, is_dirty: row.get("is_dirty")?, behind: row.get("behind")? };
    let scan = Scan {
        environment: head.environment,
        started_ms: head.started_ms,
        duration_ms: head.duration_ms,
        verdict: head.verdict,
        is_suspect: head.is_suspect,
        changes: Vec::new(),
        benign: head.benign,
        outputs: serde_json::from_str(&outputs).map_err(|error| odd(Box::new(error)))?,
        findings: Vec::new(),
        failure,
        checkout,
        tool: row.get("tool")?,
        serial: unsigned(row, "serial")?,
    };
    Ok(StoredScan { id: head.id, since_ms: head.since_ms, scan })
}

fn change(row: &Row<'_>) -> SqlResult<Change> {
    Ok(Change {
        address: row.get("address")?,
        path: row.get("path")?,
        expected: row.get("expected")?,
        actual: row.get("actual")?,
        kind: word(row, "kind", &ChangeKind::ALL, ChangeKind::as_str)?,
        cause: word(row, "cause", &Cause::ALL, Cause::as_str)?,
        flags: Flags {
            order_only: row.get("order_only")?,
            empty_equivalent: row.get("empty_equivalent")?,
            dangerous: row.get("dangerous")?,
            recurring: row.get("recurring")?,
        },
        ignored_by: row.get("ignored_by")?,
        fingerprint: row.get("fingerprint")?,
    })
}

fn finding(row: &Row<'_>) -> SqlResult<Finding> {
    Ok(Finding {
        severity: row.get("severity")?,
        summary: row.get("summary")?,
        detail: row.get("detail")?,
        address: row.get("address")?,
        place: row.get("place")?,
        count: row.get("count")?,
    })
}

fn sighting(row: &Row<'_>) -> SqlResult<Sighting> {
    Ok(Sighting {
        fingerprint: row.get("fingerprint")?,
        serial: unsigned(row, "serial")?,
        scans: row.get("scans")?,
        missed: row.get("missed")?,
    })
}

fn status(connection: &Connection, environment: String, now_ms: i64) -> SqlResult<Status> {
    let latest = "SELECT * FROM scan WHERE id = (SELECT max(id) FROM scan WHERE environment = ?1)";
    let success = "SELECT max(id) FROM scan WHERE environment = ?1 AND verdict = ?2";
    let mut last_success = None;
    for verdict in Verdict::ALL.into_iter().filter(|verdict| *verdict != Verdict::Error) {
        let id: Option<i64> = connection.query_row(success, (&environment, verdict.as_str()), |row| row.get(0))?;
        last_success = last_success.max(id);
    }
    let started = "SELECT started_ms FROM scan WHERE id = ?1";
    Ok(Status {
        latest: connection.query_row(latest, [&environment], summary).optional()?,
        last_success_ms: connection.query_row(started, [last_success], |row| row.get(0)).optional()?,
        undelivered: outbox::count_pending(connection, &environment)?,
        paused_until_ms: paused_until(connection, &environment, now_ms)?,
        noise: noise(connection, &environment, now_ms)?,
        environment,
    })
}

fn paused_until(connection: &Connection, environment: &str, now_ms: i64) -> SqlResult<Option<i64>> {
    let sql = "SELECT until_ms FROM pause WHERE environment = ?1 AND until_ms > ?2";
    connection.query_row(sql, (environment, now_ms), |row| row.get(0)).optional()
}

fn noise(connection: &Connection, environment: &str, now_ms: i64) -> SqlResult<Noise> {
    let sql = "SELECT count(*), coalesce(sum(is_noise), 0) FROM alarm WHERE environment = ?1 AND last_ms >= ?2";
    let values = (environment, now_ms.saturating_sub(NOISE_WINDOW_MS));
    connection.query_row(sql, values, |row| Ok(Noise { alarms: row.get(0)?, noisy: row.get(1)? }))
}

pub(super) fn error_kind(row: &Row<'_>) -> SqlResult<ErrorKind> {
    word(row, "error_kind", &ErrorKind::ALL, ErrorKind::as_str)
}

/// The value whose word stands in `column`.
fn word<T: Copy>(row: &Row<'_>, column: &str, all: &[T], name: fn(T) -> &'static str) -> SqlResult<T> {
    let found: String = row.get(column)?;
    let known = all.iter().copied().find(|value| name(*value) == found);
    known.ok_or_else(|| odd(format!("`{found}` is no {column}").into()))
}

fn odd(why: Box<dyn std::error::Error + Send + Sync>) -> SqlError {
    SqlError::FromSqlConversionFailure(0, Type::Text, why)
}

fn unsigned(row: &Row<'_>, column: &str) -> SqlResult<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(column)?.and_then(|number| u64::try_from(number).ok()))
}

/// From one time to another; nothing where the clock went back.
fn elapsed(from_ms: i64, to_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(to_ms.saturating_sub(from_ms)).unwrap_or(0))
}
