//! The acts of the center in an expert's stead as the expert hears of them, an absence today as the center sees it, and what
//! the company's page tells of what happened.
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Represented},
    aftercare::report::ReportBody,
    booking::availability::Absence,
    calendar::japan_date,
};
use entity::outbox;
use madoguchi::{
    doctor,
    ops::{
        self,
        aftercare::report::{ReportDecision, Saving},
    },
    worker,
};

use super::{act, at, center, done, told_once::of_two};
use crate::{
    cases::{self, CONTACT, Case, Cast, appointment, mails_to, record},
    company,
    site::{PASSWORD, Site},
};

const EXPERT: &str = "expert@example.jp";

async fn again(site: &Site) {
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
}

async fn of_kind(site: &Site, to: &str, kind: &str) -> Vec<outbox::Model> {
    mails_to(site, to).await.into_iter().filter(|it| it.kind == kind).collect()
}

async fn sound(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

/// Lets the booked appointment of a case begin, and an hour pass.
async fn begin(site: &Site, case: Case) {
    let it = appointment(site, case).await;
    site.app.clock.advance(it.starts_at - site.app.clock.now() + TimeDelta::minutes(30));
    again(site).await;
}

#[actix_web::test]
async fn an_expert_hears_that_the_center_has_recorded_the_companys_absence() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    begin(&site, case).await;
    let expert = site.visitor();
    assert_eq!(expert.sign_in(EXPERT, PASSWORD).await.status, 303);
    let own = format!("/expert/consultations/{}", case.number);
    expert.get(&format!("{own}/outcome")).await.shows("相談の結果を記録してください");
    done(&act(&site, case, "/no-show", &[("said_by", "center")]).await);
    let mails = of_kind(&site, EXPERT, "missed_appointment").await;
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert!(mail.text_body.contains("企業には、欠席のお知らせと、別の日時の選び方"), "{}", mail.text_body);

    // The form that the expert still has open leads on to the correction.
    let reply = expert.post(&format!("{own}/outcome"), &[("outcome", "done")]).await;
    assert_eq!(reply.status, 409, "{}", reply.body);
    reply.shows("相談の結果は、すでに記録されています");
    reply.shows("企業の欠席");
    let id = cases::record(&site, case).await;
    assert!(id.consultation.state.is_open());
    let correct = format!("{own}/outcome/");
    assert!(reply.body.contains(&correct), "{}", reply.body);
    expert.get(&format!("{own}/outcome")).await.shows("結果を訂正する");
    sound(&site).await;
}

#[actix_web::test]
async fn an_expert_who_records_it_gets_no_mail() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    begin(&site, case).await;
    let by = Actor::Expert(cast.expert);
    ops::booking::appointment::record_no_show(&site.app, case.id, by).await.unwrap();
    assert!(of_kind(&site, EXPERT, "missed_appointment").await.is_empty());
}

fn body() -> ReportBody {
    ReportBody {
        present_state: "紙です。".to_owned(),
        advice: "段階的に。".to_owned(),
        next_steps: "3月まで。".to_owned(),
        ..ReportBody::default()
    }
}

#[actix_web::test]
async fn an_expert_hears_that_the_center_has_written_the_report() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let held = appointment(&site, case).await;
    let by = Actor::Stead(cast.coordinator, Represented::Expert(cast.expert));
    ops::aftercare::report::write(&site.app, held.id, by, body(), 0, Saving::Keep).await.unwrap();
    assert!(of_kind(&site, EXPERT, "report_written").await.is_empty(), "a draft is no report");
    ops::aftercare::report::write(&site.app, held.id, by, body(), 1, Saving::Submit).await.unwrap();
    let mails = of_kind(&site, EXPERT, "report_written").await;
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert!(mail.text_body.contains("提出は、必要ありません"), "{}", mail.text_body);
    let expert = site.visitor();
    assert_eq!(expert.sign_in(EXPERT, PASSWORD).await.status, 303);
    let page = expert.get(&format!("/expert/consultations/{}", case.number)).await;
    page.shows("実施報告書は提出されています");
    assert!(!page.body.contains("実施報告書を提出してください"), "{}", page.body);
    sound(&site).await;
}

/// Records today as a day of absence.
async fn absent_today(site: &Site, cast: &Cast) -> usize {
    let today = japan_date(site.app.clock.now());
    let absence = Absence { first: today, last: today, stand_in: None };
    let expert = cast.expert;
    let recorded =
        ops::routing::expert::record_absence(&site.app, expert, absence, "", cast.coordinator).await.unwrap();
    recorded.bookings
}

#[actix_web::test]
async fn a_booking_of_today_is_listed_with_what_to_do() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let it = appointment(&site, case).await;
    site.app.clock.advance(it.starts_at - site.app.clock.now() - TimeDelta::minutes(30));
    again(&site).await;
    absent_today(&site, &cast).await;
    let page = site.get(&at(case.number, "")).await;
    page.shows("山田 太郎さんは、予約の日に不在です");
    page.shows("代わりの専門家を選ぶか、日時を変更してください");
    let page = site.get("/staff/absences").await;
    page.shows(&case.number.to_string());
    assert!(!page.body.contains("開始時刻を過ぎたもの"), "{}", page.body);
    // It begins.
    begin(&site, case).await;
    site.get(&at(case.number, "")).await.shows("開始時刻を過ぎています");
    let page = site.get("/staff/absences").await;
    page.shows("今日の予約（開始時刻を過ぎたもの）");
    page.shows(&format!("{}/expert-no-show", at(case.number, "")));
    done(&act(&site, case, "/expert-no-show", &[("said_by", "center")]).await);
    let page = site.get("/staff/absences").await;
    assert!(!page.body.contains(&case.number.to_string()), "{}", page.body);
    sound(&site).await;
}

#[actix_web::test]
async fn recording_an_absence_names_the_bookings_of_today_that_have_begun() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    begin(&site, case).await;
    let today = japan_date(site.app.clock.now());
    let id = cast.expert.to_string();
    let [year, month, day] = ["%Y", "%-m", "%-d"].map(|it| today.format(it).to_string());
    let form = [
        ("expert", id.as_str()),
        ("first_year", &year),
        ("first_month", &month),
        ("first_day", &day),
        ("last_year", &year),
        ("last_month", &month),
        ("last_day", &day),
    ];
    let reply = site.post("/staff/absences/new", &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let page = site.get("/staff/absences").await;
    page.shows("今日、すでに始まった予約が1件あります");
    page.shows(&case.number.to_string());
}

/// The company's page tells of what the center or the service has done, without the words that are for the center alone.
#[actix_web::test]
async fn the_companys_page_tells_of_every_kind_of_event() {
    let (site, cast, case, [ict, labor]) = of_two(true).await;
    let held = appointment(&site, case).await;
    let when = domain::wording::long_date_time_range(held.starts_at, held.ends_at);
    ops::booking::appointment::cancel(&site.app, case.id, cast.center(), "機密の理由".to_owned())
        .await
        .unwrap();
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    let missed = appointment(&site, case).await;
    let missed = domain::wording::long_date_time_range(missed.starts_at, missed.ends_at);
    begin(&site, case).await;
    ops::booking::appointment::record_no_show(&site.app, case.id, cast.center()).await.unwrap();
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, Actor::Company, slot).await.unwrap();
    begin(&site, case).await;
    ops::booking::attendance::record_absent_expert(&site.app, case.id, cast.center(), Some(labor))
        .await
        .unwrap();
    ops::consultation::plan_further_appointment(&site.app, case.id, cast.center(), None).await.unwrap();
    let id = madoguchi::store::booking::appointment::of(&site.app.db, case.id).await.unwrap();
    let id = id.iter().find(|it| it.absent == Some(labor)).unwrap().id;
    ops::aftercare::report::write(&site.app, id, ict, body(), 0, Saving::Submit).await.unwrap();
    ops::aftercare::report::decide(&site.app, id, cast.coordinator, ReportDecision::Approve).await.unwrap();
    let reader = site.visitor();
    let contact = madoguchi::store::consultation::person(&site.app.db, case.id).await.unwrap().unwrap();
    company::sign_in(&reader, contact.email.as_deref().unwrap()).await;
    let page = reader.get(&company::my(case, "")).await;
    page.shows("センターの都合により、予約を取り消しました");
    page.shows(&when);
    page.shows(&missed);
    page.shows("報告書ができました");
    assert!(!page.body.contains("機密の理由"), "{}", page.body);
    assert!(record(&site, case).await.consultation.state.is_open());
}
