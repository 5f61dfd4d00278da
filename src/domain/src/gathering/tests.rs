use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::{
    calendar::{BusinessCalendar, at_japan},
    settings::Settings,
};

fn start() -> DateTime<Utc> {
    at_japan("2026-12-10".parse().unwrap(), 13, 0)
}

#[test]
fn a_number_is_the_smallest_that_is_free() {
    assert_eq!(first_free_number([]), 1);
    assert_eq!(first_free_number([1, 2, 4]), 3);
    assert_eq!(first_free_number([2, 3]), 1);
    assert_eq!(first_free_number([1, 2, 3]), 4);
}

#[test]
fn freed_seats_go_to_those_who_have_waited_longest() {
    assert_eq!(offers(3, &[2], &["a", "b", "c"]), [("a", 1), ("b", 3)]);
    assert_eq!(offers(2, &[5, 6, 7], &["a"]), [], "an editor has reduced the number of seats");
    assert_eq!(offers(2, &[], &[] as &[&str]), []);
}

#[test]
fn people_who_wait_are_not_overtaken() {
    let of = |capacity, taken, waiting| SeatCount { capacity, taken, waiting }.admission();
    assert_eq!(of(2, 1, 0), Admission::Seat);
    assert_eq!(of(2, 2, 0), Admission::Waits);
    assert_eq!(of(2, 1, 1), Admission::Waits);
    assert_eq!(of(2, 2, MOST_WAITING), Admission::Full);
}

#[test]
fn a_seat_is_held_for_a_day_and_later_for_half_of_what_is_left() {
    let until = |kind, before: TimeDelta| answer_until(kind, start(), start() - before);
    let venue = |before| until(SeatKind::Venue, before);
    assert_eq!(venue(TimeDelta::days(9)), Some(start() - TimeDelta::days(8)));
    assert_eq!(venue(TimeDelta::hours(13)), Some(start() - TimeDelta::hours(8)));
    assert_eq!(venue(TimeDelta::minutes(190)), Some(start() - TimeDelta::hours(3)));
    assert_eq!(venue(TimeDelta::hours(3)), None);
    assert_eq!(until(SeatKind::Online, TimeDelta::hours(3)), Some(start() - TimeDelta::hours(2)));
}

#[test]
fn the_mails_of_an_event_come_on_business_days() {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    // 14 December 2026 is a Monday.
    let monday = at_japan("2026-12-14".parse().unwrap(), 10, 0);
    assert_eq!(day_reminder_at(monday, &settings, &calendar), at_japan("2026-12-11".parse().unwrap(), 10, 0));
    let friday = at_japan("2026-12-11".parse().unwrap(), 17, 0);
    let thanks = |has_materials| thanks_at(friday, has_materials, &settings, &calendar);
    assert_eq!(thanks(true), monday);
    assert_eq!(thanks(false), at_japan("2026-12-16".parse().unwrap(), 10, 0));
}

#[test]
fn an_event_has_a_next_step_until_it_is_erased() {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let next = |it: &EventTimes| next_step_at(it, &settings, &calendar);
    let fresh = EventTimes {
        starts_at: start(),
        ends_at: start() + TimeDelta::hours(2),
        is_called_off: false,
        asks_for_link: false,
        waits: [false, false],
        offer_until: None,
        has_materials: true,
        is_thanked: false,
        is_erased: false,
    };
    let erased_at = fresh.ends_at + KEPT;
    assert_eq!(next(&fresh), Some(at_japan("2026-12-11".parse().unwrap(), 10, 0)));
    assert_eq!(next(&EventTimes { waits: [true, false], ..fresh }), Some(start() - TimeDelta::hours(3)));
    let asked_at = day_reminder_at(start(), &settings, &calendar);
    assert_eq!(next(&EventTimes { asks_for_link: true, ..fresh }), Some(asked_at));
    let offer = start() - TimeDelta::days(2);
    assert_eq!(next(&EventTimes { offer_until: Some(offer), waits: [true, true], ..fresh }), Some(offer));
    assert_eq!(next(&EventTimes { is_called_off: true, ..fresh }), Some(erased_at));
    let thanked = EventTimes { is_thanked: true, ..fresh };
    assert_eq!(next(&thanked), Some(erased_at));
    assert_eq!(next(&EventTimes { is_erased: true, ..thanked }), None);
}

#[test]
fn acts_that_come_twice_or_too_late_are_told_apart() {
    let now = start() - TimeDelta::days(5);
    let unconfirmed = SignUpState::Unconfirmed { until: now + CONFIRM_WITHIN };
    let seated = unconfirmed.confirm(Admission::Seat, 7, now);
    assert_eq!(seated, Ok(SignUpState::Seated { number: 7 }));
    assert_eq!(seated.unwrap().confirm(Admission::Full, 9, now), seated, "the button was pressed twice");
    assert_eq!(
        unconfirmed.confirm(Admission::Seat, 7, now + CONFIRM_WITHIN),
        Err(SignUpRefused::ConfirmedTooLate)
    );
    assert_eq!(unconfirmed.confirm(Admission::Full, 7, now), Err(SignUpRefused::Full));
    let waiting = unconfirmed.confirm(Admission::Waits, 7, now).unwrap();
    assert_eq!(waiting.accept(now), Err(SignUpRefused::NotNow));
    let offered = waiting.offer(3, now + TimeDelta::hours(1)).unwrap();
    assert_eq!(offered.accept(now), Ok(SignUpState::Seated { number: 3 }));
    assert_eq!(offered.lapse(now), None);
    let later = now + TimeDelta::hours(1);
    assert_eq!(offered.accept(later), Err(SignUpRefused::OfferOver));
    assert_eq!(offered.lapse(later), Some(SignUpState::Ended));
    assert_eq!(offered.cancel(), Ok(SignUpState::Cancelled));
    assert_eq!(SignUpState::Cancelled.cancel(), Ok(SignUpState::Cancelled));
    assert_eq!(SignUpState::Cancelled.accept(now), Err(SignUpRefused::Cancelled));
    assert_eq!(seated.unwrap().offer(1, now), Err(SignUpRefused::NotNow));
}

/// One act in a room with few seats; the number names a sign-up.
#[derive(Clone, Copy, Debug)]
enum Act {
    Confirm,
    Accept(usize),
    Cancel(usize),
    Wait(i64),
    Resize(u32),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Confirm),
        2 => (0..60_usize).prop_map(Act::Accept),
        3 => (0..60_usize).prop_map(Act::Cancel),
        1 => (1..30_i64).prop_map(Act::Wait),
        1 => (0..6_u32).prop_map(Act::Resize),
    ]
}

/// A room as the operations keep it: after every act offers lapse, and freed seats are offered.
struct Room {
    capacity: u32,
    now: DateTime<Utc>,
    all: Vec<SignUpState>,
}

impl Room {
    fn numbers(&self) -> Vec<i32> {
        let mut numbers: Vec<_> = self.all.iter().filter_map(|it| it.number()).collect();
        numbers.sort_unstable();
        numbers
    }

    fn waiting(&self) -> Vec<usize> {
        let of = |(n, it): (usize, &SignUpState)| {
            if let SignUpState::Waiting { since } = it { Some((*since, n)) } else { None }
        };
        let mut waiting: Vec<_> = self.all.iter().enumerate().filter_map(of).collect();
        waiting.sort_unstable();
        waiting.into_iter().map(|it| it.1).collect()
    }

    fn tend(&mut self) {
        for it in &mut self.all {
            *it = it.lapse(self.now).unwrap_or(*it);
        }
        for (who, number) in offers(self.capacity, &self.numbers(), &self.waiting()) {
            if let Some(until) = answer_until(SeatKind::Venue, start(), self.now) {
                self.all[who] = self.all[who].offer(number, until).unwrap();
            }
        }
    }

    fn count(&self) -> SeatCount {
        SeatCount {
            capacity: self.capacity,
            taken: u32::try_from(self.numbers().len()).unwrap(),
            waiting: u32::try_from(self.waiting().len()).unwrap(),
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Confirm => {
                let it = SignUpState::Unconfirmed { until: self.now + CONFIRM_WITHIN };
                let free = first_free_number(self.numbers());
                self.all.extend(it.confirm(self.count().admission(), free, self.now));
            }
            Act::Accept(n) if n < self.all.len() => {
                self.all[n] = self.all[n].accept(self.now).unwrap_or(self.all[n]);
            }
            Act::Cancel(n) if n < self.all.len() => self.all[n] = self.all[n].cancel().unwrap(),
            Act::Wait(hours) => self.now += TimeDelta::hours(hours),
            Act::Resize(capacity) => self.capacity = capacity,
            Act::Accept(_) | Act::Cancel(_) => {}
        }
        self.tend();
    }
}

proptest! {
    #[test]
    fn an_offer_ends_after_now_within_a_day_and_before_the_last_call(minutes in 1..20_000_i64, online: bool) {
        let kind = if online { SeatKind::Online } else { SeatKind::Venue };
        let now = start() - TimeDelta::minutes(minutes);
        match answer_until(kind, start(), now) {
            Some(until) => {
                prop_assert!(until > now && until <= last_call(kind, start()));
                prop_assert!(until - now <= TimeDelta::hours(24));
            }
            None => prop_assert!(now >= last_call(kind, start())),
        }
    }

    #[test]
    fn seats_are_never_given_twice_nor_left_free_while_somebody_waits(
        capacity in 0..5_u32, acts in prop::collection::vec(act(), 0..80)
    ) {
        let mut room = Room { capacity, now: start() - TimeDelta::days(20), all: Vec::new() };
        for act in acts {
            let before = room.numbers().len();
            room.act(act);
            let numbers = room.numbers();
            prop_assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len(), "a seat twice");
            let limit = usize::try_from(room.capacity).unwrap().max(before);
            prop_assert!(numbers.len() <= limit, "{} of {} seats", numbers.len(), room.capacity);
            let is_late = room.now >= last_call(SeatKind::Venue, start());
            prop_assert!(room.count().free() == 0 || room.waiting().is_empty() || is_late);
        }
    }

    #[test]
    fn an_act_leads_to_a_state_with_a_seat_only_from_one_that_may(number in 1..9_i32, which in 0..7_usize) {
        let now = start() - TimeDelta::days(3);
        let until = now + TimeDelta::hours(2);
        let state = [
            SignUpState::Unconfirmed { until },
            SignUpState::Waiting { since: now },
            SignUpState::Offered { number, until },
            SignUpState::Seated { number },
            SignUpState::Cancelled,
            SignUpState::Ended,
            SignUpState::WalkIn,
        ][which];
        if let Ok(after) = state.accept(now) {
            prop_assert_eq!(after.number(), state.number(), "an acceptance changes no seat");
        }
        prop_assert!(state.cancel().is_ok_and(|it| it.number().is_none()) || state == SignUpState::WalkIn);
        prop_assert_eq!(state.number().is_some(), matches!(state.status(), SignUpStatus::Offered | SignUpStatus::Seated));
    }
}
