//! Opening the database, SQLite or PostgreSQL, and bringing its schema up to date.
use std::{fs::DirBuilder, os::unix::fs::DirBuilderExt, path::Path, time::Duration};

use anyhow::Context;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

use crate::store;

/// How long a writer waits for another one before it gives up.
const BUSY: Duration = Duration::from_secs(60);

/// How long PostgreSQL waits for somebody who says nothing in the middle of a transaction.
const FORGOTTEN: Duration = Duration::from_secs(60);

/// How long a connection may have been idle and is still trusted without asking.
const IDLE: Duration = Duration::from_secs(5);

/// Connects; an SQLite file and its folder are made where they are missing.
pub async fn connect(url: &str) -> anyhow::Result<DatabaseConnection> {
    let options = match url.strip_prefix("sqlite:") {
        Some(path) => sqlite(url, path.trim_start_matches("//"))?,
        None => postgres(url),
    };
    Database::connect(options).await.context("cannot connect to the database of DATABASE_URL")
}

/// What changes are made through, beside what is read through `db`.
///
/// SQLite lets one write at a time. In a queue of ours each is let in when it is their turn, where SQLite would have them
/// try again and again; and the one connection has the pages at hand that it wrote before.
pub async fn writer(url: &str, db: &DatabaseConnection) -> anyhow::Result<DatabaseConnection> {
    match url.strip_prefix("sqlite:").map(|it| it.trim_start_matches("//")) {
        Some(path) if !is_memory(path) => {
            let mut options = sqlite(url, path)?;
            options.max_connections(1).idle_timeout(None).max_lifetime(None).connect_lazy(true);
            Database::connect(options).await.context("cannot connect to the database of DATABASE_URL")
        }
        _ => Ok(db.clone()),
    }
}

/// The same over one connection that does not wait for the disk: for filling an SQLite file that is thrown away where
/// that is interrupted.
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

/// Runs the migrations that have not run yet. Harmless when there are none.
pub async fn migrate(db: &DatabaseConnection) -> Result<(), DbErr> {
    Migrator::up(db, None).await?;
    store::sizes::learn(db).await
}

/// Whether every migration that this program knows has run.
pub async fn is_current(db: &DatabaseConnection) -> Result<bool, DbErr> {
    Ok(Migrator::get_pending_migrations(db).await?.is_empty())
}

fn sqlite(url: &str, path: &str) -> anyhow::Result<ConnectOptions> {
    let memory = is_memory(path);
    let mut options = options(url);
    if memory {
        // A second connection would open a second, empty database, and so would a new one after a time.
        options.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
    } else {
        let file = path.split('?').next().unwrap_or_default();
        if let Some(folder) = Path::new(file).parent() {
            // Cases and contacts lie there: nobody else's to read.
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.with_context(|| format!("cannot make {}", folder.display()))?;
        }
        options.max_connections(8);
    }
    options.map_sqlx_sqlite_opts(move |it| {
        it.create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("journal_mode", if memory { "MEMORY" } else { "WAL" })
            // What a company was told is on the disk.
            .pragma("synchronous", "FULL")
            // A change of one consultation writes some fifty pages, mostly the same ones as the change before it: they
            // go from the log (32 MB) into the database together.
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
    // Whoever stops in the middle of a change must not keep what it has locked from everybody else.
    let forgotten = format!("{}s", FORGOTTEN.as_secs());
    options.map_sqlx_postgres_opts(move |it| {
        it.options([("idle_in_transaction_session_timeout", forgotten.as_str())])
    });
    options
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .acquire_timeout(BUSY)
        .connect_timeout(Duration::from_secs(10))
        // Asking on every use whether the server is still there would double the round trips of a page.
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
