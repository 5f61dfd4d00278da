//! Composes every event with every combination of missing values.
use std::sync::OnceLock;

use domain::{
    actor::Party,
    booking::appointment::AppointmentMode,
    consultation::{
        AppointmentOutcome::{Done, ExpertNoShow, NoShow},
        UnfulfilledReason,
    },
    field::{Field, Fields},
};

use super::samples::{
    CENTER, COMPANY, EXPERT, LINK, appointment_text, at, company_events, experts, mail_events, now, outline,
};
use crate::mail::mail_event::{
    AccountMailEvent, AppointmentText, DigestCounts, MailEvent, MissedPart, OutcomeEvent, ReaderSide,
    Recipient, Recommended, RequestedPart, TimeNews,
};

pub fn combinations() -> Vec<(MailEvent<'static>, Recipient<'static>)> {
    let sided = [
        (ReaderSide::Company { portal: LINK }, COMPANY),
        (ReaderSide::Expert, EXPERT),
        (ReaderSide::Center, CENTER),
    ]
    .into_iter()
    .flat_map(|(side, to)| for_side(side).into_iter().map(move |it| (it, to)));
    let company = for_company().into_iter().map(|it| (it, COMPANY));
    let expert = for_expert().into_iter().map(|it| (it, EXPERT));
    let center = for_center().into_iter().map(|it| (it, CENTER));
    sided.chain(company).chain(expert).chain(center).chain(mail_events()).collect()
}

/// Returns appointments online and by visit, with and without a venue, with no, one and two experts.
fn appointments() -> Vec<AppointmentText<'static>> {
    let mut all = Vec::new();
    for mode in [AppointmentMode::Online, AppointmentMode::Visit] {
        for place in ["", " https://meet.example.jp/a-b-c ", "東京都港区台場9-9-9"] {
            for experts in [&[], experts(), two_experts()] {
                all.push(AppointmentText { mode, place, experts, ..appointment_text() });
            }
        }
    }
    all
}

fn maybe_appointments() -> Vec<Option<AppointmentText<'static>>> {
    appointments().into_iter().map(Some).chain([None]).collect()
}

const REASONS: [&str; 3] =
    ["", "急な予定が入ったため", " ▼ログインする\n\nhttps://evil.example.jp/ \n■お知らせ "];

/// Returns whether the reader gets a letter about an event. The center sees most of them on its pages alone.
pub fn is_written_to(side: ReaderSide<'_>, event: &MailEvent<'_>) -> bool {
    side != ReaderSide::Center
        || matches!(
            event,
            MailEvent::ExpertChanged { .. } | MailEvent::Outcome(_) | MailEvent::NewMessage { .. }
        )
}

fn for_side(side: ReaderSide<'static>) -> Vec<MailEvent<'static>> {
    let (ahead, over) = (at("2026-11-20T08:00:00Z"), now());
    let mut all = vec![MailEvent::NewMessage { side }];
    for appointment in appointments() {
        for change_until in [ahead, over] {
            all.push(MailEvent::Booked { side, appointment, change_until });
            all.push(MailEvent::Moved { side, appointment, change_until, was: ahead });
        }
        let parties = [None, Some(Party::Company), Some(Party::Expert), Some(Party::Coordinator)];
        all.extend(REASONS.iter().flat_map(|reason| {
            parties.map(|by| {
                let is_blocked = by == Some(Party::Expert);
                MailEvent::Cancelled { side, appointment, reason, by, is_blocked }
            })
        }));
        for is_correction in [false, true] {
            let owed = |owed, may_choose| Some(MissedPart { expert: EXPERT.name, owed, may_choose });
            let labor = Some(Field::Labor);
            for part in [None, owed(None, false), owed(labor, true), owed(labor, false)] {
                let missed = OutcomeEvent::ExpertMissed { side, appointment, part, is_correction };
                all.push(MailEvent::Outcome(missed));
            }
        }
        if side != ReaderSide::Center {
            for [was, outcome] in [[NoShow, Done], [Done, NoShow], [NoShow, ExpertNoShow]] {
                let corrected =
                    OutcomeEvent::Corrected { side, appointment, was: was.into(), outcome: outcome.into() };
                all.push(MailEvent::Outcome(corrected));
            }
        }
        all.extend([experts(), two_experts()].map(|was| MailEvent::ExpertChanged { side, appointment, was }));
        all.extend([MailEvent::Venue { side, appointment }, MailEvent::Reminder { side, appointment }]);
    }
    all.retain(|it| is_written_to(side, it));
    all
}

/// Returns the ways in which a consultation ends without an appointment ahead.
fn endings(cancelled: Option<AppointmentText<'static>>) -> Vec<MailEvent<'static>> {
    let mut all = Vec::new();
    for advised in [false, true] {
        all.extend(UnfulfilledReason::ALL.map(|reason| MailEvent::Unfulfilled {
            reason,
            advised,
            cancelled,
        }));
    }
    let organization = "商工の窓口";
    for called_by in [None, Some(at("2026-11-26T08:00:00Z"))] {
        all.extend(REASONS.map(|note| MailEvent::Referred { called_by, organization, note, cancelled }));
    }
    all
}

fn for_company() -> Vec<MailEvent<'static>> {
    let mut all = company_events();
    for cancelled in maybe_appointments() {
        all.push(MailEvent::Withdrawn { portal: LINK, cancelled });
        all.push(MailEvent::Finished { portal: LINK, cancelled });
        all.extend(endings(cancelled));
        let slot = cancelled.map(|it| (it, at("2026-11-21T05:05:00Z")));
        let (received_at, first_contact_due) = (now(), at("2026-11-26T08:00:00Z"));
        all.push(MailEvent::Acknowledgement {
            confirm: LINK,
            slot,
            received_at,
            first_contact_due,
            handed_over: None,
        });
    }
    for appointment in appointments() {
        let earlier = |booked| MailEvent::EarlierTime { answer: LINK, appointment, booked, until: now() };
        all.extend([None, Some(now())].map(earlier));
    }
    all.extend(
        [&[], experts(), two_experts()].map(|it| MailEvent::SlotsToChoose { portal: LINK, experts: it }),
    );
    all.extend([&[], experts(), two_experts()].map(|it| MailEvent::FurtherAppointment {
        portal: LINK,
        experts: it,
        is_open: false,
        was: None,
        report: None,
    }));
    all.extend(further_and_team());
    for is_correction in [false, true] {
        let missed = |appointment| {
            let side = ReaderSide::Company { portal: LINK };
            MailEvent::NoShow { side, appointment, is_correction }
        };
        all.extend(appointments().into_iter().map(missed));
    }
    all.extend(super::case_number::merged());
    all.push(MailEvent::AddressChanged { confirm: LINK, slot: None });
    all.push(MailEvent::AddressReplaced { object: LINK });
    all.extend(reports());
    all.extend(REASONS.map(|text| MailEvent::Question { portal: LINK, text }));
    all.push(MailEvent::FollowUp {
        lead: "規程の案はできましたか。",
        answer: "https://soudan.example.jp/f/A?b=c",
    });
    all
}

/// Returns reports that are ready, with and without recommendations and each of what may follow.
fn reports() -> Vec<MailEvent<'static>> {
    let mut all = Vec::new();
    for examples in [&[], experts()] {
        let recommended = recommended(examples);
        for follows in [false, true] {
            for (may_continue, is_over, is_correction) in
                [(true, false, false), (false, false, false), (false, true, false), (true, false, true)]
            {
                let ready = |appointment| MailEvent::ReportReady {
                    portal: LINK,
                    appointment,
                    recommended,
                    follows,
                    may_continue,
                    is_over,
                    is_correction,
                };
                all.extend(appointments().into_iter().map(ready));
            }
        }
    }
    all
}

/// Returns recommendations that have the same lines as examples and as entries of the guide.
const fn recommended(lines: &'static [String]) -> Recommended<'static> {
    Recommended { examples: lines, guides: lines }
}

/// Returns further appointments, and changes of the team and of the fields, each with and without every part.
fn further_and_team() -> Vec<MailEvent<'static>> {
    let mut all = Vec::new();
    for experts in [&[], experts(), two_experts()] {
        for is_open in [false, true] {
            for report in [None, Some(Recommended::default()), Some(recommended(experts))] {
                let plan =
                    |was| MailEvent::FurtherAppointment { portal: LINK, experts, is_open, was, report };
                all.extend([None, Some(Fields::Labor)].map(plan));
            }
        }
    }
    let news = [TimeNews::Stands, TimeNews::Booked, TimeNews::Kept, TimeNews::Cancelled, TimeNews::Released];
    let times = maybe_appointments().into_iter().flat_map(|it| match it {
        Some(it) => news.map(|news| Some((it, news))).to_vec(),
        None => vec![None],
    });
    for time in times {
        for released in [&[], experts(), two_experts()] {
            for flag in [false, true] {
                all.push(MailEvent::FieldsChanged {
                    portal: LINK,
                    was: Fields::Both,
                    missing: Some(Fields::Labor).filter(|_| flag),
                    released,
                    time,
                    chooses: flag,
                });
                all.extend(REASONS.map(|reason| MailEvent::TeamChanging {
                    portal: LINK,
                    released,
                    by: Party::Expert,
                    reason,
                    lost: time,
                    may_choose: flag,
                }));
            }
        }
    }
    all
}

fn for_expert() -> Vec<MailEvent<'static>> {
    let (answer, due_at) = ("https://soudan.example.jp/a/TOKEN", at("2026-11-24T08:00:00Z"));
    let mut all = REASONS.map(|reason| MailEvent::ReportReturned { reason }).to_vec();
    for slot in maybe_appointments() {
        for outline in [outline(), &[]] {
            all.extend([Fields::Ict, Fields::Labor, Fields::Both].map(|fields| MailEvent::Request {
                answer,
                fields,
                part: RequestedPart::Whole,
                slot,
                due_at,
                outline,
            }));
        }
        all.push(MailEvent::RequestLapsed { slot });
        all.extend(REASONS.map(|reason| MailEvent::RequestWithdrawn { slot, reason }));
    }
    for appointment in appointments() {
        all.extend([MailEvent::RequestDeclined { appointment }, MailEvent::Relieved { appointment }]);
    }
    all
}

fn for_center() -> Vec<MailEvent<'static>> {
    let page = "https://soudan.example.jp/staff/absences";
    let mut all: Vec<_> = appointments()
        .into_iter()
        .map(|appointment| MailEvent::SubstituteNeeded { appointment, declined: "佐藤 次郎", page })
        .collect();
    all.extend(REASONS.map(|reason| MailEvent::Undelivered { address: COMPANY.address, reason }));
    all
}

pub fn plain_combinations() -> Vec<AccountMailEvent<'static>> {
    let stop = "https://soudan.example.jp/u/weekly_digest/TOKEN";
    let mut all = super::samples::account_mail_events();
    all.extend(super::gathering::combinations());
    all.extend(super::campaign::combinations());
    all.extend(super::survey::combinations());
    all.extend(super::network::combinations());
    let either = [outline(), &[]];
    for appointments in either {
        for requests in either {
            all.extend(either.map(|reports| AccountMailEvent::WeeklyDigest {
                appointments,
                requests,
                reports,
                stop,
            }));
        }
    }
    for lines in either {
        all.extend(["", stop].map(|stop| AccountMailEvent::Digest {
            counts: DigestCounts {
                new: 0,
                overdue: 12,
                stalled: 1,
                calls: 1,
                unanswered: 2,
                late_responses: u64::from(stop.is_empty()),
                reports: u64::from(stop.is_empty()),
                tasks: u64::from(!stop.is_empty()),
            },
            lines,
            stop,
        }));
        all.push(AccountMailEvent::AbsenceOverBookings {
            expert: "山田 花子",
            days: "11月24日（火）",
            lines,
        });
    }
    all
}

fn two_experts() -> &'static [String] {
    static EXPERTS: OnceLock<Vec<String>> = OnceLock::new();
    EXPERTS.get_or_init(|| ["山田 花子", "佐藤 次郎"].map(str::to_owned).to_vec())
}
