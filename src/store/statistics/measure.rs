//! The figures of a month, counted by the database: what happened from one instant until before another. The rows of
//! waits are read by the day, so that the memory does not grow with the month.
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use codes::{AppointmentStatus, ConsultationStatus, FollowUpKind, FollowUpStatus, Origin, RegistrantKind};
use domain::{
    aftercare::follow_up::{SurveyAgreement, WAITS_DAYS},
    calendar::{BusinessCalendar, japan_date},
    field::Fields,
    intake::company::{Industry, TeleworkStatus},
    prefecture::Prefecture,
    statistics::figures::{
        ABSENT, AGREED, ANSWERED, ATTENDED, BY_CASE, BY_FORM, CALLED_OFF, EditionContent, FIELDS,
        FigureTable, HELD, LAPSED, MonthFigures, OTHER, SILENT, SIZES, UNKNOWN, WaitKind,
    },
    survey::SurveyCount,
};
use entity::{appointment, consultation, event, follow_up};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, JoinType, QueryFilter,
    QuerySelect, Select,
    sea_query::{Expr, IntoColumnRef},
};
use uuid::Uuid;

use super::{
    FieldCount, TimeSpan, about, by_fields, fields, grouped, of_consultation, outcomes, prefectures,
    progress, sizes, surveys, waits, with_fields,
};
use crate::store;

/// The states in which a consultation has ended.
const ENDED: [ConsultationStatus; 4] = [
    ConsultationStatus::Completed,
    ConsultationStatus::Withdrawn,
    ConsultationStatus::Unfulfilled,
    ConsultationStatus::Referred,
];

/// The consultations of which something happened on a day: their number, their receipt and their fields.
type Candidate = (Uuid, DateTime<Utc>, bool, bool);

/// Counts what happened in `span`. `now` is the time at which it is counted. Each table is counted once, for all
/// consultations and for each field together.
pub async fn content(
    db: &impl ConnectionTrait,
    span: TimeSpan,
    calendar: &BusinessCalendar,
    now: DateTime<Utc>,
) -> Result<EditionContent, DbErr> {
    let mut content = EditionContent::default();
    received(db, span, &mut content).await?;
    ended(db, span, &mut content).await?;
    answers(db, span, &mut content).await?;
    let outcomes = outcomes(db, about(None), Some(span)).await?;
    set(&mut content, FigureTable::Outcome, &outcomes, coded);
    events(db, span, now, &mut content.all).await?;
    registrations(db, span, &mut content.all).await?;
    surveys_and_network(db, span, now, &mut content.all).await?;
    let (mut from, until) = span;
    while from < until {
        let day = (from, Ord::min(from + TimeDelta::days(1), until));
        add_waits(db, day, calendar, &mut content).await?;
        from = day.1;
    }
    Ok(content)
}

/// Sets a table for all consultations and for each field. `cell` returns the code of the cell of a value.
fn set<T>(
    content: &mut EditionContent,
    table: FigureTable,
    rows: &[FieldCount<T>],
    cell: impl Fn(&T) -> String,
) {
    for field in FIELDS {
        let counts = rows.iter().filter(|it| it.is_about(field)).map(|it| (cell(&it.value), it.n));
        content.about_mut(field).set(table, counts);
    }
}

/// Counts the consultations that were received.
async fn received(
    db: &impl ConnectionTrait,
    (from, until): TimeSpan,
    content: &mut EditionContent,
) -> Result<(), DbErr> {
    let of = || {
        about(None)
            .filter(consultation::Column::ReceivedAt.gte(from))
            .filter(consultation::Column::ReceivedAt.lt(until))
    };
    let about_fields = fields(db, of()).await?;
    set(content, FigureTable::Received, &about_fields, |()| "all".to_owned());
    for field in FIELDS {
        let some: Vec<_> = about_fields.iter().filter(|it| it.is_about(field)).copied().collect();
        let cells = Fields::ALL.map(|it| it.code().to_owned()).into_iter().zip(by_fields(&some));
        content.about_mut(field).set(FigureTable::Fields, cells);
    }
    set(content, FigureTable::Prefecture, &prefectures(db, of()).await?, |it| {
        let known = it.and_then(|it| u8::try_from(it).ok()).and_then(|it| Prefecture::from_code(it).ok());
        known.map_or_else(|| UNKNOWN.to_owned(), Prefecture::two_digits)
    });
    set(content, FigureTable::Size, &sizes(db, of()).await?, |it| {
        let band = usize::try_from(*it).ok().and_then(|it| SIZES.get(it));
        band.map_or(UNKNOWN, |it| it.0).to_owned()
    });
    for (table, column) in [
        (FigureTable::Industry, consultation::Column::Industry),
        (FigureTable::Mode, consultation::Column::Mode),
        (FigureTable::Origin, consultation::Column::Origin),
    ] {
        set(content, table, &grouped(db, of(), column).await?, coded);
    }
    Ok(())
}

/// Counts the consultations that ended, and the reasons of those that could not take place.
async fn ended(
    db: &impl ConnectionTrait,
    (from, until): TimeSpan,
    content: &mut EditionContent,
) -> Result<(), DbErr> {
    let codes = ENDED.map(ConsultationStatus::code);
    let whose = of_consultation::<event::Entity>(event::Column::ConsultationId);
    let from_state = event::Column::FromState;
    let was_open = Condition::any().add(from_state.is_null()).add(from_state.is_not_in(codes));
    let of = about(None)
        .join(JoinType::InnerJoin, whose)
        .filter(event::Column::At.gte(from))
        .filter(event::Column::At.lt(until))
        .filter(event::Column::ToState.is_in(codes))
        .filter(was_open)
        .column(event::Column::ToState)
        .column(consultation::Column::UnfulfilledReason)
        .group_by(event::Column::ToState)
        .group_by(consultation::Column::UnfulfilledReason);
    let rows: Vec<(String, Option<String>, bool, bool, i64)> = with_fields(of).into_tuple().all(db).await?;
    let rows =
        rows.into_iter().map(|(state, why, ict, labor, n)| FieldCount::of((state, why), ict, labor, n));
    let mut rows: Vec<_> = rows.collect();
    set(content, FigureTable::Ended, &rows, |(state, _)| state.clone());
    rows.retain(|it| it.value.0 == ConsultationStatus::Unfulfilled.code());
    set(content, FigureTable::Unfulfilled, &rows, |(_, why)| coded(why));
    Ok(())
}

/// Counts the answers to surveys and later questions, and the surveys whose time to be answered ended.
async fn answers(
    db: &impl ConnectionTrait,
    (from, until): TimeSpan,
    content: &mut EditionContent,
) -> Result<(), DbErr> {
    let questions = |state: FollowUpStatus| {
        let whose = of_consultation::<follow_up::Entity>(follow_up::Column::ConsultationId);
        about(None).join(JoinType::InnerJoin, whose).filter(follow_up::Column::State.eq(state.code()))
    };
    let answered = || {
        questions(FollowUpStatus::Answered)
            .filter(follow_up::Column::AnsweredAt.gte(from))
            .filter(follow_up::Column::AnsweredAt.lt(until))
    };
    let wait = TimeDelta::days(WAITS_DAYS);
    let lapsed = questions(FollowUpStatus::Lapsed)
        .filter(follow_up::Column::Kind.eq(FollowUpKind::Survey.code()))
        .filter(follow_up::Column::DueAt.gte(from - wait))
        .filter(follow_up::Column::DueAt.lt(until - wait));
    set(content, FigureTable::Survey, &fields(db, lapsed).await?, |()| LAPSED.to_owned());
    let answers = surveys(db, answered()).await?;
    set(content, FigureTable::Survey, &answers, |_| ANSWERED.to_owned());
    let agrees = |code: &str| {
        matches!(SurveyAgreement::from_code(code), Some(SurveyAgreement::Yes | SurveyAgreement::RatherYes))
    };
    let sentences = [FigureTable::SurveyPurpose, FigureTable::SurveySatisfied, FigureTable::SurveyConsider];
    for (place, table) in sentences.into_iter().enumerate() {
        set(content, table, &answers, |said| {
            let agreed = said.get(place).is_some_and(|it| agrees(it));
            if agreed { AGREED.to_owned() } else { OTHER.to_owned() }
        });
    }
    set(content, FigureTable::Progress, &progress(db, answered()).await?, |(_, said)| said.clone());
    Ok(())
}

/// Counts the events that began and were over at `now`.
async fn events(
    db: &impl ConnectionTrait,
    span: TimeSpan,
    now: DateTime<Utc>,
    figures: &mut MonthFigures,
) -> Result<(), DbErr> {
    let it = store::gathering::statistics::of(db, span, now).await?;
    let cell = |code: &str, n| (code.to_owned(), n);
    figures.set(FigureTable::Events, [cell(HELD, it.held), cell(CALLED_OFF, it.called_off)]);
    let absent = it.participants.saturating_sub(it.attended);
    figures.set(FigureTable::Attendance, [cell(ATTENDED, it.attended), cell(ABSENT, absent)]);
    let silent = it.participants.saturating_sub(it.answers);
    figures.set(FigureTable::EventAnswers, [cell(ANSWERED, it.answers), cell(SILENT, silent)]);
    Ok(())
}

/// Counts the registrations of the telework month whose period ended.
async fn registrations(
    db: &impl ConnectionTrait,
    (from, until): TimeSpan,
    figures: &mut MonthFigures,
) -> Result<(), DbErr> {
    for table in [
        FigureTable::MonthPrefecture,
        FigureTable::MonthIndustry,
        FigureTable::MonthStatus,
        FigureTable::MonthKind,
    ] {
        figures.set(table, []);
    }
    let campaign = store::campaign::of_year(db, japan_date(from).year()).await?;
    let has_ended = |at: DateTime<Utc>| (from..until).contains(&(at - TimeDelta::seconds(1)));
    let Some(campaign) = campaign.filter(|it| has_ended(it.ends_at())) else { return Ok(()) };
    let it = store::campaign::statistics::of(db, campaign.id).await?;
    let prefectures = Prefecture::all().map(Prefecture::two_digits);
    figures.set(FigureTable::MonthPrefecture, prefectures.zip(it.prefectures));
    let industries = Industry::ALL.map(|it| it.code().to_owned());
    figures.set(FigureTable::MonthIndustry, industries.into_iter().zip(it.industries));
    let statuses = TeleworkStatus::ALL.map(|it| it.code().to_owned());
    figures.set(FigureTable::MonthStatus, statuses.into_iter().zip(it.statuses));
    let kinds = RegistrantKind::ALL.map(|it| it.code().to_owned());
    figures.set(FigureTable::MonthKind, kinds.into_iter().zip(it.kinds));
    Ok(())
}

/// Counts the surveys that took their last answers, the reports of doubtful requests, and the questions to mentors.
async fn surveys_and_network(
    db: &impl ConnectionTrait,
    span: TimeSpan,
    now: DateTime<Utc>,
    figures: &mut MonthFigures,
) -> Result<(), DbErr> {
    let it = store::survey::statistics::of(db, span, now).await?;
    let cell = |code: &str, n| (code.to_owned(), n);
    // The public sums editions, beside which the results of single surveys are published.
    let sum = SurveyCount::of_published(&it.closed);
    let cells = [cell(ANSWERED, sum.responses), cell(SILENT, sum.unused_codes)];
    figures.set(FigureTable::SurveyResponses, cells);
    let doubts = it.doubts.into_iter().map(|(channel, n)| cell(channel.code(), n));
    figures.set(FigureTable::Doubts, doubts);
    let it = store::network::statistics::of(db, span).await?;
    figures.set(FigureTable::NetworkQuestions, [cell(BY_FORM, it.by_form), cell(BY_CASE, it.by_case)]);
    Ok(())
}

/// Adds the waits that ended on a day: those of which the first contact or the first appointment was then.
async fn add_waits(
    db: &impl ConnectionTrait,
    day: TimeSpan,
    calendar: &BusinessCalendar,
    content: &mut EditionContent,
) -> Result<(), DbErr> {
    for (kind, of) in [(WaitKind::FirstContact, contacted(day)), (WaitKind::FirstAppointment, held(day))] {
        let candidates: Vec<Candidate> = candidates(of).into_tuple().all(db).await?;
        for (_, received_at, ict, labor) in candidates {
            let (from, to) = (japan_date(received_at), japan_date(day.0));
            let days = u32::try_from(calendar.business_days_between(from, to)).unwrap_or(u32::MAX);
            let about_fields = FieldCount::of((), ict, labor, 1);
            for field in FIELDS.into_iter().filter(|it| about_fields.is_about(*it)) {
                content.about_mut(field).add_wait(kind, days);
            }
        }
    }
    Ok(())
}

/// Returns the query for the consultations whose first contact was on a day. Applications taken on the telephone are left
/// out.
fn contacted(day: TimeSpan) -> Select<consultation::Entity> {
    let earlier = event::Entity::find()
        .filter(is_of_consultation((event::Entity, event::Column::ConsultationId)))
        .filter(waits::is_contact())
        .filter(event::Column::At.lt(day.0));
    let whose = of_consultation::<event::Entity>(event::Column::ConsultationId);
    about(None)
        .join(JoinType::InnerJoin, whose)
        .filter(consultation::Column::Origin.is_not_in([Origin::Phone, Origin::Visit].map(Origin::code)))
        .filter(waits::is_contact())
        .filter(event::Column::At.gte(day.0))
        .filter(event::Column::At.lt(day.1))
        .filter(store::exists(earlier).not())
}

/// Returns the query for the consultations whose first appointment was on a day.
fn held(day: TimeSpan) -> Select<consultation::Entity> {
    let earlier = appointment::Entity::find()
        .filter(is_of_consultation((appointment::Entity, appointment::Column::ConsultationId)))
        .filter(appointment::Column::State.eq(AppointmentStatus::Done.code()))
        .filter(appointment::Column::StartsAt.lt(day.0));
    let whose = of_consultation::<appointment::Entity>(appointment::Column::ConsultationId);
    about(None)
        .join(JoinType::InnerJoin, whose)
        .filter(appointment::Column::State.eq(AppointmentStatus::Done.code()))
        .filter(appointment::Column::StartsAt.gte(day.0))
        .filter(appointment::Column::StartsAt.lt(day.1))
        .filter(store::exists(earlier).not())
}

/// Returns the condition for a row of the consultation that the query around it looks at.
fn is_of_consultation(column: impl IntoColumnRef) -> Expr {
    store::same(column, (consultation::Entity, consultation::Column::Id))
}

/// Selects each consultation once, with what its wait needs.
fn candidates(of: Select<consultation::Entity>) -> Select<consultation::Entity> {
    of.column(consultation::Column::Id)
        .column(consultation::Column::ReceivedAt)
        .column(consultation::Column::Ict)
        .column(consultation::Column::Labor)
        .distinct()
}

/// Returns the code of a cell; that of the unknown without one.
fn coded(code: &Option<String>) -> String {
    code.clone().unwrap_or_else(|| UNKNOWN.to_owned())
}
