//! The outbox as the center reads it.
use domain::{actor::Role, contact::EmailAddress};
use entity::outbox;
use madoguchi::{
    ops::{self, account::NewAccount},
    worker,
};
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
    page.shows("Message-ID: &#60;");
    let early = site.post(&path, &[("deed", "resend"), ("reason", "届かない")]).await;
    assert_eq!(early.status, 409);
    early.shows("このメールの状態が変わったため");
    let nothing = site.post(&path, &[("deed", "hold"), ("reason", " ")]).await;
    assert_eq!(nothing.status, 422);
    nothing.shows("理由");

    let letter = site.get(&format!("{path}/html")).await;
    assert!(letter.header("content-security-policy").unwrap().starts_with("sandbox; default-src 'none'"));
    letter.shows("</");

    for (deed, state, shown) in [("hold", "held", "保留"), ("release", "ready", "送信待ち")] {
        let done = site.post(&path, &[("deed", deed), ("reason", "内容を確かめる")]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        site.get(&path).await.shows(shown);
        site.get(&path).await.shows("理由：内容を確かめる");
        site.get(&format!("/staff/mail?state={state}&q={CONTACT}")).await.shows(&mail.subject);
        let worked = worker::outbox::step(&site.app);
        if deed == "hold" {
            assert!(!worked.await.unwrap(), "what is held does not go out");
        }
    }
    site.get("/staff/mail?q=%25").await.shows("メールはありません。");

    let mut failed = mail.clone().into_active_model();
    failed.state = Set("failed".to_owned());
    failed.update(&site.app.db).await.unwrap();
    site.get("/staff").await.shows("送信できなかったメールがあります");
    site.get("/staff").await.shows("メール不達");
    site.get("/staff/mail?state=failed").await.shows(&mail.subject);
    site.get(&format!("{}?view=mail", at(case.number, ""))).await.shows("不達");
    let again = site.post(&path, &[("deed", "resend"), ("reason", "電話で確認した")]).await;
    assert_eq!(again.location.as_deref(), Some(path.as_str()));
    site.get(&path).await.shows("送信待ち");
    site.get("/staff/mail?state=failed").await.shows("メールはありません。");
    let off = site.post(&path, &[("deed", "cancel"), ("reason", "電話で伝えた")]).await;
    assert_eq!(off.status, 303);
    site.get(&path).await.shows("送信取りやめ");
    assert!(!worker::outbox::step(&site.app).await.unwrap());
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
