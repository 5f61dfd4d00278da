//! A doubtful request: a letter, mail or call that names a survey, as a visitor reports it to the center.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use codes::SurveyChannel;

use crate::{
    calendar::{BusinessCalendar, at_japan, japan_date},
    intake::application::{Mistakes, Reading},
    settings::Settings,
    text::{Prose, TextLine},
};

/// The number of business days within which the center looks at a report, and after which it is reminded again.
pub const LOOKED_AT_WITHIN: u16 = 2;

/// The time after it was settled for which the text and the person of a report are kept.
pub const KEPT: TimeDelta = TimeDelta::days(365);

/// The text of every field, unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DoubtForm {
    pub sender: String,
    pub channel: String,
    pub phone: String,
    pub description: String,
    pub name: String,
    pub contact: String,
}

/// A report as it comes in. The person and the way to reach it are optional, and no mail is sent there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoubtReport {
    /// The sender that the request names.
    pub sender: TextLine,
    pub channel: SurveyChannel,
    /// The telephone number or address that the request names.
    pub phone: Option<TextLine>,
    pub description: Prose,
    pub name: Option<TextLine>,
    pub contact: Option<TextLine>,
}

impl DoubtReport {
    /// Parses the form. Returns all mistakes at once.
    pub fn parse(form: &DoubtForm) -> Result<Self, Mistakes> {
        let mut reading = Reading::default();
        let sender = reading.take("sender", TextLine::parse("差出人・発信者", &form.sender, 200));
        let channel = SurveyChannel::from_code(&form.channel).ok_or("届いた方法を選択してください");
        let channel = reading.take("channel", channel);
        let phone = reading.ask(false, "phone", &form.phone, |raw| TextLine::parse("電話番号など", raw, 200));
        let description = reading.take("description", Prose::parse("内容", &form.description, 2_000));
        let name = reading.ask(false, "name", &form.name, |raw| TextLine::parse("お名前", raw, 60));
        let contact = reading.ask(false, "contact", &form.contact, |raw| TextLine::parse("連絡先", raw, 200));
        match (sender, channel, description) {
            (Some(sender), Some(channel), Some(description)) if reading.mistakes.is_empty() => {
                Ok(Self { sender, channel, phone, description, name, contact })
            }
            _ => Err(reading.mistakes),
        }
    }
}

/// Returns when the center is reminded of a report that it has not settled: after as many business days, at the hour of
/// mails.
pub fn reminder_after(at: DateTime<Utc>, settings: &Settings, calendar: &BusinessCalendar) -> DateTime<Utc> {
    at_japan(due_on(at, calendar), settings.mail_hour, 0)
}

/// Returns the day by which the center looks at a report of this time.
pub fn due_on(at: DateTime<Utc>, calendar: &BusinessCalendar) -> NaiveDate {
    calendar.add_business_days(japan_date(at), LOOKED_AT_WITHIN)
}
