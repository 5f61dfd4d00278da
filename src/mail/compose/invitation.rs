//! The calendar part of a letter: what goes into the reader's own calendar.
use ical::{
    Entry, Status,
    invite::{self, Attendee, Invitation, Participation, Person},
};

use super::wording::fields;
use crate::{
    mail::{
        kind::CalendarUse,
        letter::{CalendarPart, Method},
        occasion::{About, Recipient, Sitting},
        text::{Reader, TextKind},
    },
    url,
};

/// The calendar part of a letter about `sitting`, if its text has one.
pub fn of(
    text: TextKind,
    about: &About<'_>,
    to: Recipient<'_>,
    sitting: &Sitting<'_>,
) -> Option<CalendarPart> {
    let part = match text.calendar()? {
        CalendarUse::Invites if text.reader() == Reader::Company => for_company(about, to, sitting),
        CalendarUse::Invites => for_expert(about, to, sitting),
        CalendarUse::Asks => asking(about, to, sitting),
        CalendarUse::Cancels => cancelling(about, to, sitting),
    };
    Some(part)
}

/// The company's sitting. Its calendar may be shared, so the address is that of the page behind sign-in, not the
/// portal link, which would let in whoever sees it.
fn for_company(about: &About<'_>, to: Recipient<'_>, sitting: &Sitting<'_>) -> CalendarPart {
    let summary = format!("テレワーク相談（受付番号 {}）", about.number);
    let page = about.house.site.absolute(&url::my(about.number));
    request(about, to, sitting, Participation::Accepted, &summary, &page)
}

/// The sitting that an expert has taken.
fn for_expert(about: &About<'_>, to: Recipient<'_>, sitting: &Sitting<'_>) -> CalendarPart {
    let summary = format!("テレワーク相談：{}（{}）", about.company_name, about.number);
    request(about, to, sitting, Participation::Accepted, &summary, &expert_page(about))
}

/// The slot that an expert is asked to take. Who the company is, the page tells.
fn asking(about: &About<'_>, to: Recipient<'_>, sitting: &Sitting<'_>) -> CalendarPart {
    let summary = format!("【依頼】テレワーク相談（{}）", about.number);
    request(about, to, sitting, Participation::Awaited, &summary, &expert_page(about))
}

/// Takes any of these out of the reader's calendar.
fn cancelling(about: &About<'_>, to: Recipient<'_>, sitting: &Sitting<'_>) -> CalendarPart {
    let summary = format!("【取消し】テレワーク相談（{}）", about.number);
    let description = description(about, sitting);
    let entry = Entry { url: None, status: Status::Cancelled, ..entry(sitting, &summary, &description, "") };
    let body = with(about, to, entry, Participation::Accepted, invite::cancel);
    CalendarPart { method: Method::Cancel, body }
}

fn request(
    about: &About<'_>,
    to: Recipient<'_>,
    sitting: &Sitting<'_>,
    participation: Participation,
    summary: &str,
    page: &str,
) -> CalendarPart {
    let status = match participation {
        Participation::Awaited => Status::Tentative,
        Participation::Accepted => Status::Confirmed,
    };
    let description = description(about, sitting);
    let entry = Entry { status, ..entry(sitting, summary, &description, page) };
    CalendarPart { method: Method::Request, body: with(about, to, entry, participation, invite::request) }
}

fn with(
    about: &About<'_>,
    to: Recipient<'_>,
    entry: Entry<'_>,
    participation: Participation,
    write: impl FnOnce(&Invitation<'_>, chrono::DateTime<chrono::Utc>) -> String,
) -> String {
    let house = &about.house;
    let organizer = Person { address: house.organizer, name: &house.settings.center_name };
    let attendees = [Attendee { person: Person { address: to.address, name: to.name }, participation }];
    write(&Invitation { entry, organizer, attendees: &attendees }, house.now)
}

fn entry<'a>(sitting: &Sitting<'a>, summary: &'a str, description: &'a str, page: &'a str) -> Entry<'a> {
    Entry {
        uid: sitting.uid,
        sequence: sitting.sequence,
        starts_at: sitting.starts_at,
        ends_at: sitting.ends_at,
        status: Status::Confirmed,
        summary,
        description,
        location: sitting.place,
        url: Some(page),
    }
}

fn description(about: &About<'_>, sitting: &Sitting<'_>) -> String {
    let mut lines = vec![
        format!("受付番号：{}", about.number),
        format!("相談分野：{}", fields(about.fields)),
        format!("実施方法：{}", sitting.mode.label()),
    ];
    if !sitting.experts.is_empty() {
        lines.push(format!("担当：{}", super::wording::names(sitting.experts)));
    }
    lines.join("\n")
}

fn expert_page(about: &About<'_>) -> String {
    about.house.site.absolute(&url::expert(about.number))
}
