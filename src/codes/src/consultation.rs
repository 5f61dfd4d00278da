//! The state of a consultation, and the actions on it.
use crate::codes;

codes! {
    /// 相談分野. The two halves of the programme, one per ministry.
    pub enum Field {
        Ict = "ict" => "ICT",
        Labor = "labor" => "労務管理",
    }
}

codes! {
    /// 実施方法, as the company wishes it. An appointment itself takes place online or as a visit.
    pub enum Mode {
        Online = "online" => "オンライン",
        Visit = "visit" => "訪問",
        Either = "either" => "どちらでもよい",
    }
}

codes! {
    /// The way by which a consultation came in.
    pub enum Origin {
        Web = "web" => "Web",
        Desk = "desk" => "一次相談窓口",
        Phone = "phone" => "電話",
        Mail = "mail" => "メール",
        Visit = "visit" => "来所",
        /// On a consultation day of the programme.
        Event = "event" => "個別相談会",
    }
}

codes! {
    /// The state of a consultation, without the state's data.
    pub enum ConsultationStatus {
        Received = "received" => "受付済み",
        Checking = "checking" => "確認中",
        WaitingCompany = "waiting_company" => "追加確認待ち",
        Matching = "matching" => "担当者調整中",
        Scheduling = "scheduling" => "日程調整中",
        Booked = "booked" => "予約確定",
        Consulted = "consulted" => "相談実施済み",
        FollowUp = "follow_up" => "フォロー中",
        Completed = "completed" => "完了",
        Withdrawn = "withdrawn" => "取下げ",
        Unfulfilled = "unfulfilled" => "不成立",
        Referred = "referred" => "他機関案内",
    }
}

codes! {
    /// The reason why a consultation could not take place.
    pub enum UnfulfilledReason {
        NotEligible = "not_eligible" => "対象外",
        NoSuitableTime = "no_suitable_time" => "日程が合わない",
        Unreachable = "unreachable" => "連絡がとれない",
        NoExpert = "no_expert" => "担当できる専門家がいない",
    }
}

codes! {
    /// The party whose turn it is.
    pub enum Turn {
        Center = "center" => "センターの番",
        Company = "company" => "企業の番",
        Expert = "expert" => "専門家の番",
        Nobody = "nobody" => "予約確定",
        Ended = "ended" => "終了",
    }
}

codes! {
    /// The task that is due.
    pub enum DueKind {
        FirstContact = "first_contact" => "企業への連絡",
        Reply = "reply" => "専門家の回答",
        Report = "report" => "報告書の提出",
        Approval = "approval" => "報告書の確認",
    }
}

codes! {
    /// The thing for which a case waits while nothing happens.
    pub enum SilenceKind {
        Address = "address" => "連絡先の確認",
        Answer = "answer" => "企業の回答",
        Choice = "choice" => "日時の選択",
        Experts = "experts" => "専門家の回答",
        Outcome = "outcome" => "実施の記録",
        Report = "report" => "報告書の提出",
    }
}

codes! {
    /// The name of an action, which the history keeps and the pages offer. The label is the text of the history line.
    pub enum ActionKind {
        Submit = "submit" => "申込み",
        StartCheck = "start_check" => "確認を開始",
        Ask = "ask" => "企業に確認を依頼",
        Answer = "answer" => "企業が回答",
        RequestExperts = "request_experts" => "専門家に依頼",
        Accept = "accept" => "専門家が引受け",
        Decline = "decline" => "専門家が辞退",
        ReleaseExpert = "release_expert" => "専門家の担当を取消し",
        SettleTeam = "settle_team" => "担当者を確定",
        ChooseSlot = "choose_slot" => "日時を決定",
        Reschedule = "reschedule" => "日時を変更",
        CancelAppointment = "cancel_appointment" => "予約を取消し",
        RecordNoShow = "record_no_show" => "企業の欠席を記録",
        RecordExpertNoShow = "record_expert_no_show" => "専門家の欠席を記録",
        RecordPartlyDone = "record_partly_done" => "専門家一人の欠席と実施を記録",
        RecordDone = "record_done" => "実施を記録",
        CorrectOutcome = "correct_outcome" => "相談の結果を訂正",
        ApproveReport = "approve_report" => "報告書を確認",
        PlanFurtherAppointment = "plan_further_session" => "次回の相談を計画",
        DropFurtherAppointment = "drop_further_session" => "次回の相談を取りやめ",
        Complete = "complete" => "完了",
        Withdraw = "withdraw" => "取下げ",
        CloseUnfulfilled = "close_unfulfilled" => "不成立として終了",
        Refer = "refer" => "他機関を案内",
        Reopen = "reopen" => "再開",
        /// An action worth keeping that left the state unchanged: a message, a confirmed address, a note, a report.
        Note = "note" => "記録",
    }
}
