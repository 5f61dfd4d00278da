//! How large the tables are, for the database's choice between two indexes.
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr};

/// Lets SQLite count what it has not counted yet or what has changed a lot; PostgreSQL does so by itself.
///
/// The bits of <https://sqlite.org/pragma.html#pragma_optimize>: all tables, count, but only some rows of each. That limit
/// also keeps it from taking samples of values (`sqlite_stat4`), for whose sake it would compile a query anew for every
/// parameter that is bound: twice the time of a page.
pub async fn learn(db: &DatabaseConnection) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Sqlite {
        db.execute_unprepared("PRAGMA optimize = 0x10012").await?;
    }
    Ok(())
}
