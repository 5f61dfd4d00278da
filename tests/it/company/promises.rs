//! Promises of the mails and pages of a company that no other test of these pages checks.
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    aftercare::follow_up::FollowUpState,
    calendar::{BusinessCalendar, japan_date},
};
use madoguchi::{
    doctor,
    ops::{
        self,
        aftercare::report::{ReportDecision, Saving},
        consultation::Ending,
    },
    store, worker,
};

use super::{leads_to, my, sign_in};
use crate::{
    cases::{self, CONTACT, Case, Cast},
    deadlines::{go_to, work},
    site::{PASSWORD, Site},
};

/// Closes a case whose company has not answered two reminders.
async fn closed_in_silence(site: &Site, cast: &Cast) -> Case {
    let case = cases::scheduling(site, cast, CONTACT).await;
    for day in ["2026-11-26", "2026-12-02", "2026-12-07", "2026-12-14"] {
        go_to(site, &format!("{day}T10:00:00"));
        work(site).await;
    }
    let version = cases::record(site, case).await.version;
    let ending = Ending::CloseInSilence;
    ops::consultation::end(&site.app, case.id, Some(version), cast.center(), ending).await.unwrap();
    case
}

/// 「このお知らせのあと、確認のご連絡はいたしません。」「同じ受付番号で、手続きを再開できます。」
#[actix_web::test]
async fn a_company_that_did_not_answer_is_left_in_peace_and_goes_on_under_its_number() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = closed_in_silence(&site, &cast).await;
    worker::once(&site.app).await;
    let mails = cases::mails_to(&site, CONTACT).await;
    let last = mails.last().unwrap();
    assert_eq!(last.kind, "closed_in_silence");
    assert!(last.text_body.contains("確認のご連絡はいたしません"), "{}", last.text_body);
    let begun = site.app.clock.now();
    let passed = || {
        let (from, to) = (japan_date(begun), japan_date(site.app.clock.now()));
        BusinessCalendar::default().business_days_between(from, to)
    };
    while passed() < 60 {
        site.app.clock.advance(TimeDelta::hours(12));
        worker::once(&site.app).await;
    }
    assert_eq!(cases::mails_to(&site, CONTACT).await.len(), mails.len(), "nothing is written any more");
    assert_eq!(cases::record(&site, case).await.to_call_since, None, "and nobody calls");

    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let version = cases::record(&site, case).await.version.to_string();
    let form = [("version", version.as_str()), ("reason", "電話で再開を希望")];
    let path = format!("/staff/consultations/{}/reopen", case.number);
    assert_eq!(site.post(&path, &form).await.status, 303);
    assert_eq!(cases::state(&site, case).await, "checking");
    let reader = site.visitor();
    sign_in(&reader, CONTACT).await;
    reader.get(&my(case, "")).await.shows(&case.number.to_string());
    let now = site.app.clock.now();
    assert_eq!(doctor::examine(&site.app.db, now).await.unwrap(), []);
}

/// 「担当の専門家には、理由をメールでお知らせします。」
#[actix_web::test]
async fn the_expert_reads_why_the_company_has_cancelled() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    site.get(&my(case, "/cancel?action=cancel")).await.shows("理由をメールでお知らせします。");
    let form = [("action", "cancel"), ("reason", "急な出張のため")];
    leads_to(&site.post(&my(case, "/cancel"), &form).await, &my(case, ""));
    let mails = cases::mails_to(&site, "expert@example.jp").await;
    let mail = mails.iter().rfind(|it| it.kind == "cancelled").unwrap();
    assert!(mail.text_body.contains("急な出張のため"), "{}", mail.text_body);
}

/// 「これからお送りする予定だった質問は、次回の相談のあとにあらためてお送りします。」
#[actix_web::test]
async fn the_questions_that_were_dropped_for_a_further_appointment_are_asked_after_it() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    site.get(&my(case, "/further")).await.shows("次回の相談のあとにあらためてお送りします。");
    leads_to(&site.post(&my(case, "/further"), &[]).await, &my(case, "/reschedule"));
    site.app.clock.advance(TimeDelta::days(3));
    worker::once(&site.app).await;
    let surveys =
        async || cases::mails_to(&site, CONTACT).await.iter().filter(|it| it.kind == "survey").count();
    assert_eq!(surveys().await, 0, "it waits for the next appointment");

    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    let held = cases::appointment(&site, case).await;
    site.app.clock.advance(held.ends_at - site.app.clock.now());
    ops::booking::appointment::record_done(&site.app, case.id, cast.center()).await.unwrap();
    let report = cases::report();
    ops::aftercare::report::write(&site.app, held.id, cast.expert, report, 0, Saving::Submit).await.unwrap();
    let decision = ReportDecision::Approve;
    ops::aftercare::report::decide(&site.app, held.id, cast.coordinator, decision).await.unwrap();
    let questions = store::aftercare::follow_up::of(&site.app.db, case.id).await.unwrap();
    assert!(questions.iter().any(|it| it.round == 2 && it.state == FollowUpState::Planned), "{questions:?}");
    site.app.clock.advance(TimeDelta::days(5));
    worker::once(&site.app).await;
    assert_eq!(surveys().await, 1);
}
