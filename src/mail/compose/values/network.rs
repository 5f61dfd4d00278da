//! Sets the values of mails of the network.
use domain::wording::{month_day_time, month_day_weekday};

use super::super::wording::quoted;
use crate::mail::{
    mail_event::NetworkMailEvent,
    text::{Values, Variable::*},
};

pub fn set(values: &mut Values, mail: &NetworkMailEvent<'_>) {
    match *mail {
        NetworkMailEvent::ProveMentor { page, until } | NetworkMailEvent::ProveQuestion { page, until } => {
            values.set(Link, page);
            values.set(ConfirmUntil, month_day_time(until));
        }
        NetworkMailEvent::MentorDecided { page, is_listed, reason } => {
            values.set(Link, page);
            values.set_flag(IsListed, is_listed);
            values.set(Reason, quoted(reason));
        }
        NetworkMailEvent::Question { page, words, outline, until }
        | NetworkMailEvent::Reminder { page, words, outline, until } => {
            values.set(Link, page);
            values.set(NetworkWords, quoted(words));
            values.set(NetworkOutline, outline);
            values.set(AnswerDue, month_day_time(until));
        }
        NetworkMailEvent::Passed { page, mentor, until } => {
            values.set(Link, page);
            values.set(Mentor, mentor);
            values.set(AnswerDue, month_day_time(until));
        }
        NetworkMailEvent::Words { page, words, from } => {
            values.set(Link, page);
            values.set(NetworkWords, quoted(words));
            values.set(NetworkFrom, from);
        }
        NetworkMailEvent::Back { page, why } => {
            values.set(Link, page);
            values.set(Reason, why);
        }
        NetworkMailEvent::Introduced { company, person, address } => {
            values.set(Company, company);
            values.set(OtherPerson, person);
            values.set(OtherAddress, address);
        }
        NetworkMailEvent::Waiting { questions, mentors, since, page } => {
            values.set(Link, page);
            values.set(QuestionCount, questions.to_string());
            values.set(MentorCount, mentors.to_string());
            values.set(NetworkSince, month_day_weekday(since));
        }
    }
}
