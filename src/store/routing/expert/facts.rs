//! Writing what routing knows of an expert.
use std::collections::BTreeSet;

use domain::{
    field::{Field, Fields},
    id::ExpertId,
    intake::company::Industry,
    prefecture::Prefecture,
    routing::ThemeCode,
};
use entity::{expert as row, expert_industry, expert_prefecture, expert_theme};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
};

use crate::store::reference::revision::{RevisedPart, touch};

/// What an administrator knows of an expert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpertFacts {
    pub fields: Fields,
    pub themes: BTreeSet<ThemeCode>,
    pub industries: BTreeSet<Industry>,
    pub works_online: bool,
    /// Empty for who does not visit. One or both of this and `works_online` are there.
    pub visits: BTreeSet<Prefecture>,
    pub home: Prefecture,
    /// Sessions.
    pub daily_limit: i16,
    /// Sessions, Monday to Sunday.
    pub weekly_limit: i16,
    /// Consultations at once.
    pub open_limit: i16,
    /// Sessions in 28 days that make a full load.
    pub capacity: i16,
    /// Where online sessions take place.
    pub video_url: String,
    /// One paragraph for the company.
    pub profile: String,
}

/// The facts of a new expert; the account of the same id is there already.
pub async fn insert_facts(tx: &DatabaseTransaction, id: ExpertId, facts: &ExpertFacts) -> Result<(), DbErr> {
    let mut new = columns(id, facts);
    new.active = Set(true);
    new.feed_hash = Set(None);
    row::Entity::insert(new).exec_without_returning(tx).await?;
    insert_lists(tx, id, facts).await?;
    touch(tx, RevisedPart::Experts).await
}

/// Replaces an expert's facts; false where there is no such expert.
pub async fn save_facts(tx: &DatabaseTransaction, id: ExpertId, facts: &ExpertFacts) -> Result<bool, DbErr> {
    if row::Entity::find_by_id(id.0).one(tx).await?.is_none() {
        return Ok(false);
    }
    row::Entity::update(columns(id, facts)).exec(tx).await?;
    expert_prefecture::Entity::delete_many()
        .filter(expert_prefecture::Column::ExpertId.eq(id.0))
        .exec(tx)
        .await?;
    expert_theme::Entity::delete_many().filter(expert_theme::Column::ExpertId.eq(id.0)).exec(tx).await?;
    expert_industry::Entity::delete_many()
        .filter(expert_industry::Column::ExpertId.eq(id.0))
        .exec(tx)
        .await?;
    insert_lists(tx, id, facts).await?;
    touch(tx, RevisedPart::Experts).await?;
    Ok(true)
}

async fn insert_lists(tx: &DatabaseTransaction, id: ExpertId, facts: &ExpertFacts) -> Result<(), DbErr> {
    let expert_id = id.0;
    let visits = facts.visits.iter().map(|it| {
        expert_prefecture::Model { expert_id, prefecture: i16::from(it.code()) }.into_active_model()
    });
    if !facts.visits.is_empty() {
        expert_prefecture::Entity::insert_many(visits).exec_without_returning(tx).await?;
    }
    let themes = facts
        .themes
        .iter()
        .map(|it| expert_theme::Model { expert_id, theme: it.0.clone() }.into_active_model());
    if !facts.themes.is_empty() {
        expert_theme::Entity::insert_many(themes).exec_without_returning(tx).await?;
    }
    let industries = facts
        .industries
        .iter()
        .map(|it| expert_industry::Model { expert_id, industry: it.code().to_owned() }.into_active_model());
    if !facts.industries.is_empty() {
        expert_industry::Entity::insert_many(industries).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// What an administrator does not set stays as it is.
fn columns(id: ExpertId, it: &ExpertFacts) -> row::ActiveModel {
    row::ActiveModel {
        id: Set(id.0),
        ict: Set(it.fields.contains(Field::Ict)),
        labor: Set(it.fields.contains(Field::Labor)),
        works_online: Set(it.works_online),
        works_visit: Set(!it.visits.is_empty()),
        home_prefecture: Set(i16::from(it.home.code())),
        daily_limit: Set(it.daily_limit),
        weekly_limit: Set(it.weekly_limit),
        open_limit: Set(it.open_limit),
        capacity: Set(it.capacity),
        video_url: Set(it.video_url.clone()),
        profile: Set(it.profile.clone()),
        ..Default::default()
    }
}
