//! The times of a survey: the reminder, the end of unfinished answers, and the erasure.
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::{
    calendar::{at_japan, japan_date},
    settings::Settings,
    wording::{month_day_time, month_day_weekday},
};

/// The days before the closing day on which those are reminded who have not answered.
const REMINDED_BEFORE: TimeDelta = TimeDelta::days(7);

/// The time that lies at least between an invitation and its reminder.
const BETWEEN_MAILS: TimeDelta = TimeDelta::days(2);

/// The time after the closing for which it is kept who was invited, with the mails.
pub const ADDRESSES_KEPT: TimeDelta = TimeDelta::days(90);

/// The time after the closing for which answers in words are kept. Choices and numbers stay.
pub const TEXTS_KEPT: TimeDelta = TimeDelta::days(365);

/// The time for which unfinished answers are kept after they were saved last.
pub const IDLE_KEPT: TimeDelta = TimeDelta::days(30);

/// The facts that decide when the next step of a survey is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SurveyTimes {
    /// The last day on which answers are taken, and the instant after which they are not.
    pub closes_on: NaiveDate,
    pub closes_at: DateTime<Utc>,
    pub is_reminded: bool,
    pub is_closed: bool,
    pub is_erased: bool,
    pub are_texts_erased: bool,
}

/// Returns the words for `closes_at`, the instant after which no answers are taken; midnight is the end of a day.
pub fn closing_words(closes_at: DateTime<Utc>) -> String {
    if at_japan(japan_date(closes_at), 0, 0) == closes_at {
        month_day_weekday(japan_date(closes_at - TimeDelta::seconds(1)))
    } else {
        month_day_time(closes_at)
    }
}

/// Returns when those are reminded who were invited and have not answered.
pub fn reminder_at(closes_on: NaiveDate, settings: &Settings) -> DateTime<Utc> {
    at_japan(closes_on - REMINDED_BEFORE, settings.mail_hour, 0)
}

/// Returns the last instant of an invitation that is followed by a reminder at `now`.
pub fn reminds_invited_before(now: DateTime<Utc>) -> DateTime<Utc> {
    now - BETWEEN_MAILS
}

/// Returns when the next step is due; `None` if nothing is left to do.
pub fn next_step_at(it: &SurveyTimes, settings: &Settings) -> Option<DateTime<Utc>> {
    let reminder = reminder_at(it.closes_on, settings);
    let steps = [
        (!it.is_reminded && !it.is_closed && reminder < it.closes_at).then_some(reminder),
        (!it.is_closed).then_some(it.closes_at),
        (!it.is_erased).then(|| it.closes_at + ADDRESSES_KEPT),
        (!it.are_texts_erased).then(|| it.closes_at + TEXTS_KEPT),
    ];
    steps.into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::{at_japan, closing_words};

    #[test]
    fn midnight_is_the_end_of_the_closing_day() {
        let closes_on = "2026-12-31".parse().unwrap();
        assert_eq!(closing_words(at_japan(closes_on, 24, 0)), "12月31日（木）");
        assert_eq!(closing_words(at_japan(closes_on, 15, 0)), "12月31日（木）15:00");
    }
}
