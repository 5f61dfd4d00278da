//! Sets the values of mails that are written because nobody has acted for some time.
use domain::wording::{long_date_time_range, month_day_time};

use super::{dates::company_turn, link_for, sit_with};
use crate::mail::{
    mail_event::{AppointmentText, MailContext, ReaderSide, SilenceEvent},
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
            values.set(Link, portal);
        }
        SilenceEvent::CompanyReminder { portal, waits_for: _ } => {
            values.set(Link, portal);
            company_turn(values, about, about.waits_since.unwrap_or(about.sender.now));
        }
        SilenceEvent::ClosedInSilence { portal } => values.set(Link, portal),
        SilenceEvent::OutcomeMissing { side, appointment, is_asked } => {
            sit_with(values, about, side, &appointment);
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
