//! From an occasion to a letter. A letter says what has happened, what happens next, and by when.
//!
//! The words are in `templates/mail`, one template a letter, unless the administrator has written others for the year;
//! the HTML follows from the text.
use std::borrow::Cow;

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    calendar::japan_date,
    number::{CaseNumber, FiscalYear},
};

use super::{
    html,
    letter::{CalendarPart, Letter, MailKind},
    occasion::{About, House, Occasion, PlainOccasion, Recipient, Side, Sitting},
    text::{TextKind, Values, Words},
};

mod center;
mod company;
mod expert;
mod invitation;
mod plain;
mod values;
mod wording;

use wording::{greeting, hours, subject_number, tidied};

/// What is particular to one letter: everything between the greeting and the footer.
struct Draft {
    kind: MailKind,
    title: Cow<'static, str>,
    body: String,
    calendar: Option<CalendarPart>,
}

/// Writes a letter about a consultation.
pub fn about(occasion: Occasion<'_>, to: Recipient<'_>, about: &About<'_>) -> Result<Letter, askama::Error> {
    let is_company = addresses_company(&occasion);
    let is_stranger = is_company && !about.address_confirmed;
    // A name that the form gave is not repeated, not even in a header or a calendar entry.
    let to = if is_stranger { Recipient { name: "", ..to } } else { to };
    let greeting = match (is_company, is_stranger) {
        (_, true) => greeting("", ""),
        (true, false) => greeting(about.company_name, about.contact_name),
        (false, false) => greeting("", to.name),
    };
    let values = values::of(&occasion, about, is_stranger);
    let draft = in_own_words(draft(occasion, to, about)?, TextKind::of(&occasion), &values, &about.house);
    let answers = if is_company { Answers::Company } else { Answers::Staff };
    let around = Around { answers, greeting: &greeting, number: Some(about.number) };
    letter(draft, around, to, &about.house).map(|it| Letter { consultation: Some(about.id), ..it })
}

/// Writes a letter that is about no consultation.
pub fn plain(
    occasion: PlainOccasion<'_>,
    to: Recipient<'_>,
    house: &House<'_>,
) -> Result<Letter, askama::Error> {
    // Whoever types an address to get a link is not known to own it.
    let to = match occasion {
        PlainOccasion::SignIn { .. } | PlainOccasion::ResumeDraft { .. } => Recipient { name: "", ..to },
        PlainOccasion::Invitation { .. }
        | PlainOccasion::PasswordReset { .. }
        | PlainOccasion::AbsenceOverBookings { .. }
        | PlainOccasion::Digest { .. }
        | PlainOccasion::WeeklyDigest { .. } => to,
    };
    let values = values::of_plain(&occasion, house);
    let draft = in_own_words(plain::draft(occasion, house)?, TextKind::of_plain(&occasion), &values, house);
    let around = Around { answers: Answers::Nobody, greeting: &greeting("", to.name), number: None };
    let letter = letter(draft, around, to, house)?;
    let unsubscribe = match occasion {
        PlainOccasion::Digest { stop, .. } | PlainOccasion::WeeklyDigest { stop, .. } => stop,
        PlainOccasion::SignIn { .. }
        | PlainOccasion::ResumeDraft { .. }
        | PlainOccasion::Invitation { .. }
        | PlainOccasion::PasswordReset { .. }
        | PlainOccasion::AbsenceOverBookings { .. } => "",
    };
    Ok(Letter { unsubscribe: Some(unsubscribe.to_owned()).filter(|it| !it.is_empty()), ..letter })
}

/// What the administrator has written for the year takes the place of what the product ships with.
fn in_own_words(draft: Draft, kind: TextKind, values: &Values, house: &House<'_>) -> Draft {
    match own_words(kind, values, house) {
        Some(words) => Draft { title: words.title.into(), body: words.body, ..draft },
        None => draft,
    }
}

fn own_words(kind: TextKind, values: &Values, house: &House<'_>) -> Option<Words> {
    let year = FiscalYear::of(japan_date(house.now)).ok()?;
    house.texts.write(kind, year.start_year(), values)
}

fn draft(occasion: Occasion<'_>, to: Recipient<'_>, about: &About<'_>) -> Result<Draft, askama::Error> {
    match occasion {
        Occasion::Acknowledgement { confirm, slot, received_at, first_contact_due } => {
            company::acknowledgement(about, confirm, slot, received_at, first_contact_due)
        }
        Occasion::Question { portal, text } => company::question(about, portal, text),
        Occasion::SlotsToChoose { portal, experts } => company::slots_to_choose(about, portal, experts),
        Occasion::EarlierTime { answer, sitting, booked, until } => {
            company::earlier_time(about, answer, sitting, booked, until)
        }
        Occasion::BackAtCenter { portal } => company::back_at_center(about, portal),
        Occasion::Booked { side, sitting, change_until } => booked(about, to, side, sitting, change_until),
        Occasion::Moved { side, sitting, change_until, was } => {
            moved(about, to, side, sitting, change_until, was)
        }
        Occasion::Room { side, sitting } => room(about, to, side, sitting),
        Occasion::Cancelled { side, sitting, reason } => cancelled(about, to, side, sitting, reason),
        Occasion::ExpertChanged { side, sitting, was } => expert_changed(about, to, side, sitting, was),
        Occasion::Relieved { sitting } => expert::relieved(about, to, sitting),
        Occasion::Reminder { side, sitting } => reminder(about, side, sitting),
        Occasion::ReportReady { portal } => company::report_ready(about, portal),
        Occasion::Survey { answer } => company::survey(about, answer),
        Occasion::FollowUp { lead, answer } => company::follow_up(about, lead, answer),
        Occasion::NewMessage { side } => new_message(about, side),
        Occasion::Withdrawn { side, cancelled } => match side {
            Side::Company { portal } => company::withdrawn(about, to, portal, cancelled),
            Side::Expert => expert::withdrawn(about),
            Side::Center => center::withdrawn(about),
        },
        Occasion::Unfulfilled { reason, cancelled } => company::unfulfilled(about, to, reason, cancelled),
        Occasion::Referred { organization, note, cancelled } => {
            company::referred(about, to, organization, note, cancelled)
        }
        Occasion::Request { answer, fields, slot, due_at, outline } => {
            expert::request(about, to, answer, fields, slot, due_at, outline)
        }
        Occasion::RequestReminder { answer, due_at } => expert::request_reminder(about, answer, due_at),
        Occasion::RequestLapsed { slot } => expert::request_lapsed(about, to, slot),
        Occasion::RequestWithdrawn { slot } => expert::request_withdrawn(about, to, slot),
        Occasion::RequestDeclined { sitting } => expert::request_declined(about, to, sitting),
        Occasion::ReportDue { due_at, overdue } => expert::report_due(about, due_at, overdue),
        Occasion::ReportReturned { reason } => expert::report_returned(about, reason),
        Occasion::NobodyLeft => center::nobody_left(about),
        Occasion::SubstituteNeeded { sitting, declined, page } => {
            center::substitute_needed(about, sitting, declined, page)
        }
        Occasion::Undelivered { address, reason } => center::undelivered(about, address, reason),
        Occasion::NoDelegates { is_company, starts_at, ends_at } => {
            expert::no_delegates(about, is_company, starts_at, ends_at)
        }
        Occasion::HandOverAccepted => center::hand_over_accepted(about),
        Occasion::HandOverResult { result } => center::hand_over_result(about, result),
    }
}

fn reminder(about: &About<'_>, side: Side<'_>, sitting: Sitting<'_>) -> Result<Draft, askama::Error> {
    match side {
        Side::Company { portal } => company::reminder(about, portal, sitting),
        Side::Expert => expert::reminder(about, sitting),
        Side::Center => center::reminder(about, sitting),
    }
}

fn new_message(about: &About<'_>, side: Side<'_>) -> Result<Draft, askama::Error> {
    match side {
        Side::Company { portal } => company::new_message(about, portal),
        Side::Expert => expert::new_message(about),
        Side::Center => center::new_message(about),
    }
}

fn booked(
    about: &About<'_>,
    to: Recipient<'_>,
    side: Side<'_>,
    sitting: Sitting<'_>,
    change_until: DateTime<Utc>,
) -> Result<Draft, askama::Error> {
    match side {
        Side::Company { portal } => company::booked(about, to, portal, sitting, change_until),
        Side::Expert => expert::booked(about, to, sitting),
        Side::Center => center::booked(about, sitting),
    }
}

fn moved(
    about: &About<'_>,
    to: Recipient<'_>,
    side: Side<'_>,
    sitting: Sitting<'_>,
    change_until: DateTime<Utc>,
    was: DateTime<Utc>,
) -> Result<Draft, askama::Error> {
    match side {
        Side::Company { portal } => company::moved(about, to, portal, sitting, change_until, was),
        Side::Expert => expert::moved(about, to, sitting, was),
        Side::Center => center::moved(about, sitting, was),
    }
}

fn cancelled(
    about: &About<'_>,
    to: Recipient<'_>,
    side: Side<'_>,
    sitting: Sitting<'_>,
    reason: &str,
) -> Result<Draft, askama::Error> {
    match side {
        Side::Company { portal } => company::cancelled(about, to, portal, sitting, reason),
        Side::Expert => expert::cancelled(about, to, sitting, reason),
        Side::Center => center::cancelled(about, sitting, reason),
    }
}

fn expert_changed(
    about: &About<'_>,
    to: Recipient<'_>,
    side: Side<'_>,
    sitting: Sitting<'_>,
    was: &[String],
) -> Result<Draft, askama::Error> {
    match side {
        Side::Company { portal } => company::expert_changed(about, to, portal, sitting, was),
        Side::Expert => expert::expert_changed(about, to, sitting, was),
        Side::Center => center::expert_changed(about, sitting, was),
    }
}

fn room(
    about: &About<'_>,
    to: Recipient<'_>,
    side: Side<'_>,
    sitting: Sitting<'_>,
) -> Result<Draft, askama::Error> {
    match side {
        Side::Company { portal } => company::room(about, to, portal, sitting),
        Side::Expert => expert::room(about, to, sitting),
        Side::Center => center::room(about, sitting),
    }
}

/// Whether the reader is the company, whose names the form gave.
const fn addresses_company(occasion: &Occasion<'_>) -> bool {
    match occasion {
        Occasion::Acknowledgement { .. }
        | Occasion::Question { .. }
        | Occasion::SlotsToChoose { .. }
        | Occasion::EarlierTime { .. }
        | Occasion::BackAtCenter { .. }
        | Occasion::ReportReady { .. }
        | Occasion::Survey { .. }
        | Occasion::FollowUp { .. }
        | Occasion::Unfulfilled { .. }
        | Occasion::Referred { .. } => true,
        Occasion::Booked { side, .. }
        | Occasion::Moved { side, .. }
        | Occasion::ExpertChanged { side, .. }
        | Occasion::Room { side, .. }
        | Occasion::Cancelled { side, .. }
        | Occasion::Reminder { side, .. }
        | Occasion::NewMessage { side }
        | Occasion::Withdrawn { side, .. } => matches!(side, Side::Company { .. }),
        Occasion::NoDelegates { is_company, .. } => *is_company,
        Occasion::Request { .. }
        | Occasion::RequestReminder { .. }
        | Occasion::RequestLapsed { .. }
        | Occasion::RequestWithdrawn { .. }
        | Occasion::RequestDeclined { .. }
        | Occasion::ReportDue { .. }
        | Occasion::ReportReturned { .. }
        | Occasion::NobodyLeft
        | Occasion::Relieved { .. }
        | Occasion::SubstituteNeeded { .. }
        | Occasion::Undelivered { .. }
        | Occasion::HandOverAccepted
        | Occasion::HandOverResult { .. } => false,
    }
}

/// What every letter begins and ends with.
#[derive(Template)]
#[template(path = "mail/_frame.txt")]
struct Frame<'a> {
    answers: Answers,
    greeting: &'a str,
    number: Option<&'a CaseNumber>,
    center: &'a str,
    body: &'a str,
    phone: &'a str,
    hours: String,
}

/// Who reads what is answered to a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answers {
    Nobody,
    /// It becomes the company's message.
    Company,
    /// It becomes a message of center or expert, which may stay inside.
    Staff,
}

/// What the frame of a letter says of it.
#[derive(Clone, Copy)]
struct Around<'a> {
    answers: Answers,
    greeting: &'a str,
    number: Option<&'a CaseNumber>,
}

impl Frame<'_> {
    /// Subject and text, in the administrator's words where there are some.
    fn around(&self, title: &str, house: &House<'_>) -> Result<Words, askama::Error> {
        let values = values::of_frame(self, title, house);
        if let Some(words) = own_words(TextKind::Frame, &values, house) {
            return Ok(words);
        }
        let number = self.number.map(subject_number).unwrap_or_default();
        Ok(Words { title: format!("【{}】{title}{number}", self.center), body: self.render()? })
    }
}

fn letter(
    draft: Draft,
    around: Around<'_>,
    to: Recipient<'_>,
    house: &House<'_>,
) -> Result<Letter, askama::Error> {
    let settings = house.settings;
    let (center, phone) = (settings.center_name.as_str(), settings.center_phone.as_str());
    let Around { answers, greeting, number } = around;
    let frame = Frame { answers, greeting, number, center, body: &draft.body, phone, hours: hours(settings) };
    let Words { title: subject, body } = frame.around(&draft.title, house)?;
    let text = tidied(&body);
    Ok(Letter {
        kind: draft.kind,
        consultation: None,
        to: to.address.to_owned(),
        to_name: to.name.to_owned(),
        subject,
        html: html::from_text(&text),
        text,
        calendar: draft.calendar,
        due_at: house.now,
        dedup_key: None,
        must_hold: None,
        unsubscribe: None,
        over_limit: false,
    })
}

#[cfg(test)]
mod tests;
