//! The center's worklist: consultations by turn, a page at a time, at the same cost whatever their number.
pub mod calls;
pub mod center_digest;
pub mod hand_overs;
mod query;
pub mod tag;
pub mod task;
pub mod untold;
pub mod visit;
pub mod waiting_desks;

use chrono::{DateTime, TimeDelta, Utc};
use codes::{ConsultationStatus, ReportGap, UnfulfilledReason, codes};
use domain::{
    consultation::State,
    field::{Field, Fields},
    id::{AccountId, CompanyId},
    number::CaseNumber,
    prefecture::Prefecture,
};
use entity::{Coded, consultation};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::contradiction;

pub use query::{count_statement, counts, statement};

/// The number of rows on a page.
pub const PAGE: usize = 50;
/// The number at which counting stops.
pub const MOST_COUNTED: i64 = 1000;

codes! {
    /// A tab of the worklist. The code is its name in addresses.
    pub enum WorklistTab {
        /// It is the center's turn, and the consultation does not only wait for a planned follow-up.
        Center = "center" => "対応が必要",
        /// A message of the company or an expert waits for the center's response, whatever the state.
        Unanswered = "unanswered" => "未返信",
        /// A report has been submitted and waits for the center, is one to which the center sees, or is due in a case
        /// that has ended.
        Reports = "reports" => "報告書の確認",
        /// The company has asked for further help, and the center has not responded yet.
        FurtherHelp = "wishes" => "継続の希望",
        /// The company has to be called: it has no mail address, no mail reaches it, or a question is asked by
        /// telephone.
        Calls = "calls" => "電話する",
        /// Nothing has happened for days, or the outcome of an appointment is missing.
        Stalled = "stalled" => "動きがない案件",
        Company = "company" => "企業待ち",
        Expert = "expert" => "専門家待ち",
        Booked = "booked" => "予約確定",
        /// The center has put the consultation aside until a date.
        Snoozed = "snoozed" => "あとで対応",
        /// The consultation only waits for its planned follow-ups.
        FollowUp = "follow_up" => "フォロー中",
        Ended = "ended" => "終了",
        All = "all" => "すべて",
    }
}

/// The person of the center who is in charge of a consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InCharge {
    Nobody,
    Coordinator(AccountId),
}

/// The filter of the worklist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorklistFilter {
    pub field: Option<Field>,
    pub prefecture: Option<Prefecture>,
    pub in_charge: Option<InCharge>,
    pub overdue: bool,
    pub tag: Option<String>,
    pub search: Option<SearchText>,
}

/// The text that is searched for, in the forms in which it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchText {
    /// A part of a folded name, reading or corporate number of a company.
    pub key: String,
    /// The digits of a telephone number, or a part of them.
    pub telephone: Option<String>,
    /// A part of a name of a person, or of an earlier name, without blanks; each of these forms is searched for.
    pub names: Vec<String>,
}

/// The position of a row in the order of its tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorklistCursor {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

/// The part of the order that a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageStart {
    Start,
    After(WorklistCursor),
    /// The last rows before the cursor.
    Before(WorklistCursor),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorklistRow {
    pub number: CaseNumber,
    pub company: CompanyId,
    pub company_name: String,
    pub prefecture: Option<Prefecture>,
    pub fields: Fields,
    pub state: State,
    pub due_at: Option<DateTime<Utc>>,
    pub received_at: DateTime<Utc>,
    pub coordinator: Option<AccountId>,
    pub address_confirmed: bool,
    pub mail_failed: bool,
    pub wants_help: bool,
    pub to_call: bool,
    pub is_stalled: bool,
    /// The instant until which the center has to respond to a message, if one waits.
    pub response_due_at: Option<DateTime<Utc>>,
    /// When the company or an expert wrote last.
    pub last_inbound_at: Option<DateTime<Utc>>,
    pub snoozed_until: Option<DateTime<Utc>>,
    /// When the next step follows by itself, if nothing happens.
    pub next_step_at: Option<DateTime<Utc>>,
    /// Whether an appointment took place.
    pub is_held: bool,
    /// Why the center sees to the report, if it does.
    pub report_gap: Option<ReportGap>,
    /// The field that an expert who did not come still owes.
    pub owed: Option<Field>,
    pub version: i32,
    pub place: WorklistCursor,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorklistPage {
    pub rows: Vec<WorklistRow>,
    /// The position of the first row, if there is a page before this one.
    pub previous: Option<WorklistCursor>,
    pub next: Option<WorklistCursor>,
}

/// The number of consultations in each tab that is counted, at most `MOST_COUNTED`, and of mails that need
/// attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorklistCounts {
    pub center: i64,
    pub unanswered: i64,
    pub reports: i64,
    pub further_help: i64,
    pub calls: i64,
    pub stalled: i64,
    pub company: i64,
    pub expert: i64,
    pub booked: i64,
    pub snoozed: i64,
    pub failed_mails: i64,
    /// Received mails that wait for a person.
    pub open_mails: i64,
}

impl WorklistTab {
    /// Returns whether the tab begins with the newest consultation. The other tabs begin with the soonest
    /// due.
    pub const fn newest_first(self) -> bool {
        matches!(self, Self::Ended | Self::All)
    }
}

/// Returns one page of a tab, in one query.
pub async fn page(
    db: &impl ConnectionTrait,
    tab: WorklistTab,
    filter: &WorklistFilter,
    from: PageStart,
    now: DateTime<Utc>,
) -> Result<WorklistPage, DbErr> {
    let rows = Found::find_by_statement(db.get_database_backend().build(&statement(tab, filter, from, now)));
    let found = rows.all(db).await?;
    let more = found.len() > PAGE;
    let mut rows: Vec<_> =
        found.into_iter().take(PAGE).map(|it| it.row(tab)).collect::<Result<_, DbErr>>()?;
    let (before, after) = match from {
        PageStart::Start => (false, more),
        PageStart::After(_) => (true, more),
        PageStart::Before(_) => {
            rows.reverse();
            (more, true)
        }
    };
    Ok(WorklistPage {
        previous: rows.first().filter(|_| before).map(|it| it.place),
        next: rows.last().filter(|_| after).map(|it| it.place),
        rows,
    })
}

/// Returns the instant that separates consultations with a deadline from those that only wait:
/// `store::consultation::sort_at` sorts the latter beyond it, and no deadline lies that far ahead.
fn soon(now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::days(1826)
}

#[derive(Debug, FromQueryResult)]
struct Found {
    id: Uuid,
    number: String,
    company_id: Uuid,
    company_name: String,
    prefecture: Option<i16>,
    ict: bool,
    labor: bool,
    state: Coded<ConsultationStatus>,
    unfulfilled_reason: Option<Coded<UnfulfilledReason>>,
    referred_to: Option<String>,
    due_at: Option<DateTime<Utc>>,
    sort_at: DateTime<Utc>,
    received_at: DateTime<Utc>,
    coordinator_id: Option<Uuid>,
    address_confirmed_at: Option<DateTime<Utc>>,
    mail_failed: bool,
    wants_help_since: Option<DateTime<Utc>>,
    to_call_since: Option<DateTime<Utc>>,
    stalled_since: Option<DateTime<Utc>>,
    response_due_at: Option<DateTime<Utc>>,
    last_inbound_at: Option<DateTime<Utc>>,
    snoozed_until: Option<DateTime<Utc>>,
    next_step_at: Option<DateTime<Utc>>,
    appointments_done: i32,
    report_gap: Option<Coded<ReportGap>>,
    owed_field: Option<Coded<Field>>,
    version: i32,
}

impl Found {
    fn row(self, tab: WorklistTab) -> Result<WorklistRow, DbErr> {
        let wrong = |why: &str| contradiction(consultation::Entity, self.id, why);
        let state = super::consultation::state(
            self.id,
            &self.state,
            self.unfulfilled_reason.as_ref(),
            self.referred_to.as_deref(),
        )?;
        let prefecture = self.prefecture.and_then(|it| u8::try_from(it).ok());
        let at = match tab {
            WorklistTab::All => self.received_at,
            WorklistTab::Unanswered => self.response_due_at.unwrap_or(self.sort_at),
            WorklistTab::Snoozed => self.snoozed_until.unwrap_or(self.sort_at),
            WorklistTab::Center
            | WorklistTab::Reports
            | WorklistTab::FurtherHelp
            | WorklistTab::Calls
            | WorklistTab::Company
            | WorklistTab::Expert
            | WorklistTab::Booked
            | WorklistTab::FollowUp
            | WorklistTab::Stalled
            | WorklistTab::Ended => self.sort_at,
        };
        Ok(WorklistRow {
            number: CaseNumber::parse(&self.number).map_err(|_| wrong("number"))?,
            prefecture: prefecture.and_then(|it| Prefecture::from_code(it).ok()),
            fields: Fields::from_flags(self.ict, self.labor).ok_or_else(|| wrong("no field"))?,
            wants_help: self.wants_help_since.is_some(),
            to_call: self.to_call_since.is_some(),
            is_stalled: self.stalled_since.is_some(),
            response_due_at: self.response_due_at,
            last_inbound_at: self.last_inbound_at,
            snoozed_until: self.snoozed_until,
            next_step_at: self.next_step_at,
            is_held: self.appointments_done > 0,
            report_gap: self.report_gap.as_ref().and_then(Coded::known),
            owed: self.owed_field.as_ref().and_then(Coded::known),
            version: self.version,
            state,
            due_at: self.due_at,
            received_at: self.received_at,
            coordinator: self.coordinator_id.map(AccountId),
            address_confirmed: self.address_confirmed_at.is_some(),
            mail_failed: self.mail_failed,
            company: CompanyId(self.company_id),
            company_name: self.company_name,
            place: WorklistCursor { at, id: self.id },
        })
    }
}
