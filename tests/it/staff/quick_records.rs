//! Records that the center makes with one click can be taken back on the case, until something is built on them.
use chrono::TimeDelta;
use domain::{actor::Actor, text::Prose};
use madoguchi::{
    doctor, ops,
    store::{self, correspondence::message::Audience},
    worker,
};

use super::{act, at, by_telephone, center, done};
use crate::{
    cases::{self, CONTACT, Case, record, state},
    site::{PASSWORD, Reply, Site},
};

/// Returns the path on which the latest record of the case is taken back.
async fn latest(site: &Site, case: Case) -> String {
    let history = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    let seq = history.iter().rfind(|it| it.quick.is_some()).unwrap().seq;
    format!("/records/{seq}/undo")
}

async fn says(site: &Site, case: Case, by: Actor, text: &str) {
    let text = Prose::parse("本文", text, 2000).unwrap();
    ops::correspondence::message::post(&site.app, case.id, by, Audience::Everyone, &text).await.unwrap();
}

#[track_caller]
fn refused(reply: &Reply, why: &str) {
    assert_eq!(reply.status, 409, "{}", reply.body);
    reply.shows(why);
}

#[actix_web::test]
async fn a_call_that_was_recorded_by_mistake_stands_again_with_its_clock() {
    let (site, cast) = center().await;
    let case = by_telephone::choosing(&site, &cast).await;
    let before = record(&site, case).await;
    let since = before.to_call_since.unwrap();
    site.app.clock.advance(TimeDelta::hours(1));
    by_telephone::called(&site, case).await;
    let path = latest(&site, case).await;
    let history = site.get(&at(case.number, "?view=history")).await;
    history.shows("この記録を取り消す");
    history.shows(&at(case.number, &path));
    site.get(&at(case.number, &path)).await.shows("「電話する」の一覧に戻ります");
    site.app.clock.advance(TimeDelta::hours(1));
    done(&act(&site, case, &path, &[]).await);
    let after = record(&site, case).await;
    assert_eq!((after.to_call_since, after.silence), (Some(since), before.silence));
    site.get("/staff?tab=calls").await.shows(&case.number.to_string());
    let history = site.get(&at(case.number, "?view=history")).await;
    history.shows("企業に電話したことの記録を取り消しました");
    history.shows("取消済み");
    refused(&act(&site, case, &path, &[]).await, "この記録は、取消済みです。");

    // A later call is taken back first, and a choice of the company stands in the way.
    by_telephone::called(&site, case).await;
    let first = latest(&site, case).await;
    let slot = cases::free_slots(&site, case).await[0];
    let by = Actor::Stead(cast.coordinator, domain::actor::Represented::Company);
    ops::booking::appointment::choose_slot(&site.app, case.id, by, slot).await.unwrap();
    let page = site.get(&at(case.number, &first)).await;
    page.shows("取り消せない理由");
    page.shows("が記録されています");
    refused(&act(&site, case, &first, &[]).await, "が記録されています");
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn a_message_that_was_marked_as_handled_by_mistake_waits_again_until_its_old_deadline() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    says(&site, case, Actor::Company, "駐車場はありますか。").await;
    let before = record(&site, case).await;
    site.app.clock.advance(TimeDelta::minutes(30));
    done(&site.post(&at(case.number, "/answered"), &[]).await);
    let path = latest(&site, case).await;
    done(&act(&site, case, &path, &[]).await);
    assert_eq!(record(&site, case).await.response, before.response);
    site.get("/staff?tab=unanswered").await.shows(&case.number.to_string());
    // A later message keeps the older deadline.
    done(&site.post(&at(case.number, "/answered"), &[]).await);
    let path = latest(&site, case).await;
    site.app.clock.advance(TimeDelta::minutes(30));
    says(&site, case, Actor::Company, "お返事をお待ちしています。").await;
    done(&act(&site, case, &path, &[]).await);
    assert_eq!(record(&site, case).await.response, before.response);
    // A message that was answered meanwhile waits for nothing.
    done(&site.post(&at(case.number, "/answered"), &[]).await);
    let path = latest(&site, case).await;
    site.app.clock.advance(TimeDelta::minutes(30));
    says(&site, case, cast.center(), "駐車場はあります。").await;
    refused(&act(&site, case, &path, &[]).await, "そのあとに、センターからメッセージを送っています");
    assert_eq!(record(&site, case).await.response, None);
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn an_address_that_was_confirmed_by_mistake_is_unconfirmed_again() {
    let (site, cast) = center().await;
    let case = cases::unconfirmed(&site, &cast, &cases::form(CONTACT)).await;
    let silence = record(&site, case).await.silence;
    says(&site, case, cast.center(), "資料をお送りします。").await;
    site.app.clock.advance(TimeDelta::minutes(30));
    done(&act(&site, case, "/confirm-address", &[]).await);
    assert!(record(&site, case).await.consultation.address_confirmed);
    let path = latest(&site, case).await;
    site.get(&at(case.number, &path)).await.shows("確認が済むまで保留します");
    done(&act(&site, case, &path, &[]).await);
    let after = record(&site, case).await;
    assert!(!after.consultation.address_confirmed);
    assert_eq!(after.silence, silence, "the reminders go on as before");
    let held = store::correspondence::outbox::of(&site.app.db, case.id, site.app.clock.now()).await.unwrap();
    let message = held.iter().find(|it| it.kind == "new_message" && it.recipient == CONTACT).unwrap();
    assert!(message.awaits_address, "what is not sent yet waits: {message:?}");
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);

    // The company has shown since that it reads the address.
    done(&act(&site, case, "/confirm-address", &[]).await);
    let path = latest(&site, case).await;
    site.app.clock.advance(TimeDelta::minutes(30));
    let company = site.visitor();
    crate::company::sign_in(&company, CONTACT).await;
    refused(&act(&site, case, &path, &[]).await, "リンクからログインがありました");

    // Experts were asked because of it.
    let other = cases::matching(&site, &cast, "b@example.co.jp").await;
    assert_eq!(state(&site, other).await, "matching");
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let path = latest(&site, other).await;
    refused(&act(&site, other, &path, &[]).await, "先に、専門家への依頼を取り消してください。");
    refused(&act(&site, other, "/records/1/undo", &[]).await, "取り消す記録が見つかりません。");
}
