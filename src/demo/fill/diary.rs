//! The occupied time of each expert, so that no expert of a filled database has two appointments at once.
use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use domain::{
    booking::{
        appointment::AppointmentMode,
        availability::{Day, Footprint, Slot},
    },
    field::Fields,
    prefecture::Prefecture,
};

use super::{World, dice::Dice, staff::Expert};

/// The experts of one consultation, by their indexes, each with the fields that they were asked for.
pub(super) type Team = Vec<(usize, Fields)>;

/// The properties of an appointment, whenever it takes place.
#[derive(Clone, Debug)]
pub(super) struct Arrangement {
    pub team: Team,
    pub mode: AppointmentMode,
    pub site: Prefecture,
}

/// The occupied time by expert and day.
#[derive(Default)]
pub(super) struct Diary(BTreeMap<(usize, NaiveDate), Taken>);

#[derive(Clone, Copy, Default)]
struct Taken {
    busy: Day,
    appointments: u8,
}

/// The number of days that are tried before giving up.
const TRIES: usize = 24;

impl Diary {
    /// Finds a time from `first` to `last` at which the whole team is free, and occupies it.
    pub fn take(
        &mut self,
        world: &World,
        arrangement: &Arrangement,
        first: NaiveDate,
        last: NaiveDate,
        dice: &mut Dice,
    ) -> Option<Slot> {
        let span = (last - first).num_days().max(0);
        (0..TRIES).find_map(|_| {
            let day = first + TimeDelta::days(dice.number(0, span));
            let slot = self.free(world, arrangement, day, dice)?;
            self.mark(world, arrangement, slot);
            Some(slot)
        })
    }

    fn free(
        &self,
        world: &World,
        arrangement: &Arrangement,
        day: NaiveDate,
        dice: &mut Dice,
    ) -> Option<Slot> {
        if !world.calendar.is_open(day) {
            return None;
        }
        let starts = arrangement.team.iter().try_fold(Day::HALF_HOURS, |starts, &(place, _)| {
            let expert = world.staff.experts.get(place)?;
            let taken = self.0.get(&(place, day)).copied().unwrap_or_default();
            let footprint = footprint(world, arrangement, expert, Slot::new(day, 0)?);
            (taken.appointments < expert.daily_limit)
                .then(|| starts.intersection(footprint.starts(expert.schedule.day(day), taken.busy)))
        })?;
        let starts: Vec<_> = starts.quarters().collect();
        Slot::new(day, dice.pick(&starts)?)
    }

    fn mark(&mut self, world: &World, arrangement: &Arrangement, slot: Slot) {
        for &(place, _) in &arrangement.team {
            let Some(expert) = world.staff.experts.get(place) else { continue };
            let taken = self.0.entry((place, slot.date())).or_default();
            taken.appointments = taken.appointments.saturating_add(1);
            for it in footprint(world, arrangement, expert, slot).cells(slot).filter_map(Slot::from_index) {
                taken.busy = taken.busy.union(Day(1 << it.quarter()));
            }
        }
    }
}

/// Returns the time of an expert's day that an appointment at `slot` occupies.
pub(super) fn footprint(world: &World, arrangement: &Arrangement, expert: &Expert, slot: Slot) -> Footprint {
    let settings = world.programme.settings_at(slot.start());
    Footprint::new(arrangement.mode, Some(expert.home), Some(arrangement.site), settings)
}

/// Returns one expert for all fields, or one for each. For a visit, only experts who visit the site's prefecture.
pub(super) fn team(
    world: &World,
    fields: Fields,
    mode: AppointmentMode,
    site: Prefecture,
    dice: &mut Dice,
) -> Team {
    let mut who = |wanted: Fields| {
        let able: Vec<_> = world
            .staff
            .experts
            .iter()
            .enumerate()
            .filter(|(_, it)| {
                it.fields.covers(wanted) && (mode == AppointmentMode::Online || it.visits.contains(&site))
            })
            .map(|(place, _)| place)
            .collect();
        dice.pick(&able)
    };
    if fields == Fields::Both
        && world.staff.experts.len() > 2
        && let (Some(one), Some(other)) = (who(Fields::Ict), who(Fields::Labor))
        && one != other
    {
        return vec![(one, Fields::Ict), (other, Fields::Labor)];
    }
    // The first expert covers both fields.
    vec![(who(fields).unwrap_or_default(), fields)]
}
