//! Experts' schedules: weekly rules, dated exceptions and absences.
use chrono::{NaiveDate, Weekday};
use codes::ExceptionKind;
use domain::{
    booking::availability::{Absence, Exception, ExceptionChange, QUARTERS, Schedule, Span, WeeklyRule},
    id::ExpertId,
};
use entity::{absence, schedule_exception, weekly_rule};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::store::{
    contradiction, known,
    reference::revision::{RevisedPart, touch},
};

/// One expert's schedule entries with their ids, for the page that edits them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScheduleEntries {
    pub rules: Vec<(Uuid, WeeklyRule)>,
    pub exceptions: Vec<(Uuid, Exception)>,
    pub absences: Vec<(Uuid, Absence, String)>,
}

impl ScheduleEntries {
    pub fn schedule(&self) -> Schedule {
        Schedule {
            rules: self.rules.iter().map(|it| it.1).collect(),
            exceptions: self.exceptions.iter().map(|it| it.1).collect(),
            absences: self.absences.iter().map(|it| it.1).collect(),
        }
    }
}

/// Returns all experts' schedules, in three queries.
pub(super) async fn all(db: &impl ConnectionTrait) -> Result<BTreeMap<Uuid, Schedule>, DbErr> {
    let mut schedules: BTreeMap<Uuid, Schedule> = BTreeMap::new();
    for row in weekly_rule::Entity::find().all(db).await? {
        schedules.entry(row.expert_id).or_default().rules.push(rule(&row)?);
    }
    for row in schedule_exception::Entity::find().all(db).await? {
        schedules.entry(row.expert_id).or_default().exceptions.push(exception(&row)?);
    }
    for row in absence::Entity::find().all(db).await? {
        schedules.entry(row.expert_id).or_default().absences.push(away(&row));
    }
    Ok(schedules)
}

/// Returns one expert's entries: rules by weekday, the others by date.
pub async fn entries(db: &impl ConnectionTrait, expert: ExpertId) -> Result<ScheduleEntries, DbErr> {
    let rules = weekly_rule::Entity::find()
        .filter(weekly_rule::COLUMN.expert_id.eq(expert.0))
        .order_by_asc(weekly_rule::COLUMN.weekday)
        .order_by_asc(weekly_rule::COLUMN.start_quarter)
        .all(db)
        .await?;
    let exceptions = schedule_exception::Entity::find()
        .filter(schedule_exception::COLUMN.expert_id.eq(expert.0))
        .order_by_asc(schedule_exception::COLUMN.date)
        .order_by_asc(schedule_exception::COLUMN.start_quarter)
        .all(db)
        .await?;
    let absences = absence::Entity::find()
        .filter(absence::COLUMN.expert_id.eq(expert.0))
        .order_by_asc(absence::COLUMN.first_date)
        .all(db)
        .await?;
    Ok(ScheduleEntries {
        rules: rules.iter().map(|it| Ok((it.id, rule(it)?))).collect::<Result<_, DbErr>>()?,
        exceptions: exceptions.iter().map(|it| Ok((it.id, exception(it)?))).collect::<Result<_, DbErr>>()?,
        absences: absences.into_iter().map(|it| (it.id, away(&it), it.note)).collect(),
    })
}

pub async fn add_rule(tx: &DatabaseTransaction, expert: ExpertId, it: &WeeklyRule) -> Result<(), DbErr> {
    let row = weekly_rule::Model {
        id: Uuid::now_v7(),
        expert_id: expert.0,
        weekday: weekday_number(it.weekday),
        start_quarter: i16::from(it.span.start()),
        end_quarter: i16::from(it.span.end()),
        valid_from: it.valid_from,
        valid_until: it.valid_until,
    };
    weekly_rule::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    touch(tx, RevisedPart::Experts).await
}

/// Removes a weekly rule of this expert; a rule of another expert is left alone.
pub async fn remove_rule(tx: &DatabaseTransaction, expert: ExpertId, id: Uuid) -> Result<(), DbErr> {
    weekly_rule::Entity::delete_many()
        .filter(weekly_rule::COLUMN.id.eq(id))
        .filter(weekly_rule::COLUMN.expert_id.eq(expert.0))
        .exec(tx)
        .await?;
    touch(tx, RevisedPart::Experts).await
}

pub async fn add_exception(tx: &DatabaseTransaction, expert: ExpertId, it: &Exception) -> Result<(), DbErr> {
    let (kind, start, end) = match it.change {
        ExceptionChange::Add(span) => (ExceptionKind::Add, span.start(), span.end()),
        ExceptionChange::Remove(span) => (ExceptionKind::Remove, span.start(), span.end()),
        ExceptionChange::RemoveAll => (ExceptionKind::Remove, 0, QUARTERS),
    };
    let row = schedule_exception::Model {
        id: Uuid::now_v7(),
        expert_id: expert.0,
        date: it.date,
        kind: kind.into(),
        start_quarter: i16::from(start),
        end_quarter: i16::from(end),
    };
    schedule_exception::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    touch(tx, RevisedPart::Experts).await
}

pub async fn remove_exception(tx: &DatabaseTransaction, expert: ExpertId, id: Uuid) -> Result<(), DbErr> {
    schedule_exception::Entity::delete_many()
        .filter(schedule_exception::COLUMN.id.eq(id))
        .filter(schedule_exception::COLUMN.expert_id.eq(expert.0))
        .exec(tx)
        .await?;
    touch(tx, RevisedPart::Experts).await
}

/// Replaces all of an expert's exceptions for a day.
pub async fn replace_exceptions(
    tx: &DatabaseTransaction,
    expert: ExpertId,
    date: NaiveDate,
    exceptions: &[Exception],
) -> Result<(), DbErr> {
    schedule_exception::Entity::delete_many()
        .filter(schedule_exception::COLUMN.expert_id.eq(expert.0))
        .filter(schedule_exception::COLUMN.date.eq(date))
        .exec(tx)
        .await?;
    for it in exceptions {
        add_exception(tx, expert, it).await?;
    }
    touch(tx, RevisedPart::Experts).await
}

pub async fn add_absence(
    tx: &DatabaseTransaction,
    expert: ExpertId,
    it: Absence,
    note: &str,
) -> Result<(), DbErr> {
    let row = absence::Model {
        id: Uuid::now_v7(),
        expert_id: expert.0,
        first_date: it.first,
        last_date: it.last,
        note: note.to_owned(),
        stand_in_id: it.stand_in.map(|it| it.0),
    };
    absence::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    touch(tx, RevisedPart::Experts).await
}

pub async fn remove_absence(tx: &DatabaseTransaction, expert: ExpertId, id: Uuid) -> Result<(), DbErr> {
    absence::Entity::delete_many()
        .filter(absence::COLUMN.id.eq(id))
        .filter(absence::COLUMN.expert_id.eq(expert.0))
        .exec(tx)
        .await?;
    touch(tx, RevisedPart::Experts).await
}

fn away(row: &absence::Model) -> Absence {
    Absence { first: row.first_date, last: row.last_date, stand_in: row.stand_in_id.map(ExpertId) }
}

fn rule(row: &weekly_rule::Model) -> Result<WeeklyRule, DbErr> {
    let wrong = |why: &str| contradiction(weekly_rule::Entity, row.id, why);
    let weekday = u8::try_from(row.weekday).ok().and_then(|it| Weekday::try_from(it).ok());
    Ok(WeeklyRule {
        weekday: weekday.ok_or_else(|| wrong("weekday"))?,
        span: span(row.start_quarter, row.end_quarter).ok_or_else(|| wrong("span"))?,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
    })
}

fn exception(row: &schedule_exception::Model) -> Result<Exception, DbErr> {
    let span = span(row.start_quarter, row.end_quarter)
        .ok_or_else(|| contradiction(schedule_exception::Entity, row.id, "span"))?;
    let change = match known(&row.kind, schedule_exception::Column::Kind, row.id)? {
        ExceptionKind::Add => ExceptionChange::Add(span),
        ExceptionKind::Remove if span.start() == 0 && span.end() == QUARTERS => ExceptionChange::RemoveAll,
        ExceptionKind::Remove => ExceptionChange::Remove(span),
    };
    Ok(Exception { date: row.date, change })
}

fn span(start: i16, end: i16) -> Option<Span> {
    Span::new(u8::try_from(start).ok()?, u8::try_from(end).ok()?).ok()
}

fn weekday_number(weekday: Weekday) -> i16 {
    i16::try_from(weekday.num_days_from_monday()).unwrap_or_default()
}
