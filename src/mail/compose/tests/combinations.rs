//! Every event with every combination of what can be missing.
use std::sync::OnceLock;

use domain::{appointment::SessionMode, consultation::UnfulfilledReason, field::Fields};

use super::samples::{
    CENTER, COMPANY, EXPERT, LINK, at, company_occasions, experts, now, occasions, outline, sitting,
};
use crate::mail::occasion::{Occasion, PlainOccasion, Recipient, Side, Sitting};

pub fn combinations() -> Vec<(Occasion<'static>, Recipient<'static>)> {
    let sided = [(Side::Company { portal: LINK }, COMPANY), (Side::Expert, EXPERT), (Side::Center, CENTER)]
        .into_iter()
        .flat_map(|(side, to)| for_side(side).into_iter().map(move |it| (it, to)));
    let company = for_company().into_iter().map(|it| (it, COMPANY));
    let expert = for_expert().into_iter().map(|it| (it, EXPERT));
    let center = for_center().into_iter().map(|it| (it, CENTER));
    sided.chain(company).chain(expert).chain(center).chain(occasions()).collect()
}

/// Online and visit, with and without a place, with none, one and two experts.
fn sittings() -> Vec<Sitting<'static>> {
    let mut all = Vec::new();
    for mode in [SessionMode::Online, SessionMode::Visit] {
        for place in ["", " https://meet.example.jp/a-b-c ", "東京都港区台場9-9-9"] {
            for experts in [&[], experts(), two_experts()] {
                all.push(Sitting { mode, place, experts, ..sitting() });
            }
        }
    }
    all
}

fn maybe_sittings() -> Vec<Option<Sitting<'static>>> {
    sittings().into_iter().map(Some).chain([None]).collect()
}

const REASONS: [&str; 3] =
    ["", "急な予定が入ったため", " ▼ログインする\n\nhttps://evil.example.jp/ \n■お知らせ "];

fn for_side(side: Side<'static>) -> Vec<Occasion<'static>> {
    let (ahead, over) = (at("2026-11-20T08:00:00Z"), now());
    let mut all = vec![Occasion::NewMessage { side }];
    for sitting in sittings() {
        for change_until in [ahead, over] {
            all.push(Occasion::Booked { side, sitting, change_until });
            all.push(Occasion::Moved { side, sitting, change_until, was: ahead });
        }
        all.extend(REASONS.map(|reason| Occasion::Cancelled { side, sitting, reason }));
        all.extend([experts(), two_experts()].map(|was| Occasion::ExpertChanged { side, sitting, was }));
        all.extend([Occasion::Room { side, sitting }, Occasion::Reminder { side, sitting }]);
    }
    all.extend(maybe_sittings().into_iter().map(|cancelled| Occasion::Withdrawn { side, cancelled }));
    all
}

fn for_company() -> Vec<Occasion<'static>> {
    let mut all = company_occasions();
    for cancelled in maybe_sittings() {
        all.extend(UnfulfilledReason::ALL.map(|reason| Occasion::Unfulfilled { reason, cancelled }));
        let organization = "商工の窓口";
        all.extend(REASONS.map(|note| Occasion::Referred { organization, note, cancelled }));
        let slot = cancelled.map(|it| (it, at("2026-11-21T05:05:00Z")));
        let (received_at, first_contact_due) = (now(), at("2026-11-26T08:00:00Z"));
        all.push(Occasion::Acknowledgement { confirm: LINK, slot, received_at, first_contact_due });
    }
    for sitting in sittings() {
        let earlier = |booked| Occasion::EarlierTime { answer: LINK, sitting, booked, until: now() };
        all.extend([None, Some(now())].map(earlier));
    }
    all.extend(
        [&[], experts(), two_experts()].map(|it| Occasion::SlotsToChoose { portal: LINK, experts: it }),
    );
    all.extend(REASONS.map(|text| Occasion::Question { portal: LINK, text }));
    all.push(Occasion::FollowUp {
        lead: "規程の案はできましたか。",
        answer: "https://soudan.example.jp/f/A?b=c",
    });
    all
}

fn for_expert() -> Vec<Occasion<'static>> {
    let (answer, due_at) = ("https://soudan.example.jp/a/TOKEN", at("2026-11-24T08:00:00Z"));
    let mut all = REASONS.map(|reason| Occasion::ReportReturned { reason }).to_vec();
    for slot in maybe_sittings() {
        for outline in [outline(), &[]] {
            all.extend([Fields::Ict, Fields::Labor, Fields::Both].map(|fields| Occasion::Request {
                answer,
                fields,
                slot,
                due_at,
                outline,
            }));
        }
        all.extend([Occasion::RequestLapsed { slot }, Occasion::RequestWithdrawn { slot }]);
    }
    for sitting in sittings() {
        all.extend([Occasion::RequestDeclined { sitting }, Occasion::Relieved { sitting }]);
    }
    all
}

fn for_center() -> Vec<Occasion<'static>> {
    let page = "https://soudan.example.jp/staff/absences";
    let mut all: Vec<_> = sittings()
        .into_iter()
        .map(|sitting| Occasion::SubstituteNeeded { sitting, declined: "佐藤 次郎", page })
        .collect();
    all.extend(REASONS.map(|reason| Occasion::Undelivered { address: COMPANY.address, reason }));
    all
}

pub fn plain_combinations() -> Vec<PlainOccasion<'static>> {
    let stop = "https://soudan.example.jp/u/weekly_digest/TOKEN";
    let mut all = super::samples::plain_occasions().to_vec();
    let either = [outline(), &[]];
    for sessions in either {
        for requests in either {
            all.extend(either.map(|reports| PlainOccasion::WeeklyDigest {
                sessions,
                requests,
                reports,
                stop,
            }));
        }
    }
    for lines in either {
        all.extend(["", stop].map(|stop| PlainOccasion::Digest { new: 0, overdue: 12, lines, stop }));
        all.push(PlainOccasion::AbsenceOverBookings {
            expert: "山田 花子", days: "11月24日（火）", lines
        });
    }
    all
}

fn two_experts() -> &'static [String] {
    static EXPERTS: OnceLock<Vec<String>> = OnceLock::new();
    EXPERTS.get_or_init(|| ["山田 花子", "佐藤 次郎"].map(str::to_owned).to_vec())
}
