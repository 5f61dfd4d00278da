//! The next deadline of a consultation, and how actions start, pause and end it (`docs/spec/lifecycle.md`
//! §2–3).
use chrono::{DateTime, Utc};
pub use codes::DueKind;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Party,
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

    /// Returns the deadline by which an expert has to have answered a request.
    pub fn reply(settings: &Settings, calendar: &BusinessCalendar, from: DateTime<Utc>) -> Self {
        let deadline =
            deadline_after_business_days(calendar, from, settings.reply_days, settings.closes_hour);
        Self { kind: DueKind::Reply, clock: DueClock::Running(deadline) }
    }

    /// Returns the deadline of the report on an appointment.
    pub fn report(settings: &Settings, calendar: &BusinessCalendar, from: DateTime<Utc>) -> Self {
        let deadline = deadline_calendar_days(calendar, from, settings.report_days, settings.closes_hour);
        Self { kind: DueKind::Report, clock: DueClock::Running(deadline) }
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

/// Returns the deadline of a consultation after `action` has led it to `to`; `before` is the deadline that it
/// had until then.
pub fn after(
    action: ActionKind,
    to: &State,
    before: Option<Due>,
    settings: &Settings,
    calendar: &BusinessCalendar,
    now: DateTime<Utc>,
) -> Option<Due> {
    match (action, to) {
        // No expert was found: the company is told that the center searches again, and the deadline is that
        // of a new consultation.
        (ActionKind::Submit | ActionKind::Reopen, _)
        | (
            ActionKind::Decline | ActionKind::ReleaseExpert | ActionKind::PlanFurtherSession,
            State::Checking,
        ) => Some(Due::first_contact(settings, calendar, now)),
        (ActionKind::Ask, _) => before.map(|due| paused(due, calendar, now)),
        (ActionKind::Answer, _) => before.map(|due| resumed(due, calendar, now)),
        (ActionKind::RequestExperts | ActionKind::Decline | ActionKind::ReleaseExpert, _) => {
            Some(Due::reply(settings, calendar, now))
        }
        (ActionKind::RecordDone, _) => Some(Due::report(settings, calendar, now)),
        // The answer of another expert is still due.
        (ActionKind::Accept, State::Matching) | (ActionKind::Note | ActionKind::StartCheck, _) => before,
        (
            ActionKind::Accept
            | ActionKind::ChooseSlot
            | ActionKind::Reschedule
            | ActionKind::CancelAppointment
            | ActionKind::RecordNoShow
            | ActionKind::ApproveReport
            | ActionKind::PlanFurtherSession
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
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Due, DueClock, DueKind, after};
    use crate::{
        calendar::BusinessCalendar,
        consultation::{ActionKind, State},
        settings::Settings,
    };

    #[test]
    fn asking_the_company_stops_the_clock_and_its_answer_starts_it_again() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let next = |action, to: &State, due, now| after(action, to, due, &settings, &calendar, now);
        let received: DateTime<Utc> = "2026-11-20T05:05:00Z".parse().unwrap();

        let due = next(ActionKind::Submit, &State::Received, None, received);
        assert_eq!(due.as_ref().and_then(Due::at), Some("2026-11-26T17:00:00+09:00".parse().unwrap()));

        let asked = next(ActionKind::Ask, &State::WaitingCompany, due, received + TimeDelta::hours(1));
        assert_eq!(asked.as_ref().and_then(Due::at), None);
        let answered = next(ActionKind::Answer, &State::Checking, asked, received + TimeDelta::days(14));
        let due = answered.expect("the wait goes on");
        assert_eq!(due.kind, DueKind::FirstContact);
        assert!(due.at() > Some(received + TimeDelta::days(14)));
        assert!(matches!(due.clock, DueClock::Running(_)));
        assert!(due.explain().len() > 3);

        assert_eq!(next(ActionKind::Withdraw, &State::Withdrawn, Some(due), received), None);
    }
}
