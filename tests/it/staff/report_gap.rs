//! A report whose expert is absent when it is due, or that is overdue beyond its last reminder, stands in the center's
//! worklist by itself, with its reason and its deadline.
use chrono::{Duration, TimeDelta};
use domain::{
    aftercare::report::ReportGap, booking::availability::Absence, calendar::japan_date, due::Due,
    id::ExpertId,
};
use madoguchi::{
    doctor,
    ops::{self, routing::expert::AvailabilityChange},
    store, worker,
};

use super::{act, at, center, done};
use crate::{
    cases::{self, CONTACT, Case, appointment, mails_to, record},
    company,
    site::{PASSWORD, Site},
};

async fn sound(site: &Site) {
    worker::once(&site.app).await;
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

async fn again(site: &Site) {
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
}

/// Records that an expert is away on the day on which the report is due.
async fn away(site: &Site, case: Case, expert: ExpertId) {
    let due = record(site, case).await.due.as_ref().and_then(Due::at).unwrap();
    let absence = Absence {
        first: japan_date(due) - Duration::days(1),
        last: japan_date(due) + Duration::days(3),
        stand_in: None,
    };
    let change = AvailabilityChange::AddAbsence(absence, "病気".to_owned());
    ops::routing::expert::change_availability(&site.app, expert, change).await.unwrap();
}

async fn back(site: &Site, expert: ExpertId) {
    let all = store::routing::expert::entries(&site.app.db, expert).await.unwrap().absences;
    for (id, ..) in all {
        let change = AvailabilityChange::RemoveAbsence(id);
        ops::routing::expert::change_availability(&site.app, expert, change).await.unwrap();
    }
}

/// Returns whether the case stands in each tab of the worklist.
async fn stands(site: &Site, case: Case, tabs: [&str; 2]) -> [bool; 2] {
    let number = case.number.to_string();
    let mut found = [false; 2];
    for (n, tab) in tabs.into_iter().enumerate() {
        found[n] = site.get(tab).await.body.contains(&number);
    }
    found
}

const TABS: [&str; 2] = ["/staff", "/staff?tab=reports"];

#[actix_web::test]
async fn a_report_of_an_expert_who_is_ill_stands_in_the_list_until_somebody_can_write_it() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    again(&site).await;
    assert_eq!(stands(&site, case, TABS).await, [false; 2]);
    away(&site, case, cast.expert).await;
    let after = record(&site, case).await;
    assert_eq!(after.report_by_center, Some(ReportGap::Absent));
    assert_eq!(stands(&site, case, TABS).await, [true; 2]);
    site.get("/staff?tab=reports").await.shows("専門家が報告書の期限に不在です");
    let page = site.get(&at(case.number, "")).await;
    page.shows("専門家が報告書の期限に不在です。専門家に確認するか");
    page.shows("報告書を書く");
    site.get(&at(case.number, "?view=history")).await.shows("報告書をセンターの対応に載せました");
    let reader = site.visitor();
    company::sign_in(&reader, CONTACT).await;
    let page = reader.get(&company::my(case, "")).await;
    page.shows("までに報告書をまとめます");
    assert!(!page.body.contains("専門家が11月"), "it does not say who writes it");

    // The absence is taken back: the expert writes it as before.
    back(&site, cast.expert).await;
    assert_eq!(record(&site, case).await.report_by_center, None);
    assert_eq!(stands(&site, case, TABS).await, [false; 2]);

    // The expert may write it all the same, and then it waits for the approval.
    away(&site, case, cast.expert).await;
    let expert = site.visitor();
    assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
    let id = appointment(&site, case).await.id.to_string();
    let form = [
        ("session", &*id),
        ("version", "0"),
        ("action", "submit"),
        ("present_state", "紙です。"),
        ("advice", "段階的に。"),
        ("next_steps", "3月まで。"),
    ];
    done(&expert.post(&format!("/expert/consultations/{}/report", case.number), &form).await);
    assert_eq!(record(&site, case).await.report_by_center, None);
    // A report that is returned to an expert who is away is the center's again.
    let version = record(&site, case).await.version.to_string();
    let form = [("decision", "return"), ("reason", "時期を書いてください"), ("version", &version)];
    done(&site.post(&at(case.number, &format!("/report/{id}")), &form).await);
    assert_eq!(record(&site, case).await.report_by_center, Some(ReportGap::Absent));
    sound(&site).await;
}

#[actix_web::test]
async fn an_absence_that_is_known_before_the_appointment_counts_from_its_outcome_on() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let ends_at = appointment(&site, case).await.ends_at;
    let absence = Absence {
        first: japan_date(ends_at) + Duration::days(1),
        last: japan_date(ends_at) + Duration::days(40),
        stand_in: None,
    };
    let change = AvailabilityChange::AddAbsence(absence, String::new());
    ops::routing::expert::change_availability(&site.app, cast.expert, change).await.unwrap();
    site.app.clock.advance(ends_at - site.app.clock.now());
    again(&site).await;
    done(&act(&site, case, "/done", &[]).await);
    assert_eq!(record(&site, case).await.report_by_center, Some(ReportGap::Absent));
    assert_eq!(stands(&site, case, TABS).await, [true; 2]);
    sound(&site).await;
}

#[actix_web::test]
async fn a_report_that_is_overdue_beyond_its_reminder_is_the_centers_turn() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let due = record(&site, case).await.due.as_ref().and_then(Due::at).unwrap();
    site.app.clock.advance(due + TimeDelta::hours(17) - site.app.clock.now());
    sound(&site).await;
    again(&site).await;
    assert_eq!(record(&site, case).await.report_by_center, None, "the reminder has just gone out");
    for _ in 0..9 {
        site.app.clock.advance(TimeDelta::days(1));
        sound(&site).await;
    }
    again(&site).await;
    assert_eq!(record(&site, case).await.report_by_center, Some(ReportGap::Overdue));
    assert_eq!(stands(&site, case, TABS).await, [true; 2]);
    assert_eq!(stands(&site, case, ["/staff?overdue=1", "/staff?tab=stalled"]).await, [true; 2]);
    site.get("/staff?tab=reports").await.shows("期限を過ぎても報告書が提出されていません");
    site.get(&at(case.number, ""))
        .await
        .shows("期限を過ぎても報告書が提出されていません。専門家に連絡するか");
    let sent = mails_to(&site, "expert@example.jp").await;
    assert_eq!(sent.iter().filter(|it| it.kind == "report_due" && it.state.code() == "sent").count(), 2);

    // The center writes it in the expert's stead, and it is out of the list.
    let id = appointment(&site, case).await.id;
    let form = [
        ("version", "0"),
        ("author", &*cast.expert.to_string()),
        ("present_state", "紙です。"),
        ("advice", "段階的に。"),
        ("next_steps", "3月まで。"),
    ];
    done(&site.post(&at(case.number, &format!("/report/{id}/write")), &form).await);
    assert_eq!(record(&site, case).await.report_by_center, None);
    sound(&site).await;
}

#[actix_web::test]
async fn the_other_expert_of_the_appointment_is_asked_for_the_report_of_one_who_is_ill() {
    let (site, _, case, [ict, labor]) = super::told_once::of_two(true).await;
    let ends_at = appointment(&site, case).await.ends_at;
    site.app.clock.advance(ends_at - site.app.clock.now());
    again(&site).await;
    done(&act(&site, case, "/done", &[]).await);
    let request_to = async |to: &str| {
        let all = mails_to(&site, to).await;
        all.iter().filter(|it| it.kind == "report_due" && it.dedup_key.is_none()).count()
    };
    let of = async |expert| {
        if expert == ict { request_to("ict@example.jp").await } else { request_to("labor@example.jp").await }
    };
    let (first, other) = if of(ict).await == 1 { (ict, labor) } else { (labor, ict) };
    assert_eq!((of(first).await, of(other).await), (1, 0));
    away(&site, case, other).await;
    assert_eq!((of(first).await, of(other).await), (1, 0), "nothing changes for the one who was asked");
    back(&site, other).await;
    away(&site, case, first).await;
    assert_eq!((of(first).await, of(other).await), (1, 1));
    assert_eq!(record(&site, case).await.report_by_center, None, "the other one can write it");
    site.get(&at(case.number, "?view=history")).await.shows("さんが不在のため、実施報告書を");
    away(&site, case, other).await;
    assert_eq!(record(&site, case).await.report_by_center, Some(ReportGap::Absent));
    sound(&site).await;
}
