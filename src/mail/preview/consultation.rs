//! Examples of mails about the consultation as a whole: for the company, for the center and for the desk.
use domain::{actor::Party, consultation::UnfulfilledReason, due::Due, field::Fields};

use super::{ADDRESS, LEAD, NAME, NOTE, ORGANIZATION, PreviewFacts, QUESTION, REASON, RESULT};
use crate::mail::mail_event::{
    CaseNumberEvent, CompanyTurn, ExampleEvent, ExampleNews, MailEvent, SenderContext, SilenceEvent,
    TimeNews, WhyBack,
};

pub(super) fn events<'a>(facts: &PreviewFacts<'a>) -> Vec<MailEvent<'a>> {
    let mut all = for_company(facts);
    all.extend(of_team(facts));
    all.extend(endings(facts));
    all.extend(of_numbers(facts).map(MailEvent::CaseNumber));
    all.extend(of_consent(facts).map(MailEvent::Example));
    all.extend(of_silence(facts).map(MailEvent::Silence));
    all.extend(for_center_and_desk(facts));
    all
}

fn for_company<'a>(facts: &PreviewFacts<'a>) -> Vec<MailEvent<'a>> {
    let PreviewFacts { appointment, experts, recommended, link: portal, .. } = *facts;
    vec![
        received(facts),
        MailEvent::AddressChanged { confirm: portal, slot: None },
        MailEvent::AddressReplaced { object: portal },
        MailEvent::Question { portal, text: QUESTION },
        MailEvent::SlotsToChoose { portal, experts },
        MailEvent::FurtherAppointment { portal, experts, is_open: false, was: None, report: None },
        MailEvent::FurtherDropped { portal },
        MailEvent::EarlierTime { answer: portal, appointment, booked: Some(facts.was()), until: facts.due() },
        MailEvent::BackAtCenter { portal, why: WhyBack::NobodyForTime, time: None },
        MailEvent::ReportReady {
            portal,
            appointment,
            recommended,
            follows: true,
            may_continue: true,
            is_over: false,
            is_correction: false,
        },
        MailEvent::Survey { answer: portal },
        MailEvent::FollowUp { lead: LEAD, answer: portal },
    ]
}

fn received<'a>(facts: &PreviewFacts<'a>) -> MailEvent<'a> {
    let SenderContext { settings, calendar, .. } = facts.about.sender;
    let received_at = facts.received_at;
    let due = Due::first_contact(settings, calendar, received_at).at();
    MailEvent::Acknowledgement {
        confirm: facts.link,
        slot: Some((facts.appointment, facts.due())),
        received_at,
        first_contact_due: due.unwrap_or(received_at),
        handed_over: None,
    }
}

/// Returns changes of experts and fields.
const fn of_team<'a>(facts: &PreviewFacts<'a>) -> [MailEvent<'a>; 2] {
    let (portal, released) = (facts.link, facts.experts);
    [
        MailEvent::TeamChanging {
            portal,
            released,
            by: Party::Expert,
            reason: REASON,
            lost: Some((facts.appointment, TimeNews::Cancelled)),
            may_choose: false,
        },
        MailEvent::FieldsChanged {
            portal,
            was: Fields::Both,
            missing: None,
            released,
            time: Some((facts.appointment, TimeNews::Stands)),
            chooses: false,
        },
    ]
}

const fn endings<'a>(facts: &PreviewFacts<'a>) -> [MailEvent<'a>; 4] {
    let (portal, cancelled) = (facts.link, None);
    let reason = UnfulfilledReason::NoSuitableTime;
    let (organization, note, called_by) = (ORGANIZATION, NOTE, None);
    [
        MailEvent::Withdrawn { portal, cancelled },
        MailEvent::Finished { portal, cancelled },
        MailEvent::Unfulfilled { reason, advised: false, cancelled },
        MailEvent::Referred { organization, note, cancelled, called_by },
    ]
}

/// Returns a split, a merge and the undoing of one.
const fn of_numbers<'a>(facts: &PreviewFacts<'a>) -> [CaseNumberEvent<'a>; 4] {
    let (portal, number, left) = (facts.link, facts.about.number, facts.about.fields);
    let (contact_due, lost, was_split, stands) = (None, None, false, None);
    [
        CaseNumberEvent::Split { confirm: portal, from: number, left, messages: 1 },
        CaseNumberEvent::Merged { portal, kept: number, contact_due, lost, was_split, stands },
        CaseNumberEvent::Unmerged { portal, kept: number, booked: None },
        CaseNumberEvent::Restored { portal, other: number },
    ]
}

/// Returns the events of a company's consent to an example.
fn of_consent<'a>(facts: &PreviewFacts<'a>) -> [ExampleEvent<'a>; 6] {
    let (portal, until) = (facts.link, facts.due());
    let recommended = facts.recommended.examples.first();
    let address = recommended.and_then(|it| it.lines().last()).map_or("", str::trim);
    [
        ExampleEvent::Wanted { portal, until },
        ExampleEvent::Review { portal, until },
        ExampleEvent::Reminder { portal, until },
        ExampleEvent::Public { portal, address, from: until },
        ExampleEvent::Over { portal, was_public: true, in_silence: false },
        ExampleEvent::Told { news: ExampleNews::Agreed },
    ]
}

/// Returns the events of the company's own silence, and of that of the experts who are asked.
const fn of_silence<'a>(facts: &PreviewFacts<'a>) -> [SilenceEvent<'a>; 6] {
    let (portal, slot) = (facts.link, facts.appointment);
    [
        SilenceEvent::HoldReleased { portal, slot, may_choose: true, day_closed: false },
        SilenceEvent::CompanyReminder { portal, waits_for: CompanyTurn::Choose },
        SilenceEvent::CompanyReminder { portal, waits_for: CompanyTurn::Answer },
        SilenceEvent::CompanyReminder { portal, waits_for: CompanyTurn::Confirm },
        SilenceEvent::Searching { portal },
        SilenceEvent::ClosedInSilence { portal },
    ]
}

const fn for_center_and_desk<'a>(facts: &PreviewFacts<'a>) -> [MailEvent<'a>; 7] {
    let (organization, note) = (ORGANIZATION, NOTE);
    [
        MailEvent::NobodyLeft,
        MailEvent::Undelivered { address: ADDRESS, reason: REASON },
        MailEvent::SubstituteNeeded { appointment: facts.appointment, declined: NAME, page: facts.link },
        MailEvent::HandOverAccepted,
        MailEvent::HandOverReopened,
        MailEvent::DeskMessage,
        MailEvent::HandOverResult { result: RESULT, organization, note, is_back: false },
    ]
}
