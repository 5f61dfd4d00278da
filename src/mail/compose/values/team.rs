//! Sets the values of mails about experts who change, and about a consultation that is divided.
use domain::{actor::Party, due::DueKind, wording::long_date_time_range};

use super::{dates::*, set, slots};
use crate::mail::{
    compose::wording::{SLOTS, at_page, bullets, fields, names, quoted},
    mail_event::{AppointmentText, MailContext, MailEvent, TimeNews},
    text::{
        Values,
        Variable::{self, *},
    },
};

/// Sets the fields and the experts of a further appointment, and by when the company chooses a time or hears.
pub(super) fn further(values: &mut Values, about: &MailContext<'_>, mail_event: &MailEvent<'_>) {
    let MailEvent::FurtherAppointment { portal, experts, is_open, was, report } = *mail_event else {
        return;
    };
    slots(values, about, portal, experts);
    let contact_due = due_day(about, DueKind::FirstContact).filter(|_| is_open);
    values.set(ContactDue, contact_due.unwrap_or_default());
    if is_open {
        set(values, [(Link, portal), (CompanyDue, "")]);
    }
    values.set_flag(Searching, is_open);
    values.set_flag(ReportThere, report.is_some());
    values.set(Examples, bullets(report.unwrap_or_default()));
    values.set(WasFields, was.map(fields).unwrap_or_default());
}

/// Sets who was released and by whose wish, what becomes of the time, and who acts next.
pub(super) fn changing(values: &mut Values, about: &MailContext<'_>, mail_event: &MailEvent<'_>) {
    let MailEvent::TeamChanging { portal, released, by, reason, lost, may_choose } = *mail_event else {
        return;
    };
    set(values, [(Link, portal), (Released, &names(released)), (Wish, wish(by)), (Reason, &quoted(reason))]);
    time(values, lost);
    next(values, about);
    values.set_flag(MayChoose, may_choose);
}

/// Sets the fields before and after, who was released, what becomes of the time, and who acts next.
pub(super) fn fields_changed(values: &mut Values, about: &MailContext<'_>, mail_event: &MailEvent<'_>) {
    let MailEvent::FieldsChanged { portal, was, released, time: kept, chooses } = *mail_event else {
        return;
    };
    set(values, [(WasFields, &fields(was)), (Released, &names(released))]);
    values.set(Experts, kept.map(|(it, _)| names(it.experts)).unwrap_or_default());
    time(values, kept);
    next(values, about);
    company_turn(values, about, about.sender.now);
    if chooses {
        set(values, [(Link, &at_page(portal, SLOTS)), (ContactDue, ""), (AnswerDue, "")]);
    } else {
        set(values, [(Link, portal), (CompanyDue, "")]);
    }
}

/// Sets the numbers and the fields of the two consultations into which one was divided.
pub(super) fn split(values: &mut Values, about: &MailContext<'_>, mail_event: &MailEvent<'_>) {
    let MailEvent::CaseSplit { confirm, from, left, messages } = *mail_event else { return };
    contact_soon(values, about, confirm);
    set(values, [(FirstNumber, &from.to_string()), (FirstFields, &fields(left))]);
    let moved = (messages > 0).then(|| messages.to_string());
    values.set(MovedCount, moved.unwrap_or_default());
    values.set_flag(Confirmed, about.address_confirmed);
}

/// Returns the party by whose wish an expert was released, as the company reads it.
const fn wish(by: Party) -> &'static str {
    match by {
        Party::Company => "お申し出",
        Party::Expert => "専門家の都合",
        Party::Coordinator | Party::Desk | Party::System => "センターの都合",
    }
}

/// Sets a time without its place: the address may be unconfirmed.
fn time(values: &mut Values, time: Option<(AppointmentText<'_>, TimeNews)>) {
    let when = time.map(|(it, _)| long_date_time_range(it.starts_at, it.ends_at));
    values.set(When, when.unwrap_or_default());
    values.set(Variable::TimeNews, time.map_or("", |(_, news)| news_text(news)));
    values.set_flag(HasFile, time.is_some_and(|(_, news)| news.is_booked()));
}

const fn news_text(news: TimeNews) -> &'static str {
    match news {
        TimeNews::Stands => "変わりません",
        TimeNews::Booked => "決まりました",
        TimeNews::Kept => "仮予約のままです",
        TimeNews::Cancelled => "取り消しました",
        TimeNews::Released => "仮予約を解除しました",
    }
}

/// Sets by when the center or an expert acts.
fn next(values: &mut Values, about: &MailContext<'_>) {
    values.set(ContactDue, due_day(about, DueKind::FirstContact).unwrap_or_default());
    values.set(AnswerDue, due_day(about, DueKind::Reply).unwrap_or_default());
}
