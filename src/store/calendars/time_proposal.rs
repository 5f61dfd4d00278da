//! Proposals of another time, made from a calendar program: an entry that was changed in an expert's external
//! calendar, or another time in the answer to an invitation. A proposal moves no appointment; a coordinator
//! decides.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use codes::{AppointmentStatus, CalendarEntryStatus};
use domain::{
    actor::Party,
    booking::appointment::Appointment,
    correspondence::inbound_mail::InboundState,
    id::{AppointmentId, ConsultationId, ExpertId},
    number::CaseNumber,
};
use entity::{appointment, external_calendar, external_entry, inbound_mail, message};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect,
    RelationDef,
};
use uuid::Uuid;

use super::external::entry::{CalendarBooking, with_cases};

/// The proposals that a query returns: all, one expert's or one consultation's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalScope {
    Everybody,
    Expert(ExpertId),
    Case(ConsultationId),
}

/// A proposal that the center has not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeProposal {
    /// The id of the calendar entry or of the mail.
    pub id: Uuid,
    pub way: ProposalSource,
    /// The expert who proposes; `None` if the company does.
    pub expert: Option<ExpertId>,
    pub at: DateTime<Utc>,
    pub appointment: Appointment,
    pub number: CaseNumber,
    pub company_name: String,
    /// The proposed start and end; `None` if the entry was deleted.
    pub proposed: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// How a time was proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProposalSource {
    /// By changing the entry in the external calendar with this name.
    Calendar(String),
    /// By a mail with METHOD:COUNTER (RFC 5546 §3.2.7).
    Answer,
}

/// Returns the proposals, the earliest appointment first. At most seven queries, most of them of few rows.
pub async fn time_proposals(
    db: &impl ConnectionTrait,
    of: ProposalScope,
    now: DateTime<Utc>,
) -> Result<Vec<TimeProposal>, DbErr> {
    let mut proposals = changed(db, of, now).await?;
    proposals.extend(countered(db, of, now).await?);
    proposals.sort_by_key(|it| (it.appointment.starts_at, it.at));
    Ok(proposals)
}

/// Returns proposals from entries that were changed in an external calendar, while the appointment itself is
/// unchanged.
async fn changed(
    db: &impl ConnectionTrait,
    of: ProposalScope,
    now: DateTime<Utc>,
) -> Result<Vec<TimeProposal>, DbErr> {
    let mut query =
        external_entry::Entity::find()
            .join(JoinType::InnerJoin, of_source())
            .select_also(external_calendar::Entity)
            .join(JoinType::InnerJoin, of_appointment())
            .filter(external_entry::COLUMN.state.is_in(
                [CalendarEntryStatus::Moved, CalendarEntryStatus::Deleted].map(CalendarEntryStatus::code),
            ))
            .filter(appointment::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
            .filter(appointment::COLUMN.ends_at.gt(now));
    query = match of {
        ProposalScope::Everybody => query,
        ProposalScope::Expert(expert) => query.filter(external_calendar::COLUMN.expert_id.eq(expert.0)),
        ProposalScope::Case(id) => query.filter(appointment::COLUMN.consultation_id.eq(id.0)),
    };
    let found = query.all(db).await?;
    let ids = found.iter().map(|(it, _)| it.appointment_id).collect();
    let bookings: BTreeMap<_, _> =
        with_cases(db, ids).await?.into_iter().map(|it| (it.appointment.id, it)).collect();
    let proposal = |(entry, source): (external_entry::Model, Option<external_calendar::Model>)| {
        let source = source?;
        let booking = bookings.get(&AppointmentId(entry.appointment_id))?;
        let it = &booking.appointment;
        let expert = ExpertId(source.expert_id);
        let stands = it.experts.contains(&expert) && it.sequence == entry.sequence;
        stands.then(|| TimeProposal {
            id: entry.id,
            way: ProposalSource::Calendar(source.name),
            expert: Some(expert),
            at: entry.noticed_at.unwrap_or(entry.due_at),
            proposed: entry.moved_from.zip(entry.moved_to),
            ..about(booking)
        })
    };
    Ok(found.into_iter().filter_map(proposal).collect())
}

/// Returns proposals from mails that have not been handled yet.
async fn countered(
    db: &impl ConnectionTrait,
    of: ProposalScope,
    now: DateTime<Utc>,
) -> Result<Vec<TimeProposal>, DbErr> {
    let mut query = inbound_mail::Entity::find()
        .join(JoinType::InnerJoin, of_entry())
        .select_also(message::Entity)
        .filter(inbound_mail::COLUMN.open.eq(true))
        .filter(inbound_mail::COLUMN.state.eq(InboundState::Calendar.code()))
        // A time that was proposed for a past appointment is no proposal for the next one.
        .filter(inbound_mail::COLUMN.proposed_start.gt(now));
    query = match of {
        ProposalScope::Everybody => query,
        ProposalScope::Expert(expert) => query
            .filter(message::COLUMN.author_kind.eq(Party::Expert.code()))
            .filter(message::COLUMN.author_id.eq(expert.0)),
        ProposalScope::Case(id) => query.filter(inbound_mail::COLUMN.consultation_id.eq(id.0)),
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
        Some(TimeProposal {
            id: mail.id,
            way: ProposalSource::Answer,
            expert: author.and_then(|it| it.author_id).map(ExpertId),
            at: mail.received_at,
            proposed: mail.proposed_start.zip(mail.proposed_end),
            ..about(booking)
        })
    };
    Ok(found.into_iter().filter_map(proposal).collect())
}

/// Returns a proposal with the data of its appointment; the caller fills in the other fields.
fn about(booking: &CalendarBooking) -> TimeProposal {
    TimeProposal {
        id: Uuid::nil(),
        way: ProposalSource::Answer,
        expert: None,
        at: DateTime::UNIX_EPOCH,
        appointment: booking.appointment.clone(),
        number: booking.number,
        company_name: booking.company_name.clone(),
        proposed: None,
    }
}

fn of_source() -> RelationDef {
    external_entry::Entity::belongs_to(external_calendar::Entity)
        .from(external_entry::Column::SourceId)
        .to(external_calendar::Column::Id)
        .into()
}

fn of_appointment() -> RelationDef {
    external_entry::Entity::belongs_to(appointment::Entity)
        .from(external_entry::Column::AppointmentId)
        .to(appointment::Column::Id)
        .into()
}

/// Returns the relation from a mail to its message in the thread.
fn of_entry() -> RelationDef {
    inbound_mail::Entity::belongs_to(message::Entity)
        .from(inbound_mail::Column::EntryId)
        .to(message::Column::Id)
        .into()
}
