//! Sets the values of a text's variables for one mail.
//!
//! Every event is destructured completely: a field that is added to an event has to be given to a variable
//! here or left out on purpose.
mod account;
mod campaign;
mod dates;
mod example;
mod gathering;
mod network;
mod outcome;
mod silence;
mod team;

use chrono::{DateTime, Utc};
use domain::{
    aftercare::follow_up::{EDITABLE_DAYS, WAITS_DAYS},
    booking::{
        appointment::AppointmentMode,
        notice::{change_until, reminder_at},
    },
    due::Due,
    wording::{long_date_time, long_date_time_range, month_day_time, month_day_weekday},
};

use dates::{changeable, company_turn, contact_soon, further_dropped, reopened, reopened_for_desk, visited};

use super::{
    Answers, Frame,
    wording::{MESSAGES, SLOTS, at_page, choices, fields, hours, names, quoted},
};
use crate::{
    mail::{
        mail_event::{
            AccountMailEvent, AppointmentText, MailContext, MailEvent, ReaderSide, RequestedPart,
            SenderContext,
        },
        text::{
            Values,
            Variable::{self, *},
        },
    },
    url,
};

pub fn of(mail_event: &MailEvent<'_>, about: &MailContext<'_>) -> Values {
    let mut values = of_sender(&about.sender);
    values.set(Number, about.number.to_string());
    values.set(Fields, fields(about.fields));
    tell(&mut values, mail_event, about);
    values
}

pub fn of_plain(mail_event: &AccountMailEvent<'_>, sender: &SenderContext<'_>) -> Values {
    let mut values = of_sender(sender);
    account::set(&mut values, mail_event, sender);
    values
}

/// Returns the values of the frame around the words of a mail.
pub fn of_frame(frame: &Frame<'_>, sender: &SenderContext<'_>) -> Values {
    let mut values = of_sender(sender);
    values.set(Title, frame.title);
    values.set(Body, frame.body);
    values.set(Greeting, frame.greeting);
    values.set(Number, frame.number.map(ToString::to_string).unwrap_or_default());
    values.set_flag(NoAnswers, frame.answers == Answers::Nobody);
    values.set_flag(ToStaff, frame.answers == Answers::Staff);
    values.set_flag(Relayed, frame.answers == Answers::OtherSide);
    values.set_flag(ToCenterOnly, frame.answers == Answers::Center);
    values
}

fn of_sender(sender: &SenderContext<'_>) -> Values {
    let mut values = Values::default();
    values.set(CenterName, sender.settings.center_name.as_str());
    values.set(CenterPhone, sender.settings.center_phone.as_str());
    values.set(Hours, hours(sender.settings));
    values
}

fn tell(values: &mut Values, mail_event: &MailEvent<'_>, about: &MailContext<'_>) {
    match *mail_event {
        MailEvent::Acknowledgement { .. } => acknowledge(values, about, mail_event),
        MailEvent::AddressChanged { .. } => address_changed(values, mail_event),
        MailEvent::AddressReplaced { object } => known(values, about, object),
        MailEvent::Question { portal, text } => question(values, about, portal, text),
        MailEvent::SlotsToChoose { portal: it, experts } => slots(values, about, it, experts),
        MailEvent::FurtherAppointment { .. } => team::further(values, about, mail_event),
        MailEvent::Outcome(event) => outcome::outcome(values, about, event),
        MailEvent::EarlierTime { answer, appointment: it, booked, until } => {
            earlier(values, about, answer, &it, booked, until);
        }
        MailEvent::TeamChanging { .. } => team::changing(values, about, mail_event),
        MailEvent::FieldsChanged { .. } => team::fields_changed(values, about, mail_event),
        MailEvent::CaseNumber(event) => team::numbers(values, about, event),
        MailEvent::FurtherDropped { portal } => further_dropped(values, about, portal),
        MailEvent::FieldsNarrowed { was } => team::fields_narrowed(values, about, was),
        MailEvent::PartChanged(change) => team::part_changed(values, about, &change),
        MailEvent::BackAtCenter { .. } => team::back_at_center(values, about, mail_event),
        MailEvent::Silence(event) => silence::silent(values, about, event),
        MailEvent::Booked { .. } | MailEvent::Moved { .. } | MailEvent::DeclineNoted { .. } => {
            booked(values, about, mail_event);
        }
        MailEvent::ExpertChanged { side, appointment: it, was } => changed(values, about, side, &it, was),
        MailEvent::Relieved { appointment: it } | MailEvent::RequestDeclined { appointment: it } => {
            request_withdrawn(values, about, Some(&it));
        }
        MailEvent::Venue { side, appointment } => set_linked_appointment(values, about, side, &appointment),
        MailEvent::NoShow { .. }
        | MailEvent::Cancelled { .. }
        | MailEvent::Unfulfilled { .. }
        | MailEvent::Referred { .. }
        | MailEvent::HandOverResult { .. } => outcome::over(values, about, mail_event),
        MailEvent::Reminder { side, appointment } => remind(values, about, side, &appointment),
        MailEvent::NewMessage { side } => new_message(values, about, side),
        MailEvent::Withdrawn { portal, cancelled } => withdrawn(values, about, portal, cancelled.as_ref()),
        MailEvent::Finished { portal, cancelled } => finished(values, about, portal, cancelled.as_ref()),
        MailEvent::ReportReady { .. } => example::report_ready(values, about, mail_event),
        MailEvent::Example(event) => example::set(values, about, event),
        MailEvent::Survey { answer } => survey(values, about, answer),
        MailEvent::FollowUp { lead, answer } => ask(values, about, lead, answer),
        MailEvent::Request { .. } | MailEvent::RequestTimeLost { .. } => request(values, mail_event),
        MailEvent::RequestReminder { answer, due_at } => answer_until(values, answer, due_at),
        MailEvent::RequestLapsed { slot } => request_lapsed(values, about, slot.as_ref()),
        MailEvent::RequestWithdrawn { slot, reason } => request_taken_back(values, about, slot, reason),
        MailEvent::ReportDue { due_at, overdue } => report_due(values, about, due_at, overdue),
        MailEvent::ReportReturned { reason } => dates::report_returned(values, about, reason),
        MailEvent::ReportWritten { appointment } => dates::report_written(values, about, &appointment),
        MailEvent::NobodyLeft => nobody_left(values, about),
        MailEvent::SubstituteNeeded { appointment, declined, page } => {
            substitute_needed(values, about, &appointment, declined, page);
        }
        MailEvent::Undelivered { address, reason } => undelivered(values, about, address, reason),
        MailEvent::NoDelegates { is_company: _, starts_at, ends_at } => when(values, starts_at, ends_at),
        MailEvent::HandOverAccepted => contact_soon(values, about, &desk_page(about)),
        MailEvent::Reopened { side } => reopened(values, about, side),
        MailEvent::HandOverReopened => reopened_for_desk(values, about),
        MailEvent::DeskMessage => values.set(Link, desk_page(about)),
    }
}

fn booked(values: &mut Values, about: &MailContext<'_>, mail_event: &MailEvent<'_>) {
    if let MailEvent::Booked { side, appointment, change_until } = *mail_event {
        reportable(values, about, side);
        set_changeable_appointment(values, about, side, &appointment, change_until);
    } else if let MailEvent::Moved { side, appointment, change_until, was } = *mail_event {
        values.set(Was, long_date_time(was));
        set_changeable_appointment(values, about, side, &appointment, change_until);
    } else if let MailEvent::DeclineNoted { side, appointment, change_until, answer_due } = *mail_event {
        values.set(ContactDue, month_day_weekday(answer_due));
        set_changeable_appointment(values, about, side, &appointment, change_until);
    }
}

fn address_changed(values: &mut Values, mail_event: &MailEvent<'_>) {
    if let MailEvent::AddressChanged { confirm, slot } = *mail_event {
        values.set(Link, confirm);
        let when = slot.map(|(it, _)| long_date_time_range(it.starts_at, it.ends_at));
        values.set(WishedSlot, when.unwrap_or_default());
        values.set(WishedUntil, slot.map(|(_, until)| month_day_time(until)).unwrap_or_default());
    }
}

fn question(values: &mut Values, about: &MailContext<'_>, portal: &str, text: &str) {
    set(values, [(Link, &at_page(portal, MESSAGES)), (QuestionText, &quoted(text))]);
    company_turn(values, about, about.sender.now);
}

/// Sets the link alone for the company: its address may be unconfirmed, and gets no words of its form.
fn new_message(values: &mut Values, about: &MailContext<'_>, side: ReaderSide<'_>) {
    match side {
        ReaderSide::Company { portal } => values.set(Link, at_page(portal, MESSAGES)),
        ReaderSide::Expert | ReaderSide::Center => link_for(values, about, side),
    }
}

fn finished(
    values: &mut Values,
    about: &MailContext<'_>,
    portal: &str,
    cancelled: Option<&AppointmentText<'_>>,
) {
    withdrawn(values, about, portal, cancelled);
    outcome::ended(values, about);
}

fn changed(
    values: &mut Values,
    about: &MailContext<'_>,
    side: ReaderSide<'_>,
    appointment: &AppointmentText<'_>,
    was: &[String],
) {
    set_linked_appointment(values, about, side, appointment);
    values.set(WasExperts, names(was));
    report_besides(values, about, side);
}

/// Sets until when a report is due that the reader, an expert, has to write besides.
fn report_besides(values: &mut Values, about: &MailContext<'_>, side: ReaderSide<'_>) {
    if side == ReaderSide::Expert {
        let due = about.report_due_at.map(month_day_weekday);
        values.set(Variable::ReportDue, due.unwrap_or_default());
    }
}

fn request(values: &mut Values, mail_event: &MailEvent<'_>) {
    if let MailEvent::Request { answer, fields: wanted, part, slot, due_at, outline } = *mail_event {
        set(values, [(WantedFields, &fields(wanted)), (Outline, &outline.join("\n"))]);
        let leaving = if let RequestedPart::Substitute(leaving) = part { leaving } else { "" };
        values.set(InsteadOf, leaving);
        values.set_flag(OneOfTwo, part == RequestedPart::OneField);
        answer_until(values, answer, due_at);
        set_appointment(values, slot.as_ref());
    } else if let MailEvent::RequestTimeLost { answer, fields: wanted, slot, due_at } = *mail_event {
        values.set(WantedFields, fields(wanted));
        answer_until(values, answer, due_at);
        set_appointment(values, Some(&slot));
    }
}

fn when(values: &mut Values, starts_at: DateTime<Utc>, ends_at: DateTime<Utc>) {
    values.set(When, long_date_time_range(starts_at, ends_at));
}

fn set<const N: usize>(values: &mut Values, said: [(Variable, &str); N]) {
    for (variable, value) in said {
        values.set(variable, value);
    }
}

fn slots(values: &mut Values, about: &MailContext<'_>, portal: &str, experts: &[String]) {
    known(values, about, &at_page(portal, SLOTS));
    company_turn(values, about, about.sender.now);
    values.set(Experts, names(experts));
}

fn earlier(
    values: &mut Values,
    about: &MailContext<'_>,
    answer: &str,
    appointment: &AppointmentText<'_>,
    booked: Option<DateTime<Utc>>,
    until: DateTime<Utc>,
) {
    known(values, about, answer);
    set_appointment(values, Some(appointment));
    values.set(CurrentBooking, booked.map(long_date_time).unwrap_or_default());
    values.set(HeldUntil, month_day_time(until));
}

fn answer_until(values: &mut Values, answer: &str, due_at: DateTime<Utc>) {
    set(values, [(Link, answer), (AnswerDue, &month_day_time(due_at))]);
}

fn substitute_needed(
    values: &mut Values,
    about: &MailContext<'_>,
    appointment: &AppointmentText<'_>,
    declined: &str,
    page: &str,
) {
    known(values, about, page);
    set_appointment(values, Some(appointment));
    values.set(Declined, declined);
}

fn undelivered(values: &mut Values, about: &MailContext<'_>, address: &str, reason: &str) {
    known(values, about, &center_page(about));
    set(values, [(Address, address), (Reason, &quoted(reason))]);
}

/// Sets whether the center tells the company by telephone, for a reader who has to know what the company hears.
fn by_telephone(values: &mut Values, about: &MailContext<'_>) {
    values.set_flag(ByTelephone, !about.channel.is_mail());
}

fn nobody_left(values: &mut Values, about: &MailContext<'_>) {
    by_telephone(values, about);
    known(values, about, &center_page(about));
    contact_soon(values, about, &center_page(about));
}

fn survey(values: &mut Values, about: &MailContext<'_>, answer: &str) {
    known(values, about, answer);
    answers_until(values, about);
    values.set(EditableDays, EDITABLE_DAYS.to_string());
}

/// Sets for how long a question waits for its answer, and until when.
fn answers_until(values: &mut Values, about: &MailContext<'_>) {
    values.set(WaitsDays, WAITS_DAYS.to_string());
    let last = about.sender.now + chrono::TimeDelta::days(WAITS_DAYS);
    values.set(AnswersUntil, month_day_weekday(last));
}

fn withdrawn(
    values: &mut Values,
    about: &MailContext<'_>,
    portal: &str,
    cancelled: Option<&AppointmentText<'_>>,
) {
    set(values, [(Link, portal), (ApplyLink, &about.sender.site.absolute("/apply"))]);
    gone(values, cancelled);
}

fn request_lapsed(values: &mut Values, about: &MailContext<'_>, slot: Option<&AppointmentText<'_>>) {
    values.set(Link, about.sender.site.absolute("/expert/availability"));
    set_appointment(values, slot);
}

fn request_withdrawn(values: &mut Values, about: &MailContext<'_>, slot: Option<&AppointmentText<'_>>) {
    values.set(Link, about.sender.site.absolute("/expert"));
    set_appointment(values, slot);
}

fn request_taken_back(
    values: &mut Values,
    about: &MailContext<'_>,
    slot: Option<AppointmentText<'_>>,
    reason: &str,
) {
    request_withdrawn(values, about, slot.as_ref());
    values.set(Reason, quoted(reason));
    report_besides(values, about, ReaderSide::Expert);
}

fn report_due(values: &mut Values, about: &MailContext<'_>, due_at: DateTime<Utc>, overdue: bool) {
    known(values, about, &report_page(about));
    values.set(Variable::ReportDue, month_day_weekday(due_at));
    values.set_flag(Overdue, overdue);
}

fn report_page(about: &MailContext<'_>) -> String {
    format!("{}/report", expert_page(about))
}

fn expert_page(about: &MailContext<'_>) -> String {
    about.sender.site.absolute(&url::expert(about.number))
}

fn center_page(about: &MailContext<'_>) -> String {
    about.sender.site.absolute(&url::staff(about.number))
}

/// Returns the desk's page of the consultation that it has handed over.
fn desk_page(about: &MailContext<'_>) -> String {
    about.sender.site.absolute(&format!("/desk/{}", about.number))
}

/// Sets the link and the company's name, for a reader who knows the company.
fn known(values: &mut Values, about: &MailContext<'_>, link: &str) {
    values.set(Link, link);
    values.set(Company, about.company_name);
}

/// Sets the link and, unless the company is the reader, its name. The company's address may be unconfirmed,
/// and then its name must not be repeated.
fn link_for(values: &mut Values, about: &MailContext<'_>, side: ReaderSide<'_>) {
    values.set(Link, link_of(side, about));
    if !matches!(side, ReaderSide::Company { .. }) {
        values.set(Company, about.company_name);
    }
}

fn link_of(side: ReaderSide<'_>, about: &MailContext<'_>) -> String {
    match side {
        ReaderSide::Company { portal } => portal.to_owned(),
        ReaderSide::Expert => expert_page(about),
        ReaderSide::Center => center_page(about),
    }
}

fn acknowledge(values: &mut Values, about: &MailContext<'_>, mail_event: &MailEvent<'_>) {
    let MailEvent::Acknowledgement { confirm, slot, received_at, first_contact_due, handed_over } =
        *mail_event
    else {
        return;
    };
    visited(values, handed_over);
    values.set(ReceivedAt, long_date_time(received_at));
    values.set(ContactDue, month_day_weekday(first_contact_due));
    values.set(Link, confirm);
    let when = slot.map(|(it, _)| long_date_time_range(it.starts_at, it.ends_at));
    values.set(WishedSlot, when.unwrap_or_default());
    let until = slot.filter(|_| !about.address_confirmed).map(|(_, until)| month_day_time(until));
    values.set(WishedUntil, until.unwrap_or_default());
    values.set_flag(Confirmed, about.address_confirmed);
    company_turn(values, about, about.sender.now);
    let SenderContext { settings, calendar, .. } = about.sender;
    let days = Due::first_contact_days(settings, calendar, received_at, first_contact_due);
    values.set(ContactDays, days.map(|it| it.to_string()).unwrap_or_default());
}

fn ask(values: &mut Values, about: &MailContext<'_>, lead: &str, answer: &str) {
    values.set(Company, about.company_name);
    values.set(Lead, lead);
    values.set(Choices, choices(answer));
    answers_until(values, about);
}

fn set_linked_appointment(
    values: &mut Values,
    about: &MailContext<'_>,
    side: ReaderSide<'_>,
    appointment: &AppointmentText<'_>,
) {
    known(values, about, &link_of(side, about));
    set_appointment(values, Some(appointment));
}

fn set_changeable_appointment(
    values: &mut Values,
    about: &MailContext<'_>,
    side: ReaderSide<'_>,
    appointment: &AppointmentText<'_>,
    change_until: DateTime<Utc>,
) {
    set_linked_appointment(values, about, side, appointment);
    changeable(values, about, side, change_until);
}

fn remind(
    values: &mut Values,
    about: &MailContext<'_>,
    side: ReaderSide<'_>,
    appointment: &AppointmentText<'_>,
) {
    set_linked_appointment(values, about, side, appointment);
    reportable(values, about, side);
    let SenderContext { settings, calendar, now, .. } = about.sender;
    let (starts_at, sent_at) =
        (appointment.starts_at, reminder_at(appointment.starts_at, now, settings, calendar));
    // The reminder is written when the appointment is booked, and read on the business day before it.
    let until = Some(change_until(starts_at, settings, calendar)).filter(|it| sent_at.unwrap_or(now) < *it);
    if matches!(side, ReaderSide::Company { .. }) {
        values.set(ChangeUntil, until.map(month_day_time).unwrap_or_default());
    }
}

/// Sets the number of days within which the expert has to report.
fn reportable(values: &mut Values, about: &MailContext<'_>, side: ReaderSide<'_>) {
    if side == ReaderSide::Expert {
        values.set(ReportDays, about.sender.settings.report_days.to_string());
    }
}

fn set_appointment(values: &mut Values, appointment: Option<&AppointmentText<'_>>) {
    set_time_and_experts(values, appointment);
    values.set(Place, appointment.map_or("", |it| it.place));
}

/// Sets the appointment that was cancelled together with the consultation.
fn gone(values: &mut Values, cancelled: Option<&AppointmentText<'_>>) {
    set_time_and_experts(values, cancelled);
    values.set(CancelledPlace, cancelled.map_or("", |it| it.place));
}

fn set_time_and_experts(values: &mut Values, appointment: Option<&AppointmentText<'_>>) {
    let when = appointment.map(|it| long_date_time_range(it.starts_at, it.ends_at));
    values.set(When, when.unwrap_or_default());
    values.set(Mode, appointment.map_or("", |it| it.mode.label()));
    values.set_flag(IsVisit, appointment.is_some_and(|it| it.mode == AppointmentMode::Visit));
    values.set(Experts, appointment.map(|it| names(it.experts)).unwrap_or_default());
}
