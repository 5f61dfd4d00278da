//! Mail that did not arrive: the address is marked, the case says so, and the center reaches for the telephone.
use madoguchi::store;

use crate::{
    cases::{self, CONTACT, Cast},
    inbound::arrives,
    site::{PASSWORD, Site},
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
        let sent = cases::letters(&site, CONTACT).await.remove(0);
        // Where nothing is quoted, the address says of which mail.
        let to = site.app.reply_address(case.id, CONTACT);
        let parts = [
            ("address", CONTACT),
            ("id", sent.message_id.as_str()),
            ("to", to.as_str()),
            ("action", "failed"),
            ("status", "5.1.1"),
        ];
        let mail = arrives(&site, &filled(mail, &parts)).await;
        assert_eq!((mail.state.as_str(), mail.open), ("bounce", true), "{name}: {}", mail.reason);
        assert!(mail.outcome.contains(CONTACT) && mail.outcome.contains("電話"), "{name}: {}", mail.outcome);
        assert!(store::bounce::is_dead(&site.app.db, CONTACT).await.unwrap(), "{name}");
        assert_eq!(store::bounce::of(&site.app.db, case.id).await.unwrap().len(), 1, "{name}");
        let told = cases::letters(&site, "center@example.jp").await;
        let shared =
            site.app.programme().await.unwrap().settings_at(site.app.clock.now()).center_email.clone();
        let told = if shared == "center@example.jp" { told } else { cases::letters(&site, &shared).await };
        assert!(told.iter().any(|it| it.kind == "undelivered" && it.text_body.contains(CONTACT)), "{name}");

        site.sign_in("center@example.jp", PASSWORD).await;
        let page = site.get(&format!("/staff/consultations/{}", case.number)).await;
        page.shows("メールが届きませんでした");
        page.shows("電話で連絡してください");
        site.get("/staff").await.shows("受信したメールを確認する（1件）");
        if ["postfix", "qmail", "exchange"].contains(&name) {
            site.get(&format!("/staff/mail/{}", sent.id)).await.shows("届きませんでした");
        }
        // Whoever writes from the address can be reached there.
        let to = site.app.reply_address(case.id, CONTACT);
        let back = crate::inbound::letter(CONTACT, &to, "Re: 受付", "アドレスを直しました。");
        assert_eq!(arrives(&site, &back).await.state, "attached", "{name}");
        assert!(!store::bounce::is_dead(&site.app.db, CONTACT).await.unwrap(), "{name}");
    }
}

#[actix_web::test]
async fn a_delay_is_noted_and_disturbs_nobody() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let sent = cases::letters(&site, CONTACT).await.remove(0);
    let id = sent.message_id.as_str();
    for (action, status) in [("delayed", "4.4.7"), ("delivered", "2.0.0")] {
        let parts = [("address", CONTACT), ("id", id), ("action", action), ("status", status)];
        let mail = arrives(&site, &filled(POSTFIX, &parts)).await;
        assert_eq!((mail.state.as_str(), mail.open), ("bounce", false), "{action}");
    }
    assert!(!store::bounce::is_dead(&site.app.db, CONTACT).await.unwrap());
    assert!(store::bounce::of(&site.app.db, case.id).await.unwrap().is_empty());
}

#[actix_web::test]
async fn a_report_on_a_mail_that_is_not_ours_proves_nothing() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    cases::received(&site, &cast, CONTACT).await;
    let parts =
        [("address", CONTACT), ("id", "made-up@example.jp"), ("action", "failed"), ("status", "5.1.1")];
    let mail = arrives(&site, &filled(POSTFIX, &parts)).await;
    assert_eq!((mail.state.as_str(), mail.reason.as_str()), ("quarantined", "unknown_bounce"));
    assert!(!store::bounce::is_dead(&site.app.db, CONTACT).await.unwrap());
}
