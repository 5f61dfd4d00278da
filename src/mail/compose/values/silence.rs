//! Sets the values of mails that are written because no person has acted for some time.
use domain::{
    due::DueKind,
    wording::{long_date_time_range, month_day_time},
};

use super::{
    by_telephone,
    dates::{company_turn, due_day},
    link_for, set_linked_appointment,
};
use crate::mail::{
    compose::wording::{MESSAGES, SLOTS, at_page},
    mail_event::{AppointmentText, CompanyTurn, MailContext, ReaderSide, SilenceEvent},
    text::{Values, Variable::*},
};

pub(super) fn silent(values: &mut Values, about: &MailContext<'_>, event: SilenceEvent<'_>) {
    match event {
        SilenceEvent::HoldEnding { side, slot, until } => {
            held(values, &slot);
            link_for(values, about, side);
            if matches!(side, ReaderSide::Company { .. }) {
                values.set_flag(Confirmed, about.address_confirmed);
            }
            values.set(HeldUntil, month_day_time(until));
        }
        SilenceEvent::HoldReleased { portal, slot, may_choose, day_closed } => {
            held(values, &slot);
            values.set_flag(MayChoose, may_choose);
            values.set_flag(DayClosed, day_closed);
            values.set_flag(Confirmed, about.address_confirmed);
            values.set(ContactDue, due_day(about, DueKind::FirstContact).unwrap_or_default());
            values.set(Link, portal);
        }
        SilenceEvent::CompanyReminder { portal, waits_for } => {
            let link = match waits_for {
                CompanyTurn::Choose => at_page(portal, SLOTS),
                CompanyTurn::Answer => at_page(portal, MESSAGES),
                CompanyTurn::Confirm => portal.to_owned(),
            };
            values.set(Link, link);
            company_turn(values, about, about.waits_since.unwrap_or(about.sender.now));
        }
        SilenceEvent::Searching { portal } => {
            values.set(Link, portal);
            values.set(AnswerDue, due_day(about, DueKind::Reply).unwrap_or_default());
        }
        SilenceEvent::ClosedInSilence { portal } => values.set(Link, portal),
        SilenceEvent::ExpertAway { side, appointment, contact_due } => {
            set_linked_appointment(values, about, side, &appointment);
            values.set(ContactUntil, month_day_time(contact_due));
            if side == ReaderSide::Center {
                by_telephone(values, about);
            }
        }
        SilenceEvent::OutcomeMissing { side, appointment, is_asked } => {
            set_linked_appointment(values, about, side, &appointment);
            if side == ReaderSide::Center {
                values.set_flag(ExpertsAsked, is_asked);
            }
        }
    }
}

/// Sets a time that is kept for the company, without its place: the address may be unconfirmed.
fn held(values: &mut Values, slot: &AppointmentText<'_>) {
    values.set(When, long_date_time_range(slot.starts_at, slot.ends_at));
}
