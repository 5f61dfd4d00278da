//! The network of companies that have introduced telework: mentors and their approval, questions that the center sees
//! first, the words of both sides through our addresses, and what comes back to the center.
mod asking;
mod mails;
mod mentoring;
mod relaying;
mod tending;
mod transaction;

pub use asking::{ask, ask_from_case, asker_of, end, outline, pass_on, prove_question};
pub use mentoring::{
    MentorChange, SeenMentor, change, decide, leave, mentor_of, pause, prove_mentor, register, resume,
};
pub use relaying::{agree, answering_of, decline, mail_lost, undelivered, write, write_in};
pub use tending::{forget_unproved, tend_mentor, tend_question};
pub use transaction::NetworkTransaction;
