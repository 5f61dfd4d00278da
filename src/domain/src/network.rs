//! The network of companies that have introduced telework: mentors, questions to them that the center sees first, and the
//! times after which a question comes back (`docs/spec/around.md` §7).
pub use codes::{MentorStatus, NetworkQuestionStatus, NetworkSide, QuestionReturn};

mod entry;
mod life;
mod timing;

pub use entry::{MOST_A_MONTH, MentorEntry, MentorForm, QuestionEntry, QuestionForm, without_addresses};
pub use life::{NetworkRefused, QuestionLife, QuestionState};
pub use timing::{
    ANSWERED_WITHIN, CENTER_WITHIN, KEPT, PROVE_WITHIN, QUIET, REMINDED_AFTER, answer_due,
    answer_reminder_at, center_reminder_at, month_of,
};

#[cfg(test)]
mod tests;
