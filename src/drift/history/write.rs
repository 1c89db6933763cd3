//! Writing scans and removing old ones. Everything here runs inside a transaction of the caller.

use rusqlite::{Connection, OptionalExtension, Result as SqlResult, params};

use crate::drift::scan::{Cause, Change, Finding, Flags, Scan, Verdict};

pub(super) fn insert(connection: &Connection, scan: &Scan) -> SqlResult<i64> {
    let before =
        "SELECT since_ms FROM scan WHERE verdict = ?2 AND id = (SELECT max(id) FROM scan WHERE environment = ?1)";
    let since: Option<i64> =
        connection.query_row(before, (&scan.environment, scan.verdict.as_str()), |row| row.get(0)).optional()?;
    let count = |wanted: fn(&Change) -> bool| scan.changes.iter().filter(|change| wanted(change)).count() as i64;
    let failure = scan.failure.as_ref();
    connection.execute(
        "INSERT INTO scan (environment, started_ms, duration_ms, verdict, since_ms, is_suspect, drifted, ahead, ignored,
           benign, outputs, error_kind, error_phase, error_message, error_remedy, commit_id, is_dirty, behind, tool,
           serial)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        params![
            scan.environment,
            scan.started_ms,
            signed(scan.duration_ms),
            scan.verdict.as_str(),
            since.unwrap_or(scan.started_ms),
            scan.is_suspect,
            count(is_alarm),
            count(|change| change.cause == Cause::Ahead && change.ignored_by.is_none()),
            count(|change| change.ignored_by.is_some()),
            scan.benign,
            serde_json::Value::from(scan.outputs.clone()).to_string(),
            failure.map(|failure| failure.kind.as_str()),
            failure.map(|failure| failure.phase.as_str()),
            failure.map(|failure| &failure.message),
            failure.and_then(|failure| failure.remedy.as_ref()),
            scan.checkout.commit,
            scan.checkout.is_dirty,
            scan.checkout.behind,
            scan.tool,
            scan.serial.map(signed),
        ],
    )?;
    let id = connection.last_insert_rowid();
    insert_changes(connection, id, &scan.changes)?;
    insert_findings(connection, id, &scan.findings)?;
    note_alarms(connection, scan)?;
    Ok(id)
}

fn insert_changes(connection: &Connection, scan: i64, changes: &[Change]) -> SqlResult<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO change (scan, position, address, path, expected, actual, kind, cause, order_only, empty_equivalent,
           dangerous, recurring, ignored_by, fingerprint)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    for (position, change) in changes.iter().enumerate() {
        insert.execute(params![
            scan,
            position as i64,
            change.address,
            change.path,
            change.expected,
            change.actual,
            change.kind.as_str(),
            change.cause.as_str(),
            change.flags.order_only,
            change.flags.empty_equivalent,
            change.flags.dangerous,
            change.flags.recurring,
            change.ignored_by,
            change.fingerprint,
        ])?;
    }
    Ok(())
}

/// Whether somebody is told of the change.
fn is_alarm(change: &Change) -> bool {
    change.cause.is_drift() && change.ignored_by.is_none()
}

fn note_alarms(connection: &Connection, scan: &Scan) -> SqlResult<()> {
    let mut note = connection.prepare_cached(
        "INSERT INTO alarm (environment, fingerprint, last_ms, is_noise) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (environment, fingerprint) DO UPDATE
           SET last_ms = excluded.last_ms, is_noise = max(is_noise, excluded.is_noise)",
    )?;
    for change in scan.changes.iter().filter(|change| scan.verdict == Verdict::Drift && is_alarm(change)) {
        let Flags { recurring, order_only, empty_equivalent, .. } = change.flags;
        let is_noise = recurring || order_only || empty_equivalent;
        note.execute(params![scan.environment, change.fingerprint, scan.started_ms, is_noise])?;
    }
    Ok(())
}

fn insert_findings(connection: &Connection, scan: i64, findings: &[Finding]) -> SqlResult<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO finding (scan, position, severity, summary, detail, address, place, count)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (position, finding) in findings.iter().enumerate() {
        insert.execute(params![
            scan,
            position as i64,
            finding.severity,
            finding.summary,
            finding.detail,
            finding.address,
            finding.place,
            finding.count,
        ])?;
    }
    Ok(())
}

/// Removes scans that began before `cutoff_ms`, except for the latest of each environment and those that an alert or a
/// delivery still needs. An alert is needed while it is open, while something of it is to be told, and as long as a
/// scan of its end would be.
pub(super) fn prune(connection: &Connection, cutoff_ms: i64) -> SqlResult<()> {
    connection.execute(
        "DELETE FROM alert WHERE resolved_ms < ?1
           AND id NOT IN (SELECT alert FROM delivery WHERE delivered_ms IS NULL)",
        [cutoff_ms],
    )?;
    connection.execute(
        "DELETE FROM scan WHERE started_ms < ?1
           AND id NOT IN (SELECT max(id) FROM scan GROUP BY environment)
           AND id NOT IN (SELECT scan FROM alert)
           AND id NOT IN (SELECT scan FROM delivery WHERE delivered_ms IS NULL)",
        [cutoff_ms],
    )?;
    connection.execute("DELETE FROM alarm WHERE last_ms < ?1", [cutoff_ms])?;
    Ok(())
}

pub(super) fn pause(connection: &Connection, environment: &str, until_ms: i64) -> SqlResult<()> {
    let sql = "INSERT INTO pause (environment, until_ms) VALUES (?1, ?2)
               ON CONFLICT (environment) DO UPDATE SET until_ms = excluded.until_ms";
    connection.execute(sql, (environment, until_ms)).map(|_| ())
}

pub(super) fn resume(connection: &Connection, environment: &str) -> SqlResult<bool> {
    connection.execute("DELETE FROM pause WHERE environment = ?1", [environment]).map(|removed| removed > 0)
}

/// SQLite's integers are signed; what does not fit is no real duration or serial.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
