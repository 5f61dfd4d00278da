//! A received mail that a coordinator added to a case: what it changed there, and what that is again if the mail is taken
//! out of the case.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    actor::Party,
    calendar::BusinessCalendar,
    id::ConsultationId,
    settings::Settings,
    silence::SilenceClock,
    worklist::{AwaitedResponse, WrittenEntry},
};

/// The marks of a case that an added mail can change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedMailMarks {
    pub response: Option<AwaitedResponse>,
    pub last_inbound_at: Option<DateTime<Utc>>,
    pub snoozed_until: Option<DateTime<Utc>>,
    pub to_call_since: Option<DateTime<Utc>>,
    pub silence: Option<SilenceClock>,
    pub stalled_since: Option<DateTime<Utc>>,
}

/// The effects of a mail on the case to which it was added. They are kept with the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedMail {
    pub at: DateTime<Utc>,
    pub case: ConsultationId,
    /// The case that the mail itself names, as far as it was known before.
    pub named: Option<ConsultationId>,
    /// Whether the mail counted as the answer that the case waited for.
    pub answered: bool,
    pub before: AddedMailMarks,
    /// The marks after it. The clock of silence starts anew later, and is not among them.
    pub after: AddedMailMarks,
}

impl AddedMail {
    /// Returns the marks of the case without the mail, from those that it has now. A mark that has moved on since stays.
    /// `entries` is the thread without the mail, in its order.
    pub fn taken_back(
        &self,
        now: AddedMailMarks,
        entries: &[WrittenEntry],
        settings: &Settings,
        calendar: &BusinessCalendar,
    ) -> AddedMailMarks {
        let (before, after) = (self.before, self.after);
        // The clock of silence is that of the mail unless a person has acted since.
        let silence_stays = now.silence.is_some_and(|it| it.since != self.at);
        AddedMailMarks {
            response: match now.response == after.response {
                true => self.response_without(entries, settings, calendar),
                false => now.response,
            },
            last_inbound_at: unless_moved(now.last_inbound_at, after.last_inbound_at, before.last_inbound_at),
            snoozed_until: unless_moved(now.snoozed_until, after.snoozed_until, before.snoozed_until),
            to_call_since: unless_moved(now.to_call_since, after.to_call_since, before.to_call_since),
            silence: if silence_stays { now.silence } else { before.silence },
            stalled_since: if silence_stays { now.stalled_since } else { before.stalled_since },
        }
    }

    fn response_without(
        &self,
        entries: &[WrittenEntry],
        settings: &Settings,
        calendar: &BusinessCalendar,
    ) -> Option<AwaitedResponse> {
        match (self.before.response, self.after.response) {
            // The mail has not touched it.
            (Some(before), Some(after)) if before == after => Some(before),
            // As a note of the center it had ended the wait.
            (Some(before), _) => before.of_first_unanswered(entries, settings, calendar),
            (None, Some(after)) => after.of_first_unanswered(entries, settings, calendar),
            (None, None) => None,
        }
    }
}

/// Returns whether a notice to a side of the case, planned at `since`, has an entry to announce. `others` are the entries that
/// other people than its reader wrote.
pub fn has_news(reader: Party, since: DateTime<Utc>, others: &[WrittenEntry]) -> bool {
    others.iter().any(|it| it.at >= since && (reader == Party::Coordinator || it.readers.contains(&reader)))
}

fn unless_moved<T: Copy + PartialEq>(now: Option<T>, after: Option<T>, before: Option<T>) -> Option<T> {
    if now == after { before } else { now }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use uuid::Uuid;

    use super::{AddedMail, AddedMailMarks, has_news};
    use crate::{
        actor::Party,
        calendar::BusinessCalendar,
        id::ConsultationId,
        settings::Settings,
        silence::{SilenceClock, SilenceKind},
        worklist::{AwaitedResponse, WrittenEntry},
    };

    fn at(hours: i64) -> DateTime<Utc> {
        "2026-11-18T01:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hours)
    }

    fn waits(since: DateTime<Utc>) -> AwaitedResponse {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        AwaitedResponse::after_message(None, &settings, &calendar, since)
    }

    fn added(before: AddedMailMarks, after: AddedMailMarks) -> AddedMail {
        let case = ConsultationId(Uuid::nil());
        AddedMail { at: at(0), case, named: None, answered: false, before, after }
    }

    fn without(it: &AddedMail, now: AddedMailMarks, entries: &[WrittenEntry]) -> AddedMailMarks {
        it.taken_back(now, entries, &Settings::default(), &BusinessCalendar::default())
    }

    const fn wrote(at: DateTime<Utc>, author: Party) -> WrittenEntry {
        WrittenEntry { at, author, readers: &[Party::Company, Party::Expert] }
    }

    #[test]
    fn nothing_is_left_of_a_mail_after_which_nothing_happened() {
        let before = AddedMailMarks {
            snoozed_until: Some(at(90)),
            to_call_since: Some(at(-9)),
            last_inbound_at: Some(at(-50)),
            stalled_since: Some(at(-20)),
            ..AddedMailMarks::default()
        };
        let after = AddedMailMarks {
            response: Some(waits(at(0))),
            last_inbound_at: Some(at(0)),
            ..AddedMailMarks::default()
        };
        assert_eq!(without(&added(before, after), after, &[]), before);
    }

    #[test]
    fn a_later_message_waits_on_with_a_deadline_of_its_own() {
        let after = AddedMailMarks {
            response: Some(waits(at(0))),
            last_inbound_at: Some(at(0)),
            ..AddedMailMarks::default()
        };
        let now = AddedMailMarks { last_inbound_at: Some(at(30)), ..after };
        let left = without(&added(AddedMailMarks::default(), after), now, &[wrote(at(30), Party::Expert)]);
        assert_eq!((left.response, left.last_inbound_at), (Some(waits(at(30))), Some(at(30))));
    }

    #[test]
    fn a_message_that_the_center_has_answered_since_stays_answered() {
        let after = AddedMailMarks { response: Some(waits(at(0))), ..AddedMailMarks::default() };
        let left = without(&added(AddedMailMarks::default(), after), AddedMailMarks::default(), &[]);
        assert_eq!(left.response, None);
        // The mail was a note of the center, which had ended the wait of an expert; the center has answered since.
        let before = AddedMailMarks { response: Some(waits(at(-9))), ..AddedMailMarks::default() };
        let note = added(before, AddedMailMarks::default());
        let thread = [wrote(at(-9), Party::Expert)];
        let now = AddedMailMarks::default();
        assert_eq!(without(&note, now, &thread).response, Some(waits(at(-9))), "it waits again");
        let answered = [wrote(at(-9), Party::Expert), wrote(at(5), Party::Coordinator)];
        assert_eq!(without(&note, now, &answered).response, None);
    }

    #[test]
    fn a_wait_that_ran_before_keeps_its_deadline() {
        let marks = AddedMailMarks { response: Some(waits(at(-9))), ..AddedMailMarks::default() };
        let left = without(&added(marks, marks), marks, &[]);
        assert_eq!(left.response, Some(waits(at(-9))));
    }

    #[test]
    fn a_notice_stays_as_long_as_its_reader_can_read_something_new() {
        let question = wrote(at(2), Party::Company);
        let note = WrittenEntry { readers: &[], ..wrote(at(3), Party::Desk) };
        for reader in [Party::Coordinator, Party::Expert] {
            assert!(!has_news(reader, at(0), &[]));
            assert!(!has_news(reader, at(0), &[wrote(at(-1), Party::Company)]), "it was announced before");
            assert!(has_news(reader, at(2), &[question]), "{reader:?}");
        }
        assert!(has_news(Party::Coordinator, at(0), &[note]) && !has_news(Party::Expert, at(0), &[note]));
    }

    #[test]
    fn a_clock_that_a_person_has_started_since_stays() {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let clock = |since| Some(SilenceClock::begin(SilenceKind::Answer, since, &settings, &calendar));
        let before = AddedMailMarks { silence: clock(at(-90)), ..AddedMailMarks::default() };
        let it = added(before, AddedMailMarks::default());
        let now = |since| AddedMailMarks { silence: clock(since), ..AddedMailMarks::default() };
        assert_eq!(without(&it, now(at(0)), &[]).silence, clock(at(-90)));
        assert_eq!(without(&it, now(at(7)), &[]).silence, clock(at(7)));
    }
}
