//! Examples of mails for participants of events, registrants of telework months and people who are asked to answer surveys.
use domain::{calendar::japan_date, gathering::SeatKind};

use super::{Example, Facts, REASON};
use crate::mail::{
    mail_event::{
        AccountMailEvent, AppointmentText, EventText, GatheringMailEvent, GatheringNews, NetworkMailEvent,
        RegistrationMailEvent, RegistrationNews, SurveyMailEvent,
    },
    text::TextKind,
};

/// Returns an example of the news for a participant of an event, which takes the time of the appointment.
pub fn of_gathering<'a>(kind: TextKind, facts: &Facts<'a>) -> Example<'a> {
    let AppointmentText { starts_at, ends_at, place, uid, sequence, .. } = facts.appointment;
    let until = facts.due();
    let all = [
        GatheringNews::Confirm { until },
        GatheringNews::Known,
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
    ];
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
    let mut mails = all.into_iter().map(|news| GatheringMailEvent { news, event });
    let of_kind = mails.find(|it| it.text() == kind);
    let seated = GatheringMailEvent { news: GatheringNews::Seated, event };
    Example::Plain(AccountMailEvent::Gathering(of_kind.unwrap_or(seated)))
}

/// Returns an example of the news that the statistics of a month are closed.
pub fn of_edition<'a>(facts: &Facts<'a>) -> Example<'a> {
    let month = "（集計の年月）";
    Example::Plain(AccountMailEvent::EditionClosed { month, until: facts.due(), page: facts.link })
}

/// Returns an example of the news for a registrant of a telework month, or of the reminder of the center.
pub fn of_campaign<'a>(kind: TextKind, facts: &Facts<'a>) -> Example<'a> {
    let (campaign, page, is_change) = ("（月間の名称）", facts.link, false);
    if kind == TextKind::RegistrationsWaiting {
        let since = facts.due();
        return Example::Plain(AccountMailEvent::RegistrationsWaiting { campaign, count: 1, since, page });
    }
    let decided_by = japan_date(facts.due());
    let all = [
        RegistrationNews::Prove { until: facts.due() },
        RegistrationNews::Received { is_change, same_number: false, decided_by },
        RegistrationNews::Approved { is_change },
        RegistrationNews::Rejected { is_change, was_approved: false, reason: REASON },
        RegistrationNews::Withdrawn,
        RegistrationNews::Lapsed { is_change },
        RegistrationNews::Invitation { stop: facts.link },
    ];
    let of = |news| RegistrationMailEvent { news, campaign, name: "（登録名）", page };
    let of_kind = all.into_iter().map(of).find(|it| it.text() == kind);
    Example::Plain(AccountMailEvent::Registration(of_kind.unwrap_or_else(|| of(RegistrationNews::Known))))
}

/// Returns an example of the invitation to a survey, of its reminder, or of the reminder of the center.
pub fn of_survey<'a>(kind: TextKind, facts: &Facts<'a>) -> Example<'a> {
    let day = japan_date(facts.due());
    Example::Plain(if kind == TextKind::DoubtsWaiting {
        AccountMailEvent::DoubtsWaiting { count: 1, look_by: day, page: facts.link }
    } else {
        AccountMailEvent::Survey(SurveyMailEvent {
            is_reminder: kind == TextKind::SurveyReminder,
            title: "（調査の名称）",
            office: "（実施する省庁など）",
            closes_on: day,
            page: facts.link,
            notice: facts.link,
            stop: facts.link,
        })
    })
}

/// Returns an example of the news of the network.
pub fn of_network<'a>(kind: TextKind, facts: &Facts<'a>) -> Example<'a> {
    let (page, until) = (facts.link, facts.due());
    let words = "（質問または返事の文）";
    let all = [
        NetworkMailEvent::ProveMentor { page, until },
        NetworkMailEvent::MentorDecided { page, is_listed: true, reason: "" },
        NetworkMailEvent::ProveQuestion { page, until },
        NetworkMailEvent::Question { page, words, outline: "（都道府県・業種・規模）", until },
        NetworkMailEvent::Reminder { page, words, outline: "（都道府県・業種・規模）", until },
        NetworkMailEvent::Passed { page, mentor: "（企業の名称）", until },
        NetworkMailEvent::Words { page, words, from: "（書いた方）" },
        NetworkMailEvent::Introduced {
            company: "（会社名）",
            person: "（氏名）",
            address: "name@example.jp",
        },
        NetworkMailEvent::Waiting { questions: 1, mentors: 1, since: until, page },
    ];
    let back = NetworkMailEvent::Back { page, why: REASON };
    let of_kind = all.into_iter().find(|it| it.text() == kind);
    Example::Plain(AccountMailEvent::Network(of_kind.unwrap_or(back)))
}
