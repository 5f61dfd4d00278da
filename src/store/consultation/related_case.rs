//! Cases that belong together and stay two, such as two requests of one project.
use chrono::{DateTime, Utc};
use domain::{
    consultation::State,
    id::{AccountId, ConsultationId},
    number::CaseNumber,
};
use entity::{consultation, related_case as row};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, sea_query::OnConflict,
};
use uuid::Uuid;

use super::from_row;
use crate::store::rows_inserted;

/// A case that belongs to another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelatedCase {
    pub number: CaseNumber,
    pub company_name: String,
    pub state: State,
    pub note: String,
}

impl RelatedCase {
    /// Returns whether the two were one case that was split.
    pub fn is_split(&self) -> bool {
        self.note == super::split::RELATION
    }
}

/// Relates two cases. Returns false if they were related already.
pub async fn insert(
    tx: &DatabaseTransaction,
    cases: [ConsultationId; 2],
    note: &str,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let [first, second] = in_order(cases);
    let model = row::Model {
        first_id: first.0,
        second_id: second.0,
        note: note.to_owned(),
        related_by: by.0,
        related_at: now,
    };
    let key = [row::Column::FirstId, row::Column::SecondId];
    let written = row::Entity::insert(model.into_active_model())
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await;
    Ok(rows_inserted(written)? > 0)
}

/// Ends the relation of two cases. Returns false if they were not related.
pub async fn remove(tx: &DatabaseTransaction, cases: [ConsultationId; 2]) -> Result<bool, DbErr> {
    let [first, second] = in_order(cases);
    Ok(row::Entity::delete_by_id((first.0, second.0)).exec(tx).await?.rows_affected > 0)
}

/// Returns the cases that are related to this one, by number. A related case that was merged is replaced by the one into
/// which it was merged, and those of the cases that were merged into this one are among them.
pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<RelatedCase>, DbErr> {
    let own = super::case_merge::one_case(id);
    let rows = row::Entity::find()
        .filter(row::Column::FirstId.in_subquery(own.clone()).or(row::Column::SecondId.in_subquery(own)))
        .all(db)
        .await?;
    let ids = rows.iter().flat_map(|it| [it.first_id, it.second_id]);
    let cases = consultation::Entity::find().filter(consultation::COLUMN.id.is_in(ids)).all(db).await?;
    let merged = cases.iter().filter_map(|it| it.merged_into);
    let leading = consultation::Entity::find().filter(consultation::COLUMN.id.is_in(merged));
    let leading = leading.order_by_asc(consultation::COLUMN.number).all(db).await?;
    let resolved = |id: Uuid| {
        let case = cases.iter().find(|it| it.id == id)?;
        case.merged_into.map_or(Some(case), |into| leading.iter().find(|it| it.id == into))
    };
    let mut found: Vec<RelatedCase> = Vec::new();
    for it in &rows {
        for case in [it.first_id, it.second_id].into_iter().filter_map(resolved).filter(|it| it.id != id.0) {
            let record = from_row(case)?;
            if !found.iter().any(|it| it.number == record.number) {
                found.push(RelatedCase {
                    number: record.number,
                    company_name: record.company_name,
                    state: record.consultation.state,
                    note: it.note.clone(),
                });
            }
        }
    }
    found.sort_by_key(|it| it.number.to_string());
    Ok(found)
}

fn in_order([one, other]: [ConsultationId; 2]) -> [ConsultationId; 2] {
    if one.0 <= other.0 { [one, other] } else { [other, one] }
}
