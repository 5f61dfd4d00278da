//! The consents of companies that their consultations become examples, and what is erased when one ends.
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    id::{ConsultationId, PublicationId},
    publication::{
        Content,
        example::consent::{ConsentState, ExampleConsent, ExampleConsentStatus, GivenConsent},
    },
    text::Prose,
};
use entity::{example_consent as row, publication_revision};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use crate::store::{contradiction, due_keys, known};

/// Returns the consent of the company of a consultation, if it was ever asked for or given.
pub async fn find(
    db: &impl ConnectionTrait,
    consultation: ConsultationId,
) -> Result<Option<ExampleConsent>, DbErr> {
    row::Entity::find_by_id(consultation.0).one(db).await?.map(from_row).transpose()
}

/// Returns a consent as `find` does, locked until the end of the transaction.
pub async fn lock(
    tx: &DatabaseTransaction,
    consultation: ConsultationId,
) -> Result<Option<ExampleConsent>, DbErr> {
    row::Entity::find_by_id(consultation.0).lock_exclusive().one(tx).await?.map(from_row).transpose()
}

/// Returns the consent under which an example stands; `None` for an example that does not come of a consultation.
pub async fn of_example(
    db: &impl ConnectionTrait,
    example: PublicationId,
) -> Result<Option<ExampleConsent>, DbErr> {
    let found = row::Entity::find().filter(row::COLUMN.publication_id.eq(example.0)).one(db).await?;
    found.map(from_row).transpose()
}

/// Returns the consent under which an example stands as `of_example` does, locked until the end of the transaction.
pub async fn lock_of_example(
    tx: &DatabaseTransaction,
    example: PublicationId,
) -> Result<Option<ExampleConsent>, DbErr> {
    let of_example = row::Entity::find().filter(row::COLUMN.publication_id.eq(example.0));
    of_example.lock_exclusive().one(tx).await?.map(from_row).transpose()
}

/// Returns all consents that are in force, by their examples.
pub async fn in_force(db: &impl ConnectionTrait) -> Result<HashMap<PublicationId, ExampleConsent>, DbErr> {
    let rows = row::Entity::find().filter(row::Column::PublicationId.is_not_null()).all(db).await?;
    let consents = rows.into_iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    Ok(consents.into_iter().filter_map(|it| Some((it.state.example()?, it))).collect())
}

/// Returns the consultations about whose consent something is due at `now`, at most `limit`, without those of `except`.
pub async fn due(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let key = (row::Column::ConsultationId, row::Column::DueAt);
    due_keys(db, row::Entity::find(), key, now, except, limit).await
}

/// Returns those of the consultations whose company reads this revision of its example.
pub async fn reviews(
    db: &impl ConnectionTrait,
    consultations: Vec<ConsultationId>,
) -> Result<HashMap<ConsultationId, i32>, DbErr> {
    if consultations.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Option<i32>)> = row::Entity::find()
        .select_only()
        .column(row::Column::ConsultationId)
        .column(row::Column::ShownRevision)
        .filter(row::COLUMN.consultation_id.is_in(consultations.into_iter().map(|it| it.0)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|(id, shown)| Some((ConsultationId(id), shown?))).collect())
}

/// Saves a consent, new or changed.
pub async fn save(tx: &DatabaseTransaction, it: &ExampleConsent, now: DateTime<Utc>) -> Result<(), DbErr> {
    let (shown_revision, wish) = match &it.state {
        ConsentState::Review { revision, .. } => (Some(*revision), None),
        ConsentState::ChangesWanted { wish, .. } => (None, Some(wish.as_str().to_owned())),
        ConsentState::Asked
        | ConsentState::Declined
        | ConsentState::Writing(_)
        | ConsentState::Approved(_)
        | ConsentState::Withdrawn
        | ConsentState::Lapsed => (None, None),
    };
    let model = row::Model {
        consultation_id: it.consultation.0,
        status: it.state.status().into(),
        is_named: it.is_named,
        given_at: it.given.as_ref().map(|it| it.at),
        wording: it.given.as_ref().map(|it| it.wording.clone()),
        publication_id: it.state.example().map(|it| it.0),
        shown_revision,
        approved_revision: it.approved,
        wish,
        due_at: it.due_at,
        updated_at: now,
    };
    let changed = [
        row::Column::Status,
        row::Column::IsNamed,
        row::Column::GivenAt,
        row::Column::Wording,
        row::Column::PublicationId,
        row::Column::ShownRevision,
        row::Column::ApprovedRevision,
        row::Column::Wish,
        row::Column::DueAt,
        row::Column::UpdatedAt,
    ];
    let again = OnConflict::column(row::Column::ConsultationId).update_columns(changed).to_owned();
    row::Entity::insert(model.into_active_model()).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// Replaces the text of every revision of an example, and forgets its pictures.
pub async fn erase_text(
    tx: &DatabaseTransaction,
    example: PublicationId,
    left: &Content,
) -> Result<(), DbErr> {
    let facts = serde_json::to_string(&left.facts).map_err(|err| DbErr::Json(err.to_string()))?;
    publication_revision::Entity::update_many()
        .col_expr(publication_revision::Column::Title, Expr::value(left.title.as_str()))
        .col_expr(publication_revision::Column::Body, Expr::value(None::<String>))
        .col_expr(publication_revision::Column::Facts, Expr::value(facts))
        .filter(publication_revision::COLUMN.publication_id.eq(example.0))
        .exec(tx)
        .await?;
    super::picture::delete_of(tx, example).await
}

fn from_row(row: row::Model) -> Result<ExampleConsent, DbErr> {
    let key = row.consultation_id;
    let wrong = |what: &str| contradiction(row::Entity, key, what);
    let example = || row.publication_id.map(PublicationId).ok_or_else(|| wrong("has no example"));
    let state = match known(&row.status, row::Column::Status, key)? {
        ExampleConsentStatus::Asked => ConsentState::Asked,
        ExampleConsentStatus::Declined => ConsentState::Declined,
        ExampleConsentStatus::Writing => ConsentState::Writing(example()?),
        ExampleConsentStatus::Review => {
            let revision = row.shown_revision.ok_or_else(|| wrong("shows no revision"))?;
            ConsentState::Review { example: example()?, revision }
        }
        ExampleConsentStatus::ChangesWanted => {
            let wish = row.wish.and_then(|it| Prose::try_from(it).ok());
            let wish = wish.ok_or_else(|| wrong("has no wish"))?;
            ConsentState::ChangesWanted { example: example()?, wish }
        }
        ExampleConsentStatus::Approved => ConsentState::Approved(example()?),
        ExampleConsentStatus::Withdrawn => ConsentState::Withdrawn,
        ExampleConsentStatus::Lapsed => ConsentState::Lapsed,
    };
    let given = row.given_at.zip(row.wording).map(|(at, wording)| GivenConsent { at, wording });
    Ok(ExampleConsent {
        consultation: ConsultationId(key),
        state,
        is_named: row.is_named,
        given,
        approved: row.approved_revision,
        due_at: row.due_at,
    })
}
