//! The network of companies that have introduced telework and answer questions.
use crate::codes;

codes! {
    /// The state of a mentor.
    pub enum MentorStatus {
        /// The address is not proved.
        Unproved = "unproved" => "メールの確認待ち",
        /// The center has to approve it.
        Applied = "applied" => "承認待ち",
        Listed = "listed" => "掲載中",
        Paused = "paused" => "休止中",
        Rejected = "rejected" => "見送り",
        Departed = "departed" => "退会",
    }
}

codes! {
    /// The state of a question to a mentor.
    pub enum NetworkQuestionStatus {
        /// The address of the asker is not proved.
        Unproved = "unproved" => "メールの確認待ち",
        /// The center has to pass it on, or to answer it.
        AtCenter = "at_center" => "センターの確認待ち",
        WithMentor = "with_mentor" => "企業の回答待ち",
        Answered = "answered" => "回答あり",
        Ended = "ended" => "終了",
    }
}

codes! {
    /// Why a question is back at the center.
    pub enum QuestionReturn {
        /// The mentor has not answered in time.
        Unanswered = "unanswered" => "期限までに回答がなかった",
        /// The mentor has paused or left.
        MentorGone = "mentor_gone" => "企業が休止または退会した",
        /// The mentor has declined to answer.
        Declined = "declined" => "企業が回答を辞退した",
        /// The mail to the mentor did not arrive.
        Undelivered = "unreachable" => "企業にメールが届かなかった",
    }
}

codes! {
    /// A side of a question.
    pub enum NetworkSide {
        Asker = "asker" => "質問した方",
        Mentor = "mentor" => "回答する企業",
        Center = "center" => "センター",
    }
}
