//! Companies that are recognised as one. The absorbed one leads to the kept one, and its consultations count as the kept
//! one's; each remembers the company under which it was filed, so that a merge can be undone.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::id::{AccountId, CompanyId};
use entity::{company, company_merge as row, conflict_of_interest, consultation};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::{
    consultation::{Record, from_row},
    contradiction,
    merge::merges,
};

/// A company as it is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    pub id: CompanyId,
    pub values: CompanyValues,
    pub merged_into: Option<CompanyId>,
}

/// The values of a company of which a merge keeps one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyValues {
    pub name: String,
    pub corporate_number: Option<String>,
}

/// The values of the kept company before a merge and after it, and those of the absorbed one, which keeps them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyChange {
    pub kept: [CompanyValues; 2],
    pub absorbed: CompanyValues,
}

merges! {
    /// A merge of two companies that was not undone.
    CompanyMerge in row of CompanyId changes CompanyChange
}

/// Returns a company.
pub async fn find(db: &impl ConnectionTrait, id: CompanyId) -> Result<Option<Company>, DbErr> {
    Ok(company::Entity::find_by_id(id.0).one(db).await?.map(from_company))
}

/// Returns companies, locked until the transaction ends, in the order of their ids.
pub async fn lock(tx: &DatabaseTransaction, ids: &[CompanyId]) -> Result<Vec<Company>, DbErr> {
    let rows = company::Entity::find()
        .filter(company::COLUMN.id.is_in(ids.iter().map(|it| it.0)))
        .order_by_asc(company::COLUMN.id)
        .lock_exclusive()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(from_company).collect())
}

/// Returns the consultations of companies, locked until the transaction ends, in the order of their ids.
pub async fn lock_cases(tx: &DatabaseTransaction, companies: &[CompanyId]) -> Result<Vec<Record>, DbErr> {
    let rows = consultation::Entity::find()
        .filter(consultation::COLUMN.company_id.is_in(companies.iter().map(|it| it.0)))
        .order_by_asc(consultation::COLUMN.id)
        .lock_exclusive()
        .all(tx)
        .await?;
    rows.iter().map(from_row).collect()
}

/// Returns the number of consultations of a company.
pub async fn cases(db: &impl ConnectionTrait, id: CompanyId) -> Result<u64, DbErr> {
    consultation::Entity::find().filter(consultation::COLUMN.company_id.eq(id.0)).count(db).await
}

/// Saves a merge: the absorbed company and all that were merged into it lead to the kept one, with their consultations.
pub async fn insert(tx: &DatabaseTransaction, it: &CompanyMerge, by: AccountId) -> Result<(), DbErr> {
    it.insert(tx, by).await?;
    let all = Condition::any()
        .add(company::COLUMN.id.eq(it.absorbed.0))
        .add(company::COLUMN.merged_into.eq(it.absorbed.0));
    company::Entity::update_many()
        .col_expr(company::Column::MergedInto, Expr::value(it.kept.0))
        .filter(all)
        .exec(tx)
        .await?;
    consultation::Entity::update_many()
        .col_expr(consultation::Column::OwnCompanyId, Expr::cust("COALESCE(own_company_id, company_id)"))
        .col_expr(consultation::Column::CompanyId, Expr::value(it.kept.0))
        .filter(consultation::COLUMN.company_id.eq(it.absorbed.0))
        .exec(tx)
        .await?;
    let [_, after] = &it.change.kept;
    set_name(tx, it.kept, &after.name).await
}

/// Saves that a merge was undone: the absorbed company, all that were merged into it before, and their consultations
/// lead to the absorbed one again.
pub async fn undo(
    tx: &DatabaseTransaction,
    it: &CompanyMerge,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    it.set_undone(tx, by, now).await?;
    let below = below(tx, it.absorbed).await?;
    company::Entity::update_many()
        .col_expr(company::Column::MergedInto, Expr::value(Some(it.absorbed.0)))
        .filter(company::COLUMN.id.is_in(below.clone()))
        .exec(tx)
        .await?;
    let free = company::ActiveModel { id: Set(it.absorbed.0), merged_into: Set(None), ..Default::default() };
    company::Entity::update(free).exec(tx).await?;
    let own = below.into_iter().chain([it.absorbed.0]);
    consultation::Entity::update_many()
        .col_expr(consultation::Column::CompanyId, Expr::value(it.absorbed.0))
        .filter(consultation::COLUMN.company_id.eq(it.kept.0))
        .filter(consultation::COLUMN.own_company_id.is_in(own))
        .exec(tx)
        .await?;
    // A consultation that is with the company under which it was filed needs no other one.
    consultation::Entity::update_many()
        .col_expr(consultation::Column::OwnCompanyId, Expr::value(Option::<Uuid>::None))
        .filter(consultation::COLUMN.company_id.eq(it.absorbed.0))
        .filter(consultation::COLUMN.own_company_id.eq(it.absorbed.0))
        .exec(tx)
        .await?;
    let [before, after] = &it.change.kept;
    if before.name == after.name { Ok(()) } else { set_name(tx, it.kept, &before.name).await }
}

/// Returns the merges into a company that hold, latest first.
pub async fn into(db: &impl ConnectionTrait, id: CompanyId) -> Result<Vec<CompanyMerge>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.kept_id.eq(id.0))
        .filter(row::COLUMN.undone_at.is_null())
        .order_by_desc(row::COLUMN.merged_at)
        .order_by_desc(row::COLUMN.id)
        .all(db)
        .await?;
    rows.iter().map(CompanyMerge::of_row).collect()
}

/// Returns where the merged companies lead to with which some expert has a conflict of interest.
pub async fn with_conflicts(db: &impl ConnectionTrait) -> Result<BTreeMap<Uuid, Uuid>, DbErr> {
    let declared = conflict_of_interest::Entity::find()
        .select_only()
        .column(conflict_of_interest::Column::CompanyId)
        .into_query();
    let rows: Vec<(Uuid, Option<Uuid>)> = company::Entity::find()
        .select_only()
        .column(company::Column::Id)
        .column(company::Column::MergedInto)
        .filter(company::COLUMN.merged_into.is_not_null())
        .filter(company::Column::Id.in_subquery(declared))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(|(id, into)| Some((id, into?))).collect())
}

/// Returns the companies that were merged into this one, directly or through others.
async fn below(db: &impl ConnectionTrait, id: CompanyId) -> Result<BTreeSet<Uuid>, DbErr> {
    let (mut found, mut next) = (BTreeSet::new(), vec![id.0]);
    while !next.is_empty() {
        let rows: Vec<Uuid> = row::Entity::find()
            .select_only()
            .column(row::Column::AbsorbedId)
            .filter(row::COLUMN.kept_id.is_in(std::mem::take(&mut next)))
            .filter(row::COLUMN.undone_at.is_null())
            .into_tuple()
            .all(db)
            .await?;
        next.extend(rows.into_iter().filter(|it| found.insert(*it)));
    }
    Ok(found)
}

async fn set_name(tx: &DatabaseTransaction, id: CompanyId, name: &str) -> Result<(), DbErr> {
    let change = company::ActiveModel {
        id: Set(id.0),
        name: Set(name.to_owned()),
        search_key: Set(domain::text::search_key(name)),
        ..Default::default()
    };
    company::Entity::update(change).exec(tx).await?;
    Ok(())
}

fn from_company(it: company::Model) -> Company {
    Company {
        id: CompanyId(it.id),
        values: CompanyValues { name: it.name, corporate_number: it.corporate_number },
        merged_into: it.merged_into.map(CompanyId),
    }
}
