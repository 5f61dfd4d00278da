//! A fingerprint of everything that a database holds, to see whether something has changed.
use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

/// Returns the number of rows and a checksum of them, for every table except those named.
pub async fn fingerprint(db: &DatabaseConnection, except: &[&str]) -> BTreeMap<String, (usize, u64)> {
    let sqlite = db.get_database_backend() == DbBackend::Sqlite;
    let tables = if sqlite {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    } else {
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
    };
    let mut found = BTreeMap::new();
    for table in texts(db, tables).await {
        if except.contains(&table.as_str()) {
            continue;
        }
        let rows = if sqlite {
            let columns = texts(db, &format!("SELECT name FROM pragma_table_info('{table}')")).await;
            let whole: Vec<_> = columns.iter().map(|it| format!("quote(\"{it}\")")).collect();
            format!("SELECT {} FROM \"{table}\"", whole.join(" || ',' || "))
        } else {
            format!("SELECT it::text FROM \"{table}\" it")
        };
        let mut rows = texts(db, &rows).await;
        rows.sort_unstable();
        let mut hasher = DefaultHasher::new();
        rows.hash(&mut hasher);
        found.insert(table, (rows.len(), hasher.finish()));
    }
    assert!(found.len() > 30, "{} tables", found.len());
    found
}

/// Returns the first column of every row.
pub async fn texts(db: &DatabaseConnection, query: &str) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await.unwrap();
    rows.iter().map(|it| it.try_get_by_index(0).unwrap()).collect()
}
