//! Statements that are written in one turn with the server: on a network every turn costs more than the work.
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement,
    sea_query::{
        CommonTableExpression, Expr, InsertStatement, Query, SqliteQueryBuilder, SubQueryStatement,
        UpdateStatement, Values, WithClause,
    },
};

/// What a change writes at its end.
///
/// PostgreSQL takes it as one statement in which no part sees what another has written, so that no two may write the
/// same row; foreign keys are checked when all is written. SQLite takes the parts one after the other.
#[derive(Clone, Debug, Default)]
pub struct Together(Vec<Part>);

#[derive(Clone, Debug)]
pub enum Part {
    Insert(InsertStatement),
    Update(UpdateStatement),
}

impl From<InsertStatement> for Part {
    fn from(it: InsertStatement) -> Self {
        Self::Insert(it)
    }
}

impl From<UpdateStatement> for Part {
    fn from(it: UpdateStatement) -> Self {
        Self::Update(it)
    }
}

impl Together {
    pub fn add(&mut self, part: impl Into<Part>) {
        self.0.push(part.into());
    }

    /// After everything that is there already.
    pub fn append(&mut self, mut more: Self) {
        self.0.append(&mut more.0);
    }

    pub async fn write(self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        if self.0.is_empty() {
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
        for (part, n) in self.0.into_iter().zip(1..) {
            let part = match part {
                Part::Insert(it) => SubQueryStatement::InsertStatement(it),
                Part::Update(it) => SubQueryStatement::UpdateStatement(it),
            };
            with.cte(CommonTableExpression::new().table_name(format!("part_{n}")).query(part).to_owned());
        }
        let nothing = Query::select().expr(Expr::cust("1")).take();
        tx.execute(&with.query(nothing)).await?;
        Ok(())
    }

    async fn write_in_order(self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        let (mut sql, mut values) = (Vec::new(), Vec::new());
        for part in self.0 {
            let (one, Values(of_one)) = match part {
                Part::Insert(it) => it.build(SqliteQueryBuilder),
                Part::Update(it) => it.build(SqliteQueryBuilder),
            };
            sql.push(one);
            values.extend(of_one);
        }
        // Parameters without numbers: each statement takes the next ones.
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql.join("; "), values);
        tx.execute_raw(statement).await?;
        Ok(())
    }
}
