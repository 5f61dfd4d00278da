//! One mail as the outbox keeps it: written in full when its cause happens, so that what was promised can be read.
use chrono::{DateTime, Utc};
use domain::{
    id::{AppointmentId, AssignmentId, ConsultationId, FollowUpId, WaitingOfferId},
    outgoing::{COPIES, topic::Topic},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub kind: MailKind,
    pub consultation: Option<ConsultationId>,
    /// The bare address.
    pub to: String,
    /// The name beside the address; may be empty.
    pub to_name: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub calendar: Option<CalendarPart>,
    /// Not before.
    pub due_at: DateTime<Utc>,
    /// Two letters of one key would be the same mail twice; the second is dropped.
    pub dedup_key: Option<String>,
    /// What has to be true when it is sent.
    pub must_hold: Option<MustHold>,
    /// The absolute address at which its reader stops mails of this kind; none on mail about a consultation.
    pub unsubscribe: Option<String>,
    /// The day's mails are spent: it is kept for the center to see, and does not go out.
    pub over_limit: bool,
}

/// A letter on its way: what it is called, and what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// `local@domain`, without angle brackets. The same at every attempt.
    pub message_id: String,
    /// Message-IDs of the mails of the same conversation, oldest first.
    pub follows: Vec<String>,
    pub letter: Letter,
}

/// An iCalendar object (RFC 5545) with its method (RFC 5546).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarPart {
    pub method: Method,
    pub body: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Request,
    Cancel,
}

impl Method {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Request, Self::Cancel].into_iter().find(|it| it.code() == code)
    }
}

/// A planned mail goes out only if this is still so at that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum MustHold {
    /// The appointment is confirmed and has not been moved since.
    AppointmentStands { appointment: AppointmentId, sequence: i32 },
    /// The expert has not answered yet.
    AssignmentOffered { assignment: AssignmentId },
    /// The session took place and its report has not been submitted.
    ReportMissing { appointment: AppointmentId },
    /// The question has not been answered or dropped.
    FollowUpOpen { follow_up: FollowUpId },
    /// The time is still held for the company.
    OfferStands { offer: WaitingOfferId },
    /// The contact's address is known to be right. Until then the mail is held.
    AddressConfirmed { consultation: ConsultationId },
}

/// What a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailKind {
    Acknowledgement,
    Question,
    SlotsToChoose,
    EarlierTime,
    BackAtCenter,
    Booked,
    Moved,
    ExpertChanged,
    Room,
    Cancelled,
    Reminder,
    ReportReady,
    Survey,
    FollowUp,
    NewMessage,
    Withdrawn,
    Unfulfilled,
    Referred,
    SignIn,
    ResumeDraft,
    Request,
    RequestReminder,
    RequestLapsed,
    RequestWithdrawn,
    ReportDue,
    ReportReturned,
    NobodyLeft,
    SubstituteNeeded,
    Digest,
    WeeklyDigest,
    HandOverAccepted,
    HandOverResult,
    Invitation,
    PasswordReset,
    Undelivered,
    NoDelegates,
}

impl MailKind {
    pub const ALL: [Self; 36] = [
        Self::Acknowledgement,
        Self::Question,
        Self::SlotsToChoose,
        Self::EarlierTime,
        Self::BackAtCenter,
        Self::Booked,
        Self::Moved,
        Self::ExpertChanged,
        Self::Room,
        Self::Cancelled,
        Self::Reminder,
        Self::ReportReady,
        Self::Survey,
        Self::FollowUp,
        Self::NewMessage,
        Self::Withdrawn,
        Self::Unfulfilled,
        Self::Referred,
        Self::SignIn,
        Self::ResumeDraft,
        Self::Request,
        Self::RequestReminder,
        Self::RequestLapsed,
        Self::RequestWithdrawn,
        Self::ReportDue,
        Self::ReportReturned,
        Self::NobodyLeft,
        Self::SubstituteNeeded,
        Self::Digest,
        Self::WeeklyDigest,
        Self::HandOverAccepted,
        Self::HandOverResult,
        Self::Invitation,
        Self::PasswordReset,
        Self::Undelivered,
        Self::NoDelegates,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Acknowledgement => "acknowledgement",
            Self::Question => "question",
            Self::SlotsToChoose => "slots_to_choose",
            Self::EarlierTime => "earlier_time",
            Self::BackAtCenter => "back_at_center",
            Self::Booked => "booked",
            Self::Moved => "moved",
            Self::ExpertChanged => "expert_changed",
            Self::Room => "room",
            Self::Cancelled => "cancelled",
            Self::Reminder => "reminder",
            Self::ReportReady => "report_ready",
            Self::Survey => "survey",
            Self::FollowUp => "follow_up",
            Self::NewMessage => "new_message",
            Self::Withdrawn => "withdrawn",
            Self::Unfulfilled => "unfulfilled",
            Self::Referred => "referred",
            Self::SignIn => "sign_in",
            Self::ResumeDraft => "resume_draft",
            Self::Request => "request",
            Self::RequestReminder => "request_reminder",
            Self::RequestLapsed => "request_lapsed",
            Self::RequestWithdrawn => "request_withdrawn",
            Self::ReportDue => "report_due",
            Self::ReportReturned => "report_returned",
            Self::NobodyLeft => "nobody_left",
            Self::SubstituteNeeded => "substitute_needed",
            Self::Digest => "digest",
            Self::WeeklyDigest => "weekly_digest",
            Self::HandOverAccepted => "hand_over_accepted",
            Self::HandOverResult => "hand_over_result",
            Self::Invitation => "invitation",
            Self::PasswordReset => "password_reset",
            Self::Undelivered => "undelivered",
            Self::NoDelegates => "no_delegates",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Whether one more copy may go out by itself after `unknowns` of which nobody knows whether they were taken.
    pub const fn may_repeat(self, unknowns: i32) -> bool {
        self.is_waited_for() && unknowns < COPIES
    }

    /// Whether its reader cannot go on without it, so that a second copy under the same Message-ID is the smaller evil.
    /// What only reminds, asks or sums up is kept apart instead, for a person to decide.
    const fn is_waited_for(self) -> bool {
        match self {
            Self::Acknowledgement
            | Self::Question
            | Self::SlotsToChoose
            | Self::EarlierTime
            | Self::BackAtCenter
            | Self::Booked
            | Self::Moved
            | Self::Room
            | Self::Cancelled
            | Self::ReportReady
            | Self::NewMessage
            | Self::Withdrawn
            | Self::Unfulfilled
            | Self::Referred
            | Self::SignIn
            | Self::ResumeDraft
            | Self::Request
            | Self::RequestLapsed
            | Self::RequestWithdrawn
            | Self::ReportReturned
            | Self::NobodyLeft
            | Self::Invitation
            | Self::PasswordReset
            | Self::Undelivered
            | Self::NoDelegates
            | Self::ExpertChanged
            | Self::SubstituteNeeded => true,
            Self::Reminder
            | Self::Survey
            | Self::FollowUp
            | Self::RequestReminder
            | Self::ReportDue
            | Self::Digest
            | Self::WeeklyDigest
            | Self::HandOverAccepted
            | Self::HandOverResult => false,
        }
    }

    /// Whether it always waits for opening hours: it tells of something that can wait. What moves a consultation on, lets
    /// its reader in, or answers what they just did, goes out at any hour.
    pub const fn keeps_hours(self) -> bool {
        match self {
            Self::Reminder
            | Self::Survey
            | Self::FollowUp
            | Self::RequestReminder
            | Self::ReportDue
            | Self::ReportReturned
            | Self::Digest
            | Self::WeeklyDigest
            | Self::HandOverResult
            | Self::Undelivered => true,
            Self::Acknowledgement
            | Self::Question
            | Self::SlotsToChoose
            | Self::EarlierTime
            | Self::BackAtCenter
            | Self::Booked
            | Self::Moved
            | Self::ExpertChanged
            | Self::Room
            | Self::Cancelled
            | Self::ReportReady
            | Self::Withdrawn
            | Self::Unfulfilled
            | Self::Referred
            | Self::SignIn
            | Self::ResumeDraft
            | Self::Request
            | Self::RequestLapsed
            | Self::RequestWithdrawn
            | Self::NewMessage
            | Self::NobodyLeft
            | Self::SubstituteNeeded
            | Self::HandOverAccepted
            | Self::Invitation
            | Self::PasswordReset
            | Self::NoDelegates => false,
        }
    }

    /// What its reader may do without, if it is that.
    pub const fn topic(self) -> Option<Topic> {
        match self {
            Self::Digest => Some(Topic::DailyDigest),
            Self::WeeklyDigest => Some(Topic::WeeklyDigest),
            Self::Reminder => Some(Topic::SessionReminder),
            Self::RequestReminder => Some(Topic::RequestReminder),
            Self::NewMessage => Some(Topic::NewMessage),
            Self::Acknowledgement
            | Self::Question
            | Self::SlotsToChoose
            | Self::BackAtCenter
            | Self::Booked
            | Self::Moved
            | Self::Cancelled
            | Self::ReportReady
            | Self::Survey
            | Self::FollowUp
            | Self::Withdrawn
            | Self::Unfulfilled
            | Self::Referred
            | Self::SignIn
            | Self::ResumeDraft
            | Self::Request
            | Self::RequestLapsed
            | Self::RequestWithdrawn
            | Self::ReportDue
            | Self::ReportReturned
            | Self::NobodyLeft
            | Self::HandOverAccepted
            | Self::HandOverResult
            | Self::Invitation
            | Self::PasswordReset
            | Self::EarlierTime
            | Self::Room
            | Self::Undelivered
            | Self::NoDelegates
            | Self::ExpertChanged
            | Self::SubstituteNeeded => None,
        }
    }

    /// Whether it is what somebody at the center or an expert wrote, which does not go to an address that may be a
    /// stranger's.
    pub const fn is_correspondence(self) -> bool {
        matches!(self, Self::Question | Self::NewMessage)
    }

    /// Whether its reader has just asked for it, and so is there whatever was said of the address before.
    pub const fn is_asked_for(self) -> bool {
        matches!(self, Self::SignIn | Self::ResumeDraft | Self::PasswordReset)
    }

    /// As the outbox page lists it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Acknowledgement => "受付完了",
            Self::Question => "追加確認",
            Self::SlotsToChoose => "候補日時の案内",
            Self::EarlierTime => "空いた日時の案内",
            Self::BackAtCenter => "再調整のお知らせ",
            Self::Booked => "予約確定",
            Self::Moved => "日時変更",
            Self::ExpertChanged => "担当者の変更",
            Self::Room => "接続先の変更",
            Self::Cancelled => "予約取消し",
            Self::Reminder => "前営業日のお知らせ",
            Self::ReportReady => "報告書",
            Self::Survey => "アンケート",
            Self::FollowUp => "フォローアップ",
            Self::NewMessage => "新着メッセージ",
            Self::Withdrawn => "取下げ",
            Self::Unfulfilled => "不成立",
            Self::Referred => "他機関案内",
            Self::SignIn => "ログイン用リンク",
            Self::ResumeDraft => "申込み再開用リンク",
            Self::Request => "担当依頼",
            Self::RequestReminder => "回答期限のお知らせ",
            Self::RequestLapsed => "回答期限切れ",
            Self::RequestWithdrawn => "依頼の取消し",
            Self::ReportDue => "報告書の提出依頼",
            Self::ReportReturned => "報告書の差戻し",
            Self::NobodyLeft => "担当者が見つからない案件",
            Self::SubstituteNeeded => "代わりの専門家が必要な予約",
            Self::Digest => "対応が必要な案件",
            Self::WeeklyDigest => "今週の予定",
            Self::HandOverAccepted => "引継ぎの受付",
            Self::HandOverResult => "引継ぎの結果",
            Self::Invitation => "利用者の招待",
            Self::PasswordReset => "パスワードの再設定",
            Self::Undelivered => "不達のお知らせ",
            Self::NoDelegates => "代理についてのお知らせ",
        }
    }
}
