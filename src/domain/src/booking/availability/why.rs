//! The reasons why a day or a slot cannot be booked.
use super::{
    day::Day,
    pool::{DayStatus, Pool},
    quarter::Slot,
    search::{SlotQuery, Window},
};
use crate::{field::Field, id::ExpertId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The first reason against an appointment with one expert, in the order of the variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    /// The expert is not in the pool, has none of the fields, or cannot meet this company in this way.
    Unsuited,
    /// The day is before the minimum notice is over.
    Notice,
    /// The day is beyond the booking horizon, or beyond the pool's days.
    Horizon,
    /// The day is after the programme's last day of appointments.
    #[serde(rename = "last_session")]
    LastAppointment,
    Closed,
    Absent,
    /// The expert has as many appointments as they take in a day.
    DayFull,
    /// The expert has as many appointments as they take in a week, Monday to Sunday.
    WeekFull,
    /// The expert's open hours have no room for the appointment, even if nothing were booked.
    NoHours,
    Occupied,
    /// The appointment itself would fit, but not with its travel or buffer, or not with the travel to or from a
    /// visit.
    Travel,
}

impl Blocked {
    /// Returns the sentence that the center's pages show.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Unsuited => "この形式の相談に対応していません",
            Self::Notice => "受付の締切を過ぎた日時です",
            Self::Horizon => "まだ予約を受け付けていない日時です",
            Self::LastAppointment => "今年度の相談期間を過ぎた日時です",
            Self::Closed => "相談センターの休業日です",
            Self::Absent => "この日は不在です",
            Self::DayFull => "1日の件数の上限に達しています",
            Self::WeekFull => "1週間の件数の上限に達しています",
            Self::NoHours => "この日時は受付時間外です",
            Self::Occupied => "この日時は予定があります",
            Self::Travel => "前後の予定との間に、移動や準備の時間がとれません",
        }
    }
}

/// The numbers of experts who have a start on a day, and who have none, by the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhyNone {
    /// The number of experts who have a start. If both fields are asked for, there can be such experts although no
    /// two of them are free at the same time.
    pub free: u32,
    /// The number of experts who have no start, by the reason.
    pub blocked: BTreeMap<Blocked, u32>,
}

impl Window {
    fn blocks(&self, date: NaiveDate) -> Option<Blocked> {
        if date < self.earliest {
            Some(Blocked::Notice)
        } else if date > self.horizon {
            Some(Blocked::Horizon)
        } else if self.last_appointment.is_some_and(|it| date > it) {
            Some(Blocked::LastAppointment)
        } else {
            None
        }
    }
}

impl Pool {
    /// Counts every expert of the pool by the reason against an appointment on `date`. O(experts).
    pub fn why_none(&self, ask: &SlotQuery, date: NaiveDate) -> WhyNone {
        let mut why = WhyNone::default();
        for place in 0..self.members.len() {
            match self.blocks(ask, place, date, ask.starts) {
                None => why.free += 1,
                Some(blocked) => *why.blocked.entry(blocked).or_default() += 1,
            }
        }
        why
    }

    /// Returns the reason against an appointment on `date` with the expert at `place`; `None` if they have a start.
    /// O(log 64).
    pub fn why_not_on(&self, ask: &SlotQuery, place: usize, date: NaiveDate) -> Option<Blocked> {
        self.blocks(ask, place, date, ask.starts)
    }

    /// Returns the reason against an appointment with this expert at this slot; `None` if they are free. O(experts).
    ///
    /// If both fields are asked for, an expert who has one of them counts as suited. The slot need not be one of the
    /// starts on offer.
    pub fn why_not(&self, ask: &SlotQuery, expert: ExpertId, slot: Slot) -> Option<Blocked> {
        match self.place(expert) {
            Some(place) => self.blocks(ask, place, slot.date(), Day(1 << slot.quarter())),
            None => Some(Blocked::Unsuited),
        }
    }

    fn blocks(&self, ask: &SlotQuery, place: usize, date: NaiveDate, starts: Day) -> Option<Blocked> {
        let has_field = |field: Field| self.members.get(place).is_some_and(|it| it.fields.contains(field));
        let footprint = ask.footprints.get(place).copied().flatten();
        let Some(footprint) = footprint.filter(|_| ask.fields.iter().any(has_field)) else {
            return Some(Blocked::Unsuited);
        };
        if let Some(blocked) = ask.window.blocks(date) {
            return Some(blocked);
        }
        let Some(cell) = self.day(date).and_then(|day| self.cells(day).get(place)) else {
            return Some(Blocked::Horizon);
        };
        match cell.standing {
            DayStatus::Closed => return Some(Blocked::Closed),
            DayStatus::Absent => return Some(Blocked::Absent),
            DayStatus::DayFull => return Some(Blocked::DayFull),
            DayStatus::WeekFull => return Some(Blocked::WeekFull),
            DayStatus::Working => {}
        }
        let none = |day: Day| day.intersection(starts).is_empty();
        if none(footprint.starts(cell.open, Day::NONE)) {
            Some(Blocked::NoHours)
        } else if none(cell.open.starts_for(footprint.length, 0, 0, self.appointments(cell))) {
            Some(Blocked::Occupied)
        } else if none(self.starts(cell, footprint)) {
            Some(Blocked::Travel)
        } else {
            None
        }
    }
}
