//! Chooses, holds and confirms times.
use chrono::{DateTime, TimeDelta, Utc};
use codes::AppointmentStatus;
use domain::{
    booking::{appointment::AppointmentMode, availability::Slot},
    calendar::japan_date,
};
use entity::appointment;
use uuid::Uuid;

use super::Telling;
use crate::demo::fill::{diary, plan::Goal};

/// An appointment with its experts and the quarter hours that it occupies while it is held or confirmed.
pub(in crate::demo::fill) struct FilledAppointment {
    pub row: appointment::Model,
    pub experts: Vec<Uuid>,
    /// Pairs of expert and absolute quarter hour.
    pub cells: Vec<(Uuid, i64)>,
}

impl FilledAppointment {
    pub fn is_live(&self) -> bool {
        self.row.ended_at.is_none()
    }

    pub fn end(&mut self, state: AppointmentStatus, at: DateTime<Utc>) {
        self.row.state = state.into();
        self.row.ended_at = Some(at);
        self.cells.clear();
    }
}

impl Telling<'_> {
    /// Books an appointment: a future one if the goal is a booking, else a past one. Returns false if no expert is
    /// free.
    pub(super) fn book_for(&mut self, goal: Goal) -> bool {
        let today = japan_date(self.world.now);
        let slot = if goal == Goal::Booked {
            let first = self.world.calendar.next_business_day(today);
            self.diary.take(self.world, &self.arrangement, first, today + TimeDelta::days(50), self.dice)
        } else {
            let from = japan_date(self.at) + TimeDelta::days(3);
            let last = self.world.calendar.previous_business_day(today).min(from + TimeDelta::days(9));
            let from = from.min(last);
            let free = self.diary.take(self.world, &self.arrangement, from, last, self.dice);
            // A past appointment occupies no quarter hours any more.
            free.or_else(|| Slot::new(self.world.calendar.add_business_days(from, 0).min(last), 28))
        };
        slot.is_some_and(|slot| {
            self.book(slot, AppointmentStatus::Confirmed, None);
            true
        })
    }

    /// Holds a slot for the company while an expert is asked.
    pub(super) fn hold(&mut self, until: Option<DateTime<Utc>>) {
        let today = japan_date(self.world.now);
        let first = self.world.calendar.add_business_days(today, 3);
        let last = today + TimeDelta::days(50);
        if let Some(slot) = self.diary.take(self.world, &self.arrangement, first, last, self.dice) {
            self.book(slot, AppointmentStatus::Held, until);
        }
    }

    /// Holds a slot that was chosen with the application, for a day, until the address is confirmed.
    pub(super) fn hold_while_unconfirmed(&mut self) {
        let until = self.opening.outline.received_at + TimeDelta::hours(24);
        if self.story.address_confirmed_at.is_none() && until > self.world.now && self.dice.chance(60) {
            self.at = self.opening.outline.received_at;
            self.hold(Some(until));
        }
    }

    fn book(&mut self, slot: Slot, state: AppointmentStatus, held_until: Option<DateTime<Utc>>) {
        let id = self.dice.id(self.at);
        let mut it = FilledAppointment {
            row: appointment::Model {
                id,
                consultation_id: Some(self.story.it.id.0),
                draft_id: None,
                waiting_id: None,
                state: state.into(),
                starts_at: slot.start(),
                ends_at: slot.start(),
                mode: self.arrangement.mode.into(),
                place: String::new(),
                site: (self.arrangement.mode == AppointmentMode::Visit)
                    .then(|| self.arrangement.site.code().into()),
                uid: format!("{id}@example.jp"),
                sequence: 0,
                held_until,
                created_at: self.at,
                ended_at: None,
                end_reason: None,
                makes_up: false,
            },
            experts: Vec::new(),
            cells: Vec::new(),
        };
        for &(place, _) in &self.arrangement.team {
            let Some(expert) = self.world.staff.experts.get(place) else { continue };
            let footprint = diary::footprint(self.world, &self.arrangement, expert, slot);
            it.row.ends_at = slot.start() + TimeDelta::minutes(i64::from(footprint.length) * 15);
            it.cells.extend(footprint.cells(slot).map(|quarter| (expert.id, quarter)));
            it.experts.push(expert.id);
            if it.row.place.is_empty() {
                it.row.place = match self.arrangement.mode {
                    AppointmentMode::Online => expert.video_url.clone(),
                    AppointmentMode::Visit => self.opening.address.clone(),
                };
            }
        }
        self.story.appointments.push(it);
    }
}
