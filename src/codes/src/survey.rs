//! Surveys of the programme, and doubtful mail that names one.
use crate::codes;

codes! {
    /// The way in which a survey reaches those who are asked, or in which a doubtful request arrived.
    pub enum SurveyChannel {
        Post = "post" => "封書・はがき",
        Email = "email" => "メール",
        Telephone = "telephone" => "電話",
    }
}

codes! {
    /// The people who may answer the questions of a survey.
    pub enum SurveyAccess {
        Everyone = "everyone" => "どなたでも回答できる",
        /// Each recipient has a code that can be used once.
        ByCode = "by_code" => "回答番号を受け取った方だけが回答できる",
    }
}

codes! {
    /// The state of a set of answers to a survey.
    pub enum SurveyResponseStatus {
        /// It is saved and can be continued.
        Begun = "begun",
        /// It is given, counts, and belongs to no person.
        Given = "given",
    }
}

codes! {
    /// The state of a report of a doubtful request, without its data.
    pub enum DoubtStatus {
        Reported = "reported" => "未対応",
        Settled = "settled" => "対応済み",
    }
}
