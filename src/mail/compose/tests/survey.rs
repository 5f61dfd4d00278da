//! Sample mails about surveys, and about reports of doubtful requests.
use super::samples::{LINK, now};
use crate::mail::mail_event::{AccountMailEvent, SurveyMailEvent};

const NOTICE: &str = "https://soudan.example.jp/surveys/10001";
const STOP: &str = "https://soudan.example.jp/u/outreach/TOKEN";

fn with(office: &'static str, notice: &'static str) -> Vec<AccountMailEvent<'static>> {
    let closes_on = domain::calendar::japan_date(now());
    let title = "企業のデジタル化に関する調査";
    let of = |is_reminder| SurveyMailEvent {
        is_reminder,
        title,
        office,
        closes_on,
        page: LINK,
        notice,
        stop: STOP,
    };
    [false, true].map(|it| AccountMailEvent::Survey(of(it))).to_vec()
}

/// Returns the invitation, the reminder, and the reminder of the center.
pub fn mail_events() -> Vec<AccountMailEvent<'static>> {
    let mut all = with("見本省", NOTICE);
    all.push(AccountMailEvent::DoubtsWaiting {
        count: 2,
        look_by: domain::calendar::japan_date(now()),
        page: "https://soudan.example.jp/staff/doubts",
    });
    all
}

pub fn combinations() -> Vec<AccountMailEvent<'static>> {
    with("", "")
}
