//! Opens the database, SQLite or PostgreSQL, and migrates its schema.
use std::{fs::DirBuilder, os::unix::fs::DirBuilderExt, path::Path, time::Duration};

use anyhow::Context;
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr, TransactionTrait,
    sqlx::{self, Connection},
};

use crate::store::{self, intake::duplicate_key};

/// The time for which a writer waits for another one before it fails.
const BUSY: Duration = Duration::from_secs(60);

/// The time after which PostgreSQL ends a session that is idle in the middle of a transaction.
const FORGOTTEN: &str = "60s";

/// The time for which an idle connection is trusted without a test.
const IDLE: Duration = Duration::from_secs(5);
/// The time after which an unused connection to a file is closed.
const QUIET: Duration = Duration::from_secs(60);

/// Connects for work without a time limit. Creates a missing SQLite file and its folder.
pub async fn connect(url: &str) -> anyhow::Result<DatabaseConnection> {
    open(options_of(url)?).await
}

/// Connects as `connect` does, with at most `connections`: for work that does one thing after another.
///
/// The pool takes its connections in turn, so that all of them stay open while there is any work: each keeps pages in memory
/// (SQLite), or plans every statement anew (PostgreSQL).
pub async fn connect_at_most(url: &str, connections: u32) -> anyhow::Result<DatabaseConnection> {
    let mut options = options_of(url)?;
    let most = options.get_max_connections().map_or(connections, |it| it.min(connections));
    options.max_connections(most);
    open(options).await
}

/// Connects for pages, for which a person is waiting: a statement, and the wait for a free connection, end after
/// `limit`.
///
/// PostgreSQL cancels the statement. SQLite cannot do so: there the page ends while its statement runs on
/// (`web::limit`).
pub async fn connect_for_pages(url: &str, limit: Duration) -> anyhow::Result<DatabaseConnection> {
    let mut options = options_of(url)?;
    options.acquire_timeout(limit);
    if !url.starts_with("sqlite:") {
        let milliseconds = limit.as_millis().to_string();
        options.map_sqlx_postgres_opts(move |it| {
            it.options([
                ("idle_in_transaction_session_timeout", FORGOTTEN),
                ("statement_timeout", &milliseconds),
            ])
        });
    }
    open(options).await
}

/// Returns the connection for changes: a single one for an SQLite file, and `db` itself for PostgreSQL or a database in
/// memory.
///
/// SQLite allows one write at a time. With a single connection, writers wait in a queue of ours and each gets its turn,
/// whereas SQLite would make them retry; and the connection has the pages that it wrote before in its cache.
pub async fn writer(url: &str, db: &DatabaseConnection) -> anyhow::Result<DatabaseConnection> {
    match url.strip_prefix("sqlite:").map(|it| it.trim_start_matches("//")) {
        Some(path) if !is_memory(path) => {
            let mut options = sqlite(url, path)?;
            options.max_connections(1).idle_timeout(None).max_lifetime(None).connect_lazy(true);
            open(options).await
        }
        _ => Ok(db.clone()),
    }
}

/// Connects with a single connection that does not wait for the disk: for filling an SQLite file that is thrown away if
/// filling is interrupted.
pub async fn connect_for_filling(path: &str) -> anyhow::Result<DatabaseConnection> {
    let mut options = sqlite(&format!("sqlite://{path}"), path)?;
    options.max_connections(1).map_sqlx_sqlite_opts(|it| {
        it.create_if_missing(true)
            .foreign_keys(true)
            .pragma("journal_mode", "MEMORY")
            .pragma("synchronous", "OFF")
    });
    Database::connect(options).await.with_context(|| format!("cannot open {path}"))
}

/// Runs the pending migrations, and fills the columns that only the program can compute. Does nothing if there are none.
pub async fn migrate(db: &DatabaseConnection) -> Result<(), DbErr> {
    Migrator::up(db, None).await?;
    write_keys(db).await?;
    store::table_sizes::learn(db).await
}

/// Writes the keys of rows that have none yet, which only the program can compute.
async fn write_keys(db: &DatabaseConnection) -> Result<(), DbErr> {
    loop {
        let rows = duplicate_key::unkeyed(db).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let tx = db.begin().await?;
        for row in &rows {
            duplicate_key::write(&tx, row).await?;
        }
        tx.commit().await?;
    }
}

/// Returns whether every migration that this program knows has run.
pub async fn is_current(db: &DatabaseConnection) -> Result<bool, DbErr> {
    Ok(Migrator::get_pending_migrations(db).await?.is_empty())
}

async fn open(options: ConnectOptions) -> anyhow::Result<DatabaseConnection> {
    Database::connect(options).await.context("cannot connect to the database of DATABASE_URL")
}

fn options_of(url: &str) -> anyhow::Result<ConnectOptions> {
    match url.strip_prefix("sqlite:") {
        Some(path) => sqlite(url, path.trim_start_matches("//")),
        None => Ok(postgres(url)),
    }
}

fn sqlite(url: &str, path: &str) -> anyhow::Result<ConnectOptions> {
    let memory = is_memory(path);
    let mut options = options(url);
    if memory {
        // A second connection would open a second, empty database, and so would a replaced connection.
        options.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
    } else {
        let file = path.split('?').next().unwrap_or_default();
        if let Some(folder) = Path::new(file).parent() {
            // The folder holds consultations and contacts: no other user may read it.
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.with_context(|| format!("cannot make {}", folder.display()))?;
        }
        // A connection keeps two megabytes of pages: those that a busy hour opened are closed soon after it.
        options.max_connections(8).idle_timeout(QUIET);
    }
    options.map_sqlx_sqlite_pool_opts(|it| it.after_release(|it, _| Box::pin(is_clean(it))));
    options.map_sqlx_sqlite_opts(move |it| {
        it.create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("journal_mode", if memory { "MEMORY" } else { "WAL" })
            // A change that a company was told of must be on the disk.
            .pragma("synchronous", "FULL")
            // Erased octets are overwritten, so that no page of the file keeps them.
            .pragma("secure_delete", "ON")
            // A change of one consultation writes some fifty pages, mostly the ones that the previous change wrote:
            // they go from the log (32 MB) into the database together.
            .pragma("wal_autocheckpoint", "8000")
    });
    Ok(options)
}

fn is_memory(path: &str) -> bool {
    path.starts_with(":memory:")
}

fn postgres(url: &str) -> ConnectOptions {
    let mut options = options(url);
    options.max_connections(16).min_connections(1).idle_timeout(Duration::from_secs(600));
    // A client that stops in the middle of a change must not keep its locks.
    options.map_sqlx_postgres_opts(|it| it.options([("idle_in_transaction_session_timeout", FORGOTTEN)]));
    options.map_sqlx_postgres_pool_opts(|it| it.after_release(|it, _| Box::pin(is_clean(it))));
    options
}

/// Returns whether a connection may be used again: it may not if it is still in a transaction after its user has
/// released it.
///
/// After a COMMIT or ROLLBACK that failed (on a full disk SQLite ends the transaction by itself) the driver still
/// counts the transaction: each later one would be a savepoint in it, and none would ever be committed, without any
/// error. Such a connection is closed, and a new one is opened.
async fn is_clean<C: Connection>(connection: &mut C) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // The rollback of a dropped transaction is still in the queue of the connection.
        connection.ping().await?;
    }
    let is_clean = !connection.is_in_transaction();
    if !is_clean {
        tracing::error!("closing a connection to the database whose transaction could not be ended");
    }
    Ok(is_clean)
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .acquire_timeout(BUSY)
        .connect_timeout(Duration::from_secs(10))
        // Testing the connection on every use would double the round trips of a page.
        .test_before_acquire_if_idle_for(IDLE)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, Statement};

    use super::{connect, is_current, migrate};

    #[tokio::test]
    async fn a_missing_file_is_made_durable_and_current() {
        let folder = std::env::temp_dir().join(format!("madoguchi-{}", uuid::Uuid::new_v4()));
        let url = format!("sqlite://{}/below/madoguchi.db", folder.display());
        let db = connect(&url).await.unwrap();
        assert!(!is_current(&db).await.unwrap());
        migrate(&db).await.unwrap();
        migrate(&db).await.unwrap();
        assert!(is_current(&db).await.unwrap());
        for (pragma, expected) in [("synchronous", "2"), ("foreign_keys", "1"), ("busy_timeout", "60000")] {
            let row = db
                .query_one_raw(Statement::from_string(db.get_database_backend(), format!("PRAGMA {pragma}")));
            let value: i64 = row.await.unwrap().unwrap().try_get_by_index(0).unwrap();
            assert_eq!(value.to_string(), expected, "{pragma}");
        }
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), "PRAGMA journal_mode"));
        let mode: String = row.await.unwrap().unwrap().try_get_by_index(0).unwrap();
        assert_eq!(mode, "wal");
        db.close().await.unwrap();
        std::fs::remove_dir_all(folder).unwrap();
    }
}
