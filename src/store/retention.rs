//! Data that are kept for a time and then erased: those that are due, their erasure, the holds against it, the notices before it
//! and the log after it.
pub mod case_erasure;
pub mod classification;
pub mod correspondence_erasure;
pub mod due_case;
pub mod hold;
pub mod log;
pub mod notice;

use sea_orm::{
    DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    sea_query::{CaseStatement, Condition, Expr, ExprTrait},
};

/// Erases columns of these rows: `texts`, which are never null, become empty, and `values` become null. Returns the number of
/// rows.
async fn erase_columns<E: EntityTrait>(
    tx: &DatabaseTransaction,
    rows: Condition,
    texts: &[E::Column],
    values: &[E::Column],
) -> Result<u64, DbErr> {
    let mut statement = E::update_many().filter(rows);
    for column in texts {
        statement = statement.col_expr(*column, Expr::value(""));
    }
    for column in values {
        // A null without a type fits every column.
        statement = statement.col_expr(*column, Expr::cust("NULL"));
    }
    Ok(statement.exec(tx).await?.rows_affected)
}

/// Erases texts of these rows that may be missing: what was said becomes empty, and that nothing was said stays known, as the
/// constraints of states ask. Returns the number of rows.
async fn erase_remarks<E: EntityTrait>(
    tx: &DatabaseTransaction,
    rows: Condition,
    columns: &[E::Column],
) -> Result<u64, DbErr> {
    let mut statement = E::update_many().filter(rows);
    for column in columns {
        let emptied = CaseStatement::new().case(Expr::col(*column).is_not_null(), "");
        statement = statement.col_expr(*column, emptied.into());
    }
    Ok(statement.exec(tx).await?.rows_affected)
}
