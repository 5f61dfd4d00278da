//! Sets the values of mails about registrations for a telework month.
use domain::wording::{month_day_time, month_day_weekday};

use super::super::wording::quoted;
use crate::mail::{
    mail_event::{RegistrationMailEvent, RegistrationNews},
    text::{Values, Variable::*},
};

pub fn set(values: &mut Values, mail: &RegistrationMailEvent<'_>) {
    values.set(Campaign, mail.campaign);
    values.set(Link, mail.page);
    match mail.news {
        // The address may be a stranger's, so it hears nothing of the form.
        RegistrationNews::Prove { until } => return values.set(ConfirmUntil, month_day_time(until)),
        RegistrationNews::Received { is_change, same_number, decided_by } => {
            values.set_flag(IsChange, is_change);
            values.set_flag(SameNumber, same_number);
            values.set(DecidedBy, month_day_weekday(decided_by));
        }
        RegistrationNews::Approved { is_change } | RegistrationNews::Lapsed { is_change } => {
            values.set_flag(IsChange, is_change);
        }
        RegistrationNews::Rejected { is_change, was_approved, reason } => {
            values.set_flag(IsChange, is_change);
            values.set_flag(WasApproved, was_approved);
            values.set(Reason, quoted(reason));
        }
        RegistrationNews::Invitation { stop } => values.set(StopLink, stop),
        RegistrationNews::Known | RegistrationNews::Withdrawn => {}
    }
    values.set(Registrant, mail.name);
}
