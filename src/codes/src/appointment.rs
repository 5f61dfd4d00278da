//! Appointments, and the assignments, waiting-list offers and reports around them.
use crate::{Mode, codes};

codes! {
    /// The state of an appointment, without the state's data.
    pub enum AppointmentStatus {
        Held = "held" => "仮予約",
        Confirmed = "confirmed" => "確定",
        Done = "done" => "実施済み",
        NoShow = "no_show" => "企業の欠席",
        /// The company was there, and the expert did not come.
        ExpertNoShow = "expert_no_show" => "専門家の欠席",
        CancelledByCompany = "cancelled_by_company" => "企業都合で中止",
        CancelledByExpert = "cancelled_by_expert" => "専門家都合で中止",
        CancelledByCenter = "cancelled_by_center" => "センター都合で中止",
        Released = "released" => "仮予約を解除",
    }
}

codes! {
    /// The outcome of an appointment whose time has come.
    pub enum AppointmentOutcome {
        Done = "done" => "実施",
        NoShow = "no_show" => "企業の欠席",
        ExpertNoShow = "expert_no_show" => "専門家の欠席",
    }
}

codes! {
    /// The mode in which an appointment takes place.
    pub enum AppointmentMode {
        Online = "online" => "オンライン",
        Visit = "visit" => "訪問",
    }
}

codes! {
    /// The state of an assignment, without the state's data.
    pub enum AssignmentStatus {
        Offered = "offered" => "回答待ち",
        Accepted = "accepted" => "引受け",
        Declined = "declined" => "辞退",
        Lapsed = "lapsed" => "期限切れ",
        Withdrawn = "withdrawn" => "取消し",
    }
}

codes! {
    /// The state of a report, without the state's data.
    pub enum ReportStatus {
        Draft = "draft" => "下書き",
        Submitted = "submitted" => "提出済み",
        Approved = "approved" => "確認済み",
        Returned = "returned" => "差戻し",
    }
}

codes! {
    /// The reason why the center sees to a report that an expert should write.
    pub enum ReportGap {
        NoExpert = "no_expert" => "報告書を書ける専門家がいません",
        Absent = "absent" => "専門家が報告書の期限に不在です",
        Overdue = "overdue" => "期限を過ぎても報告書が提出されていません",
    }
}

codes! {
    /// The state of an offer of a freed time.
    pub enum WaitingOfferState {
        Open = "open" => "回答待ち",
        Accepted = "accepted" => "予約済み",
        Declined = "declined" => "見送り",
        Lapsed = "lapsed" => "期限切れ",
        /// The company stopped waiting, or settled on another time.
        Withdrawn = "withdrawn" => "取消し",
    }
}

codes! {
    /// The reason why a company no longer waits.
    pub enum WaitingEndReason {
        /// The company took a time that was offered.
        Accepted = "accepted",
        /// The company settled on one of the times that it preferred.
        Fulfilled = "fulfilled",
        /// The company did not want to wait any longer.
        Stopped = "stopped",
        /// There is no appointment to wait for any more.
        Over = "over",
    }
}

impl AppointmentStatus {
    /// The states in which an appointment takes its time, or took it: it was neither released nor cancelled.
    pub const TAKES_TIME: [Self; 5] =
        [Self::Held, Self::Confirmed, Self::Done, Self::NoShow, Self::ExpertNoShow];
}

impl AppointmentMode {
    /// Returns the mode for the company's wish: online unless it asked for a visit.
    pub const fn wished(wish: Mode) -> Self {
        match wish {
            Mode::Online | Mode::Either => Self::Online,
            Mode::Visit => Self::Visit,
        }
    }
}
