//! Examples of all mails, one for each text, as an administrator previews them and as the tests read them.
mod account;
mod booking;
mod consultation;
mod expert;
mod programme;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{booking::notice::change_until, due::Due, intake::company::Mode};

use super::{
    mail_event::{
        AccountMailEvent, AppointmentText, MailContext, MailEvent, ReaderSide, Recommended, SenderContext,
    },
    text::{Reader, TextKind},
};

/// Example texts for the parts of a mail that people will write.
const QUESTION: &str = "（センターが書いた質問）";
const ORGANIZATION: &str = "（案内先）";
const LEAD: &str = "相談から、およそ3か月がたちました。";
const NOTE: &str = "（センターからの案内）";
const NAME: &str = "（専門家の氏名）";
const DAYS: &str = "（不在の期間）";
const ADDRESS: &str = "contact@example.co.jp";
const REASON: &str = "（理由）";
const RESULT: &str = "専門家との相談が終わりました。";

/// The consultation of the examples, and what else they name.
#[derive(Clone, Copy, Debug)]
pub struct PreviewFacts<'a> {
    pub about: &'a MailContext<'a>,
    pub received_at: DateTime<Utc>,
    pub mode: Mode,
    pub appointment: AppointmentText<'a>,
    /// The names of the experts.
    pub experts: &'a [String],
    /// The lines about the company that an expert reads.
    pub outline: &'a [String],
    pub recommended: Recommended<'a>,
    pub link: &'a str,
}

/// An event as an example.
#[derive(Clone, Copy, Debug)]
pub enum PreviewEvent<'a> {
    Case(MailEvent<'a>),
    Plain(AccountMailEvent<'a>),
}

impl PreviewEvent<'_> {
    pub const fn text(&self) -> TextKind {
        match self {
            Self::Case(event) => TextKind::of(event),
            Self::Plain(event) => TextKind::of_plain(event),
        }
    }
}

/// Returns one example for each text, except the frame.
pub fn examples<'a>(facts: &PreviewFacts<'a>) -> Vec<PreviewEvent<'a>> {
    let case = [consultation::events(facts), booking::events(facts), expert::events(facts)];
    let plain = [account::events(facts), programme::events(facts)];
    let case = case.into_iter().flatten().map(PreviewEvent::Case);
    case.chain(plain.into_iter().flatten().map(PreviewEvent::Plain)).collect()
}

/// Returns the example of a text. The frame, which surrounds every mail, is shown around the report's.
pub fn example<'a>(text: TextKind, facts: &PreviewFacts<'a>) -> Option<PreviewEvent<'a>> {
    let text = if text == TextKind::Frame { TextKind::ReportReady } else { text };
    examples(facts).into_iter().find(|it| it.text() == text)
}

/// Returns whether the mail about an event is for the side that it names: the center reads most events on its pages.
fn is_for(side: ReaderSide<'_>, event: &MailEvent<'_>) -> bool {
    let reader = match side {
        ReaderSide::Company { .. } => Reader::Company,
        ReaderSide::Expert => Reader::Expert,
        ReaderSide::Center => Reader::Center,
    };
    TextKind::of(event).reader() == reader
}

impl PreviewFacts<'_> {
    /// Returns the earlier start of an appointment that has moved.
    fn was(&self) -> DateTime<Utc> {
        self.appointment.starts_at - TimeDelta::days(7)
    }

    fn due(&self) -> DateTime<Utc> {
        let SenderContext { settings, calendar, now, .. } = self.about.sender;
        Due::reply(settings, calendar, now).at().unwrap_or(now)
    }

    fn change_until(&self) -> DateTime<Utc> {
        let SenderContext { settings, calendar, .. } = self.about.sender;
        change_until(self.appointment.starts_at, settings, calendar)
    }
}
