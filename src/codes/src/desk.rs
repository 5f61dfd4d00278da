//! The requests that a first-line desk notes.
use crate::codes;

codes! {
    /// The way by which a request came to a desk.
    pub enum DeskChannel {
        Phone = "phone" => "電話",
        Counter = "counter" => "窓口",
        Mail = "mail" => "メール",
        /// The center has handed a case over to the desk.
        Center = "center" => "センターからの引継ぎ",
    }
}

codes! {
    /// The state of a request at a desk.
    pub enum DeskEntryStatus {
        Open = "open" => "対応中",
        Answered = "answered" => "窓口で回答",
        HandedOver = "handed_over" => "センターに引継ぎ",
    }
}
