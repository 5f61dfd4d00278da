//! The sizes of the tables, by which the database chooses between two indexes.
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr};

/// Lets SQLite count the tables that it has not counted yet or that have changed a lot. PostgreSQL does so by
/// itself.
///
/// The bits of <https://sqlite.org/pragma.html#pragma_optimize> mean: all tables, count, but only some rows
/// of each. The limit also keeps SQLite from taking samples of values (`sqlite_stat4`), for which it would
/// compile a query again for every parameter that is bound. That doubles the time of a page.
pub async fn learn(db: &DatabaseConnection) -> Result<(), DbErr> {
    if db.get_database_backend() == DbBackend::Sqlite {
        db.execute_unprepared("PRAGMA optimize = 0x10012").await?;
    }
    Ok(())
}
