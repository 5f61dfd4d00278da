//! Sets the dates of mails: by when the center, an expert or the company acts.
use chrono::{DateTime, Utc};
use domain::{
    due::DueKind,
    silence::company_due,
    wording::{month_day_time, month_day_weekday},
};

use super::{desk_page, known, link_for, report_page, set, set_linked_appointment};
use crate::mail::{
    compose::wording::{in_business_days, quoted, still_ahead},
    mail_event::{AppointmentText, HandedOver, MailContext, ReaderSide, SenderContext},
    text::{
        Values,
        Variable::{self, *},
    },
};

/// Sets the day until which the company is asked to act whose turn it is since `since`.
pub(super) fn company_turn(values: &mut Values, about: &MailContext<'_>, since: DateTime<Utc>) {
    let SenderContext { settings, calendar, .. } = about.sender;
    let due = still_ahead(&about.sender, company_due(since, settings, calendar));
    values.set(CompanyDue, due.map(month_day_weekday).unwrap_or_default());
}

/// Returns the day of the deadline of this kind, if it is running and has not passed.
pub(super) fn due_day(about: &MailContext<'_>, kind: DueKind) -> Option<String> {
    let due = about.due.filter(|it| it.kind == kind)?.at()?;
    still_ahead(&about.sender, due).map(month_day_weekday)
}

pub(super) fn further_dropped(values: &mut Values, about: &MailContext<'_>, portal: &str) {
    known(values, about, portal);
    values.set(Variable::ReportDue, due_day(about, DueKind::Report).unwrap_or_default());
}

/// Sets what follows after a consultation was reopened: the center's contact, or the report.
pub(super) fn reopened(values: &mut Values, about: &MailContext<'_>, side: ReaderSide<'_>) {
    link_for(values, about, side);
    if matches!(side, ReaderSide::Company { .. }) {
        values.set(ContactDue, due_day(about, DueKind::FirstContact).unwrap_or_default());
    }
    values.set(Variable::ReportDue, due_day(about, DueKind::Report).unwrap_or_default());
}

pub(super) fn reopened_for_desk(values: &mut Values, about: &MailContext<'_>) {
    values.set(Link, desk_page(about));
    values.set(ContactDue, due_day(about, DueKind::FirstContact).unwrap_or_default());
}

/// Sets the day by which the center will contact the company: the deadline that the consultation has.
pub(super) fn contact_soon(values: &mut Values, about: &MailContext<'_>, link: &str) {
    let rule = || in_business_days(&about.sender, about.sender.settings.first_contact_days);
    let due = due_day(about, DueKind::FirstContact).unwrap_or_else(rule);
    set(values, [(Link, link), (ContactDue, &due)]);
}

/// Sets the time until which the company may move the appointment by itself, if it has not passed.
pub(super) fn changeable(
    values: &mut Values,
    about: &MailContext<'_>,
    side: ReaderSide<'_>,
    until: DateTime<Utc>,
) {
    if matches!(side, ReaderSide::Company { .. }) {
        let until = still_ahead(&about.sender, until).map(month_day_time);
        values.set(ChangeUntil, until.unwrap_or_default());
    }
}

pub(super) fn visited(values: &mut Values, handed_over: Option<HandedOver<'_>>) {
    let HandedOver { desk, visit } = handed_over.unwrap_or(HandedOver { desk: "", visit: "" });
    set(values, [(DeskName, desk), (DeskVisit, visit)]);
}

pub(super) fn report_returned(values: &mut Values, about: &MailContext<'_>, reason: &str) {
    known(values, about, &report_page(about));
    values.set(Reason, quoted(reason));
    values.set(Variable::ReportDue, due_day(about, DueKind::Report).unwrap_or_default());
}

pub(super) fn report_written(
    values: &mut Values,
    about: &MailContext<'_>,
    appointment: &AppointmentText<'_>,
) {
    set_linked_appointment(values, about, ReaderSide::Expert, appointment);
    values.set(Link, report_page(about));
}
