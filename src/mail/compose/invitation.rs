//! Writes the calendar part of a mail, which goes into the reader's own calendar.
use ical::{
    Entry, Status,
    invite::{self, Attendee, Invitation, Participation, Person},
};

use super::wording::fields;
use crate::{
    mail::{
        kind::CalendarUse,
        mail_event::{AppointmentText, MailContext, Recipient},
        outgoing_mail::{CalendarMethod, InvitationPart},
        text::{Reader, TextKind},
    },
    url,
};

/// Returns the calendar part of a mail about `appointment`, if the mail's text has one.
pub fn of(
    text: TextKind,
    about: &MailContext<'_>,
    to: Recipient<'_>,
    appointment: &AppointmentText<'_>,
) -> Option<InvitationPart> {
    let part = match text.calendar()? {
        CalendarUse::Invites if text.reader() == Reader::Company => for_company(about, to, appointment),
        CalendarUse::Invites => for_expert(about, to, appointment),
        CalendarUse::Asks => asking(about, to, appointment),
        CalendarUse::Cancels => cancelling(about, to, appointment),
    };
    Some(part)
}

/// Writes the company's appointment. The company's calendar may be shared, so it contains the address of the
/// page behind sign-in. The portal link would let in every person who sees the calendar.
fn for_company(
    about: &MailContext<'_>,
    to: Recipient<'_>,
    appointment: &AppointmentText<'_>,
) -> InvitationPart {
    let summary = format!("テレワーク相談（受付番号 {}）", about.number);
    let page = about.sender.site.absolute(&url::my(about.number));
    request(about, to, appointment, Participation::Accepted, &summary, &page)
}

/// Writes the appointment that an expert has accepted.
fn for_expert(
    about: &MailContext<'_>,
    to: Recipient<'_>,
    appointment: &AppointmentText<'_>,
) -> InvitationPart {
    let summary = format!("テレワーク相談：{}（{}）", about.company_name, about.number);
    request(about, to, appointment, Participation::Accepted, &summary, &expert_page(about))
}

/// Writes the slot that an expert is asked to take. It does not name the company; the page does.
fn asking(about: &MailContext<'_>, to: Recipient<'_>, appointment: &AppointmentText<'_>) -> InvitationPart {
    let summary = format!("【依頼】テレワーク相談（{}）", about.number);
    request(about, to, appointment, Participation::Awaited, &summary, &expert_page(about))
}

/// Removes an appointment from the reader's calendar.
fn cancelling(
    about: &MailContext<'_>,
    to: Recipient<'_>,
    appointment: &AppointmentText<'_>,
) -> InvitationPart {
    let summary = format!("【取消し】テレワーク相談（{}）", about.number);
    let description = description(about, appointment);
    let entry =
        Entry { url: None, status: Status::Cancelled, ..entry(appointment, &summary, &description, "") };
    let body = with(about, to, entry, Participation::Accepted, invite::cancel);
    InvitationPart { method: CalendarMethod::Cancel, body }
}

fn request(
    about: &MailContext<'_>,
    to: Recipient<'_>,
    appointment: &AppointmentText<'_>,
    participation: Participation,
    summary: &str,
    page: &str,
) -> InvitationPart {
    let status = match participation {
        Participation::Awaited => Status::Tentative,
        Participation::Accepted => Status::Confirmed,
    };
    let description = description(about, appointment);
    let entry = Entry { status, ..entry(appointment, summary, &description, page) };
    InvitationPart {
        method: CalendarMethod::Request,
        body: with(about, to, entry, participation, invite::request),
    }
}

fn with(
    about: &MailContext<'_>,
    to: Recipient<'_>,
    entry: Entry<'_>,
    participation: Participation,
    write: impl FnOnce(&Invitation<'_>, chrono::DateTime<chrono::Utc>) -> String,
) -> String {
    let sender = &about.sender;
    let organizer = Person { address: sender.organizer, name: &sender.settings.center_name };
    let attendees = [Attendee { person: Person { address: to.address, name: to.name }, participation }];
    write(&Invitation { entry, organizer, attendees: &attendees }, sender.now)
}

fn entry<'a>(
    appointment: &AppointmentText<'a>,
    summary: &'a str,
    description: &'a str,
    page: &'a str,
) -> Entry<'a> {
    Entry {
        uid: appointment.uid,
        sequence: appointment.sequence,
        starts_at: appointment.starts_at,
        ends_at: appointment.ends_at,
        status: Status::Confirmed,
        summary,
        description,
        location: appointment.place,
        url: Some(page),
    }
}

fn description(about: &MailContext<'_>, appointment: &AppointmentText<'_>) -> String {
    let mut lines = vec![
        format!("受付番号：{}", about.number),
        format!("相談分野：{}", fields(about.fields)),
        format!("実施方法：{}", appointment.mode.label()),
    ];
    if !appointment.experts.is_empty() {
        lines.push(format!("担当：{}", super::wording::names(appointment.experts)));
    }
    lines.join("\n")
}

fn expert_page(about: &MailContext<'_>) -> String {
    about.sender.site.absolute(&url::expert(about.number))
}
