//! Sample mails about registrations for a telework month.
use super::samples::{LINK, at, now};
use crate::mail::mail_event::{AccountMailEvent, ErasureMailEvent, RegistrationMailEvent, RegistrationNews};

const STOP: &str = "https://soudan.example.jp/u/outreach/TOKEN";

/// Returns every news for a registrant, with each of its flags.
fn news() -> Vec<RegistrationNews<'static>> {
    let mut all = vec![
        RegistrationNews::Prove { until: at("2026-11-21T05:05:00Z") },
        RegistrationNews::Known,
        RegistrationNews::Withdrawn,
        RegistrationNews::Invitation { stop: STOP },
    ];
    let decided_by = domain::calendar::japan_date(now());
    let reason = "名称を正式なものにしてください";
    for flag in [false, true] {
        all.extend([
            RegistrationNews::Received { is_change: flag, same_number: flag, decided_by },
            RegistrationNews::Approved { is_change: flag },
            RegistrationNews::Rejected { is_change: flag, was_approved: !flag, reason },
            RegistrationNews::Lapsed { is_change: flag },
        ]);
    }
    all.push(RegistrationNews::Rejected { is_change: false, was_approved: false, reason });
    all.push(RegistrationNews::Received { is_change: false, same_number: true, decided_by });
    all
}

fn named(name: &'static str) -> Vec<AccountMailEvent<'static>> {
    let campaign = "テレワーク月間2026";
    let of = |news| RegistrationMailEvent { news, campaign, name, page: LINK };
    news().into_iter().map(|it| AccountMailEvent::Registration(of(it))).collect()
}

/// Returns every news for a registrant, and the reminder of the center.
pub fn mail_events() -> Vec<AccountMailEvent<'static>> {
    let mut all = named("みなと製作所");
    all.push(AccountMailEvent::RegistrationsWaiting {
        campaign: "テレワーク月間2026",
        count: 3,
        since: now(),
        page: "https://soudan.example.jp/staff/month/1",
    });
    all.push(AccountMailEvent::EditionClosed {
        month: "2026年10月",
        until: now(),
        page: "https://soudan.example.jp/stats/editions/2026-10",
    });
    all.push(AccountMailEvent::ErasureAhead(ErasureMailEvent {
        day: chrono::NaiveDate::from_ymd_opt(2027, 4, 1).unwrap(),
        contacts: 12,
        records: 3,
        page: "https://soudan.example.jp/admin/retention",
    }));
    all
}

pub fn combinations() -> Vec<AccountMailEvent<'static>> {
    named("")
}
