//! One consultation as the center's page shows it, in few queries.
use chrono::{DateTime, Utc};
use codes::{AppointmentStatus, AssignmentStatus, CalendarEntryStatus, MailStatus, ReportStatus};
use domain::{
    booking::appointment::{Appointment, AppointmentState},
    correspondence::company_channel::CompanyChannel,
    id::{ConsultationId, ExpertId},
    number::CaseNumber,
    retention::ERASED,
    routing::{ReasonFor, assignment::Assignment},
};
use entity::{
    account, application, appointment, appointment_expert, assignment, consultation as row, contact,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, Iterable, JoinType, QueryFilter,
    QueryOrder, QuerySelect, RelationDef, sea_query::Expr,
};

use crate::store::{
    booking::appointment::{Team, absent_from, from_row as to_appointment, participants},
    consultation::Record,
    contradiction,
    routing::assignment::from_row as to_assignment,
};

/// A consultation with its application and the facts that the page shows at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseDetails {
    pub record: Record,
    pub application: application::Model,
    pub contact: contact::Model,
    /// The labels of the themes, in the order of the programme.
    pub themes: Option<String>,
    pub coordinator: Option<String>,
    pub address_confirmed_at: Option<DateTime<Utc>>,
    pub consent_version: String,
    pub messages: i64,
    pub failed_mails: i64,
    /// Received mails about the consultation that have not been handled.
    pub open_mails: i64,
    /// Entries of its appointments that were changed in an external calendar.
    pub changed_entries: i64,
    /// Permanent bounces that still hold, of mails about the consultation or of its contact's address.
    pub bounces: i64,
    /// The way by which the company hears what repeats nothing of the form: the same rule by which mail to it becomes an
    /// item of the calls.
    pub channel: CompanyChannel,
    /// The way by which it hears everything else, which waits until an address is proved.
    pub proved_channel: CompanyChannel,
    /// Reports that wait for the center's approval.
    pub submitted_reports: i64,
    /// Other consultations that may be of the same company.
    pub possible_duplicates: i64,
    /// Whether an expert was ever asked, so that the page loads the assignments.
    pub has_assignments: bool,
    pub has_appointments: bool,
    /// The corrections of its values.
    pub corrections: i64,
    /// The desk that handed it over.
    pub desk: Option<String>,
    /// The person who entered it, if not the company itself.
    pub entered_by: Option<String>,
    /// The start of the confirmed appointment.
    pub booked_from: Option<DateTime<Utc>>,
    /// The name of the expert who is asked to take another's part, if one is.
    pub asked_substitute: Option<String>,
}

/// An assignment with the expert's name and the reasons for the choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedExpert {
    pub assignment: Assignment,
    pub name: String,
    pub reasons: Vec<ReasonFor>,
}

/// An appointment with the names of its experts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseAppointment {
    pub appointment: Appointment,
    pub experts: Vec<String>,
}

impl CaseAppointment {
    /// Returns the name of the one of two experts who did not come.
    pub fn absent_name(&self) -> Option<&str> {
        let absent = self.appointment.absent?;
        let at = self.appointment.experts.iter().position(|it| *it == absent)?;
        self.experts.get(at).map(String::as_str)
    }
}

/// Returns a consultation with its details. One query, one row.
pub async fn find(db: &impl ConnectionTrait, number: CaseNumber) -> Result<Option<CaseDetails>, DbErr> {
    let mut query = row::Entity::find()
        .join(JoinType::InnerJoin, with(application::Entity, application::Column::ConsultationId))
        .join(JoinType::InnerJoin, with(contact::Entity, contact::Column::ConsultationId))
        .join(JoinType::LeftJoin, coordinator());
    for column in application::Column::iter() {
        query = query.column(column);
    }
    for column in contact::Column::iter().filter(|it| !matches!(it, contact::Column::ConsultationId)) {
        query = query.column(column);
    }
    let found = query
        .column_as(Expr::cust(THEMES), "themes")
        .column_as(account::Column::Name, "coordinator_name")
        .column_as(Expr::cust(MESSAGES), "messages")
        .column_as(Expr::cust(failed_mails()), "failed_mails")
        .column_as(Expr::cust(OPEN_MAILS), "open_mails")
        .column_as(Expr::cust(changed_entries()), "changed_entries")
        .column_as(Expr::cust(BOUNCES), "bounces")
        .column_as(Expr::cust(mail_arrives()), "mail_arrives")
        .column_as(Expr::cust(reaches_proven()), "reaches_proven")
        .column_as(Expr::cust(submitted_reports()), "submitted_reports")
        .column_as(Expr::cust(POSSIBLE_DUPLICATES), "possible_duplicates")
        .column_as(Expr::cust(ASSIGNMENTS), "has_assignments")
        .column_as(Expr::cust(APPOINTMENTS), "has_appointments")
        .column_as(Expr::cust(CORRECTIONS), "corrections")
        .column_as(Expr::cust(DESK), "desk_name")
        .column_as(Expr::cust(ENTERED_BY), "entered_by_name")
        .column_as(Expr::cust(booked_from()), "booked_from")
        .column_as(Expr::cust(asked_substitute()), "asked_substitute")
        .filter(row::COLUMN.number.eq(number.to_string()))
        .into_model::<Found>()
        .one(db)
        .await?;
    found.map(Found::case).transpose()
}

/// Returns every assignment of a consultation, oldest first.
pub async fn asked_experts(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<AskedExpert>, DbErr> {
    let rows = assignment::Entity::find()
        .join(JoinType::InnerJoin, to_account(assignment::Entity, assignment::Column::ExpertId))
        .select_also(account::Entity)
        .filter(assignment::COLUMN.consultation_id.eq(id.0))
        .order_by_asc(assignment::COLUMN.offered_at)
        .order_by_asc(assignment::COLUMN.id)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(row, account)| {
            let reasons = serde_json::from_value(row.reasons.clone());
            Ok(AskedExpert {
                assignment: to_assignment(&row)?,
                name: account.map(|it| it.name).unwrap_or_default(),
                reasons: reasons.map_err(|err| contradiction(assignment::Entity, row.id, err))?,
            })
        })
        .collect()
}

/// Returns all appointments, oldest first, without the times offered from the waiting list.
pub async fn appointments(
    db: &impl ConnectionTrait,
    id: ConsultationId,
) -> Result<Vec<CaseAppointment>, DbErr> {
    let rows = appointment::Entity::find()
        .join(JoinType::InnerJoin, participants())
        .join(
            JoinType::InnerJoin,
            to_account(appointment_expert::Entity, appointment_expert::Column::ExpertId),
        )
        .select_also(account::Entity)
        .filter(appointment::COLUMN.consultation_id.eq(id.0))
        .filter(appointment::COLUMN.waiting_id.is_null())
        .order_by_asc(appointment::COLUMN.created_at)
        .order_by_asc(appointment::COLUMN.id)
        .order_by_asc(appointment_expert::COLUMN.expert_id)
        .all(db)
        .await?;
    let mut appointments: Vec<CaseAppointment> = Vec::new();
    for (row, account) in rows {
        let Some(account) = account else { continue };
        match appointments.last_mut().filter(|it| it.appointment.id.0 == row.id) {
            Some(it) => {
                it.appointment.experts.push(ExpertId(account.id));
                it.experts.push(account.name);
            }
            None => {
                let team = Team { all: vec![ExpertId(account.id)], absent: None };
                let appointment = to_appointment(team, row)?;
                appointments.push(CaseAppointment { appointment, experts: vec![account.name] });
            }
        }
    }
    let pairs = appointments.iter_mut().filter(|it| it.experts.len() > 1);
    for it in pairs.filter(|it| it.appointment.state == AppointmentState::Done) {
        it.appointment.absent = absent_from(db, it.appointment.id).await?;
    }
    Ok(appointments)
}

#[derive(Debug, FromQueryResult)]
struct Found {
    #[sea_orm(nested)]
    row: row::Model,
    #[sea_orm(nested)]
    application: application::Model,
    #[sea_orm(nested)]
    contact: contact::Model,
    themes: Option<String>,
    coordinator_name: Option<String>,
    messages: i64,
    failed_mails: i64,
    open_mails: i64,
    changed_entries: i64,
    bounces: i64,
    mail_arrives: bool,
    reaches_proven: bool,
    submitted_reports: i64,
    possible_duplicates: i64,
    has_assignments: bool,
    has_appointments: bool,
    corrections: i64,
    desk_name: Option<String>,
    entered_by_name: Option<String>,
    booked_from: Option<DateTime<Utc>>,
    asked_substitute: Option<String>,
}

impl Found {
    fn case(self) -> Result<CaseDetails, DbErr> {
        let record = crate::store::consultation::from_row(&self.row)?;
        let channel = CompanyChannel::of(self.contact.email.is_some(), self.mail_arrives);
        let is_proved = record.consultation.address_confirmed || self.reaches_proven;
        let (contact, application) = (shown(self.contact, self.row.contact_erased_at), self.application);
        let application = application::Model {
            description: words(application.description, self.row.record_erased_at),
            ..application
        };
        Ok(CaseDetails {
            record,
            application,
            contact,
            themes: self.themes,
            coordinator: self.coordinator_name,
            address_confirmed_at: self.row.address_confirmed_at,
            consent_version: self.row.consent_version,
            messages: self.messages,
            failed_mails: self.failed_mails,
            open_mails: self.open_mails,
            changed_entries: self.changed_entries,
            bounces: self.bounces,
            channel,
            proved_channel: channel.once_proved(is_proved),
            submitted_reports: self.submitted_reports,
            possible_duplicates: self.possible_duplicates,
            has_assignments: self.has_assignments,
            has_appointments: self.has_appointments,
            corrections: self.corrections,
            desk: self.desk_name,
            entered_by: self.entered_by_name,
            booked_from: self.booked_from,
            asked_substitute: self.asked_substitute,
        })
    }
}

/// Returns a contact as the page shows it: one that was erased says so.
fn shown(it: contact::Model, erased_at: Option<DateTime<Utc>>) -> contact::Model {
    contact::Model { name: words(it.name, erased_at), ..it }
}

fn words(text: String, erased_at: Option<DateTime<Utc>>) -> String {
    if erased_at.is_some() { ERASED.to_owned() } else { text }
}

const MESSAGES: &str = r#"((SELECT COUNT(*) FROM "message" m WHERE m."consultation_id" = "consultation"."id") + (SELECT COUNT(*) FROM "consultation" a JOIN "message" m ON m."consultation_id" = a."id" WHERE a."merged_into" = "consultation"."id"))"#;
fn failed_mails() -> String {
    format!(
        r#"(SELECT COUNT(*) FROM "outbox" o WHERE o."consultation_id" = "consultation"."id" AND o."state" = '{}')"#,
        MailStatus::Failed
    )
}

const OPEN_MAILS: &str = r#"((SELECT COUNT(*) FROM "inbound_mail" i WHERE i."consultation_id" = "consultation"."id" AND i."open") + (SELECT COUNT(*) FROM "consultation" a JOIN "inbound_mail" i ON i."consultation_id" = a."id" WHERE a."merged_into" = "consultation"."id" AND i."open"))"#;
fn changed_entries() -> String {
    format!(
        r#"(SELECT COUNT(*) FROM "appointment" a JOIN "external_entry" e ON e."appointment_id" = a."id" WHERE a."consultation_id" = "consultation"."id" AND a."state" = '{}' AND e."state" IN ('{}', '{}'))"#,
        AppointmentStatus::Confirmed,
        CalendarEntryStatus::Moved,
        CalendarEntryStatus::Deleted
    )
}

const BOUNCES: &str = r#"(SELECT COUNT(*) FROM "mail_bounce" b WHERE b."permanent" AND b."cleared_at" IS NULL AND (b."consultation_id" = "consultation"."id" OR b."address_key" = "contact"."email_key"))"#;

/// Whether mail to the company arrives: at the address that its contact had proved before the present one, or else at
/// the present one (`CaseTransaction::company_address`).
fn mail_arrives() -> String {
    format!("({} OR {})", reaches_proven(), arrives("email_key"))
}

/// Whether mail reaches the address that the contact had proved before the present one.
fn reaches_proven() -> String {
    format!(r#"("contact"."proven_email_key" IS NOT NULL AND {})"#, arrives("proven_email_key"))
}

/// Whether no bounce stands against the address in a column of the contact.
fn arrives(key: &str) -> String {
    format!(
        r#"NOT EXISTS (SELECT 1 FROM "mail_bounce" b WHERE b."permanent" AND b."cleared_at" IS NULL AND b."address_key" = "contact"."{key}")"#
    )
}

fn submitted_reports() -> String {
    format!(
        r#"(SELECT COUNT(*) FROM "report" r WHERE r."consultation_id" = "consultation"."id" AND r."state" = '{}' AND r."took_place")"#,
        ReportStatus::Submitted
    )
}

const ASSIGNMENTS: &str =
    r#"EXISTS (SELECT 1 FROM "assignment" a WHERE a."consultation_id" = "consultation"."id")"#;
const APPOINTMENTS: &str =
    r#"EXISTS (SELECT 1 FROM "appointment" a WHERE a."consultation_id" = "consultation"."id")"#;
const CORRECTIONS: &str =
    r#"(SELECT COUNT(*) FROM "correction" x WHERE x."consultation_id" = "consultation"."id")"#;
const DESK: &str = r#"(SELECT d."name" FROM "desk" d WHERE d."id" = "consultation"."desk_id")"#;
const ENTERED_BY: &str = r#"(SELECT p."name" FROM "account" p WHERE p."id" = "consultation"."entered_by")"#;
fn booked_from() -> String {
    format!(
        r#"(SELECT MIN(a."starts_at") FROM "appointment" a WHERE a."consultation_id" = "consultation"."id" AND a."state" = '{}')"#,
        AppointmentStatus::Confirmed
    )
}

fn asked_substitute() -> String {
    format!(
        r#"(SELECT MIN(p."name") FROM "assignment" a JOIN "account" p ON p."id" = a."expert_id" WHERE a."consultation_id" = "consultation"."id" AND a."instead_of" IS NOT NULL AND a."state" = '{}')"#,
        AssignmentStatus::Offered
    )
}

const THEMES: &str = r#"(SELECT STRING_AGG(t."label", '、' ORDER BY t."field", t."position") FROM "consultation_theme" ct JOIN "theme" t ON t."code" = ct."theme" WHERE ct."consultation_id" = "consultation"."id")"#;
/// The number of other consultations of the same company, of a company with the same folded name, or with the same
/// address or telephone number of the contact. The page of these consultations has those with weaker evidence too.
const POSSIBLE_DUPLICATES: &str = r#"(SELECT COUNT(*) FROM "consultation" c WHERE c."id" IN (SELECT o."id" FROM "company" mine JOIN "company" theirs ON theirs."search_key" = mine."search_key" JOIN "consultation" o ON o."company_id" = theirs."id" WHERE mine."id" = "consultation"."company_id" UNION SELECT p."consultation_id" FROM "contact" p WHERE p."email_key" = "contact"."email_key" UNION SELECT t."consultation_id" FROM "contact" t WHERE t."phone_digits" = "contact"."phone_digits") AND c."id" <> "consultation"."id" AND c."merged_into" IS NULL)"#;

fn with<E: EntityTrait<Column = C>, C: ColumnTrait>(other: E, column: C) -> RelationDef {
    row::Entity::belongs_to(other).from(row::Column::Id).to(column).into()
}

fn coordinator() -> RelationDef {
    row::Entity::belongs_to(account::Entity).from(row::Column::CoordinatorId).to(account::Column::Id).into()
}

fn to_account<E: EntityTrait<Column = C>, C: ColumnTrait>(_: E, column: C) -> RelationDef {
    E::belongs_to(account::Entity).from(column).to(account::Column::Id).into()
}
