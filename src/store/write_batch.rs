//! Rows that are written in one round trip to the server. On a network, every round trip costs more than the
//! work.
use std::collections::BTreeSet;

use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend,
    DbErr, EntityName, EntityTrait, Iterable, PrimaryKeyToColumn, QueryFilter, QueryTrait, Statement,
    sea_query::{
        CommonTableExpression, Expr, InsertStatement, OnConflict, Query, SqliteQueryBuilder,
        SubQueryStatement, UpdateStatement, Values, WithClause,
    },
};

/// The rows that a change writes at its end, each at most once.
///
/// PostgreSQL runs them as one statement in which no part sees the writes of another part, so that of two
/// parts for one row only one would take effect. The second is therefore refused. Foreign keys are checked
/// when everything is written. SQLite runs the parts one after the other.
#[derive(Clone, Debug, Default)]
pub struct WriteBatch {
    writes: Vec<Write>,
    /// The table and the primary key of every row in `writes`.
    rows: BTreeSet<(String, String)>,
}

#[derive(Clone, Debug)]
enum Write {
    Insert(InsertStatement),
    Update(UpdateStatement),
}

impl WriteBatch {
    /// Adds a new row.
    pub fn insert<A: ActiveModelTrait>(&mut self, row: A) -> Result<(), DbErr> {
        self.insert_many([row])
    }

    /// Adds new rows of one table.
    pub fn insert_many<A: ActiveModelTrait>(
        &mut self,
        rows: impl IntoIterator<Item = A>,
    ) -> Result<(), DbErr> {
        self.add_insert(rows.into_iter().collect(), None)
    }

    /// Adds new rows of one table. A row is left out if its value of `column` exists already.
    pub fn insert_unless_there<A: ActiveModelTrait>(
        &mut self,
        rows: impl IntoIterator<Item = A>,
        column: <A::Entity as EntityTrait>::Column,
    ) -> Result<(), DbErr> {
        self.add_insert(rows.into_iter().collect(), Some(OnConflict::column(column).do_nothing().to_owned()))
    }

    /// Adds the columns that are set in `row` as an update of the row with its primary key.
    pub fn update<A: ActiveModelTrait>(&mut self, mut row: A) -> Result<(), DbErr> {
        self.claim(&row)?;
        let mut of_row = Condition::all();
        for key in <A::Entity as EntityTrait>::PrimaryKey::iter() {
            let column = key.into_column();
            let (ActiveValue::Set(value) | ActiveValue::Unchanged(value)) = row.take(column) else {
                return Err(DbErr::PrimaryKeyNotSet { ctx: "WriteBatch::update" });
            };
            of_row = of_row.add(column.eq(value));
        }
        let statement = A::Entity::update_many().set(row).filter(of_row).into_query();
        self.writes.push(Write::Update(statement));
        Ok(())
    }

    /// Adds all writes of another batch after the existing ones.
    pub fn append(&mut self, more: Self) -> Result<(), DbErr> {
        for row in more.rows {
            self.claim_row(row)?;
        }
        self.writes.extend(more.writes);
        Ok(())
    }

    fn add_insert<A: ActiveModelTrait>(
        &mut self,
        rows: Vec<A>,
        on_conflict: Option<OnConflict>,
    ) -> Result<(), DbErr> {
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            self.claim(row)?;
        }
        let mut statement = A::Entity::insert_many(rows).into_query();
        if let Some(on_conflict) = on_conflict {
            statement.on_conflict(on_conflict);
        }
        self.writes.push(Write::Insert(statement));
        Ok(())
    }

    /// Refuses a row that the batch already contains. A row whose key the database assigns never counts as
    /// contained.
    fn claim<A: ActiveModelTrait>(&mut self, row: &A) -> Result<(), DbErr> {
        let Some(key) = row.get_primary_key_value() else { return Ok(()) };
        self.claim_row((A::Entity::default().table_name().to_owned(), format!("{key:?}")))
    }

    fn claim_row(&mut self, row: (String, String)) -> Result<(), DbErr> {
        if let Some((table, key)) = self.rows.get(&row) {
            return Err(DbErr::Type(format!("{table} {key}: two writes of one batch are for this row")));
        }
        self.rows.insert(row);
        Ok(())
    }

    /// Writes everything in one round trip.
    pub async fn write(self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        if self.writes.is_empty() {
            return Ok(());
        }
        if tx.get_database_backend() == DbBackend::Postgres {
            self.write_as_one(tx).await
        } else {
            self.write_in_order(tx).await
        }
    }

    async fn write_as_one(self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        let mut with = WithClause::new();
        for (write, n) in self.writes.into_iter().zip(1..) {
            let statement = match write {
                Write::Insert(it) => SubQueryStatement::InsertStatement(it),
                Write::Update(it) => SubQueryStatement::UpdateStatement(it),
            };
            with.cte(
                CommonTableExpression::new().table_name(format!("part_{n}")).query(statement).to_owned(),
            );
        }
        let nothing = Query::select().expr(Expr::cust("1")).take();
        tx.execute(&with.query(nothing)).await?;
        Ok(())
    }

    async fn write_in_order(self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        let (mut sql, mut values) = (Vec::new(), Vec::new());
        for write in self.writes {
            let (one, Values(of_one)) = match write {
                Write::Insert(it) => it.build(SqliteQueryBuilder),
                Write::Update(it) => it.build(SqliteQueryBuilder),
            };
            sql.push(one);
            values.extend(of_one);
        }
        // The parameters have no numbers, so that each statement takes the next ones.
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql.join("; "), values);
        tx.execute_raw(statement).await?;
        Ok(())
    }
}
