//! What a consultation is waiting for until when, and how acts start, stop and end that wait
//! (`docs/spec/lifecycle.md` §2–3).
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

/// The wait of a consultation: running, or stopped while somebody else is waited for.
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
    /// When the center has to have spoken with the company.
    pub fn first_contact(settings: &Settings, calendar: &BusinessCalendar, from: DateTime<Utc>) -> Self {
        let deadline =
            deadline_after_business_days(calendar, from, settings.first_contact_days, settings.closes_hour);
        Self { kind: DueKind::FirstContact, clock: DueClock::Running(deadline) }
    }

    /// When an expert has to have answered a request.
    pub fn reply(settings: &Settings, calendar: &BusinessCalendar, from: DateTime<Utc>) -> Self {
        let deadline =
            deadline_after_business_days(calendar, from, settings.reply_days, settings.closes_hour);
        Self { kind: DueKind::Reply, clock: DueClock::Running(deadline) }
    }

    /// When the report on a session is due.
    pub fn report(settings: &Settings, calendar: &BusinessCalendar, from: DateTime<Utc>) -> Self {
        let deadline = deadline_calendar_days(calendar, from, settings.report_days, settings.closes_hour);
        Self { kind: DueKind::Report, clock: DueClock::Running(deadline) }
    }

    /// The due instant; none while the clock stands still.
    pub const fn at(&self) -> Option<DateTime<Utc>> {
        match &self.clock {
            DueClock::Running(deadline) => Some(deadline.at),
            DueClock::Paused(_) => None,
        }
    }

    /// How it was reckoned, a line a step.
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

/// What a consultation waits for after `deed` has led it to `to`, given what it waited for before.
pub fn after(
    deed: ActionKind,
    to: &State,
    before: Option<Due>,
    settings: &Settings,
    calendar: &BusinessCalendar,
    now: DateTime<Utc>,
) -> Option<Due> {
    match (deed, to) {
        // Nobody was found: the company is told that the center looks again, and waits for it as at the beginning.
        (ActionKind::Submit | ActionKind::Reopen, _) | (ActionKind::Decline, State::Checking) => {
            Some(Due::first_contact(settings, calendar, now))
        }
        (ActionKind::Ask, _) => before.map(|due| paused(due, calendar, now)),
        (ActionKind::Answer, _) => before.map(|due| resumed(due, calendar, now)),
        (ActionKind::RequestExperts | ActionKind::Decline, _) => Some(Due::reply(settings, calendar, now)),
        (ActionKind::RecordDone, _) => Some(Due::report(settings, calendar, now)),
        // Another expert's answer is still due.
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
        let next = |deed, to: &State, due, now| after(deed, to, due, &settings, &calendar, now);
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
