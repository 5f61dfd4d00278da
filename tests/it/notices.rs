//! Digests and optional mails: when they are sent, how a reader stops them, and how they start again.
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Role},
    calendar::at_japan,
    text::Prose,
};
use entity::outbox;
use madoguchi::{ops, store::correspondence::message::Audience, worker};

use crate::{
    cases::{self, CONTACT, Cast},
    site::{PASSWORD, Site},
};

async fn kinds(site: &Site, to: &str) -> Vec<(String, String)> {
    cases::mails_to(site, to).await.into_iter().map(|it| (it.kind, it.state.code().to_owned())).collect()
}

/// Advances the clock to this hour of the day in Japan, and sends everything that is due.
async fn go_on(site: &Site, day: &str, hour: u8) {
    let at = at_japan(day.parse().unwrap(), hour, 0);
    site.app.clock.advance(at - site.app.clock.now());
    while worker::housekeeping::step(&site.app).await {}
    while worker::outbox::step(&site.app).await.unwrap() {}
}

fn only<'a>(mails: &'a [outbox::Model], kind: &str) -> Vec<&'a outbox::Model> {
    mails.iter().filter(|it| it.kind == kind).collect()
}

#[actix_web::test]
async fn a_coordinator_gets_a_digest_a_day_until_it_is_stopped() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    site.account(Role::Coordinator, "center2@example.jp").await;
    cases::received(&site, &cast, CONTACT).await;
    go_on(&site, "2026-11-20", 15).await;
    let mails = cases::mails_to(&site, "center2@example.jp").await;
    let digest = only(&mails, "digest");
    assert_eq!(digest.len(), 1);
    assert_eq!(
        only(&cases::mails_to(&site, "center@example.jp").await, "digest").len(),
        1,
        "once, though both"
    );
    let (link, written) = (digest[0].unsubscribe.clone().unwrap(), digest[0].created_at);
    assert!(digest[0].text_body.contains(&link));
    let path = url::Url::parse(&link).unwrap().path().to_owned();

    site.get(&path).await.shows("停止します");
    go_on(&site, "2026-11-24", 11).await;
    assert_eq!(
        only(&cases::mails_to(&site, "center2@example.jp").await, "digest").len(),
        2,
        "GET stops nothing"
    );
    // The mail program posts the one-click stop.
    let stopped = site.post(&path, &[("List-Unsubscribe", "One-Click")]).await;
    assert_eq!(stopped.status, 200);
    stopped.shows("停止しました");
    go_on(&site, "2026-11-25", 11).await;
    let mails = cases::mails_to(&site, "center2@example.jp").await;
    let states: Vec<_> = only(&mails, "digest").iter().map(|it| it.state.code()).collect();
    assert_eq!(states, ["sent", "sent", "suppressed"]);

    site.sign_in("center2@example.jp", PASSWORD).await;
    let page = site.get("/staff/notifications").await;
    assert!(!page.body.contains("checked"));
    assert_eq!(site.post("/staff/notifications", &[("topic", "daily_digest")]).await.status, 303);
    assert!(site.get("/staff/notifications").await.body.contains("checked"));
    go_on(&site, "2026-11-26", 11).await;
    let mails = cases::mails_to(&site, "center2@example.jp").await;
    assert_eq!(only(&mails, "digest").last().unwrap().state.code(), "sent");
    assert_eq!(site.get("/u/daily_digest/rubbish").await.status, 404);
    assert_eq!(site.post(&path.replace("daily_digest", "booked"), &[]).await.status, 404);

    let age = site.app.clock.now() - written;
    site.app.clock.advance(TimeDelta::days(400) - TimeDelta::seconds(1) - age);
    assert_eq!(site.get(&path).await.status, 200);
    site.app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(site.get(&path).await.status, 404, "the link is too old");
}

#[actix_web::test]
async fn an_expert_is_told_of_the_week_on_its_first_business_day() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let booked = cases::booked(&site, &cast, CONTACT).await;
    let matching = cases::matching(&site, &cast, "other@example.co.jp").await;
    let appointment = cases::appointment(&site, booked).await.starts_at;
    assert!(appointment < at_japan("2026-11-28".parse().unwrap(), 0, 0), "in the week after");
    go_on(&site, "2026-11-20", 15).await;
    go_on(&site, "2026-11-24", 9).await;
    assert!(only(&cases::mails_to(&site, "expert@example.jp").await, "weekly_digest").is_empty());
    go_on(&site, "2026-11-24", 11).await;
    go_on(&site, "2026-11-25", 11).await;
    let mails = cases::mails_to(&site, "expert@example.jp").await;
    let [week] = only(&mails, "weekly_digest")[..] else { panic!("{mails:?}") };
    for number in [booked.number, matching.number] {
        assert!(week.text_body.contains(&number.to_string()), "{}", week.text_body);
    }
    assert!(week.text_body.contains("株式会社みなと製作所"));
    assert_eq!(week.state.code(), "sent");
    assert!(week.unsubscribe.is_some());
}

#[actix_web::test]
async fn messages_are_told_in_business_hours_and_once_a_day() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let write = async || {
        let text = Prose::parse("メッセージ", "よろしくお願いします。", 100).unwrap();
        ops::correspondence::message::post(&site.app, case.id, Actor::Company, Audience::Everyone, &text)
            .await
            .unwrap();
    };
    let states = async || {
        let mails = cases::mails_to(&site, "expert@example.jp").await;
        only(&mails, "new_message").iter().map(|it| it.state.code().to_owned()).collect::<Vec<_>>()
    };
    // Three messages are written on Friday evening.
    go_on(&site, "2026-11-20", 20).await;
    for _ in 0..3 {
        write().await;
    }
    go_on(&site, "2026-11-21", 10).await;
    assert_eq!(states().await, ["waiting"]);
    go_on(&site, "2026-11-24", 9).await;
    assert_eq!(states().await, ["sent"]);
    // A further message on that day is mailed on the day after.
    write().await;
    write().await;
    go_on(&site, "2026-11-24", 16).await;
    assert_eq!(states().await, ["sent", "waiting"]);
    go_on(&site, "2026-11-25", 9).await;
    assert_eq!(states().await, ["sent", "sent"]);
    // An expert who has stopped these mails gets none; mails that the consultation needs are still sent.
    site.sign_in("expert@example.jp", PASSWORD).await;
    site.get("/expert/notifications").await.shows("新しいメッセージのお知らせ");
    assert_eq!(site.post("/expert/notifications", &[("topic", "weekly_digest")]).await.status, 303);
    write().await;
    site.app.clock.advance(TimeDelta::days(2));
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(states().await, ["sent", "sent", "suppressed"]);
    ops::booking::appointment::cancel(&site.app, case.id, cast.center(), "都合により".to_owned())
        .await
        .unwrap();
    while worker::outbox::step(&site.app).await.unwrap() {}
    let kinds = kinds(&site, "expert@example.jp").await;
    assert!(kinds.contains(&("cancelled".to_owned(), "sent".to_owned())), "{kinds:?}");
}
