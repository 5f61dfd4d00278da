//! The way from a registration to a consultation: the prefilled application, and the invitation of those who opted in.
use entity::{draft, outbox};

use super::*;

#[actix_web::test]
async fn an_application_begins_with_what_the_registration_knows() {
    let (site, editor, it) = open().await;
    approved(&site, it.id, editor, "株式会社みほん", "a@example.co.jp", false).await;
    let page = link(&mails_to(&site, "a@example.co.jp").await, "registration_approved");
    site.get(&page).await.shows("相談も申し込む");
    let reply = site.post(&page, &[("action", "apply")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let address = reply.location.unwrap();
    assert!(address.starts_with("/apply/"), "{address}");
    site.get(&format!("{address}/topic")).await.shows("相談");
    let row = draft::Entity::find().one(&site.app.db).await.unwrap().unwrap();
    for (field, value) in [
        ("company_name", "株式会社みほん"),
        ("company_kana", "ミホン"),
        ("prefecture", "05"),
        ("industry", "E"),
        ("employees", "12"),
        ("telework_status", "none"),
        ("contact_name", "佐藤 一郎"),
        ("email", "a@example.co.jp"),
    ] {
        assert_eq!(row.form[field], value, "{field}");
    }
    assert_eq!(row.email_key.as_deref(), Some("a@example.co.jp"));
}

#[actix_web::test]
async fn only_those_who_opted_in_are_invited_and_each_once() {
    let (site, editor, it) = open().await;
    site.account(Role::Coordinator, "center@example.jp").await;
    let yes = approved(&site, it.id, editor, "希望する会社", "yes@example.co.jp", true).await;
    approved(&site, it.id, editor, "希望しない会社", "no@example.co.jp", false).await;
    waiting(&site, it.id, "承認待ちの会社", "waits@example.co.jp", true).await;
    let outreach = format!("/staff/month/{}/outreach", it.id);
    assert_eq!(site.sign_in("editor@example.jp", PASSWORD).await.status, 303);
    assert_eq!(site.get(&outreach).await.status, 403, "the center alone writes to companies");
    let center = site.visitor();
    assert_eq!(center.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let shown = center.get(&outreach).await;
    shown.shows("希望する会社");
    for other in ["希望しない会社", "承認待ちの会社"] {
        hides(&shown, other);
    }
    // By no way is a person without a consent written to.
    let no = of(&site, "no@example.co.jp").await;
    let reply = center.post(&outreach, &[("registration", &no.id.to_string())]).await;
    assert_eq!(reply.status, 303);
    assert_eq!(ops::campaign::invite(&site.app, it.id, &[no.id], editor).await.unwrap(), 0);
    for _ in 0..2 {
        assert_eq!(center.post(&outreach, &[("registration", "all")]).await.status, 303);
    }
    let all = kinds(&site, "yes@example.co.jp").await;
    assert_eq!(all.iter().filter(|it| *it == "registration_invitation").count(), 1);
    for other in ["no@example.co.jp", "waits@example.co.jp"] {
        assert!(!kinds(&site, other).await.contains(&"registration_invitation".to_owned()), "{other}");
    }
    let invited = of(&site, "yes@example.co.jp").await;
    assert!(invited.invited_at.is_some() && invited.opt_in.is_some() && yes.invited_at.is_none());
    send(&site).await;
    let mail = mails_to(&site, "yes@example.co.jp").await;
    let invitation = mail.iter().find(|it| it.kind == "registration_invitation").unwrap();
    assert_eq!(invitation.state.code(), "sent");
    assert!(invitation.unsubscribe.as_deref().unwrap().contains("/u/outreach/"));
    sound(&site).await;
}

#[actix_web::test]
async fn one_click_stops_the_invitations_also_one_that_waits() {
    let (site, editor, it) = open().await;
    let one = approved(&site, it.id, editor, "みほん", "a@example.co.jp", true).await;
    let two = approved(&site, it.id, editor, "別のみほん", "a@example.co.jp", true).await;
    assert_eq!(ops::campaign::invite(&site.app, it.id, &[one.id], editor).await.unwrap(), 1);
    let mail = mails_to(&site, "a@example.co.jp").await;
    let invitation = mail.iter().find(|it| it.kind == "registration_invitation").unwrap();
    let stop = url::Url::parse(invitation.unsubscribe.as_deref().unwrap()).unwrap();
    let visitor = site.visitor();
    visitor.get(stop.path()).await.shows("停止します");
    assert_eq!(
        ops::campaign::invite(&site.app, it.id, &[two.id], editor).await.unwrap(),
        1,
        "a look stops nothing"
    );
    // A mail program posts at once (RFC 8058).
    assert_eq!(visitor.post(stop.path(), &[("List-Unsubscribe", "One-Click")]).await.status, 200);
    assert_eq!(visitor.post(stop.path(), &[]).await.status, 200);
    send(&site).await;
    let sent = mails_to(&site, "a@example.co.jp").await;
    let invitations: Vec<_> = sent.iter().filter(|it| it.kind == "registration_invitation").collect();
    assert!(invitations.iter().all(|it| it.state.code() == "suppressed"), "{invitations:?}");
    let stopped = of(&site, "a@example.co.jp").await.opt_in.unwrap();
    assert!(!stopped.stands() && stopped.version == domain::campaign::OPT_IN.0, "the proof stays");
    assert_eq!(visitor.get("/u/outreach/AAAA").await.status, 404);
    sound(&site).await;
}

/// A consent that is taken back on the registrant's page counts too, and can be given again.
#[actix_web::test]
async fn the_consent_is_changed_on_the_own_page() {
    let (site, editor, it) = open().await;
    approved(&site, it.id, editor, "みほん", "a@example.co.jp", true).await;
    let page = link(&mails_to(&site, "a@example.co.jp").await, "registration_approved");
    let form = with(typed("みほん", ""), &[("action", "change"), ("kana", "ミホン")]);
    for (opts_in, stands) in [(false, false), (true, true)] {
        let form = if opts_in { with(form.clone(), &[("opt_in", "1")]) } else { form.clone() };
        assert_eq!(site.post(&page, &form).await.status, 303);
        assert_eq!(of(&site, "a@example.co.jp").await.opt_in.unwrap().stands(), stands);
    }
    let rows = outbox::Entity::find().all(&site.app.db).await.unwrap();
    assert!(rows.iter().all(|it| it.kind != "registration_invitation"));
}
