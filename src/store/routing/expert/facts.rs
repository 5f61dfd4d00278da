//! Writes the facts that routing uses about an expert.
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

/// The facts about an expert that an administrator enters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpertFacts {
    pub fields: Fields,
    pub themes: BTreeSet<ThemeCode>,
    pub industries: BTreeSet<Industry>,
    pub works_online: bool,
    /// The prefectures that the expert visits. They are empty only if the expert `works_online`.
    pub visits: BTreeSet<Prefecture>,
    pub home: Prefecture,
    /// The largest number of appointments on one day.
    pub daily_limit: i16,
    /// The largest number of appointments in one week, Monday to Sunday.
    pub weekly_limit: i16,
    /// The largest number of consultations at once.
    pub open_limit: i16,
    /// The number of appointments in 28 days that is a full load.
    pub capacity: i16,
    /// The meeting link of online appointments.
    pub video_url: String,
    /// One paragraph about the expert, for the company.
    pub profile: String,
}

/// Writes the facts of a new expert. The account with the same id exists already.
pub async fn insert_facts(tx: &DatabaseTransaction, id: ExpertId, facts: &ExpertFacts) -> Result<(), DbErr> {
    let mut new = columns(id, facts);
    new.active = Set(true);
    new.feed_hash = Set(None);
    row::Entity::insert(new).exec_without_returning(tx).await?;
    insert_lists(tx, id, facts).await?;
    touch(tx, RevisedPart::Experts).await
}

/// Replaces an expert's facts; returns false if the expert does not exist.
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

/// Returns the columns that an administrator sets. The other columns stay as they are.
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
