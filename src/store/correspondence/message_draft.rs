//! Drafts of messages.
use chrono::{DateTime, Utc};
use domain::{actor::Party, id::ConsultationId};
use entity::message_draft as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::OnConflict,
};
use uuid::Uuid;

/// The writer of a draft. Other writers do not see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftWriter {
    Account(Uuid),
    Company,
}

impl DraftWriter {
    fn code(self) -> String {
        match self {
            Self::Account(id) => id.to_string(),
            Self::Company => Party::Company.code().to_owned(),
        }
    }
}

/// Returns a writer's drafts in a consultation, as pairs of form and text.
pub async fn of(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    writer: DraftWriter,
) -> Result<Vec<(String, String)>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.writer.eq(writer.code()))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|it| (it.form, it.body)).collect())
}

pub async fn save(
    tx: &DatabaseTransaction,
    id: ConsultationId,
    writer: DraftWriter,
    form: &str,
    body: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let model = row::Model {
        consultation_id: id.0,
        writer: writer.code(),
        form: form.to_owned(),
        body: body.to_owned(),
        updated_at: now,
    };
    let key = [row::Column::ConsultationId, row::Column::Writer, row::Column::Form];
    let again =
        OnConflict::columns(key).update_columns([row::Column::Body, row::Column::UpdatedAt]).to_owned();
    row::Entity::insert(model.into_active_model()).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn remove(
    tx: &DatabaseTransaction,
    id: ConsultationId,
    writer: DraftWriter,
    form: &str,
) -> Result<(), DbErr> {
    row::Entity::delete_many()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.writer.eq(writer.code()))
        .filter(row::COLUMN.form.eq(form))
        .exec(tx)
        .await?;
    Ok(())
}
