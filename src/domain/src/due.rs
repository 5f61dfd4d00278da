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
    consultation::{Deed, State},
    settings::Settings,
};

/// The wait of a consultation: running, or stopped while somebody else is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub kind: DueKind,
    pub clock: Clock,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "clock", content = "deadline", rename_all = "snake_case")]
pub enum Clock {
    Running(Deadline),
    Paused(PausedDeadline),
}

impl Due {
    /// When the center has to have spoken with the company.
    pub fn first_contact(settings: &Settings, calendar: &BusinessCalendar, from: DateTime<Utc>) -> Self {
        let deadline =
            deadline_after_business_days(calendar, from, settings.first_contact_days, settings.closes_hour);
        Self { kind: DueKind::FirstContact, clock: Clock::Running(deadline) }
    }

    /// When an expert has to have answered a request.
    pub fn reply(settings: &Settings, calendar: &BusinessCalendar, from: DateTime<Utc>) -> Self {
        let deadline =
            deadline_after_business_days(calendar, from, settings.reply_days, settings.closes_hour);
        Self { kind: DueKind::Reply, clock: Clock::Running(deadline) }
    }

    /// When the report on a session is due.
    pub fn report(settings: &Settings, calendar: &BusinessCalendar, from: DateTime<Utc>) -> Self {
        let deadline = deadline_calendar_days(calendar, from, settings.report_days, settings.closes_hour);
        Self { kind: DueKind::Report, clock: Clock::Running(deadline) }
    }

    /// The due instant; none while the clock stands still.
    pub const fn at(&self) -> Option<DateTime<Utc>> {
        match &self.clock {
            Clock::Running(deadline) => Some(deadline.at),
            Clock::Paused(_) => None,
        }
    }

    /// How it was reckoned, a line a step.
    pub fn explain(&self) -> Vec<String> {
        match &self.clock {
            Clock::Running(deadline) => deadline.explain(),
            Clock::Paused(paused) => paused.explain(),
        }
    }

    pub const fn label(&self) -> &'static str {
        self.kind.label()
    }
}

/// What a consultation waits for after `deed` has led it to `to`, given what it waited for before.
pub fn after(
    deed: Deed,
    to: &State,
    before: Option<Due>,
    settings: &Settings,
    calendar: &BusinessCalendar,
    now: DateTime<Utc>,
) -> Option<Due> {
    match (deed, to) {
        // Nobody was found: the company is told that the center looks again, and waits for it as at the beginning.
        (Deed::Submit | Deed::Reopen, _) | (Deed::Decline, State::Checking) => {
            Some(Due::first_contact(settings, calendar, now))
        }
        (Deed::Ask, _) => before.map(|due| paused(due, calendar, now)),
        (Deed::Answer, _) => before.map(|due| resumed(due, calendar, now)),
        (Deed::RequestExperts | Deed::Decline, _) => Some(Due::reply(settings, calendar, now)),
        (Deed::RecordDone, _) => Some(Due::report(settings, calendar, now)),
        // Another expert's answer is still due.
        (Deed::Accept, State::Matching) | (Deed::Note | Deed::StartCheck, _) => before,
        (
            Deed::Accept
            | Deed::ChooseSlot
            | Deed::Reschedule
            | Deed::CancelAppointment
            | Deed::RecordNoShow
            | Deed::ApproveReport
            | Deed::PlanFurtherSession
            | Deed::Complete
            | Deed::Withdraw
            | Deed::CloseUnfulfilled
            | Deed::Refer,
            _,
        ) => None,
    }
}

fn paused(due: Due, calendar: &BusinessCalendar, now: DateTime<Utc>) -> Due {
    let clock = match due.clock {
        Clock::Running(deadline) => {
            Clock::Paused(deadline.paused(calendar, now, Party::Coordinator, Party::Company))
        }
        paused @ Clock::Paused(_) => paused,
    };
    Due { clock, ..due }
}

fn resumed(due: Due, calendar: &BusinessCalendar, now: DateTime<Utc>) -> Due {
    let clock = match due.clock {
        Clock::Paused(paused) => Clock::Running(paused.resumed(calendar, now)),
        running @ Clock::Running(_) => running,
    };
    Due { clock, ..due }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Clock, Due, DueKind, after};
    use crate::{
        calendar::BusinessCalendar,
        consultation::{Deed, State},
        settings::Settings,
    };

    #[test]
    fn asking_the_company_stops_the_clock_and_its_answer_starts_it_again() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let next = |deed, to: &State, due, now| after(deed, to, due, &settings, &calendar, now);
        let received: DateTime<Utc> = "2026-11-20T05:05:00Z".parse().unwrap();

        let due = next(Deed::Submit, &State::Received, None, received);
        assert_eq!(due.as_ref().and_then(Due::at), Some("2026-11-26T17:00:00+09:00".parse().unwrap()));

        let asked = next(Deed::Ask, &State::WaitingCompany, due, received + TimeDelta::hours(1));
        assert_eq!(asked.as_ref().and_then(Due::at), None);
        let answered = next(Deed::Answer, &State::Checking, asked, received + TimeDelta::days(14));
        let due = answered.expect("the wait goes on");
        assert_eq!(due.kind, DueKind::FirstContact);
        assert!(due.at() > Some(received + TimeDelta::days(14)));
        assert!(matches!(due.clock, Clock::Running(_)));
        assert!(due.explain().len() > 3);

        assert_eq!(next(Deed::Withdraw, &State::Withdrawn, Some(due), received), None);
    }
}
