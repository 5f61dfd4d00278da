//! Experts: their facts, and the schedules that say when they can be asked.
mod facts;
mod feed;
mod schedule;
mod workload;

use codes::Role;
use domain::{
    booking::availability::{AppointmentLimits, Schedule},
    field::Fields,
    id::{CompanyId, ExpertId},
    intake::company::Industry,
    prefecture::Prefecture,
    routing::ThemeCode,
};
use entity::{
    account, conflict_of_interest, expert as row, expert_industry, expert_prefecture, expert_theme,
};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub use facts::{ExpertFacts, insert_facts, save_facts};
pub use feed::{by_feed, has_feed, save_feed};
pub use schedule::{
    ScheduleEntries, add_absence, add_exception, add_rule, entries, remove_absence, remove_exception,
    remove_rule, replace_exceptions,
};
pub use workload::{Workload, advised, appointments, occupied, open_cases, workloads};

use crate::store::contradiction;

/// An expert with the data that seldom change. A copy is kept until the revision `experts` rises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub id: ExpertId,
    pub name: String,
    pub email: String,
    pub active: bool,
    pub fields: Fields,
    pub works_online: bool,
    /// The prefectures that the expert visits; empty if the expert does not visit.
    pub visits: BTreeSet<Prefecture>,
    pub home: Option<Prefecture>,
    pub themes: BTreeSet<ThemeCode>,
    pub industries: BTreeSet<Industry>,
    pub conflicts: BTreeSet<CompanyId>,
    pub limits: AppointmentLimits,
    pub open_limit: u16,
    pub capacity: u32,
    /// The meeting link of online appointments.
    pub video_url: String,
    /// One paragraph about the expert, for the company.
    pub profile: String,
    pub schedule: Schedule,
}

/// All experts, by id.
#[derive(Clone, Debug, Default)]
pub struct Roster(Vec<Profile>);

impl Roster {
    pub fn all(&self) -> &[Profile] {
        &self.0
    }

    pub fn get(&self, id: ExpertId) -> Option<&Profile> {
        self.0.binary_search_by_key(&id, |it| it.id).ok().and_then(|at| self.0.get(at))
    }

    /// Returns the expert's name, or a placeholder if the expert does not exist any more.
    pub fn name(&self, id: ExpertId) -> &str {
        self.get(id).map_or("（退任した専門家）", |it| &it.name)
    }
}

/// Loads all experts with a fixed number of queries, whatever their number.
pub async fn load(db: &impl ConnectionTrait) -> Result<Roster, DbErr> {
    let accounts =
        account::Entity::find().filter(account::COLUMN.role.eq(Role::Expert.code())).all(db).await?;
    let mut accounts: BTreeMap<_, _> = accounts.into_iter().map(|it| (it.id, it)).collect();
    let mut visits: BTreeMap<Uuid, BTreeSet<Prefecture>> = BTreeMap::new();
    for it in expert_prefecture::Entity::find().all(db).await? {
        visits.entry(it.expert_id).or_default().insert(prefecture(it.expert_id, it.prefecture)?);
    }
    let mut themes: BTreeMap<Uuid, BTreeSet<ThemeCode>> = BTreeMap::new();
    for it in expert_theme::Entity::find().all(db).await? {
        themes.entry(it.expert_id).or_default().insert(ThemeCode(it.theme));
    }
    let mut industries: BTreeMap<Uuid, BTreeSet<Industry>> = BTreeMap::new();
    for it in expert_industry::Entity::find().all(db).await? {
        industries.entry(it.expert_id).or_default().extend(Industry::from_code(&it.industry));
    }
    let mut conflicts: BTreeMap<Uuid, BTreeSet<CompanyId>> = BTreeMap::new();
    let merged: BTreeMap<Uuid, Uuid> = crate::store::intake::company_merge::with_conflicts(db).await?;
    for it in conflict_of_interest::Entity::find().all(db).await? {
        let of_expert = conflicts.entry(it.expert_id).or_default();
        of_expert.insert(CompanyId(it.company_id));
        of_expert.extend(merged.get(&it.company_id).map(|it| CompanyId(*it)));
    }
    let mut schedules = schedule::all(db).await?;
    let rows = row::Entity::find().order_by_asc(row::COLUMN.id).all(db).await?;
    let profiles = rows.into_iter().map(|it| {
        let account = accounts.remove(&it.id);
        let account = account.ok_or_else(|| contradiction(row::Entity, it.id, "has no account"))?;
        Ok(Profile {
            visits: visits.remove(&it.id).filter(|_| it.works_visit).unwrap_or_default(),
            themes: themes.remove(&it.id).unwrap_or_default(),
            industries: industries.remove(&it.id).unwrap_or_default(),
            conflicts: conflicts.remove(&it.id).unwrap_or_default(),
            schedule: schedules.remove(&it.id).unwrap_or_default(),
            ..profile(it, account)?
        })
    });
    let mut profiles = profiles.collect::<Result<Vec<_>, DbErr>>()?;
    profiles.sort_unstable_by_key(|it| it.id);
    Ok(Roster(profiles))
}

fn profile(row: row::Model, account: account::Model) -> Result<Profile, DbErr> {
    let wrong = |why: &str| contradiction(row::Entity, row.id, why);
    let count = |n: i16| u16::try_from(n).map_err(|_| wrong("a negative limit"));
    Ok(Profile {
        id: ExpertId(row.id),
        name: account.name,
        email: account.email,
        active: row.active && account.active,
        fields: Fields::from_flags(row.ict, row.labor).ok_or_else(|| wrong("no field"))?,
        works_online: row.works_online,
        visits: BTreeSet::new(),
        home: Some(prefecture(row.id, row.home_prefecture)?),
        themes: BTreeSet::new(),
        industries: BTreeSet::new(),
        conflicts: BTreeSet::new(),
        limits: AppointmentLimits { per_day: count(row.daily_limit)?, per_week: count(row.weekly_limit)? },
        open_limit: count(row.open_limit)?,
        capacity: u32::from(count(row.capacity)?),
        video_url: row.video_url,
        profile: row.profile,
        schedule: Schedule::default(),
    })
}

fn prefecture(expert: Uuid, code: i16) -> Result<Prefecture, DbErr> {
    let code = u8::try_from(code).ok().and_then(|it| Prefecture::from_code(it).ok());
    code.ok_or_else(|| contradiction(row::Entity, expert, "no such prefecture"))
}
