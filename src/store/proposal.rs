//! Other times for sessions, proposed from a calendar program: an entry that was changed in an expert's calendar outside,
//! or another time in the answer to an invitation. Neither moves anything; a coordinator decides.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use codes::{AppointmentStatus, CalendarEntryStatus};
use domain::{
    actor::Party,
    appointment::Appointment,
    id::{AppointmentId, ConsultationId, ExpertId},
    inbound::InboundState,
    number::CaseNumber,
};
use entity::{appointment, calendar_entry, calendar_source, inbound_mail, message};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect,
    RelationDef,
};
use uuid::Uuid;

use super::outside::entry::{Booking, with_cases};

/// Whose proposals are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Everybody,
    Expert(ExpertId),
    Case(ConsultationId),
}

/// What somebody would rather have, and nobody has answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Of the entry, or of the mail.
    pub id: Uuid,
    pub way: Way,
    /// Nobody where the company proposes.
    pub expert: Option<ExpertId>,
    pub at: DateTime<Utc>,
    pub appointment: Appointment,
    pub number: CaseNumber,
    pub company_name: String,
    /// From and until when; nothing where the session is to be gone.
    pub wish: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// How it was proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// In a calendar outside, of this name.
    Calendar(String),
    /// By a mail, METHOD:COUNTER (RFC 5546 §3.2.7).
    Answer,
}

/// The earliest session first. At most seven queries, most of them of few rows.
pub async fn proposals(
    db: &impl ConnectionTrait,
    of: Of,
    now: DateTime<Utc>,
) -> Result<Vec<Proposal>, DbErr> {
    let mut proposals = changed(db, of, now).await?;
    proposals.extend(countered(db, of, now).await?);
    proposals.sort_by_key(|it| (it.appointment.starts_at, it.at));
    Ok(proposals)
}

/// Entries that were changed outside and still stand otherwise with us.
async fn changed(db: &impl ConnectionTrait, of: Of, now: DateTime<Utc>) -> Result<Vec<Proposal>, DbErr> {
    let mut query =
        calendar_entry::Entity::find()
            .join(JoinType::InnerJoin, of_source())
            .select_also(calendar_source::Entity)
            .join(JoinType::InnerJoin, of_appointment())
            .filter(calendar_entry::COLUMN.state.is_in(
                [CalendarEntryStatus::Moved, CalendarEntryStatus::Deleted].map(CalendarEntryStatus::code),
            ))
            .filter(appointment::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
            .filter(appointment::COLUMN.ends_at.gt(now));
    query = match of {
        Of::Everybody => query,
        Of::Expert(expert) => query.filter(calendar_source::COLUMN.expert_id.eq(expert.0)),
        Of::Case(id) => query.filter(appointment::COLUMN.consultation_id.eq(id.0)),
    };
    let found = query.all(db).await?;
    let ids = found.iter().map(|(it, _)| it.appointment_id).collect();
    let bookings: BTreeMap<_, _> =
        with_cases(db, ids).await?.into_iter().map(|it| (it.appointment.id, it)).collect();
    let proposal = |(entry, source): (calendar_entry::Model, Option<calendar_source::Model>)| {
        let source = source?;
        let booking = bookings.get(&AppointmentId(entry.appointment_id))?;
        let it = &booking.appointment;
        let expert = ExpertId(source.expert_id);
        let stands = it.experts.contains(&expert) && it.sequence == entry.sequence;
        stands.then(|| Proposal {
            id: entry.id,
            way: Way::Calendar(source.name),
            expert: Some(expert),
            at: entry.noticed_at.unwrap_or(entry.due_at),
            wish: entry.moved_from.zip(entry.moved_to),
            ..about(booking)
        })
    };
    Ok(found.into_iter().filter_map(proposal).collect())
}

/// Answers with another time that nobody has dealt with.
async fn countered(db: &impl ConnectionTrait, of: Of, now: DateTime<Utc>) -> Result<Vec<Proposal>, DbErr> {
    let mut query = inbound_mail::Entity::find()
        .join(JoinType::InnerJoin, of_entry())
        .select_also(message::Entity)
        .filter(inbound_mail::COLUMN.open.eq(true))
        .filter(inbound_mail::COLUMN.state.eq(InboundState::Calendar.code()))
        // What was proposed for a session that has been is no proposal for the next one.
        .filter(inbound_mail::COLUMN.proposed_start.gt(now));
    query = match of {
        Of::Everybody => query,
        Of::Expert(expert) => query
            .filter(message::COLUMN.author_kind.eq(Party::Expert.code()))
            .filter(message::COLUMN.author_id.eq(expert.0)),
        Of::Case(id) => query.filter(inbound_mail::COLUMN.consultation_id.eq(id.0)),
    };
    let found = query.all(db).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let live = Condition::all()
        .add(
            appointment::Column::State
                .is_in([AppointmentStatus::Held, AppointmentStatus::Confirmed].map(AppointmentStatus::code)),
        )
        .add(appointment::Column::WaitingId.is_null())
        .add(appointment::Column::EndsAt.gt(now))
        .add(appointment::Column::ConsultationId.is_in(found.iter().filter_map(|it| it.0.consultation_id)));
    let ids: Vec<(Uuid, Option<Uuid>)> = appointment::Entity::find()
        .select_only()
        .columns([appointment::Column::Id, appointment::Column::ConsultationId])
        .filter(live)
        .into_tuple()
        .all(db)
        .await?;
    let bookings = with_cases(db, ids.iter().map(|it| it.0).collect()).await?;
    let proposal = |(mail, message): (inbound_mail::Model, Option<message::Model>)| {
        let (id, _) = ids.iter().find(|it| it.1.is_some() && it.1 == mail.consultation_id)?;
        let booking = bookings.iter().find(|it| it.appointment.id.0 == *id)?;
        let author = message.filter(|it| it.author_kind == Party::Expert);
        Some(Proposal {
            id: mail.id,
            way: Way::Answer,
            expert: author.and_then(|it| it.author_id).map(ExpertId),
            at: mail.received_at,
            wish: mail.proposed_start.zip(mail.proposed_end),
            ..about(booking)
        })
    };
    Ok(found.into_iter().filter_map(proposal).collect())
}

/// What a proposal says of its session.
fn about(booking: &Booking) -> Proposal {
    Proposal {
        id: Uuid::nil(),
        way: Way::Answer,
        expert: None,
        at: DateTime::UNIX_EPOCH,
        appointment: booking.appointment.clone(),
        number: booking.number,
        company_name: booking.company_name.clone(),
        wish: None,
    }
}

fn of_source() -> RelationDef {
    calendar_entry::Entity::belongs_to(calendar_source::Entity)
        .from(calendar_entry::Column::SourceId)
        .to(calendar_source::Column::Id)
        .into()
}

fn of_appointment() -> RelationDef {
    calendar_entry::Entity::belongs_to(appointment::Entity)
        .from(calendar_entry::Column::AppointmentId)
        .to(appointment::Column::Id)
        .into()
}

/// The entry of the thread that tells of the mail.
fn of_entry() -> RelationDef {
    inbound_mail::Entity::belongs_to(message::Entity)
        .from(inbound_mail::Column::EntryId)
        .to(message::Column::Id)
        .into()
}
