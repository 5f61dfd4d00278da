//! Consultations: the record that every action locks, decides on and saves.
pub mod case_details;
pub mod case_merge;
pub mod contact_address;
pub mod correction;
pub mod related_case;
mod row;
pub mod split;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use codes::{ReportGap, Turn};
use domain::{
    consultation::{Consultation, State},
    due::Due,
    field::{Field, Fields},
    id::{AccountId, CompanyId, ConsultationId, DeskId},
    intake::company::{Industry, Mode},
    number::CaseNumber,
    prefecture::Prefecture,
    silence::SilenceClock,
    worklist::AwaitedResponse,
};
use entity::{Coded, application, company, consultation, consultation_theme, contact};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Set,
    sea_query::{Expr, SelectStatement, UnionType},
};
use uuid::Uuid;

use super::write_batch::WriteBatch;

pub use row::{NewConsultation, Origin, from_row, sort_at, state};

/// A consultation with the data that actions and mails need besides its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub consultation: Consultation,
    pub number: CaseNumber,
    pub company: CompanyId,
    pub company_name: String,
    pub prefecture: Option<Prefecture>,
    pub industry: Option<Industry>,
    pub mode: Mode,
    pub origin: Origin,
    pub desk: Option<DeskId>,
    pub coordinator: Option<AccountId>,
    pub received_at: DateTime<Utc>,
    pub due: Option<Due>,
    pub appointments_done: i32,
    /// Since when the company has been asking for more help without an answer; `None` if it is not.
    pub wants_help_since: Option<DateTime<Utc>>,
    /// The prefecture of a visit, if it is not that of the company.
    pub visit_prefecture: Option<Prefecture>,
    /// Since when the company, which has no mail address, has to be called; `None` if it knows everything.
    pub to_call_since: Option<DateTime<Utc>>,
    /// The clock of a case in which nothing happens.
    pub silence: Option<SilenceClock>,
    /// Since when the case stands in the center's worklist because nothing happens.
    pub stalled_since: Option<DateTime<Utc>>,
    /// The message that waits for the center's response, if there is one.
    pub response: Option<AwaitedResponse>,
    /// When the company or an expert wrote last.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// Until when the center has put the case aside.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Whether it was filed under the corporate number of a known company, which is not confirmed yet.
    pub number_unconfirmed: bool,
    /// Why the center sees to a report on an appointment; `None` while an expert is expected to write it.
    pub report_by_center: Option<ReportGap>,
    /// The field that an expert who did not come still owes the company. The next appointment is for this field alone.
    pub owed: Option<Field>,
    /// The only field of the further appointment that was planned last, if it is for one of two.
    pub next_field: Option<Field>,
    pub event_count: i32,
    /// The version of the row; it rises with every save.
    pub version: i32,
}

impl Record {
    /// Returns the fields of the appointment that is under way: the one that is owed or was chosen, once its appointment is
    /// planned, else those of the consultation.
    pub fn wanted_fields(&self) -> Fields {
        match (self.only_next_field(), &self.consultation.state) {
            (
                Some(only),
                State::Received
                | State::Checking
                | State::WaitingCompany
                | State::Matching
                | State::Scheduling
                | State::Booked,
            ) => only.into(),
            _ => self.consultation.fields,
        }
    }

    /// Returns the one field that the further appointment is for: the one that is owed, or else the one that was chosen and
    /// that the consultation still has.
    pub fn only_next_field(&self) -> Option<Field> {
        self.owed.or(self.next_field.filter(|it| self.consultation.fields.contains(*it)))
    }

    /// Returns the prefecture to which an expert travels for a visit.
    pub fn site(&self) -> Option<Prefecture> {
        self.visit_prefecture.or(self.prefecture)
    }
}

/// The company's contact in one consultation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactPerson {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// The address that was proved before the company corrected it, until the corrected one is proved.
    pub proven: Option<ProvenAddress>,
}

impl ContactPerson {
    /// Returns the addresses at which the contact speaks for the company.
    pub fn addresses(self) -> impl Iterator<Item = String> {
        self.email.into_iter().chain(self.proven.map(|it| it.email))
    }
}

/// A mail address that a contact has proved to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenAddress {
    pub email: String,
    pub at: DateTime<Utc>,
}

impl ProvenAddress {
    /// Returns the address in lower case.
    pub fn key(&self) -> String {
        self.email.to_lowercase()
    }
}

impl From<contact::Model> for ContactPerson {
    fn from(it: contact::Model) -> Self {
        let proven = it.proven_email.zip(it.proven_at).map(|(email, at)| ProvenAddress { email, at });
        Self { name: it.name, email: it.email, phone: it.phone, proven }
    }
}

/// Returns a consultation, locked until the transaction ends.
pub async fn lock(tx: &DatabaseTransaction, id: ConsultationId) -> Result<Option<Record>, DbErr> {
    let found = consultation::Entity::find_by_id(id.0).lock_exclusive().one(tx).await?;
    found.as_ref().map(from_row).transpose()
}

pub async fn find(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Option<Record>, DbErr> {
    let found = consultation::Entity::find_by_id(id.0).one(db).await?;
    found.as_ref().map(from_row).transpose()
}

/// Returns the consultations of `ids` that exist, in no particular order.
pub async fn many(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = ConsultationId>,
) -> Result<Vec<Record>, DbErr> {
    let ids = ids.into_iter().map(|it| it.0);
    let found = consultation::Entity::find().filter(consultation::COLUMN.id.is_in(ids)).all(db).await?;
    found.iter().map(from_row).collect()
}

pub async fn by_number(db: &impl ConnectionTrait, number: CaseNumber) -> Result<Option<Record>, DbErr> {
    let found = consultation::Entity::find()
        .filter(consultation::COLUMN.number.eq(number.to_string()))
        .one(db)
        .await?;
    found.as_ref().map(from_row).transpose()
}

/// Returns the consultation that a form with this submission key has already created.
pub async fn by_submission_key(db: &impl ConnectionTrait, key: &str) -> Result<Option<Record>, DbErr> {
    let found =
        consultation::Entity::find().filter(consultation::COLUMN.submission_key.eq(key)).one(db).await?;
    found.as_ref().map(from_row).transpose()
}

/// Returns the latest 100 consultations whose contact has this address, newest first. A merged one is replaced by the one
/// into which it was merged.
pub async fn of_contact(db: &impl ConnectionTrait, email_key: &str) -> Result<Vec<Record>, DbErr> {
    let own = consultation::Entity::find()
        .select_only()
        .expr(Expr::cust("COALESCE(merged_into, id)"))
        .filter(consultation::Column::Id.in_subquery(ids_of_contact(email_key)))
        .into_query();
    let rows = consultation::Entity::find()
        .filter(consultation::Column::Id.in_subquery(own))
        .order_by_desc(consultation::COLUMN.received_at)
        .limit(100)
        .all(db)
        .await?;
    rows.iter().map(from_row).collect()
}

/// Returns the consultation with this number; `None` if its contact has another address. A merged one is replaced by the
/// one into which it was merged, and the contacts of both may see that one.
pub async fn of_contact_by_number(
    db: &impl ConnectionTrait,
    email_key: &str,
    number: CaseNumber,
) -> Result<Option<Record>, DbErr> {
    let found = consultation::Entity::find()
        .filter(consultation::COLUMN.number.eq(number.to_string()))
        .one(db)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let id = ConsultationId(found.merged_into.unwrap_or(found.id));
    let of_contact = consultation::Entity::find()
        .filter(consultation::Column::Id.in_subquery(case_merge::one_case(id)))
        .filter(consultation::Column::Id.in_subquery(ids_of_contact(email_key)))
        .one(db)
        .await?;
    if of_contact.is_none() {
        return Ok(None);
    }
    if found.id == id.0 { from_row(&found).map(Some) } else { find(db, id).await }
}

/// Returns the subquery for the consultations whose contact has this address, or had proved it before the company
/// corrected it and has not proved the corrected one yet.
fn ids_of_contact(email_key: &str) -> SelectStatement {
    let with = |column: contact::Column| {
        contact::Entity::find()
            .select_only()
            .column(contact::Column::ConsultationId)
            .filter(column.eq(email_key))
            .into_query()
    };
    // Each part uses an index of its own.
    let mut query = with(contact::Column::EmailKey);
    query.union(UnionType::All, with(contact::Column::ProvenEmailKey));
    query
}

/// Returns the open consultations of which a coordinator is in charge, the oldest first.
pub async fn of_coordinator(db: &impl ConnectionTrait, id: AccountId) -> Result<Vec<Record>, DbErr> {
    let rows = consultation::Entity::find()
        .filter(consultation::COLUMN.coordinator_id.eq(id.0))
        .filter(consultation::COLUMN.turn.ne(codes::Turn::Ended.code()))
        .order_by_asc(consultation::COLUMN.received_at)
        .all(db)
        .await?;
    rows.iter().map(from_row).collect()
}

pub async fn person(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Option<ContactPerson>, DbErr> {
    let found = contact::Entity::find_by_id(id.0).one(db).await?;
    Ok(found.map(ContactPerson::from))
}

/// Returns the application and the contact as the company wrote them.
pub async fn application(
    db: &impl ConnectionTrait,
    id: ConsultationId,
) -> Result<Option<(application::Model, contact::Model)>, DbErr> {
    let written = application::Entity::find_by_id(id.0).one(db).await?;
    let contact = contact::Entity::find_by_id(id.0).one(db).await?;
    Ok(written.zip(contact))
}

/// Returns the codes of a consultation's themes.
pub async fn themes(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<String>, DbErr> {
    let rows = consultation_theme::Entity::find()
        .filter(consultation_theme::COLUMN.consultation_id.eq(id.0))
        .order_by_asc(consultation_theme::COLUMN.theme)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|it| it.theme).collect())
}

/// The data that a submission writes besides the record.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The company to be written, if it does not exist yet.
    pub company: Option<company::Model>,
    /// The company under whose number the application was filed, if it was merged into another since.
    pub own_company: Option<CompanyId>,
    /// The search key: folded name, reading (kana) and corporate number.
    pub search_key: String,
    /// A key that makes a form that is sent twice one consultation.
    pub submission_key: String,
    /// The account that entered the application, if not the company itself.
    pub entered_by: Option<AccountId>,
    pub consent_version: String,
    pub newsletter: bool,
    pub application: application::Model,
    pub contact: contact::Model,
    pub themes: Vec<String>,
}

/// Adds a submission to a batch, with the current data of `record`.
pub fn insert(
    batch: &mut WriteBatch,
    new: Submission,
    record: &Record,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = row::row(record, &new, now)?;
    let id = row.id;
    if let Some(company) = new.company {
        batch.insert(company.into_active_model())?;
    }
    batch.insert(row.into_active_model())?;
    batch.insert(new.application.into_active_model())?;
    batch.insert(new.contact.into_active_model())?;
    if !new.themes.is_empty() {
        let themes = new
            .themes
            .into_iter()
            .map(|theme| consultation_theme::Model { consultation_id: id, theme }.into_active_model());
        batch.insert_many(themes)?;
    }
    Ok(())
}

/// Adds the columns that actions can change to a batch. The version of `record` is written as it is.
pub fn save(batch: &mut WriteBatch, record: &Record, now: DateTime<Utc>) -> Result<(), DbErr> {
    let state = row::state_columns(record, now)?;
    let silence = row::silence_columns(record.silence.as_ref());
    batch.update(consultation::ActiveModel {
        id: Set(record.consultation.id.0),
        state: Set(state.state),
        state_since: Set(record.consultation.state_since),
        unfulfilled_reason: Set(state.unfulfilled_reason),
        referred_to: Set(state.referred_to),
        ended_at: Set(state.ended_at),
        turn: Set(state.turn),
        deadline_kind: Set(state.deadline_kind),
        deadline: Set(state.deadline),
        due_at: Set(state.due_at),
        sort_at: Set(state.sort_at),
        ict: Set(state.ict),
        labor: Set(state.labor),
        coordinator_id: Set(record.coordinator.map(|it| it.0)),
        appointments_done: Set(record.appointments_done),
        wants_help_since: Set(record.wants_help_since),
        to_call_since: Set(record.to_call_since),
        silence_kind: Set(silence.kind),
        silence_since: Set(silence.since),
        silence_stage: Set(silence.stage),
        next_step_at: Set(silence.next_at),
        stalled_since: Set(record.stalled_since),
        unanswered_since: Set(record.response.map(|it| it.since)),
        response_due_at: Set(record.response.map(|it| it.due_at)),
        last_inbound_at: Set(record.last_inbound_at),
        snoozed_until: Set(record.snoozed_until),
        merged_into: Set(record.consultation.merged_into.map(|it| it.0)),
        number_unconfirmed: Set(record.number_unconfirmed),
        report_by_center: Set(record.report_by_center.is_some()),
        report_gap: Set(record.report_by_center.map(Coded::Known)),
        owed_field: Set(record.owed.map(Coded::Known)),
        next_field: Set(record.next_field.map(Coded::Known)),
        event_count: Set(record.event_count),
        version: Set(record.version),
        ..Default::default()
    })
}

/// Returns the keys of up to `limit` consultations whose next step is due because nothing happened, the longest due
/// first, without those of `except`. Reads only what is due.
pub async fn silent(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    except: &[Uuid],
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .filter(consultation::COLUMN.next_step_at.lte(now))
        .filter(consultation::COLUMN.id.is_not_in(except.iter().copied()))
        .order_by_asc(consultation::COLUMN.next_step_at)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Returns the clocks of those of `ids` in which nothing happens.
pub async fn silences(
    db: &impl ConnectionTrait,
    ids: Vec<ConsultationId>,
) -> Result<HashMap<ConsultationId, SilenceClock>, DbErr> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let clock = |it: Record| Some((it.consultation.id, it.silence?));
    Ok(many(db, ids).await?.into_iter().filter_map(clock).collect())
}

/// Returns the consultations under way with a deadline at `from` or later.
pub async fn due_from(db: &impl ConnectionTrait, from: DateTime<Utc>) -> Result<Vec<ConsultationId>, DbErr> {
    let ids: Vec<Uuid> = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .filter(consultation::COLUMN.turn.is_in([Turn::Center, Turn::Expert].map(Turn::code)))
        .filter(consultation::COLUMN.due_at.gte(from))
        .order_by_asc(consultation::COLUMN.id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(ConsultationId).collect())
}

/// Returns the consultations with a message whose response is due at `from` or later.
pub async fn response_due_from(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
) -> Result<Vec<ConsultationId>, DbErr> {
    with_instant_from(db, consultation::Column::ResponseDueAt, from).await
}

/// Returns the consultations whose next step, if nothing happens, is due at `from` or later.
pub async fn next_step_from(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
) -> Result<Vec<ConsultationId>, DbErr> {
    with_instant_from(db, consultation::Column::NextStepAt, from).await
}

async fn with_instant_from(
    db: &impl ConnectionTrait,
    column: consultation::Column,
    from: DateTime<Utc>,
) -> Result<Vec<ConsultationId>, DbErr> {
    let ids: Vec<Uuid> = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .filter(column.gte(from))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(ConsultationId).collect())
}

/// Returns the addresses, in lower case, of the contacts of `ids`.
pub async fn contact_addresses(
    db: &impl ConnectionTrait,
    ids: Vec<ConsultationId>,
) -> Result<HashSet<(ConsultationId, String)>, DbErr> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let found: Vec<(Uuid, Option<String>, Option<String>)> = contact::Entity::find()
        .select_only()
        .columns([
            contact::Column::ConsultationId,
            contact::Column::EmailKey,
            contact::Column::ProvenEmailKey,
        ])
        .filter(contact::COLUMN.consultation_id.is_in(ids.into_iter().map(|it| it.0)))
        .into_tuple()
        .all(db)
        .await?;
    let each = |(id, own, proven): (Uuid, Option<String>, Option<String>)| {
        [own, proven].into_iter().flatten().map(move |it| (ConsultationId(id), it))
    };
    Ok(found.into_iter().flat_map(each).collect())
}

/// Returns the consultations of `ids` whose contact's address is confirmed.
pub async fn confirmed_among(
    db: &impl ConnectionTrait,
    ids: Vec<ConsultationId>,
) -> Result<HashSet<ConsultationId>, DbErr> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let found: Vec<Uuid> = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Id)
        .filter(consultation::COLUMN.id.is_in(ids.into_iter().map(|it| it.0)))
        .filter(consultation::COLUMN.address_confirmed_at.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().map(ConsultationId).collect())
}
