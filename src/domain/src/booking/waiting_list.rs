//! Companies that wait for an earlier time (空き待ち): their preferred times, and the order in which they are offered a
//! freed time.
use std::{cmp::Ordering, collections::BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use codes::codes;
pub use codes::{WaitingEndReason, WaitingOfferState};
use serde::{Deserialize, Serialize};

use crate::{
    booking::availability::Slot,
    calendar::{BusinessCalendar, at_japan, japan_date},
    consultation::State,
    id::{WaitingId, WaitingOfferId},
    settings::Settings,
    wording,
};

/// The number of preferred times that a company can have at once.
pub const MOST_PREFERRED_TIMES: usize = 3;
/// The time for which a freed time is held for one company. Hours during which the center is open.
pub const OFFER_HOURS: u16 = 4;
/// 12:00 Japan time, in quarter hours since 6:00.
const NOON: u8 = 24;

/// Times that would suit a company. Every condition that is given has to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimePreference {
    pub weekday: Option<Weekday>,
    pub part: Option<HalfDay>,
    /// The first day that suits; `until` is the last one.
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

codes! {
    /// A half of the day. The start of an appointment decides to which half it belongs.
    pub enum HalfDay {
        Morning = "morning" => "午前",
        Afternoon = "afternoon" => "午後",
    }
}

/// A company that waits for an earlier time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingListEntry {
    pub id: WaitingId,
    pub since: DateTime<Utc>,
    pub preferred_times: Vec<TimePreference>,
    /// The number of offers that the company declined or did not answer.
    pub turned_down: u16,
}

/// A freed time that is held for one company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingOffer {
    pub id: WaitingOfferId,
    pub waiting: WaitingId,
    pub starts_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub state: WaitingOfferState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WaitingOfferRefused {
    #[error("このご案内の期限は過ぎました。日時は、次にお待ちの方にご案内しています。")]
    Lapsed,
    #[error("このご案内は、見送りとして承っています。")]
    Declined,
    #[error("このご案内は、取り消されました。")]
    Withdrawn,
    #[error("このご案内の日時は、すでに予約済みです。")]
    Accepted,
}

impl HalfDay {
    const fn has(self, slot: Slot) -> bool {
        match self {
            Self::Morning => slot.quarter() < NOON,
            Self::Afternoon => slot.quarter() >= NOON,
        }
    }
}

impl TimePreference {
    pub fn fits(&self, slot: Slot) -> bool {
        let date = slot.date();
        self.weekday.is_none_or(|it| it == date.weekday())
            && self.part.is_none_or(|it| it.has(slot))
            && self.from.is_none_or(|it| it <= date)
            && self.until.is_none_or(|it| date <= it)
    }

    /// Returns the preference in Japanese: 「11月24日（火）から11月27日（金） 火曜日 午前」.
    pub fn label(&self) -> String {
        let period = match (self.from, self.until) {
            (Some(from), Some(until)) => {
                Some(format!("{}から{}", wording::month_day_weekday(from), wording::month_day_weekday(until)))
            }
            (Some(from), None) => Some(format!("{}以後", wording::month_day_weekday(from))),
            (None, Some(until)) => Some(format!("{}まで", wording::month_day_weekday(until))),
            (None, None) => None,
        };
        let weekday = self.weekday.map(|it| format!("{}曜日", weekday_label(it)));
        let part = self.part.map(|it| it.label().to_owned());
        let said: Vec<_> = [period, weekday, part].into_iter().flatten().collect();
        if said.is_empty() { "いつでも".to_owned() } else { said.join("　") }
    }
}

/// Returns the weekday in one character: 「月」.
pub const fn weekday_label(it: Weekday) -> &'static str {
    match it {
        Weekday::Mon => "月",
        Weekday::Tue => "火",
        Weekday::Wed => "水",
        Weekday::Thu => "木",
        Weekday::Fri => "金",
        Weekday::Sat => "土",
        Weekday::Sun => "日",
    }
}

impl WaitingListEntry {
    pub fn wants(&self, slot: Slot) -> bool {
        self.preferred_times.iter().any(|it| it.fits(slot))
    }

    /// Compares two entries by the order in which they are offered a freed time: the company that has turned down
    /// fewer offers comes first, and among equals the company that has waited longer.
    ///
    /// A company that turns an offer down goes behind all that have turned down fewer, so that no company is passed
    /// over twice in a row by the same company.
    pub fn before(&self, other: &Self) -> Ordering {
        (self.turned_down, self.since, self.id).cmp(&(other.turned_down, other.since, other.id))
    }

    /// Returns the earliest of the `free` times that the company wants and that is an improvement: before the
    /// appointment that it has, and not offered to it before.
    pub fn choice(
        &self,
        free: &[Slot],
        booked: Option<DateTime<Utc>>,
        offered: &BTreeSet<DateTime<Utc>>,
    ) -> Option<Slot> {
        let better = |it: &Slot| booked.is_none_or(|at| it.start() < at);
        let fresh = |it: &Slot| !offered.contains(&it.start());
        free.iter().copied().filter(|it| self.wants(*it) && better(it) && fresh(it)).min()
    }
}

impl WaitingOffer {
    pub fn accept(self, now: DateTime<Utc>) -> Result<Self, WaitingOfferRefused> {
        self.answered(WaitingOfferState::Accepted, now)
    }

    pub fn decline(self, now: DateTime<Utc>) -> Result<Self, WaitingOfferRefused> {
        self.answered(WaitingOfferState::Declined, now)
    }

    /// Ends an open offer whose time is over; `None` if the offer is not open or still has time.
    pub fn lapse(self, now: DateTime<Utc>) -> Option<Self> {
        (self.state == WaitingOfferState::Open && self.until <= now)
            .then_some(Self { state: WaitingOfferState::Lapsed, ..self })
    }

    /// Takes an open offer back; `None` if the offer is not open.
    pub fn withdraw(self) -> Option<Self> {
        (self.state == WaitingOfferState::Open)
            .then_some(Self { state: WaitingOfferState::Withdrawn, ..self })
    }

    /// Returns whether the offer can still be answered.
    pub fn stands(&self, now: DateTime<Utc>) -> bool {
        self.state == WaitingOfferState::Open && now < self.until
    }

    fn answered(self, state: WaitingOfferState, now: DateTime<Utc>) -> Result<Self, WaitingOfferRefused> {
        match self.state {
            WaitingOfferState::Open if now < self.until => Ok(Self { state, ..self }),
            WaitingOfferState::Open | WaitingOfferState::Lapsed => Err(WaitingOfferRefused::Lapsed),
            WaitingOfferState::Accepted => Err(WaitingOfferRefused::Accepted),
            WaitingOfferState::Declined => Err(WaitingOfferRefused::Declined),
            WaitingOfferState::Withdrawn => Err(WaitingOfferRefused::Withdrawn),
        }
    }
}

/// Returns whether a company can wait: it has a time to choose, or an appointment that it may still move, which it
/// may until `limit`.
pub fn may_wait(state: &State, limit: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    match state {
        State::Scheduling => true,
        State::Booked => limit.is_some_and(|it| now < it),
        State::Received
        | State::Checking
        | State::WaitingCompany
        | State::Matching
        | State::Consulted
        | State::FollowUp
        | State::Completed
        | State::Withdrawn
        | State::Unfulfilled { .. }
        | State::Referred { .. } => false,
    }
}

/// Returns until when an offer made at `now` is held: for `OFFER_HOURS` of opening hours, at most until `limit`.
pub fn held_until(
    now: DateTime<Utc>,
    limit: DateTime<Utc>,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> DateTime<Utc> {
    opening_hours_after(now, OFFER_HOURS, settings, calendar).min(limit)
}

/// Returns when the center has been open for `hours` since `now`. Settings without opening hours give `now`.
fn opening_hours_after(
    now: DateTime<Utc>,
    hours: u16,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> DateTime<Utc> {
    if settings.opens_hour >= settings.closes_hour {
        return now;
    }
    let mut left = TimeDelta::hours(i64::from(hours));
    let mut day = calendar.add_business_days(japan_date(now), 0);
    loop {
        let opens = at_japan(day, settings.opens_hour, 0).max(now);
        let closes = at_japan(day, settings.closes_hour, 0);
        let open = (closes - opens).max(TimeDelta::zero());
        if left <= open {
            return opens + left;
        }
        left -= open;
        let next = calendar.next_business_day(day);
        if next <= day {
            return closes;
        }
        day = next;
    }
}

#[cfg(test)]
mod tests;
