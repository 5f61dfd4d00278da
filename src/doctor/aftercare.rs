//! Examines reports, questions and wishes for further help after an appointment.
use chrono::{DateTime, TimeDelta, Utc};
use codes::{AppointmentStatus, FollowUpStatus};
use entity::{appointment, consultation, follow_up, report};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::Findings;

/// The hours for which a question may wait for the worker after it is due.
const GRACE: i64 = 24;

/// The states of an appointment that took place.
const HELD: [AppointmentStatus; 1] = [AppointmentStatus::Done];

/// The states of an appointment that one side has missed.
const MISSED: [AppointmentStatus; 2] = [AppointmentStatus::NoShow, AppointmentStatus::ExpertNoShow];

pub(super) async fn examine(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    findings: &mut Findings,
) -> Result<(), DbErr> {
    // A report on an appointment whose outcome was corrected stays.
    let with_outcome = HELD.into_iter().chain(MISSED).map(AppointmentStatus::code);
    let not_done = appointment::Entity::find()
        .select_only()
        .column(appointment::Column::Id)
        .filter(appointment::Column::State.is_not_in(with_outcome));
    let reports: Vec<Uuid> = report::Entity::find()
        .select_only()
        .column(report::Column::Id)
        .filter(report::Column::AppointmentId.in_subquery(not_done.into_query()))
        .order_by_asc(report::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    for it in reports {
        findings.add("report", format!("report {it}"), "the appointment it reports on has not taken place");
    }
    let of = |states: &[AppointmentStatus]| {
        let ended = appointment::Entity::find().select_only().column(appointment::Column::Id);
        let ended = ended.filter(appointment::Column::State.is_in(states.iter().map(|it| it.code())));
        report::Column::AppointmentId.in_subquery(ended.into_query())
    };
    let says = |it: bool| report::Column::TookPlace.eq(it);
    let contradicts = says(false).and(of(&HELD)).or(says(true).and(of(&MISSED)));
    let reports: Vec<Uuid> = report::Entity::find()
        .select_only()
        .column(report::Column::Id)
        .filter(contradicts)
        .order_by_asc(report::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    for it in reports {
        let text = "it contradicts the outcome on whether its appointment took place";
        findings.add("report_took_place", format!("report {it}"), text);
    }
    let waiting: Vec<Uuid> = follow_up::Entity::find()
        .select_only()
        .column(follow_up::Column::Id)
        .filter(follow_up::Column::State.eq(FollowUpStatus::Planned.code()))
        .filter(follow_up::Column::DueAt.lt(now - TimeDelta::hours(GRACE)))
        .order_by_asc(follow_up::Column::DueAt)
        .into_tuple()
        .all(db)
        .await?;
    for it in waiting {
        findings.add("follow_up", format!("follow_up {it}"), "it should have been sent more than a day ago");
    }
    for it in unfounded_help_requests(db).await? {
        findings.add("wants_help_since", it, "no answer until then asks for help");
    }
    Ok(())
}

/// Returns the consultations that are marked as wanting further help although the company did not ask for it.
async fn unfounded_help_requests(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let of_answer = |column| Expr::col((follow_up::Entity, column));
    let of_consultation = |column| Expr::col((consultation::Entity, column));
    let answers = Query::select()
        .expr(Expr::val(1))
        .from(follow_up::Entity)
        .and_where(of_answer(follow_up::Column::ConsultationId).eq(of_consultation(consultation::Column::Id)))
        // The time of the first answer; the wish may have come with a later change of it.
        .and_where(
            of_answer(follow_up::Column::AnsweredAt)
                .lte(of_consultation(consultation::Column::WantsHelpSince)),
        )
        .and_where(follow_up::Column::WantsHelp.eq(true))
        .take();
    consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Number)
        .filter(consultation::COLUMN.wants_help_since.is_not_null())
        .filter(Expr::exists(answers).not())
        .order_by_asc(consultation::Column::Number)
        .into_tuple()
        .all(db)
        .await
}
