//! An appointment that took place stays: a consultation after its first one is ended, not withdrawn. Mails say what happened
//! and lead to where the company can act.
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    aftercare::{follow_up::FollowUpState, report::ReportBody},
};
use entity::report;
use madoguchi::{
    doctor,
    ops::{self, aftercare::report::Saving},
    store, worker,
};
use sea_orm::EntityTrait;

use super::{hides, leads_to, my, sign_in};
use crate::{
    cases::{self, CONTACT, Cast, mails_to},
    site::{PASSWORD, Site},
};

async fn sound(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn an_appointment_that_is_over_stays_done_when_the_company_ends_its_consultation() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let appointment = cases::appointment(&site, case).await;
    site.app.clock.advance(appointment.ends_at - site.app.clock.now());
    sign_in(&site, CONTACT).await;
    site.get(&my(case, "")).await.shows("この相談を終える");
    let page = site.get(&my(case, "/cancel")).await;
    page.shows("この相談を終えますか");
    assert!(!page.body.contains("取り下げ"), "nothing is withdrawn");
    let ended = site.post(&my(case, "/cancel"), &[("action", "withdraw"), ("reason", "")]).await;
    leads_to(&ended, &my(case, ""));
    assert_eq!(cases::state(&site, case).await, "completed");
    let after = cases::appointment(&site, case).await;
    assert_eq!(after.state.label(), "実施済み");
    assert_eq!(cases::record(&site, case).await.appointments_done, 1);
    let mails = mails_to(&site, CONTACT).await;
    assert!(mails.iter().any(|it| it.kind == "finished"));
    assert!(mails.iter().all(|it| it.kind != "withdrawn" && it.kind != "cancelled"));
    assert!(mails_to(&site, "expert@example.jp").await.iter().any(|it| it.kind == "report_due"));
    // The expert still writes the report.
    let body = ReportBody {
        present_state: "紙です。".to_owned(),
        advice: "段階的に。".to_owned(),
        next_steps: "3月まで。".to_owned(),
        ..ReportBody::default()
    };
    ops::aftercare::report::write(&site.app, after.id, cast.expert, body, 0, Saving::Submit).await.unwrap();
    assert_eq!(report::Entity::find().all(&site.app.db).await.unwrap().len(), 1);
    sound(&site).await;
}

#[actix_web::test]
async fn a_company_without_an_appointment_yet_withdraws() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    site.get(&my(case, "/cancel?action=withdraw")).await.shows("相談を取り下げますか");
    assert_eq!(site.post(&my(case, "/cancel"), &[("action", "withdraw"), ("reason", "")]).await.status, 303);
    assert_eq!(cases::state(&site, case).await, "withdrawn");
    assert!(mails_to(&site, CONTACT).await.iter().any(|it| it.kind == "withdrawn"));
    sound(&site).await;
}

#[actix_web::test]
async fn a_company_that_was_missed_is_told_so_and_how_to_go_on() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let appointment = cases::appointment(&site, case).await;
    site.app.clock.advance(appointment.starts_at - site.app.clock.now() + TimeDelta::minutes(30));
    let before = mails_to(&site, CONTACT).await.iter().filter(|it| it.kind == "slots_to_choose").count();
    ops::booking::appointment::record_no_show(&site.app, case.id, Actor::Expert(cast.expert)).await.unwrap();
    let mails = mails_to(&site, CONTACT).await;
    assert_eq!(
        mails.iter().filter(|it| it.kind == "slots_to_choose").count(),
        before,
        "it is no first choice"
    );
    let mail = mails.iter().find(|it| it.kind == "missed_appointment").unwrap();
    assert!(mail.text_body.contains("お会いすることができませんでした"), "{}", mail.text_body);
    // The link leads to the page on which another time is chosen.
    let link = cases::link(&mails, "missed_appointment");
    assert!(link.ends_with("&to=slots"), "{link}");
    let (path, query) = link.split_once('?').unwrap();
    let page = site.get(&link).await;
    page.shows(r#"name="to" value="slots""#);
    let fields: Vec<_> = query.split('&').filter_map(|it| it.split_once('=')).collect();
    leads_to(&site.post(path, &fields).await, &my(case, "/reschedule"));
    // The link is used up: a signed-in contact is led there again.
    leads_to(&site.get(&link).await, &my(case, "/reschedule"));
    let other = link.replace("to=slots", "to=https://evil.example");
    leads_to(&site.get(&other).await, &my(case, ""));
}

#[actix_web::test]
async fn a_further_appointment_is_asked_about_first_and_has_a_mail_of_its_own() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    site.get(&my(case, "")).await.shows("次回の相談を希望する");
    assert_eq!(cases::state(&site, case).await, "follow_up");
    // The letter says that the page to which it leads has the way.
    let ready = mails_to(&site, CONTACT).await.into_iter().find(|it| it.kind == "report_ready").unwrap();
    assert!(ready.text_body.contains("さらに相談したいときは、上のページから"), "{}", ready.text_body);
    site.get(&my(case, "/report")).await.shows(&format!(r#"href="{}""#, my(case, "/further")));
    site.get(&my(case, "/further")).await.shows("次回の相談を希望しますか");
    assert_eq!(cases::state(&site, case).await, "follow_up", "looking changes nothing");
    leads_to(&site.post(&my(case, "/further"), &[]).await, &my(case, "/reschedule"));
    let mails = mails_to(&site, CONTACT).await;
    assert_eq!(mails.iter().filter(|it| it.kind == "further_appointment").count(), 1);
    // It can be taken back, and what was planned before goes on.
    let dropped = store::aftercare::follow_up::of(&site.app.db, case.id).await.unwrap();
    assert!(dropped.iter().all(domain::aftercare::follow_up::FollowUp::is_over));
    site.get(&my(case, "")).await.shows("次回の相談を取りやめる");
    site.get(&my(case, "/reschedule")).await.shows("次回の相談を取りやめる");
    hides(&site.get(&my(case, "/report")).await, "次回の相談を希望する");
    site.get(&my(case, "/further")).await.shows("次回の相談を取りやめますか");
    assert_eq!(cases::state(&site, case).await, "scheduling", "looking changes nothing");
    leads_to(&site.post(&my(case, "/further/back"), &[]).await, &my(case, ""));
    assert_eq!(cases::state(&site, case).await, "follow_up");
    let again = store::aftercare::follow_up::of(&site.app.db, case.id).await.unwrap();
    assert!(again.iter().all(|it| it.state == FollowUpState::Planned), "{again:?}");
    let mail = mails_to(&site, CONTACT).await.into_iter().find(|it| it.kind == "further_dropped").unwrap();
    assert!(mail.text_body.contains("あらためてお送りします"), "{}", mail.text_body);
    assert_eq!(site.post(&my(case, "/further/back"), &[]).await.status, 409, "once");
    site.get(&my(case, "")).await.shows("次回の相談を希望する");
    sound(&site).await;
}

#[actix_web::test]
async fn a_further_appointment_is_taken_back_to_the_report_that_is_due() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    ops::consultation::plan_further_appointment(&site.app, case.id, cast.center(), None).await.unwrap();
    site.sign_in("center@example.jp", PASSWORD).await;
    let path = format!("/staff/consultations/{}", case.number);
    site.get(&path).await.shows("次回の相談を取りやめる");
    let version = cases::record(&site, case).await.version.to_string();
    let form = [("version", version.as_str()), ("said_by", "company")];
    assert_eq!(site.post(&format!("{path}/drop-further"), &form).await.status, 303);
    assert_eq!(cases::state(&site, case).await, "consulted");
    assert!(cases::record(&site, case).await.due.is_some(), "the report is due");
    let page = site.get(&path).await;
    assert!(!page.body.contains("次回の相談を取りやめる"));
    site.get(&format!("{path}?view=history")).await.shows("企業の代行");
    sound(&site).await;
}

/// An action that cannot be done yet is not offered: the outcome of an appointment before it has begun, and taking back what was
/// never planned.
#[actix_web::test]
async fn outcomes_are_offered_once_the_appointment_has_begun() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let path = format!("/staff/consultations/{}", case.number);
    let shown = async || {
        site.sign_in("center@example.jp", PASSWORD).await;
        let page = site.get(&path).await.body;
        ["欠席を記録する", "実施を記録する", "次回の相談を取りやめる"].map(|it| page.contains(it))
    };
    assert_eq!(shown().await, [false, false, false]);
    let starts_at = cases::appointment(&site, case).await.starts_at;
    site.app.clock.advance(starts_at - site.app.clock.now());
    assert_eq!(shown().await, [true, true, false]);
}

#[actix_web::test]
async fn several_consultations_are_told_apart_in_the_list() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let first = cases::booked(&site, &cast, CONTACT).await;
    cases::received(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    let at = cases::appointment(&site, first).await.starts_at;
    let list = site.get("/my").await;
    list.shows("次の予定");
    list.shows(&domain::wording::month_day_time(at));
    list.shows(
        store::consultation::find(&site.app.db, first.id).await.unwrap().unwrap().consultation.fields.label(),
    );
}
