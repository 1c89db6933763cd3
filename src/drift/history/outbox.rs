//! Open alerts, and what Alertmanager has yet to be told of them.
//!
//! At most one post of each sort waits for an alert: a newer scan takes the place of the one that waits. Only an alert
//! that Alertmanager never heard of keeps its first post when it is over, so that nothing goes by unseen while
//! Alertmanager is down; its end is told in a later round, because Alertmanager says nothing of an alert that begins and
//! ends within one.

use rusqlite::{Connection, Result as SqlResult, Row};

use super::{History, HistoryError, read};
use crate::drift::alerts::{self, AlertKind, Step};
use crate::drift::scan::{ErrorKind, Scan};

/// An alert, open or over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The number.
    pub id: i64,
    /// The environment; with `kind` the alert's identity.
    pub environment: String,
    /// What it is about.
    pub kind: AlertKind,
    /// When the scan began that saw it first, in milliseconds since 1970.
    pub opened_ms: i64,
    /// When the scan ended that no longer saw it, in milliseconds since 1970.
    pub resolved_ms: Option<i64>,
    /// The latest scan that saw it, from which its text comes.
    pub scan: i64,
}

/// Something that Alertmanager has to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The number.
    pub id: i64,
    /// The alert.
    pub alert: Alert,
    /// Whether the post says that it is over. An alert that is over may have to be told as open first.
    pub is_resolution: bool,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// The scan that asked for it.
    scan: i64,
}

impl History {
    /// The alerts that are open, of one environment or all, oldest first. Alertmanager forgets what is not repeated.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn open_alerts(&self, environment: Option<&str>) -> Result<Vec<Alert>, HistoryError> {
        self.read(|connection| open_alerts(connection, environment))
    }

    /// What Alertmanager has to be told now, oldest first. Of each alert only the next post: what follows it belongs to
    /// a later round.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn pending_deliveries(&self) -> Result<Vec<Delivery>, HistoryError> {
        self.read(|connection| {
            let sql = "SELECT alert.*, delivery.id AS delivery, delivery.scan AS asked_by, is_resolution, attempts,
                         last_error
                       FROM delivery JOIN alert ON alert.id = delivery.alert
                       WHERE delivery.id IN (SELECT min(id) FROM delivery WHERE delivered_ms IS NULL GROUP BY alert)
                       ORDER BY delivery.id";
            connection.prepare(sql)?.query_map((), delivery)?.collect()
        })
    }

    /// Notes that Alertmanager took a post at `now_ms`. If a newer scan has meanwhile put something else into its place,
    /// that still has to be told.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn mark_delivered(&mut self, delivery: &Delivery, now_ms: i64) -> Result<(), HistoryError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE delivery SET delivered_ms = ?1, attempts = attempts + 1, last_error = NULL
                 WHERE id = ?2 AND scan = ?3",
                (now_ms, delivery.id, delivery.scan),
            )?;
            let sql = "UPDATE alert SET announced_ms = ?1 WHERE id = ?2 AND announced_ms IS NULL";
            transaction.execute(sql, (now_ms, delivery.alert.id)).map(|_| ())
        })
    }

    /// Notes that a post failed, and why.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn mark_failed(&mut self, delivery: &Delivery, error: &str) -> Result<(), HistoryError> {
        let sql = "UPDATE delivery SET attempts = attempts + 1, last_error = ?1 WHERE id = ?2 AND delivered_ms IS NULL";
        self.write(|transaction| transaction.execute(sql, (error, delivery.id)).map(|_| ()))
    }

    /// Ends the alerts of environments that are not among `configured`: no scan will ever end them.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn retire_alerts(&mut self, configured: &[&str], now_ms: i64, notifies: bool) -> Result<(), HistoryError> {
        self.write(|transaction| {
            let open = open_alerts(transaction, None)?;
            for alert in open.iter().filter(|alert| !configured.contains(&alert.environment.as_str())) {
                let asked = Asked { scan: alert.scan, now_ms, notifies };
                take_step(transaction, alert.id, Step::Resolve, asked)?;
            }
            Ok(())
        })
    }
}

/// Who asks for a step of an alert.
#[derive(Clone, Copy)]
struct Asked {
    scan: i64,
    now_ms: i64,
    /// Whether Alertmanager is to be told.
    notifies: bool,
}

/// Stores what a scan means for the alerts of its environment.
pub(super) fn advance(
    connection: &Connection,
    id: i64,
    scan: &Scan,
    notifies: bool,
) -> SqlResult<Vec<(AlertKind, Step)>> {
    let open = open_alerts(connection, Some(&scan.environment))?;
    let kinds: Vec<AlertKind> = open.iter().map(|alert| alert.kind).collect();
    let steps = alerts::advance(&kinds, scan.verdict, scan.failure.as_ref().map(|failure| failure.kind));
    let asked = Asked { scan: id, now_ms: scan.ended_ms(), notifies };
    if !notifies {
        let sql = "DELETE FROM delivery WHERE delivered_ms IS NULL
                     AND alert IN (SELECT id FROM alert WHERE environment = ?1)";
        connection.execute(sql, [&scan.environment])?;
    }
    for (kind, step) in &steps {
        let alert = match open.iter().find(|alert| alert.kind == *kind) {
            Some(alert) => alert.id,
            None => insert_alert(connection, id, scan, *kind)?,
        };
        take_step(connection, alert, *step, asked)?;
    }
    Ok(steps)
}

/// A new alert; what was left to tell of an earlier one with the same identity is overtaken by it.
fn insert_alert(connection: &Connection, id: i64, scan: &Scan, kind: AlertKind) -> SqlResult<i64> {
    let error = kind.error().map(ErrorKind::as_str);
    let earlier = "DELETE FROM delivery WHERE delivered_ms IS NULL
                     AND alert IN (SELECT id FROM alert WHERE environment = ?1 AND error_kind IS ?2)";
    connection.execute(earlier, (&scan.environment, error))?;
    let sql = "INSERT INTO alert (environment, error_kind, opened_ms, scan) VALUES (?1, ?2, ?3, ?4)";
    connection.execute(sql, (&scan.environment, error, scan.started_ms, id))?;
    Ok(connection.last_insert_rowid())
}

fn take_step(connection: &Connection, alert: i64, step: Step, asked: Asked) -> SqlResult<()> {
    match step {
        Step::Open | Step::Renew => {
            connection.execute("UPDATE alert SET scan = ?1 WHERE id = ?2", (asked.scan, alert))?;
        }
        Step::Hold => {}
        Step::Resolve => {
            connection.execute("UPDATE alert SET resolved_ms = ?1 WHERE id = ?2", (asked.now_ms, alert))?;
        }
    }
    if asked.notifies { enqueue(connection, alert, step == Step::Resolve, asked.scan) } else { Ok(()) }
}

/// Puts a post into the outbox, or into the place of the one that waits.
fn enqueue(connection: &Connection, alert: i64, is_resolution: bool, scan: i64) -> SqlResult<()> {
    if is_resolution {
        let sql = "DELETE FROM delivery WHERE alert = ?1 AND delivered_ms IS NULL
                     AND (SELECT announced_ms FROM alert WHERE id = ?1) IS NOT NULL";
        connection.execute(sql, [alert])?;
    }
    let waiting = "UPDATE delivery SET scan = ?1 WHERE alert = ?2 AND is_resolution = ?3 AND delivered_ms IS NULL";
    if connection.execute(waiting, (scan, alert, is_resolution))? == 0 {
        let sql = "INSERT INTO delivery (alert, scan, is_resolution) VALUES (?1, ?2, ?3)";
        connection.execute(sql, (alert, scan, is_resolution))?;
    }
    Ok(())
}

pub(super) fn count_pending(connection: &Connection, environment: &str) -> SqlResult<u32> {
    let sql = "SELECT count(*) FROM delivery JOIN alert ON alert.id = delivery.alert
               WHERE delivered_ms IS NULL AND environment = ?1";
    connection.query_row(sql, [environment], |row| row.get(0))
}

fn open_alerts(connection: &Connection, environment: Option<&str>) -> SqlResult<Vec<Alert>> {
    let sql = "SELECT * FROM alert WHERE resolved_ms IS NULL AND (?1 IS NULL OR environment = ?1) ORDER BY id";
    connection.prepare(sql)?.query_map([environment], alert)?.collect()
}

fn alert(row: &Row<'_>) -> SqlResult<Alert> {
    let error: Option<String> = row.get("error_kind")?;
    Ok(Alert {
        id: row.get("id")?,
        environment: row.get("environment")?,
        kind: if error.is_some() { AlertKind::Error(read::error_kind(row)?) } else { AlertKind::Drift },
        opened_ms: row.get("opened_ms")?,
        resolved_ms: row.get("resolved_ms")?,
        scan: row.get("scan")?,
    })
}

fn delivery(row: &Row<'_>) -> SqlResult<Delivery> {
    Ok(Delivery {
        id: row.get("delivery")?,
        alert: alert(row)?,
        is_resolution: row.get("is_resolution")?,
        attempts: row.get("attempts")?,
        last_error: row.get("last_error")?,
        scan: row.get("asked_by")?,
    })
}
