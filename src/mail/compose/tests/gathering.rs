//! Sample mails about events of the programme.
use domain::gathering::SeatKind;

use super::samples::{LINK, at, now};
use crate::mail::mail_event::{AccountMailEvent, EventText, GatheringMailEvent, GatheringNews};

/// Returns every news for a participant.
fn news() -> [GatheringNews<'static>; 15] {
    let (until, answers_until) = (at("2026-11-21T05:05:00Z"), at("2026-12-24T01:00:00Z"));
    [
        GatheringNews::Confirm { until },
        GatheringNews::Known,
        GatheringNews::Seated,
        GatheringNews::Waiting,
        GatheringNews::Offered { until },
        GatheringNews::OfferLapsed,
        GatheringNews::WaitEnded,
        GatheringNews::SeatCancelled,
        GatheringNews::Moved { was: now() },
        GatheringNews::CalledOff { reason: "大雪のため" },
        GatheringNews::DayReminder,
        GatheringNews::HourReminder,
        GatheringNews::LinkReady,
        GatheringNews::Thanks { has_materials: true, answers_until },
        GatheringNews::Thanks { has_materials: false, answers_until },
    ]
}

fn event(seat: SeatKind, number: Option<i32>) -> EventText<'static> {
    EventText {
        title: "テレワーク導入セミナー",
        starts_at: at("2026-11-24T01:00:00Z"),
        ends_at: at("2026-11-24T03:00:00Z"),
        place: "東京都港区台場9-9-9",
        uid: "0191@example.jp",
        sequence: 0,
        seat,
        number,
        page: LINK,
        public_page: "https://soudan.example.jp/events/10001",
    }
}

/// Returns every news for a participant with a seat at the venue.
pub fn mail_events() -> Vec<AccountMailEvent<'static>> {
    let event = event(SeatKind::Venue, Some(12));
    news().map(|news| AccountMailEvent::Gathering(GatheringMailEvent { news, event })).to_vec()
}

/// Returns the news with each kind of seat, with and without a number, at a venue and at none.
pub fn combinations() -> Vec<AccountMailEvent<'static>> {
    let mut all = Vec::new();
    for seat in SeatKind::ALL {
        for number in [None, Some(3)] {
            for place in ["", "東京都港区台場9-9-9"] {
                let event = EventText { place, ..event(seat, number) };
                let of = |news| AccountMailEvent::Gathering(GatheringMailEvent { news, event });
                all.extend(news().map(of));
                all.push(of(GatheringNews::CalledOff { reason: "" }));
            }
        }
    }
    all
}
