//! The thread with everything that belongs to it: files, drafts, reply templates, and the outcome of the mails.
use actix_web::test::TestRequest;
use domain::{actor::Actor, id::MessageId};
use madoguchi::{
    ops,
    store::{
        self,
        correspondence::message::{Audience, Channel, NewMessage},
    },
    worker,
};
use uuid::Uuid;

use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::{PASSWORD, Reply, Site},
};

const BOUNDARY: &str = "----form-boundary";

/// Sends a form with files: name, type, bytes.
pub async fn send(site: &Site, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Reply {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(head.as_bytes());
    }
    for (name, kind, bytes) in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    site.send(TestRequest::post().uri(path).insert_header(("content-type", kind)).set_payload(body)).await
}

pub struct Everyone {
    pub company: Site,
    pub center: Site,
    pub expert: Site,
    pub case: Case,
    cast: Cast,
    pub number: String,
}

pub async fn everyone(site: Site) -> Everyone {
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let company = site.visitor();
    let tx = site.app.begin().await.unwrap();
    let purpose = store::accounts::link::Purpose::SignIn { email_key: CONTACT.to_owned() };
    let token = ops::accounts::account::company_link(&tx, &purpose, site.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(company.post(&format!("/l/{token}"), &[]).await.status, 303);
    let expert = site.visitor();
    assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    Everyone { company, center: site, expert, case, cast, number: case.number.to_string() }
}

/// Returns the addresses of the files on a page.
pub fn files(page: &Reply) -> Vec<String> {
    let links = page.body.split("href=\"").skip(1).filter_map(|it| it.split('"').next());
    links.filter(|it| it.contains("/files/")).map(str::to_owned).collect()
}

#[actix_web::test]
async fn a_file_goes_along_and_is_handed_out_to_those_of_the_case() {
    let all = everyone(Site::new().await).await;
    let path = format!("/my/{}/messages", all.number);
    let pdf: &[u8] = b"%PDF-1.4 \x00\xff\r\n--- not a boundary";
    let reply = send(
        &all.company,
        &path,
        &[("message", "規程を送ります")],
        &[("規程①.pdf", "application/pdf", pdf), ("a.txt", "text/plain", b"a")],
    )
    .await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    for (who, page) in [
        (&all.company, path.clone()),
        (&all.center, format!("/staff/consultations/{}?view=messages", all.number)),
        (&all.expert, format!("/expert/consultations/{}", all.number)),
    ] {
        let page = who.get(&page).await;
        page.shows("規程①.pdf</a>（31バイト）");
        let file = &files(&page)[0];
        let reply = who.get(file).await;
        assert_eq!(reply.status, 200, "{file}: {}", reply.body);
        assert_eq!(who.send_bytes(file).await, pdf);
        assert_eq!(reply.header("content-type"), Some("application/octet-stream"));
        assert_eq!(reply.header("content-security-policy"), Some("sandbox; default-src 'none'"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        let disposition = reply.header("content-disposition").unwrap();
        assert!(disposition.starts_with("attachment; filename*=UTF-8''%E8%A6%8F%E7%A8%8B"), "{disposition}");
    }
    // Another consultation's address does not lead to the file.
    let file = files(&all.company.get(&path).await)[0].rsplit('/').next().unwrap().to_owned();
    assert_eq!(all.center.get(&format!("/staff/consultations/R08-009999/files/{file}")).await.status, 404);
    assert_eq!(all.company.visitor().get(&format!("/my/{}/files/{file}", all.number)).await.status, 303);
}

#[actix_web::test]
async fn files_of_an_internal_note_stay_inside() {
    let all = everyone(Site::new().await).await;
    let path = format!("/expert/consultations/{}", all.number);
    let form = [("message", "内部の資料です"), ("audience", "internal")];
    let reply =
        send(&all.expert, &format!("{path}/messages"), &form, &[("inner.pdf", "application/pdf", b"x")])
            .await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let file = files(&all.expert.get(&path).await)[0].rsplit('/').next().unwrap().to_owned();
    let page = all.company.get(&format!("/my/{}/messages", all.number)).await;
    assert!(!page.body.contains("inner.pdf") && !page.body.contains("内部の資料です"), "{}", page.body);
    assert_eq!(all.company.get(&format!("/my/{}/files/{file}", all.number)).await.status, 404);
}

#[actix_web::test]
async fn an_internal_note_of_the_center_takes_files_and_says_what_is_wrong_at_its_own_field() {
    let all = everyone(Site::new().await).await;
    let path = format!("/staff/consultations/{}", all.number);
    let form = [("note", "所見の資料です")];
    let reply =
        send(&all.center, &format!("{path}/note"), &form, &[("run.exe", "application/pdf", b"MZ")]).await;
    assert_eq!(reply.status, 422);
    reply.shows("href=\"#note-files\"");
    reply.shows(
        "id=\"note-files-e\">エラー：「run.exe」は受け付けていない種類のファイルです。選び直してください",
    );
    reply.shows("所見の資料です</textarea>");
    let reply =
        send(&all.center, &format!("{path}/note"), &form, &[("inner.pdf", "application/pdf", b"x")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let page = all.center.get(&format!("{path}?view=messages")).await;
    page.shows("inner.pdf</a>（1バイト）");
    assert_eq!(all.center.send_bytes(&files(&page)[0]).await, b"x");
    let expert = all.expert.get(&format!("/expert/consultations/{}", all.number)).await;
    assert_eq!(all.expert.send_bytes(&files(&expert)[0]).await, b"x");
    let company = all.company.get(&format!("/my/{}/messages", all.number)).await;
    assert!(!company.body.contains("inner.pdf"), "{}", company.body);
}

#[actix_web::test]
async fn files_beyond_the_limits_are_refused_at_the_field_and_the_text_is_kept() {
    let limits = [("MADOGUCHI_ATTACHMENT_MB", "1"), ("MADOGUCHI_ATTACHMENT_COUNT", "2")];
    let all = everyone(Site::with_settings(&limits).await).await;
    let path = format!("/my/{}/messages", all.number);
    let large = vec![b'a'; 1024 * 1024 + 1];
    for (files, why) in [
        (
            vec![("run.exe", "application/pdf", &b"MZ"[..])],
            "「run.exe」は受け付けていない種類のファイルです。選び直してください",
        ),
        (
            vec![("empty.pdf", "application/pdf", &b""[..])],
            "「empty.pdf」は中身のないファイルです。選び直してください",
        ),
        (vec![("large.pdf", "application/pdf", &large[..])], "「large.pdf」は1MBを超えています"),
        (
            vec![("a.pdf", "", &b"a"[..]), ("b.pdf", "", b"b"), ("c.pdf", "", b"c")],
            "添付ファイルは2個以内にしてください",
        ),
    ] {
        let reply = send(&all.company, &path, &[("message", "書きかけの文章")], &files).await;
        assert_eq!(reply.status, 422, "{why}");
        reply.shows(why);
        reply.shows("href=\"#files\"");
        reply.shows("書きかけの文章</textarea>");
    }
    // The text that was written is still there when they come back.
    all.company.get(&path).await.shows("書きかけの文章</textarea>");
    assert!(
        store::correspondence::message::of(&all.center.app.db, all.case.id, Audience::Internal)
            .await
            .unwrap()
            .is_empty()
    );
}

#[actix_web::test]
async fn a_file_is_held_until_it_was_scanned() {
    let script = std::env::temp_dir().join(format!("madoguchi-scan-{}.sh", Uuid::new_v4()));
    std::fs::write(
        &script,
        "read -r line; case $line in BAD*) echo 'stdin: Test FOUND'; exit 1;; LATER*) exit 2;; esac",
    )
    .unwrap();
    let command = format!("sh {}", script.display());
    let all = everyone(Site::with_settings(&[("MADOGUCHI_SCAN_COMMAND", &command)]).await).await;
    let path = format!("/my/{}/messages", all.number);
    let sent: [(&str, &str, &[u8]); 3] = [
        ("good.pdf", "application/pdf", b"GOOD\n"),
        ("bad.pdf", "application/pdf", b"BAD\n"),
        ("later.pdf", "application/pdf", b"LATER\n"),
    ];
    assert_eq!(send(&all.company, &path, &[("message", "資料")], &sent).await.status, 303);
    let page = all.company.get(&path).await;
    page.shows("ウイルス検査を待っています");
    assert_eq!(files(&page).len(), 0);
    for _ in 0..3 {
        assert!(worker::attachment_scan::step(&all.center.app).await.unwrap());
    }
    assert!(!worker::attachment_scan::step(&all.center.app).await.unwrap(), "what failed waits");
    let page = all.company.get(&path).await;
    assert_eq!(files(&page).len(), 1);
    page.shows("bad.pdf（4バイト）");
    page.shows("ウイルスが見つかったため、取り出せません");
    let found = store::correspondence::attachment::of(&all.center.app.db, all.case.id, Audience::Internal)
        .await
        .unwrap();
    let bad = found.into_values().flatten().find(|it| it.name == "bad.pdf").unwrap();
    assert_eq!(bad.note, "stdin: Test FOUND");
    assert_eq!(all.company.get(&format!("/my/{}/files/{}", all.number, bad.id)).await.status, 409);
    all.center.app.clock.advance(chrono::TimeDelta::minutes(6));
    assert!(worker::attachment_scan::step(&all.center.app).await.unwrap(), "it is tried again");
    std::fs::remove_file(script).unwrap();
}

#[actix_web::test]
async fn a_draft_is_its_writers_until_it_is_sent() {
    let all = everyone(Site::new().await).await;
    let page = format!("/staff/consultations/{}?view=messages", all.number);
    let path = format!("/staff/consultations/{}", all.number);
    let draft = [("note", "書きかけのメモ"), ("action", "draft")];
    assert_eq!(all.center.post(&format!("{path}/note"), &draft).await.status, 303);
    all.center.get(&page).await.shows("書きかけのメモ</textarea>");
    let other = all.center.visitor();
    other.account(domain::actor::Role::Coordinator, "other-center@example.jp").await;
    other.sign_in("other-center@example.jp", PASSWORD).await;
    assert!(!other.get(&page).await.body.contains("書きかけのメモ"));
    // The draft stays while the other form is sent, and is removed when its own form is sent.
    assert_eq!(all.center.post(&format!("{path}/message"), &[("text", "ご連絡です")]).await.status, 303);
    all.center.get(&page).await.shows("書きかけのメモ</textarea>");
    assert_eq!(
        all.center.post(&format!("{path}/note"), &[("note", "書きかけのメモ。以上")]).await.status,
        303
    );
    let writer = store::correspondence::message_draft::DraftWriter::Account(all.cast.coordinator.0);
    let drafts = store::correspondence::message_draft::of(&all.center.app.db, all.case.id, writer);
    assert!(drafts.await.unwrap().is_empty());
}

#[actix_web::test]
async fn a_text_is_kept_and_filled_in() {
    let all = everyone(Site::new().await).await;
    let page = all.center.post("/staff/templates", &[("name", "参加者"), ("body", "{会社}様")]).await;
    assert_eq!(page.status, 422);
    page.shows("「{会社}」は使えません");
    let form =
        [("name", "参加者"), ("body", "{会社名} {担当者名}様\n参加者を教えてください（{受付番号}）。")];
    assert_eq!(all.center.post("/staff/templates", &form).await.status, 303);
    let twice = all.center.post("/staff/templates", &form).await;
    assert_eq!(twice.status, 422);
    twice.shows("同じ名前のひな形があります");
    let id = store::correspondence::reply_template::all(&all.center.app.db).await.unwrap()[0].id.to_string();
    let path = format!("/staff/consultations/{}/message", all.number);
    let reply = all.center.post(&path, &[("text", "前書き"), ("template", &id), ("action", "insert")]).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let company = cases::record(&all.center, all.case).await.company_name;
    reply.shows(&format!("前書き\n\n{company} "));
    reply.shows(&format!("参加者を教えてください（{}）。", all.number));
    assert!(
        store::correspondence::message::of(&all.center.app.db, all.case.id, Audience::Internal)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(all.center.post(&format!("/staff/templates/{id}/remove"), &[]).await.status, 303);
    assert_eq!(all.expert.get("/staff/templates").await.status, 403);
}

#[actix_web::test]
async fn a_mail_is_shown_with_its_quotation_folded_and_an_automatic_one_small() {
    let all = everyone(Site::new().await).await;
    let app = &all.center.app;
    let tx = app.begin().await.unwrap();
    for (body, automatic) in [
        ("承知しました。\n\n2026年11月20日(金) 10:00 窓口 <madoguchi@example.jp>:\n> 前のメール", false),
        ("休暇中です。", true),
    ] {
        let id = MessageId(Uuid::now_v7());
        let (author, channel, audience) = (Actor::Company, Channel::Mail, Audience::Everyone);
        let message = NewMessage { id, consultation: all.case.id, author, channel, audience, body };
        store::correspondence::message::insert(&tx, &message, app.clock.now()).await.unwrap();
        if automatic {
            store::correspondence::message::mark_automatic(&tx, id).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    for (who, page) in [
        (&all.company, format!("/my/{}/messages", all.number)),
        (&all.center, format!("/staff/consultations/{}?view=messages", all.number)),
        (&all.expert, format!("/expert/consultations/{}", all.number)),
    ] {
        let page = who.get(&page).await;
        page.shows("<p class=\"msg-body\">承知しました。</p>");
        page.shows("<summary>引用を表示する（2行）</summary>");
        page.shows("<details><summary>自動応答：");
    }
}

#[actix_web::test]
async fn the_center_sees_the_outcome_of_the_mails() {
    let all = everyone(Site::new().await).await;
    let page = format!("/staff/consultations/{}?view=messages", all.number);
    let path = format!("/staff/consultations/{}/message", all.number);
    assert_eq!(all.center.post(&path, &[("text", "ご連絡です")]).await.status, 303);
    all.center.get(&page).await.shows(&format!("{CONTACT}：送信待ち"));
    worker::once(&all.center.app).await;
    all.center.get(&page).await.shows(&format!("{CONTACT}：送信済み"));
    let company = all.company.get(&format!("/my/{}/messages", all.number)).await;
    assert!(!company.body.contains("送信済み"), "{}", company.body);
}
