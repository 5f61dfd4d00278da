//! Examples of mails about an appointment, and of others that several sides get.
use domain::{actor::Party, consultation::AppointmentOutcome};

use super::{PreviewFacts, REASON, is_for};
use crate::mail::mail_event::{AppointmentText, MailEvent, OutcomeEvent, ReaderSide, SilenceEvent};

pub(super) fn events<'a>(facts: &PreviewFacts<'a>) -> Vec<MailEvent<'a>> {
    let appointment = facts.appointment;
    let AppointmentText { starts_at, ends_at, .. } = appointment;
    let sides = [ReaderSide::Company { portal: facts.link }, ReaderSide::Expert, ReaderSide::Center];
    let of_sides = sides.into_iter().flat_map(|side| {
        let all = of_side(side, facts).into_iter().chain(missed_or_silent(side, facts));
        all.filter(move |it| is_for(side, it))
    });
    let mut all: Vec<_> = of_sides.collect();
    all.extend([
        MailEvent::Relieved { appointment },
        MailEvent::NoDelegates { is_company: true, starts_at, ends_at },
        MailEvent::NoDelegates { is_company: false, starts_at, ends_at },
    ]);
    all
}

fn of_side<'a>(side: ReaderSide<'a>, facts: &PreviewFacts<'a>) -> [MailEvent<'a>; 9] {
    let (appointment, change_until) = (facts.appointment, facts.change_until());
    [
        MailEvent::Booked { side, appointment, change_until },
        MailEvent::Moved { side, appointment, change_until, was: facts.was() },
        MailEvent::Cancelled {
            side,
            appointment,
            reason: REASON,
            by: Some(Party::Coordinator),
            is_blocked: false,
        },
        MailEvent::Reminder { side, appointment },
        MailEvent::ExpertChanged { side, appointment, was: facts.experts },
        MailEvent::Venue { side, appointment },
        MailEvent::DeclineNoted { side, appointment, change_until, answer_due: facts.due() },
        MailEvent::NewMessage { side },
        MailEvent::Reopened { side },
    ]
}

/// Returns the events of an appointment that was missed, or of which nothing is recorded, and of a hold or an expert for
/// whom no person has acted.
fn missed_or_silent<'a>(side: ReaderSide<'a>, facts: &PreviewFacts<'a>) -> [MailEvent<'a>; 6] {
    let (appointment, is_correction) = (facts.appointment, false);
    let (was, outcome) = (AppointmentOutcome::NoShow.into(), AppointmentOutcome::Done.into());
    [
        MailEvent::NoShow { side, appointment, is_correction },
        MailEvent::Outcome(OutcomeEvent::ExpertMissed { side, appointment, part: None, is_correction }),
        MailEvent::Outcome(OutcomeEvent::Corrected { side, appointment, was, outcome }),
        MailEvent::Silence(SilenceEvent::HoldEnding { side, slot: appointment, until: facts.due() }),
        MailEvent::Silence(SilenceEvent::OutcomeMissing { side, appointment, is_asked: true }),
        MailEvent::Silence(SilenceEvent::ExpertAway { side, appointment, contact_due: facts.due() }),
    ]
}
