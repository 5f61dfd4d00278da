//! The appointments in an expert's calendar feed. Calendar programs read it often and over years of
//! appointments, so it takes three narrow queries, whatever the number of appointments.
use chrono::{DateTime, Utc};
use codes::{AppointmentStatus, AssignmentStatus};
use domain::{booking::appointment::AppointmentMode, field::Fields, id::ExpertId, number::CaseNumber};
use entity::{Coded, appointment, appointment_expert, assignment, consultation};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, JoinType, QueryFilter,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, Query},
};

use super::instead;
use crate::store::{
    self,
    booking::appointment::{ids_of, owner, participants},
    calendars::cancelled_invitation,
    contradiction,
};

/// An appointment as the expert's calendar shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedEntry {
    /// The calendar entry's UID (RFC 5545 §3.8.4.7).
    pub uid: String,
    /// The calendar entry's SEQUENCE (RFC 5545 §3.8.7.4).
    pub sequence: i32,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub mode: AppointmentMode,
    /// An address or a meeting link; may be empty.
    pub place: String,
    pub feed_status: FeedStatus,
    /// `None` until the expert has been asked: a company holds the time, but may still get another expert.
    pub case: Option<FeedCase>,
}

/// The status of an appointment for the expert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedStatus {
    /// Another expert takes part, and this expert is asked to be the substitute.
    Asked,
    Held,
    /// Confirmed, or over.
    Certain,
    /// Cancelled, released, or given to another expert.
    Ended,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedCase {
    pub number: CaseNumber,
    /// The fields that the expert is asked for or has accepted.
    pub fields: Fields,
    /// The company's name, shown once the expert has accepted.
    pub company_name: Option<String>,
}

/// One row: UID, SEQUENCE, start, end, state, mode, place, case number, company name, the expert's part (see
/// `part`).
type Row = (
    String,
    i32,
    DateTime<Utc>,
    DateTime<Utc>,
    Coded<AppointmentStatus>,
    Coded<AppointmentMode>,
    String,
    Option<String>,
    Option<String>,
    Option<i32>,
);

/// Returns the SQL expression for the fields that the expert is asked for or has accepted in a consultation:
/// 1 for labour management, 2 for ICT, plus 4 if any of it is accepted. It is NULL if the expert is not asked
/// and has not accepted.
fn part() -> String {
    format!(
        "MAX(CASE WHEN part.labor THEN 1 ELSE 0 END) + MAX(CASE WHEN part.ict THEN 2 ELSE 0 END) \
    + MAX(CASE WHEN part.state = '{}' THEN 4 ELSE 0 END)",
        AssignmentStatus::Accepted
    )
}

/// Returns, earliest first, the appointments that end after `since` and are held, booked or past at `now`,
/// and those that the expert was told of and that ended for the expert after `since`.
pub async fn feed_entries(
    db: &impl ConnectionTrait,
    expert: ExpertId,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<FeedEntry>, DbErr> {
    let mut entries = Vec::new();
    for row in known(expert, since, now).into_tuple::<Row>().all(db).await? {
        entries.push(from_row(row, None)?);
    }
    for row in requested(expert, since).into_tuple::<Row>().all(db).await? {
        entries.push(from_row(row, Some(FeedStatus::Asked))?);
    }
    for left in cancelled_invitation::since(db, expert, since).await? {
        match entries.iter_mut().find(|it| it.uid == left.uid) {
            // The expert is asked for the appointment again, or takes part in it again.
            Some(it) if it.feed_status == FeedStatus::Asked => {
                it.sequence = std::cmp::max(it.sequence, left.sequence + 1);
            }
            Some(_) => {}
            None => entries.push(FeedEntry {
                uid: left.uid,
                sequence: left.sequence,
                starts_at: left.starts_at,
                ends_at: left.ends_at,
                mode: left.mode,
                place: left.place,
                feed_status: FeedStatus::Ended,
                case: None,
            }),
        }
    }
    entries.sort_by(|a, b| (a.starts_at, &a.uid).cmp(&(b.starts_at, &b.uid)));
    Ok(entries)
}

/// Returns the query for the appointments in which the expert takes part, or took part until they ended.
fn known(expert: ExpertId, since: DateTime<Utc>, now: DateTime<Utc>) -> Select<appointment::Entity> {
    let kept = Condition::any()
        .add(
            appointment::COLUMN.state.is_in(
                [
                    AppointmentStatus::Confirmed,
                    AppointmentStatus::Done,
                    AppointmentStatus::NoShow,
                    AppointmentStatus::ExpertNoShow,
                ]
                .map(AppointmentStatus::code),
            ),
        )
        .add(appointment::COLUMN.held_until.is_null())
        .add(appointment::COLUMN.held_until.gt(now));
    let stands = Condition::all()
        .add(appointment::COLUMN.state.is_in(AppointmentStatus::TAKES_TIME.map(AppointmentStatus::code)))
        .add(kept)
        .add(appointment::COLUMN.ends_at.gt(since));
    // An appointment that was held before any assignment to the expert was never shown in the expert's
    // calendar.
    let ever_asked = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ConsultationId)
        .filter(assignment::COLUMN.expert_id.eq(expert.0))
        .into_query();
    let ended = Condition::all()
        .add(
            appointment::COLUMN.state.is_in(
                [
                    AppointmentStatus::CancelledByCompany,
                    AppointmentStatus::CancelledByExpert,
                    AppointmentStatus::CancelledByCenter,
                    AppointmentStatus::Released,
                ]
                .map(AppointmentStatus::code),
            ),
        )
        .add(appointment::Column::ConsultationId.in_subquery(ever_asked))
        .add(appointment::COLUMN.ended_at.gt(since));
    feed_appointments(expert)
        .join(JoinType::InnerJoin, participants())
        .filter(appointment_expert::Column::ExpertId.eq(expert.0))
        .filter(Condition::any().add(stands).add(ended))
}

/// Returns the query for the appointments for which the expert is asked to be the substitute.
fn requested(expert: ExpertId, since: DateTime<Utc>) -> Select<appointment::Entity> {
    feed_appointments(expert)
        .filter(instead(expert))
        .filter(appointment::COLUMN.ends_at.gt(since))
        .filter(appointment::Column::Id.not_in_subquery(ids_of(expert)))
}

fn feed_appointments(expert: ExpertId) -> Select<appointment::Entity> {
    let of_part = |column| Expr::col(("part", column));
    let part = Query::select()
        .expr(Expr::cust(self::part()))
        .from_as(assignment::Entity, "part")
        .and_where(
            of_part(assignment::Column::ConsultationId)
                .eq(Expr::col((appointment::Entity, appointment::Column::ConsultationId))),
        )
        .and_where(of_part(assignment::Column::ExpertId).eq(expert.0))
        .and_where(
            of_part(assignment::Column::State)
                .is_in([AssignmentStatus::Offered, AssignmentStatus::Accepted].map(AssignmentStatus::code)),
        )
        .take();
    appointment::Entity::find()
        .select_only()
        .columns([
            appointment::Column::Uid,
            appointment::Column::Sequence,
            appointment::Column::StartsAt,
            appointment::Column::EndsAt,
            appointment::Column::State,
            appointment::Column::Mode,
            appointment::Column::Place,
        ])
        .column(consultation::Column::Number)
        .column(consultation::Column::CompanyName)
        .expr_as(part, "part")
        .join(JoinType::LeftJoin, owner())
}

fn from_row(row: Row, feed_status: Option<FeedStatus>) -> Result<FeedEntry, DbErr> {
    let (uid, sequence, starts_at, ends_at, state, mode, place, number, name, part) = row;
    let wrong = |why: &str| contradiction(appointment::Entity, &uid, why);
    let feed_status = match feed_status {
        Some(feed_status) => feed_status,
        None => match store::known(&state, appointment::Column::State, &uid)? {
            AppointmentStatus::Held => FeedStatus::Held,
            AppointmentStatus::Confirmed
            | AppointmentStatus::Done
            | AppointmentStatus::NoShow
            | AppointmentStatus::ExpertNoShow => FeedStatus::Certain,
            AppointmentStatus::CancelledByCompany
            | AppointmentStatus::CancelledByExpert
            | AppointmentStatus::CancelledByCenter
            | AppointmentStatus::Released => FeedStatus::Ended,
        },
    };
    let case = match (part, number) {
        (Some(part), Some(number)) => Some(FeedCase {
            number: CaseNumber::parse(&number).map_err(|err| wrong(&err.to_string()))?,
            fields: Fields::from_flags(part & 2 != 0, part & 1 != 0).ok_or_else(|| wrong("no field"))?,
            company_name: name.filter(|_| part & 4 != 0),
        }),
        _ => None,
    };
    let mode = store::known(&mode, appointment::Column::Mode, &uid)?;
    Ok(FeedEntry { uid, sequence, starts_at, ends_at, mode, place, feed_status, case })
}
