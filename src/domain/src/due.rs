//! The next deadline of a consultation, and how actions start, pause and end it (`docs/spec/lifecycle.md`
//! §2–3).
use chrono::{DateTime, Utc};
pub use codes::DueKind;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Party,
    booking::notice::heard_by,
    calendar::{
        BusinessCalendar, Deadline, PausedDeadline, deadline_after_business_days, deadline_calendar_days,
    },
    consultation::{ActionKind, State},
    settings::Settings,
};

/// The deadline of a consultation. Its clock is running, or paused while another party has to act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub kind: DueKind,
    pub clock: DueClock,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "clock", content = "deadline", rename_all = "snake_case")]
pub enum DueClock {
    Running(Deadline),
    Paused(PausedDeadline),
}

impl Due {
    /// Returns the deadline by which the center has to have spoken with the company.
    pub fn first_contact(settings: &Settings, calendar: &BusinessCalendar, from: DateTime<Utc>) -> Self {
        let deadline =
            deadline_after_business_days(calendar, from, settings.first_contact_days, settings.closes_hour);
        Self { kind: DueKind::FirstContact, clock: DueClock::Running(deadline) }
    }

    /// Returns within how many business days of `received_at` the first contact follows that is due at `due_at`: the number of
    /// the rule. `None` if the deadline is another one, because a wished time or a closing day has moved it.
    pub fn first_contact_days(
        settings: &Settings,
        calendar: &BusinessCalendar,
        received_at: DateTime<Utc>,
        due_at: DateTime<Utc>,
    ) -> Option<u16> {
        let rule = Self::first_contact(settings, calendar, received_at).at();
        (rule == Some(due_at)).then_some(settings.first_contact_days)
    }

    /// Returns the deadline of the first contact about an application whose company has wished for a time: the rule, at
    /// the latest before the appointment that begins at `slot`.
    pub fn first_contact_for(
        settings: &Settings,
        calendar: &BusinessCalendar,
        from: DateTime<Utc>,
        slot: Option<DateTime<Utc>>,
    ) -> Self {
        let due = Self::first_contact(settings, calendar, from);
        match slot {
            Some(slot) => due.before_appointment(settings, calendar, from, slot),
            None => due,
        }
    }

    /// Returns the deadline of a first contact, at the latest when the company has to hear whether the appointment at
    /// `slot` takes place; if that has passed, when the appointment begins. Other deadlines stay.
    pub fn before_appointment(
        self,
        settings: &Settings,
        calendar: &BusinessCalendar,
        now: DateTime<Utc>,
        slot: DateTime<Utc>,
    ) -> Self {
        let heard = heard_by(slot, settings, calendar);
        match self {
            Self { kind: DueKind::FirstContact, clock: DueClock::Running(deadline) } if now < slot => {
                let limit = if now < heard { heard } else { slot };
                let clock = DueClock::Running(deadline.no_later_than(limit, slot));
                Self { kind: DueKind::FirstContact, clock }
            }
            other => other,
        }
    }

    /// Returns the deadline by which an expert has to have answered a request.
    pub fn reply(settings: &Settings, calendar: &BusinessCalendar, from: DateTime<Utc>) -> Self {
        let deadline =
            deadline_after_business_days(calendar, from, settings.reply_days, settings.closes_hour);
        Self { kind: DueKind::Reply, clock: DueClock::Running(deadline) }
    }

    /// Returns the deadline of a request for an appointment that begins at `slot`: the rule, at the latest the time by
    /// which the company has to hear of the result. It may have passed; then `slot` leaves no time to ask.
    pub fn reply_before(
        settings: &Settings,
        calendar: &BusinessCalendar,
        from: DateTime<Utc>,
        slot: DateTime<Utc>,
    ) -> Self {
        let limit = heard_by(slot, settings, calendar);
        match Self::reply(settings, calendar, from) {
            Self { kind, clock: DueClock::Running(deadline) } => {
                Self { kind, clock: DueClock::Running(deadline.no_later_than(limit, slot)) }
            }
            paused @ Self { clock: DueClock::Paused(_), .. } => paused,
        }
    }

    /// Returns the deadline of a request: `reply_before` if a time is chosen, else `reply`.
    pub fn reply_for(
        settings: &Settings,
        calendar: &BusinessCalendar,
        from: DateTime<Utc>,
        slot: Option<DateTime<Utc>>,
    ) -> Self {
        match slot {
            Some(slot) => Self::reply_before(settings, calendar, from, slot),
            None => Self::reply(settings, calendar, from),
        }
    }

    /// Returns the deadline as closing days that were added later move it; `None` if it stays. `slot` is the start of
    /// the appointment for which experts are asked.
    pub fn moved(
        &self,
        settings: &Settings,
        calendar: &BusinessCalendar,
        slot: Option<DateTime<Utc>>,
    ) -> Option<Self> {
        let DueClock::Running(deadline) = &self.clock else { return None };
        let slot = slot.filter(|_| matches!(self.kind, DueKind::Reply | DueKind::FirstContact));
        let limit = slot.map(|it| (heard_by(it, settings, calendar), it));
        let moved = deadline.moved(calendar, limit)?;
        Some(Self { kind: self.kind, clock: DueClock::Running(moved) })
    }

    /// Returns the deadline of the report on an appointment.
    pub fn report(settings: &Settings, calendar: &BusinessCalendar, from: DateTime<Utc>) -> Self {
        let deadline = deadline_calendar_days(calendar, from, settings.report_days, settings.closes_hour);
        Self { kind: DueKind::Report, clock: DueClock::Running(deadline) }
    }

    /// Returns the deadline by which the center has approved or returned a report that was submitted.
    pub fn approval(settings: &Settings, calendar: &BusinessCalendar, from: DateTime<Utc>) -> Self {
        let deadline =
            deadline_after_business_days(calendar, from, settings.missing_outcome_days, settings.closes_hour);
        Self { kind: DueKind::Approval, clock: DueClock::Running(deadline) }
    }

    /// Returns the due instant; `None` while the clock is paused.
    pub const fn at(&self) -> Option<DateTime<Utc>> {
        match &self.clock {
            DueClock::Running(deadline) => Some(deadline.at),
            DueClock::Paused(_) => None,
        }
    }

    /// Returns how the deadline was computed, one line for each step.
    pub fn explain(&self) -> Vec<String> {
        match &self.clock {
            DueClock::Running(deadline) => deadline.explain(),
            DueClock::Paused(paused) => paused.explain(),
        }
    }

    pub const fn label(&self) -> &'static str {
        self.kind.label()
    }
}

/// Returns the deadline of a consultation after `action` has led it to `to`. `before` is the deadline that it
/// had until then, and `slot` the start of the appointment that is kept for it.
pub fn after(
    action: ActionKind,
    to: &State,
    (before, slot): (Option<Due>, Option<DateTime<Utc>>),
    settings: &Settings,
    calendar: &BusinessCalendar,
    now: DateTime<Utc>,
) -> Option<Due> {
    match (action, to) {
        // No expert was found: the company is told that the center searches again, and the deadline is that
        // of a new consultation.
        // A reopened case whose reports are approved waits for what the center wants to do with it.
        (ActionKind::Submit, _)
        | (ActionKind::Reopen, State::Checking | State::FollowUp)
        | (
            ActionKind::Decline
            | ActionKind::ReleaseExpert
            | ActionKind::PlanFurtherAppointment
            | ActionKind::CancelAppointment
            | ActionKind::RecordNoShow
            | ActionKind::RecordExpertNoShow,
            State::Checking,
        ) => Some(Due::first_contact_for(settings, calendar, now, slot)),
        (ActionKind::Ask, _) => before.map(|due| paused(due, calendar, now)),
        (ActionKind::Answer, _) => before.map(|due| {
            let due = resumed(due, calendar, now);
            // A deadline that had passed when the center asked is no date that the company could be told.
            let is_over = due.kind == DueKind::FirstContact && due.at().is_some_and(|it| it <= now);
            let due = if is_over { Due::first_contact(settings, calendar, now) } else { due };
            match slot {
                Some(slot) => due.before_appointment(settings, calendar, now, slot),
                None => due,
            }
        }),
        (ActionKind::RequestExperts | ActionKind::Decline | ActionKind::ReleaseExpert, _) => {
            Some(Due::reply_for(settings, calendar, now, slot))
        }
        // Without the further appointment, the report on the last one is what is due.
        (ActionKind::RecordDone | ActionKind::RecordPartlyDone, _)
        | (ActionKind::DropFurtherAppointment, State::Consulted) => {
            Some(Due::report(settings, calendar, now))
        }
        // A report that was due already keeps its deadline; one that becomes due is given the whole time from now.
        (ActionKind::CorrectOutcome | ActionKind::Reopen, State::Consulted) => {
            let kept = before.filter(|it| matches!(it.kind, DueKind::Report | DueKind::Approval));
            Some(kept.unwrap_or_else(|| Due::report(settings, calendar, now)))
        }
        (ActionKind::CorrectOutcome, State::Scheduling) => None,
        // It was the center's turn before, or experts have to be asked for another appointment.
        (ActionKind::CorrectOutcome, State::Checking) => {
            let kept = before.filter(|it| it.kind == DueKind::FirstContact);
            Some(kept.unwrap_or_else(|| Due::first_contact_for(settings, calendar, now, slot)))
        }
        // The answer of another expert is still due.
        (ActionKind::Accept, State::Matching)
        | (ActionKind::Note | ActionKind::StartCheck | ActionKind::CorrectOutcome, _) => before,
        (
            ActionKind::Accept
            | ActionKind::SettleTeam
            | ActionKind::ChooseSlot
            | ActionKind::Reschedule
            | ActionKind::CancelAppointment
            | ActionKind::RecordNoShow
            | ActionKind::RecordExpertNoShow
            | ActionKind::Reopen
            | ActionKind::ApproveReport
            | ActionKind::PlanFurtherAppointment
            | ActionKind::DropFurtherAppointment
            | ActionKind::Complete
            | ActionKind::Withdraw
            | ActionKind::CloseUnfulfilled
            | ActionKind::Refer,
            _,
        ) => None,
    }
}

fn paused(due: Due, calendar: &BusinessCalendar, now: DateTime<Utc>) -> Due {
    let clock = match due.clock {
        DueClock::Running(deadline) => {
            DueClock::Paused(deadline.paused(calendar, now, Party::Coordinator, Party::Company))
        }
        paused @ DueClock::Paused(_) => paused,
    };
    Due { clock, ..due }
}

fn resumed(due: Due, calendar: &BusinessCalendar, now: DateTime<Utc>) -> Due {
    let clock = match due.clock {
        DueClock::Paused(paused) => DueClock::Running(paused.resumed(calendar, now)),
        running @ DueClock::Running(_) => running,
    };
    Due { clock, ..due }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
    use proptest::prelude::*;

    use super::{Due, DueClock, DueKind, after};
    use crate::{
        booking::notice::{heard_by, hold_moved, hold_until},
        calendar::{BusinessCalendar, japan_date},
        consultation::{ActionKind, State},
        settings::Settings,
    };

    #[test]
    fn a_number_of_days_is_named_only_if_it_is_the_days_of_the_deadline() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let received: DateTime<Utc> = "2026-12-01T10:00:00+09:00".parse().unwrap();
        let days = |slot: Option<&str>| {
            let slot = slot.map(|it| it.parse().unwrap());
            let due = Due::first_contact_for(&settings, &calendar, received, slot).at().unwrap();
            Due::first_contact_days(&settings, &calendar, received, due)
        };
        assert_eq!(days(None), Some(3));
        assert_eq!(days(Some("2026-12-10T10:00:00+09:00")), Some(3));
        assert_eq!(days(Some("2026-12-04T10:00:00+09:00")), None, "it is due on the second business day");
    }

    #[test]
    fn asking_the_company_stops_the_clock_and_its_answer_starts_it_again() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let next = |action, to: &State, due, now| after(action, to, (due, None), &settings, &calendar, now);
        let received: DateTime<Utc> = "2026-11-20T05:05:00Z".parse().unwrap();

        let due = next(ActionKind::Submit, &State::Received, None, received);
        assert_eq!(due.as_ref().and_then(Due::at), Some("2026-11-26T17:00:00+09:00".parse().unwrap()));

        let paused = next(ActionKind::Ask, &State::WaitingCompany, due, received + TimeDelta::hours(1));
        assert_eq!(paused.as_ref().and_then(Due::at), None);
        let answered = next(ActionKind::Answer, &State::Checking, paused, received + TimeDelta::days(14));
        let due = answered.expect("the wait goes on");
        assert_eq!(due.kind, DueKind::FirstContact);
        assert!(due.at() > Some(received + TimeDelta::days(14)));
        assert!(matches!(due.clock, DueClock::Running(_)));
        assert!(due.explain().len() > 3);

        assert_eq!(next(ActionKind::Withdraw, &State::Withdrawn, Some(due), received), None);

        // A deadline that had passed when the center asked begins anew with the answer.
        let late = Due::first_contact(&settings, &calendar, received);
        let asked_at = received + TimeDelta::days(20);
        let paused = next(ActionKind::Ask, &State::WaitingCompany, Some(late), asked_at);
        let answered_at = asked_at + TimeDelta::days(1);
        let due = next(ActionKind::Answer, &State::Checking, paused, answered_at).and_then(|it| it.at());
        assert_eq!(due, Due::first_contact(&settings, &calendar, answered_at).at());
    }

    #[test]
    fn a_first_contact_is_promised_before_the_appointment() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let received = at("2026-11-20T14:05:00+09:00");
        let due =
            |slot: Option<&str>| Due::first_contact_for(&settings, &calendar, received, slot.map(at)).at();
        assert_eq!(due(None), Some(at("2026-11-26T17:00:00+09:00")));
        assert_eq!(due(Some("2026-11-30T10:00:00+09:00")), Some(at("2026-11-26T17:00:00+09:00")));
        assert_eq!(due(Some("2026-11-26T10:00:00+09:00")), Some(at("2026-11-25T17:00:00+09:00")));
        // It is too late for the rule of notice: at the latest when the appointment begins.
        assert_eq!(due(Some("2026-11-20T16:00:00+09:00")), Some(at("2026-11-20T16:00:00+09:00")));
        assert_eq!(due(Some("2026-11-19T10:00:00+09:00")), Some(at("2026-11-26T17:00:00+09:00")));
    }

    #[test]
    fn a_closing_day_on_the_way_moves_a_running_deadline_and_no_other() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let received: DateTime<Utc> = "2026-11-20T05:05:00Z".parse().unwrap();
        let due = Due::first_contact(&settings, &calendar, received);
        let closed = BusinessCalendar::new([NaiveDate::from_ymd_opt(2026, 11, 25).unwrap()].into(), 2027);
        let moved = due.moved(&settings, &closed, None).expect("a day on the way is closed");
        assert_eq!((moved.kind, moved.label()), (DueKind::FirstContact, "企業への連絡"));
        assert_eq!(moved.at(), Some("2026-11-27T17:00:00+09:00".parse().unwrap()));
        let paused = super::paused(due, &calendar, received);
        assert_eq!(paused.moved(&settings, &closed, None), None);
    }

    fn minutes(from: i64, to: i64) -> impl Strategy<Value = DateTime<Utc>> {
        let first: DateTime<Utc> = "2026-04-01T00:00:00Z".parse().unwrap();
        (from..to).prop_map(move |it| first + TimeDelta::minutes(it))
    }

    fn closing_days() -> impl Strategy<Value = BTreeSet<NaiveDate>> {
        let day = (0..500_u64).prop_map(|it| NaiveDate::from_ymd_opt(2026, 4, 1).unwrap() + Days::new(it));
        prop::collection::btree_set(day, 0..60)
    }

    proptest! {
        /// Whatever the settings and the calendar, an answer is due before the company has to hear of it, and the
        /// company has to hear on an earlier day than that of the appointment.
        #[test]
        fn a_reply_is_never_due_after_its_appointment(
            now in minutes(0, 500_000), slot in minutes(0, 600_000), days in 1..10_u16, notice in 1..6_u16,
            hour in 0..24_u8, closed in closing_days(), more in closing_days()
        ) {
            let settings = Settings {
                reply_days: days, answer_notice_days: notice, change_until_hour: hour, ..Settings::default()
            };
            let calendar = BusinessCalendar::new(closed.clone(), 2027);
            let limit = heard_by(slot, &settings, &calendar);
            prop_assert!(japan_date(limit) < japan_date(slot) && calendar.is_open(japan_date(limit)));
            let rule = Due::reply(&settings, &calendar, now).at().unwrap();
            let due = Due::reply_before(&settings, &calendar, now, slot);
            prop_assert_eq!(due.at(), Some(rule.min(limit)));
            let held = hold_until(now, 24, slot, &settings, &calendar);
            prop_assert!(held <= limit);

            // Closing days that are added later never make it earlier, nor later than the appointment allows.
            let wider = BusinessCalendar::new(closed.union(&more).copied().collect(), 2027);
            let before = due.at().unwrap();
            if let Some(moved) = due.moved(&settings, &wider, Some(slot)) {
                let after = moved.at().unwrap();
                prop_assert!(after >= before && after <= before.max(limit));
                prop_assert_eq!(moved.moved(&settings, &wider, Some(slot)), None);
            }
            let moved = hold_moved(now, held, slot, &settings, (&calendar, &wider));
            prop_assert!(moved >= held && moved <= held.max(limit));
        }
    }
}
