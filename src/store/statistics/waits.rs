//! The waiting times of companies: the two instants of each wait, and nothing else of the consultation.
use chrono::{DateTime, Utc};
use codes::{ActionKind, AppointmentStatus, ConsultationStatus, Origin};
use entity::{appointment, consultation, event};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, ExprTrait, JoinType, QueryFilter, QuerySelect, Select,
};

use super::{StatisticsFilter, of_consultation, selected};

/// The time from receipt to the event that the company waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// Returns the waits until the first action after which the company was written to: a question, an expert's
/// acceptance, a decline after which no expert is left, or an end. Applications taken on the telephone are
/// left out.
pub async fn first_contacts(
    db: &impl ConnectionTrait,
    selection: &StatisticsFilter,
) -> Result<Vec<Wait>, DbErr> {
    let whose = of_consultation::<event::Entity>(event::Column::ConsultationId);
    let query = selected(selection)
        .join(JoinType::InnerJoin, whose)
        .filter(consultation::Column::Origin.is_not_in([Origin::Phone, Origin::Visit].map(Origin::code)))
        .filter(is_contact())
        .column(consultation::Column::ReceivedAt)
        .column_as(event::Column::At.min(), "first_at");
    all(db, query).await
}

/// Returns the condition for an event after which the company was written to.
pub(super) fn is_contact() -> Condition {
    let act = event::Column::Act;
    let accepted =
        act.eq(ActionKind::Accept.code()).and(event::Column::ToState.is_in(
            [ConsultationStatus::Scheduling, ConsultationStatus::Booked].map(ConsultationStatus::code),
        ));
    let nobody_left = act
        .eq(ActionKind::Decline.code())
        .and(event::Column::ToState.eq(ConsultationStatus::Checking.code()));
    let answer = act
        .is_in([ActionKind::Ask, ActionKind::CloseUnfulfilled, ActionKind::Refer].map(ActionKind::code))
        .or(accepted)
        .or(nobody_left);
    Condition::all().add(answer)
}

pub async fn first_appointments(
    db: &impl ConnectionTrait,
    selection: &StatisticsFilter,
) -> Result<Vec<Wait>, DbErr> {
    let whose = of_consultation::<appointment::Entity>(appointment::Column::ConsultationId);
    let query = selected(selection)
        .join(JoinType::InnerJoin, whose)
        .filter(appointment::Column::State.eq(AppointmentStatus::Done.code()))
        .column(consultation::Column::ReceivedAt)
        .column_as(appointment::Column::StartsAt.min(), "first_at");
    all(db, query).await
}

async fn all(db: &impl ConnectionTrait, query: Select<consultation::Entity>) -> Result<Vec<Wait>, DbErr> {
    let rows: Vec<(DateTime<Utc>, DateTime<Utc>)> = query
        .group_by(consultation::Column::Id)
        .group_by(consultation::Column::ReceivedAt)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(from, to)| Wait { from, to }).collect())
}
