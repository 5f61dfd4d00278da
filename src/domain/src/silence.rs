//! The clock of a case in which nothing happens: for whom it waits, and the next step that follows by itself
//! (`docs/spec/lifecycle.md` §3).
use chrono::{DateTime, Utc};
pub use codes::SilenceKind;
use serde::{Deserialize, Serialize};

use crate::{
    calendar::{BusinessCalendar, at_japan, japan_date},
    consultation::State,
    settings::Settings,
};

/// A step that follows by itself while nothing happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilenceStep {
    /// The company is reminded that it is its turn: by mail, or by a call of the center.
    RemindCompany,
    /// The company is told that experts are being asked: by mail, or by a call of the center.
    TellCompany,
    /// The case is put into the center's worklist.
    ShowToCenter,
    /// The center is proposed to close the case.
    ProposeClosing,
    /// Experts and center are asked whether the appointment took place.
    AskOutcome,
}

/// The running clock of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceClock {
    pub kind: SilenceKind,
    /// Since when the case waits.
    pub since: DateTime<Utc>,
    /// The number of steps that were taken.
    pub stage: u8,
    /// When the next step is due; `None` after the last one.
    pub next_at: Option<DateTime<Utc>>,
}

/// Returns for what a case waits. `None` if its deadline or its planned questions already decide the next step: the
/// center is told of an overdue deadline every business day.
pub const fn waits_for(state: &State, address_confirmed: bool, has_email: bool) -> Option<SilenceKind> {
    let is_unconfirmed = has_email && !address_confirmed;
    match state {
        State::Received | State::Checking | State::WaitingCompany if is_unconfirmed => {
            Some(SilenceKind::Address)
        }
        State::WaitingCompany => Some(SilenceKind::Answer),
        State::Matching => Some(SilenceKind::Experts),
        State::Scheduling => Some(SilenceKind::Choice),
        State::Booked => Some(SilenceKind::Outcome),
        State::Consulted => Some(SilenceKind::Report),
        State::Received
        | State::Checking
        | State::FollowUp
        | State::Completed
        | State::Withdrawn
        | State::Unfulfilled { .. }
        | State::Referred { .. } => None,
    }
}

/// Returns the steps in their order, each with the number of business days since the beginning.
fn steps(kind: SilenceKind, settings: &Settings) -> Vec<(u16, SilenceStep)> {
    match kind {
        SilenceKind::Address | SilenceKind::Answer | SilenceKind::Choice => vec![
            (settings.first_reminder_days, SilenceStep::RemindCompany),
            (settings.second_reminder_days, SilenceStep::RemindCompany),
            (settings.stalled_days, SilenceStep::ShowToCenter),
            (settings.proposed_closing_days, SilenceStep::ProposeClosing),
        ],
        SilenceKind::Experts => vec![
            (settings.first_contact_days, SilenceStep::TellCompany),
            (settings.stalled_days, SilenceStep::ShowToCenter),
        ],
        SilenceKind::Outcome => {
            vec![(1, SilenceStep::AskOutcome), (settings.missing_outcome_days, SilenceStep::ShowToCenter)]
        }
        SilenceKind::Report => vec![(settings.missing_outcome_days, SilenceStep::ShowToCenter)],
    }
}

impl SilenceClock {
    /// Starts the clock of a case that waits since `since`.
    pub fn begin(
        kind: SilenceKind,
        since: DateTime<Utc>,
        settings: &Settings,
        calendar: &BusinessCalendar,
    ) -> Self {
        let next_at = steps(kind, settings).first().map(|(days, _)| later(since, *days, settings, calendar));
        Self { kind, since, stage: 0, next_at }
    }

    /// Returns the clock with its next step at `limit` at the latest.
    #[must_use]
    pub fn no_later_than(self, limit: DateTime<Utc>) -> Self {
        Self { next_at: Some(self.next_at.map_or(limit, |it| it.min(limit))), ..self }
    }

    /// Returns the step that is due at `now`.
    pub fn due(&self, now: DateTime<Utc>, settings: &Settings) -> Option<SilenceStep> {
        self.next_at.filter(|it| *it <= now)?;
        steps(self.kind, settings).get(usize::from(self.stage)).map(|(_, step)| *step)
    }

    /// Returns the clock after the step that was due was taken at `now`. The next step is as many business days later
    /// as the settings put between the two, so that steps that were late do not follow one another at once.
    pub fn advanced(self, now: DateTime<Utc>, settings: &Settings, calendar: &BusinessCalendar) -> Self {
        let steps = steps(self.kind, settings);
        let days = |stage: u8| steps.get(usize::from(stage)).map(|(days, _)| *days);
        let stage = self.stage.saturating_add(1);
        let gap = days(stage).map(|it| it.saturating_sub(days(self.stage).unwrap_or(0)).max(1));
        Self { stage, next_at: gap.map(|it| later(now, it, settings, calendar)), ..self }
    }

    /// Returns the clock after closing days were added: the business days that were left at `now` are counted by the
    /// calendar of now. `None` if the next step stays; it is never earlier than before.
    pub fn moved(
        self,
        now: DateTime<Utc>,
        settings: &Settings,
        (before, calendar): (&BusinessCalendar, &BusinessCalendar),
    ) -> Option<Self> {
        let next_at = self.next_at.filter(|it| *it > now)?;
        let (today, day) = (japan_date(now), japan_date(next_at));
        let left = u16::try_from(before.business_days_between(today, day)).ok()?;
        let moved = at_japan(calendar.add_business_days(today, left), settings.mail_hour, 0);
        (moved > next_at).then_some(Self { next_at: Some(moved), ..self })
    }

    /// Returns the next step and when it follows, if nothing happens until then.
    pub fn next_step(&self, settings: &Settings) -> Option<(DateTime<Utc>, SilenceStep)> {
        let step = steps(self.kind, settings).get(usize::from(self.stage)).map(|(_, step)| *step);
        self.next_at.zip(step)
    }

    /// Returns whether the case waits for its company.
    pub const fn waits_for_company(&self) -> bool {
        matches!(self.kind, SilenceKind::Address | SilenceKind::Answer | SilenceKind::Choice)
    }

    /// Returns whether the closing of the case is proposed.
    pub const fn proposes_closing(&self) -> bool {
        self.waits_for_company() && self.stage > 0 && self.next_at.is_none()
    }
}

/// Returns until when the company is asked to act whose turn it is since `since`: afterwards the center calls it.
pub fn company_due(since: DateTime<Utc>, settings: &Settings, calendar: &BusinessCalendar) -> DateTime<Utc> {
    later(since, settings.stalled_days, settings, calendar)
}

/// Returns until when the outcome of an appointment is recorded that ended at `ended_at`: afterwards the center asks.
pub fn outcome_due(
    ended_at: DateTime<Utc>,
    settings: &Settings,
    calendar: &BusinessCalendar,
) -> DateTime<Utc> {
    later(ended_at, settings.missing_outcome_days, settings, calendar)
}

fn later(from: DateTime<Utc>, days: u16, settings: &Settings, calendar: &BusinessCalendar) -> DateTime<Utc> {
    at_japan(calendar.add_business_days(japan_date(from), days.max(1)), settings.mail_hour, 0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
    use proptest::prelude::*;

    use super::{SilenceClock, SilenceKind, SilenceStep, waits_for};
    use crate::{calendar::BusinessCalendar, consultation::State, settings::Settings};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_company_is_reminded_twice_then_the_center_hears() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let mut clock =
            SilenceClock::begin(SilenceKind::Choice, at("2026-11-20T14:05:00+09:00"), &settings, &calendar);
        let mut taken = Vec::new();
        while let Some(now) = clock.next_at {
            taken.push((now, clock.due(now, &settings).unwrap()));
            clock = clock.advanced(now, &settings, &calendar);
        }
        assert_eq!(
            taken,
            [
                (at("2026-11-26T10:00:00+09:00"), SilenceStep::RemindCompany),
                (at("2026-12-02T10:00:00+09:00"), SilenceStep::RemindCompany),
                (at("2026-12-07T10:00:00+09:00"), SilenceStep::ShowToCenter),
                (at("2026-12-14T10:00:00+09:00"), SilenceStep::ProposeClosing),
            ]
        );
        assert!(clock.proposes_closing());
    }

    #[test]
    fn every_open_state_has_a_clock_a_deadline_or_planned_questions() {
        let waits = |state| waits_for(&state, true, true);
        assert_eq!(waits(State::WaitingCompany), Some(SilenceKind::Answer));
        assert_eq!(waits(State::Matching), Some(SilenceKind::Experts));
        assert_eq!(waits(State::Scheduling), Some(SilenceKind::Choice));
        assert_eq!(waits(State::Booked), Some(SilenceKind::Outcome));
        assert_eq!(waits(State::Consulted), Some(SilenceKind::Report));
        for state in [State::Received, State::Checking, State::WaitingCompany] {
            assert_eq!(waits_for(&state, false, true), Some(SilenceKind::Address));
        }
        assert_eq!(waits_for(&State::Received, false, false), None, "the center has a deadline");
    }

    #[test]
    fn the_closing_is_proposed_of_a_case_whose_company_let_every_step_pass() {
        let clock =
            |kind, stage, next_at| SilenceClock { kind, since: at("2026-11-20T05:05:00Z"), stage, next_at };
        for kind in SilenceKind::ALL {
            let company = matches!(kind, SilenceKind::Address | SilenceKind::Answer | SilenceKind::Choice);
            assert_eq!(clock(kind, 4, None).waits_for_company(), company, "{kind:?}");
            assert_eq!(clock(kind, 4, None).proposes_closing(), company, "{kind:?}");
            assert_eq!(clock(kind, 1, None).proposes_closing(), company, "{kind:?}");
            assert!(!clock(kind, 3, Some(at("2026-12-14T01:00:00Z"))).proposes_closing(), "a step is left");
            assert!(!clock(kind, 0, None).proposes_closing(), "no step was taken");
        }
    }

    #[test]
    fn a_closing_day_on_the_way_moves_the_next_step_and_no_other_day_does() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let since = at("2026-11-20T14:05:00+09:00");
        let clock = SilenceClock::begin(SilenceKind::Choice, since, &settings, &calendar);
        let moved = |closed: &str, now| {
            let closed = BusinessCalendar::new([closed.parse().unwrap()].into(), 2027);
            clock.moved(now, &settings, (&calendar, &closed)).and_then(|it| it.next_at)
        };
        assert_eq!(clock.next_at, Some(at("2026-11-26T10:00:00+09:00")));
        assert_eq!(moved("2026-11-25", since), Some(at("2026-11-27T10:00:00+09:00")));
        assert_eq!(moved("2026-11-26", since), Some(at("2026-11-27T10:00:00+09:00")));
        assert_eq!(moved("2026-11-27", since), None, "it comes after the step");
        assert_eq!(moved("2026-11-25", at("2026-11-25T23:59:00+09:00")), None, "it is over");
        let this_day = at("2026-11-26T08:00:00+09:00");
        assert_eq!(moved("2026-11-26", this_day), Some(at("2026-11-27T10:00:00+09:00")), "the step is ahead");
        assert_eq!(moved("2026-11-26", at("2026-11-26T10:00:00+09:00")), None, "the step is due");
    }

    fn closing_days() -> impl Strategy<Value = BTreeSet<NaiveDate>> {
        let day = (0..400_u64).prop_map(|it| NaiveDate::from_ymd_opt(2026, 4, 1).unwrap() + Days::new(it));
        prop::collection::btree_set(day, 0..60)
    }

    proptest! {
        #[test]
        fn closing_days_that_are_added_never_make_a_step_earlier(
            kind in prop::sample::select(SilenceKind::ALL.to_vec()), start in 0..400_000_i64,
            later in 0..30_000_i64, closed in closing_days(), more in closing_days()
        ) {
            let settings = Settings::default();
            let calendar = BusinessCalendar::new(closed.clone(), 2027);
            let wider = BusinessCalendar::new(closed.union(&more).copied().collect(), 2027);
            let since = at("2026-04-01T00:00:00Z") + TimeDelta::minutes(start);
            let now = since + TimeDelta::minutes(later);
            let clock = SilenceClock::begin(kind, since, &settings, &calendar);
            prop_assert_eq!(clock.moved(now, &settings, (&calendar, &calendar)), None);
            if let Some(moved) = clock.moved(now, &settings, (&calendar, &wider)) {
                prop_assert!(moved.next_at > clock.next_at && clock.next_at > Some(now));
                prop_assert!(wider.is_open(crate::calendar::japan_date(moved.next_at.unwrap())));
                prop_assert_eq!((moved.since, moved.stage), (clock.since, clock.stage));
            }
        }

        #[test]
        fn late_steps_do_not_follow_one_another_at_once(
            kind in prop::sample::select(SilenceKind::ALL.to_vec()), start in 0..500_000_i64,
            delays in prop::collection::vec(0..100_000_i64, 8)
        ) {
            let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
            let since = at("2026-04-01T00:00:00Z") + TimeDelta::minutes(start);
            let mut clock = SilenceClock::begin(kind, since, &settings, &calendar);
            let mut before = since;
            for delay in delays {
                let Some(next) = clock.next_at else { break };
                prop_assert!(next > before);
                prop_assert_eq!(clock.due(next - TimeDelta::seconds(1), &settings), None);
                let now = next + TimeDelta::minutes(delay);
                prop_assert!(clock.due(now, &settings).is_some());
                clock = clock.advanced(now, &settings, &calendar);
                before = now;
            }
        }
    }
}
