//! Undoing a merge after the contact who was taken over has been dealt with.
use domain::{actor::Actor, consultation::MergeValue};
use madoguchi::{doctor, ops, problem::Problem, store, store::consultation::case_merge, worker};
use ops::consultation::merge::{MergeChoice, SeenCase};
use uuid::Uuid;

use super::center;
use crate::{
    cases::{self, CONTACT, Case, Cast, free_slots, mails_to, record, state},
    site::Site,
};

const OTHER: &str = "other@example.co.jp";

/// Merges two cases, with the absorbed one's contact. Returns the merge.
async fn merge(site: &Site, cast: &Cast, kept: Case, absorbed: Case) -> Uuid {
    let reason = domain::text::TextLine::parse("理由", "同じ相談", 200).unwrap();
    let (one, other) = (record(site, kept).await.version, record(site, absorbed).await.version);
    let (one, other) = (SeenCase { id: kept.id, version: one }, SeenCase { id: absorbed.id, version: other });
    let taken = [MergeValue::Contact, MergeValue::Telephone, MergeValue::MailAddress];
    let choice = MergeChoice { taken: &taken, reason: &reason, releases: false, split: None };
    ops::consultation::merge::merge(&site.app, one, other, choice, cast.coordinator).await.unwrap();
    let all = case_merge::into(&site.app.db, kept.id).await.unwrap();
    all.into_iter().find(|it| it.0.absorbed == absorbed.id).unwrap().0.id
}

async fn kinds(site: &Site, to: &str) -> Vec<String> {
    mails_to(site, to).await.into_iter().map(|it| it.kind).collect()
}

fn count(kinds: &[String], kind: &str) -> usize {
    kinds.iter().filter(|it| *it == kind).count()
}

#[actix_web::test]
async fn a_booking_with_the_contact_who_was_taken_over_stands_in_the_way_and_each_contact_is_told() {
    let (site, cast) = center().await;
    let kept = cases::received(&site, &cast, CONTACT).await;
    let absorbed = cases::received(&site, &cast, OTHER).await;
    let id = merge(&site, &cast, kept, absorbed).await;
    assert_eq!(count(&kinds(&site, CONTACT).await, "address_replaced"), 1, "as at any correction");

    let version = record(&site, kept).await.version;
    let experts = [cast.expert];
    ops::routing::assignment::request(&site.app, kept.id, version, cast.center(), &experts).await.unwrap();
    let request = store::routing::assignment::of(&site.app.db, kept.id).await.unwrap().pop().unwrap();
    ops::routing::assignment::accept(&site.app, request.id, cast.expert).await.unwrap();
    let slot = free_slots(&site, kept).await[0];
    ops::booking::appointment::choose_slot(&site.app, kept.id, Actor::Company, slot).await.unwrap();
    assert_eq!(count(&kinds(&site, OTHER).await, "booked"), 1);
    assert_eq!(count(&kinds(&site, CONTACT).await, "booked"), 0);

    let refused = ops::consultation::merge::undo(&site.app, id, cast.coordinator).await;
    let Err(Problem::Refused(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("先にその予約を取り消してください"), "{why}");
    assert!(record(&site, absorbed).await.consultation.merged_into.is_some(), "nothing is undone in part");

    let reason = "別の相談だったため".to_owned();
    ops::booking::appointment::cancel(&site.app, kept.id, cast.center(), reason).await.unwrap();
    while worker::outbox::step(&site.app).await.unwrap() {}
    ops::consultation::merge::undo(&site.app, id, cast.coordinator).await.unwrap();
    assert_eq!(state(&site, kept).await, "scheduling");
    let mails = mails_to(&site, CONTACT).await;
    let restored: Vec<_> = mails.iter().filter(|it| it.subject.contains("もとに戻しました")).collect();
    let [restored] = &restored[..] else { panic!("{mails:?}") };
    assert!(restored.text_body.contains(&absorbed.number.to_string()), "{}", restored.text_body);
    let others = kinds(&site, OTHER).await;
    assert_eq!(count(&others, "address_replaced"), 0, "one letter tells of the undoing: {others:?}");
    assert_eq!(count(&others, "cancelled"), 1);
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn an_unproved_address_that_is_taken_over_gets_one_mail_which_proves_it() {
    let (site, cast) = center().await;
    let kept = cases::received(&site, &cast, CONTACT).await;
    let absorbed = cases::unconfirmed(&site, &cast, &cases::form(OTHER)).await;
    while worker::outbox::step(&site.app).await.unwrap() {}
    let before = mails_to(&site, OTHER).await.len();
    merge(&site, &cast, kept, absorbed).await;
    let mails = mails_to(&site, OTHER).await;
    let kinds: Vec<_> = mails[before..].iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds, ["case_merged"]);
    assert!(mails[before].text_body.contains("メールアドレスを確認し"), "{}", mails[before].text_body);
    assert!(!record(&site, kept).await.consultation.address_confirmed);
    let link = cases::link(&mails, "case_merged");
    let browser = site.visitor();
    assert_eq!(browser.post(link.split('?').next().unwrap(), &[]).await.status, 303);
    assert!(record(&site, kept).await.consultation.address_confirmed, "the link proves the address of both");
}
