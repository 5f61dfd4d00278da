//! Indexes, named after their table and columns.
use sea_orm_migration::prelude::*;

pub fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    named(table, columns, "ix").take()
}

pub fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    named(table, columns, "uq").unique().take()
}

/// Returns a unique index over the rows for which `condition` holds.
pub fn unique_where(
    table: &'static str,
    columns: &[&'static str],
    condition: &'static str,
) -> IndexCreateStatement {
    let first_word = condition.split(' ').next().unwrap_or_default();
    named(table, columns, &format!("uq_{first_word}")).unique().and_where(Expr::cust(condition)).take()
}

fn named(table: &'static str, columns: &[&'static str], prefix: &str) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{prefix}_{table}_{}", columns.join("_"))).table(table);
    for &column in columns {
        index.col(column);
    }
    index
}
