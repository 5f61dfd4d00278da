use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    HalfDay, TimePreference, WaitingListEntry, WaitingOffer, WaitingOfferRefused, WaitingOfferState,
    held_until,
};
use crate::{
    booking::availability::Slot,
    calendar::{BusinessCalendar, at_japan, japan_date},
    id::{WaitingId, WaitingOfferId},
    settings::Settings,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn slot(text: &str, quarter: u8) -> Slot {
    Slot::new(day(text), quarter).unwrap()
}

#[test]
fn a_preference_is_all_that_it_says() {
    let tuesday_ten = slot("2026-11-24", 16);
    let any = TimePreference::default();
    assert!(any.fits(tuesday_ten));
    for (preferred, fits) in [
        (TimePreference { weekday: Some(Weekday::Tue), ..any }, true),
        (TimePreference { weekday: Some(Weekday::Wed), ..any }, false),
        (TimePreference { part: Some(HalfDay::Morning), ..any }, true),
        (TimePreference { part: Some(HalfDay::Afternoon), ..any }, false),
        (TimePreference { from: Some(day("2026-11-24")), until: Some(day("2026-11-24")), ..any }, true),
        (TimePreference { from: Some(day("2026-11-25")), ..any }, false),
        (TimePreference { until: Some(day("2026-11-23")), ..any }, false),
        (TimePreference { weekday: Some(Weekday::Tue), part: Some(HalfDay::Afternoon), ..any }, false),
    ] {
        assert_eq!(preferred.fits(tuesday_ten), fits, "{preferred:?}");
    }
    assert!(
        TimePreference { part: Some(HalfDay::Afternoon), ..any }.fits(slot("2026-11-24", 24)),
        "noon is afternoon"
    );
    let morning = TimePreference { part: Some(HalfDay::Morning), ..any };
    assert!(morning.fits(slot("2026-11-24", 23)) && !morning.fits(slot("2026-11-24", 24)));
    assert_eq!(any.label(), "いつでも");
    let full = TimePreference {
        weekday: Some(Weekday::Tue),
        part: Some(HalfDay::Morning),
        from: Some(day("2026-11-24")),
        until: Some(day("2026-11-27")),
    };
    assert_eq!(full.label(), "11月24日（火）から11月27日（金）　火曜日　午前");
}

#[test]
fn an_offer_is_held_for_four_opening_hours() {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let far = at("2030-01-01T00:00:00Z");
    for (made, until) in [
        ("2026-11-20T09:00:00+09:00", "2026-11-20T13:00:00+09:00"),
        ("2026-11-20T13:00:00+09:00", "2026-11-20T17:00:00+09:00"),
        // Friday; Monday is a holiday.
        ("2026-11-20T14:05:00+09:00", "2026-11-24T10:05:00+09:00"),
        ("2026-11-20T20:00:00+09:00", "2026-11-24T13:00:00+09:00"),
        ("2026-11-21T03:00:00+09:00", "2026-11-24T13:00:00+09:00"),
        ("2026-11-20T03:00:00+09:00", "2026-11-20T13:00:00+09:00"),
    ] {
        assert_eq!(held_until(at(made), far, &settings, &calendar), at(until), "{made}");
    }
    let limit = at("2026-11-20T12:00:00+09:00");
    assert_eq!(held_until(at("2026-11-20T09:00:00+09:00"), limit, &settings, &calendar), limit);
}

/// Every state × every answer, in time and late.
#[test]
fn an_offer_is_answered_once_and_in_time() {
    let (now, until) = (at("2026-11-20T01:00:00Z"), at("2026-11-20T05:00:00Z"));
    let offer = |state| WaitingOffer {
        id: WaitingOfferId(Uuid::nil()),
        waiting: WaitingId(Uuid::nil()),
        starts_at: at("2026-11-26T01:00:00Z"),
        until,
        state,
    };
    for (state, in_time, late) in [
        (WaitingOfferState::Open, None, Some(WaitingOfferRefused::Lapsed)),
        (
            WaitingOfferState::Accepted,
            Some(WaitingOfferRefused::Accepted),
            Some(WaitingOfferRefused::Accepted),
        ),
        (
            WaitingOfferState::Declined,
            Some(WaitingOfferRefused::Declined),
            Some(WaitingOfferRefused::Declined),
        ),
        (WaitingOfferState::Lapsed, Some(WaitingOfferRefused::Lapsed), Some(WaitingOfferRefused::Lapsed)),
        (
            WaitingOfferState::Withdrawn,
            Some(WaitingOfferRefused::Withdrawn),
            Some(WaitingOfferRefused::Withdrawn),
        ),
    ] {
        for (at, refused) in [(now, in_time), (until, late)] {
            assert_eq!(offer(state).accept(at).err(), refused);
            assert_eq!(offer(state).decline(at).err(), refused);
        }
        let open = state == WaitingOfferState::Open;
        assert_eq!(offer(state).lapse(now), None);
        let becomes = |state| open.then_some(state);
        assert_eq!(offer(state).lapse(until).map(|it| it.state), becomes(WaitingOfferState::Lapsed));
        assert_eq!(offer(state).withdraw().map(|it| it.state), becomes(WaitingOfferState::Withdrawn));
        let answered = |it: Result<WaitingOffer, _>| it.ok().map(|it| it.state);
        assert_eq!(answered(offer(state).accept(now)), becomes(WaitingOfferState::Accepted));
        assert_eq!(answered(offer(state).decline(now)), becomes(WaitingOfferState::Declined));
        assert_eq!((offer(state).stands(now), offer(state).stands(until)), (open, false));
        assert_eq!(WaitingOfferState::from_code(state.code()), Some(state));
    }
}

fn slots() -> impl Strategy<Value = Vec<Slot>> {
    let one = (0..20_u64, 0..64_u8)
        .prop_map(|(days, quarter)| Slot::new(day("2026-11-20") + chrono::Days::new(days), quarter).unwrap());
    prop::collection::vec(one, 0..12)
}

fn preferred_times() -> impl Strategy<Value = Vec<TimePreference>> {
    let weekday = prop::option::of(prop::sample::select(vec![Weekday::Mon, Weekday::Tue, Weekday::Fri]));
    let part = prop::option::of(prop::sample::select(HalfDay::ALL.to_vec()));
    let preferred =
        (weekday, part, prop::option::of(0..20_u64)).prop_map(|(weekday, part, from)| TimePreference {
            weekday,
            part,
            from: from.map(|it| day("2026-11-20") + chrono::Days::new(it)),
            until: None,
        });
    prop::collection::vec(preferred, 1..=super::MOST_PREFERRED_TIMES)
}

fn queue() -> impl Strategy<Value = Vec<WaitingListEntry>> {
    prop::collection::vec((preferred_times(), 0..4_u16, 0..5_i64), 1..8).prop_map(|all| {
        all.into_iter()
            .zip(1_u128..)
            .map(|((preferred_times, turned_down, hours), id)| WaitingListEntry {
                id: WaitingId(Uuid::from_u128(id)),
                since: DateTime::UNIX_EPOCH + TimeDelta::hours(hours),
                preferred_times,
                turned_down,
            })
            .collect()
    })
}

/// Returns the first entry of the queue that has a choice among the free times, and this time.
fn first(queue: &[WaitingListEntry], free: &[Slot]) -> Option<(WaitingId, Slot)> {
    let mut queue: Vec<_> = queue.iter().collect();
    queue.sort_by(|a, b| a.before(b));
    queue.into_iter().find_map(|it| Some((it.id, it.choice(free, None, &BTreeSet::new())?)))
}

proptest! {
    #[test]
    fn a_choice_is_wanted_better_and_new(
        queue in queue(), free in slots(), booked in prop::option::of(0..20_u64), offered in slots()
    ) {
        let booked = booked.map(|it| at_japan(day("2026-11-20") + chrono::Days::new(it), 12, 0));
        let offered: BTreeSet<_> = offered.into_iter().map(Slot::start).collect();
        let good = |it: &WaitingListEntry, slot: Slot| {
            it.preferred_times.iter().any(|preferred| preferred.fits(slot))
                && booked.is_none_or(|at| slot.start() < at)
                && !offered.contains(&slot.start())
        };
        for it in &queue {
            match it.choice(&free, booked, &offered) {
                Some(slot) => {
                    prop_assert!(free.contains(&slot) && good(it, slot));
                    prop_assert!(free.iter().all(|&other| !good(it, other) || slot <= other), "the earliest");
                }
                None => prop_assert!(!free.iter().any(|&slot| good(it, slot))),
            }
        }
    }

    /// No other company that wanted the time has turned down fewer offers than the company that gets it, or as few
    /// and waited longer. The order in which the queue was read does not matter.
    #[test]
    fn the_company_at_the_head_of_the_queue_is_offered_the_time(queue in queue(), free in slots(), turn in 0..8_usize) {
        let mut turned = queue.clone();
        let by = turn % queue.len();
        turned.rotate_left(by);
        prop_assert_eq!(first(&queue, &free), first(&turned, &free));
        let Some((id, slot)) = first(&queue, &free) else {
            prop_assert!(queue.iter().all(|it| free.iter().all(|&slot| !it.wants(slot))));
            return Ok(());
        };
        let winner = queue.iter().find(|it| it.id == id).unwrap();
        prop_assert!(winner.wants(slot));
        for other in queue.iter().filter(|it| it.id != id && it.wants(slot)) {
            let ahead = (other.turned_down, other.since) < (winner.turned_down, winner.since);
            prop_assert!(!ahead, "{other:?} was ahead of {winner:?}");
        }
    }

    /// If all companies turn every offer down, each company that wants the time is asked once before any is asked
    /// twice.
    #[test]
    fn every_waiting_company_is_asked_once_before_any_is_asked_twice(mut queue in queue(), rounds in 1..4_usize) {
        let free = [slot("2026-11-24", 16)];
        for it in &mut queue {
            it.turned_down = 0;
            it.preferred_times = vec![TimePreference::default()];
        }
        let mut counts = std::collections::BTreeMap::<_, usize>::new();
        for _ in 0..rounds * queue.len() {
            let (id, _) = first(&queue, &free).unwrap();
            *counts.entry(id).or_default() += 1;
            queue.iter_mut().find(|it| it.id == id).unwrap().turned_down += 1;
        }
        prop_assert!(counts.len() == queue.len() && counts.values().all(|&n| n == rounds), "{counts:?}");
    }

    #[test]
    fn an_offer_ends_while_the_center_is_open(minutes in 0..600_000_i64) {
        let now = at("2026-04-01T00:00:00Z") + TimeDelta::minutes(minutes);
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let until = held_until(now, at("2040-01-01T00:00:00Z"), &settings, &calendar);
        let day = japan_date(until);
        prop_assert!(calendar.is_open(day));
        prop_assert!(at_japan(day, settings.opens_hour, 0) < until && until <= at_japan(day, settings.closes_hour, 0));
        // Counted minute by minute, exactly four hours between `now` and `until` are opening hours.
        let mut open = 0;
        let mut it = now;
        while it < until {
            let date = japan_date(it);
            let hours = at_japan(date, settings.opens_hour, 0)..at_japan(date, settings.closes_hour, 0);
            open += i64::from(calendar.is_open(date) && hours.contains(&it));
            it += TimeDelta::minutes(1);
        }
        prop_assert_eq!(open, 240);
    }
}

#[test]
fn a_company_waits_while_it_has_a_time_to_choose_or_one_that_it_may_still_move() {
    use crate::consultation::State;
    let now = at("2026-11-20T01:00:00Z");
    let later = now + TimeDelta::seconds(1);
    assert!(super::may_wait(&State::Scheduling, None, now));
    for (limit, may) in [(None, false), (Some(now), false), (Some(later), true)] {
        assert_eq!(super::may_wait(&State::Booked, limit, now), may, "{limit:?}");
    }
    assert!(!super::may_wait(&State::Consulted, Some(later), now));
}
