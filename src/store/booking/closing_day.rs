//! The booked appointments on days on which the center is closed.
use chrono::{DateTime, NaiveDate, Utc};
use codes::AppointmentStatus;
use domain::{
    calendar::{at_japan, japan_date},
    number::CaseNumber,
};
use entity::{appointment as row, consultation};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, JoinType, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::appointment::owner;
use crate::store::{contradiction, intake::told_apart::told_apart};

/// A confirmed appointment on a closing day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosingDayBooking {
    pub date: NaiveDate,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub number: CaseNumber,
    pub company_name: String,
}

/// Returns the confirmed appointments on these days, the earliest first. No query without days.
pub async fn bookings_on(
    db: &impl ConnectionTrait,
    days: impl IntoIterator<Item = NaiveDate>,
) -> Result<Vec<ClosingDayBooking>, DbErr> {
    let mut any = Condition::any();
    for day in days {
        let (from, to) = (at_japan(day, 0, 0), at_japan(day, 24, 0));
        any = any.add(row::Column::StartsAt.gte(from).and(row::Column::StartsAt.lt(to)));
    }
    if any.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(DateTime<Utc>, DateTime<Utc>, String, String)> = row::Entity::find()
        .select_only()
        .columns([row::Column::StartsAt, row::Column::EndsAt])
        .columns([consultation::Column::Number, consultation::Column::CompanyName])
        .join(JoinType::InnerJoin, owner())
        .filter(any)
        .filter(row::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
        .order_by_asc(row::COLUMN.starts_at)
        .into_tuple()
        .all(db)
        .await?;
    let booking = |(starts_at, ends_at, number, company_name): (_, _, String, _)| {
        let parsed = CaseNumber::parse(&number);
        let number = parsed.map_err(|err| contradiction(consultation::Entity, &number, err))?;
        Ok(ClosingDayBooking { date: japan_date(starts_at), starts_at, ends_at, number, company_name })
    };
    rows.into_iter().map(booking).collect()
}

/// Returns the bookings with the names of companies that share them told apart.
pub async fn named(
    db: &impl ConnectionTrait,
    mut bookings: Vec<ClosingDayBooking>,
) -> Result<Vec<ClosingDayBooking>, DbErr> {
    let companies = told_apart(db, bookings.iter().map(|it| it.number)).await?;
    for it in &mut bookings {
        it.company_name = companies.name(&it.number, &it.company_name);
    }
    Ok(bookings)
}
