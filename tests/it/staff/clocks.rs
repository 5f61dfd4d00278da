//! Clocks of the center: a question by telephone that lapses, a report that is submitted, experts who do not answer, messages
//! without a response, and an address of a booked case that is not proved.
use chrono::TimeDelta;
use codes::{DueKind, SilenceKind, Turn};
use domain::{
    actor::Actor,
    aftercare::report::ReportBody,
    calendar::{BusinessCalendar, at_japan, japan_date},
    consultation::correction::CorrectionSection,
    due::Due,
    field::Fields,
    id::FollowUpId,
    text::{Prose, TextLine},
};
use entity::consultation;
use madoguchi::{doctor, ops, store, store::correspondence::message::Audience, worker};
use ops::aftercare::report::{ReportDecision, Saving};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{at, by_telephone::called, center, done};
use crate::{
    cases::{self, CONTACT, Case, mails_to, record, state},
    correcting::correct,
    site::{PASSWORD, Site},
};

/// Lets the clock stand at 10:00 of the day that is `days` business days ahead.
fn advance(site: &Site, days: u16) {
    let now = site.app.clock.now();
    let day = BusinessCalendar::default().add_business_days(japan_date(now), days);
    site.app.clock.advance(at_japan(day, 10, 0) - now);
}

async fn again(site: &Site) {
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
}

async fn kinds(site: &Site, to: &str) -> Vec<String> {
    mails_to(site, to).await.into_iter().map(|it| it.kind).collect()
}

async fn due_kind(site: &Site, case: Case) -> Option<DueKind> {
    record(site, case).await.due.map(|it| it.kind)
}

async fn sound(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn a_question_by_telephone_that_lapses_ends_its_deadline() {
    let (site, cast) = center().await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    again(&site).await;
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", "")]).await);
    advance(&site, 5);
    let due = store::aftercare::follow_up::due(&site.app.db, site.app.clock.now(), &[], 10).await.unwrap();
    for it in due {
        ops::aftercare::follow_up::send(&site.app, FollowUpId(it)).await.unwrap();
    }
    assert_eq!(due_kind(&site, case).await, Some(DueKind::FirstContact));
    again(&site).await;
    site.get(&at(case.number, "")).await.shows("企業への連絡：");
    site.app.clock.advance(TimeDelta::days(61));
    Box::pin(worker::once(&site.app)).await;
    assert_eq!(due_kind(&site, case).await, None, "nothing is left to ask");
    assert_eq!(state(&site, case).await, "follow_up");
    sound(&site).await;
}

#[actix_web::test]
async fn a_submitted_report_is_the_centers_turn_until_it_is_approved_or_returned() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let id = cases::appointment(&site, case).await.id;
    assert_eq!(record(&site, case).await.turn(), Turn::Expert);
    ops::aftercare::report::write(&site.app, id, cast.expert, cases::report(), 0, Saving::Submit)
        .await
        .unwrap();
    let submitted = record(&site, case).await;
    assert_eq!((submitted.turn(), due_kind(&site, case).await), (Turn::Center, Some(DueKind::Approval)));
    let due_at = submitted.due.as_ref().and_then(Due::at).unwrap();
    assert!(due_at < site.app.clock.now() + TimeDelta::days(7), "three business days");
    again(&site).await;
    site.get("/staff").await.shows(&case.number.to_string());
    let page = site.get(&at(case.number, "")).await;
    page.shows("報告書の確認：");
    assert!(!site.get("/staff?tab=expert").await.body.contains(&case.number.to_string()));
    let reason = TextLine::parse("理由", "次の一歩を詳しく", 200).unwrap();
    let back = ReportDecision::Return { reason };
    ops::aftercare::report::decide(&site.app, id, cast.coordinator, back).await.unwrap();
    let returned = record(&site, case).await;
    let due_day = domain::wording::month_day_weekday(returned.due.as_ref().and_then(Due::at).unwrap());
    assert_eq!((returned.turn(), returned.due.unwrap().kind), (Turn::Expert, DueKind::Report));
    let mails = cases::mails_to(&site, "expert@example.jp").await;
    let mail = mails.iter().rfind(|it| it.kind == "report_returned").unwrap();
    assert!(mail.text_body.contains(&format!("{due_day}までに")), "{}", mail.text_body);
    let version = store::aftercare::report::of_appointment(&site.app.db, id).await.unwrap().unwrap().version;
    ops::aftercare::report::write(&site.app, id, cast.expert, cases::report(), version, Saving::Submit)
        .await
        .unwrap();
    ops::aftercare::report::decide(&site.app, id, cast.coordinator, ReportDecision::Approve).await.unwrap();
    assert_eq!(due_kind(&site, case).await, None);
    sound(&site).await;
}

#[actix_web::test]
async fn the_digest_counts_reports_that_wait_for_the_center_after_the_end_too() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let id = cases::appointment(&site, case).await.id;
    let body = cases::report();
    again(&site).await;
    done(&super::act(&site, case, "/withdraw", &[("reason", "自社で解決した")]).await);
    ops::aftercare::report::write(&site.app, id, cast.expert, body, 0, Saving::Submit).await.unwrap();
    advance(&site, 1);
    Box::pin(worker::once(&site.app)).await;
    let mails = mails_to(&site, "center@example.jp").await;
    let digest = mails.iter().rfind(|it| it.kind == "digest").expect("there is a report to approve");
    assert!(digest.text_body.contains("報告書　：1件"), "{}", digest.text_body);
    sound(&site).await;
}

#[actix_web::test]
async fn a_delivered_report_is_corrected_told_once_and_put_back() {
    let (site, cast) = center().await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    again(&site).await;
    let id = cases::appointment(&site, case).await.id;
    let report = async || store::aftercare::report::of_appointment(&site.app.db, id).await.unwrap().unwrap();
    let before = report().await;
    let memo = before.body.internal_note.as_str();
    let path = at(case.number, &format!("/report/{id}/correct"));
    site.get(&at(case.number, &format!("/report/{id}"))).await.shows("報告書を訂正する");
    site.get(&path).await.shows(&before.body.advice);
    let mails_of_report =
        async || kinds(&site, CONTACT).await.iter().filter(|it| *it == "report_ready").count();
    let first = mails_of_report().await;
    let post = async |version: i32, advice: &str, memo: &str, reason: &str| {
        let version = version.to_string();
        let form = [
            ("version", version.as_str()),
            ("present_state", &before.body.present_state),
            ("advice", advice),
            ("next_steps", &before.body.next_steps),
            ("internal_note", memo),
            ("reason", reason),
        ];
        site.post(&path, &form).await
    };
    for (advice, reason) in [("", "誤記"), ("正しい助言です。", ""), ("正しい助言です。", &"長".repeat(201))]
    {
        let refused = post(before.version, advice, memo, reason).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
    }
    assert_eq!(post(before.version - 1, "正しい助言です。", memo, "誤記").await.status, 409);
    assert_eq!(report().await, before);
    done(&post(before.version, "正しい助言です。", memo, "誤記").await);
    let corrected = report().await;
    assert_eq!((corrected.body.advice.as_str(), &corrected.state), ("正しい助言です。", &before.state));
    assert_eq!(mails_of_report().await, first + 1);
    let mails = mails_to(&site, CONTACT).await;
    let mail = mails.iter().rfind(|it| it.kind == "report_ready").unwrap();
    assert!(mail.subject.contains("相談の報告書を訂正しました"), "{}", mail.subject);
    // A change of the text that only the center reads is not mailed.
    done(&post(corrected.version, "正しい助言です。", "センターへの連絡", "追記").await);
    assert_eq!(mails_of_report().await, first + 1);
    let page = site.get(&at(case.number, &format!("/report/{id}"))).await;
    page.shows("理由：誤記");
    page.shows(&before.body.advice);
    site.get(&format!("{path}?version={}", before.version)).await.shows(&before.body.advice);
    done(&post(report().await.version, &before.body.advice, memo, "元に戻す").await);
    assert_eq!(report().await.body, before.body);
    let history = site.get(&at(case.number, "?view=history")).await;
    history.shows("企業に渡した実施報告書を訂正しました：誤記");
    let contact = site.visitor();
    crate::company::sign_in(&contact, CONTACT).await;
    contact.get(&crate::company::my(case, "/report")).await.shows("訂正");
    // The report of another case, and one that the company does not have, cannot be corrected.
    let other = cases::consulted(&site, &cast, "b@example.co.jp").await;
    again(&site).await;
    assert_eq!(site.get(&at(other.number, &format!("/report/{id}/correct"))).await.status, 404);
    Box::pin(worker::once(&site.app)).await;
    sound(&site).await;
}

#[actix_web::test]
async fn a_company_hears_by_its_promised_day_that_experts_are_asked_and_the_center_goes_on_in_the_end() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let promised = record(&site, case).await.due.unwrap().at().unwrap();
    cases::expert(&site, "second@example.jp", "第二 専門家", Fields::Ict).await;
    advance(&site, 1);
    let version = record(&site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[cast.expert])
        .await
        .unwrap();
    let next = record(&site, case).await.silence.unwrap().next_at.unwrap();
    assert!(next < promised, "{next} {promised}");
    site.app.clock.advance(next - site.app.clock.now());
    ops::consultation::silence::take_step(&site.app, case.id).await.unwrap();
    assert_eq!(kinds(&site, CONTACT).await.last().map(String::as_str), Some("searching"));
    advance(&site, 11);
    let request = store::routing::assignment::of(&site.app.db, case.id).await.unwrap().pop().unwrap();
    ops::routing::assignment::lapse(&site.app, request.id).await.unwrap();
    assert_eq!(state(&site, case).await, "checking", "no further expert is asked by the service");
    assert_eq!(store::routing::assignment::of(&site.app.db, case.id).await.unwrap().len(), 1);
    assert_eq!(kinds(&site, CONTACT).await.last().map(String::as_str), Some("back_at_center"));
    assert_eq!(due_kind(&site, case).await, Some(DueKind::FirstContact));
    sound(&site).await;
}

#[actix_web::test]
async fn the_digest_names_responses_that_are_overdue_and_the_readers_own_tasks() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let text = Prose::parse("本文", "場所を変えたいのですが。", 500).unwrap();
    ops::correspondence::message::post(&site.app, case.id, Actor::Company, Audience::Everyone, &text)
        .await
        .unwrap();
    advance(&site, 3);
    assert!(ops::worklist::digest::write(&site.app).await.unwrap());
    let mails = mails_to(&site, &crate::substitute::center_email(&site).await).await;
    let digest = mails.iter().rfind(|it| it.kind == "digest").unwrap();
    assert!(digest.text_body.contains("未返信　：1件（期限超過 1件）"), "{}", digest.text_body);
    let line = format!("{}　", case.number);
    let named = digest.text_body.lines().any(|it| it.contains(&line) && it.contains("返信の期限"));
    assert!(named, "{}", digest.text_body);
    again(&site).await;
    site.get("/staff").await.shows("href=\"/staff/tasks\"");
    sound(&site).await;
}

#[actix_web::test]
async fn the_address_of_a_booked_case_is_asked_for_and_its_reminder_is_a_call() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", "new@example.co.jp")]).await);
    let clock = record(&site, case).await.silence.unwrap();
    assert_eq!(clock.kind, SilenceKind::Address);
    let booked = cases::appointment(&site, case).await;
    let day = BusinessCalendar::default().add_business_days(japan_date(booked.ends_at), 1);
    assert!(clock.next_at.unwrap() <= at_japan(day, 10, 0), "the outcome is asked for in time");
    if record(&site, case).await.to_call_since.is_some() {
        called(&site, case).await;
    }
    let day = BusinessCalendar::default().previous_business_day(japan_date(booked.starts_at));
    site.app.clock.advance(at_japan(day, 10, 0) - site.app.clock.now());
    Box::pin(worker::once(&site.app)).await;
    assert!(record(&site, case).await.to_call_since.is_some());
    site.app.clock.advance(booked.ends_at - site.app.clock.now() + TimeDelta::days(1));
    ops::consultation::silence::take_step(&site.app, case.id).await.unwrap();
    assert_eq!(record(&site, case).await.silence.unwrap().kind, SilenceKind::Outcome);
    sound(&site).await;
}

/// Earlier versions left the deadline of the report to a case whose report is submitted.
#[actix_web::test]
async fn a_report_that_was_submitted_before_approvals_had_a_deadline_gets_one() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let row = async || consultation::Entity::find_by_id(case.id.0).one(&site.app.db).await.unwrap().unwrap();
    let before = row().await;
    let id = cases::appointment(&site, case).await.id;
    let body =
        ReportBody {
            present_state: "紙".to_owned(), advice: "始める".to_owned(), ..ReportBody::default()
        };
    let body = ReportBody { next_steps: "案を作る".to_owned(), ..body };
    ops::aftercare::report::write(&site.app, id, cast.expert, body, 0, Saving::Submit).await.unwrap();
    let mut old = row().await.into_active_model();
    old.deadline_kind = Set(before.deadline_kind);
    old.deadline = Set(before.deadline);
    old.due_at = Set(before.due_at);
    old.update(&site.app.db).await.unwrap();
    assert_eq!(due_kind(&site, case).await, Some(DueKind::Report));
    ops::consultation::silence::take_step(&site.app, case.id).await.unwrap();
    assert_eq!(due_kind(&site, case).await, Some(DueKind::Approval));
}
