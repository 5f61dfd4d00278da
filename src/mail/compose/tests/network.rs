//! Sample mails of the network.
use super::samples::{LINK, at, now};
use crate::mail::mail_event::{AccountMailEvent, NetworkMailEvent};

fn with(outline: &'static str, reason: &'static str) -> Vec<AccountMailEvent<'static>> {
    let until = at("2026-12-04T01:00:00Z");
    let words = "在宅勤務の日の残業は、どのように管理していますか。";
    let all = [
        NetworkMailEvent::ProveMentor { page: LINK, until },
        NetworkMailEvent::MentorDecided { page: LINK, is_listed: reason.is_empty(), reason },
        NetworkMailEvent::ProveQuestion { page: LINK, until },
        NetworkMailEvent::Question { page: LINK, words, outline, until },
        NetworkMailEvent::Reminder { page: LINK, words, outline, until },
        NetworkMailEvent::Passed { page: LINK, mentor: "見本電機株式会社", until },
        NetworkMailEvent::Words { page: LINK, words, from: "見本電機株式会社" },
        NetworkMailEvent::Back { page: LINK, why: "期限までに回答がなかった" },
        NetworkMailEvent::Introduced {
            company: "みなと製作所",
            person: "佐藤 一郎",
            address: "sato@example.jp",
        },
        NetworkMailEvent::Waiting { questions: 2, mentors: 1, since: now(), page: LINK },
    ];
    all.map(AccountMailEvent::Network).to_vec()
}

/// Returns every news of the network, with a mentor who is listed and one who is not.
pub fn mail_events() -> Vec<AccountMailEvent<'static>> {
    let mut all = with("秋田県・製造業・20人以下", "");
    all.push(AccountMailEvent::Network(NetworkMailEvent::MentorDecided {
        page: LINK,
        is_listed: false,
        reason: "募集の対象ではないため",
    }));
    all
}

pub fn combinations() -> Vec<AccountMailEvent<'static>> {
    with("", "募集の対象ではないため")
}
