//! The outbox as the center reads it.
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Role},
    correspondence::outgoing_mail::{MailState, topic::NotificationTopic},
    id::DraftId,
    intake::contact::EmailAddress,
};
use entity::outbox;
use madoguchi::{
    mail::{
        html,
        outgoing_mail::{CalendarMethod, InvitationPart, MailKind, OutgoingMail},
    },
    ops::{self, accounts::account::NewAccount},
    secret::{self, Purpose},
    store, url, worker,
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use uuid::Uuid;

use super::{act, at, center};
use crate::{
    cases::{self, CONTACT, received},
    site::PASSWORD,
};

#[actix_web::test]
async fn mails_are_read_and_failed_ones_are_sent_again() {
    let (site, cast) = center().await;
    let case = received(&site, &cast, CONTACT).await;
    let list = site.get("/staff/mail").await;
    list.shows(CONTACT);
    list.shows("受付完了");
    let mail = cases::mails_to(&site, CONTACT).await.remove(0);
    let path = format!("/staff/mail/{}", mail.id);
    let page = site.get(&path).await;
    page.shows("（本人用のリンク）");
    page.shows(&at(case.number, ""));
    page.shows("まだ送信していません。");
    assert!(!page.body.contains("<iframe"));
    page.shows("Message-ID: &#60;");
    let early = site.post(&path, &[("action", "resend"), ("reason", "届かない")]).await;
    assert_eq!(early.status, 409);
    early.shows("このメールの状態が変わったため");
    let nothing = site.post(&path, &[("action", "hold"), ("reason", " ")]).await;
    assert_eq!(nothing.status, 422);
    nothing.shows("理由");

    let document = site.get(&format!("{path}/html")).await;
    assert!(document.header("content-security-policy").unwrap().starts_with("sandbox; default-src 'none'"));
    document.shows("</");

    for (action, state, shown) in [("hold", "held", "保留"), ("release", "ready", "送信待ち")] {
        let done = site.post(&path, &[("action", action), ("reason", "内容を確かめる")]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        site.get(&path).await.shows(shown);
        site.get(&path).await.shows("理由：内容を確かめる");
        site.get(&format!("/staff/mail?state={state}&q={CONTACT}")).await.shows(&mail.subject);
        let worked = worker::outbox::step(&site.app);
        if action == "hold" {
            assert!(!worked.await.unwrap(), "what is held does not go out");
        }
    }
    site.get("/staff/mail?q=%25").await.shows("メールはありません。");

    let mut failed = mail.clone().into_active_model();
    failed.state = Set(codes::MailStatus::Failed.into());
    failed.update(&site.app.db).await.unwrap();
    site.get("/staff").await.shows("送信できなかったメールがあります");
    site.get("/staff").await.shows("メール不達");
    site.get("/staff/mail?state=failed").await.shows(&mail.subject);
    site.get(&format!("{}?view=mail", at(case.number, ""))).await.shows("不達");
    let again = site.post(&path, &[("action", "resend"), ("reason", "電話で確認した")]).await;
    assert_eq!(again.location.as_deref(), Some(path.as_str()));
    site.get(&path).await.shows("送信待ち");
    site.get("/staff/mail?state=failed").await.shows("メールはありません。");
    let off = site.post(&path, &[("action", "cancel"), ("reason", "電話で伝えた")]).await;
    assert_eq!(off.status, 303);
    site.get(&path).await.shows("送信取りやめ");
    assert!(!worker::outbox::step(&site.app).await.unwrap());
    assert_eq!(site.get("/staff/mail/0193f0a0-0000-7000-8000-000000000001").await.status, 404);
    assert_eq!(site.get("/staff/mail/rubbish").await.status, 404);
}

/// The preview of a mail of any kind holds no link that would let its reader sign in as the recipient.
#[actix_web::test]
async fn no_preview_holds_a_link_that_works() {
    let (site, cast) = center().await;
    let case = received(&site, &cast, CONTACT).await;
    let (app, now) = (&site.app, site.app.clock.now());
    let until = now + TimeDelta::days(1);
    let sign = |purpose| app.secret.sign(purpose, Uuid::now_v7(), until);
    let stop = app.site.unsubscribe(NotificationTopic::DailyDigest, &sign(Purpose::Unsubscribe));
    let draft = app.site.absolute(&url::draft(DraftId(Uuid::now_v7())));
    let links = [
        app.site.link(&secret::token().unwrap()),
        app.site.set_password(&secret::token().unwrap()),
        app.site.answer(&sign(Purpose::Assignment)),
        app.site.follow_up(&sign(Purpose::FollowUp)),
        app.site.earlier_time(&sign(Purpose::WaitingOffer)),
        stop.clone(),
        draft,
    ];
    let mut text: String =
        links.iter().map(|it| format!("▼開く\n{it}?case=R08-000001\n文中の{it}も\n\n")).collect();
    text.push_str(&app.site.absolute("/staff"));
    let reply = app.reply_address(case.id, CONTACT);
    // The link is folded in the middle, as long lines are.
    let (front, end) = reply.split_at(20);
    let calendar = format!("BEGIN:VCALENDAR\r\nORGANIZER:mailto:{front}\r\n {end}\r\nURL:{}\r\n", links[0]);
    let mails = MailKind::ALL.into_iter().map(|kind| OutgoingMail {
        kind,
        consultation: Some(case.id),
        to: CONTACT.to_owned(),
        to_name: String::new(),
        subject: kind.label().to_owned(),
        html: html::from_text(&text),
        text: text.clone(),
        calendar: Some(InvitationPart { method: CalendarMethod::Request, body: calendar.clone() }),
        due_at: now,
        dedup_key: Some(format!("sample/{}", kind.code())),
        send_condition: None,
        unsubscribe: Some(stop.clone()),
        over_limit: false,
        relay: None,
        by_telephone: false,
        awaits_address: false,
    });
    let tx = app.begin().await.unwrap();
    store::correspondence::outbox::push(&tx, mails.collect(), "example.jp", now).await.unwrap();
    tx.commit().await.unwrap();
    let samples = outbox::Entity::find().filter(outbox::COLUMN.dedup_key.starts_with("sample/"));
    let samples = samples.all(&app.db).await.unwrap();
    assert_eq!(samples.len(), MailKind::ALL.len());
    let mut secrets: Vec<_> = links.iter().map(|it| it.rsplit('/').next().unwrap()).collect();
    secrets.push(reply.split(['+', '@']).nth(1).unwrap());
    for mail in samples {
        let page = site.get(&format!("/staff/mail/{}", mail.id)).await;
        let document = site.get(&format!("/staff/mail/{}/html", mail.id)).await;
        for part in [&page, &document] {
            part.shows("（本人用のリンク）");
            part.shows("href=\"http://127.0.0.1:8080/staff\"");
            for secret in &secrets {
                assert!(!part.body.contains(&secret[..secret.len().min(24)]), "{}: {secret}", mail.kind);
                assert!(!part.body.contains(&secret[secret.len() - 16..]), "{}: {secret}", mail.kind);
            }
        }
        page.shows("List-Unsubscribe: &#60;（本人用のリンク）&#62;");
        page.shows("ORGANIZER:mailto:reply+（本人用）@example.jp");
    }
}

/// The mail with which an administrator invites a new account is shown without its link, and is written anew instead of
/// sent again.
#[actix_web::test]
async fn a_link_that_sets_a_password_is_not_shown() {
    let (site, _) = center().await;
    let email = EmailAddress::parse("new@example.jp").unwrap();
    let new = NewAccount { email, name: "新人 太郎".to_owned(), role: Role::Administrator, desk: None };
    ops::accounts::invitation::invite(&site.app, &new, None).await.unwrap();
    let mail = cases::mails_to(&site, "new@example.jp").await.remove(0);
    let (_, token) = mail.text_body.split_once("/staff/set-password/").unwrap();
    let token = token.lines().next().unwrap();
    for path in [format!("/staff/mail/{}", mail.id), format!("/staff/mail/{}/html", mail.id)] {
        let page = site.get(&path).await;
        page.shows("（本人用のリンク）");
        assert!(!page.body.contains(token) && !page.body.contains("/staff/set-password/"));
    }
    while worker::outbox::step(&site.app).await.unwrap() {}
    let path = format!("/staff/mail/{}", mail.id);
    let again = site.post(&path, &[("action", "resend"), ("reason", "届かない")]).await;
    assert_eq!(again.status, 409);
    again.shows("新しいリンクを送ってください");
}

/// A mail to an address that may be a stranger's is held, and says so wherever it is shown. It is sent when the address
/// is confirmed, and never if that does not happen.
#[actix_web::test]
async fn mail_to_an_unconfirmed_address_waits_for_its_confirmation() {
    let (site, cast) = center().await;
    let [confirmed, ended, forgotten] = ["a", "b", "c"].map(|it| format!("{it}@example.co.jp"));
    let mut cases = Vec::new();
    for to in [&confirmed, &ended, &forgotten] {
        let case = cases::unconfirmed(&site, &cast, &cases::form(to)).await;
        let page = site.get(&at(case.number, "?view=messages")).await;
        page.shows("確認できたときに送ります");
        let reply = act(&site, case, "/message", &[("text", "資料をお送りします。")]).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        let reply = act(&site, case, "/ask", &[("text", "従業員は何人ですか。")]).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        cases.push(case);
    }
    while worker::outbox::step(&site.app).await.unwrap() {}
    let states = async |to: &str| {
        let mails = cases::mails_to(&site, to).await;
        let state = |it: outbox::Model| {
            (it.kind.clone(), store::correspondence::outbox::state(&it, site.app.clock.now()))
        };
        mails.into_iter().map(state).filter(|it| it.0 != "acknowledgement").collect::<Vec<_>>()
    };
    let all = |state| vec![("new_message".to_owned(), state), ("question".to_owned(), state)];
    for to in [&confirmed, &ended, &forgotten] {
        assert_eq!(states(to).await, all(MailState::Held));
    }
    let held = cases::mails_to(&site, &confirmed).await.pop().unwrap();
    let path = format!("/staff/mail/{}", held.id);
    let page = site.get(&path).await;
    page.shows("連絡先が確認されるまで、このメールは保留します");
    assert!(!page.body.contains("保留を解く"));
    site.get("/staff/mail?state=held").await.shows("保留（連絡先未確認）");
    site.get(&at(cases[0].number, "?view=mail")).await.shows("保留（連絡先未確認）");
    site.get(&at(cases[0].number, "?view=messages"))
        .await
        .shows("連絡先が未確認のため、送信を保留しています");
    let release = site.post(&path, &[("action", "release"), ("reason", "急ぐ")]).await;
    assert_eq!(release.status, 409);
    release.shows("連絡先が未確認のため、送信できません");

    site.app.clock.advance(TimeDelta::days(4));
    ops::consultation::confirm_address(&site.app, cases[0].id, Actor::Company).await.unwrap();
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(states(&confirmed).await, all(MailState::Sent));
    // None of the mails waits a second time.
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let again = site.post(&path, &[("action", "resend"), ("reason", "届いていないとのこと")]).await;
    assert_eq!(again.status, 303);
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(states(&confirmed).await.last(), Some(&(held.kind.clone(), MailState::Sent)));
    assert_eq!(states(&confirmed).await.len(), 3);
    let ending = ops::consultation::Ending::Withdraw { reason: None };
    ops::consultation::end(&site.app, cases[1].id, None, cast.center(), ending).await.unwrap();
    assert_eq!(states(&ended).await[..2], all(MailState::Suppressed)[..]);
    site.app.clock.advance(TimeDelta::days(25));
    while worker::housekeeping::step(&site.app).await {}
    assert_eq!(states(&forgotten).await, all(MailState::Held), "as long as an application may wait");
    site.app.clock.advance(TimeDelta::days(2));
    while worker::housekeeping::step(&site.app).await {}
    assert_eq!(states(&forgotten).await, all(MailState::Suppressed));
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
