//! An expert's agenda: the consultations that concern one expert and their appointments. These are the read
//! models of the expert's pages and, in `feed`, of the calendar feed. Each takes a fixed number of queries.
mod feed;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use codes::{AppointmentStatus, AssignmentStatus, ReportStatus, Turn};
use domain::{
    actor::Party,
    aftercare::report::ReportState,
    booking::{
        appointment::{Appointment, Owner},
        availability::{Occupied, quarter_index},
    },
    consultation::State,
    due::{Due, DueKind},
    field::Fields,
    id::{ConsultationId, ExpertId},
    intake::company::Industry,
    number::CaseNumber,
    prefecture::Prefecture,
    routing::assignment::Assignment,
};
use entity::{
    Coded, appointment, appointment_expert, assignment, calendar_cell, consultation, message, report,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, sea_query::SelectStatement,
};
use uuid::Uuid;

pub use feed::{FeedCase, FeedEntry, FeedStatus, feed_entries};

use super::appointment::{ids_of, with_experts};
use crate::store::{exists, same};

/// The largest number of messages that are read. A page cannot show more; older messages can be found in the
/// consultation itself.
const MOST_MESSAGES: u64 = 300;

/// A consultation with the expert's part in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgendaCase {
    pub id: ConsultationId,
    pub number: CaseNumber,
    /// The company's name, shown once the expert has accepted.
    pub company_name: Option<String>,
    /// The fields that the expert is asked for or has accepted.
    pub fields: Fields,
    pub prefecture: Option<Prefecture>,
    pub industry: Option<Industry>,
    pub state: State,
    /// When the report is due, as long as one is expected.
    pub report_due: Option<DateTime<Utc>>,
}

/// An appointment that takes this expert's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgendaAppointment {
    pub appointment: Appointment,
    /// Whether another expert takes part and this expert is asked to be the substitute.
    pub is_asked: bool,
    /// `None` until the expert has been asked: a company holds the time, but may still get another expert.
    pub case: Option<AgendaCase>,
}

impl AgendaAppointment {
    /// Returns whether the appointment may still take place with another expert or not at all.
    pub const fn is_tentative(&self) -> bool {
        self.is_asked || (self.appointment.is_live() && !self.appointment.is_confirmed())
    }
}

/// A request that waits for the expert's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgendaRequest {
    pub assignment: Assignment,
    pub case: AgendaCase,
    /// The time that the company has chosen, if any.
    pub held: Option<Appointment>,
}

/// An appointment that took place and whose report the center has not approved yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgendaReport {
    pub appointment: Appointment,
    pub case: AgendaCase,
    /// `None` if the report has not been begun.
    pub state: Option<ReportState>,
}

impl AgendaReport {
    /// Returns whether the report is the expert's turn: it is not submitted.
    pub const fn is_to_be_written(&self) -> bool {
        match &self.state {
            None | Some(ReportState::Draft | ReportState::Returned { .. }) => true,
            Some(ReportState::Submitted { .. } | ReportState::Approved { .. }) => false,
        }
    }
}

/// The latest message of a thread, if another person wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnansweredMessage {
    pub case: AgendaCase,
    pub author: Party,
    pub at: DateTime<Utc>,
}

/// Returns the experts whose agenda can have entries: an expert who has been asked or has accepted in a
/// consultation that is not over. One query.
pub async fn busy(db: &impl ConnectionTrait) -> Result<BTreeSet<ExpertId>, DbErr> {
    let open = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .filter(
            consultation::COLUMN
                .turn
                .is_in([Turn::Company, Turn::Expert, Turn::Center, Turn::Nobody].map(Turn::code)),
        )
        .into_query();
    let ids: Vec<Uuid> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ExpertId)
        .distinct()
        .filter(
            assignment::COLUMN
                .state
                .is_in([AssignmentStatus::Offered, AssignmentStatus::Accepted].map(AssignmentStatus::code)),
        )
        .filter(assignment::Column::ConsultationId.in_subquery(open))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(ExpertId).collect())
}

/// Returns the requests that wait for the expert's answer, the soonest due first. Five queries.
pub async fn requests(db: &impl ConnectionTrait, expert: ExpertId) -> Result<Vec<AgendaRequest>, DbErr> {
    let offered = crate::store::routing::assignment::offered_to(db, expert).await?;
    let ids: BTreeSet<_> = offered.iter().map(|it| it.consultation).collect();
    let cases = cases(db, expert, &ids).await?;
    let held = live_of(db, &ids).await?;
    let request = |assignment: Assignment| {
        let case = cases.get(&assignment.consultation)?.clone();
        let held = held.iter().find(|it| it.owner == Owner::Consultation(case.id)).cloned();
        Some(AgendaRequest { assignment, case, held })
    };
    Ok(offered.into_iter().filter_map(request).collect())
}

/// Returns the confirmed appointments whose result is not recorded yet, past ones included, earliest first.
/// Four queries.
pub async fn confirmed(db: &impl ConnectionTrait, expert: ExpertId) -> Result<Vec<AgendaAppointment>, DbErr> {
    let only = Condition::all().add(appointment::COLUMN.state.eq(AppointmentStatus::Confirmed.code()));
    let mut appointments = agenda_appointments(db, expert, only).await?;
    appointments.retain(|it| !it.is_asked);
    Ok(appointments)
}

/// Returns the appointments that take or took the expert's time between two instants, earliest first. Four
/// queries.
pub async fn between(
    db: &impl ConnectionTrait,
    expert: ExpertId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<AgendaAppointment>, DbErr> {
    let only = Condition::all()
        .add(appointment::COLUMN.state.is_in(AppointmentStatus::TAKES_TIME.map(AppointmentStatus::code)))
        .add(appointment::COLUMN.ends_at.gt(from))
        .add(appointment::COLUMN.starts_at.lt(to));
    agenda_appointments(db, expert, only).await
}

/// Returns the appointments whose report is still to be written, revised or approved, oldest first, without those whose
/// report was handed over when the expert's account was closed, and those to which the expert did not come. Five queries.
pub async fn reports(db: &impl ConnectionTrait, expert: ExpertId) -> Result<Vec<AgendaReport>, DbErr> {
    let of_appointment =
        same((report::Entity, report::Column::AppointmentId), (appointment::Entity, appointment::Column::Id));
    let approved = report::Entity::find()
        .filter(of_appointment)
        .filter(report::COLUMN.state.eq(ReportStatus::Approved.code()));
    let only = Condition::all()
        .add(appointment::COLUMN.state.eq(AppointmentStatus::Done.code()))
        .add(exists(approved).not())
        .add(appointment::Column::Id.not_in_subquery(handed_over(expert)));
    let appointments = agenda_appointments(db, expert, only).await?;
    let ids = appointments.iter().map(|it| it.appointment.id);
    let mut states = crate::store::aftercare::report::states(db, ids).await?;
    let report = |it: AgendaAppointment| {
        let state = states.remove(&it.appointment.id);
        it.case.map(|case| AgendaReport { appointment: it.appointment, case, state })
    };
    Ok(appointments.into_iter().filter_map(report).collect())
}

/// The consultation, the kind and the account of the author, and the time of a message.
type MessageRow = (Uuid, Coded<Party>, Option<Uuid>, DateTime<Utc>);

/// Returns the latest message of each thread of an open consultation that the expert has accepted, if another
/// person wrote it at or after `since`, newest first. Three queries.
pub async fn unanswered_messages(
    db: &impl ConnectionTrait,
    expert: ExpertId,
    since: DateTime<Utc>,
) -> Result<Vec<UnansweredMessage>, DbErr> {
    let accepted =
        live(expert).filter(assignment::COLUMN.state.eq(AssignmentStatus::Accepted.code())).into_query();
    let rows: Vec<MessageRow> = message::Entity::find()
        .select_only()
        .column(message::Column::ConsultationId)
        .column(message::Column::AuthorKind)
        .column(message::Column::AuthorId)
        .column(message::Column::CreatedAt)
        .filter(message::Column::ConsultationId.in_subquery(accepted))
        .filter(message::COLUMN.created_at.gte(since))
        .filter(message::COLUMN.author_kind.ne(Party::System.code()))
        .filter(message::COLUMN.automatic.eq(false))
        .order_by_desc(message::COLUMN.created_at)
        .order_by_desc(message::COLUMN.id)
        .limit(MOST_MESSAGES)
        .into_tuple()
        .all(db)
        .await?;
    let ids = rows.iter().map(|it| ConsultationId(it.0)).collect();
    let mut cases = cases(db, expert, &ids).await?;
    let mut last = Vec::new();
    for (id, author, author_id, at) in rows {
        // The first row of a thread is its newest; removing the case makes the loop skip the older ones.
        let Some(case) = cases.remove(&ConsultationId(id)) else { continue };
        let Some(author) = author.known() else { continue };
        if author_id != Some(expert.0) && case.state.is_open() {
            last.push(UnansweredMessage { case, author, at });
        }
    }
    Ok(last)
}

/// Returns the quarter hours between two instants that appointments of one expert take, travel and buffers
/// included, and those that are busy in the expert's external calendars.
pub async fn occupied(
    db: &impl ConnectionTrait,
    expert: ExpertId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Occupied, DbErr> {
    let during = quarter_index(from)..quarter_index(to);
    let mut quarters: Vec<i64> = calendar_cell::Entity::find()
        .select_only()
        .column(calendar_cell::Column::Quarter)
        .filter(calendar_cell::COLUMN.expert_id.eq(expert.0))
        .filter(calendar_cell::COLUMN.quarter.gte(quarter_index(from)))
        .filter(calendar_cell::COLUMN.quarter.lt(quarter_index(to)))
        .into_tuple()
        .all(db)
        .await?;
    for (_, taken) in crate::store::calendars::external::busy(db, during, Some(expert)).await? {
        quarters.extend(taken);
    }
    Ok(quarters.into_iter().collect())
}

/// Returns a subquery of the appointments whose report this expert has handed over.
fn handed_over(expert: ExpertId) -> SelectStatement {
    appointment_expert::Entity::find()
        .select_only()
        .column(appointment_expert::Column::AppointmentId)
        .filter(appointment_expert::COLUMN.expert_id.eq(expert.0))
        .filter(
            Condition::any()
                .add(appointment_expert::Column::ReportHandedOverAt.is_not_null())
                .add(appointment_expert::Column::Absent.eq(true)),
        )
        .into_query()
}

async fn agenda_appointments(
    db: &impl ConnectionTrait,
    expert: ExpertId,
    only: Condition,
) -> Result<Vec<AgendaAppointment>, DbErr> {
    let rows = appointment::Entity::find()
        .filter(of(expert))
        .filter(only)
        .order_by_asc(appointment::COLUMN.starts_at)
        .order_by_asc(appointment::COLUMN.id)
        .all(db)
        .await?;
    let appointments = with_experts(db, rows).await?;
    let ids = appointments.iter().filter_map(consultation_of).collect();
    let cases = cases(db, expert, &ids).await?;
    let appointment = |appointment: Appointment| {
        let case = consultation_of(&appointment).and_then(|it| cases.get(&it)).cloned();
        AgendaAppointment { is_asked: !appointment.experts.contains(&expert), appointment, case }
    };
    Ok(appointments.into_iter().map(appointment).collect())
}

/// Returns the condition for the appointments in which the expert takes part or is asked to be the
/// substitute.
fn of(expert: ExpertId) -> Condition {
    Condition::any().add(appointment::Column::Id.in_subquery(ids_of(expert))).add(instead(expert))
}

/// Returns the condition for the appointments for which the expert is asked to be the substitute.
fn instead(expert: ExpertId) -> Condition {
    let instead = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ConsultationId)
        .filter(assignment::COLUMN.expert_id.eq(expert.0))
        .filter(assignment::COLUMN.state.eq(AssignmentStatus::Offered.code()))
        .filter(assignment::COLUMN.instead_of.is_not_null())
        .into_query();
    Condition::all()
        .add(appointment::Column::ConsultationId.in_subquery(instead))
        .add(appointment::COLUMN.state.eq(AppointmentStatus::Confirmed.code()))
}

/// Returns the part of these consultations that the expert may know. A consultation that does not concern the
/// expert is left out; one with an appointment that the expert has held concerns the expert, whatever came after.
async fn cases(
    db: &impl ConnectionTrait,
    expert: ExpertId,
    ids: &BTreeSet<ConsultationId>,
) -> Result<BTreeMap<ConsultationId, AgendaCase>, DbErr> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let wanted = || ids.iter().map(|it| it.0);
    let concerns =
        Condition::any().add(is_live()).add(assignment::Column::ConsultationId.in_subquery(held_by(expert)));
    let assignments: Vec<(Uuid, bool, bool, Coded<AssignmentStatus>)> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ConsultationId)
        .column(assignment::Column::Ict)
        .column(assignment::Column::Labor)
        .column(assignment::Column::State)
        .filter(assignment::COLUMN.expert_id.eq(expert.0))
        .filter(concerns)
        .filter(assignment::COLUMN.consultation_id.is_in(wanted()))
        .into_tuple()
        .all(db)
        .await?;
    let rows = consultation::Entity::find().filter(consultation::COLUMN.id.is_in(wanted())).all(db).await?;
    let mut cases = BTreeMap::new();
    for row in &rows {
        let record = crate::store::consultation::from_row(row)?;
        let parts = || assignments.iter().filter(|it| it.0 == row.id);
        let fields = parts().filter_map(|it| Fields::from_flags(it.1, it.2)).reduce(Fields::union);
        let Some(fields) = fields else { continue };
        let accepted = parts().any(|it| it.3 != AssignmentStatus::Offered);
        let report_due = record.due.as_ref().filter(|it| it.kind == DueKind::Report).and_then(Due::at);
        let case = AgendaCase {
            id: record.consultation.id,
            number: record.number,
            company_name: accepted.then_some(record.company_name),
            fields,
            prefecture: record.prefecture,
            industry: record.industry,
            state: record.consultation.state,
            report_due,
        };
        cases.insert(case.id, case);
    }
    Ok(cases)
}

/// Returns the query for the consultations for which the expert is asked or has accepted.
fn live(expert: ExpertId) -> sea_orm::Select<assignment::Entity> {
    assignment::Entity::find()
        .select_only()
        .column(assignment::Column::ConsultationId)
        .filter(assignment::COLUMN.expert_id.eq(expert.0))
        .filter(is_live())
}

/// Returns the condition for assignments that wait for an answer or were accepted.
fn is_live() -> Condition {
    let live = [AssignmentStatus::Offered, AssignmentStatus::Accepted].map(AssignmentStatus::code);
    Condition::all().add(assignment::COLUMN.state.is_in(live))
}

/// Returns a subquery of the consultations with an appointment that this expert has held.
fn held_by(expert: ExpertId) -> SelectStatement {
    appointment::Entity::find()
        .select_only()
        .column(appointment::Column::ConsultationId)
        .filter(appointment::COLUMN.state.eq(AppointmentStatus::Done.code()))
        .filter(appointment::Column::ConsultationId.is_not_null())
        .filter(appointment::Column::Id.in_subquery(ids_of(expert)))
        .into_query()
}

/// Returns the held and confirmed appointments of these consultations.
async fn live_of(
    db: &impl ConnectionTrait,
    ids: &BTreeSet<ConsultationId>,
) -> Result<Vec<Appointment>, DbErr> {
    let rows = appointment::Entity::find()
        .filter(appointment::COLUMN.consultation_id.is_in(ids.iter().map(|it| it.0)))
        .filter(
            appointment::COLUMN
                .state
                .is_in([AppointmentStatus::Held, AppointmentStatus::Confirmed].map(AppointmentStatus::code)),
        )
        .all(db)
        .await?;
    with_experts(db, rows).await
}

const fn consultation_of(it: &Appointment) -> Option<ConsultationId> {
    match it.owner {
        Owner::Consultation(id) | Owner::Offer { consultation: id, .. } => Some(id),
        Owner::Draft(_) => None,
    }
}
