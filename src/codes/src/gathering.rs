//! Events that the programme holds, and the people who take part.
use crate::codes;

codes! {
    /// The kind of an event.
    pub enum GatheringKind {
        Seminar = "seminar" => "セミナー",
        Ceremony = "ceremony" => "表彰式",
        ConsultationDay = "consultation_day" => "個別相談会",
    }
}

codes! {
    /// The kind of a seat. Each kind has a number of seats and a waiting list of its own.
    pub enum SeatKind {
        Venue = "venue" => "会場",
        Online = "online" => "オンライン",
    }
}

codes! {
    /// The state of a sign-up, without its data.
    pub enum SignUpStatus {
        /// The address is not confirmed; no seat is taken.
        Unconfirmed = "unconfirmed" => "メールの確認待ち",
        Waiting = "waiting" => "空き待ち",
        /// A seat that became free is held until the participant answers.
        Offered = "offered" => "席のご案内中",
        Seated = "seated" => "参加予定",
        Cancelled = "cancelled" => "取消し",
        /// The wait ended without a seat.
        Ended = "ended" => "空き待ち終了",
        /// The person came without a sign-up and was entered at the door.
        WalkIn = "walk_in" => "当日参加",
    }
}

codes! {
    /// The answer to the question whether an event was useful.
    pub enum Usefulness {
        Very = "very" => "とても役に立った",
        Fairly = "fairly" => "役に立った",
        Little = "little" => "あまり役に立たなかった",
        NotAtAll = "not_at_all" => "役に立たなかった",
    }
}

codes! {
    /// The answer to the question what a participant will do about telework.
    pub enum NextStep {
        Introduce = "introduce" => "導入や拡大の準備を始める",
        Consult = "consult" => "専門家に相談したい",
        Learn = "learn" => "もう少し調べる",
        Nothing = "nothing" => "いまのところ予定はない",
    }
}
