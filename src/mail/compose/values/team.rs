//! Sets the values of mails about experts who change, and about a consultation that is divided.
use domain::{
    actor::Party,
    due::DueKind,
    field::Fields,
    number::CaseNumber,
    wording::{long_date_time, long_date_time_range, month_day_weekday},
};

use super::{dates::*, example, link_for, set, slots};
use crate::mail::{
    compose::wording::{SLOTS, at_page, fields, names, quoted, still_ahead},
    mail_event::{
        AppointmentText, CaseNumberEvent, MailContext, MailEvent, PartChange, ReaderSide, TimeNews, WhyBack,
    },
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
    example::recommended(values, report.unwrap_or_default());
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
    let MailEvent::FieldsChanged { portal, was, missing, released, time: kept, chooses } = *mail_event else {
        return;
    };
    set(values, [(WasFields, &fields(was)), (Released, &names(released))]);
    values.set(MissingField, missing.map(fields).unwrap_or_default());
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

/// Sets the fields before and after, for an expert who has those that are left.
pub(super) fn fields_narrowed(values: &mut Values, about: &MailContext<'_>, was: Fields) {
    link_for(values, about, ReaderSide::Expert);
    values.set(WasFields, fields(was));
}

/// Sets what has changed about the consultation of an expert who stays.
pub(super) fn part_changed(values: &mut Values, about: &MailContext<'_>, it: &PartChange<'_>) {
    link_for(values, about, ReaderSide::Expert);
    set(values, [(Experts, &names(it.experts)), (WasExperts, &names(it.was_experts))]);
    set(values, [(Mode, it.mode.label()), (WasMode, it.was_mode.map_or("", |it| it.label()))]);
    values.set(WasFields, it.was_fields.map(fields).unwrap_or_default());
    values.set_flag(Searching, it.is_open);
}

/// Sets the numbers of the two consultations into which one was divided, with their fields, or which were merged.
pub(super) fn numbers(values: &mut Values, about: &MailContext<'_>, event: CaseNumberEvent<'_>) {
    values.set_flag(Confirmed, about.address_confirmed);
    match event {
        CaseNumberEvent::Split { confirm, from, left, messages } => {
            contact_soon(values, about, confirm);
            set(values, [(FirstNumber, &from.to_string()), (FirstFields, &fields(left))]);
            let moved = (messages > 0).then(|| messages.to_string());
            values.set(MovedCount, moved.unwrap_or_default());
        }
        CaseNumberEvent::Merged { portal, kept, contact_due, lost, was_split, stands } => {
            set(values, [(Link, portal), (KeptNumber, &kept.to_string())]);
            time(values, lost);
            values.set_flag(WasSplit, was_split);
            values.set(CurrentBooking, stands.map(long_date_time).unwrap_or_default());
            let due = contact_due.and_then(|it| still_ahead(&about.sender, it));
            values.set(ContactDue, due.map(month_day_weekday).unwrap_or_default());
        }
        CaseNumberEvent::Unmerged { portal, kept, booked } => {
            number_again(values, about, portal, kept);
            let when = booked.map(|it| long_date_time_range(it.starts_at, it.ends_at));
            values.set(When, when.unwrap_or_default());
            values.set_flag(HasFile, booked.is_some());
            values.set(Experts, booked.map(|it| names(it.experts)).unwrap_or_default());
        }
        CaseNumberEvent::Restored { portal, other } => number_again(values, about, portal, other),
    }
}

/// Sets that a consultation goes on under its own number, and by when the center contacts the company.
fn number_again(values: &mut Values, about: &MailContext<'_>, portal: &str, other: &CaseNumber) {
    set(values, [(Link, portal), (KeptNumber, &other.to_string())]);
    values.set(ContactDue, due_day(about, DueKind::FirstContact).unwrap_or_default());
}

/// Sets why the consultation is back at the center, and what has become of the time that the company had wished for.
pub(super) fn back_at_center(values: &mut Values, about: &MailContext<'_>, mail_event: &MailEvent<'_>) {
    let MailEvent::BackAtCenter { portal, why, time: wished } = *mail_event else { return };
    contact_soon(values, about, portal);
    let (time_wished, all_asked, part_settled) = match why {
        WhyBack::NobodyForTime => (true, true, false),
        WhyBack::TimeTooNear => (true, false, false),
        WhyBack::NobodyLeft => (false, true, false),
        WhyBack::TakesLong => (false, false, false),
        WhyBack::PartOpen => (false, true, true),
    };
    values.set_flag(TimeWished, time_wished);
    values.set_flag(AllAsked, all_asked);
    values.set_flag(PartSettled, part_settled);
    values
        .set(When, wished.map(|(it, _)| long_date_time_range(it.starts_at, it.ends_at)).unwrap_or_default());
    values.set(Variable::TimeNews, wished.map_or("", |(_, news)| news_text(news)));
}

/// Returns the party by whose wish an expert was released, as the company reads it.
const fn wish(by: Party) -> &'static str {
    match by {
        Party::Company => "お申し出",
        // The service releases an expert for one reason alone: an absence.
        Party::Expert | Party::System => "専門家の都合",
        Party::Coordinator | Party::Desk => "センターの都合",
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
