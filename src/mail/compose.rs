//! Composes a mail from an event. A mail says what has happened, what happens next, and by when.
//!
//! The table in `mail::kind` lists the mails. Their words are in `templates/mail`, in one file for each text,
//! unless the administrator has written others for the year. The HTML is derived from the text.
use domain::{
    calendar::japan_date,
    number::{CaseNumber, FiscalYear},
};
use minijinja::{Error, ErrorKind::InvalidOperation};

use super::{
    html,
    mail_event::{AccountMailEvent, MailContext, MailEvent, Recipient, SenderContext},
    outgoing_mail::OutgoingMail,
    text::{MailWording, Reader, TextKind, Values, Variable, write_shipped},
};

mod event_invitation;
mod invitation;
mod values;
mod wording;

use wording::{greeting, tidied};

/// Writes a mail about a consultation.
pub fn about(
    mail_event: MailEvent<'_>,
    to: Recipient<'_>,
    about: &MailContext<'_>,
) -> Result<OutgoingMail, Error> {
    let text = TextKind::of(&mail_event);
    let is_company = text.reader() == Reader::Company;
    let is_stranger = is_company && !about.address_confirmed;
    // A name from the form is not repeated to an unconfirmed address, not even in a header or a calendar
    // entry.
    let to = if is_stranger { Recipient { name: "", ..to } } else { to };
    let greeting = match (is_company, is_stranger) {
        (_, true) => greeting("", ""),
        (true, false) => greeting(about.company_name, about.contact_name),
        (false, false) => greeting("", to.name),
    };
    let words = words(text, &values::of(&mail_event, about), is_stranger, &about.sender)?;
    let answers = match text.reader() {
        Reader::Expert if text.is_for_asked() => Answers::Center,
        Reader::Company => Answers::Company,
        Reader::Desk => Answers::Desk,
        Reader::Everybody
        | Reader::Expert
        | Reader::Center
        | Reader::Staff
        | Reader::Participant
        | Reader::Registrant
        | Reader::Network => Answers::Staff,
    };
    let frame = Frame::around(&words, answers, &greeting, Some(about.number));
    let appointment = mail_event.calendar_appointment();
    Ok(OutgoingMail {
        consultation: Some(about.id),
        calendar: appointment.and_then(|it| invitation::of(text, about, to, it)),
        ..framed(text, frame, to, &about.sender)?
    })
}

/// Writes a mail that is about no consultation.
pub fn plain(
    mail_event: AccountMailEvent<'_>,
    to: Recipient<'_>,
    sender: &SenderContext<'_>,
) -> Result<OutgoingMail, Error> {
    let text = TextKind::of_plain(&mail_event);
    // A person who types an address to get a link is not known to own it.
    let to = if text.may_reach_a_stranger() { Recipient { name: "", ..to } } else { to };
    let values = values::of_plain(&mail_event, sender);
    let words = words(text, &values, text.may_reach_a_stranger(), sender)?;
    let greeting = greeting("", to.name);
    let is_relayed = matches!(&mail_event, AccountMailEvent::Network(it) if it.is_relayed());
    let answers = if is_relayed { Answers::OtherSide } else { Answers::Nobody };
    let frame = Frame::around(&words, answers, &greeting, None);
    let calendar = if let AccountMailEvent::Gathering(it) = &mail_event {
        event_invitation::of(it, to, sender)
    } else {
        None
    };
    let unsubscribe = Some(values.get(Variable::StopLink)).filter(|it| !it.is_empty());
    let unsubscribe = unsubscribe.map(str::to_owned);
    Ok(OutgoingMail { unsubscribe, calendar, ..framed(text, frame, to, sender)? })
}

/// Returns the subject and the text: the administrator's for the year, or else the shipped ones.
///
/// If the reader may be a stranger, the administrator's text gets no values from the form. The shipped text
/// gets all values: of those from the form it names only the place of an appointment, which is agreed only
/// with a confirmed address.
fn words(
    text: TextKind,
    values: &Values,
    is_stranger: bool,
    sender: &SenderContext<'_>,
) -> Result<MailWording, Error> {
    let own = FiscalYear::of(japan_date(sender.now)).ok().and_then(|year| {
        let year = year.start_year();
        if is_stranger {
            sender.texts.write(text, year, &values.clone().for_strangers())
        } else {
            sender.texts.write(text, year, values)
        }
    });
    own.map_or_else(|| write_shipped(text, values), Ok)
}

/// The reader of an answer to a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answers {
    Nobody,
    /// The answer becomes the company's message.
    Company,
    /// The answer becomes a message of the desk, which only the center reads.
    Desk,
    /// The answer becomes a message of an expert who is asked, which only the center reads.
    Center,
    /// The answer becomes a message of the center or an expert, which may stay internal.
    Staff,
    /// The answer goes to the other side of a question to a mentor.
    OtherSide,
}

/// The beginning and the end of every mail, around its own words.
#[derive(Clone, Copy)]
struct Frame<'a> {
    title: &'a str,
    body: &'a str,
    answers: Answers,
    greeting: &'a str,
    number: Option<&'a CaseNumber>,
}

impl<'a> Frame<'a> {
    const fn around(
        words: &'a MailWording,
        answers: Answers,
        greeting: &'a str,
        number: Option<&'a CaseNumber>,
    ) -> Self {
        Self { title: words.title.as_str(), body: words.body.as_str(), answers, greeting, number }
    }
}

fn framed(
    text: TextKind,
    frame: Frame<'_>,
    to: Recipient<'_>,
    sender: &SenderContext<'_>,
) -> Result<OutgoingMail, Error> {
    let kind = text.mail().ok_or_else(|| Error::new(InvalidOperation, "the frame is no mail"))?;
    let MailWording { title, body } =
        words(TextKind::Frame, &values::of_frame(&frame, sender), false, sender)?;
    let text = tidied(&body);
    Ok(OutgoingMail {
        kind,
        consultation: None,
        to: to.address.to_owned(),
        to_name: to.name.to_owned(),
        subject: title,
        html: html::from_text(&text),
        text,
        calendar: None,
        due_at: sender.now,
        dedup_key: None,
        send_condition: None,
        unsubscribe: None,
        over_limit: false,
        relay: None,
        by_telephone: false,
        awaits_address: false,
    })
}

#[cfg(test)]
mod tests;
