//! The conversion of a consultation to its columns and back, each in one place.
use chrono::{DateTime, TimeDelta, Utc};
pub use codes::Origin;
use codes::{ConsultationStatus, DueKind, ReportGap, Turn};
use domain::{
    consultation::{Consultation, State, UnfulfilledReason},
    due::Due,
    field::{Field, Fields},
    id::{AccountId, CompanyId, ConsultationId, DeskId},
    number::CaseNumber,
    prefecture::Prefecture,
    silence::{SilenceClock, SilenceKind},
    worklist::AwaitedResponse,
};
use entity::{Coded, consultation as row};
use sea_orm::{DbErr, JsonValue};
use uuid::Uuid;

use super::{Record, Submission};
use crate::store::{contradiction, known};

/// The columns that follow from the state.
pub(super) struct StateColumns {
    pub state: Coded<ConsultationStatus>,
    pub unfulfilled_reason: Option<Coded<UnfulfilledReason>>,
    pub referred_to: Option<String>,
    pub ended_at: Option<DateTime<Utc>>,
    pub turn: Coded<Turn>,
    pub deadline_kind: Option<Coded<DueKind>>,
    pub deadline: Option<JsonValue>,
    pub due_at: Option<DateTime<Utc>>,
    pub sort_at: DateTime<Utc>,
    pub ict: bool,
    pub labor: bool,
}

/// The columns of the clock of silence.
pub(super) struct SilenceColumns {
    pub kind: Option<Coded<SilenceKind>>,
    pub since: Option<DateTime<Utc>>,
    pub stage: i16,
    pub next_at: Option<DateTime<Utc>>,
}

pub(super) fn silence_columns(it: Option<&SilenceClock>) -> SilenceColumns {
    SilenceColumns {
        kind: it.map(|it| it.kind.into()),
        since: it.map(|it| it.since),
        stage: it.map_or(0, |it| i16::from(it.stage)),
        next_at: it.and_then(|it| it.next_at),
    }
}

fn silence(row: &row::Model) -> Result<Option<SilenceClock>, DbErr> {
    let Some((kind, since)) = row.silence_kind.as_ref().zip(row.silence_since) else { return Ok(None) };
    Ok(Some(SilenceClock {
        kind: known(kind, row::Column::SilenceKind, row.id)?,
        since,
        stage: u8::try_from(row.silence_stage).unwrap_or(u8::MAX),
        next_at: row.next_step_at,
    }))
}

pub(super) fn state_columns(record: &Record, now: DateTime<Utc>) -> Result<StateColumns, DbErr> {
    let (it, due) = (&record.consultation, record.due.as_ref());
    let (unfulfilled_reason, referred_to) = match &it.state {
        State::Unfulfilled { reason } => (Some((*reason).into()), None),
        State::Referred { organization } => (None, Some(organization.clone())),
        State::Received
        | State::Checking
        | State::WaitingCompany
        | State::Matching
        | State::Scheduling
        | State::Booked
        | State::Consulted
        | State::FollowUp
        | State::Completed
        | State::Withdrawn => (None, None),
    };
    let json = |it: &Due| serde_json::to_value(it).map_err(|err| DbErr::Type(err.to_string()));
    let due_at = due.and_then(Due::at);
    Ok(StateColumns {
        state: it.state.status().into(),
        unfulfilled_reason,
        referred_to,
        ended_at: it.state.ended().map(|_| it.state_since.min(now)),
        turn: record.turn().into(),
        deadline_kind: due.map(|it| it.kind.into()),
        deadline: due.map(json).transpose()?,
        due_at,
        sort_at: sort_at(it, due_at),
        ict: it.fields.contains(Field::Ict),
        labor: it.fields.contains(Field::Labor),
    })
}

/// The time that is added to the order of a consultation that only waits, so that the worklist shows it after every
/// consultation that needs an action.
const LATER: TimeDelta = TimeDelta::days(3653);

/// Returns the instant by which the worklist sorts: the deadline, else the start of the state. A consultation
/// that only waits for a planned follow-up comes after every consultation that needs an action.
pub fn sort_at(it: &Consultation, due_at: Option<DateTime<Utc>>) -> DateTime<Utc> {
    match due_at {
        Some(due_at) => due_at,
        None if it.state == State::FollowUp => it.state_since + LATER,
        None => it.state_since,
    }
}

/// A consultation that is being submitted.
pub struct NewConsultation<'a> {
    pub consultation: Consultation,
    pub number: CaseNumber,
    pub company: CompanyId,
    pub application: &'a domain::intake::application::Application,
    pub origin: Origin,
    pub desk: Option<DeskId>,
    pub due: Due,
    /// Whether the center has to confirm that the company's corporate number is its own.
    pub number_unconfirmed: bool,
    pub now: DateTime<Utc>,
}

impl Record {
    /// Returns the party whose turn it is: the center's where it sees to the report in the experts' place, and where every
    /// report is submitted.
    pub fn turn(&self) -> Turn {
        if (self.writes_report() || self.approves_report()) && self.consultation.merged_into.is_none() {
            Turn::Center
        } else {
            self.consultation.turn()
        }
    }

    /// Returns whether the case waits for a report to which the center sees.
    pub fn writes_report(&self) -> bool {
        self.report_by_center.is_some() && self.consultation.state == State::Consulted
    }

    /// Returns whether the case waits for the center's approval of a report.
    pub fn approves_report(&self) -> bool {
        self.consultation.state == State::Consulted
            && self.due.as_ref().is_some_and(|it| it.kind == DueKind::Approval)
    }
}

impl NewConsultation<'_> {
    /// Returns the record of the consultation, without its first event.
    pub fn record(self) -> Record {
        Record {
            consultation: self.consultation,
            number: self.number,
            company: self.company,
            company_name: self.application.company.name.as_str().to_owned(),
            prefecture: self.application.company.prefecture,
            industry: self.application.company.industry,
            mode: self.application.topic.mode,
            origin: self.origin,
            desk: self.desk,
            coordinator: None,
            received_at: self.now,
            due: Some(self.due),
            appointments_done: 0,
            wants_help_since: None,
            visit_prefecture: None,
            to_call_since: None,
            silence: None,
            stalled_since: None,
            response: None,
            last_inbound_at: None,
            snoozed_until: None,
            number_unconfirmed: self.number_unconfirmed,
            report_by_center: None,
            owed: None,
            next_field: None,
            event_count: 0,
            version: 0,
        }
    }
}

/// Returns the row of a submission with the current data of `record`.
pub(super) fn row(record: &Record, new: &Submission, now: DateTime<Utc>) -> Result<row::Model, DbErr> {
    let (it, number) = (&record.consultation, record.number);
    let (state, silence) = (state_columns(record, now)?, silence_columns(record.silence.as_ref()));
    Ok(row::Model {
        id: it.id.0,
        number: number.to_string(),
        fiscal_year: number.fiscal_year().start_year(),
        serial: i32::try_from(number.serial()).map_err(|err| DbErr::Type(err.to_string()))?,
        state: state.state,
        state_since: it.state_since,
        unfulfilled_reason: state.unfulfilled_reason,
        referred_to: state.referred_to,
        company_id: record.company.0,
        company_name: record.company_name.clone(),
        search_key: new.search_key.clone(),
        prefecture: record.prefecture.map(|it| i16::from(it.code())),
        industry: record.industry.map(Coded::Known),
        ict: state.ict,
        labor: state.labor,
        mode: record.mode.into(),
        origin: record.origin.into(),
        desk_id: record.desk.map(|it| it.0),
        entered_by: new.entered_by.map(|it| it.0),
        coordinator_id: record.coordinator.map(|it| it.0),
        address_confirmed_at: it.address_confirmed.then_some(now),
        received_at: record.received_at,
        ended_at: state.ended_at,
        turn: state.turn,
        deadline_kind: state.deadline_kind,
        deadline: state.deadline,
        due_at: state.due_at,
        sort_at: state.sort_at,
        appointments_done: record.appointments_done,
        event_count: record.event_count,
        version: record.version,
        submission_key: new.submission_key.clone(),
        consent_version: new.consent_version.clone(),
        consent_at: now,
        newsletter: new.newsletter,
        wants_help_since: record.wants_help_since,
        visit_prefecture: record.visit_prefecture.map(|it| i16::from(it.code())),
        to_call_since: record.to_call_since,
        silence_kind: silence.kind,
        silence_since: silence.since,
        silence_stage: silence.stage,
        next_step_at: silence.next_at,
        stalled_since: record.stalled_since,
        unanswered_since: record.response.map(|it| it.since),
        response_due_at: record.response.map(|it| it.due_at),
        last_inbound_at: record.last_inbound_at,
        snoozed_until: record.snoozed_until,
        merged_into: it.merged_into.map(|it| it.0),
        own_company_id: new.own_company.map(|it| it.0),
        number_unconfirmed: record.number_unconfirmed,
        report_by_center: record.report_by_center.is_some(),
        report_gap: record.report_by_center.map(Coded::Known),
        owed_field: record.owed.map(Coded::Known),
        next_field: record.next_field.map(Coded::Known),
        contact_erased_at: None,
        record_erased_at: None,
    })
}

pub fn from_row(row: &row::Model) -> Result<Record, DbErr> {
    let wrong = |why: &str| contradiction(row::Entity, row.id, why);
    let prefecture = prefecture_of(row.prefecture).map_err(|()| wrong("no such prefecture"))?;
    let due = row.deadline.clone().map(serde_json::from_value).transpose();
    Ok(Record {
        consultation: Consultation {
            id: ConsultationId(row.id),
            state: state(row.id, &row.state, row.unfulfilled_reason.as_ref(), row.referred_to.as_deref())?,
            state_since: row.state_since,
            fields: Fields::from_flags(row.ict, row.labor).ok_or_else(|| wrong("no field"))?,
            address_confirmed: row.address_confirmed_at.is_some(),
            merged_into: row.merged_into.map(ConsultationId),
            is_erased: row.contact_erased_at.is_some(),
        },
        number: CaseNumber::parse(&row.number).map_err(|err| wrong(&err.to_string()))?,
        company: CompanyId(row.company_id),
        company_name: row.company_name.clone(),
        prefecture,
        industry: row.industry.as_ref().and_then(Coded::known),
        mode: known(&row.mode, row::Column::Mode, row.id)?,
        origin: known(&row.origin, row::Column::Origin, row.id)?,
        desk: row.desk_id.map(DeskId),
        coordinator: row.coordinator_id.map(AccountId),
        received_at: row.received_at,
        due: due.map_err(|err| wrong(&err.to_string()))?,
        appointments_done: row.appointments_done,
        wants_help_since: row.wants_help_since,
        visit_prefecture: prefecture_of(row.visit_prefecture)
            .map_err(|()| wrong("no such prefecture of a visit"))?,
        to_call_since: row.to_call_since,
        silence: silence(row)?,
        stalled_since: row.stalled_since,
        response: row
            .unanswered_since
            .zip(row.response_due_at)
            .map(|(since, due_at)| AwaitedResponse { since, due_at }),
        last_inbound_at: row.last_inbound_at,
        snoozed_until: row.snoozed_until,
        number_unconfirmed: row.number_unconfirmed,
        report_by_center: row.report_by_center.then(|| report_gap(row)),
        owed: row.owed_field.as_ref().and_then(Coded::known),
        next_field: row.next_field.as_ref().and_then(Coded::known),
        event_count: row.event_count,
        version: row.version,
    })
}

fn report_gap(row: &row::Model) -> ReportGap {
    row.report_gap.as_ref().and_then(Coded::known).unwrap_or(ReportGap::NoExpert)
}

fn prefecture_of(code: Option<i16>) -> Result<Option<Prefecture>, ()> {
    let prefecture = |it| u8::try_from(it).ok().and_then(|it| Prefecture::from_code(it).ok()).ok_or(());
    code.map(prefecture).transpose()
}

/// Returns the state of the consultation `id` with its data, or an error if the columns contradict each
/// other.
pub fn state(
    id: Uuid,
    status: &Coded<ConsultationStatus>,
    unfulfilled_reason: Option<&Coded<UnfulfilledReason>>,
    referred_to: Option<&str>,
) -> Result<State, DbErr> {
    let status = known(status, row::Column::State, id)?;
    let reason = unfulfilled_reason.map(|it| known(it, row::Column::UnfulfilledReason, id)).transpose()?;
    Ok(match (status, reason, referred_to) {
        (ConsultationStatus::Received, None, None) => State::Received,
        (ConsultationStatus::Checking, None, None) => State::Checking,
        (ConsultationStatus::WaitingCompany, None, None) => State::WaitingCompany,
        (ConsultationStatus::Matching, None, None) => State::Matching,
        (ConsultationStatus::Scheduling, None, None) => State::Scheduling,
        (ConsultationStatus::Booked, None, None) => State::Booked,
        (ConsultationStatus::Consulted, None, None) => State::Consulted,
        (ConsultationStatus::FollowUp, None, None) => State::FollowUp,
        (ConsultationStatus::Completed, None, None) => State::Completed,
        (ConsultationStatus::Withdrawn, None, None) => State::Withdrawn,
        (ConsultationStatus::Unfulfilled, Some(reason), None) => State::Unfulfilled { reason },
        (ConsultationStatus::Referred, None, Some(organization)) => {
            State::Referred { organization: organization.to_owned() }
        }
        (
            ConsultationStatus::Received
            | ConsultationStatus::Checking
            | ConsultationStatus::WaitingCompany
            | ConsultationStatus::Matching
            | ConsultationStatus::Scheduling
            | ConsultationStatus::Booked
            | ConsultationStatus::Consulted
            | ConsultationStatus::FollowUp
            | ConsultationStatus::Completed
            | ConsultationStatus::Withdrawn
            | ConsultationStatus::Unfulfilled
            | ConsultationStatus::Referred,
            ..,
        ) => return Err(contradiction(row::Entity, id, "state")),
    })
}
