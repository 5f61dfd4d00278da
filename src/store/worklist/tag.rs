//! Tags: words by which the center groups cases.
use std::collections::BTreeMap;

use domain::{id::ConsultationId, worklist::Tag};
use entity::case_tag as row;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Statement, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::store::rows_inserted;

/// Returns the tags of a case in alphabetical order.
pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<String>, DbErr> {
    Ok(of_many(db, [id.0]).await?.remove(&id.0).unwrap_or_default())
}

/// Returns the tags of several cases, by case.
pub async fn of_many(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, Vec<String>>, DbErr> {
    let rows = row::Entity::find().filter(row::COLUMN.consultation_id.is_in(ids));
    let rows = rows.order_by_asc(row::COLUMN.tag).all(db).await?;
    let mut tags = BTreeMap::<_, Vec<_>>::new();
    for it in rows {
        tags.entry(it.consultation_id).or_default().push(it.tag);
    }
    Ok(tags)
}

/// Returns up to `limit` tags that any case has, in alphabetical order. Steps along the index from tag to tag, so that
/// its cost follows from the number of tags and not from that of cases.
pub async fn known(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    let marker = if backend == DbBackend::Postgres { "$1" } else { "?" };
    let steps = format!(
        r#"WITH RECURSIVE step("tag", "n") AS (
            SELECT MIN("tag"), 1 FROM "case_tag"
            UNION ALL
            SELECT (SELECT MIN(c."tag") FROM "case_tag" c WHERE c."tag" > step."tag"), step."n" + 1
            FROM step WHERE step."tag" IS NOT NULL AND step."n" < {marker}
        ) SELECT "tag" FROM step WHERE "tag" IS NOT NULL ORDER BY "n""#
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, steps, [limit.into()])).await?;
    rows.iter().map(|it| it.try_get("", "tag")).collect()
}

/// Adds a tag to a case. Returns false if the case had it.
pub async fn add(tx: &DatabaseTransaction, id: ConsultationId, tag: &Tag) -> Result<bool, DbErr> {
    let model = row::Model { consultation_id: id.0, tag: tag.as_str().to_owned() };
    let key = [row::Column::ConsultationId, row::Column::Tag];
    let written = row::Entity::insert(model.into_active_model())
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await;
    Ok(rows_inserted(written)? > 0)
}

/// Removes a tag from a case. Returns false if the case did not have it.
pub async fn remove(tx: &DatabaseTransaction, id: ConsultationId, tag: &str) -> Result<bool, DbErr> {
    let gone = row::Entity::delete_by_id((id.0, tag.to_owned())).exec(tx).await?;
    Ok(gone.rows_affected > 0)
}
