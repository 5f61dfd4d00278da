//! Sets the values of mails about events of the programme.
use domain::{
    gathering::SeatKind,
    wording::{long_date_time, long_date_time_range, month_day_time, month_day_weekday},
};

use super::super::wording::quoted;
use crate::mail::{
    mail_event::{GatheringMailEvent, GatheringNews},
    text::{Values, Variable::*},
};

pub fn set(values: &mut Values, mail: &GatheringMailEvent<'_>) {
    let it = mail.event;
    values.set(Link, it.page);
    values.set(EventTitle, it.title);
    values.set(When, long_date_time_range(it.starts_at, it.ends_at));
    values.set(Seat, seat(it.seat, it.number));
    values.set(Hall, if it.seat == SeatKind::Venue { it.place } else { "" });
    match mail.news {
        GatheringNews::Confirm { until } => values.set(ConfirmUntil, month_day_time(until)),
        GatheringNews::Offered { until } => values.set(SeatUntil, month_day_time(until)),
        GatheringNews::Moved { was } => {
            // The place alone may have changed.
            if was != it.starts_at {
                values.set(Was, long_date_time(was));
            }
            values.set_flag(HasFile, mail.has_calendar_part());
        }
        GatheringNews::CalledOff { reason } => {
            values.set(Reason, quoted(reason));
            values.set_flag(HasFile, mail.has_calendar_part());
        }
        GatheringNews::Thanks { has_materials, answers_until } => {
            values.set_flag(MaterialsThere, has_materials);
            values.set(AnswersUntil, month_day_weekday(answers_until));
        }
        GatheringNews::Known
        | GatheringNews::Seated
        | GatheringNews::Waiting
        | GatheringNews::OfferLapsed
        | GatheringNews::WaitEnded
        | GatheringNews::SeatCancelled
        | GatheringNews::DayReminder
        | GatheringNews::HourReminder
        | GatheringNews::LinkReady => {}
    }
}

/// Returns the seat in words: 「会場（12番）」.
fn seat(kind: SeatKind, number: Option<i32>) -> String {
    match (kind, number) {
        (SeatKind::Venue, Some(number)) => format!("{}（{number}番）", kind.label()),
        (SeatKind::Venue | SeatKind::Online, _) => kind.label().to_owned(),
    }
}
