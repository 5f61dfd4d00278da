//! Examples of mails for participants of events and registrants of telework months.
use domain::{calendar::japan_date, gathering::SeatKind};

use super::{Example, Facts, REASON};
use crate::mail::{
    mail_event::{
        AccountMailEvent, AppointmentText, EventText, GatheringMailEvent, GatheringNews,
        RegistrationMailEvent, RegistrationNews,
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
