//! Examines what was erased: nothing of a company or a person is left in a consultation whose record is erased, its contact went
//! with it, and no event says that its words were erased while the record is kept.
use entity::{consultation, event};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Statement, sea_query::SelectStatement,
};
use uuid::Uuid;

use super::Findings;
use crate::store::retention::classification::{Kept, tables};

/// The number of rows that are named of one column.
const NAMED: u64 = 5;

pub(super) async fn examine(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    let odd: Vec<String> = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Number)
        .filter(consultation::COLUMN.record_erased_at.is_not_null())
        .filter(consultation::COLUMN.contact_erased_at.is_null())
        .limit(NAMED)
        .into_tuple()
        .all(db)
        .await?;
    for number in odd {
        findings.add("erasure", number, "its record is erased, but its contact is kept");
    }
    examine_events(db, findings).await?;
    let erased = consultation::Entity::find().filter(consultation::COLUMN.contact_erased_at.is_not_null());
    if erased.limit(1).all(db).await?.is_empty() {
        return Ok(());
    }
    for (table, kept, columns) in tables() {
        let erased_at = match kept {
            Kept::Contact => "contact_erased_at",
            Kept::Record => "record_erased_at",
            Kept::OwnTime | Kept::Account | Kept::NamesNobody => continue,
        };
        if !columns.iter().any(|(it, _)| *it == "consultation_id") {
            continue;
        }
        for (column, _) in columns.iter().filter(|(_, class)| class.is_erased()) {
            if !CHOICES.contains(&(table, column)) {
                examine_column(db, (table, column, erased_at), findings).await?;
            }
        }
    }
    Ok(())
}

/// Columns with choices besides words; the choices stay.
const CHOICES: [(&str, &str); 3] = [("follow_up", "answer"), ("event", "detail"), ("report", "body")];

async fn examine_events(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<(), DbErr> {
    let wrong: Vec<(Uuid, i32)> = event::Entity::find()
        .select_only()
        .column(event::Column::ConsultationId)
        .column(event::Column::Seq)
        .filter(event::COLUMN.erased_at.is_not_null())
        .filter(event::Column::ConsultationId.in_subquery(kept_records()))
        .order_by_asc(event::Column::Id)
        .limit(NAMED)
        .into_tuple()
        .all(db)
        .await?;
    for (case, seq) in wrong {
        let what = format!("the words of event {seq} are erased, but its record is kept");
        findings.add("erasure", format!("consultation {case}"), what);
    }
    Ok(())
}

fn kept_records() -> SelectStatement {
    consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .filter(consultation::COLUMN.record_erased_at.is_null())
        .into_query()
}

/// Reports rows of erased consultations that still hold something in a column.
async fn examine_column(
    db: &impl ConnectionTrait,
    (table, column, erased_at): (&str, &str, &str),
    findings: &mut Findings,
) -> Result<(), DbErr> {
    let query = format!(
        "SELECT c.number FROM {table} t JOIN consultation c ON c.id = t.consultation_id \
         WHERE c.{erased_at} IS NOT NULL AND t.{column} IS NOT NULL AND CAST(t.{column} AS text) <> '' \
         ORDER BY c.number LIMIT {NAMED}"
    );
    for row in db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await? {
        let number: String = row.try_get_by_index(0)?;
        findings.add("erasure", number, format!("{table}.{column} is not erased"));
    }
    Ok(())
}
