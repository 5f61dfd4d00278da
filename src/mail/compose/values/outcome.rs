//! Sets the values of mails about the outcome of an appointment, and about the party that cancelled it.
use domain::{
    actor::Party,
    booking::appointment::RecordedOutcome,
    consultation::{AppointmentOutcome, UnfulfilledReason},
    due::DueKind,
    field::Field,
    wording::month_day_weekday,
};

use super::{
    by_telephone,
    dates::{company_turn, contact_soon, due_day},
    desk_page, gone, known, report_besides, set, set_appointment, set_linked_appointment,
};
use crate::mail::{
    compose::wording::{SLOTS, at_page, help, quoted},
    mail_event::{AppointmentText, MailContext, MailEvent, OutcomeEvent, ReaderSide},
    text::{
        Values,
        Variable::{self, *},
    },
};

pub(super) fn outcome(values: &mut Values, about: &MailContext<'_>, event: OutcomeEvent<'_>) {
    match event {
        OutcomeEvent::ExpertMissed { side, appointment, part, is_correction } => {
            match side {
                ReaderSide::Company { portal } if part.is_some() => {
                    set_linked_appointment(values, about, side, &appointment);
                    ended(values, about);
                    set(values, [(Variable::CompanyDue, ""), (ContactDue, "")]);
                    values.set_flag(Searching, false);
                    values.set(Link, portal);
                }
                ReaderSide::Company { portal } => {
                    missed(values, about, portal, &appointment);
                    values.set(Variable::ReportDue, "");
                }
                ReaderSide::Expert | ReaderSide::Center => {
                    set_linked_appointment(values, about, side, &appointment);
                    by_telephone(values, about);
                }
            }
            let may_choose = part.map_or(!is_searching(about), |it| it.may_choose);
            values.set_flag(MayChoose, may_choose);
            values.set(MissedExpert, part.map(|it| format!("{}さん", it.expert)).unwrap_or_default());
            values.set(OwedField, part.and_then(|it| it.owed).map_or("", Field::label));
            if side != ReaderSide::Center {
                values.set_flag(IsCorrection, is_correction);
            }
        }
        OutcomeEvent::Corrected { side, appointment, was, outcome } => {
            set_linked_appointment(values, about, side, &appointment);
            values.set(WasOutcome, said(was));
            values.set(RecordedOutcome, said(outcome));
            let is_due = outcome.outcome == AppointmentOutcome::Done;
            if matches!(side, ReaderSide::Company { .. }) {
                let due = due_day(about, DueKind::Report).filter(|_| is_due);
                values.set(Variable::ReportDue, due.unwrap_or_default());
            } else {
                // One of the experts is asked for the report, unless it is there.
                report_besides(values, about, side);
                values.set_flag(NoReport, !is_due);
            }
        }
    }
}

/// Sets until when the report on what took place is expected, although the consultation ends.
pub(super) fn ended(values: &mut Values, about: &MailContext<'_>) {
    values.set(Variable::ReportDue, due_day(about, DueKind::Report).unwrap_or_default());
}

/// Sets the values of a mail about an appointment, or a consultation, that does not take place.
pub(super) fn over(values: &mut Values, about: &MailContext<'_>, mail_event: &MailEvent<'_>) {
    if let MailEvent::NoShow { side, appointment, is_correction } = *mail_event {
        match side {
            ReaderSide::Company { portal } => {
                missed(values, about, portal, &appointment);
                values.set_flag(IsCorrection, is_correction);
            }
            ReaderSide::Expert | ReaderSide::Center => {
                set_linked_appointment(values, about, side, &appointment);
                by_telephone(values, about);
                values.set_flag(MayChoose, !is_searching(about));
            }
        }
    } else if let MailEvent::Cancelled { side, appointment, reason, by, is_blocked } = *mail_event {
        cancelled_by(values, side, by, is_blocked);
        cancelled(values, about, side, &appointment, reason);
    } else if let MailEvent::Unfulfilled { reason, advised, cancelled } = *mail_event {
        ended(values, about);
        values.set_flag(Advised, advised);
        unfulfilled(values, reason, cancelled.as_ref());
    } else if let MailEvent::Referred { organization, note, cancelled, called_by } = *mail_event {
        ended(values, about);
        values.set_flag(DeskCalls, called_by.is_some());
        values.set(DeskDue, called_by.map(month_day_weekday).unwrap_or_default());
        referred(values, organization, note, cancelled.as_ref());
    } else if let MailEvent::HandOverResult { result, organization, note, is_back } = *mail_event {
        set(values, [(Link, &desk_page(about)), (Outcome, result), (Organization, organization)]);
        values.set(Note, quoted(note));
        values.set_flag(HandedBack, is_back);
    }
}

fn missed(values: &mut Values, about: &MailContext<'_>, portal: &str, appointment: &AppointmentText<'_>) {
    known(values, about, &at_page(portal, SLOTS));
    set_appointment(values, Some(appointment));
    what_follows(values, about, portal);
}

/// Sets whether the company chooses another time, or the center asks experts first, each with its day.
fn what_follows(values: &mut Values, about: &MailContext<'_>, portal: &str) {
    let searches = is_searching(about);
    values.set_flag(Searching, searches);
    if searches {
        contact_soon(values, about, portal);
        values.set(Variable::CompanyDue, "");
    } else {
        values.set(ContactDue, "");
        company_turn(values, about, about.sender.now);
    }
}

/// Returns whether it is the center's turn after the event, which asks experts before another time can be chosen.
fn is_searching(about: &MailContext<'_>) -> bool {
    about.due.is_some_and(|it| it.kind == DueKind::FirstContact)
}

fn cancelled(
    values: &mut Values,
    about: &MailContext<'_>,
    side: ReaderSide<'_>,
    appointment: &AppointmentText<'_>,
    reason: &str,
) {
    set_linked_appointment(values, about, side, appointment);
    values.set(Reason, quoted(reason));
    report_besides(values, about, side);
    if let ReaderSide::Company { portal } = side {
        what_follows(values, about, portal);
        if !is_searching(about) {
            values.set(Link, at_page(portal, SLOTS));
        }
    }
}

fn unfulfilled(values: &mut Values, reason: UnfulfilledReason, cancelled: Option<&AppointmentText<'_>>) {
    set(values, [(Reason, reason.label()), (Help, help(reason))]);
    gone(values, cancelled);
}

fn referred(values: &mut Values, organization: &str, note: &str, cancelled: Option<&AppointmentText<'_>>) {
    set(values, [(Organization, organization), (Note, &quoted(note))]);
    gone(values, cancelled);
}

/// Returns the outcome as a mail says it.
const fn said(recorded: RecordedOutcome) -> &'static str {
    match recorded.outcome {
        AppointmentOutcome::Done if recorded.absent.is_some() => "相談を実施（専門家の一人は欠席）",
        AppointmentOutcome::Done => "相談を実施",
        AppointmentOutcome::NoShow => "企業の欠席",
        AppointmentOutcome::ExpertNoShow => "専門家の欠席",
    }
}

/// Sets at whose wish the appointment was cancelled, in the words of the reader.
fn cancelled_by(values: &mut Values, side: ReaderSide<'_>, by: Option<Party>, is_blocked: bool) {
    let is_company = matches!(side, ReaderSide::Company { .. });
    let said = match by {
        None => "",
        Some(Party::Company) if is_company => "お客さまのお申し出により",
        Some(Party::Company) => "企業の申し出により",
        Some(Party::Expert) => "専門家の都合により",
        Some(Party::Desk) => "一次相談窓口からの連絡により",
        Some(Party::Coordinator | Party::System) => "相談センターの都合により",
    };
    values.set(CancelledBy, said);
    if side == ReaderSide::Expert {
        values.set_flag(TimeBlocked, is_blocked);
    }
}
