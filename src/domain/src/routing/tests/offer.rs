//! Search and routing together.
use super::{DATE, many, requests};
use crate::{
    booking::{
        appointment::AppointmentMode,
        availability::{
            Calendar, Day, Exception, ExceptionChange, Occupied, Pool, Schedule, Slot, SlotQuery, Span,
            Window,
        },
    },
    intake::company::Mode,
    routing::{Expert, RoutingRequest, evaluate, rank, teams},
    settings::Settings,
};
use proptest::{collection::vec, prelude::*};
use std::collections::BTreeSet;

proptest! {
    /// The slots that a company sees agree with the experts whom the center then finds for them.
    #[test]
    fn a_slot_on_offer_has_a_team_to_ask_and_no_other_slot_has(
        request in requests(), all in many(), hours in vec((0..40_u8, 4..24_u8), 12), at in 0..64_u8, visit in any::<bool>(),
    ) {
        let slot = Slot::new(DATE, at).unwrap();
        let (mode, appointment) = if visit { (Mode::Visit, AppointmentMode::Visit) } else { (Mode::Online, AppointmentMode::Online) };
        let anytime = RoutingRequest { mode, slot: None, ..request.clone() };
        let settings = Settings::default();
        let footprint = |it: &Expert| it.footprint(appointment, request.prefecture, &settings);
        let eligible = |it: &Expert| evaluate(it, &anytime, None).is_in();
        let footprints = all.iter().map(|it| footprint(&it.0).filter(|_| eligible(&it.0))).collect();
        let calendars: Vec<_> = all.iter().zip(&hours).map(|(it, hours)| calendar(&it.0, *hours)).collect();
        let pool = Pool::new(DATE, 1, |_| false, &calendars);
        let window = Window { earliest: DATE, horizon: DATE, last_appointment: None };
        let ask = SlotQuery { fields: request.fields, footprints, window, starts: Day::ALL };

        let then = RoutingRequest { slot: Some(slot), ..anytime.clone() };
        let candidates: Vec<_> = all
            .iter()
            .map(|it| evaluate(&it.0, &then, pool.why_not(&ask, it.0.id, slot)))
            .collect();
        let offered = pool.starts_on(&ask, DATE).contains(at);
        prop_assert_eq!(teams(&then, &candidates).next().is_some(), offered);
        let found = pool.teams_at(&ask, slot);
        let found: BTreeSet<_> = [found.alone, found.ict, found.labor].concat().into_iter().collect();
        let ranked = rank(&candidates).into_iter().map(|it| it.expert).collect();
        prop_assert_eq!(found, ranked);
    }
}

/// Returns a calendar that is open for some quarters of the day, with as many appointments as the expert's own
/// counts.
fn calendar(expert: &Expert, (from, length): (u8, u8)) -> Calendar {
    let change = ExceptionChange::Add(Span::new(from, from + length).unwrap());
    let monday = DATE - chrono::Days::new(1);
    let today = usize::from(expert.day_appointments);
    let before = usize::from(expert.week_appointments) - today;
    Calendar {
        expert: expert.id,
        fields: expert.fields,
        schedule: Schedule { exceptions: vec![Exception { date: DATE, change }], ..Schedule::default() },
        occupied: Occupied::default(),
        appointments: [vec![DATE; today], vec![monday; before]].concat(),
        limits: expert.limits,
    }
}
