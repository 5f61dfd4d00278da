//! The questions of a survey that are answered here: the questions and their branches, the answers, the results, and the
//! steps that follow by themselves (`docs/spec/around.md` §5). The notice of a survey is in
//! [`crate::publication::survey`].
pub use codes::{DoubtStatus, SurveyAccess, SurveyChannel, SurveyResponseStatus};

mod answers;
pub mod doubt;
pub mod member;
mod notation;
mod questions;
mod results;
mod sums;
mod timing;

pub use answers::{BadAnswer, QuestionAnswer, SurveyAnswers};
pub use questions::{
    AnswerKind, LONGEST_TEXT, MOST_CHOICES, MOST_QUESTIONS, QuestionBranch, QuestionFault, SurveyQuestion,
    SurveyQuestions,
};
pub use results::{PublishedResult, PublishedRow, QuestionResult, published, results};
pub use sums::SurveyCount;
pub use timing::{
    ADDRESSES_KEPT, IDLE_KEPT, SurveyTimes, TEXTS_KEPT, closing_words, next_step_at, reminder_at,
    reminds_invited_before,
};

#[cfg(test)]
mod tests;
