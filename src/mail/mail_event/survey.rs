//! Events that cause a mail to a person who is asked to answer a survey.
use chrono::NaiveDate;

use crate::mail::text::TextKind;

/// The invitation to a survey, or the one reminder of it.
#[derive(Clone, Copy, Debug)]
pub struct SurveyMailEvent<'a> {
    pub is_reminder: bool,
    /// The title of the survey.
    pub title: &'a str,
    /// The ministry or body that commissions it.
    pub office: &'a str,
    /// The last day on which answers are taken.
    pub closes_on: NaiveDate,
    /// The address with the recipient's code.
    pub page: &'a str,
    /// The address of the public notice, by which the recipient can check the mail.
    pub notice: &'a str,
    /// The address at which the reader stops such mails.
    pub stop: &'a str,
}

impl SurveyMailEvent<'_> {
    pub const fn text(&self) -> TextKind {
        if self.is_reminder { TextKind::SurveyReminder } else { TextKind::SurveyInvitation }
    }
}
