//! Held times: their companies are warned, told of the release, and get the time again.
use domain::{actor::Actor, booking::appointment::AppointmentState, calendar::at_japan, field::Fields};
use madoguchi::{ops, store};
use sea_orm::EntityTrait;

use super::work_all;
use crate::{
    cases::{self, CONTACT, Cast},
    company,
    deadlines::{applied, go_to, sound, wished, work},
    site::Site,
};

#[actix_web::test]
async fn a_hold_is_warned_of_released_told_and_taken_again() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = applied(&site, CONTACT, &["ict"]).await;
    // Held over the long weekend, until the same hour of the next business day.
    let until = cases::appointment(&site, case).await.held_until().unwrap();
    assert_eq!(until, at_japan("2026-11-24".parse().unwrap(), 14, 5));
    go_to(&site, "2026-11-24T10:05:00");
    Box::pin(work_all(&site)).await;
    let mails = cases::mails_to(&site, CONTACT).await;
    let warned = mails.iter().find(|it| it.kind == "hold_ending").unwrap();
    assert_eq!(warned.state.code(), "sent");
    assert!(
        warned.text_body.contains("12月3日") && !warned.text_body.contains("みなと"),
        "{}",
        warned.text_body
    );

    go_to(&site, "2026-11-24T14:05:00");
    Box::pin(work_all(&site)).await;
    assert_eq!(cases::appointment(&site, case).await.state, AppointmentState::Released);
    let mails = cases::mails_to(&site, CONTACT).await;
    assert_eq!(mails.iter().filter(|it| it.kind == "hold_released").count(), 1);
    company::sign_in(&site, CONTACT).await;
    let page = site.get(&company::my(case, "")).await;
    page.shows("仮に押さえていた日時を解除しました");
    page.shows("日時を選び直す");

    // Confirming late takes the same time again, and asks for it.
    let reply = site.post(&company::my(case, "/confirm"), &[]).await;
    assert_eq!(reply.status, 303);
    assert_eq!(cases::state(&site, case).await, "matching");
    let held = cases::appointment(&site, case).await;
    assert_eq!((held.starts_at, &held.state), (wished().start(), &AppointmentState::Held { until: None }));
    assert_eq!(held.experts, [cast.expert]);
    sound(&site).await;
}

#[actix_web::test]
async fn a_released_time_that_is_gone_can_be_chosen_anew() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = applied(&site, CONTACT, &["ict"]).await;
    go_to(&site, "2026-11-24T14:05:00");
    work(&site).await;
    // Another company takes the time.
    let other = applied(&site, "other@example.co.jp", &["ict"]).await;
    ops::consultation::confirm_address(&site.app, other.id, Actor::Company).await.unwrap();
    ops::consultation::confirm_address(&site.app, case.id, Actor::Company).await.unwrap();
    assert_eq!(cases::state(&site, case).await, "received");
    company::sign_in(&site, CONTACT).await;
    site.get(&company::my(case, "")).await.shows("日時を選び直す");
    let page = site.get(&company::my(case, "/reschedule")).await;
    assert_eq!(page.status, 200);
    let value =
        page.body.split("name=\"slot\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let reply = site.post(&company::my(case, "/reschedule"), &[("slot", &value)]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(cases::state(&site, case).await, "matching");
    let held = cases::appointment(&site, case).await;
    assert!(held.starts_at != wished().start() && held.experts == [cast.expert]);
    sound(&site).await;
}

#[actix_web::test]
async fn a_hold_for_the_center_is_warned_of_and_ends_before_the_company_has_to_hear() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = applied(&site, CONTACT, &["ict"]).await;
    // No expert can be asked.
    let tx = site.app.begin().await.unwrap();
    entity::expert::Entity::update(entity::expert::ActiveModel {
        id: sea_orm::Set(cast.expert.0),
        active: sea_orm::Set(false),
        ..Default::default()
    })
    .exec(&tx)
    .await
    .unwrap();
    store::reference::revision::touch(&tx, store::reference::revision::RevisedPart::Experts).await.unwrap();
    tx.commit().await.unwrap();
    ops::consultation::confirm_address(&site.app, case.id, Actor::Company).await.unwrap();
    let until = cases::appointment(&site, case).await.held_until().unwrap();
    assert_eq!(until, at_japan("2026-12-02".parse().unwrap(), 17, 0));
    go_to(&site, "2026-12-02T13:00:00");
    Box::pin(work_all(&site)).await;
    for to in [CONTACT, "center@example.jp"] {
        assert!(
            cases::mails_to(&site, to)
                .await
                .iter()
                .any(|it| it.kind == "hold_ending" && it.sent_at.is_some()),
            "{to}"
        );
    }
    go_to(&site, "2026-12-02T17:00:00");
    Box::pin(work_all(&site)).await;
    let released =
        cases::mails_to(&site, CONTACT).await.into_iter().find(|it| it.kind == "hold_released").unwrap();
    assert!(released.sent_at.unwrap() < wished().start());
}

/// The hold is released while the company confirms its address: the company has its time in the end, and nothing is held
/// twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hold_released_while_its_address_is_confirmed_is_held_once() {
    let site = Site::on_disk().await;
    for n in 0..8 {
        cases::expert(&site, &format!("expert{n}@example.jp"), "山田 太郎", Fields::Both).await;
    }
    let mut all = Vec::new();
    for n in 0..8 {
        all.push(applied(&site, &format!("contact{n}@example.co.jp"), &["ict"]).await);
    }
    go_to(&site, "2026-11-24T14:05:00");
    let mut tasks = tokio::task::JoinSet::new();
    for case in &all {
        let held = cases::appointment(&site, *case).await.id;
        let (app, id) = (site.app.clone(), case.id);
        tasks.spawn(async move { ops::booking::release::release_expired(&app, held).await });
        let app = site.app.clone();
        tasks.spawn(async move { ops::consultation::confirm_address(&app, id, Actor::Company).await });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    for case in &all {
        assert_eq!(cases::state(&site, *case).await, "matching");
        let appointments = store::booking::appointment::of(&site.app.db, case.id).await.unwrap();
        let live: Vec<_> = appointments.iter().filter(|it| it.is_live()).collect();
        assert_eq!(live.len(), 1, "{appointments:?}");
        assert_eq!(live[0].starts_at, wished().start());
    }
    sound(&site).await;
}

/// A time on a day that becomes a closing day cannot take place: it is released at once, also if an expert was asked, and the
/// company is told what follows.
#[actix_web::test]
async fn a_held_time_on_a_new_closing_day_is_released_and_told() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let waiting = applied(&site, "asked@example.co.jp", &["ict"]).await;
    ops::consultation::confirm_address(&site.app, waiting.id, Actor::Company).await.unwrap();
    assert_eq!(cases::state(&site, waiting).await, "matching");
    let another = cases::expert(&site, "second@example.jp", "鈴木 一", Fields::Both).await;
    let case = applied(&site, CONTACT, &["ict"]).await;
    assert_eq!(cases::appointment(&site, case).await.experts, [another]);

    site.account(domain::actor::Role::Administrator, "admin@example.jp").await;
    site.sign_in("admin@example.jp", crate::site::PASSWORD).await;
    let day = [("year", "2026"), ("month", "12"), ("day", "3"), ("note", "設備点検")];
    let reply = site.post("/admin/holidays", &day).await;
    assert_eq!(reply.status, 303);
    let page = site.get(reply.location.as_deref().unwrap()).await;
    page.shows("この日を仮に押さえていた2件は、日時を解除しました。企業にはメールで知らせ、メールが届かない企業は「電話する」に加えました。");
    for it in [waiting, case] {
        assert_eq!(cases::appointment(&site, it).await.state, AppointmentState::Released);
    }
    let news_to = async |to: &str| {
        let mails = cases::mails_to(&site, to).await;
        let found: Vec<_> = mails.into_iter().filter(|it| it.kind == "hold_released").collect();
        assert_eq!(found.len(), 1);
        found[0].text_body.clone()
    };
    let unconfirmed = news_to(CONTACT).await;
    assert!(unconfirmed.contains("センターの休業日になりました"), "{unconfirmed}");
    assert!(!unconfirmed.contains("同じ日時が空いていれば"), "{unconfirmed}");
    let confirmed = news_to("asked@example.co.jp").await;
    assert!(!confirmed.contains("日時を選び直す"), "nothing can be chosen yet: {confirmed}");
    // The expert who was asked is told that the time is gone, and may still accept.
    let found = cases::mails_to(&site, "expert@example.jp").await;
    let lost = found.iter().find(|it| it.kind == "request_time_lost").unwrap();
    assert!(lost.text_body.contains("センターの休業日になったため"), "{}", lost.text_body);
    assert!(lost.text_body.contains("までに\n回答してください"), "{}", lost.text_body);
    assert!(lost.text_body.contains("/a/"), "{}", lost.text_body);
    assert!(found.iter().all(|it| !it.text_body.contains("予約が取り消されました")), "nothing was booked");
    assert!(found.iter().all(|it| !it.text_body.contains("みなと製作所")), "the expert is only asked");
    assert!(cases::mails_to(&site, "second@example.jp").await.is_empty(), "nobody had asked");
    let request = store::routing::assignment::of(&site.app.db, waiting.id).await.unwrap().remove(0);
    ops::routing::assignment::accept(&site.app, request.id, cast.expert).await.unwrap();
    assert_eq!(cases::state(&site, waiting).await, "scheduling");

    // Confirming later takes no time on a closing day.
    ops::consultation::confirm_address(&site.app, case.id, Actor::Company).await.unwrap();
    assert_eq!(cases::appointment(&site, case).await.state, AppointmentState::Released);
    company::sign_in(&site, CONTACT).await;
    site.get(&company::my(case, "")).await.shows("日時を選び直す");
    sound(&site).await;
}
