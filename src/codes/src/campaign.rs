//! The telework month: who registers, and how a registration stands.
use crate::codes;

codes! {
    /// The kind of a registrant.
    pub enum RegistrantKind {
        Company = "company" => "企業",
        Group = "group" => "団体",
        LocalGovernment = "local_gov" => "地方公共団体",
        Individual = "individual" => "個人",
    }
}

codes! {
    /// The state of a registration, without its data.
    pub enum RegistrationStatus {
        /// The address is not proved.
        Unproved = "unproved" => "メールの確認待ち",
        /// The center has to approve the registration, or a change of it.
        Waiting = "waiting" => "承認待ち",
        Approved = "approved" => "登録済み",
        Rejected = "rejected" => "登録の見送り",
        Withdrawn = "withdrawn" => "取下げ",
        /// No person has decided in time.
        Lapsed = "lapsed" => "承認なしで終了",
    }
}
