//! The texts there are: one for each thing that is said to one kind of reader.
use super::{
    template::Words,
    variable::Variable::{self, *},
};
use crate::mail::{
    letter::MailKind,
    occasion::{Occasion, PlainOccasion, Side},
};

/// Whom a text is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    Everybody,
    Company,
    Expert,
    Center,
    Desk,
    /// Whoever works with the service, to get in.
    Staff,
}

impl Reader {
    pub const ALL: [Self; 6] =
        [Self::Everybody, Self::Company, Self::Expert, Self::Center, Self::Desk, Self::Staff];

    pub const fn label(self) -> &'static str {
        match self {
            Self::Everybody => "すべてのメール",
            Self::Company => "企業あて",
            Self::Expert => "専門家あて",
            Self::Center => "センターあて",
            Self::Desk => "一次相談窓口あて",
            Self::Staff => "利用者あて",
        }
    }
}

/// The variables of a text, apart from those that all have. The first ones must be said.
struct Said {
    required: &'static [Variable],
    more: &'static [Variable],
}

macro_rules! kind_of_mail {
    (every) => {
        None
    };
    ($mail:ident) => {
        Some(MailKind::$mail)
    };
}

macro_rules! texts {
    ($($name:ident = $code:literal, $mail:ident to $reader:ident, $title:literal, [$($required:ident),*] [$($more:ident),*];)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum TextKind { $($name),* }

        impl TextKind {
            pub const ALL: [Self; [$($code),*].len()] = [$(Self::$name),*];

            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// What the outbox calls a letter in these words; None where it is in every letter.
            const fn mail(self) -> Option<MailKind> {
                match self { $(Self::$name => kind_of_mail!($mail)),* }
            }

            pub const fn reader(self) -> Reader {
                match self { $(Self::$name => Reader::$reader),* }
            }

            const fn said(self) -> Said {
                match self { $(Self::$name => Said { required: &[$($required),*], more: &[$($more),*] }),* }
            }

            /// What the product ships with, written as an administrator would: where one's own words begin.
            const fn shipped(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$name => ($title, include_str!(concat!("../../../templates/mail/start/", $code, ".txt")))),*
                }
            }
        }
    };
}

texts! {
    Frame = "frame", every to Everybody, "【{{ センター名 }}】{{ 件名 }}{% if 受付番号 %}（受付番号 {{ 受付番号 }}）{% endif %}",
        [Body] [Title, Number, Greeting, NoAnswers, ToStaff];
    Acknowledgement = "acknowledgement", Acknowledgement to Company, "ご相談の申込みを受け付けました",
        [Number, Link] [ReceivedAt, Fields, WishedSlot, WishedUntil, Confirmed, ContactDays, ContactDue];
    Question = "question", Question to Company, "確認したいことがあります", [QuestionText, Link] [Number, Fields];
    SlotsToChoose = "slots_to_choose", SlotsToChoose to Company, "相談の日時を選んでください",
        [Link] [Number, Fields, Company, Experts];
    EarlierTime = "earlier_time", EarlierTime to Company, "お待ちの日時が空きました",
        [When, HeldUntil, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, CurrentBooking];
    BackAtCenter = "back_at_center", BackAtCenter to Company, "担当者と日時を再調整します", [Link] [Number, Fields, ContactDue];
    BookedCompany = "booked_company", Booked to Company, "相談の日時が決まりました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ChangeUntil];
    MovedCompany = "moved_company", Moved to Company, "相談の日時が変わりました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ChangeUntil, Was];
    RoomCompany = "room_company", Room to Company, "オンライン相談の接続先が変わりました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
    ExpertChangedCompany = "expert_changed_company", ExpertChanged to Company, "担当の専門家が変わりました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, WasExperts];
    CancelledCompany = "cancelled_company", Cancelled to Company, "相談の予約を取り消しました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, Reason];
    ReminderCompany = "reminder_company", Reminder to Company, "相談の日が近づきました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
    ReportReady = "report_ready", ReportReady to Company, "相談の報告書ができました", [Link] [Number, Fields, Company];
    Survey = "survey", Survey to Company, "アンケートのお願い",
        [Link] [Number, Fields, Company, WaitsDays, EditableDays];
    FollowUp = "follow_up", FollowUp to Company, "その後の状況をお知らせください",
        [Lead, Choices] [Number, Fields, Company, WaitsDays];
    NewMessageCompany = "new_message_company", NewMessage to Company, "新しいメッセージが届きました",
        [Link] [Number, Fields];
    WithdrawnCompany = "withdrawn_company", Withdrawn to Company, "相談の申込みを取り下げました",
        [Link] [Number, Fields, ApplyLink, When, Mode, IsVisit, Experts];
    Unfulfilled = "unfulfilled", Unfulfilled to Company, "ご相談についてのお知らせ", [Reason]
        [Number, Fields, Help, When, Mode, IsVisit, Experts];
    Referred = "referred", Referred to Company, "ほかの窓口のご案内", [Organization]
        [Number, Fields, Note, When, Mode, IsVisit, Experts];
    NoDelegatesCompany = "no_delegates_company", NoDelegates to Company, "代理の方について", [When] [Number, Fields];
    SignIn = "sign_in", SignIn to Company, "ログイン用のリンク", [Link] [];
    ResumeDraft = "resume_draft", ResumeDraft to Company, "申込みの続きを入力するリンク", [Link] [DraftUntil];
    Request = "request", Request to Expert, "相談の担当のお願い",
        [AnswerDue, Link] [Number, WantedFields, When, Mode, IsVisit, Place, Experts, Outline];
    RequestReminder = "request_reminder", RequestReminder to Expert, "担当のお願いの回答期限が近づきました",
        [AnswerDue, Link] [Number];
    RequestLapsed = "request_lapsed", RequestLapsed to Expert, "担当のお願いの回答期限が過ぎました",
        [Number] [When, Mode, IsVisit, Place, Experts, Link];
    RequestWithdrawn = "request_withdrawn", RequestWithdrawn to Expert, "担当のお願いを取り消しました",
        [Number] [When, Mode, IsVisit, Place, Experts, Link];
    RequestDeclined = "request_declined", RequestWithdrawn to Expert, "担当の辞退を受け付けました",
        [When] [Number, Fields, Mode, IsVisit, Place, Experts, Link];
    BookedExpert = "booked_expert", Booked to Expert, "相談の予約が確定しました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ReportDays];
    MovedExpert = "moved_expert", Moved to Expert, "相談の日時が変わりました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, Was];
    RoomExpert = "room_expert", Room to Expert, "オンライン相談の接続先が変わりました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
    ExpertChangedExpert = "expert_changed_expert", ExpertChanged to Expert, "一緒に担当する専門家が変わりました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, WasExperts];
    Relieved = "relieved", ExpertChanged to Expert, "担当を交代しました",
        [When] [Number, Fields, Mode, IsVisit, Place, Experts, Link];
    WeeklyDigest = "weekly_digest", WeeklyDigest to Expert, "今週の予定のお知らせ",
        [Link, StopLink] [WeekSessions, WeekRequests, WeekReports];
    CancelledExpert = "cancelled_expert", Cancelled to Expert, "相談の予約が取り消されました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, Reason];
    ReminderExpert = "reminder_expert", Reminder to Expert, "担当する相談の日が近づきました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, ReportDays];
    ReportDue = "report_due", ReportDue to Expert,
        "{% if 期限超過 %}報告書の提出期限を過ぎています{% else %}報告書を提出してください{% endif %}",
        [ReportDue, Link] [Number, Fields, Company, Overdue];
    ReportReturned = "report_returned", ReportReturned to Expert, "報告書を直してください",
        [Reason, Link] [Number, Fields, Company];
    NoDelegatesExpert = "no_delegates_expert", NoDelegates to Expert, "代理の方について", [When] [Number, Fields];
    NewMessageExpert = "new_message_expert", NewMessage to Expert, "新しいメッセージが届きました",
        [Link] [Number, Fields, Company];
    WithdrawnExpert = "withdrawn_expert", Withdrawn to Expert, "相談の申込みが取り下げられました",
        [Number] [Link, Fields, Company];
    BookedCenter = "booked_center", Booked to Center, "相談の予約が確定しました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
    MovedCenter = "moved_center", Moved to Center, "相談の日時が変わりました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, Was];
    RoomCenter = "room_center", Room to Center, "オンライン相談の接続先が変わりました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
    ExpertChangedCenter = "expert_changed_center", ExpertChanged to Center, "担当の専門家が交代しました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, WasExperts];
    SubstituteNeeded = "substitute_needed", SubstituteNeeded to Center, "代わりの専門家を探してください",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, Declined];
    Absence = "absence", SubstituteNeeded to Center, "予約のある専門家が不在になります",
        [AbsentDays, Clashing, Link] [Experts];
    CancelledCenter = "cancelled_center", Cancelled to Center, "相談の予約が取り消されました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts, Reason];
    ReminderCenter = "reminder_center", Reminder to Center, "相談の日が近づきました",
        [When, Link] [Number, Fields, Company, Mode, IsVisit, Place, Experts];
    NewMessageCenter = "new_message_center", NewMessage to Center, "新しいメッセージが届きました",
        [Link] [Number, Fields, Company];
    WithdrawnCenter = "withdrawn_center", Withdrawn to Center, "相談の申込みが取り下げられました",
        [Number] [Link, Fields, Company];
    NobodyLeft = "nobody_left", NobodyLeft to Center, "担当できる専門家が見つかりません",
        [Link] [Number, Fields, Company, ContactDue];
    Undelivered = "undelivered", Undelivered to Center, "メールが届きませんでした",
        [Address, Link] [Number, Fields, Company, Reason];
    Digest = "digest", Digest to Center, "対応が必要な案件のお知らせ",
        [NewCount, OverdueCount, Link] [Urgent, StopLink];
    HandOverAccepted = "hand_over_accepted", HandOverAccepted to Desk, "引継ぎを受け付けました",
        [Number] [Link, Fields, ContactDue];
    HandOverResult = "hand_over_result", HandOverResult to Desk, "引き継いでいただいた相談の結果",
        [Number, Outcome] [Link, Fields];
    Invitation = "invitation", Invitation to Staff, "利用者の登録のご案内", [Link] [Role];
    PasswordReset = "password_reset", PasswordReset to Staff, "パスワードの再設定", [Link] [];
}

impl TextKind {
    /// As the pages about texts list it: as the outbox does, where only one text of a reader has that name.
    pub const fn label(self) -> &'static str {
        if matches!(self, Self::Relieved) {
            "担当の交代"
        } else if matches!(self, Self::RequestDeclined) {
            "辞退の確認"
        } else if matches!(self, Self::Absence) {
            "予約のある専門家の不在"
        } else {
            match self.mail() {
                Some(mail) => mail.label(),
                None => "宛名、あいさつ、署名、件名の前後",
            }
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// What has to be said in every case.
    pub const fn required(self) -> &'static [Variable] {
        self.said().required
    }

    /// What the subject has to say in every case.
    pub const fn required_in_title(self) -> &'static [Variable] {
        if matches!(self, Self::Frame) { &[Title] } else { &[] }
    }

    /// Everything that may be said, the required first.
    pub fn variables(self) -> impl Iterator<Item = Variable> {
        let Said { required, more } = self.said();
        required.iter().chain(more).chain(Variable::COMMON).copied()
    }

    pub fn shipped_words(self) -> Words {
        let (title, body) = self.shipped();
        Words { title: title.to_owned(), body: body.trim_end().to_owned() }
    }

    /// Whether it can be written to an address that nobody has confirmed.
    pub const fn may_reach_a_stranger(self) -> bool {
        match self {
            Self::Frame
            | Self::Acknowledgement
            | Self::Question
            | Self::BackAtCenter
            | Self::NewMessageCompany
            | Self::WithdrawnCompany
            | Self::Unfulfilled
            | Self::Referred
            | Self::SignIn
            | Self::ResumeDraft => true,
            // An expert is asked, and all that follows from it is written, only after the address is confirmed.
            Self::SlotsToChoose
            | Self::EarlierTime
            | Self::ExpertChangedCompany
            | Self::RoomCompany
            | Self::NoDelegatesCompany
            | Self::BookedCompany
            | Self::MovedCompany
            | Self::CancelledCompany
            | Self::ReminderCompany
            | Self::ReportReady
            | Self::Survey
            | Self::FollowUp => false,
            Self::Request
            | Self::RequestReminder
            | Self::RequestLapsed
            | Self::RequestWithdrawn
            | Self::RequestDeclined
            | Self::BookedExpert
            | Self::MovedExpert
            | Self::CancelledExpert
            | Self::ReminderExpert
            | Self::ReportDue
            | Self::ReportReturned
            | Self::NewMessageExpert
            | Self::WithdrawnExpert
            | Self::BookedCenter
            | Self::MovedCenter
            | Self::CancelledCenter
            | Self::ReminderCenter
            | Self::NewMessageCenter
            | Self::WithdrawnCenter
            | Self::NobodyLeft
            | Self::Digest
            | Self::ExpertChangedExpert
            | Self::ExpertChangedCenter
            | Self::Relieved
            | Self::WeeklyDigest
            | Self::SubstituteNeeded
            | Self::Absence
            | Self::RoomExpert
            | Self::RoomCenter
            | Self::NoDelegatesExpert
            | Self::Undelivered
            | Self::HandOverAccepted
            | Self::HandOverResult
            | Self::Invitation
            | Self::PasswordReset => false,
        }
    }

    /// The text of an occasion. An occasion without one does not compile.
    pub const fn of(occasion: &Occasion<'_>) -> Self {
        match occasion {
            Occasion::Acknowledgement { .. } => Self::Acknowledgement,
            Occasion::Question { .. } => Self::Question,
            Occasion::SlotsToChoose { .. } => Self::SlotsToChoose,
            Occasion::EarlierTime { .. } => Self::EarlierTime,
            Occasion::BackAtCenter { .. } => Self::BackAtCenter,
            Occasion::Booked { side, .. } => {
                side_of(side, [Self::BookedCompany, Self::BookedExpert, Self::BookedCenter])
            }
            Occasion::Moved { side, .. } => {
                side_of(side, [Self::MovedCompany, Self::MovedExpert, Self::MovedCenter])
            }
            Occasion::ExpertChanged { side, .. } => side_of(
                side,
                [Self::ExpertChangedCompany, Self::ExpertChangedExpert, Self::ExpertChangedCenter],
            ),
            Occasion::Relieved { .. } => Self::Relieved,
            Occasion::Room { side, .. } => {
                side_of(side, [Self::RoomCompany, Self::RoomExpert, Self::RoomCenter])
            }
            Occasion::Cancelled { side, .. } => {
                side_of(side, [Self::CancelledCompany, Self::CancelledExpert, Self::CancelledCenter])
            }
            Occasion::Reminder { side, .. } => {
                side_of(side, [Self::ReminderCompany, Self::ReminderExpert, Self::ReminderCenter])
            }
            Occasion::ReportReady { .. } => Self::ReportReady,
            Occasion::Survey { .. } => Self::Survey,
            Occasion::FollowUp { .. } => Self::FollowUp,
            Occasion::NewMessage { side } => {
                side_of(side, [Self::NewMessageCompany, Self::NewMessageExpert, Self::NewMessageCenter])
            }
            Occasion::Withdrawn { side, .. } => {
                side_of(side, [Self::WithdrawnCompany, Self::WithdrawnExpert, Self::WithdrawnCenter])
            }
            Occasion::Unfulfilled { .. } => Self::Unfulfilled,
            Occasion::Referred { .. } => Self::Referred,
            Occasion::Request { .. } => Self::Request,
            Occasion::RequestReminder { .. } => Self::RequestReminder,
            Occasion::RequestLapsed { .. } => Self::RequestLapsed,
            Occasion::RequestWithdrawn { .. } => Self::RequestWithdrawn,
            Occasion::RequestDeclined { .. } => Self::RequestDeclined,
            Occasion::ReportDue { .. } => Self::ReportDue,
            Occasion::ReportReturned { .. } => Self::ReportReturned,
            Occasion::NobodyLeft => Self::NobodyLeft,
            Occasion::SubstituteNeeded { .. } => Self::SubstituteNeeded,
            Occasion::Undelivered { .. } => Self::Undelivered,
            Occasion::NoDelegates { is_company: true, .. } => Self::NoDelegatesCompany,
            Occasion::NoDelegates { is_company: false, .. } => Self::NoDelegatesExpert,
            Occasion::HandOverAccepted => Self::HandOverAccepted,
            Occasion::HandOverResult { .. } => Self::HandOverResult,
        }
    }

    /// The text of an occasion without a consultation.
    pub const fn of_plain(occasion: &PlainOccasion<'_>) -> Self {
        match occasion {
            PlainOccasion::SignIn { .. } => Self::SignIn,
            PlainOccasion::ResumeDraft { .. } => Self::ResumeDraft,
            PlainOccasion::Invitation { .. } => Self::Invitation,
            PlainOccasion::PasswordReset { .. } => Self::PasswordReset,
            PlainOccasion::Digest { .. } => Self::Digest,
            PlainOccasion::WeeklyDigest { .. } => Self::WeeklyDigest,
            PlainOccasion::AbsenceOverBookings { .. } => Self::Absence,
        }
    }
}

const fn side_of(side: &Side<'_>, [company, expert, center]: [TextKind; 3]) -> TextKind {
    match side {
        Side::Company { .. } => company,
        Side::Expert => expert,
        Side::Center => center,
    }
}
