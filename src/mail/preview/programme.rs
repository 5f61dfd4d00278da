//! Examples of mails about events, telework months, surveys, the network and the editions of the statistics.
use domain::{calendar::japan_date, gathering::SeatKind};

use super::{PreviewFacts, REASON};
use crate::mail::mail_event::{
    AccountMailEvent, AppointmentText, ErasureMailEvent, EventText, GatheringMailEvent, GatheringNews,
    NetworkMailEvent, RegistrationMailEvent, RegistrationNews, SurveyMailEvent,
};

/// The name of a telework month.
const CAMPAIGN: &str = "（月間の名称）";

pub(super) fn events<'a>(facts: &PreviewFacts<'a>) -> Vec<AccountMailEvent<'a>> {
    let (page, until) = (facts.link, facts.due());
    let look_by = japan_date(until);
    let mut all = vec![
        AccountMailEvent::RegistrationsWaiting { campaign: CAMPAIGN, count: 1, since: until, page },
        AccountMailEvent::EditionClosed { month: "（集計の年月）", until, page },
        AccountMailEvent::ErasureAhead(ErasureMailEvent { day: look_by, contacts: 1, records: 1, page }),
        AccountMailEvent::DoubtsWaiting { count: 1, look_by, page },
    ];
    all.extend(of_gathering(facts).map(AccountMailEvent::Gathering));
    all.extend(of_campaign(facts).map(AccountMailEvent::Registration));
    all.extend(of_survey(facts).map(AccountMailEvent::Survey));
    all.extend(of_network(facts).map(AccountMailEvent::Network));
    all
}

/// Returns the news for a participant of an event, which takes the time of the appointment.
fn of_gathering<'a>(facts: &PreviewFacts<'a>) -> [GatheringMailEvent<'a>; 14] {
    let AppointmentText { starts_at, ends_at, place, uid, sequence, .. } = facts.appointment;
    let until = facts.due();
    let event = EventText {
        title: "（イベント名）",
        starts_at,
        ends_at,
        place,
        uid,
        sequence,
        seat: SeatKind::Venue,
        number: Some(1),
        page: facts.link,
        public_page: facts.link,
    };
    [
        GatheringNews::Confirm { until },
        GatheringNews::Known,
        GatheringNews::Seated,
        GatheringNews::Waiting,
        GatheringNews::Offered { until },
        GatheringNews::OfferLapsed,
        GatheringNews::WaitEnded,
        GatheringNews::SeatCancelled,
        GatheringNews::Moved { was: facts.was() },
        GatheringNews::CalledOff { reason: REASON },
        GatheringNews::DayReminder,
        GatheringNews::HourReminder,
        GatheringNews::LinkReady,
        GatheringNews::Thanks { has_materials: true, answers_until: until },
    ]
    .map(|news| GatheringMailEvent { news, event })
}

/// Returns the news for a registrant of a telework month.
fn of_campaign<'a>(facts: &PreviewFacts<'a>) -> [RegistrationMailEvent<'a>; 8] {
    let (page, until, is_change) = (facts.link, facts.due(), false);
    [
        RegistrationNews::Prove { until },
        RegistrationNews::Known,
        RegistrationNews::Received { is_change, same_number: false, decided_by: japan_date(until) },
        RegistrationNews::Approved { is_change },
        RegistrationNews::Rejected { is_change, was_approved: false, reason: REASON },
        RegistrationNews::Withdrawn,
        RegistrationNews::Lapsed { is_change },
        RegistrationNews::Invitation { stop: facts.link },
    ]
    .map(|news| RegistrationMailEvent { news, campaign: CAMPAIGN, name: "（登録名）", page })
}

/// Returns the invitation to a survey, and its reminder.
fn of_survey<'a>(facts: &PreviewFacts<'a>) -> [SurveyMailEvent<'a>; 2] {
    [false, true].map(|is_reminder| SurveyMailEvent {
        is_reminder,
        title: "（調査の名称）",
        office: "（実施する省庁など）",
        closes_on: japan_date(facts.due()),
        page: facts.link,
        notice: facts.link,
        stop: facts.link,
    })
}

/// Returns the news of the network.
fn of_network<'a>(facts: &PreviewFacts<'a>) -> [NetworkMailEvent<'a>; 10] {
    let (page, until) = (facts.link, facts.due());
    let (words, outline) = ("（質問または返事の文）", "（都道府県・業種・規模）");
    [
        NetworkMailEvent::ProveMentor { page, until },
        NetworkMailEvent::MentorDecided { page, is_listed: true, reason: "" },
        NetworkMailEvent::ProveQuestion { page, until },
        NetworkMailEvent::Question { page, words, outline, until },
        NetworkMailEvent::Reminder { page, words, outline, until },
        NetworkMailEvent::Passed { page, mentor: "（企業の名称）", until },
        NetworkMailEvent::Words { page, words, from: "（書いた方）" },
        NetworkMailEvent::Back { page, why: REASON },
        NetworkMailEvent::Introduced {
            company: "（会社名）",
            person: "（氏名）",
            address: "name@example.jp",
        },
        NetworkMailEvent::Waiting { questions: 1, mentors: 1, since: until, page },
    ]
}
