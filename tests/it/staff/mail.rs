//! The outbox as the center reads it.
use domain::{actor::Role, contact::EmailAddress};
use entity::outbox;
use madoguchi::ops::{self, account::NewAccount};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};

use super::{at, center};
use crate::cases::{self, CONTACT, received};

#[actix_web::test]
async fn mails_are_read_and_what_failed_is_sent_again() {
    let (site, cast) = center().await;
    let case = received(&site, &cast, CONTACT).await;
    let list = site.get("/staff/mail").await;
    list.shows(CONTACT);
    list.shows("受付完了");
    let mail = cases::letters(&site, CONTACT).await.remove(0);
    let path = format!("/staff/mail/{}", mail.id);
    let page = site.get(&path).await;
    page.shows("<a href=\"http://127.0.0.1:8080/l/");
    page.shows(&at(case.number, ""));
    page.shows("まだ送信していません。");
    assert!(!page.body.contains("<iframe"));
    let early = site.post(&format!("{path}/retry"), &[]).await;
    assert_eq!(early.status, 409);
    early.shows("送信に失敗したメールではありません");

    let mut failed = mail.clone().into_active_model();
    failed.state = Set("failed".to_owned());
    failed.update(&site.app.db).await.unwrap();
    site.get("/staff").await.shows("送信できなかったメールがあります");
    site.get("/staff").await.shows("メール不達");
    site.get("/staff/mail?state=failed").await.shows(&mail.subject);
    let again = site.post(&format!("{path}/retry"), &[]).await;
    assert_eq!(again.location.as_deref(), Some(path.as_str()));
    site.get(&path).await.shows("送信待ち");
    site.get("/staff/mail?state=failed").await.shows("メールはありません。");
    assert_eq!(site.get("/staff/mail/0193f0a0-0000-7000-8000-000000000001").await.status, 404);
    assert_eq!(site.get("/staff/mail/rubbish").await.status, 404);
}

#[actix_web::test]
async fn a_link_that_sets_a_password_is_not_shown() {
    let (site, _) = center().await;
    let email = EmailAddress::parse("new@example.jp").unwrap();
    let new = NewAccount { email, name: "新人 太郎".to_owned(), role: Role::Administrator, desk: None };
    ops::account::invite(&site.app, &new).await.unwrap();
    let invitation = outbox::Entity::find().filter(outbox::COLUMN.kind.eq("invitation"));
    for mail in invitation.all(&site.app.db).await.unwrap() {
        let page = site.get(&format!("/staff/mail/{}", mail.id)).await;
        page.shows("本文は表示しません");
        assert!(!page.body.contains("/staff/set-password/"));
    }
}

#[actix_web::test]
async fn the_list_goes_on_after_fifty() {
    let (site, cast) = center().await;
    for n in 0..60 {
        cases::unconfirmed(&site, &cast, &cases::form(&format!("c{n}@example.co.jp"))).await;
    }
    let first = site.get("/staff/mail").await;
    let (_, rest) = first.body.split_once("rel=\"next\" href=\"").unwrap();
    let next = rest.split('"').next().unwrap();
    let second = site.get(next).await;
    second.shows("c0@example.co.jp");
    assert!(!first.body.contains(">c0@example.co.jp"));
    second.shows("最新の50件");
}
