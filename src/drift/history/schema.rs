//! The version of a database: which release wrote it, and bringing an older one up to date.

use rusqlite::{Connection, Result as SqlResult, TransactionBehavior};

use super::error::Problem;

/// The steps from an empty file to the schema of today. A step that was released is never changed; the number of steps
/// taken is `PRAGMA user_version`.
const MIGRATIONS: [&str; 2] = [include_str!("schema/1.sql"), include_str!("schema/2.sql")];

/// The schema of today.
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

/// `PRAGMA application_id` of databases of sprag: `spra` in ASCII.
const APPLICATION: i64 = 0x7370_7261;

/// What kind of database this is, without changing it.
///
/// # Errors
/// Whatever reading fails with.
pub(super) fn judge(connection: &Connection) -> SqlResult<Option<Problem>> {
    let application = pragma(connection, "application_id")?;
    let version = pragma(connection, "user_version")?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    let is_new = application == 0 && version == 0 && tables == 0;
    Ok(match application {
        APPLICATION if version > VERSION => Some(Problem::Future { found: version, known: VERSION }),
        APPLICATION => None,
        _ if is_new => None,
        _ => Some(Problem::Foreign),
    })
}

/// Takes the steps that are missing, all or none.
///
/// # Errors
/// Whatever writing fails with.
pub(super) fn migrate(connection: &mut Connection) -> SqlResult<()> {
    migrate_to(connection, MIGRATIONS.len())
}

fn migrate_to(connection: &mut Connection, steps: usize) -> SqlResult<()> {
    if pragma(connection, "user_version")? >= steps as i64 {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been first.
    let taken = usize::try_from(pragma(&transaction, "user_version")?).unwrap_or(0);
    for step in MIGRATIONS.iter().take(steps).skip(taken) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", steps.max(taken) as i64)?;
    transaction.commit()
}

fn pragma(connection: &Connection, name: &str) -> SqlResult<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

/// Makes a database as the first release wrote it.
#[cfg(test)]
pub(super) fn begin_at_version_1(connection: &mut Connection) -> SqlResult<()> {
    migrate_to(connection, 1)
}
