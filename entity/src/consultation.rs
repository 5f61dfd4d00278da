//! One company's request and everything that follows from it.
use codes::{
    ConsultationStatus, DueKind, Field, Industry, Mode, Origin, ReportGap, SilenceKind, Turn,
    UnfulfilledReason,
};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consultation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub number: String,
    pub fiscal_year: i32,
    pub serial: i32,
    #[sea_orm(column_type = "Text")]
    pub state: Coded<ConsultationStatus>,
    pub state_since: DateTimeUtc,
    #[sea_orm(column_type = "Text", nullable)]
    pub unfulfilled_reason: Option<Coded<UnfulfilledReason>>,
    #[sea_orm(column_type = "Text", nullable)]
    pub referred_to: Option<String>,
    pub company_id: Uuid,
    /// The name as typed in this application.
    #[sea_orm(column_type = "Text")]
    pub company_name: String,
    /// The folded text by which the list is searched: name, kana and corporate number.
    #[sea_orm(column_type = "Text")]
    pub search_key: String,
    pub prefecture: Option<i16>,
    #[sea_orm(column_type = "Text", nullable)]
    pub industry: Option<Coded<Industry>>,
    pub ict: bool,
    pub labor: bool,
    #[sea_orm(column_type = "Text")]
    pub mode: Coded<Mode>,
    #[sea_orm(column_type = "Text")]
    pub origin: Coded<Origin>,
    pub desk_id: Option<Uuid>,
    /// The account that entered the application; `None` if the company did.
    pub entered_by: Option<Uuid>,
    pub coordinator_id: Option<Uuid>,
    pub address_confirmed_at: Option<DateTimeUtc>,
    pub received_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    /// The party whose turn it is; follows from the state.
    #[sea_orm(column_type = "Text")]
    pub turn: Coded<Turn>,
    #[sea_orm(column_type = "Text", nullable)]
    pub deadline_kind: Option<Coded<DueKind>>,
    pub deadline: Option<Json>,
    pub due_at: Option<DateTimeUtc>,
    /// The sort key of the worklist: the deadline, or else the instant since which the state has held, moved
    /// later in the state `follow_up`.
    pub sort_at: DateTimeUtc,
    pub appointments_done: i32,
    pub event_count: i32,
    /// The version, which rises with every change, so that a page that was read earlier cannot overwrite it.
    pub version: i32,
    /// The key of the form, so that a form that is sent twice makes one consultation.
    #[sea_orm(column_type = "Text")]
    pub submission_key: String,
    #[sea_orm(column_type = "Text")]
    pub consent_version: String,
    pub consent_at: DateTimeUtc,
    pub newsletter: bool,
    /// The instant since which the company has asked for more help; `None` once the center has dealt with it.
    pub wants_help_since: Option<DateTimeUtc>,
    /// The prefecture of a visit (JIS X 0401), if it is not that of the company.
    pub visit_prefecture: Option<i16>,
    /// The instant since which the company has to be called, because a mail cannot tell it; `None` once it was called.
    pub to_call_since: Option<DateTimeUtc>,
    /// For what the case waits while nothing happens, and since when.
    #[sea_orm(column_type = "Text", nullable)]
    pub silence_kind: Option<Coded<SilenceKind>>,
    pub silence_since: Option<DateTimeUtc>,
    /// The number of steps that were taken since then.
    pub silence_stage: i16,
    /// When the next step is due.
    pub next_step_at: Option<DateTimeUtc>,
    /// Since when the case stands in the center's worklist because nothing happens.
    pub stalled_since: Option<DateTimeUtc>,
    /// The instant since which a message of the company or an expert waits for the center's response.
    pub unanswered_since: Option<DateTimeUtc>,
    /// The instant until which the center has to respond to that message.
    pub response_due_at: Option<DateTimeUtc>,
    /// The instant of the latest message of the company or an expert.
    pub last_inbound_at: Option<DateTimeUtc>,
    /// The instant until which the center has put the case aside.
    pub snoozed_until: Option<DateTimeUtc>,
    /// The case that this one was merged into; never one that was merged itself.
    pub merged_into: Option<Uuid>,
    /// The company under which the case was filed, if it was merged into `company_id` since.
    pub own_company_id: Option<Uuid>,
    /// Whether the case was filed under the corporate number of a known company, which is not confirmed yet.
    pub number_unconfirmed: bool,
    /// Whether the center sees to a report on an appointment.
    pub report_by_center: bool,
    /// Why the center sees to that report.
    #[sea_orm(column_type = "Text", nullable)]
    pub report_gap: Option<Coded<ReportGap>>,
    /// The field that an expert who did not come still owes the company.
    #[sea_orm(column_type = "Text", nullable)]
    pub owed_field: Option<Coded<Field>>,
    /// The only field of the further appointment that was planned last, if it is for one of two.
    #[sea_orm(column_type = "Text", nullable)]
    pub next_field: Option<Coded<Field>>,
    /// When the contact of the consultation, which has ended, was erased.
    pub contact_erased_at: Option<DateTimeUtc>,
    /// When its texts were erased; never before its contact.
    pub record_erased_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
