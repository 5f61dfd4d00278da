//! The texts of mails, rewritten by an administrator.
use domain::{actor::Role, number::FiscalYear};
use entity::mail_text;
use madoguchi::{
    mail::text::{MailWording, TextKind},
    ops,
    problem::Problem,
    store::{self, accounts::account::Account, reference::revision::RevisedPart},
};
use sea_orm::{EntityTrait, IntoActiveModel, Set};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::{PASSWORD, Site},
    tables,
};

const HERE: &str = "/admin/mail-texts/2026/report_ready";
const TITLE: &str = "報告書のご案内";
const BODY: &str =
    "{{ 会社名 }}の相談の報告書ができました。\r\n\r\n▼報告書を開く\r\n{{ リンク }}\r\n\r\n100%無料です。";

struct Office {
    site: Site,
    cast: Cast,
    admin: Account,
}

/// Makes a site with an administrator signed in.
async fn office() -> Office {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let admin = site.account(Role::Administrator, "admin@example.jp").await;
    assert_eq!(site.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    Office { site, cast, admin }
}

impl Office {
    async fn save(&self, version: &str, title: &str, body: &str) -> crate::site::Reply {
        self.site
            .post(HERE, &[("version", version), ("title", title), ("body", body), ("action", "save")])
            .await
    }

    /// Returns subject, text and HTML of the latest mail of a kind to the company.
    async fn mail(&self, kind: &str) -> (String, String, String) {
        let mails = cases::mails_to(&self.site, CONTACT).await;
        let it = mails.into_iter().rfind(|it| it.kind == kind).unwrap();
        (it.subject, it.text_body, it.html_body)
    }

    /// Makes a consultation with an approved report. Days pass until then, and the administrator's session ends.
    async fn approved(&self) -> Case {
        let case = cases::approved(&self.site, &self.cast, CONTACT).await;
        assert_eq!(self.site.sign_in("admin@example.jp", PASSWORD).await.status, 303);
        case
    }
}

#[actix_web::test]
async fn a_text_is_written_sent_changed_and_taken_back() {
    let office = office().await;
    office.site.get("/admin/mail-texts").await.shows("標準の文面");
    let page = office.site.get(HERE).await;
    page.shows("相談の報告書ができました。");
    page.shows("<code>{{ 会社名 }}</code>");
    let saved = office.save("0", TITLE, BODY).await;
    assert_eq!((saved.status, saved.location.as_deref()), (303, Some(HERE)));
    office.site.get("/admin/mail-texts?year=2026").await.shows("変更済み（第1版");
    // The text applies to a later year too.
    office.site.get("/admin/mail-texts?year=2027").await.shows("令和8年度（2026年度）の文面");
    let case = office.approved().await;
    let (subject, text, html) = office.mail("report_ready").await;
    assert_eq!(subject, format!("【テレワーク相談センター】報告書のご案内（受付番号 {}）", case.number));
    assert!(
        text.contains("株式会社みなと製作所の相談の報告書ができました。\n\n▼報告書を開く\nhttp"),
        "{text}"
    );
    assert!(html.contains(">報告書を開く</a>") && html.contains("100%無料です。"), "{html}");

    // An administrator who saw only the first version is told.
    assert_eq!(office.save("1", "二つめ", BODY).await.status, 303);
    let late = office.save("1", "三つめ", BODY).await;
    assert_eq!(late.status, 409);
    late.shows("ほかの管理者が先に更新しました");
    late.shows("value=\"三つめ\"");

    let form = [("from", "1"), ("version", "2")];
    assert_eq!(office.site.post(&format!("{HERE}/restore"), &form).await.status, 303);
    office.site.get(HERE).await.shows(&format!("value=\"{TITLE}\""));
    let form = [("from", "shipped"), ("version", "3")];
    assert_eq!(office.site.post(&format!("{HERE}/restore"), &form).await.status, 303);
    let page = office.site.get(HERE).await;
    page.shows("第4版");
    page.shows("鈴木 花子");
    assert_eq!(mail_text::Entity::find().all(&office.site.app.db).await.unwrap().len(), 4);
    cases::approved(&office.site, &office.cast, CONTACT).await;
    assert!(office.mail("report_ready").await.0.contains("相談の報告書ができました"));
}

/// The greeting, the signature and the text around the subject are saved, previewed, used by every later mail, and
/// taken back.
#[actix_web::test]
async fn the_frame_of_every_mail_can_be_written() {
    let office = office().await;
    let here = "/admin/mail-texts/2026/frame";
    office.site.get("/admin/mail-texts").await.shows(here);
    office.site.get(HERE).await.shows(here);
    office.site.get(here).await.shows("※件名に必ず使用");
    let (title, body) = ("［みなと］{{ 件名 }}", "{{ 宛名 }}\r\n\r\n{{ 本文 }}\r\n\r\nみなとデスク");
    let save = async |version, title, body| {
        let form = [("version", version), ("title", title), ("body", body), ("action", "save")];
        office.site.post(here, &form).await
    };
    let lost = save("0", "［みなと］", body).await;
    assert_eq!(lost.status, 422);
    lost.shows("件名に {{ 件名 }} を");
    lost.shows("value=\"［みなと］\"");
    let form = [("version", "0"), ("title", title), ("body", body), ("action", "preview")];
    let tried = office.site.post(here, &form).await;
    tried.shows("プレビュー：［みなと］相談の報告書ができました");
    tried.shows("みなとデスク");
    assert_eq!(save("0", title, body).await.status, 303);
    // The text of one mail is previewed within it.
    let form = [("version", "0"), ("title", TITLE), ("body", BODY), ("action", "preview")];
    office.site.post(HERE, &form).await.shows("プレビュー：［みなと］報告書のご案内");
    office.approved().await;
    let (subject, text, html) = office.mail("report_ready").await;
    assert_eq!(subject, "［みなと］相談の報告書ができました");
    assert!(
        text.starts_with("株式会社みなと製作所\n田中 一郎 様\n\n") && text.ends_with("\nみなとデスク\n"),
        "{text}"
    );
    assert!(html.contains("みなとデスク") && !text.contains("電話："), "{html}");
    let form = [("from", "shipped"), ("version", "1")];
    assert_eq!(office.site.post(&format!("{here}/restore"), &form).await.status, 303);
    office.approved().await;
    assert!(office.mail("report_ready").await.0.starts_with("【テレワーク相談センター】"));
}

#[actix_web::test]
async fn an_invalid_text_is_not_saved_and_the_input_stays() {
    let office = office().await;
    for (title, body, why) in [
        (
            "件名",
            "{{ 会社名 }}の報告書です。",
            "本文に {{ リンク }} を、どの条件でも表示されるように入れてください",
        ),
        ("件名", "{{ リンク }}{{ 担当者名 }}", "「担当者名」という項目は、このメールにはありません"),
        ("件名\nBcc: x@example.jp", "{{ リンク }}", "件名は1行で入力してください"),
        ("", "{{ リンク }}", "件名を入力してください"),
    ] {
        let reply = office.save("0", title, body).await;
        assert_eq!(reply.status, 422, "{body}");
        reply.shows(why);
        reply.shows(body);
    }
    assert!(mail_text::Entity::find().all(&office.site.app.db).await.unwrap().is_empty());
    // The operation checks the text again, whatever the page sends.
    let (year, kind) = (FiscalYear::new(2026).unwrap(), TextKind::ReportReady);
    let words = MailWording { title: "件名".to_owned(), body: "リンクなし".to_owned() };
    let refused =
        ops::correspondence::mail_text::save(&office.site.app, year, kind, 0, Some(&words), office.admin.id)
            .await;
    assert!(matches!(refused, Err(Problem::Refused(_))));
    assert_eq!(office.site.get("/admin/mail-texts/2026/unknown").await.status, 404);
    assert_eq!(office.site.get("/admin/mail-texts/1926/survey").await.status, 404);
}

#[actix_web::test]
async fn every_text_can_be_tried_on_an_invented_consultation_and_nothing_is_kept() {
    let office = office().await;
    let case = office.approved().await;
    let number = case.number.to_string();
    let before = tables::fingerprint(&office.site.app.db, &["session"]).await;
    for kind in TextKind::ALL {
        let words = kind.shipped_words();
        let form = [
            ("version", "0"),
            ("title", words.title.as_str()),
            ("body", words.body.as_str()),
            ("action", "preview"),
            // An administrator reads no case, whatever is sent.
            ("number", number.as_str()),
        ];
        let reply = office.site.post(&format!("/admin/mail-texts/2026/{}", kind.code()), &form).await;
        assert_eq!(reply.status, 200, "{}: {}", kind.code(), reply.body);
        reply.shows("プレビュー：【テレワーク相談センター】");
        for real in ["みなと製作所", "田中 一郎", "山田 太郎", number.as_str()] {
            assert!(!reply.body.contains(real), "{}: {real}", kind.code());
        }
        if kind == TextKind::BookedExpert {
            reply.shows("相談企業：株式会社見本製作所");
            reply.shows("担当　　：（専門家の氏名）");
        }
    }
    assert_eq!(tables::fingerprint(&office.site.app.db, &["session"]).await, before);
}

#[actix_web::test]
async fn a_text_that_no_longer_holds_gives_way_to_the_shipped_one_and_the_administrator_sees_it() {
    let office = office().await;
    let app = &office.site.app;
    let tx = app.begin().await.unwrap();
    let row = mail_text::ActiveModel {
        fiscal_year: Set(2026),
        kind: Set("report_ready".to_owned()),
        version: Set(1),
        title: Set(Some("古い文面".to_owned())),
        body: Set(Some("{{ リンク }}{{ なくなった項目 }}".to_owned())),
        saved_at: Set(app.clock.now()),
        saved_by: Set(None),
    };
    mail_text::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
    // A text of an earlier release, which no mail has any more.
    let unknown = mail_text::Model {
        fiscal_year: 2026,
        kind: "booked_center".to_owned(),
        version: 1,
        title: Some("相談の予約が確定しました".to_owned()),
        body: Some("{{ リンク }}".to_owned()),
        saved_at: app.clock.now(),
        saved_by: None,
    };
    mail_text::Entity::insert(unknown.into_active_model()).exec_without_returning(&tx).await.unwrap();
    store::reference::revision::touch(&tx, RevisedPart::Programme).await.unwrap();
    tx.commit().await.unwrap();
    office.approved().await;
    let (subject, text, _) = office.mail("report_ready").await;
    assert!(subject.contains("相談の報告書ができました"), "{subject}");
    assert!(text.contains("下のページで読むことができます。"), "{text}");
    office.site.get("/admin").await.shows("使えないため、標準の文面で送っています");
    office.site.get("/admin/mail-texts").await.shows("使えない文面です");
    office.site.get(HERE).await.shows("「なくなった項目」という項目は、このメールにはありません");
}

#[actix_web::test]
async fn two_administrators_at_once_write_two_versions_or_one_is_told() {
    let office = office().await;
    let (year, kind) = (FiscalYear::new(2026).unwrap(), TextKind::ReportReady);
    let words = MailWording { title: TITLE.to_owned(), body: "{{ リンク }}".to_owned() };
    let save = || {
        ops::correspondence::mail_text::save(&office.site.app, year, kind, 0, Some(&words), office.admin.id)
    };
    let (first, second) = tokio::join!(save(), save());
    let stale = [first, second].into_iter().filter(|it| matches!(it, Err(Problem::Stale))).count();
    assert_eq!(stale, 1);
    assert_eq!(
        store::correspondence::mail_text::history(&office.site.app.db, year, kind).await.unwrap().len(),
        1
    );
}
