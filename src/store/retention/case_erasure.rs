//! The erasure of a contact and of a record, with those of the cases that were merged into the consultation.
//!
//! Rows stay, so that the figures of past years stay: number, state, times, field, prefecture, industry and size. Nothing
//! that names a company or a person, and no text, stays.
use chrono::{DateTime, Utc};
use codes::CorrectedField;
use domain::{
    aftercare::report::ReportBody,
    id::ConsultationId,
    intake::duplicate::address_key,
    retention::{ERASED, RetentionPart},
    text::search_key,
};
use entity::{
    application, appointment, assignment, attachment, case_merge, case_tag, company, company_merge,
    conflict_of_interest, consultation, contact, correction, draft, event, example_consent, follow_up,
    inbound_mail, legal_hold, link, mail_bounce, message, message_draft, outbox, related_case, report,
    report_revision, task,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set, sea_query::Expr,
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    correspondence_erasure::{erase_attachments, erase_raw, erase_sender},
    erase_columns, erase_remarks,
};
use crate::store::{
    audit::event::EventDetail, consultation::case_merge::MergeChange, contradiction, correspondence,
};

/// The corrected values that are those of a person.
const PERSONAL: [CorrectedField; 10] = [
    CorrectedField::ContactName,
    CorrectedField::ContactKana,
    CorrectedField::Department,
    CorrectedField::Position,
    CorrectedField::Email,
    CorrectedField::Phone,
    CorrectedField::SecondName,
    CorrectedField::SecondKana,
    CorrectedField::SecondEmail,
    CorrectedField::SecondPhone,
];

/// A consultation with those that were merged into it, locked.
#[derive(Clone, Debug)]
pub struct CaseGroup {
    /// The consultation itself is the first.
    rows: Vec<consultation::Model>,
}

/// Returns the condition for a consultation and the cases that were merged into it.
pub(super) fn with_merged(id: ConsultationId) -> Condition {
    Condition::any().add(consultation::COLUMN.id.eq(id.0)).add(consultation::COLUMN.merged_into.eq(id.0))
}

/// Locks a consultation and the cases that were merged into it; `None` if it does not exist.
pub async fn lock(tx: &DatabaseTransaction, id: ConsultationId) -> Result<Option<CaseGroup>, DbErr> {
    let mut rows = consultation::Entity::find()
        .filter(with_merged(id))
        .order_by_asc(consultation::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let Some(first) = rows.iter().position(|it| it.id == id.0) else { return Ok(None) };
    rows.swap(0, first);
    Ok(Some(CaseGroup { rows }))
}

impl CaseGroup {
    pub fn ids(&self) -> Vec<Uuid> {
        self.rows.iter().map(|it| it.id).collect()
    }

    /// Returns when the consultation ended; `None` if it goes on.
    pub fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.rows.first().and_then(|it| it.ended_at)
    }

    /// Returns whether the consultation itself was merged into another.
    pub fn is_merged(&self) -> bool {
        self.rows.first().is_some_and(|it| it.merged_into.is_some())
    }

    /// Returns when the part was erased.
    pub fn erased_at(&self, part: RetentionPart) -> Option<DateTime<Utc>> {
        self.rows.first().and_then(|it| match part {
            RetentionPart::Contact => it.contact_erased_at,
            RetentionPart::Record => it.record_erased_at,
        })
    }

    fn is_one_of<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all().add(column.is_in(self.ids()))
    }
}

/// Erases who applied: the contact, what was corrected of it, links, drafts, and the mails to and from everyone about the
/// consultation. The texts of the case stay. Returns the number of rows.
pub async fn erase_contact(
    tx: &DatabaseTransaction,
    cases: &CaseGroup,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let mut erased = erase_addresses(tx, cases).await?;
    erased += erase_person(tx, cases).await?;
    let personal = cases
        .is_one_of(correction::Column::ConsultationId)
        .add(correction::Column::Field.is_in(PERSONAL.map(CorrectedField::code)));
    erased += erase_values(tx, personal).await?;
    let links = cases.is_one_of(link::Column::ConsultationId);
    erased += link::Entity::delete_many().filter(links).exec(tx).await?.rows_affected;
    let drafts = cases.is_one_of(draft::Column::ConsultationId);
    erased += draft::Entity::delete_many().filter(drafts).exec(tx).await?.rows_affected;
    let sent = cases.is_one_of(outbox::Column::ConsultationId);
    erased += correspondence::outbox::erase(tx, sent).await?;
    let received = || cases.is_one_of(inbound_mail::Column::ConsultationId);
    erase_raw(tx, received(), now).await?;
    erased += erase_sender(tx, received()).await?;
    mark(tx, cases, consultation::Column::ContactErasedAt, now).await?;
    Ok(erased)
}

/// Erases what is known of the addresses of the contacts.
async fn erase_addresses(tx: &DatabaseTransaction, cases: &CaseGroup) -> Result<u64, DbErr> {
    let contacts =
        contact::Entity::find().filter(cases.is_one_of(contact::Column::ConsultationId)).all(tx).await?;
    let keys = contacts.into_iter().flat_map(|it| [it.email_key, it.proven_email_key]).flatten();
    let bounces = Condition::any()
        .add(mail_bounce::COLUMN.address_key.is_in(keys))
        .add(mail_bounce::Column::ConsultationId.is_in(cases.ids()));
    Ok(mail_bounce::Entity::delete_many().filter(bounces).exec(tx).await?.rows_affected)
}

async fn erase_person(tx: &DatabaseTransaction, cases: &CaseGroup) -> Result<u64, DbErr> {
    use contact::Column as C;
    let own = || cases.is_one_of(C::ConsultationId);
    let texts = [
        C::Name,
        C::Kana,
        C::Department,
        C::Position,
        C::SecondName,
        C::SecondKana,
        C::SecondEmail,
        C::SecondPhone,
    ];
    let values =
        [C::Email, C::EmailKey, C::Phone, C::PhoneDigits, C::ProvenEmail, C::ProvenEmailKey, C::ProvenAt];
    // The key follows from the name, also from none.
    contact::Entity::update_many()
        .col_expr(C::PersonKey, Expr::value(search_key("")))
        .filter(own())
        .exec(tx)
        .await?;
    erase_columns::<contact::Entity>(tx, own(), &texts, &values).await
}

/// Erases the values of corrections.
async fn erase_values(tx: &DatabaseTransaction, corrections: Condition) -> Result<u64, DbErr> {
    use correction::Column as C;
    erase_columns::<correction::Entity>(tx, corrections, &[], &[C::OldValue, C::NewValue, C::Reason]).await
}

/// Erases the texts of the case and the company, after its contact. Returns the number of rows.
pub async fn erase_record(
    tx: &DatabaseTransaction,
    cases: &CaseGroup,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let mut erased = erase_application(tx, cases).await?;
    erased += erase_values(tx, cases.is_one_of(correction::Column::ConsultationId)).await?;
    erased += erase_thread(tx, cases).await?;
    erased += erase_reports(tx, cases).await?;
    erased += erase_answers(tx, cases).await?;
    erased += erase_notes(tx, cases).await?;
    erased += erase_history(tx, cases, now).await?;
    mark(tx, cases, consultation::Column::RecordErasedAt, now).await?;
    erased += erase_companies(tx, cases).await?;
    Ok(erased)
}

async fn erase_application(tx: &DatabaseTransaction, cases: &CaseGroup) -> Result<u64, DbErr> {
    use application::Column as C;
    let own = || cases.is_one_of(C::ConsultationId);
    let texts =
        [C::Description, C::CompanyKana, C::City, C::Street, C::Building, C::VisitPlace, C::Participants];
    let values = [C::CorporateNumber, C::PostalCode, C::Capital];
    application::Entity::update_many()
        .col_expr(C::ReadingKey, Expr::value(search_key("")))
        .col_expr(C::AddressKey, Expr::value(address_key("", "")))
        .filter(own())
        .exec(tx)
        .await?;
    consultation::Entity::update_many()
        .col_expr(consultation::Column::CompanyName, Expr::value(ERASED))
        .col_expr(consultation::Column::SearchKey, Expr::value(""))
        .filter(cases.is_one_of(consultation::Column::Id))
        .exec(tx)
        .await?;
    let referred =
        cases.is_one_of(consultation::Column::Id).add(consultation::COLUMN.referred_to.is_not_null());
    erase_columns::<consultation::Entity>(tx, referred, &[consultation::Column::ReferredTo], &[]).await?;
    erase_columns::<application::Entity>(tx, own(), &texts, &values).await
}

async fn erase_thread(tx: &DatabaseTransaction, cases: &CaseGroup) -> Result<u64, DbErr> {
    let own = || cases.is_one_of(message::Column::ConsultationId);
    let messages =
        message::Entity::find().select_only().column(message::Column::Id).filter(own()).into_query();
    let files = Condition::all().add(attachment::Column::MessageId.in_subquery(messages));
    let mut erased = erase_attachments(tx, files).await?;
    erased += erase_columns::<message::Entity>(tx, own(), &[message::Column::Body], &[]).await?;
    let drafts = cases.is_one_of(message_draft::Column::ConsultationId);
    erased += message_draft::Entity::delete_many().filter(drafts).exec(tx).await?.rows_affected;
    Ok(erased)
}

async fn erase_reports(tx: &DatabaseTransaction, cases: &CaseGroup) -> Result<u64, DbErr> {
    let reports =
        report::Entity::find().filter(cases.is_one_of(report::Column::ConsultationId)).all(tx).await?;
    let revisions = report_revision::Column::ReportId.is_in(reports.iter().map(|it| it.id));
    let mut erased = report_revision::Entity::delete_many().filter(revisions).exec(tx).await?.rows_affected;
    let own = cases.is_one_of(report::Column::ConsultationId);
    erase_remarks::<report::Entity>(tx, own, &[report::Column::ReturnedReason]).await?;
    for row in reports {
        let body: ReportBody = parsed(row.body.clone(), report::Entity, row.id)?;
        let mut change = report::ActiveModel { id: Set(row.id), ..Default::default() };
        change.body = Set(json(body.without_words())?);
        change.update(tx).await?;
        erased += 1;
    }
    Ok(erased)
}

/// Erases the words of answers to questions. The choices stay, which the figures count.
async fn erase_answers(tx: &DatabaseTransaction, cases: &CaseGroup) -> Result<u64, DbErr> {
    let answered =
        cases.is_one_of(follow_up::Column::ConsultationId).add(follow_up::COLUMN.answer.is_not_null());
    let mut erased = 0;
    for row in follow_up::Entity::find().filter(answered).all(tx).await? {
        let Some(answer) = row.answer.clone() else { continue };
        let answer: domain::aftercare::follow_up::FollowUpAnswer = parsed(answer, follow_up::Entity, row.id)?;
        let mut change = row.into_active_model();
        change.answer = Set(Some(json(answer.without_words())?));
        change.update(tx).await?;
        erased += 1;
    }
    Ok(erased)
}

/// Erases what people have noted beside the thread: reasons, places, tasks, tags and wishes.
async fn erase_notes(tx: &DatabaseTransaction, cases: &CaseGroup) -> Result<u64, DbErr> {
    use {appointment::Column as Appointment, assignment::Column as Assignment};
    let requests = cases.is_one_of(Assignment::ConsultationId);
    let reasons = [Assignment::DeclineReason, Assignment::ReleaseReason];
    let mut erased = erase_remarks::<assignment::Entity>(tx, requests, &reasons).await?;
    let appointments = || cases.is_one_of(Appointment::ConsultationId);
    erase_remarks::<appointment::Entity>(tx, appointments(), &[Appointment::EndReason]).await?;
    erased += erase_columns::<appointment::Entity>(tx, appointments(), &[Appointment::Place], &[]).await?;
    let consents = cases.is_one_of(example_consent::Column::ConsultationId);
    erased +=
        erase_remarks::<example_consent::Entity>(tx, consents, &[example_consent::Column::Wish]).await?;
    let tasks = cases.is_one_of(task::Column::ConsultationId);
    erased += erase_columns::<task::Entity>(tx, tasks, &[task::Column::Title], &[]).await?;
    let tags = cases.is_one_of(case_tag::Column::ConsultationId);
    erased += case_tag::Entity::delete_many().filter(tags).exec(tx).await?.rows_affected;
    let relations = Condition::any()
        .add(related_case::Column::FirstId.is_in(cases.ids()))
        .add(related_case::Column::SecondId.is_in(cases.ids()));
    erased +=
        erase_columns::<related_case::Entity>(tx, relations, &[related_case::Column::Note], &[]).await?;
    let lifted = cases.is_one_of(legal_hold::Column::ConsultationId);
    erased += erase_columns::<legal_hold::Entity>(tx, lifted, &[legal_hold::Column::Reason], &[]).await?;
    erased += erase_merges(tx, cases).await?;
    Ok(erased)
}

async fn erase_merges(tx: &DatabaseTransaction, cases: &CaseGroup) -> Result<u64, DbErr> {
    let merges = Condition::any()
        .add(case_merge::Column::KeptId.is_in(cases.ids()))
        .add(case_merge::Column::AbsorbedId.is_in(cases.ids()));
    let mut erased = 0;
    for row in case_merge::Entity::find().filter(merges).all(tx).await? {
        let mut changed: MergeChange = parsed(row.changed.clone(), case_merge::Entity, row.id)?;
        changed.moved.tags.clear();
        let mut change = row.into_active_model();
        change.changed = Set(json(changed)?);
        change.reason = Set(String::new());
        change.update(tx).await?;
        erased += 1;
    }
    Ok(erased)
}

/// Erases the notes of the history, and the organisations to which it says that companies were referred. The hashes stay.
async fn erase_history(
    tx: &DatabaseTransaction,
    cases: &CaseGroup,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let events = event::Entity::find().filter(cases.is_one_of(event::Column::ConsultationId)).all(tx).await?;
    let mut erased = 0;
    for row in events {
        let detail: EventDetail = parsed(row.detail.clone(), event::Entity, row.id)?;
        let bare = json(detail.clone().without_words())?;
        if bare == row.detail {
            continue;
        }
        let mut change = row.into_active_model();
        change.detail = Set(bare);
        change.erased_at = Set(Some(now));
        change.update(tx).await?;
        erased += 1;
    }
    Ok(erased)
}

/// Erases the companies of which no consultation is left whose record is kept.
async fn erase_companies(tx: &DatabaseTransaction, cases: &CaseGroup) -> Result<u64, DbErr> {
    let mut companies: Vec<Uuid> =
        cases.rows.iter().flat_map(|it| [Some(it.company_id), it.own_company_id]).flatten().collect();
    companies.sort_unstable();
    companies.dedup();
    let mut erased = 0;
    for id in companies {
        // A company that was merged into another goes with it, and the other with those.
        let family = Condition::any().add(company::COLUMN.id.eq(id)).add(company::COLUMN.merged_into.eq(id));
        let family: Vec<Uuid> = company::Entity::find()
            .select_only()
            .column(company::Column::Id)
            .filter(family)
            .into_tuple()
            .all(tx)
            .await?;
        let of_family = Condition::any()
            .add(consultation::Column::CompanyId.is_in(family.iter().copied()))
            .add(consultation::Column::OwnCompanyId.is_in(family.iter().copied()));
        let kept = consultation::Entity::find()
            .filter(of_family)
            .filter(consultation::COLUMN.record_erased_at.is_null())
            .one(tx)
            .await?;
        if kept.is_none() {
            erased += erase_family(tx, &family).await?;
        }
    }
    Ok(erased)
}

async fn erase_family(tx: &DatabaseTransaction, companies: &[Uuid]) -> Result<u64, DbErr> {
    let conflicts = conflict_of_interest::Column::CompanyId.is_in(companies.iter().copied());
    let mut erased =
        conflict_of_interest::Entity::delete_many().filter(conflicts).exec(tx).await?.rows_affected;
    let merges = Condition::any()
        .add(company_merge::Column::KeptId.is_in(companies.iter().copied()))
        .add(company_merge::Column::AbsorbedId.is_in(companies.iter().copied()));
    erased +=
        erase_columns::<company_merge::Entity>(tx, merges, &[company_merge::Column::Reason], &[]).await?;
    let named = company::Entity::update_many()
        .col_expr(company::Column::Name, Expr::value(ERASED))
        .col_expr(company::Column::SearchKey, Expr::value(""))
        .col_expr(company::Column::CorporateNumber, Expr::cust("NULL"))
        .filter(company::Column::Id.is_in(companies.iter().copied()))
        .exec(tx)
        .await?;
    Ok(erased + named.rows_affected)
}

/// Saves when a part was erased. The version rises, so that no page that was read earlier can change the consultation.
async fn mark(
    tx: &DatabaseTransaction,
    cases: &CaseGroup,
    erased_at: consultation::Column,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    use sea_orm::sea_query::ExprTrait;
    consultation::Entity::update_many()
        .col_expr(erased_at, Expr::value(now))
        .col_expr(consultation::Column::Version, Expr::col(consultation::Column::Version).add(1))
        .filter(cases.is_one_of(consultation::Column::Id))
        .exec(tx)
        .await?;
    Ok(())
}

fn json(value: impl serde::Serialize) -> Result<Value, DbErr> {
    serde_json::to_value(value).map_err(|err| DbErr::Type(err.to_string()))
}

fn parsed<T: serde::de::DeserializeOwned>(
    value: Value,
    table: impl EntityTrait,
    id: impl std::fmt::Display,
) -> Result<T, DbErr> {
    serde_json::from_value(value).map_err(|err| contradiction(table, id, err))
}
