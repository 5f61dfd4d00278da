//! Mail that was not delivered: the address is marked, the consultation shows it, and the center is asked to telephone.
use std::{path::Path, time::Duration};

use chrono::{DateTime, Utc};
use domain::text::Prose;
use madoguchi::{
    mail::transport::{SmtpOptions, Transport},
    ops, store, worker,
};
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, DatabaseConnection,
    sea_query::{Alias, Query, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    cases::{self, CONTACT, Cast},
    inbound::arrives,
    scratch::Scratch,
    site::{PASSWORD, Site},
    smtp::{Manner, Sink},
};

const POSTFIX: &str = include_str!("../mails/bounces/postfix.eml");

fn filled(mail: &str, parts: &[(&str, &str)]) -> String {
    let own = uuid::Uuid::new_v4().simple().to_string();
    let mut mail = mail.replace("{own}", &own);
    for (name, value) in parts {
        mail = mail.replace(&format!("{{{name}}}"), value);
    }
    mail.replace('\n', "\r\n")
}

#[actix_web::test]
async fn every_servers_report_marks_the_address() {
    for (name, mail) in [
        ("postfix", POSTFIX),
        ("qmail", include_str!("../mails/bounces/qmail.eml")),
        ("exchange", include_str!("../mails/bounces/exchange.eml")),
        ("docomo", include_str!("../mails/bounces/docomo.eml")),
        ("au", include_str!("../mails/bounces/au.eml")),
    ] {
        let site = Site::new().await;
        let cast = Cast::new(&site).await;
        let case = cases::received(&site, &cast, CONTACT).await;
        let sent = cases::mails_to(&site, CONTACT).await.remove(0);
        // If the report quotes nothing, the address that it was sent to identifies the mail.
        let to = site.app.reply_address(case.id, CONTACT);
        let parts = [
            ("address", CONTACT),
            ("id", sent.message_id.as_str()),
            ("to", to.as_str()),
            ("action", "failed"),
            ("status", "5.1.1"),
        ];
        let mail = arrives(&site, &filled(mail, &parts)).await;
        assert_eq!((mail.state.code(), mail.open), ("bounce", true), "{name}: {}", mail.reason.code());
        assert!(mail.outcome.contains(CONTACT) && mail.outcome.contains("電話"), "{name}: {}", mail.outcome);
        assert!(
            store::correspondence::bounce::find(&site.app.db, CONTACT).await.unwrap().is_some(),
            "{name}"
        );
        assert_eq!(
            store::correspondence::bounce::of(&site.app.db, case.id).await.unwrap().len(),
            1,
            "{name}"
        );
        let mails = cases::mails_to(&site, "center@example.jp").await;
        let shared =
            site.app.programme().await.unwrap().settings_at(site.app.clock.now()).center_email.clone();
        let mails = if shared == "center@example.jp" { mails } else { cases::mails_to(&site, &shared).await };
        assert!(mails.iter().any(|it| it.kind == "undelivered" && it.text_body.contains(CONTACT)), "{name}");

        site.sign_in("center@example.jp", PASSWORD).await;
        let page = site.get(&format!("/staff/consultations/{}", case.number)).await;
        page.shows("メールが届きませんでした");
        page.shows("電話で連絡してください");
        site.get("/staff").await.shows("受信したメールを確認する（1件）");
        if ["postfix", "qmail", "exchange"].contains(&name) {
            site.get(&format!("/staff/mail/{}", sent.id)).await.shows("届きませんでした");
        }
        // A mail from the address proves that the contact can be reached there.
        let to = site.app.reply_address(case.id, CONTACT);
        let back = crate::inbound::raw_mail(CONTACT, &to, "Re: 受付", "アドレスを直しました。");
        assert_eq!(arrives(&site, &back).await.state.code(), "attached", "{name}");
        assert!(
            store::correspondence::bounce::find(&site.app.db, CONTACT).await.unwrap().is_none(),
            "{name}"
        );
    }
}

#[actix_web::test]
async fn a_delay_is_noted_without_a_task() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let sent = cases::mails_to(&site, CONTACT).await.remove(0);
    let id = sent.message_id.as_str();
    for (action, status) in [("delayed", "4.4.7"), ("delivered", "2.0.0")] {
        let parts = [("address", CONTACT), ("id", id), ("action", action), ("status", status)];
        let mail = arrives(&site, &filled(POSTFIX, &parts)).await;
        assert_eq!((mail.state.code(), mail.open), ("bounce", false), "{action}");
    }
    assert!(store::correspondence::bounce::find(&site.app.db, CONTACT).await.unwrap().is_none());
    assert!(store::correspondence::bounce::of(&site.app.db, case.id).await.unwrap().is_empty());
}

#[actix_web::test]
async fn a_report_on_a_mail_that_is_not_ours_proves_nothing() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    cases::received(&site, &cast, CONTACT).await;
    let parts =
        [("address", CONTACT), ("id", "made-up@example.jp"), ("action", "failed"), ("status", "5.1.1")];
    let mail = arrives(&site, &filled(POSTFIX, &parts)).await;
    assert_eq!((mail.state.code(), mail.reason.code()), ("quarantined", "unknown_bounce"));
    assert!(store::correspondence::bounce::find(&site.app.db, CONTACT).await.unwrap().is_none());
}

/// A mail to an address that was corrected meanwhile comes back late: no contact has the address any more, so that the case is
/// not marked, and no company has to be called. The mail can still be sent again.
#[actix_web::test]
async fn a_late_report_about_a_replaced_address_marks_nothing() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    while worker::outbox::step(&site.app).await.unwrap() {}
    let sent = cases::mails_to(&site, CONTACT).await.remove(0);
    site.sign_in("center@example.jp", PASSWORD).await;
    let new = [("email", "correct@example.co.jp")];
    let section = domain::consultation::correction::CorrectionSection::Contact;
    assert_eq!(crate::correcting::correct(&site, case, section, &new).await.status, 303);
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    let parts =
        [("address", CONTACT), ("id", sent.message_id.as_str()), ("action", "failed"), ("status", "5.1.1")];
    let mail = arrives(&site, &filled(POSTFIX, &parts)).await;
    assert_eq!((mail.state.code(), mail.open), ("bounce", false), "{}", mail.outcome);
    assert!(mail.outcome.contains("訂正されています"), "{}", mail.outcome);
    assert_eq!(cases::record(&site, case).await.to_call_since, None);
    let page = site.get(&format!("/staff/consultations/{}", case.number)).await;
    assert!(!page.body.contains("メール不達") && !page.body.contains("電話で連絡してください"));
    page.shows("前のアドレスに届かなかったメールが1件あります。");
    assert!(!site.get("/staff").await.body.contains("メール不達"));
    site.get(&format!("/staff/consultations/{}?view=history", case.number))
        .await
        .shows(&format!("メールが届きませんでした：{CONTACT}（訂正前のアドレス）"));
}

/// A refusal by the server while sending has the same effect as a later report: it shows on every consultation of the
/// contact, holds every other mail back, and one action clears it.
#[actix_web::test]
async fn an_immediate_refusal_is_shown_and_cleared_like_a_report() {
    let mut site = Site::new().await;
    let sink = Sink::open(Manner::Answer("550 5.1.1 no such person"));
    let transport =
        Transport::from_settings(Some(&sink.url()), Path::new("unused"), SmtpOptions::default()).unwrap();
    site.change(|app| app.mail.transport = transport);
    let cast = Cast::new(&site).await;
    let first = cases::received(&site, &cast, CONTACT).await;
    while worker::outbox::step(&site.app).await.unwrap() {}
    let refused = cases::mails_to(&site, CONTACT).await.remove(0);
    assert_eq!(refused.state.code(), "failed");
    let second = cases::received(&site, &cast, "Contact@example.co.jp").await;
    sink.set(Manner::Take(Duration::ZERO));
    while worker::outbox::step(&site.app).await.unwrap() {}
    let kept_back = cases::mails_to(&site, "Contact@example.co.jp").await.remove(0);
    assert_eq!(kept_back.state.code(), "suppressed");

    site.sign_in("center@example.jp", PASSWORD).await;
    let pages = [first, second].map(|it| format!("/staff/consultations/{}", it.number));
    for path in &pages {
        let page = site.get(path).await;
        page.shows("電話で連絡してください");
        page.shows("5.1.1 no such person");
        page.shows(&format!("/staff/mail/{}", refused.id));
    }
    let worklist = site.get("/staff/consultations").await;
    for case in [first, second] {
        let (_, row) = worklist.body.split_once(&case.number.to_string()).unwrap();
        assert!(row.split("</tr>").next().unwrap().contains("メール不達"), "{row}");
    }
    let path = format!("/staff/mail/{}", kept_back.id);
    site.get(&path).await.shows("この宛先は存在しないと相手のサーバーが答えました");

    let again = site.post(&path, &[("action", "resend"), ("reason", "電話で確認した")]).await;
    assert_eq!(again.status, 303);
    for path in &pages {
        assert!(!site.get(path).await.body.contains("電話で連絡してください"));
    }
    while worker::outbox::step(&site.app).await.unwrap() {}
    assert_eq!(cases::mails_to(&site, "Contact@example.co.jp").await.last().unwrap().state.code(), "sent");
}

/// The migration merges the two earlier tables into one.
#[actix_web::test]
async fn the_migration_merges_both_tables() {
    let scratch = Scratch::bare().await;
    let db = &scratch.db;
    let migrations = Migrator::migrations();
    let before = migrations.iter().position(|it| it.name() == "m20261120_000017_bounces").unwrap();
    Migrator::up(db, Some(u32::try_from(before).unwrap())).await.unwrap();
    let now: DateTime<Utc> = "2026-11-20T05:05:00Z".parse().unwrap();
    let (refused, older, report) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    for (id, minutes) in [(older, 60), (refused, 1)] {
        let created_at = now - chrono::TimeDelta::minutes(minutes);
        let texts = ["kind", "recipient_name", "subject", "text_body", "html_body", "domain"]
            .map(|it| (it, "x".into()));
        let mut row = vec![
            ("id", id.into()),
            ("recipient", "Gone@example.jp".into()),
            ("message_id", id.to_string().into()),
            ("state", "failed".into()),
            ("due_at", now.into()),
            ("attempts", 1.into()),
            ("created_at", created_at.into()),
        ];
        row.extend(texts);
        insert(db, "outbox", row).await;
    }
    let empty = [
        "content_hash",
        "envelope_to",
        "envelope_from",
        "reason",
        "outcome",
        "from_address",
        "from_name",
        "from_key",
        "subject",
        "message_id",
        "fingerprint",
        "handled_note",
    ];
    let mut row: Vec<(&str, SimpleExpr)> = vec![
        ("id", report.into()),
        ("source", "pipe".into()),
        ("state", "bounce".into()),
        ("size", 1_i64.into()),
        ("truncated", false.into()),
        ("received_at", now.into()),
        ("open", true.into()),
        ("attempts", 1.into()),
        ("next_try_at", now.into()),
    ];
    row.extend(empty.map(|it| (it, "".into())));
    insert(db, "inbound_mail", row).await;
    for (address, permanent) in [("away@example.jp", true), ("slow@example.jp", false)] {
        let row = vec![
            ("inbound_id", report.into()),
            ("address_key", address.into()),
            ("permanent", permanent.into()),
            ("status", "5.1.1".into()),
            ("diagnostic", "away".into()),
            ("at", now.into()),
        ];
        insert(db, "mail_bounce", row).await;
    }
    for address in ["gone@example.jp", "unheard@example.jp"] {
        let row = vec![("address", address.into()), ("reply", "550 gone".into()), ("at", now.into())];
        insert(db, "bad_address", row).await;
    }
    Migrator::up(db, None).await.unwrap();

    let found = async |address| store::correspondence::bounce::find(db, address).await.unwrap();
    let away = found("away@example.jp").await.unwrap();
    assert_eq!((away.reported_by, away.mail, away.diagnostic.as_str()), (Some(report), None, "away"));
    assert!(found("slow@example.jp").await.is_none());
    let gone = found("gone@example.jp").await.unwrap();
    assert_eq!((gone.reported_by, gone.mail), (None, Some(refused)));
    assert_eq!((gone.diagnostic.as_str(), gone.at), ("550 gone", now));
    assert!(found("unheard@example.jp").await.unwrap().mail.is_none());
}

async fn insert(db: &DatabaseConnection, table: &'static str, row: Vec<(&'static str, SimpleExpr)>) {
    let (columns, values): (Vec<_>, Vec<_>) = row.into_iter().unzip();
    let mut query = Query::insert();
    query.into_table(Alias::new(table)).columns(columns.into_iter().map(Alias::new)).values_panic(values);
    db.execute(&query).await.unwrap();
}

/// A company that no mail reaches is a call to be made: its number is a link, the call is recorded from the list, and
/// the next news makes it one again. A corrected address ends it, unless news waits for its proof.
#[actix_web::test]
async fn a_company_that_no_mail_reaches_is_in_the_list_of_calls() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let other = cases::received(&site, &cast, CONTACT).await;
    let sent = cases::mails_to(&site, CONTACT).await.remove(0);
    let to = site.app.reply_address(case.id, CONTACT);
    let parts = [
        ("address", CONTACT),
        ("id", sent.message_id.as_str()),
        ("to", to.as_str()),
        ("action", "failed"),
        ("status", "5.1.1"),
    ];
    arrives(&site, &filled(POSTFIX, &parts)).await;
    site.sign_in("center@example.jp", PASSWORD).await;
    let listed = async || {
        let page = site.get("/staff?tab=calls").await;
        [case, other].map(|it| page.body.contains(&it.number.to_string()))
    };
    assert_eq!(listed().await, [true, true], "both have the address");
    let page = site.get("/staff?tab=calls").await;
    page.shows("href=\"tel:0300000000\"");
    page.shows("メールが届かない");
    let path = format!("/staff/consultations/{}", case.number);
    // A change of state does not call the company.
    let version = cases::record(&site, case).await.version;
    ops::consultation::start_check(&site.app, case.id, version, cast.coordinator).await.unwrap();
    assert_eq!(listed().await, [true, true]);
    let version = cases::record(&site, case).await.version.to_string();
    let called = site.post(&format!("{path}/called"), &[("version", &version), ("back", "calls")]).await;
    assert_eq!((called.status, called.location.as_deref()), (303, Some("/staff?tab=calls")));
    assert_eq!(listed().await, [false, true]);
    let version = cases::record(&site, case).await.version;
    let question = Prose::parse("質問", "従業員は何人ですか。", 2000).unwrap();
    ops::correspondence::message::ask(&site.app, case.id, version, cast.center(), &question).await.unwrap();
    assert_eq!(listed().await, [true, true], "the question does not arrive by mail");
    for it in [case, other] {
        let version = cases::record(&site, it).await.version.to_string();
        let form = [("version", version.as_str()), ("email", "new@example.co.jp")];
        let path = format!("/staff/consultations/{}/correct/contact", it.number);
        let corrected = site.post(&path, &form).await;
        assert_eq!(corrected.status, 303, "{}", corrected.body);
    }
    assert_eq!(listed().await, [true, false], "the question waits for the proof of the new address");
    ops::consultation::confirm_address(&site.app, case.id, domain::actor::Actor::Company).await.unwrap();
    assert_eq!(listed().await, [false, false]);
}
