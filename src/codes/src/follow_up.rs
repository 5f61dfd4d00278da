//! Questions after a consultation.
use crate::codes;

codes! {
    /// The kind of a follow-up.
    pub enum FollowUpKind {
        Survey = "survey" => "アンケート",
        ThreeMonths = "three_months" => "3か月後の確認",
        SixMonths = "six_months" => "6か月後の確認",
        NextYear = "next_year" => "翌年度の確認",
        /// A follow-up that an administrator has added.
        Custom = "custom" => "追加の質問",
    }
}

codes! {
    /// The state of a follow-up, without the state's data.
    pub enum FollowUpStatus {
        Planned = "planned" => "予定",
        Sent = "sent" => "送信済み",
        Answered = "answered" => "回答あり",
        Skipped = "skipped" => "送らない",
        Lapsed = "lapsed" => "回答なし",
    }
}
