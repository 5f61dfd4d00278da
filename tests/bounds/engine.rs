//! The search for free times, without a database or a page.
use std::{collections::BTreeSet, hint::black_box, time::Instant};

use chrono::{NaiveDate, Weekday};
use domain::{
    booking::availability::{
        AppointmentLimits, Calendar, Day, Footprint, Occupied, Pool, Schedule, Slot, SlotQuery, Span,
        WeeklyRule, Window,
    },
    calendar::BusinessCalendar,
    field::Fields,
    id::ExpertId,
    settings::Settings,
};
use uuid::Uuid;

use crate::table::Table;

pub fn measure(table: &mut Table) {
    let first: NaiveDate = "2026-11-20".parse().unwrap();
    let settings = Settings::default();
    let calendars: Vec<_> = (0..500).map(|n| expert(n, first)).collect();
    let business = BusinessCalendar::default();
    let pool = Pool::new(first, 61, |it| !business.is_open(it), &calendars);
    let ask = SlotQuery {
        fields: Fields::Ict,
        footprints: vec![Some(Footprint::online(&settings)); calendars.len()],
        window: Window { earliest: first, horizon: first + chrono::Days::new(60), last_appointment: None },
        starts: Day::HALF_HOURS,
    };
    assert!(!pool.search(&ask).is_empty());
    let times = 200;
    let started = Instant::now();
    for _ in 0..times {
        black_box(black_box(&pool).search(black_box(&ask)));
    }
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0 / f64::from(times);
    table.at_most("slot search in the engine: one field, 60 days, 500 experts", milliseconds, "ms", 5.0);
}

/// Makes an expert who works on four days a week, at varying hours, and is booked for about a third of them.
fn expert(n: u128, first: NaiveDate) -> Calendar {
    let shift = u8::try_from(n % 8).unwrap();
    let weekdays = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
    let off = usize::try_from(n % 5).unwrap();
    let rules = weekdays.iter().enumerate().filter(|(at, _)| *at != off).flat_map(|(_, &weekday)| {
        [(12 + shift, 24), (28, 40 + shift)].map(|(start, end)| WeeklyRule {
            weekday,
            span: Span::new(start, end).unwrap(),
            valid_from: None,
            valid_until: None,
        })
    });
    let booked = first
        .iter_days()
        .take(61)
        .filter(|it| (u128::from(it.to_string().len() as u64) + n).is_multiple_of(3));
    let cells: BTreeSet<i64> =
        booked.filter_map(|it| Slot::new(it, 28)).flat_map(|it| it.index()..it.index() + 5).collect();
    Calendar {
        expert: ExpertId(Uuid::from_u128(n)),
        fields: [Fields::Ict, Fields::Labor, Fields::Both][usize::try_from(n % 3).unwrap()],
        schedule: Schedule { rules: rules.collect(), ..Schedule::default() },
        occupied: cells.into_iter().collect::<Occupied>(),
        appointments: Vec::new(),
        limits: AppointmentLimits { per_day: 3, per_week: 8 },
    }
}
