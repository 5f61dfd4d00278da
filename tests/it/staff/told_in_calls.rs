//! The words of a call to a company that no mail reaches: every piece of news since the last call, as in the mail,
//! until the call is made.
use codes::MailStatus;
use domain::{
    actor::Actor,
    consultation::{MergeValue, correction::CorrectionSection},
    text::{Prose, TextLine},
};
use entity::outbox;
use madoguchi::{doctor, ops, store, store::correspondence::message::Audience, worker};
use ops::consultation::merge::{MergeChoice, SeenCase};
use sea_orm::{EntityTrait, QueryFilter};

use super::{
    act, at,
    by_telephone::{bounces, called, choosing},
    center, done,
};
use crate::{
    cases::{self, CONTACT, Case, free_slots, record},
    correcting::correct,
    site::Site,
};

const NEW: &str = "new@example.co.jp";

async fn sends(site: &Site) {
    while worker::outbox::step(&site.app).await.unwrap() {}
}

async fn sound(site: &Site) {
    sends(site).await;
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

/// Posts a message of the center to all.
async fn says(site: &Site, by: Actor, case: Case, text: &str) {
    let text = Prose::parse("本文", text, 2000).unwrap();
    ops::correspondence::message::post(&site.app, case.id, by, Audience::Everyone, &text).await.unwrap();
}

/// Returns whether the case is an item of the calls.
async fn is_to_call(site: &Site, case: Case) -> bool {
    record(site, case).await.to_call_since.is_some()
}

#[actix_web::test]
async fn every_piece_of_news_since_the_last_call_is_kept_with_its_words() {
    let (site, cast) = center().await;
    let case = choosing(&site, &cast).await;
    let slot = free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, cast.center(), slot).await.unwrap();
    called(&site, case).await;
    site.app.clock.advance(chrono::TimeDelta::minutes(1));
    ops::booking::appointment::cancel(&site.app, case.id, cast.center(), "講師の都合".to_owned())
        .await
        .unwrap();
    says(&site, cast.center(), case, "資料は郵送しました。").await;
    // Neither a step of the center nor the change of the state takes the news away.
    let slot = free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, cast.center(), slot).await.unwrap();
    for path in ["/staff?tab=calls".to_owned(), at(case.number, "")] {
        let page = site.get(&path).await;
        page.shows("まだ伝えていないこと（3件）");
        page.shows("相談の予約を取り消しました");
        page.shows("資料は郵送しました。");
        page.shows("相談の日時が決まりました");
        assert!(!page.body.contains("/login"), "no link is read out: {}", page.body);
    }
    let kept =
        outbox::Entity::find().filter(outbox::COLUMN.recipient.eq("")).all(&site.app.db).await.unwrap();
    assert!(kept.len() > 3 && kept.iter().all(|it| it.state == MailStatus::Suppressed), "{kept:?}");
    called(&site, case).await;
    assert!(!site.get(&at(case.number, "")).await.body.contains("まだ伝えていないこと"));
    // The company that says so itself has heard.
    ops::booking::appointment::cancel(&site.app, case.id, cast.center(), "講師の都合".to_owned())
        .await
        .unwrap();
    assert!(is_to_call(&site, case).await);
    let stead = Actor::Stead(cast.coordinator, domain::actor::Represented::Company);
    let slot = free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, stead, slot).await.unwrap();
    assert!(!is_to_call(&site, case).await, "the company was on the telephone");
    sound(&site).await;
}

#[actix_web::test]
async fn a_corrected_address_ends_no_call_while_something_is_left_to_tell() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    sends(&site).await;
    bounces(&site, case, CONTACT).await;
    let version = record(&site, case).await.version;
    let question = Prose::parse("質問", "参加者は何名ですか。", 500).unwrap();
    ops::correspondence::message::ask(&site.app, case.id, version, cast.center(), &question).await.unwrap();
    called(&site, case).await;
    site.app.clock.advance(chrono::TimeDelta::minutes(1));
    says(&site, cast.center(), case, "続けて、もう一つあります。").await;
    sends(&site).await;
    assert!(is_to_call(&site, case).await);
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", NEW)]).await);
    assert!(is_to_call(&site, case).await, "nobody was told, and nothing is sent by itself");
    let page = site.get("/staff?tab=calls").await;
    page.shows("続けて、もう一つあります。");
    page.shows("まだ伝えていないこと（1件）");
    done(&act(&site, case, "/send-again", &[]).await);
    assert!(is_to_call(&site, case).await, "the mail waits for the proof");
    ops::consultation::confirm_address(&site.app, case.id, Actor::Company).await.unwrap();
    assert!(!is_to_call(&site, case).await, "the mail goes out now");
    sound(&site).await;
}

#[actix_web::test]
async fn a_corrected_address_leaves_the_call_to_the_contact_of_a_merged_case() {
    let (site, cast) = center().await;
    let kept = cases::received(&site, &cast, CONTACT).await;
    let mut form = cases::form("");
    (form.email, form.contact_name) = (String::new(), "佐々木 花".to_owned());
    let absorbed = cases::unconfirmed(&site, &cast, &form).await;
    let seen = async |case: Case| SeenCase { id: case.id, version: record(&site, case).await.version };
    let reason = TextLine::parse("理由", "同じ相談", 200).unwrap();
    let (one, other) = (seen(kept).await, seen(absorbed).await);
    let choice = MergeChoice { taken: &[], reason: &reason, releases: false, split: None };
    ops::consultation::merge::merge(&site.app, one, other, choice, cast.coordinator).await.unwrap();
    assert!(is_to_call(&site, kept).await);
    done(&correct(&site, kept, CorrectionSection::Contact, &[("email", NEW)]).await);
    ops::consultation::confirm_address(&site.app, kept.id, Actor::Company).await.unwrap();
    assert!(is_to_call(&site, kept).await);
    site.get("/staff?tab=calls").await.shows("佐々木 花");
    // Another address that is taken over from a third case ends it neither.
    let third = cases::received(&site, &cast, "third@example.co.jp").await;
    let (one, other) = (seen(kept).await, seen(third).await);
    let choice = MergeChoice { taken: &[MergeValue::MailAddress], ..choice };
    ops::consultation::merge::merge(&site.app, one, other, choice, cast.coordinator).await.unwrap();
    assert!(is_to_call(&site, kept).await);
    called(&site, kept).await;
    sound(&site).await;
}

#[actix_web::test]
async fn the_words_of_a_mail_whose_address_is_removed_are_said_in_a_call() {
    let (site, cast) = center().await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    sends(&site).await;
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", NEW)]).await);
    let slot = free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, case.id, cast.center(), slot).await.unwrap();
    site.get(&at(case.number, "")).await.shows("相談の日時が決まりました");
    called(&site, case).await;
    site.app.clock.advance(chrono::TimeDelta::minutes(1));
    done(&correct(&site, case, CorrectionSection::Contact, &[("email", "")]).await);
    assert!(is_to_call(&site, case).await);
    site.get(&at(case.number, "")).await.shows("相談の日時が決まりました");
    let left =
        outbox::Entity::find().filter(outbox::COLUMN.recipient.eq(NEW)).all(&site.app.db).await.unwrap();
    assert!(left.iter().all(|it| it.state == MailStatus::Suppressed), "{left:?}");
    assert_eq!(
        store::worklist::untold::of_many(&site.app.db, &[], site.app.clock.now()).await.unwrap().len(),
        0
    );
    sound(&site).await;
}
