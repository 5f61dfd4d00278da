//! The times that depend on an appointment: until when it can be changed, when people are reminded and notified, and
//! which days can be booked (`docs/spec/lifecycle.md` §3 and §5).
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use crate::{
    booking::availability::Window,
    calendar::{BusinessCalendar, at_japan, japan_date},
    number::FiscalYear,
    settings::Settings,
};

/// Returns until when a company may move or cancel an appointment by itself: `change_until_hour`, Japan time, of the
/// business day before.
pub fn change_until(
    starts_at: DateTime<Utc>,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> DateTime<Utc> {
    at_japan(calendar.previous_business_day(japan_date(starts_at)), settings.change_until_hour, 0)
}

/// Returns until when a company has to hear whether an appointment takes place: `change_until_hour`, Japan time, of the
/// `answer_notice_days`th business day before. Requests to experts and holds end by then.
pub fn heard_by(starts_at: DateTime<Utc>, settings: &Settings, calendar: &BusinessCalendar) -> DateTime<Utc> {
    let day = (0..settings.answer_notice_days.max(1))
        .fold(japan_date(starts_at), |day, _| calendar.previous_business_day(day));
    at_japan(day, settings.change_until_hour, 0)
}

/// Returns until when a time is held that was chosen at `now`: for `hours`, of which closed days do not count, and to
/// the next opening hours if it would end outside of them; at most until the company has to hear of it.
pub fn hold_until(
    now: DateTime<Utc>,
    hours: u16,
    starts_at: DateTime<Utc>,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> DateTime<Utc> {
    let until = after_open_days(now, TimeDelta::hours(i64::from(hours)), calendar);
    in_business_hours(until, settings, calendar).min(heard_by(starts_at, settings, calendar))
}

/// Returns when a hold until `until` ends after closing days were added: the part of a new closing day that lies ahead
/// does not count. The result is never earlier than `until`, and at most the time by which the company has to hear.
pub fn hold_moved(
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    starts_at: DateTime<Utc>,
    settings: &Settings,
    (before, calendar): (&BusinessCalendar, &BusinessCalendar),
) -> DateTime<Utc> {
    let left = open_days_between(now, until, before);
    let moved = in_business_hours(after_open_days(now, left, calendar), settings, calendar);
    moved.min(heard_by(starts_at, settings, calendar)).max(until)
}

/// Returns when `time` has passed since `from` on the clocks of business days alone.
fn after_open_days(from: DateTime<Utc>, time: TimeDelta, calendar: &BusinessCalendar) -> DateTime<Utc> {
    let (mut left, mut at) = (time, from);
    loop {
        let day = japan_date(at);
        let midnight = at_japan(day, 24, 0);
        if calendar.is_open(day) {
            if left <= midnight - at {
                return at + left;
            }
            left -= midnight - at;
        }
        if midnight <= at {
            return at;
        }
        at = midnight;
    }
}

/// Returns how much of the time from `from` to `to` lies on business days.
fn open_days_between(from: DateTime<Utc>, to: DateTime<Utc>, calendar: &BusinessCalendar) -> TimeDelta {
    let (mut at, mut open) = (from, TimeDelta::zero());
    while at < to {
        let day = japan_date(at);
        let end = at_japan(day, 24, 0).min(to);
        if calendar.is_open(day) {
            open += end - at;
        }
        if end <= at {
            break;
        }
        at = end;
    }
    open
}

/// Returns a time after which no hold ends of whose end the company is told by `now`.
pub fn hold_looked_at(now: DateTime<Utc>, settings: &Settings, calendar: &BusinessCalendar) -> DateTime<Utc> {
    let hours = i64::from(settings.closes_hour.saturating_sub(settings.opens_hour)).max(1);
    let days = i64::from(settings.hold_warning_hours) / hours + 2;
    let day = calendar.add_business_days(japan_date(now), u16::try_from(days).unwrap_or(u16::MAX));
    at_japan(day, settings.closes_hour, 0)
}

/// Returns when the company is told that a hold until `until` is about to end: `hold_warning_hours` of opening hours
/// before.
pub fn hold_warned_at(
    until: DateTime<Utc>,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> DateTime<Utc> {
    let mut left = TimeDelta::hours(i64::from(settings.hold_warning_hours));
    let mut day = japan_date(until);
    let mut end = until;
    loop {
        if calendar.is_open(day) {
            let opens = at_japan(day, settings.opens_hour, 0);
            let closes = at_japan(day, settings.closes_hour, 0).min(end);
            let open = (closes - opens).max(TimeDelta::zero());
            if left <= open {
                return closes - left;
            }
            left -= open;
        }
        let before = calendar.previous_business_day(day);
        if before == NaiveDate::MIN {
            return until;
        }
        day = before;
        end = at_japan(day, 24, 0);
    }
}

/// Returns when both sides are reminded of an appointment that was booked at `booked_at`: at `mail_hour`, Japan time,
/// of the business day before.
///
/// `None` if the appointment was booked at that time or later: the confirmation, which has just been sent, says the
/// same.
pub fn reminder_at(
    starts_at: DateTime<Utc>,
    booked_at: DateTime<Utc>,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> Option<DateTime<Utc>> {
    let at = at_japan(calendar.previous_business_day(japan_date(starts_at)), settings.mail_hour, 0);
    (booked_at < at).then_some(at)
}

/// Returns the end of the days whose appointments can be due for a reminder at `now`: today and the next business day, with
/// the closed days between them.
pub fn reminders_looked_at(now: DateTime<Utc>, calendar: &BusinessCalendar) -> DateTime<Utc> {
    at_japan(calendar.add_business_days(japan_date(now), 1), 24, 0)
}

/// Returns the end of the days for whose appointments a company may have to hear at `now` whether they take place
/// (`heard_by`).
pub fn unattended_looked_at(
    now: DateTime<Utc>,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> DateTime<Utc> {
    at_japan(calendar.add_business_days(japan_date(now), settings.answer_notice_days.max(1)), 24, 0)
}

/// Returns when a mail that can wait is sent to a reader at work: at once within opening hours, else when they begin
/// again.
pub fn in_business_hours(
    now: DateTime<Utc>,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> DateTime<Utc> {
    let today = japan_date(now);
    let hour = |day, hour: u8| at_japan(day, hour, 0);
    if calendar.is_open(today) && now < hour(today, settings.closes_hour) {
        return now.max(hour(today, settings.opens_hour));
    }
    hour(calendar.add_business_days(today, 1), settings.opens_hour)
}

/// Returns when a person is told of another person's action: within opening hours, unless the appointment `appointment`
/// is still ahead and begins less than a day after that, so that the reader could do nothing about it any more. In
/// that case the person is told at once, at any hour.
pub fn notified_at(
    now: DateTime<Utc>,
    appointment: Option<DateTime<Utc>>,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> DateTime<Utc> {
    let at = in_business_hours(now, settings, calendar);
    let is_soon = appointment.is_some_and(|it| it > now && it < at + TimeDelta::days(1));
    if is_soon { now } else { at }
}

/// Returns the days from which a company can choose today.
pub fn window(now: DateTime<Utc>, settings: &Settings, calendar: &BusinessCalendar) -> Window {
    let today = japan_date(now);
    Window {
        earliest: calendar.add_business_days(today, settings.notice_days),
        horizon: today + TimeDelta::days(i64::from(settings.horizon_days)),
        last_appointment: None,
    }
}

/// Returns the last day of appointments in the fiscal year of `day`: the contract closes on 31 March, and reports
/// have to be in.
pub fn last_appointment_day(
    day: NaiveDate,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> Option<NaiveDate> {
    let year = FiscalYear::of(day).ok()?;
    let month = u32::from(settings.last_appointment_month);
    let calendar_year = if month >= 4 { year.start_year() } else { year.last_day().year() };
    calendar.last_business_day_of_month(calendar_year, month)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, Utc};
    use proptest::prelude::*;

    use super::{
        change_until, hold_until, hold_warned_at, in_business_hours, last_appointment_day, notified_at,
        reminder_at, window,
    };
    use crate::{calendar::BusinessCalendar, due::Due, settings::Settings};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn news_of_the_night_are_mailed_in_the_morning_unless_urgent() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        // Sunday; Monday is a holiday.
        let night = at("2026-11-22T03:00:00+09:00");
        let opening = at("2026-11-24T09:00:00+09:00");
        for (appointment, notified) in [
            (None, opening),
            (Some("2026-11-26T10:00:00+09:00"), opening),
            (Some("2026-11-25T09:00:00+09:00"), opening),
            (Some("2026-11-24T16:00:00+09:00"), night),
            (Some("2026-11-20T10:00:00+09:00"), opening),
            (Some("2026-11-22T03:00:00+09:00"), opening),
        ] {
            assert_eq!(
                notified_at(night, appointment.map(at), &settings, &calendar),
                notified,
                "{appointment:?}"
            );
        }
        let noon = at("2026-11-25T12:00:00+09:00");
        assert_eq!(notified_at(noon, None, &settings, &calendar), noon);
    }

    #[test]
    fn a_holiday_moves_limit_and_reminder_to_the_friday_before() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let tuesday = at("2026-11-24T10:00:00+09:00");
        assert_eq!(change_until(tuesday, &settings, &calendar), at("2026-11-20T17:00:00+09:00"));
        let friday = at("2026-11-20T10:00:00+09:00");
        let reminder = |booked| reminder_at(tuesday, booked, &settings, &calendar);
        assert_eq!(reminder(at("2026-11-19T09:00:00+09:00")), Some(friday));
        assert_eq!(reminder(friday), None);
    }

    #[test]
    fn the_window_starts_on_the_third_business_day() {
        let window =
            window(at("2026-11-20T14:05:00+09:00"), &Settings::default(), &BusinessCalendar::default());
        assert_eq!((window.earliest, window.horizon), (day("2026-11-26"), day("2027-01-19")));
    }

    #[test]
    fn appointments_end_in_february_of_the_fiscal_year() {
        let last = |text| last_appointment_day(day(text), &Settings::default(), &BusinessCalendar::default());
        assert_eq!(last("2026-11-20"), Some(day("2027-02-26")));
        assert_eq!(last("2027-03-31"), Some(day("2027-02-26")));
        assert_eq!(last("2027-04-01"), Some(day("2028-02-29")));
        let december = Settings { last_appointment_month: 12, ..Settings::default() };
        let last = last_appointment_day(day("2027-02-01"), &december, &BusinessCalendar::default());
        assert_eq!(last, Some(day("2026-12-28")));
    }

    #[test]
    fn mail_that_can_wait_is_sent_in_opening_hours() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        for (written, sent) in [
            ("2026-11-20T14:05:00+09:00", "2026-11-20T14:05:00+09:00"),
            ("2026-11-20T06:00:00+09:00", "2026-11-20T09:00:00+09:00"),
            ("2026-11-20T17:00:00+09:00", "2026-11-24T09:00:00+09:00"),
            ("2026-11-21T10:00:00+09:00", "2026-11-24T09:00:00+09:00"),
        ] {
            assert_eq!(super::in_business_hours(at(written), &settings, &calendar), at(sent), "{written}");
        }
    }

    #[test]
    fn a_hold_lasts_over_the_weekend_and_its_company_is_warned() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let slot = at("2026-12-01T10:00:00+09:00");
        for (from, until, warned) in [
            ("2026-11-18T10:00:00+09:00", "2026-11-19T10:00:00+09:00", "2026-11-18T14:00:00+09:00"),
            ("2026-11-20T14:05:00+09:00", "2026-11-24T14:05:00+09:00", "2026-11-24T10:05:00+09:00"),
            ("2026-11-20T20:00:00+09:00", "2026-11-25T09:00:00+09:00", "2026-11-24T13:00:00+09:00"),
            ("2026-11-30T10:00:00+09:00", "2026-11-30T17:00:00+09:00", "2026-11-30T13:00:00+09:00"),
        ] {
            let held = super::hold_until(at(from), 24, slot, &settings, &calendar);
            assert_eq!(held, at(until), "{from}");
            assert_eq!(super::hold_warned_at(held, &settings, &calendar), at(warned), "{from}");
        }
    }

    /// Settings that can be saved, with every number on which the times around an appointment depend.
    fn settings() -> impl Strategy<Value = Settings> {
        let hours = (0..23_u8).prop_flat_map(|opens| (Just(opens), opens + 1..=24, 0..24_u8, 0..24_u8));
        let days = (1..=60_u16, 1..=10_u16, 1..=240_u16, 1..=24_u16, 0..=60_u16);
        (hours, days).prop_map(|((opens, closes, change, mail), (reply, notice, hold, warning, ahead))| {
            Settings {
                opens_hour: opens,
                closes_hour: closes,
                change_until_hour: change,
                mail_hour: mail,
                reply_days: reply,
                answer_notice_days: notice,
                unconfirmed_hold_hours: hold,
                hold_warning_hours: warning,
                notice_days: ahead,
                ..Settings::default()
            }
        })
    }

    fn calendar() -> impl Strategy<Value = BusinessCalendar> {
        let first: NaiveDate = day("2026-04-01");
        let closed = (0..500_i64).prop_map(move |it| first + chrono::TimeDelta::days(it));
        prop::collection::btree_set(closed, 0..60).prop_map(|it| BusinessCalendar::new(it, 2027))
    }

    #[test]
    fn a_hold_gets_back_the_hours_that_a_new_closing_day_takes_from_it() {
        let (settings, before) = (Settings::default(), BusinessCalendar::default());
        let closed = |text| BusinessCalendar::new([day(text)].into(), 2027);
        let slot = at("2026-12-01T10:00:00+09:00");
        let (now, until) = (at("2026-11-18T10:00:00+09:00"), at("2026-11-19T10:00:00+09:00"));
        let moved = |now, until, closed: BusinessCalendar| {
            super::hold_moved(now, until, slot, &settings, (&before, &closed))
        };
        assert_eq!(moved(now, until, before.clone()), until);
        assert_eq!(moved(now, until, closed("2026-11-25")), until, "the day comes after the hold");
        assert_eq!(moved(now, until, closed("2026-11-19")), at("2026-11-20T10:00:00+09:00"));
        // The weekend and the holiday within the hold did not count before, and do not count now.
        let (now, until) = (at("2026-11-20T14:05:00+09:00"), at("2026-11-24T14:05:00+09:00"));
        assert_eq!(moved(now, until, closed("2026-11-24")), at("2026-11-25T14:05:00+09:00"));
        let last = at("2026-11-30T17:00:00+09:00");
        assert_eq!(moved(now, last, closed("2026-11-30")), last, "the company has to hear by then");
    }

    proptest! {
        /// Nothing that is due because of an appointment comes after what it is for.
        #[test]
        fn no_time_lies_after_what_it_is_for(
            settings in settings(), calendar in calendar(), now in 0..400_000_i64, ahead in 1..120_000_i64
        ) {
            prop_assert_eq!(settings.check(), []);
            let now = at("2026-04-01T00:00:00Z") + chrono::TimeDelta::minutes(now);
            let slot = now + chrono::TimeDelta::minutes(ahead);
            let heard = super::heard_by(slot, &settings, &calendar);
            prop_assert!(heard < slot && change_until(slot, &settings, &calendar) < slot);
            prop_assert!(heard <= change_until(slot, &settings, &calendar), "the company hears while it can still change");
            let reply = Due::reply_before(&settings, &calendar, now, slot).at().unwrap();
            prop_assert!(reply <= heard, "an answer comes before the company has to hear");
            let until = hold_until(now, settings.unconfirmed_hold_hours, slot, &settings, &calendar);
            prop_assert!(until <= heard, "the hold ends before the company has to hear");
            let warned = hold_warned_at(until, &settings, &calendar);
            prop_assert!(warned < until, "the company is warned before the end of the hold");
            prop_assert!(until < super::hold_looked_at(warned, &settings, &calendar), "it is found by then");
            prop_assert_eq!(in_business_hours(warned, &settings, &calendar), warned, "in opening hours");
            let limit = change_until(slot, &settings, &calendar);
            let offer = crate::booking::waiting_list::held_until(now, limit, &settings, &calendar);
            prop_assert!(offer <= limit, "an offer ends before the freed time can be changed no more");
            if let Some(reminder) = reminder_at(slot, now, &settings, &calendar) {
                prop_assert!(now < reminder && reminder < slot);
            }
            let notified = notified_at(now, Some(slot), &settings, &calendar);
            prop_assert!(notified < slot, "of a change before the appointment");
        }

        #[test]
        fn a_reminder_goes_out_after_the_booking_and_before_the_appointment(
            start in 0..200_000_i64, ahead in 0..90_000_i64
        ) {
            let starts_at = at("2026-04-01T00:00:00Z") + chrono::TimeDelta::minutes(start);
            let booked_at = starts_at - chrono::TimeDelta::minutes(ahead);
            let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
            if let Some(reminder) = reminder_at(starts_at, booked_at, &settings, &calendar) {
                prop_assert!(booked_at < reminder && reminder < starts_at);
            }
        }
    }
}
